// SPDX-License-Identifier: Apache-2.0
// Idle (RFC 4271 §8.2.2): nothing runs and every connection is refused.
#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct Idle {
  Session& session;
  Step& step;

  // Events 1 and 3 for the outgoing session; 4 and 5 for the incoming one, which only listens.
  void operator()(const ManualStart&) const {
    session.connect_retry_counter = 0;
    if (session.side == Side::Outgoing)
      session.connect(step);
    else
      session.retry_later(step);
  }
  void operator()(
      const OneOf<ManualStop, AutomaticStop, ConnectRetryTimerExpires, HoldTimerExpires,
                  KeepaliveTimerExpires, DelayOpenTimerExpires, SendHoldTimerExpires, OpenCollisionDump,
                  PeerReconnected, TcpConnectionEstablished, TcpConnectionAccepted, TcpConnectionFails,
                  OpenReceived, MessageError, NotificationReceived, KeepaliveReceived, UpdateReceived,
                  RouteRefreshReceived, SendProgress, SendBlocked> auto&) const {}
};

}  // namespace

void in_idle(Session& session, const SessionEvent& event, Step& step) {
  std::visit(Idle{session, step}, event);
}

}  // namespace lbgp::fsm
