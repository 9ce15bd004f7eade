// SPDX-License-Identifier: Apache-2.0
// Durations, dates and sizes against FRR's rules.
#include "bgpd/cli/units.hpp"

#include <catch2/catch.hpp>

using namespace lbgp::daemon::cli;
using namespace std::chrono_literals;

TEST_CASE("uptime changes its look after a day, a week and a year", "[cli][units]") {
  CHECK(uptime_text(std::nullopt) == "never");
  CHECK(uptime_text(0s) == "00:00:00");
  CHECK(uptime_text(189s) == "00:03:09");
  CHECK(uptime_text(86399s + 999ms) == "23:59:59");
  CHECK(uptime_text(24h) == "1d00h00m");
  CHECK(uptime_text(26h + 3min) == "1d02h03m");
  CHECK(uptime_text(7 * 24h - 1s) == "6d23h59m");
  CHECK(uptime_text(7 * 24h) == "01w0d00h");
  CHECK(uptime_text((2 * 7 + 3) * 24h + 4h) == "02w3d04h");
  CHECK(uptime_text(365 * 24h) == "01y00w0d");
  CHECK(uptime_text((365 + 2 * 7 + 3) * 24h) == "01y02w3d");
}

TEST_CASE("a clock that jumped back does not give a negative uptime", "[cli][units]") {
  CHECK(uptime_text(-5s) == "00:00:00");
}

TEST_CASE("dates look like ctime", "[cli][units]") {
  CHECK(date_text(0, 0s) == "Thu Jan  1 00:00:00 1970");
  CHECK(date_text(1795239709, 0s) == "Sat Nov 21 05:41:49 2026");
  CHECK(date_text(1795239709, 1h) == "Sat Nov 21 06:41:49 2026");
  CHECK(date_text(951782400, 0s) == "Tue Feb 29 00:00:00 2000");
  CHECK(date_text(0, -1s) == "Wed Dec 31 23:59:59 1969");
}

TEST_CASE("memory takes a unit when there is more than ten of it", "[cli][units]") {
  CHECK(memory_text(0) == "0 bytes");
  CHECK(memory_text(960) == "960 bytes");
  CHECK(memory_text(10 * 1024 + 1023) == "11263 bytes");
  CHECK(memory_text(11 * 1024) == "11 KiB");
  CHECK(memory_text(741464) == "724 KiB");
  CHECK(memory_text(2965856) == "2896 KiB");
  CHECK(memory_text(std::size_t{11} << 20) == "11 MiB");
  CHECK(memory_text(std::size_t{11} << 30) == "11 GiB");
}

TEST_CASE("milliseconds are whole seconds", "[cli][units]") {
  CHECK(whole_msec(1999ms) == 1000);
  CHECK(whole_msec(57s) == 57000);
}
