// SPDX-License-Identifier: Apache-2.0
// The set of RouteIds: growth, release, and the walk over it.
#include "rib/bitmap.hpp"

#include <algorithm>
#include <bit>

namespace lbgp::rib {

void Bitmap::make_chunk(std::size_t index) {
  if (index >= chunks_.size()) chunks_.resize(index + 1);
  chunks_[index] = std::make_unique<Chunk>();
}

void Bitmap::clear() {
  chunks_.clear();
  chunks_.shrink_to_fit();
  count_ = 0;
}

void Bitmap::insert_all(const Bitmap& other) {
  for (std::size_t i = 0; i < other.chunks_.size(); ++i) {
    if (!other.chunks_[i]) continue;
    Chunk& chunk = chunk_for(i);
    std::uint32_t members = 0;
    for (std::size_t w = 0; w < kWords; ++w) {
      chunk.words[w] |= other.chunks_[i]->words[w];
      members += static_cast<std::uint32_t>(std::popcount(chunk.words[w]));
    }
    count_ += members - chunk.count;
    chunk.count = members;
  }
}

void Bitmap::insert(const Word& word) {
  Chunk& chunk = chunk_for(word.index / kWords);
  std::uint64_t& bits = chunk.words[word.index % kWords];
  const auto added = static_cast<std::uint32_t>(std::popcount(word.bits & ~bits));
  bits |= word.bits;
  chunk.count += added;
  count_ += added;
}

void Bitmap::erase(const Word& word) {
  const auto removed = static_cast<std::uint32_t>(std::popcount(bits_at(word.index) & word.bits));
  if (removed == 0) return;
  std::unique_ptr<Chunk>& chunk = chunks_[word.index / kWords];
  chunk->words[word.index % kWords] &= ~word.bits;
  count_ -= removed;
  if ((chunk->count -= removed) == 0) chunk.reset();
}

template <typename BitsOf>
RouteId Bitmap::next(RouteId from, BitsOf bits_of) const {
  std::size_t word = word_of(from);
  std::uint64_t mask = ~std::uint64_t{0} << (from % 64);
  for (std::size_t c = from / kChunkBits; c < chunks_.size(); ++c) {
    if (chunks_[c]) {
      for (; word < kWords; ++word) {
        const std::uint64_t bits = bits_of(c, word) & mask;
        mask = ~std::uint64_t{0};
        if (bits != 0) {
          const std::size_t bit = static_cast<std::size_t>(std::countr_zero(bits));
          return static_cast<RouteId>(c * kChunkBits + word * 64 + bit);
        }
      }
    }
    word = 0;
    mask = ~std::uint64_t{0};
  }
  return kNoRoute;
}

RouteId Bitmap::next(RouteId from) const {
  return next(from, [&](std::size_t chunk, std::size_t word) { return chunks_[chunk]->words[word]; });
}

RouteId Bitmap::next_outside(const Bitmap& other, RouteId from) const {
  return next(from, [&](std::size_t chunk, std::size_t word) {
    return chunks_[chunk]->words[word] & ~other.bits_at(static_cast<std::uint32_t>(chunk * kWords + word));
  });
}

std::size_t Bitmap::memory() const {
  const auto used = std::count_if(chunks_.begin(), chunks_.end(), [](const auto& c) { return c != nullptr; });
  return chunks_.capacity() * sizeof(void*) + static_cast<std::size_t>(used) * sizeof(Chunk);
}

}  // namespace lbgp::rib
