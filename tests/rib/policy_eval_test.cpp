// SPDX-License-Identifier: Apache-2.0
// Prefix lists, community lists and route maps, clause by clause.
#include "rib/policy_eval.hpp"

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr auto kPermit = Permit::Permit;
constexpr auto kDeny = Permit::Deny;

PrefixList one_entry(PrefixListEntry entry) {
  return {"", {{entry.seq, entry}}};
}

// A policy of a single route map.
Policy policy_of(RouteMap map, Policies all = {}) {
  all.route_maps["map"] = std::move(map);
  return {all, Family::Ipv4Unicast, "", "map"};
}

std::optional<RouteAttributes> run(const Policy& policy, RouteAttributes attributes = {own_attributes(), 0},
                                   std::string_view prefix = "10.8.0.1/32",
                                   std::optional<wire::IpAddress> source = std::nullopt) {
  PolicyEffects effects;
  if (!policy.apply({P(prefix), source}, attributes, effects)) return std::nullopt;
  return attributes;
}

RouteAttributes after(const Set& set, RouteAttributes before = {own_attributes(), 0}) {
  const auto result = run(policy_of({{10, {10, kPermit, "", {}, {set}}}}), std::move(before));
  REQUIRE(result);
  return *result;
}

bool holds(const Match& match, const RouteAttributes& attributes = {own_attributes(), 0}, Policies all = {},
           std::string_view prefix = "10.8.0.1/32", std::optional<wire::IpAddress> source = std::nullopt) {
  return run(policy_of({{10, {10, kPermit, "", {match}, {}}}}, std::move(all)), attributes, prefix, source)
      .has_value();
}

}  // namespace

TEST_CASE("a prefix list entry covers the lengths that FRR means", "[policy][prefix-list]") {
  struct Row {
    std::optional<std::uint8_t> ge, le;
    std::vector<unsigned> lengths;  // of 16, 17, 24, 25, 31, 32
  };
  const std::vector<Row> rows{
      {{}, {}, {16}}, {24, {}, {24, 25, 31, 32}}, {{}, 24, {16, 17, 24}}, {24, 31, {24, 25, 31}},
      {32, {}, {32}},
  };
  for (const Row& row : rows)
    for (const unsigned length : {16U, 17U, 24U, 25U, 31U, 32U}) {
      const PrefixList list = one_entry({5, kPermit, P("10.8.0.0/16"), row.ge, row.le});
      const bool expected = std::find(row.lengths.begin(), row.lengths.end(), length) != row.lengths.end();
      INFO("length " << length);
      CHECK(permits(list, wire::Prefix(A("10.8.0.0"), length)) == expected);
      CHECK_FALSE(permits(list, wire::Prefix(A("10.9.0.0"), length)));
    }
}

TEST_CASE("the first match of a prefix list decides and none denies", "[policy][prefix-list]") {
  PrefixList list;
  list.entries[5] = {5, kDeny, P("10.8.1.0/24"), {}, std::uint8_t{32}};
  list.entries[10] = {10, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}};
  CHECK_FALSE(permits(list, P("10.8.1.7/32")));
  CHECK(permits(list, P("10.8.2.7/32")));
  CHECK_FALSE(permits(list, P("10.9.0.0/16")));
}

TEST_CASE("any is every prefix of its family", "[policy][prefix-list]") {
  CHECK(permits(one_entry({5, kPermit, P("0.0.0.0/0"), {}, std::uint8_t{32}}), P("1.2.3.4/32")));
  CHECK(permits(one_entry({5, kPermit, P("::/0"), {}, std::uint8_t{128}}), P("2001:db8::1/128")));
  CHECK_FALSE(permits(one_entry({5, kPermit, P("0.0.0.0/0"), {}, std::uint8_t{32}}), P("2001:db8::1/128")));
}

TEST_CASE("a named list that does not exist denies everything", "[policy]") {
  CHECK_FALSE(run(Policy({}, Family::Ipv4Unicast, "nowhere", "")));
  CHECK_FALSE(run(Policy({}, Family::Ipv4Unicast, "", "nowhere")));
  CHECK(run(Policy({}, Family::Ipv4Unicast, "", "")));
}

TEST_CASE("naming a policy is what counts as having one", "[rfc8212-2][policy]") {
  CHECK_FALSE(Policy({}, Family::Ipv4Unicast, "", "").configured());
  CHECK(Policy({}, Family::Ipv4Unicast, "nowhere", "").configured());
  CHECK(Policy({}, Family::Ipv4Unicast, "", "nowhere").configured());
}

TEST_CASE("a community list entry wants all of its members, exact wants nothing else", "[policy]") {
  const CommunityList list{{5, {5, kPermit, {C("1:1"), C("1:2")}}}};
  CHECK(matches(list, {C("1:1"), C("1:2"), C("1:3")}, false));
  CHECK_FALSE(matches(list, {C("1:1")}, false));
  CHECK(matches(list, {C("1:1"), C("1:2")}, true));
  CHECK_FALSE(matches(list, {C("1:1"), C("1:2"), C("1:3")}, true));
}

TEST_CASE("a denying community list entry ends the search", "[policy]") {
  const CommunityList list{{5, {5, kDeny, {C("1:1")}}}, {10, {10, kPermit, {C("1:2")}}}};
  CHECK_FALSE(matches(list, {C("1:1"), C("1:2")}, false));
  CHECK(matches(list, {C("1:2")}, false));
}

TEST_CASE("route map entries are tried in order until one holds", "[policy][route-map]") {
  RouteMap map;
  map[10] = {10, kDeny, "", {MatchMetric{7}}, {}};
  map[20] = {20, kPermit, "", {MatchOrigin{wire::Origin::Igp}, MatchMetric{8}}, {SetLocalPreference{1}}};
  map[30] = {30, kPermit, "", {MatchOrigin{wire::Origin::Igp}}, {SetLocalPreference{2}}};
  const Policy policy = policy_of(map);
  RouteAttributes attributes{own_attributes(), 0};
  attributes.path.med = 7;
  CHECK_FALSE(run(policy, attributes));
  attributes.path.med = 8;
  CHECK(run(policy, attributes)->path.local_pref == 1U);
  attributes.path.med = 9;
  CHECK(run(policy, attributes)->path.local_pref == 2U);
  attributes.path.origin = wire::Origin::Egp;
  CHECK_FALSE(run(policy, attributes));
}

TEST_CASE("match clauses", "[policy][route-map]") {
  RouteAttributes a{own_attributes(), 0};
  a.path.local_pref = 5;
  a.path.large_communities = {{1, 2, 3}};
  Policies all;
  all.prefix_lists[Family::Ipv4Unicast]["list"] =
      one_entry({5, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}});
  all.large_community_lists["list"][5] = {5, kPermit, {{1, 2, 3}}};
  CHECK(holds(MatchPrefixList{Family::Ipv4Unicast, "list"}, a, all));
  CHECK_FALSE(holds(MatchPrefixList{Family::Ipv6Unicast, "list"}, a, all));
  CHECK_FALSE(holds(MatchPrefixList{Family::Ipv4Unicast, "nowhere"}, a, all));
  CHECK(holds(MatchLargeCommunity{"list", true}, a, all));
  CHECK_FALSE(holds(MatchCommunity{"list", false}, a, all));
  CHECK(holds(MatchLocalPreference{5}, a));
  CHECK_FALSE(holds(MatchLocalPreference{6}, a));
}

TEST_CASE("match peer asks where a route came from", "[policy][route-map]") {
  const RouteAttributes a{own_attributes(), 0};
  CHECK(holds(MatchPeer{}, a));
  CHECK_FALSE(holds(MatchPeer{}, a, {}, "10.8.0.1/32", A("10.0.0.1")));
  CHECK(holds(MatchPeer{A("10.0.0.1")}, a, {}, "10.8.0.1/32", A("10.0.0.1")));
  CHECK_FALSE(holds(MatchPeer{A("10.0.0.1")}, a, {}, "10.8.0.1/32", A("10.0.0.2")));
}

TEST_CASE("set community replaces, adds or clears", "[policy][route-map]") {
  RouteAttributes before{own_attributes(), 0};
  before.path.communities = {C("1:1")};
  CHECK(after(SetCommunity{{C("1:2")}, false}, before).path.communities == wire::Communities{C("1:2")});
  CHECK(after(SetCommunity{{C("1:2")}, true}, before).path.communities ==
        wire::Communities{C("1:1"), C("1:2")});
  CHECK(after(SetCommunity{}, before).path.communities.empty());
}

TEST_CASE("what we attach to a path of somebody else's is partial", "[rfc4271-5][policy][route-map]") {
  Policies all;
  all.route_maps["map"][10] = {10, Permit::Permit, "", {}, {SetCommunity{{C("1:1")}, true}}};
  const Policy policy(all, Family::Ipv4Unicast, "", "map");
  const auto apply = [&](std::optional<wire::IpAddress> source, wire::PathAttributes a) {
    RouteAttributes attributes{std::move(a), 0};
    PolicyEffects effects;
    REQUIRE(policy.apply({P("10.8.0.1/32"), source}, attributes, effects));
    return attributes.path.partial;
  };
  wire::PathAttributes tagged = own_attributes();
  tagged.communities = {C("2:2")};
  CHECK(apply(A("10.0.0.1"), own_attributes()).contains(8));
  CHECK(apply(A("10.0.0.1"), tagged).empty());           // the originator attached it, we only add a value
  CHECK(apply(std::nullopt, own_attributes()).empty());  // we are the originator
  tagged.partial.insert(8);
  CHECK(apply(A("10.0.0.1"), tagged).contains(8));
}

TEST_CASE("set metric assigns, adds and subtracts within 32 bits", "[policy][route-map]") {
  using Kind = SetMetric::Kind;
  RouteAttributes before{own_attributes(), 0};
  before.path.med = 10;
  CHECK(after(SetMetric{Kind::Assign, 5}, before).path.med == 5U);
  CHECK(after(SetMetric{Kind::Add, 5}, before).path.med == 15U);
  CHECK(after(SetMetric{Kind::Subtract, 4}, before).path.med == 6U);
  CHECK(after(SetMetric{Kind::Subtract, 11}, before).path.med == 0U);
  CHECK(after(SetMetric{Kind::Add, 0xffffffff}, before).path.med == 0xffffffffU);
  CHECK(after(SetMetric{Kind::Add, 5}).path.med == 5U);
}

TEST_CASE("the other set clauses", "[policy][route-map]") {
  CHECK(after(SetWeight{9}).weight == 9);
  CHECK(after(SetOrigin{wire::Origin::Egp}).path.origin == wire::Origin::Egp);
  CHECK(wire::to_string(
            after(SetAsPathPrepend{{AS(1), AS(2)}}, {received_attributes({AS(3)}), 0}).path.as_path) ==
        "1 2 3");
  CHECK(after(SetNextHop{A("10.0.0.9")}).path.next_hop.address == A("10.0.0.9"));
  CHECK(after(SetNextHop{A("2001:db8::9")}).path.next_hop.address == wire::IpAddress{});
}

TEST_CASE("a denied route is not changed by the entry that denies it", "[policy][route-map]") {
  const Policy policy = policy_of({{10, {10, kDeny, "", {}, {SetMetric{SetMetric::Kind::Assign, 5}}}}});
  RouteAttributes attributes{own_attributes(), 0};
  PolicyEffects effects;
  CHECK_FALSE(policy.apply({P("10.8.0.1/32"), {}}, attributes, effects));
  CHECK((attributes == RouteAttributes{own_attributes(), 0}));
  CHECK_FALSE(effects.med_set);
}

TEST_CASE("equal signatures mean equal outcomes", "[policy]") {
  Policies all;
  all.prefix_lists[Family::Ipv4Unicast]["in"] =
      one_entry({5, kPermit, P("10.0.0.0/8"), {}, std::uint8_t{32}});
  all.prefix_lists[Family::Ipv4Unicast]["list"] =
      one_entry({5, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}});
  all.route_maps["map"][10] = {10, kPermit, "", {MatchPrefixList{Family::Ipv4Unicast, "list"}}, {}};
  all.route_maps["map"][20] = {20, kPermit, "", {MatchPeer{A("10.0.0.1")}}, {}};
  const Policy policy(all, Family::Ipv4Unicast, "in", "map");
  const auto signature = [&](std::string_view prefix, std::string_view source) {
    return policy.signature({P(prefix), A(source)});
  };
  CHECK(signature("10.8.0.1/32", "10.0.0.2") == signature("10.8.0.2/32", "10.0.0.3"));
  CHECK(signature("10.8.0.1/32", "10.0.0.2") != signature("10.9.0.1/32", "10.0.0.2"));
  CHECK(signature("10.9.0.1/32", "10.0.0.1") != signature("10.9.0.1/32", "10.0.0.2"));
  CHECK(signature("11.0.0.1/32", "10.0.0.2") != signature("10.9.0.1/32", "10.0.0.2"));
}

TEST_CASE("policies are equal as long as nothing that they name reads differently", "[policy]") {
  Policies all;
  all.community_lists["red"][5] = {5, kPermit, {C("1:1")}};
  all.community_lists["other"][5] = {5, kPermit, {C("1:1")}};
  all.route_maps["map"][10] = {10, kPermit, "", {MatchCommunity{"red", false}}, {}};
  const Policy before(all, Family::Ipv4Unicast, "", "map");
  all.community_lists["other"][5].action = kDeny;
  CHECK((Policy(all, Family::Ipv4Unicast, "", "map") == before));
  all.community_lists["red"][5].action = kDeny;
  CHECK_FALSE((Policy(all, Family::Ipv4Unicast, "", "map") == before));
}

}  // namespace lbgp::rib::test
