// SPDX-License-Identifier: Apache-2.0
// When a peering is tried again: soon after a clean end, later and later when it keeps failing.
#include "fsm/idle_hold.hpp"

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {
constexpr Side kOut = Side::Outgoing;
constexpr Side kIn = Side::Incoming;

wire::Open bad_open() {
  wire::Open open = open_from();
  open.my_as = 65099;
  return open;
}

// How long until the next Connect action, letting time pass.
double wait_for_connect(Bench& bench) {
  const TimePoint from = bench.now;
  for (int i = 0; i < 100; ++i)
    for (const Action& action : bench.next())
      if (std::holds_alternative<Connect>(action)) return seconds_between(from, bench.now);
  return -1;
}

double wait_after_failed_open(Bench& bench) {
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, OpenReceived{bad_open()});
  return wait_for_connect(bench);
}

void come_up(Bench& bench, Side side) {
  if (side == kOut)
    bench.tell(side, TcpConnectionEstablished{});
  else
    bench.tell(side, TcpConnectionAccepted{});
  bench.tell(side, OpenReceived{open_from()});
  bench.tell(side, KeepaliveReceived{});
  REQUIRE(bench.peer.state() == State::Established);
}

void stay_up(Bench& bench, Side side, int turns) {
  for (int i = 0; i < turns; ++i) {
    bench.live(seconds{5});
    bench.tell(side, KeepaliveReceived{});
  }
}
}  // namespace

TEST_CASE("whose fault an end is", "[rfc4271-8.1.1]") {
  using wire::ErrorCode;
  const auto received = [](ErrorCode code, std::uint8_t subcode) {
    return blame(
        {.kind = EndKind::NotificationReceived, .notification = wire::Notification{code, subcode, {}}});
  };
  CHECK(blame({.kind = EndKind::Stopped}) == Blame::None);
  CHECK(blame({.kind = EndKind::Collision}) == Blame::None);
  CHECK(blame({.kind = EndKind::Replaced}) == Blame::None);
  CHECK(blame({.kind = EndKind::Unreachable}) == Blame::Unreachable);
  CHECK(blame({.kind = EndKind::ConnectionLost, .from = State::OpenSent}) == Blame::Unreachable);
  CHECK(blame({.kind = EndKind::ConnectionLost, .from = State::OpenConfirm}) == Blame::Flap);
  CHECK(blame({.kind = EndKind::ConnectionLost, .from = State::Established}) == Blame::Flap);
  CHECK(blame({.kind = EndKind::HoldTimerExpired}) == Blame::Flap);
  CHECK(blame({.kind = EndKind::SendHoldTimerExpired}) == Blame::Flap);
  CHECK(blame({.kind = EndKind::ErrorFound}) == Blame::Fault);
  CHECK(received(ErrorCode::Cease, 2) == Blame::Flap);
  CHECK(received(ErrorCode::Cease, 7) == Blame::Unreachable);
  CHECK(received(ErrorCode::HoldTimerExpired, 0) == Blame::Flap);
  CHECK(received(ErrorCode::OpenMessage, 2) == Blame::Fault);
  CHECK(received(ErrorCode::UpdateMessage, 1) == Blame::Fault);
}

TEST_CASE("failed OPENs back off from a second to a minute", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (const double expected : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0})
    CHECK(wait_after_failed_open(bench) == expected);
  CHECK(bench.peer.history().last_reset_detail ==
        "peer says AS 65099 in its OPEN, but AS 65002 in its four-octet AS capability");
}

TEST_CASE("back-off is jittered below its cap", "[rfc4271-10]") {
  Bench bench;
  bench.jitter = 0.75;
  bench.start();
  for (const double expected : {0.75, 1.5, 3.0, 6.0, 12.0, 24.0, 45.0})
    CHECK(wait_after_failed_open(bench) == expected);
}

TEST_CASE("a peer that cannot be reached is tried at a steady pace", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 20; ++i) {
    CHECK(describe(bench.tell(kOut, TcpConnectionFails{"connection refused"})) == Words{"Connect>Active"});
    CHECK(seconds_between(bench.now, *bench.peer.next_attempt()) == 5.0);
    CHECK(wait_for_connect(bench) == 5.0);
  }
  CHECK(bench.peer.history().last_reset_detail == "connection refused");
  CHECK(bench.peer.history().last_reset_reason == DownReason::None);
}

TEST_CASE("a peer that hangs up before its OPEN is tried at a steady pace", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 5; ++i) {
    bench.tell(kOut, TcpConnectionEstablished{});
    const Actions actions = bench.tell(kOut, TcpConnectionFails{""});
    CHECK(describe(actions) == Words{"OpenSent>Active"});
    CHECK(why(actions) == "peer closed the connection while we waited for its OPEN");
    CHECK(wait_for_connect(bench) == 5.0);
  }
}

TEST_CASE("timers connect sets the pace", "[rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  settings.connect_retry = seconds{120};
  Bench bench{settings};
  bench.start();
  bench.tell(kOut, TcpConnectionFails{"connection refused"});
  CHECK(wait_for_connect(bench) == 120.0);
  SECTION("but not after a session's end") {
    come_up(bench, kOut);
    bench.tell(kOut, TcpConnectionFails{"closed by peer"});
    CHECK(wait_for_connect(bench) == 1.0);
  }
}

TEST_CASE("a stable minute forgets the back-off", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 5; ++i) wait_after_failed_open(bench);
  come_up(bench, kOut);
  SECTION("an early end goes on where it was") {
    bench.tell(kOut, TcpConnectionFails{"closed by peer"});
    CHECK(wait_for_connect(bench) == 32.0);
  }
  SECTION("a late one starts anew") {
    stay_up(bench, kOut, 12);
    bench.tell(kOut, TcpConnectionFails{"closed by peer"});
    CHECK(wait_for_connect(bench) == 1.0);
  }
}

TEST_CASE("our own reset is followed by a new attempt within five seconds", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 3; ++i) {
    come_up(bench, kOut);
    CHECK(deeds(bench.tell(ManualStop{cease(4), DownReason::UserReset, true})) ==
          Words{"NOTIFICATION 6/4 out", "Close out", "Down"});
    CHECK(bench.peer.accepts_connection());
    CHECK(wait_for_connect(bench) == 1.0);
  }
  CHECK(bench.peer.history().last_reset_reason == DownReason::UserReset);
}

TEST_CASE("a reset by the operator ends a back-off", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 8; ++i) wait_after_failed_open(bench);
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, OpenReceived{bad_open()});
  CHECK_FALSE(bench.peer.accepts_connection());
  bench.tell(ManualStop{std::nullopt, DownReason::UserReset, true});
  CHECK(bench.peer.accepts_connection());
  CHECK(wait_for_connect(bench) == 1.0);
}

TEST_CASE("a peering that stopped itself stays down until an operator acts", "[rfc4271-8.1.2][rfc4486-4]") {
  const AutomaticStop limit{cease(1), DownReason::PrefixCount, "too many prefixes", std::nullopt};
  Bench bench;
  bench.reach(State::Established);
  const Actions actions = bench.tell(limit);
  CHECK(deeds(actions) == Words{"NOTIFICATION 6/1 out", "Close out", "Down"});
  CHECK(why(actions) == "too many prefixes");
  CHECK(bench.peer.state() == State::Idle);
  CHECK(bench.peer.stopped_automatically());
  CHECK(bench.peer.history().last_reset_reason == DownReason::PrefixCount);
  CHECK(bench.live(std::chrono::hours{24}).empty());
  CHECK_FALSE(bench.peer.accepts_connection());
  SessionSettings changed = our_settings();
  changed.hold_time = seconds{30};
  bench.peer.change_settings(changed);
  CHECK_FALSE(bench.peer.accepts_connection());
  SECTION("clear") {
    bench.tell(ManualStop{cease(4), DownReason::UserReset, true});
    CHECK_FALSE(bench.peer.stopped_automatically());
    CHECK(bench.peer.accepts_connection());
    CHECK(wait_for_connect(bench) == 1.0);
  }
  SECTION("shutdown and no shutdown") {
    bench.tell(ManualStop{cease(2), DownReason::UserShutdown});
    CHECK(deeds(bench.start()) == Words{"Connect"});
  }
  SECTION("start") {
    CHECK(deeds(bench.start()) == Words{"Connect"});
    CHECK_FALSE(bench.peer.stopped_automatically());
  }
}

TEST_CASE("a peering that stopped itself for a time comes back after it", "[rfc4271-8.1.2][rfc4486-4]") {
  Bench bench;
  bench.reach(State::Established);
  bench.tell(AutomaticStop{cease(1), DownReason::PrefixCount, "too many prefixes", seconds{300}});
  CHECK(bench.live(seconds{299}).empty());
  CHECK_FALSE(bench.peer.accepts_connection());
  CHECK(deeds(bench.live(seconds{1})) == Words{"Connect"});
  CHECK(bench.peer.accepts_connection());
  CHECK_FALSE(bench.peer.stopped_automatically());
}

TEST_CASE("the last NOTIFICATION is that of the last reset, or none") {
  Bench bench;
  bench.start();
  come_up(bench, kOut);
  bench.tell(ManualStop{cease(4), DownReason::UserReset, true});
  CHECK(bench.peer.history().last_notification == cease(4));
  wait_for_connect(bench);
  come_up(bench, kOut);
  bench.tell(kOut, TcpConnectionFails{"closed by peer"});
  CHECK_FALSE(bench.peer.history().last_notification.has_value());
}

TEST_CASE("a path that fails again and again is backed off, and the peer may come by itself",
          "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (const double expected : {1.0, 2.0, 4.0}) {
    come_up(bench, kOut);
    bench.tell(AutomaticStop{cease(10), DownReason::BfdDown, "the path has failed", std::nullopt, true});
    CHECK(bench.peer.accepts_connection());
    CHECK_FALSE(bench.peer.stopped_automatically());
    CHECK(wait_for_connect(bench) == expected);
  }
}

TEST_CASE("once the way is free again an attempt is not put off any longer", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  SECTION("that waits after a refused one") {
    bench.tell(kOut, TcpConnectionFails{"network is unreachable"});
    CHECK(bench.peer.state() == State::Active);
    CHECK(deeds(bench.tell(PathRestored{})) == Words{"Connect"});
  }
  SECTION("that is being made: its SYNs went nowhere, and the next one is seconds away") {
    CHECK(deeds(bench.tell(PathRestored{})) == Words{"Close out", "Connect"});
  }
  // A link that comes and goes: once a second.
  CHECK(bench.tell(PathRestored{}).empty());
  CHECK(wait_for_connect(bench) == 1.0);
  CHECK(bench.peer.accepts_connection());
}

TEST_CASE("a dead link that comes and goes is backed off in spite of that", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (const double expected : {1.0, 2.0, 4.0}) {
    come_up(bench, kOut);
    const Actions actions = bench.tell(
        AutomaticStop{std::nullopt, DownReason::InterfaceDown, "interface eth0 is down", std::nullopt, true});
    CHECK(deeds(actions) == Words{"Close out", "Down"});  // without a word: nobody would hear it
    CHECK(bench.peer.history().last_reset_reason == DownReason::InterfaceDown);
    CHECK_FALSE(bench.peer.history().last_notification.has_value());
    CHECK(bench.tell(PathRestored{}).empty());
    CHECK(wait_for_connect(bench) == expected);
  }
}

TEST_CASE("nothing but time or an operator ends a stop that was ordered", "[rfc4486-4]") {
  Bench bench;
  bench.reach(State::Established);
  bench.tell(AutomaticStop{cease(1), DownReason::PrefixCount, "too many prefixes", seconds{300}});
  CHECK(bench.tell(PathRestored{}).empty());
  CHECK(bench.live(seconds{299}).empty());
  bench.tell(ManualStop{cease(2), DownReason::UserShutdown});
  CHECK(bench.tell(PathRestored{}).empty());
}

TEST_CASE("a peering that becomes passive stops trying and can go back", "[rfc4271-8.1.1]") {
  SessionSettings passive = our_settings();
  passive.passive = true;
  for (const bool connecting : {true, false}) {
    Bench bench;
    bench.start();
    if (!connecting) {  // in Active, between two attempts
      bench.tell(kOut, TcpConnectionEstablished{});
      bench.tell(kOut, TcpConnectionFails{""});
    }
    bench.peer.change_settings(passive);
    CHECK(deeds(bench.live(seconds{300})) == (connecting ? Words{"Close out"} : Words{}));
    CHECK(bench.peer.state() == State::Active);
    CHECK(bench.peer.accepts_connection());
    bench.peer.change_settings(our_settings());
    CHECK(deeds(bench.peer.on_time(bench.moment())) == Words{"Connect"});
  }
}

TEST_CASE("after a clean restart the peer may come back at once", "[rfc4271-8.1.1]") {
  const std::vector<ConnectionEvent> ends{TcpConnectionFails{"closed by peer"},
                                          NotificationReceived{cease(2)},
                                          NotificationReceived{{wire::ErrorCode::HoldTimerExpired, 0, {}}}};
  for (const ConnectionEvent& end : ends) {
    Bench bench;
    bench.reach(State::Established);
    bench.tell(kOut, end);
    CHECK(bench.peer.state() == State::Active);
    CHECK(bench.peer.accepts_connection());
    CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) ==
          Words{"Accept", "OPEN in", "Active>OpenSent"});
  }
}

TEST_CASE("a peer that flaps is always let in, as its routes would not outlast a refusal",
          "[rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  settings.passive = true;
  Bench bench{settings};
  bench.start();
  for (int i = 0; i < 10; ++i) {
    come_up(bench, kIn);
    bench.tell(kIn, TcpConnectionFails{"closed by peer"});
    CHECK(bench.peer.accepts_connection());
  }
}

TEST_CASE("a peer that only says Cease is never shut out", "[rfc4271-8.1.1]") {
  // A router whose operator has shut the neighbor down: the day that he thinks better of it, we listen.
  Bench bench;
  bench.start();
  for (int i = 0; i < 10; ++i) {
    bench.tell(kOut, TcpConnectionEstablished{});
    bench.tell(kOut, NotificationReceived{cease(2)});
    CHECK(bench.peer.accepts_connection());
    CHECK(wait_for_connect(bench) <= 60.0);
  }
}

TEST_CASE("connections that come and go do not put our own attempt off", "[rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  settings.delay_open = seconds{30};
  Bench bench{settings};
  bench.start();
  bench.tell(kOut, TcpConnectionFails{"connection refused"});
  const TimePoint due = *bench.peer.next_attempt();
  for (int i = 0; i < 4; ++i) {
    bench.pass(std::chrono::seconds{1});
    bench.tell(kIn, TcpConnectionAccepted{});
    bench.tell(kIn, TcpConnectionFails{"reset"});
    CHECK(bench.peer.next_attempt() == due);
  }
}

TEST_CASE("a peer that has been mended is heard after five seconds, however long we hold",
          "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 7; ++i) wait_after_failed_open(bench);
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, OpenReceived{bad_open()});
  REQUIRE(bench.peer.next_attempt().value() - bench.now == seconds(60));
  bench.live(seconds(4));
  CHECK_FALSE(bench.peer.accepts_connection());
  bench.live(seconds(1));
  CHECK(bench.peer.accepts_connection());
  CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in", "Active>OpenSent"});
}

TEST_CASE("changed settings forget the failures of the old ones", "[rfc4271-8.1.1]") {
  Bench bench;
  bench.start();
  for (int i = 0; i < 4; ++i) wait_after_failed_open(bench);
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, OpenReceived{bad_open()});
  CHECK_FALSE(bench.peer.accepts_connection());
  bench.peer.change_settings(our_settings());  // the same: nothing happens
  CHECK_FALSE(bench.peer.accepts_connection());
  SessionSettings changed = our_settings();
  changed.remote_as.number = wire::AsNumber{65099};
  bench.peer.change_settings(changed);
  CHECK(bench.peer.accepts_connection());
  CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in", "Idle>OpenSent"});
}
