// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/prefix_set.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <system_error>

namespace lbgp::bench {
namespace {

constexpr std::size_t kOctets = (std::size_t{1} << 33) / 8;

}  // namespace

PrefixSet::PrefixSet() {
  void* pages =
      mmap(nullptr, kOctets, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  words_ = static_cast<std::uint64_t*>(pages);
}

PrefixSet::~PrefixSet() {
  munmap(words_, kOctets);
}

void PrefixSet::clear() {
  madvise(words_, kOctets, MADV_DONTNEED);  // reads as zeros from now on
  size_ = 0;
}

}  // namespace lbgp::bench
