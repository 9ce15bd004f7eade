// SPDX-License-Identifier: Apache-2.0
// Routes travel: announced, withdrawn, passed on, refreshed.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using wire::Family;

namespace {

using Table = std::vector<std::string>;

bool both_up(World& world, const std::pair<Neighbor*, Neighbor*>& link) {
  return world.run_until([&] { return link.first->established() && link.second->established(); });
}

std::uint32_t advertised(Neighbor* neighbor, Speaker& speaker, Family family = Family::Ipv4Unicast) {
  return speaker.rib().counters(neighbor->peering().rib_id(), family).advertised;
}

// A node whose announcements to its router keep a distance.
struct Spaced {
  explicit Spaced(seconds interval)
      : node(world.add_speaker(65010, "10.0.0.1")), router(world.add_speaker(65001, "10.0.0.2")) {
    Peer side = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
    side.settings.advertisement_interval = interval;
    link = world.join(side, world.side(router, "10.0.0.2", "10.0.0.1", 65010));
  }
  World world;
  Speaker& node;
  Speaker& router;
  std::pair<Neighbor*, Neighbor*> link;
};

}  // namespace

TEST_CASE("announced addresses arrive, withdrawn ones go", "[sim]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  node.announce("10.99.8.201/32", "65010:100");
  const auto link = world.join(node, router);
  REQUIRE(both_up(world, link));
  node.announce("10.99.8.202/32");
  node.announce("fd00:99::1/128");
  world.run_for(seconds(1));
  CHECK(router.table() == Table{"10.99.8.201/32", "10.99.8.202/32"});
  CHECK(router.table(Family::Ipv6Unicast) == Table{"fd00:99::1/128"});
  CHECK(router.path_to("10.99.8.201/32") == "65010");
  node.withdraw("10.99.8.201/32");
  world.run_for(seconds(1));
  CHECK(router.table() == Table{"10.99.8.202/32"});
}

TEST_CASE("both sides send End-of-RIB after their first table", "[sim][rfc4724-2]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  node.announce("10.99.8.201/32");
  const auto link = world.join(node, router);
  REQUIRE(both_up(world, link));
  world.run_for(seconds(1));
  for (Family family : wire::kFamilies) {
    CHECK(node.rib().counters(link.first->peering().rib_id(), family).end_of_rib_sent);
    CHECK(node.rib().counters(link.first->peering().rib_id(), family).end_of_rib_received);
    CHECK(router.rib().counters(link.second->peering().rib_id(), family).end_of_rib_received);
  }
}

TEST_CASE("a route passes through a router and never comes back", "[sim][rfc4271-9.1.2]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Speaker& far = world.add_speaker(65020, "10.0.0.3");
  node.announce("10.99.8.201/32");
  const auto near_link = world.join(node, router);
  const auto far_link = world.join(world.side(router, "10.0.0.2", "10.0.0.3", 65020),
                                   world.side(far, "10.0.0.3", "10.0.0.2", 65001));
  REQUIRE(both_up(world, near_link));
  REQUIRE(both_up(world, far_link));
  world.run_for(seconds(1));
  CHECK(far.path_to("10.99.8.201/32") == "65001 65010");
  CHECK(advertised(near_link.second, router) == 0);
  node.withdraw("10.99.8.201/32");
  world.run_for(seconds(1));
  CHECK(far.table().empty());
}

TEST_CASE("what one iBGP neighbor says is not told to another", "[sim][rfc4271-9.2]") {
  World world;
  Speaker& middle = world.add_speaker(65001, "10.0.0.2");
  Speaker& left = world.add_speaker(65001, "10.0.0.1");
  Speaker& right = world.add_speaker(65001, "10.0.0.3");
  left.announce("10.99.8.201/32");
  const auto first = world.join(world.side(middle, "10.0.0.2", "10.0.0.1", 65001),
                                world.side(left, "10.0.0.1", "10.0.0.2", 65001));
  const auto second = world.join(world.side(middle, "10.0.0.2", "10.0.0.3", 65001),
                                 world.side(right, "10.0.0.3", "10.0.0.2", 65001));
  REQUIRE(both_up(world, first));
  REQUIRE(both_up(world, second));
  world.run_for(seconds(1));
  CHECK(middle.table() == Table{"10.99.8.201/32"});
  CHECK(middle.path_to("10.99.8.201/32").empty());
  CHECK(right.table().empty());
}

TEST_CASE("the router keeps three ways to a VIP that three nodes announce", "[sim]") {
  World world;
  Speaker& router = world.add_speaker(65001, "10.0.0.9");
  std::vector<Speaker*> nodes;
  for (int i = 1; i <= 3; ++i) {
    Speaker& node = world.add_speaker(65010, "10.0.0." + std::to_string(i));
    node.announce("10.99.8.201/32");
    const std::string address = "10.0.0." + std::to_string(i);
    const auto link = world.join(world.side(node, address, "10.0.0.9", 65001),
                                 world.side(router, "10.0.0.9", address, 65010));
    REQUIRE(both_up(world, link));
    nodes.push_back(&node);
  }
  const auto ways = [&] {
    std::size_t multipath = 0;
    router.rib().find(wire::parse_prefix("10.99.8.201/32").value(), [&](const rib::RouteView& route) {
      for (const rib::PathView& path : route.paths) multipath += path.multipath || path.best ? 1 : 0;
    });
    return multipath;
  };
  world.run_for(seconds(1));
  CHECK(ways() == 3);
  nodes[0]->withdraw("10.99.8.201/32");
  world.run_for(seconds(1));
  CHECK(ways() == 2);
  nodes[1]->withdraw("10.99.8.201/32");
  nodes[2]->withdraw("10.99.8.201/32");
  world.run_for(seconds(1));
  CHECK(router.table().empty());
}

TEST_CASE("a route refresh brings everything again and changes nothing", "[sim][rfc2918]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  for (int i = 1; i <= 20; ++i) node.announce("10.99.8." + std::to_string(i) + "/32");
  const auto link = world.join(node, router);
  REQUIRE(both_up(world, link));
  world.run_for(seconds(1));
  const auto updates = [&] {
    return link.first->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Update)];
  };
  const auto before = updates();
  REQUIRE(link.second->peering().request_refresh(Family::Ipv4Unicast));
  world.run_for(seconds(1));
  CHECK(updates() > before);
  CHECK(router.table().size() == 20);
  CHECK(advertised(link.first, node) == 20);
}

TEST_CASE("a change that is taken back before it was sent costs nothing", "[sim]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  node.announce("10.99.8.201/32");
  const auto link = world.join(node, router);
  REQUIRE(both_up(world, link));
  world.run_for(seconds(1));
  const auto sent = [&] {
    return link.first->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Update)];
  };
  const auto before = sent();
  node.withdraw("10.99.8.201/32");
  node.announce("10.99.8.201/32");
  node.announce("10.99.8.202/32");
  node.withdraw("10.99.8.202/32");
  world.run_for(seconds(1));
  CHECK(sent() == before);
  CHECK(router.table() == Table{"10.99.8.201/32"});
}

TEST_CASE("an eBGP neighbor without a policy gets own routes and is listened to for none", "[sim][rfc8212]") {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  node.announce("10.99.8.201/32");
  router.announce("0.0.0.0/0");
  Peer strict = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
  strict.settings.routes.ebgp_requires_policy = true;
  const auto link = world.join(std::move(strict), world.side(router, "10.0.0.2", "10.0.0.1", 65010));
  REQUIRE(both_up(world, link));
  world.run_for(seconds(1));
  CHECK(node.table() == Table{"10.99.8.201/32"});
  CHECK(router.table() == Table{"0.0.0.0/0", "10.99.8.201/32"});
  CHECK(node.rib().counters(link.first->peering().rib_id(), Family::Ipv4Unicast).policy_missing_in);
}

TEST_CASE("bursts of announcements keep their distance, withdrawals do not wait", "[sim][rfc4271-9.2.1.1]") {
  Spaced pair(seconds(10));
  World& world = pair.world;
  Speaker& node = pair.node;
  Speaker& router = pair.router;
  node.announce("10.99.8.201/32");
  REQUIRE(both_up(world, pair.link));
  REQUIRE(world.run_until([&] { return router.table() == Table{"10.99.8.201/32"}; }, seconds(1)));
  world.run_for(seconds(20));
  node.announce("10.99.8.202/32");
  REQUIRE(world.run_until([&] { return router.table().size() == 2; }, seconds(1)));
  const auto burst = world.now();
  world.run_for(seconds(1));
  node.announce("10.99.8.203/32");
  node.withdraw("10.99.8.201/32");
  REQUIRE(world.run_until([&] { return router.table() == Table{"10.99.8.202/32"}; }, seconds(1)));
  REQUIRE(world.run_until([&] { return router.table().size() == 2; }, seconds(30)));
  CHECK(world.now() - burst > seconds(9));
  CHECK(world.now() - burst < seconds(11));
}

TEST_CASE("an interval that goes takes the waiting with it", "[sim][rfc4271-9.2.1.1]") {
  Spaced pair(seconds(300));
  World& world = pair.world;
  Speaker& node = pair.node;
  Speaker& router = pair.router;
  REQUIRE(both_up(world, pair.link));
  world.run_for(seconds(1));
  node.announce("10.99.8.201/32");  // End-of-RIB was no burst
  REQUIRE(world.run_until([&] { return router.table().size() == 1; }, seconds(1)));
  node.announce("10.99.8.202/32");
  world.run_for(seconds(5));
  CHECK(router.table().size() == 1);
  pair.link.first->change([](conf::Neighbor& neighbor) { neighbor.advertisement_interval = seconds(0); });
  REQUIRE(world.run_until([&] { return router.table().size() == 2; }, seconds(1)));
  node.announce("10.99.8.203/32");
  REQUIRE(world.run_until([&] { return router.table().size() == 3; }, seconds(1)));
}
