// SPDX-License-Identifier: Apache-2.0
// How a policy came to its verdict, step by step; the same evaluator that decides tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rib/policy_eval.hpp"

namespace lbgp::rib {

// g++ 12 takes an enumerator of a scoped enumeration for something that hides the type RouteMap.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
enum class PolicyStage : std::uint8_t { PrefixList, DistributeList, FilterList, RouteMap };
#pragma GCC diagnostic pop

struct PolicyStep {
  PolicyStage stage = PolicyStage::RouteMap;
  std::string name;                  // of the list or map
  std::optional<std::uint32_t> seq;  // none: nothing in it matched, the implicit deny
  Permit action = Permit::Deny;
  bool defined = true;  // what is not, denies
  bool operator==(const PolicyStep&) const = default;
};

struct PolicyVerdict {
  bool permitted = false;
  std::vector<PolicyStep> steps;  // in the order in which they were taken; empty: no policy
  RouteAttributes attributes;     // what the policy makes of them, if permitted
};

[[nodiscard]] PolicyVerdict explain(const Policy& policy, const PolicyContext& context,
                                    RouteAttributes attributes);

}  // namespace lbgp::rib
