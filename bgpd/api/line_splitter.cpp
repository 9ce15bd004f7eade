// SPDX-License-Identifier: Apache-2.0
// A buffer that grows with a half line and gives memory back after it.
#include "bgpd/api/line_splitter.hpp"

#include <algorithm>
#include <cstring>

namespace lbgp::daemon::api {
namespace {

// A connection keeps at most this much when nothing is pending.
constexpr std::size_t kKeepOctets = std::size_t{256} << 10;

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

std::span<char> LineSplitter::prepare(std::size_t octets) {
  if (begin_ > 0) {
    if (pending() > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, pending());
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == 0 && buffer_.size() > std::max(kKeepOctets, octets)) std::vector<char>().swap(buffer_);
  if (buffer_.size() - end_ < octets) buffer_.resize(std::max(end_ + octets, 2 * end_));
  return std::span(buffer_).subspan(end_);
}

LineSplitter::Next LineSplitter::next() {
  while (scanned_ < end_) {
    const void* found = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
    if (found == nullptr) {
      scanned_ = end_;
      break;
    }
    const std::size_t stop = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
    std::string_view line(buffer_.data() + begin_, stop - begin_);
    if (line.size() + 1 > max_line_) return {Outcome::TooLong, {}};
    begin_ = scanned_ = stop + 1;
    if (is_blank(line)) continue;
    if (line.back() == '\r') line.remove_suffix(1);
    return {Outcome::Line, line};
  }
  if (pending() >= max_line_) return {Outcome::TooLong, {}};
  return {Outcome::NeedMore, {}};
}

}  // namespace lbgp::daemon::api
