// SPDX-License-Identifier: Apache-2.0
// One route's way through the filters and maps of a policy.
#include "rib/policy_eval.hpp"

#include <algorithm>

#include "rib/policy_clauses.hpp"
#include "rib/policy_lists.hpp"
#include "rib/policy_trace.hpp"

namespace lbgp::rib {

namespace {

void tell(const PolicyContext& route, std::size_t effort) {
  if (route.effort != nullptr) *route.effort += effort;
}

template <typename Map>
void copy_named(const Map& from, const std::string& name, Map& to) {
  if (const auto found = from.find(name); found != from.end()) to.insert(*found);
}

}  // namespace

class PolicyWalk {
 public:
  PolicyWalk(const Policy& policy, const PolicyContext& route, RouteAttributes& attributes,
             PolicyEffects& effects, std::vector<PolicyStep>* steps)
      : policy_(policy), route_(route), attributes_(attributes), effects_(effects), steps_(steps) {}
  ~PolicyWalk() { tell(route_, effort_); }
  PolicyWalk(const PolicyWalk&) = delete;
  PolicyWalk& operator=(const PolicyWalk&) = delete;

  bool run() {
    const PolicyNames& names = policy_.names_;
    const Policies& used = policy_.used_;
    const wire::Family family = policy_.family_;
    return passes(PolicyStage::DistributeList, names.distribute_list, used.access_lists[family],
                  route_.prefix) &&
           passes(PolicyStage::PrefixList, names.prefix_list, used.prefix_lists[family], route_.prefix) &&
           passes(PolicyStage::FilterList, names.filter_list, used.as_path_lists, attributes_.path.as_path) &&
           (names.route_map.empty() || run_map(names.route_map, 0));
  }

 private:
  template <typename Lists, typename Value>
  bool passes(PolicyStage stage, const std::string& name, const Lists& lists, const Value& value) {
    if (name.empty()) return true;
    const auto* list = find_list(lists, name);
    const bool permitted = list != nullptr && permits(*list, value, effort_);
    if (steps_ == nullptr) return permitted;
    const auto* entry = list != nullptr ? find_match(*list, value) : nullptr;
    record({stage, name, entry != nullptr ? std::optional(entry->seq) : std::nullopt,
            permitted ? Permit::Permit : Permit::Deny, list != nullptr});
    return permitted;
  }

  void record(PolicyStep step) {
    if (steps_ != nullptr) steps_->push_back(std::move(step));
  }

  bool deny(const std::string& map, bool defined = true) {
    record({PolicyStage::RouteMap, map, std::nullopt, Permit::Deny, defined});
    return false;
  }

  // FRR's rules: an entry that permits and goes on permits unless a later one that is reached does not match
  // or denies; a called map has to permit as well.
  bool run_map(const std::string& name, unsigned calls) {
    const RouteMap* map = find_list(policy_.used_.route_maps, name);
    if (map == nullptr || calls > Policy::kMaxCalls) return deny(name, map != nullptr);
    bool permitted = false;
    for (auto at = map->begin(); at != map->end();) {
      const auto& [seq, entry] = *at++;
      if (++entries_ > Policy::kMaxEntries) return deny(name);
      ++effort_;
      permitted = holds_all(entry);
      if (!permitted) continue;
      record({PolicyStage::RouteMap, name, seq, entry.action});
      if (entry.action == Permit::Deny) return false;
      for (const Set& set : entry.sets) apply_set(policy_.used_, set, route_, attributes_, effects_, effort_);
      const bool calls_map = !entry.call.empty() && policy_.used_.route_maps.contains(entry.call);
      if (calls_map && !run_map(entry.call, calls + 1)) return false;
      if (!entry.on_match) return true;
      at = map->lower_bound(std::max(*entry.on_match, seq + 1));
    }
    return permitted || deny(name);
  }

  bool holds_all(const RouteMapEntry& entry) {
    return std::all_of(entry.matches.begin(), entry.matches.end(), [&](const Match& match) {
      return holds(policy_.used_, match, route_, attributes_, effort_);
    });
  }

  const Policy& policy_;
  const PolicyContext& route_;
  RouteAttributes& attributes_;
  PolicyEffects& effects_;
  std::vector<PolicyStep>* steps_;
  unsigned entries_ = 0;  // of maps, tried so far
  std::size_t effort_ = 0;
};

Policy::Policy(const Policies& all, wire::Family family, PolicyNames names)
    : names_(std::move(names)), family_(family) {
  if (!configured()) return;
  used_.local_as = all.local_as;
  collect(all, {access_list_kind(family), names_.distribute_list});
  collect(all, {prefix_list_kind(family), names_.prefix_list});
  collect(all, {ListKind::AsPaths, names_.filter_list});
  collect(all, {ListKind::RouteMaps, names_.route_map});
  common_signature_ = find_common_signature();
}

std::optional<std::uint32_t> Policy::find_common_signature() const {
  if (!route_matches_.empty() || !names_.distribute_list.empty()) return std::nullopt;
  if (names_.prefix_list.empty()) return kPermitted;
  const PrefixList* list = find_list(used_.prefix_lists[family_], names_.prefix_list);
  const std::optional<bool> permitted = list != nullptr ? permits_all(*list) : false;
  if (!permitted) return std::nullopt;
  return *permitted ? kPermitted : kDenied;
}

// A map with all that it names, each once: maps may call each other in a circle.
void Policy::collect(const Policies& all, const ListName& list) {
  if (exists(used_, list) || !exists(all, list)) return;
  constexpr auto kIpv4 = wire::Family::Ipv4Unicast, kIpv6 = wire::Family::Ipv6Unicast;
  switch (list.kind) {
    case ListKind::Ipv4Prefixes:
      return copy_named(all.prefix_lists[kIpv4], list.name, used_.prefix_lists[kIpv4]);
    case ListKind::Ipv6Prefixes:
      return copy_named(all.prefix_lists[kIpv6], list.name, used_.prefix_lists[kIpv6]);
    case ListKind::Ipv4Addresses:
      return copy_named(all.access_lists[kIpv4], list.name, used_.access_lists[kIpv4]);
    case ListKind::Ipv6Addresses:
      return copy_named(all.access_lists[kIpv6], list.name, used_.access_lists[kIpv6]);
    case ListKind::AsPaths:
      return copy_named(all.as_path_lists, list.name, used_.as_path_lists);
    case ListKind::Communities:
      return copy_named(all.community_lists, list.name, used_.community_lists);
    case ListKind::LargeCommunities:
      return copy_named(all.large_community_lists, list.name, used_.large_community_lists);
    case ListKind::ExtCommunities:
      return copy_named(all.ext_community_lists, list.name, used_.ext_community_lists);
    case ListKind::RouteMaps:
      break;
  }
  copy_named(all.route_maps, list.name, used_.route_maps);
  for (const auto& [seq, entry] : used_.route_maps.at(list.name)) {
    for (const Match& match : entry.matches) {
      const bool known =
          std::find(route_matches_.begin(), route_matches_.end(), match) != route_matches_.end();
      if (asks_for_route(match) && !known) route_matches_.push_back(match);
      if (std::holds_alternative<MatchAlias>(match)) used_.aliases = all.aliases;
    }
    for (const ListName& named : lists_of(entry)) collect(all, named);
  }
}

bool Policy::prefix_filters_permit(const wire::Prefix& prefix, std::size_t& effort) const {
  const auto permit = [&](const std::string& name, const auto& lists) {
    if (name.empty()) return true;
    const auto* list = find_list(lists, name);
    return list != nullptr && permits(*list, prefix, effort);
  };
  return permit(names_.distribute_list, used_.access_lists[family_]) &&
         permit(names_.prefix_list, used_.prefix_lists[family_]);
}

std::optional<std::uint32_t> Policy::signature(const PolicyContext& route) const {
  if (common_signature_) return common_signature_;
  if (route_matches_.size() >= kSignatureBits) return std::nullopt;
  std::size_t effort = route_matches_.size();
  std::uint32_t bits = prefix_filters_permit(route.prefix, effort) ? kPermitted : kDenied;
  if (!route_matches_.empty()) {
    const RouteAttributes none;
    for (std::size_t i = 0; i < route_matches_.size(); ++i)
      if (holds(used_, route_matches_[i], route, none, effort)) bits |= 2U << i;
  }
  tell(route, effort);
  return bits;
}

bool Policy::apply(const PolicyContext& route, RouteAttributes& attributes, PolicyEffects& effects,
                   std::vector<PolicyStep>* steps) const {
  if (!configured()) return true;
  PolicyWalk walk(*this, route, attributes, effects, steps);
  if (!route.source || names_.route_map.empty()) return walk.run();
  const wire::PathAttributes before = attributes.path;
  if (!walk.run()) return false;
  mark_attached(before, attributes.path);
  return true;
}

std::optional<std::uint32_t> Policy::permitted_by(const PolicyContext& route,
                                                  const RouteAttributes& attributes) const {
  RouteAttributes changed = attributes;
  PolicyEffects effects;
  std::vector<PolicyStep> steps;
  if (!apply(route, changed, effects, &steps) || steps.empty()) return std::nullopt;
  return steps.front().seq;
}

void Policy::set(std::uint32_t entry, const wire::Prefix& prefix, RouteAttributes& attributes,
                 PolicyEffects& effects) const {
  const PolicyContext own{prefix, std::nullopt};
  std::size_t effort = 0;
  for (const Set& each : used_.route_maps.at(names_.route_map).at(entry).sets)
    apply_set(used_, each, own, attributes, effects, effort);
}

}  // namespace lbgp::rib
