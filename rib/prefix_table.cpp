// SPDX-License-Identifier: Apache-2.0
// Prefix to dense id and back: keys in chunks, a flat hash of ids over them.
#include "rib/prefix_table.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace lbgp::rib {

namespace {

// A full-width multiply folded in half: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15U) * (b ^ 0xd6e8feb86659fd93U);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::size_t key_width(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? 5 : 17;
}

}  // namespace

PrefixTable::PrefixTable(wire::Family family) : width_(key_width(family)) {}

PrefixTable::Key PrefixTable::make_key(const wire::Prefix& prefix) const {
  Key key{};
  const auto bytes = prefix.address().bytes();
  std::memcpy(key.octets, bytes.data(), std::min(bytes.size(), width_ - 1));
  key.octets[width_ - 1] = static_cast<std::uint8_t>(prefix.length());
  return key;
}

std::uint64_t PrefixTable::hash(const std::uint8_t* key) const {
  if (width_ == 5) {
    std::uint32_t address = 0;
    std::memcpy(&address, key, 4);
    return mix(address | std::uint64_t{key[4]} << 32, 0x2545f4914f6cdd1dU);
  }
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::memcpy(&high, key, 8);
  std::memcpy(&low, key + 8, 8);
  return mix(mix(high, low), key[16]);
}

bool PrefixTable::equal(const std::uint8_t* a, const std::uint8_t* b) const {
  return width_ == 5 ? std::memcmp(a, b, 5) == 0 : std::memcmp(a, b, 17) == 0;
}

RouteId PrefixTable::find(const Key& key, std::uint64_t hash) const {
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
  if (end_ > PrefixIndex::kMaxId) throw std::bad_alloc();  // 64 million prefixes: no room for more
  if (end_ / kChunk >= chunks_.size()) chunks_.push_back(std::make_unique<std::uint8_t[]>(kChunk * width_));
  return end_++;
}

RouteId PrefixTable::insert(const wire::Prefix& prefix) {
  const Key key = make_key(prefix);
  const std::uint64_t hashed = hash(key.octets);
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
  if (width_ == 5) {
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
