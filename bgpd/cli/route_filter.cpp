// SPDX-License-Identifier: Apache-2.0
// Filters of tables, with FRR's words for what cannot be asked.
#include "bgpd/cli/route_filter.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>
#include <vector>

#include "bgpd/cli/tokens.hpp"
#include "rib/policy_eval.hpp"
#include "rib/policy_lists.hpp"
#include "rib/regex.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace {

RouteFilter refused(std::string error) {
  return {{}, std::move(error)};
}

// Without a value, any community will do.
template <typename Set, typename Parse>
RouteFilter by_communities(const Request& request, Set wire::PathAttributes::*member, const Parse& parse,
                           std::string_view kind) {
  Set wanted;
  for (const Token& word : tokenise(request.name)) {
    const auto community = parse(word.text);
    if (!community) return refused(fmt::format("% {} malformed\n", kind));
    wanted.insert(*community);
  }
  return {[wanted, member, exact = request.exact](const wire::Prefix&, const PathData& path) {
            const Set& has = path.path.attributes->*member;
            if (exact) return has == wanted;
            return !has.empty() && std::includes(has.begin(), has.end(), wanted.begin(), wanted.end());
          },
          {}};
}

template <typename List, typename Set>
RouteFilter by_list(const Request& request, const std::map<std::string, List>& lists,
                    Set wire::PathAttributes::*member, std::string_view kind) {
  const List* list = rib::find_list(lists, request.name);
  if (list == nullptr) return refused(fmt::format("% {} {} not found\n", request.name, kind));
  return {[list = *list, member, exact = request.exact](const wire::Prefix&, const PathData& path) {
            return rib::matches(list, path.path.attributes->*member, exact);
          },
          {}};
}

RouteFilter by_prefix_list(const Request& request, wire::Family family, const rib::Policies& policies) {
  const rib::PrefixList* list = rib::find_list(policies.prefix_lists[family], request.name);
  if (list == nullptr) return refused(fmt::format("% {} prefix-list not found\n", request.name));
  return {[list = *list](const wire::Prefix& prefix, const PathData&) { return rib::permits(list, prefix); },
          {}};
}

RouteFilter by_route_map(const std::string& name, wire::Family family, const rib::Policies& policies) {
  if (rib::find_list(policies.route_maps, name) == nullptr)
    return refused(fmt::format("% {} route-map not found\n", name));
  return {
      [policy = rib::Policy(policies, family, "", name)](const wire::Prefix& prefix, const PathData& path) {
        rib::RouteAttributes attributes{*path.path.attributes, path.path.weight};
        rib::PolicyEffects effects;
        return policy.apply({prefix, wire::parse_address(path.peer)}, attributes, effects);
      },
      {}};
}

RouteFilter by_access_list(const Request& request, wire::Family family, const rib::Policies& policies) {
  const rib::AccessList* list = rib::find_list(policies.access_lists[family], request.name);
  if (list == nullptr) return refused(fmt::format("% {} access-list not found\n", request.name));
  return {[list = *list](const wire::Prefix& prefix, const PathData&) { return rib::permits(list, prefix); },
          {}};
}

RouteFilter by_as_path_list(const Request& request, const rib::Policies& policies) {
  const rib::AsPathList* list = rib::find_list(policies.as_path_lists, request.name);
  if (list == nullptr) return refused(fmt::format("% {} AS-path access-list not found\n", request.name));
  return {[list = *list](const wire::Prefix&, const PathData& path) {
            return rib::permits(list, path.path.attributes->as_path);
          },
          {}};
}

RouteFilter by_regexp(const Request& request) {
  std::string error;
  const rib::Regex regex = rib::Regex::compile(request.name, error);
  if (!regex) return refused(fmt::format("Can't compile regexp {}\n", request.name));
  return {[regex](const wire::Prefix&, const PathData& path) {
            return regex.matches(wire::to_string(path.path.attributes->as_path));
          },
          {}};
}

// The length of the class that an address had before CIDR; FRR knows no such thing for IPv6.
unsigned class_length(const wire::Prefix& prefix) {
  const std::uint32_t address = prefix.address().v4_value();
  if (address >> 31 == 0) return 8;
  return address >> 30 == 2 ? 16 : 24;
}

RouteFilter cidr_only() {
  return {[](const wire::Prefix& prefix, const PathData&) {
            return prefix.address().is_v4() && prefix.length() != class_length(prefix);
          },
          {}};
}

RouteFilter longer_than(const wire::Prefix& outer, wire::Family family) {
  if (outer.family() != family) return refused("% Malformed prefix\n");
  return {[outer](const wire::Prefix& prefix, const PathData&) { return outer.contains(prefix); }, {}};
}

}  // namespace

RouteFilter make_filter(const Request& request, wire::Family family, const rib::Policies& policies) {
  switch (request.filter) {
    case TableFilter::None:
    case TableFilter::Version:  // of a route, not of a path
      return {};
    case TableFilter::CidrOnly:
      return cidr_only();
    case TableFilter::Community:
      return by_communities(request, &wire::PathAttributes::communities, wire::parse_community, "Community");
    case TableFilter::LargeCommunity:
      return by_communities(request, &wire::PathAttributes::large_communities, wire::parse_large_community,
                            "Large-community");
    case TableFilter::CommunityList:
      return by_list(request, policies.community_lists, &wire::PathAttributes::communities, "community-list");
    case TableFilter::LargeCommunityList:
      return by_list(request, policies.large_community_lists, &wire::PathAttributes::large_communities,
                     "large-community-list");
    case TableFilter::PrefixList:
      return by_prefix_list(request, family, policies);
    case TableFilter::RouteMap:
      return by_route_map(request.name, family, policies);
    case TableFilter::FilterList:
      return by_as_path_list(request, policies);
    case TableFilter::AccessList:
      return by_access_list(request, family, policies);
    case TableFilter::Regexp:
      return by_regexp(request);
    case TableFilter::SelfOriginate:
      return {[](const wire::Prefix&, const PathData& path) { return path.peer.empty(); }, {}};
    case TableFilter::LongerPrefixes:
      return longer_than(*request.prefix, family);
  }
  return {};
}

void visit_wanted(const RouteFilter& filter, const RouteData& route,
                  const std::function<void(const RouteData&)>& visit) {
  if (!filter.wants) return visit(route);
  std::vector<PathData> paths;
  for (const PathData& path : route.paths)
    if (filter.wants(route.prefix, path)) paths.push_back(path);
  if (!paths.empty()) visit({route.prefix, route.version, paths, route.advertised_to, route.all()});
}

}  // namespace lbgp::daemon::cli
