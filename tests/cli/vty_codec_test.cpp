// SPDX-License-Identifier: Apache-2.0
// Lines and replies of the vty socket, however the octets arrive.
#include "bgpd/cli/vty_codec.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace lbgp::daemon::cli;
using namespace std::string_literals;

namespace {

std::vector<std::string> drain(LineSplitter& splitter) {
  std::vector<std::string> lines;
  while (auto line = splitter.next()) lines.push_back(*line);
  return lines;
}

// However the stream is cut in two, it holds these lines.
void check_cut_anywhere(std::string_view stream, const std::vector<std::string>& expected) {
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    LineSplitter splitter;
    REQUIRE(splitter.feed(stream.substr(0, cut)));
    std::vector<std::string> lines = drain(splitter);
    REQUIRE(splitter.feed(stream.substr(cut)));
    for (std::string& line : drain(splitter)) lines.push_back(std::move(line));
    CHECK(lines == expected);
  }
}

}  // namespace

TEST_CASE("a NUL or a newline ends a line", "[cli][vty]") {
  LineSplitter splitter;
  REQUIRE(splitter.feed("enable\0show version\r\nlist\n"s));
  CHECK(drain(splitter) == std::vector<std::string>{"enable", "show version", "list"});
}

TEST_CASE("lines are the same wherever the stream is cut", "[cli][vty]") {
  check_cut_anywhere("enable\0show bgp summary\0\0exit\0"s, {"enable", "show bgp summary", "", "exit"});
}

TEST_CASE("a newline and a NUL behind it end one line", "[cli][vty]") {
  // As vtysh sends the lines of a file: two answers to one command would be one too many.
  check_cut_anywhere(" neighbor x\n\0exit\n\0end\0\0a\n\n\0"s, {" neighbor x", "exit", "end", "", "a", ""});
}

TEST_CASE("an unfinished line is not handed out", "[cli][vty]") {
  LineSplitter splitter;
  REQUIRE(splitter.feed("show ver"));
  CHECK_FALSE(splitter.next());
  CHECK_FALSE(splitter.next());
  REQUIRE(splitter.feed("sion\0"s));
  CHECK(splitter.next() == "show version");
}

TEST_CASE("a line of the greatest length passes, one octet more is the end", "[cli][vty]") {
  const std::string longest(kMaxLine, 'x');
  LineSplitter good;
  REQUIRE(good.feed(longest));
  REQUIRE(good.feed("\0"s));
  CHECK(good.next() == longest);

  LineSplitter bad;
  REQUIRE(bad.feed(longest));
  CHECK_FALSE(bad.feed("x"));
  CHECK(bad.overflowed());
  CHECK_FALSE(bad.feed("\0show version\0"s));
  CHECK_FALSE(bad.next());
}

TEST_CASE("lines before an endless one still come out", "[cli][vty]") {
  LineSplitter splitter;
  CHECK_FALSE(splitter.feed("enable\0"s + std::string(kMaxLine + 1, 'x')));
  CHECK(splitter.next() == "enable");
  CHECK_FALSE(splitter.next());
}

TEST_CASE("garbage octets are a line like any other", "[cli][vty]") {
  std::string garbage;
  for (int c = 1; c < 256; ++c)
    if (c != '\n') garbage += static_cast<char>(c);
  LineSplitter splitter;
  REQUIRE(splitter.feed(garbage + '\0'));
  CHECK(splitter.next() == garbage);
}

TEST_CASE("a reply ends in three NUL and the code", "[cli][vty]") {
  CHECK(encode_reply("text\n", Code::Success) == "text\n\0\0\0\0"s);
  CHECK(encode_reply("", Code::Warning) == "\0\0\0\1"s);
  CHECK(encode_reply("% Unknown command: x\n", Code::NoMatch) == "% Unknown command: x\n\0\0\0\2"s);
  CHECK(encode_reply("", Code::ConfigFailed) == "\0\0\0\r"s);
}

TEST_CASE("a NUL in the text cannot end a reply early", "[cli][vty]") {
  CHECK(encode_reply("a\0\0\0\1b"s, Code::Success) == "a\1b\0\0\0\0"s);
}

TEST_CASE("a reply is found wherever the stream is cut", "[cli][vty]") {
  const std::string stream = encode_reply("one\n", Code::Incomplete) + encode_reply("", Code::Success);
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    ReplyCollector collector;
    std::vector<DecodedReply> replies;
    for (const std::string_view part :
         {std::string_view(stream).substr(0, cut), std::string_view(stream).substr(cut)}) {
      collector.feed(part);
      while (auto reply = collector.take()) replies.push_back(*reply);
    }
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].text == "one\n");
    CHECK(replies[0].code == 4);
    CHECK(replies[1].text.empty());
    CHECK(replies[1].code == 0);
    CHECK(collector.empty());
  }
}
