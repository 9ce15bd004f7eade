// SPDX-License-Identifier: Apache-2.0
// `show bgp summary` against what FRR 8.4.4 printed of the same network.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "answers.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kIpv4 = R"(BGP router identifier 10.90.254.1, local AS number 65001 vrf-id 0
BGP table version 2
RIB entries 5, using 960 bytes of memory
Peers 4, using 2896 KiB of memory
Peer groups 1, using 64 bytes of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
10.90.3.101     4      65010         8         9        0    0    0 00:00:13            1        2 node one
10.90.3.102     4      65010         0         0        0    0    0    never       Active        0 N/A
10.90.3.103     4      65099         0         0        0    0    0    never Idle (Admin)        0 N/A
fd00:90:3::101  4      65010        10        10        0    0    0 00:00:13            2        2 a rather long

Total number of neighbors 4
)";
constexpr std::string_view kIpv6 = R"(BGP router identifier 10.90.254.1, local AS number 65001 vrf-id 0
BGP table version 1
RIB entries 2, using 384 bytes of memory
Peers 1, using 724 KiB of memory
Peer groups 1, using 64 bytes of memory

Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt Desc
fd00:90:3::101  4      65010        10        10        0    0    0 00:00:13            1        1 a rather long

Total number of neighbors 1
)";
constexpr std::string_view kIpv4Title = "\nIPv4 Unicast Summary (VRF default):\n";
constexpr std::string_view kIpv6Title = "\nIPv6 Unicast Summary (VRF default):\n";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

}  // namespace

TEST_CASE("families have a title unless one was named in full", "[cli][summary]") {
  World world = router();
  CHECK(run(world, "show bgp summary").text == join({kIpv4Title, kIpv4, kIpv6Title, kIpv6}));
  CHECK(run(world, "show bgp vrf all summary").text == join({kIpv4Title, kIpv4, kIpv6Title, kIpv6}));
  CHECK(run(world, "show ip bgp summary").text == join({kIpv4Title, kIpv4}));
  CHECK(run(world, "show bgp ipv4 summary").text == join({kIpv4Title, kIpv4}));
  CHECK(run(world, "show bgp ipv4 unicast summary").text == kIpv4);
  CHECK(run(world, "show bgp ipv6 unicast summary").text == kIpv6);
}

TEST_CASE("wide adds our AS and the whole description", "[cli][summary]") {
  World world = router();
  const std::string text = run(world, "show bgp ipv4 unicast summary wide").text;
  CHECK(text.find("Neighbor        V         AS    LocalAS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down "
                  "State/PfxRcd   PfxSnt Desc\n"
                  "10.90.3.101     4      65010      65001         8         9        0    0    0 00:00:13   "
                  "         "
                  "1        2 node one\n") != std::string::npos);
  CHECK(text.find(" 00:00:13            2        2 a rather long description of this neighbor\n") !=
        std::string::npos);
}

TEST_CASE("terse leaves the totals out", "[cli][summary]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 unicast summary terse")
            .text.find(
                "BGP router identifier 10.90.254.1, local AS number 65001 vrf-id 0\n\nNeighbor        V") ==
        0);
}

TEST_CASE("established and failed neighbors", "[cli][summary]") {
  World world = router();
  const std::string up = run(world, "show bgp ipv4 unicast summary established").text;
  CHECK(up.find("10.90.3.102") == std::string::npos);
  CHECK(up.ends_with("a rather long\n\nDisplayed neighbors 2\nTotal number of neighbors 4\n"));
  CHECK(run(world, "show bgp summary failed").text ==
        join({kIpv4Title, R"(BGP router identifier 10.90.254.1, local AS number 65001 vrf-id 0
BGP table version 2
RIB entries 5, using 960 bytes of memory
Peers 4, using 2896 KiB of memory
Peer groups 1, using 64 bytes of memory

Neighbor        EstdCnt DropCnt ResetTime Reason
10.90.3.102           0       0     never Waiting for peer OPEN
10.90.3.103           0       0     never No AFI/SAFI activated for peer

Displayed neighbors 2
Total number of neighbors 4
)",
              kIpv6Title, "% No failed BGP neighbors found\n"}));
}

TEST_CASE("a dropped neighbor says why", "[cli][summary]") {
  World world = router();
  SummaryPeer& peer = world.summaries[wire::Family::Ipv4Unicast].peers[0];
  peer.state = lbgp::fsm::State::Active;
  peer.connections_dropped = 1;
  peer.last_reset.ago = 7s;
  peer.last_reset.reason = lbgp::fsm::DownReason::NotificationReceived;
  peer.last_reset.notification = wire::Notification{
      wire::ErrorCode::Cease, wire::subcode::kHardReset, {6, wire::subcode::kAdministrativeShutdown}};
  CHECK(
      run(world, "show bgp ipv4 summary failed")
          .text.find("10.90.3.101           1       1  00:00:07 Notification received (Cease/Administrative "
                     "Shutdown/Hard Reset)\n") != std::string::npos);
  const json::object failed = as_json(world, "show bgp ipv4 unicast summary failed json");
  const json::object& entry = failed.at("peers").at("10.90.3.101").as_object();
  CHECK(keys(entry) == std::vector<std::string>{"hostname", "connectionsEstablished", "connectionsDropped",
                                                "peerUptime", "peerUptimeMsec", "peerUptimeEstablishedEpoch",
                                                "lastErrorCodeSubcode", "lastNotificationReason",
                                                "lastNotificationHardReset", "lastResetDueTo",
                                                "lastResetCode", "idType"});
  CHECK(failed.at("displayedPeers") == 3);
}

TEST_CASE("policy, negotiation and limits show in the state column", "[cli][summary]") {
  World world = router();
  SummaryData& v4 = world.summaries[wire::Family::Ipv4Unicast];
  v4.peers[0].policy_missing_in = true;
  v4.peers[1].over_maximum_prefix = true;
  v4.peers[3].family_negotiated = false;
  const std::string text = run(world, "show bgp ipv4 unicast summary").text;
  CHECK(text.find(" 00:00:13     (Policy)        2 node one\n") != std::string::npos);
  CHECK(text.find("    never Idle (PfxCt)        0 N/A\n") != std::string::npos);
  CHECK(text.find(" 00:00:13        NoNeg    NoNeg a rather long\n") != std::string::npos);
  const json::object out = as_json(world, "show bgp ipv4 unicast summary json");
  CHECK(out.at("peers").at("10.90.3.101").at("peerState") == "Policy");
  CHECK(out.at("peers").at("10.90.3.102").at("peerState") == "PfxCt");
  CHECK(out.at("peers").at("10.90.3.102").at("state") == "Idle (PfxCt)");
}

TEST_CASE("a long address widens the first column", "[cli][summary]") {
  World world = router();
  world.summaries[wire::Family::Ipv6Unicast].peers[0].key = address("fd47:25e1:2f96:52:100::64");
  const std::string text = run(world, "show bgp ipv6 unicast summary").text;
  CHECK(text.find("Neighbor                  V         AS") != std::string::npos);
  CHECK(text.find("fd47:25e1:2f96:52:100::64 4      65010") != std::string::npos);
}

TEST_CASE("JSON has FRR's keys in FRR's order", "[cli][summary]") {
  World world = router();
  const json::object out = as_json(world, "show bgp summary json");
  CHECK(keys(out) == std::vector<std::string>{"ipv4Unicast", "ipv6Unicast"});
  const json::object& v4 = out.at("ipv4Unicast").as_object();
  CHECK(keys(v4) == std::vector<std::string>{"routerId", "as", "vrfId", "vrfName", "tableVersion", "ribCount",
                                             "ribMemory", "peerCount", "peerMemory", "peerGroupCount",
                                             "peerGroupMemory", "peers", "failedPeers", "displayedPeers",
                                             "totalPeers", "dynamicPeers", "bestPath"});
  const json::object& peer = v4.at("peers").at("10.90.3.101").as_object();
  CHECK(keys(peer) == std::vector<std::string>{"hostname",
                                               "softwareVersion",
                                               "remoteAs",
                                               "localAs",
                                               "version",
                                               "msgRcvd",
                                               "msgSent",
                                               "tableVersion",
                                               "outq",
                                               "inq",
                                               "peerUptime",
                                               "peerUptimeMsec",
                                               "peerUptimeEstablishedEpoch",
                                               "pfxRcd",
                                               "pfxSnt",
                                               "state",
                                               "peerState",
                                               "connectionsEstablished",
                                               "connectionsDropped",
                                               "desc",
                                               "idType"});
  CHECK(peer.at("peerUptimeMsec") == 13000);
  CHECK(peer.at("peerUptimeEstablishedEpoch") == 1795239619);
  CHECK(peer.at("state") == "Established");
  CHECK(v4.at("peers").at("10.90.3.103").at("state") == "Idle (Admin)");
  CHECK(v4.at("peers").at("10.90.3.103").at("peerState") == "Admin");
  CHECK(v4.at("peers").at("fd00:90:3::101").at("idType") == "ipv6");
  CHECK(v4.at("failedPeers") == 2);
  CHECK(v4.at("bestPath") == json::parse(R"({"multiPathRelax":"false"})"));
}

TEST_CASE("how paths are compared stands beside the neighbors", "[cli][summary]") {
  World world = router();
  SummaryData& v4 = world.summaries[wire::Family::Ipv4Unicast];
  v4.multipath_relax = v4.peer_type_relax = v4.compare_router_id = v4.med_missing_as_worst = true;
  v4.as_path = "ignore";
  CHECK(as_json(world, "show bgp ipv4 unicast summary json").at("bestPath") ==
        json::parse(R"({"asPath":"ignore","multiPathRelax":"true","peerTypeRelax":true,
                        "compareRouterId":"true","med":"missing-as-worst"})"));
}

TEST_CASE("dynamic neighbors and those on an interface", "[cli][summary]") {
  World world = router();
  SummaryData& data = world.summaries[wire::Family::Ipv6Unicast];
  data.dynamic_limit = 100;
  data.peers[0].dynamic = true;
  data.peers.push_back(data.peers[0]);
  data.peers[1].dynamic = false;
  data.peers[1].key = lbgp::fsm::PeerKey::interface("eth0");
  const std::string text = run(world, "show bgp ipv6 unicast summary").text;
  CHECK(text.find("\n*fd00:90:3::101 4      65010") != std::string::npos);
  CHECK(text.find("\neth0            4      65010") != std::string::npos);
  CHECK(text.ends_with(
      "\nTotal number of neighbors 2\n* - dynamic neighbor\n1 dynamic neighbor(s), limit 100\n"));
  const json::object out = as_json(world, "show bgp ipv6 unicast summary json");
  CHECK(out.at("dynamicPeers") == 1);
  CHECK(out.at("peers").at("fd00:90:3::101").at("dynamicPeer") == true);
  CHECK(keys(out.at("peers").at("fd00:90:3::101").as_object()).front() == "dynamicPeer");
  CHECK(out.at("peers").at("eth0").at("idType") == "interface");
  CHECK_FALSE(out.at("peers").at("eth0").as_object().contains("dynamicPeer"));
}

TEST_CASE("JSON is wrapped as it is in FRR", "[cli][summary]") {
  World world = router();
  CHECK(as_json(world, "show bgp ipv4 unicast summary json").contains("routerId"));
  CHECK(keys(as_json(world, "show ip bgp summary json")) == std::vector<std::string>{"ipv4Unicast"});
  CHECK(as_json(world, "show bgp vrf all ipv4  summary json")
            .at("default")
            .at("ipv4Unicast")
            .as_object()
            .contains("as"));
  CHECK(
      as_json(world, "show bgp ipv4 summary failed json").at("ipv4Unicast").at("peers").as_object().size() ==
      2);
  CHECK(as_json(world, "show bgp ipv6 unicast summary failed json") ==
        json::object{{"failedPeersCount", 0}, {"dynamicPeers", 0}, {"totalPeers", 1}});
}

TEST_CASE("no neighbors and no instance", "[cli][summary]") {
  World world = router();
  world.summaries[wire::Family::Ipv6Unicast].peers.clear();
  CHECK(run(world, "show bgp summary").text == join({kIpv4Title, kIpv4}));
  CHECK(run(world, "show bgp ipv6 summary").text == "% No BGP neighbors found in VRF default\n");
  CHECK(run(world, "show bgp ipv6 summary json").text == "{\n}\n");
  CHECK(run(world, "show bgp vrf red summary").text == "% BGP instance not found\n");
  CHECK(run(world, "show bgp vrf red summary").code == Code::Warning);
  world.instance_exists = false;
  CHECK(run(world, "show bgp summary").text == "% BGP instance not found\n");
  CHECK(run(world, "show bgp summary").code == Code::Warning);
  CHECK(run(world, "show bgp vrf all summary json").code == Code::Success);
}
