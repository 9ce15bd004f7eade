// SPDX-License-Identifier: Apache-2.0
// What the kernel has counted of TCP segments that it dropped for their MD5 signature (RFC 2385 §2: without
// a word to anybody). The counters are the network namespace's, not a neighbor's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lbgp::daemon::net {

struct Md5Counters {
  std::uint64_t missing = 0;     // TCPMD5NotFound: there is a key for the sender, and no signature
  std::uint64_t unexpected = 0;  // TCPMD5Unexpected: there is a signature, and no key for the sender
  std::uint64_t wrong = 0;       // TCPMD5Failure: the signature is another key's
  bool operator==(const Md5Counters&) const = default;
};

// From the text of /proc/net/netstat; nothing: it has no such counters.
[[nodiscard]] std::optional<Md5Counters> parse_md5_counters(std::string_view netstat);
// All zero where the kernel does not tell.
[[nodiscard]] Md5Counters read_md5_counters();

// What it means for a neighbor without a session that the counters have moved since `before`. `password`:
// whether it has one; `suspects`: how many neighbors without a session could be the sender, itself included.
// Empty: nothing.
[[nodiscard]] std::string md5_words(const Md5Counters& before, const Md5Counters& now, bool password,
                                    std::size_t suspects);

}  // namespace lbgp::daemon::net
