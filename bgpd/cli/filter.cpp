// SPDX-License-Identifier: Apache-2.0
// Output filters over POSIX regular expressions: std::regex recurses with the length of a line, and a peer
// decides how long an AS path is.
#include "bgpd/cli/filter.hpp"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bgpd/cli/tokens.hpp"

namespace lbgp::daemon::cli {
namespace {

constexpr std::array<std::pair<std::string_view, FilterKind>, 4> kFilters{{
    {"include", FilterKind::Include},
    {"exclude", FilterKind::Exclude},
    {"begin", FilterKind::Begin},
    {"count", FilterKind::Count},
}};

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

// Owns a compiled expression.
class Regex {
 public:
  explicit Regex(const std::string& pattern)
      : error_(::regcomp(&compiled_, pattern.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  ~Regex() {
    if (error_ == 0) ::regfree(&compiled_);
  }
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  [[nodiscard]] std::string problem() const {
    if (error_ == 0) return {};
    std::array<char, 128> text{};
    ::regerror(error_, &compiled_, text.data(), text.size());
    return text.data();
  }
  [[nodiscard]] bool matches(const std::string& line) const {
    return ::regexec(&compiled_, line.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
  int error_;
};

const std::pair<std::string_view, FilterKind>* find_filter(std::string_view word) {
  const std::pair<std::string_view, FilterKind>* found = nullptr;
  for (const auto& filter : kFilters)
    if (!word.empty() && filter.first.starts_with(word)) {
      if (found != nullptr) return nullptr;
      found = &filter;
    }
  return found;
}

}  // namespace

PipedLine split_pipe(std::string_view line) {
  const Tokens tokens = tokenise(line);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].text != "|") continue;
    PipedLine piped{std::string(line.substr(0, tokens[i].begin)), std::nullopt, {}};
    const auto* filter = i + 1 < tokens.size() ? find_filter(tokens[i + 1].text) : nullptr;
    if (filter == nullptr)
      piped.error = "% Expected include, exclude, begin or count and an expression behind '|'\n";
    else if (i + 2 >= tokens.size())
      piped.error = "% Command incomplete.\n";
    else
      piped.filter = Filter{filter->second, std::string(rest_of(line, tokens[i + 2]))};
    return piped;
  }
  return {std::string(line), std::nullopt, {}};
}

FilterResult run_filter(const Filter& filter, std::string_view text) {
  if (std::string refused = too_much(filter.regex); !refused.empty()) return {{}, std::move(refused)};
  const Regex regex(filter.regex);
  if (const std::string problem = regex.problem(); !problem.empty())
    return {{}, fmt::format("% Bad regular expression '{}': {}\n", filter.regex, problem)};
  FilterResult result;
  std::size_t count = 0;
  bool begun = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool matches = regex.matches(line);
    begun = begun || matches;
    if (matches) ++count;
    if (filter.kind == FilterKind::Count) continue;
    const bool keep =
        filter.kind == FilterKind::Begin ? begun : matches == (filter.kind == FilterKind::Include);
    if (keep) result.text += line + '\n';
  }
  if (filter.kind == FilterKind::Count) result.text = fmt::format("Count: {} lines\n", count);
  return result;
}

}  // namespace lbgp::daemon::cli
