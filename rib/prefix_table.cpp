// SPDX-License-Identifier: Apache-2.0
// Prefix to dense id and back: keys in chunks, a flat hash of ids over them.
#include "rib/prefix_table.hpp"

#include <array>
#include <new>

namespace lbgp::rib {

PrefixTable::PrefixTable(wire::Family family)
    : width_(family == wire::Family::Ipv4Unicast ? kWidthV4 : kWidthV6) {}

RouteId PrefixTable::find(const Key& key, std::uint32_t hash) const {
  return index_.find(hash, [&](RouteId id) { return equal(key.octets, key_at(id)); });
}

RouteId PrefixTable::find(const wire::Prefix& prefix) const {
  const Key key = make_key(prefix);
  return find(key, hash(key.octets));
}

// In order of the ids, so that only the index is visited at random, and a few steps ahead of the visits.
template <typename Visit>
void PrefixTable::for_each_used(Visit visit) const {
  constexpr RouteId kEarlier = 16;
  for (RouteId id = 0; id < end_ + kEarlier; ++id) {
    if (id < end_) index_.prefetch(hash(key_at(id)));
    if (id >= kEarlier && !free_.test(id - kEarlier)) visit(hash(key_at(id - kEarlier)), id - kEarlier);
  }
}

RouteId PrefixTable::allocate() {
  const RouteId reused = free_.empty() ? kNoRoute : free_.next(0);
  if (reused != kNoRoute) {
    free_.reset(reused);
    return reused;
  }
  if (end_ > IdIndex::kMaxId) throw std::bad_alloc();  // 64 million prefixes: no room for more
  if (end_ / kChunk >= chunks_.size()) chunks_.push_back(std::make_unique<std::uint8_t[]>(kChunk * width_));
  return end_++;
}

RouteId PrefixTable::insert(const wire::Prefix& prefix) {
  const Key key = make_key(prefix);
  const std::uint32_t hashed = hash(key.octets);
  const RouteId known = find(key, hashed);
  if (known != kNoRoute) return known;
  index_.make_room([this](auto visit) { for_each_used(visit); });
  const RouteId id = allocate();
  std::memcpy(chunks_[id / kChunk].get() + (id % kChunk) * width_, key.octets, width_);
  index_.insert(hashed, id);
  return id;
}

void PrefixTable::erase(RouteId id) {
  free_.set(id);
  index_.erase(hash(key_at(id)), id, [this](auto visit) { for_each_used(visit); });
  if (id + 1 == end_) trim();
}

void PrefixTable::trim() {
  while (end_ > 0 && free_.test(end_ - 1)) free_.reset(--end_);
  chunks_.resize((end_ + kChunk - 1) / kChunk);
}

wire::Prefix PrefixTable::prefix(RouteId id) const {
  const std::uint8_t* key = key_at(id);
  if (is_v4()) {
    const std::uint32_t address = std::uint32_t{key[0]} << 24 | std::uint32_t{key[1]} << 16 |
                                  std::uint32_t{key[2]} << 8 | std::uint32_t{key[3]};
    return {wire::IpAddress::v4(address), key[4]};
  }
  std::array<std::uint8_t, 16> address{};
  std::memcpy(address.data(), key, address.size());
  return {wire::IpAddress::v6(address), key[16]};
}

std::size_t PrefixTable::memory() const {
  return chunks_.size() * kChunk * width_ + index_.memory() + free_.memory();
}

}  // namespace lbgp::rib
