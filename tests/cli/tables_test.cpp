// SPDX-License-Identifier: Apache-2.0
// Tables of which only some routes are wanted, lists and route maps, and what stands behind the tables.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "bgpd/cli/route_filter.hpp"
#include "bgpd/cli/show_internals.hpp"
#include "bgpd/cli/show_lists.hpp"
#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace rib = lbgp::rib;
namespace json = boost::json;

namespace {

// The router with the lists that filters ask for.
World listed() {
  World world = router();
  world.known_policies.prefix_lists[wire::Family::Ipv4Unicast]["VIPS"].entries = {
      {5, {5, rib::Permit::Permit, prefix("10.99.8.0/24"), {}, std::uint8_t{32}}}};
  world.known_policies.community_lists["TAGGED"] = {
      {5, {5, rib::Permit::Permit, {wire::parse_community("65010:100").value()}}}};
  world.known_policies.large_community_lists["LARGE"] = {{5, {5, rib::Permit::Permit, {{65010, 1, 2}}}}};
  world.known_policies.route_maps["RM"] = {
      {10, {10, rib::Permit::Permit, "", {rib::MatchPeer{address("fd00:90:3::101")}}, {}}}};
  std::string error;
  world.known_policies.as_path_lists["OURS"] = {
      {5, {5, rib::Permit::Permit, rib::Regex::compile("^$", error)}}};
  world.known_policies.access_lists[wire::Family::Ipv4Unicast]["EIGHT"].entries = {
      {5, {5, rib::Permit::Permit, rib::AccessPrefix{prefix("10.99.8.0/24"), false}}}};
  return world;
}

// The prefixes that a table has when asked so, one per path.
std::vector<std::string> shown(World& world, const std::string& question) {
  const Reply reply = run(world, "show bgp ipv4 unicast " + question + " json");
  INFO(question << ": " << reply.text);
  CHECK(reply.code == Code::Success);
  std::vector<std::string> out;
  const json::object all = json::parse(reply.text).as_object();
  for (const auto& route : all.at("routes").as_object())
    for (std::size_t i = 0; i < route.value().as_array().size(); ++i) out.emplace_back(route.key());
  return out;
}

using Prefixes = std::vector<std::string>;

constexpr std::string_view kConfiguration = R"(hostname router
!
ip prefix-list K8S-IN seq 5 permit 10.99.8.0/24
!
access-list ACL seq 5 permit 10.0.0.0/8
access-list ACL seq 10 deny any
ipv6 access-list SIX seq 5 permit fd00::/8 exact-match
!
bgp as-path access-list AP seq 5 permit ^65001_
bgp as-path access-list AP seq 10 deny .*
bgp community-list expanded CE seq 5 permit 65001:.*
bgp community-list standard CL seq 5 permit 65001:1 65001:2
bgp community-list standard CL seq 10 deny no-export
bgp large-community-list standard 7 seq 5 permit 1:2:3
!
route-map RM permit 10
 description hi
 match ip address prefix-list PL
 match community CL exact-match
 set community 65001:1 additive
 set metric +5
 call OTHER
 on-match goto 20
exit
!
route-map RM deny 20
exit
!
route-map SECOND permit 5
 on-match next
exit
)";

}  // namespace

TEST_CASE("filters of tables", "[cli][table][filter]") {
  World world = listed();
  const Prefixes all{"10.99.8.201/32", "10.99.8.202/32", "10.99.8.202/32", "10.99.9.1/32", "203.0.113.0/24"};
  CHECK(shown(world, "") == all);
  CHECK(shown(world, "cidr-only") == Prefixes(all.begin(), all.end() - 1));  // 203.0.113.0/24 was a class C
  CHECK(shown(world, "self-originate") == Prefixes{"203.0.113.0/24"});
  CHECK(shown(world, "community") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "community 65010:100") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "community graceful-shutdown") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "community 65010:100 exact-match").empty());
  CHECK(shown(world, "community-list TAGGED") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "community-list TAGGED exact-match").empty());
  CHECK(shown(world, "large-community 65010:1:2 exact-match") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "large-community-list LARGE") == Prefixes{"10.99.8.201/32"});
  CHECK(shown(world, "prefix-list VIPS") == Prefixes(all.begin(), all.begin() + 3));
  CHECK(shown(world, "route-map RM") == Prefixes{"10.99.8.202/32", "10.99.9.1/32"});
  CHECK(shown(world, "version 3") == Prefixes{"10.99.8.201/32", "203.0.113.0/24"});
  CHECK(shown(world, "10.99.0.0/16 longer-prefixes") == Prefixes(all.begin(), all.end() - 1));
  CHECK(shown(world, "regexp ^$") == Prefixes{"203.0.113.0/24"});
  CHECK(shown(world, "regexp _65010_") == Prefixes(all.begin(), all.end() - 1));
  CHECK(shown(world, "regexp _6501_").empty());
  CHECK(shown(world, "filter-list OURS") == Prefixes{"203.0.113.0/24"});
  CHECK(shown(world, "access-list EIGHT") == Prefixes(all.begin(), all.begin() + 3));
}

TEST_CASE("filters as text, and what cannot be asked", "[cli][table][filter]") {
  World world = listed();
  CHECK(run(world, "show bgp ipv4 unicast community 1:1").text.empty());
  CHECK(run(world, "show bgp ipv4 unicast self-originate")
            .text.ends_with("*> 203.0.113.0/24   0.0.0.0                  0         32768 i\n\nDisplayed  1 "
                            "routes and 5 total paths\n"));
  const auto refused = [&](const std::string& question) {
    const Reply reply = run(world, "show bgp ipv4 unicast " + question);
    CHECK(reply.code == Code::Warning);
    return reply.text;
  };
  CHECK(refused("community-list NONE") == "% NONE community-list not found\n");
  CHECK(refused("large-community-list NONE") == "% NONE large-community-list not found\n");
  CHECK(refused("prefix-list NONE") == "% NONE prefix-list not found\n");
  CHECK(refused("route-map NONE") == "% NONE route-map not found\n");
  CHECK(refused("filter-list NONE") == "% NONE AS-path access-list not found\n");
  CHECK(refused("access-list NONE") == "% NONE access-list not found\n");
  CHECK(refused("regexp (") == "Can't compile regexp (\n");
  CHECK(refused("community 1:2:3:4") == "% Community malformed\n");
  CHECK(refused("2001:db8::/32 longer-prefixes") == "% Malformed prefix\n");
}

TEST_CASE("one route: the best path, the paths used together", "[cli][table]") {
  World world = router();
  world.routes[prefix("10.99.8.202/32")].paths[1].view.multipath = true;
  const auto paths = [&](const std::string& question) {
    return json::parse(run(world, "show bgp ipv4 unicast 10.99.8.202/32 " + question + "json").text)
        .at("pathCount")
        .to_number<std::size_t>();
  };
  CHECK(json::parse(run(world, "show bgp ipv4 unicast 10.99.8.202/32 bestpath json").text)
            .at("paths")
            .as_array()
            .size() == 1);
  CHECK(paths("") == 2);
  CHECK(json::parse(run(world, "show bgp ipv4 unicast 10.99.8.202/32 multipath json").text)
            .at("paths")
            .as_array()
            .size() == 2);
}

TEST_CASE("the table in detail, three spellings", "[cli][table]") {
  World world = router();
  const std::string detail = run(world, "show bgp ipv4 unicast detail json").text;
  CHECK(run(world, "show bgp ipv4 unicast json detail").text == detail);
  CHECK(json::parse(detail).at("routes").at("10.99.8.201/32").at(0).as_object().contains("aspath"));
  CHECK(json::parse(run(world, "show bgp ipv4 unicast json brief").text)
            .at("routes")
            .at("10.99.8.201/32")
            .at(0)
            .as_object()
            .contains("pathFrom"));
}

TEST_CASE("a neighbor's routes: the best ones, one alone, in full, by route map", "[cli][adj]") {
  World world = listed();
  const auto count = [&](const std::string& question) {
    return json::parse(run(world, "show bgp ipv4 unicast neighbors " + question + " json").text)
        .at("routes")
        .as_object()
        .size();
  };
  CHECK(count("fd00:90:3::101 routes") == 2);
  const json::object best =
      json::parse(run(world, "show bgp ipv4 unicast neighbors fd00:90:3::101 bestpath-routes json").text)
          .as_object();
  CHECK(best.at("receivedRoutes").as_object().size() == 1);
  CHECK(best.at("totalPrefixCounter") == 1);
  const std::string prefix_of = "show bgp ipv4 unicast neighbors 10.90.3.101 advertised-routes ";
  CHECK(run(world, prefix_of + "10.99.8.202/32")
            .text.starts_with("BGP routing table entry for 10.99.8.202/32"));
  CHECK(json::parse(run(world, prefix_of + "detail json").text).at("advertisedRoutes").as_object().size() ==
        2);
  const std::string none = run(world, prefix_of + "route-map RM").text;  // neither has come from there
  CHECK(none.empty());
  CHECK(run(world, prefix_of + "route-map NONE").text == "% NONE route-map not found\n");
  CHECK(run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 filtered-routes detail json").text ==
        run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 received-routes 10.99.9.1/32 json").text);
  CHECK(run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 dampened-routes").text.empty());
}

TEST_CASE("prefix counts and outbound filters of a neighbor", "[cli][adj]") {
  World world = router();
  const json::object out =
      json::parse(run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 prefix-counts json").text)
          .as_object();
  CHECK(out.at("prefixCountsFor") == "10.90.3.101");
  CHECK(out.at("multiProtocol") == "ipv4Unicast");
  CHECK(out.at("pfxCounter") == 1);
  CHECK(out.at("ribTableWalkCounters").at("Adj-in") == 2);
  CHECK(out.at("ribTableWalkCounters").at("All RIB") == 2);
  CHECK(out.at("ribTableWalkCounters").at("PfxCt Best Selected") == 2);
  CHECK(
      run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 prefix-counts")
          .text.starts_with("Prefix counts for 10.90.3.101, IPv4 Unicast\nPfxCt: 1\n\nCounts from RIB table "
                            "walk:\n\n              Adj-in: 2         \n"));
  CHECK(run(world, "show bgp ipv6 unicast neighbors 10.90.3.101 prefix-counts").code == Code::Warning);
  CHECK(run(world, "show bgp neighbors 9.9.9.9 prefix-counts").code == Code::Warning);
  CHECK(run(world, "show bgp neighbors 10.90.3.101 received prefix-filter").text == "No functional output\n");
  CHECK(run(world, "show bgp neighbors 9.9.9.9 received prefix-filter").code == Code::Warning);
}

TEST_CASE("the summary of some neighbors", "[cli][summary]") {
  World world = router();
  const auto peers = [&](const std::string& question) {
    const json::object out =
        json::parse(run(world, "show bgp ipv4 unicast summary " + question + " json").text).as_object();
    return out.at("displayedPeers").to_number<std::size_t>();
  };
  const auto all = peers("");
  CHECK(peers("neighbor 10.90.3.101") == 1);
  CHECK(peers("remote-as external") == all);
  CHECK(peers("remote-as internal") == 0);
  CHECK(peers("remote-as 65099") == 1);
  CHECK(peers("established remote-as 65099") == 0);
  CHECK(run(world, "show bgp ipv4 unicast summary remote-as internal")
            .text.ends_with("\n\n% No matching neighbor\n"));
  CHECK(
      run(world, "show bgp ipv4 unicast summary neighbor 10.90.3.101").text.find("Displayed neighbors 1\n") !=
      std::string::npos);
  CHECK(run(world, "show bgp ipv4 unicast summary neighbor 9.9.9.9").text ==
        "No such neighbor in this view/vrf\n");
  CHECK(run(world, "show bgp ipv4 unicast summary neighbor 9.9.9.9").code == Code::Warning);
}

TEST_CASE("lists are those of the running configuration", "[cli][lists]") {
  World world = router();
  world.config = kConfiguration;
  CHECK(run(world, "show bgp community-list").text ==
        "Named Community expanded list CE\n    permit 65001:.*\n"
        "Named Community standard list CL\n    permit 65001:1 65001:2\n    deny no-export\n");
  CHECK(run(world, "show bgp community-list CL detail").text ==
        "Named Community standard list CL\n    permit 65001:1 65001:2\n    deny no-export\n");
  CHECK(run(world, "show bgp community-list NO detail").text == "% Can't find community-list\n");
  CHECK(run(world, "show bgp large-community-list").text ==
        "large community standard list 7\n    permit 1:2:3\n");
  CHECK(run(world, "show bgp large-community-list NO detail").code == Code::Warning);
  CHECK(run(world, "show bgp as-path-access-list").text ==
        "AS path access list AP\n    permit ^65001_\n    deny .*\n");
  CHECK(run(world, "show ip as-path-access-list NO").text.empty());
  CHECK(json::parse(run(world, "show bgp as-path-access-list AP json").text) ==
        json::parse(R"({"AP":[{"sequenceNumber":5,"type":"permit","regExp":"^65001_"},
                              {"sequenceNumber":10,"type":"deny","regExp":".*"}]})"));
  CHECK(run(world, "show ip access-list").text ==
        "BGP:\nZebra IP access list ACL\n    seq 5 permit 10.0.0.0/8\n    seq 10 deny any\n");
  CHECK(run(world, "show ipv6 access-list").text ==
        "BGP:\nZebra IPv6 access list SIX\n    seq 5 permit fd00::/8 exact-match\n");
  CHECK(json::parse(run(world, "show ip access-list ACL json").text).at("BGP").at("ACL").at("rules").at(1) ==
        json::parse(R"({"sequenceNumber":10,"filterType":"deny","prefix":"0.0.0.0/0","exact-match":false})"));
}

TEST_CASE("route maps as FRR shows them", "[cli][lists]") {
  World world = router();
  world.config = kConfiguration;
  CHECK(run(world, "show route-map RM").text ==
        "BGP:\n"
        "route-map: RM Invoked: 0 Optimization: enabled Processed Change: true\n"
        " permit, sequence 10 Invoked 0\n"
        "  Description:\n"
        "    hi\n"
        "  Match clauses:\n"
        "    ip address prefix-list PL\n"
        "    community CL exact-match\n"
        "  Set clauses:\n"
        "    community 65001:1 additive\n"
        "    metric +5\n"
        "  Call clause:\n"
        "    Call OTHER\n"
        "  Action:\n"
        "    Goto 20\n"
        " deny, sequence 20 Invoked 0\n"
        "  Match clauses:\n"
        "  Set clauses:\n"
        "  Call clause:\n"
        "  Action:\n"
        "    Exit routemap\n");
  CHECK(run(world, "show route-map NONE").text == "BGP:\nBGP: 'route-map NONE' not found\n");
  const json::object out = json::parse(run(world, "show route-map json").text).at("BGP").as_object();
  REQUIRE(out.size() == 2);
  CHECK(out.at("RM").at("rules").at(0).at("matchClauses").at(1) == "community CL exact-match");
  CHECK(out.at("SECOND").at("rules").at(0).at("action") == "Continue to next entry");
}

TEST_CASE("prefix lists in detail, in short, and one statement", "[cli][lists]") {
  World world = router();
  CHECK(run(world, "show ip prefix-list detail K8S-IN").text ==
        "BGP: ip prefix-list K8S-IN:\n"
        "   Description: what nodes may say\n"
        "   count: 2, range entries: 0, sequences: 5 - 10\n"
        "   seq 5 permit 10.99.8.0/24 ge 32 le 32 (hit count: 0, refcount: 0)\n"
        "   seq 10 deny any (hit count: 0, refcount: 0)\n");
  CHECK(run(world, "show ip prefix-list summary SIMPLE").text ==
        "BGP: ip prefix-list SIMPLE:\n   count: 1, range entries: 0, sequences: 5 - 5\n");
  CHECK(run(world, "show ip prefix-list summary NONE").code == Code::Warning);
  CHECK(json::parse(run(world, "show ip prefix-list summary K8S-IN json").text) ==
        json::parse(R"({"BGP":{"K8S-IN":{"addressFamily":"IPv4","description":"what nodes may say","count":2,
                        "rangeEntries":0,"sequenceStart":5,"sequenceEnd":10}}})"));
  CHECK(json::parse(run(world, "show ip prefix-list detail SIMPLE json").text)
            .at("BGP")
            .at("SIMPLE")
            .at("entries")
            .at(0) ==
        json::parse(
            R"({"sequenceNumber":5,"type":"permit","prefix":"10.0.0.0/8","hitCount":0,"referenceCount":0})"));
  CHECK(run(world, "show ip prefix-list K8S-IN seq 10").text ==
        "BGP:    seq 10 deny any (hit count: 0, refcount: 0)\n");
  CHECK(run(world, "show ip prefix-list K8S-IN 10.99.8.0/24 first-match").text ==
        "   seq 5 permit 10.99.8.0/24 ge 32 le 32 (hit count: 0, refcount: 0)\n");
  CHECK(run(world, "show ip prefix-list K8S-IN 10.99.0.0/16 longer").text ==
        "   seq 5 permit 10.99.8.0/24 ge 32 le 32\n");
  CHECK(run(world, "show ip prefix-list K8S-IN 10.99.8.0/24").text ==
        "   seq 5 permit 10.99.8.0/24 ge 32 le 32 (hit count: 0, refcount: 0)\n");
  CHECK(run(world, "show ip prefix-list K8S-IN 10.99.0.0/16").text.empty());
  CHECK(run(world, "show ip prefix-list NONE seq 5").text == "% Can't find specified prefix-list\n");
}

TEST_CASE("statistics of a table", "[cli][internals]") {
  Statistics statistics(wire::Family::Ipv4Unicast);
  wire::PathAttributes near = received("10.0.0.1", 65010, std::nullopt);
  wire::PathAttributes far = received("10.0.0.1", 3320, std::nullopt);
  far.as_path.prepend(wire::AsNumber{1299});
  const auto add = [&](std::string_view text, std::vector<const wire::PathAttributes*> sets) {
    std::vector<PathData> paths;
    for (const wire::PathAttributes* set : sets) paths.emplace_back().path.attributes = set;
    statistics.add({prefix(text), 1, paths, {}});
  };
  add("10.0.0.0/8", {&near});
  add("10.1.0.0/16", {&near, &far});
  add("192.0.2.0/24", {&far});
  const json::object out = statistics.json();
  CHECK(out.at("totalAdvertisements") == 4);
  CHECK(out.at("totalPrefixes") == 3);
  CHECK(out.at("averagePrefixLength").as_double() == Approx(16));
  CHECK(out.at("unaggregateablePrefixes") == 2);
  CHECK(out.at("maximumAggregateablePrefixes") == 1);
  CHECK(out.at("addressSpaceAdvertised").as_double() == Approx(16777216 + 256));
  CHECK(out.at("/8equivalent").as_double() == Approx(1.0 + 1.0 / 65536));
  CHECK(out.at("longestAsPath") == 2);
  CHECK(out.at("averageAsPathLengthHops").as_double() == Approx(1.5));
  CHECK(out.at("largestAsPath") == 10);  // a segment's two octets, and four each
  CHECK(out.at("highestPublicAsn") == 3320);
  CHECK(out.at("prefixLength") == json::parse(R"([{"8":1},{"16":1},{"24":1}])"));
  CHECK(
      statistics.text().starts_with("BGP IPv4 Unicast RIB statistics (VRF default)\n"
                                    "Total Advertisements          :            4\n"
                                    "Total Prefixes                :            3\n"
                                    "Average prefix length         :        16.00\n"));
  CHECK(Statistics(wire::Family::Ipv6Unicast).json().at("prefixLength").as_array().empty());
  World world = router();
  CHECK(json::parse(run(world, "show bgp statistics-all json").text).as_object().size() == 2);
  CHECK(json::parse(run(world, "show bgp ipv4 unicast statistics json").text)
            .at("ipv4Unicast")
            .at(0)
            .at("totalAdvertisements") == 5);
}

TEST_CASE("groups, attribute sets and where we listen", "[cli][internals]") {
  World world = router();
  UpdateGroupData group;
  group.group.number = 1;
  group.group.route_map = "OUT";
  group.group.routes = 2;
  group.members = {"10.90.3.101"};
  world.update_group_data[wire::Family::Ipv4Unicast] = {group};
  CHECK(run(world, "show bgp update-groups").text ==
        "Update-group 1:\n  Address family: IPv4 Unicast\n  Type: external\n  Outgoing route map: OUT\n"
        "  Adj-RIB-Out count: 2\n    Peers:\n      - 10.90.3.101\n\n");
  CHECK(json::parse(run(world, "show bgp update-groups json").text)
            .at("ipv4Unicast")
            .at("1")
            .at("peers")
            .at(0) == "10.90.3.101");
  rib::RouteAttributes tagged{received("10.90.3.101", 65010, 7), 0};
  tagged.path.communities.insert(wire::parse_community("65010:7").value());
  world.attribute_sets = {{tagged, 3}, {{own("0.0.0.0"), 32768}, 2}};
  CHECK(run(world, "show bgp attribute-info").text ==
        "attr[3] nexthop 10.90.3.101\n\tflags: 0 distance: 0 med: 7 local_pref: 100 origin: 0 weight: 0 "
        "aspath: "
        "65010 Communities: 65010:7\n"
        "attr[2] nexthop 0.0.0.0\n\tflags: 0 distance: 0 med: 0 local_pref: 100 origin: 0 weight: 32768\n");
  CHECK(run(world, "show bgp community-info").text == "Address Refcnt Community\n- (3) 65010:7\n");
  CHECK(run(world, "show bgp listeners").text ==
        "Name             fd Address\n---------------------------\n"
        "default          19 0.0.0.0\ndefault          20 ::\n");
  CHECK(run(world, "show bgp memory").text.find("2 BGP attributes\n3 peers\n") != std::string::npos);
  CHECK(run(world, "show bgp import-check-table").text == "Current BGP import check cache:\n");
  CHECK(run(world, "show daemons").text == " bgpd\n");
  CHECK(run(world, "show logging").text.find("Stdout logging: level info\n") != std::string::npos);
}

TEST_CASE("how paths are compared, and who we are", "[cli][internals]") {
  World world = router();
  world.global.local_as = wire::AsNumber{65001};
  world.global.always_compare_med = true;
  const json::object rules = json::parse(run(world, "show bgp bestpath json").text).as_object();
  CHECK(rules.at("alwaysCompareMed") == true);
  CHECK(rules.at("deterministicMed") == false);
  CHECK(run(world, "show bgp bestpath").text.find("  always compare MED: yes\n") != std::string::npos);
  CHECK(
      json::parse(run(world, "show bgp router json").text) ==
      json::parse(R"({"routerId":"10.90.254.1","as":65001,"numConfiguredPeers":4,"numEstablishedPeers":2})"));
  CHECK(run(world, "show bgp router").text.find("Router ID: 10.90.254.1") != std::string::npos);
}

TEST_CASE("what this connection has been asked", "[cli][shell]") {
  World world = router();
  const Shell shell;
  Session session(shell);
  static_cast<void>(session.run("show version", world));
  static_cast<void>(session.run("show nothing at all", world));
  CHECK(session.run("show history", world).text == "  show version\n  show nothing at all\n");
  for (int i = 0; i < 30; ++i) static_cast<void>(session.run("show daemons", world));
  const std::string many = session.run("show history", world).text;
  CHECK(std::count(many.begin(), many.end(), '\n') == 20);
}

TEST_CASE("clear forms beyond sessions and refreshes", "[cli][clear]") {
  World world = router();
  CHECK(run(world, "clear bgp 10.90.3.101 message-stats").code == Code::Success);
  CHECK(run(world, "clear bgp prefix 203.0.113.0/24").code == Code::Success);
  CHECK(world.deeds ==
        std::vector<std::string>{"clear 10.90.3.101 message-stats", "clear prefix 203.0.113.0/24"});
  CHECK(run(world, "clear bgp ipv4 unicast prefix 1.0.0.0/8").text == "% Network not in table\n");
  CHECK(run(world, "clear bgp 10.90.3.101 capabilities").code == Code::Warning);
  CHECK(run(world, "clear bgp 65009").text == "% BGP: No Unknown peer is configured with AS 65009\n");
  CHECK(run(world, "clear bgp peer-group NO").text == "% BGP: No such peer-group NO\n");
  CHECK(run(world, "clear bgp peer-group NO").code == Code::Warning);
  CHECK(run(world, "clear bgp 10.90.3.101 in prefix-filter").code == Code::Success);
}
