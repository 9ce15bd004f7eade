// SPDX-License-Identifier: Apache-2.0
// The hash from keys to ids, with hashes good and bad.
#include "rib/id_index.hpp"

#include <map>
#include <random>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// Ids by a hash that the test chooses, as an owner keeps them.
class Kept {
  struct HashOf {
    const Kept& kept;
    std::uint32_t operator()(std::uint32_t id) const { return kept.hashes_.at(id); }
    // Of those only that are there.
    void prefetch(std::uint32_t id) const { REQUIRE(kept.hashes_.contains(id)); }
  };

 public:
  void insert(std::uint32_t hash, std::uint32_t id) {
    const auto same = [&](std::uint32_t each) { return each == id; };
    REQUIRE(index_.find_or_insert(hash, same, HashOf{*this}, [&] { return id; }) == id);
    hashes_[id] = hash;
    REQUIRE(index_.find_or_insert(hash, same, HashOf{*this}, [] { return IdIndex::kNone; }) == id);
  }
  void erase(std::uint32_t id) {
    index_.erase(id, HashOf{*this});
    hashes_.erase(id);
  }
  [[nodiscard]] bool has(std::uint32_t hash, std::uint32_t id) const {
    return index_.find(hash, [&](std::uint32_t each) { return each == id; }) == id;
  }
  [[nodiscard]] const IdIndex& index() const { return index_; }
  [[nodiscard]] const std::map<std::uint32_t, std::uint32_t>& hashes() const { return hashes_; }

 private:
  std::map<std::uint32_t, std::uint32_t> hashes_;
  IdIndex index_;
};

std::uint32_t spread(std::uint32_t number) {
  return number * 2654435761U;
}

}  // namespace

TEST_CASE("what is put into an index is found, what is taken out is not, whatever the hashes", "[id-index]") {
  // Of ids: spread, all the same, the last slot (runs go on at the first), and with all tags the same.
  const auto hash_of = GENERATE(
      +[](std::uint32_t id) { return spread(id); }, +[](std::uint32_t) { return 5U; },
      +[](std::uint32_t) { return 0xffffffffU; }, +[](std::uint32_t id) { return spread(id) & ~0x3fU; });
  std::mt19937 random(1);
  Kept kept;
  for (int i = 0; i < 6000; ++i) {
    const auto id = static_cast<std::uint32_t>(random() % 500);
    const bool known = kept.hashes().contains(id);
    REQUIRE(kept.has(hash_of(id), id) == known);
    // It grows for the first half of the time, and shrinks for the second.
    if (known && random() % 8 < (i < 3000 ? 2U : 7U)) kept.erase(id);
    if (!known && random() % 8 < (i < 3000 ? 7U : 1U)) kept.insert(hash_of(id), id);
  }
  REQUIRE(kept.index().size() == kept.hashes().size());
  for (const auto& [id, hash] : kept.hashes()) REQUIRE(kept.has(hash, id));
}

TEST_CASE("the largest id, and equal hashes of different keys", "[id-index]") {
  Kept kept;
  for (const std::uint32_t id : {IdIndex::kMaxId, IdIndex::kMaxId - 1, 0U}) kept.insert(0xffffffff, id);
  for (const std::uint32_t id : {IdIndex::kMaxId, IdIndex::kMaxId - 1, 0U}) CHECK(kept.has(0xffffffff, id));
  CHECK_FALSE(kept.has(0xffffffff, 1));
  CHECK_FALSE(kept.has(0, 0));
}

TEST_CASE("an index has more than half of its slots taken while it grows, and is small when it is empty",
          "[id-index]") {
  constexpr std::uint32_t kMost = 20'000;
  Kept kept;
  for (std::uint32_t id = 0; id < kMost; ++id) {
    kept.insert(spread(id), id);
    if (id < 100) continue;  // the smallest has 64 slots
    const std::size_t slots = kept.index().memory() / sizeof(std::uint32_t);
    REQUIRE(8 * kept.index().size() <= 7 * slots);
    REQUIRE(8 * kept.index().size() >= 4 * slots);
  }
  for (std::uint32_t id = 0; id < kMost; ++id) kept.erase(id);
  CHECK(kept.index().size() == 0);
  CHECK(kept.index().memory() == 64 * sizeof(std::uint32_t));
}

TEST_CASE("an index that is filled and emptied by turns does not grow", "[id-index]") {
  Kept kept;
  std::size_t most = 0;
  for (std::uint32_t id = 0; id < 20'000; ++id) {
    kept.insert(spread(id), id);
    if (id >= 1000) kept.erase(id - 1000);
    most = std::max(most, kept.index().memory());
  }
  CHECK(kept.index().size() == 1000);
  CHECK(most <= 4 * 2000);
}

}  // namespace lbgp::rib::test
