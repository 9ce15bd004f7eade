// SPDX-License-Identifier: Apache-2.0
// `default-originate`: a default route for one neighbor, whether the table has one or not.
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr Family kIpv4 = Family::Ipv4Unicast;
constexpr Family kIpv6 = Family::Ipv6Unicast;

struct Defaults {
  explicit Defaults(std::size_t slice = Rib::kInlineSlice) : rib(slice) { rib.configure(global(), {}); }

  static PeerSettings wanting(std::uint32_t n, const std::string& route_map = "") {
    PeerSettings settings = peer_settings(n);
    settings.families[kIpv4].default_originate = true;
    settings.families[kIpv4].default_route_map = route_map;
    return settings;
  }
  std::size_t up(const PeerSession& session, const PeerSettings& settings) {
    ids.push_back(rib.add_peer(settings));
    rib.peer_up(ids.back(), session, at(1));
    receivers.emplace_back(session);
    return ids.size() - 1;
  }
  void work() {
    while (rib.work(2)) {
    }
  }
  std::string held(std::size_t peer) {
    work();
    receivers[peer].drain(rib, ids[peer]);
    std::string all;
    for (const auto& [prefix, attributes] : receivers[peer].table)
      all += (all.empty() ? "" : " ") + wire::to_string(prefix);
    return all;
  }
  const wire::PathAttributes& default_of(std::size_t peer) {
    return receivers[peer].table.at(P("0.0.0.0/0"));
  }
  bool default_sent(std::size_t peer) { return rib.counters(ids[peer], kIpv4).default_sent; }

  Rib rib;
  std::vector<PeerId> ids;
  std::vector<Receiver> receivers;
};

// Entry 10 permits 20/8 and sets 65000:1, entry 20 permits what is below 30/8 and sets 65000:2.
Policies conditions() {
  Policies policies;
  policies.prefix_lists[kIpv4]["one"].entries[5] = {5, Permit::Permit, P("20.0.0.0/8"), std::nullopt,
                                                    std::nullopt};
  policies.prefix_lists[kIpv4]["many"].entries[5] = {5, Permit::Permit, P("30.0.0.0/8"), std::nullopt, 32};
  RouteMapEntry first;
  first.seq = 10;
  first.matches.push_back(MatchPrefixList{kIpv4, "one"});
  first.sets.push_back(SetCommunity{{C("65000:1")}, false});
  RouteMapEntry second;
  second.seq = 20;
  second.matches.push_back(MatchPrefixList{kIpv4, "many"});
  second.sets.push_back(SetCommunity{{C("65000:2")}, false});
  policies.route_maps["M"].emplace(10, first);
  policies.route_maps["M"].emplace(20, second);
  return policies;
}

}  // namespace

TEST_CASE_METHOD(Defaults, "a neighbor gets a default route, others do not", "[default-originate]") {
  const std::size_t peer = up(ebgp(1), wanting(1));
  const std::size_t other = up(ebgp(2), peer_settings(2));
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(held(other).empty());
  CHECK(default_sent(peer));
  CHECK_FALSE(default_sent(other));
  CHECK(wire::to_string(default_of(peer).as_path) == "64512");
  CHECK(default_of(peer).origin == wire::Origin::Igp);
  CHECK(default_of(peer).next_hop.address == A("10.0.0.254"));
  CHECK(rib.counters(ids[peer], kIpv4).advertised == 1);
  // It is in nobody's table.
  CHECK_FALSE(rib.find(P("0.0.0.0/0"), [](const RouteView&) {}));
  CHECK(rib.summary(kIpv4).routes == 0);
  std::size_t shown = 0;
  rib.for_each_advertised(ids[peer], kIpv4, [&](const AdjView&) { ++shown; });
  CHECK(shown == 1);
  rib.peer_down(ids[peer], {});
  rib.peer_up(ids[peer], ebgp(1), at(2));
  receivers[peer] = Receiver(ebgp(1));
  CHECK(held(peer) == "0.0.0.0/0");
}

TEST_CASE_METHOD(Defaults, "it stands in the place of the table's own, and does not pass the policy",
                 "[default-originate]") {
  Policies policies;
  policies.prefix_lists[kIpv4]["none"].entries[5] = {5, Permit::Deny, P("0.0.0.0/0"), std::nullopt, 32};
  rib.configure(global(), policies);
  PeerSettings settings = wanting(1);
  settings.families[kIpv4].prefix_list_out = "none";
  const std::size_t peer = up(ebgp(1), settings);
  const std::size_t plain = up(ebgp(2), peer_settings(2));
  wire::PathAttributes own = own_attributes();
  own.communities.insert(C("65000:9"));
  announce(rib, "0.0.0.0/0", "app", own);
  announce(rib, "20.0.0.0/8");
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(default_of(peer).communities.empty());
  CHECK(held(plain) == "0.0.0.0/0 20.0.0.0/8");
  CHECK_FALSE(default_of(plain).communities.empty());
  withdraw(rib, "0.0.0.0/0");
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(held(plain) == "20.0.0.0/8");
}

TEST_CASE_METHOD(Defaults, "who sent us a default route gets ours all the same", "[default-originate]") {
  const std::size_t peer = up(ebgp(1), wanting(1));
  rib.on_update(ids[peer], reach({"0.0.0.0/0"}, received_attributes({AS(65001)})), at(2));
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(default_of(peer).as_path.occurrences(AS(65001)) == 0);
  rib.on_route_refresh(ids[peer], kIpv4);
  receivers[peer].allow_repeats = true;
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(receivers[peer].announced == 2);
  CHECK(receivers[peer].withdrawn == 0);
}

TEST_CASE_METHOD(Defaults, "asked for and taken back with the session up", "[default-originate]") {
  const std::size_t peer = up(ebgp(1), peer_settings(1));
  announce(rib, "20.0.0.0/8");
  CHECK(held(peer) == "20.0.0.0/8");
  rib.change_peer(ids[peer], wanting(1));
  CHECK(held(peer) == "0.0.0.0/0 20.0.0.0/8");
  rib.change_peer(ids[peer], peer_settings(1));
  CHECK(held(peer) == "20.0.0.0/8");
  CHECK(receivers[peer].announced == 2);
}

TEST_CASE("with a route map it is there while the table has what the map permits", "[default-originate]") {
  for (const std::size_t slice : {Rib::kInlineSlice, std::size_t{1}}) {
    INFO(slice);
    Defaults lab(slice);
    lab.rib.configure(global(), conditions());
    const std::size_t peer = lab.up(ebgp(1), Defaults::wanting(1, "M"));
    const std::size_t source = lab.up(ebgp(2), peer_settings(2));
    announce(lab.rib, "40.0.0.0/8");
    CHECK(lab.held(peer) == "40.0.0.0/8");
    CHECK_FALSE(lab.default_sent(peer));
    lab.rib.on_update(lab.ids[source], reach({"30.1.0.0/16"}, received_attributes({AS(65002)})), at(2));
    CHECK(lab.held(peer) == "0.0.0.0/0 30.1.0.0/16 40.0.0.0/8");
    CHECK(lab.default_of(peer).communities.contains(C("65000:2")));
    // The first entry that permits anything says what is set.
    announce(lab.rib, "20.0.0.0/8");
    lab.held(peer);
    CHECK(lab.default_of(peer).communities.contains(C("65000:1")));
    withdraw(lab.rib, "20.0.0.0/8");
    lab.held(peer);
    CHECK(lab.default_of(peer).communities.contains(C("65000:2")));
    // Who comes later finds it, and one with another map does not.
    const std::size_t late = lab.up(ebgp(3), Defaults::wanting(3, "M"));
    CHECK(lab.held(late) == "0.0.0.0/0 30.1.0.0/16 40.0.0.0/8");
    const std::size_t without = lab.up(ebgp(4), Defaults::wanting(4, "unknown"));
    CHECK(lab.held(without) == "30.1.0.0/16 40.0.0.0/8");
    lab.rib.peer_down(lab.ids[source], {});
    CHECK(lab.held(peer) == "40.0.0.0/8");
    // The map may come to read otherwise.
    Policies policies = conditions();
    policies.route_maps["M"].at(20).matches.clear();
    lab.rib.configure(global(), policies);
    CHECK(lab.held(peer) == "0.0.0.0/0 40.0.0.0/8");
    lab.rib.configure(global(), conditions());
    CHECK(lab.held(peer) == "40.0.0.0/8");
  }
}

TEST_CASE_METHOD(Defaults, "with several paths it is the one with our own identifier",
                 "[rfc7911-3][add-path][default-originate]") {
  PeerSession session = ebgp(1);
  session.codec.add_path_send = {kIpv4};
  PeerSettings settings = wanting(1);
  settings.families[kIpv4].paths.kind = PathSelection::Kind::All;
  const std::size_t source = up(ebgp(2), peer_settings(2));
  rib.on_update(ids[source], reach({"0.0.0.0/0", "20.0.0.0/8"}, received_attributes({AS(65002)})), at(2));
  const std::size_t peer = up(session, settings);
  CHECK(held(peer) == "0.0.0.0/0 20.0.0.0/8");
  const auto& paths = receivers[peer].paths.at(P("0.0.0.0/0"));
  REQUIRE(paths.size() == 1);
  CHECK(paths.begin()->first == 1);
  CHECK(default_sent(peer));
  rib.on_update(ids[source], unreach({"0.0.0.0/0"}), at(3));
  CHECK(held(peer) == "0.0.0.0/0 20.0.0.0/8");
  settings.families[kIpv4].default_originate = false;
  rib.change_peer(ids[peer], settings);
  CHECK(held(peer) == "20.0.0.0/8");
}

TEST_CASE_METHOD(Defaults, "each family has its own", "[default-originate]") {
  PeerSettings settings = peer_settings(1);
  settings.families[kIpv6].default_originate = true;
  const std::size_t peer = up(ebgp(1), settings);
  CHECK(held(peer) == "::/0");
  CHECK(receivers[peer].table.at(P("::/0")).next_hop.address == A("2001:db8::254"));
}

TEST_CASE_METHOD(Defaults, "inside our AS it has a local preference", "[rfc4271-5.1.5][default-originate]") {
  const std::size_t peer = up(ibgp(1), wanting(1));
  CHECK(held(peer) == "0.0.0.0/0");
  CHECK(default_of(peer).local_pref == 100U);
  CHECK(default_of(peer).as_path.empty());
}

}  // namespace lbgp::rib::test
