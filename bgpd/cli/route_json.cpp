// SPDX-License-Identifier: Apache-2.0
// Paths as JSON, key by key in FRR's order.
#include "bgpd/cli/route_json.hpp"

#include <boost/json/array.hpp>

#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

bool local(const PathData& data) {
  return data.peer.empty();
}

json::object next_hop_json(const TableHead& head, const PathData& data, const wire::IpAddress& address) {
  const std::string_view hostname = local(data) ? std::string_view(head.hostname) : data.peer_hostname;
  json::object out{{"ip", wire::to_string(address)}};
  if (!hostname.empty()) out["hostname"] = hostname;
  out["afi"] = address.is_v4() ? "ipv4" : "ipv6";
  if (address.is_v6()) out["scope"] = address.is_link_local() ? "link-local" : "global";
  return out;
}

json::array next_hops_json(const TableHead& head, const PathData& data, bool detail) {
  const wire::NextHop& next_hop = data.path.attributes->next_hop;
  json::array out;
  json::object first = next_hop_json(head, data, next_hop.address);
  if (detail) {
    if (data.path.valid) first["metric"] = 0;
    first["accessible"] = data.path.valid;
  }
  first["used"] = true;
  out.push_back(std::move(first));
  if (next_hop.link_local) out.push_back(next_hop_json(head, data, *next_hop.link_local));
  return out;
}

std::string_view segment_name(wire::SegmentType type) {
  switch (type) {
    case wire::SegmentType::AsSet:
      return "as-set";
    case wire::SegmentType::AsSequence:
      return "as-sequence";
    case wire::SegmentType::AsConfedSequence:
      return "as-confed-sequence";
    case wire::SegmentType::AsConfedSet:
      return "as-confed-set";
  }
  return "";
}

json::object as_path_json(const wire::AsPath& path) {
  json::array segments;
  for (const wire::AsSegment& segment : path.segments()) {
    json::array list;
    for (const wire::AsNumber as : segment.as_numbers) list.push_back(as.value());
    segments.push_back(json::object{{"type", segment_name(segment.type)}, {"list", std::move(list)}});
  }
  const std::string text = wire::to_string(path);
  return {{"string", text.empty() ? "Local" : text},
          {"segments", std::move(segments)},
          {"length", path.length()}};
}

// "no-export" becomes "noExport" in lists; numbers stay as they are.
std::string camel_case(std::string_view text) {
  if (!text.empty() && text.front() >= '0' && text.front() <= '9') return std::string(text);
  std::string out;
  bool raise = false;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (raise && lower)
      out += static_cast<char>(c - 'a' + 'A');
    else if (!raise && upper)
      out += static_cast<char>(c - 'A' + 'a');
    else if (c != '-')
      out += c;
    raise = c == '-';
  }
  return out;
}

template <typename Set>
json::object communities_json(const Set& set) {
  json::array list;
  for (const auto& community : set) list.emplace_back(camel_case(wire::to_string(community)));
  return {{"string", wire::to_string(set)}, {"list", std::move(list)}};
}

void add_communities(json::object& out, const wire::PathAttributes& attributes) {
  if (!attributes.communities.empty()) out["community"] = communities_json(attributes.communities);
  if (!attributes.ext_communities.empty())
    out["extendedCommunity"] = json::object{{"string", wire::to_string(attributes.ext_communities)}};
  if (!attributes.large_communities.empty())
    out["largeCommunity"] = communities_json(attributes.large_communities);
}

void add_reflection(json::object& out, const wire::PathAttributes& attributes) {
  if (attributes.originator_id) out["originatorId"] = wire::to_string(*attributes.originator_id);
  if (attributes.cluster_list.empty()) return;
  json::array list;
  for (const wire::RouterId id : attributes.cluster_list) list.emplace_back(wire::to_string(id));
  out["clusterList"] = json::object{{"list", std::move(list)}};
}

void add_selection(json::object& out, const rib::PathView& path) {
  if (path.multipath) out["multipath"] = true;
  if (path.best)
    out["bestpath"] = json::object{{"overall", true}, {"selectionReason", path.selection_reason}};
}

// Beyond FRR: who asked for a local route.
void add_owner(json::object& out, const rib::PathView& path) {
  if (path.owner.empty()) return;
  out["owner"] = path.owner;
  if (path.labels == nullptr || path.labels->empty()) return;
  json::object labels;
  for (const auto& [key, value] : *path.labels) labels[key] = value;
  out["labels"] = std::move(labels);
}

json::object peer_json(const TableHead& head, const PathData& data) {
  if (local(data))
    return {{"peerId", head.family == wire::Family::Ipv4Unicast ? "0.0.0.0" : "::"},
            {"routerId", wire::to_string(head.router_id)}};
  json::object out{{"peerId", data.peer}, {"routerId", wire::to_string(data.peer_router_id)}};
  if (!data.peer_hostname.empty()) out["hostname"] = data.peer_hostname;
  out["type"] = data.path.ibgp ? "internal" : "external";
  return out;
}

void add_metrics(json::object& out, const PathData& data) {
  const wire::PathAttributes& attributes = *data.path.attributes;
  if (attributes.med || local(data)) out["metric"] = attributes.med.value_or(0);
  if (attributes.local_pref) out["locPrf"] = *attributes.local_pref;
}

}  // namespace

json::object table_head_json(const TableHead& head) {
  return {{"vrfId", 0},
          {"vrfName", "default"},
          {"tableVersion", head.version},
          {"routerId", wire::to_string(head.router_id)},
          {"defaultLocPrf", head.default_local_pref},
          {"localAS", head.local_as.value()}};
}

json::object path_json(const TableHead& head, const RouteData& route, const PathData& data) {
  const rib::PathView& path = data.path;
  json::object out;
  if (path.stale) out["stale"] = true;
  if (path.suppressed) out["suppressed"] = true;
  if (path.valid) out["valid"] = true;
  if (path.best) {
    out["bestpath"] = true;
    out["selectionReason"] = path.selection_reason;
  }
  if (path.multipath) out["multipath"] = true;
  out["pathFrom"] = path.ibgp ? "internal" : "external";
  out["prefix"] = wire::to_string(route.prefix.address());
  out["prefixLen"] = route.prefix.length();
  out["network"] = wire::to_string(route.prefix);
  out["version"] = route.version;
  add_metrics(out, data);
  out["weight"] = path.weight;
  out["peerId"] = local(data) ? std::string_view("(unspec)") : data.peer;
  out["path"] = wire::to_string(path.attributes->as_path);
  out["origin"] = wire::to_string(path.attributes->origin);
  out["nexthops"] = next_hops_json(head, data, false);
  return out;
}

json::object path_detail_json(const TableHead& head, const RouteData& route, const PathData& data) {
  const rib::PathView& path = data.path;
  const wire::PathAttributes& attributes = *path.attributes;
  json::object out{{"aspath", as_path_json(attributes.as_path)}};
  if (attributes.aggregator) {
    out["aggregatorAs"] = attributes.aggregator->as.value();
    out["aggregatorId"] = wire::to_string(attributes.aggregator->id);
  }
  if (path.stale) out["stale"] = true;
  if (data.from_rr_client) out["rxedFromRrClient"] = true;
  if (path.suppressed) out["suppressed"] = true;
  out["origin"] = wire::to_string(attributes.origin);
  add_metrics(out, data);
  if (attributes.aigp) out["aigpMetric"] = *attributes.aigp;
  if (path.weight != 0) out["weight"] = path.weight;
  out["valid"] = path.valid;
  out["version"] = route.version;
  if (local(data)) {
    out[path.aggregate ? "aggregated" : "sourced"] = true;
    out["local"] = true;
    add_owner(out, path);
  }
  if (attributes.atomic_aggregate) out["atomicAggregate"] = true;
  if (attributes.otc) out["otc"] = attributes.otc->value();
  add_selection(out, path);
  add_communities(out, attributes);
  add_reflection(out, attributes);
  if (path.path_id != 0 || path.tx_path_id != 0) {
    out["addpathRxId"] = path.path_id;
    out["addpathTxId"] = path.tx_path_id;
  }
  out["lastUpdate"] = json::object{{"epoch", data.last_update},
                                   {"string", date_text(data.last_update, head.utc_offset) + '\n'}};
  if (data.stale_remaining)
    out[data.long_lived_stale ? "llgrSecondsRemaining" : "gracefulRestartSecondsRemaining"] =
        std::chrono::floor<seconds>(*data.stale_remaining).count();
  out["nexthops"] = next_hops_json(head, data, true);
  out["peer"] = peer_json(head, data);
  return out;
}

json::object route_json(const TableHead& head, const RouteData& route) {
  json::object out{{"prefix", wire::to_string(route.prefix)}, {"version", route.version}};
  json::object advertised;
  for (const AdvertisedTo& to : route.advertised_to) {
    json::object& peer = advertised[to.peer].emplace_object();
    if (!to.hostname.empty()) peer["hostname"] = to.hostname;
  }
  if (!advertised.empty()) out["advertisedTo"] = std::move(advertised);
  out["pathCount"] = route.all().size();
  json::array paths;
  for (const PathData& path : route.paths) paths.push_back(path_detail_json(head, route, path));
  out["paths"] = std::move(paths);
  return out;
}

}  // namespace lbgp::daemon::cli
