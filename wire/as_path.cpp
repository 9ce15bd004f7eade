// SPDX-License-Identifier: Apache-2.0
// AS paths: counting, prepending, text.
#include "wire/as_path.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace lbgp::wire {

namespace {

// The count of a segment is one octet (RFC 4271 §4.3).
constexpr std::size_t kMaxSegmentSize = 255;

struct SegmentStyle {
  SegmentType type;
  std::string_view open;
  std::string_view separator;
  std::string_view close;
};
constexpr std::array kSegmentStyles{
    SegmentStyle{SegmentType::AsSet, "{", ",", "}"},
    SegmentStyle{SegmentType::AsSequence, "", " ", ""},
    SegmentStyle{SegmentType::AsConfedSequence, "(", " ", ")"},
    SegmentStyle{SegmentType::AsConfedSet, "[", ",", "]"},
};

void append_segment(std::string& text, const AsSegment& segment) {
  const auto* style = std::find_if(kSegmentStyles.begin(), kSegmentStyles.end(),
                                   [&](const SegmentStyle& each) { return each.type == segment.type; });
  if (style == kSegmentStyles.end()) return;
  text += style->open;
  for (std::size_t i = 0; i < segment.as_numbers.size(); ++i) {
    if (i != 0) text += style->separator;
    text += to_string(segment.as_numbers[i]);
  }
  text += style->close;
}

}  // namespace

AsPath AsPath::sequence(std::vector<AsNumber> as_numbers) {
  AsPath path;
  auto rest = as_numbers.begin();
  while (rest != as_numbers.end()) {
    const auto size = std::min<std::ptrdiff_t>(as_numbers.end() - rest, kMaxSegmentSize);
    path.segments_.push_back({SegmentType::AsSequence, {rest, rest + size}});
    rest += size;
  }
  return path;
}

std::size_t AsPath::length() const {
  std::size_t length = 0;
  for (const AsSegment& segment : segments_) {
    if (segment.type == SegmentType::AsSequence) length += segment.as_numbers.size();
    if (segment.type == SegmentType::AsSet) ++length;
  }
  return length;
}

std::size_t AsPath::confederation_length() const {
  std::size_t length = 0;
  for (const AsSegment& segment : segments_) {
    if (segment.type == SegmentType::AsConfedSequence) length += segment.as_numbers.size();
    if (segment.type == SegmentType::AsConfedSet) ++length;
  }
  return length;
}

std::size_t AsPath::count() const {
  std::size_t count = 0;
  for (const AsSegment& segment : segments_) count += segment.as_numbers.size();
  return count;
}

std::size_t AsPath::occurrences(AsNumber as) const {
  std::ptrdiff_t found = 0;
  for (const AsSegment& segment : segments_)
    found += std::count(segment.as_numbers.begin(), segment.as_numbers.end(), as);
  return static_cast<std::size_t>(found);
}

AsNumber AsPath::first() const {
  if (segments_.empty() || segments_.front().type != SegmentType::AsSequence) return {};
  const auto& as_numbers = segments_.front().as_numbers;
  return as_numbers.empty() ? AsNumber{} : as_numbers.front();
}

AsNumber AsPath::origin() const {
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment)
    if (segment->type == SegmentType::AsSequence && !segment->as_numbers.empty())
      return segment->as_numbers.back();
  return {};
}

bool AsPath::has_set() const {
  return std::any_of(segments_.begin(), segments_.end(), [](const AsSegment& segment) {
    return segment.type == SegmentType::AsSet || segment.type == SegmentType::AsConfedSet;
  });
}

void AsPath::prepend(AsNumber as, std::size_t times) {
  while (times != 0) {
    if (segments_.empty() || segments_.front().type != SegmentType::AsSequence ||
        segments_.front().as_numbers.size() >= kMaxSegmentSize)
      segments_.insert(segments_.begin(), AsSegment{});
    auto& as_numbers = segments_.front().as_numbers;
    const std::size_t fitting = std::min(times, kMaxSegmentSize - as_numbers.size());
    as_numbers.insert(as_numbers.begin(), fitting, as);
    times -= fitting;
  }
}

std::string to_string(const AsPath& path) {
  std::string text;
  for (const AsSegment& segment : path.segments()) {
    if (!text.empty()) text += ' ';
    append_segment(text, segment);
  }
  return text;
}

}  // namespace lbgp::wire
