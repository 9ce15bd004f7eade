// SPDX-License-Identifier: Apache-2.0
// Prefix lists, community lists and route maps, clause by clause.
#include "rib/policy_eval.hpp"

#include "rib/policy_lists.hpp"
#include "rib/policy_trace.hpp"
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

Regex R(std::string_view text) {
  std::string error;
  Regex regex = Regex::compile(text, error);
  INFO(text);
  REQUIRE(error.empty());
  return regex;
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

TEST_CASE("an expression reads `_` as FRR does", "[policy][regex]") {
  struct Row {
    const char* expression;
    const char* subject;
    bool matches;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"^65001_", "65001 65002", true},
           {"^65001_", "650012", false},
           {"_65002$", "65001 65002", true},
           {"_65002_", "1 {65002,3}", true},
           {"_65002_", "(65002) 1", true},
           {"^$", "", true},
           {"^$", "1", false},
           {".*", "", true},
           {"^(1|2)(_.*)?$", "2", true},
           {"^(1|2)(_.*)?$", "12 3", false},
           {"^[0-9]+$", "65001", true},
           {"^[^_]+$", "1 2", false},
           {"^[]_]+$", "] ]", true},
           {"1:[12]$", "1:1 1:2", true},
           {"a\\_b", "a_b", true},
           {"^1_2_3$", "1 2 3", true},
       }) {
    INFO(row.expression << " on " << row.subject);
    CHECK(R(row.expression).matches(row.subject) == row.matches);
  }
}

TEST_CASE("what is no expression, or too big a one, is told and matches nothing", "[policy][regex]") {
  for (const char* text : {"(1", "[1", "*", "1{2000}", "((a{100}){100}){100}", "(1)\\1"}) {
    INFO(text);
    std::string error;
    const Regex regex = Regex::compile(text, error);
    CHECK_FALSE(error.empty());
    CHECK_FALSE(regex);
    CHECK_FALSE(regex.matches("1"));
  }
}

// With backtracking this takes longer than the sun will shine.
TEST_CASE("a regular expression bomb is a linear search", "[policy][regex]") {
  CHECK_FALSE(R("^(1+)+$").matches(std::string(100'000, '1') + "2"));
  CHECK_FALSE(R("^(([0-9]+_?)*)*x$").matches(std::string(50'000, '1')));
}

TEST_CASE("an AS path list sees the path as it is shown", "[policy]") {
  Policies all;
  all.as_path_lists["P"][5] = {5, kDeny, R("_666_")};
  all.as_path_lists["P"][10] = {10, kPermit, R("^65001_")};
  RouteAttributes a{own_attributes(), 0};
  a.path.as_path = wire::AsPath({{wire::SegmentType::AsSequence, {wire::AsNumber(65001)}},
                                 {wire::SegmentType::AsSet, {wire::AsNumber(7), wire::AsNumber(666)}}});
  CHECK_FALSE(holds(MatchAsPath{"P"}, a, all));
  a.path.as_path = wire::AsPath::sequence({wire::AsNumber(65001), wire::AsNumber(7)});
  CHECK(holds(MatchAsPath{"P"}, a, all));
  a.path.as_path = {};
  CHECK_FALSE(holds(MatchAsPath{"P"}, a, all));
  CHECK_FALSE(holds(MatchAsPath{"nowhere"}, a, all));
}

TEST_CASE("an access list covers what lies below a prefix, or it alone", "[policy][access-list]") {
  const auto list = [](auto what) {
    AccessList made;
    made.entries[5] = {5, kPermit, what};
    return made;
  };
  CHECK(permits(list(AccessPrefix{P("10.0.0.0/8"), false}), P("10.1.0.0/16")));
  CHECK_FALSE(permits(list(AccessPrefix{P("10.0.0.0/8"), true}), P("10.1.0.0/16")));
  CHECK(permits(list(AccessPrefix{P("10.0.0.0/8"), true}), P("10.0.0.0/8")));
  CHECK_FALSE(permits(list(AccessPrefix{P("::/0"), false}), P("10.0.0.0/8")));
  // 10.x.3.0 whatever x is.
  const AccessWildcard third{{0x0a000300, 0x00ff00ff}, std::nullopt};
  CHECK(permits(list(third), P("10.9.3.0/24")));
  CHECK_FALSE(permits(list(third), P("10.9.4.0/24")));
  CHECK_FALSE(permits(list(third), P("fd00::/8")));
  // Extended: and the netmask is 255.255.255.0.
  AccessWildcard extended = third;
  extended.netmask = Wildcard{0xffffff00, 0};
  CHECK(permits(list(extended), P("10.9.3.0/24")));
  CHECK_FALSE(permits(list(extended), P("10.9.3.0/25")));
  CHECK_FALSE(permits(AccessList{}, P("10.9.3.0/25")));
}

TEST_CASE("community lists: expressions, anything, and any one", "[policy]") {
  CommunityList list;
  list[5] = {5, kDeny, {}, R("^1:1 1:2$")};
  list[10] = {10, kPermit, {}, R("1:[0-9]+")};
  CHECK_FALSE(matches(list, {C("1:1"), C("1:2")}, false));
  CHECK(matches(list, {C("1:1"), C("1:3")}, false));
  CHECK_FALSE(matches(list, {C("2:1")}, false));
  CommunityList internet;
  internet[5] = {5, kPermit, {C("internet")}};
  CHECK(matches(internet, {}, false));
  CHECK(matches(internet, {C("1:1")}, true));
  ExtCommunityList extended;
  extended[5] = {5, kPermit, {}, R("^RT:65000:.* SoO:1:2$")};
  const wire::ExtCommunities both{*wire::parse_ext_community("rt:65000:7"),
                                  *wire::parse_ext_community("soo:1:2")};
  CHECK(matches(extended, both, false));
  Policies all;
  all.community_lists["C"][5] = {5, kDeny, {C("1:1"), C("1:9")}};
  all.community_lists["C"][10] = {10, kPermit, {C("1:2"), C("1:3")}};
  RouteAttributes a{own_attributes(), 0};
  a.path.communities = {C("1:2"), C("1:4")};
  CHECK_FALSE(holds(MatchCommunity{"C"}, a, all));
  CHECK(holds(MatchCommunity{"C", false, true}, a, all));
  a.path.communities.insert(C("1:1"));  // the lowest is asked first
  CHECK_FALSE(holds(MatchCommunity{"C", false, true}, a, all));
  all.ext_community_lists["E"][5] = {5, kPermit, {*wire::parse_ext_community("rt:65000:7")}};
  a.path.ext_communities = both;
  CHECK(holds(MatchExtCommunity{"E"}, a, all));
  CHECK_FALSE(holds(MatchExtCommunity{"E", true}, a, all));
}

TEST_CASE("a community is known by its alias", "[policy]") {
  Policies all;
  all.aliases.communities[C("1:1")] = "customers";
  all.aliases.large_communities[{1, 2, 3}] = "large";
  RouteAttributes a{own_attributes(), 0};
  a.path.communities = {C("1:1")};
  CHECK(holds(MatchAlias{"customers"}, a, all));
  CHECK_FALSE(holds(MatchAlias{"large"}, a, all));
  a.path.large_communities = {{1, 2, 3}};
  CHECK(holds(MatchAlias{"large"}, a, all));
}

TEST_CASE("lists may be asked about the next hop and the source", "[policy][route-map]") {
  Policies all;
  all.prefix_lists[Family::Ipv4Unicast]["L"] =
      one_entry({5, kPermit, P("192.0.2.0/24"), {}, std::uint8_t{32}});
  all.access_lists[Family::Ipv4Unicast]["A"].entries[5] = {5, kPermit,
                                                           AccessPrefix{P("192.0.2.7/32"), false}};
  RouteAttributes a{own_attributes(), 0};
  a.path.next_hop.address = A("192.0.2.7");
  constexpr auto v4 = Family::Ipv4Unicast;
  CHECK(holds(MatchPrefixList{v4, "L", Subject::NextHop}, a, all));
  CHECK_FALSE(holds(MatchPrefixList{v4, "L"}, a, all));
  CHECK(holds(MatchAccessList{v4, "A", Subject::NextHop}, a, all));
  CHECK_FALSE(holds(MatchAccessList{v4, "A", Subject::RouteSource}, a, all));
  const auto from = [&](const Match& match, std::string_view source) {
    return holds(match, a, all, "10.8.0.1/32", A(source));
  };
  CHECK(from(MatchAccessList{v4, "A", Subject::RouteSource}, "192.0.2.7"));
  CHECK_FALSE(from(MatchAccessList{v4, "A", Subject::RouteSource}, "192.0.2.8"));
  CHECK(from(MatchPrefixList{v4, "L", Subject::RouteSource}, "192.0.2.8"));
  CHECK(holds(MatchNextHop{A("192.0.2.7")}, a));
  CHECK_FALSE(holds(MatchNextHop{A("192.0.2.8")}, a));
  CHECK_FALSE(holds(MatchBlackhole{v4}, a));
  a.path.next_hop = {};
  CHECK(holds(MatchBlackhole{v4}, a));
  CHECK(holds(MatchPrefixLength{v4, 32}, a));
  CHECK_FALSE(holds(MatchPrefixLength{v4, 31}, a));
  CHECK_FALSE(holds(MatchPrefixLength{Family::Ipv6Unicast, 32}, a));
  // Of our own IPv6 routes the next hop is ::.
  all.access_lists[Family::Ipv6Unicast]["A"].entries[5] = {5, kPermit, AccessPrefix{P("::/128"), true}};
  CHECK(holds(MatchAccessList{Family::Ipv6Unicast, "A", Subject::NextHop}, a, all, "fd00::1/128"));
}

TEST_CASE("a peer is known by its interface and by its group", "[policy][route-map]") {
  const auto from = [](const Match& match, std::string_view name, std::string_view group) {
    const Policy policy = policy_of({{10, {10, kPermit, "", {match}, {}}}});
    RouteAttributes a{own_attributes(), 0};
    PolicyEffects effects;
    return policy.apply({P("10.8.0.1/32"), A("10.0.0.1"), name, group}, a, effects);
  };
  const MatchPeer fabric{std::nullopt, "fabric"}, eth0{std::nullopt, "eth0"};
  CHECK(from(fabric, "10.0.0.1", "fabric"));
  CHECK_FALSE(from(fabric, "10.0.0.1", "other"));
  CHECK(from(eth0, "eth0", ""));
  CHECK(from(MatchInterface{"eth0"}, "eth0", ""));
  CHECK_FALSE(from(MatchInterface{"eth0"}, "10.0.0.1", "eth0"));
  CHECK_FALSE(holds(fabric));  // a route of our own comes from nobody
}

TEST_CASE("more set clauses", "[policy][route-map]") {
  RouteAttributes before{own_attributes(), 0};
  wire::PathAttributes& a = before.path;
  a.as_path = wire::AsPath::sequence({wire::AsNumber(1), wire::AsNumber(2), wire::AsNumber(1)});
  a.local_pref = 100;
  const auto path = [&](const Set& set) { return wire::to_string(after(set, before).path.as_path); };
  CHECK(path(SetAsPathPrepend{{}, 2}) == "1 1 1 2 1");
  CHECK(path(SetAsPathExclude{{wire::AsNumber(1)}}) == "2");
  CHECK(path(SetAsPathExclude{{wire::AsNumber(1), wire::AsNumber(2)}}).empty());
  CHECK(path(SetAsPathExclude{}).empty());
  CHECK(after(SetLocalPreference{50, Adjust::Add}, before).path.local_pref == 150U);
  CHECK(after(SetLocalPreference{500, Adjust::Subtract}, before).path.local_pref == 0U);
  CHECK(after(SetLocalPreference{0xffffffff, Adjust::Add}, before).path.local_pref == 0xffffffffU);
  CHECK(after(SetTag{7}, before).tag == 7);
  CHECK(after(SetAigp{9U}, before).path.aigp == 9U);
  CHECK(after(SetAigp{}, before).path.aigp == 0U);
  CHECK(after(SetAtomicAggregate{}, before).path.atomic_aggregate);
  const wire::Aggregator aggregator{wire::AsNumber(5), wire::RouterId(6)};
  CHECK(after(SetAggregator{aggregator}, before).path.aggregator == aggregator);
  CHECK(after(SetOriginatorId{wire::RouterId(6)}, before).path.originator_id == wire::RouterId(6));
  a.ext_communities = {*wire::parse_ext_community("rt:1:2")};
  CHECK(after(SetExtCommunity{}, before).path.ext_communities.empty());
  a.as_path = {};  // in which there is nothing to put in front again, as in FRR
  CHECK(path(SetAsPathPrepend{{}, 2}).empty());
}

TEST_CASE("link bandwidth is our AS and a float of octets per second", "[policy][route-map]") {
  Policies all;
  all.local_as = wire::AsNumber(65000);
  const auto set = [&](const SetBandwidth& bandwidth) {
    return run(policy_of({{10, {10, kPermit, "", {}, {SetBandwidth{1, false}, bandwidth}}}}, all))
        ->path.ext_communities;
  };
  // 100 Mbit/s are 12,500,000 octets per second: 0x4b3ebc20 (IEEE 754).
  const wire::ExtCommunity expected{{0x00, 0x04, 0xfd, 0xe8, 0x4b, 0x3e, 0xbc, 0x20}};
  CHECK((set({100, false}) == wire::ExtCommunities{expected}));
  CHECK(set({100, true}).size() == 2);  // of another type: it does not replace the other
  all.local_as = wire::AsNumber(70000);
  CHECK(set({100, false}).begin()->octets[3] == 0xa0);  // AS_TRANS, 0x5ba0
}

TEST_CASE("what a list permits one by one is deleted", "[policy][route-map]") {
  Policies all;
  all.community_lists["C"][5] = {5, kDeny, {C("1:1")}};
  all.community_lists["C"][10] = {10, kPermit, {}, R("^1:")};
  all.large_community_lists["L"][5] = {5, kPermit, {{1, 2, 3}, {1, 2, 4}}};
  RouteAttributes a{own_attributes(), 0};
  a.path.communities = {C("1:1"), C("1:2"), C("2:1")};
  a.path.large_communities = {{1, 2, 3}, {1, 2, 5}};
  const auto deleted = [&](const Set& set) {
    return run(policy_of({{10, {10, kPermit, "", {}, {set}}}}, all), a)->path;
  };
  CHECK((deleted(DeleteCommunities{"C"}).communities == wire::Communities{C("1:1"), C("2:1")}));
  CHECK((deleted(DeleteLargeCommunities{"L"}).large_communities == wire::LargeCommunities{{1, 2, 5}}));
  CHECK(deleted(DeleteCommunities{"nowhere"}).communities.size() == 3);
}

TEST_CASE("a next hop may be the peer's, ours, or left alone", "[policy][route-map]") {
  using Kind = SetNextHop::Kind;
  const wire::IpAddress v4 = wire::IpAddress::v4(0);
  const auto apply = [](const SetNextHop& set, bool outbound) {
    const Policy policy = policy_of({{10, {10, kPermit, "", {}, {set}}}});
    RouteAttributes a{own_attributes(), 0};
    a.path.next_hop.address = A("192.0.2.7");
    PolicyEffects effects;
    PolicyContext route{P("10.8.0.0/16"), A("10.0.0.1")};
    route.outbound = outbound;
    CHECK(policy.apply(route, a, effects));
    return std::pair(wire::to_string(a.path.next_hop.address), effects.next_hop_set);
  };
  CHECK(apply({v4, Kind::Peer}, false) == std::pair(std::string("10.0.0.1"), true));
  CHECK(apply({v4, Kind::Peer}, true) == std::pair(std::string("0.0.0.0"), true));
  CHECK(apply({v4, Kind::Unchanged}, true) == std::pair(std::string("192.0.2.7"), true));
  CHECK(apply({wire::IpAddress::v6({}), Kind::Peer}, false) == std::pair(std::string("192.0.2.7"), false));
}

TEST_CASE("an entry may go on with later ones", "[policy][route-map]") {
  RouteMap map;
  map[10] = {10, kPermit, "", {}, {SetWeight{1}}};
  map[10].on_match = 11;
  map[20] = {20, kPermit, "", {MatchMetric{7}}, {SetLocalPreference{2}}};
  map[20].on_match = 40;
  map[30] = {30, kDeny, "", {}, {}};
  map[40] = {40, kPermit, "", {}, {SetMetric{{}, 3}}};
  RouteAttributes a{own_attributes(), 0};
  a.path.med = 7;
  const auto all = run(policy_of(map), a);
  REQUIRE(all);
  CHECK(all->weight == 1);
  CHECK(all->path.local_pref == 2U);
  CHECK(all->path.med == 3U);
  a.path.med = 8;
  CHECK_FALSE(run(policy_of(map), a));  // 20 does not hold, 30 denies
  // FRR: the permission goes when a later entry is tried and nothing holds any more; not when there is none.
  map.erase(30);
  map.erase(40);
  CHECK_FALSE(run(policy_of(map), a));
  a.path.med = 7;
  CHECK(run(policy_of(map), a));
}

TEST_CASE("a later entry sees what an earlier one has set", "[policy][route-map]") {
  RouteMap map;
  map[10] = {10, kPermit, "", {}, {SetTag{7}}};
  map[10].on_match = 11;
  map[20] = {20, kPermit, "", {MatchTag{7}}, {SetWeight{2}}};
  CHECK(run(policy_of(map))->weight == 2);
}

TEST_CASE("a called map has to permit as well", "[policy][route-map]") {
  Policies all;
  all.route_maps["called"][10] = {10, kDeny, "", {MatchMetric{7}}, {}};
  all.route_maps["called"][20] = {20, kPermit, "", {}, {SetLocalPreference{5}}};
  RouteMap map;
  map[10] = {10, kPermit, "", {}, {SetWeight{1}}};
  map[10].call = "called";
  RouteAttributes a{own_attributes(), 0};
  const auto permitted = run(policy_of(map, all), a);
  REQUIRE(permitted);
  CHECK(permitted->weight == 1);
  CHECK(permitted->path.local_pref == 5U);
  a.path.med = 7;
  CHECK_FALSE(run(policy_of(map, all), a));
  map[10].call = "nowhere";  // as in FRR there is nothing to ask
  CHECK(run(policy_of(map, all), a));
}

TEST_CASE("calls in a circle and calls without end deny, in bounded time", "[policy][route-map]") {
  RouteMap circle;
  circle[10] = {10, kPermit, "", {}, {}};
  circle[10].call = "map";
  CHECK_FALSE(run(policy_of(circle)));
  // 10 calls one in another are FRR's limit.
  const auto chain = [](unsigned calls) {
    Policies all;
    for (unsigned i = 0; i < calls; ++i) {
      RouteMapEntry entry{10, kPermit, "", {}, {}};
      if (i + 1 < calls) entry.call = std::to_string(i + 1);
      all.route_maps[std::to_string(i)][10] = entry;
    }
    RouteMap first;
    first[10] = {10, kPermit, "", {}, {}};
    first[10].call = "0";
    return run(policy_of(first, all)).has_value();
  };
  CHECK(chain(10));
  CHECK_FALSE(chain(11));
  // 50 entries that call 50 entries that call …: 50^9 without a bound.
  Policies all;
  for (unsigned i = 0; i < 9; ++i)
    for (std::uint32_t seq = 1; seq <= 50; ++seq) {
      RouteMapEntry entry{seq, kPermit, "", {}, {}};
      entry.on_match = seq + 1;
      if (i < 8) entry.call = std::to_string(i + 1);
      all.route_maps[std::to_string(i)][seq] = entry;
    }
  CHECK_FALSE(run(Policy(all, Family::Ipv4Unicast, "", "0")));
}

TEST_CASE("filters come before the route map, in FRR's order, and the verdict tells the steps",
          "[policy][trace]") {
  Policies all;
  all.access_lists[Family::Ipv4Unicast]["A"].entries[5] = {5, kPermit, AccessPrefix{P("10.0.0.0/8"), false}};
  all.prefix_lists[Family::Ipv4Unicast]["L"] =
      one_entry({7, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}});
  all.as_path_lists["P"][9] = {9, kPermit, R("^$")};
  all.route_maps["M"][10] = {10, kDeny, "", {MatchMetric{7}}, {}};
  all.route_maps["M"][20] = {20, kPermit, "", {}, {SetWeight{3}}};
  all.route_maps["M"][20].call = "N";
  all.route_maps["N"][30] = {30, kPermit, "", {}, {}};
  const Policy policy(all, Family::Ipv4Unicast, PolicyNames{"A", "L", "P", "M"});
  RouteAttributes a{own_attributes(), 0};
  const PolicyContext route{P("10.8.0.1/32"), std::nullopt};
  const PolicyVerdict permitted = explain(policy, route, a);
  CHECK(permitted.permitted);
  CHECK(permitted.attributes.weight == 3);
  CHECK(permitted.steps == std::vector<PolicyStep>{{PolicyStage::DistributeList, "A", 5, kPermit},
                                                   {PolicyStage::PrefixList, "L", 7, kPermit},
                                                   {PolicyStage::FilterList, "P", 9, kPermit},
                                                   {PolicyStage::RouteMap, "M", 20, kPermit},
                                                   {PolicyStage::RouteMap, "N", 30, kPermit}});
  a.path.med = 7;
  CHECK(explain(policy, route, a).steps.back() == PolicyStep{PolicyStage::RouteMap, "M", 10, kDeny});
  const PolicyVerdict outside = explain(policy, {P("10.9.0.1/32"), std::nullopt}, a);
  CHECK_FALSE(outside.permitted);
  CHECK(outside.steps == std::vector<PolicyStep>{{PolicyStage::DistributeList, "A", 5, kPermit},
                                                 {PolicyStage::PrefixList, "L", std::nullopt, kDeny}});
  CHECK(explain(Policy{}, route, a).permitted);
  CHECK(explain(Policy{}, route, a).steps.empty());
  const Policy missing(all, Family::Ipv4Unicast, PolicyNames{{}, {}, "nowhere", {}});
  CHECK(explain(missing, route, a).steps ==
        std::vector<PolicyStep>{{PolicyStage::FilterList, "nowhere", std::nullopt, kDeny, false}});
}

// What an outcome is shared by must tell apart whatever a clause asks of a route.
TEST_CASE("the signature knows every clause that asks for more than attributes", "[policy][signature]") {
  Policies all;
  constexpr auto v4 = Family::Ipv4Unicast;
  all.access_lists[v4]["A"].entries[5] = {5, kPermit, AccessPrefix{P("10.8.0.0/16"), false}};
  all.access_lists[v4]["S"].entries[5] = {5, kPermit, AccessPrefix{P("10.0.0.1/32"), false}};
  all.prefix_lists[v4]["L"] = one_entry({5, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}});
  all.prefix_lists[v4]["S"] = one_entry({5, kPermit, P("10.0.0.1/32"), {}, {}});
  const PolicyContext one{P("10.8.0.0/16"), A("10.0.0.1"), "eth0", "fabric"};
  const PolicyContext other{P("10.9.0.0/24"), A("10.0.0.2"), "eth1", "other"};
  const PolicyContext local{P("10.8.0.0/16"), std::nullopt};
  for (const Match& match : std::initializer_list<Match>{
           MatchPrefixList{v4, "L"}, MatchPrefixList{v4, "S", Subject::RouteSource}, MatchAccessList{v4, "A"},
           MatchAccessList{v4, "S", Subject::RouteSource}, MatchPrefixLength{v4, 16},
           MatchPeer{A("10.0.0.1")}, MatchPeer{std::nullopt, "eth0"}, MatchPeer{std::nullopt, "fabric"},
           MatchInterface{"eth0"}}) {
    INFO("alternative " << match.index());
    const Policy direct = policy_of({{10, {10, kPermit, "", {match}, {}}}}, all);
    CHECK(direct.signature(one) != direct.signature(other));
    // The same behind a call.
    Policies called = all;
    called.route_maps["called"][10] = {10, kPermit, "", {match}, {}};
    RouteMap caller;
    caller[10] = {10, kPermit, "", {}, {}};
    caller[10].call = "called";
    const Policy calling = policy_of(caller, called);
    CHECK(calling.signature(one) != calling.signature(other));
  }
  const Policy of_local = policy_of({{10, {10, kPermit, "", {MatchPeer{}}, {}}}});
  CHECK(of_local.signature(one) != of_local.signature(local));
  const Policy distribute(all, v4, PolicyNames{"A", {}, {}, {}});
  CHECK(distribute.signature(one) != distribute.signature(other));
}

TEST_CASE("a policy knows when it tells no routes apart", "[policy][signature]") {
  Policies all;
  auto& lists = all.prefix_lists[Family::Ipv4Unicast];
  lists["none"].entries[5] = {5, Permit::Deny, P("0.0.0.0/0"), {}, 32};
  lists["all"].entries[5] = {5, Permit::Permit, P("0.0.0.0/0"), 0, 32};
  lists["all"].entries[6] = {6, Permit::Deny, P("10.0.0.0/8"), {}, 32};  // never asked
  lists["hosts"].entries[5] = {5, Permit::Permit, P("0.0.0.0/0"), 32, {}};
  lists["default"].entries[5] = {5, Permit::Permit, P("0.0.0.0/0"), {}, {}};
  lists["empty"];
  all.route_maps["plain"][10] = {10, Permit::Permit, "", {}, {SetMetric{{}, 3}}};
  all.route_maps["asks"][10] = {10, Permit::Permit, "", {MatchPrefixLength{Family::Ipv4Unicast, 32}}, {}};
  const auto policy = [&](const std::string& list, const std::string& map) {
    return Policy(all, Family::Ipv4Unicast, list, map);
  };
  const auto common = [&](const Policy& each) { return each.common_signature().has_value(); };
  CHECK(common({}));
  CHECK(common(policy("", "plain")));
  for (const char* list : {"none", "all", "empty", "unknown"}) {
    const Policy each = policy(list, "plain");
    CHECK(common(each));
    for (const char* prefix : {"10.1.0.0/16", "192.0.2.1/32", "0.0.0.0/0"}) {
      const PolicyContext route{P(prefix), std::nullopt};
      CHECK(each.signature(route) == each.common_signature());
      RouteAttributes attributes;
      PolicyEffects effects;
      const bool denies = list == std::string("none") || list == std::string("unknown");
      CHECK(each.apply(route, attributes, effects) == !denies);
    }
  }
  CHECK(policy("none", "").common_signature() != policy("all", "").common_signature());
  CHECK_FALSE(common(policy("hosts", "")));
  CHECK_FALSE(common(policy("default", "")));
  CHECK_FALSE(common(policy("all", "asks")));
}

}  // namespace lbgp::rib::test
