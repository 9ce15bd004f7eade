// SPDX-License-Identifier: Apache-2.0
// Commands that look behind the tables.
#include <fmt/format.h>

#include <map>

#include "bgpd/cli/handler_parts.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/show_internals.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

Outcome statistics_of(const Request& request, Source& source, const std::vector<wire::Family>& families) {
  if (missing_instance(request, source)) return no_table(request);
  json::object out;
  std::string text;
  for (const wire::Family family : families) {
    Statistics statistics(family);
    source.for_each_route(family, false, [&](const RouteData& route) { statistics.add(route); });
    json::array wrapped;
    wrapped.push_back(statistics.json());
    out[wire::json_key(family)] = std::move(wrapped);
    text += statistics.text();
  }
  return {request.json ? pretty(out) : text};
}

}  // namespace

Outcome show_statistics(const Request& request, Source& source) {
  return statistics_of(request, source, table_families(request));
}

Outcome show_statistics_all(const Request& request, Source& source) {
  return statistics_of(request, source, {wire::kFamilies.begin(), wire::kFamilies.end()});
}

Outcome show_update_groups(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::string text;
  json::object out;
  for (const wire::Family family : asked_families(request)) {
    const std::vector<UpdateGroupData> groups = source.update_groups(family);
    text += update_groups_text(family, groups);
    if (!groups.empty()) out[wire::json_key(family)] = update_groups_json(family, groups);
  }
  return {request.json ? pretty(out) : text};
}

Outcome show_attribute_info(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::string text;
  source.for_each_attributes([&](const rib::AttributesView& view) { text += attribute_line(view); });
  return {text};
}

Outcome show_community_info(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  // FRR tells where in memory each set lies; here they are no objects of their own.
  std::map<std::string, std::size_t> sets;
  source.for_each_attributes([&](const rib::AttributesView& view) {
    if (!view.attributes->communities.empty())
      sets[wire::to_string(view.attributes->communities)] += view.references;
  });
  std::string text = "Address Refcnt Community\n";
  for (const auto& [communities, references] : sets)
    text += fmt::format("- ({}) {}\n", references, communities);
  return {text};
}

Outcome show_bestpath(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  return {request.json ? pretty(bestpath_json(source.settings())) : bestpath_text(source.settings())};
}

Outcome show_router(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  const InstanceData instance = source.instance();
  const RouterData router{instance.router_id, source.settings().local_as, instance.peers,
                          instance.established};
  return {request.json ? pretty(router_json(router)) : router_text(router)};
}

Outcome show_listeners(const Request& /*request*/, Source& source) {
  return {listeners_text(source.has_instance() ? source.listeners() : std::vector<ListenerData>{})};
}

Outcome show_bgp_memory(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::vector<MemoryPart> parts;
  for (const MemoryData::Part& part : source.memory().parts)
    parts.push_back({part.name, part.count, part.octets});
  std::size_t sets = 0;
  source.for_each_attributes([&](const rib::AttributesView&) { ++sets; });
  std::string text = memory_parts_text(parts) + fmt::format("{} BGP attributes\n", sets);
  const SummaryData v4 = source.summary(wire::Family::Ipv4Unicast);
  text += fmt::format("{} peers\n", source.neighbor_names().size());
  if (v4.peer_group_count != 0)
    text += fmt::format("{} peer groups, using {} of memory\n", v4.peer_group_count,
                        memory_text(v4.peer_group_memory));
  return {text};
}

Outcome show_import_check(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  return {"Current BGP import check cache:\n"};  // a `network` here does not wait for another table
}

Outcome show_logging(const Request& /*request*/, Source& source) {
  return {logging_text(source.logging())};
}

Outcome show_daemons(const Request& /*request*/, Source& /*source*/) {
  return {" bgpd\n"};
}

Outcome show_prefix_counts(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  PrefixCounts counts;
  counts.neighbor = request.neighbor;
  counts.family = request.family.value_or(wire::Family::Ipv6Unicast);
  bool activated = false;
  const bool found = source.find_neighbor(request.neighbor, [&](const NeighborData& data) {
    activated = data.config->session.families.contains(counts.family);
    counts.counted = data.families[counts.family].counters.accepted;
    counts.stale = data.families[counts.family].counters.stale;
    if (data.config->routes.families[counts.family].keeps_raw())
      counts.stored = data.families[counts.family].counters.received;
  });
  if (!found) return neighbor_warning(request, "No such neighbor in this view/vrf");
  if (!activated) return neighbor_warning(request, "No such neighbor or address family");
  source.for_each_route(counts.family, false, [&](const RouteData& route) {
    for (const PathData& path : route.paths) {
      if (path.peer != request.neighbor) continue;
      ++counts.all;
      if (path.path.valid) ++counts.valid;
      if (path.path.best) ++counts.best;
    }
  });
  return {request.json ? pretty(prefix_counts_json(counts)) : prefix_counts_text(counts)};
}

// RFC 5291 filters are not spoken here, so none has been received.
Outcome show_received_filter(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  if (!source.find_neighbor(request.neighbor, [](const NeighborData&) {}))
    return neighbor_warning(request, "No such neighbor in this view/vrf");
  return {request.json ? "{\n}\n" : "No functional output\n"};
}

}  // namespace lbgp::daemon::cli
