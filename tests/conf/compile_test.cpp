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
  CHECK_FALSE(traditional.neighbors[0].session.graceful_restart.enabled);
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

  const auto next_hop = neighbor(" neighbor 10.0.0.1 next-hop ipv6 fd00::7\n").routes.next_hop;
  CHECK(next_hop[kIpv6] == wire::parse_address("fd00::7"));
  CHECK_FALSE(next_hop[kIpv4].has_value());
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
  CHECK(family(" neighbor 10.0.0.1 allowas-in\n").allowas_in == 3);
  CHECK(family("").allowas_in == 0);
  CHECK_FALSE(family("").allowas_in_origin);
  CHECK(family(" neighbor 10.0.0.1 allowas-in origin\n").allowas_in_origin);
  CHECK(family(" neighbor 10.0.0.1 allowas-in origin\n").allowas_in == 0);
  CHECK(family(" neighbor 10.0.0.1 weight 9\n").weight == 9);
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
  CHECK(global.maximum_paths_ebgp == 3);
  CHECK(global.maximum_paths_ibgp == 2);
  REQUIRE(global.networks[kIpv4].size() == 1);
  REQUIRE(global.networks[kIpv6].size() == 1);
  CHECK(wire::to_string(global.networks[kIpv6][0].prefix) == "fd00::/8");
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
