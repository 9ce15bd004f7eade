// SPDX-License-Identifier: Apache-2.0
// The small shows against what FRR 8.4.4 printed of the same configuration.
#include "bgpd/cli/show_misc.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace json = boost::json;

TEST_CASE("prefix lists as text", "[cli][misc]") {
  World world = router();
  constexpr std::string_view kNodes =
      "BGP: ip prefix-list K8S-IN: 2 entries\n"
      "   Description: what nodes may say\n"
      "   seq 5 permit 10.99.8.0/24 ge 32 le 32\n"
      "   seq 10 deny any\n";
  constexpr std::string_view kSimple =
      "BGP: ip prefix-list SIMPLE: 1 entries\n"
      "   seq 5 permit 10.0.0.0/8\n";
  CHECK(run(world, "show ip prefix-list").text == std::string(kNodes) + std::string(kSimple));
  CHECK(run(world, "show ip prefix-list K8S-IN").text == kNodes);
  CHECK(run(world, "show ipv6 prefix-list").text ==
        "BGP: ipv6 prefix-list V6: 1 entries\n   seq 5 permit fd00::/8 le 128\n");
  CHECK(run(world, "show ip prefix-list nope").text == "% Can't find specified prefix-list\n");
  CHECK(run(world, "show ip prefix-list nope").code == Code::Warning);
}

TEST_CASE("prefix lists as JSON", "[cli][misc]") {
  World world = router();
  CHECK(json::parse(run(world, "show ip prefix-list K8S-IN json").text) == json::parse(R"({"BGP":{"K8S-IN":{
    "addressFamily":"IPv4","entries":[
      {"sequenceNumber":5,"type":"permit","prefix":"10.99.8.0/24","minimumPrefixLength":32,"maximumPrefixLength":32},
      {"sequenceNumber":10,"type":"deny","prefix":"0.0.0.0/0","maximumPrefixLength":32}],
    "description":"what nodes may say"}}})"));
  CHECK(run(world, "show ip prefix-list nope json").text == "{\n}\n");
  CHECK(run(world, "show ip prefix-list nope json").code == Code::Warning);
}

TEST_CASE("prefix lists need no instance", "[cli][misc]") {
  World world = router();
  world.instance_exists = false;
  CHECK(run(world, "show ip prefix-list SIMPLE").code == Code::Success);
}

TEST_CASE("peer-groups", "[cli][misc]") {
  World world = router();
  constexpr std::string_view kText =
      "\nBGP peer-group K8S, remote AS 65010\n"
      "  Peer-group type is external\n"
      "  Configured address-families: IPv4 Unicast;\n"
      "  Peer-group members:\n"
      "    10.90.3.101  Established \n"
      "    10.90.3.102  Active \n";
  CHECK(run(world, "show bgp peer-group").text == kText);
  CHECK(run(world, "show ip bgp peer-group K8S").text == kText);
  CHECK(
      json::parse(run(world, "show bgp peer-group json").text) ==
      json::parse(R"({"K8S":{"remoteAs":65010,"type":"external","addressFamiliesConfigured":["IPv4 Unicast"],
          "members":{"10.90.3.101":{"status":"Established"},"10.90.3.102":{"status":"Active"}}}})"));
  // As FRR 8.4.4 lists ranges and who came by them; what is dropped there is ours to tell.
  PeerGroupData& group = world.groups.front();
  group.ranges = {prefix("10.90.3.0/24"), prefix("10.91.0.0/16"), prefix("fd00:90::/64")};
  group.members.back().dynamic = true;
  group.authentication_problem = "the passwords differ";
  CHECK(run(world, "show bgp peer-group").text ==
        "\nBGP peer-group K8S, remote AS 65010\n"
        "  Peer-group type is external\n"
        "  Configured address-families: IPv4 Unicast;\n"
        "  2 IPv4 listen range(s)\n"
        "    10.90.3.0/24\n"
        "    10.91.0.0/16\n"
        "  1 IPv6 listen range(s)\n"
        "    fd00:90::/64\n"
        "  Peer Authentication Problem: the passwords differ\n"
        "  Peer-group members:\n"
        "    10.90.3.101  Established \n"
        "    10.90.3.102 (dynamic) Active \n");
  CHECK(
      json::parse(run(world, "show bgp peer-group json").text) ==
      json::parse(R"({"K8S":{"remoteAs":65010,"type":"external","addressFamiliesConfigured":["IPv4 Unicast"],
          "dynamicRanges":{"IPv4":{"count":2,"ranges":["10.90.3.0/24","10.91.0.0/16"]},
                           "IPv6":{"count":1,"ranges":["fd00:90::/64"]}},
          "authenticationProblem":"the passwords differ",
          "members":{"10.90.3.101":{"status":"Established"},
                     "10.90.3.102":{"status":"Active","dynamic":true}}}})"));
  CHECK(run(world, "show bgp peer-group nope").code == Code::Warning);
  world.groups.clear();
  CHECK(run(world, "show bgp peer-group").text.empty());
  CHECK(run(world, "show bgp peer-group json").text == "{\n}\n");
}

TEST_CASE("next hops", "[cli][misc]") {
  World world = router();
  CHECK(run(world, "show bgp nexthop").text == R"(Current BGP nexthop cache:
 10.90.3.101 valid [IGP metric 0], #paths 3, peer 10.90.3.101
  if veR
  Last update: Sat Nov 21 05:40:18 2026

 fe80::9cd7:5eff:fea9:52f6 valid [IGP metric 0], #paths 1
  if veR
  Last update: Sat Nov 21 05:40:19 2026

)");
  // The exporter looks for {vrf: {ipv4: {address: {nexthops: [{interfaceName}]}}}}.
  const json::value out = json::parse(run(world, "show ip bgp vrf all nexthop json").text);
  CHECK(out.at("default").at("ipv4").at("10.90.3.101").at("nexthops").at(0).at("interfaceName") == "veR");
  CHECK(out.at("default").at("ipv6").at("fe80::9cd7:5eff:fea9:52f6").at("pathCount") == 1);
  CHECK(json::parse(run(world, "show bgp nexthop json").text).as_object().contains("ipv4"));
  CHECK(run(world, "show bgp nexthop 10.90.3.101 detail").text.find("fe80") == std::string::npos);
  CHECK(run(world, "show bgp nexthop 1.2.3.4").text == "specified nexthop does not have entry\n");
}

TEST_CASE("instances", "[cli][misc]") {
  World world = router();
  CHECK(run(world, "show bgp vrfs").text ==
        "Type  Id     routerId          #PeersCfg  #PeersEstb  Name\n"
        "DFLT  0      10.90.254.1       4          2           default\n\n"
        "Total number of VRFs (including default): 1\n");
  CHECK(
      json::parse(run(world, "show bgp vrfs json").text).at("vrfs").at("default").at("numEstablishedPeers") ==
      2);
}

TEST_CASE("version and memory", "[cli][misc]") {
  World world = router();
  CHECK(run(world, "show version").text == "lbgpd 0.1.0 (router) on Linux(6.1.0).\n");
  const std::string memory = run(world, "show memory").text;
  CHECK(memory.find("Memory statistics for lbgpd:\n") == 0);
  CHECK(memory.find("9216 KiB") != std::string::npos);
  CHECK(memory.find("IPv4 Unicast routes:") != std::string::npos);
}

TEST_CASE("the running configuration", "[cli][misc]") {
  World world = router();
  CHECK(run(world, "show running-config").text ==
        "Building configuration...\n\nCurrent configuration:\n!\n" + world.config + "end\n");
  CHECK(run(world, "show running-config no-header").text == world.config + "end\n");
}
