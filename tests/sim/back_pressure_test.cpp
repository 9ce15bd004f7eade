// SPDX-License-Identifier: Apache-2.0
// Peers that read slowly or not at all: they cost state, not octets, and nobody else's time.
#include "tests/sim/house.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::State;
using wire::ErrorCode;
using wire::Family;

namespace {

constexpr std::uint32_t kMany = 100'000;
constexpr std::size_t kChunk = 64 * 1024;

wire::Prefix numbered(std::uint32_t i) {
  return wire::Prefix::host(wire::IpAddress::v4(0x0b000000U + i));
}

// Announces or withdraws numbers `from` to `to` in one batch.
void change(Speaker& speaker, World& world, std::uint32_t from, std::uint32_t to, bool announce,
            const std::string& community = "65001:1") {
  rib::LocalRoutes routes;
  for (std::uint32_t i = from; i < to; ++i) routes.prefixes.push_back(numbered(i));
  routes.attributes.origin = wire::Origin::Igp;
  routes.attributes.communities.insert(wire::parse_community(community).value());
  const std::vector<rib::LocalChange> batch{announce ? rib::LocalChange(routes)
                                                     : rib::LocalChange(routes.prefixes)};
  speaker.rib().commit("test", batch, world.now());
  speaker.give_out_routes();
}

std::size_t memory(Speaker& speaker) {
  return speaker.rib().summary(Family::Ipv4Unicast).memory;
}

std::size_t count(Speaker& speaker) {
  return speaker.rib().summary(Family::Ipv4Unicast).routes;
}

}  // namespace

TEST_CASE("S3: a peer that never reads is left after eight minutes and costs nobody anything",
          "[sim][rfc9687-4.3][rfc9687-6]") {
  BadStranger house;
  house.reach(State::Established);
  house.peer->reads = false;
  change(house.router, house.world, 0, kMany, true);
  const auto closed_at = house.world.now();
  house.live(seconds(5));
  CHECK(count(house.good()) == kMany + 1);
  const auto id = house.router_end->peering().rib_id();
  const auto pending = [&] { return house.router.rib().counters(id, Family::Ipv4Unicast).pending; };
  CHECK(pending() > 0);
  CHECK(pending() < kMany);

  // Changes while it does not read: positions in a table, no octets.
  const std::size_t before = memory(house.router);
  for (int round = 0; round < 5; ++round) {
    change(house.router, house.world, 0, 20'000, false);
    change(house.router, house.world, 0, 20'000, true, "65001:" + std::to_string(round));
    house.live(seconds(1));
    CHECK(house.router_end->peering().buffered() < 19 * 20);  // KEEPALIVEs that wait
  }
  CHECK(pending() <= kMany);
  CHECK(memory(house.router) <= before + 20'000 * 32);  // what it was told of those, once
  CHECK(count(house.good()) == kMany + 1);

  // Its own KEEPALIVEs come: only what we send is stuck.
  const auto elapsed = [&] { return std::chrono::duration_cast<seconds>(house.world.now() - closed_at); };
  house.live(seconds(478) - elapsed());
  CHECK(house.router_end->established());
  CHECK(house.router_end->peering().buffered() < 19 * 480);
  house.live(seconds(4));
  CHECK_FALSE(house.router_end->established());
  CHECK(house.verdict() == wire::Notification{ErrorCode::SendHoldTimerExpired, 0, {}});
  CHECK(house.history().last_session_end == "peer has taken no bytes for 480 s (send hold timer)");
  CHECK(house.router_end->peering().buffered() == 0);
  CHECK(house.router_good().sent(wire::MessageType::Keepalive) > 480 / 3);
  house.check_others();
}

TEST_CASE("S4: a slow reader gets the latest state, once, and delays nobody", "[sim]") {
  BadNode house;
  const auto id = house.router_end->peering().rib_id();
  const auto updates = [&] { return house.router_end->sent(wire::MessageType::Update); };
  house.bad_end->read(false);
  change(house.router, house.world, 0, kMany, true);
  house.world.run_for(milliseconds(100));
  CHECK(count(house.good()) >= kMany);
  const auto first = updates();
  // A hundred changes each to the routes at the end, none of which it has heard of yet.
  for (int round = 0; round < 100; ++round) {
    change(house.router, house.world, kMany - 1000, kMany, round % 2 != 0, "65001:" + std::to_string(round));
    house.world.run_for(milliseconds(10));
    // The others hear each of them at once.
    REQUIRE(house.good().rib().find(numbered(kMany - 1), [](const rib::RouteView&) {}) == (round % 2 != 0));
  }
  CHECK(updates() == first);
  // It reads in small bites.
  for (int bite = 0; bite < 100 && house.router.rib().counters(id, Family::Ipv4Unicast).pending > 0; ++bite) {
    house.bad_end->read(true);
    house.world.run_for(milliseconds(2));
    house.bad_end->read(false);
    house.world.run_for(milliseconds(20));
  }
  house.bad_end->read(true);
  house.world.run_for(seconds(1));
  CHECK(house.router_end->established());
  CHECK(house.bad.table() == house.router.table());
  // Each route was sent once, in its last form: a hundred thousand of five octets in messages of 64 KiB or
  // less.
  CHECK(updates() - first <= 2 * (kMany * 5 / 4096) + 2);
  const auto received =
      house.bad.rib().counters(house.bad_end->peering().rib_id(), Family::Ipv4Unicast).received;
  CHECK(received == kMany + 1);
  house.check_others();
}

TEST_CASE("a peer that comes to a large table is told all of it without a pause", "[sim]") {
  constexpr std::uint32_t kAll = 12 * kMany;
  House house;
  change(house.router, house.world, 0, kAll, true);
  house.world.run_for(seconds(1));
  Speaker& late = house.world.add_speaker(65010, "10.0.0.1");
  const auto [late_end, router_end] =
      house.world.join(house.world.side(late, "10.0.0.1", "10.0.0.9", 65001),
                       house.world.side(house.router, "10.0.0.9", "10.0.0.1", 65010));
  REQUIRE(house.world.run_until([end = router_end] { return end->established(); }));
  // Sorting them by their attributes takes several turns in which there is nothing to send.
  CHECK(house.world.run_until([&] { return count(late) >= kAll; }, seconds(1)));
}

TEST_CASE("a turn's work is bounded, however much there is to do", "[sim]") {
  BadStranger house;
  house.reach(State::Established);
  house.peer->reads = false;
  change(house.router, house.world, 0, kMany, true);
  house.world.run_for(seconds(1));
  daemon::Peering& peering = house.router_end->peering();
  const auto side = *peering.fsm().established_side();
  // What one turn hands out is about what was asked for: never more than a message beyond.
  for (const std::size_t budget : {std::size_t{1}, std::size_t{1000}, kChunk}) {
    wire::Bytes out;
    peering.fill(side, out, budget, house.world.moment());
    CHECK_FALSE(out.empty());
    CHECK(out.size() <= budget + wire::kMaxMessageSize + 19 * 4);
  }
  // What one turn reads is what fits the framer.
  CHECK(peering.read_area(side).size() <= 2 * kChunk);
  house.check_others();
}

TEST_CASE("a hundred thousand routes of a peer that goes are swept in slices", "[sim]") {
  BadNode house;
  change(house.bad, house.world, 0, kMany, true);
  REQUIRE(house.world.run_until([&] { return count(house.router) == kMany + 2; }));
  house.router.rib().peer_down(house.router_end->peering().rib_id(), {});
  constexpr std::size_t kSlice = 1000;
  std::size_t turns = 0;
  for (std::size_t left = count(house.router); house.router.rib().work(kSlice); ++turns) {
    CHECK(left - count(house.router) <= kSlice);
    left = count(house.router);
  }
  CHECK(turns >= (kMany - rib::Rib::kInlineSlice) / kSlice);
  CHECK(count(house.router) == 1);
}
