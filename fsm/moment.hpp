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
  // When a jittered timer started now fires: never before `least`, and always later than now.
  [[nodiscard]] TimePoint jittered(std::chrono::seconds time,
                                   std::chrono::seconds least = std::chrono::seconds{0}) const {
    const double factor = jitter >= 0.75 && jitter <= 1.0 ? jitter : 1.0;
    const auto scaled = std::chrono::duration_cast<std::chrono::milliseconds>(factor * time);
    return now + std::max<std::chrono::milliseconds>({scaled, least, std::chrono::milliseconds{100}});
  }
};

}  // namespace lbgp::fsm
