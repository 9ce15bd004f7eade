// SPDX-License-Identifier: Apache-2.0
// Counting what a route map permits.
#include "rib/default_condition.hpp"

#include <utility>

namespace lbgp::rib {

void DefaultCondition::configure(std::shared_ptr<const Policy> map) {
  map_ = std::move(map);
  judged_.trim(0);
  permits_.clear();
  counting = changed = true;
}

void DefaultCondition::judge(RouteId route, std::optional<std::uint32_t> entry) {
  const auto now = static_cast<std::uint16_t>(entry.value_or(0));  // the language numbers from 1 to 65535
  const std::uint16_t before = judged_.get(route);
  if (now == before) return;
  judged_.set(route, now);
  const auto was = first();
  if (now != 0) ++permits_[now];
  if (before != 0)
    if (const auto old = permits_.find(before); --old->second == 0) permits_.erase(old);
  if (first() != was) changed = true;
}

std::optional<std::uint32_t> DefaultCondition::first() const {
  return permits_.empty() ? std::nullopt : std::optional<std::uint32_t>(permits_.begin()->first);
}

}  // namespace lbgp::rib
