// SPDX-License-Identifier: Apache-2.0
// The AS_PATH as a value: segments of AS numbers, how long it counts, how it is written.
#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "wire/as_number.hpp"

namespace lbgp::wire {

// RFC 4271 §4.3 and RFC 5065 §3; the values are those of the wire.
enum class SegmentType : std::uint8_t { AsSet = 1, AsSequence = 2, AsConfedSequence = 3, AsConfedSet = 4 };

struct AsSegment {
  SegmentType type = SegmentType::AsSequence;
  std::vector<AsNumber> as_numbers;
  auto operator<=>(const AsSegment&) const = default;
};

class AsPath {
 public:
  AsPath() = default;
  explicit AsPath(std::vector<AsSegment> segments) : segments_(std::move(segments)) {}
  // A path of one AS_SEQUENCE.
  [[nodiscard]] static AsPath sequence(std::vector<AsNumber> as_numbers);

  [[nodiscard]] const std::vector<AsSegment>& segments() const { return segments_; }
  [[nodiscard]] bool empty() const { return segments_.empty(); }
  // RFC 4271 §9.1.2.2 (a), RFC 5065 §5.3: a set counts one, confederation segments nothing.
  [[nodiscard]] std::size_t length() const;
  // What length() leaves out: as many as it would be if confederation segments were ordinary ones.
  [[nodiscard]] std::size_t confederation_length() const;
  // How many numbers stand in it, all segments counted in full.
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t occurrences(AsNumber as) const;
  [[nodiscard]] bool contains(AsNumber as) const { return occurrences(as) != 0; }
  // The leftmost AS when the path begins with an AS_SEQUENCE: who sent it to us. AS 0 otherwise.
  [[nodiscard]] AsNumber first() const;
  // The rightmost AS of the last AS_SEQUENCE: who originated it. AS 0 for a local path.
  [[nodiscard]] AsNumber origin() const;
  [[nodiscard]] bool has_set() const;
  // RFC 4271 §5.1.2 (b): put `as` in front `times` times; a segment never exceeds 255 numbers.
  void prepend(AsNumber as, std::size_t times = 1);
  template <typename Predicate>
  [[nodiscard]] bool all_of(Predicate holds) const {
    return std::all_of(segments_.begin(), segments_.end(), [&](const AsSegment& segment) {
      return std::all_of(segment.as_numbers.begin(), segment.as_numbers.end(), holds);
    });
  }
  template <typename Predicate>
  void replace_if(Predicate holds, AsNumber by) {
    for (AsSegment& segment : segments_)
      std::replace_if(segment.as_numbers.begin(), segment.as_numbers.end(), holds, by);
  }
  // A segment that loses all its numbers goes too.
  template <typename Predicate>
  void erase_if(Predicate holds) {
    for (AsSegment& segment : segments_) std::erase_if(segment.as_numbers, holds);
    std::erase_if(segments_, [](const AsSegment& segment) { return segment.as_numbers.empty(); });
  }

  auto operator<=>(const AsPath&) const = default;

 private:
  std::vector<AsSegment> segments_;
};

// FRR's form: "65001 65002 {1,2} (64512 64513) [3,4]"; empty for a local path.
[[nodiscard]] std::string to_string(const AsPath& path);

}  // namespace lbgp::wire
