// SPDX-License-Identifier: Apache-2.0
// The prefixes of one family and their RouteIds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "rib/bitmap.hpp"
#include "rib/id_index.hpp"
#include "rib/ids.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

// Maps a prefix to a dense id and back. A key is the address and the length: 5 octets for IPv4, 17 for IPv6,
// kept once, in chunks; the index holds ids only and looks into the chunks. Freed ids are used again, lowest
// first; who frees one has made sure that nobody refers to it any more.
class PrefixTable {
 public:
  explicit PrefixTable(wire::Family family);
  PrefixTable(const PrefixTable&) = delete;
  PrefixTable& operator=(const PrefixTable&) = delete;

  [[nodiscard]] RouteId find(const wire::Prefix& prefix) const;  // kNoRoute: unknown
  RouteId insert(const wire::Prefix& prefix);                    // finds or creates
  void erase(RouteId id);
  // A prefix that will be looked for: what find() looks at first is fetched meanwhile.
  class Probe;
  [[nodiscard]] Probe probe(const wire::Prefix& prefix) const;
  [[nodiscard]] RouteId find(const Probe& probe) const;
  // Fetches what insert() will look at first.
  void prefetch(const wire::Prefix& prefix) const { index_.prefetch(hash(make_key(prefix).octets)); }
  // … what erase() will.
  void prefetch(RouteId id) const {
    if (id < end_) index_.prefetch(hash(key_at(id)));
  }
  [[nodiscard]] wire::Prefix prefix(RouteId id) const;
  [[nodiscard]] bool used(RouteId id) const { return id < end_ && !free_.test(id); }
  // All used ids are below it.
  [[nodiscard]] RouteId end() const { return end_; }
  [[nodiscard]] std::size_t size() const { return index_.size(); }
  [[nodiscard]] std::size_t memory() const;

 private:
  static constexpr std::size_t kChunk = 4096;
  static constexpr std::size_t kWidthV4 = 5;
  static constexpr std::size_t kWidthV6 = 17;
  struct Key {
    std::uint8_t octets[kWidthV6];
  };
  [[nodiscard]] bool is_v4() const { return width_ == kWidthV4; }
  [[nodiscard]] Key make_key(const wire::Prefix& prefix) const {
    Key key{};
    std::memcpy(key.octets, prefix.address().raw().data(), is_v4() ? 4 : 16);
    key.octets[width_ - 1] = static_cast<std::uint8_t>(prefix.length());
    return key;
  }
  [[nodiscard]] const std::uint8_t* key_at(RouteId id) const {
    return chunks_[id / kChunk].get() + (id % kChunk) * width_;
  }
  // A full-width multiply folded in half: every input bit reaches every output bit.
  [[nodiscard]] static std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = static_cast<Wide>(a ^ 0x9e3779b97f4a7c15U) * (b ^ 0xd6e8feb86659fd93U);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  [[nodiscard]] std::uint32_t hash(const std::uint8_t* key) const {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    if (is_v4()) {
      std::memcpy(&low, key, 4);
      return static_cast<std::uint32_t>(mix(low | std::uint64_t{key[4]} << 32, 0x2545f4914f6cdd1dU));
    }
    std::memcpy(&high, key, 8);
    std::memcpy(&low, key + 8, 8);
    return static_cast<std::uint32_t>(mix(mix(high, low), key[16]));
  }
  [[nodiscard]] bool equal(const std::uint8_t* a, const std::uint8_t* b) const {
    return is_v4() ? std::memcmp(a, b, kWidthV4) == 0 : std::memcmp(a, b, kWidthV6) == 0;
  }
  struct HashOf {
    const PrefixTable& table;
    std::uint32_t operator()(RouteId id) const { return table.hash(table.key_at(id)); }
    void prefetch(RouteId id) const { __builtin_prefetch(table.key_at(id)); }
  };
  RouteId allocate();
  void trim();

  std::size_t width_;
  std::vector<std::unique_ptr<std::uint8_t[]>> chunks_;
  IdIndex index_;
  Bitmap free_;
  RouteId end_ = 0;
};

class PrefixTable::Probe {
 public:
  Probe(const Key& key, std::uint32_t hash) : key_(key), hash_(hash) {}

 private:
  friend class PrefixTable;
  Key key_;
  std::uint32_t hash_;
};

inline PrefixTable::Probe PrefixTable::probe(const wire::Prefix& prefix) const {
  const Key key = make_key(prefix);
  const std::uint32_t hashed = hash(key.octets);
  index_.prefetch(hashed);
  return {key, hashed};
}

}  // namespace lbgp::rib
