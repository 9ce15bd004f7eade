// SPDX-License-Identifier: Apache-2.0
// Reachability information as octets (RFC 4271 §4.3, RFC 4760 §5, RFC 7911 §3).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "wire/message.hpp"
#include "wire/prefix.hpp"

namespace lbgp::wire {

// The whole of `octets` as a list of prefixes; host bits are cleared. Nothing when a length is beyond the
// family's width or the last prefix is cut short: then no boundary in the list can be trusted (RFC 7606
// §5.3).
[[nodiscard]] std::optional<std::vector<Nlri>> decode_nlri(ByteView octets, Family family, bool add_path);

// Whether a unicast route to such a prefix can mean anything: no multicast, no class E, no IPv6 link-local.
[[nodiscard]] bool is_unicast(const Prefix& prefix);

}  // namespace lbgp::wire
