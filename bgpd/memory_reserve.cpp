// SPDX-License-Identifier: Apache-2.0
// Memory kept back for the day when there is none.
#include "bgpd/memory_reserve.hpp"

namespace lbgp::daemon {
namespace {

MemoryReserve* the_reserve = nullptr;  // a std::new_handler has no argument

}  // namespace

MemoryReserve::MemoryReserve(std::size_t octets) : octets_(octets) {
  refill();
  the_reserve = this;
  before_ = std::set_new_handler(give);
}

MemoryReserve::~MemoryReserve() {
  std::set_new_handler(before_);
  the_reserve = nullptr;
}

void MemoryReserve::give() {
  if (!the_reserve->block_) throw std::bad_alloc();
  the_reserve->block_.reset();
  ++the_reserve->shortages_;
}

std::uint64_t MemoryReserve::shortages() {
  if (!block_) refill();
  return shortages_;
}

void MemoryReserve::refill() {
  block_.reset(new (std::nothrow) char[octets_]);
}

}  // namespace lbgp::daemon
