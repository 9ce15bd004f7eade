// SPDX-License-Identifier: Apache-2.0
// An array indexed by RouteId that grows without copying and takes memory only where it is used.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace lbgp::rib {

// Chunks of kSize values; one that was never written costs a pointer and reads as T{}. There is no doubling,
// so a table of a million routes never holds two copies of a column, and references stay good while it grows.
template <typename T, std::size_t kBits = 12>
class Column {
 public:
  static constexpr std::size_t kSize = std::size_t{1} << kBits;

  // One that has been written.
  [[nodiscard]] const T& operator[](std::size_t i) const { return (*chunks_[i >> kBits])[i & (kSize - 1)]; }
  [[nodiscard]] T get(std::size_t i) const {
    const Chunk* chunk = chunk_of(i);
    return chunk != nullptr ? (*chunk)[i & (kSize - 1)] : T{};
  }
  [[nodiscard]] T& at(std::size_t i) {
    const std::size_t chunk = i >> kBits;
    if (chunk >= chunks_.size() || !chunks_[chunk]) make(chunk);
    return (*chunks_[chunk])[i & (kSize - 1)];
  }
  void set(std::size_t i, T item) { at(i) = std::move(item); }
  void prefetch(std::size_t i) const {
    if (const Chunk* chunk = chunk_of(i)) __builtin_prefetch(&(*chunk)[i & (kSize - 1)]);
  }
  // Gives back the chunks that lie wholly at or behind `size`.
  void trim(std::size_t size) {
    const std::size_t chunks = (size + kSize - 1) >> kBits;
    if (chunks < chunks_.size()) {
      chunks_.resize(chunks);
      chunks_.shrink_to_fit();
      used_ = static_cast<std::size_t>(
          std::count_if(chunks_.begin(), chunks_.end(), [](const auto& c) { return c != nullptr; }));
    }
  }
  // Chunks that have been written to and not been given back.
  [[nodiscard]] std::size_t used() const { return used_; }
  [[nodiscard]] std::size_t memory() const {
    return chunks_.capacity() * sizeof(void*) + used_ * sizeof(Chunk);
  }

 private:
  using Chunk = std::array<T, kSize>;
  [[nodiscard]] const Chunk* chunk_of(std::size_t i) const {
    const std::size_t chunk = i >> kBits;
    return chunk < chunks_.size() ? chunks_[chunk].get() : nullptr;
  }
  // Apart from at(), which is everywhere.
  [[gnu::noinline]] void make(std::size_t chunk) {
    if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
    chunks_[chunk] = std::make_unique<Chunk>();
    ++used_;
  }
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t used_ = 0;
};

}  // namespace lbgp::rib
