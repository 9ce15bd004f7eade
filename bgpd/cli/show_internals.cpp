// SPDX-License-Identifier: Apache-2.0
// Renders what stands behind the tables.
#include "bgpd/cli/show_internals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

// RFC 6996, and what RFC 7300 and RFC 5398 keep from the public.
bool is_public(std::uint32_t as) {
  return as != 0 && as < 4200000000U && (as < 64496 || as > 65551);
}

double share(double part, std::size_t whole) {
  return whole == 0 ? 0 : part / static_cast<double>(whole);
}

// What the space amounts to in networks of that length.
double networks(double addresses, unsigned bits, unsigned length) {
  return std::ldexp(addresses, static_cast<int>(length) - static_cast<int>(bits));
}

}  // namespace

std::string update_groups_text(wire::Family family, const std::vector<UpdateGroupData>& groups) {
  std::string out;
  for (const UpdateGroupData& data : groups) {
    out += fmt::format("Update-group {}:\n  Address family: {}\n  Type: {}{}\n", data.group.number,
                       wire::to_string(family), data.group.ibgp ? "internal" : "external",
                       data.group.add_path ? ", several paths (ADD-PATH)" : "");
    if (!data.group.prefix_list.empty())
      out += fmt::format("  Outgoing prefix list: {}\n", data.group.prefix_list);
    if (!data.group.route_map.empty()) out += fmt::format("  Outgoing route map: {}\n", data.group.route_map);
    out += fmt::format("  Adj-RIB-Out count: {}\n    Peers:\n", data.group.routes);
    for (const std::string& member : data.members) out += fmt::format("      - {}\n", member);
    out += '\n';
  }
  return out;
}

json::object update_groups_json(wire::Family family, const std::vector<UpdateGroupData>& groups) {
  json::object out;
  for (const UpdateGroupData& data : groups) {
    json::object group{{"addressFamily", wire::to_string(family)},
                       {"type", data.group.ibgp ? "internal" : "external"}};
    if (data.group.add_path) group["addPath"] = true;
    if (!data.group.prefix_list.empty()) group["outPrefixList"] = data.group.prefix_list;
    if (!data.group.route_map.empty()) group["outRouteMap"] = data.group.route_map;
    group["adjRibOutCount"] = data.group.routes;
    json::array members;
    for (const std::string& member : data.members) members.emplace_back(member);
    group["peers"] = std::move(members);
    out[fmt::format("{}", data.group.number)] = std::move(group);
  }
  return out;
}

std::string listeners_text(const std::vector<ListenerData>& listeners) {
  std::string out = "Name             fd Address\n---------------------------\n";
  for (const ListenerData& each : listeners)
    out += fmt::format("{:<16} {} {}\n", "default", each.descriptor, each.address);
  return out;
}

std::string logging_text(const LoggingData& logging) {
  return fmt::format(
      "Syslog logging: disabled\nStdout logging: level {}\nFile logging: disabled\nProtocol name: BGP\n"
      "Record priority: {}\nRecord format: {}\nTimestamp precision: 3\n",
      logging.level, logging.format == "json" ? "disabled" : "enabled", logging.format);
}

void Statistics::add(const RouteData& route) {
  ++prefixes_;
  prefix_lengths_ += route.prefix.length();
  ++by_length_[route.prefix.length()];
  // In order of prefix, what holds another one comes before it. FRR does not count a default route.
  if (outermost_ && outermost_->contains(route.prefix)) {
    ++aggregateable_;
  } else {
    ++unaggregateable_;
    space_ += std::ldexp(1.0, static_cast<int>(route.prefix.address().bits() - route.prefix.length()));
    if (route.prefix.length() != 0) outermost_ = route.prefix;
  }
  for (const PathData& path : route.paths) {
    ++paths_;
    const wire::PathAttributes& attributes = *path.path.attributes;
    if (attributes.atomic_aggregate) ++aggregates_;
    const std::size_t hops = attributes.as_path.length();
    std::size_t octets = 0;
    for (const wire::AsSegment& segment : attributes.as_path.segments()) {
      octets += 2 + 4 * segment.as_numbers.size();
      for (const wire::AsNumber as : segment.as_numbers)
        if (is_public(as.value())) highest_public_as_ = std::max(highest_public_as_, as.value());
    }
    hops_ += hops;
    path_octets_ += octets;
    longest_path_ = std::max(longest_path_, hops);
    largest_path_ = std::max(largest_path_, octets);
  }
}

std::string Statistics::text() const {
  std::string out = fmt::format("BGP {} RIB statistics (VRF default)\n", wire::to_string(family_));
  const auto line = [&](std::string_view name, const std::string& value) {
    out += fmt::format("{:<30}: {:>12}\n", name, value);
  };
  const auto whole = [&](std::string_view name, std::size_t value) { line(name, fmt::format("{}", value)); };
  const auto broken = [&](std::string_view name, double value) { line(name, fmt::format("{:.2f}", value)); };
  const bool v4 = family_ == wire::Family::Ipv4Unicast;
  whole("Total Advertisements", paths_);
  whole("Total Prefixes", prefixes_);
  broken("Average prefix length", share(static_cast<double>(prefix_lengths_), prefixes_));
  whole("Unaggregateable prefixes", unaggregateable_);
  whole("Maximum aggregateable prefixes", aggregateable_);
  whole("BGP Aggregate advertisements", aggregates_);
  line("Address space advertised", fmt::format("{:g}", space_));
  if (v4) {
    broken(fmt::format("{:>30}", "% announced "), 100 * networks(space_, 32, 0));
    broken(fmt::format("{:>30}", "/8 equivalent "), networks(space_, 32, 8));
    broken(fmt::format("{:>30}", "/24 equivalent "), networks(space_, 32, 24));
  } else {
    broken(fmt::format("{:>30}", "/32 equivalent "), networks(space_, 128, 32));
    broken(fmt::format("{:>30}", "/48 equivalent "), networks(space_, 128, 48));
  }
  out += '\n';
  whole("Advertisements with paths", paths_);
  whole("Longest AS-Path (hops)", longest_path_);
  broken("Average AS-Path length (hops)", share(static_cast<double>(hops_), paths_));
  whole("Largest AS-Path (bytes)", largest_path_);
  broken("Average AS-Path size (bytes)", share(static_cast<double>(path_octets_), paths_));
  whole("Highest public ASN", highest_public_as_);
  return out;
}

json::object Statistics::json() const {
  const bool v4 = family_ == wire::Family::Ipv4Unicast;
  json::object out{{"instance", "VRF default"},
                   {"totalAdvertisements", paths_},
                   {"totalPrefixes", prefixes_},
                   {"averagePrefixLength", share(static_cast<double>(prefix_lengths_), prefixes_)},
                   {"unaggregateablePrefixes", unaggregateable_},
                   {"maximumAggregateablePrefixes", aggregateable_},
                   {"bgpAggregateAdvertisements", aggregates_},
                   {"addressSpaceAdvertised", space_}};
  if (v4) {
    out["%announced"] = 100 * networks(space_, 32, 0);
    out["/8equivalent"] = networks(space_, 32, 8);
    out["/24equivalent"] = networks(space_, 32, 24);
  } else {
    out["/32equivalent"] = networks(space_, 128, 32);
    out["/48equivalent"] = networks(space_, 128, 48);
  }
  out["advertisementsWithPaths"] = paths_;
  out["longestAsPath"] = longest_path_;
  out["averageAsPathLengthHops"] = share(static_cast<double>(hops_), paths_);
  out["largestAsPath"] = largest_path_;
  out["averageAsPathSizeBytes"] = share(static_cast<double>(path_octets_), paths_);
  out["highestPublicAsn"] = highest_public_as_;
  json::array lengths;
  for (const auto& [length, count] : by_length_)
    lengths.push_back(json::object{{fmt::format("{}", length), count}});
  out["prefixLength"] = std::move(lengths);
  return out;
}

std::string memory_parts_text(const std::vector<MemoryPart>& parts) {
  std::string out;
  for (const MemoryPart& part : parts)
    out += fmt::format("{} {}, using {} of memory\n", part.count, part.what, memory_text(part.octets));
  return out;
}

namespace {

struct Comparison {
  std::string_view key;
  std::string_view words;
  bool on;
};

std::vector<Comparison> comparisons(const rib::GlobalSettings& s) {
  return {{"alwaysCompareMed", "always compare MED", s.always_compare_med},
          {"deterministicMed", "deterministic MED", s.deterministic_med},
          {"medMissingAsWorst", "a missing MED counts as the worst", s.med_missing_as_worst},
          {"asPathIgnore", "the AS path is ignored", s.ignore_as_path},
          {"asPathConfed", "confederation segments count in the AS path", s.count_confederations},
          {"multiPathRelax", "multipath over different AS paths", s.multipath_relax},
          {"peerTypeRelax", "multipath over external and internal paths", s.peer_type_relax},
          {"compareRouterId", "compare router ids before age", s.compare_router_id},
          {"aigp", "compare AIGP", s.compare_aigp}};
}

}  // namespace

std::string bestpath_text(const rib::GlobalSettings& settings) {
  std::string out = "BGP best path selection\n";
  for (const Comparison& each : comparisons(settings))
    out += fmt::format("  {}: {}\n", each.words, each.on ? "yes" : "no");
  return out;
}

json::object bestpath_json(const rib::GlobalSettings& settings) {
  json::object out;
  for (const Comparison& each : comparisons(settings)) out[each.key] = each.on;
  return out;
}

std::string router_text(const RouterData& router) {
  return fmt::format(
      "BGP Router Information\n  Router ID: {}\n  AS Number: {}\n  Neighbors: {}, established {}\n",
      router.router_id, router.local_as.value(), router.peers, router.established);
}

json::object router_json(const RouterData& router) {
  return {{"routerId", wire::to_string(router.router_id)},
          {"as", router.local_as.value()},
          {"numConfiguredPeers", router.peers},
          {"numEstablishedPeers", router.established}};
}

std::string attribute_line(const rib::AttributesView& view) {
  const wire::PathAttributes& a = *view.attributes;
  std::string out = fmt::format(
      "attr[{}] nexthop {}\n\tflags: 0 distance: 0 med: {} local_pref: {} origin: {} "
      "weight: {}",
      view.references, a.next_hop.address, a.med.value_or(0), a.local_pref.value_or(100),
      static_cast<unsigned>(a.origin), view.weight);
  if (const std::string path = wire::to_string(a.as_path); !path.empty()) out += " aspath: " + path;
  if (!a.communities.empty()) out += " Communities: " + wire::to_string(a.communities);
  if (!a.large_communities.empty()) out += " Large-Communities: " + wire::to_string(a.large_communities);
  return out + '\n';
}

namespace {

struct Count {
  std::string_view name;
  std::size_t value;
};

std::vector<Count> rows(const PrefixCounts& c) {
  // Nothing here is damped, or kept as history, or removed later.
  return {{"Adj-in", c.stored},
          {"Damped", 0},
          {"Removed", 0},
          {"History", 0},
          {"Stale", c.stale},
          {"Valid", c.valid},
          {"All RIB", c.all},
          {"PfxCt counted", c.counted},
          {"PfxCt Best Selected", c.best},
          {"Useable", c.valid}};
}

}  // namespace

std::string prefix_counts_text(const PrefixCounts& counts) {
  std::string out = fmt::format("Prefix counts for {}, {}\nPfxCt: {}\n\nCounts from RIB table walk:\n\n",
                                counts.neighbor, wire::to_string(counts.family), counts.counted);
  for (const Count& each : rows(counts)) out += fmt::format("{:>20}: {:<10}\n", each.name, each.value);
  return out;
}

json::object prefix_counts_json(const PrefixCounts& counts) {
  json::object walked;
  for (const Count& each : rows(counts)) walked[each.name] = each.value;
  return {{"prefixCountsFor", counts.neighbor},
          {"multiProtocol", wire::json_key(counts.family)},
          {"pfxCounter", counts.counted},
          {"ribTableWalkCounters", std::move(walked)}};
}

}  // namespace lbgp::daemon::cli
