// SPDX-License-Identifier: Apache-2.0
// What a configuration file says: explicit values only, each with the place it came from. What follows from
// it, with defaults and inheritance, is made by compile.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conf/diagnostic.hpp"
#include "fsm/bfd_settings.hpp"
#include "fsm/peer_key.hpp"
#include "fsm/settings.hpp"
#include "rib/policy.hpp"
#include "rib/settings.hpp"
#include "rib/vip_pool.hpp"
#include "wire/update.hpp"

namespace lbgp::conf {

using std::chrono::seconds;

// Where something stands. Two configurations that say the same are equal wherever they say it.
struct Place : Position {
  Place() = default;
  Place(Position position) : Position(position) {}  // NOLINT: a place is a position that does not count
  bool operator==(const Place&) const { return true; }
};

// A value that the file gives.
template <typename T>
struct At {
  T value{};
  Place place;
  bool operator==(const At&) const = default;
};
template <typename T>
using Maybe = std::optional<At<T>>;

// Which defaults hold: our own, made for announcers, or FRR's two.
enum class Profile : std::uint8_t { Announcer, Traditional, Datacenter };

struct Timers {
  seconds keepalive{0};
  seconds hold{0};
  bool operator==(const Timers&) const = default;
};
struct Shutdown {
  std::string message;  // RFC 9003; empty: none
  bool operator==(const Shutdown&) const = default;
};
struct MaximumPrefix {
  std::uint32_t limit = 0;
  std::uint32_t threshold = 75;                 // percent; FRR's default
  bool warning_only = false;                    // or
  std::optional<std::chrono::minutes> restart;  // none: down for good
  bool force = false;
  bool operator==(const MaximumPrefix&) const = default;
};
struct LocalRole {
  wire::Role role = wire::Role::Peer;
  bool strict_mode = false;
  bool operator==(const LocalRole&) const = default;
};
// `local-as N [no-prepend [replace-as]]`.
struct LocalAs {
  wire::AsNumber as;
  bool no_prepend = false;
  bool replace_as = false;
  bool operator==(const LocalAs&) const = default;
};
struct AllowAsIn {
  std::uint32_t count = 0;
  bool origin = false;  // instead of a count: in any path that our AS has originated
  bool operator==(const AllowAsIn&) const = default;
};
enum class RestartMode : std::uint8_t { Restarter, Helper, Disabled };
enum class NextHopSelf : std::uint8_t { Plain, Force };
// `neighbor IFNAME interface`.
enum class InterfaceMode : std::uint8_t { Any, V6Only };
// `neighbor X bfd MULTIPLIER RECEIVE TRANSMIT`.
struct BfdTimers {
  std::uint32_t multiplier = 0;
  std::uint32_t receive = 0;  // milliseconds, as the next one
  std::uint32_t transmit = 0;
  bool operator==(const BfdTimers&) const = default;
};
using UpdateSource = std::variant<wire::IpAddress, std::string>;

// Accepted lines without effect; they are shown again as they came, sorted. A line that began with `no` does
// so.
using KeptLines = std::set<std::string>;

// `neighbor X …` inside an address family.
struct PeerFamilyConfig {
  Maybe<bool> activate;
  Maybe<bool> soft_reconfiguration;
  Maybe<std::string> distribute_list_in;
  Maybe<std::string> distribute_list_out;
  Maybe<std::string> prefix_list_in;
  Maybe<std::string> prefix_list_out;
  Maybe<std::string> filter_list_in;
  Maybe<std::string> filter_list_out;
  Maybe<std::string> route_map_in;
  Maybe<std::string> route_map_out;
  Maybe<std::string> unsuppress_map;
  Maybe<rib::AttributeUnchanged> attribute_unchanged;
  Maybe<NextHopSelf> next_hop_self;
  Maybe<bool> send_community;
  Maybe<bool> send_extended_community;
  Maybe<bool> send_large_community;
  Maybe<MaximumPrefix> maximum_prefix;
  Maybe<AllowAsIn> allowas_in;
  Maybe<std::uint32_t> weight;
  Maybe<rib::PathSelection> add_path;  // what is sent (RFC 7911)
  Maybe<bool> disable_add_path_receive;
  Maybe<bool> route_reflector_client;
  Maybe<bool> route_server_client;
  Maybe<bool> as_override;
  Maybe<rib::PrivateAs> remove_private_as;
  Maybe<std::uint32_t> maximum_prefix_out;
  Maybe<wire::ExtCommunity> site_of_origin;
  Maybe<std::string> default_originate;  // the route map, or nothing
  KeptLines kept;                        // what stands behind "neighbor X "
  bool operator==(const PeerFamilyConfig&) const = default;
};

// A neighbor or a peer-group.
struct PeerConfig {
  Place place;                     // where it is first named
  bool defined = false;            // peer-groups: `neighbor NAME peer-group` stands in the file
  Maybe<InterfaceMode> interface;  // neighbors known by their interface only
  Maybe<std::string> peer_group;   // neighbors only
  Maybe<fsm::RemoteAs> remote_as;
  Maybe<LocalAs> local_as;
  Maybe<std::string> description;
  Maybe<Shutdown> shutdown;
  Maybe<std::string> password;
  Maybe<std::uint32_t> port;
  Maybe<UpdateSource> update_source;
  Maybe<std::string> over_interface;  // where a link-local address is
  Maybe<std::uint32_t> ebgp_multihop;
  Maybe<std::uint32_t> ttl_security_hops;
  Maybe<bool> disable_connected_check;
  Maybe<std::uint32_t> tcp_mss;
  Maybe<bool> passive;
  Maybe<Timers> timers;
  Maybe<seconds> connect_retry;
  Maybe<seconds> delay_open;
  Maybe<std::uint32_t> advertisement_interval;
  Maybe<bool> extended_next_hop;
  Maybe<bool> fqdn;
  Maybe<bool> software_version;
  Maybe<bool> extended_parameters;
  Maybe<bool> dont_capability_negotiate;
  Maybe<bool> override_capability;
  Maybe<bool> strict_capability_match;
  Maybe<LocalRole> local_role;
  Maybe<bool> enforce_first_as;
  Maybe<bool> avoid_peer_as;  // `sender-as-path-loop-detection`
  Maybe<bool> aigp;
  Maybe<bool> graceful_shutdown;
  Maybe<wire::AttributeCodes> discard_attributes;
  Maybe<wire::AttributeCodes> withdraw_attributes;
  Maybe<RestartMode> graceful_restart;
  Maybe<bool> bfd;  // each of the four switches BFD on
  Maybe<BfdTimers> bfd_timers;
  Maybe<std::string> bfd_profile;
  Maybe<bool> bfd_check_control_plane;
  Maybe<wire::IpAddress> next_hop_ipv4;
  Maybe<wire::IpAddress> next_hop_ipv6;
  KeptLines kept;  // what stands behind "neighbor X "
  wire::PerFamily<PeerFamilyConfig> families;
  bool operator==(const PeerConfig&) const = default;
};

// `aggregate-address`.
struct AggregateConfig {
  Place place;
  bool summary_only = false;
  std::string route_map;               // empty: none
  std::optional<wire::Origin> origin;  // none: that of what is aggregated
  bool matching_med_only = false;
  std::string suppress_map{};  // empty: none
  bool operator==(const AggregateConfig&) const = default;
};

// `maximum-paths ibgp`.
struct MaximumPathsIbgp {
  std::uint32_t paths = 0;
  bool equal_cluster_length = false;
  bool operator==(const MaximumPathsIbgp&) const = default;
};

struct NetworkConfig {
  Place place;
  std::string route_map;  // empty: none
  bool operator==(const NetworkConfig&) const = default;
};

// An address family of the router itself.
struct RouterFamilyConfig {
  std::map<wire::Prefix, NetworkConfig> networks;
  std::map<wire::Prefix, AggregateConfig> aggregates;
  Maybe<std::uint32_t> maximum_paths;
  Maybe<MaximumPathsIbgp> maximum_paths_ibgp;
  KeptLines kept;
  bool operator==(const RouterFamilyConfig&) const = default;
};

struct RouterConfig {
  wire::AsNumber as;
  Place place;
  Maybe<std::string> as_notation;  // kept; numbers are plain here
  Maybe<wire::IpAddress> router_id;
  Maybe<bool> log_neighbor_changes;
  Maybe<bool> ebgp_requires_policy;
  Maybe<bool> default_ipv4_unicast;
  Maybe<bool> default_ipv6_unicast;
  Maybe<std::uint32_t> default_local_preference;
  Maybe<bool> always_compare_med;
  Maybe<bool> deterministic_med;
  Maybe<bool> multipath_relax;
  Maybe<bool> peer_type_relax;
  Maybe<bool> ignore_as_path;
  Maybe<bool> count_confederations;
  Maybe<bool> compare_router_id;
  Maybe<bool> med_missing_as_worst;
  Maybe<bool> med_confed;
  Maybe<bool> compare_aigp;
  Maybe<bool> enforce_first_as;
  Maybe<bool> reject_as_sets;
  Maybe<bool> graceful_shutdown;
  Maybe<Shutdown> shutdown;
  Maybe<bool> software_version;
  Maybe<std::uint32_t> minimum_hold_time;
  Maybe<bool> network_import_check;
  Maybe<wire::IpAddress> cluster_id;
  Maybe<bool> client_to_client_reflection;
  Maybe<bool> reflect_with_policy;
  Maybe<RestartMode> graceful_restart;
  Maybe<seconds> restart_time;
  Maybe<seconds> stalepath_time;
  Maybe<bool> preserve_forwarding;
  Maybe<bool> restart_notification;
  Maybe<bool> hard_administrative_reset;
  Maybe<seconds> long_lived_stale_time;
  Maybe<Timers> timers;
  Maybe<bool> fast_external_failover;
  Maybe<bool> disable_connected_check;  // `bgp disable-ebgp-connected-route-check`
  Maybe<fsm::TcpKeepalive> tcp_keepalive;
  Maybe<std::uint32_t> listen_limit;
  std::map<wire::Prefix, At<std::string>> listen_ranges;  // to the peer-group of whoever connects from there
  KeptLines kept;
  std::map<std::string, PeerConfig> groups;
  std::map<fsm::PeerKey, PeerConfig> neighbors;
  wire::PerFamily<RouterFamilyConfig> families;
  bool operator==(const RouterConfig&) const = default;
};

struct RouteMapEntryConfig {
  Place place;
  rib::Permit action = rib::Permit::Permit;
  std::string description;
  std::vector<At<rib::Match>> matches;
  std::vector<At<rib::Set>> sets;
  Maybe<std::string> call;
  Maybe<std::uint32_t> on_match;  // the entry to go on with, or the next one behind it
  KeptLines kept;
  bool operator==(const RouteMapEntryConfig&) const = default;
};
using RouteMapConfig = std::map<std::uint32_t, RouteMapEntryConfig>;

struct VipPoolConfig {
  Place place;
  std::string description;
  std::vector<At<rib::AddressRange>> ranges;  // sorted by first address, as are the prefixes
  std::vector<At<wire::Prefix>> prefixes;
  wire::Communities communities;
  wire::LargeCommunities large_communities;
  std::set<std::string> allow_groups;
  std::set<std::string> allow_users;
  Maybe<std::uint32_t> local_preference;
  Maybe<std::uint32_t> metric;
  Maybe<std::uint32_t> prepend;               // how often our own AS stands in front once more
  std::map<std::string, Place> advertise_to;  // neighbors and peer-groups; empty: all
  Maybe<bool> allow_first_last;
  std::vector<At<rib::LabelSelector>> selectors;  // all of them must hold
  bool operator==(const VipPoolConfig&) const = default;
};

// A `profile` or a `peer` of the `bfd` block.
struct BfdBlockConfig {
  Place place;
  Maybe<std::string> profile;  // peers only
  Maybe<bool> shutdown;
  Maybe<bool> passive;
  Maybe<std::uint32_t> detect_multiplier;
  Maybe<std::uint32_t> receive_interval;  // milliseconds, as the next one
  Maybe<std::uint32_t> transmit_interval;
  Maybe<std::uint32_t> minimum_ttl;
  KeptLines kept;
  bool operator==(const BfdBlockConfig&) const = default;
};
struct BfdConfig {
  std::map<std::string, BfdBlockConfig> profiles;
  std::map<fsm::BfdKey, BfdBlockConfig> peers;
  bool operator==(const BfdConfig&) const = default;
};

struct Config {
  Maybe<std::string> frr_version;
  Maybe<Profile> defaults;
  Maybe<std::string> hostname;
  Maybe<std::string> domainname;
  Maybe<std::uint32_t> session_dscp;
  KeptLines kept;
  wire::PerFamily<std::map<std::string, rib::PrefixList>> prefix_lists;
  std::map<std::string, rib::CommunityList> community_lists;
  std::map<std::string, rib::LargeCommunityList> large_community_lists;
  std::map<std::string, rib::ExtCommunityList> ext_community_lists;
  wire::PerFamily<std::map<std::string, rib::AccessList>> access_lists;
  std::map<std::string, rib::AsPathList> as_path_lists;
  rib::CommunityAliases aliases;
  std::optional<RouterConfig> router;
  std::map<std::string, RouteMapConfig> route_maps;
  std::map<std::string, VipPoolConfig> pools;
  std::optional<BfdConfig> bfd;

  [[nodiscard]] Profile profile() const { return defaults ? defaults->value : Profile::Announcer; }
  bool operator==(const Config&) const = default;
};

}  // namespace lbgp::conf
