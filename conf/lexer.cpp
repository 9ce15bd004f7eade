// SPDX-License-Identifier: Apache-2.0
// The lexer: no state but where it is.
#include "conf/lexer.hpp"

#include <algorithm>

namespace lbgp::conf {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_space(char c) {
  return c == ' ' || c == '\t';
}
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

bool is_heading(std::string_view text) {
  return text == "Building configuration..." || text == "Current configuration:";
}

}  // namespace

void split_words(std::string_view text, Line& line, std::uint32_t& bad_column) {
  line.words.clear();
  bad_column = 0;
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  line.text = text;
  if (is_heading(text)) return;
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    if (line.words.empty() && (text[at] == '!' || text[at] == '#')) return;
    const std::size_t start = at;
    while (at < text.size() && !is_space(text[at])) {
      if (is_control(text[at])) {
        bad_column = static_cast<std::uint32_t>(at + 1);
        line.words.clear();
        return;
      }
      ++at;
    }
    line.words.push_back({text.substr(start, at - start), static_cast<std::uint32_t>(start + 1)});
  }
}

Lexer::Lexer(std::string_view text) : rest_(text) {
  if (!rest_.starts_with(kByteOrderMark)) return;
  rest_.remove_prefix(kByteOrderMark.size());
  first_column_offset_ = static_cast<std::uint32_t>(kByteOrderMark.size());
}

const Line* Lexer::next(Diagnostics& diagnostics) {
  while (!rest_.empty()) {
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (text.ends_with('\r')) text.remove_suffix(1);
    ++line_.number;
    std::uint32_t bad_column = 0;
    split_words(text, line_, bad_column);
    if (line_.number == 1)
      for (Word& word : line_.words) word.column += first_column_offset_;
    if (bad_column != 0) {
      if (line_.number == 1) bad_column += first_column_offset_;
      diagnostics.push_back({Severity::Error, {line_.number, bad_column}, "control character in the text"});
    }
    if (!line_.words.empty()) return &line_;
  }
  return nullptr;
}

}  // namespace lbgp::conf
