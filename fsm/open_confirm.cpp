// SPDX-License-Identifier: Apache-2.0
// OpenConfirm (RFC 4271 §8.2.2): both OPENs are accepted by us, the peer's KEEPALIVE has not come yet.
#include <fmt/format.h>

#include "fsm/session.hpp"

namespace lbgp::fsm {
namespace {

struct OpenConfirm {
  Session& session;
  Step& step;

  void operator()(const OneOf<ManualStart, TcpConnectionEstablished, TcpConnectionAccepted, SendProgress,
                              SendBlocked, PeerReconnected> auto&) const {}
  // Events 2 and 8.
  void operator()(const ManualStop& event) const { session.stop(event, step); }
  void operator()(const AutomaticStop& event) const { session.stop(event, step); }
  // Event 10.
  void operator()(const HoldTimerExpires&) const {
    session.expire_hold(fmt::format("no KEEPALIVE from the peer within {} s", session.confirm_time().count()),
                        step);
  }
  // Event 11.
  void operator()(const KeepaliveTimerExpires&) const {
    session.send(wire::encode_keepalive(), step);
    session.restart_keepalive(step);
  }
  // Event 18.
  void operator()(const TcpConnectionFails& event) const {
    ++session.connect_retry_counter;
    session.lose_connection();
    const std::string what = event.reason.empty() ? "peer closed the connection" : event.reason;
    session.end({.kind = EndKind::ConnectionLost,
                 .reason = DownReason::CloseSession,
                 .detail = what + " while we waited for its KEEPALIVE"},
                step);
  }
  // Events 21 and 22; event 28 as in OpenSent.
  void operator()(const MessageError& event) const {
    if (is_set_up_error(event))
      session.fail(event.error, step);
    else
      session.unexpected(event, step);
  }
  // Event 23.
  void operator()(const OpenCollisionDump&) const { session.dump(step); }
  // Events 24 and 25.
  void operator()(const NotificationReceived& event) const {
    session.take_notification(event.notification, step);
  }
  // Event 26.
  void operator()(const KeepaliveReceived&) const { session.enter_established(step); }
  // Events 9, 12, 27 and RFC 9687's 29: "any other event". So is a second OPEN on this very connection (RFC
  // 6608 §3); RFC 4271's event 19 here means one on the other connection.
  void operator()(const OneOf<ConnectRetryTimerExpires, DelayOpenTimerExpires, SendHoldTimerExpires,
                              OpenReceived, UpdateReceived, RouteRefreshReceived> auto& event) const {
    session.unexpected(event, step);
  }
};

}  // namespace

void in_open_confirm(Session& session, const SessionEvent& event, Step& step) {
  std::visit(OpenConfirm{session, step}, event);
}

}  // namespace lbgp::fsm
