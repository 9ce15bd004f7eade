// SPDX-License-Identifier: Apache-2.0
// From where to where a connection to a neighbor goes, and why there can be none.
#include "bgpd/net/approach.hpp"

#include <catch2/catch.hpp>

using namespace lbgp;
using daemon::net::approach;
using daemon::net::InterfaceAddress;
using daemon::net::other_end;
using daemon::net::out_of_reach;

namespace {

wire::IpAddress address(const std::string& text) {
  return wire::parse_address(text).value();
}

InterfaceAddress on(const std::string& interface, const std::string& text, unsigned length) {
  return {interface, address(text), wire::Prefix(address(text), length)};
}

const std::vector<InterfaceAddress> kHost{
    on("lo", "127.0.0.1", 8),   on("lo", "10.0.0.7", 32),       on("eth0", "172.29.51.11", 24),
    on("eth0", "fe80::11", 64), on("eth0", "fd00::11", 64),     on("eth1", "192.0.2.4", 31),
    on("eth1", "fe80::12", 64), on("eth2", "198.51.100.1", 30), on("eth3", "fe80::13", 64),
};

conf::Neighbor ebgp(const std::string& peer) {
  conf::Neighbor neighbor;
  neighbor.session.local_as = wire::AsNumber(65001);
  neighbor.session.remote_as.number = wire::AsNumber(65002);
  if (const auto parsed = wire::parse_address(peer))
    neighbor.transport.peer_address = *parsed;
  else
    neighbor.transport.interface = peer;
  return neighbor;
}

}  // namespace

TEST_CASE("an eBGP neighbor one hop away is on a connected network", "[net]") {
  CHECK(out_of_reach(ebgp("172.29.51.1"), kHost, address("172.29.51.1")).empty());
  CHECK(out_of_reach(ebgp("fd00::1"), kHost, address("fd00::1")).empty());
  const std::string why = out_of_reach(ebgp("203.0.113.1"), kHost, address("203.0.113.1"));
  CHECK(why.starts_with("203.0.113.1 is on no connected network"));
  CHECK(approach(ebgp("203.0.113.1"), kHost, std::nullopt).problem == why);

  conf::Neighbor far = ebgp("203.0.113.1");
  SECTION("multihop") {
    far.transport.ebgp_multihop = 2;
  }
  SECTION("GTSM over several hops") {
    far.transport.ttl_security_hops = 2;
  }
  SECTION("no check") {
    far.transport.disable_connected_check = true;
  }
  SECTION("iBGP") {
    far.session.remote_as.kind = fsm::RemoteAs::Kind::Internal;
  }
  CHECK(out_of_reach(far, kHost, address("203.0.113.1")).empty());
}

TEST_CASE("who cannot be asked about refuses nobody", "[net]") {
  CHECK(out_of_reach(ebgp("203.0.113.1"), {}, address("203.0.113.1")).empty());
}

TEST_CASE("one hop, by whatever name, is no multihop", "[net]") {
  conf::Neighbor neighbor = ebgp("203.0.113.1");
  SECTION("ebgp-multihop 1") {
    neighbor.transport.ebgp_multihop = 1;
  }
  SECTION("ttl-security hops 1") {
    neighbor.transport.ttl_security_hops = 1;
  }
  CHECK_FALSE(out_of_reach(neighbor, kHost, address("203.0.113.1")).empty());
}

TEST_CASE("update-source follows the interface's address of the peer's kind", "[net]") {
  const auto from = [](const std::string& peer, const std::string& source) {
    conf::Neighbor neighbor = ebgp(peer);
    neighbor.transport.update_source = source;
    neighbor.transport.disable_connected_check = true;
    return approach(neighbor, kHost, std::nullopt);
  };
  CHECK(from("203.0.113.1", "eth0").from == address("172.29.51.11"));
  CHECK(from("203.0.113.1", "eth0").interface.empty());
  CHECK(from("2001:db8::1", "eth0").from == address("fd00::11"));
  CHECK(from("fe80::1", "eth0").from == address("fe80::11"));
  CHECK(from("fe80::1", "eth0").interface == "eth0");
  CHECK(from("203.0.113.1", "eth3").problem == "update-source eth3: the interface has no IPv4 address yet");
  CHECK(from("2001:db8::1", "eth3").problem ==
        "update-source eth3: the interface has no global IPv6 address yet");
  CHECK(from("203.0.113.1", "eth9").problem ==
        "update-source eth9: there is no such interface, or it is down");
}

TEST_CASE("an IPv4 network of two has one other end", "[net]") {
  CHECK(other_end(kHost, "eth1") == address("192.0.2.5"));
  CHECK(other_end(kHost, "eth2") == address("198.51.100.2"));
  CHECK_FALSE(other_end(kHost, "eth0"));
  auto two = kHost;
  two.push_back(on("eth1", "192.0.2.9", 31));
  CHECK_FALSE(other_end(two, "eth1"));
}

TEST_CASE("a neighbor on an interface is whoever is there", "[net]") {
  CHECK(approach(ebgp("eth3"), kHost, std::nullopt).problem ==
        "waiting for the peer's address: no neighbor is known on interface eth3 yet");
  CHECK(approach(ebgp("eth9"), kHost, std::nullopt).problem ==
        "interface eth9 does not exist, is down, or has no address");
  const auto way = approach(ebgp("eth3"), kHost, address("fe80::99"));
  CHECK(way.problem.empty());
  CHECK(way.to == address("fe80::99"));
  CHECK(way.interface == "eth3");
  // As in FRR, an IPv4 network of two goes first, unless it must be IPv6.
  CHECK(approach(ebgp("eth1"), kHost, address("fe80::99")).to == address("192.0.2.5"));
  conf::Neighbor v6_only = ebgp("eth1");
  v6_only.transport.v6_only = true;
  CHECK(approach(v6_only, kHost, address("fe80::99")).to == address("fe80::99"));
}
