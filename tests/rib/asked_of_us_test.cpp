// SPDX-License-Identifier: Apache-2.0
// What attributes ask of us beyond being passed on: roles and OTC, graceful shutdown, blackholes, AIGP; and
// the counters that tell what became of announcements.
#include <fmt/format.h>

#include <functional>

#include "rib/export_rules.hpp"
#include "rib/inbound.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

using wire::Role;
constexpr auto kV4 = Family::Ipv4Unicast;

// One external peer, AS 65001, that tells us things; another, AS 65002, and an internal one that listen.
struct Between {
  explicit Between(const std::function<void(PeerSettings&)>& change = [](PeerSettings&) {}) {
    rib.configure(settings, policies);
    PeerSettings speaking = peer_settings(1);
    change(speaking);
    speaker = rib.add_peer(speaking);
    external = rib.add_peer(peer_settings(2));
    internal = rib.add_peer(peer_settings(3));
    rib.peer_up(speaker, ebgp(1), at(1));
    rib.peer_up(external, ebgp(2), at(1));
    rib.peer_up(internal, ibgp(3), at(1));
  }
  UpdateOutcome tell(wire::PathAttributes a, std::vector<std::string> prefixes = {"10.8.0.1/32"}) {
    return rib.on_update(speaker, reach(std::move(prefixes), std::move(a)), at(2));
  }
  // What the route is in our table; nothing: it is not there.
  [[nodiscard]] std::optional<wire::PathAttributes> ours() const {
    std::optional<wire::PathAttributes> found;
    rib.find(P("10.8.0.1/32"), [&](const RouteView& route) { found = *route.paths.front().attributes; });
    return found;
  }
  std::map<wire::Prefix, wire::PathAttributes> told(PeerId peer, const PeerSession& session) {
    Receiver receiver(session);
    receiver.allow_repeats = true;
    rib.on_route_refresh(peer, kV4);
    receiver.drain(rib, peer);
    return receiver.table;
  }

  GlobalSettings settings = global();
  Policies policies;
  Rib rib;
  PeerId speaker, external, internal;
};

wire::PathAttributes from_peer(wire::Communities communities = {}) {
  wire::PathAttributes a = received_attributes({AS(65001), AS(7)});
  a.communities = std::move(communities);
  return a;
}

wire::PathAttributes with_otc(std::uint32_t otc) {
  wire::PathAttributes a = from_peer();
  a.otc = AS(otc);
  return a;
}

ExportKey key_to(std::optional<Role> role, bool internal = false) {
  PeerSettings settings = peer_settings(1);
  settings.local_role = role;
  return make_export_key({}, settings, internal ? ibgp(1) : ebgp(1), kV4);
}

std::optional<wire::PathAttributes> sent(const ExportKey& key, SourceKind source, wire::PathAttributes a) {
  const auto out =
      export_path(key, {}, 100, {source, {}}, {P("10.8.0.1/32"), std::nullopt}, {std::move(a), 0});
  if (!out) return std::nullopt;
  return out->path;
}

}  // namespace

TEST_CASE("OTC on what comes in, by our role", "[rfc9234-5][inbound]") {
  struct Row {
    std::optional<Role> role;
    bool without, ours_own, others;  // accepted: without OTC, with the peer's AS in it, with another
    std::optional<std::uint32_t> marked;
  };
  for (const Row& row : {
           Row{std::nullopt, true, true, true, std::nullopt},
           Row{Role::Provider, true, false, false, std::nullopt},     // from a customer: a leak
           Row{Role::RouteServer, true, false, false, std::nullopt},  // from a client: a leak
           Row{Role::Peer, true, true, false, 65001},                 // only what the peer has marked itself
           Row{Role::Customer, true, true, true, 65001},              // whatever the provider says
           Row{Role::RouteServerClient, true, true, true, 65001},
       }) {
    CAPTURE(row.role ? static_cast<int>(*row.role) : -1);
    const auto set_role = [&](PeerSettings& peer) { peer.local_role = row.role; };
    Between plain(set_role), own(set_role), other(set_role);
    plain.tell(from_peer());
    CHECK(plain.ours().has_value() == row.without);
    const auto marked = row.marked ? std::optional(AS(*row.marked)) : std::nullopt;
    CHECK(plain.ours()->otc == marked);
    own.tell(with_otc(65001));
    CHECK(own.ours().has_value() == row.ours_own);
    other.tell(with_otc(65009));
    CHECK(other.ours().has_value() == row.others);
    if (row.others) CHECK(other.ours()->otc == AS(65009));
  }
}

TEST_CASE("a leak takes the place of the route that was there", "[rfc9234-5][inbound]") {
  Between net([](PeerSettings& peer) { peer.local_role = Role::Provider; });
  net.tell(from_peer());
  REQUIRE(net.ours());
  CHECK(net.tell(with_otc(7)).rejected == 1);
  CHECK_FALSE(net.ours());
  CHECK(net.rib.prefix_stats(net.speaker).inbound_filtered == 1);
}

TEST_CASE("OTC on what goes out, by our role", "[rfc9234-5][export]") {
  struct Row {
    std::optional<Role> role;
    bool passes;  // a route that has OTC
    bool marks;   // one that has not
  };
  for (const Row& row : {Row{std::nullopt, true, false}, Row{Role::Provider, true, true},
                         Row{Role::RouteServer, true, true}, Row{Role::Peer, false, true},
                         Row{Role::Customer, false, false}, Row{Role::RouteServerClient, false, false}}) {
    CAPTURE(row.role ? static_cast<int>(*row.role) : -1);
    const auto marked = sent(key_to(row.role), SourceKind::Ebgp, with_otc(65009));
    CHECK(marked.has_value() == row.passes);
    if (marked) CHECK(marked->otc == AS(65009));
    for (const SourceKind source : {SourceKind::Local, SourceKind::Ebgp, SourceKind::Ibgp})
      CHECK(sent(key_to(row.role), source, from_peer())->otc ==
            (row.marks ? std::optional(AS(64512)) : std::nullopt));
  }
  // Inside our AS it is carried as it is.
  CHECK(sent(key_to(Role::Customer, true), SourceKind::Ebgp, with_otc(65009))->otc == AS(65009));
  CHECK_FALSE(sent(key_to(Role::Provider, true), SourceKind::Ebgp, from_peer())->otc);
}

TEST_CASE("graceful shutdown of an external peer is obeyed past the policy", "[rfc8326-4][inbound]") {
  Between net;
  net.tell(from_peer({wire::kGracefulShutdown}));
  CHECK(net.ours()->local_pref == 0U);
  CHECK(net.told(net.internal, ibgp(3)).at(P("10.8.0.1/32")).local_pref == 0U);
  net.tell(from_peer());
  CHECK_FALSE(net.ours()->local_pref);

  // An operator who wants it otherwise takes the community off.
  net.policies.route_maps["strip"][10] = {
      10, Permit::Permit, "", {}, {SetCommunity{}, SetLocalPreference{300}}};
  net.rib.configure(net.settings, net.policies);
  PeerSettings speaking = peer_settings(1);
  speaking.families[kV4].route_map_in = "strip";
  net.rib.change_peer(net.speaker, speaking);
  net.tell(from_peer({wire::kGracefulShutdown}));
  CHECK(net.ours()->local_pref == 300U);
}

TEST_CASE("graceful shutdown from an internal peer is a mark and no more", "[rfc8326-4][inbound]") {
  Between net;
  wire::PathAttributes a = from_peer({wire::kGracefulShutdown});
  a.local_pref = 150;
  net.rib.on_update(net.internal, reach({"10.8.0.1/32"}, a), at(2));
  CHECK(net.ours()->local_pref == 150U);
}

TEST_CASE("our own graceful shutdown is said to all and taken back, without a withdrawal",
          "[rfc8326-4.1][export]") {
  Between net;
  announce(net.rib, "10.8.0.1/32");
  Receiver outside(ebgp(2)), inside(ibgp(3));
  outside.drain(net.rib, net.external);
  inside.drain(net.rib, net.internal);
  const wire::Prefix vip = P("10.8.0.1/32");
  CHECK(outside.table.at(vip).communities.empty());
  CHECK(inside.table.at(vip).local_pref == 100U);

  const auto set = [&](bool leaving) {
    for (const auto& [id, n] : {std::pair{net.external, 2U}, std::pair{net.internal, 3U}}) {
      PeerSettings settings = peer_settings(n);
      settings.graceful_shutdown = leaving;
      net.rib.change_peer(id, settings);
    }
    outside.drain(net.rib, net.external);
    inside.drain(net.rib, net.internal);
  };
  set(true);
  CHECK((outside.table.at(vip).communities == wire::Communities{wire::kGracefulShutdown}));
  CHECK_FALSE(outside.table.at(vip).local_pref);
  CHECK(inside.table.at(vip).communities.contains(wire::kGracefulShutdown));
  CHECK(inside.table.at(vip).local_pref == 0U);
  set(false);
  CHECK(outside.table.at(vip).communities.empty());
  CHECK(inside.table.at(vip).local_pref == 100U);
  CHECK(outside.withdrawn == 0);
  CHECK(inside.withdrawn == 0);
}

TEST_CASE("what comes over a session that is about to end is the last choice", "[rfc8326-4.1][inbound]") {
  Between net([](PeerSettings& peer) { peer.graceful_shutdown = true; });
  net.tell(from_peer());
  CHECK(net.ours()->local_pref == 0U);
  CHECK(net.ours()->communities.contains(wire::kGracefulShutdown));
  // Taken back: the peer has to say it again.
  net.rib.change_peer(net.speaker, peer_settings(1));
  CHECK(net.rib.take_refresh_requests() ==
        std::vector<RefreshRequest>{{net.speaker, kV4}, {net.speaker, Family::Ipv6Unicast}});
}

TEST_CASE("a blackhole goes where we announce it, and a received one no further", "[rfc7999-3.2]") {
  Between net;
  net.tell(from_peer({wire::kBlackhole}));
  CHECK(net.ours()->communities.contains(wire::kNoExport));
  CHECK(net.told(net.external, ebgp(2)).empty());
  CHECK(net.told(net.internal, ibgp(3)).size() == 1);
  net.tell(from_peer({wire::kBlackhole, wire::kNoAdvertise}));
  CHECK_FALSE(net.ours()->communities.contains(wire::kNoExport));

  wire::PathAttributes own = own_attributes();
  own.communities = {wire::kBlackhole, wire::kNoAdvertise};
  CHECK((sent(key_to({}), SourceKind::Local, own)->communities == own.communities));
}

TEST_CASE("AIGP leaves on sessions that have it only", "[rfc7311-3.3][export]") {
  wire::PathAttributes a = from_peer();
  a.aigp = 70;
  CHECK_FALSE(sent(key_to({}), SourceKind::Ebgp, a)->aigp);
  CHECK(sent(key_to({}, true), SourceKind::Ebgp, a)->aigp == 70U);
  PeerSettings settings = peer_settings(1);
  settings.aigp = true;
  const ExportKey enabled = make_export_key({}, settings, ebgp(1), kV4);
  CHECK(sent(enabled, SourceKind::Ebgp, a)->aigp == 70U);
  CHECK_FALSE(sent(enabled, SourceKind::Local, own_attributes())->aigp);
}

TEST_CASE("AIGP decides in the table when it is to be compared", "[rfc7311-4.1][decision]") {
  Between net;
  wire::PathAttributes near = received_attributes({AS(65001), AS(7), AS(8)});
  near.aigp = 10;
  wire::PathAttributes far = received_attributes({AS(65002)});
  far.aigp = 20;
  net.rib.on_update(net.speaker, reach({"10.8.0.1/32"}, near), at(2));
  net.rib.on_update(net.external, reach({"10.8.0.1/32"}, far), at(2));
  const auto reason = [&] {
    std::string found;
    net.rib.find(P("10.8.0.1/32"), [&](const RouteView& route) {
      found = fmt::format("{} {}", route.paths.front().attributes->as_path.length(),
                          route.paths.front().selection_reason);
    });
    return found;
  };
  CHECK(reason() == "1 AS Path");
  net.settings.compare_aigp = true;
  net.rib.configure(net.settings, net.policies);
  CHECK(reason() == "3 AIGP");
}

TEST_CASE("enforce-first-as may be switched off", "[rfc4271-6.3][inbound]") {
  const GlobalSettings all = global();
  PeerSettings peer = peer_settings(1);
  wire::PathAttributes a = received_attributes({AS(65009)});
  a.next_hop.address = A("10.0.0.1");
  const PeerSession session = ebgp(1);
  CHECK(check_received({all, peer, session}, kV4, a) == Rejection::FirstAs);
  peer.enforce_first_as = false;
  CHECK(check_received({all, peer, session}, kV4, a) == Rejection::None);
}

TEST_CASE("allowas-in origin takes what our own AS has originated", "[rfc4271-9.1.2][inbound]") {
  const GlobalSettings all = global();
  PeerSettings peer = peer_settings(1);
  peer.families[kV4].allowas_in_origin = true;
  const PeerSession session = ebgp(1);
  const auto check = [&](std::vector<wire::AsNumber> path) {
    wire::PathAttributes a = received_attributes(std::move(path));
    a.next_hop.address = A("10.0.0.1");
    return check_received({all, peer, session}, kV4, a);
  };
  CHECK(check({AS(65001), AS(64512), AS(64512)}) == Rejection::None);
  CHECK(check({AS(65001), AS(64512), AS(7)}) == Rejection::AsLoop);
}

TEST_CASE("what becomes of announcements is counted prefix by prefix", "[inbound]") {
  Between net([](PeerSettings& peer) { peer.families[kV4].prefix_list_in = "none"; });
  const std::vector<std::string> two{"10.8.0.1/32", "10.8.0.2/32"};
  net.tell(from_peer(), two);
  net.tell(received_attributes({AS(65001), AS(64512)}), two);
  net.rib.on_update(net.speaker, reach({"10.8.0.1/32"}, from_peer(), "10.0.0.254"), at(2));
  net.tell(received_attributes({AS(65009)}), two);  // another first AS: as if it had been withdrawn
  wire::Update faulty = unreach({"10.8.0.1/32"});
  faulty.treat_as_withdraw = true;
  faulty.faults = {{wire::Grade::TreatAsWithdraw, 1, "bad"},
                   {wire::Grade::AttributeDiscard, 7, "bad"},
                   {wire::Grade::AttributeDiscard, 0, "a family that nobody asked for"}};
  net.rib.on_update(net.speaker, faulty, at(3));
  const PrefixStats stats = net.rib.prefix_stats(net.speaker);
  CHECK(stats.inbound_filtered == 2);
  CHECK(stats.aspath_loop == 2);
  CHECK(stats.originator_loop == 0);
  CHECK(stats.cluster_loop == 0);
  CHECK(stats.invalid_next_hop == 1);
  CHECK(stats.withdrawn == 2);
  CHECK(stats.attributes_discarded == 1);

  wire::PathAttributes reflected = from_peer();
  reflected.originator_id = net.settings.router_id;
  net.rib.on_update(net.internal, reach(two, reflected), at(2));
  reflected.originator_id.reset();
  reflected.cluster_list = {net.settings.router_id};
  net.rib.on_update(net.internal, reach({"10.8.0.1/32"}, reflected), at(2));
  CHECK(net.rib.prefix_stats(net.internal).originator_loop == 2);
  CHECK(net.rib.prefix_stats(net.internal).cluster_loop == 1);
  // They outlive the session.
  net.rib.peer_down(net.speaker, {});
  CHECK((net.rib.prefix_stats(net.speaker) == stats));
}

}  // namespace lbgp::rib::test
