// SPDX-License-Identifier: Apache-2.0
// `show bgp neighbors` against what FRR 8.4.4 printed of the same session. What differs is ours on purpose:
// no conditional advertisements, no update groups, `route refresh (new)` only, the count of sent prefixes.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "answers.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace fsm = lbgp::fsm;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kEstablished =
    R"(BGP neighbor is 10.90.3.101, remote AS 65010, local AS 65001, external link
  Local Role: undefined
  Remote Role: undefined
 Description: node one
Hostname: node1
 Member of peer-group K8S for session parameters
  BGP version 4, remote router ID 10.90.3.101, local router ID 10.90.254.1
  BGP state = Established, up for 00:00:57
  Last read 00:00:03, Last write 00:00:03
  Hold time is 9 seconds, keepalive interval is 3 seconds
  Configured hold time is 9 seconds, keepalive interval is 3 seconds
  Neighbor capabilities:
    4 Byte AS: advertised and received
    Extended Message: advertised and received
    Route refresh: advertised and received(new)
    Enhanced Route Refresh: advertised and received
    Address Family IPv4 Unicast: advertised and received
    Hostname Capability: advertised (name: router,domain name: n/a) received (name: node1,domain name: n/a)
    Graceful Restart Capability: advertised and received
      Remote Restart timer is 120 seconds
      Address families by peer:
        IPv4 Unicast(not preserved)
  Graceful restart information:
    End-of-RIB send: IPv4 Unicast
    End-of-RIB received: IPv4 Unicast
    Local GR Mode: Restart*
    Remote GR Mode: Restart
    R bit: True
    N bit: True
    Timers:
      Configured Restart Time(sec): 120
      Received Restart Time(sec): 120
    IPv4 Unicast:
      F bit: False
      End-of-RIB sent: Yes
      End-of-RIB received: Yes
      Timers:
        Configured Stale Path Time(sec): 360
  Message statistics:
    Inq depth is 0
    Outq depth is 0
                         Sent       Rcvd
    Opens:                  1          1
    Notifications:          0          0
    Updates:                3          2
    Keepalives:            19         19
    Route Refresh:          0          0
    Capability:             0          0
    Total:                 23         22
  Prefix statistics:
    Inbound filtered: 7
    AS-PATH loop: 1
    Originator loop: 2
    Cluster loop: 3
    Invalid next-hop: 4
    Withdrawn: 5
    Attributes discarded: 6

  Minimum time between advertisement runs is 0 seconds

 For address family: IPv4 Unicast
  K8S peer-group member
  Inbound soft reconfiguration allowed
  Community attribute sent to this neighbor(all)
  Inbound path policy configured
  Outbound path policy configured
  Incoming update prefix filter list is *K8S-IN
  Route map for outgoing advertisements is *OUT
  1 accepted prefixes, 2 sent prefixes

  Connections established 1; dropped 0
  Last reset 00:00:58,  Waiting for peer OPEN
  External BGP neighbor may be up to 1 hops away.
Local host: 10.90.3.1, Local port: 46774
Foreign host: 10.90.3.101, Foreign port: 179
Nexthop: 10.90.3.1
Nexthop global: fd00:90:3::1
Nexthop local: fe80::a8dd:6fff:febe:20bf
BGP connection: shared network
BGP Connect Retry Timer in Seconds: 120
Estimated round trip time: 2 ms
Read thread: on  Write thread: on

)";

json::object neighbor(World& world, std::string_view name) {
  return as_json(world, "show bgp neighbors " + std::string(name) + " json").at(name).as_object();
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an established neighbor as text", "[cli][neighbors]") {
  World world = router();
  CHECK(run(world, "show bgp neighbors 10.90.3.101").text == std::string(kEstablished) + '\n');
}

TEST_CASE("neighbors that are down", "[cli][neighbors]") {
  World world = router();
  const std::string down = run(world, "show ip bgp neighbors 10.90.3.103").text;
  CHECK(contains(down, " Administratively shut down\n"));
  CHECK(contains(down, "  BGP state = Idle\n  Last read never, Last write never\n"));
  CHECK(contains(down, "    Remote GR Mode: NotApplicable\n"));
  CHECK(contains(down, "  Not part of any update group\n"));
  CHECK(contains(down, "  Connections established 0; dropped 0\n  Last reset never\n"));
  CHECK(contains(down, "Read thread: off  Write thread: off\n"));
  CHECK_FALSE(contains(down, "Neighbor capabilities"));
  CHECK_FALSE(contains(down, "Local host"));
  CHECK(contains(run(world, "show bgp neighbors fd00:90:3::101").text,
                 "Next connect timer due in 66 seconds\n"));
}

TEST_CASE("all neighbors one after the other", "[cli][neighbors]") {
  World world = router();
  const std::string text = run(world, "show bgp neighbors").text;
  CHECK(text.find(std::string(kEstablished) + "BGP neighbor is 10.90.3.103, remote AS 65099") == 0);
  CHECK(contains(text, "\nBGP neighbor is fd00:90:3::101,"));
}

TEST_CASE("what hinders routes is said", "[cli][neighbors]") {
  World world = router();
  NeighborFamily& family = world.neighbors.at("10.90.3.101").families[wire::Family::Ipv4Unicast];
  family.counters.policy_missing_in = family.counters.policy_missing_out = true;
  family.counters.pending = 7;
  family.counters.oversized = 2;
  family.blocked = "no IPv4 address on the interface";
  world.configs.at("10.90.3.101").routes.families[wire::Family::Ipv4Unicast].maximum_prefix = 100;
  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  CHECK(contains(text, "  Inbound updates discarded due to missing policy\n"));
  CHECK(contains(text, "  Outbound updates limited to own routes due to missing policy\n"));
  CHECK(contains(text, "  7 routes still to be sent\n"));
  CHECK(contains(text, "  2 routes too big for a message of this session\n"));
  CHECK(contains(text, "  Nothing can be announced: no IPv4 address on the interface\n"));
  CHECK(contains(text, "  Maximum prefixes allowed 100\n"));
  const json::object info =
      neighbor(world, "10.90.3.101").at("addressFamilyInfo").at("ipv4Unicast").as_object();
  CHECK(info.at("announcementBlockedDueTo") == "no IPv4 address on the interface");
  CHECK(info.at("oversizedPrefixCounter") == 2);
  CHECK(info.at("prefixAllowedMax") == 100);
  CHECK(info.at("inboundEbgpRequiresPolicy") == "Inbound updates discarded due to missing policy");
}

TEST_CASE("a neighbor on an interface is named by it", "[cli][neighbors]") {
  World world = router();
  world.configs.at("10.90.3.103").transport.interface = "eth0";
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.103").text,
                 "BGP neighbor on eth0: None, remote AS 65099, local AS 65001, external link\n"));
  CHECK(neighbor(world, "10.90.3.103").at("bgpNeighborAddr") == "none");
  world.neighbors.at("10.90.3.103").interface_peer = address("fe80::9");
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.103").text,
                 "BGP neighbor on eth0: fe80::9, remote AS"));
  CHECK(neighbor(world, "10.90.3.103").at("bgpNeighborAddr") == "fe80::9");
  CHECK_FALSE(neighbor(world, "10.90.3.103").contains("neighborAddr"));
}

TEST_CASE("a dynamic neighbor says where it came by", "[cli][neighbors]") {
  World world = router();
  world.configs.at("10.90.3.103").listen_range = prefix("10.90.0.0/16");
  const std::string text = run(world, "show bgp neighbors 10.90.3.103").text;
  CHECK(contains(text, "BGP neighbor is *10.90.3.103, remote AS 65099"));
  CHECK(contains(text, " Belongs to the subnet range group: 10.90.0.0/16\n"));
  CHECK(neighbor(world, "10.90.3.103").at("dynamicPeer") == true);
  CHECK(neighbor(world, "10.90.3.103").at("peerSubnetRangeGroup") == "10.90.0.0/16");
}

TEST_CASE("signatures that do not fit, and a segment size, are shown", "[cli][neighbors][rfc2385-2]") {
  World world = router();
  world.configs.at("10.90.3.103").transport.password = "sesame";
  world.configs.at("10.90.3.103").transport.mss = 1200;
  world.neighbors.at("10.90.3.103").segment_size = 1188;
  world.neighbors.at("10.90.3.103").authentication_problem = "the passwords differ";
  const std::string text = run(world, "show bgp neighbors 10.90.3.103").text;
  CHECK(contains(text, "Peer Authentication Enabled\nPeer Authentication Problem: the passwords differ\n"));
  CHECK(contains(text, "  Configured tcp-mss is 1200, synced tcp-mss is 1188\n"));
  const json::object out = neighbor(world, "10.90.3.103");
  CHECK(out.at("authenticationEnabled") == 1);
  CHECK(out.at("authenticationProblem") == "the passwords differ");
  CHECK(out.at("bgpTcpMssConfigured") == 1200);
  CHECK(out.at("bgpTcpMssSynced") == 1188);
}

TEST_CASE("a failed session tells the reason in full", "[cli][neighbors]") {
  World world = router();
  NeighborData& data = world.neighbors.at("10.90.3.103");
  data.connections_established = data.connections_dropped = 1;
  data.last_reset.ago = 7s;
  data.last_reset.reason = fsm::DownReason::UserShutdown;
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.103").text,
                 "  Last reset 00:00:07,  Admin. shutdown\n"));
  const json::object out = neighbor(world, "10.90.3.103");
  CHECK(out.at("lastResetTimerMsecs") == 7000);
  CHECK(out.at("lastResetDueTo") == "Admin. shutdown");
  CHECK(out.at("lastResetCode") == 11);
}

TEST_CASE("the connection's settings", "[cli][neighbors]") {
  World world = router();
  lbgp::conf::Neighbor& config = world.configs.at("10.90.3.101");
  config.transport.password = "secret";
  config.transport.ebgp_multihop = std::uint8_t{4};
  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  CHECK(contains(text, "Peer Authentication Enabled\n"));
  CHECK_FALSE(contains(text, "secret"));
  CHECK(contains(text, "  External BGP neighbor may be up to 4 hops away.\n"));
  CHECK(neighbor(world, "10.90.3.101").at("authenticationEnabled") == 1);
  world.neighbors.at("10.90.3.101").ibgp = true;
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.101").text, "internal link\n"));
  CHECK(neighbor(world, "10.90.3.101").contains("nbrInternalLink"));
}

TEST_CASE("ttl-security is thought of when nobody answers", "[cli][neighbors][rfc5082-3]") {
  World world = router();
  const std::string name = "fd00:90:3::101";
  world.configs.at(name).transport.ttl_security_hops = std::uint8_t{2};
  CHECK_FALSE(contains(run(world, "show bgp neighbors " + name).text, "TTL security"));
  world.neighbors.at(name).last_reset.detail = "no answer to the connection attempt within 5 s";
  const std::string hint =
      "nothing with a TTL below 254 is heard; the neighbor must send with 255, so it needs ttl-security too";
  CHECK(contains(run(world, "show bgp neighbors " + name).text,
                 "may be up to 2 hops away.\n  TTL security: " + hint + "\n"));
  CHECK(neighbor(world, name).at("ttlSecurityHint") == json::value(hint));
  // Nor is who waits for an OPEN that does not come, or for a connection.
  world.neighbors.at(name).last_reset.detail = "";
  world.neighbors.at(name).state = lbgp::fsm::State::OpenSent;
  CHECK(contains(run(world, "show bgp neighbors " + name).text, hint));
  world.neighbors.at(name).state = lbgp::fsm::State::Active;
  CHECK_FALSE(contains(run(world, "show bgp neighbors " + name).text, hint));
  world.configs.at(name).session.passive = true;
  CHECK(contains(run(world, "show bgp neighbors " + name).text, hint));
  world.neighbors.at(name).state = lbgp::fsm::State::Established;
  CHECK_FALSE(contains(run(world, "show bgp neighbors " + name).text, hint));
  world.neighbors.at(name).state = lbgp::fsm::State::Active;
  world.configs.at(name).transport.ttl_security_hops.reset();
  CHECK_FALSE(contains(run(world, "show bgp neighbors " + name).text, hint));
}

TEST_CASE("reflection and several paths are told", "[cli][neighbors][rfc4456-8][rfc7911-3]") {
  using Kind = lbgp::rib::PathSelection::Kind;
  struct Row {
    Kind kind;
    std::string_view text, key;
  };
  for (const Row& row :
       {Row{Kind::All, "  Advertise all paths via addpath\n", "addpathTxAllPaths"},
        Row{Kind::BestPerAs, "  Advertise bestpath per AS via addpath\n", "addpathTxBestpathPerAS"},
        Row{Kind::BestSelected, "  Advertise best N selected paths via addpath\n",
            "addpathTxBestSelectedPaths"}}) {
    World world = router();
    auto& settings = world.configs.at("10.90.3.101").routes.families[wire::Family::Ipv4Unicast];
    const std::string before = run(world, "show bgp neighbors 10.90.3.101").text;
    CHECK_FALSE(contains(before, "Route-Reflector Client"));
    CHECK_FALSE(contains(before, "via addpath"));
    settings.paths.kind = row.kind;
    settings.route_reflector_client = true;
    const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
    CHECK(contains(text, "  Route-Reflector Client\n"));
    CHECK(contains(text, std::string(row.text)));
    const json::value family = neighbor(world, "10.90.3.101").at("addressFamilyInfo").at("ipv4Unicast");
    CHECK(family.at("routeReflectorClient") == true);
    CHECK(family.at(row.key) == true);
  }
}

TEST_CASE("a default route of our making is told", "[cli][neighbors][default-originate]") {
  World world = router();
  auto& settings = world.configs.at("10.90.3.101").routes.families[wire::Family::Ipv4Unicast];
  auto& counters = world.neighbors.at("10.90.3.101").families[wire::Family::Ipv4Unicast].counters;
  CHECK_FALSE(contains(run(world, "show bgp neighbors 10.90.3.101").text, "Default information"));
  settings.default_originate = true;
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.101").text,
                 "  Default information originate, default not sent\n"));
  const auto family = [&] {
    return neighbor(world, "10.90.3.101").at("addressFamilyInfo").at("ipv4Unicast");
  };
  CHECK(family().at("defaultNotSent") == true);
  counters.default_sent = true;
  settings.default_route_map = "M";
  CHECK(contains(run(world, "show bgp neighbors 10.90.3.101").text,
                 "  Default information originate, default route-map *M, default sent\n"));
  CHECK(family().at("defaultSent") == true);
  CHECK(family().at("defaultRouteMap") == "M");
  const std::string sent = "show ip bgp neighbors 10.90.3.101 advertised-routes";
  CHECK(contains(run(world, sent).text, "Originating default network 0.0.0.0/0\n\n"));
  CHECK(as_json(world, sent + " json").at("bgpOriginatingDefaultNetwork") == "0.0.0.0/0");
}

TEST_CASE("every filter is told by its name, and what is left unchanged", "[cli][neighbors]") {
  World world = router();
  auto& settings = world.configs.at("10.90.3.101").routes.families[wire::Family::Ipv4Unicast];
  settings.distribute_list_in = "A";
  settings.distribute_list_out = "B";
  settings.filter_list_in = "C";
  settings.filter_list_out = "D";
  settings.unsuppress_map = "E";
  settings.unchanged = {true, true, true};
  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  for (const char* line :
       {"  Incoming update network filter list is *A\n", "  Outgoing update network filter list is *B\n",
        "  Incoming update AS path filter list is *C\n", "  Outgoing update AS path filter list is *D\n",
        "  Route map for selective unsuppress is *E\n",
        "  AS_PATH is propagated unchanged to this neighbor\n",
        "  NEXT_HOP is propagated unchanged to this neighbor\n",
        "  MED is propagated unchanged to this neighbor\n"}) {
    INFO(line);
    CHECK(text.find(line) != std::string::npos);
  }
  const auto family = neighbor(world, "10.90.3.101").at("addressFamilyInfo").at("ipv4Unicast");
  CHECK(family.at("incomingUpdateNetworkFilterList") == "A");
  CHECK(family.at("outgoingUpdateNetworkFilterList") == "B");
  CHECK(family.at("incomingUpdateAsPathFilterList") == "C");
  CHECK(family.at("outgoingUpdateAsPathFilterList") == "D");
  CHECK(family.at("selectiveUnsuppressRouteMap") == "E");
  for (const char* key :
       {"unchangedAsPathPropogatedToNbr", "unchangedNextHopPropogatedToNbr", "unchangedMedPropogatedToNbr"})
    CHECK(family.at(key) == true);
}

TEST_CASE("capabilities of one side only", "[cli][neighbors]") {
  World world = router();
  fsm::Negotiated one_sided = negotiated();
  one_sided.received.capabilities = {wire::MultiprotocolCapability{wire::afi_safi(wire::Family::Ipv6Unicast)},
                                     wire::SoftwareVersionCapability{"FRRouting/10.2"}};
  one_sided.sent.capabilities.emplace_back(
      wire::AddPathCapability{{{wire::afi_safi(wire::Family::Ipv4Unicast), true, false}}});
  world.neighbors.at("10.90.3.101").negotiated = &one_sided;
  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  CHECK(contains(text, "    4 Byte AS: advertised\n"));
  CHECK(contains(text, "    AddPath:\n      IPv4 Unicast: RX advertised\n"));
  CHECK(contains(text, "    Address Family IPv6 Unicast: received\n"));
  CHECK(
      contains(text, "    Version Capability: not advertised received software version (FRRouting/10.2)\n"));
  CHECK(contains(text, "    Graceful Restart Capability: advertised\n"));
  CHECK(contains(text, "    Remote GR Mode: Disable\n"));
  const json::object out = neighbor(world, "10.90.3.101").at("neighborCapabilities").as_object();
  CHECK(out.at("4byteAs") == "advertised");
  CHECK(out.at("addPath").at("ipv4Unicast").at("rxAdvertised") == true);
  CHECK(out.at("multiprotocolExtensions").at("ipv6Unicast").at("received") == true);
  CHECK(out.at("softwareVersion").at("receivedSoftwareVersion") == "FRRouting/10.2");
}

TEST_CASE("roles, versions and extended next hops", "[cli][neighbors]") {
  World world = router();
  world.configs.at("10.90.3.101").session.local_role = wire::Role::Customer;
  fsm::Negotiated session = negotiated();
  const wire::AfiSafi ipv4 = wire::afi_safi(wire::Family::Ipv4Unicast);
  session.sent.capabilities.emplace_back(wire::RoleCapability{3});
  session.sent.capabilities.emplace_back(wire::SoftwareVersionCapability{"lbgpd/0.1.0"});
  session.sent.capabilities.emplace_back(wire::ExtendedNextHopCapability{{{ipv4, 2}}});
  session.received.capabilities.emplace_back(wire::RoleCapability{0});
  session.received.capabilities.emplace_back(wire::ExtendedNextHopCapability{{{ipv4, 2}}});
  session.received.extended_parameters = true;
  world.neighbors.at("10.90.3.101").negotiated = &session;

  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  CHECK(contains(text, "  Local Role: customer\n  Remote Role: provider\n"));
  CHECK(contains(text,
                 "    Role: advertised and received\n    Extended nexthop: advertised and received\n"
                 "      Address families by peer:\n                   IPv4 Unicast\n"));
  CHECK(contains(text, "    Version Capability: advertised software version (lbgpd/0.1.0) not received\n"));

  const json::object out = neighbor(world, "10.90.3.101");
  CHECK(out.at("localRole") == "customer");
  CHECK(out.at("remoteRole") == "provider");
  CHECK(out.at("extendedOptionalParametersLength") == true);
  const json::object& capabilities = out.at("neighborCapabilities").as_object();
  CHECK(capabilities.at("role") == "advertisedAndReceived");
  CHECK(capabilities.at("extendedNexthop") == "advertisedAndReceived");
  // Both spellings are FRR's.
  CHECK(capabilities.at("extendedNexthopFamililesByPeer") == json::object{{"ipv4Unicast", "recieved"}});
  CHECK(capabilities.at("softwareVersion") == json::object{{"advertisedSoftwareVersion", "lbgpd/0.1.0"}});
}

TEST_CASE("an established neighbor as JSON", "[cli][neighbors]") {
  World world = router();
  const json::object out = neighbor(world, "10.90.3.101");
  // FRR 8.4.4's keys in its order, without conditional advertisements; `neighborAddr` is of later releases.
  CHECK(keys(out) == std::vector<std::string>{"neighborAddr",
                                              "remoteAs",
                                              "localAs",
                                              "nbrExternalLink",
                                              "localRole",
                                              "remoteRole",
                                              "nbrDesc",
                                              "hostname",
                                              "peerGroup",
                                              "bgpVersion",
                                              "remoteRouterId",
                                              "localRouterId",
                                              "bgpState",
                                              "bgpTimerUpMsec",
                                              "bgpTimerUpString",
                                              "bgpTimerUpEstablishedEpoch",
                                              "bgpTimerLastRead",
                                              "bgpTimerLastWrite",
                                              "bgpInUpdateElapsedTimeMsecs",
                                              "bgpTimerConfiguredHoldTimeMsecs",
                                              "bgpTimerConfiguredKeepAliveIntervalMsecs",
                                              "bgpTimerHoldTimeMsecs",
                                              "bgpTimerKeepAliveIntervalMsecs",
                                              "extendedOptionalParametersLength",
                                              "neighborCapabilities",
                                              "gracefulRestartInfo",
                                              "messageStats",
                                              "prefixStats",
                                              "minBtwnAdvertisementRunsTimerMsecs",
                                              "addressFamilyInfo",
                                              "connectionsEstablished",
                                              "connectionsDropped",
                                              "lastResetTimerMsecs",
                                              "lastResetDueTo",
                                              "lastResetCode",
                                              "externalBgpNbrMaxHopsAway",
                                              "hostLocal",
                                              "portLocal",
                                              "hostForeign",
                                              "portForeign",
                                              "nexthop",
                                              "nexthopGlobal",
                                              "nexthopLocal",
                                              "bgpConnection",
                                              "connectRetryTimer",
                                              "estimatedRttInMsecs",
                                              "readThread",
                                              "writeThread"});
  CHECK(out.at("bgpTimerUpMsec") == 57000);
  CHECK(out.at("bgpTimerUpEstablishedEpoch") == 1795239618);
  CHECK(out.at("portForeign") == 179);
  CHECK(out.at("messageStats") == json::parse(R"({"depthInq":0,"depthOutq":0,"opensSent":1,"opensRecv":1,
    "notificationsSent":0,"notificationsRecv":0,"updatesSent":3,"updatesRecv":2,"keepalivesSent":19,
    "keepalivesRecv":19,"routeRefreshSent":0,"routeRefreshRecv":0,"capabilitySent":0,"capabilityRecv":0,
    "totalSent":23,"totalRecv":22})"));
  CHECK(out.at("prefixStats") == json::parse(R"({"inboundFiltered":7,"aspathLoop":1,"originatorLoop":2,
    "clusterLoop":3,"invalidNextHop":4,"withdrawn":5,"attributesDiscarded":6})"));
  CHECK(out.at("addressFamilyInfo") ==
        json::parse(R"({"ipv4Unicast":{"peerGroupMember":"K8S","packetQueueLength":0,
    "inboundSoftConfigPermit":true,"commAttriSentToNbr":"extendedAndStandard","inboundPathPolicyConfig":true,
    "outboundPathPolicyConfig":true,"incomingUpdatePrefixFilterList":"K8S-IN",
    "routeMapForOutgoingAdvertisements":"OUT","acceptedPrefixCounter":1,"sentPrefixCounter":2}})"));
  CHECK(out.at("gracefulRestartInfo") == json::parse(R"({"endOfRibSend":{"ipv4Unicast":true},
    "endOfRibRecv":{"ipv4Unicast":true},"localGrMode":"Restart*","remoteGrMode":"Restart","rBit":true,"nBit":true,
    "timers":{"configuredRestartTimer":120,"receivedRestartTimer":120},
    "ipv4Unicast":{"fBit":false,"endOfRibStatus":{"endOfRibSend":true,"endOfRibSentAfterUpdate":true,
    "endOfRibRecv":true},"timers":{"stalePathTimer":360}}})"));
  const json::object& capabilities = out.at("neighborCapabilities").as_object();
  CHECK(capabilities.at("gracefulRestartRemoteTimerMsecs") == 120000);
  CHECK(capabilities.at("hostName").at("rcvHostName") == "node1");
  CHECK(capabilities.at("addressFamiliesByPeer") == json::object{{"ipv4Unicast", json::object{}}});
}

TEST_CASE("a neighbor without a connection as JSON", "[cli][neighbors]") {
  World world = router();
  const json::object out = neighbor(world, "10.90.3.103");
  CHECK(out.at("adminShutDown") == true);
  CHECK(out.at("hostname") == "Unknown");
  CHECK(out.at("bgpState") == "Idle");
  CHECK(out.at("hostLocal") == "Unknown");
  CHECK(out.at("portLocal") == -1);
  CHECK(out.at("lastReset") == "never");
  CHECK(out.at("readThread") == "off");
  CHECK_FALSE(out.contains("neighborCapabilities"));
  CHECK_FALSE(out.contains("bgpTimerUpMsec"));
}

TEST_CASE("brief JSON", "[cli][neighbors]") {
  World world = router();
  CHECK(as_json(world, "show bgp neighbors 10.90.3.101 json brief") == json::parse(R"({"10.90.3.101":{
    "hostname":"node1","remoteAs":65010,"localAs":65001,"lastResetDueTo":"Waiting for peer OPEN",
    "bgpState":"Established","bgpTimerUpMsec":57000,"bgpTimerUpString":"00:00:57",
    "bgpTimerUpEstablishedEpoch":1795239618,"lastResetTimerMsecs":58000,
    "messageStats":{"totalSent":23,"totalRecv":22},
    "addressFamilyInfo":{"ipv4Unicast":{"acceptedPrefixCounter":1,"sentPrefixCounter":2}}}})"));
}

TEST_CASE("with a VRF, every other value is a neighbor, as exporters expect", "[cli][neighbors]") {
  World world = router();
  const json::object out = as_json(world, "show bgp vrf all neighbors json").at("default").as_object();
  CHECK(keys(out) ==
        std::vector<std::string>{"vrfId", "vrfName", "10.90.3.101", "10.90.3.103", "fd00:90:3::101"});
  CHECK(keys(as_json(world, "show bgp neighbors json")) ==
        std::vector<std::string>{"10.90.3.101", "10.90.3.103", "fd00:90:3::101"});
}

TEST_CASE("a neighbor that is not there", "[cli][neighbors]") {
  World world = router();
  CHECK(run(world, "show bgp neighbors 1.1.1.1").text == "% No such neighbor in this view/vrf\n\n");
  CHECK(run(world, "show bgp neighbors foo json").text == "{\n  \"bgpNoSuchNeighbor\":true\n}\n");
  CHECK(run(world, "show bgp neighbors foo").code == Code::Success);  // as in FRR
  CHECK(run(world, "show bgp vrf red neighbors json").text == "{\n}\n");
}
