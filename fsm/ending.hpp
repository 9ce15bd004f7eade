// SPDX-License-Identifier: Apache-2.0
// How a connection, or the attempt to make one, came to its end: what history, back-off and graceful restart
// want to know about it.
#pragma once

#include <optional>
#include <string>

#include "fsm/negotiation.hpp"
#include "fsm/state.hpp"
#include "wire/error.hpp"

namespace lbgp::fsm {

enum class EndKind : std::uint8_t {
  Stopped,         // ManualStop
  Unreachable,     // no connection came about
  ConnectionLost,  // TcpConnectionFails of a connection
  NotificationReceived,
  ErrorFound,  // by us, usually told by a NOTIFICATION
  HoldTimerExpired,
  SendHoldTimerExpired,
  PathFailed,  // as BFD or the link has told
  Collision,   // the other connection stays (RFC 4271 §6.8)
  Replaced,    // the peer has come back on a new connection (RFC 4724 §5)
};

struct Ending {
  EndKind kind = EndKind::Unreachable;
  DownReason reason = DownReason::None;
  std::string detail{};                                           // one line for an operator
  std::optional<wire::Notification> notification = std::nullopt;  // the one that was sent or received
  State from = State::Idle;                                       // filled in by the session

  [[nodiscard]] bool was_established() const { return from == State::Established; }
  [[nodiscard]] bool notification_was_sent() const { return kind != EndKind::NotificationReceived; }
};

// RFC 4724 §4.2, RFC 8538 §4, RFC 9494 §4.2: the families whose routes stay, marked stale, when a session
// ends like this.
[[nodiscard]] wire::FamilySet stale_families(const Negotiated& negotiated, const Ending& ending);

// RFC 8538 §5.1: whether a NOTIFICATION of ours, with the N bit on both sides, has to be a Hard Reset, lest
// the peer keep what we want it to forget.
[[nodiscard]] bool wants_hard_reset(const wire::Notification& notification,
                                    const GracefulRestartSettings& settings);

// RFC 8538 §3.1: Hard Reset around a Cease that shall make a peer with the N bit forget our routes.
[[nodiscard]] wire::Notification hard_reset(const wire::Notification& inner);

// RFC 8538 §3: what a Hard Reset carries; none when it is another NOTIFICATION, or carries nothing.
[[nodiscard]] std::optional<wire::Notification> inside_hard_reset(const wire::Notification& outer);

// "peer sent Cease/Administrative Shutdown: going to bed"; control characters of the peer are made harmless.
[[nodiscard]] std::string received_words(const wire::Notification& notification);

// `text` on one line, without control characters.
[[nodiscard]] std::string one_line(std::string text);

}  // namespace lbgp::fsm
