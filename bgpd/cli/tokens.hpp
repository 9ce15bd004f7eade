// SPDX-License-Identifier: Apache-2.0
// A command line cut into words.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace lbgp::daemon::cli {

// A word and where it stands in its line; both live as long as the line does.
struct Token {
  std::string_view text;
  std::size_t begin = 0;
};
using Tokens = std::vector<Token>;

// Words between blanks. A line that begins with '!' or '#' is a comment and has none.
[[nodiscard]] Tokens tokenise(std::string_view line);

// The line from a word on, without blanks at its end.
[[nodiscard]] std::string_view rest_of(std::string_view line, const Token& first);

}  // namespace lbgp::daemon::cli
