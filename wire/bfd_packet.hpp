// SPDX-License-Identifier: Apache-2.0
// The BFD Control packet (RFC 5880 §4.1), version 1, without authentication.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <variant>

#include "wire/message.hpp"

namespace lbgp::wire {

enum class BfdState : std::uint8_t { AdminDown = 0, Down = 1, Init = 2, Up = 3 };

// Why the session changed state the last time (RFC 5880 §4.1). A peer may send any value up to 31.
enum class BfdDiagnostic : std::uint8_t {
  None = 0,
  ControlDetectionTimeExpired = 1,
  EchoFunctionFailed = 2,
  NeighborSignaledSessionDown = 3,
  ForwardingPlaneReset = 4,
  PathDown = 5,
  ConcatenatedPathDown = 6,
  AdministrativelyDown = 7,
  ReverseConcatenatedPathDown = 8,
};
[[nodiscard]] std::string_view to_string(
    BfdDiagnostic diagnostic);  // "ok" "control detection time expired" …

struct BfdPacket {
  BfdDiagnostic diagnostic = BfdDiagnostic::None;
  BfdState state = BfdState::Down;
  bool poll = false;
  bool final = false;
  bool control_plane_independent = false;
  bool demand = false;
  std::uint8_t detect_mult = 0;
  std::uint32_t my_discriminator = 0;
  std::uint32_t your_discriminator = 0;
  std::chrono::microseconds desired_min_tx{0};
  std::chrono::microseconds required_min_rx{0};
  std::chrono::microseconds required_min_echo_rx{0};
  bool operator==(const BfdPacket&) const = default;
};

// Which rule of RFC 5880 §6.8.6 a packet breaks, as far as its octets alone can break one.
enum class BfdDiscard : std::uint8_t {
  Version,
  Length,
  DetectMult,
  Multipoint,
  MyDiscriminator,
  YourDiscriminator,  // zero, though the state says that the peer has heard us
  Authentication,     // present, which no session here has agreed to
};
[[nodiscard]] std::string_view to_string(BfdDiscard reason);  // one line for an operator

inline constexpr std::size_t kBfdPacketSize = 24;

// `payload`: all of a UDP datagram; what stands behind the packet's own length is ignored.
[[nodiscard]] std::variant<BfdPacket, BfdDiscard> decode_bfd(ByteView payload);
// Times above an hour and 11 minutes, which 32 bits do not hold, are written as that.
[[nodiscard]] std::array<std::uint8_t, kBfdPacketSize> encode(const BfdPacket& packet);

}  // namespace lbgp::wire
