// SPDX-License-Identifier: Apache-2.0
// `show … prefix-list`, `community-list`, `as-path-access-list`, `access-list` and `route-map`. What is shown
// is what the running configuration says, read from its text: so that a new clause is shown once it is
// rendered.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/show_misc.hpp"

namespace lbgp::daemon::cli {

struct ListEntryText {
  std::uint32_t seq = 0;
  std::string action;  // "permit"
  std::string text;    // what is behind it
};
struct ListText {
  std::string name;
  std::string kind;  // "standard", "expanded"; empty: there is one kind only
  std::vector<ListEntryText> entries;
};

// All lists whose lines begin with `words` ("bgp community-list"), in order of name.
[[nodiscard]] std::vector<ListText> lists_in(std::string_view configuration, std::string_view words);

[[nodiscard]] std::string community_lists_text(const std::vector<ListText>& lists, std::string_view kind);
[[nodiscard]] std::string as_path_lists_text(const std::vector<ListText>& lists);
[[nodiscard]] boost::json::object as_path_lists_json(const std::vector<ListText>& lists);
[[nodiscard]] std::string access_lists_text(const std::vector<ListText>& lists, wire::Family family);
[[nodiscard]] boost::json::object access_lists_json(const std::vector<ListText>& lists, wire::Family family);

struct RouteMapEntryText {
  std::uint32_t seq = 0;
  std::string action;
  std::string description;
  std::vector<std::string> matches;  // as in the file, without "match"
  std::vector<std::string> sets;
  std::string call;       // a route map's name; empty: none
  std::string exit_does;  // "Exit routemap", "Continue to next entry", "Goto 20"
};
struct RouteMapText {
  std::string name;
  std::vector<RouteMapEntryText> entries;
};
[[nodiscard]] std::vector<RouteMapText> route_maps_in(std::string_view configuration);
[[nodiscard]] std::string route_maps_text(const std::vector<RouteMapText>& maps);
[[nodiscard]] boost::json::object route_maps_json(const std::vector<RouteMapText>& maps);

// `show ip prefix-list detail|summary [NAME]`; nothing: no such list.
[[nodiscard]] std::optional<std::string> prefix_lists_text(const PrefixLists& lists, wire::Family family,
                                                           const std::string& name, ListForm form);
[[nodiscard]] std::string prefix_lists_json(const PrefixLists& lists, wire::Family family,
                                            const std::string& name, ListForm form);
// `show ip prefix-list NAME seq N`, `… NAME P [longer|first-match]`: of one list.
[[nodiscard]] std::string prefix_list_entries_text(const rib::PrefixList& list, const Request& request);

}  // namespace lbgp::daemon::cli
