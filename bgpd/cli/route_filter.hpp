// SPDX-License-Identifier: Apache-2.0
// Which routes of a table a `show` wants: `community …`, `prefix-list …`, `regexp …` and so on.
#pragma once

#include <functional>
#include <string>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/show_routes.hpp"
#include "rib/policy.hpp"

namespace lbgp::daemon::cli {

struct RouteFilter {
  std::function<bool(const wire::Prefix&, const PathData&)> wants;  // empty: all
  std::string error;  // what is wrong with the question, for the operator; empty: nothing
};

// `family`: of the table. Lists that a filter names are those of the configuration in use, and stay what they
// are now: an answer may take longer than these live.
[[nodiscard]] RouteFilter make_filter(const Request& request, wire::Family family,
                                      const rib::Policies& policies);

// Visits the route with those of its paths that are wanted, if any.
void visit_wanted(const RouteFilter& filter, const RouteData& route,
                  const std::function<void(const RouteData&)>& visit);

}  // namespace lbgp::daemon::cli
