// SPDX-License-Identifier: Apache-2.0
// Loop and next hop checks on received paths.
#include "rib/inbound.hpp"

#include <algorithm>

namespace lbgp::rib {

namespace {

bool is_ours(const PeerSession& session, const wire::IpAddress& address) {
  return std::any_of(session.local_next_hop.begin(), session.local_next_hop.end(), [&](const auto& own) {
    return own && (own->address == address || own->link_local == address);
  });
}

bool usable_next_hop(const PeerSession& session, wire::Family family, const wire::NextHop& next_hop) {
  const wire::IpAddress& address = next_hop.address;
  if (address.is_unspecified() || address.is_multicast() || is_ours(session, address)) return false;
  if (family == wire::Family::Ipv6Unicast) return address.is_v6();
  return address.is_v4() || session.codec.extended_next_hop.contains(family);
}

bool too_often(const InboundRules& rules, wire::Family family, const wire::AsPath& path) {
  const FamilySettings& settings = rules.peer.families[family];
  const std::size_t allowed = settings.allowas_in;
  const wire::AsNumber own = rules.global.local_as;
  if (settings.allowas_in_origin && path.origin() == own) return false;
  const wire::AsNumber towards_peer = rules.peer.local_as;
  return path.occurrences(own) > allowed || (towards_peer != own && path.occurrences(towards_peer) > allowed);
}

// RFC 9234 §5, ingress. A customer and a route server's client send what is theirs or their customers'; what
// an equal peer sends has been marked by nobody but itself.
bool is_leak(const InboundRules& rules, const std::optional<wire::AsNumber>& otc) {
  if (!otc || !rules.peer.local_role) return false;
  switch (*rules.peer.local_role) {
    case wire::Role::Provider:
    case wire::Role::RouteServer:
      return true;
    case wire::Role::Peer:
      return otc != rules.session.peer_as;
    case wire::Role::Customer:
    case wire::Role::RouteServerClient:
      break;
  }
  return false;
}

// Whether routes come down or across to us: what is marked then may only go down.
bool marks_otc(const std::optional<wire::Role>& local_role) {
  return local_role == wire::Role::Customer || local_role == wire::Role::Peer ||
         local_role == wire::Role::RouteServerClient;
}

}  // namespace

Rejection check_received(const InboundRules& rules, wire::Family family, const wire::PathAttributes& a) {
  if (!rules.session.ibgp && rules.peer.enforce_first_as && a.as_path.first() != rules.session.peer_as)
    return Rejection::FirstAs;
  if (too_often(rules, family, a.as_path)) return Rejection::AsLoop;
  if (rules.session.ibgp) {
    if (a.originator_id == rules.global.router_id) return Rejection::OriginatorLoop;
    const wire::RouterId cluster = rules.global.cluster();
    if (std::find(a.cluster_list.begin(), a.cluster_list.end(), cluster) != a.cluster_list.end())
      return Rejection::ClusterLoop;
  }
  if (!rules.session.ibgp && is_leak(rules, a.otc)) return Rejection::RouteLeak;
  return usable_next_hop(rules.session, family, a.next_hop) ? Rejection::None : Rejection::UnusableNextHop;
}

void normalize_received(const InboundRules& rules, wire::PathAttributes& attributes) {
  if (rules.session.ibgp) return;
  attributes.local_pref.reset();
  attributes.originator_id.reset();
  attributes.cluster_list.clear();
  if (!attributes.otc && marks_otc(rules.peer.local_role)) attributes.otc = rules.session.peer_as;
}

void mark_received(const InboundRules& rules, wire::Family family, wire::PathAttributes& attributes) {
  const bool known_otherwise = !rules.session.ibgp && rules.peer.local_as != rules.global.local_as;
  if (known_otherwise && !rules.peer.local_as_no_prepend) attributes.as_path.prepend(rules.peer.local_as);
  if (const auto& site = rules.peer.families[family].site_of_origin) attributes.ext_communities.insert(*site);
}

void obey_communities(const InboundRules& rules, wire::PathAttributes& attributes) {
  if (rules.session.ibgp) return;
  if (rules.peer.graceful_shutdown) attributes.communities.insert(wire::kGracefulShutdown);
  if (attributes.communities.contains(wire::kGracefulShutdown)) attributes.local_pref = 0;
  if (attributes.communities.contains(wire::kBlackhole) &&
      !attributes.communities.contains(wire::kNoAdvertise))
    attributes.communities.insert(wire::kNoExport);
}

}  // namespace lbgp::rib
