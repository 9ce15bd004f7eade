// SPDX-License-Identifier: Apache-2.0
// Turns the octets of one API connection into lines, in place.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace lbgp::daemon::api {

// Of one line, its end included. A request of 100,000 IPv6 prefixes with attributes fits in half of it; one
// connection can never hold more than this (and one read) in memory.
inline constexpr std::size_t kMaxLineOctets = std::size_t{16} << 20;

// Owned by a connection, which reads into prepare(), tells commit() how much came, and then takes lines with
// next() until there is none. No octet is copied but those of a half line that has to move to the front, and
// none is looked at twice in search of the end of a line.
class LineSplitter {
 public:
  enum class Outcome {
    Line,      // `line` is one, without its line end; valid until the next call of prepare()
    NeedMore,  // no whole line is there
    TooLong,   // the line that began at the front exceeds the limit: answer and close
  };
  struct Next {
    Outcome outcome = Outcome::NeedMore;
    std::string_view line;
  };

  explicit LineSplitter(std::size_t max_line = kMaxLineOctets) : max_line_(max_line) {}

  // Room for at least `octets` more.
  [[nodiscard]] std::span<char> prepare(std::size_t octets);
  void commit(std::size_t octets) { end_ += octets; }
  // LF or CR LF ends a line. Lines of nothing but blanks are passed over: they ask nothing.
  [[nodiscard]] Next next();

  // Octets of a line that has begun and not ended (after next() said NeedMore).
  [[nodiscard]] std::size_t pending() const { return end_ - begin_; }
  [[nodiscard]] std::size_t capacity() const { return buffer_.size(); }

 private:
  std::size_t max_line_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the first line not handed out
  std::size_t scanned_ = 0;  // no line end in [begin_, scanned_)
  std::size_t end_ = 0;      // of what has come
};

}  // namespace lbgp::daemon::api
