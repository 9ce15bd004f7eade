// SPDX-License-Identifier: Apache-2.0
// Active (RFC 4271 §8.2.2): listening, waiting for the next attempt, or connected with a delayed OPEN.
#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct Active {
  Session& session;
  Step& step;

  void operator()(const OneOf<ManualStart, SendProgress, SendBlocked, PeerReconnected> auto&) const {}
  // Event 2: SendNOTIFICATIONwithoutOPEN holds while the OPEN is delayed.
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  // Event 9. The incoming session never connects; its timer does not run.
  void operator()(const ConnectRetryTimerExpires&) const {
    if (session.side == Side::Outgoing) session.connect(step);
  }
  // Event 12.
  void operator()(const DelayOpenTimerExpires&) const {
    if (session.connected()) session.enter_open_sent(step);
  }
  // Events 16 and 17.
  void operator()(const OneOf<TcpConnectionEstablished, TcpConnectionAccepted> auto&) const {
    session.start_delay_open(step);
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
  // Event 20.
  void operator()(const OpenReceived& event) const {
    if (session.delay_open_at)
      session.accept_open(event.open, step);
    else
      session.give_up(event, step);
  }
  // Events 21 and 22, with SendNOTIFICATIONwithoutOPEN; event 28 is any other event.
  void operator()(const MessageError& event) const {
    if (is_set_up_error(event))
      session.fail(event.error, step);
    else
      session.give_up(event, step);
  }
  // Events 24 and 25.
  void operator()(const NotificationReceived& event) const {
    session.take_notification(event.notification, step);
  }
  // Event 23.
  void operator()(const OpenCollisionDump&) const { session.dump(step); }
  // Event 8: as "any other event", but with the reason that is known.
  void operator()(const AutomaticStop& event) const { session.stop(event, step); }
  // Events 10, 11, 26, 27 and RFC 9687's 29: "any other event".
  void operator()(const OneOf<HoldTimerExpires, KeepaliveTimerExpires, SendHoldTimerExpires,
                              KeepaliveReceived, UpdateReceived, RouteRefreshReceived> auto& event) const {
    session.give_up(event, step);
  }
};

}  // namespace

void in_active(Session& session, const SessionEvent& event, Step& step) {
  std::visit(Active{session, step}, event);
}

}  // namespace lbgp::fsm
