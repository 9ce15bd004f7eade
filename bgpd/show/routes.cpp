// SPDX-License-Identifier: Apache-2.0
// Routes for `show`: the table, one route, a neighbor's Adj-RIBs, next hops.
#include <algorithm>
#include <ctime>
#include <deque>
#include <map>

#include "bgpd/daemon.hpp"
#include "bgpd/net/interfaces.hpp"
#include "bgpd/show/clock.hpp"
#include "bgpd/show/source.hpp"

namespace lbgp::daemon {

namespace {

cli::seconds utc_offset() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return cli::seconds(local.tm_gmtoff);
}

std::string_view hostname_of(const net::PeerLink& link) {
  const fsm::Negotiated* negotiated = link.peering().fsm().negotiated();
  const auto* fqdn = negotiated != nullptr ? negotiated->received.find<wire::FqdnCapability>() : nullptr;
  return fqdn != nullptr ? std::string_view(fqdn->hostname) : std::string_view();
}

cli::PathData path_data(const rib::PathView& path, wire::Family family, const Daemon& daemon,
                        const Neighbors& neighbors) {
  cli::PathData data;
  data.path = path;
  // What the configuration originates at the start is older than the first time that the RIB was told.
  data.last_update = show::epoch(std::max(path.since, daemon.started()));
  const net::PeerLink* link = path.peer ? neighbors.find(*path.peer) : nullptr;
  if (link == nullptr) return data;
  data.peer = link->peering().neighbor().name;
  data.peer_hostname = hostname_of(*link);
  data.peer_router_id = link->peering().session().peer_id;
  data.from_rr_client = link->peering().neighbor().routes.families[family].route_reflector_client;
  const fsm::StaleFamily& stale = link->peering().stale()[family];
  if (!path.stale || stale.phase == fsm::StalePhase::None) return data;
  data.stale_remaining = show::until(stale.until);
  data.long_lived_stale = stale.phase == fsm::StalePhase::LongLived;
  return data;
}

}  // namespace

cli::TableHead ShowSource::table_head(wire::Family family) {
  const rib::TableSummary summary = daemon_.rib().summary(family);
  const rib::GlobalSettings& global = daemon_.configuration().compiled.global;
  return {.family = family,
          .version = summary.version,
          .router_id = daemon_.router_id(),
          .default_local_pref = global.default_local_pref,
          .local_as = global.local_as,
          .hostname = daemon_.hostname(),
          .utc_offset = utc_offset(),
          .routes = summary.routes,
          .paths = summary.paths};
}

void ShowSource::visit_route(const rib::RouteView& route, bool advertised, const RouteVisitor& visit) {
  const Neighbors& neighbors = daemon_.neighbors();
  std::vector<cli::PathData> paths;
  std::deque<wire::PathAttributes> unspecified;
  for (const rib::PathView& path : route.paths) {
    cli::PathData& data = paths.emplace_back(path_data(path, route.prefix.family(), daemon_, neighbors));
    // Our own next hop, which each session chooses for itself, is written as the family's unspecified
    // address.
    const bool v6 = route.prefix.family() == wire::Family::Ipv6Unicast;
    if (!v6 || path.peer || !path.attributes->next_hop.address.is_unspecified()) continue;
    data.path.attributes = &unspecified.emplace_back(*path.attributes);
    unspecified.back().next_hop.address = wire::IpAddress::v6({});
  }
  std::vector<cli::AdvertisedTo> told;
  if (advertised)
    for (const rib::PeerId id : daemon_.rib().advertised_to(route.prefix))
      if (const net::PeerLink* link = neighbors.find(id))
        told.push_back({link->peering().neighbor().name, hostname_of(*link)});
  visit({route.prefix, route.version, paths, told});
}

void ShowSource::for_each_route(wire::Family family, bool advertised, const RouteVisitor& visit) {
  daemon_.rib().for_each_route(family,
                               [&](const rib::RouteView& route) { visit_route(route, advertised, visit); });
}

bool ShowSource::for_each_route(wire::Family family, bool advertised, rib::Section& section,
                                const RouteVisitor& visit) {
  return daemon_.rib().for_each_route(
      family, section, [&](const rib::RouteView& route) { visit_route(route, advertised, visit); });
}

bool ShowSource::find_route(const wire::Prefix& prefix, const RouteVisitor& visit) {
  return daemon_.rib().find(prefix, [&](const rib::RouteView& route) { visit_route(route, true, visit); });
}

bool ShowSource::find_route(const wire::IpAddress& address, const RouteVisitor& visit) {
  return daemon_.rib().lookup(address, [&](const rib::RouteView& route) { visit_route(route, true, visit); });
}

bool ShowSource::for_each_adjacent(std::string_view neighbor, wire::Family family,
                                   cli::RouteSelection selection, rib::Section& section,
                                   const AdjVisitor& visit) {
  const net::PeerLink* link = daemon_.neighbors().find(fsm::peer_key(neighbor));
  if (link == nullptr) return false;
  const rib::PeerId peer = link->peering().rib_id();
  return selection == cli::RouteSelection::Advertised
             ? daemon_.rib().for_each_advertised(peer, family, section, visit)
             : daemon_.rib().for_each_received(peer, family, section, visit);
}

std::vector<cli::NexthopData> ShowSource::nexthops() {
  const auto& addresses = daemon_.neighbors().interfaces().addresses();
  std::map<wire::IpAddress, cli::NexthopData> found;
  const auto note = [&](const rib::PathView& path) {
    if (!path.peer) return;
    const wire::IpAddress& address = path.attributes->next_hop.address;
    cli::NexthopData& entry = found[address];
    entry.address = address;
    entry.valid = entry.valid || path.valid;
    ++entry.paths;
    if (const net::PeerLink* link = daemon_.neighbors().find(address))
      entry.peer = link->peering().neighbor().name;
    for (const net::InterfaceAddress& candidate : addresses)
      if (candidate.network.contains(address)) entry.interface_name = candidate.interface;
  };
  for (wire::Family family : wire::kFamilies)
    daemon_.rib().for_each_route(family, [&](const rib::RouteView& route) {
      for (const rib::PathView& path : route.paths) note(path);
    });
  std::vector<cli::NexthopData> result;
  for (auto& [address, entry] : found) result.push_back(std::move(entry));
  return result;
}

}  // namespace lbgp::daemon
