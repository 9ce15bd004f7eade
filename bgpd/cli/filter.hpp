// SPDX-License-Identifier: Apache-2.0
// What follows a `|`: lines of output that are kept, dropped or counted.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rib/regex.hpp"

namespace lbgp::daemon::cli {

enum class FilterKind { Include, Exclude, Begin, Count };

struct Filter {
  FilterKind kind = FilterKind::Include;
  std::string regex;  // POSIX extended
  bool operator==(const Filter&) const = default;
};

// A line cut at its first `|` that stands alone; `filter` is empty when there is none.
struct PipedLine {
  std::string command;
  std::optional<Filter> filter;
  std::string error;  // what is wrong behind the `|`, for the operator; ends with a newline
};
[[nodiscard]] PipedLine split_pipe(std::string_view line);

// Filters a text that comes in pieces.
class LineFilter {
 public:
  explicit LineFilter(const Filter& filter);
  // With the expression, for the operator, with its end of line; empty: nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  void feed(std::string_view text, std::string& out);
  void finish(std::string& out);

 private:
  void add_line(const std::string& line, std::string& out);

  FilterKind kind_;
  rib::Regex regex_;
  std::string problem_;
  std::string partial_;  // a line whose end has not come yet
  std::size_t count_ = 0;
  bool begun_ = false;
};

// The text past the filter; `error` is set instead when the expression does not compile.
struct FilterResult {
  std::string text;
  std::string error;
};
[[nodiscard]] FilterResult run_filter(const Filter& filter, std::string_view text);

}  // namespace lbgp::daemon::cli
