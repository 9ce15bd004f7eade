// SPDX-License-Identifier: Apache-2.0
// The JSON reader: what it accepts, where it finds errors, and that Boost.JSON agrees.
#include "bgpd/api/json_cursor.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <random>
#include <string>

using namespace lbgp::daemon::api;

namespace {

struct Verdict {
  std::size_t offset = 0;
  std::string reason;  // empty: accepted
  bool operator==(const Verdict&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
  return out << verdict.reason << " at " << verdict.offset;
}

Verdict check(std::string_view text) {
  JsonCursor cursor(text);
  if (cursor.skip() && cursor.at_end()) return {};
  return {cursor.offset(), std::string(cursor.reason())};
}

bool boost_accepts(const std::string& text) {
  boost::json::parse_options options;
  options.max_depth = JsonCursor::kMaxDepth;
  boost::json::error_code error;
  (void)boost::json::parse(text, error, {}, options);
  return !error;
}

std::string read(std::string_view text) {
  JsonCursor cursor(text);
  JsonString string;
  std::string scratch;
  REQUIRE(cursor.read_string(string));
  return std::string(unescaped(string, scratch));
}

}  // namespace

TEST_CASE("sound JSON is read to its end", "[api][rfc8259]") {
  for (const char* text : {"{}", "[]", " [ ] ", "0", "-0", "-12.5e+3", "1E9", "true", "false", "null", "\"\"",
                           "[1,[2,{\"a\":[]}],\"x\"]", "{\"a\":1,\"a\":2}", "\"\\u00e4\\ud83d\\ude00\\/\\b\"",
                           "\"\xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80\"", "\t\r\n[1 , 2]\n"}) {
    INFO(text);
    CHECK(check(text) == Verdict{});
  }
}

TEST_CASE("an error in JSON has a place and a cause", "[api][rfc8259]") {
  const auto [text, offset, reason] = GENERATE(table<std::string, std::size_t, std::string>({
      {"", 0, "the text ends early"},
      {"{", 1, "the text ends early"},
      {"[1,", 3, "the text ends early"},
      {"\"abc", 4, "the text ends early"},
      {"[1 2]", 3, "expected ',' or ']'"},
      {"[1,]", 3, "a comma before the end"},
      {"{\"a\" 1}", 5, "expected ':'"},
      {"{\"a\":1 \"b\"}", 7, "expected ',' or '}'"},
      {"{1:2}", 1, "expected a string"},
      {"[x]", 1, "expected a value"},
      {"tru", 0, "an unknown word"},
      {"[nul]", 1, "an unknown word"},
      {"01", 1, "a number with a leading zero"},
      {"[-]", 2, "expected a digit"},
      {"[1.]", 3, "expected a digit"},
      {"[1e+]", 4, "expected a digit"},
      {"\"\\x\"", 2, "an unknown escape"},
      {"\"\\u12g4\"", 5, "expected a hexadecimal digit"},
      {"\"\\udc00\"", 7, "half a surrogate pair"},
      {"\"\\ud800x\"", 7, "half a surrogate pair"},
      {"\"\\ud800\\u0041\"", 13, "half a surrogate pair"},
      {"\"a\nb\"", 2, "a control character in a string"},
      {"{} x", 3, "something after the end of the JSON text"},
      {"[[[[[[[[[[[[[[[[[", 16, "nested too deeply"},
  }));
  INFO(text);
  CHECK(check(text) == Verdict{offset, reason});
}

TEST_CASE("NUL is no JSON, inside a string or outside", "[api]") {
  CHECK(check(std::string_view("{\0}", 3)) == Verdict{1, "expected a string"});
  CHECK(check(std::string_view("\"a\0b\"", 5)) == Verdict{2, "a control character in a string"});
  CHECK(check(std::string_view("\0", 1)) == Verdict{0, "expected a value"});
}

TEST_CASE("invalid UTF-8 is found where it begins", "[api][rfc3629-4]") {
  for (const char* bad : {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3\x28", "\xe0\x80\x80",
                          "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xff", "\xfe"}) {
    const std::string text = "[\"ok\",\"x" + std::string(bad) + "\"]";
    INFO(text);
    CHECK(check(text) == Verdict{8, "invalid UTF-8"});
  }
  CHECK(check("\"ab\xc3") == Verdict{3, "invalid UTF-8"});
}

// Strings are looked at several octets at a time: whatever stands anywhere in one is seen there, and only
// there.
TEST_CASE("each octet of a string is judged by itself, wherever it stands", "[api][rfc8259-7]") {
  for (std::size_t size : {1U, 7U, 8U, 9U, 23U})
    for (std::size_t at = 0; at < size; ++at)
      for (int c = 0; c < 256; ++c) {
        std::string text = '"' + std::string(size, 'a') + '"';
        text[1 + at] = static_cast<char>(c);
        const Verdict verdict = check(text);
        INFO("octet " << c << " at " << at << " of " << size);
        if (c < 0x20)
          REQUIRE(verdict == Verdict{1 + at, "a control character in a string"});
        else if (c >= 0x80)
          REQUIRE(verdict == Verdict{1 + at, "invalid UTF-8"});
        else if (c == '"')
          REQUIRE(verdict.offset == 2 + at);
        else if (c != '\\')
          REQUIRE(verdict == Verdict{});
      }
}

TEST_CASE("strings mean what their escapes say", "[api][rfc8259-7]") {
  CHECK(read(R"("plain")") == "plain");
  CHECK(read(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(read(R"("\u0041\u00e4\u20AC\uD83D\uDE00!")") == "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80!");
  CHECK(read(R"("\u0000")") == std::string(1, '\0'));
}

// Any change of a few octets in a text that has every construct is accepted by both readers or by none.
TEST_CASE("Boost.JSON accepts exactly what we accept", "[api][model]") {
  using namespace std::string_literals;
  const std::string seed =
      R"({"jsonrpc":"2.0","id":-1.5e+3,"m":[true,false,null,"\u00e4\ud83d\ude00\n"],"p":{"a":[["10.0.0.1/32"]],"b":0}})";
  const std::string alphabet = "{}[]\",:\\u0123abdefnrtlsE+-. \n\0\x80\xc3\xa4\xed\xf0"s;
  std::mt19937 random(20260101);
  std::size_t accepted = 0;
  for (int round = 0; round < 100'000; ++round) {
    std::string text = seed;
    for (std::size_t changes = random() % 3 + 1; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      const char octet = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = octet;
          break;
        case 1:
          text.insert(at, 1, octet);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const bool ours = check(text) == Verdict{};
    accepted += ours ? 1U : 0U;
    if (ours != boost_accepts(text)) FAIL(text << " -> " << check(text));
  }
  CHECK(accepted > 5'000);  // or the test has stopped to say anything
}
