// SPDX-License-Identifier: Apache-2.0
// Pages of packed runs: made, written to, given back.
#include "rib/octet_pages.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <numeric>

namespace lbgp::rib {

std::uint32_t OctetPages::make_page(std::size_t size) {
  const auto vacant =
      std::find_if(pages_.begin(), pages_.end(), [](const Page& page) { return page.octets == nullptr; });
  const auto number = static_cast<std::uint32_t>(vacant - pages_.begin());
  if (number == kMaxPages) throw std::bad_alloc();  // 4 GB of them
  if (vacant == pages_.end()) pages_.emplace_back();
  Page& page = pages_[number];
  page.octets = std::make_unique_for_overwrite<std::uint8_t[]>(size);
  page.size = static_cast<std::uint32_t>(size);
  return number;
}

void OctetPages::set_header(Place place, const Header& header) {
  std::memcpy(pages_[page_of(place)].octets.get() + place % kPage, &header, sizeof header);
}

OctetPages::Place OctetPages::append(std::uint32_t number, std::uint32_t owner,
                                     std::span<const std::uint8_t> octets) {
  Page& page = pages_[number];
  const Place place = number << kOffsetBits | page.used;
  const Header header{owner, static_cast<std::uint32_t>(octets.size())};
  set_header(place, header);
  std::copy(octets.begin(), octets.end(), page.octets.get() + page.used + sizeof header);
  const auto size = static_cast<std::uint32_t>(sizeof header + octets.size());
  page.used += size;
  page.live += size;
  return place;
}

void OctetPages::discard(Place place) {
  const std::uint32_t size = header(place).size;
  set_header(place, {kNone, size});
  pages_[page_of(place)].live -= static_cast<std::uint32_t>(sizeof(Header)) + size;
}

void OctetPages::free(std::uint32_t page) {
  pages_[page] = {};
  if (page == current_) current_ = kNone;
}

std::size_t OctetPages::memory() const {
  return std::accumulate(pages_.begin(), pages_.end(), pages_.capacity() * sizeof(Page),
                         [](std::size_t sum, const Page& page) { return sum + page.size; });
}

}  // namespace lbgp::rib
