// SPDX-License-Identifier: Apache-2.0
// The C library's expressions: std::regex recurses with the length of a line, and a peer decides how long an
// AS path is.
#include "bgpd/cli/regex.hpp"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace lbgp::daemon::cli {
namespace {

// The C library parses an expression recursively, copies what is repeated `{n,m}` times, and searches for
// back-references by trial and error: without bounds one line on the vty socket crashes or stops the daemon.
constexpr std::size_t kMaxExpression = 256;  // octets
constexpr std::size_t kMaxCopies = 1000;     // of the expression's parts, all repetitions multiplied

// The number of copies that a repetition makes of what stands before it; 1 when this is none.
std::size_t copies_of(std::string_view repetition) {
  std::size_t number = 0;
  std::size_t largest = 1;
  for (const char c : repetition.substr(1)) {
    const bool digit = c >= '0' && c <= '9';
    number = digit ? std::min(number * 10 + static_cast<std::size_t>(c - '0'), kMaxCopies + 1) : 0;
    largest = std::max(largest, number);
    if (!digit && c != ',') break;
  }
  return largest;
}

// Why an expression is not even compiled; empty: it may be.
std::string too_much(std::string_view expression) {
  if (expression.size() > kMaxExpression)
    return fmt::format("% The regular expression is longer than {} characters\n", kMaxExpression);
  std::size_t copies = 1;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && ++i < expression.size() && expression[i] >= '1' && expression[i] <= '9')
      return "% Regular expressions with back-references are not supported\n";
    if (c == '{') copies *= copies_of(expression.substr(i));
    if (copies > kMaxCopies)
      return fmt::format("% The regular expression repeats more than {} times\n", kMaxCopies);
  }
  return {};
}

}  // namespace

struct Regex::Compiled {
  explicit Compiled(const std::string& expression)
      : error(::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  ~Compiled() {
    if (error == 0) ::regfree(&compiled);
  }
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;

  regex_t compiled{};
  int error;
};

Regex::Regex(const std::string& expression) : problem_(too_much(expression)) {
  if (!problem_.empty()) return;
  const auto compiled = std::make_shared<const Compiled>(expression);
  if (compiled->error == 0) {
    compiled_ = compiled;
    return;
  }
  std::array<char, 128> text{};
  ::regerror(compiled->error, &compiled->compiled, text.data(), text.size());
  problem_ = fmt::format("% Bad regular expression '{}': {}\n", expression, text.data());
}

bool Regex::matches(const std::string& line) const {
  return compiled_ && ::regexec(&compiled_->compiled, line.c_str(), 0, nullptr, 0) == 0;
}

}  // namespace lbgp::daemon::cli
