// SPDX-License-Identifier: Apache-2.0
// Which lists and maps a clause names: one place to know it, for the evaluator, checks and reloads.
#include "rib/policy.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

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

}  // namespace

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
