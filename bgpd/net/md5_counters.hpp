// SPDX-License-Identifier: Apache-2.0
// What the kernel has counted of TCP segments that it dropped for their MD5 signature (RFC 2385 §2: without
// a word to anybody). The counters are the network namespace's, not a neighbor's.
#pragma once

#include <chrono>
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

// Who could have sent what the kernel dropped, as far as that is known.
struct Md5Suspects {
  std::size_t neighbors = 0;  // without a session
  std::size_t ranges = 0;     // whoever may come by them has no name until he is let in
};

// What it means for a neighbor without a session, or for a range, that the counters have moved since
// `before`. `password`: whether it has one; `suspects`: it, and who else could be the sender. Empty: nothing.
[[nodiscard]] std::string md5_words(const Md5Counters& before, const Md5Counters& now, bool password,
                                    const Md5Suspects& suspects);

// Looks at the counters from time to time for ranges, who have no session whose end would be the occasion.
class Md5Watch {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kInterval{5};
  // For how long a segment speaks of the present. Who is not answered sends the next one within two minutes.
  static constexpr std::chrono::minutes kMemory{5};

  explicit Md5Watch(const Md5Counters& now) : quiet_(now), latest_(now) {}
  // Whether anything was dropped since the last look.
  bool look(const Md5Counters& counters, TimePoint now);
  // What the drops of the last minutes say; empty: nothing.
  [[nodiscard]] std::string words(bool password, const Md5Suspects& suspects) const {
    return md5_words(quiet_, latest_, password, suspects);
  }

 private:
  Md5Counters quiet_;  // before the first drop that is remembered
  Md5Counters latest_;
  TimePoint moved_{};
};

}  // namespace lbgp::daemon::net
