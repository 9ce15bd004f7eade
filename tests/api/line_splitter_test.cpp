// SPDX-License-Identifier: Apache-2.0
// Lines out of octets, however these arrive.
#include "bgpd/api/line_splitter.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

using namespace lbgp::daemon::api;
using Outcome = LineSplitter::Outcome;

namespace {

void feed(LineSplitter& splitter, std::string_view octets) {
  const auto room = splitter.prepare(octets.size());
  REQUIRE(room.size() >= octets.size());
  std::copy(octets.begin(), octets.end(), room.begin());
  splitter.commit(octets.size());
}

std::vector<std::string> lines(LineSplitter& splitter) {
  std::vector<std::string> result;
  for (auto next = splitter.next(); next.outcome == Outcome::Line; next = splitter.next())
    result.emplace_back(next.line);
  return result;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end at LF or CR LF, and blank ones ask nothing", "[api]") {
  LineSplitter splitter;
  feed(splitter, "one\ntwo\r\n\n\r\n \t\nthr\ree\n");
  CHECK(lines(splitter) == Lines{"one", "two", "thr\ree"});
  CHECK(splitter.pending() == 0);
}

TEST_CASE("a half line is kept until its end comes", "[api]") {
  LineSplitter splitter;
  feed(splitter, "a\nhal");
  CHECK(lines(splitter) == Lines{"a"});
  CHECK(splitter.pending() == 3);
  feed(splitter, "f\r");
  CHECK(splitter.next().outcome == Outcome::NeedMore);
  CHECK(splitter.pending() == 5);
  feed(splitter, "\nb\n");
  CHECK(lines(splitter) == Lines{"half", "b"});
}

TEST_CASE("the cuts between reads do not matter", "[api]") {
  std::string text;
  Lines expected;
  std::mt19937 random(7);
  for (int i = 0; i < 200; ++i) {
    expected.push_back(std::string(random() % 300 + 1, static_cast<char>('a' + i % 26)));
    text += expected.back() + (i % 3 == 0 ? "\r\n" : "\n");
  }
  for (const std::size_t most : {1U, 2U, 7U, 64U, 4096U}) {
    LineSplitter splitter(1000);
    Lines found;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = std::min<std::size_t>(random() % most + 1, text.size() - at);
      feed(splitter, std::string_view(text).substr(at, size));
      at += size;
      const Lines some = lines(splitter);
      found.insert(found.end(), some.begin(), some.end());
    }
    CHECK(found == expected);
  }
}

TEST_CASE("the limit counts the line and its end", "[api]") {
  SECTION("a whole line at the limit") {
    LineSplitter splitter(8);
    feed(splitter, "1234567\n");
    CHECK(lines(splitter) == Lines{"1234567"});
  }
  SECTION("one octet more") {
    LineSplitter splitter(8);
    feed(splitter, "12345678\n");
    CHECK(splitter.next().outcome == Outcome::TooLong);
  }
  SECTION("without an end, as soon as none could fit") {
    LineSplitter splitter(8);
    feed(splitter, "1234567");
    CHECK(splitter.next().outcome == Outcome::NeedMore);
    feed(splitter, "8");
    CHECK(splitter.next().outcome == Outcome::TooLong);
    CHECK(splitter.next().outcome == Outcome::TooLong);
  }
  SECTION("lines in front of it are still given") {
    LineSplitter splitter(8);
    feed(splitter, "ok\n123456789");
    CHECK(splitter.next().line == "ok");
    CHECK(splitter.next().outcome == Outcome::TooLong);
  }
  SECTION("endless blank lines are no long line") {
    LineSplitter splitter(8);
    feed(splitter, std::string(1000, '\n'));
    CHECK(splitter.next().outcome == Outcome::NeedMore);
    CHECK(splitter.pending() == 0);
  }
}

TEST_CASE("memory is bounded by the limit and given back", "[api]") {
  constexpr std::size_t kLimit = std::size_t{1} << 20;
  constexpr std::size_t kRead = std::size_t{64} << 10;
  LineSplitter splitter(kLimit);
  const std::string part(kRead, 'x');
  for (std::size_t sent = 0; splitter.next().outcome == Outcome::NeedMore; sent += kRead) {
    REQUIRE(sent <= kLimit);
    feed(splitter, part);
    REQUIRE(splitter.capacity() <= 2 * kLimit + kRead);
  }

  LineSplitter other(kLimit);
  feed(other, std::string(kLimit - 1, 'y'));
  feed(other, "\n");
  CHECK(lines(other).size() == 1);
  feed(other, "small\n");
  CHECK(other.capacity() <= kRead * 4);
  CHECK(lines(other) == Lines{"small"});
}
