// SPDX-License-Identifier: Apache-2.0
// What routers and nodes see of each other's restarts.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;

namespace {

using Table = std::vector<std::string>;

struct Pair {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* a = nullptr;
  Neighbor* b = nullptr;

  Pair() {
    node.announce("10.99.8.201/32");
    node.announce("10.99.8.202/32");
    std::tie(a, b) = world.join(node, router);
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
};

}  // namespace

TEST_CASE("a lost connection leaves the routes, stale, until the node is back", "[sim][rfc4724-4.2]") {
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

TEST_CASE("what is not announced again goes with End-of-RIB, not before", "[sim][rfc4724-4.2]") {
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

TEST_CASE("a node that does not come back in its restart time loses its routes then", "[sim][rfc4724-4.2]") {
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
