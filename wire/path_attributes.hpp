// SPDX-License-Identifier: Apache-2.0
// The decoded path attributes of a route: everything but the prefix.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/address.hpp"
#include "wire/as_path.hpp"
#include "wire/community.hpp"

namespace lbgp::wire {

// RFC 4271 §5.1.1; the values are those of the wire, and lower is preferred.
enum class Origin : std::uint8_t { Igp = 0, Egp = 1, Incomplete = 2 };
[[nodiscard]] std::string_view to_string(Origin origin);  // "IGP" "EGP" "incomplete"
[[nodiscard]] char origin_code(Origin origin);            // 'i' 'e' '?'

// NEXT_HOP or the next hop field of MP_REACH_NLRI. RFC 2545 §3: on a shared link an IPv6 next hop carries
// a link-local address beside the global one. A peer that sends a link-local address alone leaves it in
// `address` too.
struct NextHop {
  IpAddress address;
  std::optional<IpAddress> link_local;
  auto operator<=>(const NextHop&) const = default;
};

struct Aggregator {
  AsNumber as;
  RouterId id;
  auto operator<=>(const Aggregator&) const = default;
};

// An optional transitive attribute that we do not know: carried along (RFC 4271 §5), raw.
struct UnknownAttribute {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  std::vector<std::uint8_t> value;
  auto operator<=>(const UnknownAttribute&) const = default;
};

// Optional transitive attributes that we know and that have the Partial bit: somebody on the way did not know
// them, or they were attached later than by the originator. Once set it stays (RFC 4271 §5).
class PartialSet {
 public:
  [[nodiscard]] constexpr bool contains(std::uint8_t code) const { return (bits_ & bit(code)) != 0; }
  constexpr void insert(std::uint8_t code) { bits_ |= bit(code); }
  constexpr void erase(std::uint8_t code) { bits_ &= ~bit(code); }  // with the attribute itself
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  // Bit n: the attribute with code n.
  [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
  [[nodiscard]] static constexpr PartialSet of_bits(std::uint64_t bits) {
    PartialSet set;
    set.bits_ = bits;
    return set;
  }
  auto operator<=>(const PartialSet&) const = default;

 private:
  // All that we know have codes below 64.
  static constexpr std::uint64_t bit(std::uint8_t code) { return code < 64 ? std::uint64_t{1} << code : 0; }
  std::uint64_t bits_ = 0;
};

// Canonical: two routes that mean the same compare equal, whatever the order on the wire was.
struct PathAttributes {
  Origin origin = Origin::Incomplete;
  AsPath as_path;
  NextHop next_hop;
  std::optional<std::uint32_t> med;
  std::optional<std::uint32_t> local_pref;
  bool atomic_aggregate = false;
  std::optional<Aggregator> aggregator;
  Communities communities;
  LargeCommunities large_communities;
  ExtCommunities ext_communities;
  Ipv6ExtCommunities ipv6_ext_communities;
  std::optional<RouterId> originator_id;   // RFC 4456
  std::vector<RouterId> cluster_list;      // RFC 4456
  std::optional<std::uint64_t> aigp;       // RFC 7311
  std::optional<AsNumber> otc;             // RFC 9234
  std::vector<UnknownAttribute> unknown;   // by type code
  PartialSet partial;
  auto operator<=>(const PathAttributes&) const = default;
};

}  // namespace lbgp::wire
