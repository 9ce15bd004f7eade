// SPDX-License-Identifier: Apache-2.0
// What the operator says about a BFD session. `conf` fills these structs.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "wire/address.hpp"

namespace lbgp::fsm {

// Who a session is with, and over which path: RFC 5881 (single hop, one interface) or RFC 5883 (multihop).
struct BfdKey {
  wire::IpAddress peer;
  bool multihop = false;
  std::optional<wire::IpAddress> local;  // none: the one that the kernel chooses
  std::string interface;                 // empty: whichever leads to the peer
  auto operator<=>(const BfdKey&) const = default;
};

// Defaults as in FRR.
struct BfdSettings {
  std::uint8_t detect_multiplier = 3;
  std::chrono::milliseconds receive_interval{300};   // Required Min RX Interval
  std::chrono::milliseconds transmit_interval{300};  // Desired Min TX Interval, once Up
  bool passive = false;                              // RFC 5880 §6.1: speak only when spoken to
  bool shutdown = false;                             // AdminDown
  std::uint8_t minimum_ttl = 254;                    // multihop only; single hop is 255 (RFC 5881 §5)
  bool operator==(const BfdSettings&) const = default;
};

struct BfdPeer {
  BfdKey key;
  BfdSettings settings;
  bool configured = false;  // by a `peer` of the `bfd` block, not only through a neighbor
  bool operator==(const BfdPeer&) const = default;
};

}  // namespace lbgp::fsm
