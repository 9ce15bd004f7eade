// SPDX-License-Identifier: Apache-2.0
// The hash from keys to dense ids: 4 octets a slot.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace lbgp::rib {

// Open addressing with linear probing; a slot is an id and 6 bits of its key's hash, so that the one look at
// a key, which lies elsewhere, is nearly always a hit. The place of a slot comes from the other 26. Keys and
// hashes are the owner's: `matches(id)` compares with the key that is looked for, `hash_of(id)` says the hash
// of one that is kept, `hash_of.prefetch(id)` fetches what it will look at. A lookup costs two cache misses,
// and prefetch() takes the first of them out of a bulk. Between seven of twelve and seven of eight slots are
// taken while it grows.
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

  // Where the key is not there, `make()` is asked for its id.
  template <typename Matches, typename HashOf, typename Make>
  std::uint32_t find_or_insert(std::uint32_t hash, Matches matches, HashOf hash_of, Make make) {
    if (8 * (size_ + gone_ + 1) > 7 * slots_.size()) rebuild(hash_of);
    std::uint32_t* vacant = nullptr;
    std::size_t at = home(hash);
    for (; slots_[at] != kFree; at = next(at)) {
      std::uint32_t& slot = slots_[at];
      if (slot == kGone)
        vacant = vacant != nullptr ? vacant : &slot;
      else if (slot >> kIdBits == tag(hash) && matches(slot & kIdMask))
        return slot & kIdMask;
    }
    const std::uint32_t id = make();
    if (vacant != nullptr) --gone_;
    (vacant != nullptr ? *vacant : slots_[at]) = slot_of(hash, id);
    ++size_;
    return id;
  }
  // The id is there.
  template <typename HashOf>
  void erase(std::uint32_t id, HashOf hash_of) {
    const std::uint32_t hash = hash_of(id);
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
    if (slots_.size() > kSmallest && 16 * size_ < slots_.size()) rebuild(hash_of);
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

  // Seven of twelve slots are taken afterwards: by the time that seven of eight are, there is half as much
  // more. Slots are in the order of their hashes, before and after, so that both are passed through from end
  // to end.
  template <typename HashOf>
  void rebuild(HashOf hash_of) {
    const std::vector<std::uint32_t> old =
        std::exchange(slots_, std::vector<std::uint32_t>(std::max(kSmallest, (size_ + 1) * 12 / 7), kFree));
    gone_ = 0;
    constexpr std::size_t kAhead = 24;
    for (std::size_t i = 0; i < old.size(); ++i) {
      if (i + kAhead < old.size() && old[i + kAhead] < kGone) hash_of.prefetch(old[i + kAhead] & kIdMask);
      if (old[i] >= kGone) continue;
      std::size_t at = home(hash_of(old[i] & kIdMask));
      while (slots_[at] != kFree) at = next(at);
      slots_[at] = old[i];
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t size_ = 0;
  std::size_t gone_ = 0;  // slots of erased ids, which searches have to step over
};

}  // namespace lbgp::rib
