// SPDX-License-Identifier: Apache-2.0
// What the kernel's counters of dropped MD5 signatures say about a neighbor.
#include "bgpd/net/md5_counters.hpp"

#include <catch2/catch.hpp>

using namespace lbgp::daemon::net;

TEST_CASE("the counters are found by name among the others", "[net][rfc2385-2]") {
  const auto found = parse_md5_counters(
      "TcpExt: SyncookiesSent TCPMD5NotFound TCPMD5Unexpected TCPMD5Failure Other\n"
      "TcpExt: 7 1 22 333 9\nIpExt: InNoRoutes\nIpExt: 5\n");
  REQUIRE(found);
  CHECK(*found == Md5Counters{1, 22, 333});
}

TEST_CASE("a kernel without them, and nonsense, say nothing", "[net]") {
  CHECK_FALSE(parse_md5_counters(""));
  CHECK_FALSE(parse_md5_counters("TcpExt: A B\n"));
  CHECK_FALSE(parse_md5_counters("TcpExt: A B\nTcpExt: 1 2\n"));
  CHECK_FALSE(parse_md5_counters("IpExt: TCPMD5Failure\nIpExt: 1\n"));
  CHECK_FALSE(parse_md5_counters("TcpExt: TCPMD5Failure\nIpExt: 1\n"));
}

TEST_CASE("what has moved is told in words, and whose it is only when it can be known", "[net][rfc2385-2]") {
  const Md5Counters before{1, 2, 3};
  const auto words = [&](Md5Counters now, bool password, Md5Suspects suspects = {1, 0}) {
    return md5_words(before, now, password, suspects);
  };
  CHECK(words(before, true).empty());
  CHECK(words({1, 2, 4}, true) == "segments with a wrong MD5 signature arrive: the passwords differ");
  CHECK(words({2, 2, 3}, true) ==
        "segments with no MD5 signature arrive: the neighbor has no password for us");
  CHECK(words({2, 2, 4}, true) ==
        "segments with a wrong or without any MD5 signature arrive: the passwords differ");
  CHECK(words({1, 3, 3}, false) ==
        "segments with an MD5 signature arrive: a neighbor has a password for us, none is configured here");
  CHECK(
      words({1, 2, 4}, true, {3, 0}) ==
      "segments with a wrong MD5 signature arrive (from one of 3 neighbors without a session): the passwords "
      "differ");
  // What cannot concern the neighbor is not told about it.
  CHECK(words({1, 9, 3}, true).empty());
  CHECK(words({9, 2, 9}, false).empty());
}

TEST_CASE("who comes by a range could be it too", "[net][rfc2385-2]") {
  const auto words = [](Md5Suspects suspects) { return md5_words({}, {0, 0, 1}, true, suspects); };
  CHECK(words({0, 1}) == "segments with a wrong MD5 signature arrive: the passwords differ");
  CHECK(
      words({0, 2}) ==
      "segments with a wrong MD5 signature arrive (from somebody in 2 listen ranges): the passwords differ");
  CHECK(words({1, 1}) ==
        "segments with a wrong MD5 signature arrive (from the neighbor without a session or somebody in a "
        "listen range): the passwords differ");
  CHECK(words({2, 1}) ==
        "segments with a wrong MD5 signature arrive (from one of 2 neighbors without a session or somebody "
        "in a "
        "listen range): the passwords differ");
}

TEST_CASE("what was dropped for a range is told for some minutes", "[net][rfc2385-2]") {
  const Md5Watch::TimePoint start{std::chrono::hours(1)};
  Md5Watch watch(Md5Counters{7, 7, 7});
  CHECK_FALSE(watch.look({7, 7, 7}, start));
  CHECK(watch.words(true, {0, 1}).empty());
  CHECK(watch.look({7, 7, 8}, start));
  CHECK(watch.look({7, 7, 9}, start + std::chrono::minutes(3)));
  const auto wrong = "segments with a wrong MD5 signature arrive: the passwords differ";
  CHECK_FALSE(watch.look({7, 7, 9}, start + std::chrono::minutes(7)));
  CHECK(watch.words(true, {0, 1}) == wrong);
  CHECK(watch.words(false, {0, 1}).empty());
  CHECK_FALSE(watch.look({7, 7, 9}, start + std::chrono::minutes(8)));
  CHECK(watch.words(true, {0, 1}).empty());
  CHECK(watch.look({8, 7, 9}, start + std::chrono::minutes(60)));
  CHECK(watch.words(true, {0, 1}) ==
        "segments with no MD5 signature arrive: the neighbor has no password for us");
}
