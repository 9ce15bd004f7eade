// SPDX-License-Identifier: Apache-2.0
// Where faults are staged: a router, a node that behaves, a router further away, and somebody who does not
// behave. Whatever that one does, the others must not feel it.
#pragma once

#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"
#include "tests/wire/octets.hpp"

namespace lbgp::sim {

using Table = std::vector<std::string>;

class House {
 public:
  // `extended`: the router and its good neighbor have extended messages.
  explicit House(bool extended = true) {
    good_.announce("10.99.8.2/32");
    Peer good_side = world.side(good_, "10.0.0.2", "10.0.0.9", 65001);
    good_side.settings.session.extended_messages = extended;
    std::tie(good_end_, router_good_) =
        world.join(std::move(good_side), world.side(router, "10.0.0.9", "10.0.0.2", 65020));
  }

  // Everybody else's sessions stand as if nothing had happened.
  void check_others() {
    CHECK(good_end_->history().connections_dropped == 0);
    CHECK(router_good_->established());
    CHECK(has("10.99.8.2/32"));
  }
  [[nodiscard]] bool has(const std::string& prefix) {
    const Table table = router.table();
    return std::find(table.begin(), table.end(), prefix) != table.end();
  }
  [[nodiscard]] const fsm::History& history() const { return router_end->history(); }
  // The NOTIFICATION that the router ended the bad peer's session with, if it did.
  [[nodiscard]] std::optional<wire::Notification> verdict() const {
    if (router_end->established() || !history().last_notification_was_sent) return std::nullopt;
    return history().last_notification;
  }
  [[nodiscard]] Speaker& good() { return good_; }
  [[nodiscard]] Neighbor& good_end() { return *good_end_; }
  [[nodiscard]] Neighbor& router_good() { return *router_good_; }

  World world;
  Speaker& router = world.add_speaker(65001, "10.0.0.9");
  Neighbor* router_end = nullptr;  // the router's end towards the one that misbehaves

 private:
  Speaker& good_ = world.add_speaker(65020, "10.0.0.2");
  Neighbor* good_end_ = nullptr;
  Neighbor* router_good_ = nullptr;
};

// The bad node is a speaker like others, into whose session octets are slipped: its KEEPALIVEs go on by
// themselves.
struct BadNode : House {
  Speaker& bad;
  Neighbor* bad_end = nullptr;

  explicit BadNode(std::uint32_t as = 65010) : bad(world.add_speaker(as, "10.0.0.1")) {
    bad.announce("10.99.8.1/32");
    std::tie(bad_end, router_end) = world.join(world.side(bad, "10.0.0.1", "10.0.0.9", 65001),
                                               world.side(router, "10.0.0.9", "10.0.0.1", as));
    REQUIRE(world.run_until([&] { return has("10.99.8.1/32") && has("10.99.8.2/32"); }));
    world.run_for(seconds(1));
  }
  void say(const wire::Bytes& bytes) {
    world.inject(*bad_end, bytes);
    world.run_for(milliseconds(100));
  }
};

// The bad peer is nobody but the octets of the test.
struct BadStranger : House {
  static constexpr std::uint32_t kAs = 65010;
  std::shared_ptr<Stranger> peer;

  // `change`: what the router's settings for this neighbor have of their own.
  template <typename Change>
  explicit BadStranger(Change&& change, bool extended = true) : House(extended) {
    REQUIRE(world.run_until([&] { return has("10.99.8.2/32"); }));
    Peer side = world.side(router, "10.0.0.9", "10.0.0.1", kAs);
    change(side.settings);
    router_end = world.join(std::move(side));
    world.run_for(seconds(1));
  }
  BadStranger() : BadStranger([](conf::Neighbor&) {}) {}

  // An OPEN that the router accepts: AS 65010, both families, four-octet AS, nothing else.
  [[nodiscard]] static wire::Open open() {
    wire::Open open;
    open.my_as = kAs;
    open.hold_time = seconds(9);
    open.id = wire::RouterId(0x0a000001);
    for (const wire::Family family : wire::kFamilies)
      open.capabilities.emplace_back(wire::MultiprotocolCapability{wire::afi_safi(family)});
    open.capabilities.emplace_back(wire::FourOctetAsCapability{wire::AsNumber(kAs)});
    return open;
  }
  void dial() { peer = world.dial(*router_end); }
  void say(const wire::Bytes& bytes) {
    peer->say(bytes);
    world.run_for(milliseconds(10));
  }
  // Opens a connection and goes as far as the state.
  void reach(fsm::State state, const wire::Open& ours = open()) {
    dial();
    if (state >= fsm::State::OpenConfirm) say(wire::encode(ours));
    if (state >= fsm::State::Established) say(wire::encode_keepalive());
    REQUIRE(router_end->state() == state);
  }
  // Lives for a while, with the KEEPALIVEs that keep the session.
  void live(seconds time) {
    for (seconds passed{0}; passed < time; passed += seconds(1)) {
      peer->say(wire::encode_keepalive());
      world.run_for(seconds(1));
    }
  }
};

inline wire::Bytes update(const wire::Bytes& withdrawn, const wire::Bytes& attributes,
                          const wire::Bytes& nlri) {
  return wire::test::message(2, wire::test::update_body(withdrawn, attributes, nlri));
}
// ORIGIN, AS_PATH 65010, NEXT_HOP 10.0.0.1.
inline wire::Bytes good_attributes() {
  return wire::test::hex("40 01 01 00  40 02 06 02 01 0000fdf2  40 03 04 0a000001");
}

}  // namespace lbgp::sim
