// SPDX-License-Identifier: Apache-2.0
// Every attribute set once: from an attribute set to a 32-bit id and back.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "rib/frozen_attributes.hpp"
#include "rib/ids.hpp"

namespace lbgp::rib {

// Interns attribute sets with plain reference counts (one thread owns the RIB). Equality of ids is equality
// of attributes. A set costs its frozen octets, a slot of 32 octets and about 8 in the index; slots are used
// again, and `generation` tells a slot's present tenant from an earlier one, so that a cache may remember ids
// without holding them.
class AttributeStore {
 public:
  AttributeStore();
  AttributeStore(const AttributeStore&) = delete;
  AttributeStore& operator=(const AttributeStore&) = delete;

  // Takes one reference for the caller.
  [[nodiscard]] AttrId intern(const RouteAttributes& attributes);
  // Both accept kNoAttr and then do nothing.
  void acquire(AttrId id);
  void release(AttrId id);

  [[nodiscard]] RouteAttributes load(AttrId id) const { return thaw(frozen(id)); }
  [[nodiscard]] DecisionKey key(AttrId id) const { return decision_key(frozen(id)); }
  // What key() and load() look at: first the slot, then what it points to.
  void prefetch_slot(AttrId id) const { __builtin_prefetch(&slots_[value(id)]); }
  void prefetch_octets(AttrId id) const { __builtin_prefetch(slots_[value(id)].octets.get()); }
  [[nodiscard]] std::uint32_t generation(AttrId id) const { return slots_[value(id)].generation; }
  // All sets in use, with the number of references, in order of their slots.
  template <typename Visit>
  void for_each(const Visit& visit) const {
    for (const Slot& slot : slots_)
      if (slot.references != 0) visit(thaw({slot.octets.get(), slot.size}), slot.references);
  }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::size_t memory() const;

 private:
  struct Slot {
    std::unique_ptr<std::uint8_t[]> octets;
    std::uint32_t size = 0;
    std::uint32_t references = 0;
    std::uint32_t hash = 0;
    std::uint32_t generation = 0;
    std::uint32_t next_free = 0;
  };
  struct Probe {
    std::span<const std::uint8_t> octets;
    std::uint32_t hash;
  };
  struct Hash {
    using is_transparent = void;
    const AttributeStore* store;
    std::size_t operator()(std::uint32_t slot) const { return store->slots_[slot].hash; }
    std::size_t operator()(const Probe& probe) const { return probe.hash; }
  };
  struct Equal {
    using is_transparent = void;
    const AttributeStore* store;
    bool operator()(std::uint32_t a, std::uint32_t b) const { return a == b; }
    bool operator()(const Probe& probe, std::uint32_t slot) const { return store->matches(slot, probe); }
    bool operator()(std::uint32_t slot, const Probe& probe) const { return store->matches(slot, probe); }
  };
  [[nodiscard]] bool matches(std::uint32_t slot, const Probe& probe) const;
  [[nodiscard]] std::span<const std::uint8_t> frozen(AttrId id) const {
    const Slot& slot = slots_[value(id)];
    return {slot.octets.get(), slot.size};
  }
  [[nodiscard]] std::uint32_t take_slot();

  std::deque<Slot> slots_;  // grows without a moment at which all of it is there twice
  boost::unordered_flat_set<std::uint32_t, Hash, Equal> index_;
  std::vector<std::uint8_t> scratch_;
  std::uint32_t first_free_ = 0;  // 0: none
  std::size_t octets_ = 0;
};

}  // namespace lbgp::rib
