// SPDX-License-Identifier: Apache-2.0
// Whatever happens, in whatever order: actions and state stay consistent, and nobody is left hanging.
#include <fmt/format.h>

#include <array>
#include <random>

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;

namespace {

// The sockets as the link would have them, driven by the actions.
class Sockets {
 public:
  enum class Is : std::uint8_t { Closed, Connecting, Open };

  // What the outside does before the peer is told.
  void connected() { at(Side::Outgoing) = Is::Open; }
  void lost(Side side) { at(side) = Is::Closed; }
  void offer() { offered_ = true; }

  [[nodiscard]] Is is(Side side) const { return sockets_[static_cast<std::size_t>(side)]; }
  // Empty when everything was in order.
  std::string apply(const Actions& actions, const Peer& peer) {
    std::string trouble;
    for (const Action& action : actions)
      trouble += std::visit([this](const auto& one) { return apply(one); }, action);
    if (offered_) trouble += "an accepted connection was neither taken nor refused; ";
    if (announced_ != peer.state()) trouble += "the last StateChanged does not tell the state; ";
    if (up_ != peer.established_side())
      trouble += "SessionUp and SessionDown do not tell who is Established; ";
    if (up_ && is(*up_) != Is::Open) trouble += "Established without a connection; ";
    if ((peer.negotiated() != nullptr) != up_.has_value()) trouble += "negotiated() without a session; ";
    return trouble;
  }

 private:
  Is& at(Side side) { return sockets_[static_cast<std::size_t>(side)]; }

  std::string apply(const Connect&) {
    if (is(Side::Outgoing) != Is::Closed) return "Connect beside another; ";
    at(Side::Outgoing) = Is::Connecting;
    return "";
  }
  std::string apply(const Close& close) {
    if (is(close.side) == Is::Closed) return "Close of a closed side; ";
    at(close.side) = Is::Closed;
    return "";
  }
  std::string apply(const Accept&) {
    const bool room = is(Side::Incoming) == Is::Closed && offered_;
    offered_ = false;
    at(Side::Incoming) = Is::Open;
    return room ? "" : "Accept of nothing, or without room; ";
  }
  std::string apply(const Refuse&) {
    const bool asked = offered_;
    offered_ = false;
    return asked ? "" : "Refuse of nothing; ";
  }
  std::string apply(const Send& send) {
    if (send.message.size() < wire::kHeaderSize) return "Send of half a message; ";
    return is(send.side) == Is::Open ? "" : "Send to a side that is not open; ";
  }
  std::string apply(const SessionUp& session) {
    const bool twice = up_.has_value();
    up_ = session.side;
    return twice ? "SessionUp twice; " : "";
  }
  std::string apply(const SessionDown& session) {
    const bool was = up_.has_value();
    up_.reset();
    if (session.keep_stale.empty() && session.restart_time != wire::PerFamily<seconds>{})
      return "a restart time for nothing; ";
    return was ? "" : "SessionDown without a session; ";
  }
  std::string apply(const StateChanged& change) {
    const bool joined = change.from == announced_ && (change.to != change.from || !change.why.empty());
    announced_ = change.to;
    if (change.why.find('\n') != std::string::npos) return "more than one line; ";
    return joined ? "" : "StateChanged does not follow the one before; ";
  }

  std::array<Is, 2> sockets_{Is::Closed, Is::Closed};
  bool offered_ = false;
  State announced_ = State::Idle;
  std::optional<Side> up_;
};

class Fuzzer {
 public:
  explicit Fuzzer(unsigned seed) : random_(seed), settings_(make_settings()), bench_(settings_) {
    opens_ = {open_from(), open_from(), open_with_id(0x0a000000), open_with_id(0x0a000000), bad_open()};
  }

  void step() {
    static const std::array<double, 4> kJitters{0.75, 0.8, 0.9, 1.0};
    bench_.jitter = kJitters[pick(4)];
    const unsigned kind = pick(100);
    Actions actions;
    if (kind < 40)
      actions = pass_time();
    else if (kind < 45)
      actions = operate();
    else
      actions = happen(pick(4) == 0 ? Side::Incoming : static_cast<Side>(pick(2)));
    trouble_ += sockets_.apply(actions, bench_.peer);
    check_deadline();
  }

  [[nodiscard]] const std::string& trouble() const { return trouble_; }
  [[nodiscard]] const std::string& last() const { return last_; }
  [[nodiscard]] const Bench& bench() const { return bench_; }
  [[nodiscard]] Bench& bench() { return bench_; }

 private:
  unsigned pick(unsigned below) { return static_cast<unsigned>(random_() % below); }

  SessionSettings make_settings() {
    SessionSettings settings = our_settings();
    settings.passive = pick(6) == 0;
    if (pick(4) == 0) settings.delay_open = seconds{3};
    settings.graceful_restart.enabled = pick(2) == 0;
    settings.graceful_restart.notification = pick(2) == 0;
    return settings;
  }
  static wire::Open open_with_id(std::uint32_t id) {
    SessionSettings theirs = peer_settings();
    theirs.router_id = wire::RouterId{id};
    theirs.graceful_restart.notification = true;
    return open_from(theirs);
  }
  static wire::Open bad_open() {
    wire::Open open = open_from();
    open.hold_time = seconds{2};
    return open;
  }

  Actions pass_time() {
    last_ = "time";
    const auto deadline = bench_.peer.next_deadline();
    if (!deadline || pick(3) == 0)
      bench_.now += std::chrono::milliseconds{pick(20000)};
    else
      bench_.now = std::max(bench_.now, *deadline);
    Actions actions = bench_.peer.on_time(bench_.moment());
    timed_ = true;
    return actions;
  }
  Actions operate() {
    last_ = "operator";
    const unsigned what = pick(8);
    if (what == 0) return bench_.tell(ManualStop{cease(2), DownReason::UserShutdown, false});
    if (what == 1) return bench_.tell(ManualStop{cease(4), DownReason::UserReset, true});
    if (what == 2) return bench_.tell(ManualStop{});
    return bench_.start();
  }
  // An event that the outside may see now, or a late one that nobody shall care about.
  Actions happen(Side side) {
    last_ = fmt::format("event on side {}", static_cast<int>(side));
    const unsigned what = pick(11);
    if (what == 0 && sockets_.is(Side::Outgoing) == Sockets::Is::Connecting) {
      sockets_.connected();
      return bench_.tell(Side::Outgoing, TcpConnectionEstablished{});
    }
    if (what == 1) {
      sockets_.offer();
      return bench_.tell(Side::Incoming, TcpConnectionAccepted{});
    }
    if (what == 2) {
      sockets_.lost(side);
      return bench_.tell(side, TcpConnectionFails{"lost\nfor ever"});
    }
    if (what <= 5) return bench_.tell(side, OpenReceived{opens_[pick(5)]});
    if (what <= 8) return bench_.tell(side, KeepaliveReceived{});
    return bench_.tell(side, rare());
  }
  ConnectionEvent rare() {
    switch (pick(7)) {
      case 0:
        return UpdateReceived{};
      case 1:
        return NotificationReceived{cease(static_cast<std::uint8_t>(pick(11)))};
      case 2:
        return message_error(wire::ErrorCode::UpdateMessage, 3);
      case 3:
        return SendBlocked{pick(2) == 0};
      case 4:
        return SendProgress{};
      case 5:
        return NotificationReceived{{wire::ErrorCode::OpenMessage, 2, {}}};
      default:
        return RouteRefreshReceived{};
    }
  }

  void check_deadline() {
    const auto deadline = bench_.peer.next_deadline();
    if (timed_ && deadline && *deadline <= bench_.now) trouble_ += "a deadline in the past after on_time; ";
    timed_ = false;
  }

  std::mt19937 random_;
  SessionSettings settings_;
  Bench bench_;
  Sockets sockets_;
  std::vector<wire::Open> opens_;
  std::string trouble_;
  std::string last_;
  bool timed_ = false;
};

void check_seed(unsigned seed) {
  Fuzzer fuzzer(seed);
  for (int i = 0; i < 400; ++i) {
    fuzzer.step();
    if (fuzzer.trouble().empty()) continue;
    INFO("seed " << seed << ", step " << i << ", " << fuzzer.last());
    FAIL(fuzzer.trouble());
  }
  // Whatever it has come to: an operator's start and a well-behaved peer bring it up, and within a bounded
  // time.
  Bench& bench = fuzzer.bench();
  bench.tell(ManualStop{std::nullopt, DownReason::UserReset, true});
  bench.start();
  bench.tell(Side::Incoming, TcpConnectionAccepted{});
  bench.tell(Side::Incoming, OpenReceived{open_from()});
  bench.tell(Side::Incoming, KeepaliveReceived{});
  INFO("seed " << seed);
  REQUIRE(bench.peer.state() == State::Established);
}

}  // namespace

TEST_CASE("any sequence of events leaves actions and state consistent", "[property][rfc4271-8.2.2]") {
  for (unsigned seed = 1; seed <= 2000; ++seed) check_seed(seed);
}

TEST_CASE("a fresh seed each run", "[property][rfc4271-8.2.2]") {
  const unsigned seed = std::random_device{}();
  INFO("the seed of this run is " << seed);
  for (unsigned i = 0; i < 100; ++i) check_seed(seed + i);
}

TEST_CASE("a running peering that may connect always has something due or a connection", "[property]") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    Bench bench;
    bench.start();
    for (int i = 0; i < 200; ++i) {
      const Side side = static_cast<Side>(random() % 2);
      switch (random() % 6) {
        case 0:
          bench.tell(Side::Outgoing, TcpConnectionEstablished{});
          break;
        case 1:
          bench.tell(Side::Incoming, TcpConnectionAccepted{});
          break;
        case 2:
          bench.tell(side, OpenReceived{open_from()});
          break;
        case 3:
          bench.tell(side, TcpConnectionFails{"lost"});
          break;
        case 4:
          bench.tell(side, KeepaliveReceived{});
          break;
        default:
          bench.next();
      }
      INFO("seed " << seed << ", step " << i);
      REQUIRE(bench.peer.next_deadline().has_value());
    }
  }
}
