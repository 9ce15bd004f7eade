// SPDX-License-Identifier: Apache-2.0
// Output filters.
#include "bgpd/cli/filter.hpp"

#include <fmt/format.h>

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

LineFilter::LineFilter(const Filter& filter) : kind_(filter.kind) {
  std::string error;
  regex_ = rib::Regex::compile(filter.regex, error, rib::Regex::Underscore::Itself);
  if (!regex_) problem_ = fmt::format("% Bad regular expression '{}': {}\n", filter.regex, error);
}

void LineFilter::feed(std::string_view text, std::string& out) {
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    partial_ += text.substr(0, end);
    add_line(partial_, out);
    partial_.clear();
    text.remove_prefix(end + 1);
  }
  partial_ += text;
}

void LineFilter::finish(std::string& out) {
  if (!partial_.empty()) add_line(partial_, out);
  partial_.clear();
  if (kind_ == FilterKind::Count) out += fmt::format("Count: {} lines\n", count_);
}

void LineFilter::add_line(const std::string& line, std::string& out) {
  const bool matches = regex_.matches(line);
  begun_ = begun_ || matches;
  if (matches) ++count_;
  if (kind_ == FilterKind::Count) return;
  if (kind_ == FilterKind::Begin ? begun_ : matches == (kind_ == FilterKind::Include)) out += line + '\n';
}

FilterResult run_filter(const Filter& filter, std::string_view text) {
  LineFilter lines(filter);
  if (!lines.problem().empty()) return {{}, lines.problem()};
  FilterResult result;
  lines.feed(text, result.text);
  lines.finish(result.text);
  return result;
}

}  // namespace lbgp::daemon::cli
