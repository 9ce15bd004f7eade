// SPDX-License-Identifier: Apache-2.0
// The generator: sends octets that were encoded before the clock started.
//
//   bgp_source TABLE to SPEAKER ADDRESS=AS...      a session from each address to SPEAKER
//   bgp_source TABLE as ADDRESS=AS SESSIONS        waits for so many sessions: what the fastest speaker there
//   can be
//                                                  would do, and so the limit of machine and collector
//   TABLE: hosts:COUNT, or full:PREFIXES:SETS:SEED
//
// Commands on standard input, one per line; those that send do so on all sessions:
//   connect             all sessions connect
//   announce, withdraw  the table; End-of-RIB behind its announcement
//   one, no-one         the host route behind the table's last
// Answers on standard output are JSON objects, one per line; times are nanoseconds of CLOCK_MONOTONIC.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/endpoint.hpp"
#include "tests/bench/tables.hpp"

namespace lbgp::bench {
namespace {

struct Plan {
  bool full = false;
  std::size_t hosts = 0;
  FullTable table;
};

Plan parse_plan(const std::string& text) {
  std::vector<std::uint64_t> numbers;
  for (auto colon = text.find(':'); colon != text.npos; colon = text.find(':', colon + 1))
    numbers.push_back(std::stoull(text.substr(colon + 1)));
  if (text.starts_with("hosts:") && numbers.size() == 1)
    return {.full = false, .hosts = numbers[0], .table = {}};
  if (text.starts_with("full:") && numbers.size() == 3 && numbers[1] > 0 && numbers[1] <= numbers[0])
    return {.full = true, .hosts = 0, .table = {numbers[0], numbers[1], numbers[2]}};
  throw std::invalid_argument("not a table: " + text);
}

class Source : public Handler {
 public:
  Source(Endpoint& endpoint, std::vector<Identity> senders, std::size_t sessions,
         const wire::IpAddress& speaker, const Plan& plan)
      : endpoint_(endpoint), sessions_(sessions), speaker_(speaker) {
    for (const Identity& sender : senders) {
      tables_.push_back(plan.full ? full_table(sender, plan.table) : host_table(sender, plan.hosts));
      singles_.push_back(single_route(sender, plan.hosts));
    }
  }

  void on_line(std::string_view line) override {
    const Nanoseconds when = now();
    if (line == "connect") return endpoint_.connect(sessions_, speaker_);
    if (line == "announce" || line == "withdraw") announced_ = line == "announce";
    if (line == "announce") send(tables_, &Table::announcements);
    if (line == "withdraw") send(tables_, &Table::withdrawals);
    if (line == "one") send(singles_, &Table::announcements);
    if (line == "no-one") send(singles_, &Table::withdrawals);
    say(fmt::format(R"({{"event":"{}","at":{}}})", line, when));
  }

  // Who comes later is told as well.
  void on_established(std::size_t session, Nanoseconds when) override {
    present_[session] = true;
    if (announced_) endpoint_.send(session, of(tables_, session).announcements);
    if (++established_ == sessions_) say(fmt::format(R"({{"event":"established","at":{}}})", when));
  }

  void on_lost(std::size_t session, std::string_view why) override {
    --established_;
    present_[session] = false;
    say(fmt::format(R"({{"event":"lost","session":{},"why":"{}","at":{}}})", session, why, now()));
  }

  void on_update(std::size_t, wire::ByteView, Nanoseconds) override {}
  void on_quiet(std::size_t) override {}

  static void say(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
  }

 private:
  // One table serves all sessions where they have one sender.
  static const Table& of(const std::vector<Table>& tables, std::size_t session) {
    return tables[std::min(session, tables.size() - 1)];
  }

  void send(const std::vector<Table>& tables, wire::Bytes Table::*octets) {
    for (std::size_t i = 0; i < sessions_; ++i)
      if (present_[i]) endpoint_.send(i, of(tables, i).*octets);
  }

  Endpoint& endpoint_;
  std::size_t sessions_;
  wire::IpAddress speaker_;
  std::vector<Table> tables_;
  std::vector<Table> singles_;
  std::vector<bool> present_ = std::vector<bool>(sessions_);  // by session
  std::size_t established_ = 0;
  bool announced_ = false;
};

void run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 4)
    throw std::invalid_argument("usage: bgp_source TABLE to SPEAKER ADDRESS=AS... | as ADDRESS=AS SESSIONS");
  const Plan plan = parse_plan(arguments[0]);
  const bool connects = arguments[1] == "to";
  std::vector<Identity> senders;
  wire::IpAddress speaker;
  if (connects) {
    const auto address = wire::parse_address(arguments[2]);
    if (!address) throw std::invalid_argument("not an address: " + arguments[2]);
    speaker = *address;
    for (std::size_t i = 3; i < arguments.size(); ++i) senders.push_back(parse_identity(arguments[i]));
  } else {
    senders.push_back(parse_identity(arguments[2]));
  }
  const std::size_t sessions = connects ? senders.size() : std::stoull(arguments[3]);
  Endpoint endpoint(connects ? senders : std::vector<Identity>(sessions, senders.front()));
  Source source(endpoint, senders, sessions, speaker, plan);
  if (!connects) endpoint.listen(senders.front().address);
  Source::say(R"({"event":"ready"})");
  endpoint.run(source);
}

}  // namespace
}  // namespace lbgp::bench

int main(int argc, char** argv) try {
  lbgp::bench::run({argv + 1, argv + argc});
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "bgp_source: {}\n", error.what());
  return 1;
}
