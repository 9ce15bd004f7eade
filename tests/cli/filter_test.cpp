// SPDX-License-Identifier: Apache-2.0
// Output behind a `|`.
#include "bgpd/cli/filter.hpp"

#include <catch2/catch.hpp>

using namespace lbgp::daemon::cli;

namespace {

constexpr std::string_view kText = "alpha 1\nbeta 2\ngamma 3\nbeta 4\n";

std::string filtered(FilterKind kind, const std::string& regex) {
  const FilterResult result = run_filter({kind, regex}, kText);
  CHECK(result.error.empty());
  return result.text;
}

}  // namespace

TEST_CASE("lines are kept, dropped, or kept from the first match on", "[cli][filter]") {
  CHECK(filtered(FilterKind::Include, "beta") == "beta 2\nbeta 4\n");
  CHECK(filtered(FilterKind::Exclude, "beta") == "alpha 1\ngamma 3\n");
  CHECK(filtered(FilterKind::Begin, "beta") == "beta 2\ngamma 3\nbeta 4\n");
  CHECK(filtered(FilterKind::Count, "beta") == "Count: 2 lines\n");
  CHECK(filtered(FilterKind::Include, "^(alpha|gamma) [0-9]$") == "alpha 1\ngamma 3\n");
  CHECK(filtered(FilterKind::Include, "nothing").empty());
  CHECK(filtered(FilterKind::Count, "nothing") == "Count: 0 lines\n");
}

TEST_CASE("a last line without an end is a line", "[cli][filter]") {
  CHECK(run_filter({FilterKind::Include, "b"}, "a\nb").text == "b\n");
  CHECK(run_filter({FilterKind::Exclude, "x"}, "").text.empty());
}

TEST_CASE("a bad expression is an error, not an empty answer", "[cli][filter]") {
  const FilterResult result = run_filter({FilterKind::Include, "("}, kText);
  CHECK(result.text.empty());
  CHECK(result.error.find("% Bad regular expression '('") == 0);
}

TEST_CASE("a very long line does not exhaust the stack", "[cli][filter]") {
  const std::string path(1 << 20, '1');
  CHECK(run_filter({FilterKind::Include, "^(1|2)*$"}, path).text == path + '\n');
}

TEST_CASE("no expression takes the daemon's stack, memory or time", "[cli][filter]") {
  const auto is_refused = [](const std::string& regex) {
    const FilterResult result = run_filter({FilterKind::Include, regex}, kText);
    return result.text.empty() && result.error.starts_with("% Bad regular expression '" + regex + "': ");
  };
  CHECK(is_refused("((((a{1,200}){1,200}){1,200}){1,200})"));
  CHECK(is_refused("(a{1,32767}){1,32767}"));
  CHECK(is_refused("(a*)*\\1"));  // a back-reference
  const std::string deep = std::string(30'000, '(') + 'h' + std::string(30'000, ')');
  CHECK(filtered(FilterKind::Include, deep) == "alpha 1\n");
  CHECK(filtered(FilterKind::Include, "a{99999999999999999999}").empty());  // these very characters
  // What people write goes on working.
  CHECK(filtered(FilterKind::Include, "m{2}a [0-9]{1,3}$") == "gamma 3\n");
  CHECK(run_filter({FilterKind::Include, R"(\\1)"}, "a\\1\nb\n").text == "a\\1\n");
  CHECK(filtered(FilterKind::Include, R"(\ba.*\d$)") == "alpha 1\n");
  CHECK(run_filter({FilterKind::Include, "^a_b$"}, "a_b\na b\n").text == "a_b\n");
}

TEST_CASE("the first bar that stands alone begins the filter", "[cli][filter]") {
  struct Case {
    std::string_view line;
    std::string_view command;
    std::optional<Filter> filter;
  };
  const auto line = GENERATE(values<Case>({
      {"show version", "show version", std::nullopt},
      {"show version | include lbgpd", "show version ", Filter{FilterKind::Include, "lbgpd"}},
      {"show version | inc a b  ", "show version ", Filter{FilterKind::Include, "a b"}},
      {"show bgp | e x|y", "show bgp ", Filter{FilterKind::Exclude, "x|y"}},
      {"show bgp | count a | b", "show bgp ", Filter{FilterKind::Count, "a | b"}},
      {"show bgp | begin N", "show bgp ", Filter{FilterKind::Begin, "N"}},
      {"find a|b", "find a|b", std::nullopt},
  }));
  const PipedLine piped = split_pipe(line.line);
  CHECK(piped.command == line.command);
  CHECK(piped.filter == line.filter);
  CHECK(piped.error.empty());
}

TEST_CASE("a bar with nothing sensible behind it is refused", "[cli][filter]") {
  for (const std::string_view line : {"show version |", "show version | grep x", "show version | include"})
    CHECK_FALSE(split_pipe(line).error.empty());
}
