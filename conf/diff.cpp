// SPDX-License-Identifier: Apache-2.0
// Tables of options: what each is called, what it compares, what its change costs.
#include "conf/diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace lbgp::conf {
namespace {

using fsm::DownReason;
using Differs = bool (*)(const Neighbor&, const Neighbor&);

struct NeighborOption {
  std::string_view name;
  Impact impact;
  DownReason reason;
  Differs differs;
};

template <auto... Members>
bool session(const Neighbor& a, const Neighbor& b) {
  return ((a.session.*Members != b.session.*Members) || ...);
}
template <auto Member>
bool transport(const Neighbor& a, const Neighbor& b) {
  return a.transport.*Member != b.transport.*Member;
}
template <auto Member>
bool routes(const Neighbor& a, const Neighbor& b) {
  return a.routes.*Member != b.routes.*Member;
}
template <auto Member>
bool rules(const Neighbor& a, const Neighbor& b) {
  return a.rules.*Member != b.rules.*Member;
}
template <auto Member>
bool restart(const Neighbor& a, const Neighbor& b) {
  return a.session.graceful_restart.*Member != b.session.graceful_restart.*Member;
}

// What comes and goes with a family is its activation's matter.
template <auto Member>
bool of_active_families(const Neighbor& a, const Neighbor& b) {
  const wire::FamilySet both = a.session.families & b.session.families;
  return (a.session.*Member & both) != (b.session.*Member & both);
}

using S = fsm::SessionSettings;
using T = fsm::TransportSettings;
using G = fsm::GracefulRestartSettings;
using R = rib::PeerSettings;
using U = wire::UpdateRules;

// What FRR resets for, resets here; what it makes wait for the next session, waits.
constexpr NeighborOption kNeighborOptions[] = {
    {"local AS", Impact::Reset, DownReason::LocalAsChange, session<&S::local_as>},
    {"remote-as", Impact::Reset, DownReason::RemoteAsChange, session<&S::remote_as>},
    {"bgp router-id", Impact::Reset, DownReason::RouterIdChange, session<&S::router_id>},
    {"shutdown", Impact::Reset, DownReason::UserShutdown, session<&S::shutdown>},
    {"password", Impact::Reset, DownReason::PasswordChange, transport<&T::password>},
    {"port", Impact::NextSession, DownReason::None, transport<&T::peer_port>},
    {"update-source", Impact::Reset, DownReason::UpdateSourceChange, transport<&T::update_source>},
    {"ebgp-multihop", Impact::Reset, DownReason::MultihopChange, transport<&T::ebgp_multihop>},
    {"ttl-security", Impact::Reset, DownReason::MultihopChange, transport<&T::ttl_security_hops>},
    {"interface v6only", Impact::Reset, DownReason::UpdateSourceChange, transport<&T::v6_only>},
    // What else the socket is told can wait: no session has to end for it.
    {"disable-connected-check", Impact::NextSession, DownReason::None,
     transport<&T::disable_connected_check>},
    {"bgp session-dscp", Impact::NextSession, DownReason::None, transport<&T::dscp>},
    {"tcp-mss", Impact::NextSession, DownReason::None, transport<&T::mss>},
    {"bgp tcp-keepalive", Impact::NextSession, DownReason::None, transport<&T::keepalive>},
    {"bgp listen range", Impact::None, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) { return a.listen_range != b.listen_range; }},
    {"activate", Impact::Reset, DownReason::AddressFamilyActivate, session<&S::families>},
    {"capability extended-nexthop", Impact::Reset, DownReason::CapabilityChange,
     session<&S::extended_next_hop>},
    {"local-role", Impact::Reset, DownReason::CapabilityChange,
     session<&S::local_role, &S::role_strict_mode>},
    {"addpath receive", Impact::Reset, DownReason::CapabilityChange,
     of_active_families<&S::add_path_receive>},
    {"addpath send", Impact::Reset, DownReason::CapabilityChange, of_active_families<&S::add_path_send>},
    {"description", Impact::None, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) { return a.description != b.description; }},
    {"peer-group", Impact::None, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) { return a.peer_group != b.peer_group; }},
    {"shutdown message", Impact::None, DownReason::None, session<&S::shutdown_message>},
    {"passive", Impact::NextSession, DownReason::None, session<&S::passive>},
    {"timers", Impact::NextSession, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return a.session.hold_time != b.session.hold_time || a.session.keepalive != b.session.keepalive;
     }},
    {"timers connect", Impact::NextSession, DownReason::None, session<&S::connect_retry>},
    {"timers delayopen", Impact::NextSession, DownReason::None, session<&S::delay_open>},
    {"bgp minimum-holdtime", Impact::NextSession, DownReason::None, session<&S::minimum_hold_time>},
    {"hostname", Impact::NextSession, DownReason::None, session<&S::hostname>},
    {"domainname", Impact::NextSession, DownReason::None, session<&S::domainname>},
    {"software version", Impact::NextSession, DownReason::None, session<&S::software_version>},
    {"route refresh", Impact::NextSession, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return a.session.route_refresh != b.session.route_refresh ||
              a.session.enhanced_route_refresh != b.session.enhanced_route_refresh;
     }},
    {"capability fqdn", Impact::NextSession, DownReason::None, session<&S::fqdn>},
    {"capability software-version", Impact::NextSession, DownReason::None,
     session<&S::offer_software_version>},
    {"extended-optional-parameters", Impact::NextSession, DownReason::None, session<&S::extended_parameters>},
    {"dont-capability-negotiate", Impact::NextSession, DownReason::None,
     session<&S::dont_capability_negotiate>},
    {"override-capability", Impact::NextSession, DownReason::None, session<&S::override_capability>},
    {"strict-capability-match", Impact::NextSession, DownReason::None, session<&S::strict_capability_match>},
    {"extended messages", Impact::NextSession, DownReason::None, session<&S::extended_messages>},
    {"graceful-restart", Impact::NextSession, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return restart<&G::enabled>(a, b) || restart<&G::helper_only>(a, b);
     }},
    {"bgp graceful-restart restart-time", Impact::NextSession, DownReason::None, restart<&G::restart_time>},
    {"bgp graceful-restart stalepath-time", Impact::NextSession, DownReason::None,
     restart<&G::stalepath_time>},
    {"bgp graceful-restart preserve-fw-state", Impact::NextSession, DownReason::None,
     restart<&G::preserve_forwarding>},
    {"bgp graceful-restart notification", Impact::NextSession, DownReason::None, restart<&G::notification>},
    {"bgp long-lived-graceful-restart stale-time", Impact::NextSession, DownReason::None,
     restart<&G::long_lived_stale_time>},
    {"bgp hard-administrative-reset", Impact::None, DownReason::None, restart<&G::hard_administrative_reset>},
    {"bfd", Impact::None, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) { return a.bfd != b.bfd; }},
    {"bgp ebgp-requires-policy", Impact::SoftIn, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return a.routes.ebgp_requires_policy != b.routes.ebgp_requires_policy;
     }},
    {"bgp ebgp-requires-policy", Impact::SoftOut, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return a.routes.ebgp_requires_policy != b.routes.ebgp_requires_policy;
     }},
    {"local-as no-prepend", Impact::SoftIn, DownReason::None, routes<&R::local_as_no_prepend>},
    {"local-as replace-as", Impact::SoftOut, DownReason::None, routes<&R::local_as_replace_as>},
    {"sender-as-path-loop-detection", Impact::SoftOut, DownReason::None, routes<&R::avoid_peer_as>},
    {"advertisement-interval", Impact::None, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) {
       return a.advertisement_interval != b.advertisement_interval;
     }},
    {"enforce-first-as", Impact::SoftIn, DownReason::None, routes<&R::enforce_first_as>},
    {"aigp", Impact::SoftIn, DownReason::None, rules<&U::aigp>},
    {"aigp", Impact::SoftOut, DownReason::None, routes<&R::aigp>},
    {"graceful-shutdown", Impact::SoftIn, DownReason::None, routes<&R::graceful_shutdown>},
    {"graceful-shutdown", Impact::SoftOut, DownReason::None, routes<&R::graceful_shutdown>},
    {"bgp reject-as-sets", Impact::SoftIn, DownReason::None, rules<&U::allow_as_set>},
    {"path-attribute discard", Impact::SoftIn, DownReason::None, rules<&U::discard>},
    {"path-attribute treat-as-withdraw", Impact::SoftIn, DownReason::None, rules<&U::treat_as_withdraw>},
    {"next-hop", Impact::SoftOut, DownReason::None,
     [](const Neighbor& a, const Neighbor& b) { return a.routes.next_hop != b.routes.next_hop; }},
};

using F = rib::FamilySettings;
using FamilyDiffers = bool (*)(const F&, const F&);

template <auto... Members>
bool family(const F& a, const F& b) {
  return ((a.*Members != b.*Members) || ...);
}

struct FamilyOption {
  std::string_view name;
  Impact impact;
  FamilyDiffers differs;
};

constexpr FamilyOption kFamilyOptions[] = {
    {"distribute-list in", Impact::SoftIn, family<&F::distribute_list_in>},
    {"distribute-list out", Impact::SoftOut, family<&F::distribute_list_out>},
    {"filter-list in", Impact::SoftIn, family<&F::filter_list_in>},
    {"filter-list out", Impact::SoftOut, family<&F::filter_list_out>},
    {"prefix-list in", Impact::SoftIn, family<&F::prefix_list_in>},
    {"prefix-list out", Impact::SoftOut, family<&F::prefix_list_out>},
    {"route-map in", Impact::SoftIn, family<&F::route_map_in>},
    {"route-map out", Impact::SoftOut, family<&F::route_map_out>},
    {"unsuppress-map", Impact::SoftOut, family<&F::unsuppress_map>},
    {"attribute-unchanged", Impact::SoftOut, family<&F::unchanged>},
    // What came in before it is not stored as it came: the peer has to send it again.
    {"soft-reconfiguration inbound", Impact::SoftIn, family<&F::soft_reconfiguration_inbound>},
    {"next-hop-self", Impact::SoftOut, family<&F::next_hop_self, &F::next_hop_self_force>},
    {"send-community", Impact::SoftOut,
     family<&F::send_community, &F::send_large_community, &F::send_extended_community>},
    // A new limit is held against what stands in the table at once; only `force` wants routes again.
    {"maximum-prefix", Impact::None,
     family<&F::maximum_prefix, &F::maximum_prefix_threshold, &F::maximum_prefix_warning_only,
            &F::maximum_prefix_restart>},
    {"maximum-prefix force", Impact::SoftIn, family<&F::maximum_prefix_force>},
    {"allowas-in", Impact::SoftIn, family<&F::allowas_in, &F::allowas_in_origin>},
    {"weight", Impact::SoftIn, family<&F::weight>},
    // From one path to several and back is a capability, and costs the session.
    {"addpath-tx", Impact::SoftOut,
     [](const F& a, const F& b) {
       return a.paths != b.paths && a.paths != rib::PathSelection{} && b.paths != rib::PathSelection{};
     }},
    {"default-originate", Impact::SoftOut, family<&F::default_originate, &F::default_route_map>},
    {"route-reflector-client", Impact::SoftOut, family<&F::route_reflector_client>},
    {"route-server-client", Impact::SoftOut, family<&F::route_server_client>},
    {"as-override", Impact::SoftOut, family<&F::as_override>},
    {"remove-private-AS", Impact::SoftOut, family<&F::remove_private_as>},
    {"maximum-prefix-out", Impact::SoftOut, family<&F::maximum_prefix_out>},
    {"soo", Impact::SoftIn, family<&F::site_of_origin>},
    {"soo", Impact::SoftOut, family<&F::site_of_origin>},
};

using Global = rib::GlobalSettings;
struct GlobalOption {
  std::string_view name;
  bool (*differs)(const Compiled&, const Compiled&);
};
template <auto Member>
bool global(const Compiled& a, const Compiled& b) {
  return a.global.*Member != b.global.*Member;
}

constexpr GlobalOption kGlobalOptions[] = {
    {"hostname", [](const Compiled& a, const Compiled& b) { return a.hostname != b.hostname; }},
    {"bgp router-id", [](const Compiled& a, const Compiled& b) { return a.router_id != b.router_id; }},
    {"bgp log-neighbor-changes",
     [](const Compiled& a, const Compiled& b) { return a.log_neighbor_changes != b.log_neighbor_changes; }},
    {"bgp fast-external-failover",
     [](const Compiled& a, const Compiled& b) {
       return a.fast_external_failover != b.fast_external_failover;
     }},
    {"peer-group", [](const Compiled& a, const Compiled& b) { return a.peer_groups != b.peer_groups; }},
    {"bgp default local-preference", global<&Global::default_local_pref>},
    {"maximum-paths", global<&Global::maximum_paths>},
    {"bgp bestpath as-path ignore", global<&Global::ignore_as_path>},
    {"bgp bestpath as-path confed", global<&Global::count_confederations>},
    {"bgp bestpath as-path multipath-relax", global<&Global::multipath_relax>},
    {"bgp bestpath peer-type multipath-relax", global<&Global::peer_type_relax>},
    {"bgp bestpath compare-routerid", global<&Global::compare_router_id>},
    {"bgp always-compare-med", global<&Global::always_compare_med>},
    {"bgp deterministic-med", global<&Global::deterministic_med>},
    {"bgp bestpath med missing-as-worst", global<&Global::med_missing_as_worst>},
    {"bgp bestpath aigp", global<&Global::compare_aigp>},
    {"bgp cluster-id", global<&Global::cluster_id>},
    {"bgp client-to-client reflection", global<&Global::client_to_client_reflection>},
    {"bgp route-reflector allow-outbound-policy", global<&Global::reflect_with_policy>},
    {"network", global<&Global::networks>},
    {"aggregate-address", global<&Global::aggregates>},
    {"bgp listen range",
     [](const Compiled& a, const Compiled& b) { return a.listen_ranges != b.listen_ranges; }},
    {"bgp listen limit",
     [](const Compiled& a, const Compiled& b) { return a.listen_limit != b.listen_limit; }},
    {"bfd", [](const Compiled& a,
               const Compiled& b) { return a.bfd_peers != b.bfd_peers || a.bfd_profiles != b.bfd_profiles; }},
};

std::string_view keyword(wire::Family of) {
  return of == wire::Family::Ipv4Unicast ? "ipv4" : "ipv6";
}

// Names whose value is new, gone or different.
template <typename Value>
std::set<std::string> changed_names(const std::map<std::string, Value>& before,
                                    const std::map<std::string, Value>& after) {
  std::set<std::string> names;
  for (const auto& [name, value] : before)
    if (const auto other = after.find(name); other == after.end() || other->second != value)
      names.insert(name);
  for (const auto& [name, value] : after)
    if (!before.contains(name)) names.insert(name);
  return names;
}

// Which named policies differ, a route map also when something that it names does.
class ChangedPolicies {
 public:
  ChangedPolicies(const rib::Policies& before, const rib::Policies& after) {
    using Kind = rib::ListKind;
    for (wire::Family of : wire::kFamilies) {
      add(rib::prefix_list_kind(of), before.prefix_lists[of], after.prefix_lists[of]);
      add(rib::access_list_kind(of), before.access_lists[of], after.access_lists[of]);
    }
    add(Kind::AsPaths, before.as_path_lists, after.as_path_lists);
    add(Kind::Communities, before.community_lists, after.community_lists);
    add(Kind::LargeCommunities, before.large_community_lists, after.large_community_lists);
    add(Kind::ExtCommunities, before.ext_community_lists, after.ext_community_lists);
    add(Kind::RouteMaps, before.route_maps, after.route_maps);
    deep_ = themselves_;
    // Maps call maps: again until no further one is found.
    const bool aliases_changed = before.aliases != after.aliases;
    std::size_t known = 0;
    do {
      known = deep_.size();
      for (const auto& [name, map] : after.route_maps)
        if (asks_changed(map, aliases_changed)) deep_.insert({Kind::RouteMaps, name});
    } while (known != deep_.size());
  }

  [[nodiscard]] bool contains(rib::ListKind kind, const std::string& name) const {
    return deep_.contains({kind, name});
  }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const rib::ListName& list : themselves_)
      names.push_back(fmt::format("{} {}", rib::to_string(list.kind), list.name));
    return names;
  }

 private:
  template <typename Lists>
  void add(rib::ListKind kind, const Lists& before, const Lists& after) {
    for (const std::string& name : changed_names(before, after)) themselves_.insert({kind, name});
  }
  [[nodiscard]] bool asks_changed(const rib::RouteMap& map, bool aliases_changed) const {
    return std::any_of(map.begin(), map.end(), [&](const auto& item) {
      const std::vector<rib::Match>& matches = item.second.matches;
      const bool asks_alias = std::any_of(matches.begin(), matches.end(), [](const rib::Match& match) {
        return std::holds_alternative<rib::MatchAlias>(match);
      });
      const auto lists = rib::lists_of(item.second);
      return (aliases_changed && asks_alias) ||
             std::any_of(lists.begin(), lists.end(),
                         [&](const rib::ListName& list) { return deep_.contains(list); });
    });
  }

  std::set<rib::ListName> themselves_;
  std::set<rib::ListName> deep_;
};

// A list or map that a neighbor names, by the word for it.
struct FamilyPolicy {
  std::string_view word;
  Impact impact;
  std::string F::*name;
  rib::ListKind (*kind)(wire::Family);
};
constexpr auto kAsPaths = [](wire::Family /*of*/) { return rib::ListKind::AsPaths; };
constexpr auto kRouteMaps = [](wire::Family /*of*/) { return rib::ListKind::RouteMaps; };
constexpr FamilyPolicy kFamilyPolicies[] = {
    {"distribute-list", Impact::SoftIn, &F::distribute_list_in, rib::access_list_kind},
    {"distribute-list", Impact::SoftOut, &F::distribute_list_out, rib::access_list_kind},
    {"prefix-list", Impact::SoftIn, &F::prefix_list_in, rib::prefix_list_kind},
    {"prefix-list", Impact::SoftOut, &F::prefix_list_out, rib::prefix_list_kind},
    {"filter-list", Impact::SoftIn, &F::filter_list_in, kAsPaths},
    {"filter-list", Impact::SoftOut, &F::filter_list_out, kAsPaths},
    {"route-map", Impact::SoftIn, &F::route_map_in, kRouteMaps},
    {"route-map", Impact::SoftOut, &F::route_map_out, kRouteMaps},
    {"unsuppress-map", Impact::SoftOut, &F::unsuppress_map, kRouteMaps},
    {"route-map", Impact::SoftOut, &F::default_route_map, kRouteMaps},
};

void compare_family(wire::Family of, const F& before, const F& after, const ChangedPolicies& policies,
                    std::vector<Change>& changes) {
  const auto add = [&](std::string_view option, Impact impact) {
    changes.push_back(
        {fmt::format("address-family {} unicast {}", keyword(of), option), impact, DownReason::None});
  };
  for (const FamilyOption& option : kFamilyOptions)
    if (option.differs(before, after)) add(option.name, option.impact);
  // The same name, but what stands behind it is not the same.
  for (const FamilyPolicy& policy : kFamilyPolicies) {
    const std::string& name = after.*policy.name;
    if (!name.empty() && before.*policy.name == name && policies.contains(policy.kind(of), name))
      add(fmt::format("{} {}", policy.word, name), policy.impact);
  }
}

NeighborDiff compare(const Neighbor& before, const Neighbor& after, const ChangedPolicies& policies) {
  NeighborDiff result{after.name, {}};
  for (const NeighborOption& option : kNeighborOptions)
    if (option.differs(before, after))
      result.changes.push_back({std::string(option.name), option.impact, option.reason});
  for (wire::Family of : wire::kFamilies) {
    const F& old_family = before.routes.families[of];
    const F& new_family = after.routes.families[of];
    if (old_family.activated || new_family.activated)
      compare_family(of, old_family, new_family, policies, result.changes);
  }
  return result;
}

using ByName = std::unordered_map<std::string_view, const Neighbor*>;
ByName by_name(const std::vector<Neighbor>& neighbors) {
  ByName names;
  for (const Neighbor& neighbor : neighbors) names.emplace(neighbor.name, &neighbor);
  return names;
}

std::vector<std::string> changed_pools(const std::vector<rib::VipPool>& before,
                                       const std::vector<rib::VipPool>& after) {
  std::map<std::string, rib::VipPool> old_pools, new_pools;
  for (const rib::VipPool& pool : before) old_pools.emplace(pool.name, pool);
  for (const rib::VipPool& pool : after) new_pools.emplace(pool.name, pool);
  std::vector<std::string> names;
  for (const std::string& name : changed_names(old_pools, new_pools)) names.push_back("vip-pool " + name);
  return names;
}

}  // namespace

std::string_view to_string(Impact impact) {
  switch (impact) {
    case Impact::None:
      return "none";
    case Impact::NextSession:
      return "next session";
    case Impact::SoftOut:
      return "soft out";
    case Impact::SoftIn:
      return "soft in";
    case Impact::Reset:
      return "reset";
  }
  return "none";
}

bool NeighborDiff::needs(Impact impact) const {
  return std::any_of(changes.begin(), changes.end(), [&](const Change& c) { return c.impact == impact; });
}
Impact NeighborDiff::worst() const {
  Impact worst = Impact::None;
  for (const Change& change : changes) worst = std::max(worst, change.impact);
  return worst;
}
fsm::DownReason NeighborDiff::reset_reason() const {
  for (const Change& change : changes)
    if (change.impact == Impact::Reset) return change.reason;
  return DownReason::None;
}
std::string NeighborDiff::options(Impact impact) const {
  std::string text;
  for (const Change& change : changes)
    if (change.impact == impact) text += (text.empty() ? "" : ", ") + change.option;
  return text;
}

bool Diff::empty() const {
  return *this == Diff{};
}

NeighborDiff diff(const Neighbor& before, const Neighbor& after) {
  return compare(before, after, ChangedPolicies({}, {}));
}

Diff diff(const Compiled& before, const Compiled& after) {
  Diff result;
  result.router_replaced =
      before.has_router != after.has_router || before.global.local_as != after.global.local_as;
  const ChangedPolicies policies(before.policies, after.policies);
  const ByName old_names = by_name(before.neighbors);
  const ByName new_names = by_name(after.neighbors);
  for (const Neighbor& neighbor : before.neighbors)
    if (!new_names.contains(neighbor.name)) result.removed.push_back(neighbor.name);
  for (const Neighbor& neighbor : after.neighbors) {
    const auto known = old_names.find(neighbor.name);
    if (known == old_names.end()) {
      result.added.push_back(neighbor.name);
      continue;
    }
    NeighborDiff changes = compare(*known->second, neighbor, policies);
    if (!changes.changes.empty()) result.changed.push_back(std::move(changes));
  }
  for (const GlobalOption& option : kGlobalOptions)
    if (option.differs(before, after)) result.global.emplace_back(option.name);
  result.policies = policies.names();
  result.pools = changed_pools(before.pools, after.pools);
  return result;
}

}  // namespace lbgp::conf
