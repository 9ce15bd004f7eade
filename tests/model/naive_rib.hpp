// SPDX-License-Identifier: Apache-2.0
// The RIB as one would write it without any thought of speed: maps of whole values, everything computed anew
// whenever it is asked for. What the real one has to agree with.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

// A routing policy in two forms: the configured names, and what they mean.
struct PolicyMeaning {
  std::string prefix_list;
  std::string route_map;
  // false: denied
  std::function<bool(const wire::Prefix&, bool local, wire::PathAttributes&, std::uint32_t& weight,
                     bool& med_set, bool& next_hop_set)>
      apply;
};

struct NaivePeer {
  PeerSettings settings;
  PeerSession session;
  std::size_t policy_in = 0;
  std::size_t policy_out = 0;
  bool up = false;
  int session_number = 0;
  struct Entry {
    wire::PathAttributes raw;
    std::optional<wire::PathAttributes> accepted;
    std::uint32_t weight = 0;
    int session_number = 0;
    int born = 0;  // since when it has been accepted without a break
  };
  struct Key {
    wire::Prefix prefix;
    std::uint32_t path_id = 0;
    auto operator<=>(const Key&) const = default;
  };
  std::map<Key, Entry> in;
};

class NaiveRib {
 public:
  struct Path {
    wire::PathAttributes attributes;
    std::uint32_t weight = 32768;
    const NaivePeer* peer = nullptr;  // none: local
    std::uint32_t path_id = 0;
    std::string owner;
    bool aggregate = false;
  };

  GlobalSettings settings = global();
  std::vector<PolicyMeaning> policies;
  std::vector<NaivePeer> peers;
  std::map<wire::Prefix, std::map<std::string, LocalRoute>> locals;
  std::map<wire::Prefix, wire::PathAttributes> aggregates;  // that there are, see aggregate()
  std::set<wire::Prefix> suppressing;

  void receive(NaivePeer& peer, const NaivePeer::Key& key, const wire::PathAttributes& raw) {
    NaivePeer::Entry& entry = peer.in[key];
    entry.raw = raw;
    entry.session_number = peer.session_number;
    judge(peer, key.prefix, entry);
  }
  void judge_again(NaivePeer& peer) {
    for (auto& [key, entry] : peer.in)
      if (entry.session_number == peer.session_number) judge(peer, key.prefix, entry);
  }
  static void drop_stale(NaivePeer& peer, wire::Family family) {
    std::erase_if(peer.in, [&](const auto& item) {
      return item.first.prefix.family() == family && item.second.session_number != peer.session_number;
    });
  }

  // Makes aggregates of what there is now, the narrow ones first.
  void aggregate() {
    aggregates.clear();
    suppressing.clear();
    std::vector<Aggregate> all;
    for (const Family family : wire::kFamilies)
      all.insert(all.end(), settings.aggregates[family].begin(), settings.aggregates[family].end());
    std::sort(all.begin(), all.end(),
              [](const Aggregate& a, const Aggregate& b) { return a.prefix.length() > b.prefix.length(); });
    for (const Aggregate& each : all) {
      std::optional<wire::Origin> worst;
      for (const wire::Prefix& prefix : prefixes()) {
        if (prefix == each.prefix || !each.prefix.contains(prefix)) continue;
        const auto paths = ranked(prefix);
        if (!paths.empty() && !paths.front().aggregate)
          worst = std::max(worst.value_or(wire::Origin::Igp), paths.front().attributes.origin);
      }
      wire::PathAttributes a;
      a.origin = each.origin.value_or(worst.value_or(wire::Origin::Igp));
      a.med = 0;
      a.atomic_aggregate = true;
      a.aggregator = {settings.local_as, settings.router_id};
      std::uint32_t weight = 0;
      bool ignored = false;
      const auto map = std::find_if(policies.begin(), policies.end(), [&](const PolicyMeaning& policy) {
        return policy.route_map == each.route_map && policy.prefix_list.empty();
      });
      if (!map->apply(each.prefix, true, a, weight, ignored, ignored)) continue;
      if (each.summary_only) suppressing.insert(each.prefix);
      if (worst) aggregates[each.prefix] = a;
    }
  }
  [[nodiscard]] bool suppressed(const wire::Prefix& prefix) const {
    const auto paths = ranked(prefix);
    if (paths.empty() || paths.front().aggregate) return false;
    return std::any_of(suppressing.begin(), suppressing.end(),
                       [&](const wire::Prefix& above) { return above != prefix && above.contains(prefix); });
  }

  // What a neighbor with `default-originate` is told; the meaning of its route map comes from the test.
  std::function<std::optional<wire::PathAttributes>(Family, const std::string& route_map)> default_route;

  [[nodiscard]] std::set<wire::Prefix> prefixes() const {
    std::set<wire::Prefix> all;
    for (const auto& [prefix, attributes] : aggregates) all.insert(prefix);
    for (const auto& [prefix, owners] : locals) all.insert(prefix);
    for (const NaivePeer& peer : peers)
      for (const auto& [key, entry] : peer.in) all.insert(key.prefix);
    return all;
  }

  // Best first.
  [[nodiscard]] std::vector<Path> ranked(const wire::Prefix& prefix) const {
    std::vector<Path> paths;
    if (const auto owners = locals.find(prefix); owners != locals.end())
      paths.push_back({owners->second.begin()->second.attributes, 32768, nullptr, 0,
                       owners->second.begin()->first, false});
    else if (const auto made = aggregates.find(prefix); made != aggregates.end())
      paths.push_back({made->second, 32768, nullptr, 0, "aggregate", true});
    for (const NaivePeer& peer : peers)
      for (const auto& [key, entry] : peer.in)
        if (key.prefix == prefix && entry.accepted)
          paths.push_back({*entry.accepted, entry.weight, &peer, key.path_id, "", false});
    std::sort(paths.begin(), paths.end(),
              [&](const Path& a, const Path& b) { return better(prefix.family(), a, b); });
    return paths;
  }

  // What `peer` is to hold for a prefix once all is sent: one path at most, or with ADD-PATH several.
  [[nodiscard]] std::multiset<wire::PathAttributes> wanted(const NaivePeer& peer,
                                                           const wire::Prefix& prefix) const {
    using Kind = PathSelection::Kind;
    const wire::Family family = prefix.family();
    std::multiset<wire::PathAttributes> all;
    if (!peer.session.local_next_hop[family] || !peer.session.codec.families.contains(family)) return all;
    const FamilySettings& own = peer.settings.families[family];
    if (prefix.length() == 0 && own.default_originate) {
      if (const auto made = default_route(family, own.default_route_map))
        all.insert(*exported(peer, prefix, {*made, 0, nullptr, 0, "", false}, false));
      return all;
    }
    if (suppressed(prefix)) return all;
    const bool add_path = peer.session.codec.add_path_send.contains(family);
    const PathSelection selection = add_path ? peer.settings.families[family].paths : PathSelection{};
    std::size_t most = std::numeric_limits<std::size_t>::max();
    if (selection.kind == Kind::Best) most = 1;
    if (selection.kind == Kind::BestSelected) most = selection.count;
    std::set<std::pair<bool, wire::AsNumber>> met;
    for (const Path& path : ranked(prefix)) {
      if (most-- == 0) break;
      const bool first = met.emplace(path.peer == nullptr, path.attributes.as_path.first()).second;
      if (selection.kind == Kind::BestPerAs && !first) continue;
      if (const auto attributes = exported(peer, prefix, path)) all.insert(*attributes);
    }
    return all;
  }

  [[nodiscard]] std::optional<wire::PathAttributes> exported(const NaivePeer& peer,
                                                             const wire::Prefix& prefix, const Path& sent,
                                                             bool with_policy = true) const {
    const Path* path = &sent;
    const wire::Family family = prefix.family();
    if (path->peer == &peer) return {};
    const bool local = path->peer == nullptr;
    const bool to_ibgp = peer.session.ibgp;
    const auto is_client = [&](const NaivePeer& one) {
      return one.settings.families[family].route_reflector_client;
    };
    const bool reflected = !local && path->peer->session.ibgp && to_ibgp;
    if (reflected && sent.attributes.originator_id == peer.session.peer_id) return {};
    if (reflected && !is_client(*path->peer) && !is_client(peer)) return {};
    if (reflected && is_client(*path->peer) && is_client(peer) && !settings.client_to_client_reflection)
      return {};
    const PolicyMeaning& policy = policies[peer.policy_out];
    const bool named = !policy.prefix_list.empty() || !policy.route_map.empty();
    if (!local && !to_ibgp && peer.settings.ebgp_requires_policy && !named) return {};
    wire::PathAttributes a = path->attributes;
    if (!local && a.communities.contains(wire::kNoAdvertise)) return {};
    if (!local && !to_ibgp && a.communities.contains(wire::kNoExport)) return {};
    const bool self = !local && (!to_ibgp || (!reflected && peer.settings.families[family].next_hop_self));
    if (self) a.next_hop = {};
    const wire::PathAttributes before = a;
    bool med_set = false;
    bool next_hop_set = false;
    std::uint32_t weight = 0;
    if (with_policy && !policy.apply(prefix, local, a, weight, med_set, next_hop_set)) return {};
    if (reflected) a = before;
    if (a.next_hop.address == wire::IpAddress{}) a.next_hop = *peer.session.local_next_hop[family];
    if (to_ibgp) {
      if (!a.local_pref) a.local_pref = settings.default_local_pref;
    } else {
      a.local_pref.reset();
      a.originator_id.reset();
      a.cluster_list.clear();
      if (!local && !med_set) a.med.reset();
      a.as_path.prepend(peer.settings.local_as);
    }
    if (reflected) {
      if (!a.originator_id) a.originator_id = path->peer->session.peer_id;
      a.cluster_list.insert(a.cluster_list.begin(), settings.cluster());
    }
    if (!peer.settings.families[family].send_community) {
      a.communities.clear();
      a.partial.erase(8);
    }
    return a;
  }

 private:
  void judge(const NaivePeer& peer, const wire::Prefix& prefix, NaivePeer::Entry& entry) {
    const bool was_accepted = entry.accepted.has_value();
    decide(peer, prefix, entry);
    if (!was_accepted) entry.born = ++births_;
  }

  void decide(const NaivePeer& peer, const wire::Prefix& prefix, NaivePeer::Entry& entry) const {
    entry.accepted.reset();
    entry.weight = peer.settings.families[prefix.family()].weight;
    const PolicyMeaning& policy = policies[peer.policy_in];
    const bool named = !policy.prefix_list.empty() || !policy.route_map.empty();
    if (entry.raw.as_path.contains(settings.local_as)) return;
    if (peer.session.ibgp) {
      if (entry.raw.originator_id == settings.router_id) return;
      for (const wire::RouterId id : entry.raw.cluster_list)
        if (id == settings.cluster()) return;
    }
    if (!peer.session.ibgp && entry.raw.as_path.first() != peer.session.peer_as) return;
    if (!peer.session.ibgp && peer.settings.ebgp_requires_policy && !named) return;
    wire::PathAttributes a = entry.raw;
    if (!peer.session.ibgp) a.local_pref.reset();
    bool ignored = false;
    if (policy.apply(prefix, false, a, entry.weight, ignored, ignored)) entry.accepted = a;
  }

  // RFC 4271 §9.1.2.2 pair by pair, with MED compared always: then this is a total order.
  [[nodiscard]] bool better(Family family, const Path& a, const Path& b) const {
    const auto rank = [&](const Path& p) {
      const bool external = p.peer != nullptr && !p.peer->session.ibgp;
      const bool metric =
          p.peer != nullptr && p.peer->session.ibgp && settings.maximum_paths[family].equal_cluster_length;
      return std::tuple(
          ~p.weight, ~p.attributes.local_pref.value_or(settings.default_local_pref), p.peer != nullptr,
          settings.ignore_as_path ? 0 : p.attributes.as_path.length(), p.attributes.origin,
          p.attributes.med.value_or(settings.med_missing_as_worst ? 0xffffffff : 0), !external,
          metric ? p.attributes.cluster_list.size() : 0,
          p.attributes.originator_id.value_or(p.peer != nullptr ? p.peer->session.peer_id : wire::RouterId{}),
          p.attributes.cluster_list.size(), p.peer != nullptr ? p.peer->settings.address : wire::IpAddress{},
          p.path_id);
    };
    return rank(a) < rank(b);
  }

  int births_ = 0;
};

}  // namespace lbgp::rib::test
