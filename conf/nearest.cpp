// SPDX-License-Identifier: Apache-2.0
// Edit distance with transpositions (optimal string alignment), three rows at a time.
#include "conf/nearest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace lbgp::conf {
namespace {

constexpr std::size_t kLongest = 40;  // keywords are shorter

std::size_t distance(std::string_view a, std::string_view b) {
  using Costs = std::array<std::size_t, kLongest + 1>;
  Costs before{}, above{}, here{};
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    here[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      here[j] = std::min({above[j] + 1, here[j - 1] + 1, above[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) here[j] = std::min(here[j], before[j - 2] + 1);
    }
    before = above;
    above = here;
  }
  return above[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::min<std::size_t>(2, word.size() / 3) + 1;
  for (std::string_view candidate : known) {
    if (candidate.size() > kLongest || word.size() > kLongest) continue;
    const std::size_t far = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (far >= best_distance) continue;
    const std::size_t d = distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace lbgp::conf
