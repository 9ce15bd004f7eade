// SPDX-License-Identifier: Apache-2.0
// The hash from keys to dense ids: 4 octets a slot.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lbgp::rib {

// Open addressing with linear probing; a slot is an id and 6 bits of its key's hash, so that the one look at
// a key, which lies elsewhere, is nearly always a hit. The place of a slot comes from the other 26. Keys and
// hashes are the owner's: `matches(id)` compares with the key that is looked for, `for_each(visit)` calls
// `visit(hash, id)` for all that are kept. A lookup costs two cache misses, and prefetch() takes the first of
// them out of a bulk. Four to seven of eight slots are taken once it has grown.
class IdIndex {
 public:
  static constexpr std::uint32_t kMaxId = (1U << 26) - 3;
  static constexpr std::uint32_t kNone = 0xffffffff;

  template <typename Matches>
  [[nodiscard]] std::uint32_t find(std::uint32_t hash, Matches matches) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = home(hash); slots_[at] != kFree; at = next(at)) {
      const std::uint32_t slot = slots_[at];
      if (slot != kGone && slot >> kIdBits == tag(hash) && matches(slot & kIdMask)) return slot & kIdMask;
    }
    return kNone;
  }

  // Before insert(): afterwards there is a slot for one more.
  template <typename ForEach>
  void make_room(ForEach for_each) {
    if (8 * (size_ + gone_ + 1) > 7 * slots_.size()) rebuild(for_each);
  }
  // The key is not there.
  void insert(std::uint32_t hash, std::uint32_t id) {
    put(hash, id);
    ++size_;
  }
  // The id is there, and `for_each` does not visit it any more.
  template <typename ForEach>
  void erase(std::uint32_t hash, std::uint32_t id, ForEach for_each) {
    std::size_t at = home(hash);
    while (slots_[at] != slot_of(hash, id)) at = next(at);
    slots_[at] = kGone;
    ++gone_;
    --size_;
    // No search has to step over what ends a run.
    for (bool ends_run = slots_[next(at)] == kFree; ends_run && slots_[at] == kGone; at = previous(at)) {
      slots_[at] = kFree;
      --gone_;
    }
    if (slots_.size() > kSmallest && 16 * size_ < slots_.size()) rebuild(for_each);
  }

  void prefetch(std::uint32_t hash) const {
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

  // The hash as a fraction of 1, that part of all slots: their number need not be a power of two.
  [[nodiscard]] std::size_t home(std::uint32_t hash) const {
    return std::uint64_t{hash} * slots_.size() >> 32;
  }
  [[nodiscard]] std::size_t next(std::size_t at) const { return at + 1 < slots_.size() ? at + 1 : 0; }
  [[nodiscard]] std::size_t previous(std::size_t at) const { return (at != 0 ? at : slots_.size()) - 1; }
  [[nodiscard]] static std::uint32_t tag(std::uint32_t hash) { return hash & ((1U << (32 - kIdBits)) - 1); }
  [[nodiscard]] static std::uint32_t slot_of(std::uint32_t hash, std::uint32_t id) {
    return tag(hash) << kIdBits | id;
  }

  void put(std::uint32_t hash, std::uint32_t id) {
    std::size_t at = home(hash);
    while (slots_[at] != kFree && slots_[at] != kGone) at = next(at);
    if (slots_[at] == kGone) --gone_;
    slots_[at] = slot_of(hash, id);
  }

  // Seven of twelve slots are taken afterwards: by the time that seven of eight are, there is half as much
  // more.
  template <typename ForEach>
  void rebuild(ForEach for_each) {
    slots_ = std::vector<std::uint32_t>(std::max(kSmallest, (size_ + 1) * 12 / 7), kFree);
    gone_ = 0;
    for_each([this](std::uint32_t hash, std::uint32_t id) { put(hash, id); });
  }

  std::vector<std::uint32_t> slots_;
  std::size_t size_ = 0;
  std::size_t gone_ = 0;  // slots of erased ids, which searches have to step over
};

}  // namespace lbgp::rib
