// SPDX-License-Identifier: Apache-2.0
// From the monotonic points in time that the daemon keeps to what people read.
#pragma once

#include <chrono>
#include <optional>

#include "bgpd/cli/units.hpp"
#include "fsm/state.hpp"

namespace lbgp::daemon::show {

[[nodiscard]] inline cli::milliseconds since(fsm::TimePoint then) {
  return std::chrono::duration_cast<cli::milliseconds>(std::chrono::steady_clock::now() - then);
}
[[nodiscard]] inline std::optional<cli::milliseconds> since(std::optional<fsm::TimePoint> then) {
  return then ? std::optional(since(*then)) : std::nullopt;
}
[[nodiscard]] inline std::optional<cli::milliseconds> until(std::optional<fsm::TimePoint> then) {
  return then ? std::optional(-since(*then)) : std::nullopt;
}
// On the wall clock as it is now.
[[nodiscard]] inline cli::Epoch epoch(fsm::TimePoint then) {
  const auto wall = std::chrono::system_clock::now() - since(then);
  return std::chrono::duration_cast<cli::seconds>(wall.time_since_epoch()).count();
}

}  // namespace lbgp::daemon::show
