// SPDX-License-Identifier: Apache-2.0
// Spreads groups over their prefixes, and compares a wanted set with a standing one.
#include "bgpd/api/changes.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace lbgp::daemon::api {
namespace {

wire::AsPath prepended(const AsPathPrepend& prepend, wire::AsNumber local_as) {
  if (prepend.own_times > 0)
    return wire::AsPath::sequence(std::vector<wire::AsNumber>(prepend.own_times, local_as));
  if (prepend.as_numbers.empty()) return {};
  return wire::AsPath::sequence(prepend.as_numbers);
}

wire::PathAttributes attributes_of(const RouteGroup& group, wire::Family family, wire::AsNumber local_as) {
  wire::PathAttributes attributes = group.attributes;
  attributes.as_path = prepended(group.as_path_prepend, local_as);
  if (const auto& next_hop = group.next_hop[family]) attributes.next_hop.address = *next_hop;
  return attributes;
}

struct Wanted {
  wire::Prefix prefix;
  const rib::LocalRoutes* routes;
};

std::vector<Wanted> by_prefix(const std::vector<rib::LocalChange>& announcements) {
  std::vector<Wanted> wanted;
  for (const rib::LocalChange& change : announcements) {
    const auto& routes = std::get<rib::LocalRoutes>(change);
    for (const wire::Prefix& prefix : routes.prefixes) wanted.push_back({prefix, &routes});
  }
  std::stable_sort(wanted.begin(), wanted.end(),
                   [](const Wanted& a, const Wanted& b) { return a.prefix < b.prefix; });
  return wanted;
}

// The last change if it withdraws, else a new one.
std::vector<wire::Prefix>& last_withdrawal(std::vector<rib::LocalChange>& changes) {
  using Withdrawal = std::vector<wire::Prefix>;
  if (changes.empty() || !std::holds_alternative<Withdrawal>(changes.back()))
    changes.emplace_back(Withdrawal{});
  return std::get<Withdrawal>(changes.back());
}

}  // namespace

std::vector<rib::LocalChange> announcements(const std::vector<RouteGroup>& groups, wire::AsNumber local_as) {
  std::vector<rib::LocalChange> changes;
  for (const RouteGroup& group : groups)
    for (const wire::Family family : wire::kFamilies) {
      const auto is_ours = [family](const wire::Prefix& prefix) { return prefix.family() == family; };
      const auto count = std::count_if(group.prefixes.begin(), group.prefixes.end(), is_ours);
      if (count == 0) continue;
      rib::LocalRoutes routes{{}, attributes_of(group, family, local_as), group.labels};
      routes.prefixes.reserve(static_cast<std::size_t>(count));
      std::copy_if(group.prefixes.begin(), group.prefixes.end(), std::back_inserter(routes.prefixes),
                   is_ours);
      changes.emplace_back(std::move(routes));
    }
  return changes;
}

std::vector<rib::LocalChange> withdrawals(const Withdraw& withdraw) {
  return {withdraw.prefixes};
}

SyncPlan plan_sync(std::span<const rib::LocalRoute> current, const std::vector<RouteGroup>& groups,
                   wire::AsNumber local_as) {
  const std::vector<rib::LocalChange> wanted = announcements(groups, local_as);
  SyncPlan plan;
  auto have = current.begin();
  const auto withdraw_until = [&](const wire::Prefix* next) {
    for (; have != current.end() && (next == nullptr || have->prefix < *next); ++have, ++plan.withdrawn)
      last_withdrawal(plan.changes).push_back(have->prefix);
  };
  const rib::LocalRoutes* previous = nullptr;  // whose prefixes the last change announces
  for (const auto& [prefix, routes] : by_prefix(wanted)) {
    withdraw_until(&prefix);
    const bool standing = have != current.end() && have->prefix == prefix;
    const bool same = standing && have->attributes == routes->attributes && have->labels == routes->labels;
    if (standing) ++have;
    ++(same ? plan.unchanged : plan.announced);
    if (same) continue;
    if (previous != routes || !std::holds_alternative<rib::LocalRoutes>(plan.changes.back()))
      plan.changes.emplace_back(rib::LocalRoutes{{}, routes->attributes, routes->labels});
    previous = routes;
    std::get<rib::LocalRoutes>(plan.changes.back()).prefixes.push_back(prefix);
  }
  withdraw_until(nullptr);
  return plan;
}

}  // namespace lbgp::daemon::api
