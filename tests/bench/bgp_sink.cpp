// SPDX-License-Identifier: Apache-2.0
// The collector: neighbors of the speaker under test, that tell what reached them and when.
//
//   bgp_sink SPEAKER ADDRESS=AS...     a session from each address to SPEAKER; nothing else has to be there
//   yet
//
// Commands on standard input, one per line:
//   connect N           the first N sessions connect, and do it again whenever one is lost
//   goal ROUTES [eor]   "waiting", and "goal" once each of those holds exactly so many prefixes (and has seen
//                       End-of-RIB)
//   trace               say of every UPDATE when it came, from now on
//   report              say what each session has seen
// Answers on standard output are JSON objects, one per line; times are nanoseconds of CLOCK_MONOTONIC, taken
// when the octets were read.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/endpoint.hpp"
#include "tests/bench/prefix_set.hpp"
#include "tests/bench/update_reader.hpp"
#include "wire/update.hpp"

namespace lbgp::bench {
namespace {

template <typename... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  fmt::print(format, std::forward<Arguments>(arguments)...);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

// What one neighbor has been told in this session.
struct Neighbor {
  PrefixSet routes;
  std::uint64_t updates = 0;  // End-of-RIB apart
  std::uint64_t announced = 0;
  std::uint64_t withdrawn = 0;
  Nanoseconds first = 0;          // the first UPDATE; 0: none yet
  Nanoseconds last = 0;           // the last one
  Nanoseconds end_of_rib = 0;     // the first End-of-RIB; 0: none yet
  std::size_t routes_before = 0;  // how many there were at that moment
  bool at_goal = false;

  void forget() {
    routes.clear();
    updates = announced = withdrawn = 0;
    first = last = end_of_rib = 0;
    routes_before = 0;
  }
};

class Sink : public Handler {
 public:
  Sink(Endpoint& endpoint, wire::IpAddress speaker, std::size_t size)
      : endpoint_(endpoint), speaker_(speaker), neighbors_(size) {}

  void on_line(std::string_view line) override {
    const auto [word, rest] = cut(line);
    if (word == "connect") return connect(number(rest));
    if (word == "goal") return set_goal(number(cut(rest).first), cut(rest).second == "eor");
    if (word == "trace") trace_ = true;
    if (word == "report") report();
  }

  // RFC 4724 §2: who has no routes says so. Some speakers hold theirs back until they hear it.
  void on_established(std::size_t session, Nanoseconds when) override {
    endpoint_.send(session, end_of_rib_);
    if (++established_ == wanted_) say(R"({{"event":"established","at":{}}})", when);
  }

  void on_lost(std::size_t session, std::string_view why) override {
    --established_;
    neighbors_[session].forget();
    evaluate(session);
    say(R"({{"event":"lost","session":{},"why":"{}","at":{}}})", session, why, now());
  }

  void on_update(std::size_t session, wire::ByteView body, Nanoseconds when) override {
    Neighbor& neighbor = neighbors_[session];
    const auto parts = split_update(body);
    if (!parts) throw std::runtime_error("an UPDATE whose lengths are wrong");
    if (parts->is_end_of_rib()) return on_end_of_rib(neighbor, when);
    const bool fine = for_each_prefix(parts->withdrawn,
                                      [&](std::uint32_t address, unsigned length) {
                                        ++neighbor.withdrawn;
                                        neighbor.routes.erase(address, length);
                                      }) &&
                      for_each_prefix(parts->announced, [&](std::uint32_t address, unsigned length) {
                        ++neighbor.announced;
                        neighbor.routes.insert(address, length);
                      });
    if (!fine) throw std::runtime_error("an UPDATE with something that is no prefix");
    ++neighbor.updates;
    ++updates_;
    if (first_ == 0) first_ = when;
    if (neighbor.first == 0) neighbor.first = when;
    neighbor.last = when;
    if (trace_)
      say(R"({{"event":"update","session":{},"routes":{},"at":{}}})", session, neighbor.routes.size(), when);
  }

  void on_quiet(std::size_t session) override { evaluate(session); }

 private:
  static std::pair<std::string_view, std::string_view> cut(std::string_view text) {
    const auto space = text.find(' ');
    if (space == text.npos) return {text, {}};
    return {text.substr(0, space), text.substr(space + 1)};
  }

  static std::size_t number(std::string_view text) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
      throw std::invalid_argument(fmt::format("not a number: {}", text));
    return value;
  }

  void connect(std::size_t count) {
    wanted_ = count;
    endpoint_.connect(count, speaker_);
  }

  void on_end_of_rib(Neighbor& neighbor, Nanoseconds when) {
    if (neighbor.end_of_rib != 0) return;
    neighbor.end_of_rib = when;
    neighbor.routes_before = neighbor.routes.size();
  }

  // The answer to it counts from here.
  void set_goal(std::size_t routes, bool end_of_rib) {
    goal_ = routes;
    goal_end_of_rib_ = end_of_rib;
    has_goal_ = true;
    first_ = 0;
    updates_ = 0;
    at_goal_ = 0;
    for (Neighbor& neighbor : neighbors_) neighbor.at_goal = false;
    say(R"({{"event":"waiting"}})");
    for (std::size_t i = 0; i < wanted_; ++i) evaluate(i);
  }

  void evaluate(std::size_t session) {
    if (!has_goal_) return;
    Neighbor& neighbor = neighbors_[session];
    const bool there = neighbor.routes.size() == goal_ && (!goal_end_of_rib_ || neighbor.end_of_rib != 0);
    if (there == neighbor.at_goal) return;
    neighbor.at_goal = there;
    if (!there) {
      --at_goal_;
      return;
    }
    if (++at_goal_ != wanted_) return;
    has_goal_ = false;
    say(R"({{"event":"goal","routes":{},"first":{},"at":{},"updates":{}}})", goal_, first_, latest(),
        updates_);
  }

  // When the last of what was waited for came.
  [[nodiscard]] Nanoseconds latest() const {
    Nanoseconds result = 0;
    for (std::size_t i = 0; i < wanted_; ++i)
      result = std::max({result, neighbors_[i].last, goal_end_of_rib_ ? neighbors_[i].end_of_rib : 0});
    return result;
  }

  void report() const {
    std::string list;
    for (std::size_t i = 0; i < wanted_; ++i) {
      const Neighbor& one = neighbors_[i];
      list += fmt::format(
          R"({}{{"routes":{},"updates":{},"announced":{},"withdrawn":{},"first":{},"last":{},"end_of_rib":{},"before_end_of_rib":{}}})",
          i == 0 ? "" : ",", one.routes.size(), one.updates, one.announced, one.withdrawn, one.first,
          one.last, one.end_of_rib, one.routes_before);
    }
    say(R"({{"event":"report","at":{},"sessions":[{}]}})", now(), list);
  }

  Endpoint& endpoint_;
  wire::IpAddress speaker_;
  std::vector<Neighbor> neighbors_;
  wire::Bytes end_of_rib_ = wire::encode_end_of_rib(wire::Family::Ipv4Unicast);
  std::size_t wanted_ = 0;       // sessions that were asked for
  std::size_t established_ = 0;  // … that are there
  bool trace_ = false;
  bool has_goal_ = false;
  bool goal_end_of_rib_ = false;
  std::size_t goal_ = 0;
  std::size_t at_goal_ = 0;  // sessions that have reached it
  Nanoseconds first_ = 0;
  std::uint64_t updates_ = 0;
};

void run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) throw std::invalid_argument("usage: bgp_sink SPEAKER ADDRESS=AS...");
  const auto speaker = wire::parse_address(arguments[0]);
  if (!speaker) throw std::invalid_argument("not an address: " + arguments[0]);
  std::vector<Identity> identities;
  for (std::size_t i = 1; i < arguments.size(); ++i) identities.push_back(parse_identity(arguments[i]));
  Endpoint endpoint(identities);
  Sink sink(endpoint, *speaker, identities.size());
  endpoint.run(sink);
}

}  // namespace
}  // namespace lbgp::bench

int main(int argc, char** argv) try {
  lbgp::bench::run({argv + 1, argv + argc});
  return 0;
} catch (const std::exception& error) {
  fmt::print(stderr, "bgp_sink: {}\n", error.what());
  return 1;
}
