// SPDX-License-Identifier: Apache-2.0
// Several paths to one peer (RFC 7911) and route reflection (RFC 4456), from speaker to speaker.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using wire::Family;

namespace {

using Table = std::vector<std::string>;
using Kind = rib::PathSelection::Kind;
constexpr const char* kVip = "10.99.8.201/32";

// The paths by which a speaker knows a prefix, as AS path and identifier, sorted.
std::vector<std::string> paths_to(Speaker& speaker, const std::string& prefix) {
  std::vector<std::string> paths;
  speaker.rib().find(wire::parse_prefix(prefix).value(), [&](const rib::RouteView& route) {
    for (const rib::PathView& path : route.paths)
      paths.push_back(to_string(path.attributes->as_path) + " #" + std::to_string(path.path_id));
  });
  std::sort(paths.begin(), paths.end());
  return paths;
}

wire::PathAttributes best_attributes(Speaker& speaker, const std::string& prefix) {
  wire::PathAttributes attributes;
  REQUIRE(speaker.rib().find(wire::parse_prefix(prefix).value(), [&](const rib::RouteView& route) {
    attributes = *route.paths.front().attributes;
  }));
  return attributes;
}

std::uint32_t advertised(Neighbor* neighbor, Speaker& speaker) {
  return speaker.rib().counters(neighbor->peering().rib_id(), Family::Ipv4Unicast).advertised;
}

void set_cluster(Speaker& speaker, std::optional<wire::RouterId> cluster) {
  rib::GlobalSettings settings;
  settings.local_as = speaker.as;
  settings.router_id = speaker.id;
  settings.cluster_id = cluster;
  speaker.rib().configure(settings, {});
}

// A router to which three nodes announce a VIP, each from an AS of its own.
struct Site {
  Site() {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      const std::string address = "10.0.0." + std::to_string(i);
      Speaker& node = world.add_speaker(65010 + i, address);
      node.announce(kVip);
      links.push_back(world.join(world.side(node, address, "10.0.0.9", 65001),
                                 world.side(router, "10.0.0.9", address, 65010 + i)));
      nodes.push_back(&node);
    }
  }
  // A neighbor of the router's that wants several paths.
  std::pair<Neighbor*, Neighbor*> join(Speaker& other, const std::string& address,
                                       rib::PathSelection selection) {
    Peer ours = world.side(router, "10.0.0.9", address, other.as.value());
    ours.settings.session.add_path_send = {Family::Ipv4Unicast};
    ours.settings.routes.families[Family::Ipv4Unicast].paths = selection;
    Peer theirs = world.side(other, address, "10.0.0.9", 65001);
    theirs.settings.session.add_path_receive = {Family::Ipv4Unicast};
    return world.join(ours, theirs);
  }
  void settle() { world.run_for(seconds(10)); }

  World world;
  Speaker& router = world.add_speaker(65001, "10.0.0.9");
  std::vector<Speaker*> nodes;
  std::vector<std::pair<Neighbor*, Neighbor*>> links;
};

// A reflector with clients, all of one AS.
std::pair<Neighbor*, Neighbor*> reflect(World& world, Speaker& reflector, Speaker& other,
                                        bool client = true) {
  const auto address = [](const Speaker& speaker) { return wire::to_string(speaker.id); };
  Peer ours = world.side(reflector, address(reflector), address(other), 65001);
  for (rib::FamilySettings& family : ours.settings.routes.families) family.route_reflector_client = client;
  return world.join(ours, world.side(other, address(other), address(reflector), 65001));
}

}  // namespace

TEST_CASE_METHOD(Site, "a neighbor sees every node behind the router, and each one that goes",
                 "[sim][rfc7911-2]") {
  Speaker& far = world.add_speaker(65020, "10.0.0.20");
  const auto link = join(far, "10.0.0.20", {Kind::All, 0});
  settle();
  REQUIRE(link.first->established());
  CHECK(paths_to(far, kVip) == Table{"65001 65011 #2", "65001 65012 #3", "65001 65013 #4"});
  CHECK(advertised(link.first, router) == 3);
  nodes[1]->withdraw(kVip);
  world.run_for(seconds(1));
  CHECK(paths_to(far, kVip) == Table{"65001 65011 #2", "65001 65013 #4"});
  // The router's own route is one more.
  router.announce(kVip);
  world.run_for(seconds(1));
  CHECK(paths_to(far, kVip) == Table{"65001 #1", "65001 65011 #2", "65001 65013 #4"});
  // A node that dies takes its path along.
  links[0].first->stop(
      {wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeShutdown, {}},
       fsm::DownReason::UserShutdown});
  world.run_for(seconds(1));
  CHECK(paths_to(far, kVip) == Table{"65001 #1", "65001 65013 #4"});
  CHECK(link.second->faults().empty());
}

TEST_CASE_METHOD(Site, "so many best paths, or one of each AS", "[sim][rfc7911-2]") {
  Speaker& two = world.add_speaker(65020, "10.0.0.20");
  Speaker& each = world.add_speaker(65021, "10.0.0.21");
  Speaker& plain = world.add_speaker(65022, "10.0.0.22");
  (void)join(two, "10.0.0.20", {Kind::BestSelected, 2});
  (void)join(each, "10.0.0.21", {Kind::BestPerAs, 0});
  (void)world.join(world.side(router, "10.0.0.9", "10.0.0.22", 65022),
                   world.side(plain, "10.0.0.22", "10.0.0.9", 65001));
  settle();
  CHECK(paths_to(two, kVip).size() == 2);
  CHECK(paths_to(each, kVip).size() == 3);
  CHECK(paths_to(plain, kVip).size() == 1);
  for (Speaker* node : nodes) node->withdraw(kVip);
  world.run_for(seconds(1));
  CHECK(two.table().empty());
  CHECK(each.table().empty());
  CHECK(plain.table().empty());
}

TEST_CASE_METHOD(Site, "without the other side's consent there is one path and no identifier",
                 "[sim][rfc7911-4]") {
  Speaker& far = world.add_speaker(65020, "10.0.0.20");
  Peer ours = world.side(router, "10.0.0.9", "10.0.0.20", 65020);
  ours.settings.session.add_path_send = {Family::Ipv4Unicast};
  ours.settings.routes.families[Family::Ipv4Unicast].paths = {Kind::All, 0};
  (void)world.join(ours, world.side(far, "10.0.0.20", "10.0.0.9", 65001));
  settle();
  REQUIRE(paths_to(far, kVip).size() == 1);
  CHECK(paths_to(far, kVip)[0].ends_with(" #0"));
}

TEST_CASE_METHOD(Site, "several paths go on through a neighbor that takes and gives them",
                 "[sim][rfc7911-3]") {
  Speaker& middle = world.add_speaker(65020, "10.0.0.20");
  Speaker& end = world.add_speaker(65030, "10.0.0.30");
  (void)join(middle, "10.0.0.20", {Kind::All, 0});
  Peer ours = world.side(middle, "10.0.0.20", "10.0.0.30", 65030);
  ours.settings.session.add_path_send = {Family::Ipv4Unicast};
  ours.settings.routes.families[Family::Ipv4Unicast].paths = {Kind::All, 0};
  Peer theirs = world.side(end, "10.0.0.30", "10.0.0.20", 65020);
  theirs.settings.session.add_path_receive = {Family::Ipv4Unicast};
  (void)world.join(ours, theirs);
  settle();
  CHECK(paths_to(end, kVip).size() == 3);
  nodes[0]->withdraw(kVip);
  world.run_for(seconds(1));
  CHECK(paths_to(end, kVip).size() == 2);
  nodes[0]->announce(kVip);
  world.run_for(seconds(1));
  CHECK(paths_to(end, kVip).size() == 3);
}

TEST_CASE("a reflector tells its clients of each other", "[sim][rfc4456-6]") {
  World world;
  Speaker& reflector = world.add_speaker(65001, "10.0.0.9");
  Speaker& left = world.add_speaker(65001, "10.0.0.1");
  Speaker& right = world.add_speaker(65001, "10.0.0.2");
  Speaker& other = world.add_speaker(65001, "10.0.0.3");
  left.announce(kVip, "65001:7");
  const auto back = reflect(world, reflector, left);
  (void)reflect(world, reflector, right);
  (void)reflect(world, reflector, other, false);
  world.run_for(seconds(10));
  for (Speaker* speaker : {&right, &other}) {
    const wire::PathAttributes attributes = best_attributes(*speaker, kVip);
    CHECK(attributes.originator_id == left.id);
    CHECK(attributes.cluster_list == std::vector{reflector.id});
    CHECK(attributes.next_hop.address == wire::parse_address("10.0.0.1").value());
    CHECK(attributes.local_pref == 100U);
    CHECK(attributes.as_path.empty());
    CHECK(attributes.communities.size() == 1);
  }
  CHECK(advertised(back.first, reflector) == 0);
  other.announce("10.99.8.202/32");
  world.run_for(seconds(1));
  CHECK(left.table() == Table{kVip, "10.99.8.202/32"});
  left.withdraw(kVip);
  world.run_for(seconds(1));
  CHECK(right.table() == Table{"10.99.8.202/32"});
}

// Two reflectors that serve the same clients and know each other: whatever their clusters are called, a route
// that is withdrawn is gone everywhere.
TEST_CASE("redundant reflectors keep no ghost of a route", "[sim][rfc4456-8]") {
  const bool same_cluster = GENERATE(true, false);
  const bool mutual_clients = GENERATE(true, false);
  CAPTURE(same_cluster, mutual_clients);
  World world;
  Speaker& one = world.add_speaker(65001, "10.0.0.8");
  Speaker& two = world.add_speaker(65001, "10.0.0.9");
  if (same_cluster)
    for (Speaker* reflector : {&one, &two}) set_cluster(*reflector, wire::RouterId(77));
  std::vector<Speaker*> clients;
  for (int i = 1; i <= 3; ++i) {
    clients.push_back(&world.add_speaker(65001, "10.0.0." + std::to_string(i)));
    for (Speaker* reflector : {&one, &two}) (void)reflect(world, *reflector, *clients.back());
  }
  const auto between = [&] {
    Peer a = world.side(one, "10.0.0.8", "10.0.0.9", 65001);
    Peer b = world.side(two, "10.0.0.9", "10.0.0.8", 65001);
    for (Peer* peer : {&a, &b})
      for (rib::FamilySettings& family : peer->settings.routes.families)
        family.route_reflector_client = mutual_clients;
    return world.join(a, b);
  }();
  world.run_for(seconds(10));
  REQUIRE(between.first->established());
  clients[0]->announce(kVip);
  world.run_for(seconds(5));
  for (Speaker* speaker : {&one, &two, clients[1], clients[2]}) CHECK(speaker->table() == Table{kVip});
  CHECK(paths_to(*clients[1], kVip).size() == 2);  // one from each reflector
  clients[0]->withdraw(kVip);
  world.run_for(seconds(5));
  for (Speaker* speaker : {&one, &two, clients[0], clients[1], clients[2]}) CHECK(speaker->table().empty());
}

TEST_CASE("a reflector may reflect several paths", "[sim][rfc7911-2][rfc4456-6]") {
  World world;
  Speaker& reflector = world.add_speaker(65001, "10.0.0.9");
  Speaker& client = world.add_speaker(65001, "10.0.0.20");
  for (int i = 1; i <= 2; ++i) {
    Speaker& node = world.add_speaker(65001, "10.0.0." + std::to_string(i));
    node.announce(kVip);
    (void)reflect(world, reflector, node);
  }
  Peer ours = world.side(reflector, "10.0.0.9", "10.0.0.20", 65001);
  ours.settings.session.add_path_send = {Family::Ipv4Unicast};
  ours.settings.routes.families[Family::Ipv4Unicast].paths = {Kind::All, 0};
  ours.settings.routes.families[Family::Ipv4Unicast].route_reflector_client = true;
  Peer theirs = world.side(client, "10.0.0.20", "10.0.0.9", 65001);
  theirs.settings.session.add_path_receive = {Family::Ipv4Unicast};
  (void)world.join(ours, theirs);
  world.run_for(seconds(10));
  std::vector<std::string> from;
  client.rib().find(wire::parse_prefix(kVip).value(), [&](const rib::RouteView& route) {
    for (const rib::PathView& path : route.paths)
      from.push_back(wire::to_string(path.attributes->originator_id.value_or(wire::RouterId{})) + " by " +
                     wire::to_string(path.attributes->next_hop.address));
  });
  std::sort(from.begin(), from.end());
  CHECK(from == Table{"10.0.0.1 by 10.0.0.1", "10.0.0.2 by 10.0.0.2"});
}
