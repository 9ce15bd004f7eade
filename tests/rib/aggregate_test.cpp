// SPDX-License-Identifier: Apache-2.0
// Aggregates: they come and go with the routes below them, and may stand in their place.
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr Family kIpv4 = Family::Ipv4Unicast;

struct Aggregation {
  explicit Aggregation(std::size_t slice = Rib::kInlineSlice) : rib(slice) { rib.configure(global(), {}); }

  void configure(std::vector<Aggregate> aggregates, const Policies& policies = {}) {
    GlobalSettings settings = global();
    settings.aggregates[kIpv4] = std::move(aggregates);
    rib.configure(settings, policies);
  }
  std::size_t up(const PeerSession& session, const PeerSettings& settings) {
    ids.push_back(rib.add_peer(settings));
    rib.peer_up(ids.back(), session, at(1));
    receivers.emplace_back(session);
    return ids.size() - 1;
  }
  std::size_t up(std::uint32_t n) { return up(ebgp(n), peer_settings(n)); }
  // All that a peer holds, in words.
  std::string held(std::size_t peer) {
    while (rib.work(3)) {
    }
    receivers[peer].drain(rib, ids[peer]);
    std::string all;
    for (const auto& [prefix, attributes] : receivers[peer].table)
      all += (all.empty() ? "" : " ") + wire::to_string(prefix);
    return all;
  }
  const wire::PathAttributes& attributes(std::size_t peer, std::string_view prefix) {
    return receivers[peer].table.at(P(prefix));
  }
  void tell(std::size_t peer, const std::string& prefix, wire::Origin origin = wire::Origin::Igp) {
    wire::PathAttributes a = received_attributes({AS(65001 + static_cast<std::uint32_t>(peer)), AS(7)});
    a.origin = origin;
    rib.on_update(ids[peer], reach({prefix}, a), at(2));
  }

  Rib rib;
  std::vector<PeerId> ids;
  std::vector<Receiver> receivers;
};

Policies one_map(RouteMapEntry entry) {
  Policies policies;
  policies.route_maps["M"].emplace(10, std::move(entry));
  return policies;
}

struct Line {
  bool suppressed = false;
  bool aggregate = false;
  std::string reason;
};
Line shown(const Rib& rib, std::string_view prefix) {
  Line line;
  REQUIRE(rib.find(P(prefix), [&](const RouteView& route) {
    line = {route.paths.front().suppressed, route.paths.front().aggregate,
            std::string(route.paths.front().selection_reason)};
  }));
  return line;
}

}  // namespace

TEST_CASE_METHOD(Aggregation, "an aggregate is there while there are routes below it",
                 "[rfc4271-9.2.2.2][aggregate]") {
  configure({{P("20.0.0.0/8"), false, "", std::nullopt}});
  const std::size_t peer = up(9);
  CHECK(held(peer).empty());
  announce(rib, "20.1.0.0/16");
  announce(rib, "30.0.0.0/8");
  CHECK(held(peer) == "20.0.0.0/8 20.1.0.0/16 30.0.0.0/8");
  announce(rib, "20.1.1.1/32");
  withdraw(rib, "20.1.0.0/16");
  CHECK(held(peer) == "20.0.0.0/8 20.1.1.1/32 30.0.0.0/8");
  withdraw(rib, "20.1.1.1/32");
  CHECK(held(peer) == "30.0.0.0/8");
  // The prefix itself lies not below itself.
  announce(rib, "20.0.0.0/8");
  CHECK_FALSE(shown(rib, "20.0.0.0/8").aggregate);
  withdraw(rib, "20.0.0.0/8");
  CHECK(held(peer) == "30.0.0.0/8");
  CHECK(rib.local_count() == 1);
}

TEST_CASE_METHOD(Aggregation, "an aggregate says who made it and that something is left out",
                 "[rfc4271-5.1.6][rfc4271-5.1.7][rfc9774][aggregate]") {
  configure({{P("20.0.0.0/8"), false, "", std::nullopt}});
  const std::size_t source = up(1);
  const std::size_t peer = up(9);
  tell(source, "20.1.0.0/16");
  CHECK(held(peer) == "20.0.0.0/8 20.1.0.0/16");
  const wire::PathAttributes& aggregate = attributes(peer, "20.0.0.0/8");
  CHECK(wire::to_string(aggregate.as_path) == "64512");
  CHECK(aggregate.med == 0U);
  CHECK(aggregate.atomic_aggregate);
  REQUIRE(aggregate.aggregator);
  CHECK(aggregate.aggregator->as == AS(64512));
  CHECK(aggregate.aggregator->id == wire::RouterId(0x0a000001));
  CHECK(aggregate.origin == wire::Origin::Igp);
  // RFC 4271 §9.2.2.2: the worst origin of all.
  tell(source, "20.2.0.0/16", wire::Origin::Incomplete);
  held(peer);
  CHECK(attributes(peer, "20.0.0.0/8").origin == wire::Origin::Incomplete);
  tell(source, "20.2.0.0/16", wire::Origin::Egp);
  held(peer);
  CHECK(attributes(peer, "20.0.0.0/8").origin == wire::Origin::Egp);
  rib.on_update(ids[source], unreach({"20.2.0.0/16"}), at(3));
  held(peer);
  CHECK(attributes(peer, "20.0.0.0/8").origin == wire::Origin::Igp);
  // Unless the operator knows better.
  configure({{P("20.0.0.0/8"), false, "", wire::Origin::Incomplete}});
  held(peer);
  CHECK(attributes(peer, "20.0.0.0/8").origin == wire::Origin::Incomplete);
  // A lost session takes the aggregate along.
  rib.peer_down(ids[source], {});
  CHECK(held(peer).empty());
}

TEST_CASE_METHOD(Aggregation, "a suppress-map hides what it permits, an unsuppress-map shows it again",
                 "[aggregate]") {
  Policies policies;
  policies.route_maps["S"][10] = {10, Permit::Permit, "", {MatchPrefixLength{kIpv4, 24}}, {}};
  policies.route_maps["U"][10] = {
      10, Permit::Permit, "", {MatchOrigin{wire::Origin::Egp}}, {SetMetric{{}, 5}}};
  Aggregate aggregate{P("20.0.0.0/8"), false, "", std::nullopt};
  aggregate.suppress_map = "S";
  configure({aggregate}, policies);
  const std::size_t source = up(1);
  const std::size_t peer = up(9);
  PeerSettings revealing = peer_settings(8);
  revealing.families[kIpv4].unsuppress_map = "U";
  const std::size_t revealed = up(ebgp(8), revealing);
  tell(source, "20.1.0.0/16");
  tell(source, "20.1.1.0/24");
  tell(source, "20.1.2.0/24", wire::Origin::Egp);
  CHECK(held(peer) == "20.0.0.0/8 20.1.0.0/16");
  CHECK(held(revealed) == "20.0.0.0/8 20.1.0.0/16 20.1.2.0/24");
  CHECK(attributes(revealed, "20.1.2.0/24").med == 5U);
  CHECK(shown(rib, "20.1.1.0/24").suppressed);
  CHECK_FALSE(shown(rib, "20.1.0.0/16").suppressed);
  // Another map, other routes.
  policies.route_maps["S"][10].matches = {MatchPrefixLength{kIpv4, 16}};
  configure({aggregate}, policies);
  CHECK(held(peer) == "20.0.0.0/8 20.1.1.0/24 20.1.2.0/24");
  configure({}, policies);
  CHECK(held(peer) == "20.1.0.0/16 20.1.1.0/24 20.1.2.0/24");
}

TEST_CASE_METHOD(Aggregation, "matching-MED-only: different MEDs below, and there is no aggregate",
                 "[aggregate]") {
  Aggregate aggregate{P("20.0.0.0/8"), true, "", std::nullopt};
  aggregate.matching_med_only = true;
  configure({aggregate});
  const std::size_t source = up(1);
  const std::size_t peer = up(9);
  const auto tell_med = [&](const std::string& prefix, std::uint32_t med) {
    wire::PathAttributes a = received_attributes({AS(65001), AS(7)});
    a.med = med;
    rib.on_update(ids[source], reach({prefix}, a), at(2));
  };
  tell_med("20.1.0.0/16", 5);
  tell_med("20.2.0.0/16", 5);
  CHECK(held(peer) == "20.0.0.0/8");
  tell_med("20.2.0.0/16", 6);
  CHECK(held(peer) == "20.1.0.0/16 20.2.0.0/16");
  tell_med("20.1.0.0/16", 6);
  CHECK(held(peer) == "20.0.0.0/8");
  tell_med("20.3.0.0/16", 7);
  CHECK(held(peer) == "20.1.0.0/16 20.2.0.0/16 20.3.0.0/16");
  rib.on_update(ids[source], unreach({"20.3.0.0/16"}), at(3));
  CHECK(held(peer) == "20.0.0.0/8");
}

TEST_CASE("summary-only keeps what lies below from peers, before and after", "[aggregate]") {
  for (const std::size_t slice : {Rib::kInlineSlice, std::size_t{1}}) {
    INFO(slice);
    Aggregation lab(slice);
    const std::size_t peer = lab.up(9);
    announce(lab.rib, "20.1.0.0/16");
    announce(lab.rib, "20.2.0.0/16");
    announce(lab.rib, "30.0.0.0/8");
    CHECK(lab.held(peer) == "20.1.0.0/16 20.2.0.0/16 30.0.0.0/8");
    lab.configure({{P("20.0.0.0/8"), true, "", std::nullopt}});
    CHECK(lab.held(peer) == "20.0.0.0/8 30.0.0.0/8");
    CHECK(shown(lab.rib, "20.1.0.0/16").suppressed);
    CHECK_FALSE(shown(lab.rib, "30.0.0.0/8").suppressed);
    const std::size_t late = lab.up(8);
    CHECK(lab.held(late) == "20.0.0.0/8 30.0.0.0/8");
    const std::size_t announced = lab.receivers[peer].announced;
    announce(lab.rib, "20.3.0.0/16");
    withdraw(lab.rib, "20.1.0.0/16");
    CHECK(lab.held(peer) == "20.0.0.0/8 30.0.0.0/8");
    CHECK(lab.receivers[peer].announced == announced);
    lab.configure({{P("20.0.0.0/8"), false, "", std::nullopt}});
    CHECK(lab.held(peer) == "20.0.0.0/8 20.2.0.0/16 20.3.0.0/16 30.0.0.0/8");
    lab.configure({});
    CHECK(lab.held(peer) == "20.2.0.0/16 20.3.0.0/16 30.0.0.0/8");
    CHECK(lab.rib.local_count() == 3);
    CHECK(lab.held(late) == lab.held(peer));
  }
}

TEST_CASE_METHOD(Aggregation, "aggregates within aggregates", "[aggregate]") {
  configure({{P("20.0.0.0/8"), true, "", std::nullopt}, {P("20.1.0.0/16"), true, "", std::nullopt}});
  const std::size_t peer = up(9);
  announce(rib, "20.1.1.0/24");
  // As in FRR an aggregate neither makes nor hides behind another one.
  CHECK(held(peer) == "20.0.0.0/8 20.1.0.0/16");
  // What somebody asked for goes before what was made of others, and lies below the wider one.
  announce(rib, "20.1.0.0/16", "uid 7");
  CHECK(held(peer) == "20.0.0.0/8");
  CHECK(shown(rib, "20.1.0.0/16").suppressed);
  CHECK_FALSE(shown(rib, "20.1.0.0/16").aggregate);
  withdraw(rib, "20.1.1.0/24");
  CHECK(held(peer) == "20.0.0.0/8");
  withdraw(rib, "20.1.0.0/16", "uid 7");
  CHECK(held(peer).empty());
}

TEST_CASE_METHOD(Aggregation, "a route map changes an aggregate, or denies it and hides nothing then",
                 "[aggregate]") {
  RouteMapEntry entry;
  entry.seq = 10;
  entry.sets.push_back(SetCommunity{{C("65000:1")}, false});
  configure({{P("20.0.0.0/8"), true, "M", std::nullopt}}, one_map(entry));
  const std::size_t peer = up(9);
  announce(rib, "20.1.0.0/16");
  CHECK(held(peer) == "20.0.0.0/8");
  CHECK(attributes(peer, "20.0.0.0/8").communities.contains(C("65000:1")));
  entry.sets = {SetCommunity{{C("65000:2")}, false}};
  configure({{P("20.0.0.0/8"), true, "M", std::nullopt}}, one_map(entry));
  held(peer);
  CHECK(attributes(peer, "20.0.0.0/8").communities.contains(C("65000:2")));
  entry.action = Permit::Deny;
  configure({{P("20.0.0.0/8"), true, "M", std::nullopt}}, one_map(entry));
  CHECK(held(peer) == "20.1.0.0/16");
  configure({{P("20.0.0.0/8"), true, "unknown", std::nullopt}});
  CHECK(held(peer) == "20.1.0.0/16");
}

TEST_CASE_METHOD(Aggregation, "with several paths all of a suppressed route are kept",
                 "[add-path][aggregate]") {
  PeerSession session = ebgp(9);
  session.codec.add_path_send = {kIpv4};
  PeerSettings settings = peer_settings(9);
  settings.families[kIpv4].paths.kind = PathSelection::Kind::All;
  const std::size_t one = up(1);
  const std::size_t two = up(2);
  const std::size_t peer = up(session, settings);
  tell(one, "20.1.0.0/16");
  tell(two, "20.1.0.0/16");
  held(peer);
  CHECK(receivers[peer].paths.at(P("20.1.0.0/16")).size() == 2);
  configure({{P("20.0.0.0/8"), true, "", std::nullopt}});
  CHECK(held(peer) == "20.0.0.0/8");
  configure({});
  CHECK(held(peer) == "20.1.0.0/16");
  CHECK(receivers[peer].paths.at(P("20.1.0.0/16")).size() == 2);
}

TEST_CASE_METHOD(Aggregation, "what comes and goes within one commit leaves the aggregate alone",
                 "[coalescing][aggregate]") {
  configure({{P("20.0.0.0/8"), false, "", std::nullopt}});
  const std::size_t peer = up(9);
  announce(rib, "20.1.0.0/16");
  held(peer);
  const std::uint64_t version = rib.summary(kIpv4).version;
  const std::vector<LocalChange> swap{std::vector{P("20.1.0.0/16")}, local("20.2.0.0/16")};
  rib.commit("app", swap, at(2));
  CHECK(rib.summary(kIpv4).version == version + 2);
  CHECK(held(peer) == "20.0.0.0/8 20.2.0.0/16");
  CHECK(receivers[peer].announced == 3);
}

}  // namespace lbgp::rib::test
