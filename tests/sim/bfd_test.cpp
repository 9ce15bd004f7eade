// SPDX-License-Identifier: Apache-2.0
// What BFD's word does to a session.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using Reaction = daemon::Peering::BfdReaction;

namespace {

fsm::BfdChange change(wire::BfdState from, wire::BfdState to) {
  return {.from = from,
          .to = to,
          .diagnostic = wire::BfdDiagnostic::ControlDetectionTimeExpired,
          .administrative = false,
          .peer_restarted = false,
          .peer_control_plane_independent = false};
}
const fsm::BfdChange kFailed = change(wire::BfdState::Up, wire::BfdState::Down);

// Two speakers; the first one's end watches its peer by BFD.
struct House {
  World world;
  Speaker& ours = world.add_speaker(65001, "10.0.0.1");
  Speaker& theirs = world.add_speaker(65002, "10.0.0.2");
  Neighbor* end = nullptr;
  Neighbor* peer_end = nullptr;

  explicit House(bool check_control_plane = false, bool graceful_restart = true) {
    Peer side = world.side(ours, "10.0.0.1", "10.0.0.2", 65002);
    side.settings.bfd.emplace().check_control_plane = check_control_plane;
    side.settings.session.graceful_restart.enabled = graceful_restart;
    theirs.announce("10.99.8.1/32");
    std::tie(end, peer_end) = world.join(side, world.side(theirs, "10.0.0.2", "10.0.0.1", 65001));
    REQUIRE(world.run_until([&] { return ours.table().size() == 1; }));
    world.run_for(seconds(1));
  }
  Reaction tell(const fsm::BfdChange& change) { return end->peering().on_bfd(change, world.moment()); }
};

}  // namespace

TEST_CASE("When the path fails the session ends with Cease/BFD Down, and comes back",
          "[sim][rfc9384-2][rfc5882-4.2]") {
  House house;
  CHECK(house.tell(kFailed) == Reaction::SessionEnded);
  const fsm::History& history = house.end->peering().fsm().history();
  REQUIRE(history.last_notification.has_value());
  CHECK(wire::to_string(*history.last_notification) == "Cease/BFD Down");
  CHECK(history.last_notification_was_sent);
  CHECK(history.last_reset_reason == fsm::DownReason::BfdDown);
  CHECK(
      house.ours.table().empty());  // RFC 5882 §4.2: as if the path was gone, whatever graceful restart says
  house.world.run_for(milliseconds(100));
  const fsm::History& seen = house.peer_end->peering().fsm().history();
  REQUIRE(seen.last_notification.has_value());
  CHECK(wire::to_string(*seen.last_notification) == "Cease/BFD Down");
  CHECK(house.world.run_until([&] { return house.end->established(); }));
}

TEST_CASE("What is no failure of the path leaves the session alone", "[sim][rfc5882-4.2]") {
  House house;
  using S = wire::BfdState;
  CHECK(house.tell(change(S::Down, S::Init)) == Reaction::None);
  CHECK(house.tell(change(S::Init, S::Up)) == Reaction::None);
  CHECK(house.tell(change(S::Init, S::Down)) == Reaction::None);  // RFC 5882 §4.1: it never was Up
  fsm::BfdChange switched_off = kFailed;
  switched_off.administrative = true;
  CHECK(house.tell(switched_off) == Reaction::None);
  fsm::BfdChange restarted = kFailed;
  restarted.peer_restarted = true;
  CHECK(house.tell(restarted) == Reaction::None);
  CHECK(house.end->established());
  CHECK(house.end->peering().fsm().history().connections_dropped == 0);
}

TEST_CASE("Without a session there is nothing to end", "[sim][rfc5882-4.1]") {
  House house;
  house.end->stop({std::nullopt, fsm::DownReason::UserShutdown});
  CHECK(house.tell(kFailed) == Reaction::None);
  CHECK(house.end->peering().fsm().history().last_reset_reason == fsm::DownReason::UserShutdown);
}

TEST_CASE("A restarting peer's BFD ends with its control plane, if we are told to think of that",
          "[sim][rfc5882-4.3.2.2]") {
  House house(true);
  CHECK(house.tell(kFailed) == Reaction::RestartAwaited);
  CHECK(house.end->established());
  // Independent of the control plane, the failure is one of the path.
  fsm::BfdChange independent = kFailed;
  independent.peer_control_plane_independent = true;
  CHECK(house.tell(independent) == Reaction::SessionEnded);

  House without_restart(true, false);
  CHECK(without_restart.tell(kFailed) == Reaction::SessionEnded);
}
