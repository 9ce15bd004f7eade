// SPDX-License-Identifier: Apache-2.0
// Commands: check the request against what there is, gather the data, render.
#include "bgpd/cli/handlers.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "bgpd/cli/handler_parts.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/route_filter.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

using wire::Family;

bool known_vrf(const Request& request) {
  return request.vrf.empty() || request.vrf == "default" || request.vrf == "all";
}

}  // namespace

bool missing_instance(const Request& request, Source& source) {
  return !known_vrf(request) || !source.has_instance();
}

Outcome no_instance(const Request& request) {
  const Code code = request.vrf == "all" ? Code::Success : Code::Warning;
  return {request.json ? "{\n}\n" : "% BGP instance not found\n", code};
}

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

// FRR's default for tables: IPv6, unless said otherwise.
std::vector<Family> table_families(const Request& request) {
  if (request.all_families) return asked_families(request);
  return {request.family.value_or(Family::Ipv6Unicast)};
}

Outcome neighbor_warning(const Request& request, std::string_view words) {
  return {request.json ? pretty(json::object{{"warning", words}}) : fmt::format("% {}\n", words),
          Code::Warning};
}

namespace {

Outcome show_summary(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  if (!request.neighbor.empty() && !source.find_neighbor(request.neighbor, [](const NeighborData&) {}))
    return {request.json ? pretty(json::object{{"bgpNoSuchNeighbor", true}})
                         : "No such neighbor in this view/vrf\n",
            Code::Warning};
  std::vector<SummaryData> families;
  for (const Family family : asked_families(request))
    if (SummaryData data = source.summary(family); !data.peers.empty()) families.push_back(std::move(data));
  // FRR names the family unless the operator has named it in full.
  const bool wrapped = !request.unicast || request.all_families;
  return {request.json ? summary_json(families, request, wrapped) : summary_text(families, request, wrapped)};
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
  RouteFilter filter;
  if (request.only_best || request.only_multipath)
    filter.wants = [&](const wire::Prefix&, const PathData& path) {
      return path.path.best || (request.only_multipath && path.path.multipath);
    };
  std::string text;
  const auto render = [&](const RouteData& all) {
    visit_wanted(filter, all, [&](const RouteData& route) {
      text = request.json ? pretty(route_json(head, route)) : route_text(head, route);
    });
  };
  const bool found =
      request.prefix ? source.find_route(*request.prefix, render) : source.find_route(address, render);
  if (found) return {text};
  if (request.json) return {"{\n}\n"};  // as FRR: no fault
  return {"% Network not in table\n", Code::Warning};
}

std::string all_neighbors_json(const Request& request, Source& source,
                               const std::vector<std::string>& names) {
  json::object neighbors;
  const bool wrapped = !request.vrf.empty();
  if (wrapped) neighbors = {{"vrfId", 0}, {"vrfName", "default"}};
  for (const std::string& name : names)
    source.find_neighbor(name, [&](const NeighborData& data) {
      const bool up = data.state == fsm::State::Established;
      if (request.peers != PeerSelection::All && up != (request.peers == PeerSelection::Established)) return;
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

Outcome show_nexthop(const Request& request, Source& source) {
  if (missing_instance(request, source)) return no_instance(request);
  std::vector<NexthopData> nexthops = source.nexthops();
  if (request.address) {
    std::erase_if(nexthops, [&](const NexthopData& each) { return each.address != *request.address; });
    if (nexthops.empty() && !request.json) return {"specified nexthop does not have entry\n"};
  }
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

// What FRR says when nobody fits; empty: nothing.
std::string nobody_fits(const Request& request, Source& source) {
  if (!request.as_number.empty())
    return fmt::format("% BGP: No Unknown peer is configured with AS {}\n", request.as_number);
  if (request.name.empty()) return request.external ? "% BGP: No external peer is configured\n" : "";
  for (const PeerGroupData& group : source.peer_groups())
    if (group.name == request.name) return {};
  return fmt::format("% BGP: No such peer-group {}\n", request.name);
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
  if (names.empty()) {
    std::string words = nobody_fits(request, source);
    const bool fault = !request.name.empty() && !words.empty();
    return {std::move(words), fault ? Code::Warning : Code::Success};
  }
  if (request.capabilities)
    return {
        "% BGP: capabilities are settled by the OPENs of a session: clear without 'capabilities' to have a "
        "new one\n",
        Code::Warning};
  std::string refused;
  for (const std::string& name : names) refused += source.clear(name, request);
  return {refused, refused.empty() ? Code::Success : Code::Warning};
}

Outcome clear_prefix(const Request& request, Source& source) {
  if (missing_instance(request, source)) return {"% BGP instance not found\n", Code::Warning};
  if (request.prefix && source.clear_prefix(*request.prefix)) return {};
  return {"% Network not in table\n"};  // FRR says nothing; its code is the same
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

constexpr std::array<std::pair<CommandId, Handler>, 48> kHandlers{{
    {CommandId::ShowSummary, show_summary},
    {CommandId::ShowTable, show_table},
    {CommandId::ShowTableDetail, show_table},
    {CommandId::ShowRoute, show_route},
    {CommandId::ShowWhy, show_why},
    {CommandId::ShowNeighbors, show_neighbors},
    {CommandId::ShowWhyDown, show_why_down},
    {CommandId::ShowNeighborRoutes, show_neighbor_routes},
    {CommandId::ShowPrefixCounts, show_prefix_counts},
    {CommandId::ShowReceivedFilter, show_received_filter},
    {CommandId::ShowNexthop, show_nexthop},
    {CommandId::ShowPeerGroup, show_peer_group},
    {CommandId::ShowVrfs, show_vrfs},
    {CommandId::ShowPrefixList, show_prefix_list},
    {CommandId::ShowPrefixListMatch, show_prefix_list_match},
    {CommandId::ShowAccessList, show_access_list},
    {CommandId::ShowAsPathList, show_as_path_list},
    {CommandId::ShowCommunityList, show_community_list},
    {CommandId::ShowLargeCommunityList, show_community_list},
    {CommandId::ShowRouteMap, show_route_map},
    {CommandId::TestRouteMap, test_route_map},
    {CommandId::ShowStatistics, show_statistics},
    {CommandId::ShowStatisticsAll, show_statistics_all},
    {CommandId::ShowUpdateGroups, show_update_groups},
    {CommandId::ShowAttributeInfo, show_attribute_info},
    {CommandId::ShowCommunityInfo, show_community_info},
    {CommandId::ShowBestpath, show_bestpath},
    {CommandId::ShowRouter, show_router},
    {CommandId::ShowListeners, show_listeners},
    {CommandId::ShowBgpMemory, show_bgp_memory},
    {CommandId::ShowImportCheck, show_import_check},
    {CommandId::ShowRunningConfig, show_running_config},
    {CommandId::ShowVersion, show_version},
    {CommandId::ShowMemory, show_memory},
    {CommandId::ShowDebugging, show_debugging},
    {CommandId::ShowLogging, show_logging},
    {CommandId::ShowDaemons, show_daemons},
    {CommandId::ShowBfdPeers, show_bfd_peers},
    {CommandId::ShowBfdPeer, show_bfd_peer},
    {CommandId::Clear, clear},
    {CommandId::ClearPrefix, clear_prefix},
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
