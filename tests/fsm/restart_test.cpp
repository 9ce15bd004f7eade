// SPDX-License-Identifier: Apache-2.0
// What a session's end means for the peer's routes: graceful restart, its N bit, and the peer coming back.
#include "fsm/ending.hpp"

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;
using wire::Family;

namespace {
constexpr Side kOut = Side::Outgoing;
constexpr Side kIn = Side::Incoming;

SessionSettings with_n_bit(SessionSettings settings) {
  settings.graceful_restart.notification = true;
  return settings;
}

// Established with the N bit on both sides, or on neither.
Bench established(bool n_bit, Side side = kOut) {
  Bench bench{n_bit ? with_n_bit(our_settings()) : our_settings()};
  bench.reach(State::Established, side, open_from(n_bit ? with_n_bit(peer_settings()) : peer_settings()));
  return bench;
}

bool has(const Words& words, const std::string& wanted) {
  return std::find(words.begin(), words.end(), wanted) != words.end();
}
const std::string kKept = "Down keeps 4 6 for 20";
}  // namespace

TEST_CASE("which ends keep the peer's routes", "[rfc4724-4.2][rfc8538-4]") {
  struct Case {
    const char* name;
    ConnectionEvent event;
    bool kept, kept_with_n_bit;
  };
  const std::vector<Case> cases{
      {"TCP lost", TcpConnectionFails{"reset"}, true, true},
      {"Cease received", NotificationReceived{cease(2)}, false, true},
      {"Hard Reset received", NotificationReceived{cease(9)}, false, false},
      {"error received", NotificationReceived{{wire::ErrorCode::UpdateMessage, 1, {}}}, false, true},
      {"error sent", message_error(wire::ErrorCode::UpdateMessage, 1), false, true},
      {"Hard Reset sent", message_error(wire::ErrorCode::Cease, 9), false, false},
      {"unexpected OPEN", OpenReceived{open_from()}, false, true},
  };
  for (const Case& one : cases)
    for (const bool n_bit : {false, true}) {
      Bench bench = established(n_bit);
      INFO(one.name << (n_bit ? " with N" : " without N"));
      const Words words = deeds(bench.tell(kOut, one.event));
      CHECK(has(words, (n_bit ? one.kept_with_n_bit : one.kept) ? kKept : "Down"));
    }
}

TEST_CASE("an expired hold timer keeps routes only with the N bit on both sides", "[rfc8538-4]") {
  for (const bool n_bit : {false, true}) {
    Bench bench = established(n_bit);
    CHECK(has(deeds(bench.live(seconds{9})), n_bit ? kKept : "Down"));
  }
}

TEST_CASE("what we stop is forgotten", "[rfc4724-4.2]") {
  for (const bool n_bit : {false, true})
    for (const bool silent : {false, true}) {
      Bench bench = established(n_bit);
      ManualStop stop{cease(4), DownReason::UserReset, true};
      if (silent) stop.notification.reset();
      CHECK(has(deeds(bench.tell(stop)), "Down"));
    }
}

TEST_CASE("a stop for a restart says nothing to the peer", "[rfc4724-4.1]") {
  Bench bench = established(false);
  CHECK(deeds(bench.tell(ManualStop{})) == Words{"Close out", "Down"});
}

TEST_CASE("what a Hard Reset carries is read", "[rfc8538-3.1][rfc9003-2]") {
  wire::Notification inner = cease(2);
  inner.data = wire::encode_shutdown_communication("going to bed");
  const wire::Notification outer = hard_reset(inner);
  CHECK(inside_hard_reset(outer) == inner);
  CHECK(received_words(outer) == "peer sent Cease/Hard Reset (Cease/Administrative Shutdown): going to bed");
  CHECK_FALSE(inside_hard_reset(inner).has_value());
  // Cut short: there is nothing inside.
  CHECK_FALSE(inside_hard_reset(cease(9)).has_value());
  CHECK_FALSE(inside_hard_reset({wire::ErrorCode::Cease, 9, {6}}).has_value());
  CHECK(received_words({wire::ErrorCode::Cease, 9, {6}}) == "peer sent Cease/Hard Reset");
}

TEST_CASE("with the N bit our Cease is wrapped into a Hard Reset", "[rfc8538-3.1]") {
  Bench bench = established(true);
  bench.tell(ManualStop{wire::Notification{wire::ErrorCode::Cease, 2, {3, 'b', 'y', 'e'}},
                        DownReason::UserShutdown});
  CHECK(bench.peer.history().last_notification ==
        wire::Notification{wire::ErrorCode::Cease, 9, {6, 2, 3, 'b', 'y', 'e'}});
  CHECK(bench.peer.history().last_reset_detail == "stopped here: Admin. shutdown: bye");
}

TEST_CASE("which of our words are Hard Resets, and what the others keep", "[rfc8538-5.1]") {
  struct Case {
    std::uint8_t subcode;
    bool hard_administrative_reset, hard;
  };
  using namespace wire::subcode;
  const std::vector<Case> cases{
      {kMaximumPrefixes, false, true},      {kAdministrativeShutdown, false, true},
      {kPeerDeconfigured, false, true},     {kAdministrativeReset, true, true},
      {kAdministrativeReset, false, false}, {kOtherConfigurationChange, true, false},
  };
  for (const Case& one : cases) {
    INFO(int{one.subcode} << (one.hard_administrative_reset ? " hard" : ""));
    SessionSettings settings = with_n_bit(our_settings());
    settings.graceful_restart.hard_administrative_reset = one.hard_administrative_reset;
    Bench bench{settings};
    bench.reach(State::Established, kOut, open_from(with_n_bit(peer_settings())));
    const Words words = deeds(bench.tell(ManualStop{cease(one.subcode), DownReason::UserReset, true}));
    CHECK(bench.peer.history().last_notification->subcode == (one.hard ? kHardReset : one.subcode));
    // Either side's view is the same: what the peer may keep of ours, we keep of its.
    CHECK(has(words, one.hard ? "Down" : kKept));
  }
}

TEST_CASE("an N bit on one side only is none", "[rfc8538-2]") {
  for (const bool ours : {false, true}) {
    Bench bench{ours ? with_n_bit(our_settings()) : our_settings()};
    bench.reach(State::Established, kOut, open_from(ours ? peer_settings() : with_n_bit(peer_settings())));
    CHECK(has(deeds(bench.tell(kOut, NotificationReceived{cease(4)})), "Down"));
  }
}

TEST_CASE("a helper keeps, and is not kept for", "[rfc4724-3]") {
  SessionSettings helper = our_settings();
  helper.graceful_restart.helper_only = true;
  helper.graceful_restart.long_lived_stale_time = seconds{60};
  const wire::Open open = make_open(helper, true);
  const auto* restart = open.find<wire::GracefulRestartCapability>();
  REQUIRE(restart != nullptr);
  CHECK(restart->families.empty());
  CHECK_FALSE(restart->restarting);
  REQUIRE(open.find<wire::LongLivedGracefulRestartCapability>() != nullptr);
  CHECK(open.find<wire::LongLivedGracefulRestartCapability>()->entries.empty());
  SECTION("we are the helper") {
    Bench bench{helper};
    bench.reach(State::Established);
    CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{kKept});
  }
  SECTION("the peer is") {
    SessionSettings theirs = peer_settings();
    theirs.graceful_restart.helper_only = true;
    Bench bench;
    bench.reach(State::Established, kOut, open_from(theirs));
    CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{"Down"});
  }
}

TEST_CASE("long-lived stale times come with the end of a session", "[rfc9494-4.2]") {
  SessionSettings ours = our_settings();
  SessionSettings theirs = peer_settings();
  ours.graceful_restart.long_lived_stale_time = seconds{3600};
  theirs.graceful_restart.long_lived_stale_time = seconds{86400};
  wire::Open open = open_from(theirs);
  const auto lost = [&](const SessionSettings& settings) {
    Bench bench{settings};
    bench.reach(State::Established, kOut, open);
    for (const Action& action : bench.tell(kOut, TcpConnectionFails{"reset"}))
      if (const auto* down = std::get_if<SessionDown>(&action)) return *down;
    FAIL("the session did not end");
    return SessionDown{};
  };
  const auto edit = [&](auto change) {
    for (auto& capability : open.capabilities)
      if (auto* restart = std::get_if<wire::GracefulRestartCapability>(&capability)) change(*restart);
  };
  SECTION("the shorter of both") {
    const SessionDown down = lost(ours);
    CHECK(down.restart_time[Family::Ipv4Unicast] == seconds{20});
    CHECK(down.long_lived_stale_time[Family::Ipv4Unicast] == seconds{3600});
  }
  SECTION("not asked for here: none") {
    CHECK(lost(our_settings()).long_lived_stale_time[Family::Ipv4Unicast] == seconds{0});
  }
  SECTION("a family that only the long-lived capability lists has no restart time") {
    edit([](wire::GracefulRestartCapability& restart) { restart.families.clear(); });
    const SessionDown down = lost(ours);
    CHECK(down.keep_stale.size() == 2);
    CHECK(down.restart_time[Family::Ipv6Unicast] == seconds{0});
    CHECK(down.long_lived_stale_time[Family::Ipv6Unicast] == seconds{3600});
  }
  SECTION("without graceful restart beside it the capability is ignored") {
    std::erase_if(open.capabilities, [](const wire::Capability& capability) {
      return std::holds_alternative<wire::GracefulRestartCapability>(capability);
    });
    CHECK(lost(ours).keep_stale.empty());
  }
}

TEST_CASE("only families that the peer lists are kept", "[rfc4724-4.2]") {
  SessionSettings theirs = peer_settings();
  theirs.graceful_restart.restart_time = seconds{120};
  wire::Open open = open_from(theirs);
  for (auto& capability : open.capabilities)
    if (auto* restart = std::get_if<wire::GracefulRestartCapability>(&capability))
      restart->families.pop_back();
  Bench bench;
  bench.reach(State::Established, kOut, open);
  CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{"Down keeps 4 for 120"});
  CHECK(bench.peer.history().last_reset_reason == DownReason::NsfCloseSession);
}

TEST_CASE("without the capability nothing is kept", "[rfc4724-4.2]") {
  SessionSettings off = our_settings();
  off.graceful_restart.enabled = false;
  SessionSettings theirs = peer_settings();
  SECTION("on our side") {
    Bench bench{off};
    bench.reach(State::Established);
    CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{"Down"});
    CHECK(bench.peer.history().last_reset_reason == DownReason::CloseSession);
  }
  SECTION("on theirs") {
    theirs.graceful_restart.enabled = false;
    Bench bench;
    bench.reach(State::Established, kOut, open_from(theirs));
    CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{"Down"});
  }
}

TEST_CASE("the peer comes back while its old session still stands", "[rfc4724-5]") {
  SECTION("both connections are the peer's: it has given up the old one") {
    Bench bench = established(false, kIn);
    const Actions actions = bench.tell(kIn, TcpConnectionAccepted{});
    CHECK(describe(actions) == Words{"Close in", kKept, "Accept", "OPEN in", "Established>OpenSent"});
    CHECK(why(actions) == "peer has come back on a new connection");
    CHECK(bench.peer.history().last_reset_reason == DownReason::NsfCloseSession);
    bench.tell(kIn, OpenReceived{open_from()});
    CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
    CHECK(bench.peer.history().connections_established == 2);
    CHECK(bench.peer.history().connections_dropped == 1);
  }
  SECTION("the old one is ours: the new one must prove itself first") {
    Bench bench = established(false, kOut);
    CHECK(describe(bench.tell(kIn, TcpConnectionAccepted{})) == Words{"Accept", "OPEN in"});
    SECTION("it does: the old one goes without a word") {
      CHECK(deeds(bench.tell(kIn, OpenReceived{open_from()})) == Words{"KEEPALIVE in"});
      CHECK(bench.peer.established_side() == kOut);
      CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Close out", kKept, "Up in"});
      CHECK(bench.peer.established_side() == kIn);
    }
    SECTION("it was the other half of a simultaneous open: nothing happens to the session") {
      bench.tell(kIn, OpenReceived{open_from()});
      CHECK(deeds(bench.tell(kIn, NotificationReceived{cease(7)})) == Words{"Close in"});
      CHECK(bench.peer.established_side() == kOut);
      CHECK(bench.peer.history().connections_dropped == 0);
    }
    SECTION("it was a port scan") {
      CHECK(deeds(bench.tell(kIn, TcpConnectionFails{""})).empty());
      CHECK(bench.peer.established_side() == kOut);
    }
    SECTION("the old one dies meanwhile: the new one goes on") {
      bench.tell(kIn, OpenReceived{open_from()});
      CHECK(deeds(bench.tell(kOut, TcpConnectionFails{"reset"})) == Words{kKept});
      CHECK(bench.peer.state() == State::OpenConfirm);
      CHECK(deeds(bench.tell(kIn, KeepaliveReceived{})) == Words{"Up in"});
    }
  }
}

TEST_CASE("the R bit is set on OPENs while we come back", "[rfc4724-4.1]") {
  Bench bench;
  bench.peer.set_restarting(true);
  bench.reach(State::Established);
  CHECK(bench.peer.negotiated()->sent.find<wire::GracefulRestartCapability>()->restarting);
  bench.peer.set_restarting(false);
  bench.tell(kOut, TcpConnectionFails{"reset"});
  bench.tell(kIn, TcpConnectionAccepted{});
  bench.tell(kIn, OpenReceived{open_from()});
  bench.tell(kIn, KeepaliveReceived{});
  CHECK_FALSE(bench.peer.negotiated()->sent.find<wire::GracefulRestartCapability>()->restarting);
}

TEST_CASE("words of a peer are one line", "[rfc9003]") {
  CHECK(one_line("a\nb\x7f\x1b[31m") == "a b  [31m");
  CHECK(received_words(cease(4)) == "peer sent Cease/Administrative Reset");
  const wire::Notification shutdown{wire::ErrorCode::Cease, 2, {4, 'z', 'z', '\n', 'z'}};
  CHECK(received_words(shutdown) == "peer sent Cease/Administrative Shutdown: zz z");
}

TEST_CASE("a text that cannot be read is told, not shown", "[rfc9003-4]") {
  const wire::Notification not_utf8{wire::ErrorCode::Cease, 2, {2, 0xc3, 0x28}};
  CHECK(received_words(not_utf8) == "peer sent Cease/Administrative Shutdown with a malformed text");
  const wire::Notification too_long{wire::ErrorCode::Cease, 4, {9, 'h', 'i'}};
  CHECK(received_words(too_long) == "peer sent Cease/Administrative Reset with a malformed text");
  CHECK(received_words({wire::ErrorCode::Cease, 2, {0}}) == "peer sent Cease/Administrative Shutdown");
}

TEST_CASE("a hard reset says what it makes hard", "[rfc8538-3.1]") {
  const wire::Notification shutdown{wire::ErrorCode::Cease, 2, {3, 'b', 'y', 'e'}};
  CHECK(received_words(hard_reset(shutdown)) ==
        "peer sent Cease/Hard Reset (Cease/Administrative Shutdown): bye");
  CHECK(received_words(cease(9)) == "peer sent Cease/Hard Reset");
  CHECK(received_words(hard_reset(hard_reset(shutdown))) == "peer sent Cease/Hard Reset (Cease/Hard Reset)");
}
