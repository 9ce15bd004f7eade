// SPDX-License-Identifier: Apache-2.0
// A set of RouteIds, one bit each: what a peer lacks and what it has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rib/ids.hpp"

namespace lbgp::rib {

// Chunks of 4,096 routes (a 512-octet block and its count), allocated when the first bit of a chunk is set
// and freed with its last one: an empty set over a million routes costs 4 kB of pointers at most, a full one
// 128 kB. Walking skips empty chunks, so finding the one set bit among a million takes a few hundred steps at
// most.
class Bitmap {
 public:
  static constexpr std::size_t kWords = 64;
  static constexpr std::size_t kChunkBits = kWords * 64;

  [[nodiscard]] bool test(RouteId id) const {
    const Chunk* chunk = chunk_of(id);
    return chunk != nullptr && (chunk->words[word_of(id)] & mask_of(id)) != 0;
  }
  // Each returns whether the bit was different before.
  bool set(RouteId id) {
    Chunk& chunk = chunk_for(id / kChunkBits);
    std::uint64_t& word = chunk.words[word_of(id)];
    if ((word & mask_of(id)) != 0) return false;
    word |= mask_of(id);
    ++chunk.count;
    ++count_;
    return true;
  }
  bool reset(RouteId id) {
    if (!test(id)) return false;
    std::unique_ptr<Chunk>& chunk = chunks_[id / kChunkBits];
    chunk->words[word_of(id)] &= ~mask_of(id);
    --count_;
    if (--chunk->count == 0) chunk.reset();
    return true;
  }
  void clear();
  void insert_all(const Bitmap& other);
  // Up to 64 members of the same word at a time.
  struct Word {
    std::uint32_t index = 0;  // holds the routes from 64 * index on
    std::uint64_t bits = 0;
  };
  [[nodiscard]] bool has_all(const Word& word) const {
    return (bits_at(word.index) & word.bits) == word.bits;
  }
  [[nodiscard]] bool has_any(const Word& word) const { return (bits_at(word.index) & word.bits) != 0; }
  void insert(const Word& word);
  void erase(const Word& word);
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // The smallest member that is at least `from`; kNoRoute: none.
  [[nodiscard]] RouteId next(RouteId from) const;
  // The same of those that are not in `other`.
  [[nodiscard]] RouteId next_outside(const Bitmap& other, RouteId from) const;
  [[nodiscard]] std::size_t memory() const;

 private:
  struct Chunk {
    std::array<std::uint64_t, kWords> words{};
    std::uint32_t count = 0;
  };
  [[nodiscard]] const Chunk* chunk_of(RouteId id) const {
    const std::size_t chunk = id / kChunkBits;
    return chunk < chunks_.size() ? chunks_[chunk].get() : nullptr;
  }
  [[nodiscard]] static std::size_t word_of(RouteId id) { return id % kChunkBits / 64; }
  [[nodiscard]] static std::uint64_t mask_of(RouteId id) { return std::uint64_t{1} << (id % 64); }
  Chunk& chunk_for(std::size_t index) {
    if (index >= chunks_.size() || !chunks_[index]) make_chunk(index);
    return *chunks_[index];
  }
  void make_chunk(std::size_t index);
  template <typename BitsOf>
  [[nodiscard]] RouteId next(RouteId from, BitsOf bits_of) const;
  [[nodiscard]] std::uint64_t bits_at(std::uint32_t word) const {
    const Chunk* chunk = chunk_of(word * RouteId{64});
    return chunk != nullptr ? chunk->words[word % kWords] : 0;
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t count_ = 0;
};

}  // namespace lbgp::rib
