// SPDX-License-Identifier: Apache-2.0
// The export rules, one small step each.
#include "rib/export_rules.hpp"

#include <algorithm>

#include "wire/attribute.hpp"

namespace lbgp::rib {

namespace {

constexpr std::uint8_t kTransitive = 0x40;

// RFC 7947 §2.2: a route server stands between its clients as if it were not there.
bool is_transparent(const ExportKey& key, SourceKind source) {
  return key.route_server_client && source == SourceKind::RsClient;
}

// RFC 1997: what a neighbor asked for binds us. On our own routes the same communities are meant for the
// neighbor that receives them ("do not pass this VIP on"), so they leave with the route.
// RFC 7947 §2.2.4: between clients of a route server they are not its business.
ExportStop community_forbids(const ExportKey& key, SourceKind source, const wire::Communities& communities) {
  if (source == SourceKind::Local || is_transparent(key, source)) return ExportStop::None;
  if (communities.contains(wire::kNoAdvertise)) return ExportStop::NoAdvertise;
  if (key.ibgp) return ExportStop::None;
  if (communities.contains(wire::kNoExport)) return ExportStop::NoExport;
  return communities.contains(wire::kNoExportSubconfed) ? ExportStop::NoExportSubconfed : ExportStop::None;
}

bool is_internal(SourceKind source) {
  return source == SourceKind::Ibgp || source == SourceKind::Client;
}

// RFC 4271 §9.1.2 spares the peer what it would throw away; RFC 4364 §7: a route stays away from the site
// that it came from.
ExportStop find_peers_own(const ExportKey& key, const wire::PathAttributes& a) {
  if (key.avoid_peer_as && a.as_path.contains(*key.peer_as)) return ExportStop::PeerAs;
  const bool site = key.site_of_origin && a.ext_communities.contains(*key.site_of_origin);
  return site ? ExportStop::SiteOfOrigin : ExportStop::None;
}

// RFC 4271 §5.1.3. Towards external peers always our own address; towards internal ones the external next hop
// stays unless we are told to step in, or it makes sense on the peer's link only. RFC 4456 §10: a reflected
// path keeps its own, but for those who insist.
// What a policy has chosen stays.
NextHopChoice choose_next_hop(const ExportKey& key, SourceKind source, const PolicyEffects& effects,
                              wire::NextHop& next_hop) {
  if (!effects.link_local_set) next_hop.link_local.reset();
  if (effects.next_hop_set) return NextHopChoice::RouteMap;
  if (source == SourceKind::Local)
    return next_hop.address == wire::IpAddress{} ? NextHopChoice::Own : NextHopChoice::Owner;
  NextHopChoice choice = NextHopChoice::Unchanged;
  if (!key.ibgp && !key.unchanged.next_hop && !is_transparent(key, source))
    choice = NextHopChoice::External;
  else if (is_internal(source) ? key.next_hop_self_force : key.next_hop_self)
    choice = NextHopChoice::Self;
  else if (next_hop.address.is_link_local())
    choice = NextHopChoice::LinkLocal;
  if (choice != NextHopChoice::Unchanged) next_hop.address = {};
  return choice;
}

bool next_hop_fits(const ExportKey& key, const wire::IpAddress& address) {
  if (address == wire::IpAddress{}) return true;
  if (key.family == wire::Family::Ipv6Unicast) return address.is_v6();
  return address.is_v4() || key.extended_next_hop;  // RFC 8950 §4
}

// RFC 4271 §5: an unknown attribute travels on if it is transitive, with Partial set once it passed somebody
// who does not know it.
void pass_unknown(std::vector<wire::UnknownAttribute>& unknown) {
  std::erase_if(unknown, [](const wire::UnknownAttribute& each) { return (each.flags & kTransitive) == 0; });
  for (wire::UnknownAttribute& each : unknown) each.flags |= wire::attribute_flag::kPartial;
}

void filter_communities(const ExportKey& key, wire::PathAttributes& a) {
  const auto drop = [&](auto& set, std::uint8_t code) {
    set.clear();
    a.partial.erase(code);
  };
  namespace code = wire::attribute_code;
  if (!key.send_community) drop(a.communities, code::kCommunities);
  if (!key.send_large_community) drop(a.large_communities, code::kLargeCommunities);
  if (!key.send_extended_community) {
    drop(a.ext_communities, code::kExtendedCommunities);
    drop(a.ipv6_ext_communities, code::kIpv6ExtendedCommunities);
  }
}

// RFC 4456 §10: reflected paths are not to be changed, lest routers of one AS disagree; a policy only says
// whether they pass, unless the operator takes that upon himself.
bool apply_policy(const ExportKey& key, const Policy& policy, bool reflected, const PolicyContext& route,
                  RouteAttributes& attributes, PolicyEffects& effects) {
  if (!reflected || key.reflect_with_policy) return policy.apply(route, attributes, effects);
  RouteAttributes unchanged = attributes;
  PolicyEffects ignored;
  return policy.apply(route, unchanged, ignored);
}

// RFC 4456 §8.
void reflect(const ExportKey& key, const PathSource& source, wire::PathAttributes& a) {
  a.originator_id = a.originator_id.value_or(source.peer_id);
  a.cluster_list.insert(a.cluster_list.begin(), key.cluster_id);
}

// RFC 6996 §4. The peer's own number stays: it has to see that the path is its own.
void hide_private_as(const ExportKey& key, wire::AsPath& path) {
  const auto hidden = [&](wire::AsNumber as) { return wire::is_private(as) && as != key.peer_as; };
  if (!key.remove_private_as->all && !path.all_of(wire::is_private)) return;
  if (key.remove_private_as->replace)
    path.replace_if(hidden, key.own_as.value_or(key.local_as));
  else
    path.erase_if(hidden);
}

// false: the pool is not for this peer.
bool apply_pool(const ExportKey& key, const VipPool& pool, wire::PathAttributes& a) {
  if (std::find(key.withheld_pools.begin(), key.withheld_pools.end(), pool.name) != key.withheld_pools.end())
    return false;
  pool.add_to(a);
  if (!key.ibgp) a.as_path.prepend(key.own_as.value_or(key.local_as), pool.prepend);
  return true;
}

// What is done to the numbers of others, before any policy looks at the path.
void rewrite_as_path(const ExportKey& key, wire::AsPath& path) {
  if (key.ibgp) return;
  if (key.remove_private_as) hide_private_as(key, path);
  if (key.as_override)
    path.replace_if([&](wire::AsNumber as) { return as == key.peer_as; }, key.own_as.value_or(key.local_as));
}

void finish_ebgp(const ExportKey& key, SourceKind source, wire::PathAttributes& a) {
  const bool unchanged = is_transparent(key, source) || (key.unchanged.as_path && !a.as_path.empty());
  if (!unchanged) {
    if (key.own_as) a.as_path.prepend(*key.own_as);
    a.as_path.prepend(key.local_as);  // RFC 4271 §5.1.2 (b)
  }
  a.local_pref.reset();     // §5.1.5
  a.originator_id.reset();  // RFC 4456 §8: non-transitive
  a.cluster_list.clear();
  a.ext_communities.erase_if([](const wire::ExtCommunity& c) { return !c.is_transitive(); });
}

// RFC 9234 §5, egress: what has come down or across goes down only.
bool would_leak(const ExportKey& key, const wire::PathAttributes& a) {
  return a.otc && (key.local_role == wire::Role::Customer || key.local_role == wire::Role::Peer ||
                   key.local_role == wire::Role::RouteServerClient);
}

// The same: what goes down or across is marked as such.
void mark_otc(const ExportKey& key, wire::PathAttributes& a) {
  const bool down_or_across = key.local_role == wire::Role::Provider || key.local_role == wire::Role::Peer ||
                              key.local_role == wire::Role::RouteServer;
  if (down_or_across && !a.otc) a.otc = key.local_as;
}

// RFC 8326 §4.1: whoever gets this looks for another way, and nobody inside our AS takes this one meanwhile.
void ask_for_other_ways(const ExportKey& key, wire::PathAttributes& a) {
  if (!key.graceful_shutdown) return;
  a.communities.insert(wire::kGracefulShutdown);
  if (key.ibgp) a.local_pref = 0;
}

}  // namespace

namespace {

// What is said to external peers only.
void add_external(ExportKey& key, const GlobalSettings& global, const PeerSettings& settings,
                  const PeerSession& session) {
  const FamilySettings& per_family = settings.families[key.family];
  const bool hides_own = per_family.remove_private_as && wire::is_private(global.local_as);
  if (settings.local_as != global.local_as && !settings.local_as_replace_as && !hides_own)
    key.own_as = global.local_as;
  key.local_role = settings.local_role;
  key.as_override = per_family.as_override;
  key.remove_private_as = per_family.remove_private_as;
  key.route_server_client = per_family.route_server_client;
  key.unchanged = per_family.unchanged;
  if (key.as_override || key.remove_private_as) key.peer_as = session.peer_as;
}

void add_internal(ExportKey& key, const GlobalSettings& global, const FamilySettings& per_family) {
  key.client = per_family.route_reflector_client;
  key.client_to_client = global.client_to_client_reflection;
  key.reflect_with_policy = global.reflect_with_policy;
  key.cluster_id = global.cluster();
}

}  // namespace

ExportKey make_export_key(const GlobalSettings& global, const PeerSettings& settings,
                          const PeerSession& session, wire::Family family, const VipPools& pools) {
  const FamilySettings& per_family = settings.families[family];
  const wire::UpdateCodec& codec = session.codec;
  const bool ibgp = session.ibgp;
  ExportKey key;
  key.family = family;
  key.ibgp = ibgp;
  key.local_as = settings.local_as;
  key.ebgp_requires_policy = settings.ebgp_requires_policy;
  key.next_hop_self = per_family.next_hop_self || per_family.next_hop_self_force;
  key.next_hop_self_force = per_family.next_hop_self_force;
  key.send_community = per_family.send_community;
  key.send_large_community = per_family.send_large_community;
  key.send_extended_community = per_family.send_extended_community;
  key.four_octet_as = codec.four_octet_as;
  key.extended_messages = codec.extended_messages;
  key.add_path = codec.add_path_send.contains(family);
  if (key.add_path) key.paths = per_family.paths;
  key.extended_next_hop = codec.extended_next_hop.contains(family);
  key.aigp = ibgp || settings.aigp;
  key.graceful_shutdown = settings.graceful_shutdown;
  key.long_lived = session.long_lived;
  for (const VipPool& pool : pools.all())
    if (!pool.is_for(settings.name, settings.peer_group)) key.withheld_pools.push_back(pool.name);
  key.site_of_origin = per_family.site_of_origin;
  key.maximum_prefix_out = per_family.maximum_prefix_out;
  key.avoid_peer_as = settings.avoid_peer_as;
  if (key.avoid_peer_as) key.peer_as = session.peer_as;
  if (ibgp)
    add_internal(key, global, per_family);
  else
    add_external(key, global, settings, session);
  key.policy = outbound_names(per_family);
  key.unsuppress_map = per_family.unsuppress_map;
  key.default_originate = per_family.default_originate;
  if (key.default_originate) key.default_route_map = per_family.default_route_map;
  return key;
}

PolicyNames inbound_names(const FamilySettings& settings) {
  return {settings.distribute_list_in, settings.prefix_list_in, settings.filter_list_in,
          settings.route_map_in};
}

PolicyNames outbound_names(const FamilySettings& settings) {
  return {settings.distribute_list_out, settings.prefix_list_out, settings.filter_list_out,
          settings.route_map_out};
}

PolicyNames unsuppress_names(const ExportKey& key) {
  PolicyNames names = key.policy;
  names.route_map = key.unsuppress_map;
  return names;
}

bool own_routes_only(const ExportKey& key, const Policy& policy) {
  return !key.ibgp && key.ebgp_requires_policy && !policy.configured();
}

bool may_pass(const ExportKey& key, SourceKind source) {
  if (!key.ibgp || !is_internal(source)) return true;
  return source == SourceKind::Client ? !key.client || key.client_to_client : key.client;
}

namespace {

// What keeps a path from these peers before the operator's policy is asked.
ExportStop find_stop(const ExportKey& key, const Policy& policy, SourceKind source,
                     const wire::PathAttributes& a) {
  if (!may_pass(key, source)) return ExportStop::InternalPath;
  const bool local = source == SourceKind::Local;
  if (!local && own_routes_only(key, policy)) return ExportStop::NoPolicy;
  if (const ExportStop stop = community_forbids(key, source, a.communities); stop != ExportStop::None)
    return stop;
  if (would_leak(key, a)) return ExportStop::RouteLeak;
  if (const ExportStop stop = find_peers_own(key, a); !local && stop != ExportStop::None) return stop;
  const bool long_lived_stale = !local && a.communities.contains(wire::kLlgrStale);
  if (long_lived_stale && !key.long_lived) return ExportStop::LongLivedStale;  // RFC 9494 §4.3
  return ExportStop::None;
}

}  // namespace

std::optional<RouteAttributes> export_path(const ExportKey& key, const Policy& policy,
                                           std::uint32_t default_local_pref, const PathSource& source,
                                           const PolicyContext& route, RouteAttributes attributes,
                                           ExportTrace* trace) {
  const auto stopped = [trace](ExportStop why) {
    if (trace != nullptr) trace->stop = why;
    return std::optional<RouteAttributes>{};
  };
  wire::PathAttributes& a = attributes.path;
  const ExportStop stop = find_stop(key, policy, source.kind, a);
  if (stop != ExportStop::None) return stopped(stop);
  const bool local = source.kind == SourceKind::Local;
  const bool reflected = key.ibgp && is_internal(source.kind);
  if (route.pool != nullptr && !apply_pool(key, *route.pool, a)) return stopped(ExportStop::Pool);
  const bool long_lived_stale = !local && a.communities.contains(wire::kLlgrStale);
  rewrite_as_path(key, a.as_path);
  if (trace != nullptr) trace->judged = attributes;
  // RFC 4271 §5.1.4: a MED received from a neighbor stays in this AS; what we set ourselves may leave.
  PolicyContext context = route;
  context.drops_med = !key.ibgp && !local && !key.unchanged.med && !is_transparent(key, source.kind);
  PolicyEffects effects;
  if (!apply_policy(key, policy, reflected, context, attributes, effects)) return stopped(ExportStop::Policy);
  const NextHopChoice choice = choose_next_hop(key, source.kind, effects, a.next_hop);
  if (trace != nullptr) trace->next_hop = choice;
  if (!next_hop_fits(key, a.next_hop.address)) return stopped(ExportStop::NextHop);
  if (context.drops_med && !effects.med_set) a.med.reset();
  if (key.ibgp)
    a.local_pref = a.local_pref.value_or(default_local_pref);
  else
    finish_ebgp(key, source.kind, a);
  if (reflected)
    reflect(key, source, a);
  else
    a.originator_id.reset();  // RFC 4456 §8: who reflects makes it
  // RFC 7311 §3.3. What we would add to it on the way, our distance to the next hop, is nothing: next hops of
  // a host are on its own links.
  if (!key.aigp) a.aigp.reset();
  mark_otc(key, a);
  ask_for_other_ways(key, a);
  filter_communities(key, a);
  if (long_lived_stale) a.communities.insert(wire::kLlgrStale);  // RFC 9494 §4.3: never removed on the way
  pass_unknown(a.unknown);
  attributes.weight = attributes.tag = 0;
  return attributes;
}

}  // namespace lbgp::rib
