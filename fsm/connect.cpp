// SPDX-License-Identifier: Apache-2.0
// Connect (RFC 4271 §8.2.2): a TCP connection is being made, or is there and its OPEN is delayed.
#include <fmt/format.h>

#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct InConnect {
  Session& session;
  Step& step;

  void operator()(const OneOf<ManualStart, SendProgress, SendBlocked, PeerReconnected> auto&) const {}
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  // Event 9. The state stays; the operator learns that nobody answered.
  void operator()(const ConnectRetryTimerExpires&) const {
    session.connect(step);
    step.ending = Ending{.kind = EndKind::Unreachable,
                         .detail = fmt::format("no answer to the connection attempt within {} s",
                                               step.settings.connect_retry.count()),
                         .from = State::Connect};
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
    const bool delayed = session.delay_open_at.has_value();
    session.lose_connection();
    const Ending ending{.kind = delayed ? EndKind::ConnectionLost : EndKind::Unreachable,
                        .reason = delayed ? DownReason::CloseSession : DownReason::None,
                        .detail = event.reason.empty() ? "connection failed" : one_line(event.reason),
                        .from = State::Connect};
    if (!delayed) return session.end(ending, step);
    session.retry_later(step);
    step.ending = ending;
  }
  // Event 20; event 19 cannot be told from it where the DelayOpenTimer does not run.
  void operator()(const OpenReceived& event) const {
    if (session.delay_open_at)
      session.accept_open(event.open, step);
    else
      session.give_up(event, step);
  }
  // Events 21 and 22, with SendNOTIFICATIONwithoutOPEN: the peer shall know why; event 28 is any other event.
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
  // Event 23: the other connection has made it.
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

void in_connect(Session& session, const SessionEvent& event, Step& step) {
  std::visit(InConnect{session, step}, event);
}

}  // namespace lbgp::fsm
