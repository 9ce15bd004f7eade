// SPDX-License-Identifier: Apache-2.0
// A daemon made of plain data, shaped after the laboratory whose FRR outputs the expectations come from: a
// router 10.90.254.1 in AS 65001 with nodes in AS 65010.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "bgpd/cli/shell.hpp"

namespace lbgp::daemon::cli::test {

inline wire::IpAddress address(std::string_view text) {
  return wire::parse_address(text).value();
}
inline wire::Prefix prefix(std::string_view text) {
  return wire::parse_prefix(text).value();
}
inline wire::RouterId router_id(std::string_view text) {
  return wire::parse_router_id(text).value();
}

// A route with its paths, owned.
struct StoredPath {
  wire::PathAttributes attributes;
  rib::PathView view;
  std::string peer;
  std::string peer_hostname;
  wire::RouterId peer_router_id;
  Epoch last_update = 0;
  bool from_rr_client = false;
  std::string owner;
  rib::Labels labels;
};
struct StoredRoute {
  std::uint64_t version = 0;
  std::vector<StoredPath> paths;
  std::vector<std::pair<std::string, std::string>> advertised_to;  // peer, hostname
};
struct StoredAdj {
  wire::Prefix prefix;
  wire::PathAttributes attributes;
  bool filtered = false;
  bool stale = false;
  std::uint32_t path_id = 0;
};

class World : public Source {
 public:
  bool instance_exists = true;
  wire::PerFamily<SummaryData> summaries;
  wire::PerFamily<TableHead> heads;
  std::map<wire::Prefix, StoredRoute> routes;
  std::map<std::string, conf::Neighbor> configs;
  std::map<std::string, NeighborData> neighbors;
  std::map<std::pair<std::string, RouteSelection>, std::vector<StoredAdj>> adjacent;
  wire::PerFamily<PrefixLists> lists;
  std::vector<PeerGroupData> groups;
  std::vector<NexthopData> hops;
  std::vector<BfdPeerData> bfd;
  std::string config;
  rib::Policies known_policies;
  rib::GlobalSettings global;
  wire::PerFamily<std::vector<UpdateGroupData>> update_group_data;
  std::vector<std::pair<rib::RouteAttributes, std::uint32_t>> attribute_sets;
  WhyData reasons;
  std::vector<std::string> deeds;  // what was done, in order
  std::size_t largest_section = 1000;

  std::string hostname() override { return "router"; }
  bool has_instance() override { return instance_exists; }
  VersionData version() override { return {"0.1.0", "router", "Linux(6.1.0)", ""}; }
  MemoryData memory() override { return {9 << 20, 960, {{"IPv4 Unicast routes", 4, 2965856}}}; }
  std::string running_config() override { return config; }
  std::string said_config(bool with_passwords) override {
    return config + (with_passwords ? "" : "! without passwords\n");
  }
  PrefixLists prefix_lists(wire::Family family) override { return lists[family]; }
  const rib::Policies& policies() override { return known_policies; }
  LoggingData logging() override { return {"stdout", "text", "info"}; }
  const rib::GlobalSettings& settings() override { return global; }
  std::vector<UpdateGroupData> update_groups(wire::Family family) override {
    return update_group_data[family];
  }
  void for_each_attributes(const AttributesVisitor& visit) override {
    for (const auto& [attributes, references] : attribute_sets)
      visit({&attributes.path, attributes.weight, references});
  }
  std::vector<ListenerData> listeners() override { return {{19, "0.0.0.0"}, {20, "::"}}; }
  WhyData why(const wire::Prefix& wanted) override {
    WhyData data = reasons;
    data.prefix = wanted;
    return data;
  }
  bool clear_prefix(const wire::Prefix& wanted) override {
    deeds.push_back("clear prefix " + wire::to_string(wanted));
    return routes.contains(wanted);
  }
  SummaryData summary(wire::Family family) override {
    SummaryData data = summaries[family];
    data.family = family;
    return data;
  }
  TableHead table_head(wire::Family family) override {
    TableHead head = heads[family];
    head.family = family;
    return head;
  }
  void for_each_route(wire::Family family, bool advertised, const RouteVisitor& visit) override {
    for (const auto& [prefix, route] : routes)
      if (prefix.family() == family) show(prefix, route, advertised, visit);
  }
  bool for_each_route(wire::Family family, bool advertised, rib::Section& section,
                      const RouteVisitor& visit) override {
    return in_sections(family, section, [&](const wire::Prefix& prefix, const StoredRoute& route) {
      show(prefix, route, advertised, visit);
    });
  }
  bool find_route(const wire::Prefix& wanted, const RouteVisitor& visit) override {
    const auto found = routes.find(wanted);
    if (found == routes.end()) return false;
    show(found->first, found->second, true, visit);
    return true;
  }
  bool find_route(const wire::IpAddress& wanted, const RouteVisitor& visit) override {
    const std::pair<const wire::Prefix, StoredRoute>* best = nullptr;
    for (const auto& route : routes)
      if (route.first.contains(wanted) && (best == nullptr || route.first.length() > best->first.length()))
        best = &route;
    if (best == nullptr) return false;
    show(best->first, best->second, true, visit);
    return true;
  }
  std::vector<std::string> neighbor_names() override {
    std::vector<std::string> names;
    for (const auto& [name, unused] : neighbors) names.push_back(name);
    return names;
  }
  bool find_neighbor(std::string_view name, const NeighborVisitor& visit) override {
    const auto found = neighbors.find(std::string(name));
    if (found == neighbors.end()) return false;
    found->second.config = &configs.at(found->first);
    visit(found->second);
    return true;
  }
  bool for_each_adjacent(std::string_view neighbor, wire::Family family, RouteSelection selection,
                         rib::Section& /*section*/, const AdjVisitor& visit) override {
    for (const StoredAdj& entry : adjacent[{std::string(neighbor), selection}])
      if (entry.prefix.family() == family)
        visit({entry.prefix, entry.path_id, &entry.attributes, entry.filtered, !entry.filtered, entry.stale});
    return false;
  }
  std::vector<PeerGroupData> peer_groups() override { return groups; }
  std::vector<NexthopData> nexthops() override { return hops; }
  std::vector<BfdPeerData> bfd_peers() override { return bfd; }
  InstanceData instance() override { return {router_id("10.90.254.1"), 4, 2}; }
  std::string clear(std::string_view neighbor, const Request& request) override {
    const std::string of = request.family ? std::string(wire::json_key(*request.family)) + " " : "";
    deeds.push_back("clear " + of + std::string(neighbor) + (request.soft ? " soft" : "") +
                    (request.in ? " in" : "") + (request.out ? " out" : "") +
                    (request.message_stats ? " message-stats" : ""));
    return cannot_clear;
  }
  std::string cannot_clear;
  Outcome write() override {
    deeds.emplace_back("write");
    return {"[OK]\n"};
  }
  conf::Config edited_config;
  std::set<std::string> up;  // neighbors with a session
  conf::Config& configuration() override { return edited_config; }
  void edited() override { deeds.emplace_back("edited"); }
  void settle() override {}
  bool is_established(const fsm::PeerKey& neighbor) override { return up.contains(to_string(neighbor)); }
  std::set<std::string> own_addresses;
  bool is_own_address(const wire::IpAddress& wanted) override {
    return own_addresses.contains(wire::to_string(wanted));
  }
  std::string outside;  // of all pools
  std::string outsiders() override { return outside; }
  Outcome check_file(const std::string& file) override { return {"check " + file + "\n"}; }
  Outcome load_file(const std::string& file, std::chrono::minutes confirm) override {
    deeds.push_back("load " + file + ", confirm within " + std::to_string(confirm.count()));
    return {};
  }
  Outcome confirm_within(std::chrono::minutes minutes) override {
    deeds.push_back("confirm within " + std::to_string(minutes.count()));
    return {"returns\n"};
  }
  Outcome commit() override {
    deeds.emplace_back("commit");
    return {};
  }
  Outcome roll_back() override {
    deeds.emplace_back("roll back");
    return {};
  }
  void debug(std::string_view topic, bool on) override {
    deeds.push_back("debug " + std::string(topic) + (on ? " on" : " off"));
  }
  std::vector<std::string> debugging() override { return {"updates"}; }

 private:
  template <typename Visit>
  bool in_sections(wire::Family family, rib::Section& section, Visit visit) {
    auto next = section.after ? routes.upper_bound(*section.after) : routes.begin();
    for (std::size_t left = std::min(section.most, largest_section); next != routes.end(); ++next) {
      if (next->first.family() != family) continue;
      if (left-- == 0) return true;
      section.after = next->first;
      visit(next->first, next->second);
    }
    return false;
  }
  static void show(const wire::Prefix& prefix, const StoredRoute& route, bool advertised,
                   const RouteVisitor& visit) {
    std::vector<PathData> paths;
    for (const StoredPath& stored : route.paths) {
      PathData data{stored.view, stored.peer, stored.peer_hostname, stored.peer_router_id,
                    stored.last_update};
      data.path.attributes = &stored.attributes;
      data.path.owner = stored.owner;
      data.path.labels = &stored.labels;
      data.from_rr_client = stored.from_rr_client;
      paths.push_back(data);
    }
    std::vector<AdvertisedTo> to;
    if (advertised)
      for (const auto& [peer, hostname] : route.advertised_to) to.push_back({peer, hostname});
    visit({prefix, route.version, paths, to});
  }
};

// Attributes of a route that came over eBGP.
inline wire::PathAttributes received(std::string_view next_hop, std::uint32_t as,
                                     std::optional<std::uint32_t> med) {
  wire::PathAttributes attributes;
  attributes.origin = wire::Origin::Igp;
  attributes.as_path = wire::AsPath::sequence({wire::AsNumber{as}});
  attributes.next_hop.address = address(next_hop);
  attributes.med = med;
  return attributes;
}
inline wire::PathAttributes own(std::string_view next_hop) {
  wire::PathAttributes attributes;
  attributes.origin = wire::Origin::Igp;
  attributes.next_hop.address = address(next_hop);
  return attributes;
}

// What 10.90.3.101 and the router have agreed on.
const fsm::Negotiated& negotiated();

// The laboratory's router.
World router();

// Runs one line as an operator of `world`.
inline Reply run(World& world, std::string_view line) {
  const Shell shell;
  Session session(shell);
  return session.run(line, world);
}

}  // namespace lbgp::daemon::cli::test
