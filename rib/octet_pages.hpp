// SPDX-License-Identifier: Apache-2.0
// Many short runs of octets, packed: an allocator would add a third to each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace lbgp::rib {

// Runs lie one behind the other in pages, each behind its owner and its size, 8 octets. New ones go to one
// page until that is full. From a page of which less than half is in use the rest moves to where new runs go,
// and it is given back. So half of what is held is in use, but for the last page, and no call copies more
// than a page. Every call that changes something may move runs, and says so: `moved(owner, place)`.
class OctetPages {
 public:
  // The page, and where in it.
  using Place = std::uint32_t;

  template <typename Moved>
  [[nodiscard]] Place add(std::uint32_t owner, std::span<const std::uint8_t> octets, const Moved& moved) {
    const std::size_t size = sizeof(Header) + octets.size();
    if (size > kLong) return append(make_page(size), owner, octets);
    if (current_ == kNone || pages_[current_].used + size > kPage) {
      const std::uint32_t full = std::exchange(current_, make_page(kPage));
      if (full != kNone && is_sparse(full)) vacate(full, moved);
    }
    return append(current_, owner, octets);
  }
  template <typename Moved>
  void remove(Place place, const Moved& moved) {
    const std::uint32_t page = page_of(place);
    discard(place);
    if (pages_[page].live == 0)
      free(page);
    else if (page != current_ && is_sparse(page))
      vacate(page, moved);
  }
  // Good until the next change.
  [[nodiscard]] std::span<const std::uint8_t> at(Place place) const {
    return {address(place) + sizeof(Header), header(place).size};
  }
  void prefetch(Place place) const {
    if (page_of(place) < pages_.size()) __builtin_prefetch(address(place));
  }
  [[nodiscard]] std::size_t memory() const;

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;
  struct Header {
    std::uint32_t owner = kNone;  // none: it has been removed
    std::uint32_t size = 0;
  };
  struct Page {
    std::unique_ptr<std::uint8_t[]> octets;
    std::uint32_t size = 0;
    std::uint32_t used = 0;  // from its start
    std::uint32_t live = 0;  // of these
  };
  static constexpr unsigned kOffsetBits = 14;
  static constexpr std::uint32_t kPage = 1U << kOffsetBits;
  static constexpr std::uint32_t kMaxPages = 1U << (32 - kOffsetBits);
  static constexpr std::size_t kLong = kPage / 4;  // a longer one has a page to itself

  [[nodiscard]] static std::uint32_t page_of(Place place) { return place >> kOffsetBits; }
  [[nodiscard]] const std::uint8_t* address(Place place) const {
    return pages_[page_of(place)].octets.get() + place % kPage;
  }
  [[nodiscard]] Header header(Place place) const {
    Header header;
    __builtin_memcpy(&header, address(place), sizeof header);
    return header;
  }
  void set_header(Place place, const Header& header);
  [[nodiscard]] bool is_sparse(std::uint32_t page) const { return pages_[page].live < pages_[page].size / 2; }
  [[nodiscard]] std::uint32_t make_page(std::size_t size);
  [[nodiscard]] Place append(std::uint32_t page, std::uint32_t owner, std::span<const std::uint8_t> octets);
  void discard(Place place);
  void free(std::uint32_t page);
  // Not the current one; what it holds fits into that and the next.
  template <typename Moved>
  void vacate(std::uint32_t page, const Moved& moved) {
    for (std::uint32_t offset = 0; offset < pages_[page].used;) {
      const Place place = page << kOffsetBits | offset;
      const Header run = header(place);
      offset += static_cast<std::uint32_t>(sizeof run) + run.size;
      if (run.owner == kNone) continue;
      moved(run.owner, add(run.owner, at(place), moved));
      discard(place);
    }
    free(page);
  }

  std::vector<Page> pages_;
  std::uint32_t current_ = kNone;
};

}  // namespace lbgp::rib
