// SPDX-License-Identifier: Apache-2.0
// Reading, writing and merging AS paths.
#include "wire/as_path_codec.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

constexpr std::size_t kMaxSegmentSize = 255;

[[nodiscard]] bool is_segment_type(std::uint8_t type) {
  return type >= static_cast<std::uint8_t>(SegmentType::AsSet) &&
         type <= static_cast<std::uint8_t>(SegmentType::AsConfedSet);
}

[[nodiscard]] AsNumber read_as(Reader& in, AsWidth width) {
  return AsNumber{width == AsWidth::FourOctets ? in.u32() : in.u16()};
}

void write_as(Writer& out, AsNumber as, AsWidth width) {
  if (width == AsWidth::FourOctets)
    out.u32(as.value());
  else
    out.u16(static_cast<std::uint16_t>((as.fits_two_octets() ? as : kAsTrans).value()));
}

void write_segment(Writer& out, SegmentType type, std::span<const AsNumber> as_numbers, AsWidth width) {
  while (!as_numbers.empty()) {
    const auto now = as_numbers.first(std::min(as_numbers.size(), kMaxSegmentSize));
    out.u8(static_cast<std::uint8_t>(type));
    out.u8(static_cast<std::uint8_t>(now.size()));
    for (const AsNumber as : now) write_as(out, as, width);
    as_numbers = as_numbers.subspan(now.size());
  }
}

// Two sequences side by side say the same as one; one is what AS_PATH would have been with four octets.
void append_joined(std::vector<AsSegment>& segments, const AsSegment& next) {
  if (!segments.empty() && segments.back().type == SegmentType::AsSequence &&
      next.type == SegmentType::AsSequence &&
      segments.back().as_numbers.size() + next.as_numbers.size() <= kMaxSegmentSize) {
    auto& last = segments.back().as_numbers;
    last.insert(last.end(), next.as_numbers.begin(), next.as_numbers.end());
  } else {
    segments.push_back(next);
  }
}

}  // namespace

std::string read_as_path(ByteView value, AsWidth width, AsPath& path) {
  Reader in(value);
  std::vector<AsSegment> segments;
  while (!in.at_end()) {
    const std::uint8_t type = in.u8();
    const std::size_t count = in.u8();
    if (in.failed()) return "one octet behind the last segment";
    if (!is_segment_type(type)) return fmt::format("unknown segment type {}", type);
    if (count == 0) return "segment without AS numbers";
    const std::size_t size = count * static_cast<std::size_t>(width);
    if (size > in.remaining())
      return fmt::format("segment of {} AS numbers needs {} octets, {} are left", count, size,
                         in.remaining());

    AsSegment& segment = segments.emplace_back();
    segment.type = static_cast<SegmentType>(type);
    segment.as_numbers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) segment.as_numbers.push_back(read_as(in, width));
  }
  path = AsPath(std::move(segments));
  return {};
}

void write_as_path(Writer& out, const AsPath& path, AsWidth width) {
  for (const AsSegment& segment : path.segments())
    write_segment(out, segment.type, segment.as_numbers, width);
}

bool is_confederation(SegmentType type) {
  return type == SegmentType::AsConfedSequence || type == SegmentType::AsConfedSet;
}

AsPath without_confederation(const AsPath& path) {
  std::vector<AsSegment> segments;
  for (const AsSegment& segment : path.segments())
    if (!is_confederation(segment.type)) segments.push_back(segment);
  return AsPath(std::move(segments));
}

bool fits_two_octets(const AsPath& path) {
  return std::all_of(path.segments().begin(), path.segments().end(), [](const AsSegment& segment) {
    return std::all_of(segment.as_numbers.begin(), segment.as_numbers.end(),
                       [](AsNumber as) { return as.fits_two_octets(); });
  });
}

AsPath merge_as4_path(const AsPath& path, const AsPath& as4_path) {
  std::size_t missing = path.length() - std::min(path.length(), as4_path.length());
  std::vector<AsSegment> segments;
  for (const AsSegment& segment : path.segments()) {
    // A confederation segment counts nothing: it comes along when it leads or follows something that came
    // whole.
    if (is_confederation(segment.type)) {
      segments.push_back(segment);
      continue;
    }
    if (missing == 0) break;
    if (segment.type == SegmentType::AsSet) {
      segments.push_back(segment);
      --missing;
      continue;
    }
    const std::size_t taken = std::min(missing, segment.as_numbers.size());
    const auto end = segment.as_numbers.begin() + static_cast<std::ptrdiff_t>(taken);
    segments.push_back({segment.type, {segment.as_numbers.begin(), end}});
    missing -= taken;
    if (taken < segment.as_numbers.size()) break;
  }
  for (const AsSegment& segment : as4_path.segments()) append_joined(segments, segment);
  return AsPath(std::move(segments));
}

}  // namespace lbgp::wire
