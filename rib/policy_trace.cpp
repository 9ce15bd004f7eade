// SPDX-License-Identifier: Apache-2.0
// A verdict with its reasons.
#include "rib/policy_trace.hpp"

#include <utility>

namespace lbgp::rib {

PolicyVerdict explain(const Policy& policy, const PolicyContext& context, RouteAttributes attributes) {
  PolicyVerdict verdict;
  PolicyEffects effects;
  verdict.permitted = policy.apply(context, attributes, effects, &verdict.steps);
  verdict.attributes = std::move(attributes);
  return verdict;
}

}  // namespace lbgp::rib
