// SPDX-License-Identifier: Apache-2.0
// A peering's life as its operator sees it.
#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {
constexpr Side kOut = Side::Outgoing;
constexpr Side kIn = Side::Incoming;
}  // namespace

TEST_CASE("the ordinary way up", "[rfc4271-8.2.2]") {
  Bench bench;
  CHECK(bench.peer.state() == State::Idle);
  CHECK_FALSE(bench.peer.accepts_connection());
  CHECK_FALSE(bench.peer.next_deadline().has_value());
  CHECK(describe(bench.start()) == Words{"Connect", "Idle>Connect"});
  CHECK(bench.peer.accepts_connection());
  CHECK(describe(bench.tell(kOut, TcpConnectionEstablished{})) == Words{"OPEN out", "Connect>OpenSent"});
  CHECK(describe(bench.tell(kOut, OpenReceived{open_from()})) ==
        Words{"KEEPALIVE out", "OpenSent>OpenConfirm"});
  CHECK(bench.peer.negotiated() == nullptr);
  bench.pass(std::chrono::milliseconds{10});
  const Actions actions = bench.tell(kOut, KeepaliveReceived{});
  CHECK(describe(actions) == Words{"Up out", "OpenConfirm>Established"});
  CHECK(why(actions).empty());
  REQUIRE(bench.peer.negotiated() != nullptr);
  CHECK(bench.peer.negotiated()->peer_as == wire::AsNumber{65002});
  CHECK(std::get<SessionUp>(actions.front()).negotiated == *bench.peer.negotiated());
  CHECK(bench.peer.established_side() == kOut);
  CHECK(bench.peer.history().connections_established == 1);
  CHECK(bench.peer.history().established_at == bench.now);
  CHECK_FALSE(bench.peer.next_attempt().has_value());
}

TEST_CASE("a passive peering only listens", "[rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  settings.passive = true;
  Bench bench{settings};
  CHECK(describe(bench.start()) == Words{"Idle>Active"});
  CHECK_FALSE(bench.peer.next_deadline().has_value());
  CHECK_FALSE(bench.peer.next_attempt().has_value());
  CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in", "Active>OpenSent"});
  bench.tell(kIn, OpenReceived{open_from()});
  bench.tell(kIn, KeepaliveReceived{});
  CHECK(bench.peer.established_side() == kIn);
  CHECK(describe(bench.tell(kIn, TcpConnectionFails{""})).back() == "Established>Active");
  CHECK(bench.live(seconds{300}).empty());
}

TEST_CASE("starting twice is starting once", "[rfc4271-8.2.2]") {
  for (const State state : {State::Connect, State::OpenSent, State::OpenConfirm, State::Established}) {
    Bench bench;
    bench.reach(state);
    CHECK(bench.start().empty());
    CHECK(bench.peer.state() == state);
  }
}

TEST_CASE("a stopped peering does nothing and takes nothing", "[rfc4271-8.2.2]") {
  for (const State state : {State::Connect, State::OpenSent, State::OpenConfirm, State::Established}) {
    Bench bench;
    bench.reach(state);
    const Actions actions = bench.tell(ManualStop{cease(2), DownReason::UserShutdown});
    INFO(to_string(state));
    CHECK(bench.peer.state() == State::Idle);
    CHECK(why(actions) == "stopped here: Admin. shutdown");
    CHECK_FALSE(bench.peer.next_deadline().has_value());
    CHECK_FALSE(bench.peer.accepts_connection());
    CHECK(bench.peer.history().last_reset_reason == DownReason::UserShutdown);
    CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Refuse 6/5"});
    CHECK(describe(bench.tell(kOut, TcpConnectionEstablished{})).empty());
    // A reset does not revive it; a start does.
    CHECK(bench.tell(ManualStop{std::nullopt, DownReason::UserReset, true}).empty());
    CHECK_FALSE(bench.peer.next_deadline().has_value());
    CHECK(describe(bench.start()) == Words{"Connect", "Idle>Connect"});
  }
}

TEST_CASE("a stop ends both connections", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.start();
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kIn, TcpConnectionAccepted{});
  CHECK(deeds(bench.tell(ManualStop{cease(3), DownReason::PeerDeconfigured})) ==
        Words{"NOTIFICATION 6/3 out", "Close out", "NOTIFICATION 6/3 in", "Close in"});
}

TEST_CASE("a peering that may not run does not", "[rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  SECTION("shut down") {
    settings.shutdown = true;
    Bench bench{settings};
    CHECK(bench.start().empty());
    CHECK_FALSE(bench.peer.accepts_connection());
    CHECK(bench.peer.history().last_reset_reason == DownReason::UserShutdown);
    bench.peer.change_settings(our_settings());
    CHECK(deeds(bench.start()) == Words{"Connect"});
  }
  SECTION("without a family") {
    settings.families = {};
    Bench bench{settings};
    CHECK(bench.start().empty());
    CHECK_FALSE(bench.peer.accepts_connection());
    CHECK(bench.peer.history().last_reset_detail == "No AFI/SAFI activated for peer");
  }
}

TEST_CASE("late events of a closed side are nobody's", "[contract]") {
  const std::vector<ConnectionEvent> late{TcpConnectionEstablished{},
                                          TcpConnectionFails{"late"},
                                          OpenReceived{open_from()},
                                          message_error(wire::ErrorCode::MessageHeader, 1),
                                          NotificationReceived{cease(2)},
                                          KeepaliveReceived{},
                                          UpdateReceived{},
                                          RouteRefreshReceived{},
                                          SendProgress{},
                                          SendBlocked{true}};
  for (const ConnectionEvent& event : late) {
    Bench bench;
    bench.reach(State::Established, kIn);
    CHECK(bench.tell(kOut, event).empty());
    CHECK(bench.peer.established_side() == kIn);
    bench.tell(ManualStop{});
    CHECK(bench.tell(kIn, event).empty());
    CHECK(bench.peer.state() == State::Idle);
  }
  Bench bench;
  bench.start();
  CHECK(bench.tell(kOut, TcpConnectionAccepted{}).empty());  // cannot be: we connect on that side
}

TEST_CASE("operators read why", "[operator-words]") {
  SECTION("a NOTIFICATION with a shutdown communication") {
    Bench bench;
    bench.reach(State::Established);
    wire::Notification notification = cease(2);
    notification.data = wire::encode_shutdown_communication("going to bed");
    const Actions actions = bench.tell(kOut, NotificationReceived{notification});
    CHECK(deeds(actions) == Words{"Close out", "Down"});
    CHECK(why(actions) == "peer sent Cease/Administrative Shutdown: going to bed");
    CHECK(bench.peer.history().last_reset_reason == DownReason::NotificationReceived);
    CHECK(bench.peer.history().last_notification == notification);
    CHECK_FALSE(bench.peer.history().last_notification_was_sent);
  }
  SECTION("a decoder's words") {
    Bench bench;
    bench.reach(State::Established);
    CHECK(why(bench.tell(kOut, message_error(wire::ErrorCode::UpdateMessage, 1))) == "nonsense");
  }
  SECTION("a message out of place") {
    Bench bench;
    bench.reach(State::OpenSent);
    CHECK(why(bench.tell(kOut, UpdateReceived{})) == "peer sent UPDATE, which has no place in OpenSent");
    REQUIRE(bench.peer.history().last_notification.has_value());
    CHECK(*bench.peer.history().last_notification == wire::Notification{wire::ErrorCode::FsmError, 1, {2}});
  }
  SECTION("a closed connection") {
    Bench bench;
    bench.reach(State::OpenConfirm);
    CHECK(why(bench.tell(kOut, TcpConnectionFails{""})) ==
          "peer closed the connection while we waited for its KEEPALIVE");
  }
  SECTION("the end of a session outlives the failures after it") {
    Bench bench;
    bench.reach(State::Established);
    bench.live(seconds{9});
    CHECK(bench.peer.history().last_session_end == "hold timer expired after 9 s without a message");
    const TimePoint reset = bench.now;
    bench.live(seconds{1});
    bench.tell(kOut, TcpConnectionFails{"no route to host"});
    CHECK(bench.peer.history().last_session_end == "hold timer expired after 9 s without a message");
    CHECK(bench.peer.history().last_reset_detail == "no route to host");
    CHECK(bench.peer.history().last_reset == reset);
  }
  SECTION("so does what OPENs disagreed about, until the operator acts") {
    Bench bench;
    bench.reach(State::OpenSent);
    bench.tell(kOut, message_error(wire::ErrorCode::OpenMessage, 2));
    CHECK(bench.peer.history().last_session_end == "nonsense");
    bench.live(seconds{1});
    bench.tell(kOut, TcpConnectionFails{"connection refused"});
    CHECK(bench.peer.history().last_session_end == "nonsense");
    CHECK(bench.peer.history().last_reset_detail == "connection refused");
    SessionSettings other = bench.peer.settings();
    other.hold_time += seconds{1};
    bench.peer.change_settings(other);
    CHECK(bench.peer.history().last_session_end.empty());
  }
}

TEST_CASE("new settings leave the running session alone", "[contract]") {
  Bench bench;
  bench.reach(State::Established);
  SessionSettings changed = our_settings();
  changed.hold_time = seconds{90};
  changed.keepalive = seconds{30};
  bench.peer.change_settings(changed);
  CHECK(bench.peer.settings() == changed);
  CHECK(bench.peer.negotiated()->hold_time == seconds{9});
  bench.live(seconds{3});
  bench.tell(kOut, KeepaliveReceived{});
  CHECK(seconds_between(bench.now, *bench.peer.next_deadline()) == 3.0);
}

TEST_CASE("a copy of a peering goes on like the original", "[state-is-a-value]") {
  for (const State state : {State::Connect, State::OpenSent, State::OpenConfirm, State::Established}) {
    Bench bench;
    bench.reach(state);
    Bench twin = bench;
    CHECK(describe(bench.live(seconds{300})) == describe(twin.live(seconds{300})));
    CHECK(bench.peer.next_deadline() == twin.peer.next_deadline());
  }
}

TEST_CASE("a peer that does not know capabilities is asked again without", "[rfc5492-3]") {
  const auto sent_open = [](const Actions& actions) {
    for (const Action& action : actions)
      if (const auto* send = std::get_if<Send>(&action))
        if (auto open = wire::decode_open(wire::ByteView(send->message).subspan(wire::kHeaderSize)))
          return *open;
    FAIL("no OPEN was sent");
    return wire::Open{};
  };
  const NotificationReceived refusal{{wire::ErrorCode::OpenMessage, 4, {}}};
  Bench bench;
  bench.reach(State::OpenSent);
  CHECK(why(bench.tell(kOut, refusal)) ==
        "peer sent OPEN Message Error/Unsupported Optional Parameter; our next OPEN has no capabilities");
  bench.live(seconds{5});
  CHECK(sent_open(bench.tell(kOut, TcpConnectionEstablished{})).capabilities.empty());

  SECTION("refused even so, it is said no second time") {
    CHECK(why(bench.tell(kOut, refusal)) == "peer sent OPEN Message Error/Unsupported Optional Parameter");
  }
  SECTION("once it has worked, the next session asks with them") {
    wire::Open plain;
    plain.my_as = 65002;
    plain.hold_time = seconds{9};
    plain.id = wire::RouterId{0x0a000002};
    bench.tell(kOut, OpenReceived{plain});
    bench.tell(kOut, KeepaliveReceived{});
    REQUIRE(bench.peer.negotiated() != nullptr);
    CHECK(bench.peer.negotiated()->codec.families == wire::FamilySet{wire::Family::Ipv4Unicast});
    bench.tell(kOut, TcpConnectionFails{""});
    bench.live(seconds{5});
    CHECK_FALSE(sent_open(bench.tell(kOut, TcpConnectionEstablished{})).capabilities.empty());
  }
  SECTION("an operator's reset asks with them") {
    bench.tell(ManualStop{std::nullopt, DownReason::UserReset, true});
    bench.live(seconds{5});
    CHECK_FALSE(sent_open(bench.tell(kOut, TcpConnectionEstablished{})).capabilities.empty());
  }
}

TEST_CASE("Unsupported Capability is no reason to hide ours", "[rfc5492-3]") {
  Bench bench;
  bench.reach(State::OpenSent);
  CHECK(why(bench.tell(kOut, NotificationReceived{{wire::ErrorCode::OpenMessage, 7, {1, 4, 0, 1, 0, 1}}})) ==
        "peer sent OPEN Message Error/Unsupported Capability");
}
