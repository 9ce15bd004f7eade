// SPDX-License-Identifier: Apache-2.0
// Interning: freeze, hash once, find or keep.
#include "rib/attribute_store.hpp"

#include <cstring>
#include <new>
#include <string_view>

namespace lbgp::rib {

AttributeStore::AttributeStore() {
  slots_.set(value(kNoAttr), {});
}

std::uint32_t AttributeStore::take_slot() {
  if (first_vacant_ == 0) {
    if (end_ > IdIndex::kMaxId) throw std::bad_alloc();  // 64 million sets: no room for more
    return end_++;
  }
  const std::uint32_t id = first_vacant_;
  first_vacant_ = slots_[id].size;
  return id;
}

AttrId AttributeStore::intern(const RouteAttributes& attributes) {
  freeze(attributes, scratch_);
  const std::size_t size = scratch_.size();
  const std::string_view text(reinterpret_cast<const char*>(scratch_.data()), size);
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
  const std::uint32_t known = index_.find(hash, [&](std::uint32_t id) {
    const Slot& slot = slots_[id];
    return slot.hash == hash && slot.size == size &&
           std::memcmp(slot.octets.get(), scratch_.data(), size) == 0;
  });
  if (known != IdIndex::kNone) {
    ++slots_.at(known).references;
    return AttrId{known};
  }
  index_.make_room([this](auto visit) {
    for_each_used([&](const Slot& slot, std::uint32_t id) { visit(slot.hash, id); });
  });
  auto octets = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  std::memcpy(octets.get(), scratch_.data(), size);
  const std::uint32_t id = take_slot();
  Slot& slot = slots_.at(id);
  slot.octets = std::move(octets);
  slot.size = static_cast<std::uint32_t>(size);
  slot.hash = hash;
  slot.references = 1;
  octets_ += size;
  index_.insert(hash, id);
  return AttrId{id};
}

void AttributeStore::discard(std::uint32_t id) {
  Slot& slot = slots_.at(id);
  index_.erase(slot.hash, id, [this](auto visit) {
    for_each_used([&](const Slot& each, std::uint32_t used) { visit(each.hash, used); });
  });
  octets_ -= slot.size;
  slot.octets.reset();
  ++slot.generation;
  slot.size = first_vacant_;
  first_vacant_ = id;
}

std::size_t AttributeStore::memory() const {
  constexpr std::size_t kHeapOverhead = 16;
  return slots_.memory() + octets_ + index_.size() * kHeapOverhead + index_.memory();
}

}  // namespace lbgp::rib
