// SPDX-License-Identifier: Apache-2.0
// What of a path a kind of peer is told: the rules of RFC 4271 §5.1 and §9.2, route reflection (RFC 4456),
// and the outbound policy.
#pragma once

#include <cstdint>
#include <optional>

#include "rib/explain.hpp"
#include "rib/policy_eval.hpp"
#include "rib/rib.hpp"
#include "rib/settings.hpp"
#include "wire/update.hpp"

namespace lbgp::rib {

// Client: an internal peer of our cluster (RFC 4456 §4); Ibgp: one that is not.
// RsClient: an external one that is a client of ours as a route server (RFC 7947).
enum class SourceKind : std::uint8_t { Local, Ebgp, Ibgp, Client, RsClient };

// Where a path comes from.
struct PathSource {
  SourceKind kind = SourceKind::Local;
  wire::RouterId peer_id;  // BGP identifier of an internal peer
  bool operator==(const PathSource&) const = default;
};

// All that the outcome depends on besides the path itself: peers with equal keys are told the same, up to the
// next hop that stands for ourselves. That one is left unspecified here and filled in per session.
struct ExportKey {
  wire::Family family = wire::Family::Ipv4Unicast;
  bool ibgp = false;
  wire::AsNumber local_as;
  std::optional<wire::AsNumber> own_as;   // stands behind it in what leaves, with `local-as`
  std::optional<wire::AsNumber> peer_as;  // where it matters which one it is
  bool avoid_peer_as = false;
  bool as_override = false;
  std::optional<PrivateAs> remove_private_as;
  bool route_server_client = false;
  std::optional<wire::ExtCommunity> site_of_origin;
  std::optional<std::uint32_t> maximum_prefix_out;
  bool ebgp_requires_policy = true;
  bool next_hop_self = false;
  bool next_hop_self_force = false;  // of reflected paths too
  bool send_community = true;
  bool send_large_community = true;
  bool send_extended_community = true;
  bool four_octet_as = false;
  bool extended_messages = false;
  bool add_path = false;
  PathSelection paths;  // with add_path only
  bool extended_next_hop = false;
  bool aigp = false;
  bool graceful_shutdown = false;
  std::optional<wire::Role> local_role;  // external peers only
  bool long_lived = false;               // the peer understands LLGR_STALE
  // RFC 4456, internal peers only.
  bool client = false;
  bool client_to_client = true;
  bool reflect_with_policy = false;
  wire::RouterId cluster_id;
  std::vector<std::string> withheld_pools;  // in order: pools that are not for this peer
  PolicyNames policy;
  std::string unsuppress_map;
  AttributeUnchanged unchanged;  // external peers only
  bool default_originate = false;
  std::string default_route_map;
  bool operator==(const ExportKey&) const = default;
};

[[nodiscard]] ExportKey make_export_key(const GlobalSettings& global, const PeerSettings& settings,
                                        const PeerSession& session, wire::Family family,
                                        const VipPools& pools = {});

// The policies of a neighbor and family.
[[nodiscard]] PolicyNames inbound_names(const FamilySettings& settings);
[[nodiscard]] PolicyNames outbound_names(const FamilySettings& settings);
// For routes that an aggregate stands for.
[[nodiscard]] PolicyNames unsuppress_names(const ExportKey& key);

// RFC 8212 §2.2 as far as this speaker goes: without an outbound policy an external peer gets own routes
// only.
[[nodiscard]] bool own_routes_only(const ExportKey& key, const Policy& policy);

// Whether peers of that kind are told of paths from there at all: RFC 4271 §9.2, RFC 4456 §6.
[[nodiscard]] bool may_pass(const ExportKey& key, SourceKind source);

// What led to the outcome, for those who ask.
struct ExportTrace {
  ExportStop stop = ExportStop::None;
  NextHopChoice next_hop = NextHopChoice::Unchanged;
  std::optional<RouteAttributes> judged;  // what the policy was asked about; nothing: it was not asked
};

// Nothing: the peer is not told of this path.
[[nodiscard]] std::optional<RouteAttributes> export_path(const ExportKey& key, const Policy& policy,
                                                         std::uint32_t default_local_pref,
                                                         const PathSource& source, const PolicyContext& route,
                                                         RouteAttributes attributes,
                                                         ExportTrace* trace = nullptr);

}  // namespace lbgp::rib
