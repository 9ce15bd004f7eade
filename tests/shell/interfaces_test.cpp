// SPDX-License-Identifier: Apache-2.0
// Which next hops and router ids follow from a machine's addresses.
#include "bgpd/net/interfaces.hpp"

#include <catch2/catch.hpp>

using namespace lbgp;
using daemon::net::choose_router_id;
using daemon::net::InterfaceAddress;
using daemon::net::local_end;
using wire::Family;

namespace {

wire::IpAddress address(const std::string& text) {
  return wire::parse_address(text).value();
}

InterfaceAddress on(const std::string& interface, const std::string& text, unsigned length) {
  return {interface, address(text), wire::Prefix(address(text), length)};
}

const std::vector<InterfaceAddress> kHost{
    on("lo", "127.0.0.1", 8),
    on("lo", "::1", 128),
    on("eth0", "172.29.51.11", 24),
    on("eth0", "fe80::11", 64),
    on("eth0", "fd47:25e1:2f96:51::11", 64),
    on("eth1", "192.0.2.5", 24),
};

}  // namespace

TEST_CASE("an address of ours is known, loopback addresses aside", "[net]") {
  using daemon::net::is_own_address;
  CHECK(is_own_address(kHost, address("172.29.51.11")));
  CHECK(is_own_address(kHost, address("fd47:25e1:2f96:51::11")));
  CHECK_FALSE(is_own_address(kHost, address("172.29.51.1")));
  CHECK_FALSE(is_own_address(kHost, address("127.0.0.1")));
  CHECK_FALSE(is_own_address(kHost, address("::1")));
  CHECK_FALSE(is_own_address({}, address("172.29.51.11")));
}

TEST_CASE("an IPv4 session announces IPv6 by the interface's own global address", "[net][rfc2545-3]") {
  const auto end = local_end(kHost, {address("172.29.51.11"), address("172.29.51.1")});
  CHECK(end.shared_network);
  REQUIRE(end.next_hop[Family::Ipv4Unicast]);
  CHECK(end.next_hop[Family::Ipv4Unicast]->address == address("172.29.51.11"));
  CHECK_FALSE(end.next_hop[Family::Ipv4Unicast]->link_local);
  REQUIRE(end.next_hop[Family::Ipv6Unicast]);
  CHECK(end.next_hop[Family::Ipv6Unicast]->address == address("fd47:25e1:2f96:51::11"));
  CHECK(end.next_hop[Family::Ipv6Unicast]->link_local == address("fe80::11"));
}

TEST_CASE("a peer beyond the link gets no link-local next hop", "[net][rfc2545-3]") {
  const auto end = local_end(kHost, {address("172.29.51.11"), address("198.51.100.1")});
  CHECK_FALSE(end.shared_network);
  REQUIRE(end.next_hop[Family::Ipv6Unicast]);
  CHECK_FALSE(end.next_hop[Family::Ipv6Unicast]->link_local);
}

TEST_CASE("without a global address of the other family there is a reason, not a mapped address", "[net]") {
  const auto end = local_end(kHost, {address("192.0.2.5"), address("192.0.2.1")});
  CHECK_FALSE(end.next_hop[Family::Ipv6Unicast]);
  CHECK(end.no_next_hop[Family::Ipv6Unicast] == "no global IPv6 address on interface eth1");
}

TEST_CASE("a session over loopback has its own address as next hop and nothing for the other family",
          "[net]") {
  const auto end = local_end(kHost, {address("127.0.3.101"), address("127.0.254.1")});
  REQUIRE(end.next_hop[Family::Ipv4Unicast]);
  CHECK(end.next_hop[Family::Ipv4Unicast]->address == address("127.0.3.101"));
  CHECK_FALSE(end.next_hop[Family::Ipv6Unicast]);
  CHECK(end.no_next_hop[Family::Ipv6Unicast].find("127.0.3.101") != std::string::npos);
}

TEST_CASE("a next hop stays while its address does, whatever comes beside it", "[net][rfc2545-3]") {
  auto host = kHost;
  daemon::net::SessionEnds ends{address("172.29.51.11"), address("172.29.51.1")};
  ends.present = local_end(host, ends).next_hop;
  // Another one is first now, of either kind.
  host.insert(host.begin(), on("eth0", "fd47:25e1:2f96:51::1", 64));
  host.insert(host.begin(), on("eth0", "fe80::1", 64));
  CHECK(local_end(host, ends).next_hop == ends.present);
  CHECK(local_end(host, {ends.local, ends.remote}).next_hop != ends.present);
  std::erase(host, on("eth0", "fd47:25e1:2f96:51::11", 64));
  const auto moved = local_end(host, ends);
  CHECK(moved.next_hop[Family::Ipv6Unicast]->address == address("fd47:25e1:2f96:51::1"));
  CHECK(moved.next_hop[Family::Ipv6Unicast]->link_local == address("fe80::11"));
  std::erase(host, on("eth0", "fd47:25e1:2f96:51::1", 64));
  CHECK_FALSE(local_end(host, ends).next_hop[Family::Ipv6Unicast]);
  CHECK(local_end(host, ends).no_next_hop[Family::Ipv6Unicast] == "no global IPv6 address on interface eth0");
  CHECK(local_end(host, ends).held);
  std::erase(host, on("eth0", "172.29.51.11", 24));
  CHECK_FALSE(local_end(host, ends).held);
}

TEST_CASE("a next hop of second choice gives way to one of the first", "[net]") {
  InterfaceAddress service = on("eth0", "172.29.52.100", 32);
  service.second_choice = true;
  std::vector<InterfaceAddress> host{on("eth0", "fd47:25e1:2f96:51::11", 64), service};
  daemon::net::SessionEnds ends{address("fd47:25e1:2f96:51::11"), address("fd47:25e1:2f96:51::1")};
  ends.present = local_end(host, ends).next_hop;
  REQUIRE(ends.present[Family::Ipv4Unicast]);
  CHECK(ends.present[Family::Ipv4Unicast]->address == service.address);
  host.insert(host.begin(), on("eth0", "172.29.51.11", 24));
  CHECK(local_end(host, ends).next_hop[Family::Ipv4Unicast]->address == address("172.29.51.11"));
}

TEST_CASE("an IPv6 session announces IPv4 by the interface's IPv4 address", "[net]") {
  const auto end = local_end(kHost, {address("fd47:25e1:2f96:51::11"), address("fd47:25e1:2f96:51::1")});
  REQUIRE(end.next_hop[Family::Ipv4Unicast]);
  CHECK(end.next_hop[Family::Ipv4Unicast]->address == address("172.29.51.11"));
}

TEST_CASE("IPv4 goes by the IPv6 next hop where there is no other and both agreed to it",
          "[net][rfc8950-4]") {
  const std::vector<InterfaceAddress> host{on("eth0", "fe80::11", 64), on("eth0", "fd00::11", 64)};
  auto ends = daemon::net::SessionEnds{address("fd00::11"), address("fd00::1")};
  const auto refused = local_end(host, ends);
  CHECK_FALSE(refused.next_hop[Family::Ipv4Unicast]);
  CHECK(refused.no_next_hop[Family::Ipv4Unicast] ==
        "no global IPv4 address on interface eth0, and IPv6 next hops for IPv4 routes (RFC 8950) are not "
        "agreed "
        "on");
  ends.extended_next_hop = true;
  const auto agreed = local_end(host, ends);
  REQUIRE(agreed.next_hop[Family::Ipv4Unicast]);
  CHECK(agreed.next_hop[Family::Ipv4Unicast]->address == address("fd00::11"));
  CHECK(agreed.next_hop[Family::Ipv4Unicast]->link_local == address("fe80::11"));
}

TEST_CASE("a session between link-local addresses has ours alone as next hop", "[net][rfc8950-4]") {
  // The same link-local address may be on several links: the session's own one counts.
  auto host = kHost;
  host.push_back(on("eth2", "fe80::11", 64));
  for (const std::string link : {"eth0", "eth2"}) {
    const auto end = local_end(host, {address("fe80::11"), address("fe80::1"), link, true});
    CHECK(end.shared_network);
    for (const Family family : wire::kFamilies) {
      REQUIRE(end.next_hop[family]);
      CHECK(end.next_hop[family]->address == address("fe80::11"));
      CHECK_FALSE(end.next_hop[family]->link_local);
    }
  }
  // Without RFC 8950, IPv4 needs an IPv4 address on that link.
  CHECK(local_end(host, {address("fe80::11"), address("fe80::1"), "eth0"})
            .next_hop[Family::Ipv4Unicast]
            ->address == address("172.29.51.11"));
  CHECK_FALSE(
      local_end(host, {address("fe80::11"), address("fe80::1"), "eth2"}).next_hop[Family::Ipv4Unicast]);
}

TEST_CASE("the router id is the highest loopback address, else the highest of all", "[net]") {
  CHECK(choose_router_id(kHost) == wire::parse_router_id("192.0.2.5"));
  auto with_loopback = kHost;
  with_loopback.push_back(on("lo", "10.0.0.7", 32));
  CHECK(choose_router_id(with_loopback) == wire::parse_router_id("10.0.0.7"));
  CHECK_FALSE(choose_router_id(std::vector{on("lo", "127.0.0.1", 8)}));
}
