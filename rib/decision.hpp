// SPDX-License-Identifier: Apache-2.0
// The decision process: which of a route's paths is best, and why (RFC 4271 §9.1.2 in FRR's order).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rib/frozen_attributes.hpp"
#include "rib/settings.hpp"
#include "wire/address.hpp"
#include "wire/as_number.hpp"

namespace lbgp::rib {

// In the order in which the steps are taken.
enum class Reason : std::uint8_t {
  FirstPathReceived,  // there was no other
  PathStaleness,      // RFC 9494 §4.4
  Weight,
  LocalPref,
  LocalRoute,
  Aigp,
  ConfedAsPath,  // AsPath with confederation segments counted
  AsPath,
  Origin,
  Med,
  PeerType,
  IgpMetric,
  OlderPath,
  RouterId,
  ClusterLength,
  NeighborIp,
  NothingLeft,
};
[[nodiscard]] std::string_view to_string(Reason reason);  // FRR's selectionReason words

struct Candidate {
  DecisionKey key;
  bool local = false;
  bool ebgp = false;
  bool selected = false;              // is best now (RFC 5004: do not change without need)
  std::optional<std::uint64_t> aigp;  // read only while it is compared
  // Next hops of a host are on its own links, at no distance; `equal-cluster-length` has the length of an
  // internal path's CLUSTER_LIST stand for it.
  std::uint32_t igp_metric = 0;
  std::string_view owner;    // of a local path; among local paths the lowest decides
  bool aggregate = false;    // a local path that gives way to what an owner asked for
  wire::RouterId router_id;  // of the peer; ORIGINATOR_ID goes before it (RFC 4456 §9)
  wire::IpAddress neighbor;
  std::uint32_t path_id = 0;
};

struct Decision {
  std::size_t best = 0;
  Reason reason = Reason::FirstPathReceived;  // the step that put the last rival out
};

// `candidates` is not empty. The outcome does not depend on their order: each step puts out every path that
// another one beats, so MED is compared within one neighboring AS before anything later is (RFC 4271 §9.1.2.2
// (c)).
[[nodiscard]] Decision decide(std::span<const Candidate> candidates, const GlobalSettings& settings);

// Whether a path that comes to others becomes best in place of `best`, if these two alone can tell: they do
// unless a MED has a say, which other paths may have been put out by.
[[nodiscard]] std::optional<bool> beats_best(const Candidate& added, const Candidate& best,
                                             const GlobalSettings& settings);

// Whether `other` is as good as `best` up to the step that multipath looks at, the IGP metric; whether they
// also lead the same way is for the caller.
[[nodiscard]] bool equal_for_multipath(const Candidate& best, const Candidate& other,
                                       const GlobalSettings& settings);

// Which of two local paths stands for both.
[[nodiscard]] bool owner_goes_before(const Candidate& a, const Candidate& b);

// What orders paths that are equal so far, less is better: router id, cluster length, neighbor, identifier.
[[nodiscard]] bool goes_before(const Candidate& a, const Candidate& b);

}  // namespace lbgp::rib
