// SPDX-License-Identifier: Apache-2.0
// Commands that explain.
#include <fmt/format.h>

#include <algorithm>

#include "bgpd/cli/handler_parts.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/tokens.hpp"
#include "rib/policy_eval.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

// The route that an address belongs to, or the address itself as a host route.
wire::Prefix asked_prefix(const Request& request, Source& source) {
  if (request.prefix) return *request.prefix;
  wire::Prefix prefix = wire::Prefix::host(*request.address);
  source.find_route(*request.address, [&](const RouteData& route) { prefix = route.prefix; });
  return prefix;
}

std::string with_blanks(std::string list) {
  std::replace(list.begin(), list.end(), ',', ' ');
  return list;
}

Outcome malformed(std::string_view what) {
  return {fmt::format("% {} malformed\n", what), Code::Warning};
}

}  // namespace

Outcome show_why(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  if (!request.neighbor.empty() && !source.find_neighbor(request.neighbor, [](const NeighborData&) {}))
    return neighbor_warning(request, "No such neighbor in this view/vrf");
  const wire::Prefix prefix = asked_prefix(request, source);
  const TableHead head = source.table_head(prefix.family());
  const WhyData data = source.why(prefix);
  std::string text;
  const auto render = [&](const RouteData* route) {
    text = request.json ? pretty(why_json(head, route, data, request.neighbor))
                        : why_text(head, route, data, request.neighbor);
  };
  if (!source.find_route(prefix, [&](const RouteData& route) { render(&route); })) render(nullptr);
  return {text};
}

Outcome show_why_down(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::string text;
  const bool found = source.find_neighbor(request.neighbor, [&](const NeighborData& data) {
    text = request.json ? pretty(why_down_json(data)) : why_down_text(data);
  });
  return found ? Outcome{text} : neighbor_warning(request, "No such neighbor in this view/vrf");
}

Outcome test_route_map(const Request& request, Source& source) {
  const rib::Policies& policies = source.policies();
  if (!policies.route_maps.contains(request.name))
    return {fmt::format("% {} route-map not found\n", request.name), Code::Warning};
  if (!request.prefix && !request.address) return malformed("Prefix");
  const wire::Prefix prefix = request.prefix ? *request.prefix : wire::Prefix::host(*request.address);
  rib::RouteAttributes attributes;
  attributes.path.origin = wire::Origin::Igp;
  const std::string communities = with_blanks(request.community);
  for (const Token& word : tokenise(communities)) {
    const auto community = wire::parse_community(word.text);
    if (!community) return malformed("Community");
    attributes.path.communities.insert(*community);
  }
  std::vector<wire::AsNumber> path;
  const std::string numbers = with_blanks(request.as_path);
  for (const Token& word : tokenise(numbers)) {
    const auto number = wire::parse_as_number(word.text);
    if (!number) return malformed("AS path");
    path.push_back(*number);
  }
  if (!path.empty()) attributes.path.as_path = wire::AsPath::sequence(std::move(path));
  const rib::Policy policy(policies, prefix.family(), "", request.name);
  const rib::PolicyVerdict verdict =
      explain(policy, {prefix, wire::parse_address(request.neighbor)}, attributes);
  return {request.json ? pretty(test_json(prefix, attributes, verdict))
                       : test_text(prefix, attributes, verdict)};
}

}  // namespace lbgp::daemon::cli
