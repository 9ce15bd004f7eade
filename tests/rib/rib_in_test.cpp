// SPDX-License-Identifier: Apache-2.0
// What peers tell us: acceptance, policy, limits, graceful restart.
#include "rib/inbound.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

struct In {
  explicit In(PeerSettings settings = peer_settings(1), PeerSession with = ebgp(1))
      : session(std::move(with)) {
    rib.configure(global(), policies());
    peer = rib.add_peer(std::move(settings));
    rib.peer_up(peer, session, at(1));
  }
  static Policies policies(std::uint32_t pref = 300) {
    Policies all;
    all.prefix_lists[Family::Ipv4Unicast]["ten"].entries[5] = {
        5, Permit::Permit, P("10.0.0.0/8"), {}, std::uint8_t{32}};
    all.route_maps["prefer"][10] = {10, Permit::Permit, "", {}, {SetLocalPreference{pref}}};
    return all;
  }
  UpdateOutcome tell(std::vector<std::string> prefixes, std::vector<wire::AsNumber> path = {AS(65001)}) {
    return rib.on_update(peer, reach(std::move(prefixes), received_attributes(std::move(path))), at(2));
  }
  [[nodiscard]] std::vector<std::string> table() const {
    std::vector<std::string> all;
    rib.for_each_route(Family::Ipv4Unicast, [&](const RouteView& route) {
      all.push_back(wire::to_string(route.prefix) + (route.paths.front().stale ? " stale" : ""));
    });
    return all;
  }
  [[nodiscard]] PeerCounters counters() const { return rib.counters(peer, Family::Ipv4Unicast); }

  Rib rib;
  PeerSession session;
  PeerId peer;
};

PeerSettings with(std::function<void(FamilySettings&)> change) {
  PeerSettings settings = peer_settings(1);
  for (const Family family : wire::kFamilies) change(settings.families[family]);
  return settings;
}

void end_of_rib(In& in) {
  wire::Update update;
  update.end_of_rib = Family::Ipv4Unicast;
  in.rib.on_update(in.peer, update, at(3));
}

}  // namespace

TEST_CASE("received paths are checked before any policy", "[rfc4271-9.1.2][rfc4456-8][inbound]") {
  const GlobalSettings all = global();
  PeerSettings peer = peer_settings(1);
  wire::PathAttributes good = received_attributes({AS(65001), AS(7)});
  good.next_hop.address = A("10.0.0.1");
  const auto check = [&](const PeerSession& session, const wire::PathAttributes& a) {
    return check_received({all, peer, session}, Family::Ipv4Unicast, a);
  };
  CHECK(check(ebgp(1), good) == Rejection::None);

  wire::PathAttributes a = good;
  a.as_path = wire::AsPath::sequence({AS(65002)});
  CHECK(check(ebgp(1), a) == Rejection::FirstAs);
  CHECK(check(ibgp(1), a) == Rejection::None);

  a.as_path = wire::AsPath::sequence({AS(65001), AS(64512)});
  CHECK(check(ebgp(1), a) == Rejection::AsLoop);
  peer.families[Family::Ipv4Unicast].allowas_in = 1;
  CHECK(check(ebgp(1), a) == Rejection::None);
  a.as_path = wire::AsPath::sequence({AS(65001), AS(64512), AS(64512)});
  CHECK(check(ebgp(1), a) == Rejection::AsLoop);

  a = good;
  a.originator_id = all.router_id;
  CHECK(check(ibgp(1), a) == Rejection::OriginatorLoop);
  a = good;
  a.cluster_list = {wire::RouterId(9), all.router_id};
  CHECK(check(ibgp(1), a) == Rejection::ClusterLoop);
}

TEST_CASE("a next hop must be somebody else's and of the family", "[rfc4271-5.1.3][inbound]") {
  const GlobalSettings all = global();
  const PeerSettings peer = peer_settings(1);
  PeerSession session = ebgp(1);
  const auto check = [&](Family family, std::string_view next_hop) {
    wire::PathAttributes a = received_attributes({AS(65001)});
    a.next_hop.address = A(next_hop);
    return check_received({all, peer, session}, family, a);
  };
  for (const char* bad : {"0.0.0.0", "224.0.0.1", "10.0.0.254", "2001:db8::1"})
    CHECK(check(Family::Ipv4Unicast, bad) == Rejection::UnusableNextHop);
  CHECK(check(Family::Ipv4Unicast, "10.0.0.9") == Rejection::None);
  CHECK(check(Family::Ipv6Unicast, "10.0.0.9") == Rejection::UnusableNextHop);
  CHECK(check(Family::Ipv6Unicast, "2001:db8::254") == Rejection::UnusableNextHop);
  CHECK(check(Family::Ipv6Unicast, "fe80::1") == Rejection::None);
  session.codec.extended_next_hop = {Family::Ipv4Unicast};
  CHECK(check(Family::Ipv4Unicast, "2001:db8::1") == Rejection::None);
}

TEST_CASE("LOCAL_PREF and reflection attributes of an external peer mean nothing",
          "[rfc4271-5.1.5][rfc4456-8][inbound]") {
  wire::PathAttributes a = received_attributes({AS(65001)});
  a.local_pref = 5;
  a.originator_id = wire::RouterId(1);
  a.cluster_list = {wire::RouterId(1)};
  wire::PathAttributes kept = a;
  const GlobalSettings all = global();
  const PeerSettings peer = peer_settings(1);
  normalize_received({all, peer, ibgp(1)}, kept);
  CHECK((kept == a));
  normalize_received({all, peer, ebgp(1)}, a);
  CHECK((a == received_attributes({AS(65001)})));
}

TEST_CASE("what is accepted is counted, what is withdrawn goes", "[inbound]") {
  In in;
  CHECK(in.tell({"10.1.0.0/16", "10.2.0.0/16"}).accepted == 2);
  CHECK(in.counters().received == 2);
  CHECK(in.counters().accepted == 2);
  in.rib.on_update(in.peer, unreach({"10.1.0.0/16", "10.9.0.0/16"}), at(3));
  CHECK(in.table() == std::vector<std::string>{"10.2.0.0/16"});
  CHECK(in.counters().received == 1);
}

TEST_CASE("a looped path replaces the good one before it", "[rfc4271-9.1.2][inbound]") {
  In in;
  in.tell({"10.1.0.0/16"});
  const UpdateOutcome outcome = in.tell({"10.1.0.0/16", "10.2.0.0/16"}, {AS(65001), AS(64512)});
  CHECK(outcome.rejected == 2);
  CHECK(outcome.accepted == 0);
  CHECK(in.table().empty());
  CHECK(in.counters().received == 0);
}

TEST_CASE("an external peer without inbound policy is believed nothing", "[rfc8212-2][inbound]") {
  const bool soft = GENERATE(false, true);
  PeerSettings settings = with([&](FamilySettings& f) { f.soft_reconfiguration_inbound = soft; });
  settings.ebgp_requires_policy = true;
  In in(settings);
  CHECK(in.tell({"10.1.0.0/16"}).denied == 1);
  CHECK(in.table().empty());
  CHECK(in.counters().policy_missing_in);
  CHECK(in.counters().received == (soft ? 1U : 0U));
  CHECK(in.counters().accepted == 0);
  std::size_t filtered = 0;
  in.rib.for_each_received(in.peer, Family::Ipv4Unicast,
                           [&](const AdjView& view) { filtered += view.filtered; });
  CHECK(filtered == (soft ? 1U : 0U));
}

TEST_CASE("with soft reconfiguration received and used attributes are both there", "[inbound]") {
  In in(with([](FamilySettings& f) {
    f.soft_reconfiguration_inbound = true;
    f.prefix_list_in = "ten";
    f.route_map_in = "prefer";
  }));
  const UpdateOutcome outcome = in.tell({"10.1.0.0/16", "20.0.0.0/8"});
  CHECK(outcome.accepted == 1);
  CHECK(outcome.denied == 1);
  CHECK(in.counters().received == 2);
  CHECK(in.counters().accepted == 1);
  std::vector<std::string> received;
  in.rib.for_each_received(in.peer, Family::Ipv4Unicast, [&](const AdjView& view) {
    CHECK_FALSE(view.attributes->local_pref);
    received.push_back(wire::to_string(view.prefix) + (view.filtered ? " filtered" : "") +
                       (view.best ? " best" : ""));
  });
  CHECK(received == std::vector<std::string>{"10.1.0.0/16 best", "20.0.0.0/8 filtered"});
  in.rib.find(P("10.1.0.0/16"),
              [](const RouteView& r) { CHECK(r.paths.front().attributes->local_pref == 300U); });
  in.rib.on_update(in.peer, unreach({"10.1.0.0/16", "20.0.0.0/8"}), at(3));
  CHECK(in.counters().received == 0);
}

TEST_CASE("soft reconfiguration that is asked for mid-session asks for the routes again, and goes in silence",
          "[rfc2918][inbound]") {
  const auto settings = [](bool soft) {
    return with([&](FamilySettings& f) {
      f.soft_reconfiguration_inbound = soft;
      f.prefix_list_in = "ten";
    });
  };
  In in(settings(false));
  in.tell({"10.1.0.0/16", "20.0.0.0/8"});
  CHECK(in.counters().received == 1);
  in.rib.change_peer(in.peer, settings(true));
  CHECK(in.rib.take_refresh_requests() ==
        std::vector<RefreshRequest>{{in.peer, Family::Ipv4Unicast}, {in.peer, Family::Ipv6Unicast}});
  in.tell({"10.1.0.0/16", "20.0.0.0/8"});
  CHECK(in.counters().received == 2);
  in.rib.change_peer(in.peer, settings(false));
  CHECK(in.rib.take_refresh_requests().empty());
  CHECK(in.table() == std::vector<std::string>{"10.1.0.0/16"});
  in.tell({"10.1.0.0/16", "20.0.0.0/8"});
  CHECK(in.counters().received == 1);
}

TEST_CASE("a changed inbound policy works on what is stored, else a refresh is asked for",
          "[rfc2918][inbound]") {
  const bool soft = GENERATE(false, true);
  In in(with([&](FamilySettings& f) {
    f.soft_reconfiguration_inbound = soft;
    f.route_map_in = "prefer";
  }));
  in.tell({"10.1.0.0/16"});
  const auto pref = [&] {
    std::uint32_t value = 0;
    in.rib.find(P("10.1.0.0/16"),
                [&](const RouteView& r) { value = *r.paths.front().attributes->local_pref; });
    return value;
  };
  in.rib.configure(global(), In::policies(300));
  CHECK(in.rib.take_refresh_requests().empty());
  in.rib.configure(global(), In::policies(400));
  CHECK(pref() == (soft ? 400U : 300U));
  const std::vector<RefreshRequest> wanted{{in.peer, Family::Ipv4Unicast}, {in.peer, Family::Ipv6Unicast}};
  CHECK(in.rib.take_refresh_requests() == (soft ? std::vector<RefreshRequest>{} : wanted));
  in.tell({"10.1.0.0/16"});
  CHECK(pref() == 400);
}

TEST_CASE("too many prefixes are reported unless only a warning is wanted", "[rfc4486][inbound]") {
  const bool warning = GENERATE(false, true);
  In in(with([&](FamilySettings& f) {
    f.maximum_prefix = 2;
    f.maximum_prefix_warning_only = warning;
  }));
  CHECK_FALSE(in.tell({"10.1.0.0/16", "10.2.0.0/16"}).over_maximum_prefix);
  CHECK_FALSE(in.tell({"10.1.0.0/16"}).over_maximum_prefix);
  CHECK(in.tell({"10.3.0.0/16"}).over_maximum_prefix ==
        (warning ? std::nullopt : std::optional(Family::Ipv4Unicast)));
}

TEST_CASE("paths of one prefix are told apart by their identifiers", "[rfc7911-3][inbound]") {
  In in;
  in.rib.on_update(in.peer, reach({"10.1.0.0/16"}, received_attributes({AS(65001)}), "10.0.0.9", 1), at(2));
  in.rib.on_update(in.peer, reach({"10.1.0.0/16"}, received_attributes({AS(65001), AS(7)}), "10.0.0.9", 2),
                   at(2));
  CHECK(in.rib.summary(Family::Ipv4Unicast).paths == 2);
  in.rib.on_update(in.peer, unreach({"10.1.0.0/16"}, 1), at(3));
  in.rib.find(P("10.1.0.0/16"), [](const RouteView& r) {
    REQUIRE(r.paths.size() == 1);
    CHECK(r.paths.front().path_id == 2);
  });
}

TEST_CASE("a lost peer takes its routes along", "[rfc4271-8.2.2][inbound]") {
  In in;
  in.tell({"10.1.0.0/16"});
  in.rib.peer_down(in.peer, {});
  CHECK(in.table().empty());
  CHECK(in.counters().received == 0);
}

TEST_CASE("stale routes stay, are refreshed or swept by End-of-RIB", "[rfc4724-4.2][inbound]") {
  In in;
  in.tell({"10.1.0.0/16", "10.2.0.0/16"});
  in.rib.peer_down(in.peer, {Family::Ipv4Unicast});
  CHECK(in.table() == std::vector<std::string>{"10.1.0.0/16 stale", "10.2.0.0/16 stale"});
  in.rib.peer_up(in.peer, in.session, at(5));
  in.tell({"10.1.0.0/16"});
  CHECK(in.table() == std::vector<std::string>{"10.1.0.0/16", "10.2.0.0/16 stale"});
  CHECK_FALSE(in.counters().end_of_rib_received);
  end_of_rib(in);
  CHECK(in.table() == std::vector<std::string>{"10.1.0.0/16"});
  CHECK(in.counters().end_of_rib_received);
}

TEST_CASE("a second loss deletes what was stale already", "[rfc4724-4.2][inbound]") {
  In in;
  in.tell({"10.1.0.0/16", "10.2.0.0/16"});
  in.rib.peer_down(in.peer, {Family::Ipv4Unicast});
  in.rib.peer_up(in.peer, in.session, at(5));
  in.tell({"10.1.0.0/16"});
  in.rib.peer_down(in.peer, {Family::Ipv4Unicast});
  CHECK(in.table() == std::vector<std::string>{"10.1.0.0/16 stale"});
  in.rib.flush_stale(in.peer, {Family::Ipv4Unicast});
  CHECK(in.table().empty());
}

TEST_CASE("a family that does not come back loses its stale routes", "[rfc4724-4.2][inbound]") {
  In in;
  in.tell({"10.1.0.0/16"});
  in.rib.peer_down(in.peer, {Family::Ipv4Unicast});
  in.session.codec.families.erase(Family::Ipv4Unicast);
  in.rib.peer_up(in.peer, in.session, at(5));
  CHECK(in.table().empty());
}

TEST_CASE("a hundred restarts in a row confuse nobody", "[rfc4724-4.2][inbound]") {
  Rib rib(1);  // all sweeping is left to work(), which nobody calls
  rib.configure(global(), {});
  const PeerId peer = rib.add_peer(peer_settings(1));
  for (int i = 0; i < 200; ++i) {
    rib.peer_up(peer, ebgp(1), at(i));
    const std::string prefix = "10." + std::to_string(i % 100) + ".0.0/16";
    rib.on_update(peer, reach({prefix}, received_attributes({AS(65001)})), at(i));
    rib.peer_down(peer, {Family::Ipv4Unicast});
  }
  while (rib.work(100)) {
  }
  CHECK(rib.counters(peer, Family::Ipv4Unicast).received == 1);
  CHECK(rib.summary(Family::Ipv4Unicast).routes == 1);
}

TEST_CASE("many routes of a lost peer go in slices", "[inbound]") {
  Rib rib(100);
  rib.configure(global(), {});
  const PeerId peer = rib.add_peer(peer_settings(1));
  rib.peer_up(peer, ebgp(1), at(1));
  wire::Update update = reach({"10.0.0.0/8"}, received_attributes({AS(65001)}));
  for (std::uint32_t i = 0; i < 999; ++i)
    update.reach.front().nlri.push_back({wire::Prefix::host(wire::IpAddress::v4(0x14000000 + i)), 0});
  rib.on_update(peer, update, at(1));
  CHECK_FALSE(rib.has_work());
  rib.peer_down(peer, {});
  CHECK(rib.summary(Family::Ipv4Unicast).routes == 900);
  CHECK(rib.work(300));
  CHECK(rib.summary(Family::Ipv4Unicast).routes == 600);
  // Back before all is swept: what it tells now stays.
  rib.peer_up(peer, ebgp(1), at(2));
  rib.on_update(peer, reach({"20.0.3.231/32", "20.0.0.1/32"}, received_attributes({AS(65001)})), at(2));
  while (rib.work(300)) {
  }
  CHECK(rib.summary(Family::Ipv4Unicast).routes == 2);
}

}  // namespace lbgp::rib::test
