// SPDX-License-Identifier: Apache-2.0
// Every attribute set once: from an attribute set to a 32-bit id and back.
#pragma once

#include <boost/assert.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "rib/column.hpp"
#include "rib/frozen_attributes.hpp"
#include "rib/id_index.hpp"
#include "rib/ids.hpp"
#include "rib/octet_pages.hpp"

namespace lbgp::rib {

// Interns attribute sets with plain reference counts (one thread owns the RIB). Equality of ids is equality
// of attributes. A set costs its frozen octets, 8 in front of them, a slot of 16 and about 6 in the index;
// slots are used again, and `generation` tells a slot's present tenant from an earlier one, so that a cache
// may remember ids without holding them.
class AttributeStore {
 public:
  AttributeStore();
  AttributeStore(const AttributeStore&) = delete;
  AttributeStore& operator=(const AttributeStore&) = delete;

  // Takes one reference for the caller.
  [[nodiscard]] AttrId intern(const RouteAttributes& attributes);
  // Both accept kNoAttr and then do nothing.
  void acquire(AttrId id) {
    if (id != kNoAttr) ++slots_.at(value(id)).references;
  }
  void release(AttrId id) {
    if (id == kNoAttr) return;
    std::uint32_t& references = slots_.at(value(id)).references;
    BOOST_ASSERT(references != 0);
    if (--references == 0) discard(value(id));
  }

  [[nodiscard]] RouteAttributes load(AttrId id) const { return thaw(frozen(id)); }
  [[nodiscard]] DecisionKey key(AttrId id) const { return decision_key(frozen(id)); }
  // What key() and load() look at: first the slot, then what it points to.
  void prefetch_slot(AttrId id) const { slots_.prefetch(value(id)); }
  void prefetch_octets(AttrId id) const { pages_.prefetch(slots_[value(id)].place); }
  [[nodiscard]] std::uint32_t generation(AttrId id) const { return slots_[value(id)].generation; }
  // All sets in use, with the number of references, in order of their slots.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (std::uint32_t id = 1; id < end_; ++id)
      if (const Slot& slot = slots_[id]; slot.references != 0)
        visit(thaw(pages_.at(slot.place)), slot.references);
  }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::size_t memory() const;

 private:
  struct Slot {
    OctetPages::Place place = 0;  // of a vacant slot: the next vacant one
    std::uint32_t references = 0;
    std::uint32_t hash = 0;
    std::uint32_t generation = 0;
  };
  static_assert(sizeof(Slot) == 16);

  [[nodiscard]] std::span<const std::uint8_t> frozen(AttrId id) const {
    return pages_.at(slots_[value(id)].place);
  }
  [[nodiscard]] std::uint32_t take_slot();
  void discard(std::uint32_t id);  // its last reference has gone
  // What the index and the pages ask for.
  struct HashOf {
    const AttributeStore& store;
    std::uint32_t operator()(std::uint32_t id) const { return store.slots_[id].hash; }
    void prefetch(std::uint32_t id) const { store.slots_.prefetch(id); }
  };
  [[nodiscard]] auto moves() {
    return [this](std::uint32_t id, OctetPages::Place place) { slots_.at(id).place = place; };
  }

  Column<Slot, 8> slots_;  // grows without a moment at which all of it is there twice; 0: kNoAttr
  OctetPages pages_;
  IdIndex index_;
  std::vector<std::uint8_t> scratch_;
  std::uint32_t end_ = 1;
  std::uint32_t first_vacant_ = 0;  // 0: none
};

}  // namespace lbgp::rib
