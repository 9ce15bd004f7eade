// SPDX-License-Identifier: Apache-2.0
// Two BFD sessions against each other in virtual time, over a path that loses, doubles and delays packets.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "fsm/bfd_session.hpp"

using namespace lbgp;
using namespace std::chrono_literals;
using fsm::BfdChange;
using fsm::BfdOutput;
using fsm::BfdSession;
using fsm::BfdSettings;
using fsm::TimePoint;
using wire::BfdDiagnostic;
using wire::BfdPacket;
using wire::BfdState;

namespace {

struct Path {
  double loss = 0;        // of 1
  double duplicates = 0;  // of 1
  TimePoint::duration delay = 1ms;
  TimePoint::duration spread = 0ms;  // packets overtake each other within this
};

class World {
 public:
  World(const BfdSettings& left, const BfdSettings& right, Path over = {}, unsigned seed = 1)
      : path(over),
        random_(seed),
        ends_{End(BfdSession(left, 1, moment())), End(BfdSession(right, 2, moment()))} {}

  struct End {
    explicit End(BfdSession its_session) : session(std::move(its_session)) {}
    BfdSession session;
    std::vector<BfdChange> changes;
    std::vector<TimePoint> sent;
    bool dead = false;  // neither sends nor hears: `kill -9`
  };

  End& left() { return ends_[0]; }
  End& right() { return ends_[1]; }
  Path path;  // of packets sent from now on, in both directions
  bool cut = false;

  void change(End& end, const BfdSettings& settings) {
    act(end, end.session.change_settings(settings, moment()));
  }
  // The process behind an end is replaced by a new one.
  void restart(End& end, const BfdSettings& settings) {
    end.session = BfdSession(settings, end.session.discriminator() + 100, moment());
    end.dead = false;
  }

  void run(TimePoint::duration time) {
    const TimePoint until = now_ + time;
    for (int turns = 0;; ++turns) {
      REQUIRE(turns < 100000);
      const TimePoint next = next_event();
      if (next > until) break;
      now_ = next;
      deliver();
      for (End& end : ends_)
        if (const auto due = end.session.next_deadline(); !end.dead && due && *due <= now_)
          act(end, end.session.on_time(moment()));
    }
    now_ = until;
  }
  // How long until both are Up; fails after `limit`.
  TimePoint::duration come_up(TimePoint::duration limit = 30s) {
    const TimePoint start = now_;
    while (!both_up()) {
      INFO("the sessions do not come up");
      REQUIRE(now_ - start < limit);
      run(10ms);
    }
    return now_ - start;
  }
  [[nodiscard]] bool both_up() const {
    return ends_[0].session.state() == BfdState::Up && ends_[1].session.state() == BfdState::Up;
  }
  [[nodiscard]] TimePoint now() const { return now_; }

 private:
  struct Flight {
    std::size_t to = 0;
    BfdPacket packet;
  };

  fsm::Moment moment() { return {now_, std::uniform_real_distribution<double>(0.75, 1.0)(random_)}; }
  bool happens(double probability) {
    return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
  }
  TimePoint arrival() {
    return now_ + path.delay +
           TimePoint::duration(
               static_cast<TimePoint::rep>(std::uniform_real_distribution<double>(0, 1)(random_) *
                                           static_cast<double>(path.spread.count())));
  }
  TimePoint next_event() const {
    TimePoint next = TimePoint::max();
    if (!flying_.empty()) next = flying_.begin()->first;
    for (const End& end : ends_)
      if (const auto due = end.session.next_deadline(); due && !end.dead)
        next = std::min(next, std::max(now_, *due));
    return next;
  }
  void deliver() {
    while (!flying_.empty() && flying_.begin()->first <= now_) {
      const Flight flight = flying_.begin()->second;
      flying_.erase(flying_.begin());
      End& to = ends_[flight.to];
      // What decode_bfd and the demultiplexer refuse on a real host.
      const bool known = flight.packet.your_discriminator == 0 ||
                         flight.packet.your_discriminator == to.session.discriminator();
      if (!to.dead && known) act(to, to.session.on_packet(flight.packet, moment()));
    }
  }
  void act(End& end, const BfdOutput& output) {
    if (output.change) end.changes.push_back(*output.change);
    if (!output.packet) return;
    end.sent.push_back(now_);
    const std::size_t to = &end == &ends_[0] ? 1 : 0;
    if (cut) return;
    if (!happens(path.loss)) flying_.emplace(arrival(), Flight{to, *output.packet});
    if (happens(path.duplicates)) flying_.emplace(arrival(), Flight{to, *output.packet});
  }

  std::mt19937 random_;
  TimePoint now_{std::chrono::hours(100)};
  std::array<End, 2> ends_;
  std::multimap<TimePoint, Flight> flying_;
};

std::size_t failures(const World::End& end) {
  return static_cast<std::size_t>(std::count_if(end.changes.begin(), end.changes.end(),
                                                [](const BfdChange& c) { return c.path_failed(); }));
}

}  // namespace

TEST_CASE("Two sessions shake hands within one slow interval", "[rfc5880-6.2]") {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    World world({}, {}, {}, seed);
    CHECK(world.come_up() <= 1100ms);
    world.run(10s);
    CHECK(world.left().session.transmit_interval() == 300ms);
    CHECK(world.right().session.detection_time() == 900ms);
    CHECK(failures(world.left()) + failures(world.right()) == 0);
  }
}

TEST_CASE("Each side sends as fast as the other can take, with jitter", "[rfc5880-6.8.2][rfc5880-6.8.7]") {
  World world({.receive_interval = 100ms, .transmit_interval = 50ms},
              {.receive_interval = 400ms, .transmit_interval = 200ms});
  world.come_up();
  world.run(5s);
  CHECK(world.left().session.transmit_interval() == 400ms);
  CHECK(world.right().session.transmit_interval() == 200ms);
  CHECK(world.left().session.detection_time() == 600ms);
  CHECK(world.right().session.detection_time() == 1200ms);
  world.left().sent.clear();
  world.run(60s);
  const auto& sent = world.left().sent;
  REQUIRE(sent.size() > 100);
  for (std::size_t i = 1; i < sent.size(); ++i) {
    CHECK(sent[i] - sent[i - 1] >= 300ms);
    CHECK(sent[i] - sent[i - 1] <= 400ms);
  }
}

TEST_CASE("A dead peer is detected within the detection time, by both diagnostics", "[rfc5880-6.8.4]") {
  World world({}, {});
  world.come_up();
  world.run(5s);
  world.right().dead = true;
  const TimePoint killed = world.now();
  while (world.left().session.state() == BfdState::Up) world.run(1ms);
  CHECK(world.now() - killed <= 902ms);
  CHECK(world.now() - killed >= 590ms);  // three intervals less the pause that was under way
  CHECK(failures(world.left()) == 1);
  CHECK(world.left().changes.back().diagnostic == BfdDiagnostic::ControlDetectionTimeExpired);
  world.run(10s);
  CHECK(world.left().session.state() == BfdState::Down);
  world.restart(world.right(), {});
  CHECK(world.come_up() <= 2100ms);
}

TEST_CASE("A cut path is detected on both sides and heals", "[rfc5880-6.8.4]") {
  World world({}, {.detect_multiplier = 5});
  world.come_up();
  world.run(5s);
  world.cut = true;
  world.run(903ms);
  CHECK(world.right().session.state() == BfdState::Down);  // 3 × 300 ms, the left one's multiplier
  world.run(1500ms);
  CHECK(world.left().session.state() == BfdState::Down);  // 5 × 300 ms
  world.cut = false;
  world.come_up();
  CHECK(failures(world.left()) == 1);
  CHECK(failures(world.right()) == 1);
}

TEST_CASE("A peer that restarts without a word is Down at its first packet", "[rfc5880-6.8.6]") {
  World world({}, {});
  world.come_up();
  world.run(5s);
  world.restart(world.right(), {});
  world.run(10ms);
  REQUIRE(!world.left().changes.empty());
  const auto& changes = world.left().changes;
  CHECK(std::any_of(changes.begin(), changes.end(),
                    [](const BfdChange& c) { return c.from == BfdState::Up && c.peer_restarted; }));
  CHECK(failures(world.left()) == 0);
  CHECK(world.come_up() <= 2100ms);
}

TEST_CASE("Duplicated, delayed and overtaken packets disturb nothing", "[rfc5880-6.8.6]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    World world({}, {}, {.loss = 0, .duplicates = 0.5, .delay = 50ms, .spread = 100ms}, seed);
    world.come_up();
    world.run(2s);  // late packets of the handshake are gone
    world.left().changes.clear();
    world.right().changes.clear();
    world.run(10min);
    CHECK(world.left().changes.empty());
    CHECK(world.right().changes.empty());
  }
}

TEST_CASE("Losing one packet in twenty takes no session down that allows for five", "[rfc5880-6.8.4]") {
  std::size_t lost = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    World world({.detect_multiplier = 5}, {.detect_multiplier = 5},
                {.loss = 0.05, .duplicates = 0.01, .delay = 1ms, .spread = 5ms}, seed);
    world.come_up();
    world.run(2s);  // late packets of the handshake are gone
    world.left().changes.clear();
    world.right().changes.clear();
    world.run(5min);
    lost += failures(world.left()) + failures(world.right());
  }
  CHECK(lost == 0);
}

TEST_CASE("After any amount of loss the sessions find each other again", "[rfc5880-6.2]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    World world({}, {}, {.loss = 0.6, .duplicates = 0.2, .delay = 10ms, .spread = 200ms}, seed);
    world.run(5min);
    world.path = {};
    world.come_up(10s);
    world.run(1min);
    CHECK(world.both_up());
    CHECK(world.left().session.transmit_interval() == 300ms);
    CHECK(world.right().session.transmit_interval() == 300ms);
  }
}

TEST_CASE("Timers change while Up without losing the session", "[rfc5880-6.8.3]") {
  const BfdSettings steps[] = {
      {.receive_interval = 50ms, .transmit_interval = 50ms},
      {.receive_interval = 2s, .transmit_interval = 50ms},
      {.receive_interval = 50ms, .transmit_interval = 3s},
      {.detect_multiplier = 2, .receive_interval = 1s, .transmit_interval = 1s},
      {.detect_multiplier = 10, .receive_interval = 300ms, .transmit_interval = 10ms},
      {}};
  // Without overtaking: an older packet behind the one that asked would take its values back.
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    World world({}, {}, {.loss = 0, .duplicates = 0.1, .delay = 2ms}, seed);
    world.come_up();
    for (const BfdSettings& step : steps) {
      world.change(world.left(), step);
      world.run(seed % 2 == 0 ? 5ms : 20s);  // into the running Poll, or after it
      world.change(world.right(), step);
      world.run(20s);
      CHECK(world.both_up());
      CHECK(world.left().session.transmit_interval() ==
            std::max(step.transmit_interval, step.receive_interval));
      CHECK(world.right().session.transmit_interval() == world.left().session.transmit_interval());
      CHECK(world.left().session.detection_time() ==
            step.detect_multiplier * std::max(step.transmit_interval, step.receive_interval));
    }
    CHECK(failures(world.left()) + failures(world.right()) == 0);
  }
}

TEST_CASE("An operator's switch is seen by the other side as such", "[rfc5882-4.2]") {
  World world({}, {});
  world.come_up();
  world.run(5s);
  world.change(world.left(), {.shutdown = true});
  world.run(30s);
  CHECK(world.right().session.state() == BfdState::Down);
  CHECK(world.right().session.remote().state == BfdState::AdminDown);
  CHECK(failures(world.right()) == 0);
  CHECK(failures(world.left()) == 0);
  world.change(world.left(), {});
  CHECK(world.come_up() <= 2s);
}

TEST_CASE("A passive side waits for an active one, and two passive ones for ever", "[rfc5880-6.1]") {
  World mixed({.passive = true}, {});
  mixed.come_up();
  World silent({.passive = true}, {.passive = true});
  silent.run(1min);
  CHECK(silent.left().sent.empty());
  CHECK(silent.right().sent.empty());
}
