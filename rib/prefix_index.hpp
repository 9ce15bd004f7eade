// SPDX-License-Identifier: Apache-2.0
// The hash from prefixes to ids: 4 octets a slot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rib/ids.hpp"

namespace lbgp::rib {

// Open addressing with linear probing; a slot is an id and 6 bits of its key's hash, so that the one look at
// a key, which lies elsewhere, is nearly always a hit. Keys and hashes are the owner's: `matches(id)`
// compares with the key that is looked for, `for_each(visit)` calls `visit(hash, id)` for all that are kept.
// A lookup costs two cache misses, and prefetch() takes the first of them out of a bulk.
class PrefixIndex {
 public:
  static constexpr RouteId kMaxId = (RouteId{1} << 26) - 3;

  template <typename Matches>
  [[nodiscard]] RouteId find(std::uint64_t hash, Matches matches) const {
    if (slots_.empty()) return kNoRoute;
    for (std::size_t at = home(hash); slots_[at] != kFree; at = (at + 1) & mask()) {
      const std::uint32_t slot = slots_[at];
      if (slot != kGone && slot >> kIdBits == tag(hash) && matches(slot & kIdMask)) return slot & kIdMask;
    }
    return kNoRoute;
  }

  // Before insert(): afterwards there is a slot for one more.
  template <typename ForEach>
  void make_room(ForEach for_each) {
    if (8 * (size_ + gone_ + 1) > 7 * slots_.size()) rebuild(for_each);
  }
  // The key is not there.
  void insert(std::uint64_t hash, RouteId id) {
    put(hash, id);
    ++size_;
  }
  // The id is there, and `for_each` does not visit it any more.
  template <typename ForEach>
  void erase(std::uint64_t hash, RouteId id, ForEach for_each) {
    std::size_t at = home(hash);
    while (slots_[at] != slot_of(hash, id)) at = (at + 1) & mask();
    const bool ends_run = slots_[(at + 1) & mask()] == kFree;
    slots_[at] = ends_run ? kFree : kGone;
    if (!ends_run) ++gone_;
    --size_;
    if (slots_.size() > kSmallest && 16 * size_ < slots_.size()) rebuild(for_each);
  }

  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) __builtin_prefetch(&slots_[home(hash)]);
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory() const { return slots_.capacity() * sizeof(std::uint32_t); }

 private:
  static constexpr unsigned kIdBits = 26;
  static constexpr std::uint32_t kIdMask = (1U << kIdBits) - 1;
  static constexpr std::uint32_t kFree = 0xffffffff;
  static constexpr std::uint32_t kGone = 0xfffffffe;
  static constexpr std::size_t kSmallest = 64;

  [[nodiscard]] std::size_t mask() const { return slots_.size() - 1; }
  [[nodiscard]] std::size_t home(std::uint64_t hash) const { return hash & mask(); }
  [[nodiscard]] static std::uint32_t tag(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> (64 - (32 - kIdBits)));
  }
  [[nodiscard]] static std::uint32_t slot_of(std::uint64_t hash, RouteId id) {
    return tag(hash) << kIdBits | id;
  }

  void put(std::uint64_t hash, RouteId id) {
    std::size_t at = home(hash);
    while (slots_[at] != kFree && slots_[at] != kGone) at = (at + 1) & mask();
    if (slots_[at] == kGone) --gone_;
    slots_[at] = slot_of(hash, id);
  }

  // Half of the slots at most are taken afterwards.
  template <typename ForEach>
  void rebuild(ForEach for_each) {
    std::size_t slots = kSmallest;
    while (slots < 2 * (size_ + 1)) slots *= 2;
    slots_ = std::vector<std::uint32_t>(slots, kFree);
    gone_ = 0;
    for_each([this](std::uint64_t hash, RouteId id) { put(hash, id); });
  }

  std::vector<std::uint32_t> slots_;
  std::size_t size_ = 0;
  std::size_t gone_ = 0;  // slots of erased ids, which searches have to step over
};

}  // namespace lbgp::rib
