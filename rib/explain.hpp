// SPDX-License-Identifier: Apache-2.0
// Why a route is where it is and not where it is not: answers for operators, found by the code that decides.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rib/ids.hpp"
#include "rib/policy_trace.hpp"
#include "wire/path_attributes.hpp"

namespace lbgp::rib {

// What keeps a path from a kind of peer, in the order in which it is looked at.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // Policy, RouteMap: see policy_trace.hpp
enum class ExportStop : std::uint8_t {
  None,
  InternalPath,       // RFC 4271 §9.2, RFC 4456 §6: from one internal peer to another
  NoPolicy,           // RFC 8212: no outbound policy, so only own routes leave
  NoAdvertise,        // RFC 1997
  NoExport,           // RFC 1997
  NoExportSubconfed,  // RFC 1997
  RouteLeak,          // RFC 9234 §5
  PeerAs,             // `sender-as-path-loop-detection`: the peer's AS stands in the path
  SiteOfOrigin,       // RFC 4364 §7: it came from the peer's site
  LongLivedStale,     // RFC 9494 §4.3
  Pool,               // its vip-pool is for other peers
  Policy,             // a prefix list or route map denies it
  NextHop,            // its next hop is of the other address family
  MaximumPrefixOut,   // the peer has as many prefixes as it may have
};

// How the next hop of what leaves was chosen (RFC 4271 §5.1.3).
enum class NextHopChoice : std::uint8_t {
  Unchanged,  // as received: towards internal peers
  Own,        // a route of our own: our address on the session
  Owner,      // a route of our own whose owner has named it
  External,   // our address: towards external peers
  Self,       // our address: next-hop-self
  LinkLocal,  // our address: the received one makes sense on its link only
  RouteMap,   // set by the outbound route map
};

#pragma GCC diagnostic pop

// Whether a received path may be used at all, before any policy.
enum class Rejection : std::uint8_t {
  None,
  FirstAs,         // RFC 4271 §6.3: an external peer's path begins with its own AS
  AsLoop,          // §9.1.2: our AS stands in it more often than allowed
  OriginatorLoop,  // RFC 4456 §8
  ClusterLoop,
  UnusableNextHop,  // §5.1.3: ourselves, or no address of a host
  RouteLeak,        // RFC 9234 §5: OTC says that the peer should not have sent it
};

// How far a route has come on its way to a peer.
enum class ExportFate : std::uint8_t {
  SessionDown,
  NotNegotiated,  // the family
  NoNextHop,      // we have no address for it; `words` say why
  NoPath,         // there is no usable path
  Suppressed,     // an aggregate stands for it
  CameFromPeer,   // the path to be sent came from that peer
  BroughtByPeer,  // RFC 4456 §8: that peer brought it into our AS, by way of another reflector
  NotSelected,    // ADD-PATH: not among the paths that this peer takes
  Denied,         // `stop` says by what
  TooBig,         // for a message of this session
  OverItself,     // the peer would be its own next hop
  Preparing,      // the peer's settings have changed, and what it is to be sent is being computed
  Pending,        // it goes out when the peer's socket takes it
  Sent,
};

// One peer and one path of a route; of a route without a path, one for the peer.
struct ExportView {
  ExportFate fate = ExportFate::SessionDown;
  std::string words;
  std::uint32_t path_id = 0;                 // ADD-PATH: that it leaves with
  std::optional<std::uint32_t> source_peer;  // PeerId of whom the path came from; none: a route of our own
  bool default_originate = false;            // what the peer is told is not from the table
  bool announced = false;                    // the peer has been sent the route, be it another form of it
  bool withdrawal_pending = false;           // … and is to be told that it is gone
  ExportStop stop = ExportStop::None;
  std::optional<PolicyVerdict> policy;  // of the outbound policy; none: it was not asked
  NextHopChoice next_hop = NextHopChoice::Unchanged;
  bool next_hop_configured = false;                // `neighbor X next-hop`: what "our address" is
  std::optional<wire::PathAttributes> attributes;  // as it leaves, with its next hop
};

// One path that a peer has sent.
struct InboundView {
  std::uint32_t path_id = 0;
  bool as_received = false;  // else what the inbound policy has made of it: the rest is not stored
  wire::PathAttributes attributes;
  bool accepted = false;
  bool stale = false;
  Rejection rejection = Rejection::None;
  bool policy_missing = false;          // RFC 8212: nothing is accepted without one
  std::optional<PolicyVerdict> policy;  // none: it was not asked, or cannot be asked again
};

// Peers that are told the same, and what.
struct UpdateGroupView {
  std::size_t number = 0;  // among those of the family, from 1 on
  bool ibgp = false;
  bool add_path = false;
  std::string prefix_list;
  std::string route_map;
  std::size_t routes = 0;              // that they are to have
  std::vector<std::uint32_t> members;  // PeerId
};

// An attribute set in use.
struct AttributesView {
  const wire::PathAttributes* attributes = nullptr;
  std::uint32_t weight = 0;
  std::uint32_t references = 0;
};

}  // namespace lbgp::rib
