// SPDX-License-Identifier: Apache-2.0
// Path selection: the decision process, run over parts of the candidates.
#include "rib/path_selection.hpp"

#include <algorithm>

namespace lbgp::rib {

namespace {

using Chosen = boost::container::small_vector<bool, 16>;

class Selector {
 public:
  Selector(std::span<const Candidate> candidates, const GlobalSettings& settings)
      : candidates_(candidates), settings_(settings), chosen_(candidates.size(), false) {}

  // The best of those that `among` holds for; false: there is none.
  template <typename Among>
  bool take_best(Among among) {
    boost::container::small_vector<Candidate, 16> some;
    boost::container::small_vector<std::size_t, 16> places;
    for (std::size_t i = 0; i < candidates_.size(); ++i)
      if (among(i)) some.push_back(candidates_[i]), places.push_back(i);
    if (some.empty()) return false;
    chosen_[places[decide({some.data(), some.size()}, settings_).best]] = true;
    return true;
  }
  void take_one_per_as() {
    // Our own route comes from no neighboring AS, and so stands beside those from our AS.
    const auto same_group = [&](std::size_t a, std::size_t b) {
      return candidates_[a].local == candidates_[b].local &&
             candidates_[a].key.neighbor_as == candidates_[b].key.neighbor_as;
    };
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const auto is_first = [&](std::size_t first) {
        for (std::size_t earlier = 0; earlier < first; ++earlier)
          if (same_group(earlier, first)) return false;
        return true;
      };
      if (is_first(i)) take_best([&](std::size_t other) { return same_group(i, other); });
    }
  }
  void take(std::size_t count) {
    for (std::size_t n = 0; n < count; ++n)
      if (!take_best([&](std::size_t i) { return !chosen_[i]; })) return;
  }
  void take_all() { std::fill(chosen_.begin(), chosen_.end(), true); }
  [[nodiscard]] Chosen result() && { return std::move(chosen_); }

 private:
  std::span<const Candidate> candidates_;
  const GlobalSettings& settings_;
  Chosen chosen_;
};

}  // namespace

Chosen select_paths(std::span<const Candidate> candidates, const PathSelection& selection,
                    const GlobalSettings& settings) {
  Selector selector(candidates, settings);
  switch (selection.kind) {
    case PathSelection::Kind::Best:
      selector.take(1);
      break;
    case PathSelection::Kind::All:
      selector.take_all();
      break;
    case PathSelection::Kind::BestPerAs:
      selector.take_one_per_as();
      break;
    case PathSelection::Kind::BestSelected:
      selector.take(selection.count);
      break;
  }
  return std::move(selector).result();
}

}  // namespace lbgp::rib
