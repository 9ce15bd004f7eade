// SPDX-License-Identifier: Apache-2.0
// From where to where a connection to a neighbor goes, and why there can be none.
#include "bgpd/net/approach.hpp"

#include <catch2/catch.hpp>

using namespace lbgp;
using daemon::net::approach;
using daemon::net::InterfaceAddress;
using daemon::net::InterfaceTable;
using daemon::net::may_succeed;
using daemon::net::other_end;
using daemon::net::out_of_reach;
using daemon::net::reason_without_link;

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

TEST_CASE("whose session ends with its link", "[net][fast-external-failover]") {
  using fsm::DownReason;
  const auto with = [](auto&& edit) {
    conf::Neighbor neighbor = ebgp("172.29.51.1");
    edit(neighbor);
    return reason_without_link(neighbor, true);
  };
  CHECK(with([](conf::Neighbor&) {}) == DownReason::InterfaceDown);
  CHECK(with([](conf::Neighbor& n) { n.transport.ebgp_multihop = 1; }) == DownReason::InterfaceDown);
  CHECK(with([](conf::Neighbor& n) { n.transport.disable_connected_check = true; }) ==
        DownReason::InterfaceDown);
  CHECK(with([](conf::Neighbor& n) { n.transport.ebgp_multihop = 2; }) == DownReason::None);
  CHECK(with([](conf::Neighbor& n) { n.transport.ttl_security_hops = 2; }) == DownReason::None);
  const auto internal = [](conf::Neighbor& n) { n.session.remote_as.kind = fsm::RemoteAs::Kind::Internal; };
  CHECK(with(internal) == DownReason::None);
  // As in FRR, GTSM with one hop says that it is on the link, whatever its AS.
  CHECK(with([&](conf::Neighbor& n) {
          internal(n);
          n.transport.ttl_security_hops = 1;
        }) == DownReason::InterfaceDown);
  // A neighbor that is known by its link is nobody without it.
  CHECK(reason_without_link(ebgp("eth1"), true) == DownReason::InterfaceDown);
  CHECK(reason_without_link(ebgp("eth1"), false) == DownReason::NeighborAddressLost);
  CHECK(reason_without_link(ebgp("172.29.51.1"), false) == DownReason::None);
}

TEST_CASE("when an attempt to connect could succeed", "[net]") {
  InterfaceTable host;
  const auto link = [&](unsigned index, const std::string& name, bool running) {
    host.apply(daemon::net::LinkMessage{index, name, false, true, running});
  };
  const auto own = [&](unsigned index, const std::string& text, unsigned length) {
    host.apply(daemon::net::AddressMessage{index, address(text), wire::Prefix(address(text), length)});
  };
  const auto may = [&](const conf::Neighbor& neighbor, const std::optional<wire::IpAddress>& learned = {}) {
    return may_succeed(approach(neighbor, host.addresses(), learned), host);
  };
  link(1, "lo", true);
  own(1, "127.0.0.1", 8);
  link(2, "eth0", true);
  CHECK_FALSE(may(ebgp("172.29.51.1")));  // on no connected network
  own(2, "172.29.51.11", 24);
  CHECK(may(ebgp("172.29.51.1")));
  link(2, "eth0", false);
  CHECK_FALSE(may(ebgp("172.29.51.1")));
  conf::Neighbor far = ebgp("203.0.113.1");
  far.transport.ebgp_multihop = 2;
  CHECK_FALSE(may(far));
  link(2, "eth0", true);
  CHECK(may(far));
  far.transport.update_source = address("10.0.0.7");
  CHECK_FALSE(may(far));
  own(1, "10.0.0.7", 32);
  CHECK(may(far));
  // Over a link alone: our own address must have been found to be ours, and theirs be known.
  own(2, "fd00::11", 64);
  CHECK_FALSE(may(ebgp("eth0"), address("fe80::1")));
  CHECK(approach(ebgp("eth0"), host.addresses(), address("fe80::1")).problem ==
        "interface eth0 has no IPv6 link-local address yet");
  own(2, "fe80::11", 64);
  CHECK(may(ebgp("eth0"), address("fe80::1")));
  CHECK_FALSE(may(ebgp("eth0")));
  link(2, "eth0", false);
  CHECK_FALSE(may(ebgp("eth0"), address("fe80::1")));
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
  CHECK(from("203.0.113.1", "lo").from == address("10.0.0.7"));  // nobody else is reached from 127.0.0.1
  CHECK(from("127.0.0.2", "lo").from == address("127.0.0.1"));
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
