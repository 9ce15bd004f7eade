// SPDX-License-Identifier: Apache-2.0
// The RIB from outside: owners, best paths, views, counters.
#include "rib/rib.hpp"

#include <fmt/format.h>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

struct Shown {
  std::vector<std::string> owners;
  std::vector<std::optional<PeerId>> peers;
  std::vector<wire::PathAttributes> attributes;
  std::string reason;
  std::vector<bool> multipath;
  std::uint64_t version = 0;
};

Shown show(const Rib& rib, std::string_view prefix) {
  Shown shown;
  rib.find(P(prefix), [&](const RouteView& route) {
    shown.version = route.version;
    for (const PathView& path : route.paths) {
      shown.owners.emplace_back(path.owner);
      shown.peers.push_back(path.peer);
      shown.attributes.push_back(*path.attributes);
      shown.multipath.push_back(path.multipath);
      if (path.best) shown.reason = path.selection_reason;
    }
  });
  return shown;
}

std::vector<std::string> prefixes(const Rib& rib, Family family = Family::Ipv4Unicast) {
  std::vector<std::string> all;
  rib.for_each_route(family, [&](const RouteView& route) { all.push_back(wire::to_string(route.prefix)); });
  return all;
}

wire::PathAttributes with_med(std::uint32_t med) {
  wire::PathAttributes a = own_attributes();
  a.med = med;
  return a;
}

struct Fixture {
  Fixture() { rib.configure(global(), {}); }
  PeerId up(std::uint32_t n, const PeerSession& session) {
    const PeerId id = rib.add_peer(peer_settings(n));
    rib.peer_up(id, session, at(1));
    return id;
  }
  Rib rib;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a commit says what it changed", "[rib][local]") {
  CHECK(announce(rib, "10.8.0.1/32").changed == 1);
  CHECK(announce(rib, "10.8.0.1/32").changed == 0);
  CHECK(announce(rib, "10.8.0.1/32", "app", with_med(1)).changed == 1);
  const CommitResult again = announce(rib, "10.8.0.2/32");
  CHECK(again.commit == 3);
  CHECK(withdraw(rib, "10.8.0.9/32").not_found == 1);
  CHECK(withdraw(rib, "10.8.0.2/32", "somebody else").not_found == 1);
  CHECK(withdraw(rib, "10.8.0.2/32").changed == 1);
  CHECK(rib.local_count() == 1);
}

TEST_CASE_METHOD(Fixture, "labels alone are a change, and are kept", "[rib][local]") {
  LocalRoutes route = local("10.8.0.1/32");
  route.labels = {{"service", "default/nginx"}};
  const std::vector<LocalChange> labelled{route};
  announce(rib, "10.8.0.1/32");
  CHECK(rib.commit("app", labelled, at(2)).changed == 1);
  CHECK(rib.commit("app", labelled, at(2)).changed == 0);
  rib.for_each_local("app", [&](std::string_view owner, const LocalRoute& shown) {
    CHECK(owner == "app");
    CHECK((shown == LocalRoute{P("10.8.0.1/32"), route.attributes, route.labels}));
  });
}

TEST_CASE_METHOD(Fixture, "the lowest owner's attributes count and the last withdrawal ends a route",
                 "[rib][local]") {
  announce(rib, "10.8.0.1/32", "b", with_med(2));
  announce(rib, "10.8.0.1/32", "c", with_med(3));
  CHECK(show(rib, "10.8.0.1/32").attributes.front().med == 2U);
  announce(rib, "10.8.0.1/32", "a", with_med(1));
  CHECK(show(rib, "10.8.0.1/32").attributes.front().med == 1U);
  CHECK(show(rib, "10.8.0.1/32").owners.front() == "a");
  withdraw(rib, "10.8.0.1/32", "a");
  CHECK(show(rib, "10.8.0.1/32").attributes.front().med == 2U);
  withdraw(rib, "10.8.0.1/32", "c");
  CHECK(prefixes(rib).size() == 1);
  withdraw(rib, "10.8.0.1/32", "b");
  CHECK(prefixes(rib).empty());
}

TEST_CASE_METHOD(Fixture, "local routes are listed by prefix, then owner", "[rib][local]") {
  announce(rib, "10.8.0.2/32", "b");
  announce(rib, "2001:db8::1/128", "a");
  announce(rib, "10.8.0.2/32", "a");
  announce(rib, "10.8.0.1/32", "b");
  std::vector<std::string> listed;
  const auto list = [&](std::string_view owner, const LocalRoute& route) {
    listed.push_back(wire::to_string(route.prefix) + " " + std::string(owner));
  };
  rib.for_each_local("", list);
  CHECK(listed ==
        std::vector<std::string>{"10.8.0.1/32 b", "10.8.0.2/32 a", "10.8.0.2/32 b", "2001:db8::1/128 a"});
  listed.clear();
  rib.for_each_local("a", list);
  CHECK(listed == std::vector<std::string>{"10.8.0.2/32 a", "2001:db8::1/128 a"});
}

TEST_CASE_METHOD(Fixture, "local routes are shown slice by slice, put together where they are alike",
                 "[rib][local]") {
  wire::PathAttributes other = own_attributes();
  other.med = 7;
  announce(rib, "10.8.0.1/32", "a");
  announce(rib, "10.8.0.2/32", "a", other);
  announce(rib, "10.8.0.3/32", "a");
  announce(rib, "10.8.0.3/32", "b");
  announce(rib, "10.8.0.4/32", "a");
  announce(rib, "2001:db8::1/128", "a");
  std::vector<std::string> shown;
  LocalCursor cursor;
  const auto slice = [&] {
    return rib.for_each_local(cursor, 3, [&](std::string_view owner, const LocalRoutes& routes) {
      std::string line = fmt::format("{} {}", owner, routes.attributes.med.value_or(0));
      for (const wire::Prefix& prefix : routes.prefixes) line += ' ' + wire::to_string(prefix);
      shown.push_back(line);
    });
  };
  CHECK(slice());
  CHECK(shown ==
        std::vector<std::string>{"a 0 10.8.0.1/32 10.8.0.3/32", "a 7 10.8.0.2/32", "b 0 10.8.0.3/32"});
  shown.clear();
  CHECK(slice());
  CHECK(shown == std::vector<std::string>{"a 0 10.8.0.4/32"});
  shown.clear();
  CHECK_FALSE(slice());
  CHECK(shown == std::vector<std::string>{"a 0 2001:db8::1/128"});
}

TEST_CASE_METHOD(Fixture, "network statements come and go with the configuration", "[rib][local]") {
  GlobalSettings settings = global();
  settings.networks[Family::Ipv4Unicast] = {
      {P("10.1.0.0/16"), ""}, {P("10.2.0.0/16"), "tag"}, {P("10.3.0.0/16"), "no"}};
  Policies policies;
  policies.route_maps["tag"][10] = {10, Permit::Permit, "", {}, {SetCommunity{{C("1:1")}, false}}};
  rib.configure(settings, policies);
  CHECK(prefixes(rib) == std::vector<std::string>{"10.1.0.0/16", "10.2.0.0/16"});
  CHECK(show(rib, "10.2.0.0/16").attributes.front().communities == wire::Communities{C("1:1")});
  CHECK(show(rib, "10.1.0.0/16").owners == std::vector<std::string>{"config"});
  settings.networks[Family::Ipv4Unicast] = {{P("10.2.0.0/16"), ""}};
  rib.configure(settings, policies);
  CHECK(prefixes(rib) == std::vector<std::string>{"10.2.0.0/16"});
  CHECK(show(rib, "10.2.0.0/16").attributes.front().communities.empty());
}

TEST_CASE_METHOD(Fixture, "routes are shown in order of prefix, the longest match is found", "[rib][views]") {
  for (const char* prefix : {"10.8.0.0/24", "10.8.0.1/32", "9.0.0.0/8", "10.0.0.0/8", "2001:db8::/64"})
    announce(rib, prefix);
  CHECK(prefixes(rib) == std::vector<std::string>{"9.0.0.0/8", "10.0.0.0/8", "10.8.0.0/24", "10.8.0.1/32"});
  CHECK(prefixes(rib, Family::Ipv6Unicast) == std::vector<std::string>{"2001:db8::/64"});
  std::string found;
  const auto note = [&](const RouteView& route) { found = wire::to_string(route.prefix); };
  CHECK(rib.lookup(A("10.8.0.1"), note));
  CHECK(found == "10.8.0.1/32");
  CHECK(rib.lookup(A("10.8.0.2"), note));
  CHECK(found == "10.8.0.0/24");
  CHECK(rib.lookup(A("2001:db8::5"), note));
  CHECK_FALSE(rib.lookup(A("11.0.0.1"), note));
  CHECK_FALSE(rib.find(P("10.8.0.2/32"), note));
}

TEST_CASE_METHOD(Fixture, "a version is the table's at the route's last change", "[rib][views]") {
  announce(rib, "10.8.0.1/32");
  announce(rib, "10.8.0.2/32");
  CHECK(show(rib, "10.8.0.1/32").version == 1);
  announce(rib, "10.8.0.1/32", "app", with_med(1));
  CHECK(show(rib, "10.8.0.1/32").version == 3);
  CHECK(rib.summary(Family::Ipv4Unicast).version == 3);
}

TEST_CASE_METHOD(Fixture, "the best of several peers' paths is shown first, with its reason",
                 "[rib][views]") {
  const PeerId one = up(1, ebgp(1));
  const PeerId two = up(2, ebgp(2));
  rib.on_update(one, reach({"20.0.0.0/8"}, received_attributes({AS(65001), AS(7)})), at(2));
  CHECK(show(rib, "20.0.0.0/8").reason == "First path received");
  rib.on_update(two, reach({"20.0.0.0/8"}, received_attributes({AS(65002)})), at(3));
  const Shown shown = show(rib, "20.0.0.0/8");
  CHECK(shown.peers == std::vector<std::optional<PeerId>>{two, one});
  CHECK(shown.reason == "AS Path");
  const TableSummary summary = rib.summary(Family::Ipv4Unicast);
  CHECK(summary.routes == 1);
  CHECK(summary.paths == 2);
  CHECK(summary.memory > 0);
}

TEST_CASE_METHOD(Fixture, "when the best path goes, none of the others is the present one",
                 "[rib][rfc5004]") {
  std::array<PeerId, 4> peers{};
  for (std::uint32_t n = 1; n <= 4; ++n) peers[n - 1] = up(n, ebgp(n));
  const auto tell = [&](std::uint32_t n, std::vector<wire::AsNumber> behind) {
    behind.insert(behind.begin(), AS(65000 + n));
    rib.on_update(peers[n - 1], reach({"20.0.0.0/8"}, received_attributes(std::move(behind))), at(2));
  };
  const auto best = [&] { return show(rib, "20.0.0.0/8").peers.front(); };
  tell(4, {});
  for (const std::uint32_t n : {2U, 1U, 3U}) tell(n, {AS(7)});
  REQUIRE(best() == peers[3]);
  SECTION("withdrawn") {
    rib.on_update(peers[3], unreach({"20.0.0.0/8"}), at(3));
  }
  SECTION("with its session") {
    rib.peer_down(peers[3], {});
  }
  CHECK(best() == peers[0]);  // the lowest router id, whichever came last
  // From now on it is, and stays against one that is as good.
  rib.on_update(peers[0], unreach({"20.0.0.0/8"}), at(4));
  CHECK(best() == peers[1]);
  tell(1, {AS(7)});
  CHECK(best() == peers[1]);
  CHECK(show(rib, "20.0.0.0/8").reason == "Older Path");
}

TEST_CASE_METHOD(Fixture, "external multipath wants the same neighboring AS, or only the same length",
                 "[rib][views]") {
  GlobalSettings settings = global();
  const PeerId one = up(1, ebgp(1));
  const PeerId two = up(2, ebgp(2));
  rib.on_update(one, reach({"20.0.0.0/8"}, received_attributes({AS(65001), AS(7)})), at(2));
  rib.on_update(two, reach({"20.0.0.0/8"}, received_attributes({AS(65002), AS(7)})), at(2));
  CHECK(show(rib, "20.0.0.0/8").multipath == std::vector<bool>{false, false});
  settings.multipath_relax = true;
  rib.configure(settings, {});
  CHECK(show(rib, "20.0.0.0/8").multipath == std::vector<bool>{true, true});
  settings.maximum_paths[Family::Ipv4Unicast].ebgp = 1;
  rib.configure(settings, {});
  CHECK(show(rib, "20.0.0.0/8").multipath == std::vector<bool>{false, false});
  // Another path of the same AS: what is behind it does not matter.
  settings = global();
  rib.configure(settings, {});
  PeerSession same_as = ebgp(3);
  same_as.peer_as = AS(65001);
  const PeerId three = up(3, same_as);
  rib.on_update(three, reach({"20.0.0.0/8"}, received_attributes({AS(65001), AS(8)})), at(2));
  const Shown shown = show(rib, "20.0.0.0/8");
  for (std::size_t i = 0; i < shown.peers.size(); ++i) {
    INFO(i);
    CHECK(shown.multipath[i] == (shown.peers[i] != two));
  }
}

TEST_CASE_METHOD(Fixture, "internal multipath wants the same AS path, and equal cluster lists on request",
                 "[rfc4456-9][rib][views]") {
  const PeerId one = up(1, ibgp(1));
  const PeerId two = up(2, ibgp(2));
  const PeerId three = up(3, ibgp(3));
  wire::PathAttributes path = received_attributes({AS(65001), AS(7)});
  path.local_pref = 100;
  path.cluster_list = {wire::RouterId(11), wire::RouterId(12)};
  rib.on_update(one, reach({"20.0.0.0/8"}, path), at(2));
  path.cluster_list.pop_back();
  rib.on_update(two, reach({"20.0.0.0/8"}, path), at(2));
  path.as_path = wire::AsPath::sequence({AS(65001), AS(8)});
  rib.on_update(three, reach({"20.0.0.0/8"}, path), at(2));
  Shown shown = show(rib, "20.0.0.0/8");
  REQUIRE(shown.peers.front() == one);
  CHECK(shown.reason == "Router ID");
  for (std::size_t i = 0; i < shown.peers.size(); ++i) CHECK(shown.multipath[i] == (shown.peers[i] != three));
  GlobalSettings settings = global();
  settings.maximum_paths[Family::Ipv4Unicast].equal_cluster_length = true;
  rib.configure(settings, {});
  shown = show(rib, "20.0.0.0/8");
  REQUIRE(shown.peers.front() == two);
  CHECK(shown.multipath == std::vector<bool>{false, false, false});
  settings.maximum_paths[Family::Ipv4Unicast].equal_cluster_length = false;
  settings.maximum_paths[Family::Ipv6Unicast].equal_cluster_length = true;
  rib.configure(settings, {});
  CHECK(show(rib, "20.0.0.0/8").peers.front() == one);
}

TEST_CASE_METHOD(Fixture, "of too many equal paths those that would be next are marked", "[rib][views]") {
  GlobalSettings settings = global();
  settings.multipath_relax = true;
  settings.maximum_paths[Family::Ipv4Unicast].ebgp = 2;
  rib.configure(settings, {});
  for (std::uint32_t n = 1; n <= 4; ++n)
    rib.on_update(up(n, ebgp(n)), reach({"20.0.0.0/8"}, received_attributes({AS(65000 + n)})), at(2));
  const Shown shown = show(rib, "20.0.0.0/8");
  for (std::size_t i = 0; i < shown.peers.size(); ++i)
    CHECK(shown.multipath[i] == (shown.peers[i]->value < 2));
}

TEST_CASE_METHOD(Fixture, "a change of decision settings chooses anew", "[rib]") {
  const PeerId one = up(1, ebgp(1));
  const PeerId two = up(2, ebgp(2));
  wire::PathAttributes cheap = received_attributes({AS(65002)});
  cheap.med = 5;
  wire::PathAttributes dear = received_attributes({AS(65001)});
  dear.med = 9;
  rib.on_update(one, reach({"20.0.0.0/8"}, dear), at(2));
  rib.on_update(two, reach({"20.0.0.0/8"}, cheap), at(2));
  CHECK(show(rib, "20.0.0.0/8").peers.front() == one);
  GlobalSettings settings = global();
  settings.always_compare_med = true;
  rib.configure(settings, {});
  CHECK(show(rib, "20.0.0.0/8").peers.front() == two);
  CHECK(show(rib, "20.0.0.0/8").reason == "MED");
}

TEST_CASE_METHOD(Fixture, "a removed peer's number is used again once its routes have gone", "[rib]") {
  const PeerId one = up(1, ebgp(1));
  const PeerId two = up(2, ebgp(2));
  rib.on_update(one, reach({"20.0.0.0/8"}, received_attributes({AS(65001)})), at(2));
  rib.remove_peer(one);
  CHECK(prefixes(rib).empty());
  CHECK(rib.add_peer(peer_settings(3)) == one);
  CHECK(rib.add_peer(peer_settings(4)) != two);
}

// The second burst is looked for behind the first; what is asked for again stands before it.
TEST_CASE_METHOD(Fixture, "a burst behind another one does not hide what is to be sent again",
                 "[rib][rfc2918-4]") {
  constexpr std::uint32_t kBurst = 3000;
  const PeerId peer = up(1, ebgp(1));
  Receiver receiver(ebgp(1));
  const auto announce = [&](std::uint32_t base) {
    LocalRoutes routes{{}, own_attributes(), {}};
    for (std::uint32_t i = 0; i < kBurst; ++i)
      routes.prefixes.push_back(wire::Prefix::host(wire::IpAddress::v4(base + i)));
    rib.commit("app", std::vector<LocalChange>{routes}, at(1));
  };
  announce(0x0a000000);
  receiver.drain(rib, peer);
  announce(0x0a010000);
  receiver.drain(rib, peer);
  CHECK(receiver.announced == 2 * kBurst);
  rib.on_route_refresh(peer, wire::Family::Ipv4Unicast);
  receiver.allow_repeats = true;
  announce(0x0a020000);
  receiver.drain(rib, peer);
  CHECK(receiver.announced == 5 * kBurst);
  CHECK(receiver.table.size() == 3 * kBurst);
}

TEST_CASE_METHOD(Fixture, "memory comes back when routes go", "[rib]") {
  const std::size_t before = rib.summary(Family::Ipv4Unicast).memory;
  std::vector<LocalChange> all;
  std::vector<LocalChange> none;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    const auto prefix = wire::Prefix::host(wire::IpAddress::v4(0x0a000000 + i));
    all.emplace_back(LocalRoutes{{prefix}, own_attributes(), {}});
    none.emplace_back(std::vector{prefix});
  }
  rib.commit("app", all, at(1));
  CHECK(rib.summary(Family::Ipv4Unicast).memory > before + 20000 * 33);
  CHECK(rib.summary(Family::Ipv4Unicast).memory < before + 20000 * 70);
  rib.commit("app", none, at(1));
  while (rib.work(1000)) {
  }
  CHECK(rib.summary(Family::Ipv4Unicast).memory < before + 16384);
}

TEST_CASE_METHOD(Fixture, "memory comes back when routes go, also if a peer was told late", "[rib]") {
  const PeerId peer = up(1, ebgp(1));
  Receiver receiver(ebgp(1));
  std::vector<LocalChange> all;
  std::vector<LocalChange> none;
  for (std::uint32_t i = 0; i < 20000; ++i) {
    const auto prefix = wire::Prefix::host(wire::IpAddress::v4(0x0a000000 + i));
    all.emplace_back(LocalRoutes{{prefix}, own_attributes(), {}});
    none.emplace_back(std::vector{prefix});
  }
  rib.commit("app", all, at(1));
  receiver.drain(rib, peer);
  rib.commit("app", none, at(1));
  while (rib.work(1000)) {
  }
  const std::size_t waiting = rib.summary(Family::Ipv4Unicast).memory;
  receiver.drain(rib, peer);
  while (rib.work(1000)) {
  }
  CHECK(receiver.table.empty());
  CHECK(rib.summary(Family::Ipv4Unicast).memory < waiting / 4);
}

}  // namespace lbgp::rib::test
