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
  // Events 2 and 8.
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  void operator()(const AutomaticStop& event) const { session.stop(event, step); }
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
  // RFC 9687 §4.3, event 29: the peer takes no bytes, so the NOTIFICATION has little hope; the connection
  // goes all the same.
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
  // Events 21 and 28; event 22 is a malformed OPEN, which has no place here whatever is wrong with it.
  // RFC-DEVIATION: RFC 4271 §8.2.2 answers event 21 here with an FSM error; §6.1 names the header error, and
  // says more.
  void operator()(const MessageError& event) const {
    if (event.error.notification.code == wire::ErrorCode::OpenMessage)
      session.unexpected(event, step);
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
  // Events 26 and 27. RFC 4271 §4.2: nothing else restarts the HoldTimer, no ROUTE-REFRESH either.
  void operator()(const OneOf<KeepaliveReceived, UpdateReceived> auto&) const { session.restart_hold(step); }
  void operator()(const RouteRefreshReceived&) const {}
  // RFC 9687 §4.3: each message sent restarts the SendHoldTimer. While the socket takes all that we have, it
  // has nothing to measure and stands still.
  void operator()(const SendProgress&) const {
    if (session.send_hold_at) start_send_hold();
  }
  void operator()(const SendBlocked& event) const {
    if (!event.blocked)
      session.send_hold_at.reset();
    else if (!session.send_hold_at && session.negotiated->hold_time > seconds{0})
      start_send_hold();
  }
  // Events 9, 12 and 19 (RFC 6608): "any other event".
  void operator()(
      const OneOf<ConnectRetryTimerExpires, DelayOpenTimerExpires, OpenReceived> auto& event) const {
    session.unexpected(event, step);
  }

  void start_send_hold() const { session.send_hold_at = step.moment.after(send_hold_time()); }
  // RFC 9687 §6.
  [[nodiscard]] seconds send_hold_time() const {
    return std::max(kMinSendHoldTime, 2 * session.negotiated->hold_time);
  }
};

}  // namespace

void in_established(Session& session, const SessionEvent& event, Step& step) {
  std::visit(Established{session, step}, event);
}

}  // namespace lbgp::fsm
