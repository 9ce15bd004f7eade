// SPDX-License-Identifier: Apache-2.0
// What a configuration means: the settings that the other layers run on.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fsm/bfd_settings.hpp"
#include "fsm/settings.hpp"
#include "rib/policy.hpp"
#include "rib/settings.hpp"
#include "rib/vip_pool.hpp"
#include "wire/update.hpp"

namespace lbgp::conf {

// `neighbor X bfd`.
struct NeighborBfd {
  fsm::BfdSettings settings;
  std::string profile;  // empty: none
  bool has_minimum_ttl =
      false;  // settings.minimum_ttl is the operator's word; else it follows from the hops allowed
  bool check_control_plane = false;  // `bfd check-control-plane-failure`
  bool operator==(const NeighborBfd&) const = default;
};

struct Neighbor {
  std::string name;  // as in the file: "10.90.3.101", "eth0"
  std::string description;
  std::string peer_group;                    // empty: in none
  std::optional<wire::Prefix> listen_range;  // of a dynamic neighbor: where it may come from
  fsm::SessionSettings session;
  fsm::TransportSettings transport;
  rib::PeerSettings routes;
  std::optional<NeighborBfd> bfd;
  std::chrono::seconds advertisement_interval{0};  // at least so long between two bursts of UPDATEs
  wire::UpdateRules rules;  // what the operator says of them; the session knows the rest
  bool operator==(const Neighbor&) const = default;
};

struct PeerGroup {
  std::string name;
  std::vector<std::string> members;
  bool operator==(const PeerGroup&) const = default;
};

// `bgp listen range PREFIX peer-group GROUP`.
struct ListenRange {
  wire::Prefix prefix;
  Neighbor pattern;  // what whoever connects from there becomes, but for name and address
  bool operator==(const ListenRange&) const = default;
};

struct Compiled {
  std::string hostname;                     // empty: the machine's
  bool has_router = false;                  // a `router bgp` block exists
  std::optional<wire::RouterId> router_id;  // none: the daemon picks one from the machine's addresses
  bool log_neighbor_changes = true;
  bool fast_external_failover = true;  // the session of an external neighbor ends with the link that it is on
  rib::GlobalSettings global;          // router_id as above, or unset
  rib::Policies policies;
  std::vector<Neighbor> neighbors;  // in order of address, then of interface
  std::vector<ListenRange> listen_ranges;
  std::uint32_t listen_limit = 100;    // of neighbors that come by the ranges
  std::vector<PeerGroup> peer_groups;  // in order of name
  std::vector<rib::VipPool> pools;
  std::vector<fsm::BfdPeer> bfd_peers;                   // of the `bfd` block, in order of key
  std::map<std::string, fsm::BfdSettings> bfd_profiles;  // for `show`
  bool operator==(const Compiled&) const = default;
};

// The narrowest range that holds the address; null: none does.
[[nodiscard]] const ListenRange* find_range(std::span<const ListenRange> ranges,
                                            const wire::IpAddress& address);
// What `address` becomes by that range.
[[nodiscard]] Neighbor dynamic_neighbor(const ListenRange& range, const wire::IpAddress& address);

}  // namespace lbgp::conf
