// SPDX-License-Identifier: Apache-2.0
// Which session a BFD packet is for.
#include <catch2/catch.hpp>

#include "fsm/bfd_demux.hpp"

using namespace lbgp;
using fsm::BfdArrival;
using fsm::BfdKey;

namespace {

wire::IpAddress address(std::string_view text) {
  return wire::parse_address(text).value();
}

BfdArrival arrival(std::string_view from, bool multihop = false) {
  return {.from = address(from), .to = address("10.0.0.1"), .interface = "eth0", .multihop = multihop};
}

}  // namespace

TEST_CASE("A first packet finds its session by source address and kind", "[rfc5881-3]") {
  const BfdKey key{.peer = address("10.0.0.2"), .multihop = false, .local = {}, .interface = ""};
  CHECK(matches(key, arrival("10.0.0.2")));
  CHECK_FALSE(matches(key, arrival("10.0.0.3")));
  CHECK_FALSE(matches(key, arrival("10.0.0.2", true)));
}

TEST_CASE("A session on an interface or with a local address takes no packets from elsewhere",
          "[rfc5881-3][rfc5883-4.1]") {
  BfdKey key{.peer = address("10.0.0.2"), .multihop = false, .local = {}, .interface = "eth0"};
  CHECK(matches(key, arrival("10.0.0.2")));
  key.interface = "eth1";
  CHECK_FALSE(matches(key, arrival("10.0.0.2")));
  key.interface.clear();
  key.local = address("10.0.0.1");
  CHECK(matches(key, arrival("10.0.0.2")));
  key.local = address("10.0.0.9");
  CHECK_FALSE(matches(key, arrival("10.0.0.2")));
}

TEST_CASE("Single hop is TTL 255 and nothing else", "[rfc5881-5]") {
  const BfdKey key{.peer = address("10.0.0.2"), .multihop = false, .local = {}, .interface = ""};
  const fsm::BfdSettings lenient{.minimum_ttl = 1};
  CHECK(close_enough(key, lenient, 255));
  CHECK_FALSE(close_enough(key, lenient, 254));
}

TEST_CASE("Multihop is as far as minimum-ttl says", "[rfc5883-5]") {
  const BfdKey key{.peer = address("10.0.0.2"), .multihop = true, .local = {}, .interface = ""};
  const fsm::BfdSettings settings{.minimum_ttl = 250};
  CHECK(close_enough(key, settings, 255));
  CHECK(close_enough(key, settings, 250));
  CHECK_FALSE(close_enough(key, settings, 249));
}

TEST_CASE("ebgp-multihop HOPS allows as many hops", "[rfc5883-5]") {
  CHECK(fsm::minimum_ttl(1) == 255);
  CHECK(fsm::minimum_ttl(2) == 254);
  CHECK(fsm::minimum_ttl(255) == 1);
}
