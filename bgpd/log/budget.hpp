// SPDX-License-Identifier: Apache-2.0
// How many lines a peer may cause in our log.
#pragma once

#include <chrono>
#include <cstdint>

namespace lbgp::daemon::log {

// At most `limit` in any minute; counts what was kept back.
class Budget {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  explicit Budget(std::uint64_t limit) : limit_(limit) {}

  // Whether one more may be logged. `suppressed` gets how many were kept back in the minute that has just
  // ended.
  [[nodiscard]] bool spend(TimePoint now, std::uint64_t& suppressed) {
    suppressed = 0;
    if (now - start_ >= std::chrono::minutes(1)) {
      suppressed = used_ > limit_ ? used_ - limit_ : 0;
      start_ = now;
      used_ = 0;
    }
    return ++used_ <= limit_;
  }

 private:
  std::uint64_t limit_;
  std::uint64_t used_ = 0;
  TimePoint start_{};
};

}  // namespace lbgp::daemon::log
