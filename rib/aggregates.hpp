// SPDX-License-Identifier: Apache-2.0
// The aggregates of one family (RFC 4271 §9.2.2.2): how many routes lie below each, and whose turn it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "rib/column.hpp"
#include "rib/ids.hpp"
#include "rib/policy_eval.hpp"
#include "rib/settings.hpp"
#include "wire/path_attributes.hpp"

namespace lbgp::rib {

// Counts only; announcing is for the RIB. A change of a route costs a search per length that aggregates have,
// however many routes there are. Exists only where an aggregate is configured: an octet per route.
class Aggregates {
 public:
  // Which of the routes below are not told to peers: the aggregate is, in their place.
  struct Suppression {
    bool all = false;
    std::shared_ptr<const Policy> some{};  // those that it permits; none: see `all`
    bool operator==(const Suppression&) const = default;
    [[nodiscard]] bool any() const { return all || some != nullptr; }
  };
  struct Entry {
    Aggregate settings;
    std::array<std::uint32_t, 3> contributors{};    // routes below it, by origin
    std::map<std::uint32_t, std::uint32_t> meds{};  // and by MED, if that matters
    Suppression suppresses{};
    bool changed = true;  // what is announced may have to change
    // Whether it may be there, as far as `matching-MED-only` goes.
    [[nodiscard]] bool med_permits() const { return meds.size() <= 1; }
    // The worst origin of its contributors; none: there are none.
    [[nodiscard]] std::optional<wire::Origin> origin() const;
  };

  // `now` is in order of prefix. Routes have to be counted anew. What suppresses goes on doing so until
  // somebody says otherwise; true: something that did is not there any more.
  bool configure(std::span<const Aggregate> now);
  [[nodiscard]] std::vector<Entry>& entries() { return entries_; }

  struct Contribution {
    wire::Origin origin = wire::Origin::Igp;
    std::uint32_t med = 0;  // 0 when there is none, as in FRR
  };
  // What counts of a route's best path; none: it has no path, or it is an aggregate itself.
  void contribute(RouteId route, const wire::Prefix& prefix, const std::optional<Contribution>& counts);
  // Whether an aggregate above `prefix` suppresses it. `permits`: whether such a policy permits the route.
  [[nodiscard]] bool suppressed(const wire::Prefix& prefix,
                                const std::function<bool(const Policy&)>& permits);

  // Routes are being counted anew: until that is done nothing is to be concluded from the counts.
  bool counting = false;
  bool changed = false;            // one of the entries is
  std::vector<wire::Prefix> gone;  // aggregates that are still announced and no longer configured

  void trim(RouteId end) {
    contributed_.trim(end);
    meds_.trim(end);
  }
  [[nodiscard]] std::size_t memory() const;

 private:
  [[nodiscard]] Entry* find(const wire::Prefix& prefix);
  template <typename Visit>
  void each_above(const wire::Prefix& prefix, Visit visit);

  std::vector<Entry> entries_;         // in order of prefix
  std::vector<std::uint8_t> lengths_;  // that they have, each once
  Column<std::uint8_t> contributed_;   // by route: 1 + the origin that counts, 0: none does
  Column<std::uint32_t> meds_;         // by route: the MED that counts; only while somebody asks
  bool counts_meds_ = false;
};

}  // namespace lbgp::rib
