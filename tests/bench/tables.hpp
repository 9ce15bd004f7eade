// SPDX-License-Identifier: Apache-2.0
// What a source sends, encoded before the clock starts. The same arguments give the same octets on every
// machine.
#pragma once

#include <cstddef>
#include <cstdint>

#include "tests/bench/endpoint.hpp"
#include "wire/message.hpp"

namespace lbgp::bench {

struct Table {
  wire::Bytes announcements;  // whole UPDATEs, one behind the other; End-of-RIB is the last
  wire::Bytes withdrawals;    // all of it again, taken back
};

// `count` neighboring /32 with one community, as a host announces addresses.
[[nodiscard]] Table host_table(const Identity& sender, std::size_t count);
// The UPDATE that announces (or withdraws) the /32 behind the last of host_table(sender, count).
[[nodiscard]] Table single_route(const Identity& sender, std::size_t count);

struct FullTable {
  std::size_t prefixes = 1'000'000;
  std::size_t attribute_sets = 100'000;
  std::uint64_t seed = 1;
};
// What a provider sends: `prefixes` different prefixes of the lengths that the Internet has, in groups that
// share their attributes. Senders of one seed tell of the same prefixes and groups, by paths of different
// lengths, each in an order of its own.
[[nodiscard]] Table full_table(const Identity& sender, const FullTable& table);

}  // namespace lbgp::bench
