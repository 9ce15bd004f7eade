// SPDX-License-Identifier: Apache-2.0
// The pattern notation of commands, parsed.
#pragma once

#include <string_view>
#include <vector>

namespace lbgp::daemon::cli {

struct PatternItem;
using Pattern = std::vector<PatternItem>;

// A word, or a choice between patterns that may be left out altogether.
struct PatternItem {
  std::string_view word;  // empty for a choice
  std::string_view name;  // behind `$`; of a choice: of every word in it that has none
  bool optional = false;
  std::vector<Pattern> choices;  // empty for a word
};

// Patterns are our own text: a malformed one is a bug, and yields what was read up to the fault.
[[nodiscard]] Pattern parse_pattern(std::string_view text);

}  // namespace lbgp::daemon::cli
