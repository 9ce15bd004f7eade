// SPDX-License-Identifier: Apache-2.0
// Abbreviation, ambiguity, completion and help, on a small table of its own.
#include "bgpd/cli/command_set.hpp"

#include <array>
#include <catch2/catch.hpp>

using namespace lbgp::daemon::cli;

namespace {

constexpr std::array<CommandSpec, 9> kTable{{
    {1, "show [ip] bgp [<ipv4|ipv6> [unicast]] summary [json]"},
    {2, "show [ip] bgp [<ipv4|ipv6> [unicast]] <A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$network [json]"},
    {3, "show [ip] bgp neighbors [<A.B.C.D|X:X::X:X|WORD>$neighbor] [json]"},
    {4, "show bfd peers"},
    {5, "terminal length (0-512)"},
    {6, "find REGEX..."},
    {7, "show bgp"},
    {8, "write [<file|memory|terminal>]"},
    {9, "show version"},
}};
constexpr std::array<WordHelp, 4> kHelp{{
    {"show", "Show"},
    {"A.B.C.D", "IPv4 address"},
    {"neighbor", "Name of a neighbor"},
    {"json", "JSON"},
}};

const CommandSet& table() {
  static const CommandSet set(kTable, kHelp);
  return set;
}

std::vector<std::string> neighbors(std::string_view name) {
  if (name != "neighbor") return {};
  return {"10.90.3.101", "10.90.3.102", "fd00::1"};
}

std::vector<std::string> words(std::string_view line) {
  std::vector<std::string> out;
  for (const HelpItem& item : table().help(line, neighbors)) out.push_back(item.word);
  return out;
}

}  // namespace

TEST_CASE("lines and what they mean", "[cli][match]") {
  struct Case {
    std::string_view line;
    MatchStatus status;
    int id;
  };
  const auto c = GENERATE(values<Case>({
      {"", MatchStatus::Empty, 0},
      {"   ", MatchStatus::Empty, 0},
      {"! a comment", MatchStatus::Empty, 0},
      {"# a comment", MatchStatus::Empty, 0},
      {"show bgp summary", MatchStatus::Ok, 1},
      {"  show   ip\tbgp  summary  ", MatchStatus::Ok, 1},
      {"sh ip bgp sum", MatchStatus::Ok, 1},
      {"sh b s", MatchStatus::Ok, 1},  // only bgp goes on with s…, though bfd begins with b as well
      {"sh b", MatchStatus::Ok, 7},    // of the two, only bgp may end here
      {"sh bf", MatchStatus::Incomplete, 0},
      {"show b p", MatchStatus::Ok, 4},
      {"show", MatchStatus::Incomplete, 0},
      {"sho ip", MatchStatus::Incomplete, 0},
      {"show bgp ipv4 sum", MatchStatus::Ok, 1},
      {"show bgp ipv sum", MatchStatus::Ambiguous, 0},
      {"show bgp ipv4", MatchStatus::Incomplete, 0},
      {"show bgp ipv4 uni 10.0.0.1", MatchStatus::Ok, 2},
      {"show bgp 10.0.0.0/8 json", MatchStatus::Ok, 2},
      {"show bgp 10.0.0.0/33", MatchStatus::NoMatch, 0},
      {"show bgp 10.0.0.256", MatchStatus::NoMatch, 0},
      {"show bgp fd00::1", MatchStatus::Ok, 2},
      {"show bgp fd00::/8", MatchStatus::Ok, 2},
      {"show bgp fd00::/129", MatchStatus::NoMatch, 0},
      {"show bgp neighbors", MatchStatus::Ok, 3},
      {"show bgp n node1", MatchStatus::Ok, 3},
      {"show bgp neighbors json", MatchStatus::Ok, 3},
      {"show bgp neighbors js json", MatchStatus::Ok, 3},
      {"show bgp summary foo", MatchStatus::NoMatch, 0},
      {"show bgp summary json json", MatchStatus::NoMatch, 0},
      {"SHOW version", MatchStatus::NoMatch, 0},
      {"terminal length 0", MatchStatus::Ok, 5},
      {"terminal length 512", MatchStatus::Ok, 5},
      {"terminal length 513", MatchStatus::NoMatch, 0},
      {"terminal length -1", MatchStatus::NoMatch, 0},
      {"terminal length 99999999999999999999", MatchStatus::NoMatch, 0},
      {"terminal length", MatchStatus::Incomplete, 0},
      {"find", MatchStatus::Incomplete, 0},
      {"find a b", MatchStatus::Ok, 6},
      {"write", MatchStatus::Ok, 8},
      {"wr mem", MatchStatus::Ok, 8},
      {"show\x01", MatchStatus::NoMatch, 0},
  }));
  CAPTURE(c.line);
  const Match match = table().match(c.line);
  CHECK(match.status == c.status);
  CHECK(match.id == c.id);
}

TEST_CASE("arguments carry names, values and the whole keyword", "[cli][match]") {
  const Match match = table().match("sh bgp nei 10.90.3.101 js");
  REQUIRE(match.status == MatchStatus::Ok);
  CHECK(match.value("neighbor") == "10.90.3.101");
  CHECK(match.has("json"));
  CHECK(match.has("neighbors"));
  CHECK_FALSE(match.has("ip"));
  CHECK(match.value("network").empty());
}

TEST_CASE("a keyword wins over a free value", "[cli][match]") {
  const Match match = table().match("show bgp neighbors json");
  CHECK(match.has("json"));
  CHECK_FALSE(match.has("neighbor"));
  CHECK(table().match("show bgp neighbors xjson").value("neighbor") == "xjson");
}

TEST_CASE("the rest of a line keeps its blanks", "[cli][match]") {
  CHECK(table().match("find  peer  group ").value("REGEX...") == "peer  group");
}

TEST_CASE("completion offers whole words", "[cli][complete]") {
  struct Case {
    std::string_view line;
    std::vector<std::string> expected;
  };
  const auto c = GENERATE(values<Case>({
      {"", {"find", "show", "terminal", "write"}},
      {"sh", {"show"}},
      {"show b", {"bfd", "bgp"}},
      {"show bgp ipv", {"ipv4", "ipv6"}},
      {"show bgp ipv4 ", {"summary", "unicast"}},
      {"show bgp neighbors 10", {"10.90.3.101", "10.90.3.102"}},
      {"show bgp neighbors f", {"fd00::1"}},
      {"show bgp neighbors 10.90.3.101 ", {"json"}},
      {"show nothing ", {}},
      {"show bgp summary json ", {}},
  }));
  CAPTURE(c.line);
  CHECK(table().complete(c.line, neighbors) == c.expected);
}

TEST_CASE("help lists what may follow, in order", "[cli][help]") {
  CHECK(words("show b") == std::vector<std::string>{"bfd", "bgp"});
  CHECK(words("show bgp summary ") == std::vector<std::string>{"<cr>", "json"});
  CHECK(words("show bgp summary") == std::vector<std::string>{"summary"});
  CHECK(words("show bgp ") == std::vector<std::string>{"<cr>", "A.B.C.D", "A.B.C.D/M", "X:X::X:X", "X:X::X:X/M",
                                                       "ipv4", "ipv6", "neighbors", "summary"});
  CHECK(words("show bgp 10") == std::vector<std::string>{"A.B.C.D", "A.B.C.D/M", "X:X::X:X", "X:X::X:X/M"});
  CHECK(words("show bgp 10.0.") == std::vector<std::string>{"A.B.C.D", "A.B.C.D/M"});
  CHECK(words("show bgp 10.0.0.0/8") == std::vector<std::string>{"A.B.C.D/M"});
  CHECK(words("show bgp fd00:") == std::vector<std::string>{"X:X::X:X", "X:X::X:X/M"});
  CHECK(words("show bgp foo ").empty());
  CHECK(words("terminal length ") == std::vector<std::string>{"(0-512)"});
}

TEST_CASE("help names the values that are known", "[cli][help]") {
  const std::vector<HelpItem> items = table().help("show bgp neighbors ", neighbors);
  REQUIRE(items.size() == 5);
  CHECK(items[1] == HelpItem{"A.B.C.D", "Name of a neighbor", {"10.90.3.101", "10.90.3.102"}});
  CHECK(items[2].word == "WORD");
  CHECK(items[2].known.empty());
  CHECK(items[3] == HelpItem{"X:X::X:X", "Name of a neighbor", {"fd00::1"}});
}
