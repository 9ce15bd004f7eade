// SPDX-License-Identifier: Apache-2.0
// Commands: check the request against what there is, gather the data, render.
#include "bgpd/cli/handlers.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/show_adj_rib.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

using wire::Family;

bool known_vrf(const Request& request) {
  return request.vrf.empty() || request.vrf == "default" || request.vrf == "all";
}
bool missing_instance(const Request& request, Source& source) {
  return !known_vrf(request) || !source.has_instance();
}

// What commands about neighbors say without a `router bgp`, or about another VRF.
Outcome no_instance(const Request& request) {
  const Code code = request.vrf == "all" ? Code::Success : Code::Warning;
  return {request.json ? "{\n}\n" : "% BGP instance not found\n", code};
}

// What commands about tables say in that case.
Outcome no_table(const Request& request) {
  if (request.vrf == "all") return {request.json ? "{\n}\n" : "", Code::Success};
  const std::string words = known_vrf(request) ? "Default BGP instance not found"
                                               : fmt::format("View/Vrf {} is unknown", request.vrf);
  return {request.json ? pretty(json::object{{"warning", words}}) : words + '\n', Code::Warning};
}

std::vector<Family> asked_families(const Request& request) {
  if (request.all_families || !request.family) return {wire::kFamilies.begin(), wire::kFamilies.end()};
  return {*request.family};
}

Outcome show_summary(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::vector<SummaryData> families;
  for (const Family family : asked_families(request))
    if (SummaryData data = source.summary(family); !data.peers.empty()) families.push_back(std::move(data));
  // FRR names the family unless the operator has named it in full.
  const bool wrapped = !request.unicast || request.all_families;
  return {request.json ? summary_json(families, request, wrapped) : summary_text(families, request, wrapped)};
}

json::object table_json(const Request& request, Source& source, Family family) {
  const TableHead head = source.table_head(family);
  const bool detail = request.id == CommandId::ShowTableDetail;
  TableJson table(head, detail);
  source.for_each_route(family, detail, [&](const RouteData& route) { table.add(route); });
  return table.finish();
}

std::string table_text(const Request& request, Source& source, Family family) {
  const TableHead head = source.table_head(family);
  if (request.id == CommandId::ShowTableDetail) {
    std::string out;
    source.for_each_route(family, true,
                          [&](const RouteData& route) { out += route_text(head, route) + '\n'; });
    return out.empty() ? fmt::format("No BGP prefixes displayed, {} exist\n", head.routes) : out;
  }
  TableText table(head, request.wide);
  source.for_each_route(family, false, [&](const RouteData& route) { table.add(route); });
  return table.finish();
}

// FRR's default for tables: IPv6, unless said otherwise.
std::vector<Family> table_families(const Request& request) {
  if (request.all_families) return asked_families(request);
  return {request.family.value_or(Family::Ipv6Unicast)};
}

Outcome show_table(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  std::string text = request.vrf == "all" ? "\nInstance default:\n" : "";
  json::object families;
  for (const Family family : table_families(request)) {
    if (request.json) {
      families[wire::json_key(family)] = table_json(request, source, family);
      continue;
    }
    if (request.all_families) text += fmt::format("\nFor address family: {}\n", wire::to_string(family));
    text += table_text(request, source, family);
  }
  if (!request.json) return {text};
  json::object out =
      request.all_families ? std::move(families) : std::move(families.begin()->value().as_object());
  if (request.vrf == "all") out = json::object{{"default", std::move(out)}};
  return {pretty(out)};
}

Outcome show_route(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  const wire::IpAddress& address = request.prefix ? request.prefix->address() : *request.address;
  const Family family = address.is_v4() ? Family::Ipv4Unicast : Family::Ipv6Unicast;
  if (request.family && *request.family != family)
    return {fmt::format("% Cannot specify {} address or prefix with {} AFI\n",
                        address.is_v4() ? "IPv4" : "IPv6", address.is_v4() ? "IPv6" : "IPv4"),
            Code::Warning};
  const TableHead head = source.table_head(family);
  std::string text;
  const auto render = [&](const RouteData& route) {
    text = request.json ? pretty(route_json(head, route)) : route_text(head, route);
  };
  const bool found =
      request.prefix ? source.find_route(*request.prefix, render) : source.find_route(address, render);
  if (found) return {text};
  return {request.json ? "{\n}\n" : "% Network not in table\n", Code::Warning};
}

std::string all_neighbors_json(const Request& request, Source& source,
                               const std::vector<std::string>& names) {
  json::object neighbors;
  const bool wrapped = !request.vrf.empty();
  if (wrapped) neighbors = {{"vrfId", 0}, {"vrfName", "default"}};
  for (const std::string& name : names)
    source.find_neighbor(name, [&](const NeighborData& data) {
      neighbors[name] = request.graceful_restart ? neighbor_restart_json(data)
                        : request.brief          ? neighbor_brief_json(data)
                                                 : neighbor_json(data);
    });
  if (request.vrf == "all") neighbors = json::object{{"default", std::move(neighbors)}};
  return pretty(neighbors);
}

Outcome show_neighbors(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::vector<std::string> names;
  if (request.neighbor.empty())
    names = source.neighbor_names();
  else if (source.find_neighbor(request.neighbor, [](const NeighborData&) {}))
    names = {request.neighbor};
  else if (request.json)
    return {pretty(json::object{{"bgpNoSuchNeighbor", true}})};
  else
    return {"% No such neighbor in this view/vrf\n\n"};
  if (request.json) return {all_neighbors_json(request, source, names)};
  std::string text = request.graceful_restart ? std::string(restart_legend()) : "";
  for (const std::string& name : names)
    source.find_neighbor(name, [&](const NeighborData& data) {
      text += request.graceful_restart ? neighbor_restart_text(data) : neighbor_text(data);
    });
  return {text + '\n'};
}

Outcome neighbor_warning(const Request& request, std::string_view words) {
  return {request.json ? pretty(json::object{{"warning", words}}) : fmt::format("% {}\n", words),
          Code::Warning};
}

std::string accepted_routes(const Request& request, Source& source, const TableHead& head) {
  const auto from_neighbor = [&](const auto& add) {
    source.for_each_route(head.family, false, [&](const RouteData& route) {
      std::vector<PathData> paths;
      for (const PathData& path : route.paths)
        if (path.peer == request.neighbor) paths.push_back(path);
      if (!paths.empty()) add(RouteData{route.prefix, route.version, paths, {}});
    });
  };
  if (request.json) {
    TableJson table(head, false);
    from_neighbor([&](const RouteData& route) { table.add(route); });
    return pretty(table.finish());
  }
  std::size_t count = 0;
  TableText table(head, request.wide);
  from_neighbor([&](const RouteData& route) {
    ++count;
    table.add(route);
  });
  return count == 0 ? "" : table.finish();  // FRR says nothing
}

std::string adjacent_routes(const Request& request, Source& source, const TableHead& head,
                            bool originates_default) {
  const RouteSelection stored =
      request.routes == RouteSelection::Filtered ? RouteSelection::Received : request.routes;
  const auto visit = [&](auto& view) {
    source.for_each_adjacent(request.neighbor, head.family, stored,
                             [&](const rib::AdjView& entry) { view.add(entry); });
  };
  if (request.json) {
    AdjRibJson view(head, request.routes, originates_default);
    visit(view);
    return pretty(view.finish());
  }
  AdjRibText view(head, request.routes, request.wide, originates_default);
  visit(view);
  return view.finish();
}

// With no family named FRR takes IPv6; where the neighbor does not speak that, the one that it has.
std::optional<Family> neighbor_family(const Request& request, wire::FamilySet activated) {
  const Family wanted = request.family.value_or(Family::Ipv6Unicast);
  if (activated.contains(wanted)) return wanted;
  if (!request.family && activated.contains(Family::Ipv4Unicast)) return Family::Ipv4Unicast;
  return std::nullopt;
}

Outcome show_neighbor_routes(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_table(request);
  std::optional<Family> family;
  bool stored = false;
  bool default_sent = false;
  const bool found = source.find_neighbor(request.neighbor, [&](const NeighborData& data) {
    family = neighbor_family(request, data.config->session.families);
    if (!family) return;
    stored = data.config->routes.families[*family].soft_reconfiguration_inbound;
    default_sent = data.families[*family].counters.default_sent;
  });
  if (!found) return neighbor_warning(request, "No such neighbor in this view/vrf");
  if (!family) return neighbor_warning(request, "No such neighbor or address family");
  const bool inbound =
      request.routes == RouteSelection::Received || request.routes == RouteSelection::Filtered;
  if (inbound && !stored) return neighbor_warning(request, "Inbound soft reconfiguration not enabled");
  const TableHead head = source.table_head(*family);
  return {request.routes == RouteSelection::Accepted
              ? accepted_routes(request, source, head)
              : adjacent_routes(request, source, head, default_sent && !inbound)};
}

Outcome show_nexthop(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  const std::vector<NexthopData> nexthops = source.nexthops();
  if (request.json) return {nexthops_json(nexthops, request.vrf == "all")};
  return {nexthops_text(nexthops, source.table_head(Family::Ipv4Unicast).utc_offset)};
}

Outcome show_peer_group(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::vector<PeerGroupData> groups = source.peer_groups();
  if (!request.name.empty()) {
    std::erase_if(groups, [&](const PeerGroupData& group) { return group.name != request.name; });
    if (groups.empty() && !request.json) return {"% No such peer-group\n", Code::Warning};
  }
  return {request.json ? peer_groups_json(groups) : peer_groups_text(groups)};
}

Outcome show_vrfs(const Request& request, Source& source) {
  if (!source.has_instance()) return no_instance(request);
  return {request.json ? vrfs_json(source.instance()) : vrfs_text(source.instance())};
}

Outcome show_prefix_list(const Request& request, Source& source) {
  const Family family = request.ipv6 ? Family::Ipv6Unicast : Family::Ipv4Unicast;
  const PrefixLists lists = source.prefix_lists(family);
  if (request.json) return {prefix_lists_json(lists, family, request.name)};
  const std::optional<std::string> text = prefix_lists_text(lists, family, request.name);
  return text ? Outcome{*text} : Outcome{"% Can't find specified prefix-list\n", Code::Warning};
}

Outcome show_running_config(const Request& request, Source& source) {
  return {running_config_text(source.running_config(), request.header)};
}
Outcome show_version(const Request&, Source& source) {
  return {version_text(source.version())};
}
Outcome show_memory(const Request&, Source& source) {
  return {memory_report(source.memory())};
}

Outcome show_debugging(const Request&, Source& source) {
  std::string text = "BGP debugging status:\n";
  for (const std::string& topic : source.debugging())
    text += fmt::format("  BGP {} debugging is on\n", topic);
  return {text + '\n'};
}

bool known_bfd_vrf(const Request& request) {
  return request.vrf.empty() || request.vrf == "default";
}

Outcome show_bfd_peers(const Request& request, Source& source) {
  const std::vector<BfdPeerData> peers =
      known_bfd_vrf(request) ? source.bfd_peers() : std::vector<BfdPeerData>{};
  if (request.json) {
    json::array out;
    for (const BfdPeerData& peer : peers)
      out.emplace_back(request.counters ? bfd_counters_json(peer) : bfd_peer_json(peer));
    return {pretty(out)};
  }
  if (request.brief) return {bfd_brief_text(peers)};
  std::string text = "BFD Peers:\n";
  for (const BfdPeerData& peer : peers)
    text += request.counters ? bfd_counters_text(peer) : bfd_peer_text(peer);
  return {text};
}

Outcome show_bfd_peer(const Request& request, Source& source) {
  if (known_bfd_vrf(request))
    for (const BfdPeerData& peer : source.bfd_peers()) {
      if (!is_asked_for(peer, request)) continue;
      if (request.json) return {pretty(request.counters ? bfd_counters_json(peer) : bfd_peer_json(peer))};
      return {request.counters ? bfd_counters_text(peer) : "BFD Peer:\n" + bfd_peer_text(peer)};
    }
  std::string words = request.neighbor;
  if (!request.interface.empty()) words += " interface " + request.interface;
  if (!request.local.empty()) words += " local-address " + request.local;
  return {fmt::format("% Unable to find 'peer {}'\n", words), Code::Warning};
}

bool cleared(const Request& request, const NeighborData& data) {
  if (!request.name.empty()) return data.config->peer_group == request.name;
  if (request.external) return !data.ibgp;
  if (!request.as_number.empty())
    return data.remote_as && wire::to_string(*data.remote_as) == request.as_number;
  return true;
}

Outcome clear(const Request& request, Source& source) {
  if (missing_instance(request, source)) return {"% BGP instance not found\n", Code::Warning};
  const bool one = !request.neighbor.empty() && request.neighbor != "*";
  if (one && !source.find_neighbor(request.neighbor, [](const NeighborData&) {}))
    return {wire::parse_address(request.neighbor)
                ? fmt::format("% BGP: Unknown neighbor - \"{}\"\n", request.neighbor)
                : fmt::format("Malformed address or name: {}\n", request.neighbor),
            Code::Warning};
  std::vector<std::string> names;
  for (const std::string& name : one ? std::vector{request.neighbor} : source.neighbor_names())
    source.find_neighbor(name, [&](const NeighborData& data) {
      if (one || cleared(request, data)) names.push_back(name);
    });
  std::string refused;
  for (const std::string& name : names) refused += source.clear(name, request);
  if (!refused.empty()) return {refused, Code::Warning};
  if (names.empty() && request.neighbor != "*") return {"% BGP: No neighbor fits\n", Code::Warning};
  return {};
}

Outcome write(const Request& request, Source& source) {
  // vtysh asks every daemon with `write terminal` and writes header and end itself, to a terminal or to its
  // file; frr-reload.py compares it with a file. So it is what was said, and nothing that follows from it.
  return request.to_terminal ? Outcome{source.said_config(request.trusted)} : source.write();
}
Outcome debug(const Request& request, Source& source) {
  const bool on = request.id == CommandId::Debug;
  source.debug(request.name, on);
  return {request.name.empty() ? "All possible debugging has been turned off\n"
                               : fmt::format("BGP {} debugging is {}\n", request.name, on ? "on" : "off")};
}
// The daemon reads it, and would tell what stands in it.
bool may_read(const Request& request) {
  return request.trusted || request.file.find('/') == std::string::npos;
}
Outcome not_yours() {
  return {"% Only root may name a file that is not beside the daemon's own\n", Code::Warning};
}
Outcome check_file(const Request& request, Source& source) {
  if (!may_read(request)) return not_yours();
  return source.check_file(request.file);
}
Outcome load_file(const Request& request, Source& source) {
  if (!may_read(request)) return not_yours();
  return source.load_file(request.file, std::chrono::minutes(request.number));
}
Outcome commit(const Request&, Source& source) {
  return source.commit();
}
Outcome roll_back(const Request&, Source& source) {
  return source.roll_back();
}

constexpr std::array<std::pair<CommandId, Handler>, 24> kHandlers{{
    {CommandId::ShowSummary, show_summary},
    {CommandId::ShowTable, show_table},
    {CommandId::ShowTableDetail, show_table},
    {CommandId::ShowRoute, show_route},
    {CommandId::ShowNeighbors, show_neighbors},
    {CommandId::ShowNeighborRoutes, show_neighbor_routes},
    {CommandId::ShowNexthop, show_nexthop},
    {CommandId::ShowPeerGroup, show_peer_group},
    {CommandId::ShowVrfs, show_vrfs},
    {CommandId::ShowPrefixList, show_prefix_list},
    {CommandId::ShowRunningConfig, show_running_config},
    {CommandId::ShowVersion, show_version},
    {CommandId::ShowMemory, show_memory},
    {CommandId::ShowDebugging, show_debugging},
    {CommandId::ShowBfdPeers, show_bfd_peers},
    {CommandId::ShowBfdPeer, show_bfd_peer},
    {CommandId::Clear, clear},
    {CommandId::ConfigurationCheck, check_file},
    {CommandId::ConfigurationLoad, load_file},
    {CommandId::ConfigurationCommit, commit},
    {CommandId::ConfigurationRollback, roll_back},
    {CommandId::Write, write},
    {CommandId::Debug, debug},
    {CommandId::NoDebug, debug},
}};

}  // namespace

Handler find_handler(CommandId id) {
  for (const auto& [known, handler] : kHandlers)
    if (known == id) return handler;
  return nullptr;
}

}  // namespace lbgp::daemon::cli
