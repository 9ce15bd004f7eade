// SPDX-License-Identifier: Apache-2.0
// Tables and single routes against what FRR 8.4.4 printed of the same network.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "answers.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace json = boost::json;

namespace {

constexpr std::string_view kCodes =
    R"(Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

)";
constexpr std::string_view kColumns = "   Network          Next Hop            Metric LocPrf Weight Path\n";

std::string legend(std::string_view version) {
  return "BGP table version is " + std::string(version) +
         ", local router ID is 10.90.254.1, vrf id 0\nDefault local pref 100, local AS 65001\n" +
         std::string(kCodes) + std::string(kColumns);
}

std::string ipv4_table() {
  return legend("4") + R"(*> 10.99.8.201/32   10.90.3.101             50      0      0 65010 i
*> 10.99.8.202/32   10.90.3.101              0             0 65010 i
*                   10.90.3.101              0             0 65010 i
*> 10.99.9.1/32     10.90.3.101              0             0 65010 i
*> 203.0.113.0/24   0.0.0.0                  0         32768 i

Displayed  4 routes and 5 total paths
)";
}

}  // namespace

TEST_CASE("the IPv4 table, however it is asked for", "[cli][routes]") {
  World world = router();
  for (const std::string_view line : {"show bgp ipv4 unicast", "show bgp ipv4", "show ip bgp", "sh ip b"})
    CHECK(run(world, line).text == ipv4_table());
  CHECK(run(world, "show bgp vrf all ipv4 unicast").text == "\nInstance default:\n" + ipv4_table());
}

TEST_CASE("a bare `show bgp` is the IPv6 table, with a next hop too long for its column", "[cli][routes]") {
  World world = router();
  world.routes.at(prefix("2001:db8:1::/48")).paths[0].attributes.next_hop = {
      address("fe80::9cd7:5eff:fea9:52f6"), {}};
  const std::string expected = legend("2") + R"(*> 2001:db8::/32    ::                       0         32768 i
*> 2001:db8:1::/48  fe80::9cd7:5eff:fea9:52f6
                                             0             0 65010 i

Displayed  2 routes and 2 total paths
)";
  CHECK(run(world, "show bgp").text == expected);
  CHECK(run(world, "show bgp ipv6").text == expected);
}

TEST_CASE("both families", "[cli][routes]") {
  World world = router();
  const std::string text = run(world, "show bgp all").text;
  CHECK(text.find("\nFor address family: IPv4 Unicast\n" + ipv4_table() +
                  "\nFor address family: IPv6 Unicast\n") == 0);
  CHECK(keys(as_json(world, "show bgp all json")) == std::vector<std::string>{"ipv4Unicast", "ipv6Unicast"});
}

TEST_CASE("wide columns", "[cli][routes]") {
  World world = router();
  const std::string text = run(world, "show bgp ipv4 unicast wide").text;
  CHECK(text.find("   Network                                      Next Hop                                  "
                  "Metric LocPrf Weight Path\n"
                  "*> 10.99.8.201/32                               10.90.3.101                               "
                  "    50      0      0 65010 i\n"
                  "*> 10.99.8.202/32                               10.90.3.101                               "
                  "     0             0 65010 i\n") != std::string::npos);
}

TEST_CASE("a prefix too long for its column goes on in the next line", "[cli][routes]") {
  World world = router();
  world.routes.clear();
  StoredPath path;
  path.attributes = own("::");
  path.attributes.med = 50;
  path.view.valid = path.view.best = true;
  path.view.weight = 32768;
  world.routes[prefix("fd47:25e1:2f96:52:100::64/128")] = {1, {path}, {}};
  CHECK(run(world, "show bgp")
            .text.find("*> fd47:25e1:2f96:52:100::64/128\n"
                       "                    ::                      50         32768 i\n") !=
        std::string::npos);
}

TEST_CASE("status characters", "[cli][routes]") {
  World world = router();
  std::vector<StoredPath>& paths = world.routes.at(prefix("10.99.8.202/32")).paths;
  paths[0].view.stale = true;
  paths[1].view.multipath = true;
  paths[1].view.ibgp = true;
  world.routes.at(prefix("203.0.113.0/24")).paths[0].view = {};
  const std::string text = run(world, "show bgp ipv4").text;
  CHECK(text.find("\nS> 10.99.8.202/32") != std::string::npos);
  CHECK(text.find("\n*=i                 10.90.3.101") != std::string::npos);
  CHECK(text.find("\n   203.0.113.0/24") != std::string::npos);
}

TEST_CASE("what an aggregate stands for, and the aggregate", "[cli][routes][aggregate]") {
  World world = router();
  world.routes.at(prefix("10.99.9.1/32")).paths[0].view.suppressed = true;
  StoredPath& made = world.routes.at(prefix("203.0.113.0/24")).paths[0];
  made.view.aggregate = true;
  const std::string table = run(world, "show bgp ipv4").text;
  CHECK(table.find("\ns> 10.99.9.1/32") != std::string::npos);
  const json::object rows = as_json(world, "show bgp ipv4 json").at("routes").as_object();
  CHECK(rows.at("10.99.9.1/32").at(0).at("suppressed") == true);
  CHECK(rows.at("10.99.9.1/32").at(0).at("valid") == true);
  CHECK_FALSE(rows.at("203.0.113.0/24").at(0).as_object().contains("suppressed"));
  CHECK(run(world, "show bgp ipv4 10.99.9.1").text.find(", Advertisements suppressed by an aggregate.)\n") !=
        std::string::npos);
  CHECK(run(world, "show bgp ipv4 203.0.113.0/24").text.find(", valid, aggregated, local, best (") !=
        std::string::npos);
  const json::value path = as_json(world, "show bgp ipv4 203.0.113.0/24 json").at("paths").at(0);
  CHECK(path.at("aggregated") == true);
  CHECK(path.at("local") == true);
  CHECK_FALSE(path.as_object().contains("sourced"));
  CHECK(as_json(world, "show bgp ipv4 10.99.9.1 json").at("paths").at(0).at("suppressed") == true);
}

TEST_CASE("an empty table", "[cli][routes]") {
  World world = router();
  world.routes.clear();
  world.heads[wire::Family::Ipv4Unicast].routes = 0;
  CHECK(run(world, "show bgp ipv4").text == "No BGP prefixes displayed, 0 exist\n");
  const json::object out = as_json(world, "show bgp ipv4 json");
  CHECK(out.at("routes").as_object().empty());
}

TEST_CASE("the table as JSON", "[cli][routes]") {
  World world = router();
  const json::object out = as_json(world, "show bgp ipv4 unicast json");
  CHECK(keys(out) == std::vector<std::string>{"vrfId", "vrfName", "tableVersion", "routerId", "defaultLocPrf",
                                              "localAS", "routes", "totalRoutes", "totalPaths", "numRoutes"});
  const json::array& paths = out.at("routes").at("10.99.8.202/32").as_array();
  REQUIRE(paths.size() == 2);
  CHECK(paths[0] ==
        json::parse(R"({"valid":true,"bestpath":true,"selectionReason":"Neighbor IP","pathFrom":"external",
    "prefix":"10.99.8.202","prefixLen":32,"network":"10.99.8.202/32","version":1,"metric":0,"weight":0,
    "peerId":"10.90.3.101","path":"65010","origin":"IGP",
    "nexthops":[{"ip":"10.90.3.101","hostname":"node1","afi":"ipv4","used":true}]})"));
  CHECK(keys(paths[0].as_object()) == std::vector<std::string>{"valid", "bestpath", "selectionReason",
                                                               "pathFrom", "prefix", "prefixLen", "network",
                                                               "version", "metric", "weight", "peerId",
                                                               "path", "origin", "nexthops"});
  CHECK_FALSE(paths[1].as_object().contains("bestpath"));
  CHECK(out.at("routes").at("203.0.113.0/24").at(0).at("peerId") == "(unspec)");
  CHECK(out.at("routes").at("203.0.113.0/24").at(0).at("path") == "");
  CHECK(out.at("routes").at("10.99.8.201/32").at(0).at("locPrf") == 0);
  CHECK(as_json(world, "show bgp vrf all ipv4 json").at("default").as_object().contains("routes"));
}

TEST_CASE("both addresses of an IPv6 next hop are in JSON", "[cli][routes][rfc2545-3]") {
  World world = router();
  const json::array hops =
      as_json(world, "show bgp ipv6 json").at("routes").at("2001:db8:1::/48").at(0).at("nexthops").as_array();
  REQUIRE(hops.size() == 2);
  CHECK(
      hops[0] ==
      json::parse(R"({"ip":"fd00:90:3::101","hostname":"node1","afi":"ipv6","scope":"global","used":true})"));
  CHECK(hops[1] ==
        json::parse(
            R"({"ip":"fe80::9cd7:5eff:fea9:52f6","hostname":"node1","afi":"ipv6","scope":"link-local"})"));
}

TEST_CASE("one route as text", "[cli][routes]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 unicast 10.99.8.201/32").text ==
        R"(BGP routing table entry for 10.99.8.201/32, version 4
Paths: (1 available, best #1, table default)
  Advertised to non peer-group peers:
  10.90.3.101
  65010
    10.90.3.101 from 10.90.3.101 (10.90.3.101)
      Origin IGP, metric 50, localpref 0, valid, external, best (First path received)
      Community: 65010:100 65010:200 graceful-shutdown
      Extended Community: RT:65010:7
      Large Community: 65010:1:2
      Last update: Sat Nov 21 05:41:49 2026
)");
  CHECK(run(world, "show bgp ipv4 unicast 203.0.113.9").text ==
        R"(BGP routing table entry for 203.0.113.0/24, version 3
Paths: (1 available, best #1, table default)
  Advertised to non peer-group peers:
  10.90.3.101
  Local
    0.0.0.0 from 0.0.0.0 (10.90.254.1)
      Origin IGP, metric 0, weight 32768, valid, sourced, local, best (First path received)
      Last update: Sat Nov 21 05:41:44 2026
)");
}

TEST_CASE("a route of a reflector's client is told as such", "[cli][routes][rfc4456-8]") {
  World world = router();
  StoredPath& path = world.routes.at(prefix("10.99.9.1/32")).paths.front();
  path.from_rr_client = true;
  CHECK(run(world, "show bgp ipv4 unicast 10.99.9.1/32")
            .text.find("\n  65010, (Received from a RR-client)\n") != std::string::npos);
  path.view.stale = true;
  CHECK(run(world, "show bgp ipv4 unicast 10.99.9.1/32")
            .text.find("\n  65010, (stale), (Received from a RR-client)\n") != std::string::npos);
  const auto json = json::parse(run(world, "show bgp ipv4 unicast 10.99.9.1/32 json").text);
  CHECK(json.at("paths").as_array()[0].at("rxedFromRrClient") == true);
}

TEST_CASE("an unusable route as text", "[cli][routes]") {
  World world = router();
  StoredRoute& route = world.routes.at(prefix("203.0.113.0/24"));
  route.version = 0;
  route.advertised_to.clear();
  route.paths[0].view.valid = route.paths[0].view.best = false;
  route.paths[0].last_update = 1795239618;
  CHECK(run(world, "show bgp ipv4 203.0.113.0/24").text ==
        R"(BGP routing table entry for 203.0.113.0/24, version 0
Paths: (1 available, no best path)
  Not advertised to any peer
  Local
    0.0.0.0 (inaccessible) from 0.0.0.0 (10.90.254.1)
      Origin IGP, metric 0, weight 32768, invalid, sourced, local
      Last update: Sat Nov 21 05:40:18 2026
)");
}

TEST_CASE("less usual parts of a route", "[cli][routes]") {
  World world = router();
  StoredPath& path = world.routes.at(prefix("10.99.9.1/32")).paths[0];
  path.attributes.communities = {wire::kNoExport};
  path.attributes.aggregator = wire::Aggregator{wire::AsNumber{65010}, router_id("10.0.0.9")};
  path.attributes.atomic_aggregate = true;
  path.attributes.local_pref = 150;
  path.attributes.aigp = 70;
  path.attributes.otc = wire::AsNumber{65010};
  path.attributes.originator_id = router_id("10.0.0.7");
  path.attributes.cluster_list = {router_id("10.0.0.8"), router_id("10.0.0.9")};
  path.view.ibgp = path.view.multipath = path.view.stale = true;
  const std::string text = run(world, "show bgp ipv4 10.99.9.1").text;
  CHECK(text.find("(1 available, best #1, table default, not advertised to EBGP peer)\n") !=
        std::string::npos);
  CHECK(text.find("  65010, (aggregated by 65010 10.0.0.9), (stale)\n") != std::string::npos);
  CHECK(text.find(", localpref 150, aigp-metric 70, valid, internal, atomic-aggregate, otc 65010, multipath, "
                  "best (") != std::string::npos);
  const json::object out = as_json(world, "show bgp ipv4 10.99.9.1 json").at("paths").at(0).as_object();
  CHECK(out.at("aigpMetric") == 70);
  CHECK(out.at("otc") == 65010);
  CHECK(text.find("      Originator: 10.0.0.7, Cluster list: 10.0.0.8 10.0.0.9\n") != std::string::npos);
}

TEST_CASE("path identifiers are shown where there are any", "[cli][routes][rfc7911-3]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 10.99.9.1").text.find("AddPath ID") == std::string::npos);
  StoredPath& path = world.routes.at(prefix("10.99.9.1/32")).paths[0];
  path.view.path_id = 5;
  path.view.tx_path_id = 2;
  CHECK(run(world, "show bgp ipv4 10.99.9.1").text.find("      AddPath ID: RX 5, TX 2\n") !=
        std::string::npos);
  const std::string json = run(world, "show bgp ipv4 10.99.9.1 json").text;
  const auto shown = boost::json::parse(json).at("paths").as_array()[0];
  CHECK(shown.at("addpathRxId") == 5);
  CHECK(shown.at("addpathTxId") == 2);
}

TEST_CASE("a local route tells its owner", "[cli][routes]") {
  World world = router();
  StoredPath& path = world.routes.at(prefix("203.0.113.0/24")).paths[0];
  path.owner = "uid 1000";
  path.labels = {{"service", "web"}, {"zone", "a"}};
  CHECK(
      run(world, "show bgp ipv4 203.0.113.0/24").text.find("      Owner: uid 1000, service=web, zone=a\n") !=
      std::string::npos);
  const json::object out = as_json(world, "show bgp ipv4 203.0.113.0/24 json");
  CHECK(out.at("paths").at(0).at("owner") == "uid 1000");
  CHECK(out.at("paths").at(0).at("labels").at("zone") == "a");
}

TEST_CASE("one route as JSON", "[cli][routes]") {
  World world = router();
  const json::object out = as_json(world, "show bgp ipv4 unicast 10.99.8.201/32 json");
  CHECK(out ==
        json::parse(
            R"({"prefix":"10.99.8.201/32","version":4,"advertisedTo":{"10.90.3.101":{"hostname":"node1"}},
    "pathCount":1,"paths":[{"aspath":{"string":"65010","segments":[{"type":"as-sequence","list":[65010]}],"length":1},
    "origin":"IGP","metric":50,"locPrf":0,"valid":true,"version":4,
    "bestpath":{"overall":true,"selectionReason":"First path received"},
    "community":{"string":"65010:100 65010:200 graceful-shutdown","list":["65010:100","65010:200","gracefulShutdown"]},
    "extendedCommunity":{"string":"RT:65010:7"},
    "largeCommunity":{"string":"65010:1:2","list":["65010:1:2"]},
    "lastUpdate":{"epoch":1795239709,"string":"Sat Nov 21 05:41:49 2026\n"},
    "nexthops":[{"ip":"10.90.3.101","hostname":"node1","afi":"ipv4","metric":0,"accessible":true,"used":true}],
    "peer":{"peerId":"10.90.3.101","routerId":"10.90.3.101","hostname":"node1","type":"external"}}]})"));
  const json::object local = as_json(world, "show bgp ipv4 unicast 203.0.113.0/24 json");
  const json::object& path = local.at("paths").at(0).as_object();
  CHECK(keys(path) == std::vector<std::string>{"aspath", "origin", "metric", "weight", "valid", "version",
                                               "sourced", "local", "bestpath", "lastUpdate", "nexthops",
                                               "peer"});
  CHECK(path.at("aspath").at("string") == "Local");
  CHECK(path.at("peer") == json::object{{"peerId", "0.0.0.0"}, {"routerId", "10.90.254.1"}});
}

TEST_CASE("every route in detail", "[cli][routes]") {
  World world = router();
  const std::string text = run(world, "show bgp ipv4 unicast detail").text;
  CHECK(text.find("BGP routing table entry for 10.99.8.201/32, version 4\n") == 0);
  CHECK(text.find("  10.90.3.101 fd00:90:3::101\n") != std::string::npos);
  const json::object out = as_json(world, "show bgp ipv4 unicast detail json");
  CHECK(out.at("routes").at("10.99.8.202/32").as_array().size() == 2);
  CHECK(out.at("routes").at("10.99.8.201/32").at(0).as_object().contains("largeCommunity"));
}

TEST_CASE("routes that are not there", "[cli][routes]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 9.9.9.9").text == "% Network not in table\n");
  CHECK(run(world, "show bgp ipv4 9.9.9.9").code == Code::Warning);
  CHECK(run(world, "show bgp ipv4 9.9.9.9 json").text == "{\n}\n");
  CHECK(run(world, "show bgp ipv4 10.99.8.0/24").text == "% Network not in table\n");
  CHECK(run(world, "show bgp ipv6 10.99.8.201").text ==
        "% Cannot specify IPv4 address or prefix with IPv6 AFI\n");
  CHECK(run(world, "show bgp 10.99.8.201").code == Code::Success);
  CHECK(run(world, "show bgp ipv4 10.0.0.0/33").code == Code::NoMatch);
}

TEST_CASE("tables without an instance", "[cli][routes]") {
  World world = router();
  CHECK(run(world, "show bgp vrf red ipv4 unicast").text == "View/Vrf red is unknown\n");
  world.instance_exists = false;
  CHECK(run(world, "show bgp ipv4").text == "Default BGP instance not found\n");
  CHECK(run(world, "show bgp ipv4").code == Code::Warning);
  CHECK(run(world, "show bgp ipv4 json").text == "{\n  \"warning\":\"Default BGP instance not found\"\n}\n");
}
