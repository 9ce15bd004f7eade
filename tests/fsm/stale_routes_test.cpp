// SPDX-License-Identifier: Apache-2.0
// How long stale routes stay: the helper's side of graceful restart, of its long-lived kind, and of a
// refresh.
#include "fsm/stale_routes.hpp"

#include "support.hpp"

using namespace lbgp;
using namespace lbgp::fsm;
using namespace lbgp::fsm::test;
using wire::Family;
using wire::FamilySet;

namespace {

constexpr Family k4 = Family::Ipv4Unicast;
constexpr Family k6 = Family::Ipv6Unicast;
constexpr FamilySet kBoth{k4, k6};
constexpr seconds kStalePath{360};

// A session's end that keeps both families for 20 s and IPv4 for 100 s more, if `long_lived`.
SessionDown down(bool long_lived = false, bool keep_older = false) {
  SessionDown end;
  end.keep_stale = kBoth;
  end.keep_older = keep_older;
  end.restart_time[k4] = end.restart_time[k6] = seconds{20};
  if (long_lived) end.long_lived_stale_time[k4] = seconds{100};
  return end;
}

// The peer's new OPEN: F bits of both capabilities for both families, unless a test takes some away.
Negotiated back() {
  Negotiated negotiated;
  negotiated.graceful_restart = true;
  negotiated.codec.families = kBoth;
  for (PeerGracefulRestart& family : negotiated.peer_families)
    family = {.listed = true,
              .forwarding_preserved = true,
              .long_lived_forwarding_preserved = true,
              .long_lived_stale_time = seconds{100}};
  return negotiated;
}

struct Clock {
  StaleRoutes stale{};
  TimePoint now = at_second(0);
  StaleStep end(const SessionDown& how) { return stale.session_down(how, kStalePath, now); }
  StaleStep up(const Negotiated& how) { return stale.session_up(how, kStalePath, now); }
  StaleStep at(double second) {
    now = at_second(second);
    return stale.on_time(now);
  }
  [[nodiscard]] double next() const { return seconds_between(at_second(0), *stale.next_deadline()); }
};

}  // namespace

TEST_CASE("stale routes go when the restart time is over, not before", "[rfc4724-4.2]") {
  Clock clock;
  const StaleStep first = clock.end(down());
  CHECK(first.flush.empty());
  CHECK(first.flush_older.empty());
  CHECK(clock.next() == 20);
  CHECK(clock.at(19.999).flush.empty());
  CHECK(clock.at(20).flush == kBoth);
  CHECK_FALSE(clock.stale.next_deadline());
}

TEST_CASE("a restart time of zero keeps nothing", "[rfc4724-4.2]") {
  Clock clock;
  SessionDown end;
  end.keep_stale = kBoth;
  CHECK(clock.end(end).flush == kBoth);
  CHECK(clock.stale[k4].phase == StalePhase::None);
}

TEST_CASE("a peer that is back has the stale-path time to say all", "[rfc4724-4.2]") {
  Clock clock;
  static_cast<void>(clock.end(down()));
  clock.now = at_second(5);
  CHECK(clock.up(back()).flush.empty());
  CHECK(clock.stale[k4].phase == StalePhase::Synchronizing);
  CHECK(clock.next() == 365);
  CHECK(clock.stale.end_of_rib(k4));
  CHECK_FALSE(clock.stale.end_of_rib(k4));
  CHECK(clock.at(364).flush.empty());
  CHECK(clock.at(365).flush == FamilySet{k6});
}

TEST_CASE("what the new OPEN does not vouch for goes at once", "[rfc4724-4.2]") {
  Clock clock;
  static_cast<void>(clock.end(down()));
  Negotiated open = back();
  SECTION("F bit clear") {
    open.peer_families[k6].forwarding_preserved = false;
    CHECK(clock.up(open).flush == FamilySet{k6});
  }
  SECTION("family not in the capability") {
    open.peer_families[k4] = {};
    CHECK(clock.up(open).flush == FamilySet{k4});
  }
  SECTION("family not negotiated any more") {
    open.codec.families = {k4};
    CHECK(clock.up(open).flush == FamilySet{k6});
  }
  SECTION("no capability") {
    open.graceful_restart = false;
    CHECK(clock.up(open).flush == kBoth);
    CHECK_FALSE(clock.stale.next_deadline());
  }
}

TEST_CASE("a second end before End-of-RIB deletes what was stale already", "[rfc4724-4.2]") {
  Clock clock;
  static_cast<void>(clock.end(down()));
  CHECK(clock.up(back()).flush.empty());
  CHECK(clock.stale.end_of_rib(k6));
  CHECK(clock.end(down()).flush_older == FamilySet{k4});
  CHECK(clock.next() == 20);
}

TEST_CASE("with the N bit it does not, but patience has one limit", "[rfc8538-4.1]") {
  Clock clock;
  static_cast<void>(clock.end(down(false, true)));
  for (int second = 10; second < 380; second += 10) {
    clock.now = at_second(second);
    REQUIRE(clock.up(back()).flush.empty());
    REQUIRE(clock.end(down(false, true)).flush_older.empty());
  }
  // Twenty seconds of restart time and the stale-path time after the first end.
  CHECK(clock.next() == 380);
  CHECK(clock.at(380).flush == kBoth);
}

TEST_CASE("after the restart time comes the long-lived stale time, per family", "[rfc9494-4.2]") {
  Clock clock;
  CHECK(clock.end(down(true)).long_lived.empty());
  const StaleStep over = clock.at(20);
  CHECK(over.long_lived == FamilySet{k4});
  CHECK(over.flush == FamilySet{k6});
  CHECK(clock.stale[k4].phase == StalePhase::LongLived);
  CHECK(clock.next() == 120);
  CHECK(clock.at(119).flush.empty());
  CHECK(clock.at(120).flush == FamilySet{k4});
}

TEST_CASE("without a restart time the long-lived one begins at once", "[rfc9494-4.2]") {
  Clock clock;
  SessionDown end = down(true);
  end.restart_time = {};
  const StaleStep step = clock.end(end);
  CHECK(step.long_lived == FamilySet{k4});
  CHECK(step.flush == FamilySet{k6});
  CHECK(clock.next() == 100);
}

TEST_CASE("long-lived stale routes are vouched for by the long-lived capability", "[rfc9494-4.2]") {
  Clock clock;
  static_cast<void>(clock.end(down(true)));
  static_cast<void>(clock.at(50));
  Negotiated open = back();
  SECTION("F bit there, whatever the other one says") {
    open.peer_families[k4].forwarding_preserved = false;
    CHECK(clock.up(open).flush.empty());
    CHECK(clock.stale.end_of_rib(k4));
  }
  SECTION("F bit not there") {
    open.peer_families[k4].long_lived_forwarding_preserved = false;
    CHECK(clock.up(open).flush == FamilySet{k4});
  }
}

TEST_CASE("the long-lived stale time does not start again before the peer has synchronized",
          "[rfc9494-4.2]") {
  Clock clock;
  static_cast<void>(clock.end(down(true)));
  static_cast<void>(clock.at(20));
  clock.now = at_second(60);
  CHECK(clock.up(back()).flush.empty());
  clock.now = at_second(70);
  SECTION("not synchronized: what was stale stays, and goes when its time is over") {
    CHECK(clock.end(down(true)).flush_older.empty());
    CHECK(clock.at(90).long_lived == FamilySet{k4});
    CHECK(clock.next() == 120);
    CHECK(clock.at(120).flush == FamilySet{k4});
  }
  SECTION("the time passed while it synchronized: the next end removes what is left") {
    clock.now = at_second(130);
    CHECK(clock.stale.on_time(clock.now).flush.empty());
    CHECK(clock.end(down(true)).flush_older.contains(k4));
    CHECK(clock.at(150).long_lived == FamilySet{k4});
    CHECK(clock.next() == 250);
  }
  SECTION("synchronized: all begins anew") {
    CHECK(clock.stale.end_of_rib(k4));
    CHECK(clock.end(down(true)).flush_older.empty());
    CHECK(clock.at(90).long_lived == FamilySet{k4});
    CHECK(clock.next() == 190);
  }
}

TEST_CASE("nothing waits for a peer that is given up", "[rfc4724-4.2]") {
  Clock clock;
  CHECK(clock.stale.give_up().flush.empty());
  static_cast<void>(clock.end(down()));
  CHECK(clock.stale.give_up().flush == kBoth);
  CHECK_FALSE(clock.stale.next_deadline());
}

TEST_CASE("a refresh is bounded by the stale-path time", "[rfc7313-4]") {
  Clock clock;
  CHECK_FALSE(clock.stale.end_refresh(k4));
  clock.stale.begin_refresh(k4, kStalePath, clock.now);
  CHECK(clock.next() == 360);
  SECTION("EoRR") {
    CHECK(clock.stale.end_refresh(k4));
    CHECK_FALSE(clock.stale.next_deadline());
  }
  SECTION("no EoRR") {
    CHECK(clock.at(360).flush == FamilySet{k4});
  }
  SECTION("the session ends: what the refresh had marked has lived through no restart") {
    CHECK(clock.end(down()).flush_older.empty());
    CHECK_FALSE(clock.stale.end_refresh(k4));
  }
}
