// SPDX-License-Identifier: Apache-2.0
// What changes for whom between two configurations: what a reload does, and what it leaves alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conf/compiled.hpp"
#include "fsm/state.hpp"

namespace lbgp::conf {

// What a changed option means for an established session, from nothing to everything. Options of NextSession
// are taken over at once and count from the next session on: no reload flaps a session for their sake.
enum class Impact : std::uint8_t { None, NextSession, SoftOut, SoftIn, Reset };
[[nodiscard]] std::string_view to_string(
    Impact impact);  // "none" "next session" "soft out" "soft in" "reset"

struct Change {
  std::string option;  // as in the file: "timers", "address-family ipv4 unicast prefix-list in"
  Impact impact = Impact::None;
  fsm::DownReason reason = fsm::DownReason::None;  // Reset only: what the log will say
  bool operator==(const Change&) const = default;
};

struct NeighborDiff {
  std::string name;
  std::vector<Change> changes;  // in a fixed order
  // A change in a route map or list that this neighbor uses counts as a change of the neighbor.
  [[nodiscard]] bool needs(Impact impact) const;
  [[nodiscard]] Impact worst() const;
  // The reason of the first change that resets; None: nothing does.
  [[nodiscard]] fsm::DownReason reset_reason() const;
  // Names of the options whose impact is that: "password, ebgp-multihop".
  [[nodiscard]] std::string options(Impact impact) const;
  bool operator==(const NeighborDiff&) const = default;
};

struct Diff {
  bool router_replaced = false;    // another AS, a router that is new or gone
  std::vector<std::string> added;  // neighbors, in order of address
  std::vector<std::string> removed;
  std::vector<NeighborDiff> changed;
  std::vector<std::string> global;    // options of the router: "bgp default local-preference"
  std::vector<std::string> policies;  // "route-map RM", "ip prefix-list L": new, gone or different
  std::vector<std::string> pools;     // "vip-pool P"
  [[nodiscard]] bool empty() const;
  bool operator==(const Diff&) const = default;
};

[[nodiscard]] Diff diff(const Compiled& before, const Compiled& after);
// Of one neighbor, as far as it says itself; without changes: nothing.
[[nodiscard]] NeighborDiff diff(const Neighbor& before, const Neighbor& after);

}  // namespace lbgp::conf
