// SPDX-License-Identifier: Apache-2.0
// Defaults, inheritance, and where each command's value arrives.
#include "conf/compile.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>

#include "conf/parse.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

constexpr wire::Family kIpv4 = wire::Family::Ipv4Unicast;
constexpr wire::Family kIpv6 = wire::Family::Ipv6Unicast;

Compiled compiled(const std::string& text) {
  Loaded loaded = load(text);
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    if (diagnostic.severity == Severity::Error) FAIL_CHECK(to_string(diagnostic, "f"));
  return std::move(loaded.compiled);
}

// The settings of the neighbor 10.0.0.1, in AS 65002, with these lines.
Neighbor neighbor(std::string_view lines, std::string_view before = "") {
  const Compiled all =
      compiled(fmt::format("{}router bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n{}", before, lines));
  REQUIRE(all.neighbors.size() == 1);
  return all.neighbors[0];
}

}  // namespace

TEST_CASE("bfd is off unless one of its four lines says otherwise") {
  using std::chrono::milliseconds;
  CHECK_FALSE(neighbor("").bfd.has_value());
  const auto plain = neighbor(" neighbor 10.0.0.1 bfd\n").bfd;
  REQUIRE(plain.has_value());
  CHECK(plain->settings.detect_multiplier == 3);  // FRR's defaults
  CHECK(plain->settings.receive_interval == milliseconds(300));
  CHECK(plain->settings.transmit_interval == milliseconds(300));
  CHECK_FALSE(plain->check_control_plane);
  const auto timers = neighbor(" neighbor 10.0.0.1 bfd 4 100 200\n").bfd;
  REQUIRE(timers.has_value());
  CHECK(timers->settings.detect_multiplier == 4);
  CHECK(timers->settings.receive_interval == milliseconds(100));
  CHECK(timers->settings.transmit_interval == milliseconds(200));
  CHECK(neighbor(" neighbor 10.0.0.1 bfd check-control-plane-failure\n").bfd.value().check_control_plane);
  CHECK_FALSE(neighbor(" neighbor 10.0.0.1 bfd 4 100 200\n no neighbor 10.0.0.1 bfd\n").bfd.has_value());
}

TEST_CASE("a bfd profile goes before timers, and is inherited from the group") {
  using std::chrono::milliseconds;
  const auto bfd =
      neighbor(
          " neighbor G peer-group\n neighbor G bfd profile fast\n neighbor 10.0.0.1 peer-group G\n"
          " neighbor 10.0.0.1 bfd 4 100 200\n",
          "bfd\n profile fast\n  transmit-interval 50\n  minimum-ttl 250\n  passive-mode\n")
          .bfd;
  REQUIRE(bfd.has_value());
  CHECK(bfd->profile == "fast");
  CHECK(bfd->settings == fsm::BfdSettings{.detect_multiplier = 4,
                                          .receive_interval = milliseconds(100),
                                          .transmit_interval = milliseconds(50),
                                          .passive = true,
                                          .shutdown = false,
                                          .minimum_ttl = 250});
  CHECK(bfd->has_minimum_ttl);
  const auto missing = neighbor(" neighbor 10.0.0.1 bfd profile nowhere\n").bfd;
  REQUIRE(missing.has_value());
  CHECK(missing->settings == fsm::BfdSettings{});
}

TEST_CASE("a peer of the bfd block has its own values before those of its profile") {
  using std::chrono::milliseconds;
  const Compiled all = compiled(
      "bfd\n peer 10.0.0.2\n  profile slow\n  receive-interval 700\n  no shutdown\n exit\n"
      " profile slow\n  receive-interval 2000\n  transmit-interval 3000\n  shutdown\n"
      " peer 10.9.0.1 local-address 10.9.0.2 multihop\n  detect-multiplier 9\n");
  REQUIRE(all.bfd_peers.size() == 2);
  CHECK(all.bfd_peers[0].key.peer == wire::parse_address("10.0.0.2"));
  CHECK(all.bfd_peers[0].configured);
  CHECK(all.bfd_peers[0].settings.receive_interval == milliseconds(700));
  CHECK(all.bfd_peers[0].settings.transmit_interval == milliseconds(3000));
  CHECK_FALSE(all.bfd_peers[0].settings.shutdown);
  CHECK(all.bfd_peers[1].key.multihop);
  CHECK(all.bfd_peers[1].key.local == wire::parse_address("10.9.0.2"));
  CHECK(all.bfd_peers[1].settings.detect_multiplier == 9);
  CHECK(all.bfd_profiles.at("slow").shutdown);
}

TEST_CASE("an empty file means nothing") {
  const Compiled all = compiled("");
  CHECK_FALSE(all.has_router);
  CHECK(all.neighbors.empty());
  CHECK(all == Compiled{});
}

TEST_CASE("the three profiles") {
  const auto with = [](std::string_view profile) {
    return compiled(fmt::format("{}router bgp 1\n neighbor 10.0.0.1 remote-as 2\n", profile));
  };
  const Compiled ours = with("");
  CHECK(ours.neighbors[0].session.hold_time == seconds(9));
  CHECK(ours.neighbors[0].session.connect_retry == seconds(5));
  CHECK(ours.neighbors[0].session.graceful_restart == fsm::GracefulRestartSettings{});
  CHECK(ours.neighbors[0].routes.ebgp_requires_policy);
  CHECK(ours.log_neighbor_changes);
  CHECK_FALSE(ours.global.deterministic_med);

  const Compiled traditional = with("frr defaults traditional\n");
  CHECK(traditional.neighbors[0].session.hold_time == seconds(180));
  CHECK(traditional.neighbors[0].session.keepalive == seconds(60));
  CHECK(traditional.neighbors[0].session.connect_retry == seconds(30));
  CHECK(traditional.neighbors[0].session.graceful_restart.enabled);
  CHECK(traditional.neighbors[0].session.graceful_restart.helper_only);
  CHECK(traditional.neighbors[0].session.graceful_restart.restart_time == seconds(120));
  CHECK(traditional.neighbors[0].session.graceful_restart.notification);
  CHECK(traditional.neighbors[0].routes.ebgp_requires_policy);
  CHECK_FALSE(traditional.log_neighbor_changes);

  const Compiled datacenter = with("frr defaults datacenter\n");
  CHECK(datacenter.neighbors[0].session.hold_time == seconds(9));
  CHECK(datacenter.neighbors[0].session.connect_retry == seconds(10));
  CHECK_FALSE(datacenter.neighbors[0].routes.ebgp_requires_policy);
  CHECK(datacenter.log_neighbor_changes);
  CHECK(datacenter.global.deterministic_med);
  CHECK(datacenter.neighbors[0].session.offer_software_version);
}

TEST_CASE("a member's own word counts before its group's, that before the router's") {
  const auto hold = [](std::string_view own, std::string_view group, std::string_view router) {
    return compiled(fmt::format("router bgp 1\n{}neighbor G peer-group\n neighbor G remote-as 2\n"
                                " neighbor 10.0.0.1 peer-group G\n{}{}",
                                router, group, own))
        .neighbors[0]
        .session.hold_time.count();
  };
  CHECK(hold("", "", "") == 9);
  CHECK(hold("", "", " timers bgp 10 30\n ") == 30);
  CHECK(hold("", " neighbor G timers 20 60\n", " timers bgp 10 30\n ") == 60);
  CHECK(hold(" neighbor 10.0.0.1 timers 40 120\n", " neighbor G timers 20 60\n", " timers bgp 10 30\n ") ==
        120);
  CHECK(hold("", " neighbor G timers 20 60\n no neighbor G timers\n", " timers bgp 10 30\n ") == 30);
}

TEST_CASE("a group's values reach its members, family by family") {
  const Compiled all = compiled(
      "router bgp 1\n no bgp default ipv4-unicast\n neighbor G peer-group\n neighbor G remote-as internal\n"
      " neighbor G password p\n neighbor G description group\n neighbor 10.0.0.1 peer-group G\n"
      " neighbor 10.0.0.2 peer-group G\n neighbor 10.0.0.2 description own\n neighbor 10.0.0.3 remote-as 3\n"
      " address-family ipv6 unicast\n  neighbor G activate\n  neighbor G weight 7\n"
      "  neighbor 10.0.0.2 weight 0\n  no neighbor 10.0.0.2 activate\n");
  REQUIRE(all.neighbors.size() == 3);
  CHECK(all.neighbors[0].session.remote_as.kind == fsm::RemoteAs::Kind::Internal);
  CHECK(all.neighbors[0].transport.password == "p");
  CHECK(all.neighbors[0].description == "group");
  CHECK(all.neighbors[0].session.families == wire::FamilySet{kIpv6});
  CHECK(all.neighbors[0].routes.families[kIpv6].weight == 7);
  CHECK(all.neighbors[1].description == "own");
  CHECK(all.neighbors[1].session.families.empty());
  CHECK(all.neighbors[1].routes.families[kIpv6].weight == 0);
  CHECK(all.neighbors[2].peer_group.empty());
  CHECK(all.neighbors[2].session.families.empty());
  CHECK(all.peer_groups[0].members == std::vector<std::string>{"10.0.0.1", "10.0.0.2"});
}

TEST_CASE("IPv4 unicast is on unless said otherwise, whatever the neighbor's address is") {
  CHECK(compiled("router bgp 1\n neighbor fd00::1 remote-as 2\n").neighbors[0].session.families ==
        wire::FamilySet{kIpv4});
  CHECK(neighbor("").session.families == wire::FamilySet{kIpv4});
  CHECK(neighbor(" no bgp default ipv4-unicast\n").session.families.empty());
  CHECK(neighbor(" bgp default ipv6-unicast\n").session.families == wire::FamilySet{kIpv4, kIpv6});
  CHECK(neighbor(" no neighbor 10.0.0.1 activate\n address-family ipv6\n  neighbor 10.0.0.1 activate\n")
            .session.families == wire::FamilySet{kIpv6});
}

TEST_CASE("each neighbor command arrives") {
  const auto session = [](std::string_view line) { return neighbor(line).session; };
  const auto transport = [](std::string_view line) { return neighbor(line).transport; };
  CHECK(session(" neighbor 10.0.0.1 passive\n").passive);
  CHECK(session(" neighbor 10.0.0.1 timers connect 12\n").connect_retry == seconds(12));
  CHECK(session(" neighbor 10.0.0.1 timers delayopen 2\n").delay_open == seconds(2));
  CHECK_FALSE(session("").delay_open.has_value());
  CHECK(session(" bgp minimum-holdtime 6\n").minimum_hold_time == seconds(6));
  CHECK(session(" neighbor 10.0.0.1 shutdown\n").shutdown);
  CHECK(session(" neighbor 10.0.0.1 shutdown message so long\n").shutdown_message == "so long");
  CHECK(session(" neighbor 10.0.0.1 capability extended-nexthop\n").extended_next_hop ==
        wire::FamilySet{kIpv4});
  CHECK_FALSE(session(" neighbor 10.0.0.1 graceful-restart-disable\n").graceful_restart.enabled);
  CHECK(session(" bgp graceful-restart-disable\n neighbor 10.0.0.1 graceful-restart\n")
            .graceful_restart.enabled);
  CHECK(session(" bgp graceful-restart stalepath-time 60\n").graceful_restart.stalepath_time == seconds(60));
  CHECK_FALSE(session(" no bgp graceful-restart preserve-fw-state\n").graceful_restart.preserve_forwarding);
  CHECK(session(" bgp graceful-restart notification\n").graceful_restart.notification);
  CHECK(session("").fqdn);
  CHECK_FALSE(session(" no neighbor 10.0.0.1 capability fqdn\n").fqdn);
  CHECK_FALSE(session("").offer_software_version);
  CHECK(session(" neighbor 10.0.0.1 capability software-version\n").offer_software_version);
  CHECK(session(" bgp default software-version-capability\n").offer_software_version);
  CHECK_FALSE(session(" bgp default software-version-capability\n"
                      " no neighbor 10.0.0.1 capability software-version\n")
                  .offer_software_version);
  CHECK(session(" neighbor 10.0.0.1 extended-optional-parameters\n").extended_parameters);
  CHECK(session(" neighbor 10.0.0.1 dont-capability-negotiate\n").dont_capability_negotiate);
  CHECK(session(" neighbor 10.0.0.1 override-capability\n").override_capability);
  CHECK(session(" neighbor 10.0.0.1 strict-capability-match\n").strict_capability_match);
  CHECK_FALSE(session("").local_role.has_value());
  CHECK(session(" neighbor 10.0.0.1 local-role rs-client\n").local_role == wire::Role::RouteServerClient);
  CHECK_FALSE(session(" neighbor 10.0.0.1 local-role rs-client\n").role_strict_mode);
  CHECK(session(" neighbor 10.0.0.1 local-role peer strict-mode\n").role_strict_mode);
  CHECK(session(" neighbor 10.0.0.1 graceful-restart-helper\n").graceful_restart.helper_only);
  CHECK(session(" no bgp graceful-restart\n").graceful_restart.helper_only);
  CHECK_FALSE(session("").graceful_restart.helper_only);
  CHECK(compiled("router bgp 65000\n").fast_external_failover);
  CHECK_FALSE(compiled("router bgp 65000\n no bgp fast-external-failover\n").fast_external_failover);
  CHECK(session("").graceful_restart.hard_administrative_reset);
  CHECK_FALSE(session(" no bgp hard-administrative-reset\n").graceful_restart.hard_administrative_reset);
  CHECK(session("").graceful_restart.long_lived_stale_time == seconds(0));
  CHECK(session(" bgp long-lived-graceful-restart stale-time 60\n").graceful_restart.long_lived_stale_time ==
        seconds(60));
  CHECK(neighbor("", "hostname h\ndomainname d\n").session.hostname == "h");
  CHECK(neighbor("", "hostname h\ndomainname d\n").session.domainname == "d");

  CHECK(transport("").peer_port == 179);
  CHECK(transport(" neighbor 10.0.0.1 port 1179\n").peer_port == 1179);
  CHECK(transport(" neighbor 10.0.0.1 ebgp-multihop\n").ebgp_multihop == 255);
  CHECK_FALSE(transport("").ebgp_multihop.has_value());
  CHECK(transport(" neighbor 10.0.0.1 ttl-security hops 2\n").ttl_security_hops == 2);
  CHECK(transport(" neighbor 10.0.0.1 password a b\n").password == "a b");
  CHECK(std::get<std::string>(transport(" neighbor 10.0.0.1 update-source eth1\n").update_source) == "eth1");
  CHECK(std::get<wire::IpAddress>(transport(" neighbor 10.0.0.1 update-source 10.0.0.7\n").update_source) ==
        *wire::parse_address("10.0.0.7"));

  CHECK_FALSE(transport("").disable_connected_check);
  CHECK(transport(" neighbor 10.0.0.1 disable-connected-check\n").disable_connected_check);
  CHECK(transport(" bgp disable-ebgp-connected-route-check\n").disable_connected_check);
  CHECK(transport("").mss == 0);
  CHECK(transport(" neighbor 10.0.0.1 tcp-mss 1200\n").mss == 1200);
  CHECK_FALSE(transport("").keepalive.has_value());
  CHECK(transport(" bgp tcp-keepalive 10 5 3\n").keepalive == fsm::TcpKeepalive{seconds(10), seconds(5), 3});
  CHECK(transport("").dscp == 48);  // CS6, RFC 4594 §3.1
  CHECK(neighbor("", "bgp session-dscp 0\n").transport.dscp == 0);

  const auto next_hop = neighbor(" neighbor 10.0.0.1 next-hop ipv6 fd00::7\n").routes.next_hop;
  CHECK(next_hop[kIpv6] == wire::parse_address("fd00::7"));
  CHECK_FALSE(next_hop[kIpv4].has_value());
}

TEST_CASE("a link-local neighbor is where its line says", "[rfc2545-2]") {
  const Loaded loaded = load(
      "router bgp 1\n neighbor fe80::2 remote-as 2\n neighbor fe80::2 interface eth0\n"
      " neighbor 10.0.0.2 remote-as 2\n neighbor 10.0.0.2 interface eth0\n");
  REQUIRE(loaded.ok());
  CHECK(loaded.diagnostics.size() == 1);  // of the second, which is found by routing
  const auto source = [&](std::size_t i) { return loaded.compiled.neighbors.at(i).transport.update_source; };
  CHECK(std::get<std::string>(source(1)) == "eth0");
  CHECK(source(0).index() == 0);
}

TEST_CASE("a neighbor on an interface has no address, and IPv4 over IPv6 next hops", "[rfc8950-4]") {
  const Compiled all = compiled(
      "router bgp 1\n neighbor G peer-group\n neighbor G remote-as external\n neighbor G password p\n"
      " neighbor eth1 interface v6only peer-group G\n neighbor eth0 remote-as 2\n neighbor eth0 interface\n"
      " neighbor 10.0.0.9 remote-as 9\n no neighbor eth0 capability extended-nexthop\n");
  REQUIRE(all.neighbors.size() == 3);
  CHECK(all.neighbors[0].name == "10.0.0.9");  // addresses first
  const Neighbor& eth0 = all.neighbors[1];
  CHECK(eth0.name == "eth0");
  CHECK(eth0.transport.interface == "eth0");
  CHECK_FALSE(eth0.transport.v6_only);
  CHECK(eth0.transport.peer_address.is_unspecified());
  CHECK(eth0.session.extended_next_hop.empty());
  const Neighbor& eth1 = all.neighbors[2];
  CHECK(eth1.transport.v6_only);
  CHECK(eth1.transport.password == "p");
  CHECK(eth1.session.remote_as.kind == fsm::RemoteAs::Kind::External);
  CHECK(eth1.session.extended_next_hop == wire::FamilySet{kIpv4});
  CHECK(all.peer_groups[0].members == std::vector<std::string>{"eth1"});
  CHECK(fsm::to_string(fsm::PeerKey::of(eth1.transport)) == "eth1");
  CHECK(fsm::PeerKey::of(all.neighbors[0].transport) == fsm::peer_key("10.0.0.9"));
}

TEST_CASE("who comes by a range is what its group says, and is never dialled") {
  const Compiled all = compiled(
      "router bgp 1\n neighbor G peer-group\n neighbor G remote-as external\n neighbor G timers 4 12\n"
      " neighbor H peer-group\n neighbor H remote-as internal\n bgp listen range 10.0.0.0/8 peer-group G\n"
      " bgp listen range 10.1.0.0/16 peer-group H\n");
  CHECK(all.neighbors.empty());
  CHECK(all.listen_limit == 100);
  const auto at = [&](const char* text) { return find_range(all.listen_ranges, *wire::parse_address(text)); };
  CHECK(at("192.0.2.1") == nullptr);
  REQUIRE(at("10.2.0.1") != nullptr);
  const Neighbor found = dynamic_neighbor(*at("10.2.0.1"), *wire::parse_address("10.2.0.1"));
  CHECK(found.name == "10.2.0.1");
  CHECK(found.peer_group == "G");
  CHECK(found.listen_range == *wire::parse_prefix("10.0.0.0/8"));
  CHECK(found.transport.peer_address == *wire::parse_address("10.2.0.1"));
  CHECK(found.routes.address == found.transport.peer_address);
  CHECK(found.session.passive);
  CHECK(found.session.hold_time == seconds(12));
  // The narrowest range decides.
  REQUIRE(at("10.1.0.1") != nullptr);
  CHECK(at("10.1.0.1")->pattern.session.remote_as.kind == fsm::RemoteAs::Kind::Internal);
  CHECK(compiled("router bgp 1\n bgp listen limit 3\n").listen_limit == 3);
}

TEST_CASE("each word about path attributes arrives") {
  const auto routes = [](std::string_view line) { return neighbor(line).routes; };
  const auto rules = [](std::string_view line) { return neighbor(line).rules; };
  CHECK(routes("").enforce_first_as);
  CHECK_FALSE(routes(" no bgp enforce-first-as\n").enforce_first_as);
  CHECK_FALSE(routes(" no neighbor 10.0.0.1 enforce-first-as\n").enforce_first_as);
  CHECK(routes(" no bgp enforce-first-as\n neighbor 10.0.0.1 enforce-first-as\n").enforce_first_as);
  CHECK(routes(" neighbor 10.0.0.1 local-role customer\n").local_role == wire::Role::Customer);
  CHECK_FALSE(routes("").aigp);
  CHECK(routes(" neighbor 10.0.0.1 aigp\n").aigp);
  CHECK(rules(" neighbor 10.0.0.1 aigp\n").aigp);
  CHECK_FALSE(routes("").graceful_shutdown);
  CHECK(routes(" neighbor 10.0.0.1 graceful-shutdown\n").graceful_shutdown);
  CHECK(routes(" bgp graceful-shutdown\n").graceful_shutdown);
  CHECK(rules("") == wire::UpdateRules{});
  CHECK(rules(" no bgp reject-as-sets\n").allow_as_set);
  CHECK_FALSE(rules(" bgp reject_as_sets\n").allow_as_set);
  CHECK(rules(" neighbor 10.0.0.1 path-attribute discard 8 128\n").discard ==
        wire::AttributeCodes{}.set(8).set(128));
  CHECK(rules(" neighbor 10.0.0.1 path-attribute treat-as-withdraw 255\n").treat_as_withdraw ==
        wire::AttributeCodes{}.set(255));
}

TEST_CASE("each command of a neighbor's family arrives") {
  const auto family = [](std::string_view line) { return neighbor(line).routes.families[kIpv4]; };
  CHECK(family(" neighbor 10.0.0.1 next-hop-self\n").next_hop_self);
  CHECK_FALSE(family(" neighbor 10.0.0.1 next-hop-self\n").next_hop_self_force);
  CHECK(family(" neighbor 10.0.0.1 next-hop-self force\n").next_hop_self_force);
  CHECK(family("").send_community);
  CHECK(family("").send_large_community);
  CHECK(family("").send_extended_community);
  CHECK_FALSE(family(" no neighbor 10.0.0.1 send-community large\n").send_large_community);
  CHECK_FALSE(family(" no neighbor 10.0.0.1 send-community both\n").send_extended_community);
  CHECK(family(" no neighbor 10.0.0.1 send-community both\n").send_large_community);
  CHECK(family(" neighbor 10.0.0.1 maximum-prefix 5 warning-only\n").maximum_prefix == 5);
  CHECK(family(" neighbor 10.0.0.1 maximum-prefix 5 warning-only\n").maximum_prefix_warning_only);
  CHECK(family(" neighbor 10.0.0.1 maximum-prefix 5\n").maximum_prefix_threshold == 75);
  CHECK(family(" neighbor 10.0.0.1 maximum-prefix 5\n").maximum_prefix_restart == std::nullopt);
  const auto limited = family(" neighbor 10.0.0.1 maximum-prefix 5 80 restart 3 force\n");
  CHECK(limited.maximum_prefix_threshold == 80);
  CHECK(limited.maximum_prefix_restart == std::chrono::minutes(3));
  CHECK(limited.maximum_prefix_force);
  CHECK(family(" neighbor 10.0.0.1 allowas-in\n").allowas_in == 3);
  CHECK(family("").allowas_in == 0);
  CHECK_FALSE(family("").allowas_in_origin);
  CHECK(family(" neighbor 10.0.0.1 allowas-in origin\n").allowas_in_origin);
  CHECK(family(" neighbor 10.0.0.1 allowas-in origin\n").allowas_in == 0);
  CHECK(family(" neighbor 10.0.0.1 weight 9\n").weight == 9);
  using Kind = rib::PathSelection::Kind;
  CHECK((family("").paths == rib::PathSelection{}));
  CHECK((family(" neighbor 10.0.0.1 addpath-tx-all-paths\n").paths == rib::PathSelection{Kind::All, 0}));
  CHECK((family(" neighbor 10.0.0.1 addpath-tx-bestpath-per-AS\n").paths ==
         rib::PathSelection{Kind::BestPerAs, 0}));
  CHECK((family(" neighbor 10.0.0.1 addpath-tx-all-paths\n neighbor 10.0.0.1 addpath-tx-best-selected 6\n")
             .paths == rib::PathSelection{Kind::BestSelected, 6}));
  CHECK_FALSE(family("").route_reflector_client);
}

TEST_CASE("several paths are taken from everybody, and sent to whom we are told to", "[rfc7911-4]") {
  const auto session = [](std::string_view line) { return neighbor(line).session; };
  CHECK(session("").add_path_receive == wire::FamilySet{kIpv4});
  CHECK(session("").add_path_send.empty());
  CHECK(session(" neighbor 10.0.0.1 disable-addpath-rx\n").add_path_receive.empty());
  CHECK(session(" neighbor 10.0.0.1 addpath-tx-all-paths\n").add_path_send == wire::FamilySet{kIpv4});
  // A family that is not exchanged offers nothing.
  const auto six = session(" address-family ipv6\n  neighbor 10.0.0.1 addpath-tx-all-paths\n");
  CHECK(six.add_path_send.empty());
  CHECK(session(" bgp default ipv6-unicast\n address-family ipv6\n  neighbor 10.0.0.1 disable-addpath-rx\n")
            .add_path_receive == wire::FamilySet{kIpv4});
  const Compiled group = compiled(
      "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 1\n neighbor 10.0.0.1 peer-group G\n"
      " neighbor G disable-addpath-rx\n neighbor G addpath-tx-best-selected 2\n"
      " neighbor G route-reflector-client\n");
  CHECK(group.neighbors[0].session.add_path_receive.empty());
  CHECK(group.neighbors[0].session.add_path_send == wire::FamilySet{kIpv4});
  CHECK(group.neighbors[0].routes.families[kIpv4].route_reflector_client);
  CHECK_FALSE(group.neighbors[0].routes.families[kIpv6].route_reflector_client);
}

TEST_CASE("aggregates and default routes arrive") {
  const Compiled all = compiled(
      "router bgp 1\n aggregate-address 10.0.0.0/8 summary-only route-map M\n neighbor G peer-group\n"
      " neighbor G remote-as 2\n neighbor 10.0.0.1 peer-group G\n neighbor G default-originate route-map M\n"
      " address-family ipv6\n  aggregate-address fd00::/8 origin igp\n neighbor 10.0.0.1 "
      "default-originate\n");
  CHECK((all.global.aggregates[kIpv4] ==
         std::vector{rib::Aggregate{*wire::parse_prefix("10.0.0.0/8"), true, "M", std::nullopt}}));
  CHECK((all.global.aggregates[kIpv6] ==
         std::vector{rib::Aggregate{*wire::parse_prefix("fd00::/8"), false, "", wire::Origin::Igp}}));
  const auto& families = all.neighbors.at(0).routes.families;
  CHECK(families[kIpv4].default_originate);
  CHECK(families[kIpv4].default_route_map == "M");
  CHECK(families[kIpv6].default_originate);
  CHECK(families[kIpv6].default_route_map.empty());
}

TEST_CASE("each family has its own number of paths, and paths may be compared otherwise") {
  const rib::GlobalSettings global =
      compiled(
          "router bgp 1\n bgp bestpath as-path ignore\n bgp bestpath as-path confed\n"
          " bgp bestpath peer-type multipath-relax\n maximum-paths 4\n address-family ipv6\n"
          "  maximum-paths 8\n  maximum-paths ibgp 5 equal-cluster-length\n")
          .global;
  CHECK(global.ignore_as_path);
  CHECK(global.count_confederations);
  CHECK(global.peer_type_relax);
  CHECK(global.maximum_paths[kIpv4].ebgp == 4);
  CHECK_FALSE(global.maximum_paths[kIpv4].equal_cluster_length);
  CHECK((global.maximum_paths[kIpv6] == rib::MaximumPaths{8, 5, true}));
}

TEST_CASE("the router's own settings arrive") {
  const rib::GlobalSettings global =
      compiled(
          "router bgp 65001\n bgp router-id 1.2.3.4\n bgp default local-preference 7\n bgp "
          "always-compare-med\n"
          " bgp deterministic-med\n bgp bestpath as-path multipath-relax\n bgp bestpath compare-routerid\n"
          " bgp bestpath med missing-as-worst\n bgp bestpath aigp\n maximum-paths 3\n maximum-paths ibgp 2\n"
          " network 10.0.0.0/8\n address-family ipv6\n  network fd00::/8\n")
          .global;
  CHECK(global.local_as == wire::AsNumber(65001));
  CHECK(global.router_id == *wire::parse_router_id("1.2.3.4"));
  CHECK(global.default_local_pref == 7);
  CHECK(global.always_compare_med);
  CHECK(global.deterministic_med);
  CHECK(global.multipath_relax);
  CHECK(global.compare_router_id);
  CHECK(global.med_missing_as_worst);
  CHECK(global.compare_aigp);
  CHECK_FALSE(global.peer_type_relax);
  CHECK_FALSE(global.ignore_as_path);
  CHECK_FALSE(global.count_confederations);
  CHECK((global.maximum_paths[kIpv4] == rib::MaximumPaths{3, 2, false}));
  CHECK((global.maximum_paths[kIpv6] == rib::MaximumPaths{}));
  CHECK_FALSE(global.cluster_id);
  CHECK(global.client_to_client_reflection);
  CHECK_FALSE(global.reflect_with_policy);
  REQUIRE(global.networks[kIpv4].size() == 1);
  REQUIRE(global.networks[kIpv6].size() == 1);
  CHECK(wire::to_string(global.networks[kIpv6][0].prefix) == "fd00::/8");
}

TEST_CASE("a reflector's settings arrive", "[rfc4456-7]") {
  const rib::GlobalSettings global =
      compiled(
          "router bgp 65001\n bgp router-id 1.2.3.4\n bgp cluster-id 9\n"
          " no bgp client-to-client reflection\n bgp route-reflector allow-outbound-policy\n")
          .global;
  CHECK(global.cluster_id == wire::RouterId(9));
  CHECK(global.cluster() == wire::RouterId(9));
  CHECK_FALSE(global.client_to_client_reflection);
  CHECK(global.reflect_with_policy);
  CHECK(compiled("router bgp 65001\n bgp router-id 1.2.3.4\n").global.cluster() ==
        *wire::parse_router_id("1.2.3.4"));
}

TEST_CASE("filters, what they name and how maps go on arrive") {
  const Compiled all = compiled(
      "access-list 110 deny ip 10.1.2.3 0.0.255.255 host 255.255.255.0\nipv6 access-list A permit any\n"
      "bgp as-path access-list P seq 0 permit _2$\nbgp community alias 1:1 x\n"
      "bgp extcommunity-list expanded E permit RT:1:.*\nrouter bgp 65001\n neighbor G peer-group\n"
      " neighbor G remote-as 2\n neighbor 10.0.0.1 peer-group G\n neighbor G distribute-list 110 in\n"
      " neighbor G filter-list P out\n neighbor G unsuppress-map M\n"
      " neighbor G attribute-unchanged next-hop\n aggregate-address 10.0.0.0/8 matching-MED-only "
      "suppress-map M\n"
      "route-map M permit 10\n call N\n on-match next\nroute-map M permit 20\n continue 40\n"
      "route-map M permit 30\n");
  const rib::PeerSettings& peer = all.neighbors.at(0).routes;
  CHECK(peer.peer_group == "G");
  const rib::FamilySettings& family = peer.families[kIpv4];
  CHECK(family.distribute_list_in == "110");
  CHECK(family.filter_list_out == "P");
  CHECK(family.unsuppress_map == "M");
  CHECK((family.unchanged == rib::AttributeUnchanged{false, true, false}));
  CHECK(peer.families[kIpv6].distribute_list_in.empty());
  CHECK(all.global.aggregates[kIpv4].at(0).matching_med_only);
  CHECK(all.global.aggregates[kIpv4].at(0).suppress_map == "M");
  const rib::Policies& policies = all.policies;
  CHECK((policies.access_lists[kIpv4].at("110").entries.at(5).what ==
         std::variant<rib::AccessPrefix, rib::AccessWildcard>(
             rib::AccessWildcard{{0x0a010000, 0xffff}, rib::Wildcard{0xffffff00, 0}})));
  CHECK(policies.access_lists[kIpv6].contains("A"));
  CHECK(policies.as_path_lists.at("P").at(0).expression.text() == "_2$");
  CHECK(policies.ext_community_lists.at("E").at(5).expression.text() == "RT:1:.*");
  CHECK(policies.aliases.communities.at(*wire::parse_community("1:1")) == "x");
  CHECK(policies.local_as == wire::AsNumber(65001));
  const rib::RouteMap& map = policies.route_maps.at("M");
  CHECK(map.at(10).call == "N");
  CHECK(map.at(10).on_match == 11U);
  CHECK(map.at(20).on_match == 40U);
  CHECK_FALSE(map.at(30).on_match);
}

TEST_CASE("route maps keep their clauses in order") {
  const Compiled all = compiled(
      "route-map M permit 20\n set weight 1\nroute-map M deny 10\n description d\n match origin egp\n"
      " match metric 5\n set metric -3\n set community none\n");
  const rib::RouteMap& map = all.policies.route_maps.at("M");
  REQUIRE(map.size() == 2);
  const rib::RouteMapEntry& first = map.begin()->second;
  CHECK(first.seq == 10);
  CHECK(first.action == rib::Permit::Deny);
  CHECK(first.description == "d");
  CHECK(first.matches == std::vector<rib::Match>{rib::MatchOrigin{wire::Origin::Egp}, rib::MatchMetric{5}});
  CHECK(first.sets ==
        std::vector<rib::Set>{rib::SetMetric{rib::SetMetric::Kind::Subtract, 3}, rib::SetCommunity{}});
}

TEST_CASE("what a neighbor does with AS numbers arrives") {
  const Neighbor plain = neighbor("");
  CHECK(plain.session.local_as == wire::AsNumber(65001));
  CHECK(plain.routes.local_as == wire::AsNumber(65001));
  const Neighbor other = neighbor(" neighbor 10.0.0.1 local-as 65009 no-prepend replace-as\n");
  CHECK(other.session.local_as == wire::AsNumber(65009));
  CHECK(other.routes.local_as == wire::AsNumber(65009));
  CHECK(other.routes.local_as_no_prepend);
  CHECK(other.routes.local_as_replace_as);
  const Neighbor ways = neighbor(
      " neighbor 10.0.0.1 sender-as-path-loop-detection\n neighbor 10.0.0.1 advertisement-interval 7\n"
      " address-family ipv4 unicast\n neighbor 10.0.0.1 as-override\n"
      " neighbor 10.0.0.1 remove-private-AS all\n neighbor 10.0.0.1 maximum-prefix-out 9\n"
      " neighbor 10.0.0.1 route-server-client\n neighbor 10.0.0.1 soo 65000:7\n");
  CHECK(ways.routes.avoid_peer_as);
  CHECK(ways.advertisement_interval == std::chrono::seconds(7));
  const rib::FamilySettings& family = ways.routes.families[kIpv4];
  CHECK(family.as_override);
  CHECK(family.remove_private_as == rib::PrivateAs{true, false});
  CHECK(family.maximum_prefix_out == 9U);
  CHECK(family.route_server_client);
  CHECK(family.site_of_origin == wire::parse_ext_community("soo:65000:7"));
  CHECK_FALSE(ways.routes.families[kIpv6].as_override);
}

TEST_CASE("bgp shutdown is for every neighbor that says nothing of its own") {
  const Neighbor down = neighbor(" bgp shutdown message night\n");
  CHECK(down.session.shutdown);
  CHECK(down.session.shutdown_message == "night");
  CHECK(neighbor(" bgp shutdown message night\n neighbor 10.0.0.1 shutdown message mine\n")
            .session.shutdown_message == "mine");
}

TEST_CASE("what a pool puts on its routes, and whom it is for") {
  const Compiled all = compiled(
      "router bgp 65001\n neighbor R peer-group\n neighbor 10.0.0.1 remote-as 65002\n"
      " neighbor 10.0.0.1 peer-group R\n"
      "vip-pool P\n prefix 10.8.0.0/24\n no allow-first-last\n local-preference 200\n metric 5\n prepend 2\n"
      " selector app in web api\n advertise-to R\n advertise-to 10.0.0.1\n");
  const rib::VipPool& pool = all.pools.at(0);
  CHECK(pool.local_preference == 200U);
  CHECK(pool.metric == 5U);
  CHECK(pool.prepend == 2);
  CHECK(pool.advertise_to == std::vector<std::string>{"10.0.0.1", "R"});
  CHECK(pool.selectors ==
        std::vector<rib::LabelSelector>{{"app", rib::LabelSelector::Operator::In, {"api", "web"}}});
  CHECK(wire::to_string(pool.ranges.at(0).first) == "10.8.0.1");
  CHECK(wire::to_string(pool.ranges.at(0).last) == "10.8.0.254");
  CHECK(all.neighbors.at(0).routes.peer_group == "R");
}

TEST_CASE("first and last addresses go only where there are others") {
  const auto ends = [](std::string_view prefix) {
    const rib::AddressRange range =
        compiled(fmt::format("vip-pool P\n prefix {}\n no allow-first-last\n", prefix)).pools[0].ranges[0];
    return wire::to_string(range.first) + " " + wire::to_string(range.last);
  };
  CHECK(ends("10.0.0.4/30") == "10.0.0.5 10.0.0.6");
  CHECK(ends("10.0.0.4/31") == "10.0.0.4 10.0.0.5");
  CHECK(ends("10.0.0.4/32") == "10.0.0.4 10.0.0.4");
  CHECK(ends("fd00::/64") == "fd00::1 fd00::ffff:ffff:ffff:fffe");
}

TEST_CASE("a pool's prefixes become ranges of their whole width") {
  const auto last = [](std::string_view prefix) {
    return wire::to_string(compiled(fmt::format("vip-pool P\n prefix {}\n", prefix)).pools[0].ranges[0].last);
  };
  CHECK(last("10.0.0.0/24") == "10.0.0.255");
  CHECK(last("10.0.0.4/30") == "10.0.0.7");
  CHECK(last("10.0.0.1/32") == "10.0.0.1");
  CHECK(last("0.0.0.0/0") == "255.255.255.255");
  CHECK(last("fd00::/120") == "fd00::ff");
  CHECK(last("fd00::8/125") == "fd00::f");
}
