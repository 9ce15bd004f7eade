// SPDX-License-Identifier: Apache-2.0
// One path of a route, and the pool that all paths of a family live in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rib/column.hpp"
#include "rib/ids.hpp"

namespace lbgp::rib {

// Index into the pool; 0: none.
using PathIndex = std::uint32_t;

// 16 octets; what few paths have besides is kept by the pool.
//   tag: source 20 bits (PeerId or owner number) | generation 6 | flags 6
class Path {
 public:
  AttrId attributes = kNoAttr;
  std::uint32_t since = 0;  // seconds of the steady clock
  PathIndex next = 0;

  enum Flag : std::uint32_t {
    kLocal = 1U << 0,  // of a local owner
    kRaw = 1U << 1,    // as received, kept for soft reconfiguration; never a candidate
  };
  static constexpr std::uint32_t kMaxSource = (1U << 20) - 1;
  static constexpr std::uint32_t kGenerations = 1U << 6;

  [[nodiscard]] std::uint32_t source() const { return tag_ >> 12; }
  [[nodiscard]] std::uint32_t generation() const { return tag_ >> 6 & (kGenerations - 1); }
  [[nodiscard]] bool has(Flag flag) const { return (tag_ & flag) != 0; }
  [[nodiscard]] bool is_local() const { return has(kLocal); }
  [[nodiscard]] bool is_raw() const { return has(kRaw); }
  [[nodiscard]] bool is_from(std::uint32_t peer) const { return !is_local() && source() == peer; }
  void set_tag(std::uint32_t source, std::uint32_t generation, std::uint32_t flags) {
    tag_ = source << 12 | (generation & (kGenerations - 1)) << 6 | flags;
  }

 private:
  std::uint32_t tag_ = 0;
};
static_assert(sizeof(Path) == 16);

// Paths in chunks, chained by index from their route; freed ones are used again. The identifiers are nearly
// all 0, and take memory only near those that are not.
class PathPool {
 public:
  [[nodiscard]] PathIndex allocate(const Path& path) {
    PathIndex index = first_free_;
    if (index != 0)
      first_free_ = paths_.at(index).next;
    else
      index = ++end_;
    paths_.set(index, path);
    ++size_;
    return index;
  }
  void free(PathIndex index) {
    set_id(index, 0);
    paths_.at(index).next = first_free_;
    first_free_ = index;
    if (--size_ == 0) {
      paths_.trim(0);
      ids_.trim(0);
      first_free_ = end_ = 0;
    }
  }
  [[nodiscard]] Path& operator[](PathIndex index) { return paths_.at(index); }
  [[nodiscard]] Path get(PathIndex index) const { return paths_.get(index); }
  // The ADD-PATH identifier of a peer's path, the label set of a local one; 0 unless it has been set.
  [[nodiscard]] std::uint32_t id(PathIndex index) const { return ids_.get(index); }
  void set_id(PathIndex index, std::uint32_t id) {
    if (id != ids_.get(index)) ids_.set(index, id);
  }
  void prefetch(PathIndex index) const { paths_.prefetch(index); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t memory() const { return paths_.memory() + ids_.memory(); }

 private:
  Column<Path> paths_;
  Column<std::uint32_t> ids_;
  PathIndex first_free_ = 0;
  PathIndex end_ = 0;
  std::size_t size_ = 0;
};

}  // namespace lbgp::rib
