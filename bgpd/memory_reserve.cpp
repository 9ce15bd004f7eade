// SPDX-License-Identifier: Apache-2.0
// Memory kept back for the day when there is none.
#include "bgpd/memory_reserve.hpp"

namespace lbgp::daemon {
namespace {

std::atomic<MemoryReserve*> the_reserve = nullptr;  // a std::new_handler has no argument

}  // namespace

MemoryReserve::MemoryReserve(std::size_t octets) : octets_(octets) {
  refill();
  the_reserve = this;
  before_ = std::set_new_handler(give);
}

MemoryReserve::~MemoryReserve() {
  std::set_new_handler(before_);
  the_reserve = nullptr;
  delete[] block_.exchange(nullptr);
}

void MemoryReserve::give() {
  MemoryReserve* reserve = the_reserve;
  const char* block = reserve != nullptr ? reserve->block_.exchange(nullptr) : nullptr;
  if (block == nullptr) throw std::bad_alloc();
  ++reserve->shortages_;
  delete[] block;
}

std::uint64_t MemoryReserve::shortages() {
  if (block_ == nullptr) refill();
  return shortages_;
}

void MemoryReserve::refill() {
  char* spent = nullptr;
  char* fresh = new (std::nothrow) char[octets_];
  if (!block_.compare_exchange_strong(spent, fresh)) delete[] fresh;
}

}  // namespace lbgp::daemon
