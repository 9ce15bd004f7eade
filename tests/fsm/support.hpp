// SPDX-License-Identifier: Apache-2.0
// Builders and words for the state machine's tests: actions read as BGP, times as seconds since the start.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "fsm/peer.hpp"

namespace lbgp::fsm::test {

using Words = std::vector<std::string>;

// Us: AS 65001, 10.0.0.1. The peer: AS 65002, 10.0.0.2. Both with IPv4 and IPv6 unicast.
[[nodiscard]] SessionSettings our_settings();
[[nodiscard]] SessionSettings peer_settings();
// The OPEN that a peer with these settings sends.
[[nodiscard]] wire::Open open_from(const SessionSettings& settings = peer_settings());

[[nodiscard]] wire::Notification cease(std::uint8_t subcode);
[[nodiscard]] MessageError message_error(wire::ErrorCode code, std::uint8_t subcode);

// "Connect" "Close out" "OPEN out" "NOTIFICATION 6/7 in" "Accept" "Refuse 6/7" "Up out" "Down" "Down keeps 4
// 6 for 20" "Idle>Connect". With `sides` false the sides are left out.
[[nodiscard]] std::string describe(const Action& action, bool sides = true);
[[nodiscard]] Words describe(const Actions& actions, bool sides = true);
// Without the changes of state.
[[nodiscard]] Words deeds(const Actions& actions);
[[nodiscard]] std::string why(const Actions& actions);  // of the last StateChanged

[[nodiscard]] inline TimePoint at_second(double second) {
  return TimePoint{} + std::chrono::hours{1} +
         std::chrono::duration_cast<TimePoint::duration>(std::chrono::duration<double>(second));
}
// How many seconds lie between.
[[nodiscard]] inline double seconds_between(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

// A peering and its clock.
struct Bench {
  explicit Bench(SessionSettings settings = our_settings()) : peer(std::move(settings)) {}

  Peer peer;
  TimePoint now = at_second(0);
  double jitter = 1.0;

  [[nodiscard]] Moment moment() const { return {now, jitter}; }
  Actions tell(const PeerEvent& event) { return peer.on_event(event, moment()); }
  Actions tell(Side side, const ConnectionEvent& event) { return peer.on_event(side, event, moment()); }
  Actions start() { return tell(ManualStart{}); }
  // Jumps to the next deadline and fires it.
  Actions next() {
    const auto deadline = peer.next_deadline();
    REQUIRE(deadline.has_value());
    now = std::max(now, *deadline);
    return peer.on_time(moment());
  }
  void pass(std::chrono::milliseconds time) { now += time; }
  // Passes the time and fires what is due on the way; what came of it.
  Actions live(std::chrono::seconds time) {
    const TimePoint end = now + time;
    Actions all;
    while (peer.next_deadline() && *peer.next_deadline() <= end) {
      Actions some = next();
      all.insert(all.end(), some.begin(), some.end());
    }
    now = end;
    return all;
  }
  // Start, connect on `side`, and go as far as the state.
  void reach(State state, Side side = Side::Outgoing, const wire::Open& open = open_from());
};

}  // namespace lbgp::fsm::test

namespace Catch {
template <>
struct StringMaker<lbgp::fsm::State> {
  static std::string convert(lbgp::fsm::State state) { return std::string(to_string(state)); }
};
template <>
struct StringMaker<lbgp::fsm::DownReason> {
  static std::string convert(lbgp::fsm::DownReason reason) { return std::string(to_string(reason)); }
};
}  // namespace Catch
