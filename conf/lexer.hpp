// SPDX-License-Identifier: Apache-2.0
// Text to lines, a line to words. FRR's language has no quotes: a word ends at white space.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "conf/diagnostic.hpp"

namespace lbgp::conf {

inline constexpr std::size_t kMaxFileSize = 8U << 20;  // octets

struct Word {
  std::string_view text;
  std::uint32_t column = 1;  // of its first octet, from 1
};

// One line. The views point into the text that the lexer was given.
struct Line {
  std::uint32_t number = 0;  // from 1
  std::string_view text;     // without line end and trailing white space
  std::vector<Word> words;   // none: an empty line or a comment
};

// Splits one line, given without its line end. A line whose first word begins with '!' or '#' has no words,
// nor has one that stands above what `show running-config` prints: people paste that.
// Control bytes other than TAB: their position comes back in `bad_column`, and the line has no words.
void split_words(std::string_view text, Line& line, std::uint32_t& bad_column);

// Walks over a text line by line: LF and CRLF, with or without a last line end, with or without a byte order
// mark. Reuses one Line, so a large file costs no allocation per line.
class Lexer {
 public:
  explicit Lexer(std::string_view text);
  // The next line that says something; nullptr at the end. Valid until the next call. Lines with control
  // bytes are reported in `diagnostics` and passed over.
  [[nodiscard]] const Line* next(Diagnostics& diagnostics);

 private:
  std::string_view rest_;
  std::uint32_t first_column_offset_ = 0;  // the byte order mark counts as columns of line 1
  Line line_;
};

}  // namespace lbgp::conf
