// SPDX-License-Identifier: Apache-2.0
// Everything that can happen to a peering. Each event names its number in RFC 4271 §8.1; timers are not here,
// they are deadlines inside the peer and fire through Peer::on_time().
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "fsm/state.hpp"
#include "wire/error.hpp"
#include "wire/message.hpp"

namespace lbgp::fsm {

// Which of a peer's two possible TCP connections (RFC 4271 §6.8): the one we opened or the one it opened.
enum class Side : std::uint8_t { Outgoing, Incoming };
[[nodiscard]] constexpr Side other(Side side) {
  return side == Side::Outgoing ? Side::Incoming : Side::Outgoing;
}

// Event 1 (ManualStart): the peering may run. Ignored while running.
struct ManualStart {};
// Event 2 (ManualStop), with what to tell the peer. `notification` empty: close without a word, as for a
// restart that the peer shall bridge (RFC 4724 §4.1). `restart`: go on by itself afterwards (after IdleHold).
struct ManualStop {
  std::optional<wire::Notification> notification;
  DownReason reason = DownReason::UserShutdown;
  bool restart = false;
};
// Event 8 (AutomaticStop): we end the peering by ourselves, as for too many prefixes (RFC 4486 §4). It stays
// Idle and refuses connections for `restart_after`; without that, until an operator's ManualStart or a
// ManualStop with `restart`. With `path_failed` (BFD, a dead link) it is tried again as after any failure.
struct AutomaticStop {
  std::optional<wire::Notification> notification;  // none: close without a word
  DownReason reason = DownReason::NotificationSent;
  std::string detail;  // one line for an operator
  std::optional<std::chrono::seconds> restart_after;
  bool path_failed = false;
};
// Not in RFC 4271: what kept us from the peer, a dead link or a missing address, is gone. An attempt that
// waits for a peer out of reach is made now; one that waits for a penalty (DampPeerOscillations) still does.
struct PathRestored {};
// Event 16 (Tcp_CR_Acked): the connection that Connect asked for is there.
struct TcpConnectionEstablished {};
// Event 17 (TcpConnectionConfirmed): the peer has connected to us; always Side::Incoming.
struct TcpConnectionAccepted {};
// Event 18 (TcpConnectionFails), of any connection in any phase.
struct TcpConnectionFails {
  std::string reason;  // "connection refused", "closed by peer", …
};
// Event 19 (BGPOpen), 20 with a running DelayOpenTimer.
struct OpenReceived {
  wire::Open open;
};
// Events 21, 22 and 28 (BGPHeaderErr, BGPOpenMsgErr, UpdateMsgErr) and whatever else the decoders refuse.
struct MessageError {
  wire::Error error;
};
// Events 24 and 25 (NotifMsgVerErr, NotifMsg).
struct NotificationReceived {
  wire::Notification notification;
};
// Event 26 (KeepAliveMsg).
struct KeepaliveReceived {};
// Event 27 (UpdateMsg): only that one came.
struct UpdateReceived {};
// RFC 2918: only that one came, well-formed.
struct RouteRefreshReceived {};
// The socket has taken bytes: restarts the SendHoldTimer (RFC 9687 §4.3).
struct SendProgress {};
// The socket has bytes that it does not take (`true`) or none left to give (`false`): RFC 9687 §5.
struct SendBlocked {
  bool blocked = false;
};

using ConnectionEvent = std::variant<TcpConnectionEstablished, TcpConnectionAccepted, TcpConnectionFails,
                                     OpenReceived, MessageError, NotificationReceived, KeepaliveReceived,
                                     UpdateReceived, RouteRefreshReceived, SendProgress, SendBlocked>;
using PeerEvent = std::variant<ManualStart, ManualStop, AutomaticStop, PathRestored>;

}  // namespace lbgp::fsm
