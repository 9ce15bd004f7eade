// SPDX-License-Identifier: Apache-2.0
// The six states of RFC 4271 §8.2.2 and why a session went down.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lbgp::fsm {

// Monotonic: the pure layers are told what time it is.
using TimePoint = std::chrono::steady_clock::time_point;

enum class State : std::uint8_t { Idle, Connect, Active, OpenSent, OpenConfirm, Established };
inline constexpr std::size_t kStateCount = 6;
[[nodiscard]] std::string_view to_string(State state);  // "Idle" … "Established", as FRR prints them

// Why a peering is down, in FRR's words (its peer_down_str list).
enum class DownReason : std::uint8_t {
  None,
  RouterIdChange,
  RemoteAsChange,
  LocalAsChange,
  CapabilityChange,
  UpdateSourceChange,
  AddressFamilyActivate,
  UserShutdown,          // "Admin. shutdown"
  UserReset,             // "User reset"
  NotificationReceived,  // "BGP Notification received"
  NotificationSent,      // "BGP Notification send"
  CloseSession,          // "Peer closed the session"
  NsfCloseSession,       // "NSF peer closed the session"
  PeerDeconfigured,      // "Neighbor deleted"
  PasswordChange,        // "Password config change"
  MultihopChange,        // "Multihop config change"
  NoAfiActivated,        // "No AFI/SAFI activated for peer"
  BfdDown,               // "BFD down initiated"
  InterfaceDown,         // "Interface down"
  NeighborAddressLost,   // "Neighbor address lost"
  PrefixCount,           // "Reached received prefix count"
};
inline constexpr std::size_t kDownReasonCount = 21;
[[nodiscard]] std::string_view to_string(DownReason reason);

}  // namespace lbgp::fsm
