// SPDX-License-Identifier: Apache-2.0
// RE2 behind the one type that the rest sees.
#include "rib/regex.hpp"

#include <re2/re2.h>

namespace lbgp::rib {

namespace {

// Inside of brackets a delimiter is one of its characters.
std::string spell_out_delimiters(std::string_view text) {
  std::string spelled;
  bool in_brackets = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && !in_brackets && i + 1 < text.size()) {
      spelled += c;
      spelled += text[++i];
      continue;
    }
    if (c == '_') {
      spelled += in_brackets ? ",{}() " : "(^|[,{}() ]|$)";
      continue;
    }
    spelled += c;
    if (in_brackets) {
      in_brackets = c != ']';
      continue;
    }
    if (c != '[') continue;
    in_brackets = true;
    // A "]" that comes first is a member.
    if (i + 1 < text.size() && text[i + 1] == '^') spelled += text[++i];
    if (i + 1 < text.size() && text[i + 1] == ']') spelled += text[++i];
  }
  return spelled;
}

re2::RE2::Options options() {
  re2::RE2::Options options;
  options.set_posix_syntax(true);
  options.set_perl_classes(true);  // \d, \w, \s and \b: the C library's expressions, FRR's, have most of them
  options.set_word_boundary(true);
  options.set_never_capture(true);
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // octets, one by one
  options.set_max_mem(static_cast<std::int64_t>(Regex::kMaxMemory));
  return options;
}

}  // namespace

struct Regex::Program {
  explicit Program(const std::string& text) : expression(text, options()) {}
  re2::RE2 expression;
};

Regex Regex::compile(std::string_view text, std::string& error, Underscore underscore) {
  const bool delimits = underscore == Underscore::Delimiter;
  auto program = std::make_shared<const Program>(delimits ? spell_out_delimiters(text) : std::string(text));
  error.clear();
  if (!program->expression.ok()) {
    error = program->expression.error();
    return {};
  }
  Regex regex;
  regex.text_ = text;
  regex.program_ = std::move(program);
  return regex;
}

bool Regex::matches(std::string_view subject) const {
  return program_ != nullptr &&
         re2::RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), program_->expression);
}

}  // namespace lbgp::rib
