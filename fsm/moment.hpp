// SPDX-License-Identifier: Apache-2.0
// The time of an event, handed in from outside: nothing in this layer looks at a clock or rolls dice.
#pragma once

#include <algorithm>
#include <chrono>

#include "fsm/state.hpp"

namespace lbgp::fsm {

// When something happens, and how timers started now are jittered (RFC 4271 §10: 0.75 to 1.0).
struct Moment {
  TimePoint now;
  double jitter = 1.0;

  // When a timer started now fires if it is not jittered.
  [[nodiscard]] TimePoint after(std::chrono::seconds time) const { return now + time; }
  // When a jittered timer started now fires: always later than now. The range of a timer that could fire
  // before `least` begins there: cut off instead, speakers with a short timer would keep step with each
  // other.
  [[nodiscard]] TimePoint jittered(std::chrono::seconds time,
                                   std::chrono::seconds least = std::chrono::seconds{0}) const {
    using std::chrono::milliseconds;
    constexpr double kSmallest = 0.75;
    const double above = jitter >= kSmallest && jitter <= 1.0 ? jitter - kSmallest : 1.0 - kSmallest;
    const auto part_of = [&](double factor) {
      return std::chrono::duration_cast<milliseconds>(factor * time);
    };
    return now +
           std::max(std::max<milliseconds>(part_of(kSmallest), least) + part_of(above), milliseconds{100});
  }
};

}  // namespace lbgp::fsm
