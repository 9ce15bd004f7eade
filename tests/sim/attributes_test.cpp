// SPDX-License-Identifier: Apache-2.0
// Options that change what attributes mean, between whole speakers: roles, graceful shutdown, filters of
// attributes.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using wire::Family;
using wire::Role;

namespace {

constexpr const char* kVip = "10.99.8.201/32";

// A node that announces an address to a router.
struct Pair {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Peer at_node = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
  Peer at_router = world.side(router, "10.0.0.2", "10.0.0.1", 65010);
  std::pair<Neighbor*, Neighbor*> link;

  void roles(std::optional<Role> node_role, std::optional<Role> router_role) {
    at_node.settings.session.local_role = at_node.settings.routes.local_role = node_role;
    at_router.settings.session.local_role = at_router.settings.routes.local_role = router_role;
  }
  [[nodiscard]] bool up() {
    node.announce(kVip, "65010:100");
    link = world.join(at_node, at_router);
    const bool both =
        world.run_until([&] { return link.first->established() && link.second->established(); });
    world.run_for(seconds(1));
    return both;
  }
  // New settings for a running neighbor, as a reload gives them.
  void change(Neighbor& neighbor, Speaker& speaker, const Peer& peer) {
    neighbor.peering().change(peer.settings);
    speaker.give_out_routes();
    world.run_for(seconds(1));
  }
  // Everything that either operator was told.
  [[nodiscard]] std::string said() const {
    std::string words;
    for (const Neighbor* neighbor : {link.first, link.second})
      for (const fsm::StateChanged& change : neighbor->changes()) words += change.why + "\n";
    return words;
  }
  [[nodiscard]] std::optional<wire::PathAttributes> at(Speaker& speaker) const {
    std::optional<wire::PathAttributes> found;
    speaker.rib().find(*wire::parse_prefix(kVip),
                       [&](const rib::RouteView& route) { found = *route.paths.front().attributes; });
    return found;
  }
};

}  // namespace

TEST_CASE("roles that do not fit keep the session down", "[sim][rfc9234-4.2]") {
  Pair pair;
  pair.roles(Role::Customer, Role::Customer);
  REQUIRE_FALSE(pair.up());
  CHECK(pair.said().find("peer says that its role is customer (3); our role is customer") !=
        std::string::npos);
}

TEST_CASE("both operators learn why a role is refused", "[sim][rfc9234-4.2]") {
  Pair pair;
  pair.roles(Role::Customer, std::nullopt);
  pair.at_node.settings.session.role_strict_mode = true;
  REQUIRE_FALSE(pair.up());
  CHECK(pair.said().find("peer says no role, and strict-mode asks for one; our role is customer") !=
        std::string::npos);
  CHECK(pair.said().find("peer sent OPEN Message Error/Role Mismatch") != std::string::npos);
}

TEST_CASE("a customer's route is marked on the way down and never goes up again", "[sim][rfc9234-5]") {
  Pair pair;
  pair.roles(Role::Provider, Role::Customer);
  REQUIRE(pair.up());
  CHECK(pair.at(pair.router)->otc == wire::AsNumber(65010));
  Speaker& above = pair.world.add_speaker(65020, "10.0.0.3");
  Peer up = pair.world.side(pair.router, "10.0.0.2", "10.0.0.3", 65020);
  up.settings.session.local_role = up.settings.routes.local_role = Role::Customer;
  const auto link = pair.world.join(up, pair.world.side(above, "10.0.0.3", "10.0.0.2", 65001));
  REQUIRE(pair.world.run_until([&] { return link.second->established(); }));
  pair.world.run_for(seconds(1));
  CHECK(above.table().empty());
}

TEST_CASE("graceful shutdown moves routes aside and back without touching the session",
          "[sim][rfc8326-4.1]") {
  Pair pair;
  REQUIRE(pair.up());
  CHECK_FALSE(pair.at(pair.router)->local_pref);
  Peer leaving = pair.at_node;
  leaving.settings.routes.graceful_shutdown = true;
  pair.change(*pair.link.first, pair.node, leaving);
  REQUIRE(pair.at(pair.router));
  CHECK(pair.at(pair.router)->communities.contains(wire::kGracefulShutdown));
  CHECK(pair.at(pair.router)->local_pref == 0U);
  pair.change(*pair.link.first, pair.node, pair.at_node);
  CHECK_FALSE(pair.at(pair.router)->communities.contains(wire::kGracefulShutdown));
  CHECK_FALSE(pair.at(pair.router)->local_pref);
  CHECK(pair.link.first->peering().fsm().history().connections_dropped == 0);
}

TEST_CASE("attributes that shall not be seen are asked for again without them", "[sim][path-attribute]") {
  Pair pair;
  REQUIRE(pair.up());
  CHECK(pair.at(pair.router)->communities.size() == 1);
  Peer filtered = pair.at_router;
  filtered.settings.rules.discard.set(8);
  pair.change(*pair.link.second, pair.router, filtered);
  CHECK(pair.at(pair.router)->communities.empty());
  CHECK(pair.router.rib().prefix_stats(pair.link.second->peering().rib_id()).attributes_discarded == 1);

  filtered.settings.rules.treat_as_withdraw.set(8);
  pair.change(*pair.link.second, pair.router, filtered);
  CHECK_FALSE(pair.at(pair.router));
  CHECK(pair.link.second->established());
  CHECK(pair.link.second->faults().empty());  // the operator need not be told of what they wanted
  pair.change(*pair.link.second, pair.router, pair.at_router);
  CHECK(pair.at(pair.router)->communities.size() == 1);
}

TEST_CASE("without capabilities IPv4 routes travel even so", "[sim][rfc5492-3][rfc6793-4.2]") {
  Pair pair;
  pair.at_node.settings.session.dont_capability_negotiate = true;
  REQUIRE(pair.up());
  CHECK(pair.router.path_to(kVip) == "65010");
  const fsm::Negotiated* negotiated = pair.link.second->peering().fsm().negotiated();
  REQUIRE(negotiated != nullptr);
  CHECK_FALSE(negotiated->codec.four_octet_as);
  CHECK(negotiated->codec.families == wire::FamilySet{Family::Ipv4Unicast});
}

TEST_CASE("a four-octet AS is found again behind a session of two octets", "[sim][rfc6793-4.2.3]") {
  World world;
  Speaker& node = world.add_speaker(4200000001, "10.0.0.1");
  Speaker& old = world.add_speaker(65001, "10.0.0.2");
  Speaker& far = world.add_speaker(65020, "10.0.0.3");
  node.announce(kVip);
  Peer at_node = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
  Peer at_old = world.side(old, "10.0.0.2", "10.0.0.1", 23456);
  at_old.settings.session.remote_as.number = wire::AsNumber(4200000001);
  Peer to_far = world.side(old, "10.0.0.2", "10.0.0.3", 65020);
  to_far.settings.session.dont_capability_negotiate = true;
  const auto near_link = world.join(at_node, at_old);
  const auto far_link = world.join(to_far, world.side(far, "10.0.0.3", "10.0.0.2", 65001));
  REQUIRE(world.run_until([&] { return near_link.first->established() && far_link.second->established(); }));
  world.run_for(seconds(1));
  CHECK_FALSE(far_link.second->peering().fsm().negotiated()->codec.four_octet_as);
  CHECK(far.path_to(kVip) == "65001 4200000001");
}
