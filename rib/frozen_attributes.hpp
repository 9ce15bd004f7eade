// SPDX-License-Identifier: Apache-2.0
// An attribute set as one flat run of octets: small to keep, quick to hash and to compare.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "wire/path_attributes.hpp"

namespace lbgp::rib {

// What the RIB keeps as "the attributes" of a route: those of the wire, and FRR's local weight and tag.
struct RouteAttributes {
  wire::PathAttributes path;
  std::uint32_t weight = 0;
  std::uint32_t tag = 0;  // policies set it and ask for it; nobody else is told
  bool operator==(const RouteAttributes&) const = default;
};

// What the decision process asks of an attribute set; every frozen one begins with what it is made of, so
// that comparing paths needs no thawing.
struct DecisionKey {
  std::uint32_t weight = 0;
  std::uint32_t local_pref = 0;  // 0 when absent, see has_local_pref
  std::uint32_t med = 0;
  std::uint32_t neighbor_as = 0;  // leftmost AS of the path; 0: internal
  std::uint32_t originator_id = 0;
  std::uint16_t path_length = 0;
  std::uint16_t cluster_length = 0;
  std::uint8_t origin = 0;
  bool has_med = false;
  bool has_local_pref = false;
  bool has_originator_id = false;
  bool long_lived_stale = false;  // RFC 9494 §4.3: among the communities is LLGR_STALE
};

// Canonical in the sense of PathAttributes: equal sets freeze to equal octets, different ones to different
// octets. 33 octets for a path of four AS numbers with two communities, against some 350 and three heap
// blocks for the value itself.
void freeze(const RouteAttributes& attributes, std::vector<std::uint8_t>& out);
[[nodiscard]] RouteAttributes thaw(std::span<const std::uint8_t> frozen);
[[nodiscard]] DecisionKey decision_key(std::span<const std::uint8_t> frozen);

}  // namespace lbgp::rib
