// SPDX-License-Identifier: Apache-2.0
// What leaves to whom, and how it looks then.
#include "rib/export_rules.hpp"

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

ExportKey to_ebgp() {
  return make_export_key(global(), peer_settings(1), ebgp(1), Family::Ipv4Unicast);
}
ExportKey to_ibgp() {
  return make_export_key(global(), peer_settings(1), ibgp(1), Family::Ipv4Unicast);
}

wire::PathAttributes transit() {
  wire::PathAttributes a = received_attributes({AS(65001), AS(65009)});
  a.next_hop = {A("10.0.0.1"), {}};
  a.med = 30;
  return a;
}

std::optional<wire::PathAttributes> send(const ExportKey& key, const PathSource& source,
                                         wire::PathAttributes a, const Policy& policy = {}) {
  const PolicyContext route{P("10.8.0.1/32"), std::nullopt};
  const auto out = export_path(key, policy, 100, source, route, {std::move(a), 7});
  if (!out) return std::nullopt;
  CHECK(out->weight == 0);
  return out->path;
}

std::optional<wire::PathAttributes> send(const ExportKey& key, SourceKind source, wire::PathAttributes a,
                                         const Policy& policy = {}) {
  return send(key, PathSource{source, {}}, std::move(a), policy);
}

Policy setting(Set set) {
  Policies all;
  all.route_maps["map"][10] = {10, Permit::Permit, "", {}, {std::move(set)}};
  return {all, Family::Ipv4Unicast, "", "map"};
}

}  // namespace

TEST_CASE("towards external peers our AS goes in front and internal attributes stay",
          "[rfc4271-5.1.2][rfc4456-8][rfc7311-3.3][export]") {
  wire::PathAttributes a = transit();
  a.local_pref = 200;
  a.originator_id = wire::RouterId(1);
  a.cluster_list = {wire::RouterId(2)};
  a.aigp = 5;
  const auto out = send(to_ebgp(), SourceKind::Ibgp, a);
  REQUIRE(out);
  CHECK(wire::to_string(out->as_path) == "64512 65001 65009");
  CHECK_FALSE(out->local_pref);
  CHECK_FALSE(out->originator_id);
  CHECK(out->cluster_list.empty());
  CHECK_FALSE(out->aigp);
}

TEST_CASE("towards internal peers the AS path stays and LOCAL_PREF is always there",
          "[rfc4271-5.1.5][export]") {
  const auto out = send(to_ibgp(), SourceKind::Ebgp, transit());
  REQUIRE(out);
  CHECK(wire::to_string(out->as_path) == "65001 65009");
  CHECK(out->local_pref == 100U);
  wire::PathAttributes preferred = own_attributes();
  preferred.local_pref = 150;
  CHECK(send(to_ibgp(), SourceKind::Local, preferred)->local_pref == 150U);
}

TEST_CASE("internal routes do not go to internal peers", "[rfc4271-9.2][export]") {
  CHECK_FALSE(send(to_ibgp(), SourceKind::Ibgp, transit()));
  CHECK(send(to_ibgp(), SourceKind::Ebgp, transit()));
  CHECK(send(to_ebgp(), SourceKind::Ibgp, transit()));
}

// RFC 4456 §6: from a client to everybody, from others to clients.
TEST_CASE("what is told to whom: the reflection matrix", "[rfc4456-6][export]") {
  const ExportKey external = to_ebgp();
  const ExportKey non_client = to_ibgp();
  ExportKey client = to_ibgp();
  client.client = true;
  struct Row {
    SourceKind source;
    bool to_external, to_non_client, to_client;
  };
  for (const Row& row :
       {Row{SourceKind::Local, true, true, true}, Row{SourceKind::Ebgp, true, true, true},
        Row{SourceKind::Ibgp, true, false, true}, Row{SourceKind::Client, true, true, true}}) {
    CHECK(send(external, row.source, transit()).has_value() == row.to_external);
    CHECK(send(non_client, row.source, transit()).has_value() == row.to_non_client);
    CHECK(send(client, row.source, transit()).has_value() == row.to_client);
  }
  // Clients that are fully meshed tell each other themselves.
  client.client_to_client = false;
  CHECK_FALSE(send(client, SourceKind::Client, transit()));
  CHECK(send(client, SourceKind::Ibgp, transit()));
  CHECK(send(non_client, SourceKind::Client, transit()));
}

TEST_CASE("a reflected path gets ORIGINATOR_ID and our cluster, and is otherwise as it came",
          "[rfc4456-8][rfc4456-10][export]") {
  ExportKey client = to_ibgp();
  client.client = true;
  client.cluster_id = wire::RouterId(77);
  wire::PathAttributes a = transit();
  a.local_pref = 150;
  const PathSource source{SourceKind::Ibgp, wire::RouterId(5)};
  wire::PathAttributes expected = a;
  expected.originator_id = wire::RouterId(5);
  expected.cluster_list = {wire::RouterId(77)};
  CHECK((send(client, source, a) == expected));
  SECTION("who reflected before stays in it") {
    a.originator_id = wire::RouterId(9);
    a.cluster_list = {wire::RouterId(70), wire::RouterId(71)};
    const auto out = send(client, source, a);
    CHECK(out->originator_id == wire::RouterId(9));
    CHECK(out->cluster_list == std::vector{wire::RouterId(77), wire::RouterId(70), wire::RouterId(71)});
  }
  SECTION("next-hop-self is for what comes from outside, unless it is forced") {
    client.next_hop_self = true;
    CHECK((send(client, source, a) == expected));
    CHECK((send(client, SourceKind::Ebgp, a)->next_hop == wire::NextHop{}));
    client.next_hop_self_force = true;
    CHECK((send(client, source, a)->next_hop == wire::NextHop{}));
  }
  SECTION("an outbound policy may hold it back, but changes it only if that is allowed") {
    const Policy louder = setting(SetLocalPreference{500});
    CHECK((send(client, source, a, louder) == expected));
    client.reflect_with_policy = true;
    CHECK(send(client, source, a, louder)->local_pref == 500U);
    CHECK(send(client, SourceKind::Ebgp, a, louder)->local_pref == 500U);
    client.reflect_with_policy = false;
    CHECK_FALSE(send(client, source, a, Policy({}, Family::Ipv4Unicast, "", "absent")));
  }
  SECTION("what we do not reflect gets neither") {
    const auto out = send(client, SourceKind::Ebgp, a);
    CHECK_FALSE(out->originator_id);
    CHECK(out->cluster_list.empty());
  }
}

TEST_CASE("a received MED stays in our AS, our own leaves", "[rfc4271-5.1.4][export]") {
  CHECK_FALSE(send(to_ebgp(), SourceKind::Ebgp, transit())->med);
  CHECK(send(to_ibgp(), SourceKind::Ebgp, transit())->med == 30U);
  // It is not what we add to, but may be asked about.
  const Policy louder = setting(SetMetric{SetMetric::Kind::Add, 1});
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit(), louder)->med == 1U);
  CHECK(send(to_ibgp(), SourceKind::Ebgp, transit(), louder)->med == 31U);
  Policies all;
  all.route_maps["map"][10] = {10, Permit::Permit, "", {MatchMetric{30}}, {}};
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit(), {all, Family::Ipv4Unicast, "", "map"}));
  wire::PathAttributes own = own_attributes();
  own.med = 4;
  CHECK(send(to_ebgp(), SourceKind::Local, own)->med == 4U);
  CHECK(send(to_ebgp(), SourceKind::Local, own, louder)->med == 5U);
}

TEST_CASE("next hop: ourselves, the external one, or what somebody set", "[rfc4271-5.1.3][export]") {
  const wire::IpAddress ours{};
  CHECK(send(to_ebgp(), SourceKind::Local, own_attributes())->next_hop.address == ours);
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit())->next_hop.address == ours);
  CHECK(send(to_ibgp(), SourceKind::Ebgp, transit())->next_hop.address == A("10.0.0.1"));
  ExportKey self = to_ibgp();
  self.next_hop_self = true;
  CHECK(send(self, SourceKind::Ebgp, transit())->next_hop.address == ours);
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit(), setting(SetNextHop{A("10.0.0.9")}))->next_hop.address ==
        A("10.0.0.9"));
  wire::PathAttributes own = own_attributes();
  own.next_hop.address = A("10.0.0.8");
  CHECK(send(to_ebgp(), SourceKind::Local, own)->next_hop.address == A("10.0.0.8"));
}

TEST_CASE("a policy sees the next hop that a path came with, and may keep it", "[rfc4271-5.1.3][export]") {
  using Kind = SetNextHop::Kind;
  Policies all;
  all.route_maps["map"][10] = {10, Permit::Permit, "", {MatchNextHop{A("10.0.0.1")}}, {}};
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit(), {all, Family::Ipv4Unicast, "", "map"}));
  const wire::IpAddress v4 = wire::IpAddress::v4(0);
  CHECK(send(to_ebgp(), SourceKind::Ebgp, transit(), setting(SetNextHop{v4, Kind::Unchanged}))
            ->next_hop.address == A("10.0.0.1"));
  // A link-local one besides the global one leaves only if a policy has put it there.
  ExportKey six = to_ibgp();
  six.family = Family::Ipv6Unicast;
  wire::PathAttributes a = transit();
  a.next_hop = {A("2001:db8::1"), A("fe80::1")};
  Policies local;
  local.route_maps["map"][10] = {10, Permit::Permit, "", {}, {SetNextHop{A("fe80::9"), Kind::LinkLocal}}};
  const Policy policy(local, Family::Ipv6Unicast, "", "map");
  const auto out =
      export_path(six, policy, 100, {SourceKind::Ebgp, {}}, {P("2001:db8:1::/48"), A("2001:db8::7")}, {a, 0});
  REQUIRE(out);
  CHECK((out->path.next_hop == wire::NextHop{A("2001:db8::1"), A("fe80::9")}));
}

TEST_CASE("attribute-unchanged: what an external peer gets as we have it", "[export]") {
  ExportKey key = to_ebgp();
  key.unchanged = {true, true, true};
  const auto out = send(key, SourceKind::Ebgp, transit());
  REQUIRE(out);
  CHECK(wire::to_string(out->as_path) == "65001 65009");
  CHECK(out->next_hop.address == A("10.0.0.1"));
  CHECK(out->med == 30U);
  // An empty path cannot stay so: the peer would take it for its own AS's.
  CHECK(wire::to_string(send(key, SourceKind::Local, own_attributes())->as_path) == "64512");
}

TEST_CASE("ORIGINATOR_ID goes out on what is reflected, whoever has set it", "[rfc4456-8][export]") {
  const Policy policy = setting(SetOriginatorId{wire::RouterId(9)});
  CHECK_FALSE(send(to_ibgp(), SourceKind::Ebgp, transit(), policy)->originator_id);
  CHECK_FALSE(send(to_ibgp(), SourceKind::Local, own_attributes(), policy)->originator_id);
  ExportKey client = to_ibgp();
  client.client = client.reflect_with_policy = true;
  CHECK(send(client, SourceKind::Ibgp, transit(), policy)->originator_id == wire::RouterId(9));
}

TEST_CASE("a tag is our own affair", "[export]") {
  RouteAttributes tagged{transit(), 0, 7};
  const auto out = export_path(to_ebgp(), Policy{}, 100, {SourceKind::Ebgp, {}},
                               {P("10.8.0.1/32"), A("10.0.0.1")}, tagged);
  REQUIRE(out);
  CHECK(out->tag == 0);
}

TEST_CASE("a next hop of the other family needs the extended next hop capability", "[rfc8950-4][export]") {
  wire::PathAttributes own = own_attributes();
  own.next_hop.address = A("2001:db8::8");
  CHECK_FALSE(send(to_ebgp(), SourceKind::Local, own));
  ExportKey extended = to_ebgp();
  extended.extended_next_hop = true;
  CHECK(send(extended, SourceKind::Local, own));
  ExportKey six = to_ebgp();
  six.family = Family::Ipv6Unicast;
  own.next_hop.address = A("10.0.0.8");
  CHECK_FALSE(send(six, SourceKind::Local, own));
}

TEST_CASE("a link-local next hop does not leave its link", "[rfc2545-3][export]") {
  ExportKey six = to_ibgp();
  six.family = Family::Ipv6Unicast;
  wire::PathAttributes a = transit();
  a.next_hop = {A("2001:db8::1"), A("fe80::1")};
  CHECK((send(six, SourceKind::Ebgp, a)->next_hop == wire::NextHop{A("2001:db8::1"), {}}));
  a.next_hop = {A("fe80::1"), {}};
  CHECK((send(six, SourceKind::Ebgp, a)->next_hop == wire::NextHop{}));
}

TEST_CASE("well-known communities of received routes bind us", "[rfc1997][export]") {
  struct Row {
    wire::Community community;
    bool external, internal;
  };
  for (const Row& row : {Row{wire::kNoExport, false, true}, Row{wire::kNoExportSubconfed, false, true},
                         Row{wire::kNoAdvertise, false, false}, Row{wire::kNoPeer, true, true}}) {
    wire::PathAttributes a = transit();
    a.communities = {row.community};
    CHECK(send(to_ebgp(), SourceKind::Ebgp, a).has_value() == row.external);
    CHECK(send(to_ibgp(), SourceKind::Ebgp, a).has_value() == row.internal);
    // On our own routes they speak to the neighbor.
    wire::PathAttributes own = own_attributes();
    own.communities = {row.community};
    CHECK(send(to_ebgp(), SourceKind::Local, own)->communities.contains(row.community));
  }
}

TEST_CASE("communities leave as configured", "[rfc4360-6][export]") {
  wire::PathAttributes own = own_attributes();
  own.communities = {C("1:1")};
  own.large_communities = {{1, 2, 3}};
  own.ext_communities = {wire::ExtCommunity{{0x00, 2, 0, 0, 0, 0, 0, 1}},
                         wire::ExtCommunity{{0x40, 2, 0, 0, 0, 0, 0, 1}}};
  ExportKey key = to_ebgp();
  auto out = send(key, SourceKind::Local, own);
  CHECK(out->communities.size() == 1);
  CHECK(out->large_communities.size() == 1);
  CHECK(out->ext_communities.size() == 1);  // RFC 4360 §6: the non-transitive one stays
  key.send_community = key.send_large_community = key.send_extended_community = false;
  out = send(key, SourceKind::Local, own);
  CHECK(out->communities.empty());
  CHECK(out->large_communities.empty());
  CHECK(out->ext_communities.empty());
}

TEST_CASE("unknown attributes: transitive ones go on with Partial, others end here", "[rfc4271-5][export]") {
  wire::PathAttributes a = transit();
  a.unknown = {{0xc0, 99, {1}}, {0x80, 100, {2}}};
  const auto out = send(to_ebgp(), SourceKind::Ebgp, a);
  REQUIRE(out->unknown.size() == 1);
  CHECK(out->unknown[0].type == 99);
  CHECK(out->unknown[0].flags == 0xe0);
  // To internal peers, and where we only reflect, it is the same.
  ExportKey client = to_ibgp();
  client.client = true;
  CHECK(send(to_ibgp(), SourceKind::Ebgp, a)->unknown == out->unknown);
  CHECK(send(client, SourceKind::Ibgp, a)->unknown == out->unknown);
}

TEST_CASE("what others aggregated is passed on, and what is partial stays so", "[rfc4271-5][export]") {
  wire::PathAttributes a = transit();
  a.atomic_aggregate = true;
  a.aggregator = wire::Aggregator{AS(65009), wire::RouterId(9)};
  a.communities = {C("1:1")};
  a.partial.insert(7);
  a.partial.insert(8);
  ExportKey client = to_ibgp();
  client.client = true;
  for (const ExportKey& key : {to_ebgp(), to_ibgp(), client}) {
    const auto out = send(key, key.client ? SourceKind::Ibgp : SourceKind::Ebgp, a);
    REQUIRE(out);
    CHECK(out->atomic_aggregate);
    CHECK(out->aggregator == a.aggregator);
    CHECK(out->partial == a.partial);
  }
  client.send_community = false;
  const auto out = send(client, SourceKind::Ibgp, a);
  CHECK(out->partial.contains(7));
  CHECK_FALSE(out->partial.contains(8));
}

TEST_CASE("without an outbound policy an external peer gets own routes only", "[rfc8212-2][export]") {
  ExportKey key = to_ebgp();
  key.ebgp_requires_policy = true;
  CHECK(send(key, SourceKind::Local, own_attributes()));
  CHECK_FALSE(send(key, SourceKind::Ebgp, transit()));
  CHECK(send(key, SourceKind::Ebgp, transit(), setting(SetWeight{1})));
  key.ibgp = true;
  CHECK(send(key, SourceKind::Ebgp, transit()));
}

TEST_CASE("as-path prepend stands behind our own AS", "[export]") {
  const auto out =
      send(to_ebgp(), SourceKind::Local, own_attributes(), setting(SetAsPathPrepend{{AS(64512), AS(7)}}));
  CHECK(wire::to_string(out->as_path) == "64512 64512 7");
}

}  // namespace lbgp::rib::test
