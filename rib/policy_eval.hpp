// SPDX-License-Identifier: Apache-2.0
// Runs routing policy: one neighbor's prefix list and route map in one direction.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rib/frozen_attributes.hpp"
#include "rib/policy.hpp"

namespace lbgp::rib {

// What a policy may ask of a route besides its attributes.
struct PolicyContext {
  wire::Prefix prefix;
  std::optional<wire::IpAddress> source;  // the peer it came from; none: local
};

// What a route map did that later rules have to respect.
struct PolicyEffects {
  bool med_set = false;
  bool next_hop_set = false;
};

[[nodiscard]] bool permits(const PrefixList& list, const wire::Prefix& prefix);
// The entry that decides; null: none matches.
[[nodiscard]] const PrefixListEntry* find_match(const PrefixList& list, const wire::Prefix& prefix);
// The lists' first matching entry decides; `exact`: the route has nothing else.
[[nodiscard]] bool matches(const CommunityList& list, const wire::Communities& communities, bool exact);
[[nodiscard]] bool matches(const LargeCommunityList& list, const wire::LargeCommunities& communities,
                           bool exact);

struct PolicyVerdict;

// A prefix list and a route map with every list that they name, by value: two are equal exactly when they
// treat all routes alike by their text, which is how a reload finds out whom it concerns.
class Policy {
 public:
  Policy() = default;
  Policy(const Policies& all, wire::Family family, const std::string& prefix_list,
         const std::string& route_map);

  // RFC 8212: whether the operator has named any policy at all.
  [[nodiscard]] bool configured() const { return configured_; }
  // The outcome for a route depends on its attributes and on these bits alone; nothing: on too much to tell.
  [[nodiscard]] std::optional<std::uint32_t> signature(const PolicyContext& route) const;
  // false: denied. On permit, `attributes` is what the route map makes of it.
  [[nodiscard]] bool apply(const PolicyContext& route, RouteAttributes& attributes,
                           PolicyEffects& effects) const;

  // The entry of the route map that permits a route, by its number; nothing: it is denied.
  [[nodiscard]] std::optional<std::uint32_t> permitted_by(const PolicyContext& route,
                                                          const RouteAttributes& attributes) const;
  // What that entry sets, on a route of our own.
  void set(std::uint32_t entry, const wire::Prefix& prefix, RouteAttributes& attributes,
           PolicyEffects& effects) const;

  bool operator==(const Policy&) const = default;

  friend PolicyVerdict explain(const Policy& policy, const PolicyContext& route, RouteAttributes attributes);

 private:
  static constexpr std::size_t kSignatureBits = 24;
  // The entry of the route map that decides; null: none matches.
  [[nodiscard]] const RouteMapEntry* first_match(const PolicyContext& route,
                                                 const RouteAttributes& attributes) const;
  void apply_entry(const RouteMapEntry& entry, const PolicyContext& route, RouteAttributes& attributes,
                   PolicyEffects& effects) const;
  [[nodiscard]] bool holds(const Match& match, const PolicyContext& route,
                           const RouteAttributes& attributes) const;
  void collect(const Policies& all);

  std::string prefix_list_name_;
  std::string route_map_name_;
  bool configured_ = false;
  bool has_route_map_ = false;
  std::optional<PrefixList> prefix_list_;
  RouteMap route_map_;                // empty although configured: denies everything
  std::vector<Match> route_matches_;  // the distinct clauses that ask for prefix or source
  wire::PerFamily<std::map<std::string, PrefixList>> prefix_lists_;
  std::map<std::string, CommunityList> community_lists_;
  std::map<std::string, LargeCommunityList> large_community_lists_;
};

}  // namespace lbgp::rib
