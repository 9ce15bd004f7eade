// SPDX-License-Identifier: Apache-2.0
// Which session a received BFD packet may belong to, before and after the session knows the peer's
// discriminator.
#pragma once

#include <cstdint>
#include <string>

#include "fsm/bfd_settings.hpp"

namespace lbgp::fsm {

// How a packet came.
struct BfdArrival {
  wire::IpAddress from;
  wire::IpAddress to;
  std::string interface;
  bool multihop = false;  // to port 4784 (RFC 5883 §5) instead of 3784 (RFC 5881 §4)
};

// Whether a packet without Your Discriminator is for the session of `key` (RFC 5881 §3, RFC 5883 §4.1). With
// Your Discriminator that alone decides, but the kind of session.
[[nodiscard]] bool matches(const BfdKey& key, const BfdArrival& arrival);

// Whether it has come no further than the session allows: RFC 5881 §5 (GTSM), RFC 5883 §5.
[[nodiscard]] bool close_enough(const BfdKey& key, const BfdSettings& settings, std::uint8_t ttl);

// `minimum-ttl` that follows from `ebgp-multihop HOPS`.
[[nodiscard]] constexpr std::uint8_t minimum_ttl(unsigned hops) {
  return hops == 0 || hops > 255 ? std::uint8_t{1} : static_cast<std::uint8_t>(256 - hops);
}

}  // namespace lbgp::fsm
