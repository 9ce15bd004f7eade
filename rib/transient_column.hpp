// SPDX-License-Identifier: Apache-2.0
// Values that few routes have, and only while there is something to do about them.
#pragma once

#include <cstddef>

#include "rib/bitmap.hpp"
#include "rib/column.hpp"
#include "rib/ids.hpp"

namespace lbgp::rib {

// A column and who is in it. When nobody is any more, its memory is given back where it is cheap to have
// again: what a few routes needed, or neighbors in the table. What a burst all over the table needed stays
// for the next one, until there is none.
template <typename T>
class TransientColumn {
 public:
  [[nodiscard]] bool contains(RouteId route) const { return members_.test(route); }
  [[nodiscard]] const Bitmap& members() const { return members_; }
  [[nodiscard]] bool empty() const { return members_.empty(); }
  // Of a member.
  [[nodiscard]] T& operator[](RouteId route) { return values_.at(route); }
  [[nodiscard]] const T& operator[](RouteId route) const { return values_[route]; }
  // A new one.
  T& add(RouteId route) {
    members_.set(route);
    ++added_;
    return values_.at(route) = T{};
  }
  // False: it was none.
  bool erase(RouteId route) {
    if (!members_.reset(route)) return false;
    if (members_.empty()) give_back();
    return true;
  }
  void clear() {
    members_.clear();
    give_back();
  }
  [[nodiscard]] std::size_t memory() const { return members_.memory() + values_.memory(); }

 private:
  static constexpr std::size_t kBits = 8;
  using Values = Column<T, kBits>;
  static constexpr std::size_t kKept =
      64 * 1024 / (Values::kSize * sizeof(T));  // chunks, whoever needed them

  void give_back() {
    const std::size_t chunks = values_.used();
    const bool was_few = added_ < chunks / 4;
    const bool was_dense = added_ > chunks * Values::kSize / 16;
    if (chunks > kKept && (was_few || was_dense)) values_.trim(0);
    added_ = 0;
  }

  Bitmap members_;
  Values values_;
  std::size_t added_ = 0;  // since there was none
};

}  // namespace lbgp::rib
