// SPDX-License-Identifier: Apache-2.0
// Connections that break, collide, stay silent or come too often; time that stands still.
#include "tests/sim/house.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::Side;
using fsm::State;
using wire::ErrorCode;
using wire::MessageType;

namespace {

const wire::Notification kCollision{ErrorCode::Cease, wire::subcode::kConnectionCollisionResolution, {}};

wire::Bytes announce(const char* nlri) {
  return update({}, good_attributes(), wire::test::hex(nlri));
}

// What the router must not do because of the peer's graceful restart.
void without_restart(conf::Neighbor& neighbor) {
  neighbor.session.graceful_restart.enabled = false;
}

wire::Open with_restart() {
  wire::Open open = BadStranger::open();
  wire::GracefulRestartCapability capability;
  capability.restart_time = seconds(60);
  for (const wire::Family family : wire::kFamilies)
    capability.families.push_back({.family = wire::afi_safi(family), .forwarding_preserved = true});
  open.capabilities.emplace_back(capability);
  return open;
}

}  // namespace

TEST_CASE("S1: a peer that vanishes without a FIN is given up at hold time, and gets everything again",
          "[sim][rfc4271-6.5]") {
  BadNode house;
  house.router.announce("10.99.9.1/32");
  house.world.run_for(seconds(1));
  house.world.cut(*house.router_end);
  REQUIRE(house.world.run_until([&] { return !house.router_end->established(); }, seconds(10)));
  CHECK(house.verdict() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
  CHECK_FALSE(house.has("10.99.8.1/32"));  // no N bit: a dead node is gone at hold time
  house.world.mend(*house.router_end);
  REQUIRE(house.world.run_until([&] { return house.has("10.99.8.1/32"); }, seconds(15)));
  house.world.run_for(seconds(1));
  const Table theirs = house.bad.table();
  CHECK(std::find(theirs.begin(), theirs.end(), "10.99.9.1/32") != theirs.end());
  house.check_others();
}

TEST_CASE("S2: a peer that closes its direction is gone, and is tried again", "[sim][rfc4271-8.2.2]") {
  const auto state = GENERATE(State::OpenSent, State::OpenConfirm, State::Established);
  INFO(to_string(state));
  BadStranger house;
  house.reach(state);
  house.peer->close();
  house.world.run_for(milliseconds(10));
  CHECK(house.router_end->state() < State::OpenSent);
  CHECK_FALSE(house.peer->notification());
  CHECK(house.history().last_reset_reason == fsm::DownReason::CloseSession);
  const auto next = house.world.answer(*house.router_end);
  CHECK(house.world.run_until([&] { return next->heard(MessageType::Open); }, seconds(6)));
  house.check_others();
}

TEST_CASE("S5: of a message that a reset cuts nothing is applied", "[sim][rfc4271-6]") {
  const wire::Bytes message = announce("20 0a630803");
  for (std::size_t cut = 1; cut < message.size(); ++cut) {
    INFO("after " << cut << " octets");
    BadStranger house(without_restart);
    house.reach(State::Established);
    house.say(announce("20 0a630801"));
    REQUIRE(house.has("10.99.8.1/32"));
    house.peer->say({message.begin(), message.begin() + static_cast<std::ptrdiff_t>(cut)});
    house.peer->reset();
    house.world.run_for(milliseconds(10));
    CHECK_FALSE(house.router_end->established());
    CHECK_FALSE(house.has("10.99.8.1/32"));
    CHECK_FALSE(house.has("10.99.8.3/32"));
    // What was left of it does not leak into the next session.
    house.reach(State::Established);
    CHECK_FALSE(house.has("10.99.8.3/32"));
  }
}

TEST_CASE("S6: messages may be split and joined anywhere", "[sim][rfc4271-4.1]") {
  SECTION("octet by octet") {
    const auto segment =
        GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{18}, std::size_t{19}, std::size_t{20});
    BadStranger house;
    house.world.segment = segment;
    house.reach(State::Established);
    house.say(announce("20 0a630801"));
    house.say(update(wire::test::hex("20 0a630801"), {}, {}));
    house.say(announce("20 0a630803"));
    CHECK(house.router_end->established());
    CHECK(house.router.table() == Table{"10.99.8.2/32", "10.99.8.3/32"});
    house.check_others();
  }
  SECTION("split once, at every place") {
    const wire::Bytes all = wire::test::join(
        {wire::encode(BadStranger::open()), wire::encode_keepalive(), announce("20 0a630801")});
    for (std::size_t cut = 1; cut < all.size(); ++cut) {
      INFO("after " << cut << " octets");
      BadStranger house;
      house.dial();
      house.say({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(cut)});
      house.say({all.begin() + static_cast<std::ptrdiff_t>(cut), all.end()});
      CHECK(house.router_end->established());
      CHECK(house.has("10.99.8.1/32"));
    }
  }
  SECTION("a session's whole beginning in one segment") {
    BadStranger house;
    house.dial();
    house.say(wire::test::join({wire::encode(BadStranger::open()), wire::encode_keepalive(),
                                announce("20 0a630801"), announce("20 0a630803"), update({}, {}, {})}));
    CHECK(house.router_end->established());
    CHECK(house.router.table().size() == 3);
    house.check_others();
  }
}

TEST_CASE("two connections: the rule decides, whoever speaks first", "[sim][rfc4271-6.8][rfc6286-2.3]") {
  struct Row {
    const char* what;
    std::uint32_t peer_id;
    std::uint32_t peer_as;
    Side stays;
  };
  const auto row = GENERATE(values<Row>({
      {"S7 the peer's identifier is higher", 0x0a0000ff, 65010, Side::Incoming},
      {"S8 the peer's identifier is lower", 0x0a000001, 65010, Side::Outgoing},
      {"S9 the same identifier, the peer's AS is larger", 0x0a000009, 65010, Side::Incoming},
      {"S9 the same identifier, the peer's AS is smaller", 0x0a000009, 64999, Side::Outgoing},
  }));
  const bool ours_first = GENERATE(true, false);
  INFO(row.what << (ours_first ? ", on our connection first" : ", on its own first"));
  BadStranger house(
      [&](conf::Neighbor& neighbor) { neighbor.session.remote_as.number = wire::AsNumber(row.peer_as); });
  const auto ours = house.world.answer(*house.router_end);
  REQUIRE(house.world.run_until([&] { return ours->heard(MessageType::Open); }, seconds(6)));
  const auto its = house.world.dial(*house.router_end);
  wire::Open open = BadStranger::open();
  open.id = wire::RouterId(row.peer_id);
  open.my_as = static_cast<std::uint16_t>(row.peer_as);
  open.capabilities.pop_back();
  open.capabilities.emplace_back(wire::FourOctetAsCapability{wire::AsNumber(row.peer_as)});
  (ours_first ? ours : its)->say(open);
  house.world.run_for(milliseconds(10));
  (ours_first ? its : ours)->say(open);
  house.world.run_for(milliseconds(10));

  const auto& stays = row.stays == Side::Outgoing ? ours : its;
  const auto& goes = row.stays == Side::Outgoing ? its : ours;
  CHECK(goes->notification() == kCollision);
  CHECK(goes->closed());
  REQUIRE_FALSE(stays->closed());
  stays->say(wire::encode_keepalive());
  house.world.run_for(milliseconds(10));
  CHECK(house.router_end->peering().fsm().established_side() == row.stays);
  CHECK(house.history().connections_dropped == 0);
  house.check_others();
}

TEST_CASE("S10: a second connection does not touch an Established session", "[sim][rfc4271-6.8]") {
  BadStranger house(without_restart);
  house.reach(State::Established);
  house.say(announce("20 0a630801"));
  for (int i = 0; i < 3; ++i) {
    const auto second = house.world.dial(*house.router_end);
    CHECK(second->notification() == kCollision);
    CHECK(second->closed());
  }
  house.live(seconds(12));
  CHECK(house.router_end->established());
  CHECK(house.history().connections_dropped == 0);
  CHECK(house.has("10.99.8.1/32"));
  house.check_others();
}

TEST_CASE("S11: with graceful restart the peer's second connection replaces its first, silently",
          "[sim][rfc4724-5]") {
  BadStranger house;
  house.reach(State::Established, with_restart());
  house.say(announce("20 0a630801"));
  const auto old = house.peer;
  house.dial();
  CHECK(old->closed());
  CHECK_FALSE(old->notification());
  CHECK(house.has("10.99.8.1/32"));  // stale
  wire::Open back = with_restart();
  std::get<wire::GracefulRestartCapability>(back.capabilities.back()).restarting = true;
  house.say(wire::encode(back));
  house.say(wire::encode_keepalive());
  REQUIRE(house.router_end->established());
  CHECK(house.has("10.99.8.1/32"));
  house.say(update({}, {}, {}));  // End-of-RIB without it
  CHECK_FALSE(house.has("10.99.8.1/32"));
  house.check_others();
}

TEST_CASE("S12: a connection without an OPEN blocks nobody and is given up", "[sim][rfc4271-8.2.2]") {
  SECTION("the peer connects anew") {
    BadStranger house;
    house.dial();
    const auto silent = house.peer;
    house.reach(State::Established);
    CHECK(silent->closed());
    house.check_others();
  }
  SECTION("our own connection is silent and the peer's is not") {
    BadStranger house;
    const auto silent = house.world.answer(*house.router_end);
    REQUIRE(house.world.run_until([&] { return silent->heard(MessageType::Open); }, seconds(6)));
    house.reach(State::Established);
    house.live(seconds(300));
    CHECK(house.history().connections_dropped == 0);
    CHECK(silent->notification() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
    house.check_others();
  }
  SECTION("nobody else comes") {
    BadStranger house([](conf::Neighbor& neighbor) { neighbor.session.passive = true; });
    house.dial();
    house.world.run_for(seconds(239));
    CHECK_FALSE(house.peer->closed());
    CHECK(
        house.router_end->peering().is_half_open());  // at the limit of dynamic neighbors it would make room
    house.world.run_for(seconds(2));
    CHECK(house.peer->notification() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
    CHECK(house.peer->closed());
    house.check_others();
  }
}

TEST_CASE("S26: a machine that sleeps for an hour comes back by itself", "[sim]") {
  // Time here is monotonic, as in the daemon; the layers' check keeps wall clocks out of every decision.
  BadNode house;
  house.bad.stop();
  house.world.run_for(std::chrono::hours(1));
  CHECK_FALSE(house.router_end->established());
  house.bad.resume();
  REQUIRE(house.world.run_until([&] { return house.router_end->established(); }, seconds(75)));
  house.world.run_for(seconds(1));
  CHECK(house.has("10.99.8.1/32"));
  house.check_others();
}

TEST_CASE("S27: after a pause what the peers said meanwhile is read before their silence is judged",
          "[sim][rfc4271-6.5]") {
  SECTION("the peers still hold: no session ends") {
    // They offer 90 s and wait so long; the router, paused for longer than its own 9 s, is the one that may
    // err.
    World world;
    Speaker& router = world.add_speaker(65001, "10.0.0.9");
    std::vector<std::shared_ptr<Stranger>> peers;
    std::vector<Neighbor*> ends;
    for (int i = 1; i <= 3; ++i) {
      ends.push_back(world.join(world.side(router, "10.0.0.9", "10.0.0." + std::to_string(i), 65010)));
      peers.push_back(world.dial(*ends.back()));
      wire::Open open = BadStranger::open();
      open.id = wire::RouterId(0x0a000000U + static_cast<std::uint32_t>(i));
      peers.back()->say(open);
      world.run_for(milliseconds(10));
      peers.back()->say(wire::encode_keepalive());
    }
    world.run_for(seconds(1));
    const auto all_up = [&] {
      return std::all_of(ends.begin(), ends.end(), [](const Neighbor* end) { return end->established(); });
    };
    REQUIRE(all_up());
    router.stop();
    for (int second = 0; second < 30; second += 3) {
      // The last one has said nothing since.
      for (std::size_t i = 0; i < 2; ++i) peers[i]->say(wire::encode_keepalive());
      world.run_for(seconds(3));
    }
    router.resume();
    world.run_for(milliseconds(10));
    CHECK(ends[0]->established());
    CHECK(ends[1]->established());
    CHECK_FALSE(ends[2]->established());
    CHECK(peers[2]->notification() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
    CHECK(peers[0]->heard().back() == MessageType::Keepalive);  // the overdue one of ours
    // From now on silence counts again.
    world.run_for(seconds(10));
    CHECK_FALSE(ends[0]->established());
  }
  SECTION("half a message is no sign of life") {
    BadStranger house;
    house.reach(State::Established);
    house.router.stop();
    house.peer->say(wire::Bytes(10, 0xff));
    house.world.run_for(seconds(10));
    house.router.resume();
    house.world.run_for(milliseconds(10));
    CHECK(house.verdict() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
  }
  SECTION("the peer has given up meanwhile: it is said so, and comes back") {
    BadNode house;
    house.router.stop();
    house.world.run_for(seconds(30));
    REQUIRE_FALSE(house.bad_end->established());
    house.router.resume();
    house.world.run_for(milliseconds(100));
    CHECK(house.history().last_reset_reason == fsm::DownReason::NotificationReceived);
    REQUIRE(house.world.run_until([&] { return house.router_end->established(); }, seconds(30)));
    house.world.run_for(seconds(1));
    CHECK(house.has("10.99.8.1/32"));
  }
}

TEST_CASE("S30: a storm of connections from a peer's address leaves one waiting and one Established",
          "[sim][rfc4271-8.1]") {
  const auto count_open = [](const std::vector<std::shared_ptr<Stranger>>& all) {
    return std::count_if(all.begin(), all.end(), [](const auto& each) { return !each->closed(); });
  };
  std::vector<std::shared_ptr<Stranger>> storm;
  SECTION("before a session") {
    BadStranger house;
    for (int i = 0; i < 100; ++i) storm.push_back(house.world.dial(*house.router_end));
    CHECK(count_open(storm) == 1);
    CHECK_FALSE(storm.back()->closed());
    house.peer = storm.back();
    house.say(wire::encode(BadStranger::open()));
    house.say(wire::encode_keepalive());
    CHECK(house.router_end->established());
    house.check_others();
  }
  SECTION("beside a session that we opened") {
    BadStranger house;
    house.peer = house.world.answer(*house.router_end);
    REQUIRE(house.world.run_until([&] { return house.peer->heard(MessageType::Open); }, seconds(6)));
    house.say(wire::encode(with_restart()));
    house.say(wire::encode_keepalive());
    REQUIRE(house.router_end->established());
    for (int i = 0; i < 100; ++i) storm.push_back(house.world.dial(*house.router_end));
    CHECK(count_open(storm) <= 1);
    house.live(seconds(250));
    CHECK(count_open(storm) == 0);
    CHECK(house.history().connections_dropped == 0);
    house.check_others();
  }
}

TEST_CASE("S33: keepalives come every third of the hold time, jittered, never faster than one a second",
          "[sim][rfc4271-10][rfc4271-4.4]") {
  struct Row {
    int hold;
    int keepalive;
    double least, most;
  };
  const auto row = GENERATE(values<Row>({{9, 3, 2.25, 3}, {3, 1, 1, 1}, {180, 60, 45, 60}, {90, 1, 1, 1}}));
  BadStranger house([&](conf::Neighbor& neighbor) {
    neighbor.session.hold_time = seconds(row.hold);
    neighbor.session.keepalive = seconds(row.keepalive);
  });
  wire::Open open = BadStranger::open();
  open.hold_time = seconds(row.hold);
  house.reach(State::Established, open);
  const auto sent = [&] { return house.router_end->sent(MessageType::Keepalive); };
  auto last = house.world.now();
  for (int i = 0; i < 20; ++i) {
    const auto before = sent();
    while (sent() == before) {
      house.peer->say(wire::encode_keepalive());
      house.world.run_for(milliseconds(100));
    }
    const double gap = std::chrono::duration<double>(house.world.now() - last).count();
    if (i > 0) {
      CHECK(gap >= row.least - 0.11);
      CHECK(gap <= row.most + 0.11);
    }
    last = house.world.now();
  }
}

TEST_CASE("S34: an UPDATE is a sign of life", "[sim][rfc4271-8.2.2]") {
  BadStranger house;
  house.reach(State::Established);
  for (int i = 0; i < 10; ++i) {
    house.world.run_for(seconds(8));
    house.say(announce("20 0a630801"));
    REQUIRE(house.router_end->established());
  }
  house.world.run_for(seconds(10));
  CHECK(house.verdict() == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
  house.check_others();
}

TEST_CASE("S35: a peer that flaps is tried ever more seldom, up to a minute, and always let in",
          "[sim][rfc4271-8.1.1]") {
  BadStranger house;
  const auto flap = [&] {
    house.reach(State::Established);
    house.peer->close();
    house.world.run_for(milliseconds(10));
    REQUIRE_FALSE(house.router_end->established());
  };
  // The router's own attempt: how long it waits.
  const auto wait = [&] {
    const auto from = house.world.now();
    const auto next = house.world.answer(*house.router_end);
    REQUIRE(house.world.run_until([&] { return next->heard(MessageType::Open); }, seconds(70)));
    next->reset();
    const double waited = std::chrono::duration<double>(house.world.now() - from).count();
    house.world.run_for(milliseconds(10));
    return waited;
  };
  flap();
  CHECK(wait() <= 1.1);
  // Flapping by its own connections: each of them is taken at once.
  for (int i = 0; i < 12; ++i) flap();
  const double longest = wait();
  CHECK(longest >= 45);
  CHECK(longest <= 60.1);
  // A stable minute, and all is forgotten.
  house.reach(State::Established);
  house.live(seconds(61));
  house.peer->close();
  house.world.run_for(milliseconds(10));
  CHECK(wait() <= 1.1);
  house.check_others();
}

TEST_CASE("S36: a direction that loses everything is noticed by whoever hears nothing, and both start anew",
          "[sim][rfc4271-6.5]") {
  // A path that drops large packets: the router's first big UPDATE and all behind it never arrive.
  BadNode house;
  house.bad_end->read(false);
  house.router.announce("10.99.9.1/32");
  REQUIRE(house.world.run_until([&] { return !house.bad_end->established(); }, seconds(10)));
  CHECK(house.bad_end->history().last_notification == wire::Notification{ErrorCode::HoldTimerExpired, 0, {}});
  house.world.run_for(milliseconds(10));
  CHECK(house.history().last_session_end == "peer sent Hold Timer Expired");
  house.bad_end->read(true);
  REQUIRE(house.world.run_until([&] { return house.router_end->established(); }, seconds(15)));
  house.world.run_for(seconds(1));
  const Table theirs = house.bad.table();
  CHECK(std::find(theirs.begin(), theirs.end(), "10.99.9.1/32") != theirs.end());
  house.check_others();
}
