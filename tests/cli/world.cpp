// SPDX-License-Identifier: Apache-2.0
// The laboratory's router as data.
#include "world.hpp"

namespace lbgp::daemon::cli::test {
namespace {

constexpr Epoch kUpSince = 1795239618;  // Sat Nov 21 05:40:18 2026 UTC
using namespace std::chrono_literals;

SummaryPeer summary_peer(std::string_view name, std::uint32_t remote_as, fsm::State state) {
  SummaryPeer peer;
  peer.key = address(name);
  peer.remote_as = wire::AsNumber{remote_as};
  peer.local_as = wire::AsNumber{65001};
  peer.state = state;
  return peer;
}

SummaryPeer established_peer(std::string_view name, std::uint64_t received, std::uint64_t sent) {
  SummaryPeer peer = summary_peer(name, 65010, fsm::State::Established);
  peer.hostname = "node1";
  peer.messages_received = received;
  peer.messages_sent = sent;
  peer.family_negotiated = true;
  peer.since = 13s;
  peer.established_epoch = kUpSince + 1;
  peer.connections_established = 1;
  peer.last_reset.ago = 14s;
  return peer;
}

SummaryData summary(std::uint64_t version, std::size_t rib_count, std::size_t peers) {
  SummaryData data;
  data.router_id = router_id("10.90.254.1");
  data.local_as = wire::AsNumber{65001};
  data.table_version = version;
  data.rib_count = rib_count;
  data.rib_memory = rib_count * 192;
  data.peer_memory = peers * 741464;
  data.peer_group_count = 1;
  data.peer_group_memory = 64;
  return data;
}

void add_summaries(World& world) {
  SummaryData& v4 = world.summaries[wire::Family::Ipv4Unicast];
  v4 = summary(2, 5, 4);
  SummaryPeer first = established_peer("10.90.3.101", 8, 9);
  first.description = "node one";
  first.prefixes_received = 1;
  first.prefixes_sent = 2;
  SummaryPeer second = summary_peer("10.90.3.102", 65010, fsm::State::Active);
  SummaryPeer third = summary_peer("10.90.3.103", 65099, fsm::State::Idle);
  third.shutdown = true;
  third.last_reset.reason = fsm::DownReason::NoAfiActivated;
  SummaryPeer fourth = established_peer("fd00:90:3::101", 10, 10);
  fourth.description = "a rather long description of this neighbor";
  fourth.prefixes_received = 2;
  fourth.prefixes_sent = 2;
  v4.peers = {first, second, third, fourth};

  SummaryData& v6 = world.summaries[wire::Family::Ipv6Unicast];
  v6 = summary(1, 2, 1);
  fourth.prefixes_received = 1;
  fourth.prefixes_sent = 1;
  v6.peers = {fourth};
}

StoredPath path_from(std::string_view peer, wire::PathAttributes attributes, Epoch when) {
  StoredPath path;
  path.attributes = std::move(attributes);
  path.view.valid = true;
  path.peer = peer;
  path.peer_hostname = "node1";
  path.peer_router_id = router_id("10.90.3.101");
  path.last_update = when;
  return path;
}

StoredPath best(StoredPath path, std::string_view reason) {
  path.view.best = true;
  path.view.selection_reason = reason;
  return path;
}

StoredPath local_path(std::string_view next_hop, Epoch when) {
  StoredPath path;
  path.attributes = own(next_hop);
  path.view.valid = true;
  path.view.weight = 32768;
  path.last_update = when;
  return best(std::move(path), "First path received");
}

void add_routes(World& world) {
  for (const wire::Family family : wire::kFamilies) {
    TableHead& head = world.heads[family];
    head.router_id = router_id("10.90.254.1");
    head.local_as = wire::AsNumber{65001};
    head.hostname = "router";
  }
  world.heads[wire::Family::Ipv4Unicast].version = 4;
  world.heads[wire::Family::Ipv4Unicast].routes = 4;
  world.heads[wire::Family::Ipv4Unicast].paths = 5;
  world.heads[wire::Family::Ipv6Unicast].version = 2;
  world.heads[wire::Family::Ipv6Unicast].routes = 2;
  world.heads[wire::Family::Ipv6Unicast].paths = 2;

  wire::PathAttributes vip = received("10.90.3.101", 65010, 50);
  vip.local_pref = 0;
  vip.communities = {wire::parse_community("65010:100").value(), wire::parse_community("65010:200").value(),
                     wire::kGracefulShutdown};
  vip.ext_communities = {wire::parse_ext_community("rt:65010:7").value()};
  vip.large_communities = {{65010, 1, 2}};
  world.routes[prefix("10.99.8.201/32")] = {
      4,
      {best(path_from("10.90.3.101", vip, 1795239709), "First path received")},
      {{"10.90.3.101", "node1"}}};
  world.routes[prefix("10.99.8.202/32")] = {
      1,
      {best(path_from("10.90.3.101", received("10.90.3.101", 65010, 0), kUpSince + 1), "Neighbor IP"),
       path_from("fd00:90:3::101", received("10.90.3.101", 65010, 0), kUpSince + 1)},
      {{"10.90.3.101", "node1"}, {"fd00:90:3::101", "node1"}}};
  world.routes[prefix("10.99.9.1/32")] = {
      2,
      {best(path_from("fd00:90:3::101", received("10.90.3.101", 65010, 0), kUpSince + 1),
            "First path received")},
      {}};
  world.routes[prefix("203.0.113.0/24")] = {
      3, {local_path("0.0.0.0", 1795239704)}, {{"10.90.3.101", "node1"}}};
  world.routes[prefix("2001:db8::/32")] = {2, {local_path("::", 1795239704)}, {}};
  wire::PathAttributes far = received("fd00:90:3::101", 65010, 0);
  far.next_hop.link_local = address("fe80::9cd7:5eff:fea9:52f6");
  world.routes[prefix("2001:db8:1::/48")] = {
      1, {best(path_from("fd00:90:3::101", far, kUpSince + 1), "First path received")}, {}};
}

conf::Neighbor config(std::string_view name, std::uint32_t as, wire::FamilySet families) {
  conf::Neighbor neighbor;
  neighbor.name = name;
  neighbor.session.local_as = wire::AsNumber{65001};
  neighbor.session.remote_as.number = wire::AsNumber{as};
  neighbor.session.connect_retry = 120s;
  neighbor.session.graceful_restart.restart_time = 120s;
  neighbor.session.families = families;
  neighbor.transport.peer_address = address(name);
  for (const wire::Family family : wire::kFamilies)
    neighbor.routes.families[family].activated = families.contains(family);
  return neighbor;
}

wire::Open open_of(std::string_view hostname, std::string_view id, std::uint32_t as) {
  wire::Open open;
  open.my_as = static_cast<std::uint16_t>(as);
  open.hold_time = 9s;
  open.id = router_id(id);
  open.capabilities = {wire::MultiprotocolCapability{wire::afi_safi(wire::Family::Ipv4Unicast)},
                       wire::RouteRefreshCapability{},
                       wire::ExtendedMessageCapability{},
                       wire::FourOctetAsCapability{wire::AsNumber{as}},
                       wire::EnhancedRouteRefreshCapability{},
                       wire::FqdnCapability{std::string(hostname), ""}};
  return open;
}

}  // namespace

// What 10.90.3.101 and the router have agreed on.
const fsm::Negotiated& negotiated() {
  static const fsm::Negotiated session = [] {
    fsm::Negotiated out;
    out.sent = open_of("router", "10.90.254.1", 65001);
    out.received = open_of("node1", "10.90.3.101", 65010);
    wire::GracefulRestartCapability restart;
    restart.restarting = true;
    restart.notification = true;
    restart.restart_time = 120s;
    restart.families = {{wire::afi_safi(wire::Family::Ipv4Unicast), false}};
    out.sent.capabilities.emplace_back(restart);
    out.received.capabilities.emplace_back(restart);
    out.peer_as = wire::AsNumber{65010};
    out.peer_id = router_id("10.90.3.101");
    out.hold_time = 9s;
    out.keepalive = 3s;
    out.codec.families = {wire::Family::Ipv4Unicast};
    out.graceful_restart = true;
    out.peer_restarting = true;
    out.peer_restart_time = 120s;
    out.peer_families[wire::Family::Ipv4Unicast].listed = true;
    return out;
  }();
  return session;
}

namespace {

NeighborData established_neighbor() {
  NeighborData data;
  data.negotiated = &negotiated();
  data.state = fsm::State::Established;
  data.remote_as = wire::AsNumber{65010};
  data.local_router_id = router_id("10.90.254.1");
  data.uptime = 57s;
  data.established_epoch = kUpSince;
  data.last_read = 3s;
  data.last_write = 3s;
  data.last_update = 56s;
  data.sent = {1, 0, 3, 19, 0};
  data.received = {1, 0, 2, 19, 0};
  data.prefix_stats = {.inbound_filtered = 7,
                       .aspath_loop = 1,
                       .originator_loop = 2,
                       .cluster_loop = 3,
                       .invalid_next_hop = 4,
                       .withdrawn = 5,
                       .attributes_discarded = 6};
  NeighborFamily& family = data.families[wire::Family::Ipv4Unicast];
  family.counters.accepted = 1;
  family.counters.received = 2;
  family.counters.advertised = 2;
  family.counters.end_of_rib_sent = true;
  family.counters.end_of_rib_received = true;
  family.policy_in = true;
  family.policy_out = true;
  data.connections_established = 1;
  data.last_reset.ago = 58s;
  data.endpoints = Endpoints{address("10.90.3.1"), 46774, address("10.90.3.101"), 179};
  data.next_hop = address("10.90.3.1");
  data.next_hop_global = address("fd00:90:3::1");
  data.next_hop_link_local = address("fe80::a8dd:6fff:febe:20bf");
  data.shared_network = true;
  data.round_trip = 2ms;
  return data;
}

void add_neighbors(World& world) {
  conf::Neighbor& first = world.configs["10.90.3.101"] =
      config("10.90.3.101", 65010, {wire::Family::Ipv4Unicast});
  first.description = "node one";
  first.peer_group = "K8S";
  rib::FamilySettings& family = first.routes.families[wire::Family::Ipv4Unicast];
  family.soft_reconfiguration_inbound = true;
  family.prefix_list_in = "K8S-IN";
  family.route_map_out = "OUT";
  world.neighbors["10.90.3.101"] = established_neighbor();

  world.configs["10.90.3.103"] = config("10.90.3.103", 65099, {wire::Family::Ipv4Unicast});
  world.configs["10.90.3.103"].session.shutdown = true;
  NeighborData& down = world.neighbors["10.90.3.103"];
  down.remote_as = wire::AsNumber{65099};
  down.local_router_id = router_id("10.90.254.1");

  world.configs["fd00:90:3::101"] =
      config("fd00:90:3::101", 65010, {wire::Family::Ipv4Unicast, wire::Family::Ipv6Unicast});
  NeighborData& third = world.neighbors["fd00:90:3::101"];
  third.remote_as = wire::AsNumber{65010};
  third.local_router_id = router_id("10.90.254.1");
  third.state = fsm::State::Active;
  third.next_attempt = 66s;
}

void add_adjacent(World& world) {
  world.adjacent[{"10.90.3.101", RouteSelection::Received}] = {
      {prefix("10.99.8.202/32"), received("10.90.3.101", 65010, 0), false, false},
      {prefix("10.99.9.1/32"), received("10.90.3.101", 65010, 0), true, false}};
  world.adjacent[{"10.90.3.101", RouteSelection::Advertised}] = {
      {prefix("10.99.8.202/32"), received("10.90.3.1", 65010, std::nullopt), false, false},
      {prefix("10.99.9.1/32"), received("10.90.3.101", 65010, std::nullopt), false, false}};
}

void add_lists(World& world) {
  rib::PrefixList nodes;
  nodes.description = "what nodes may say";
  nodes.entries[5] = {5, rib::Permit::Permit, prefix("10.99.8.0/24"), std::uint8_t{32}, std::uint8_t{32}};
  nodes.entries[10] = {10, rib::Permit::Deny, prefix("0.0.0.0/0"), std::nullopt, std::uint8_t{32}};
  rib::PrefixList simple;
  simple.entries[5] = {5, rib::Permit::Permit, prefix("10.0.0.0/8"), std::nullopt, std::nullopt};
  world.lists[wire::Family::Ipv4Unicast] = {{"K8S-IN", nodes}, {"SIMPLE", simple}};
  rib::PrefixList v6;
  v6.entries[5] = {5, rib::Permit::Permit, prefix("fd00::/8"), std::nullopt, std::uint8_t{128}};
  world.lists[wire::Family::Ipv6Unicast] = {{"V6", v6}};
}

}  // namespace

World router() {
  World world;
  add_summaries(world);
  add_routes(world);
  add_neighbors(world);
  add_adjacent(world);
  add_lists(world);
  world.groups = {{"K8S",
                   wire::AsNumber{65010},
                   false,
                   {wire::Family::Ipv4Unicast},
                   {{"10.90.3.101", fsm::State::Established}, {"10.90.3.102", fsm::State::Active}}}};
  world.hops = {{address("10.90.3.101"), true, 3, "10.90.3.101", "veR", kUpSince},
                {address("fe80::9cd7:5eff:fea9:52f6"), true, 1, "", "veR", kUpSince + 1}};
  world.config = "hostname router\n!\nrouter bgp 65001\n bgp router-id 10.90.254.1\nexit\n!\n";
  return world;
}

}  // namespace lbgp::daemon::cli::test
