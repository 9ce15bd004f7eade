// SPDX-License-Identifier: Apache-2.0
// Commands about lists and route maps: there whether a `router bgp` exists or not.
#include <fmt/format.h>

#include <algorithm>

#include "bgpd/cli/handler_parts.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/show_lists.hpp"

namespace lbgp::daemon::cli {
namespace {

wire::Family family_of(const Request& request) {
  return request.ipv6 ? wire::Family::Ipv6Unicast : wire::Family::Ipv4Unicast;
}

template <typename Lists>
void keep_named(Lists& lists, const std::string& name) {
  if (!name.empty()) std::erase_if(lists, [&](const auto& list) { return list.name != name; });
}

}  // namespace

Outcome show_prefix_list(const Request& request, Source& source) {
  const wire::Family family = family_of(request);
  const PrefixLists lists = source.prefix_lists(family);
  if (request.json && !request.name.empty() && !lists.contains(request.name))
    return {"{\n}\n", Code::Warning};
  if (request.json) return {prefix_lists_json(lists, family, request.name, request.form)};
  const std::optional<std::string> text = prefix_lists_text(lists, family, request.name, request.form);
  return text ? Outcome{*text} : Outcome{"% Can't find specified prefix-list\n", Code::Warning};
}

Outcome show_prefix_list_match(const Request& request, Source& source) {
  const PrefixLists lists = source.prefix_lists(family_of(request));
  const auto list = lists.find(request.name);
  if (list == lists.end()) return {"% Can't find specified prefix-list\n", Code::Warning};
  return {prefix_list_entries_text(list->second, request)};
}

Outcome show_access_list(const Request& request, Source& source) {
  const wire::Family family = family_of(request);
  std::vector<ListText> lists =
      lists_in(source.running_config(), request.ipv6 ? "ipv6 access-list" : "access-list");
  keep_named(lists, request.name);
  return {request.json ? pretty(access_lists_json(lists, family)) : access_lists_text(lists, family)};
}

Outcome show_as_path_list(const Request& request, Source& source) {
  std::vector<ListText> lists = lists_in(source.running_config(), "bgp as-path access-list");
  keep_named(lists, request.name);
  return {request.json ? pretty(as_path_lists_json(lists)) : as_path_lists_text(lists)};
}

Outcome show_community_list(const Request& request, Source& source) {
  const bool large = request.id == CommandId::ShowLargeCommunityList;
  std::vector<ListText> lists =
      lists_in(source.running_config(), large ? "bgp large-community-list" : "bgp community-list");
  keep_named(lists, request.name);
  if (lists.empty() && !request.name.empty())
    return {large ? "% Can't find large-community-list\n" : "% Can't find community-list\n", Code::Warning};
  return {community_lists_text(lists, large ? "large community" : "Community")};
}

Outcome show_route_map(const Request& request, Source& source) {
  std::vector<RouteMapText> maps = route_maps_in(source.running_config());
  keep_named(maps, request.name);
  if (request.json) return {pretty(boost::json::object{{"BGP", route_maps_json(maps)}})};
  if (maps.empty() && !request.name.empty())
    return {fmt::format("BGP:\nBGP: 'route-map {}' not found\n", request.name)};
  return {"BGP:\n" + route_maps_text(maps)};
}

}  // namespace lbgp::daemon::cli
