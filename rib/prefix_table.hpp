// SPDX-License-Identifier: Apache-2.0
// The prefixes of one family and their RouteIds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rib/bitmap.hpp"
#include "rib/ids.hpp"
#include "rib/prefix_index.hpp"
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
  // Fetches what find() and insert() will look at first.
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
  struct Key {
    std::uint8_t octets[17];
  };
  [[nodiscard]] Key make_key(const wire::Prefix& prefix) const;
  [[nodiscard]] const std::uint8_t* key_at(RouteId id) const {
    return chunks_[id / kChunk].get() + (id % kChunk) * width_;
  }
  [[nodiscard]] std::uint64_t hash(const std::uint8_t* key) const;
  [[nodiscard]] bool equal(const std::uint8_t* a, const std::uint8_t* b) const;
  [[nodiscard]] RouteId find(const Key& key, std::uint64_t hash) const;
  template <typename Visit>
  void for_each_used(Visit visit) const;
  RouteId allocate();
  void trim();

  std::size_t width_;
  std::vector<std::unique_ptr<std::uint8_t[]>> chunks_;
  PrefixIndex index_;
  Bitmap free_;
  RouteId end_ = 0;
};

}  // namespace lbgp::rib
