// SPDX-License-Identifier: Apache-2.0
// From what a client asked for to what the RIB is told.
#pragma once

#include <span>
#include <vector>

#include "bgpd/api/request.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon::api {

// One route per prefix, in the order given. `local_as` stands for "our own AS" in as_path_prepend.
[[nodiscard]] std::vector<rib::LocalChange> announcements(const std::vector<RouteGroup>& groups,
                                                          wire::AsNumber local_as);
[[nodiscard]] std::vector<rib::LocalChange> withdrawals(const Withdraw& withdraw);

struct SyncPlan {
  std::vector<rib::LocalChange> changes;
  std::size_t announced = 0;  // new, or with other attributes or labels
  std::size_t withdrawn = 0;
  std::size_t unchanged = 0;
};
// What turns `current`, all routes of the owner in order of prefix (as Rib::for_each_local gives them), into
// `groups`. The changes are in order of prefix, withdrawals among them.
[[nodiscard]] SyncPlan plan_sync(std::span<const rib::LocalRoute> current,
                                 const std::vector<RouteGroup>& groups, wire::AsNumber local_as);

}  // namespace lbgp::daemon::api
