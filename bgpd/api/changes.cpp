// SPDX-License-Identifier: Apache-2.0
// Spreads groups over their prefixes, and compares a wanted set with a standing one.
#include "bgpd/api/changes.hpp"

#include <algorithm>

namespace lbgp::daemon::api {
namespace {

wire::AsPath prepended(const AsPathPrepend& prepend, wire::AsNumber local_as) {
  if (prepend.own_times > 0)
    return wire::AsPath::sequence(std::vector<wire::AsNumber>(prepend.own_times, local_as));
  if (prepend.as_numbers.empty()) return {};
  return wire::AsPath::sequence(prepend.as_numbers);
}

// Calls `visit(LocalRoute&&)` for each prefix.
template <typename Visit>
void spread(const std::vector<RouteGroup>& groups, wire::AsNumber local_as, Visit visit) {
  for (const RouteGroup& group : groups) {
    rib::LocalRoute route{.prefix = {}, .attributes = group.attributes, .labels = group.labels};
    route.attributes.as_path = prepended(group.as_path_prepend, local_as);
    for (const wire::Prefix& prefix : group.prefixes) {
      route.prefix = prefix;
      route.attributes.next_hop = {};
      if (const auto& next_hop = group.next_hop[prefix.family()])
        route.attributes.next_hop.address = *next_hop;
      visit(route);
    }
  }
}

std::size_t count(const std::vector<RouteGroup>& groups) {
  std::size_t prefixes = 0;
  for (const RouteGroup& group : groups) prefixes += group.prefixes.size();
  return prefixes;
}

}  // namespace

std::vector<rib::LocalChange> announcements(const std::vector<RouteGroup>& groups, wire::AsNumber local_as) {
  std::vector<rib::LocalChange> changes;
  changes.reserve(count(groups));
  spread(groups, local_as, [&](const rib::LocalRoute& route) { changes.emplace_back(route); });
  return changes;
}

std::vector<rib::LocalChange> withdrawals(const Withdraw& withdraw) {
  return {withdraw.prefixes.begin(), withdraw.prefixes.end()};
}

SyncPlan plan_sync(std::span<const rib::LocalRoute> current, const std::vector<RouteGroup>& groups,
                   wire::AsNumber local_as) {
  std::vector<rib::LocalRoute> wanted;
  wanted.reserve(count(groups));
  spread(groups, local_as, [&](const rib::LocalRoute& route) { wanted.push_back(route); });
  std::sort(wanted.begin(), wanted.end(), [](const auto& a, const auto& b) { return a.prefix < b.prefix; });

  SyncPlan plan;
  auto have = current.begin();
  const auto withdraw_until = [&](const wire::Prefix* next) {
    for (; have != current.end() && (next == nullptr || have->prefix < *next); ++have, ++plan.withdrawn)
      plan.changes.emplace_back(have->prefix);
  };
  for (rib::LocalRoute& route : wanted) {
    withdraw_until(&route.prefix);
    const bool standing = have != current.end() && have->prefix == route.prefix;
    const bool same = standing && *have == route;
    if (standing) ++have;
    ++(same ? plan.unchanged : plan.announced);
    if (!same) plan.changes.emplace_back(std::move(route));
  }
  withdraw_until(nullptr);
  return plan;
}

}  // namespace lbgp::daemon::api
