// SPDX-License-Identifier: Apache-2.0
// Lines, words and their columns.
#include "conf/lexer.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using namespace lbgp::conf;

namespace {

struct Seen {
  std::uint32_t line;
  std::vector<std::string> words;
  std::vector<std::uint32_t> columns;
};

std::vector<Seen> lex(std::string_view text, Diagnostics* diagnostics = nullptr) {
  Diagnostics unused;
  std::vector<Seen> seen;
  Lexer lexer(text);
  while (const Line* line = lexer.next(diagnostics ? *diagnostics : unused)) {
    Seen one{line->number, {}, {}};
    for (const Word& word : line->words) {
      one.words.emplace_back(word.text);
      one.columns.push_back(word.column);
    }
    seen.push_back(one);
  }
  return seen;
}

}  // namespace

TEST_CASE("words have the columns of their first octets") {
  const auto lines = lex("router bgp 65001\n  neighbor\tk8s   peer-group\n");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].words == std::vector<std::string>{"router", "bgp", "65001"});
  CHECK(lines[0].columns == std::vector<std::uint32_t>{1, 8, 12});
  CHECK(lines[1].line == 2);
  CHECK(lines[1].columns == std::vector<std::uint32_t>{3, 12, 18});
}

TEST_CASE("comments and empty lines count as lines and say nothing") {
  const auto lines = lex("!\n\n   \t\n# text\n  ! indented\n!glued\nend");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].line == 7);
}

TEST_CASE("a comment sign inside a line is a word like any other") {
  const auto lines = lex("description a ! b # c\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].words.size() == 6);
}

TEST_CASE("line ends and marks of other systems are understood") {
  CHECK(lex("hostname a\r\nend\r\n").size() == 2);
  CHECK(lex("hostname a\r\nend\r\n")[0].words[1] == "a");
  CHECK(lex("").empty());
  CHECK(lex("\n\n\n").empty());
  const auto marked = lex("\xef\xbb\xbfhostname a\nhostname b");
  REQUIRE(marked.size() == 2);
  CHECK(marked[0].words[0] == "hostname");
  CHECK(marked[0].columns[0] == 4);
  CHECK(marked[1].columns[0] == 1);
}

TEST_CASE("control octets are errors at their place, and the rest of the file is still read") {
  Diagnostics diagnostics;
  const std::string text = std::string("hostname a\nhost") + '\0' + "name b\n\x1b[1m\nlog x\x7f\nend\n";
  const auto lines = lex(text, &diagnostics);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].line == 5);
  REQUIRE(diagnostics.size() == 3);
  CHECK(to_string(diagnostics[0], "f") == "f:2:5: error: control character in the text");
  CHECK(diagnostics[1].position == Position{3, 1});
  CHECK(diagnostics[2].position == Position{4, 6});
}

TEST_CASE("a lone carriage return in the middle is a control octet") {
  Diagnostics diagnostics;
  CHECK(lex("hostname a\rb\n", &diagnostics).empty());
  REQUIRE(diagnostics.size() == 1);
  CHECK(diagnostics[0].position == Position{1, 11});
}

TEST_CASE("text beyond ASCII is a word") {
  const auto lines = lex("description Küche\n");
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].words[1] == "Küche");
}
