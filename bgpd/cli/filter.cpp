// SPDX-License-Identifier: Apache-2.0
// Output filters.
#include "bgpd/cli/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "bgpd/cli/regex.hpp"
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

FilterResult run_filter(const Filter& filter, std::string_view text) {
  const Regex regex(filter.regex);
  if (!regex.problem().empty()) return {{}, regex.problem()};
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
