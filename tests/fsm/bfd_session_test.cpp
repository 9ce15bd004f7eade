// SPDX-License-Identifier: Apache-2.0
// One BFD session, told packets and times: the state machine of RFC 5880 §6.8.6 cell by cell, and each timer.
#include <catch2/catch.hpp>

#include "fsm/bfd_session.hpp"

using namespace lbgp;
using namespace std::chrono_literals;
using fsm::BfdOutput;
using fsm::BfdSession;
using fsm::BfdSettings;
using fsm::TimePoint;
using wire::BfdDiagnostic;
using wire::BfdPacket;
using wire::BfdState;

namespace {

constexpr TimePoint kStart{std::chrono::hours(100)};
constexpr std::uint32_t kOurs = 0x0a0b0c0d;
constexpr std::uint32_t kTheirs = 0x01020304;

fsm::Moment at(TimePoint::duration after, double jitter = 1.0) {
  return {kStart + after, jitter};
}

// A peer with 3 × 300 ms whose packets know our session.
BfdPacket from_peer(BfdState state) {
  return {.state = state,
          .detect_mult = 3,
          .my_discriminator = kTheirs,
          .your_discriminator = state > BfdState::Down ? kOurs : 0,
          .desired_min_tx = 300ms,
          .required_min_rx = 300ms};
}

BfdSession session(const BfdSettings& settings = {}) {
  return BfdSession(settings, kOurs, at(0s));
}

// In a given state, with a peer that was heard at 0 s.
BfdSession in_state(BfdState state, BfdSettings settings = {}) {
  settings.shutdown = state == BfdState::AdminDown;
  BfdSession made = session(settings);
  if (state == BfdState::Init) static_cast<void>(made.on_packet(from_peer(BfdState::Down), at(0s)));
  if (state == BfdState::Up) static_cast<void>(made.on_packet(from_peer(BfdState::Init), at(0s)));
  REQUIRE(made.state() == state);
  return made;
}

// Up, with the Poll that coming up starts already answered.
BfdSession settled(const BfdSettings& settings = {}) {
  BfdSession made = in_state(BfdState::Up, settings);
  BfdPacket answer = from_peer(BfdState::Up);
  answer.final = true;
  static_cast<void>(made.on_packet(answer, at(0s)));
  return made;
}

BfdPacket demanding(BfdState state = BfdState::Up) {
  BfdPacket packet = from_peer(state);
  packet.demand = true;
  return packet;
}

}  // namespace

TEST_CASE("The BFD state machine, cell by cell", "[rfc5880-6.8.6]") {
  struct Cell {
    BfdState ours, theirs, next;
  };
  using S = BfdState;
  const Cell cells[] = {
      {S::AdminDown, S::AdminDown, S::AdminDown},
      {S::AdminDown, S::Down, S::AdminDown},
      {S::AdminDown, S::Init, S::AdminDown},
      {S::AdminDown, S::Up, S::AdminDown},
      {S::Down, S::AdminDown, S::Down},
      {S::Down, S::Down, S::Init},
      {S::Down, S::Init, S::Up},
      {S::Down, S::Up, S::Down},
      {S::Init, S::AdminDown, S::Down},
      {S::Init, S::Down, S::Init},
      {S::Init, S::Init, S::Up},
      {S::Init, S::Up, S::Up},
      {S::Up, S::AdminDown, S::Down},
      {S::Up, S::Down, S::Down},
      {S::Up, S::Init, S::Up},
      {S::Up, S::Up, S::Up},
  };
  for (const Cell& cell : cells) {
    INFO("ours " << static_cast<int>(cell.ours) << ", theirs " << static_cast<int>(cell.theirs));
    BfdSession tested = in_state(cell.ours);
    const BfdOutput output = tested.on_packet(from_peer(cell.theirs), at(100ms));
    CHECK(tested.state() == cell.next);
    CHECK(output.change.has_value() == (cell.ours != cell.next));
    // RFC 5880 §6.8.7: a change does not wait for the timer.
    CHECK(output.packet.has_value() == (cell.ours != cell.next));
    if (output.packet) CHECK(output.packet->state == cell.next);
  }
}

TEST_CASE("Diagnostics say why the session is down", "[rfc5880-6.8.6]") {
  CHECK(session().diagnostic() == BfdDiagnostic::None);
  CHECK(in_state(BfdState::AdminDown).diagnostic() == BfdDiagnostic::AdministrativelyDown);
  for (const BfdState theirs : {BfdState::AdminDown, BfdState::Down}) {
    BfdSession tested = in_state(BfdState::Up);
    const BfdOutput output = tested.on_packet(from_peer(theirs), at(100ms));
    REQUIRE(output.packet.has_value());
    CHECK(output.packet->diagnostic == BfdDiagnostic::NeighborSignaledSessionDown);
  }
  BfdSession silent = in_state(BfdState::Up);
  const BfdOutput output = silent.on_time(at(3s));
  REQUIRE(output.packet.has_value());
  CHECK(output.packet->diagnostic == BfdDiagnostic::ControlDetectionTimeExpired);
  // It is told until the session is Up again.
  static_cast<void>(silent.on_packet(from_peer(BfdState::Down), at(4s)));
  CHECK(silent.state() == BfdState::Init);
  CHECK(silent.diagnostic() == BfdDiagnostic::ControlDetectionTimeExpired);
  static_cast<void>(silent.on_packet(from_peer(BfdState::Init), at(5s)));
  CHECK(silent.diagnostic() == BfdDiagnostic::None);
}

TEST_CASE("An operator's switch on either side is no failure of the path", "[rfc5882-4.2]") {
  BfdSession told = in_state(BfdState::Up);
  const BfdOutput by_peer = told.on_packet(from_peer(BfdState::AdminDown), at(100ms));
  REQUIRE(by_peer.change.has_value());
  CHECK(by_peer.change->administrative);
  CHECK_FALSE(by_peer.change->path_failed());

  BfdSession stopped = in_state(BfdState::Up);
  const BfdOutput by_us = stopped.change_settings({.shutdown = true}, at(100ms));
  REQUIRE(by_us.change.has_value());
  CHECK(by_us.change->to == BfdState::AdminDown);
  CHECK_FALSE(by_us.change->path_failed());

  BfdSession silent = in_state(BfdState::Up);
  CHECK(silent.on_time(at(3s)).change->path_failed());
  BfdSession signaled = in_state(BfdState::Up);
  CHECK(signaled.on_packet(from_peer(BfdState::Down), at(100ms)).change->path_failed());
  // Never Up: nothing was lost.
  BfdSession starting = in_state(BfdState::Init);
  CHECK_FALSE(starting.on_time(at(10s)).change->path_failed());
}

TEST_CASE("A change tells whether the peer's BFD outlives its control plane", "[rfc5882-4.3.2.2]") {
  for (const bool independent : {false, true}) {
    BfdSession tested = settled();
    BfdPacket packet = from_peer(BfdState::Up);
    packet.control_plane_independent = independent;
    static_cast<void>(tested.on_packet(packet, at(100ms)));
    const BfdOutput output = tested.on_time(at(3s));
    REQUIRE(output.change.has_value());
    CHECK(output.change->peer_control_plane_independent == independent);
  }
}

TEST_CASE("Our packets never claim what is not offered", "[rfc5880-6.8.7]") {
  for (const BfdState state : {BfdState::AdminDown, BfdState::Down, BfdState::Init, BfdState::Up}) {
    BfdSession tested = in_state(state);
    const BfdOutput output = tested.on_time(at(1s));
    REQUIRE(output.packet.has_value());
    CHECK(output.packet->required_min_echo_rx == 0us);
    CHECK_FALSE(output.packet->demand);
    CHECK_FALSE(output.packet->control_plane_independent);
    CHECK(output.packet->my_discriminator == kOurs);
    CHECK(output.packet->detect_mult == 3);
    CHECK(output.packet->required_min_rx == 300ms);
  }
}

TEST_CASE("A session that is not Up sends no faster than once a second", "[rfc5880-6.8.3]") {
  BfdSession tested = session();
  REQUIRE(tested.next_deadline() == kStart);  // the first packet at once
  const BfdOutput first = tested.on_time(at(0s));
  REQUIRE(first.packet.has_value());
  CHECK(first.packet->desired_min_tx == 1s);
  CHECK(first.packet->your_discriminator == 0);
  CHECK(tested.next_deadline() == kStart + 1s);
  BfdSession slow = session({.transmit_interval = 5s});
  CHECK(slow.on_time(at(0s)).packet->desired_min_tx == 5s);
}

TEST_CASE("Once Up the configured interval is announced, and asked to be confirmed",
          "[rfc5880-6.8.3][rfc5880-6.5]") {
  BfdSession tested = in_state(BfdState::Down);
  const BfdOutput up = tested.on_packet(from_peer(BfdState::Init), at(100ms));
  REQUIRE(up.packet.has_value());
  CHECK(up.packet->desired_min_tx == 300ms);
  CHECK(up.packet->poll);
  CHECK(tested.next_deadline() == kStart + 400ms);
  CHECK(tested.on_time(at(400ms)).packet->poll);  // until answered
  BfdPacket answer = from_peer(BfdState::Up);
  answer.final = true;
  static_cast<void>(tested.on_packet(answer, at(450ms)));
  CHECK_FALSE(tested.on_time(at(700ms)).packet->poll);
}

TEST_CASE("The slower of what we want to send and what the peer can take is the interval",
          "[rfc5880-6.8.2]") {
  BfdSession tested = settled();
  CHECK(tested.transmit_interval() == 300ms);
  BfdPacket slower = from_peer(BfdState::Up);
  slower.required_min_rx = 700ms;
  static_cast<void>(tested.on_packet(slower, at(10ms)));
  CHECK(tested.transmit_interval() == 700ms);
  slower.required_min_rx = 50ms;
  static_cast<void>(tested.on_packet(slower, at(20ms)));
  CHECK(tested.transmit_interval() == 300ms);
  CHECK(tested.next_transmission() == kStart + 300ms);  // at once, counted from the last packet
}

TEST_CASE("A peer that takes no packets gets none", "[rfc5880-6.8.7]") {
  BfdSession tested = settled();
  BfdPacket none = from_peer(BfdState::Up);
  none.required_min_rx = 0us;
  static_cast<void>(tested.on_packet(none, at(10ms)));
  CHECK_FALSE(tested.transmit_interval().has_value());
  CHECK(tested.next_deadline() == kStart + 10ms + 900ms);  // only the detection time is left
  none.poll = true;
  const BfdOutput output = tested.on_packet(none, at(20ms));
  REQUIRE(output.packet.has_value());
  CHECK(output.packet->final);  // but an answer
}

TEST_CASE("The detection time is the peer's multiplier times the agreed interval", "[rfc5880-6.8.4]") {
  struct Case {
    std::uint8_t their_mult;
    std::chrono::milliseconds their_tx, our_rx, expected;
  };
  for (const Case& c :
       {Case{3, 300ms, 300ms, 900ms}, Case{5, 300ms, 300ms, 1500ms}, Case{3, 300ms, 1000ms, 3000ms},
        Case{2, 2000ms, 50ms, 4000ms}, Case{1, 10ms, 10ms, 10ms}}) {
    BfdSession tested = settled({.receive_interval = c.our_rx});
    BfdPacket packet = from_peer(BfdState::Up);
    packet.detect_mult = c.their_mult;
    packet.desired_min_tx = c.their_tx;
    static_cast<void>(tested.on_packet(packet, at(100ms)));
    CHECK(tested.detection_time() == c.expected);
    static_cast<void>(tested.on_time(at(100ms + c.expected - 1us)));
    CHECK(tested.state() == BfdState::Up);
    const BfdOutput output = tested.on_time(at(100ms + c.expected));
    CHECK(tested.state() == BfdState::Down);
    REQUIRE(output.packet.has_value());
    CHECK(output.packet->your_discriminator == 0);  // RFC 5880 §6.8.1: forgotten
    CHECK(output.packet->desired_min_tx == 1s);
  }
}

TEST_CASE("A silent peer is forgotten in every state that listens", "[rfc5880-6.8.1]") {
  BfdSession tested = in_state(BfdState::Up);
  static_cast<void>(tested.on_packet(from_peer(BfdState::AdminDown), at(0s)));
  REQUIRE(tested.state() == BfdState::Down);
  CHECK(tested.remote().discriminator == kTheirs);
  const BfdOutput output = tested.on_time(at(900ms));
  CHECK(tested.remote().discriminator == 0);
  CHECK_FALSE(output.change.has_value());
}

TEST_CASE("Transmissions are jittered, a multiplier of 1 more tightly", "[rfc5880-6.8.7]") {
  const auto wait = [](std::uint8_t multiplier, double jitter) {
    BfdSession tested = settled({.detect_multiplier = multiplier, .transmit_interval = 1000ms});
    const TimePoint due = *tested.next_transmission();
    static_cast<void>(tested.on_packet(from_peer(BfdState::Up), {due, 1.0}));
    static_cast<void>(tested.on_time({due, jitter}));
    return *tested.next_transmission() - due;
  };
  CHECK(wait(3, 0.75) == 750ms);
  CHECK(wait(3, 1.0) == 1000ms);
  CHECK(wait(1, 0.75) == 750ms);
  CHECK(wait(1, 1.0) == 900ms);
  CHECK(wait(3, 7.0) == 1000ms);  // nonsense is kept within bounds
  CHECK(wait(3, -1.0) == 750ms);
}

TEST_CASE("A Poll is answered at once, in every state that listens", "[rfc5880-6.5][rfc5880-6.8.7]") {
  for (const BfdState state : {BfdState::Down, BfdState::Init, BfdState::Up}) {
    BfdSession tested = in_state(state);
    BfdPacket poll = from_peer(BfdState::Up);
    poll.poll = true;
    const BfdOutput output = tested.on_packet(poll, at(1ms));
    REQUIRE(output.packet.has_value());
    CHECK(output.packet->final);
    CHECK_FALSE(output.packet->poll);
    CHECK(output.packet->your_discriminator == kTheirs);
  }
  BfdSession down = in_state(BfdState::AdminDown);
  BfdPacket poll = from_peer(BfdState::Up);
  poll.poll = true;
  CHECK_FALSE(down.on_packet(poll, at(1ms)).packet.has_value());  // §6.8.6: discarded
}

TEST_CASE("Getting slower waits for the peer to know", "[rfc5880-6.8.3]") {
  BfdSession tested = settled();
  const BfdOutput told = tested.change_settings({.transmit_interval = 2s}, at(100ms));
  REQUIRE(told.packet.has_value());
  CHECK(told.packet->poll);
  CHECK(told.packet->desired_min_tx == 2s);
  CHECK(tested.transmit_interval() == 300ms);
  BfdPacket answer = from_peer(BfdState::Up);
  static_cast<void>(tested.on_packet(answer, at(110ms)));  // no Final: it may not have read ours yet
  CHECK(tested.transmit_interval() == 300ms);
  answer.final = true;
  static_cast<void>(tested.on_packet(answer, at(120ms)));
  CHECK(tested.transmit_interval() == 2s);
}

TEST_CASE("Getting faster counts at once", "[rfc5880-6.8.3]") {
  BfdSession tested = settled();
  static_cast<void>(tested.on_packet(
      [] {
        BfdPacket fast = from_peer(BfdState::Up);
        fast.required_min_rx = 10ms;
        return fast;
      }(),
      at(10ms)));
  const BfdOutput told = tested.change_settings({.transmit_interval = 50ms}, at(100ms));
  CHECK(told.packet->poll);
  CHECK(tested.transmit_interval() == 50ms);
  CHECK(tested.next_transmission() == kStart + 150ms);
}

TEST_CASE("Expecting a faster peer waits for it to know, expecting a slower one does not",
          "[rfc5880-6.8.3]") {
  BfdSession faster = settled({.receive_interval = 1000ms});
  CHECK(faster.detection_time() == 3s);
  CHECK(faster.change_settings({.receive_interval = 100ms}, at(100ms)).packet->required_min_rx == 100ms);
  CHECK(faster.detection_time() == 3s);
  BfdPacket answer = from_peer(BfdState::Up);
  answer.final = true;
  static_cast<void>(faster.on_packet(answer, at(200ms)));
  CHECK(faster.detection_time() == 900ms);

  BfdSession slower = settled();
  CHECK(slower.change_settings({.receive_interval = 1000ms}, at(100ms)).packet->poll);
  CHECK(slower.detection_time() == 3s);
}

TEST_CASE("A second change during a Poll gets a Poll of its own", "[rfc5880-6.8.3]") {
  BfdSession tested = settled();
  static_cast<void>(tested.change_settings({.transmit_interval = 2s}, at(100ms)));
  static_cast<void>(tested.change_settings({.transmit_interval = 4s}, at(110ms)));
  BfdPacket answer = from_peer(BfdState::Up);
  answer.final = true;
  static_cast<void>(tested.on_packet(answer, at(120ms)));  // of which of the two?
  CHECK(tested.transmit_interval() == 300ms);
  CHECK_FALSE(tested.on_time(at(420ms)).packet->poll);  // first the two have to be told apart
  static_cast<void>(tested.on_packet(from_peer(BfdState::Up), at(430ms)));
  CHECK(tested.on_time(at(720ms)).packet->poll);
  static_cast<void>(tested.on_packet(answer, at(730ms)));
  CHECK(tested.transmit_interval() == 4s);
}

TEST_CASE("A Final that nobody asked for changes nothing", "[rfc5880-6.5]") {
  BfdSession tested = settled();
  BfdPacket stray = from_peer(BfdState::Up);
  stray.final = true;
  const BfdOutput output = tested.on_packet(stray, at(10ms));
  CHECK(output == BfdOutput{});
}

TEST_CASE("The passive side speaks only when spoken to", "[rfc5880-6.1][rfc5880-6.8.7]") {
  BfdSession tested = session({.passive = true});
  CHECK_FALSE(tested.next_deadline().has_value());
  const BfdOutput output = tested.on_packet(from_peer(BfdState::Down), at(1s));
  REQUIRE(output.packet.has_value());
  CHECK(output.packet->state == BfdState::Init);
  static_cast<void>(tested.on_packet(from_peer(BfdState::Init), at(2s)));
  REQUIRE(tested.state() == BfdState::Up);
  const BfdOutput lost = tested.on_time(at(10s));
  CHECK(tested.state() == BfdState::Down);
  CHECK_FALSE(lost.packet.has_value());
  CHECK_FALSE(tested.next_deadline().has_value());
}

TEST_CASE("A peer in Demand mode hears from us only when there is news", "[rfc5880-6.6][rfc5880-6.8.6]") {
  BfdSession tested = settled();
  static_cast<void>(tested.on_packet(demanding(), at(10ms)));
  CHECK_FALSE(tested.transmit_interval().has_value());
  CHECK_FALSE(tested.next_transmission().has_value());
  // A change is a Poll, and goes on until it is answered.
  const BfdOutput told = tested.change_settings({.transmit_interval = 100ms}, at(20ms));
  REQUIRE(told.packet.has_value());
  CHECK(told.packet->poll);
  CHECK(tested.next_transmission() == kStart + 320ms);
  BfdPacket answer = demanding();
  answer.final = true;
  static_cast<void>(tested.on_packet(answer, at(30ms)));
  CHECK_FALSE(tested.next_transmission().has_value());
  // Out of Demand mode, or out of Up: packets again.
  static_cast<void>(tested.on_packet(from_peer(BfdState::Up), at(40ms)));
  CHECK(tested.next_transmission().has_value());
  static_cast<void>(tested.on_packet(demanding(BfdState::Init), at(50ms)));
  CHECK(tested.next_transmission().has_value());
}

TEST_CASE("AdminDown is told, kept telling, and left by way of Down", "[rfc5880-6.8.16]") {
  BfdSession tested = settled();
  const BfdOutput stopped = tested.change_settings({.shutdown = true}, at(100ms));
  REQUIRE(stopped.packet.has_value());
  CHECK(stopped.packet->state == BfdState::AdminDown);
  CHECK(stopped.packet->diagnostic == BfdDiagnostic::AdministrativelyDown);
  CHECK(stopped.packet->desired_min_tx == 1s);
  CHECK(tested.on_time(at(1100ms)).packet->state == BfdState::AdminDown);
  static_cast<void>(tested.on_packet(from_peer(BfdState::Down), at(1200ms)));
  CHECK(tested.state() == BfdState::AdminDown);
  const BfdOutput again = tested.change_settings({}, at(2s));
  CHECK(tested.state() == BfdState::Down);
  CHECK(again.packet->state == BfdState::Down);
  CHECK(again.packet->your_discriminator == 0);
  CHECK_FALSE(again.change->path_failed());
}

TEST_CASE("AdminDown towards a peer that takes no packets does not keep anybody busy", "[rfc5880-6.8.7]") {
  BfdSession tested = in_state(BfdState::AdminDown);
  BfdPacket none = from_peer(BfdState::Down);
  none.required_min_rx = 0us;
  static_cast<void>(tested.on_packet(none, at(10ms)));
  CHECK_FALSE(tested.next_deadline().has_value());
}

TEST_CASE("The multiplier is told at once, without a Poll", "[rfc5880-6.8.12]") {
  BfdSession tested = settled();
  const BfdOutput told = tested.change_settings({.detect_multiplier = 7}, at(100ms));
  REQUIRE(told.packet.has_value());
  CHECK(told.packet->detect_mult == 7);
  CHECK_FALSE(told.packet->poll);
  CHECK(tested.change_settings({.detect_multiplier = 7}, at(200ms)) == BfdOutput{});  // nothing changes
}

TEST_CASE("A peer that has restarted is Down for us at once", "[rfc5880-6.8.6]") {
  BfdSession tested = settled();
  BfdPacket restarted = from_peer(BfdState::Down);
  restarted.my_discriminator = 99;
  const BfdOutput output = tested.on_packet(restarted, at(100ms));
  CHECK(tested.state() == BfdState::Down);
  CHECK(output.packet->your_discriminator == 99);
  // It has come over the path that would have failed.
  CHECK(output.change->peer_restarted);
  CHECK_FALSE(output.change->path_failed());
}
