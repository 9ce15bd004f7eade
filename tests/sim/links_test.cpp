// SPDX-License-Identifier: Apache-2.0
// The host's own addresses and links change under its sessions.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using wire::Family;

namespace {

const std::string kVip4 = "10.99.8.1/32";
const std::string kVip6 = "2001:db8:8::1/128";

// A node that announces an address of each family to its router.
struct House {
  World world;
  Speaker& node = world.add_speaker(65010, "10.0.0.1");
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* end = nullptr;
  Neighbor* router_end = nullptr;

  // `waits`: the router never connects by itself.
  explicit House(bool waits = false) {
    Peer far_side = world.side(router, "10.0.0.2", "10.0.0.1", 65010);
    far_side.settings.session.passive = waits;
    node.announce(kVip4);
    node.announce(kVip6);
    std::tie(end, router_end) = world.join(world.side(node, "10.0.0.1", "10.0.0.2", 65001), far_side);
    REQUIRE(world.run_until([&] { return has(kVip4) && has(kVip6); }));
    world.run_for(seconds(1));
  }
  [[nodiscard]] bool has(const std::string& prefix) {
    const auto family = prefix == kVip4 ? Family::Ipv4Unicast : Family::Ipv6Unicast;
    return router.table(family) == std::vector{prefix};
  }
  // Which the router has to go by.
  [[nodiscard]] std::string next_hop(const std::string& prefix) {
    std::string found = "-";
    static_cast<void>(router.rib().find(*wire::parse_prefix(prefix), [&](const rib::RouteView& route) {
      found = wire::to_string(route.paths.front().attributes->next_hop.address);
    }));
    return found;
  }
  [[nodiscard]] std::uint64_t updates() const { return router_end->received(wire::MessageType::Update); }
  void check_no_reset() const {
    CHECK(end->history().connections_dropped == 0);
    CHECK(router_end->history().connections_dropped == 0);
  }
};

void without_ipv6(daemon::LocalEnd& end) {
  end.next_hop[Family::Ipv6Unicast].reset();
  end.no_next_hop[Family::Ipv6Unicast] = "no global IPv6 address on interface eth0";
}
void with_ipv6(daemon::LocalEnd& end) {
  end.next_hop[Family::Ipv6Unicast] = wire::NextHop{*wire::parse_address("2001:db8::7"), {}};
}

}  // namespace

TEST_CASE("a family's routes go and come back with our address of that family", "[sim][rfc2545-2]") {
  House house;
  house.end->move(without_ipv6);
  house.world.run_for(milliseconds(100));
  CHECK(house.router.table(Family::Ipv6Unicast).empty());
  CHECK(house.has(kVip4));
  CHECK(house.node.rib().blocked_reason(house.end->peering().rib_id(), Family::Ipv6Unicast) ==
        "no global IPv6 address on interface eth0");
  CHECK_FALSE(house.end->peering().session().local_next_hop[Family::Ipv6Unicast]);

  house.end->move(with_ipv6);
  house.world.run_for(milliseconds(100));
  CHECK(house.has(kVip6));
  CHECK(house.next_hop(kVip6) == "2001:db8::7");
  CHECK(house.node.rib().blocked_reason(house.end->peering().rib_id(), Family::Ipv6Unicast).empty());
  CHECK(house.end->next_hop_changes() == std::vector{Family::Ipv6Unicast, Family::Ipv6Unicast});
  house.check_no_reset();
}

TEST_CASE("another next hop replaces the one that was announced", "[sim][rfc2545-2]") {
  House house;
  const std::uint64_t before = house.updates();
  const std::string ipv4 = house.next_hop(kVip4);
  house.end->move(with_ipv6);
  house.world.run_for(milliseconds(100));
  CHECK(house.next_hop(kVip6) == "2001:db8::7");
  CHECK(house.next_hop(kVip4) == ipv4);
  CHECK(house.updates() == before + 1);
  CHECK(house.end->next_hop_changes() == std::vector{Family::Ipv6Unicast});
  house.check_no_reset();
}

TEST_CASE("addresses that concern no next hop cost the peer nothing", "[sim]") {
  House house;
  const std::uint64_t before = house.updates();
  for (int i = 0; i < 1000; ++i) house.end->move([](daemon::LocalEnd&) {});
  house.world.run_for(milliseconds(100));
  CHECK(house.updates() == before);
  CHECK(house.end->next_hop_changes().empty());
  house.check_no_reset();
}

TEST_CASE("while the session's own address is away nothing is concluded about the others", "[sim]") {
  House house;
  const std::uint64_t before = house.updates();
  house.end->move([](daemon::LocalEnd& end) {
    without_ipv6(end);
    end.held = false;
  });
  house.world.run_for(milliseconds(100));
  CHECK(house.updates() == before);
  CHECK(house.has(kVip6));
}

TEST_CASE("a lost link ends the session at once and without a word", "[sim]") {
  House house;
  house.world.cut(*house.end);
  house.end->lose_link();
  CHECK_FALSE(house.end->established());
  CHECK(house.end->history().last_reset_reason == fsm::DownReason::InterfaceDown);
  CHECK_FALSE(house.end->history().last_notification.has_value());
  CHECK(house.end->last_why() == "interface eth0 is down");
  // The link is back after a while: whatever the connect retry timer is doing, we try.
  house.world.run_for(seconds(20));
  house.world.mend(*house.end);
  const auto back = house.world.now();
  house.end->have_link();
  REQUIRE(house.world.run_until([&] { return house.end->established(); }, seconds(2)));
  CHECK(house.world.now() - back < seconds(1));
  CHECK(house.world.run_until([&] { return house.has(kVip4) && house.has(kVip6); }));
}

TEST_CASE("a link that flaps is waited for longer and longer", "[sim][rfc4271-8.1.1]") {
  House house(true);
  for (int flap = 0; flap < 4; ++flap) {
    REQUIRE(house.world.run_until([&] { return house.end->established(); }, seconds(120)));
    house.end->lose_link();
    house.end->have_link();
  }
  const auto since = house.world.now();
  for (int i = 0; i < 50 && !house.end->established(); ++i) {  // up and down goes on
    house.end->have_link();
    house.world.run_for(milliseconds(100));
  }
  // Our attempts: none before the fourth penalty of 8 s, less a quarter of jitter, is over.
  CHECK(house.world.now() - since >= seconds(5));
  CHECK_FALSE(house.end->established());
}

TEST_CASE("news of a link touches no session that is there", "[sim]") {
  House house;
  house.end->have_link();
  house.world.run_for(seconds(1));
  CHECK(house.end->established());
  house.check_no_reset();
}
