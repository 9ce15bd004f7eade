// SPDX-License-Identifier: Apache-2.0
// Prefix to dense id and back: keys in chunks, a flat hash of ids over them.
#include "rib/prefix_table.hpp"

#include <array>
#include <new>

namespace lbgp::rib {

PrefixTable::PrefixTable(wire::Family family)
    : width_(family == wire::Family::Ipv4Unicast ? kWidthV4 : kWidthV6) {}

RouteId PrefixTable::find(const wire::Prefix& prefix) const {
  return find(probe(prefix));
}

RouteId PrefixTable::find(const Probe& probe) const {
  return index_.find(probe.hash_, [&](RouteId id) { return equal(probe.key_.octets, key_at(id)); });
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
  return index_.find_or_insert(
      hash(key.octets), [&](RouteId id) { return equal(key.octets, key_at(id)); }, HashOf{*this},
      [&] {
        const RouteId id = allocate();
        std::memcpy(chunks_[id / kChunk].get() + (id % kChunk) * width_, key.octets, width_);
        return id;
      });
}

void PrefixTable::erase(RouteId id) {
  free_.set(id);
  index_.erase(id, HashOf{*this});
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
