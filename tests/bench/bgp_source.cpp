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
//   announce, withdraw  the table
//   end-of-rib
//   one, no-one         the host route behind the table's last
// Answers on standard output are JSON objects, one per line; times are nanoseconds of CLOCK_MONOTONIC.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/endpoint.hpp"
#include "tests/bench/tables.hpp"
#include "wire/update.hpp"

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
      : endpoint_(endpoint),
        sessions_(sessions),
        speaker_(speaker),
        end_of_rib_(wire::encode_end_of_rib(wire::Family::Ipv4Unicast)) {
    for (const Identity& sender : senders) {
      tables_.push_back(plan.full ? full_table(sender, plan.table) : host_table(sender, plan.hosts));
      singles_.push_back(single_route(sender, plan.hosts));
    }
  }

  void on_line(std::string_view line) override {
    const Nanoseconds when = now();
    if (line == "connect") return endpoint_.connect(sessions_, speaker_);
    if (line == "announce") send(tables_, &Table::announcements);
    if (line == "withdraw") send(tables_, &Table::withdrawals);
    if (line == "one") send(singles_, &Table::announcements);
    if (line == "no-one") send(singles_, &Table::withdrawals);
    if (line == "end-of-rib")
      for (std::size_t i = 0; i < sessions_; ++i) endpoint_.send(i, end_of_rib_);
    say(fmt::format(R"({{"event":"{}","at":{}}})", line, when));
  }

  void on_established(std::size_t, Nanoseconds when) override {
    if (++established_ == sessions_) say(fmt::format(R"({{"event":"established","at":{}}})", when));
  }

  void on_lost(std::size_t session, std::string_view why) override {
    --established_;
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
  void send(const std::vector<Table>& tables, wire::Bytes Table::*octets) {
    for (std::size_t i = 0; i < sessions_; ++i)
      endpoint_.send(i, tables[std::min(i, tables.size() - 1)].*octets);
  }

  Endpoint& endpoint_;
  std::size_t sessions_;
  wire::IpAddress speaker_;
  wire::Bytes end_of_rib_;
  std::vector<Table> tables_;
  std::vector<Table> singles_;
  std::size_t established_ = 0;
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
