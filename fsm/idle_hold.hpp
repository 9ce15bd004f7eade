// SPDX-License-Identifier: Apache-2.0
// IdleHoldTimer and DampPeerOscillations (RFC 4271 §8.1.1): when a peering that ended is tried again.
#pragma once

#include <cstdint>
#include <optional>

#include "fsm/ending.hpp"
#include "fsm/moment.hpp"
#include "fsm/settings.hpp"

namespace lbgp::fsm {

inline constexpr seconds kFirstHold{1};  // after a clean end or a first failure
inline constexpr seconds kLongestHold{60};
inline constexpr seconds kLongestDeafness{5};
inline constexpr seconds kStableTime{60};  // a session that lived so long clears the back-off

// How much an ending speaks against trying again at once.
enum class Blame : std::uint8_t {
  None,         // our own doing, or a collision
  Unreachable,  // no BGP was spoken: retry as `timers connect` says, without growth
  Flap,         // the peer left: back off, but let it come back by itself
  Fault,        // one side finds the other wrong: back off, in both directions
};
[[nodiscard]] Blame blame(const Ending& ending);

// Plain data, as everything in a peering. `until` unset: no attempt is being held back.
struct IdleHold {
  std::optional<TimePoint> until;
  std::uint32_t failures = 0;           // in a row
  std::optional<TimePoint> deaf_until;  // until then incoming connections are refused too
  TimePoint no_sooner{};                // hurry() makes nothing happen before: a penalty, or the last hurry
  bool closed = false;  // deaf by AutomaticStop: until `until` or, without it, an operator's act

  // A connection ended, or never came about. `lived`: how long it was Established.
  void after(const Ending& ending, std::optional<TimePoint::duration> lived, const SessionSettings& settings,
             Moment moment);
  // AutomaticStop: nothing goes on before `time` has passed, or without it before an operator acts.
  void close(std::optional<seconds> time, Moment moment);
  // Tries again soon, with no memory of failures: after the operator's own doing.
  void clear(Moment moment);
  // The peer may be in reach again: from when on it may be tried. Brings `until` forward to that.
  [[nodiscard]] TimePoint hurry(TimePoint now);
  void release() {
    until.reset();
    listen();
  }
  [[nodiscard]] bool deaf() const { return closed || deaf_until; }
  void on_time(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  void listen() {
    deaf_until.reset();
    closed = false;
  }
  void wait(TimePoint deadline);
  void punish(bool fault, Moment moment);
};

}  // namespace lbgp::fsm
