// SPDX-License-Identifier: Apache-2.0
// A neighbor's routes, and the commands that do something.
#include "bgpd/cli/handlers.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "answers.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace json = boost::json;

namespace {

constexpr std::string_view kLegend = R"(BGP table version is 4, local router ID is 10.90.254.1, vrf id 0
Default local pref 100, local AS 65001
Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,
               i internal, r RIB-failure, S Stale, R Removed
Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self
Origin codes:  i - IGP, e - EGP, ? - incomplete
RPKI validation codes: V valid, I invalid, N Not found

   Network          Next Hop            Metric LocPrf Weight Path
)";

std::string legend_and(std::string_view rows) {
  return std::string(kLegend) + std::string(rows);
}

}  // namespace

TEST_CASE("received, filtered, advertised and accepted routes", "[cli][adj]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 received-routes").text ==
        legend_and("*> 10.99.8.202/32   10.90.3.101              0             0 65010 i\n"
                   "*> 10.99.9.1/32     10.90.3.101              0             0 65010 i\n\n"
                   "Total number of prefixes 2 (1 filtered)\n"));
  CHECK(run(world, "show bgp ipv4 unicast neighbors 10.90.3.101 filtered-routes").text ==
        legend_and("*> 10.99.9.1/32     10.90.3.101              0             0 65010 i\n\n"
                   "Total number of prefixes 1\n"));
  CHECK(run(world, "show ip bgp neighbors 10.90.3.101 advertised-routes").text ==
        legend_and("*> 10.99.8.202/32   10.90.3.1                              0 65010 i\n"
                   "*> 10.99.9.1/32     10.90.3.101                            0 65010 i\n\n"
                   "Total number of prefixes 2\n"));
  CHECK(run(world, "show bgp ipv4 neighbors fd00:90:3::101 routes").text ==
        legend_and("*  10.99.8.202/32   10.90.3.101              0             0 65010 i\n"
                   "*> 10.99.9.1/32     10.90.3.101              0             0 65010 i\n\n"
                   "Displayed  2 routes and 5 total paths\n"));
}

TEST_CASE("the same as JSON", "[cli][adj]") {
  World world = router();
  const json::object out =
      as_json(world, "show bgp ipv4 unicast neighbors 10.90.3.101 advertised-routes json");
  CHECK(out.at("bgpTableVersion") == 4);
  CHECK(out.at("bgpLocalRouterId") == "10.90.254.1");
  CHECK(out.at("advertisedRoutes").at("10.99.8.202/32") ==
        json::parse(
            R"({"addrPrefix":"10.99.8.202","prefixLen":32,"network":"10.99.8.202/32","nextHop":"10.90.3.1",
          "weight":0,"path":"65010","origin":"IGP","bgpOriginCode":"i","valid":true,"best":true,
          "appliedStatusSymbols":{"*":true,">":true}})"));
  CHECK(out.at("totalPrefixCounter") == 2);
  CHECK(out.at("filteredPrefixCounter") == 0);
  const json::object received = as_json(world, "show bgp ipv4 neighbors 10.90.3.101 received-routes json");
  CHECK(received.at("receivedRoutes").as_object().size() == 2);
  CHECK(received.at("receivedRoutes").at("10.99.8.202/32").at("metric") == 0);
  CHECK(received.at("filteredPrefixCounter") == 1);
  const json::object filtered = as_json(world, "show bgp ipv4 neighbors 10.90.3.101 filtered-routes json");
  CHECK(filtered.at("receivedRoutes").as_object().size() == 1);
  CHECK(filtered.at("filteredPrefixCounter") == 0);
  const json::object routes = as_json(world, "show bgp ipv4 unicast neighbors 10.90.3.101 routes json");
  CHECK(routes.at("routes").at("10.99.8.202/32").as_array().size() == 1);
}

TEST_CASE("several paths of a prefix are all shown and told apart", "[cli][adj][rfc7911-3]") {
  World world = router();
  const wire::Prefix twice = prefix("10.99.8.202/32");
  world.adjacent[{"10.90.3.101", RouteSelection::Advertised}] = {
      {twice, received("10.90.3.1", 65010, std::nullopt), false, false, 2},
      {twice, received("10.90.3.1", 65011, std::nullopt), false, false, 3},
      {prefix("10.99.9.1/32"), received("10.90.3.1", 65010, std::nullopt), false, false, 2}};
  const std::string text = run(world, "show ip bgp neighbors 10.90.3.101 advertised-routes").text;
  CHECK(
      text.ends_with("*> 10.99.8.202/32   10.90.3.1                              0 65010 i\n"
                     "*> 10.99.8.202/32   10.90.3.1                              0 65011 i\n"
                     "*> 10.99.9.1/32     10.90.3.1                              0 65010 i\n\n"
                     "Total number of prefixes 2, total number of paths 3\n"));
  const json::object out = as_json(world, "show ip bgp neighbors 10.90.3.101 advertised-routes json");
  CHECK(out.at("totalPrefixCounter") == 2);
  CHECK(out.at("totalPathsCount") == 3);
  const json::object& first = out.at("advertisedRoutes").at("10.99.8.202/32").as_object();
  CHECK(first.at("addpathTxId") == 2);
  CHECK(first.at("path") == "65010");
  REQUIRE(first.at("additionalPaths").as_array().size() == 1);
  CHECK(first.at("additionalPaths").as_array()[0].at("addpathTxId") == 3);
  CHECK(first.at("additionalPaths").as_array()[0].at("path") == "65011");
  CHECK_FALSE(out.at("advertisedRoutes").at("10.99.9.1/32").as_object().contains("additionalPaths"));
  world.adjacent[{"10.90.3.101", RouteSelection::Received}] = {
      {twice, received("10.90.3.101", 65010, 0), false, false, 7}};
  CHECK(as_json(world, "show bgp ipv4 neighbors 10.90.3.101 received-routes json")
            .at("receivedRoutes")
            .at("10.99.8.202/32")
            .at("addpathRxId") == 7);
}

TEST_CASE("an IPv6 next hop has its own key", "[cli][adj]") {
  World world = router();
  StoredAdj entry{prefix("fd47:25e1:2f96:52:100::64/128"), received("fd00:90:3::101", 65010, 50), false,
                  true};
  entry.attributes.next_hop.link_local = address("fe80::1");
  world.adjacent[{"fd00:90:3::101", RouteSelection::Advertised}] = {entry};
  const json::object route = as_json(world, "show bgp neighbors fd00:90:3::101 advertised-routes json")
                                 .at("advertisedRoutes")
                                 .at("fd47:25e1:2f96:52:100::64/128")
                                 .as_object();
  CHECK(route.at("nextHopGlobal") == "fd00:90:3::101");
  CHECK(route.at("nextHopLocal") == "fe80::1");
  CHECK(route.at("appliedStatusSymbols") == json::object{{"S", true}, {">", true}});
}

TEST_CASE("no routes at all are no text, and empty JSON", "[cli][adj]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 neighbors 10.90.3.103 advertised-routes").text.empty());
  CHECK(run(world, "show bgp ipv4 neighbors 10.90.3.103 routes").text.empty());
  CHECK(
      as_json(world, "show bgp ipv4 neighbors 10.90.3.103 advertised-routes json").at("totalPrefixCounter") ==
      0);
}

TEST_CASE("what stands in the way of a neighbor's routes", "[cli][adj]") {
  World world = router();
  const auto warns = [&](std::string_view line, std::string_view words) {
    CAPTURE(line);
    const Reply text = run(world, line);
    CHECK(text.text == "% " + std::string(words) + '\n');
    CHECK(text.code == Code::Warning);
    CHECK(as_json(world, std::string(line) + " json").at("warning") == json::value(words));
  };
  warns("show bgp ipv4 neighbors 1.1.1.1 advertised-routes", "No such neighbor in this view/vrf");
  warns("show bgp ipv6 neighbors 10.90.3.101 advertised-routes", "No such neighbor or address family");
  warns("show bgp ipv4 neighbors 10.90.3.103 received-routes", "Inbound soft reconfiguration not enabled");
  warns("show bgp ipv4 neighbors 10.90.3.103 filtered-routes", "Inbound soft reconfiguration not enabled");
}

TEST_CASE("without a family, FRR's default is taken of what a neighbor on an interface has", "[cli][adj]") {
  World world = router();
  lbgp::conf::Neighbor& config = world.configs["eth1"] = world.configs["fd00:90:3::101"];
  config.name = config.transport.interface = "eth1";
  world.neighbors["eth1"] = world.neighbors["fd00:90:3::101"];
  world.adjacent[{"eth1", RouteSelection::Advertised}] = {
      {prefix("10.99.8.202/32"), received("fe80::1", 65010, 0), false, false},
      {prefix("2001:db8:1::/48"), received("fe80::1", 65010, 0), false, false}};
  const auto advertised = [&](std::string_view line) {
    std::vector<std::string> prefixes;
    const json::object routes = as_json(world, line).at("advertisedRoutes").as_object();
    for (const auto& route : routes) prefixes.emplace_back(route.key());
    return prefixes;
  };
  CHECK(advertised("show bgp neighbors eth1 advertised-routes json") ==
        std::vector<std::string>{"2001:db8:1::/48"});
  CHECK(advertised("show ip bgp neighbors eth1 advertised-routes json") ==
        std::vector<std::string>{"10.99.8.202/32"});
  config.session.families = {lbgp::wire::Family::Ipv4Unicast};
  CHECK(advertised("show bgp neighbors eth1 advertised-routes json") ==
        std::vector<std::string>{"10.99.8.202/32"});
}

TEST_CASE("without a family, a neighbor's only one is taken", "[cli][adj]") {
  World world = router();
  CHECK(run(world, "show bgp neighbors 10.90.3.101 advertised-routes").text ==
        run(world, "show bgp ipv4 neighbors 10.90.3.101 advertised-routes").text);
  CHECK(as_json(world, "show bgp neighbors fd00:90:3::101 routes json")
            .at("routes")
            .as_object()
            .contains("2001:db8:1::/48"));
}

TEST_CASE("clear reaches the neighbors that it means", "[cli][clear]") {
  struct Case {
    std::string_view line;
    std::vector<std::string> deeds;
  };
  const auto c = GENERATE(values<Case>({
      {"clear bgp *", {"clear 10.90.3.101", "clear 10.90.3.103", "clear fd00:90:3::101"}},
      {"clear bgp external", {"clear 10.90.3.101", "clear 10.90.3.103", "clear fd00:90:3::101"}},
      {"clear bgp * soft", {"clear 10.90.3.101 soft", "clear 10.90.3.103 soft", "clear fd00:90:3::101 soft"}},
      {"clear bgp ipv6 unicast 10.90.3.101 soft out", {"clear ipv6Unicast 10.90.3.101 soft out"}},
      {"clear ip bgp 10.90.3.101 soft in", {"clear ipv4Unicast 10.90.3.101 soft in"}},
      {"clear bgp fd00:90:3::101 out", {"clear fd00:90:3::101 soft out"}},
      {"clear bgp 65099", {"clear 10.90.3.103"}},
      {"clear bgp peer-group K8S soft", {"clear 10.90.3.101 soft"}},
  }));
  World world = router();
  const Reply reply = run(world, c.line);
  CHECK(reply.text.empty());
  CHECK(reply.code == Code::Success);
  CHECK(world.deeds == c.deeds);
}

TEST_CASE("clear says what it could not do", "[cli][clear]") {
  World world = router();
  world.cannot_clear = "% no\n";
  CHECK(run(world, "clear bgp peer-group K8S in").text == "% no\n");
  CHECK(run(world, "clear bgp peer-group K8S in").code == Code::Warning);
}

TEST_CASE("clear of nobody", "[cli][clear]") {
  World world = router();
  CHECK(run(world, "clear bgp 1.2.3.4").text == "% BGP: Unknown neighbor - \"1.2.3.4\"\n");
  CHECK(run(world, "clear bgp foo").text == "Malformed address or name: foo\n");
  CHECK(run(world, "clear bgp foo").code == Code::Warning);
  CHECK(run(world, "clear bgp 65000").code == Code::Success);  // FRR says so and goes on
  CHECK(run(world, "clear bgp").code == Code::Incomplete);
  world.instance_exists = false;
  CHECK(run(world, "clear bgp *").code == Code::Warning);
  CHECK(world.deeds.empty());
}

TEST_CASE("write and debug are passed on", "[cli][handlers]") {
  World world = router();
  CHECK(run(world, "write").text == "[OK]\n");
  CHECK(run(world, "copy running-config startup-config").text == "[OK]\n");
  CHECK(run(world, "write terminal").text + "end\n" == run(world, "show running-config no-header").text);
  CHECK(run(world, "debug bgp updates in").text == "BGP updates debugging is on\n");
  CHECK(run(world, "no debug bgp neighbor-events").text == "BGP neighbor-events debugging is off\n");
  CHECK(run(world, "no debug bgp").text == "All possible debugging has been turned off\n");
  CHECK(world.deeds == std::vector<std::string>{"write", "write", "debug updates on",
                                                "debug neighbor-events off", "debug  off"});
  CHECK(run(world, "show debugging").text == "BGP debugging status:\n  BGP updates debugging is on\n\n");
}
