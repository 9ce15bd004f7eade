// SPDX-License-Identifier: Apache-2.0
// Pools of addresses that local clients may announce, and what is put on routes of a pool when they leave.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "wire/community.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

// What clients say about a route beside BGP: their own names for it.
using Labels = std::map<std::string, std::string>;

// A condition on labels, with the meaning of Kubernetes' matchExpressions: a label that is not there is not
// in any set, and so NotIn holds for it.
struct LabelSelector {
  enum class Operator : std::uint8_t { In, NotIn, Exists, DoesNotExist };
  std::string key;
  Operator op = Operator::Exists;
  std::vector<std::string> values;  // In and NotIn only
  [[nodiscard]] bool holds(const Labels& labels) const;
  bool operator==(const LabelSelector&) const = default;
};

// Both ends included, of one family.
struct AddressRange {
  wire::IpAddress first;
  wire::IpAddress last;
  bool operator==(const AddressRange&) const = default;
};

// `vip-pool NAME`. With no pool configured, clients may announce any host prefix; with at least one, only
// what lies in a pool that allows them.
struct VipPool {
  std::string name;
  std::vector<AddressRange> ranges;
  wire::Communities communities;  // added to every route of the pool
  wire::LargeCommunities large_communities;
  std::optional<std::uint32_t> local_preference;  // of routes without one, as the next
  std::optional<std::uint32_t> metric;
  std::uint32_t prepend = 0;              // our own AS stands so often more in front, towards other ASes
  std::vector<std::string> advertise_to;  // names of neighbors and peer-groups, in order; empty: everybody
  std::vector<LabelSelector> selectors;   // a route of the pool has labels for which all of them hold
  std::vector<std::string> allow_groups;  // Unix groups; empty, with no users: everybody who can connect
  std::vector<std::string> allow_users;

  // The first selector that does not hold; nullptr: the pool takes a route with these labels.
  [[nodiscard]] const LabelSelector* refuses(const Labels& labels) const;
  // Whether a neighbor of that name, in that peer-group, is told of the pool's routes.
  [[nodiscard]] bool is_for(const std::string& neighbor, const std::string& peer_group) const;
  // What the pool has to add to a route, but for what depends on who is told.
  void add_to(wire::PathAttributes& attributes) const;
  bool operator==(const VipPool&) const = default;
};

// Pools do not overlap: an address lies in one at most.
class VipPools {
 public:
  VipPools() = default;
  explicit VipPools(std::vector<VipPool> pools);
  VipPools(const VipPools&) = delete;
  VipPools& operator=(const VipPools&) = delete;
  VipPools(VipPools&&) = default;
  VipPools& operator=(VipPools&&) = default;

  [[nodiscard]] const std::vector<VipPool>& all() const { return pools_; }
  [[nodiscard]] bool empty() const { return pools_.empty(); }
  // The pool that holds all of `prefix`; nullptr: none.
  [[nodiscard]] const VipPool* find(const wire::Prefix& prefix) const;

 private:
  struct Piece {
    AddressRange range;
    std::size_t pool = 0;
  };
  std::vector<VipPool> pools_;
  std::vector<Piece> pieces_;  // in order, those of one pool joined where they touch
};

}  // namespace lbgp::rib
