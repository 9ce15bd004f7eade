// SPDX-License-Identifier: Apache-2.0
// Two connections to one peer: which one stays, whatever the order of things.
#include "fsm/collision.hpp"

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {

constexpr Side kOut = Side::Outgoing;
constexpr Side kIn = Side::Incoming;

// Our identifier is 10.0.0.1: the peer wins with .2 and loses with .0.
wire::Open open_with(std::uint32_t id) {
  SessionSettings theirs = peer_settings();
  theirs.router_id = wire::RouterId{id};
  return open_from(theirs);
}
const wire::Open kStronger = open_with(0x0a000002);
const wire::Open kWeaker = open_with(0x0a000000);

// Both connections in OpenSent.
Bench both_open_sent(SessionSettings settings = our_settings()) {
  Bench bench{std::move(settings)};
  bench.start();
  bench.tell(kOut, TcpConnectionEstablished{});
  CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in"});
  return bench;
}

SessionSettings without_restart() {
  SessionSettings settings = our_settings();
  settings.graceful_restart.enabled = false;
  return settings;
}

}  // namespace

TEST_CASE("the higher identifier's connection stays, then the larger AS's", "[rfc4271-6.8][rfc6286-2.3]") {
  const auto speaker = [](std::uint32_t id, std::uint32_t as) {
    return Speaker{wire::RouterId{id}, wire::AsNumber{as}};
  };
  CHECK(surviving_side(speaker(2, 1), speaker(1, 9)) == kOut);
  CHECK(surviving_side(speaker(1, 9), speaker(2, 1)) == kIn);
  CHECK(surviving_side(speaker(0xff000000, 1), speaker(1, 1)) == kOut);  // unsigned
  CHECK(surviving_side(speaker(5, 65002), speaker(5, 65001)) == kOut);
  CHECK(surviving_side(speaker(5, 65001), speaker(5, 65002)) == kIn);
}

TEST_CASE("both OPENs came: the rule decides in either order", "[rfc4271-6.8]") {
  SECTION("we are stronger, our connection first") {
    Bench bench = both_open_sent();
    // The peer's connection has said nothing yet and would lose: it goes at once.
    CHECK(deeds(bench.tell(kOut, OpenReceived{kWeaker})) ==
          Words{"KEEPALIVE out", "NOTIFICATION 6/7 in", "Close in"});
    CHECK(deeds(bench.tell(kOut, KeepaliveReceived{})) == Words{"Up out"});
  }
  SECTION("we are stronger, the peer's connection first") {
    Bench bench = both_open_sent();
    CHECK(deeds(bench.tell(kIn, OpenReceived{kWeaker})) == Words{"KEEPALIVE in"});
    CHECK(deeds(bench.tell(kOut, OpenReceived{kWeaker})) ==
          Words{"KEEPALIVE out", "NOTIFICATION 6/7 in", "Close in"});
    CHECK(deeds(bench.tell(kOut, KeepaliveReceived{})) == Words{"Up out"});
  }
  SECTION("the peer is stronger, our connection first") {
    Bench bench = both_open_sent();
    CHECK(deeds(bench.tell(kOut, OpenReceived{kStronger})) == Words{"KEEPALIVE out"});
    CHECK(deeds(bench.tell(kIn, OpenReceived{kStronger})) ==
          Words{"KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"});
    CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
  }
  SECTION("the peer is stronger, its connection first") {
    Bench bench = both_open_sent();
    CHECK(deeds(bench.tell(kIn, OpenReceived{kStronger})) ==
          Words{"KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"});
    CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
  }
}

TEST_CASE("the later OPEN is on the losing connection", "[rfc4271-6.8]") {
  Bench bench;
  bench.start();
  bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, OpenReceived{kWeaker});  // ours is in OpenConfirm before the peer's arrives
  CHECK(deeds(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in"});
  CHECK(deeds(bench.tell(kIn, OpenReceived{kWeaker})) == Words{"NOTIFICATION 6/7 in", "Close in"});
  CHECK(bench.peer.state() == State::OpenConfirm);
  CHECK(bench.peer.history().last_reset_detail.empty());
}

TEST_CASE("an OPEN on one connection, the other in every state", "[rfc4271-6.8]") {
  struct Row {
    const char* what;
    Side other;    // the connection that is there before
    State state;   // … and how far it is
    bool delayed;  // both OPENs are delayed
    Words peer_is_stronger;
    Words peer_is_weaker;
  };
  const std::vector<Row> rows{
      {"our attempt is under way",
       kOut,
       State::Connect,
       false,
       {"KEEPALIVE in", "Close out"},
       {"KEEPALIVE in", "Close out"}},
      {"our OPEN is delayed",
       kOut,
       State::Connect,
       true,
       {"OPEN in", "KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"},
       {"OPEN in", "KEEPALIVE in"}},
      {"ours has no OPEN yet",
       kOut,
       State::OpenSent,
       false,
       {"KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"},
       {"KEEPALIVE in"}},
      {"ours has one",
       kOut,
       State::OpenConfirm,
       false,
       {"KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"},
       {"NOTIFICATION 6/7 in", "Close in"}},
      {"the peer has not connected", kIn, State::Active, false, {"KEEPALIVE out"}, {"KEEPALIVE out"}},
      {"its OPEN is delayed",
       kIn,
       State::Active,
       true,
       {"OPEN out", "KEEPALIVE out"},
       {"OPEN out", "KEEPALIVE out", "NOTIFICATION 6/7 in", "Close in"}},
      {"its has no OPEN yet",
       kIn,
       State::OpenSent,
       false,
       {"KEEPALIVE out"},
       {"KEEPALIVE out", "NOTIFICATION 6/7 in", "Close in"}},
      {"its has one; a stronger peer's has replaced ours",
       kIn,
       State::OpenConfirm,
       false,
       {},
       {"KEEPALIVE out", "NOTIFICATION 6/7 in", "Close in"}},
  };
  for (const Row& row : rows)
    for (const bool stronger : {true, false}) {
      INFO(row.what << (stronger ? ", the peer is stronger" : ", the peer is weaker"));
      SessionSettings settings = our_settings();
      if (row.delayed) settings.delay_open = seconds{30};
      const wire::Open& open = stronger ? kStronger : kWeaker;
      Bench bench{settings};
      bench.start();
      const bool attempt_only = row.other == kOut && row.state == State::Connect && !row.delayed;
      const bool listens_only = row.other == kIn && row.state == State::Active && !row.delayed;
      if (!attempt_only) bench.tell(kOut, TcpConnectionEstablished{});
      // Ours has its OPEN before the peer connects; else the peer's would have gone with that already.
      if (row.other == kOut && row.state == State::OpenConfirm) bench.tell(kOut, OpenReceived{open});
      if (!listens_only) bench.tell(kIn, TcpConnectionAccepted{});
      if (row.other == kIn && row.state == State::OpenConfirm) bench.tell(kIn, OpenReceived{open});
      CHECK(deeds(bench.tell(other(row.other), OpenReceived{open})) ==
            (stronger ? row.peer_is_stronger : row.peer_is_weaker));
    }
}

TEST_CASE("same identifier, different AS", "[rfc6286-2.3]") {
  // The peer's AS 65002 is larger than ours: its connection stays.
  Bench bench = both_open_sent();
  const wire::Open same = open_with(0x0a000001);
  bench.tell(kOut, OpenReceived{same});
  CHECK(deeds(bench.tell(kIn, OpenReceived{same})) ==
        Words{"KEEPALIVE in", "NOTIFICATION 6/7 out", "Close out"});
}

TEST_CASE("a silent connection blocks no other", "[rfc4271-6.8]") {
  SECTION("ours is silent, and would win") {
    Bench bench = both_open_sent();
    bench.tell(kIn, OpenReceived{kWeaker});
    CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
    CHECK(bench.peer.established_side() == kIn);
    // Its time runs out without disturbing anybody.
    const Actions later = bench.live(seconds{8});
    CHECK_FALSE(later.empty());
    CHECK(bench.peer.state() == State::Established);
  }
  SECTION("the peer's is silent, and a new one comes") {
    Bench bench;
    SessionSettings passive = our_settings();
    passive.passive = true;
    Bench quiet{passive};
    quiet.reach(State::OpenSent, kIn);
    CHECK(deeds(quiet.tell(kIn, TcpConnectionAccepted{})) ==
          Words{"NOTIFICATION 6/7 in", "Close in", "Accept", "OPEN in"});
    quiet.tell(kIn, OpenReceived{kStronger});
    quiet.tell(kIn, KeepaliveReceived{});
    CHECK(quiet.peer.state() == State::Established);
  }
  SECTION("it is given up after the large hold time") {
    SessionSettings passive = our_settings();
    passive.passive = true;
    Bench bench{passive};
    bench.reach(State::OpenSent, kIn);
    CHECK(seconds_between(bench.now, *bench.peer.next_deadline()) == 240.0);
    const Actions actions = bench.next();
    CHECK(deeds(actions) == Words{"NOTIFICATION 4/0 in", "Close in"});
    CHECK(why(actions) == "no OPEN from the peer within 240 s");
  }
}

TEST_CASE("our silent winner may still be chosen by the peer", "[rfc4271-6.8]") {
  // The peer's KEEPALIVE overtook its OPEN on the other connection. Whichever it closes, one stays.
  Bench bench = both_open_sent(without_restart());
  bench.tell(kIn, OpenReceived{kWeaker});
  bench.tell(kIn, KeepaliveReceived{});
  CHECK(deeds(bench.tell(kOut, OpenReceived{kWeaker})) == Words{"KEEPALIVE out"});
  SECTION("it closes its own connection, as the rule says") {
    CHECK(deeds(bench.tell(kIn, NotificationReceived{cease(7)})) == Words{"Close in", "Down"});
    CHECK(bench.peer.state() == State::OpenConfirm);
    CHECK(deeds(bench.tell(kOut, KeepaliveReceived{})) == Words{"Up out"});
  }
  SECTION("it goes on with ours first") {
    CHECK(describe(bench.tell(kOut, KeepaliveReceived{})) == Words{"NOTIFICATION 6/7 in", "Close in", "Down",
                                                                   "Established>OpenConfirm", "Up out",
                                                                   "OpenConfirm>Established"});
    CHECK(bench.peer.history().connections_established == 2);
    CHECK(bench.peer.history().connections_dropped == 1);
  }
  SECTION("it closes ours") {
    CHECK(deeds(bench.tell(kOut, NotificationReceived{cease(7)})) == Words{"Close out"});
    CHECK(bench.peer.established_side() == kIn);
  }
}

TEST_CASE("an attempt under way is given up when the peer's connection opens", "[rfc4271-6.8]") {
  Bench bench;
  bench.start();
  bench.tell(kIn, TcpConnectionAccepted{});
  CHECK(deeds(bench.tell(kIn, OpenReceived{kWeaker})) == Words{"KEEPALIVE in", "Close out"});
  CHECK(deeds(bench.tell(kOut, TcpConnectionEstablished{})).empty());  // too late, and nobody's
}

// RFC 4724 §4.2 lets a peer take a second connection for our restart: it would drop the session it has just
// made.
TEST_CASE("our next attempt waits for the OPEN of a peer that has just connected",
          "[rfc4271-6.8][rfc4724-4.2]") {
  const bool idle = GENERATE(true, false);
  INFO((idle ? "the IdleHoldTimer" : "the ConnectRetryTimer") << " runs");
  Bench bench;
  bench.start();
  if (!idle) bench.tell(kOut, TcpConnectionEstablished{});
  bench.tell(kOut, TcpConnectionFails{});
  bench.now = *bench.peer.next_attempt() - std::chrono::milliseconds{1};
  bench.tell(kIn, TcpConnectionAccepted{});
  SECTION("it sends one: no attempt is made") {
    CHECK(deeds(bench.live(seconds{0})).empty());
    bench.pass(std::chrono::milliseconds{900});
    CHECK(deeds(bench.peer.on_time(bench.moment())).empty());
    CHECK(deeds(bench.tell(kIn, OpenReceived{kWeaker})) == Words{"KEEPALIVE in"});
    CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
    CHECK(deeds(bench.live(seconds{2})).empty());
  }
  SECTION("it is silent: a second later we try") {
    CHECK(deeds(bench.live(seconds{1})) == Words{"Connect"});
  }
  SECTION("it comes and goes: it puts us off once") {
    bench.pass(std::chrono::milliseconds{500});
    bench.tell(kIn, TcpConnectionFails{});
    bench.tell(kIn, TcpConnectionAccepted{});
    bench.pass(std::chrono::milliseconds{500});
    CHECK(deeds(bench.peer.on_time(bench.moment())) == Words{"Connect"});
  }
}

TEST_CASE("a second connection does not disturb an Established session", "[rfc4271-6.8]") {
  for (const Side side : {kOut, kIn}) {
    Bench bench{without_restart()};
    bench.reach(State::Established, side);
    CHECK(bench.peer.accepts_connection());
    CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Refuse 6/7"});
    CHECK(bench.peer.established_side() == side);
    CHECK(deeds(bench.tell(side, UpdateReceived{})).empty());
  }
}

TEST_CASE("a second connection while the first waits for its KEEPALIVE is refused", "[rfc4271-6.8]") {
  Bench bench;
  bench.reach(State::OpenConfirm, kIn);
  CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Refuse 6/7"});
  CHECK(bench.peer.state() == State::OpenConfirm);
}

TEST_CASE("a bad OPEN on one connection leaves the other alone", "[rfc4271-6.8]") {
  Bench bench = both_open_sent();
  bench.tell(kOut, OpenReceived{kWeaker});  // the incoming one is closed; a new one comes
  bench.tell(kIn, TcpConnectionAccepted{});
  wire::Open bad = kWeaker;
  bad.my_as = 65099;
  CHECK(deeds(bench.tell(kIn, OpenReceived{bad})) == Words{"NOTIFICATION 2/2 in", "Close in"});
  CHECK(bench.peer.state() == State::OpenConfirm);
  CHECK(deeds(bench.tell(kOut, KeepaliveReceived{})) == Words{"Up out"});
  CHECK(bench.peer.history().last_reset_detail.empty());
}
