// SPDX-License-Identifier: Apache-2.0
// Packed runs against a map of them, and what they may take of memory.
#include "rib/octet_pages.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// Pages and what should be in them.
class Kept {
 public:
  void add(std::uint32_t owner, std::size_t size) {
    std::vector<std::uint8_t> octets(size, static_cast<std::uint8_t>(owner * 7));
    const auto place = pages_.add(owner, octets, moves());
    runs_[owner] = {place, std::move(octets)};
    octets_ += size;
  }
  void remove(std::uint32_t owner) {
    const Run run = runs_.at(owner);
    runs_.erase(owner);
    octets_ -= run.octets.size();
    pages_.remove(run.place, moves());
  }
  [[nodiscard]] bool has(std::uint32_t owner) const { return runs_.contains(owner); }
  [[nodiscard]] bool right() const {
    return std::all_of(runs_.begin(), runs_.end(), [this](const auto& each) {
      return std::ranges::equal(pages_.at(each.second.place), each.second.octets);
    });
  }
  // Of all runs, with what stands in front of each.
  [[nodiscard]] std::size_t octets() const { return octets_ + 8 * runs_.size(); }
  [[nodiscard]] std::size_t memory() const { return pages_.memory(); }
  [[nodiscard]] std::size_t most_moved() const { return most_moved_; }

 private:
  struct Run {
    OctetPages::Place place = 0;
    std::vector<std::uint8_t> octets;
  };
  struct Moves {
    Kept* kept;
    void operator()(std::uint32_t owner, OctetPages::Place place) const {
      kept->runs_.at(owner).place = place;
      kept->moved_ += kept->runs_.at(owner).octets.size() + 8;
      kept->most_moved_ = std::max(kept->most_moved_, kept->moved_);
    }
  };
  [[nodiscard]] Moves moves() {
    moved_ = 0;
    return {this};
  }

  OctetPages pages_;
  std::map<std::uint32_t, Run> runs_;
  std::size_t octets_ = 0;
  std::size_t moved_ = 0;
  std::size_t most_moved_ = 0;
};

constexpr std::size_t kPage = 16 * 1024;

}  // namespace

TEST_CASE("runs come and go, move, and stay what they are", "[octet-pages]") {
  std::mt19937 random(1);
  Kept kept;
  for (int i = 0; i < 20'000; ++i) {
    const auto owner = static_cast<std::uint32_t>(random() % 3000);
    // Most are short, some need a page to themselves.
    const std::size_t size = random() % 500 != 0 ? random() % 100 : random() % (3 * kPage);
    // It grows for the first half of the time, and shrinks for the second.
    const bool grows = i < 10'000;
    if (!kept.has(owner) && random() % 4 < (grows ? 4U : 1U)) kept.add(owner, size);
    if (kept.has(owner) && random() % 4 < (grows ? 1U : 4U)) kept.remove(owner);
    if (i % 100 == 0) REQUIRE(kept.right());
    REQUIRE(kept.memory() <= 2 * kept.octets() + 3 * kPage + kept.memory() / 100);
  }
  CHECK(kept.right());
  CHECK(kept.most_moved() > 0);
  CHECK(kept.most_moved() <= kPage);
  for (std::uint32_t owner = 0; owner < 3000; ++owner)
    if (kept.has(owner)) kept.remove(owner);
  CHECK(kept.memory() < kPage);
}

TEST_CASE("runs of every size, up to those that are longer than a page", "[octet-pages]") {
  Kept kept;
  std::uint32_t owner = 0;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kPage / 4 - 9, kPage / 4 - 8, kPage / 4 - 7,
                                 kPage - 9, kPage - 8, kPage - 7, kPage, std::size_t{1'000'000}})
    for (int i = 0; i < 5; ++i) kept.add(++owner, size);
  CHECK(kept.right());
  while (owner > 10) kept.remove(owner--);
  CHECK(kept.right());
  CHECK(kept.memory() <= 2 * kPage);
}

TEST_CASE("what lives long among what does not holds no pages", "[octet-pages]") {
  constexpr std::uint32_t kLasting = 1000;
  Kept kept;
  for (std::uint32_t i = 0; i < kLasting; ++i) {
    kept.add(i, 40);
    for (std::uint32_t j = 0; j < 1000; ++j) {
      kept.add(kLasting + j, 40);
      if (j >= 10) kept.remove(kLasting + j - 10);
    }
    for (std::uint32_t j = 990; j < 1000; ++j) kept.remove(kLasting + j);
  }
  CHECK(kept.right());
  CHECK(kept.memory() <= 2 * kLasting * 48 + 2 * kPage);
}

}  // namespace lbgp::rib::test
