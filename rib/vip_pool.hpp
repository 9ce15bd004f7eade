// SPDX-License-Identifier: Apache-2.0
// A pool of addresses that local clients may announce, and what is put on routes of that pool.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wire/community.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

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
  std::vector<std::string> allow_groups;  // Unix groups; empty, with no users: everybody who can connect
  std::vector<std::string> allow_users;
  bool operator==(const VipPool&) const = default;
};

// The pool that holds all of `prefix`; nullptr: none.
[[nodiscard]] const VipPool* find_pool(std::span<const VipPool> pools, const wire::Prefix& prefix);

}  // namespace lbgp::rib
