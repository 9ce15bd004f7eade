// SPDX-License-Identifier: Apache-2.0
// A neighbor that announces too much: warned about, closed, left alone for a time or until it is cleared.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using enum rib::PrefixLevel;

namespace {

constexpr wire::Family k4 = wire::Family::Ipv4Unicast;

struct Pair {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* a = nullptr;
  Neighbor* b = nullptr;

  explicit Pair(const std::function<void(rib::FamilySettings&)>& limits, bool n_bit = false) {
    announce(1);
    Peer first = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
    Peer second = world.side(router, "10.0.0.2", "10.0.0.1", 65010);
    limits(second.settings.routes.families[k4]);
    first.settings.session.graceful_restart.notification = n_bit;
    second.settings.session.graceful_restart.notification = n_bit;
    std::tie(a, b) = world.join(std::move(first), std::move(second));
    REQUIRE(up());
    world.run_for(seconds(1));
  }
  void announce(int last) { node.announce("10.99.8." + std::to_string(last) + "/32"); }
  [[nodiscard]] bool up() {
    return world.run_until([&] { return a->established() && b->established(); });
  }
  void exceed() {
    announce(2);
    announce(3);
    world.run_for(seconds(1));
    REQUIRE_FALSE(b->established());
    REQUIRE(b->peering().fsm().stopped_automatically());
  }
};

void two(rib::FamilySettings& family) {
  family.maximum_prefix = 2;
}

const fsm::ManualStop kClear{wire::Notification{wire::ErrorCode::Cease, 4, {}}, fsm::DownReason::UserReset,
                             true};

}  // namespace

TEST_CASE("who rests keeps its place among dynamic neighbors, lest it come back at once",
          "[sim][maximum-prefix]") {
  Pair pair(two);
  pair.exceed();
  CHECK_FALSE(pair.b->peering().is_half_open());
}

TEST_CASE("the Cease tells family and limit, and takes the routes", "[sim][rfc4486-4][maximum-prefix]") {
  const bool n_bit = GENERATE(false, true);
  Pair pair(two, n_bit);
  pair.exceed();
  CHECK(pair.router.table().empty());
  const auto& told = pair.a->peering().fsm().history().last_notification;
  REQUIRE(told.has_value());
  const wire::Bytes data{0, 1, 1, 0, 0, 0, 2};
  if (!n_bit) {
    CHECK(*told == wire::Notification{wire::ErrorCode::Cease, 1, data});
    return;
  }
  // RFC 8538 section 3.1: in a Hard Reset, lest the node keep our routes.
  wire::Bytes wrapped{6, 1};
  wrapped.insert(wrapped.end(), data.begin(), data.end());
  CHECK(*told == wire::Notification{wire::ErrorCode::Cease, 9, wrapped});
}

TEST_CASE("without a restart time it stays down until it is cleared", "[sim][maximum-prefix]") {
  Pair pair(two);
  pair.exceed();
  pair.node.withdraw("10.99.8.3/32");
  pair.world.run_for(std::chrono::hours(24));
  CHECK(pair.b->state() == fsm::State::Idle);
  CHECK(pair.b->peering().fsm().history().connections_established == 1);
  pair.b->stop(kClear);
  CHECK_FALSE(pair.b->peering().fsm().stopped_automatically());
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 2);
}

TEST_CASE("with one it comes back by itself, and goes again", "[sim][maximum-prefix]") {
  Pair pair([](rib::FamilySettings& family) {
    two(family);
    family.maximum_prefix_restart = std::chrono::minutes(5);
  });
  pair.exceed();
  pair.world.run_for(seconds(295));
  CHECK(pair.b->state() == fsm::State::Idle);
  SECTION("still too many") {
    pair.world.run_for(seconds(30));
    CHECK(pair.b->peering().fsm().history().connections_established == 2);
    CHECK(pair.b->peering().fsm().stopped_automatically());
  }
  SECTION("no longer") {
    pair.node.withdraw("10.99.8.3/32");
    pair.world.run_for(seconds(30));
    CHECK(pair.b->established());
    CHECK_FALSE(pair.b->peering().fsm().stopped_automatically());
  }
}

TEST_CASE("a higher limit ends the rest, a lower one begins it", "[sim][maximum-prefix]") {
  Pair pair(two);
  pair.exceed();
  pair.b->change([](conf::Neighbor& n) { n.routes.families[k4].maximum_prefix = 3; });
  REQUIRE(pair.up());
  pair.world.run_for(seconds(1));
  CHECK(pair.router.table().size() == 3);
  pair.b->change([](conf::Neighbor& n) { n.routes.families[k4].maximum_prefix = 1; });
  CHECK_FALSE(pair.b->established());
  CHECK(pair.b->peering().fsm().stopped_automatically());
}

TEST_CASE("an operator's shutdown takes the place of the rest", "[sim][maximum-prefix]") {
  Pair pair(two);
  pair.exceed();
  fsm::ManualStop stop = kClear;
  stop.restart = false;
  pair.b->stop(stop);
  CHECK_FALSE(pair.b->peering().fsm().stopped_automatically());
  pair.world.run_for(seconds(60));
  CHECK(pair.b->state() == fsm::State::Idle);
}

TEST_CASE("warnings leave the session alone", "[sim][maximum-prefix]") {
  Pair pair([](rib::FamilySettings& family) {
    family.maximum_prefix = 4;
    family.maximum_prefix_threshold = 50;
    family.maximum_prefix_warning_only = true;
  });
  for (int last = 2; last <= 6; ++last) {
    pair.announce(last);
    pair.world.run_for(seconds(1));
  }
  CHECK(pair.b->levels() == std::vector{Threshold, Exceeded});
  CHECK(pair.b->established());
  CHECK(pair.router.table().size() == 6);
}
