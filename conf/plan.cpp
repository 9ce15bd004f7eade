// SPDX-License-Identifier: Apache-2.0
// The plan: a line per neighbor, a line per option.
#include "conf/plan.hpp"

#include <fmt/format.h>

namespace lbgp::conf {
namespace {

std::string_view words(Impact impact) {
  return impact == Impact::Reset ? "session reset" : to_string(impact);
}

}  // namespace

std::string plan(const Diff& diff, const Compiled& after) {
  if (diff.empty()) return "nothing changes\n";
  std::string text;
  const auto add = [&](const auto&... parts) { ((text += parts), ...); };
  if (diff.router_replaced) add("router bgp: another router, every session ends\n");
  for (const std::string& name : diff.removed) add("neighbor ", name, ": removed, its session ends\n");
  for (const std::string& name : diff.added) add("neighbor ", name, ": new\n");
  for (const NeighborDiff& neighbor : diff.changed) {
    add("neighbor ", neighbor.name, ": ", words(neighbor.worst()), "\n");
    for (const Change& change : neighbor.changes) add("  ", change.option, ": ", words(change.impact), "\n");
  }
  const std::size_t same = after.neighbors.size() - diff.added.size() - diff.changed.size();
  if (same != 0) add(fmt::format("{} {}: none\n", same, same == 1 ? "neighbor" : "neighbors"));
  for (const auto* names : {&diff.global, &diff.policies, &diff.pools})
    for (const std::string& name : *names) add("changed: ", name, "\n");
  return text;
}

}  // namespace lbgp::conf
