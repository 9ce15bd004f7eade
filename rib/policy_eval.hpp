// SPDX-License-Identifier: Apache-2.0
// Runs routing policy: one neighbor's filters and route map in one direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rib/frozen_attributes.hpp"
#include "rib/policy.hpp"
#include "rib/vip_pool.hpp"

namespace lbgp::rib {

// What a policy may ask of a route besides its attributes.
struct PolicyContext {
  wire::Prefix prefix;
  std::optional<wire::IpAddress> source;  // the peer it came from; none: local
  // Of that peer. The views must outlive the evaluation.
  std::string_view source_name{};   // "10.0.0.1", "eth0"
  std::string_view source_group{};  // its peer-group; empty: none
  bool outbound = false;            // towards a peer
  bool suppressed = false;          // an aggregate stands for it
  bool drops_med = false;           // what it came with does not go on: `set metric +N` begins at nothing
  const VipPool* pool = nullptr;    // that a local host prefix lies in
  // If given, what evaluating costs is added: an entry of a map or a list that is tried counts as one, and
  // so do 64 characters that an expression reads.
  std::size_t* effort = nullptr;
};

// What a route map did that later rules have to respect.
struct PolicyEffects {
  bool med_set = false;
  bool next_hop_set = false;
  bool link_local_set = false;
};

// What a neighbor names in one direction, in FRR's order of evaluation. Empty: nothing.
struct PolicyNames {
  std::string distribute_list{};  // an access list
  std::string prefix_list{};
  std::string filter_list{};  // an AS path list
  std::string route_map{};
  auto operator<=>(const PolicyNames&) const = default;
};

struct PolicyStep;

// Filters and a route map with every list and map that they name, by value: two are equal exactly when they
// treat all routes alike by their text, which is how a reload finds out whom it concerns.
class Policy {
 public:
  // FRR's limit: a chain of calls that is longer denies.
  static constexpr unsigned kMaxCalls = 10;
  // Entries that one route may be tried against: maps that call and go on would otherwise multiply.
  static constexpr unsigned kMaxEntries = 100'000;

  Policy() = default;
  Policy(const Policies& all, wire::Family family, PolicyNames names);
  Policy(const Policies& all, wire::Family family, const std::string& prefix_list,
         const std::string& route_map)
      : Policy(all, family, PolicyNames{{}, prefix_list, {}, route_map}) {}

  // RFC 8212: whether the operator has named any policy at all.
  [[nodiscard]] bool configured() const { return names_ != PolicyNames{}; }
  // The outcome for a route depends on its attributes and on these bits alone; nothing: on too much to tell.
  [[nodiscard]] std::optional<std::uint32_t> signature(const PolicyContext& route) const;
  // The signature that all routes have, where it is one for all.
  [[nodiscard]] std::optional<std::uint32_t> common_signature() const { return common_signature_; }
  [[nodiscard]] bool denies_all() const { return common_signature_ == kDenied; }
  // false: denied. On permit, `attributes` is what the route map makes of it. `steps`: see policy_trace.hpp.
  [[nodiscard]] bool apply(const PolicyContext& route, RouteAttributes& attributes, PolicyEffects& effects,
                           std::vector<PolicyStep>* steps = nullptr) const;

  // The route map permits a route: the first of its entries that matched. Nothing: it is denied.
  [[nodiscard]] std::optional<std::uint32_t> permitted_by(const PolicyContext& route,
                                                          const RouteAttributes& attributes) const;
  // What that entry itself sets, on a route of our own.
  void set(std::uint32_t entry, const wire::Prefix& prefix, RouteAttributes& attributes,
           PolicyEffects& effects) const;

  bool operator==(const Policy&) const = default;

 private:
  // Of a signature: a bit for what filters say of the prefix, and one per clause.
  static constexpr std::uint32_t kPermitted = 0, kDenied = 1;
  static constexpr std::size_t kSignatureBits = 24;
  friend class PolicyWalk;
  void collect(const Policies& all, const ListName& list);
  [[nodiscard]] std::optional<std::uint32_t> find_common_signature() const;
  [[nodiscard]] bool prefix_filters_permit(const wire::Prefix& prefix, std::size_t& effort) const;

  PolicyNames names_;
  wire::Family family_ = wire::Family::Ipv4Unicast;
  Policies used_;                     // what the names stand for, and what that names in turn
  std::vector<Match> route_matches_;  // the distinct clauses that ask for prefix or source
  std::optional<std::uint32_t> common_signature_ = kPermitted;
};

}  // namespace lbgp::rib
