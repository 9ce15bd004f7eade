// SPDX-License-Identifier: Apache-2.0
// Recursive descent over the pattern notation.
#include "bgpd/cli/pattern.hpp"

namespace lbgp::daemon::cli {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Pattern sequence() {
    Pattern pattern;
    for (skip_blanks(); !text_.empty() && !at_any("|]>"); skip_blanks()) pattern.push_back(item());
    return pattern;
  }

 private:
  PatternItem item() {
    if (!at_any("[<")) {
      PatternItem word{take_until(" |]>$"), {}, false, {}};
      word.name = name();
      return word;
    }
    PatternItem choice;
    choice.optional = text_.front() == '[';
    do {
      text_.remove_prefix(1);  // the bracket, then each '|'
      choice.choices.push_back(sequence());
    } while (at_any("|"));
    if (!text_.empty()) text_.remove_prefix(1);
    choice.name = name();
    for (Pattern& pattern : choice.choices) inherit(pattern, choice.name);
    return choice;
  }

  std::string_view name() {
    if (!at_any("$")) return {};
    text_.remove_prefix(1);
    return take_until(" |]>");
  }

  // `<A.B.C.D|WORD>$neighbor`: keywords keep their own names.
  static void inherit(Pattern& pattern, std::string_view name) {
    if (name.empty()) return;
    for (PatternItem& item : pattern) {
      const bool keyword = !item.word.empty() && item.word.front() >= 'a' && item.word.front() <= 'z';
      if (item.choices.empty() && !keyword && item.name.empty()) item.name = name;
    }
  }

  std::string_view take_until(std::string_view ends) {
    const std::string_view taken = text_.substr(0, text_.find_first_of(ends));
    text_.remove_prefix(taken.size());
    return taken;
  }
  [[nodiscard]] bool at_any(std::string_view characters) const {
    return !text_.empty() && characters.find(text_.front()) != characters.npos;
  }
  void skip_blanks() {
    while (at_any(" ")) text_.remove_prefix(1);
  }

  std::string_view text_;
};

}  // namespace

Pattern parse_pattern(std::string_view text) {
  return Parser(text).sequence();
}

}  // namespace lbgp::daemon::cli
