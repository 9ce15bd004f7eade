// SPDX-License-Identifier: Apache-2.0
// The decision process as a sequence of eliminations.
#include "rib/decision.hpp"

#include <algorithm>
#include <array>
#include <boost/container/small_vector.hpp>
#include <limits>
#include <tuple>

namespace lbgp::rib {

namespace {

using Alive = boost::container::small_vector<const Candidate*, 16>;

constexpr std::array<std::string_view, 17> kReasonWords{"First path received",
                                                        "Path Staleness",
                                                        "Weight",
                                                        "Local Pref",
                                                        "Local Route",
                                                        "AIGP",
                                                        "Confederation based AS Path",
                                                        "AS Path",
                                                        "Origin",
                                                        "MED",
                                                        "Peer Type",
                                                        "IGP Metric",
                                                        "Older Path",
                                                        "Router ID",
                                                        "Cluster length",
                                                        "Neighbor IP",
                                                        "Nothing left to compare"};

std::uint32_t local_pref(const Candidate& c, const GlobalSettings& settings) {
  return c.key.has_local_pref ? c.key.local_pref : settings.default_local_pref;
}

std::uint32_t med(const Candidate& c, const GlobalSettings& settings) {
  if (c.key.has_med) return c.key.med;
  return settings.med_missing_as_worst ? std::numeric_limits<std::uint32_t>::max() : 0;
}

// RFC 7311 §4.1: a path that has the attribute goes before all that do not. The greatest value is not
// accepted from the wire.
std::uint64_t aigp(const Candidate& c) {
  return c.aigp.value_or(std::numeric_limits<std::uint64_t>::max());
}

// A step that orders paths by a number of their own, the least first.
struct Step {
  Reason reason;
  std::uint64_t (*value)(const Candidate&, const GlobalSettings&);
};

// Up to the first step at which who is left depends on the others.
constexpr std::array kBeforeMed{
    Step{Reason::PathStaleness,
         [](const Candidate& c, const GlobalSettings&) -> std::uint64_t {
           return !c.local && c.key.long_lived_stale;
         }},
    Step{Reason::Weight,
         [](const Candidate& c, const GlobalSettings&) -> std::uint64_t { return ~c.key.weight; }},
    Step{Reason::LocalPref,
         [](const Candidate& c, const GlobalSettings& settings) -> std::uint64_t {
           return ~local_pref(c, settings);
         }},
    Step{Reason::LocalRoute,
         [](const Candidate& c, const GlobalSettings&) -> std::uint64_t { return !c.local; }},
    Step{Reason::Aigp,
         [](const Candidate& c, const GlobalSettings& settings) -> std::uint64_t {
           return settings.compare_aigp ? aigp(c) : 0;
         }},
    Step{Reason::AsPath,
         [](const Candidate& c, const GlobalSettings& settings) -> std::uint64_t {
           return settings.ignore_as_path ? 0 : c.key.path_length;
         }},
    Step{Reason::Origin,
         [](const Candidate& c, const GlobalSettings&) -> std::uint64_t { return c.key.origin; }},
};

bool med_comparable(const Candidate& a, const Candidate& b, const GlobalSettings& settings) {
  return settings.always_compare_med || a.key.neighbor_as == b.key.neighbor_as;
}

Reason reason_of(const Step& step, const GlobalSettings& settings) {
  return step.reason == Reason::AsPath && settings.count_confederations ? Reason::ConfedAsPath : step.reason;
}

wire::RouterId router_id(const Candidate& c) {
  return c.key.has_originator_id ? wire::RouterId(c.key.originator_id) : c.router_id;
}

// Runs the steps over the candidates that are left and remembers the last one that put somebody out.
class Elimination {
 public:
  Elimination(std::span<const Candidate> candidates, const GlobalSettings& settings) : settings_(settings) {
    for (const Candidate& candidate : candidates) alive_.push_back(&candidate);
  }

  void keep_only_one_local_owner() {
    const Candidate* lowest = nullptr;
    for (const Candidate* c : alive_)
      if (c->local && (lowest == nullptr || owner_goes_before(*c, *lowest))) lowest = c;
    if (lowest != nullptr)
      drop(Reason::NothingLeft, [&](const Candidate& c) { return c.local && &c != lowest; });
  }
  // Puts out all whose value is not the smallest.
  template <typename Value>
  void smallest(Reason reason, Value value) {
    if (alive_.size() == 1) return;
    auto best = value(*alive_.front());
    for (const Candidate* c : alive_) best = std::min(best, value(*c));
    drop(reason, [&](const Candidate& c) { return best < value(c); });
  }
  void lowest_med() {
    if (alive_.size() == 1) return;
    const Alive before = alive_;
    drop(Reason::Med, [&](const Candidate& c) {
      return std::any_of(before.begin(), before.end(), [&](const Candidate* rival) {
        return med_comparable(c, *rival, settings_) && med(*rival, settings_) < med(c, settings_);
      });
    });
  }
  // RFC 5004: among external paths the present best stays.
  void older_path() {
    const bool stays =
        std::any_of(alive_.begin(), alive_.end(), [](const Candidate* c) { return c->selected && c->ebgp; });
    if (stays && !settings_.compare_router_id)
      drop(Reason::OlderPath, [](const Candidate& c) { return !c.selected; });
  }
  [[nodiscard]] const Candidate* winner() const { return alive_.front(); }
  [[nodiscard]] Reason reason() const { return reason_; }

 private:
  template <typename Predicate>
  void drop(Reason reason, Predicate out) {
    const auto size = alive_.size();
    alive_.erase(std::remove_if(alive_.begin(), alive_.end(), [&](const Candidate* c) { return out(*c); }),
                 alive_.end());
    if (alive_.size() != size) reason_ = reason;
  }

  Alive alive_;
  const GlobalSettings& settings_;
  Reason reason_ = Reason::FirstPathReceived;
};

}  // namespace

std::string_view to_string(Reason reason) {
  return kReasonWords.at(static_cast<std::size_t>(reason));
}

Decision decide(std::span<const Candidate> candidates, const GlobalSettings& settings) {
  Elimination left(candidates, settings);
  left.keep_only_one_local_owner();
  for (const Step& step : kBeforeMed)
    left.smallest(reason_of(step, settings), [&](const Candidate& c) { return step.value(c, settings); });
  left.lowest_med();
  left.smallest(Reason::PeerType, [](const Candidate& c) { return !c.ebgp; });
  left.smallest(Reason::IgpMetric, [](const Candidate& c) { return c.igp_metric; });
  left.older_path();
  left.smallest(Reason::RouterId, [](const Candidate& c) { return router_id(c); });
  left.smallest(Reason::ClusterLength, [](const Candidate& c) { return c.key.cluster_length; });
  left.smallest(Reason::NeighborIp, [](const Candidate& c) { return c.neighbor; });
  left.smallest(Reason::NothingLeft, [](const Candidate& c) { return c.path_id; });
  return {static_cast<std::size_t>(left.winner() - candidates.data()), left.reason()};
}

// The steps before MED order any two paths whatever others there are, and so do those behind it among whom
// MED has left. Without a MED both are left, and nobody comes back whom the best one has put out.
std::optional<bool> beats_best(const Candidate& added, const Candidate& best,
                               const GlobalSettings& settings) {
  for (const Step& step : kBeforeMed) {
    const std::uint64_t a = step.value(added, settings);
    const std::uint64_t b = step.value(best, settings);
    if (a != b) return a < b;
  }
  if (med(added, settings) != 0 || med(best, settings) != 0) return std::nullopt;
  const std::array both{best, added};
  return decide(both, settings).best == 1;
}

bool equal_for_multipath(const Candidate& best, const Candidate& other, const GlobalSettings& settings) {
  return !best.local && !other.local && (settings.peer_type_relax || best.ebgp == other.ebgp) &&
         best.key.long_lived_stale == other.key.long_lived_stale && best.key.weight == other.key.weight &&
         local_pref(best, settings) == local_pref(other, settings) &&
         (!settings.compare_aigp || aigp(best) == aigp(other)) &&
         (settings.ignore_as_path || best.key.path_length == other.key.path_length) &&
         best.key.origin == other.key.origin && best.igp_metric == other.igp_metric &&
         (!med_comparable(best, other, settings) || med(best, settings) == med(other, settings));
}

bool owner_goes_before(const Candidate& a, const Candidate& b) {
  return std::tie(a.aggregate, a.owner) < std::tie(b.aggregate, b.owner);
}

bool goes_before(const Candidate& a, const Candidate& b) {
  const auto rank = [](const Candidate& c) {
    return std::tuple(router_id(c), c.key.cluster_length, c.neighbor, c.path_id);
  };
  return rank(a) < rank(b);
}

}  // namespace lbgp::rib
