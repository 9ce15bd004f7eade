// SPDX-License-Identifier: Apache-2.0
// A set of IPv4 prefixes with one bit for each that there could be. Membership is exact, and one prefix costs
// a shift and a memory access: the collector has to be faster than every speaker.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lbgp::bench {

class PrefixSet {
 public:
  PrefixSet();
  ~PrefixSet();
  PrefixSet(const PrefixSet&) = delete;
  PrefixSet& operator=(const PrefixSet&) = delete;

  // `address` in host order; its host bits do not matter. False: was there (or was not there) already.
  bool insert(std::uint32_t address, unsigned length) {
    const Place place = locate(address, length);
    if ((*place.word & place.bit) != 0) return false;
    *place.word |= place.bit;
    ++size_;
    return true;
  }
  bool erase(std::uint32_t address, unsigned length) {
    const Place place = locate(address, length);
    if ((*place.word & place.bit) == 0) return false;
    *place.word &= ~place.bit;
    --size_;
    return true;
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  void clear();

 private:
  struct Place {
    std::uint64_t* word;
    std::uint64_t bit;
  };
  // Prefixes numbered like the nodes of a binary tree: 0.0.0.0/0 is 1, and the halves of n are 2n and 2n+1.
  [[nodiscard]] Place locate(std::uint32_t address, unsigned length) const {
    const std::uint64_t node = std::uint64_t{1} << length | (std::uint64_t{address} >> (32 - length));
    return {words_ + node / 64, std::uint64_t{1} << node % 64};
  }

  std::uint64_t* words_;  // 1 GiB of addresses; pages that nobody touches cost nothing
  std::size_t size_ = 0;
};

}  // namespace lbgp::bench
