// SPDX-License-Identifier: Apache-2.0
// FRR's meaning of every `match`.
#include <algorithm>
#include <optional>

#include "rib/overloaded.hpp"
#include "rib/policy_clauses.hpp"
#include "rib/policy_lists.hpp"

namespace lbgp::rib {

namespace {

template <typename Clause, typename Lists, typename Communities>
bool holds_list(const Clause& clause, const Lists& lists, const Communities& communities,
                std::size_t& effort) {
  const auto* list = find_list(lists, clause.name);
  if (list == nullptr) return false;
  return clause.any ? matches_any(*list, communities, effort)
                    : matches(*list, communities, clause.exact, effort);
}

// A route of our own has none, which is the zero of its family.
wire::IpAddress next_hop_of(const PolicyContext& route, const wire::PathAttributes& a) {
  const bool none = a.next_hop.address == wire::IpAddress{};
  return none && route.prefix.address().is_v6() ? wire::IpAddress::v6({}) : a.next_hop.address;
}

std::optional<wire::Prefix> subject_of(Subject subject, const PolicyContext& route,
                                       const wire::PathAttributes& a) {
  switch (subject) {
    case Subject::Address:
      return route.prefix;
    case Subject::NextHop:
      return wire::Prefix::host(next_hop_of(route, a));
    case Subject::RouteSource:
      if (route.source) return wire::Prefix::host(*route.source);
      break;
  }
  return std::nullopt;
}

template <typename Clause, typename Lists>
bool holds_address(const Clause& clause, const Lists& lists, const PolicyContext& route,
                   const wire::PathAttributes& a, std::size_t& effort) {
  const auto subject = subject_of(clause.subject, route, a);
  if (!subject || subject->family() != clause.family) return false;
  const auto* list = find_list(lists[clause.family], clause.name);
  return list != nullptr && permits(*list, *subject, effort);
}

bool is_called(const CommunityAliases& aliases, const std::string& name, const wire::PathAttributes& a,
               std::size_t& effort) {
  effort += aliases.communities.size() + aliases.large_communities.size();
  const auto any = [&](const auto& named, const auto& communities) {
    return std::any_of(named.begin(), named.end(), [&](const auto& item) {
      return item.second == name && communities.contains(item.first);
    });
  };
  return any(aliases.communities, a.communities) || any(aliases.large_communities, a.large_communities);
}

}  // namespace

bool holds(const Policies& used, const Match& match, const PolicyContext& route,
           const RouteAttributes& attributes, std::size_t& effort) {
  const wire::PathAttributes& a = attributes.path;
  return std::visit(
      Overloaded{
          [&](const MatchPrefixList& m) { return holds_address(m, used.prefix_lists, route, a, effort); },
          [&](const MatchAccessList& m) { return holds_address(m, used.access_lists, route, a, effort); },
          [&](const MatchPrefixLength& m) {
            return route.prefix.family() == m.family && route.prefix.length() == m.length;
          },
          [&](const MatchNextHop& m) {
            return a.next_hop.address == m.address || a.next_hop.link_local == m.address;
          },
          [&](const MatchBlackhole& m) {
            return route.prefix.family() == m.family && a.next_hop.address.is_unspecified();
          },
          [&](const MatchAsPath& m) {
            const AsPathList* list = find_list(used.as_path_lists, m.name);
            return list != nullptr && permits(*list, a.as_path, effort);
          },
          [&](const MatchCommunity& m) { return holds_list(m, used.community_lists, a.communities, effort); },
          [&](const MatchLargeCommunity& m) {
            return holds_list(m, used.large_community_lists, a.large_communities, effort);
          },
          [&](const MatchExtCommunity& m) {
            return holds_list(m, used.ext_community_lists, a.ext_communities, effort);
          },
          [&](const MatchAlias& m) { return is_called(used.aliases, m.name, a, effort); },
          [&](const MatchMetric& m) { return a.med.value_or(0) == m.value; },
          [&](const MatchLocalPreference& m) { return a.local_pref == m.value; },
          [&](const MatchOrigin& m) { return a.origin == m.origin; },
          [&](const MatchPeer& m) {
            if (m.name.empty()) return route.source == m.address;
            return route.source && (route.source_name == m.name || route.source_group == m.name);
          },
          [&](const MatchInterface& m) { return route.source && route.source_name == m.name; },
          [&](const MatchTag& m) { return attributes.tag == m.value; },
      },
      match);
}

bool asks_for_route(const Match& match) {
  return std::visit(Overloaded{
                        [](const MatchPrefixList& m) { return m.subject != Subject::NextHop; },
                        [](const MatchAccessList& m) { return m.subject != Subject::NextHop; },
                        [](const MatchPrefixLength&) { return true; },
                        [](const MatchPeer&) { return true; },
                        [](const MatchInterface&) { return true; },
                        [](const auto&) { return false; },
                    },
                    match);
}

}  // namespace lbgp::rib
