// SPDX-License-Identifier: Apache-2.0
// Memory kept back for the day when there is none: an allocation that fails gets it and succeeds, so that
// what was begun ends whole. Whoever began it then has to give something up (Peering::received).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>

namespace lbgp::daemon {

// One per process: it is the process's std::new_handler. When it is spent and not yet refilled, a further
// failure is a std::bad_alloc as ever, which nobody catches: no state is half changed, and the restart is
// bridged.
class MemoryReserve {
 public:
  explicit MemoryReserve(std::size_t octets);
  ~MemoryReserve();
  MemoryReserve(const MemoryReserve&) = delete;
  MemoryReserve& operator=(const MemoryReserve&) = delete;

  // How often it had to help out. Refills it when there is memory again.
  [[nodiscard]] std::uint64_t shortages();

 private:
  static void give();
  void refill();

  // Any thread may be the one whose allocation fails.
  std::size_t octets_;
  std::atomic<char*> block_ = nullptr;
  std::atomic<std::uint64_t> shortages_ = 0;
  std::new_handler before_;
};

}  // namespace lbgp::daemon
