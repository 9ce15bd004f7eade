// SPDX-License-Identifier: Apache-2.0
// Nothing takes longer than its budget, be it many routes or few that are costly.
#include <set>

#include "rib/policy_eval.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr Family k4 = Family::Ipv4Unicast;
constexpr std::size_t kCostlyEntries = 320;  // each asks a list of one: a route that passes all counts as 40

wire::Nlri host(std::uint32_t i) {
  return {wire::Prefix::host(wire::IpAddress::v4(0x14000000 + i)), 0};
}

wire::Update many(std::uint32_t count, std::uint32_t from = 1) {
  wire::Update update = reach({"20.0.0.0/32"}, received_attributes({AS(65000 + from)}));
  update.reach.front().nlri.clear();
  for (std::uint32_t i = 0; i < count; ++i) update.reach.front().nlri.push_back(host(i));
  return update;
}

// A map whose entries ask each for another metric, so that no outcome is shared, and then permit: with
// `preference`, or nothing if that is 0.
Policies costly(std::uint32_t preference) {
  Policies all;
  RouteMap& map = all.route_maps["costly"];
  for (std::uint32_t seq = 1; seq < kCostlyEntries; ++seq) {
    all.prefix_lists[k4][std::to_string(seq)].entries[5] = {
        5, Permit::Permit, wire::Prefix(wire::IpAddress::v4(seq << 8), 24), {}, {}};
    map[seq] = {seq, Permit::Permit, "", {MatchPrefixList{k4, std::to_string(seq)}}, {}};
  }
  if (preference != 0) map[1000] = {1000, Permit::Permit, "", {}, {SetLocalPreference{preference}}};
  return all;
}

struct Lab {
  explicit Lab(std::size_t inline_slice = Rib::kInlineSlice) : rib(inline_slice) {
    rib.configure(global(), costly(100));
  }
  PeerId add(std::uint32_t n) {
    PeerSettings settings = peer_settings(n);
    settings.families[k4].route_map_in = "costly";
    settings.families[k4].soft_reconfiguration_inbound = true;
    const PeerId peer = rib.add_peer(settings);
    rib.peer_up(peer, ebgp(n), at(1));
    return peer;
  }
  [[nodiscard]] std::uint32_t accepted(PeerId peer) const { return rib.counters(peer, k4).accepted; }
  Rib rib;
};

}  // namespace

TEST_CASE("a slice of an UPDATE ends when its budget is spent", "[slices][inbound]") {
  Lab lab;
  const PeerId peer = lab.add(1);
  const wire::Update update = many(100);
  UpdateCursor cursor;
  std::size_t slices = 0, accepted = 0;
  for (; !cursor.done; ++slices) {
    REQUIRE(slices < 100);
    const std::size_t before = cursor.next;
    std::size_t routes = 100;
    accepted += lab.rib.on_update(peer, update, at(2), cursor, routes).accepted;
    const std::size_t worked_on = cursor.next - before;
    CHECK(worked_on > 0);
    CHECK((worked_on - 1) * kCostlyEntries / Rib::kEntriesPerRoute < 100);
    CHECK((cursor.done || routes == 0));
  }
  CHECK(slices >= 100 * kCostlyEntries / Rib::kEntriesPerRoute / 100);
  CHECK(accepted == 100);
  CHECK(lab.accepted(peer) == 100);
}

TEST_CASE("withdrawals come first in slices too, and what ends the UPDATE last", "[slices][rfc4724-2]") {
  Lab lab;
  const PeerId peer = lab.add(1);
  lab.rib.on_update(peer, many(10), at(2));
  wire::Update update = many(20);
  update.reach.front().nlri.erase(update.reach.front().nlri.begin(), update.reach.front().nlri.begin() + 10);
  update.unreach.push_back({k4, many(10).reach.front().nlri});
  update.end_of_rib = k4;
  UpdateCursor cursor;
  for (std::size_t at_most = 0; cursor.next < 10; ++at_most) {
    REQUIRE(at_most < 10);
    std::size_t routes = 5;
    lab.rib.on_update(peer, update, at(3), cursor, routes);
  }
  CHECK(lab.accepted(peer) == 0);
  CHECK_FALSE(lab.rib.counters(peer, k4).end_of_rib_received);
  std::size_t rest = 10'000;
  lab.rib.on_update(peer, update, at(3), cursor, rest);
  CHECK(cursor.done);
  CHECK(lab.accepted(peer) == 10);
  CHECK(lab.rib.counters(peer, k4).end_of_rib_received);
}

TEST_CASE("a changed inbound policy is applied in slices of cost", "[slices][inbound]") {
  Lab lab(1);
  const PeerId peer = lab.add(1);
  lab.rib.on_update(peer, many(100), at(2));
  while (lab.rib.work(1000)) {
  }
  lab.rib.configure(global(), costly(0));  // permits nothing any more
  std::size_t slices = 0;
  for (bool more = true; more; ++slices) {
    REQUIRE(slices < 1000);
    const std::uint32_t before = lab.accepted(peer);
    more = lab.rib.work(42);
    CHECK(before - lab.accepted(peer) <= 2);  // one that counts as 40, and one that goes beyond
  }
  CHECK(slices >= 50);
  CHECK(lab.accepted(peer) == 0);
}

TEST_CASE("the changes of one turn share what may be done at once", "[slices][inbound]") {
  Lab lab(100);
  std::vector<PeerId> peers;
  for (std::uint32_t n = 1; n <= 10; ++n) {
    peers.push_back(lab.add(n));
    lab.rib.on_update(peers.back(), many(20, n), at(2));
  }
  while (lab.rib.work(1000)) {
  }
  lab.rib.configure(global(), costly(0));
  std::size_t denied = 0;
  for (const PeerId peer : peers) denied += 20 - lab.accepted(peer);
  CHECK(denied <= 5);
  while (lab.rib.work(1000)) {
  }
  for (const PeerId peer : peers) CHECK(lab.accepted(peer) == 0);
}

// --- sections ---------------------------------------------------------------------------------------------

namespace {

std::vector<std::string> names_of(Rib& rib, Section& section, bool& more) {
  std::vector<std::string> names;
  more = rib.for_each_route(k4, section,
                            [&](const RouteView& route) { names.push_back(wire::to_string(route.prefix)); });
  return names;
}

}  // namespace

TEST_CASE("sections are the whole table in its order", "[slices][section]") {
  Rib rib;
  rib.configure(global(), {});
  LocalRoutes local{{}, own_attributes(), {}};
  for (std::uint32_t i = 0; i < 500; ++i) local.prefixes.push_back(host(i * 7919 % 500).prefix);
  rib.commit("uid 1", std::vector<LocalChange>{local}, at(1));
  std::vector<std::string> whole;
  rib.for_each_route(k4, [&](const RouteView& route) { whole.push_back(wire::to_string(route.prefix)); });
  REQUIRE(whole.size() == 500);
  const std::size_t most = GENERATE(1U, 3U, 499U, 500U, 501U);
  Section section{std::nullopt, most};
  std::vector<std::string> found;
  for (bool more = true; more;) {
    const std::vector<std::string> names = names_of(rib, section, more);
    CHECK(names.size() <= most);
    CHECK((!more || names.size() == most));
    found.insert(found.end(), names.begin(), names.end());
  }
  CHECK(found == whole);
}

TEST_CASE("what comes and goes between two sections is shown once at most", "[slices][section]") {
  Rib rib;
  rib.configure(global(), {});
  const auto change = [&](const LocalChange& local) {
    rib.commit("uid 1", std::vector<LocalChange>{local}, at(1));
  };
  LocalRoutes stays{{}, own_attributes(), {}}, goes = stays, comes = stays;
  for (std::uint32_t i = 0; i < 300; ++i)
    (i % 3 == 0 ? stays : i % 3 == 1 ? goes : comes).prefixes.push_back(host(i).prefix);
  change(stays);
  change(goes);
  Section section{std::nullopt, 10};
  std::multiset<std::string> found;
  std::size_t sections = 0;
  for (bool more = true; more; ++sections) {
    for (const std::string& name : names_of(rib, section, more)) found.insert(name);
    // Numbers of those that have gone are given to others.
    if (sections == 3) change(goes.prefixes);
    if (sections == 5) change(comes);
  }
  for (const auto& each : stays.prefixes) CHECK(found.count(wire::to_string(each)) == 1);
  for (const auto& each : goes.prefixes) CHECK(found.count(wire::to_string(each)) <= 1);
  for (const auto& each : comes.prefixes) CHECK(found.count(wire::to_string(each)) <= 1);
  CHECK(found.size() > stays.prefixes.size());
}

TEST_CASE("an Adj-RIB has sections too", "[slices][section]") {
  Rib rib;
  rib.configure(global(), {});
  const PeerId from = rib.add_peer(peer_settings(1));
  const PeerId to = rib.add_peer(peer_settings(2));
  rib.peer_up(from, ebgp(1), at(1));
  rib.peer_up(to, ebgp(2), at(1));
  rib.on_update(from, many(25), at(2));
  wire::Bytes sent;
  while (rib.pull(to, sent, 4096)) {
  }
  const auto count = [](auto&& walk) {
    Section section{std::nullopt, 10};
    std::vector<std::size_t> sizes;
    for (bool more = true; more;) {
      std::size_t seen = 0;
      more = walk(section, [&](const AdjView&) { ++seen; });
      sizes.push_back(seen);
    }
    return sizes;
  };
  const std::vector<std::size_t> expected{10, 10, 5};
  CHECK(count([&](Section& section, auto visit) {
          return rib.for_each_received(from, k4, section, visit);
        }) == expected);
  CHECK(count([&](Section& section, auto visit) {
          return rib.for_each_advertised(to, k4, section, visit);
        }) == expected);
}

}  // namespace lbgp::rib::test
