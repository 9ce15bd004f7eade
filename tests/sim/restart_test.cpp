// SPDX-License-Identifier: Apache-2.0
// What routers and nodes see of each other's restarts.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;

namespace {

using Table = std::vector<std::string>;
using What = daemon::StaleReport::What;
using wire::Family;
using Change = std::function<void(conf::Neighbor&)>;

constexpr Family k4 = Family::Ipv4Unicast;

struct Pair {
  World world;
  Speaker& node;
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* a = nullptr;
  Neighbor* b = nullptr;

  // `both`: settings of either end; `node_says_end`: the node sends End-of-RIB.
  explicit Pair(const Change& both = {}, bool node_says_end = true)
      : node(world.add_speaker(65010, "10.0.0.1", node_says_end)) {
    node.announce("10.99.8.201/32");
    node.announce("10.99.8.202/32");
    Peer first = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
    Peer second = world.side(router, "10.0.0.2", "10.0.0.1", 65010);
    if (both) both(first.settings);
    if (both) both(second.settings);
    std::tie(a, b) = world.join(std::move(first), std::move(second));
    REQUIRE(up());
    world.run_for(seconds(1));
    REQUIRE(router.table().size() == 2);
  }
  [[nodiscard]] bool up() {
    return world.run_until([&] { return a->established() && b->established(); });
  }
  [[nodiscard]] bool stale(const std::string& prefix) {
    bool found = false;
    router.rib().find(wire::parse_prefix(prefix).value(), [&](const rib::RouteView& route) {
      for (const rib::PathView& path : route.paths) found = found || path.stale;
    });
    return found;
  }
  // The node's connection breaks, and it does not come back until come_back().
  void go_away() {
    a->listening = b->listening = false;
    world.reset(*a);
    REQUIRE_FALSE(b->established());
  }
  void come_back() {
    a->listening = b->listening = true;
    REQUIRE(up());
    world.run_for(seconds(1));
  }
  // What the router reported about IPv4, oldest first.
  [[nodiscard]] std::vector<What> reports() const {
    std::vector<What> all;
    for (const daemon::StaleReport& report : b->stale_reports())
      if (report.family == k4) all.push_back(report.what);
    return all;
  }
};

const fsm::ManualStop kPlannedRestart{std::nullopt, fsm::DownReason::UserReset};

fsm::ManualStop cease(std::uint8_t subcode) {
  return {wire::Notification{wire::ErrorCode::Cease, subcode, {}}, fsm::DownReason::UserReset, true};
}

const Change kNotificationBit = [](conf::Neighbor& neighbor) {
  neighbor.session.graceful_restart.notification = true;
};
const Change kLongLived = [](conf::Neighbor& neighbor) {
  neighbor.session.graceful_restart.long_lived_stale_time = seconds(100);
};

}  // namespace

TEST_CASE("a lost connection leaves the routes, stale, until the node is back", "[sim][G1][rfc4724-4.2]") {
  Pair pair;
  pair.world.reset(*pair.a);
  REQUIRE_FALSE(pair.b->established());
  CHECK(pair.router.table() == Table{"10.99.8.201/32", "10.99.8.202/32"});
  CHECK(pair.stale("10.99.8.201/32"));
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
  CHECK_FALSE(pair.stale("10.99.8.201/32"));
}

TEST_CASE("what is not announced again goes with End-of-RIB, not before", "[sim][G1][rfc4724-4.2]") {
  Pair pair;
  pair.a->listening = pair.b->listening = false;
  pair.world.reset(*pair.a);
  pair.node.withdraw("10.99.8.202/32");
  pair.world.run_for(seconds(5));
  CHECK(pair.router.table().size() == 2);
  pair.a->listening = pair.b->listening = true;
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table() == Table{"10.99.8.201/32"});
}

TEST_CASE("who has a session or stale routes keeps its place among dynamic neighbors", "[sim][rfc4724-4.2]") {
  Pair pair;
  CHECK_FALSE(pair.b->peering().is_half_open());
  pair.go_away();
  CHECK_FALSE(pair.b->peering().is_half_open());
  pair.world.run_for(seconds(21));  // the restart time is over
  CHECK(pair.b->peering().is_half_open());
}

TEST_CASE("a node that does not come back in its restart time loses its routes then",
          "[sim][G2][rfc4724-4.2]") {
  Pair pair;
  pair.a->listening = pair.b->listening = false;
  pair.world.reset(*pair.a);
  pair.world.run_for(seconds(19));
  CHECK(pair.router.table().size() == 2);
  pair.world.run_for(seconds(2));
  CHECK(pair.router.table().empty());
}

TEST_CASE("a node that dies is gone at hold time and not later", "[sim][rfc4724-4.2]") {
  Pair pair;
  pair.world.cut(*pair.a);
  REQUIRE(pair.world.run_until([&] { return pair.router.table().empty(); }, seconds(10)));
}

TEST_CASE("a stop takes the routes with it at once", "[sim][rfc4486]") {
  Pair pair;
  pair.a->stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeShutdown, {}},
                fsm::DownReason::UserShutdown});
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().empty());
}

TEST_CASE("a silent stop, as for a restart, leaves the routes", "[sim][rfc4724-4.1]") {
  Pair pair;
  pair.a->stop({std::nullopt, fsm::DownReason::UserReset});
  pair.world.run_for(seconds(1));
  REQUIRE_FALSE(pair.b->established());
  CHECK(pair.router.table().size() == 2);
  pair.a->start();
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
}

TEST_CASE("without graceful restart a lost connection takes the routes", "[sim][rfc4271-8.2.2]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  node.announce("10.99.8.201/32");
  Peer plain = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
  plain.settings.session.graceful_restart.enabled = false;
  auto [a, b] = world.join(std::move(plain), world.side(router, "10.0.0.2", "10.0.0.1", 65010));
  REQUIRE(world.run_until([&] { return router.table().size() == 1; }));
  world.reset(*a);
  CHECK(router.table().empty());
  CHECK(world.run_until([&] { return router.table().size() == 1; }));
}

TEST_CASE("what the new OPEN does not vouch for goes before anything is said", "[sim][G3][rfc4724-4.2]") {
  Pair pair;
  pair.go_away();
  bool announced_again = true;
  SECTION("F bit clear") {
    pair.a->change([](conf::Neighbor& n) { n.session.graceful_restart.preserve_forwarding = false; });
  }
  SECTION("capability gone") {
    pair.a->change([](conf::Neighbor& n) { n.session.graceful_restart.enabled = false; });
  }
  SECTION("family gone") {
    announced_again = false;
    pair.a->change([](conf::Neighbor& n) { n.session.families = {Family::Ipv6Unicast}; });
  }
  SECTION("a helper from now on") {
    pair.a->change([](conf::Neighbor& n) { n.session.graceful_restart.helper_only = true; });
  }
  pair.come_back();
  CHECK(pair.reports() == std::vector{What::Kept, What::Flushed});
  CHECK(pair.router.table().size() == (announced_again ? 2 : 0));
}

TEST_CASE("without End-of-RIB the stale-path time is the end", "[sim][G4][rfc4724-4.2]") {
  Pair pair({}, false);
  pair.go_away();
  pair.node.withdraw("10.99.8.202/32");
  pair.come_back();
  pair.world.run_for(seconds(357));
  CHECK(pair.router.table().size() == 2);
  CHECK_FALSE(pair.stale("10.99.8.201/32"));
  CHECK(pair.stale("10.99.8.202/32"));
  pair.world.run_for(seconds(10));
  CHECK(pair.router.table() == Table{"10.99.8.201/32"});
  CHECK(pair.reports() == std::vector{What::Kept, What::Flushed});
}

TEST_CASE("a second loss before End-of-RIB deletes what was stale already", "[sim][G5][rfc4724-4.2]") {
  const bool n_bit = GENERATE(false, true);
  Pair pair(n_bit ? kNotificationBit : Change{}, false);
  pair.go_away();
  pair.node.withdraw("10.99.8.202/32");
  pair.come_back();
  pair.go_away();
  // RFC 8538 section 4.1 would rather have it kept.
  CHECK(pair.router.table() == (n_bit ? Table{"10.99.8.201/32", "10.99.8.202/32"} : Table{"10.99.8.201/32"}));
  CHECK(pair.stale("10.99.8.201/32"));
}

TEST_CASE("a NOTIFICATION takes the routes", "[sim][G6][rfc4724-4.2]") {
  Pair pair;
  pair.a->stop(cease(wire::subcode::kAdministrativeReset));
  pair.world.run_for(milliseconds(10));
  CHECK(pair.router.table().empty());
  CHECK(pair.reports().empty());
}

TEST_CASE("with the N bit on both sides only a Hard Reset does", "[sim][G7][rfc8538-4]") {
  SECTION("what brings the session back at once") {
    Pair pair(kNotificationBit);
    pair.a->stop(cease(wire::subcode::kOtherConfigurationChange));
    pair.world.run_for(milliseconds(10));
    CHECK(pair.stale("10.99.8.201/32"));
    REQUIRE(pair.up());
    pair.world.run_for(seconds(1));
    CHECK(pair.router.table().size() == 2);
    CHECK(pair.reports() == std::vector{What::Kept, What::Synchronized});
  }
  SECTION("a shutdown") {
    Pair pair(kNotificationBit);
    pair.a->stop(cease(wire::subcode::kAdministrativeShutdown));
    pair.world.run_for(milliseconds(10));
    CHECK(pair.b->peering().fsm().history().last_notification->subcode == wire::subcode::kHardReset);
    CHECK(pair.router.table().empty());
  }
  SECTION("an expired hold timer") {
    Pair pair(kNotificationBit);
    pair.world.cut(*pair.a);
    pair.world.run_for(seconds(10));
    REQUIRE_FALSE(pair.b->established());
    CHECK(pair.router.table().size() == 2);
    pair.world.run_for(seconds(20));
    CHECK(pair.router.table().empty());
  }
  SECTION("one side only") {
    Pair pair;
    pair.a->change(kNotificationBit);
    pair.a->stop(cease(wire::subcode::kOtherConfigurationChange));
    REQUIRE(pair.up());
    pair.world.run_for(seconds(1));
    pair.a->stop(cease(wire::subcode::kOtherConfigurationChange));
    pair.world.run_for(milliseconds(10));
    CHECK(pair.router.table().empty());
  }
}

TEST_CASE("a restart time of zero keeps nothing", "[sim][rfc4724-4.2]") {
  Pair pair([](conf::Neighbor& n) { n.session.graceful_restart.restart_time = seconds(0); });
  pair.go_away();
  CHECK(pair.router.table().empty());
}

TEST_CASE("nothing waits for a node that the operator has shut down", "[sim][rfc4724-4.2]") {
  Pair pair;
  pair.go_away();
  CHECK(pair.router.table().size() == 2);
  fsm::ManualStop shutdown = cease(wire::subcode::kAdministrativeShutdown);
  shutdown.restart = false;
  pair.b->stop(shutdown);
  CHECK(pair.router.table().empty());
}

TEST_CASE("after the restart time routes are a last resort, for those who know", "[sim][G8][rfc9494-4.2]") {
  Pair pair(kLongLived);
  const auto watcher = [&](const std::string& address, std::uint32_t as, bool knows) -> Speaker& {
    Speaker& speaker = pair.world.add_speaker(as, address);
    Peer own = pair.world.side(speaker, address, "10.0.0.2", 65001);
    if (knows) kLongLived(own.settings);
    Peer routers = pair.world.side(pair.router, "10.0.0.2", address, as);
    kLongLived(routers.settings);
    pair.world.join(std::move(own), std::move(routers));
    return speaker;
  };
  Speaker& knowing = watcher("10.0.0.3", 65003, true);
  Speaker& ignorant = watcher("10.0.0.4", 65004, false);
  REQUIRE(pair.world.run_until([&] { return knowing.table().size() == 2 && ignorant.table().size() == 2; }));
  pair.go_away();
  pair.world.run_for(seconds(19));
  CHECK(ignorant.table().size() == 2);
  pair.world.run_for(seconds(2));
  CHECK(pair.router.table().size() == 2);
  CHECK(knowing.table().size() == 2);
  CHECK(ignorant.table().empty());
  SECTION("it stays away") {
    pair.world.run_for(seconds(98));
    CHECK(pair.router.table().size() == 2);
    pair.world.run_for(seconds(3));
    CHECK(pair.router.table().empty());
    CHECK(knowing.table().empty());
    CHECK(pair.reports() == std::vector{What::Kept, What::LongLived, What::Flushed});
  }
  SECTION("it comes back") {
    pair.come_back();
    CHECK(ignorant.table().size() == 2);
    CHECK_FALSE(pair.stale("10.99.8.201/32"));
    CHECK(pair.reports() == std::vector{What::Kept, What::LongLived, What::Synchronized});
  }
}

TEST_CASE("our own restart is told until the peer has all, and no longer", "[sim][G9][rfc4724-4.1]") {
  Pair pair;
  pair.a->stop(kPlannedRestart);
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
  pair.a->peering().set_restarting(true);
  pair.a->start();
  REQUIRE(pair.up());
  CHECK(pair.b->peering().fsm().negotiated()->peer_restarting);
  CHECK(pair.b->peering().fsm().negotiated()->peer_families[k4].forwarding_preserved);
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
  CHECK(pair.router.rib().counters(pair.b->peering().rib_id(), k4).end_of_rib_received);
  CHECK_FALSE(pair.a->peering().fsm().restarting());
  pair.world.reset(*pair.a);
  REQUIRE(pair.up());
  CHECK_FALSE(pair.b->peering().fsm().negotiated()->peer_restarting);
}

TEST_CASE("a crash before our End-of-RIB is a restart again", "[sim][G9][G12][rfc4724-4.1]") {
  Pair pair({}, false);
  pair.a->stop(kPlannedRestart);
  pair.a->peering().set_restarting(true);
  pair.a->start();
  REQUIRE(pair.up());
  pair.world.reset(*pair.a);
  REQUIRE(pair.up());
  CHECK(pair.b->peering().fsm().negotiated()->peer_restarting);
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
}

TEST_CASE("what is gone after our restart goes with End-of-RIB, not before", "[sim][G10][rfc4724-4.1]") {
  Pair pair;
  pair.a->stop(kPlannedRestart);
  pair.node.withdraw("10.99.8.202/32");
  pair.world.run_for(seconds(2));
  CHECK(pair.router.table().size() == 2);
  pair.a->start();
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table() == Table{"10.99.8.201/32"});
  CHECK(pair.reports() == std::vector{What::Kept, What::Synchronized});
  CHECK(pair.b->stale_reports().size() == 4);  // a pair of each family
}

TEST_CASE("End-of-RIB waits for who owns the routes", "[sim][G11]") {
  Pair pair({}, false);
  pair.go_away();
  pair.node.withdraw("10.99.8.202/32");
  pair.come_back();
  CHECK(pair.stale("10.99.8.202/32"));
  pair.node.announce("10.99.8.202/32");  // its owner is back
  pair.world.run_for(seconds(1));
  CHECK_FALSE(pair.stale("10.99.8.202/32"));
  pair.node.release_end_of_rib();
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
  CHECK(pair.reports().back() == What::Synchronized);
}

TEST_CASE("two restarts in ten seconds lose nothing", "[sim][G12][rfc4724-4.2]") {
  Pair pair;
  for (int i = 0; i < 2; ++i) {
    pair.a->stop(kPlannedRestart);
    pair.world.run_for(seconds(2));
    REQUIRE(pair.router.table().size() == 2);
    pair.a->peering().set_restarting(true);
    pair.a->start();
    REQUIRE(pair.up());
    pair.world.run_for(milliseconds(100));
  }
  CHECK(pair.router.table().size() == 2);
  CHECK_FALSE(pair.stale("10.99.8.201/32"));
}

TEST_CASE("our routes wait for nobody's End-of-RIB", "[sim][G13][G14][rfc4724-4.1]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& mute = world.add_speaker(65001, "10.0.0.2", false);
  Speaker& dead = world.add_speaker(65002, "10.0.0.3");
  node.announce("10.99.8.201/32");
  Peer plain = world.side(mute, "10.0.0.2", "10.0.0.1", 65010);
  plain.settings.session.graceful_restart.enabled = GENERATE(false, true);
  auto [a, b] = world.join(world.side(node, "10.0.0.1", "10.0.0.2", 65001), std::move(plain));
  auto [c, d] = world.join(node, dead);
  c->listening = d->listening = false;
  a->peering().set_restarting(true);
  REQUIRE(world.run_until([&] { return mute.table().size() == 1; }, seconds(6)));
  world.run_for(seconds(1));
  // Also without graceful restart: End-of-RIB tells every peer that the first update is complete (section 2).
  CHECK(mute.rib().counters(b->peering().rib_id(), k4).end_of_rib_received);
}
