// SPDX-License-Identifier: Apache-2.0
// Several paths per route to one peer (RFC 7911): which ones, under which identifiers, and when.
#include "rib/path_selection.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

using Kind = PathSelection::Kind;
using Paths = std::map<std::uint32_t, std::string>;

Candidate candidate(std::uint32_t neighbor_as, std::uint16_t path_length, std::uint32_t router_id) {
  Candidate c;
  c.key.neighbor_as = neighbor_as;
  c.key.path_length = path_length;
  c.ebgp = neighbor_as != 0;
  c.router_id = wire::RouterId(router_id);
  return c;
}

std::vector<std::size_t> selected(const std::vector<Candidate>& candidates, PathSelection selection) {
  const auto chosen = select_paths(candidates, selection, global());
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < chosen.size(); ++i)
    if (chosen[i]) places.push_back(i);
  return places;
}

// External peers 1 to 3 that tell us routes, and one or more that are told.
struct AddPath {
  AddPath() {
    rib.configure(settings, {});
    for (std::uint32_t n = 1; n <= 3; ++n) {
      sources.push_back(rib.add_peer(peer_settings(n)));
      rib.peer_up(sources.back(), ebgp(n), at(1));
    }
  }
  static PeerSession add_path(PeerSession session) {
    session.codec.add_path_send = {Family::Ipv4Unicast};
    return session;
  }
  static PeerSettings taking(std::uint32_t n, PathSelection selection) {
    PeerSettings peer = peer_settings(n);
    peer.families[Family::Ipv4Unicast].paths = selection;
    return peer;
  }
  std::size_t connect(std::uint32_t n, PathSelection selection) {
    return connect(add_path(ebgp(n)), taking(n, selection));
  }
  std::size_t connect(const PeerSession& session, const PeerSettings& peer) {
    links.push_back({rib.add_peer(peer), std::make_unique<Receiver>(session)});
    rib.peer_up(links.back().id, session, at(1));
    work();
    return links.size() - 1;
  }
  void work() {
    while (rib.work(1000)) {
    }
  }
  // Source n announces by an AS path of its own AS and `more`.
  void tell(std::size_t n, const std::string& prefix, std::vector<wire::AsNumber> more = {},
            std::uint32_t path_id = 0) {
    more.insert(more.begin(), AS(65001 + static_cast<std::uint32_t>(n)));
    rib.on_update(sources[n], reach({prefix}, received_attributes(more), "10.0.0.77", path_id), at(2));
  }
  void take_back(std::size_t n, const std::string& prefix) {
    rib.on_update(sources[n], unreach({prefix}), at(3));
  }
  // What a link has of a prefix once all is sent: identifier and AS path.
  Paths drain(std::size_t link, const std::string& prefix = "20.0.0.0/8") {
    links[link].receiver->drain(rib, links[link].id);
    Paths paths;
    const auto found = links[link].receiver->paths.find(P(prefix));
    if (found == links[link].receiver->paths.end()) return paths;
    for (const auto& [id, attributes] : found->second) paths[id] = wire::to_string(attributes.as_path);
    return paths;
  }
  [[nodiscard]] PeerCounters counters(std::size_t link) const {
    return rib.counters(links[link].id, Family::Ipv4Unicast);
  }

  struct Link {
    PeerId id;
    std::unique_ptr<Receiver> receiver;
  };
  GlobalSettings settings = global();
  Rib rib;
  std::vector<PeerId> sources;
  std::vector<Link> links;
};

}  // namespace

TEST_CASE("the best path is always chosen, and then what is asked for", "[add-path]") {
  // In order of preference: 2, 0, 3, 1 (length, then router id).
  const std::vector<Candidate> all{candidate(65001, 2, 1), candidate(65001, 3, 1), candidate(65002, 1, 9),
                                   candidate(65002, 2, 2)};
  using Places = std::vector<std::size_t>;
  CHECK(selected(all, {Kind::Best, 0}) == Places{2});
  CHECK(selected(all, {Kind::All, 0}) == Places{0, 1, 2, 3});
  CHECK(selected(all, {Kind::BestPerAs, 0}) == Places{0, 2});
  CHECK(selected(all, {Kind::BestSelected, 1}) == Places{2});
  CHECK(selected(all, {Kind::BestSelected, 2}) == Places{0, 2});
  CHECK(selected(all, {Kind::BestSelected, 3}) == Places{0, 2, 3});
  CHECK(selected(all, {Kind::BestSelected, 6}) == Places{0, 1, 2, 3});
  CHECK(selected({}, {Kind::All, 0}).empty());
  CHECK(selected({}, {Kind::BestSelected, 2}).empty());
}

TEST_CASE("our own route stands beside those from our AS", "[add-path]") {
  Candidate local;
  local.local = true;
  const std::vector<Candidate> all{local, candidate(0, 0, 3), candidate(0, 0, 2), candidate(65001, 1, 1)};
  CHECK(selected(all, {Kind::BestPerAs, 0}) == std::vector<std::size_t>{0, 2, 3});
}

TEST_CASE_METHOD(AddPath, "a peer that takes several paths gets them all, one that does not the best",
                 "[rfc7911-2][add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  const std::size_t plain = connect(ebgp(9), peer_settings(9));
  tell(0, "20.0.0.0/8", {AS(7), AS(8)});
  tell(1, "20.0.0.0/8");
  tell(2, "20.0.0.0/8", {AS(7)});
  announce(rib, "20.0.0.0/8");
  CHECK(drain(all) == Paths{{1, "64512"}, {2, "64512 65001 7 8"}, {3, "64512 65002"}, {4, "64512 65003 7"}});
  CHECK(drain(plain) == Paths{{0, "64512"}});
  CHECK(counters(all).advertised == 4);
  CHECK(counters(all).pending == 0);
  CHECK(counters(plain).advertised == 1);
  CHECK(rib.advertised_to(P("20.0.0.0/8")) == std::vector<PeerId>{links[all].id, links[plain].id});
  std::vector<std::uint32_t> shown;
  rib.for_each_advertised(links[all].id, Family::Ipv4Unicast,
                          [&](const AdjView& view) { shown.push_back(view.path_id); });
  CHECK(shown == std::vector<std::uint32_t>{1, 2, 3, 4});
}

TEST_CASE_METHOD(AddPath, "a path that goes is withdrawn alone, by its identifier", "[rfc7911-5][add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  for (const std::size_t n : {0U, 1U, 2U}) tell(n, "20.0.0.0/8");
  drain(all);
  take_back(1, "20.0.0.0/8");
  CHECK(drain(all) == Paths{{2, "64512 65001"}, {4, "64512 65003"}});
  CHECK(links[all].receiver->withdrawn == 1);
  CHECK(links[all].receiver->announced == 3);
  CHECK(rib.advertised_to(P("20.0.0.0/8")) == std::vector<PeerId>{links[all].id});
  take_back(0, "20.0.0.0/8");
  take_back(2, "20.0.0.0/8");
  CHECK(drain(all).empty());
  CHECK(counters(all).advertised == 0);
  CHECK(rib.advertised_to(P("20.0.0.0/8")).empty());
}

TEST_CASE_METHOD(AddPath, "a path keeps its identifier while it changes, and while others become best",
                 "[rfc7911-3][add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  tell(0, "20.0.0.0/8", {AS(7)});
  tell(1, "20.0.0.0/8", {AS(7), AS(8)});
  drain(all);
  tell(1, "20.0.0.0/8");
  CHECK(drain(all) == Paths{{2, "64512 65001 7"}, {3, "64512 65002"}});
  // Only what changed has been said again.
  CHECK(links[all].receiver->announced == 3);
  CHECK(links[all].receiver->withdrawn == 0);
}

TEST_CASE_METHOD(AddPath, "a path that takes the place of one that has gone is one announcement",
                 "[add-path][coalescing]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  tell(0, "20.0.0.0/8");
  tell(1, "20.0.0.0/8", {AS(7)});
  drain(all);
  take_back(0, "20.0.0.0/8");
  tell(2, "20.0.0.0/8");
  CHECK(drain(all) == Paths{{2, "64512 65003"}, {3, "64512 65002 7"}});
  CHECK(links[all].receiver->withdrawn == 0);
  CHECK(links[all].receiver->announced == 3);
  // What comes and goes before it is sent costs nothing.
  tell(0, "20.0.0.0/8");
  take_back(0, "20.0.0.0/8");
  drain(all);
  CHECK(links[all].receiver->announced == 3);
}

TEST_CASE_METHOD(AddPath, "own routes of several owners are one path", "[add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  wire::PathAttributes named = own_attributes();
  named.med = 7;
  announce(rib, "20.0.0.0/8", "b");
  tell(0, "20.0.0.0/8");
  announce(rib, "20.0.0.0/8", "c");
  CHECK(drain(all) == Paths{{1, "64512"}, {2, "64512 65001"}});
  announce(rib, "20.0.0.0/8", "a", named);
  CHECK(drain(all) == Paths{{1, "64512"}, {2, "64512 65001"}});
  CHECK(links[all].receiver->paths.at(P("20.0.0.0/8")).at(1).med == 7U);
  withdraw(rib, "20.0.0.0/8", "a");
  drain(all);
  CHECK_FALSE(links[all].receiver->paths.at(P("20.0.0.0/8")).at(1).med);
  CHECK(links[all].receiver->withdrawn == 0);
  withdraw(rib, "20.0.0.0/8", "b");
  withdraw(rib, "20.0.0.0/8", "c");
  CHECK(drain(all) == Paths{{2, "64512 65001"}});
}

TEST_CASE_METHOD(AddPath, "nobody gets a path of its own back", "[add-path]") {
  PeerSession both = add_path(ebgp(8));
  both.codec.add_path_receive = {Family::Ipv4Unicast};
  const std::size_t one = connect(both, taking(8, {Kind::All, 0}));
  tell(0, "20.0.0.0/8");
  rib.on_update(links[one].id, reach({"20.0.0.0/8"}, received_attributes({AS(65008)}), "10.0.0.77", 1),
                at(2));
  rib.on_update(links[one].id, reach({"20.0.0.0/8"}, received_attributes({AS(65008), AS(7)}), "10.0.0.77", 2),
                at(2));
  CHECK(drain(one) == Paths{{2, "64512 65001"}});
  // Another peer gets all three, under our identifiers and not under those that they came with.
  const std::size_t other = connect(9, {Kind::All, 0});
  CHECK(drain(other) == Paths{{2, "64512 65001"}, {3, "64512 65008"}, {4, "64512 65008 7"}});
  // A vacant identifier that a path of its own takes over is withdrawn from it.
  take_back(0, "20.0.0.0/8");
  rib.on_update(links[one].id, reach({"20.0.0.0/8"}, received_attributes({AS(65008), AS(9)}), "10.0.0.77", 3),
                at(2));
  CHECK(drain(one).empty());
  CHECK(drain(other) == Paths{{2, "64512 65008 9"}, {3, "64512 65008"}, {4, "64512 65008 7"}});
  CHECK(links[other].receiver->withdrawn == 0);
}

TEST_CASE_METHOD(AddPath, "the chosen set follows the paths", "[add-path]") {
  const std::size_t two = connect(8, {Kind::BestSelected, 2});
  const std::size_t per_as = connect(9, {Kind::BestPerAs, 0});
  tell(0, "20.0.0.0/8", {AS(7), AS(8), AS(9)});
  tell(1, "20.0.0.0/8", {AS(7), AS(8)});
  tell(2, "20.0.0.0/8", {AS(7)});
  CHECK(drain(two) == Paths{{3, "64512 65002 7 8"}, {4, "64512 65003 7"}});
  CHECK(drain(per_as).size() == 3);
  tell(0, "20.0.0.0/8");
  CHECK(drain(two) == Paths{{2, "64512 65001"}, {4, "64512 65003 7"}});
  take_back(2, "20.0.0.0/8");
  CHECK(drain(two) == Paths{{2, "64512 65001"}, {3, "64512 65002 7 8"}});
  CHECK(drain(per_as).size() == 2);
}

TEST_CASE_METHOD(AddPath, "another selection is a difference, not a new session", "[add-path]") {
  const std::size_t link = connect(8, {Kind::All, 0});
  for (const std::size_t n : {0U, 1U, 2U}) tell(n, "20.0.0.0/8");
  tell(0, "21.0.0.0/8");
  CHECK(drain(link).size() == 3);
  rib.change_peer(links[link].id, taking(8, {Kind::BestSelected, 1}));
  work();
  CHECK(drain(link) == Paths{{2, "64512 65001"}});
  CHECK(links[link].receiver->announced == 4);
  CHECK(links[link].receiver->withdrawn == 2);
  rib.change_peer(links[link].id, taking(8, {Kind::All, 0}));
  work();
  CHECK(drain(link).size() == 3);
  CHECK(links[link].receiver->announced == 6);
}

TEST_CASE_METHOD(AddPath, "the selection follows the settings of the decision process", "[add-path]") {
  const std::size_t link = connect(8, {Kind::BestSelected, 1});
  wire::PathAttributes cheap = received_attributes({AS(65002)});
  cheap.med = 1;
  wire::PathAttributes dear = received_attributes({AS(65001)});
  dear.med = 9;
  rib.on_update(sources[0], reach({"20.0.0.0/8"}, dear), at(2));
  rib.on_update(sources[1], reach({"20.0.0.0/8"}, cheap), at(2));
  CHECK(drain(link) == Paths{{2, "64512 65001"}});
  settings.always_compare_med = true;
  rib.configure(settings, {});
  work();
  CHECK(drain(link) == Paths{{3, "64512 65002"}});
}

TEST_CASE_METHOD(AddPath, "a policy decides about each path", "[add-path]") {
  Policies policies;
  policies.route_maps["map"][10] = {10, Permit::Deny, "", {MatchPeer{A("10.0.0.2")}}, {}};
  policies.route_maps["map"][20] = {20, Permit::Permit, "", {MatchPeer{A("10.0.0.1")}}, {SetMetric{{}, 5}}};
  policies.route_maps["map"][30] = {30, Permit::Permit, "", {}, {}};
  rib.configure(settings, policies);
  PeerSettings peer = taking(8, {Kind::All, 0});
  peer.families[Family::Ipv4Unicast].route_map_out = "map";
  const std::size_t link = connect(add_path(ebgp(8)), peer);
  for (const std::size_t n : {0U, 1U, 2U}) tell(n, "20.0.0.0/8");
  CHECK(drain(link) == Paths{{2, "64512 65001"}, {4, "64512 65003"}});
  CHECK(links[link].receiver->paths.at(P("20.0.0.0/8")).at(2).med == 5U);
  policies.route_maps["map"].erase(10);
  rib.configure(settings, policies);
  work();
  CHECK(drain(link).size() == 3);
  CHECK(links[link].receiver->announced == 3);
}

TEST_CASE_METHOD(AddPath, "a source that leaves takes its paths along, wherever they stand", "[add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  const auto fill = [&](std::uint32_t base) {
    for (std::uint32_t i = 0; i < 3000; ++i) {
      const std::string prefix = wire::to_string(wire::Prefix::host(wire::IpAddress::v4(base + i)));
      tell(0, prefix);
      tell(1, prefix);
    }
    links[all].receiver->drain(rib, links[all].id);
    CHECK(counters(all).advertised == 6000);
  };
  fill(0x14000000);
  const std::size_t full = rib.summary(Family::Ipv4Unicast).memory;
  rib.peer_down(sources[0], {});
  work();
  links[all].receiver->drain(rib, links[all].id);
  work();
  CHECK(counters(all).advertised == 3000);
  CHECK(links[all].receiver->withdrawn == 3000);
  rib.peer_down(sources[1], {});
  work();
  links[all].receiver->drain(rib, links[all].id);
  work();
  CHECK(links[all].receiver->paths.empty());
  // Numbers of routes and of entries have been given back: another table fits into the same room, but for
  // some that the group keeps for the next burst.
  for (const std::size_t n : {0U, 1U})
    rib.peer_up(sources[n], ebgp(static_cast<std::uint32_t>(n + 1)), at(9));
  fill(0x15000000);
  constexpr std::size_t kKept = 64 * 1024;
  CHECK(rib.summary(Family::Ipv4Unicast).memory <= full + full / 100 + kKept);
}

TEST_CASE_METHOD(AddPath, "refresh sends every path again", "[rfc2918-4][add-path]") {
  const std::size_t all = connect(8, {Kind::All, 0});
  for (const std::size_t n : {0U, 1U, 2U}) tell(n, "20.0.0.0/8");
  drain(all);
  links[all].receiver->allow_repeats = true;
  rib.on_route_refresh(links[all].id, Family::Ipv4Unicast);
  CHECK(drain(all).size() == 3);
  CHECK(links[all].receiver->announced == 6);
}

TEST_CASE_METHOD(AddPath, "the memory of path entries goes with the last peer that wants them",
                 "[add-path]") {
  const auto memory = [&] { return rib.summary(Family::Ipv4Unicast).memory; };
  const std::size_t plain = connect(ebgp(9), peer_settings(9));
  for (std::uint32_t i = 0; i < 5000; ++i)
    tell(0, wire::to_string(wire::Prefix::host(wire::IpAddress::v4(0x14000000 + i))));
  links[plain].receiver->drain(rib, links[plain].id);
  const std::size_t before = memory();
  const std::size_t all = connect(8, {Kind::All, 0});
  links[all].receiver->drain(rib, links[all].id);
  CHECK(memory() > before + 5000 * 20);
  rib.peer_down(links[all].id, {});
  // The group's hash maps and the peers' bits aside, nothing is left.
  CHECK(memory() < before + 1000);
}

TEST_CASE("identifiers that paths came with tell them apart and go no further", "[rfc7911-3][add-path]") {
  Rib rib;
  rib.configure(global(), {});
  const PeerId source = rib.add_peer(peer_settings(1));
  PeerSession session = ebgp(1);
  session.codec.add_path_receive = {Family::Ipv4Unicast};
  rib.peer_up(source, session, at(1));
  rib.on_update(source, reach({"20.0.0.0/8"}, received_attributes({AS(65001)}), "10.0.0.77", 4000000000),
                at(2));
  rib.on_update(source, reach({"20.0.0.0/8"}, received_attributes({AS(65001), AS(7)}), "10.0.0.77", 0),
                at(2));
  std::vector<std::uint32_t> received;
  rib.for_each_received(source, Family::Ipv4Unicast,
                        [&](const AdjView& view) { received.push_back(view.path_id); });
  CHECK(received.size() == 2);
  CHECK(rib.counters(source, Family::Ipv4Unicast).received == 2);
  rib.on_update(source, unreach({"20.0.0.0/8"}, 4000000000), at(3));
  CHECK(rib.counters(source, Family::Ipv4Unicast).received == 1);
  std::size_t paths = 0;
  rib.find(P("20.0.0.0/8"), [&](const RouteView& route) { paths = route.paths.size(); });
  CHECK(paths == 1);
}

}  // namespace lbgp::rib::test
