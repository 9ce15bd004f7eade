// SPDX-License-Identifier: Apache-2.0
// The RIB as one would write it without any thought of speed: maps of whole values, everything computed anew
// whenever it is asked for. What the real one has to agree with.
#pragma once

#include <functional>
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
  };
  std::map<wire::Prefix, Entry> in;
};

class NaiveRib {
 public:
  struct Path {
    wire::PathAttributes attributes;
    std::uint32_t weight = 32768;
    const NaivePeer* peer = nullptr;  // none: local
    std::string owner;
  };

  GlobalSettings settings = global();
  std::vector<PolicyMeaning> policies;
  std::vector<NaivePeer> peers;
  std::map<wire::Prefix, std::map<std::string, LocalRoute>> locals;

  void receive(NaivePeer& peer, const wire::Prefix& prefix, const wire::PathAttributes& raw) {
    NaivePeer::Entry entry{raw, raw, 0, peer.session_number};
    judge(peer, prefix, entry);
    peer.in[prefix] = entry;
  }
  void judge_again(NaivePeer& peer) {
    for (auto& [prefix, entry] : peer.in)
      if (entry.session_number == peer.session_number) judge(peer, prefix, entry);
  }
  static void drop_stale(NaivePeer& peer, wire::Family family) {
    std::erase_if(peer.in, [&](const auto& item) {
      return item.first.family() == family && item.second.session_number != peer.session_number;
    });
  }

  [[nodiscard]] std::set<wire::Prefix> prefixes() const {
    std::set<wire::Prefix> all;
    for (const auto& [prefix, owners] : locals) all.insert(prefix);
    for (const NaivePeer& peer : peers)
      for (const auto& [prefix, entry] : peer.in) all.insert(prefix);
    return all;
  }

  [[nodiscard]] std::optional<Path> best(const wire::Prefix& prefix) const {
    std::optional<Path> winner;
    const auto consider = [&](const Path& path) {
      if (!winner || better(path, *winner)) winner = path;
    };
    if (const auto owners = locals.find(prefix); owners != locals.end())
      consider({owners->second.begin()->second.attributes, 32768, nullptr, owners->second.begin()->first});
    for (const NaivePeer& peer : peers) {
      const auto entry = peer.in.find(prefix);
      if (entry != peer.in.end() && entry->second.accepted)
        consider({*entry->second.accepted, entry->second.weight, &peer, ""});
    }
    return winner;
  }

  // What `peer` is to hold for a prefix once all is sent.
  [[nodiscard]] std::optional<wire::PathAttributes> wanted(const NaivePeer& peer,
                                                           const wire::Prefix& prefix) const {
    const auto path = best(prefix);
    const wire::Family family = prefix.family();
    const bool blocked = !peer.session.local_next_hop[family];
    if (!path || path->peer == &peer || blocked || !peer.session.codec.families.contains(family)) return {};
    const bool local = path->peer == nullptr;
    const bool to_ibgp = peer.session.ibgp;
    if (!local && path->peer->session.ibgp && to_ibgp) return {};
    const PolicyMeaning& policy = policies[peer.policy_out];
    const bool named = !policy.prefix_list.empty() || !policy.route_map.empty();
    if (!local && !to_ibgp && peer.settings.ebgp_requires_policy && !named) return {};
    wire::PathAttributes a = path->attributes;
    if (!local && a.communities.contains(wire::kNoAdvertise)) return {};
    if (!local && !to_ibgp && a.communities.contains(wire::kNoExport)) return {};
    const bool self = !local && (!to_ibgp || peer.settings.families[family].next_hop_self);
    if (self) a.next_hop = {};
    bool med_set = false;
    bool next_hop_set = false;
    std::uint32_t weight = 0;
    if (!policy.apply(prefix, local, a, weight, med_set, next_hop_set)) return {};
    if (a.next_hop.address == wire::IpAddress{}) a.next_hop = *peer.session.local_next_hop[family];
    if (to_ibgp) {
      if (!a.local_pref) a.local_pref = settings.default_local_pref;
    } else {
      a.local_pref.reset();
      if (!local && !med_set) a.med.reset();
      a.as_path.prepend(peer.settings.local_as);
    }
    if (!peer.settings.families[family].send_community) a.communities.clear();
    return a;
  }

 private:
  void judge(const NaivePeer& peer, const wire::Prefix& prefix, NaivePeer::Entry& entry) const {
    entry.accepted.reset();
    entry.weight = peer.settings.families[prefix.family()].weight;
    const PolicyMeaning& policy = policies[peer.policy_in];
    const bool named = !policy.prefix_list.empty() || !policy.route_map.empty();
    if (entry.raw.as_path.contains(settings.local_as)) return;
    if (!peer.session.ibgp && entry.raw.as_path.first() != peer.session.peer_as) return;
    if (!peer.session.ibgp && peer.settings.ebgp_requires_policy && !named) return;
    wire::PathAttributes a = entry.raw;
    if (!peer.session.ibgp) a.local_pref.reset();
    bool ignored = false;
    if (policy.apply(prefix, false, a, entry.weight, ignored, ignored)) entry.accepted = a;
  }

  // RFC 4271 §9.1.2.2 pair by pair, with MED compared always: then this is a total order.
  [[nodiscard]] bool better(const Path& a, const Path& b) const {
    const auto rank = [&](const Path& p) {
      const bool external = p.peer != nullptr && !p.peer->session.ibgp;
      return std::tuple(~p.weight, ~p.attributes.local_pref.value_or(settings.default_local_pref),
                        p.peer != nullptr, p.attributes.as_path.length(), p.attributes.origin,
                        p.attributes.med.value_or(0), !external,
                        p.peer != nullptr ? p.peer->session.peer_id : wire::RouterId{},
                        p.peer != nullptr ? p.peer->settings.address : wire::IpAddress{});
    };
    return rank(a) < rank(b);
  }
};

}  // namespace lbgp::rib::test
