// SPDX-License-Identifier: Apache-2.0
// Packed for one member of a group, sent to all that lack the same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "rib/bitmap.hpp"
#include "rib/ids.hpp"
#include "wire/path_attributes.hpp"
#include "wire/update.hpp"

namespace lbgp::rib {

// A stretch of the list of routes with one attribute set, none left out, as whole messages.
struct PackedRun {
  AttrId attributes = kNoAttr;
  RouteId from = kNoRoute;
  RouteId next = kNoRoute;  // the first route behind it
  wire::UpdateCodec codec;
  wire::NextHop next_hop;  // ourselves on the session
  wire::Bytes octets;
  std::vector<Bitmap::Word> routes;

  static constexpr std::size_t kOctets = 16 * 1024;  // more or less
  static constexpr std::size_t kMaxWords = 1024;     // of routes that lie scattered over the table

  // Behind what is there; false: the run would become larger than what it saves.
  [[nodiscard]] bool add(RouteId route) {
    const std::uint64_t bit = std::uint64_t{1} << (route % 64);
    if (!routes.empty() && routes.back().index == route / 64) {
      routes.back().bits |= bit;
      return true;
    }
    routes.push_back({route / 64, bit});
    return routes.size() <= kMaxWords;
  }
};

// The last runs of a group: when a hundred peers are told the same, ninety-nine of them get copies. Members
// that are slower than the rest pack for themselves. Held while some member lacks something, and only until
// the lists of the group change.
class PackedRuns {
 public:
  [[nodiscard]] const PackedRun* find(AttrId attributes, RouteId from, const wire::UpdateCodec& codec,
                                      const wire::NextHop& next_hop) const {
    const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const PackedRun& run) {
      return run.from == from && run.attributes == attributes && run.codec == codec &&
             run.next_hop == next_hop;
    });
    return found != runs_.end() ? &*found : nullptr;
  }
  void keep(PackedRun run) {
    if (runs_.size() < kRuns)
      runs_.push_back(std::move(run));
    else
      runs_[oldest_++ % kRuns] = std::move(run);
  }
  void clear() {
    if (!runs_.empty()) *this = {};
  }
  [[nodiscard]] std::size_t memory() const {
    std::size_t sum = runs_.capacity() * sizeof(PackedRun);
    for (const PackedRun& run : runs_)
      sum += run.octets.capacity() + run.routes.capacity() * sizeof(Bitmap::Word);
    return sum;
  }

 private:
  static constexpr std::size_t kRuns = 64;
  std::vector<PackedRun> runs_;
  std::size_t oldest_ = 0;
};

}  // namespace lbgp::rib
