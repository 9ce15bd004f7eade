// SPDX-License-Identifier: Apache-2.0
// How late things happen that were due at a certain time: a histogram by powers of two.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>

namespace lbgp::daemon::net {

class Lateness {
 public:
  using Duration = std::chrono::microseconds;

  void record(Duration late) {
    const auto micros = static_cast<std::uint64_t>(std::max<Duration::rep>(late.count(), 0));
    ++buckets_[std::min<std::size_t>(std::bit_width(micros), buckets_.size() - 1)];
    ++count_;
    worst_ = std::max(worst_, Duration(micros));
  }
  void add(const Lateness& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    worst_ = std::max(worst_, other.worst_);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration worst() const { return worst_; }
  // An upper bound, at most twice the truth, for that share (of 1) of all records; zero without records.
  [[nodiscard]] Duration quantile(double share) const {
    const double wanted = share * static_cast<double>(count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (count_ != 0 && static_cast<double>(seen) >= wanted)
        return std::min(worst_, Duration((std::uint64_t{1} << i) - 1));
    }
    return worst_;
  }

 private:
  std::array<std::uint64_t, 32> buckets_{};  // [i]: below 2^i microseconds
  std::uint64_t count_ = 0;
  Duration worst_{0};
};

}  // namespace lbgp::daemon::net
