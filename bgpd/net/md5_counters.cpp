// SPDX-License-Identifier: Apache-2.0
// The kernel's counters of dropped signatures.
#include "bgpd/net/md5_counters.hpp"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>

namespace lbgp::daemon::net {

namespace {

constexpr std::string_view kTable = "TcpExt:";

std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

std::uint64_t number(std::string_view word) {
  std::uint64_t value = 0;
  std::from_chars(word.data(), word.data() + word.size(), value);
  return value;
}

}  // namespace

// Two lines of words for each table: the names, then the values.
std::optional<Md5Counters> parse_md5_counters(std::string_view netstat) {
  std::string_view names;
  while (!netstat.empty() && !names.starts_with(kTable)) names = next_line(netstat);
  std::string_view values = next_line(netstat);
  if (!names.starts_with(kTable) || !values.starts_with(kTable)) return std::nullopt;
  Md5Counters counters;
  bool known = false;
  while (!names.empty() && !values.empty()) {
    const std::string_view name = next_word(names);
    const std::string_view value = next_word(values);
    if (name == "TCPMD5NotFound") counters.missing = number(value);
    if (name == "TCPMD5Unexpected") counters.unexpected = number(value);
    if (name == "TCPMD5Failure") counters.wrong = number(value);
    known = known || name.starts_with("TCPMD5");
  }
  return known ? std::optional(counters) : std::nullopt;
}

Md5Counters read_md5_counters() {
  const std::ifstream file("/proc/self/net/netstat");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_md5_counters(text.str()).value_or(Md5Counters{});
}

namespace {

// Nothing where there is but one that it can be.
std::string whose(const Md5Suspects& suspects) {
  if (suspects.neighbors + suspects.ranges < 2) return "";
  const std::string neighbors =
      suspects.neighbors == 0   ? ""
      : suspects.neighbors == 1 ? "the neighbor without a session"
                                : fmt::format("one of {} neighbors without a session", suspects.neighbors);
  const std::string ranges = suspects.ranges == 0 ? ""
                             : suspects.ranges == 1
                                 ? "somebody in a listen range"
                                 : fmt::format("somebody in {} listen ranges", suspects.ranges);
  return fmt::format(" (from {}{}{})", neighbors, neighbors.empty() || ranges.empty() ? "" : " or ", ranges);
}

}  // namespace

std::string md5_words(const Md5Counters& before, const Md5Counters& now, bool password,
                      const Md5Suspects& suspects) {
  const bool missing = now.missing != before.missing;
  const bool wrong = now.wrong != before.wrong;
  if (password && (missing || wrong)) {
    const std::string_view which = missing && wrong ? "a wrong or without any" : wrong ? "a wrong" : "no";
    return fmt::format("segments with {} MD5 signature arrive{}: {}", which, whose(suspects),
                       wrong ? "the passwords differ" : "the neighbor has no password for us");
  }
  if (!password && now.unexpected != before.unexpected)
    return fmt::format(
        "segments with an MD5 signature arrive{}: a neighbor has a password for us, none is "
        "configured here",
        whose(suspects));
  return "";
}

bool Md5Watch::look(const Md5Counters& counters, TimePoint now) {
  if (counters == latest_) {
    if (now - moved_ >= kMemory) quiet_ = latest_;
    return false;
  }
  latest_ = counters;
  moved_ = now;
  return true;
}

}  // namespace lbgp::daemon::net
