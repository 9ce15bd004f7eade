// SPDX-License-Identifier: Apache-2.0
// Time: every timer of RFC 4271 §8 and RFC 9687, in virtual seconds.
#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {
constexpr Side kOut = Side::Outgoing;

double until_next(const Bench& bench) {
  return seconds_between(bench.now, *bench.peer.next_deadline());
}

SessionSettings with_hold(int hold, int keepalive) {
  SessionSettings settings = our_settings();
  settings.hold_time = seconds{hold};
  settings.keepalive = seconds{keepalive};
  return settings;
}
wire::Open open_with_hold(int hold) {
  SessionSettings settings = peer_settings();
  settings.hold_time = seconds{hold};
  return open_from(settings);
}
}  // namespace

TEST_CASE("jitter shortens, within bounds", "[rfc4271-10]") {
  const auto after = [](double jitter) {
    return seconds_between(at_second(0), Moment{at_second(0), jitter}.jittered(seconds{20}));
  };
  CHECK(after(1.0) == 20.0);
  CHECK(after(0.75) == 15.0);
  CHECK(after(0.5) == 20.0);  // not a jitter of RFC 4271: ignored
  CHECK(after(7.0) == 20.0);
  const auto no_sooner = [](double jitter, seconds time) {
    return seconds_between(at_second(0), Moment{at_second(0), jitter}.jittered(time, seconds{1}));
  };
  CHECK(no_sooner(0.75, seconds{1}) == 1.0);
  CHECK(no_sooner(1.0, seconds{1}) == 1.25);  // still a range: two speakers must not keep step
  CHECK(no_sooner(0.75, seconds{20}) == 15.0);
  CHECK(no_sooner(1.0, seconds{20}) == 20.0);
  CHECK(Moment{at_second(0), 1.0}.jittered(seconds{0}) > at_second(0));
}

TEST_CASE("the ConnectRetryTimer renews an attempt that nobody answers", "[rfc4271-8.2.2]") {
  for (const double jitter : {0.75, 1.0}) {
    Bench bench;
    bench.jitter = jitter;
    CHECK(deeds(bench.start()) == Words{"Connect"});
    CHECK(until_next(bench) == 5.0 * jitter);
    for (int round = 0; round < 3; ++round) {
      CHECK(describe(bench.next()) ==
            Words{"Close out", "Connect", "Connect>Connect"});  // the reason is told
      CHECK(until_next(bench) == 5.0 * jitter);
    }
    CHECK(bench.peer.history().last_reset_detail == "no answer to the connection attempt within 5 s");
    CHECK_FALSE(bench.peer.history().last_reset.has_value());
  }
}

TEST_CASE("keepalives come every third of the hold time, jittered", "[rfc4271-4.4][rfc4271-10]") {
  Bench bench;
  bench.jitter = 0.75;
  bench.reach(State::Established);
  CHECK(until_next(bench) == 2.25);
  CHECK(describe(bench.next()) == Words{"KEEPALIVE out"});
  bench.jitter = 1.0;
  CHECK(describe(bench.next()) == Words{"KEEPALIVE out"});
  CHECK(until_next(bench) == 3.0);
}

TEST_CASE("never more than one keepalive a second", "[rfc4271-4.4]") {
  Bench bench{with_hold(3, 1)};
  bench.jitter = 0.75;
  bench.reach(State::Established, kOut, open_with_hold(3));
  CHECK(until_next(bench) == 1.0);
}

TEST_CASE("the hold timer runs out after the negotiated time without a message",
          "[rfc4271-6.5][rfc4271-8.2.2]") {
  Bench bench;
  bench.reach(State::Established);
  const Actions actions = bench.live(seconds{9});
  CHECK(deeds(actions) ==
        Words{"KEEPALIVE out", "KEEPALIVE out", "NOTIFICATION 4/0 out", "Close out", "Down"});
  CHECK(why(actions) == "hold timer expired after 9 s without a message");
  const History& history = bench.peer.history();
  CHECK(history.last_reset_reason == DownReason::NotificationSent);
  CHECK(history.last_reset == bench.now);
  CHECK(history.last_notification == wire::Notification{wire::ErrorCode::HoldTimerExpired, 0, {}});
  CHECK(history.last_notification_was_sent);
}

TEST_CASE("KEEPALIVE and UPDATE are signs of life, and nothing else", "[rfc4271-4.2][rfc4271-8.2.2]") {
  Bench refreshing;
  refreshing.reach(State::Established);
  refreshing.live(seconds{8});
  refreshing.tell(kOut, RouteRefreshReceived{});
  CHECK(refreshing.peer.state() == State::Established);
  refreshing.live(seconds{1});
  CHECK(refreshing.peer.state() != State::Established);

  const std::vector<ConnectionEvent> signs{KeepaliveReceived{}, UpdateReceived{}};
  for (const ConnectionEvent& sign : signs) {
    Bench bench;
    bench.reach(State::Established);
    for (int i = 0; i < 5; ++i) {
      bench.live(seconds{8});
      bench.tell(kOut, sign);
      REQUIRE(bench.peer.state() == State::Established);
    }
    bench.live(seconds{8});
    CHECK(bench.peer.state() == State::Established);
    bench.live(seconds{1});
    CHECK(bench.peer.state() != State::Established);
  }
}

TEST_CASE("bytes that we send are no sign of life", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.reach(State::Established);
  bench.live(seconds{8});
  bench.tell(kOut, SendProgress{});
  bench.live(seconds{1});
  CHECK(bench.peer.state() != State::Established);
}

TEST_CASE("hold time zero: no keepalives and no end", "[rfc4271-4.2][rfc4271-4.4]") {
  Bench bench;
  bench.reach(State::Established, kOut, open_with_hold(0));
  CHECK_FALSE(bench.peer.next_deadline().has_value());
  CHECK(bench.live(std::chrono::hours{1000}).empty());
  CHECK(bench.peer.state() == State::Established);
}

TEST_CASE("the largest hold time", "[rfc4271-4.2]") {
  Bench bench{with_hold(65535, 65535)};
  bench.reach(State::Established, kOut, open_with_hold(65535));
  CHECK(until_next(bench) == 21845.0);
  bench.live(seconds{65534});
  CHECK(bench.peer.state() == State::Established);
  bench.live(seconds{1});
  CHECK(bench.peer.state() != State::Established);
}

TEST_CASE("the peer has its hold time to answer our OPEN with a KEEPALIVE", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.reach(State::OpenConfirm);
  const Actions actions = bench.live(seconds{9});
  CHECK(deeds(actions) == Words{"KEEPALIVE out", "KEEPALIVE out", "NOTIFICATION 4/0 out", "Close out"});
  CHECK(why(actions) == "no KEEPALIVE from the peer within 9 s");
}

TEST_CASE("with hold time zero the wait for the peer's KEEPALIVE still ends", "[rfc4271-8.2.2]") {
  Bench bench;
  bench.reach(State::OpenConfirm, kOut, open_with_hold(0));
  CHECK(until_next(bench) == 240.0);
  const Actions actions = bench.next();
  CHECK(deeds(actions) == Words{"NOTIFICATION 4/0 out", "Close out"});
  CHECK(why(actions) == "no KEEPALIVE from the peer within 240 s");
}

TEST_CASE("DelayOpen waits before the OPEN", "[rfc4271-8.2.2][rfc4271-8.1.1]") {
  SessionSettings settings = our_settings();
  settings.delay_open = seconds{4};
  for (const Side side : {Side::Outgoing, Side::Incoming}) {
    Bench bench{settings};
    bench.start();
    const ConnectionEvent connected =
        side == kOut ? ConnectionEvent{TcpConnectionEstablished{}} : ConnectionEvent{TcpConnectionAccepted{}};
    SECTION(side == kOut ? "outgoing" : "incoming") {
      const Words expected = side == kOut ? Words{} : Words{"Accept"};
      CHECK(deeds(bench.tell(side, connected)) == expected);
      SECTION("the time passes") {
        const Words all = deeds(bench.live(seconds{4}));
        CHECK(std::count(all.begin(), all.end(), side == kOut ? "OPEN out" : "OPEN in") == 1);
        CHECK(bench.peer.state() == State::OpenSent);
      }
      SECTION("the peer's OPEN ends the wait") {
        const Words all = deeds(bench.tell(side, OpenReceived{open_from()}));
        REQUIRE(all.size() >= 2);
        CHECK(all[0] == (side == kOut ? "OPEN out" : "OPEN in"));
        CHECK(all[1] == (side == kOut ? "KEEPALIVE out" : "KEEPALIVE in"));
        CHECK(bench.peer.state() == State::OpenConfirm);
      }
      SECTION("the connection is lost: another attempt follows") {
        bench.tell(side, TcpConnectionFails{"connection reset"});
        CHECK(bench.peer.history().last_reset_detail == "connection reset");
        const Words all = deeds(bench.live(seconds{6}));
        CHECK(std::count(all.begin(), all.end(), "Connect") >= 1);
      }
    }
  }
}

TEST_CASE("a peer that takes no bytes is left after eight minutes", "[rfc9687-4.3][rfc9687-6]") {
  Bench bench;
  bench.reach(State::Established);
  const TimePoint start = bench.now;
  // The peer itself lives: only our bytes are stuck.
  const auto live_until = [&](int second) {
    while (seconds_between(start, bench.now) < second && bench.peer.state() == State::Established) {
      bench.live(seconds{1});
      bench.tell(kOut, KeepaliveReceived{});
      bench.tell(kOut, SendBlocked{true});
    }
  };
  bench.tell(kOut, SendBlocked{true});
  live_until(479);
  REQUIRE(bench.peer.state() == State::Established);
  SECTION("nothing goes any more") {
    const Actions actions = bench.live(seconds{1});
    CHECK(deeds(actions) == Words{"NOTIFICATION 8/0 out", "Close out", "Down"});
    CHECK(why(actions) == "peer has taken no bytes for 480 s (send hold timer)");
  }
  SECTION("a few bytes go: the time starts again") {
    bench.tell(kOut, SendProgress{});
    live_until(958);
    CHECK(bench.peer.state() == State::Established);
    live_until(960);
    CHECK(bench.peer.state() != State::Established);
  }
  SECTION("everything went out") {
    bench.tell(kOut, SendProgress{});
    bench.tell(kOut, SendBlocked{false});
    bench.live(seconds{5});
    bench.tell(kOut, KeepaliveReceived{});
    bench.live(seconds{5});
    CHECK(bench.peer.state() == State::Established);
    bench.tell(kOut, SendProgress{});
    CHECK(until_next(bench) <= 9.0);
  }
}

TEST_CASE("with hold time zero there is no SendHoldTimer either", "[rfc9687-4.3]") {
  Bench bench{with_hold(0, 0)};
  bench.reach(State::Established);
  bench.tell(kOut, SendBlocked{true});
  bench.tell(kOut, SendProgress{});
  CHECK_FALSE(bench.peer.next_deadline().has_value());
}

TEST_CASE("a long hold time stretches the SendHoldTimer", "[rfc9687-6]") {
  Bench bench{with_hold(3600, 3600)};
  bench.reach(State::Established, kOut, open_with_hold(3600));
  bench.tell(kOut, SendBlocked{true});
  for (int i = 0; i < 7; ++i) {  // the peer lives: only our bytes are stuck
    bench.live(seconds{1000});
    bench.tell(kOut, KeepaliveReceived{});
  }
  CHECK(bench.peer.state() == State::Established);
  bench.live(seconds{200});
  CHECK(bench.peer.state() != State::Established);
}

TEST_CASE("after a long pause of ours one pass is enough", "[rfc4271-8.2.2]") {
  // A stopped process wakes with several timers overdue: the end wins, and no KEEPALIVE precedes it.
  Bench bench;
  bench.reach(State::Established);
  bench.pass(std::chrono::hours{1});
  CHECK(deeds(bench.peer.on_time(bench.moment())) == Words{"NOTIFICATION 4/0 out", "Close out", "Down"});
  REQUIRE(bench.peer.next_deadline().has_value());
  CHECK(*bench.peer.next_deadline() > bench.now);
}

TEST_CASE("on_time before anything is due does nothing", "[rfc4271-8.1.3]") {
  Bench bench;
  bench.reach(State::Established);
  bench.pass(std::chrono::milliseconds{2999});
  CHECK(bench.peer.on_time(bench.moment()).empty());
}
