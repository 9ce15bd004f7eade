// SPDX-License-Identifier: Apache-2.0
// Asks a policy's parts one by one and notes the answers.
#include "rib/policy_trace.hpp"

namespace lbgp::rib {

PolicyVerdict explain(const Policy& policy, const PolicyContext& route, RouteAttributes attributes) {
  PolicyVerdict verdict{.permitted = true, .steps = {}, .attributes = {}};
  verdict.attributes = std::move(attributes);
  const auto ask = [&](PolicyStage stage, const std::string& name, std::optional<std::uint32_t> seq,
                       bool permitted) {
    verdict.steps.push_back({stage, name, seq, permitted ? Permit::Permit : Permit::Deny});
    return verdict.permitted = permitted;
  };
  if (policy.prefix_list_) {
    const PrefixListEntry* entry = find_match(*policy.prefix_list_, route.prefix);
    if (!ask(PolicyStage::PrefixList, policy.prefix_list_name_,
             entry != nullptr ? std::optional(entry->seq) : std::nullopt,
             permits(*policy.prefix_list_, route.prefix)))
      return verdict;
  }
  if (!policy.has_route_map_) return verdict;
  const RouteMapEntry* entry = policy.first_match(route, verdict.attributes);
  const bool permitted = entry != nullptr && entry->action == Permit::Permit;
  if (!ask(PolicyStage::RouteMap, policy.route_map_name_,
           entry != nullptr ? std::optional(entry->seq) : std::nullopt, permitted))
    return verdict;
  PolicyEffects effects;
  policy.apply_entry(*entry, route, verdict.attributes, effects);
  return verdict;
}

}  // namespace lbgp::rib
