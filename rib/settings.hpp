// SPDX-License-Identifier: Apache-2.0
// What the operator says about routes: for the whole speaker, per neighbor, per neighbor and family.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wire/address.hpp"
#include "wire/as_number.hpp"
#include "wire/capability.hpp"
#include "wire/community.hpp"
#include "wire/family.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

// `network P [route-map NAME]`.
struct Network {
  wire::Prefix prefix;
  std::string route_map;
  bool operator==(const Network&) const = default;
};

// `aggregate-address P [summary-only] [route-map NAME] [origin O] [matching-MED-only] [suppress-map NAME]`.
// RFC 9774 leaves no AS_SET to choose.
struct Aggregate {
  wire::Prefix prefix;
  bool summary_only = false;
  std::string route_map;
  std::optional<wire::Origin> origin;  // none: the worst of those of the routes below it
  bool matching_med_only = false;      // it is there only while all routes below it have the same MED
  std::string suppress_map{};          // routes below it that this permits are not told to peers
  bool operator==(const Aggregate&) const = default;
};

// Which of a route's paths a neighbor is sent if it takes several (RFC 7911).
struct PathSelection {
  enum class Kind : std::uint8_t {
    Best,       // the one that everybody gets
    All,        // addpath-tx-all-paths
    BestPerAs,  // addpath-tx-bestpath-per-AS: one from each neighboring AS, our own route, and that of our AS
    BestSelected,  // addpath-tx-best-selected N
  };
  Kind kind = Kind::Best;
  std::uint8_t count = 0;  // BestSelected only
  bool operator==(const PathSelection&) const = default;
};

// `remove-private-AS [all] [replace-AS]`: what becomes of private AS numbers in what an external peer is
// sent.
struct PrivateAs {
  bool all = false;      // also from a path with other numbers in it
  bool replace = false;  // by our own number, instead of being taken out
  bool operator==(const PrivateAs&) const = default;
};

// `neighbor X attribute-unchanged`: what an external peer gets as we have it.
struct AttributeUnchanged {
  bool as_path = false;
  bool next_hop = false;
  bool med = false;
  bool operator==(const AttributeUnchanged&) const = default;
};

// Names are empty when nothing is configured.
struct FamilySettings {
  bool activated = false;
  std::string distribute_list_in;
  std::string distribute_list_out;
  std::string prefix_list_in;
  std::string prefix_list_out;
  std::string filter_list_in;
  std::string filter_list_out;
  std::string route_map_in;
  std::string route_map_out;
  std::string unsuppress_map;  // instead of it for routes that an aggregate stands for
  AttributeUnchanged unchanged;
  bool soft_reconfiguration_inbound = false;
  bool next_hop_self = false;
  bool next_hop_self_force = false;
  bool send_community = true;  // standard
  bool send_large_community = true;
  bool send_extended_community = true;
  std::optional<std::uint32_t> maximum_prefix;
  std::uint8_t maximum_prefix_threshold = 75;  // percent of it from which on there is a warning
  bool maximum_prefix_warning_only = false;
  bool maximum_prefix_force = false;  // count what the policy denies as well
  std::optional<std::chrono::minutes>
      maximum_prefix_restart;      // how long the session stays down; none: for good
  std::uint8_t allowas_in = 0;     // how often our AS may stand in a received path
  bool allowas_in_origin = false;  // any number of times in a path that our AS has originated
  std::uint32_t weight = 0;
  std::optional<std::uint32_t> maximum_prefix_out;  // the peer is never sent more prefixes than that
  std::optional<PrivateAs> remove_private_as;
  bool as_override = false;          // our number stands for the peer's in what it is sent
  bool route_server_client = false;  // RFC 7947 §2.2: between such peers, attributes are left alone
  // RFC 4364 §7: what this peer sends is marked as its site's, and does not go back there.
  std::optional<wire::ExtCommunity> site_of_origin;
  PathSelection paths;
  bool route_reflector_client = false;  // RFC 4456; internal peers only
  bool default_originate = false;
  std::string default_route_map;  // what must be in the table for it, and what is set on it
  // Whether routes are kept as received, beside what the policy made of them.
  [[nodiscard]] bool keeps_raw() const { return soft_reconfiguration_inbound || maximum_prefix_force; }
  bool operator==(const FamilySettings&) const = default;
};

[[nodiscard]] inline bool same_maximum_prefix(const FamilySettings& a, const FamilySettings& b) {
  return a.maximum_prefix == b.maximum_prefix &&
         a.maximum_prefix_warning_only == b.maximum_prefix_warning_only &&
         a.maximum_prefix_force == b.maximum_prefix_force &&
         a.maximum_prefix_restart == b.maximum_prefix_restart;
}

struct PeerSettings {
  std::string name;        // "10.90.3.101", for messages and views
  std::string peer_group;  // empty: in none
  wire::IpAddress address;
  wire::AsNumber local_as;           // as the peer knows us
  bool local_as_no_prepend = false;  // `local-as N no-prepend`: what is received does not get it in front
  bool local_as_replace_as = false;  // … `replace-as`: what is sent does not have the router's own behind it
  bool avoid_peer_as = false;        // `sender-as-path-loop-detection`: no path that the peer's AS stands in
  bool ebgp_requires_policy = true;      // RFC 8212, see design: own routes always may leave
  bool enforce_first_as = true;          // RFC 4271 §6.3: an external peer's paths begin with its AS
  std::optional<wire::Role> local_role;  // RFC 9234 §5
  bool aigp = false;                     // RFC 7311 §3.3: on an external session too
  bool graceful_shutdown = false;        // RFC 8326 §4: this session is about to end
  wire::PerFamily<FamilySettings> families;
  // `neighbor X next-hop ipv6 A` and friends: what to announce as our next hop instead of the session's.
  wire::PerFamily<std::optional<wire::IpAddress>> next_hop;
  bool operator==(const PeerSettings&) const = default;
};

// How many equal paths of a route are marked as such: `maximum-paths N`, `maximum-paths ibgp N
// [equal-cluster-length]`.
struct MaximumPaths {
  std::uint32_t ebgp = 64;
  std::uint32_t ibgp = 64;
  bool equal_cluster_length = false;
  bool operator==(const MaximumPaths&) const = default;
};

struct GlobalSettings {
  wire::AsNumber local_as;
  wire::RouterId router_id;
  std::uint32_t default_local_pref = 100;
  wire::PerFamily<MaximumPaths> maximum_paths;
  bool multipath_relax = false;       // bestpath as-path multipath-relax
  bool peer_type_relax = false;       // bestpath peer-type multipath-relax
  bool ignore_as_path = false;        // bestpath as-path ignore
  bool count_confederations = false;  // bestpath as-path confed
  bool compare_router_id = false;
  bool always_compare_med = false;
  bool deterministic_med = false;
  bool med_missing_as_worst = false;
  bool compare_aigp = false;                 // RFC 7311 §4
  std::optional<wire::RouterId> cluster_id;  // RFC 4456 §7; none: the router id
  bool client_to_client_reflection = true;
  bool reflect_with_policy = false;  // bgp route-reflector allow-outbound-policy
  wire::PerFamily<std::vector<Network>> networks;
  wire::PerFamily<std::vector<Aggregate>> aggregates;  // in order of prefix

  [[nodiscard]] wire::RouterId cluster() const { return cluster_id.value_or(router_id); }
  bool operator==(const GlobalSettings&) const = default;
};

}  // namespace lbgp::rib
