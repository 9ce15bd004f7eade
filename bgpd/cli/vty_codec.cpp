// SPDX-License-Identifier: Apache-2.0
// Splitting lines and framing replies of the vty socket.
#include "bgpd/cli/vty_codec.hpp"

#include <algorithm>

namespace lbgp::daemon::cli {
namespace {

constexpr std::string_view kLineEnds{"\0\n", 2};
constexpr std::size_t kStatusSize = 4;  // NUL NUL NUL code

}  // namespace

bool LineSplitter::feed(std::string_view octets) {
  while (!overflowed_ && !octets.empty()) {
    const std::size_t end = octets.find_first_of(kLineEnds);
    const std::size_t size = end == octets.npos ? octets.size() : end;
    overflowed_ = incomplete_ + size > kMaxLine;
    if (overflowed_) break;
    const std::size_t taken = end == octets.npos ? size : size + 1;
    buffer_ += octets.substr(0, taken);
    incomplete_ = end == octets.npos ? incomplete_ + size : 0;
    octets.remove_prefix(taken);
  }
  return !overflowed_;
}

std::optional<std::string> LineSplitter::next() {
  if (after_newline_ && !buffer_.empty()) {
    after_newline_ = false;
    if (buffer_.front() == '\0') buffer_.erase(0, 1);
  }
  const std::size_t end = buffer_.find_first_of(kLineEnds, scanned_);
  if (end == buffer_.npos) {
    scanned_ = buffer_.size();
    return std::nullopt;
  }
  after_newline_ = buffer_[end] == '\n';
  std::string line = buffer_.substr(0, end);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  buffer_.erase(0, end + 1);
  scanned_ = 0;
  return line;
}

std::string encode_reply(std::string_view text, Code code) {
  std::string out;
  out.reserve(text.size() + kStatusSize);
  append_text(out, text);
  append_status(out, code);
  return out;
}

void append_text(std::string& out, std::string_view text) {
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != '\0'; });
}

void append_status(std::string& out, Code code) {
  out.append(kStatusSize - 1, '\0');
  out += static_cast<char>(code);
}

std::optional<DecodedReply> ReplyCollector::take() {
  const std::size_t end = buffer_.find('\0', scanned_);
  scanned_ = end == buffer_.npos ? buffer_.size() : end;
  if (end == buffer_.npos || buffer_.size() - end < kStatusSize) return std::nullopt;
  DecodedReply reply{buffer_.substr(0, end), static_cast<std::uint8_t>(buffer_[end + kStatusSize - 1])};
  buffer_.erase(0, end + kStatusSize);
  scanned_ = 0;
  return reply;
}

}  // namespace lbgp::daemon::cli
