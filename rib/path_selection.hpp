// SPDX-License-Identifier: Apache-2.0
// Which paths of a route a neighbor with ADD-PATH is sent.
#pragma once

#include <boost/container/small_vector.hpp>
#include <span>

#include "rib/decision.hpp"
#include "rib/settings.hpp"

namespace lbgp::rib {

// One answer per candidate, in their order. Among `candidates` there is one local path at most. The best path
// is always chosen, and the outcome does not depend on the order.
[[nodiscard]] boost::container::small_vector<bool, 16> select_paths(std::span<const Candidate> candidates,
                                                                    const PathSelection& selection,
                                                                    const GlobalSettings& settings);

}  // namespace lbgp::rib
