// SPDX-License-Identifier: Apache-2.0
// Interning: freeze, hash once, find or keep.
#include "rib/attribute_store.hpp"

#include <algorithm>
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
  first_vacant_ = slots_[id].place;
  return id;
}

AttrId AttributeStore::intern(const RouteAttributes& attributes) {
  freeze(attributes, scratch_);
  const std::string_view text(reinterpret_cast<const char*>(scratch_.data()), scratch_.size());
  const auto hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(text));
  const auto matches = [&](std::uint32_t id) {
    const Slot& slot = slots_[id];
    return slot.hash == hash && std::ranges::equal(pages_.at(slot.place), scratch_);
  };
  const auto keep = [&] {
    const std::uint32_t id = take_slot();
    Slot& slot = slots_.at(id);
    slot.place = pages_.add(id, scratch_, moves());
    slot.hash = hash;
    return id;
  };
  const std::uint32_t id = index_.find_or_insert(hash, matches, HashOf{*this}, keep);
  ++slots_.at(id).references;
  return AttrId{id};
}

void AttributeStore::discard(std::uint32_t id) {
  Slot& slot = slots_.at(id);
  index_.erase(id, HashOf{*this});
  pages_.remove(slot.place, moves());
  ++slot.generation;
  slot.place = first_vacant_;
  first_vacant_ = id;
}

std::size_t AttributeStore::memory() const {
  return slots_.memory() + pages_.memory() + index_.memory();
}

}  // namespace lbgp::rib
