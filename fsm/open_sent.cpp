// SPDX-License-Identifier: Apache-2.0
// OpenSent (RFC 4271 §8.2.2): our OPEN is out, the peer's has not come yet.
#include <fmt/format.h>

#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct OpenSent {
  Session& session;
  Step& step;

  // A second TCP connection (events 16 and 17) is the peering's business, not this session's.
  void operator()(const OneOf<ManualStart, TcpConnectionEstablished, TcpConnectionAccepted, SendProgress,
                              SendBlocked, PeerReconnected> auto&) const {}
  // Events 2 and 8.
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  void operator()(const AutomaticStop& event) const { session.stop(event, step); }
  // Event 10.
  void operator()(const HoldTimerExpires&) const {
    session.expire_hold(fmt::format("no OPEN from the peer within {} s", kOpenHoldTime.count()), step);
  }
  // Event 18: back to Active, where the ConnectRetryTimer decides about the next attempt.
  void operator()(const TcpConnectionFails& event) const {
    session.lose_connection();
    session.retry_later(step);
    const std::string what = event.reason.empty() ? "peer closed the connection" : one_line(event.reason);
    step.ending = Ending{.kind = EndKind::ConnectionLost,
                         .reason = DownReason::CloseSession,
                         .detail = what + " while we waited for its OPEN",
                         .from = State::OpenSent};
  }
  // Event 19.
  void operator()(const OpenReceived& event) const { session.accept_open(event.open, step); }
  // Events 21 and 22. An error in an UPDATE is first of all an UPDATE that has no place here.
  void operator()(const MessageError& event) const {
    if (is_set_up_error(event))
      session.fail(event.error, step);
    else
      session.unexpected(event, step);
  }
  // Event 23.
  void operator()(const OpenCollisionDump&) const { session.dump(step); }
  // Events 24 and 25. RFC-DEVIATION: RFC 4271 §8.2.2 answers event 25 here with an FSM error; §6.4 forbids to
  // answer a NOTIFICATION, and so does everybody.
  void operator()(const NotificationReceived& event) const {
    session.take_notification(event.notification, step);
  }
  // Events 9, 11, 12, 26, 27 and RFC 9687's 29: "any other event".
  void operator()(const OneOf<ConnectRetryTimerExpires, KeepaliveTimerExpires, DelayOpenTimerExpires,
                              SendHoldTimerExpires, KeepaliveReceived, UpdateReceived,
                              RouteRefreshReceived> auto& event) const {
    session.unexpected(event, step);
  }
};

}  // namespace

void in_open_sent(Session& session, const SessionEvent& event, Step& step) {
  std::visit(OpenSent{session, step}, event);
}

}  // namespace lbgp::fsm
