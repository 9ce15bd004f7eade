// SPDX-License-Identifier: Apache-2.0
// Which lists and maps a clause names: one place to know it, for the evaluator, checks and reloads.
#include "rib/policy.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace lbgp::rib {

namespace {

// What a clause's `name` is the name of; clauses that name nothing have none.
template <typename Clause>
constexpr std::optional<ListKind> kKindOf = std::nullopt;
template <>
constexpr std::optional<ListKind> kKindOf<MatchAsPath> = ListKind::AsPaths;
template <>
constexpr std::optional<ListKind> kKindOf<MatchCommunity> = ListKind::Communities;
template <>
constexpr std::optional<ListKind> kKindOf<MatchLargeCommunity> = ListKind::LargeCommunities;
template <>
constexpr std::optional<ListKind> kKindOf<MatchExtCommunity> = ListKind::ExtCommunities;
template <>
constexpr std::optional<ListKind> kKindOf<DeleteCommunities> = ListKind::Communities;
template <>
constexpr std::optional<ListKind> kKindOf<DeleteLargeCommunities> = ListKind::LargeCommunities;
template <>
constexpr std::optional<ListKind> kKindOf<DeleteExtCommunities> = ListKind::ExtCommunities;

template <typename Clause>
std::optional<ListName> list_named(const Clause& clause) {
  if constexpr (std::is_same_v<Clause, MatchPrefixList>)
    return ListName{prefix_list_kind(clause.family), clause.name};
  else if constexpr (std::is_same_v<Clause, MatchAccessList>)
    return ListName{access_list_kind(clause.family), clause.name};
  else if constexpr (kKindOf<Clause>.has_value())
    return ListName{*kKindOf<Clause>, clause.name};
  else
    return std::nullopt;
}

std::vector<PrefixRule> rules_of(const PrefixList& list) {
  std::vector<PrefixRule> rules;
  rules.reserve(list.entries.size());
  for (const auto& [seq, entry] : list.entries) {
    const Lengths lengths = lengths_of(entry);
    rules.push_back({entry.prefix, lengths.low, lengths.high, seq});
  }
  return rules;
}

// Empty: the list has an entry that is no rule about prefixes.
std::vector<PrefixRule> rules_of(const AccessList& list) {
  std::vector<PrefixRule> rules;
  for (const auto& [seq, entry] : list.entries) {
    const auto* what = std::get_if<AccessPrefix>(&entry.what);
    if (what == nullptr) return {};
    const unsigned own = what->prefix.length();
    rules.push_back({what->prefix, own, what->exact ? own : what->prefix.address().bits(), seq});
  }
  return rules;
}

template <typename List>
void index_list(List& list) {
  std::vector<PrefixRule> rules = rules_of(list);
  list.index.rules = rules.empty() ? nullptr : std::make_shared<const PrefixRules>(std::move(rules));
}

}  // namespace

Lengths lengths_of(const PrefixListEntry& entry) {
  const unsigned own = entry.prefix.length();
  if (!entry.ge && !entry.le) return {own, own};
  return {entry.ge ? *entry.ge : own, entry.le ? *entry.le : entry.prefix.address().bits()};
}

void index(Policies& policies) {
  for (const wire::Family family : wire::kFamilies) {
    for (auto& [name, list] : policies.prefix_lists[family]) index_list(list);
    for (auto& [name, list] : policies.access_lists[family]) index_list(list);
  }
}

std::optional<ListName> list_of(const Match& match) {
  return std::visit([](const auto& clause) { return list_named(clause); }, match);
}

std::optional<ListName> list_of(const Set& set) {
  return std::visit([](const auto& clause) { return list_named(clause); }, set);
}

std::vector<ListName> lists_of(const RouteMapEntry& entry) {
  std::vector<ListName> lists;
  const auto add = [&](const auto& clause) {
    if (auto list = list_of(clause)) lists.push_back(std::move(*list));
  };
  std::for_each(entry.matches.begin(), entry.matches.end(), add);
  std::for_each(entry.sets.begin(), entry.sets.end(), add);
  if (!entry.call.empty()) lists.push_back({ListKind::RouteMaps, entry.call});
  return lists;
}

ListKind prefix_list_kind(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? ListKind::Ipv4Prefixes : ListKind::Ipv6Prefixes;
}

ListKind access_list_kind(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? ListKind::Ipv4Addresses : ListKind::Ipv6Addresses;
}

std::string_view to_string(ListKind kind) {
  constexpr std::array<std::string_view, 9> kNames{
      "ip prefix-list",           "ipv6 prefix-list",        "access-list",
      "ipv6 access-list",         "bgp as-path access-list", "bgp community-list",
      "bgp large-community-list", "bgp extcommunity-list",   "route-map"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace lbgp::rib
