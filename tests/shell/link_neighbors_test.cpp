// SPDX-License-Identifier: Apache-2.0
// Whom an interface leads to.
#include "bgpd/net/link_neighbors.hpp"

#include <catch2/catch.hpp>

using namespace lbgp;
using daemon::net::choose_peer;
using daemon::net::LinkNeighbor;

namespace {

LinkNeighbor node(const std::string& address) {
  return {wire::parse_address(address).value(), false};
}
LinkNeighbor router(const std::string& address) {
  return {wire::parse_address(address).value(), true};
}

}  // namespace

TEST_CASE("the only router is the peer, else the only node; of several nobody can know", "[net]") {
  CHECK_FALSE(choose_peer({}));
  CHECK(choose_peer(std::vector{node("fe80::1")}) == wire::parse_address("fe80::1"));
  CHECK(choose_peer(std::vector{node("fe80::1"), router("fe80::2")}) == wire::parse_address("fe80::2"));
  CHECK_FALSE(choose_peer(std::vector{node("fe80::1"), node("fe80::2")}));
  CHECK_FALSE(choose_peer(std::vector{router("fe80::1"), router("fe80::2"), node("fe80::3")}));
}

TEST_CASE("an interface that does not exist has no neighbors and cannot be called into", "[net]") {
  CHECK(daemon::net::link_neighbors("no-such-if", {}).empty());
  CHECK(daemon::net::call_all_nodes("no-such-if"));
  CHECK(daemon::net::advertise_ourselves("no-such-if"));
}
