// SPDX-License-Identifier: Apache-2.0
// `show bfd`: the words and keys of FRR's bfdd.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "tests/cli/world.hpp"

using namespace lbgp;
using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

BfdPeerData up() {
  BfdPeerData data;
  data.peer.key.peer = address("10.90.3.101");
  data.peer.settings = {.detect_multiplier = 5, .receive_interval = 150ms, .transmit_interval = 200ms};
  data.local = address("10.90.3.1");
  data.id = 12345;
  data.state = wire::BfdState::Up;
  data.remote = {.discriminator = 67890,
                 .state = wire::BfdState::Up,
                 .diagnostic = wire::BfdDiagnostic::ControlDetectionTimeExpired,
                 .detect_mult = 3,
                 .desired_min_tx = 300ms,
                 .required_min_rx = 400ms,
                 .required_min_echo_rx = 50ms,
                 .demand = false,
                 .control_plane_independent = true};
  data.since = 3723s + 999ms;
  data.received = 41;
  data.sent = 42;
  data.ups = 2;
  data.downs = 1;
  data.late_most = 127us;
  data.late_worst = 900us;
  return data;
}

BfdPeerData down() {
  BfdPeerData data;
  data.peer.key = {
      .peer = address("10.9.0.2"), .multihop = true, .local = address("10.9.0.1"), .interface = ""};
  data.peer.settings.passive = true;
  data.peer.settings.minimum_ttl = 253;
  data.peer.configured = true;
  data.local = address("10.9.0.1");
  data.id = 7;
  data.diagnostic = wire::BfdDiagnostic::NeighborSignaledSessionDown;
  data.since = 90065s;
  return data;
}

World world() {
  World made = router();
  made.bfd = {down(), up()};
  return made;
}

json::value parsed(const std::string& text) {
  return json::parse(text);
}

}  // namespace

TEST_CASE("show bfd peers tells what bfdd tells", "[cli][bfd]") {
  World tested = world();
  tested.bfd = {up()};
  CHECK(run(tested, "show bfd peers").text ==
        "BFD Peers:\n"
        "\tpeer 10.90.3.101 local-address 10.90.3.1 vrf default\n"
        "\t\tID: 12345\n"
        "\t\tRemote ID: 67890\n"
        "\t\tActive mode\n"
        "\t\tStatus: up\n"
        "\t\tUptime: 1 hour(s), 2 minute(s), 3 second(s)\n"
        "\t\tDiagnostics: ok\n"
        "\t\tRemote diagnostics: control detection time expired\n"
        "\t\tPeer Type: dynamic\n"
        "\t\tLocal timers:\n"
        "\t\t\tDetect-multiplier: 5\n"
        "\t\t\tReceive interval: 150ms\n"
        "\t\t\tTransmission interval: 200ms\n"
        "\t\t\tEcho receive interval: disabled\n"
        "\t\t\tEcho transmission interval: disabled\n"
        "\t\tRemote timers:\n"
        "\t\t\tDetect-multiplier: 3\n"
        "\t\t\tReceive interval: 400ms\n"
        "\t\t\tTransmission interval: 300ms\n"
        "\t\t\tEcho receive interval: 50ms\n"
        "\n");
}

TEST_CASE("a multihop session says so, and how far its peer may be", "[cli][bfd]") {
  World tested = world();
  const std::string text = run(tested, "show bfd peer 10.9.0.2 multihop local-address 10.9.0.1").text;
  CHECK(text.starts_with("BFD Peer:\n\tpeer 10.9.0.2 multihop local-address 10.9.0.1 vrf default\n"));
  for (const char* line :
       {"\t\tPassive mode\n\t\tMinimum TTL: 253\n\t\tStatus: down\n",
        "\t\tDowntime: 1 day(s), 1 hour(s), 1 minute(s), 5 second(s)\n",
        "\t\tDiagnostics: neighbor signaled session down\n", "\t\tPeer Type: configured\n"})
    CHECK(text.find(line) != std::string::npos);
}

TEST_CASE("show bfd peers json has bfdd's keys", "[cli][bfd]") {
  World tested = world();
  const json::array peers = parsed(run(tested, "show bfd peers json").text).as_array();
  REQUIRE(peers.size() == 2);
  CHECK(peers[1] == json::value{{"multihop", false},
                                {"peer", "10.90.3.101"},
                                {"local", "10.90.3.1"},
                                {"vrf", "default"},
                                {"id", 12345},
                                {"remote-id", 67890},
                                {"passive-mode", false},
                                {"status", "up"},
                                {"uptime", 3723},
                                {"diagnostic", "ok"},
                                {"remote-diagnostic", "control detection time expired"},
                                {"type", "dynamic"},
                                {"receive-interval", 150},
                                {"transmit-interval", 200},
                                {"echo-receive-interval", 0},
                                {"echo-transmit-interval", 0},
                                {"detect-multiplier", 5},
                                {"remote-receive-interval", 400},
                                {"remote-transmit-interval", 300},
                                {"remote-echo-receive-interval", 50},
                                {"remote-detect-multiplier", 3}});
  CHECK(peers[0].at("minimum-ttl") == 253);
  CHECK(peers[0].at("downtime") == 90065);
  tested.bfd.clear();
  CHECK(parsed(run(tested, "show bfd peers json").text) == json::array{});
  CHECK(run(tested, "show bfd peers").text == "BFD Peers:\n");
}

TEST_CASE("show bfd peers brief is a table", "[cli][bfd]") {
  World tested = world();
  const std::string text = run(tested, "show bfd peers brief").text;
  CHECK(
      text.starts_with("Session count: 2\n"
                       "SessionId  LocalAddress                             PeerAddress                      "
                       "       Status         \n"
                       "=========  ============                             ===========                      "
                       "       ======         \n"));
  CHECK(text.find("12345      10.90.3.1                                10.90.3.101                           "
                  "  up ") != std::string::npos);
}

TEST_CASE("show bfd peers counters counts, and says how late packets were", "[cli][bfd]") {
  World tested = world();
  tested.bfd = {up()};
  CHECK(run(tested, "show bfd peers counters").text ==
        "BFD Peers:\n"
        "\tpeer 10.90.3.101 local-address 10.90.3.1 vrf default\n"
        "\t\tControl packet input: 41 packets\n"
        "\t\tControl packet output: 42 packets\n"
        "\t\tEcho packet input: 0 packets\n"
        "\t\tEcho packet output: 0 packets\n"
        "\t\tSession up events: 2\n"
        "\t\tSession down events: 1\n"
        "\t\tZebra notifications: 0\n"
        "\t\tTransmit lateness: 127 us for 99.9%, 900 us at worst\n"
        "\n");
  const json::value counters = parsed(run(tested, "show bfd peers counters json").text).at(0);
  CHECK(counters.at("control-packet-input") == 41);
  CHECK(counters.at("session-down") == 1);
  CHECK(counters.at("transmit-lateness-worst-usec") == 900);
}

TEST_CASE("show bfd peer finds one by address, kind and local address", "[cli][bfd]") {
  World tested = world();
  CHECK(parsed(run(tested, "show bfd peer 10.90.3.101 json").text).at("id") == 12345);
  CHECK(parsed(run(tested, "show bfd vrf default peer 10.90.3.101 counters json").text).at("session-up") ==
        2);
  for (const char* line : {"show bfd peer 10.9.0.2", "show bfd peer 10.90.3.101 multihop",
                           "show bfd peer 10.90.3.101 local-address 10.90.3.9",
                           "show bfd peer 10.90.3.101 interface eth0", "show bfd vrf red peer 10.90.3.101"}) {
    INFO(line);
    const Reply reply = run(tested, line);
    CHECK(reply.text.starts_with("% Unable to find 'peer 10.9"));
    CHECK(reply.code == Code::Warning);
  }
}

TEST_CASE("a neighbor's BFD stands at the end of what is told about it", "[cli][bfd]") {
  World tested = world();
  CHECK(run(tested, "show bgp neighbors 10.90.3.101").text.find("BFD") == std::string::npos);
  tested.neighbors["10.90.3.101"].bfd = NeighborBfdData{
      .multihop = true, .profile = "fast", .settings = {}, .state = wire::BfdState::Up, .since = 93784s};
  CHECK(run(tested, "show bgp neighbors 10.90.3.101")
            .text.find("  BFD: Type: multi hop\n  BFD profile: fast\n"
                       "  Detect Multiplier: 3, Min Rx interval: 300, Min Tx interval: 300\n"
                       "  Status: Up, Last update: 1:02:03:04\n") != std::string::npos);
  const json::value neighbor =
      parsed(run(tested, "show bgp neighbors 10.90.3.101 json").text).at("10.90.3.101");
  CHECK(neighbor.at("peerBfdInfo") == json::value{{"type", "multi hop"},
                                                  {"profile", "fast"},
                                                  {"detectMultiplier", 3},
                                                  {"rxMinInterval", 300},
                                                  {"txMinInterval", 300},
                                                  {"status", "Up"},
                                                  {"lastUpdate", "1:02:03:04"}});
  tested.neighbors["10.90.3.101"].bfd = NeighborBfdData{};
  const std::string text = run(tested, "show bgp neighbors 10.90.3.101").text;
  CHECK(text.find("  BFD: Type: single hop\n") != std::string::npos);
  CHECK(text.find("  Status: Down, Last update: never\n") != std::string::npos);
}
