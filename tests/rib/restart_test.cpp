// SPDX-License-Identifier: Apache-2.0
// Routes that outlive a session or a refresh: generations, LLGR_STALE, BoRR and EoRR; and too many routes.
#include <functional>

#include "rib/decision.hpp"
#include "rib/export_rules.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr Family k4 = Family::Ipv4Unicast;
using Table = std::vector<std::string>;

struct Router {
  explicit Router(std::size_t slice = Rib::kInlineSlice) : rib(slice) { rib.configure(global(), {}); }
  PeerId add(std::uint32_t n, const std::function<void(FamilySettings&)>& change = {}) {
    PeerSettings settings = peer_settings(n);
    if (change) change(settings.families[k4]);
    const PeerId peer = rib.add_peer(settings);
    rib.peer_up(peer, ebgp(n), at(1));
    return peer;
  }
  UpdateOutcome tell(PeerId peer, std::uint32_t n, std::vector<std::string> prefixes,
                     std::vector<wire::Community> communities = {}) {
    wire::PathAttributes attributes = received_attributes({AS(65000 + n)});
    for (const wire::Community& community : communities) attributes.communities.insert(community);
    return rib.on_update(peer, reach(std::move(prefixes), std::move(attributes)), at(2));
  }
  void end_of_rib(PeerId peer) {
    wire::Update update;
    update.end_of_rib = k4;
    rib.on_update(peer, update, at(3));
  }
  // "10.1.0.0/16 stale llgr": the best path of each route.
  [[nodiscard]] Table table() const {
    Table all;
    rib.for_each_route(k4, [&](const RouteView& route) {
      const PathView& best = route.paths.front();
      all.push_back(wire::to_string(route.prefix) + (best.stale ? " stale" : "") +
                    (best.attributes->communities.contains(wire::kLlgrStale) ? " llgr" : ""));
    });
    return all;
  }
  [[nodiscard]] PeerCounters counters(PeerId peer) const { return rib.counters(peer, k4); }

  Rib rib;
};

// The messages of a run of bytes: "update", "end", "begin refresh", "end refresh", "withdraw".
std::vector<std::string> messages(const wire::Bytes& bytes, const PeerSession& session) {
  std::vector<std::string> all;
  wire::Framer framer;
  framer.append(bytes);
  for (auto frame = framer.next(); frame && *frame; frame = framer.next()) {
    if ((*frame)->type == wire::MessageType::RouteRefresh) {
      const auto refresh = wire::decode_route_refresh((*frame)->body);
      REQUIRE(refresh.has_value());
      CHECK(refresh->family == wire::afi_safi(k4));
      all.emplace_back(refresh->subtype == 1 ? "begin refresh" : "end refresh");
      continue;
    }
    const auto update = wire::decode_update((*frame)->body, session.codec, {});
    REQUIRE(update.has_value());
    all.emplace_back(update->end_of_rib ? "end" : update->reach.empty() ? "withdraw" : "update");
  }
  return all;
}

PeerSession enhanced(std::uint32_t n) {
  PeerSession session = ebgp(n);
  session.enhanced_route_refresh = true;
  session.codec.families = {k4};
  return session;
}

}  // namespace

TEST_CASE("stale routes are counted as they are confirmed and flushed", "[rfc4724-4.2][inbound]") {
  Router router;
  const PeerId peer = router.add(1, [](FamilySettings& f) { f.soft_reconfiguration_inbound = true; });
  router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"});
  CHECK(router.counters(peer).stale == 0);
  router.rib.peer_down(peer, {k4});
  CHECK(router.counters(peer).stale == 3);
  router.rib.peer_up(peer, ebgp(1), at(5));
  router.tell(peer, 1, {"10.1.0.0/16", "10.4.0.0/16"});
  CHECK(router.counters(peer).stale == 2);
  router.rib.on_update(peer, unreach({"10.2.0.0/16"}), at(6));
  CHECK(router.counters(peer).stale == 1);
  CHECK(router.counters(peer).received == 3);
  router.end_of_rib(peer);
  CHECK(router.counters(peer).stale == 0);
  CHECK(router.table() == Table{"10.1.0.0/16", "10.4.0.0/16"});
}

TEST_CASE("what was stale already stays where that is asked for", "[rfc8538-4.1][rfc9494-4.2][inbound]") {
  Router router;
  const PeerId peer = router.add(1);
  router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16"});
  router.rib.peer_down(peer, {k4});
  router.rib.peer_up(peer, ebgp(1), at(5));
  router.tell(peer, 1, {"10.1.0.0/16"});
  router.rib.peer_down(peer, {k4}, {k4});
  CHECK(router.table() == Table{"10.1.0.0/16 stale", "10.2.0.0/16 stale"});
  CHECK(router.counters(peer).stale == 2);
  router.rib.peer_up(peer, ebgp(1), at(6));
  router.tell(peer, 1, {"10.2.0.0/16"});
  router.end_of_rib(peer);
  CHECK(router.table() == Table{"10.2.0.0/16"});
}

TEST_CASE("even so a peer that never says all has only its latest routes in the end", "[inbound]") {
  Router router(1);  // all sweeping is left to work(), which nobody calls
  const PeerId peer = router.add(1);
  router.tell(peer, 1, {"10.250.0.0/16"});
  for (int i = 0; i < 200; ++i) {
    router.rib.peer_down(peer, {k4}, {k4});
    router.rib.peer_up(peer, ebgp(1), at(i));
    router.tell(peer, 1, {"10." + std::to_string(i) + ".0.0/16"});
  }
  while (router.rib.work(100)) {
  }
  const PeerCounters counters = router.counters(peer);
  CHECK(counters.received < 64);
  CHECK(counters.stale == counters.received - 1);
  router.rib.flush_stale(peer, {k4});
  while (router.rib.work(100)) {
  }
  CHECK(router.table() == Table{"10.199.0.0/16"});
}

TEST_CASE("long-lived stale routes carry LLGR_STALE, those with NO_LLGR go", "[rfc9494-4.2][inbound]") {
  Router router;
  const bool soft = GENERATE(false, true);
  const PeerId peer = router.add(1, [&](FamilySettings& f) { f.soft_reconfiguration_inbound = soft; });
  router.tell(peer, 1, {"10.1.0.0/16"});
  router.tell(peer, 1, {"10.2.0.0/16"}, {wire::kNoLlgr});
  router.rib.peer_down(peer, {k4});
  CHECK(router.table() == Table{"10.1.0.0/16 stale", "10.2.0.0/16 stale"});
  router.rib.make_long_lived_stale(peer, {k4});
  CHECK(router.table() == Table{"10.1.0.0/16 stale llgr"});
  CHECK(router.counters(peer).stale == 1);
  CHECK(router.counters(peer).received == 1);
  router.rib.peer_up(peer, ebgp(1), at(5));
  router.tell(peer, 1, {"10.1.0.0/16"});
  CHECK(router.table() == Table{"10.1.0.0/16"});
}

TEST_CASE("only what is stale becomes long-lived, also in slices", "[rfc9494-4.2][inbound]") {
  Router router(1);
  const PeerId peer = router.add(1);
  router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"});
  router.rib.peer_down(peer, {k4});
  router.rib.make_long_lived_stale(peer, {k4});
  router.rib.peer_up(peer, ebgp(1), at(5));
  router.tell(peer, 1, {"10.3.0.0/16"});
  while (router.rib.work(1)) {
  }
  CHECK(router.table() == Table{"10.1.0.0/16 stale llgr", "10.2.0.0/16 stale llgr", "10.3.0.0/16"});
}

TEST_CASE("a least preferred route loses against any other", "[rfc9494-4.4][rfc9494-4.3]") {
  Router router;
  const PeerId first = router.add(1, [](FamilySettings& f) { f.weight = 1000; });
  const PeerId second = router.add(2);
  router.tell(first, 1, {"10.1.0.0/16"});
  router.tell(second, 2, {"10.1.0.0/16"});
  const auto best = [&] {
    std::pair<PeerId, std::string> found;
    router.rib.find(P("10.1.0.0/16"), [&](const RouteView& route) {
      found = {*route.paths.front().peer, std::string(route.paths.front().selection_reason)};
    });
    return found;
  };
  CHECK(best() == std::pair{first, std::string("Weight")});
  SECTION("marked here") {
    router.rib.peer_down(first, {k4});
    CHECK(best().first == first);
    router.rib.make_long_lived_stale(first, {k4});
  }
  SECTION("received so") {
    router.tell(first, 1, {"10.1.0.0/16"}, {wire::kLlgrStale});
  }
  CHECK(best() == std::pair{second, std::string("Path Staleness")});
  // Among least preferred ones the usual steps decide.
  router.tell(second, 2, {"10.1.0.0/16"}, {wire::kLlgrStale});
  CHECK(best() == std::pair{first, std::string("Weight")});
}

TEST_CASE("a stale path is no equal of a fresh one, and our own are never stale", "[rfc9494-4.4]") {
  Candidate fresh;
  fresh.ebgp = true;
  Candidate stale = fresh;
  stale.key.long_lived_stale = true;
  CHECK(equal_for_multipath(fresh, fresh, global()));
  CHECK_FALSE(equal_for_multipath(fresh, stale, global()));
  Candidate own = stale;
  own.local = true;
  own.key.weight = 32768;
  CHECK(decide(std::array{fresh, own}, global()).best == 1);
}

TEST_CASE("LLGR_STALE goes to those who understand it, and stays on", "[rfc9494-4.3][export]") {
  ExportKey key = make_export_key({}, peer_settings(1), ebgp(1), k4);
  const PolicyContext route{P("10.8.0.1/32"), std::nullopt};
  wire::PathAttributes stale = received_attributes({AS(65009)});
  stale.next_hop = {A("10.0.0.1"), {}};
  stale.communities = {};
  stale.communities.insert(wire::kLlgrStale);
  const auto sent = [&](SourceKind source) {
    return export_path(key, Policy{}, 100, {source, {}}, route, {stale, 0});
  };
  CHECK_FALSE(sent(SourceKind::Ebgp));
  CHECK_FALSE(sent(SourceKind::Ibgp));
  CHECK(sent(SourceKind::Local));  // what our own clients say is theirs to say
  key.long_lived = true;
  REQUIRE(sent(SourceKind::Ebgp));
  key.send_community = false;
  REQUIRE(sent(SourceKind::Ebgp));
  CHECK(sent(SourceKind::Ebgp)->path.communities.contains(wire::kLlgrStale));
}

TEST_CASE("a route that becomes long-lived stale is withdrawn from who does not understand it",
          "[rfc9494-4.3][rib-out]") {
  Router router;
  const PeerId source = router.add(1);
  router.tell(source, 1, {"10.1.0.0/16"});
  PeerSession knows = ebgp(2);
  knows.long_lived = true;
  const PeerId second = router.rib.add_peer(peer_settings(2));
  const PeerId third = router.rib.add_peer(peer_settings(3));
  router.rib.peer_up(second, knows, at(3));
  router.rib.peer_up(third, ebgp(3), at(3));
  Receiver to_second(knows);
  Receiver to_third(ebgp(3));
  to_second.drain(router.rib, second);
  to_third.drain(router.rib, third);
  CHECK(to_second.table.size() == 1);
  CHECK(to_third.table.size() == 1);
  router.rib.peer_down(source, {k4});
  router.rib.make_long_lived_stale(source, {k4});
  to_second.drain(router.rib, second);
  to_third.drain(router.rib, third);
  CHECK(to_second.table.size() == 1);
  CHECK(to_third.table.empty());
}

TEST_CASE("a refresh confirms or purges what the peer had said", "[rfc7313-4][inbound]") {
  Router router;
  const PeerId peer = router.add(1);
  router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16"});
  router.end_of_rib(peer);
  router.rib.begin_refresh(peer, k4);
  CHECK(router.table() == Table{"10.1.0.0/16 stale", "10.2.0.0/16 stale"});
  router.tell(peer, 1, {"10.1.0.0/16"});
  SECTION("EoRR") {
    router.rib.flush_stale(peer, {k4});
    CHECK(router.table() == Table{"10.1.0.0/16"});
  }
  SECTION("a second BoRR marks all again") {
    router.rib.begin_refresh(peer, k4);
    CHECK(router.table() == Table{"10.1.0.0/16 stale", "10.2.0.0/16 stale"});
    router.tell(peer, 1, {"10.2.0.0/16"});
    router.rib.flush_stale(peer, {k4});
    CHECK(router.table() == Table{"10.2.0.0/16"});
  }
  SECTION("a needless End-of-RIB does not end it") {
    router.end_of_rib(peer);
    CHECK(router.table() == Table{"10.1.0.0/16", "10.2.0.0/16 stale"});
  }
}

TEST_CASE("End-of-RIB behind BoRR purges nothing", "[rfc7313-4][inbound]") {
  Router router;
  const PeerId peer = router.add(1);
  router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16"});
  router.rib.begin_refresh(peer, k4);
  router.tell(peer, 1, {"10.1.0.0/16"});
  router.end_of_rib(peer);
  CHECK(router.table() == Table{"10.1.0.0/16", "10.2.0.0/16 stale"});
  router.rib.flush_stale(peer, {k4});
  CHECK(router.table() == Table{"10.1.0.0/16"});
}

TEST_CASE("however often a peer asks meanwhile, it is refreshed once more", "[rfc2918-4][rib-out]") {
  Router router;
  announce(router.rib, "10.8.0.1/32");
  const PeerId peer = router.rib.add_peer(peer_settings(1));
  PeerSession plain = enhanced(1);
  plain.enhanced_route_refresh = false;
  router.rib.peer_up(peer, plain, at(1));
  router.rib.release_end_of_rib();
  const auto pulled = [&] {
    wire::Bytes bytes;
    while (router.rib.pull(peer, bytes, 65536)) {
    }
    return messages(bytes, plain);
  };
  CHECK(pulled() == Table{"update", "end"});
  for (int i = 0; i < 1000; ++i) router.rib.on_route_refresh(peer, k4);
  CHECK(pulled() == Table{"update"});
  CHECK(pulled().empty());
}

TEST_CASE("a refresh that we send stands between BoRR and EoRR", "[rfc7313-4][rib-out]") {
  Router router;
  announce(router.rib, "10.8.0.1/32");
  const PeerId peer = router.rib.add_peer(peer_settings(1));
  router.rib.peer_up(peer, enhanced(1), at(1));
  const auto pulled = [&] {
    wire::Bytes bytes;
    while (router.rib.pull(peer, bytes, 65536)) {
    }
    return messages(bytes, enhanced(1));
  };
  const Table refresh{"begin refresh", "update", "end refresh"};
  SECTION("asked before our End-of-RIB: it comes after that") {
    router.rib.on_route_refresh(peer, k4);
    CHECK(pulled() == Table{"update"});
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"end", "begin refresh", "update", "end refresh"});
    CHECK_FALSE(router.rib.has_output(peer));
  }
  SECTION("asked later") {
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"update", "end"});
    router.rib.on_route_refresh(peer, k4);
    CHECK(router.rib.has_output(peer));
    CHECK(pulled() == refresh);
    CHECK(pulled().empty());
  }
  SECTION("withdrawals that were pending go first, none is lost") {
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"update", "end"});
    announce(router.rib, "10.8.0.2/32");
    CHECK(pulled() == Table{"update"});
    withdraw(router.rib, "10.8.0.2/32");
    router.rib.on_route_refresh(peer, k4);
    CHECK(pulled() == Table{"withdraw", "begin refresh", "update", "end refresh"});
  }
  SECTION("asked again meanwhile: once more, when the first is complete") {
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"update", "end"});
    router.rib.on_route_refresh(peer, k4);
    wire::Bytes bytes;
    REQUIRE(router.rib.pull(peer, bytes, 1));
    CHECK(messages(bytes, enhanced(1)) == Table{"begin refresh"});
    router.rib.on_route_refresh(peer, k4);
    router.rib.on_route_refresh(peer, k4);
    CHECK(pulled() == Table{"update", "end refresh", "begin refresh", "update", "end refresh"});
  }
  SECTION("an empty table is refreshed as well") {
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"update", "end"});
    withdraw(router.rib, "10.8.0.1/32");
    CHECK(pulled() == Table{"withdraw"});
    router.rib.on_route_refresh(peer, k4);
    CHECK(pulled() == Table{"begin refresh", "end refresh"});
  }
  SECTION("the next session knows nothing of it") {
    router.rib.release_end_of_rib();
    CHECK(pulled() == Table{"update", "end"});
    router.rib.on_route_refresh(peer, k4);
    router.rib.peer_down(peer, {});
    router.rib.peer_up(peer, enhanced(1), at(2));
    CHECK(pulled() == Table{"update", "end"});
  }
}

TEST_CASE("End-of-RIB goes to every peer and family, and is known to have gone", "[rfc4724-2][rib-out]") {
  Router router;
  const PeerId peer = router.add(1);
  CHECK_FALSE(router.rib.end_of_rib_sent(peer));
  router.rib.release_end_of_rib();
  wire::Bytes bytes;
  while (router.rib.pull(peer, bytes, 65536)) {
  }
  CHECK(messages(bytes, ebgp(1)) == Table{"end", "end"});
  CHECK(router.rib.end_of_rib_sent(peer));
  router.rib.peer_down(peer, {});
  CHECK_FALSE(router.rib.end_of_rib_sent(peer));
}

TEST_CASE("a threshold is crossed once, and again after a fall", "[maximum-prefix][inbound]") {
  Router router;
  const PeerId peer = router.add(1, [](FamilySettings& f) {
    f.maximum_prefix = 4;
    f.maximum_prefix_threshold = 50;
  });
  using enum PrefixLevel;
  const auto tell = [&](const std::string& prefix) { return router.tell(peer, 1, {prefix}); };
  CHECK(tell("10.1.0.0/16").reached[k4] == Normal);
  CHECK(tell("10.2.0.0/16").reached[k4] == Normal);  // half, not more
  CHECK(tell("10.3.0.0/16").reached[k4] == Threshold);
  CHECK(tell("10.4.0.0/16").reached[k4] == Normal);  // said already
  router.rib.on_update(peer, unreach({"10.3.0.0/16", "10.4.0.0/16"}), at(3));
  CHECK(tell("10.3.0.0/16").reached[k4] == Threshold);
  tell("10.4.0.0/16");
  const UpdateOutcome over = tell("10.5.0.0/16");
  CHECK(over.reached[k4] == Exceeded);
  CHECK(over.over_maximum_prefix == k4);
}

TEST_CASE("beyond the limit nothing is stored", "[rfc4486-4][maximum-prefix][inbound]") {
  Router router;
  const bool warning_only = GENERATE(false, true);
  const PeerId peer = router.add(1, [&](FamilySettings& f) {
    f.maximum_prefix = 2;
    f.maximum_prefix_warning_only = warning_only;
  });
  std::vector<std::string> many;
  for (int i = 0; i < 100; ++i) many.push_back("10." + std::to_string(i) + ".0.0/16");
  const UpdateOutcome outcome = router.tell(peer, 1, many);
  CHECK(outcome.over_maximum_prefix.has_value() == !warning_only);
  CHECK(outcome.reached[k4] == PrefixLevel::Exceeded);
  CHECK(router.counters(peer).received == (warning_only ? 100 : 3));
}

TEST_CASE("force counts what the policy denies", "[maximum-prefix][inbound]") {
  for (const bool force : {false, true}) {
    Router router;
    PeerSettings settings = peer_settings(1);
    settings.ebgp_requires_policy = true;  // and there is none: all is denied
    settings.families[k4].maximum_prefix = 1;
    settings.families[k4].maximum_prefix_force = force;
    const PeerId peer = router.rib.add_peer(settings);
    router.rib.peer_up(peer, ebgp(1), at(1));
    CHECK(router.tell(peer, 1, {"10.1.0.0/16", "10.2.0.0/16"}).over_maximum_prefix.has_value() == force);
    CHECK(router.table().empty());
  }
}

}  // namespace lbgp::rib::test
