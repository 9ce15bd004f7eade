// SPDX-License-Identifier: Apache-2.0
// Sessions come up, stay up, and go down for the right reasons.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::State;

namespace {

struct Pair {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* a = nullptr;  // the node's view
  Neighbor* b = nullptr;  // the router's view

  void join() { std::tie(a, b) = world.join(node, router); }
  void join(Peer first, Peer second) { std::tie(a, b) = world.join(std::move(first), std::move(second)); }
  [[nodiscard]] Peer node_side(std::uint32_t peer_as = 65001) {
    return world.side(node, "10.0.0.1", "10.0.0.2", peer_as);
  }
  [[nodiscard]] Peer router_side(std::uint32_t peer_as = 65010) {
    return world.side(router, "10.0.0.2", "10.0.0.1", peer_as);
  }
  [[nodiscard]] bool up(seconds limit = seconds(30)) {
    return world.run_until([&] { return a->established() && b->established(); }, limit);
  }
};

}  // namespace

TEST_CASE("two neighbors that both connect end with one session", "[sim][rfc4271-6.8]") {
  Pair pair;
  pair.join();
  REQUIRE(pair.up());
  pair.world.run_for(seconds(120));
  CHECK(pair.a->established());
  CHECK(pair.b->established());
  CHECK(pair.a->peering().fsm().history().connections_established == 1);
  CHECK(pair.b->peering().fsm().history().connections_established == 1);
}

TEST_CASE("the hold time is the smaller offer, and keepalives keep the session for hours",
          "[sim][rfc4271-4.2]") {
  Pair pair;
  Peer slow = pair.router_side();
  slow.settings.session.hold_time = seconds(180);
  slow.settings.session.keepalive = seconds(60);
  pair.join(pair.node_side(), std::move(slow));
  REQUIRE(pair.up());
  REQUIRE(pair.b->peering().fsm().negotiated() != nullptr);
  CHECK(pair.b->peering().fsm().negotiated()->hold_time == seconds(9));
  CHECK(pair.b->peering().fsm().negotiated()->keepalive == seconds(3));
  pair.world.run_for(std::chrono::hours(3));
  CHECK(pair.a->established());
  // Three hours of a keepalive every 2.25 to 3 seconds.
  const auto sent = pair.a->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Keepalive)];
  CHECK(sent >= 3600);
  CHECK(sent <= 4900);
}

TEST_CASE("with hold time 0 no keepalive is sent and nothing expires", "[sim][rfc4271-4.2]") {
  Pair pair;
  Peer node = pair.node_side();
  Peer router = pair.router_side();
  node.settings.session.hold_time = router.settings.session.hold_time = seconds(0);
  node.settings.session.keepalive = router.settings.session.keepalive = seconds(0);
  router.settings.session.passive = true;  // one connection, one OPEN
  pair.join(std::move(node), std::move(router));
  REQUIRE(pair.up());
  pair.world.run_for(std::chrono::hours(24));
  CHECK(pair.a->established());
  // One keepalive acknowledges the OPEN.
  CHECK(pair.a->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Keepalive)] == 1);
}

TEST_CASE("a cut cable is noticed at hold time, and the session comes back by itself", "[sim][rfc4271-6.5]") {
  Pair pair;
  pair.join();
  REQUIRE(pair.up());
  pair.world.cut(*pair.a);
  const auto cut_at = pair.world.now();
  REQUIRE(
      pair.world.run_until([&] { return !pair.a->established() && !pair.b->established(); }, seconds(10)));
  // Nine seconds since the last keepalive, which came up to three seconds before the cut.
  CHECK(pair.world.now() - cut_at >= seconds(6));
  CHECK(pair.a->last_why().find("hold timer") != std::string::npos);
  pair.world.mend(*pair.a);
  CHECK(pair.up(seconds(15)));
}

TEST_CASE("a wrong AS is said in plain words with both values", "[sim][rfc4271-6.2]") {
  Pair pair;
  pair.join(pair.node_side(65002), pair.router_side());
  CHECK_FALSE(pair.up(seconds(20)));
  const fsm::History& history = pair.a->peering().fsm().history();
  CHECK(history.last_reset_detail.find("peer says AS 65001, configured 65002") != std::string::npos);
  REQUIRE(pair.b->peering().fsm().history().last_notification);
  const wire::Notification told = *pair.b->peering().fsm().history().last_notification;
  CHECK(told.code == wire::ErrorCode::OpenMessage);
  CHECK(told.subcode == wire::subcode::kBadPeerAs);
}

TEST_CASE("a passive neighbor waits, and two of them wait for ever", "[sim][rfc4271-8.1.1]") {
  Pair pair;
  Peer node = pair.node_side();
  Peer router = pair.router_side();
  router.settings.session.passive = true;
  SECTION("one side passive") {
    pair.join(std::move(node), std::move(router));
    CHECK(pair.up());
    CHECK(pair.b->peering().fsm().established_side() == fsm::Side::Incoming);
  }
  SECTION("both sides passive") {
    node.settings.session.passive = true;
    pair.join(std::move(node), std::move(router));
    CHECK_FALSE(pair.up(seconds(600)));
    CHECK(pair.a->state() == State::Active);
  }
}

TEST_CASE("an administrative shutdown is told with its words and lasts", "[sim][rfc9003]") {
  Pair pair;
  pair.join();
  REQUIRE(pair.up());
  pair.a->stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeShutdown,
                                   wire::encode_shutdown_communication("maintenance until noon")},
                fsm::DownReason::UserShutdown});
  pair.world.run_for(seconds(1));
  CHECK(pair.b->peering().fsm().history().last_session_end.find("maintenance until noon") !=
        std::string::npos);
  pair.world.run_for(seconds(600));
  CHECK(pair.a->state() == State::Idle);
  CHECK_FALSE(pair.b->established());
  pair.a->start();
  CHECK(pair.up(seconds(70)));
}

TEST_CASE("a router that is not there yet is tried every few seconds", "[sim][rfc4271-8.2.2]") {
  Pair pair;
  pair.join();
  pair.b->listening = false;
  pair.a->listening = false;
  pair.world.run_for(seconds(300));
  CHECK_FALSE(pair.a->established());
  pair.b->listening = pair.a->listening = true;
  // Never more than connect retry and its jitter away from the next attempt.
  CHECK(pair.up(seconds(12)));
}

TEST_CASE("a reset by our own hand is followed by a new session within five seconds", "[sim]") {
  Pair pair;
  pair.join();
  REQUIRE(pair.up());
  pair.a->stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeReset, {}},
                fsm::DownReason::UserReset, true});
  pair.world.run_for(milliseconds(100));
  REQUIRE_FALSE(pair.b->established());
  CHECK(pair.up(seconds(5)));
}

TEST_CASE("both sides offer both families and the four-octet AS", "[sim][rfc4760-8][rfc6793]") {
  World world;
  Speaker& node = world.add_speaker(4200000001, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  auto [a, b] = world.join(node, router);
  REQUIRE(world.run_until([a = a, b = b] { return a->established() && b->established(); }));
  const fsm::Negotiated* negotiated = b->peering().fsm().negotiated();
  REQUIRE(negotiated != nullptr);
  CHECK(negotiated->peer_as == wire::AsNumber(4200000001));
  CHECK(negotiated->codec.four_octet_as);
  CHECK(negotiated->codec.families == wire::FamilySet{wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast});
}
