// SPDX-License-Identifier: Apache-2.0
// Interning: freeze, hash once, find or keep.
#include "rib/attribute_store.hpp"

#include <boost/assert.hpp>
#include <cstring>
#include <string_view>

namespace lbgp::rib {

AttributeStore::AttributeStore() : slots_(1), index_(0, Hash{this}, Equal{this}) {}  // slot 0: kNoAttr

bool AttributeStore::matches(std::uint32_t slot, const Probe& probe) const {
  const Slot& kept = slots_[slot];
  return kept.hash == probe.hash && kept.size == probe.octets.size() &&
         std::memcmp(kept.octets.get(), probe.octets.data(), kept.size) == 0;
}

std::uint32_t AttributeStore::take_slot() {
  if (first_free_ == 0) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = first_free_;
  first_free_ = slots_[slot].next_free;
  return slot;
}

AttrId AttributeStore::intern(const RouteAttributes& attributes) {
  freeze(attributes, scratch_);
  const std::string_view text(reinterpret_cast<const char*>(scratch_.data()), scratch_.size());
  const Probe probe{scratch_, static_cast<std::uint32_t>(std::hash<std::string_view>{}(text))};
  const auto found = index_.find(probe);
  if (found != index_.end()) {
    ++slots_[*found].references;
    return AttrId{*found};
  }
  const std::uint32_t id = take_slot();
  Slot& slot = slots_[id];
  slot.octets = std::make_unique_for_overwrite<std::uint8_t[]>(scratch_.size());
  std::memcpy(slot.octets.get(), scratch_.data(), scratch_.size());
  slot.size = static_cast<std::uint32_t>(scratch_.size());
  slot.hash = probe.hash;
  slot.references = 1;
  octets_ += slot.size;
  index_.insert(id);
  return AttrId{id};
}

void AttributeStore::acquire(AttrId id) {
  if (id != kNoAttr) ++slots_[value(id)].references;
}

void AttributeStore::release(AttrId id) {
  if (id == kNoAttr) return;
  Slot& slot = slots_[value(id)];
  BOOST_ASSERT(slot.references != 0);
  if (--slot.references != 0) return;
  index_.erase(value(id));
  octets_ -= slot.size;
  slot.octets.reset();
  slot.size = 0;
  ++slot.generation;
  slot.next_free = first_free_;
  first_free_ = value(id);
  if (index_.empty()) index_.rehash(0);
}

std::size_t AttributeStore::memory() const {
  constexpr std::size_t kHeapOverhead = 16;
  return slots_.size() * sizeof(Slot) + octets_ + index_.size() * kHeapOverhead +
         index_.bucket_count() * (sizeof(std::uint32_t) + 1);
}

}  // namespace lbgp::rib
