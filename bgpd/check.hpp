// SPDX-License-Identifier: Apache-2.0
// `lbgpd --check`: what is wrong with a file, and what it would change in the daemon that runs.
#pragma once

#include <string>

#include "bgpd/configuration.hpp"

namespace lbgp::daemon {

// The plan from what runs to `next`, for an operator; empty: no daemon answers in that run directory. Blocks.
// Who may not see passwords learns nothing of their changes.
[[nodiscard]] std::string plan_for_running(const std::string& run_dir, const Configuration& next);

}  // namespace lbgp::daemon
