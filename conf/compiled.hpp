// SPDX-License-Identifier: Apache-2.0
// What a configuration means: the settings that the other layers run on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fsm/settings.hpp"
#include "rib/policy.hpp"
#include "rib/settings.hpp"
#include "rib/vip_pool.hpp"
#include "wire/update.hpp"

namespace lbgp::conf {

struct Neighbor {
  std::string name;  // as in the file: "10.90.3.101"
  std::string description;
  std::string peer_group;  // empty: in none
  fsm::SessionSettings session;
  fsm::TransportSettings transport;
  rib::PeerSettings routes;
  wire::UpdateRules rules;  // what the operator says of them; the session knows the rest
  bool operator==(const Neighbor&) const = default;
};

struct PeerGroup {
  std::string name;
  std::vector<std::string> members;
  bool operator==(const PeerGroup&) const = default;
};

struct Compiled {
  std::string hostname;                     // empty: the machine's
  bool has_router = false;                  // a `router bgp` block exists
  std::optional<wire::RouterId> router_id;  // none: the daemon picks one from the machine's addresses
  bool log_neighbor_changes = true;
  rib::GlobalSettings global;  // router_id as above, or unset
  rib::Policies policies;
  std::vector<Neighbor> neighbors;     // in order of address
  std::vector<PeerGroup> peer_groups;  // in order of name
  std::vector<rib::VipPool> pools;
  bool operator==(const Compiled&) const = default;
};

}  // namespace lbgp::conf
