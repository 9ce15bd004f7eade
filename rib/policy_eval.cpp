// SPDX-License-Identifier: Apache-2.0
// Prefix lists, community lists and route maps at work, with FRR's meaning of every clause.
#include "rib/policy_eval.hpp"

#include <algorithm>
#include <limits>

#include "wire/attribute.hpp"

namespace lbgp::rib {

namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

// Neither bound: exactly that length; `ge` alone: from there to a host route; `le` alone: from the entry's
// own.
bool matches_entry(const PrefixListEntry& entry, const wire::Prefix& prefix) {
  if (!entry.prefix.contains(prefix)) return false;
  const unsigned own = entry.prefix.length();
  if (!entry.ge && !entry.le) return prefix.length() == own;
  const unsigned low = entry.ge.value_or(static_cast<std::uint8_t>(own));
  const unsigned high = entry.le.value_or(static_cast<std::uint8_t>(prefix.address().bits()));
  return prefix.length() >= low && prefix.length() <= high;
}

template <typename List, typename Set>
bool matches_list(const List& list, const Set& communities, bool exact) {
  for (const auto& [seq, entry] : list) {
    const bool match = exact ? entry.communities == communities
                             : std::includes(communities.begin(), communities.end(),
                                             entry.communities.begin(), entry.communities.end());
    if (match) return entry.action == Permit::Permit;
  }
  return false;
}

template <typename Set>
void set_communities(Set& target, const Set& wanted, bool additive) {
  if (!additive) {
    target = wanted;
    return;
  }
  for (const auto& community : wanted) target.insert(community);
}

std::uint32_t changed_metric(const SetMetric& set, std::uint32_t old) {
  constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
  switch (set.kind) {
    case SetMetric::Kind::Assign:
      return set.value;
    case SetMetric::Kind::Add:
      return old > kMax - set.value ? kMax : old + set.value;
    case SetMetric::Kind::Subtract:
      return old < set.value ? 0 : old - set.value;
  }
  return old;
}

void set_next_hop(const SetNextHop& set, const wire::Prefix& prefix, wire::PathAttributes& a,
                  PolicyEffects& effects) {
  if (set.address.is_v4() != prefix.address().is_v4()) return;
  a.next_hop = {set.address, std::nullopt};
  effects.next_hop_set = true;
}

void apply_set(const Set& set, const wire::Prefix& prefix, RouteAttributes& attributes,
               PolicyEffects& effects) {
  wire::PathAttributes& a = attributes.path;
  std::visit(Overloaded{
                 [&](const SetCommunity& s) { set_communities(a.communities, s.communities, s.additive); },
                 [&](const SetLargeCommunity& s) {
                   set_communities(a.large_communities, s.communities, s.additive);
                 },
                 [&](const SetExtCommunity& s) { set_communities(a.ext_communities, s.communities, true); },
                 [&](const SetLocalPreference& s) { a.local_pref = s.value; },
                 [&](const SetMetric& s) {
                   a.med = changed_metric(s, a.med.value_or(0));
                   effects.med_set = true;
                 },
                 [&](const SetOrigin& s) { a.origin = s.origin; },
                 [&](const SetAsPathPrepend& s) {
                   for (auto as = s.as_numbers.rbegin(); as != s.as_numbers.rend(); ++as)
                     a.as_path.prepend(*as);
                 },
                 [&](const SetWeight& s) { attributes.weight = s.value; },
                 [&](const SetNextHop& s) { set_next_hop(s, prefix, a, effects); },
             },
             set);
}

// RFC 4271 §5: an attribute that the originator did not attach is partial. Told by what there was before
// clauses were applied and what there is now.
template <typename Set>
void mark_attached(const Set& before, const Set& now, std::uint8_t code, wire::PartialSet& partial) {
  if (now.empty())
    partial.erase(code);
  else if (before.empty())
    partial.insert(code);
}

void mark_attached(const wire::PathAttributes& before, wire::PathAttributes& now) {
  namespace code = wire::attribute_code;
  mark_attached(before.communities, now.communities, code::kCommunities, now.partial);
  mark_attached(before.ext_communities, now.ext_communities, code::kExtendedCommunities, now.partial);
  mark_attached(before.large_communities, now.large_communities, code::kLargeCommunities, now.partial);
}

template <typename Map>
void copy_named(const Map& from, const std::string& name, Map& to) {
  if (const auto found = from.find(name); found != from.end()) to.insert(*found);
}

}  // namespace

const PrefixListEntry* find_match(const PrefixList& list, const wire::Prefix& prefix) {
  for (const auto& [seq, entry] : list.entries)
    if (matches_entry(entry, prefix)) return &entry;
  return nullptr;
}

bool permits(const PrefixList& list, const wire::Prefix& prefix) {
  if (const PrefixListEntry* entry = find_match(list, prefix)) return entry->action == Permit::Permit;
  return list.entries.empty();  // a list that is only described filters nothing, as in FRR
}

bool matches(const CommunityList& list, const wire::Communities& communities, bool exact) {
  return matches_list(list, communities, exact);
}

bool matches(const LargeCommunityList& list, const wire::LargeCommunities& communities, bool exact) {
  return matches_list(list, communities, exact);
}

Policy::Policy(const Policies& all, wire::Family family, const std::string& prefix_list,
               const std::string& route_map)
    : prefix_list_name_(prefix_list),
      route_map_name_(route_map),
      configured_(!prefix_list.empty() || !route_map.empty()),
      has_route_map_(!route_map.empty()) {
  const auto list = all.prefix_lists[family].find(prefix_list);
  if (list != all.prefix_lists[family].end())
    prefix_list_ = list->second;
  else if (!prefix_list.empty())
    prefix_list_.emplace().entries[0].action = Permit::Deny;  // no such list: nothing passes, as in FRR
  const auto map = all.route_maps.find(route_map);
  if (map != all.route_maps.end()) route_map_ = map->second;
  collect(all);
}

void Policy::collect(const Policies& all) {
  const auto remember = [&](const Match& match) {
    if (std::find(route_matches_.begin(), route_matches_.end(), match) == route_matches_.end())
      route_matches_.push_back(match);
  };
  for (const auto& [seq, entry] : route_map_)
    for (const Match& match : entry.matches) {
      if (const auto* m = std::get_if<MatchPrefixList>(&match)) {
        copy_named(all.prefix_lists[m->family], m->name, prefix_lists_[m->family]);
        remember(match);
      }
      if (std::holds_alternative<MatchPeer>(match)) remember(match);
      if (const auto* m = std::get_if<MatchCommunity>(&match))
        copy_named(all.community_lists, m->name, community_lists_);
      if (const auto* m = std::get_if<MatchLargeCommunity>(&match))
        copy_named(all.large_community_lists, m->name, large_community_lists_);
    }
}

bool Policy::holds(const Match& match, const PolicyContext& route, const RouteAttributes& attributes) const {
  const wire::PathAttributes& a = attributes.path;
  return std::visit(Overloaded{
                        [&](const MatchPrefixList& m) {
                          const auto list = prefix_lists_[m.family].find(m.name);
                          return route.prefix.family() == m.family && list != prefix_lists_[m.family].end() &&
                                 permits(list->second, route.prefix);
                        },
                        [&](const MatchCommunity& m) {
                          const auto list = community_lists_.find(m.name);
                          return list != community_lists_.end() &&
                                 matches(list->second, a.communities, m.exact);
                        },
                        [&](const MatchLargeCommunity& m) {
                          const auto list = large_community_lists_.find(m.name);
                          return list != large_community_lists_.end() &&
                                 matches(list->second, a.large_communities, m.exact);
                        },
                        [&](const MatchMetric& m) { return a.med.value_or(0) == m.value; },
                        [&](const MatchLocalPreference& m) { return a.local_pref == m.value; },
                        [&](const MatchOrigin& m) { return a.origin == m.origin; },
                        [&](const MatchPeer& m) { return route.source == m.address; },
                    },
                    match);
}

std::optional<std::uint32_t> Policy::signature(const PolicyContext& route) const {
  if (route_matches_.size() >= kSignatureBits) return std::nullopt;
  std::uint32_t bits = prefix_list_ && !permits(*prefix_list_, route.prefix) ? 1U : 0U;
  for (std::size_t i = 0; i < route_matches_.size(); ++i)
    if (holds(route_matches_[i], route, {})) bits |= 2U << i;
  return bits;
}

bool Policy::apply(const PolicyContext& route, RouteAttributes& attributes, PolicyEffects& effects) const {
  if (prefix_list_ && !permits(*prefix_list_, route.prefix)) return false;
  if (!has_route_map_) return true;
  const RouteMapEntry* entry = first_match(route, attributes);
  if (entry == nullptr || entry->action == Permit::Deny) return false;
  apply_entry(*entry, route, attributes, effects);
  return true;
}

void Policy::apply_entry(const RouteMapEntry& entry, const PolicyContext& route, RouteAttributes& attributes,
                         PolicyEffects& effects) const {
  if (!route.source) return set(entry.seq, route.prefix, attributes, effects);
  const wire::PathAttributes before = attributes.path;
  set(entry.seq, route.prefix, attributes, effects);
  mark_attached(before, attributes.path);
}

std::optional<std::uint32_t> Policy::permitted_by(const PolicyContext& route,
                                                  const RouteAttributes& attributes) const {
  const RouteMapEntry* entry = first_match(route, attributes);
  return entry != nullptr && entry->action == Permit::Permit ? std::optional(entry->seq) : std::nullopt;
}

const RouteMapEntry* Policy::first_match(const PolicyContext& route,
                                         const RouteAttributes& attributes) const {
  for (const auto& [seq, entry] : route_map_)
    if (std::all_of(entry.matches.begin(), entry.matches.end(),
                    [&](const Match& m) { return holds(m, route, attributes); }))
      return &entry;
  return nullptr;
}

void Policy::set(std::uint32_t entry, const wire::Prefix& prefix, RouteAttributes& attributes,
                 PolicyEffects& effects) const {
  for (const Set& each : route_map_.at(entry).sets) apply_set(each, prefix, attributes, effects);
}

}  // namespace lbgp::rib
