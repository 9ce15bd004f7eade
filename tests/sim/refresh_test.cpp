// SPDX-License-Identifier: Apache-2.0
// Enhanced route refresh between two speakers, and against one that misuses it.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using Subtype = wire::RouteRefresh::Subtype;

namespace {

constexpr wire::Family k4 = wire::Family::Ipv4Unicast;

wire::Bytes marker(Subtype subtype) {
  return wire::encode(wire::RouteRefresh{wire::afi_safi(k4), static_cast<std::uint8_t>(subtype)});
}

struct Pair {
  World world;
  Speaker& node;
  Speaker& router = world.add_speaker(65001, "10.0.0.2");
  Neighbor* a = nullptr;
  Neighbor* b = nullptr;

  explicit Pair(bool enhanced = true, bool node_says_end = true, bool graceful_restart = true)
      : node(world.add_speaker(65010, "10.0.0.1", node_says_end)) {
    node.announce("10.99.8.201/32");
    node.announce("10.99.8.202/32");
    Peer first = world.side(node, "10.0.0.1", "10.0.0.2", 65001);
    first.settings.session.graceful_restart.enabled = graceful_restart;
    Peer second = world.side(router, "10.0.0.2", "10.0.0.1", 65010);
    second.settings.session.enhanced_route_refresh = enhanced;
    std::tie(a, b) = world.join(std::move(first), std::move(second));
    REQUIRE(world.run_until([&] { return router.table().size() == 2; }));
    world.run_for(seconds(1));
  }
  void say(const wire::Bytes& bytes) {
    world.inject(*a, bytes);
    world.run_for(milliseconds(10));
  }
  [[nodiscard]] std::uint32_t stale() { return router.rib().stale_count(b->peering().rib_id(), k4); }
  [[nodiscard]] std::uint64_t refreshes_from_node() {
    return b->peering().counters().received[static_cast<std::size_t>(wire::MessageType::RouteRefresh)];
  }
};

}  // namespace

TEST_CASE("a refresh comes between its markers and leaves nothing stale", "[sim][rfc7313-4]") {
  Pair pair;
  REQUIRE(pair.b->peering().request_refresh(k4));
  pair.world.run_for(seconds(1));
  CHECK(pair.refreshes_from_node() == 2);
  CHECK(pair.stale() == 0);
  CHECK(pair.router.table().size() == 2);
  CHECK(pair.b->stale_reports().empty());
}

TEST_CASE("without the capability it comes without markers", "[sim][rfc2918]") {
  Pair pair(false);
  REQUIRE(pair.b->peering().request_refresh(k4));
  pair.world.run_for(seconds(1));
  CHECK(pair.refreshes_from_node() == 0);
  CHECK(pair.router.table().size() == 2);
}

TEST_CASE("EoRR purges what was not sent again", "[sim][rfc7313-4]") {
  Pair pair;
  pair.say(marker(Subtype::Begin));
  CHECK(pair.stale() == 2);
  CHECK(pair.router.table().size() == 2);
  SECTION("at once") {
    pair.say(marker(Subtype::End));
    CHECK(pair.router.table().empty());
    REQUIRE(pair.b->stale_reports().size() == 1);
    CHECK(pair.b->stale_reports().front().what == daemon::StaleReport::What::Flushed);
    CHECK(pair.b->stale_reports().front().routes == 2);
  }
  SECTION("or the stale-path time does") {
    pair.world.run_for(seconds(359));
    CHECK(pair.router.table().size() == 2);
    pair.world.run_for(seconds(2));
    CHECK(pair.router.table().empty());
    CHECK(pair.b->established());
  }
  SECTION("a session that ends meanwhile keeps all by graceful restart") {
    pair.world.reset(*pair.a);
    CHECK(pair.router.table().size() == 2);
    REQUIRE(pair.world.run_until([&] { return pair.b->established(); }));
    pair.world.run_for(seconds(1));
    CHECK(pair.stale() == 0);
    CHECK(pair.router.table().size() == 2);
  }
}

TEST_CASE("an EoRR alone purges nothing", "[sim][rfc7313-4]") {
  Pair pair;
  pair.say(marker(Subtype::End));
  CHECK(pair.router.table().size() == 2);
}

TEST_CASE("BoRR before End-of-RIB is ignored from a peer that owes one", "[sim][rfc7313-4]") {
  const bool graceful_restart = GENERATE(false, true);
  Pair pair(true, false, graceful_restart);
  pair.say(marker(Subtype::Begin));
  CHECK(pair.stale() == (graceful_restart ? 0 : 2));
}

TEST_CASE("unknown subtypes are ignored", "[sim][rfc7313-5]") {
  Pair pair;
  const std::uint64_t before =
      pair.a->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Update)];
  pair.say(wire::encode(wire::RouteRefresh{wire::afi_safi(k4), 77}));
  pair.world.run_for(seconds(1));
  CHECK(pair.b->established());
  CHECK(pair.stale() == 0);
  CHECK(pair.a->peering().counters().sent[static_cast<std::size_t>(wire::MessageType::Update)] == before);
}

TEST_CASE("a malformed marker ends the session, if markers were agreed on", "[sim][rfc7313-5]") {
  const bool enhanced = GENERATE(false, true);
  Pair pair(enhanced);
  wire::Bytes bad = marker(Subtype::Begin);
  bad.push_back(0);
  bad[17] = static_cast<std::uint8_t>(bad.size());
  pair.say(bad);
  CHECK(pair.b->established() != enhanced);
  if (!enhanced) return;
  const auto& told = pair.b->peering().fsm().history().last_notification;
  REQUIRE(told.has_value());
  CHECK(*told == wire::Notification{wire::ErrorCode::RouteRefresh, 1, bad});
}
