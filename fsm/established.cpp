// SPDX-License-Identifier: Apache-2.0
// Established (RFC 4271 §8.2.2): routes are exchanged; liveness is watched in both directions.
#include <fmt/format.h>

#include <algorithm>

#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct Established {
  Session& session;
  Step& step;

  void operator()(const OneOf<ManualStart, TcpConnectionEstablished, TcpConnectionAccepted> auto&) const {}
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  // Event 10.
  void operator()(const HoldTimerExpires&) const {
    session.expire_hold(
        fmt::format("hold timer expired after {} s without a message", session.negotiated->hold_time.count()),
        step);
  }
  // Event 11.
  void operator()(const KeepaliveTimerExpires&) const {
    session.send(wire::encode_keepalive(), step);
    session.restart_keepalive(step);
  }
  // RFC 9687 §3: the peer takes no bytes, so the NOTIFICATION has little hope; the connection goes all the
  // same.
  void operator()(const SendHoldTimerExpires&) const {
    ++session.connect_retry_counter;
    session.notify_and_end({.kind = EndKind::SendHoldTimerExpired,
                            .reason = DownReason::NotificationSent,
                            .detail = fmt::format("peer has taken no bytes for {} s (send hold timer)",
                                                  send_hold_time().count()),
                            .notification = wire::Notification{wire::ErrorCode::SendHoldTimerExpired, 0, {}}},
                           step);
  }
  // Event 18.
  void operator()(const TcpConnectionFails& event) const {
    ++session.connect_retry_counter;
    session.lose_connection();
    session.end({.kind = EndKind::ConnectionLost,
                 .reason = DownReason::CloseSession,
                 .detail = event.reason.empty() ? "peer closed the connection" : event.reason},
                step);
  }
  // Event 19, RFC 6608.
  void operator()(const OpenReceived&) const { session.unexpected("OPEN", wire::MessageType::Open, step); }
  // Events 21 and 28; event 22 is a malformed OPEN, which has no place here whatever is wrong with it.
  void operator()(const MessageError& event) const {
    if (event.error.notification.code == wire::ErrorCode::OpenMessage)
      session.unexpected("OPEN", wire::MessageType::Open, step);
    else
      session.fail(event.error, step);
  }
  // Event 23.
  void operator()(const OpenCollisionDump&) const { session.dump(step); }
  // RFC 4724 §5: silently, so that the peer's new session is not confused by our words about the old one.
  void operator()(const PeerReconnected&) const {
    session.end({.kind = EndKind::Replaced,
                 .reason = DownReason::NsfCloseSession,
                 .detail = "peer has come back on a new connection"},
                step);
  }
  // Events 24 and 25.
  void operator()(const NotificationReceived& event) const {
    session.take_notification(event.notification, step);
  }
  // Events 26 and 27; RFC 2918 is silent about the HoldTimer, but who asks for routes is alive.
  void operator()(const OneOf<KeepaliveReceived, UpdateReceived, RouteRefreshReceived> auto&) const {
    session.restart_hold(step);
  }
  void operator()(const SendProgress&) const {
    if (session.send_hold_at) session.send_hold_at = step.moment.after(send_hold_time());
  }
  void operator()(const SendBlocked& event) const {
    if (!event.blocked)
      session.send_hold_at.reset();
    else if (!session.send_hold_at)
      session.send_hold_at = step.moment.after(send_hold_time());
  }
  // Events 9 and 12: these timers do not run here.
  void operator()(const OneOf<ConnectRetryTimerExpires, DelayOpenTimerExpires> auto&) const {
    session.unexpected_timer(step);
  }

  // RFC 9687 §3.1.
  [[nodiscard]] seconds send_hold_time() const {
    return std::max(kMinSendHoldTime, 2 * session.negotiated->hold_time);
  }
};

}  // namespace

void in_established(Session& session, const SessionEvent& event, Step& step) {
  std::visit(Established{session, step}, event);
}

}  // namespace lbgp::fsm
