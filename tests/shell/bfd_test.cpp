// SPDX-License-Identifier: Apache-2.0
// BFD with sockets, threads and clocks; and which sessions a configuration asks for.
#include "bgpd/bfd.hpp"

#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/unicast.hpp>
#include <catch2/catch.hpp>
#include <chrono>

#include "bgpd/net/asio_address.hpp"
#include "conf/parse.hpp"

using namespace lbgp;
using namespace lbgp::daemon;
using namespace std::chrono_literals;
using wire::BfdState;

namespace {

wire::IpAddress address(std::string_view text) {
  return wire::parse_address(text).value();
}

// Ports of this process alone: others test on this machine, too.
net::BfdPorts ports() {
  const auto base = static_cast<std::uint16_t>(20000 + ::getpid() % 10000);
  return {.single_hop = base, .multihop = static_cast<std::uint16_t>(base + 10000)};
}

fsm::BfdPeer towards(std::string_view peer, std::string_view local, const fsm::BfdSettings& settings = {},
                     bool multihop = false) {
  return {.key = {.peer = address(peer), .multihop = multihop, .local = address(local), .interface = ""},
          .settings = settings};
}

// A BFD speaker on a loopback address, and what it has reported.
struct End {
  End(boost::asio::io_context& io, std::string_view own)
      : service(std::make_unique<net::BfdService>(io, net::BfdEngineSettings{ports(), {address(own)}},
                                                  [this](const net::BfdReport& report) { on(report); })) {}
  void on(const net::BfdReport& report) {
    if (const auto* changed = std::get_if<net::BfdStateChanged>(&report)) changes.push_back(changed->change);
    if (const auto* problem = std::get_if<net::BfdProblem>(&report)) problems.push_back(problem->what);
    if (const auto* discarded = std::get_if<net::BfdDiscarded>(&report))
      discards.emplace_back(discarded->why);
  }
  [[nodiscard]] bool up() {
    return service->snapshots().size() == 1 && snapshot().session.state() == BfdState::Up;
  }
  [[nodiscard]] net::BfdSnapshot snapshot() { return service->snapshots().at(0); }

  // Reports travel through the main loop: they may come after what snapshots tell.
  [[nodiscard]] bool told(BfdState state) const { return !changes.empty() && changes.back().to == state; }

  std::vector<fsm::BfdChange> changes;
  std::vector<std::string> problems;
  std::vector<std::string> discards;
  std::unique_ptr<net::BfdService> service;
};

// Runs the main loop until something is so.
template <typename Condition>
bool eventually(boost::asio::io_context& io, Condition condition, std::chrono::seconds limit = 20s) {
  const auto end = std::chrono::steady_clock::now() + limit;
  const auto work = boost::asio::make_work_guard(io);  // so that run_for() waits
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    io.restart();
    io.run_for(10ms);
  }
  return true;
}

struct Pair {
  boost::asio::io_context io{1};
  End left{io, "127.0.77.1"};
  End right{io, "127.0.77.2"};

  void come_up(const fsm::BfdSettings& settings = {}, bool multihop = false) {
    left.service->set_peers({towards("127.0.77.2", "127.0.77.1", settings, multihop)});
    right.service->set_peers({towards("127.0.77.1", "127.0.77.2", settings, multihop)});
    INFO("the sessions come up");
    REQUIRE(eventually(io, [&] { return left.up() && right.up(); }));
  }
};

BfdPlan plan_of(const std::string& text, std::span<const net::InterfaceAddress> addresses = {}) {
  const conf::Loaded loaded = conf::load(text);
  REQUIRE(loaded.ok());
  return bfd_plan(loaded.compiled, addresses);
}

const std::string kRouter =
    "router bgp 65001\n neighbor 10.0.0.2 remote-as 65002\n neighbor 10.0.0.3 remote-as 65001\n";

}  // namespace

TEST_CASE("Two BFD speakers find each other and agree on timers", "[shell][rfc5881-4]") {
  Pair pair;
  pair.come_up({.detect_multiplier = 4, .receive_interval = 100ms, .transmit_interval = 50ms});
  CHECK(eventually(pair.io, [&] { return pair.left.snapshot().session.transmit_interval() == 100ms; }));
  const net::BfdSnapshot snapshot = pair.left.snapshot();
  CHECK(snapshot.session.detection_time() == 400ms);
  CHECK(snapshot.session.remote().discriminator == pair.right.snapshot().session.discriminator());
  CHECK(snapshot.counters.ups == 1);
  CHECK(eventually(pair.io, [&] { return pair.left.told(BfdState::Up); }));
}

TEST_CASE("Multihop has a port of its own", "[shell][rfc5883-5]") {
  Pair pair;
  pair.come_up({}, true);
  CHECK(pair.left.snapshot().peer.key.multihop);
}

TEST_CASE("A speaker that goes says so, and that is no failure", "[shell][rfc5880-6.8.16]") {
  Pair pair;
  pair.come_up();
  pair.right.service.reset();
  REQUIRE(eventually(pair.io, [&] { return !pair.left.up(); }));
  REQUIRE(eventually(pair.io, [&] { return pair.left.told(BfdState::Down); }));
  CHECK(pair.left.changes.back().administrative);
}

TEST_CASE("A peer that is not wanted any more says goodbye and is forgotten", "[shell][rfc5880-6.8.16]") {
  Pair pair;
  pair.come_up();
  pair.right.service->set_peers({});
  CHECK(pair.right.service->snapshots().empty());
  REQUIRE(eventually(pair.io, [&] { return pair.left.told(BfdState::Down); }));
  CHECK(pair.left.changes.back().administrative);
  // And comes back as if it had never been away.
  pair.right.service->set_peers({towards("127.0.77.1", "127.0.77.2")});
  CHECK(eventually(pair.io, [&] { return pair.left.up() && pair.right.up(); }));
}

TEST_CASE("The main loop may be busy for longer than the detection time", "[shell][rfc5880-6.8.4]") {
  Pair pair;
  pair.come_up();
  const auto end = std::chrono::steady_clock::now() + 2s;  // BFD would have given up after 900 ms
  while (std::chrono::steady_clock::now() < end) continue;
  CHECK(eventually(
      pair.io, [&] { return pair.left.up() && pair.right.up(); }, 1s));
  CHECK(pair.left.snapshot().counters.downs == 0);
  CHECK(pair.right.snapshot().counters.downs == 0);
}

TEST_CASE("A packet from further away than the link is discarded and reported", "[shell][rfc5881-5]") {
  Pair pair;
  pair.come_up();
  boost::asio::ip::udp::socket stranger(pair.io, boost::asio::ip::udp::v4());
  stranger.bind({net::to_asio(address("127.0.77.2")), 0});
  stranger.set_option(boost::asio::ip::unicast::hops(254));
  const auto octets = wire::encode({.state = BfdState::Down, .detect_mult = 3, .my_discriminator = 99});
  stranger.send_to(boost::asio::buffer(octets), {net::to_asio(address("127.0.77.1")), ports().single_hop});
  REQUIRE(eventually(pair.io, [&] { return !pair.left.discards.empty(); }));
  CHECK(pair.left.discards[0].find("TTL") != std::string::npos);
  CHECK(pair.left.up());
}

TEST_CASE("A port that is taken is told once, and taken when it is free", "[shell][rfc5881-4]") {
  boost::asio::io_context io(1);
  boost::asio::ip::udp::socket squatter(io, {net::to_asio(address("127.0.77.3")), ports().single_hop});
  End end(io, "127.0.77.3");
  end.service->set_peers({towards("127.0.77.4", "127.0.77.3")});
  REQUIRE(eventually(io, [&] { return !end.problems.empty(); }));
  CHECK(end.problems[0].find("cannot receive on 127.0.77.3 port") != std::string::npos);
}

TEST_CASE("A source port that is another's is left to it, and the next one is taken", "[shell][rfc5881-4]") {
  Pair pair;
  boost::asio::ip::udp::socket taken(pair.io, boost::asio::ip::udp::v4());
  boost::system::error_code error;
  taken.bind({net::to_asio(address("127.0.77.1")), net::kFirstBfdSourcePort}, error);
  REQUIRE((!error || error == boost::asio::error::address_in_use));  // by another test: taken as well
  pair.come_up();
  // Nothing of the session went by the other's socket, and the next port cannot be had a second time.
  CHECK(taken.available() == 0);
  boost::asio::ip::udp::socket next(pair.io, boost::asio::ip::udp::v4());
  next.bind({net::to_asio(address("127.0.77.1")), net::kFirstBfdSourcePort + 1}, error);
  CHECK(error == boost::asio::error::address_in_use);
}

TEST_CASE("Lateness is a share of what was recorded", "[shell]") {
  net::Lateness lateness;
  CHECK(lateness.quantile(0.999) == 0us);
  for (int i = 0; i < 999; ++i) lateness.record(100us);
  lateness.record(70ms);
  lateness.record(-5us);
  CHECK(lateness.count() == 1001);
  CHECK(lateness.worst() == 70ms);
  CHECK(lateness.quantile(0.5) == 127us);
  CHECK(lateness.quantile(1.0) == 70ms);
}

TEST_CASE("Neighbors with bfd have sessions, those that are shut down have none", "[shell][rfc5882-4.1]") {
  CHECK(plan_of(kRouter).peers.empty());
  const BfdPlan plan = plan_of(kRouter + " neighbor 10.0.0.2 bfd 4 100 200\n");
  REQUIRE(plan.peers.size() == 1);
  CHECK(plan.peers[0].key ==
        fsm::BfdKey{.peer = address("10.0.0.2"), .multihop = false, .local = {}, .interface = ""});
  CHECK(plan.peers[0].settings.detect_multiplier == 4);
  CHECK(plan.neighbors.at(address("10.0.0.2")) == plan.peers[0].key);
  CHECK(plan_of(kRouter + " neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 shutdown\n").peers.empty());
}

TEST_CASE("How far a neighbor is decides the kind of its session", "[shell][rfc5882-10.1]") {
  const auto key = [](const std::string& lines, std::span<const net::InterfaceAddress> addresses = {}) {
    return plan_of(kRouter + lines, addresses).peers.at(0);
  };
  const fsm::BfdPeer far =
      key(" neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 ebgp-multihop 3\n"
          " neighbor 10.0.0.2 update-source 10.9.9.9\n");
  CHECK(far.key.multihop);
  CHECK(far.key.local == address("10.9.9.9"));
  CHECK(far.settings.minimum_ttl == 253);
  CHECK(key(" neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 ttl-security hops 2\n").key.multihop);
  CHECK_FALSE(key(" neighbor 10.0.0.2 bfd\n neighbor 10.0.0.2 ttl-security hops 1\n").key.multihop);
  // iBGP: by what the machine is connected to.
  CHECK(key(" neighbor 10.0.0.3 bfd\n").key.multihop);
  const net::InterfaceAddress connected[] = {
      {"eth0", address("10.0.0.1"), wire::Prefix(address("10.0.0.0"), 24)}};
  CHECK_FALSE(key(" neighbor 10.0.0.3 bfd\n", connected).key.multihop);
  CHECK(key(" neighbor 10.0.0.3 bfd\n neighbor 10.0.0.3 update-source eth0\n", connected).key.interface ==
        "eth0");
  // A profile's own word goes first.
  const BfdPlan own =
      plan_of("bfd\n profile P\n  minimum-ttl 100\n" + kRouter + " neighbor 10.0.0.3 bfd profile P\n");
  CHECK(own.peers.at(0).settings.minimum_ttl == 100);
}

TEST_CASE("A peer of the bfd block and a neighbor share a session, and the block's values hold", "[shell]") {
  const BfdPlan plan = plan_of("bfd\n peer 10.0.0.2 interface eth0\n  detect-multiplier 9\n peer 10.7.0.1\n" +
                               kRouter + " neighbor 10.0.0.2 bfd\n");
  REQUIRE(plan.peers.size() == 2);
  CHECK(plan.peers[0].key.interface == "eth0");
  CHECK(plan.peers[0].settings.detect_multiplier == 9);
  CHECK(plan.peers[0].configured);
  CHECK(plan.neighbors.at(address("10.0.0.2")) == plan.peers[0].key);
  CHECK(plan.neighbors.size() == 1);
}

TEST_CASE("A neighbor on an interface is watched there once it is known", "[shell][rfc5881-4]") {
  conf::Loaded loaded = conf::load(
      "router bgp 65001\n neighbor eth7 interface remote-as external\n neighbor eth7 bfd\n"
      " neighbor eth8 interface remote-as external\n neighbor eth8 bfd\n");
  REQUIRE(loaded.ok());
  CHECK(bfd_plan(loaded.compiled, {}).peers.empty());
  // Link-local addresses may be the same on every link.
  for (conf::Neighbor& neighbor : loaded.compiled.neighbors)
    neighbor.transport.peer_address = address("fe80::1");
  const BfdPlan plan = bfd_plan(loaded.compiled, {});
  REQUIRE(plan.peers.size() == 2);
  CHECK(plan.neighbors.at(fsm::peer_key("eth7")).interface == "eth7");
  CHECK(plan.neighbors.at(fsm::peer_key("eth8")).interface == "eth8");
  CHECK_FALSE(plan.peers[0].key.multihop);
}
