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
  const std::size_t allowed = rules.peer.families[family].allowas_in;
  const wire::AsNumber own = rules.global.local_as;
  const wire::AsNumber towards_peer = rules.peer.local_as;
  return path.occurrences(own) > allowed || (towards_peer != own && path.occurrences(towards_peer) > allowed);
}

}  // namespace

Rejection check_received(const InboundRules& rules, wire::Family family, const wire::PathAttributes& a) {
  if (!rules.session.ibgp && a.as_path.first() != rules.session.peer_as) return Rejection::FirstAs;
  if (too_often(rules, family, a.as_path)) return Rejection::AsLoop;
  if (rules.session.ibgp) {
    if (a.originator_id == rules.global.router_id) return Rejection::OriginatorLoop;
    const wire::RouterId cluster = rules.global.cluster();
    if (std::find(a.cluster_list.begin(), a.cluster_list.end(), cluster) != a.cluster_list.end())
      return Rejection::ClusterLoop;
  }
  return usable_next_hop(rules.session, family, a.next_hop) ? Rejection::None : Rejection::UnusableNextHop;
}

void normalize_received(const PeerSession& session, wire::PathAttributes& attributes) {
  if (session.ibgp) return;
  attributes.local_pref.reset();
  attributes.originator_id.reset();
  attributes.cluster_list.clear();
}

}  // namespace lbgp::rib
