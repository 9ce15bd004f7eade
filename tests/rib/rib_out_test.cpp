// SPDX-License-Identifier: Apache-2.0
// What peers are told: bytes by pull, coalescing, End-of-RIB, refresh, groups.
#include "rib/rib.hpp"

#include <map>
#include <random>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

wire::PathAttributes with_med(std::uint32_t med) {
  wire::PathAttributes a = own_attributes();
  a.med = med;
  return a;
}

// A RIB with peers that remember what they were sent.
struct Out {
  explicit Out(std::size_t slice = Rib::kInlineSlice) : rib(slice) { rib.configure(global(), {}); }
  struct Link {
    PeerId id;
    Receiver receiver;
  };
  std::size_t connect(const PeerSession& session, const PeerSettings& settings) {
    const PeerId id = rib.add_peer(settings);
    rib.peer_up(id, session, at(1));
    links.push_back({id, Receiver(session)});
    return links.size() - 1;
  }
  std::size_t connect(std::uint32_t n, const PeerSession& session) {
    return connect(session, peer_settings(n));
  }
  Receiver& drain(std::size_t link = 0, std::size_t budget = 65536) {
    links[link].receiver.drain(rib, links[link].id, budget);
    return links[link].receiver;
  }
  // Whole messages of one pull.
  std::size_t pull_size(std::size_t link, std::size_t budget) {
    wire::Bytes bytes;
    rib.pull(links[link].id, bytes, budget);
    links[link].receiver.feed(bytes);
    return bytes.size();
  }
  void announce_many(std::uint32_t count, std::uint32_t base = 0x0a080000, std::uint32_t sets = 1) {
    std::vector<LocalChange> changes;
    for (std::uint32_t i = 0; i < count; ++i)
      changes.emplace_back(
          LocalRoutes{{wire::Prefix::host(wire::IpAddress::v4(base + i))}, with_med(i % sets), {}});
    rib.commit("app", changes, at(1));
  }
  [[nodiscard]] PeerCounters counters(std::size_t link = 0) const {
    return rib.counters(links[link].id, Family::Ipv4Unicast);
  }

  Rib rib;
  std::vector<Link> links;
};

}  // namespace

TEST_CASE("a local route reaches an external peer as ours", "[rfc4271-5.1][rib-out]") {
  Out out;
  out.connect(1, ebgp(1));
  announce(out.rib, "10.8.0.1/32");
  announce(out.rib, "2001:db8:8::1/128");
  const Receiver& peer = out.drain();
  wire::PathAttributes expected = received_attributes({AS(64512)});
  expected.next_hop.address = A("10.0.0.254");
  CHECK((peer.table.at(P("10.8.0.1/32")) == expected));
  expected.next_hop.address = A("2001:db8::254");
  CHECK((peer.table.at(P("2001:db8:8::1/128")) == expected));
}

TEST_CASE("routes with the same attributes share messages, full ones", "[rib-out][packing]") {
  Out out;
  out.connect(1, ebgp(1));
  SECTION("announced before") {
    out.announce_many(10000);
  }
  SECTION("by a table that mixes attributes") {
    out.announce_many(10000, 0x0a080000, 10);
  }
  const Receiver& peer = out.drain();
  CHECK(peer.table.size() == 10000);
  // 4,096 octets hold about 800 /32 routes beside their attributes.
  CHECK(peer.messages >= 12);
  CHECK(peer.messages <= 20);
  CHECK(peer.announced == 10000);
}

TEST_CASE("a peer that comes late gets the whole table, packed as well", "[rib-out][packing]") {
  Out out;
  out.announce_many(10000, 0x0a080000, 10);
  out.connect(1, ebgp(1));
  while (out.rib.work(1000)) {
  }
  CHECK(out.drain(0, 4096).messages <= 20);
  CHECK(out.links[0].receiver.table.size() == 10000);
}

TEST_CASE("a pull stops at its budget and goes on where it stopped", "[rib-out][packing]") {
  Out out;
  out.connect(1, ebgp(1));
  out.announce_many(5000);
  CHECK(out.pull_size(0, 1) <= 4096);
  CHECK(out.pull_size(0, 5000) <= 5000 + 4096);
  CHECK(out.rib.has_output(out.links[0].id));
  out.drain();
  CHECK(out.links[0].receiver.announced == 5000);
  CHECK_FALSE(out.rib.has_output(out.links[0].id));
  CHECK(out.pull_size(0, 65536) == 0);
}

// What was packed for one is copied for the others, and is what they would have got alone.
TEST_CASE("peers of one kind are sent the same octets", "[rib-out][packing]") {
  Out out;
  for (const std::uint32_t n : {1U, 2U, 3U}) out.connect(n, ebgp(n));
  Out alone;
  alone.connect(1, ebgp(1));
  out.announce_many(5000);
  alone.announce_many(5000);
  const auto bytes_of = [](Out& from, std::size_t link, std::size_t budget) {
    wire::Bytes bytes;
    while (from.rib.pull(from.links[link].id, bytes, budget)) {
    }
    return bytes;
  };
  const wire::Bytes expected = bytes_of(alone, 0, 16384);
  CHECK(bytes_of(out, 0, 16384) == expected);
  CHECK(bytes_of(out, 2, 16384) == expected);
  out.announce_many(100, 0x0a090000);
  CHECK(bytes_of(out, 0, 16384).size() < 1000);
  // One that lags has the old routes and the new ones in one go.
  out.links[1].receiver.feed(bytes_of(out, 1, 16384));
  CHECK(out.links[1].receiver.table.size() == 5100);
  CHECK(out.counters(1).pending == 0);
  CHECK(out.counters(1).advertised == 5100);
}

TEST_CASE("copies go only to those who lack exactly that", "[rib-out][packing]") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 9)));
  INFO("seed " << seed);
  std::mt19937 random(seed);
  Out out;
  constexpr std::size_t kPeers = 4;
  for (std::uint32_t n = 1; n <= kPeers; ++n) out.connect(n, ebgp(n));
  std::map<wire::Prefix, std::uint32_t> wanted;  // MED
  for (int round = 0; round < 60; ++round) {
    const std::uint32_t base = 0x0a080000 + 700 * static_cast<std::uint32_t>(random() % 4);
    const auto count = static_cast<std::uint32_t>(1 + random() % 1500);
    LocalRoutes routes{{}, with_med(static_cast<std::uint32_t>(random() % 2)), {}};
    for (std::uint32_t i = 0; i < count; ++i)
      routes.prefixes.push_back(wire::Prefix::host(wire::IpAddress::v4(base + i)));
    const bool announce = random() % 3 != 0;
    for (const wire::Prefix& prefix : routes.prefixes) {
      wanted.erase(prefix);
      if (announce) wanted[prefix] = *routes.attributes.med;
    }
    const std::vector<LocalChange> changes{announce ? LocalChange(routes) : LocalChange(routes.prefixes)};
    out.rib.commit("app", changes, at(1));
    for (std::size_t pulls = random() % 12; pulls > 0; --pulls)
      out.pull_size(random() % kPeers, 1 + random() % 40000);
  }
  for (std::size_t link = 0; link < kPeers; ++link) {
    const Receiver& peer = out.drain(link, 16384);
    REQUIRE(peer.table.size() == wanted.size());
    for (const auto& [prefix, med] : wanted) REQUIRE(peer.table.at(prefix).med == med);
    CHECK(out.counters(link).advertised == wanted.size());
  }
}

TEST_CASE("copies are not kept for a peer that has gone", "[rib-out][packing]") {
  Out out;
  const std::size_t fast = out.connect(1, ebgp(1));
  const std::size_t slow = out.connect(2, ebgp(2));
  out.announce_many(10'000);
  out.drain(fast);
  const std::size_t before = out.rib.summary(Family::Ipv4Unicast).memory;
  out.rib.peer_down(out.links[slow].id, {});
  CHECK(out.rib.summary(Family::Ipv4Unicast).memory + 10'000 * 5 < before);  // five octets per route
}

TEST_CASE("what reverts before it is sent costs nothing", "[rib-out][coalescing]") {
  Out out;
  out.connect(1, ebgp(1));
  announce(out.rib, "10.8.0.1/32");
  withdraw(out.rib, "10.8.0.1/32");
  CHECK(out.pull_size(0, 65536) == 0);
  announce(out.rib, "10.8.0.1/32");
  out.drain();
  announce(out.rib, "10.8.0.1/32", "app", with_med(1));
  announce(out.rib, "10.8.0.1/32", "app", with_med(2));
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.pull_size(0, 65536) == 0);
  withdraw(out.rib, "10.8.0.1/32");
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.pull_size(0, 65536) == 0);
}

TEST_CASE("the newest state wins, and withdraw then announce is one announcement", "[rib-out][coalescing]") {
  Out out;
  out.connect(1, ebgp(1));
  announce(out.rib, "10.8.0.1/32");
  out.drain();
  withdraw(out.rib, "10.8.0.1/32");
  announce(out.rib, "10.8.0.1/32", "app", with_med(7));
  const Receiver& peer = out.drain();
  CHECK(peer.withdrawn == 0);
  CHECK(peer.announced == 2);
  CHECK(peer.table.at(P("10.8.0.1/32")).med == 7U);
}

TEST_CASE("a fast and a slow member of a group each get the shortest way", "[rib-out][coalescing]") {
  Out out;
  const std::size_t fast = out.connect(1, ebgp(1));
  const std::size_t slow = out.connect(2, ebgp(2));
  announce(out.rib, "10.8.0.1/32", "app", with_med(1));
  out.drain(fast);
  out.drain(slow);
  announce(out.rib, "10.8.0.1/32", "app", with_med(2));
  out.drain(fast);
  announce(out.rib, "10.8.0.1/32", "app", with_med(1));
  CHECK(out.pull_size(slow, 65536) == 0);
  out.drain(fast);
  CHECK(out.links[fast].receiver.announced == 3);
  announce(out.rib, "10.8.0.1/32", "app", with_med(3));
  out.drain(fast);
  announce(out.rib, "10.8.0.1/32", "app", with_med(4));
  announce(out.rib, "10.8.0.1/32", "app", with_med(3));
  CHECK(out.pull_size(fast, 65536) == 0);
  CHECK(out.drain(slow).table.at(P("10.8.0.1/32")).med == 3U);
}

TEST_CASE("withdrawals go first", "[rib-out][packing]") {
  Out out;
  out.connect(1, ebgp(1));
  announce(out.rib, "10.8.0.1/32");
  out.drain();
  announce(out.rib, "10.8.0.2/32");
  withdraw(out.rib, "10.8.0.1/32");
  out.pull_size(0, 1);
  CHECK(out.links[0].receiver.table.empty());
  out.pull_size(0, 1);
  CHECK(out.links[0].receiver.table.size() == 1);
}

TEST_CASE("a route does not go back to where it came from", "[rfc4271-9.2][rib-out]") {
  Out out;
  const std::size_t one = out.connect(1, ebgp(1));
  const std::size_t two = out.connect(2, ebgp(2));
  out.rib.on_update(out.links[one].id, reach({"20.0.0.0/8"}, received_attributes({AS(65001), AS(7)})), at(2));
  CHECK(out.drain(one).table.empty());
  CHECK(wire::to_string(out.drain(two).table.at(P("20.0.0.0/8")).as_path) == "64512 65001 7");
  // A better path from the second: now the first one gets it and the second has to forget.
  out.rib.on_update(out.links[two].id, reach({"20.0.0.0/8"}, received_attributes({AS(65002)})), at(3));
  CHECK(out.drain(two).table.empty());
  CHECK(wire::to_string(out.drain(one).table.at(P("20.0.0.0/8")).as_path) == "64512 65002");
}

TEST_CASE("End-of-RIB follows the table, once, when it is released", "[rfc4724-3][rib-out]") {
  Out out;
  out.announce_many(2000);
  out.connect(1, ebgp(1));
  CHECK(out.drain().end_of_rib == 0);
  out.rib.release_end_of_rib();
  CHECK(out.rib.take_ready() == std::vector<PeerId>{out.links[0].id});
  CHECK(out.drain().end_of_rib == 2);
  CHECK(out.counters().end_of_rib_sent);
  announce(out.rib, "10.8.9.9/32");
  CHECK(out.drain().end_of_rib == 2);
  // A new session: again, and behind all routes.
  out.rib.peer_down(out.links[0].id, {});
  out.rib.peer_up(out.links[0].id, ebgp(1), at(9));
  out.links[0].receiver = Receiver(ebgp(1));
  out.pull_size(0, 1);
  CHECK(out.links[0].receiver.end_of_rib == 0);
  CHECK(out.drain().end_of_rib == 2);
}

TEST_CASE("a family that was not negotiated gets nothing, not even End-of-RIB", "[rfc4760-8][rib-out]") {
  Out out;
  out.rib.release_end_of_rib();
  PeerSession session = ebgp(1);
  session.codec.families.erase(Family::Ipv6Unicast);
  out.connect(1, session);
  announce(out.rib, "2001:db8:8::1/128");
  CHECK(out.drain().table.empty());
  CHECK(out.links[0].receiver.end_of_rib == 1);
  CHECK(out.rib.blocked_reason(out.links[0].id, Family::Ipv6Unicast).empty());
}

TEST_CASE("a family without a next hop of ours is not announced, and why is told", "[rfc2545-2][rib-out]") {
  Out out;
  PeerSession session = ebgp(1);
  session.local_next_hop[Family::Ipv6Unicast].reset();
  session.no_next_hop[Family::Ipv6Unicast] = "no IPv6 address on eth0";
  out.connect(1, session);
  announce(out.rib, "2001:db8:8::1/128");
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.drain().table.size() == 1);
  CHECK(out.rib.blocked_reason(out.links[0].id, Family::Ipv6Unicast) == "no IPv6 address on eth0");
  CHECK(out.rib.blocked_reason(out.links[0].id, Family::Ipv4Unicast).empty());
  // An address from the configuration helps.
  PeerSettings settings = peer_settings(1);
  settings.next_hop[Family::Ipv6Unicast] = A("2001:db8::99");
  out.rib.change_peer(out.links[0].id, settings);
  CHECK(out.drain().table.at(P("2001:db8:8::1/128")).next_hop.address == A("2001:db8::99"));
  CHECK(out.rib.blocked_reason(out.links[0].id, Family::Ipv6Unicast).empty());
}

TEST_CASE("a next hop that goes takes its family's routes along, and brings them back",
          "[rfc2545-2][rib-out]") {
  Out out;
  out.rib.release_end_of_rib();
  const PeerSession at_home = ebgp(1);
  PeerSession homeless = at_home;
  homeless.local_next_hop[Family::Ipv6Unicast].reset();
  homeless.no_next_hop[Family::Ipv6Unicast] = "no global IPv6 address on interface eth0";
  const PeerId id = out.links[out.connect(1, at_home)].id;
  announce(out.rib, "10.8.0.1/32");
  announce(out.rib, "2001:db8:8::1/128");
  announce(out.rib, "2001:db8:8::2/128");
  REQUIRE(out.drain().table.size() == 3);
  const std::size_t heard = out.links[0].receiver.messages;

  out.rib.change_next_hops(id, homeless);
  CHECK(out.rib.blocked_reason(id, Family::Ipv6Unicast) == "no global IPv6 address on interface eth0");
  CHECK(out.rib.counters(id, Family::Ipv6Unicast).pending == 2);
  announce(out.rib, "2001:db8:8::3/128");  // what comes meanwhile is not told either
  CHECK(out.drain().table.size() == 1);
  CHECK(out.rib.counters(id, Family::Ipv6Unicast).advertised == 0);
  CHECK(out.links[0].receiver.messages == heard + 1);  // both in one message, and no second End-of-RIB
  out.rib.on_route_refresh(id, Family::Ipv6Unicast);
  CHECK(out.drain().table.size() == 1);

  withdraw(out.rib, "2001:db8:8::1/128");
  PeerSession moved = at_home;
  moved.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("2001:db8::7"), {}};
  out.rib.change_next_hops(id, moved);
  CHECK(out.rib.blocked_reason(id, Family::Ipv6Unicast).empty());
  const Receiver& peer = out.drain();
  CHECK(peer.table.size() == 3);
  CHECK_FALSE(peer.table.contains(P("2001:db8:8::1/128")));
  for (const char* prefix : {"2001:db8:8::2/128", "2001:db8:8::3/128"})
    CHECK(peer.table.at(P(prefix)).next_hop.address == A("2001:db8::7"));
  CHECK(peer.end_of_rib == 2);
}

TEST_CASE("a next hop that changes replaces what was sent, without a withdrawal", "[rfc2545-2][rib-out]") {
  Out out;
  const PeerId id = out.links[out.connect(1, ebgp(1))].id;
  announce(out.rib, "2001:db8:8::1/128");
  announce(out.rib, "10.8.0.1/32");
  REQUIRE(out.drain().table.size() == 2);
  const std::size_t heard = out.links[0].receiver.messages;
  PeerSession moved = ebgp(1);
  moved.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("2001:db8::7"), A("fe80::7")};
  out.rib.change_next_hops(id, moved);
  const Receiver& peer = out.drain();
  CHECK((peer.table.at(P("2001:db8:8::1/128")).next_hop == *moved.local_next_hop[Family::Ipv6Unicast]));
  CHECK(peer.table.size() == 2);
  CHECK(peer.messages == heard + 1);  // IPv4 is not said again
  // The same once more changes nothing.
  out.rib.change_next_hops(id, moved);
  CHECK_FALSE(out.rib.has_output(id));
}

TEST_CASE("a new next hop is not forgotten for a route that goes and comes back meanwhile", "[rib-out]") {
  Out out;
  const PeerId id = out.links[out.connect(1, ebgp(1))].id;
  announce(out.rib, "2001:db8:8::1/128");
  REQUIRE(out.drain().table.size() == 1);
  PeerSession moved = ebgp(1);
  moved.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("2001:db8::7"), {}};
  SECTION("gone before") {
    withdraw(out.rib, "2001:db8:8::1/128");
    out.rib.change_next_hops(id, moved);
  }
  SECTION("gone after") {
    out.rib.change_next_hops(id, moved);
    withdraw(out.rib, "2001:db8:8::1/128");
  }
  SECTION("gone for want of a next hop after") {
    PeerSession homeless = ebgp(1);
    homeless.local_next_hop[Family::Ipv6Unicast].reset();
    for (const PeerSession& session : {moved, homeless, moved}) out.rib.change_next_hops(id, session);
  }
  announce(out.rib, "2001:db8:8::1/128");
  CHECK(out.drain().table.at(P("2001:db8:8::1/128")).next_hop.address == A("2001:db8::7"));
}

TEST_CASE("a next hop that is back before anything was sent is no change", "[rib-out]") {
  Out out;
  const PeerId id = out.links[out.connect(1, ebgp(1))].id;
  announce(out.rib, "2001:db8:8::1/128");
  REQUIRE(out.drain().table.size() == 1);
  PeerSession homeless = ebgp(1);
  homeless.local_next_hop[Family::Ipv6Unicast].reset();
  out.rib.change_next_hops(id, homeless);
  CHECK(out.rib.has_output(id));
  out.rib.change_next_hops(id, ebgp(1));
  CHECK_FALSE(out.rib.has_output(id));
  CHECK(out.rib.counters(id, Family::Ipv6Unicast).advertised == 1);
}

TEST_CASE("an IPv4 next hop cannot carry IPv6", "[rfc2545-2][rib-out]") {
  Out out;
  PeerSession session = ebgp(1);
  session.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("10.0.0.254"), {}};
  out.connect(1, session);
  announce(out.rib, "2001:db8:8::1/128");
  CHECK(out.drain().table.empty());
  CHECK_FALSE(out.rib.blocked_reason(out.links[0].id, Family::Ipv6Unicast).empty());
}

TEST_CASE("on a shared link the link-local next hop goes along", "[rfc2545-3][rib-out]") {
  Out out;
  PeerSession session = ebgp(1);
  session.local_next_hop[Family::Ipv6Unicast] = wire::NextHop{A("2001:db8::254"), A("fe80::254")};
  out.connect(1, session);
  announce(out.rib, "2001:db8:8::1/128");
  CHECK((out.drain().table.at(P("2001:db8:8::1/128")).next_hop ==
         *session.local_next_hop[Family::Ipv6Unicast]));
}

TEST_CASE("peers behind different addresses of ours share a group and get their own next hop", "[rib-out]") {
  Out out;
  PeerSession other = ebgp(2);
  other.local_next_hop[Family::Ipv4Unicast] = wire::NextHop{A("10.1.0.254"), {}};
  out.connect(1, ebgp(1));
  out.connect(2, other);
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.drain(0).table.at(P("10.8.0.1/32")).next_hop.address == A("10.0.0.254"));
  CHECK(out.drain(1).table.at(P("10.8.0.1/32")).next_hop.address == A("10.1.0.254"));
}

TEST_CASE("a refresh sends everything again and nothing else", "[rfc2918-4][rib-out]") {
  Out out;
  out.connect(1, ebgp(1));
  out.announce_many(3000);
  out.drain();
  withdraw(out.rib, "10.8.0.1/32");
  out.rib.on_route_refresh(out.links[0].id, Family::Ipv4Unicast);
  out.links[0].receiver.allow_repeats = true;
  const Receiver& peer = out.drain();
  CHECK(peer.announced == 3000 + 2999);
  CHECK(peer.withdrawn == 1);
  CHECK(out.counters().pending == 0);
}

TEST_CASE("of a changed outbound policy only the difference is sent", "[rib-out][policy]") {
  Out out;
  Policies policies;
  PrefixList& list = policies.prefix_lists[Family::Ipv4Unicast]["out"];
  list.entries[5] = {5, Permit::Permit, P("10.8.0.0/24"), {}, std::uint8_t{32}};
  out.rib.configure(global(), policies);
  PeerSettings settings = peer_settings(1);
  settings.families[Family::Ipv4Unicast].prefix_list_out = "out";
  out.connect(ebgp(1), settings);
  const std::size_t bystander = out.connect(2, ebgp(2));
  out.announce_many(512);
  CHECK(out.drain().table.size() == 256);
  out.drain(bystander);
  const std::size_t before = out.links[0].receiver.announced;

  SECTION("the list reads differently") {
    list.entries[5].prefix = P("10.8.0.0/23");
    out.rib.configure(global(), policies);
    CHECK(out.drain().announced == before + 256);
  }
  SECTION("another name") {
    settings.families[Family::Ipv4Unicast].prefix_list_out = "";
    out.rib.change_peer(out.links[0].id, settings);
    CHECK(out.drain().announced == before + 256);
  }
  SECTION("nothing left") {
    settings.families[Family::Ipv4Unicast].route_map_out = "absent";
    out.rib.change_peer(out.links[0].id, settings);
    CHECK(out.drain().withdrawn == 256);
  }
  SECTION("the same again") {
    out.rib.configure(global(), policies);
    out.rib.change_peer(out.links[0].id, settings);
    CHECK(out.pull_size(0, 65536) == 0);
  }
  CHECK(out.pull_size(bystander, 65536) == 0);
}

TEST_CASE("without an outbound policy exactly own routes go out", "[rfc8212-2][rib-out]") {
  Out out;
  PeerSettings careful = peer_settings(1);
  careful.ebgp_requires_policy = true;
  out.connect(ebgp(1), careful);
  const std::size_t two = out.connect(2, ebgp(2));
  out.rib.on_update(out.links[two].id, reach({"20.0.0.0/8"}, received_attributes({AS(65002)})), at(2));
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.drain().table.size() == 1);
  CHECK(out.counters().policy_missing_out);
  CHECK_FALSE(out.counters(two).policy_missing_out);
}

TEST_CASE("a route that fits no message is withdrawn and reported", "[rib-out][packing]") {
  Out out;
  out.connect(1, ebgp(1));
  announce(out.rib, "10.8.0.1/32");
  announce(out.rib, "10.8.0.2/32");
  out.drain();
  wire::PathAttributes huge = own_attributes();
  std::vector<wire::Community> many;
  for (std::uint32_t i = 0; i < 1100; ++i) many.push_back({i});
  huge.communities = wire::Communities(many);
  announce(out.rib, "10.8.0.1/32", "app", huge);
  announce(out.rib, "10.8.0.3/32", "app", huge);
  const Receiver& peer = out.drain();
  CHECK(peer.table.size() == 1);
  CHECK(peer.withdrawn == 1);
  CHECK(out.counters().oversized == 2);
  std::vector<std::string> listed;
  out.rib.for_each_oversized(out.links[0].id, Family::Ipv4Unicast,
                             [&](const wire::Prefix& p) { listed.push_back(wire::to_string(p)); });
  CHECK(listed == std::vector<std::string>{"10.8.0.1/32", "10.8.0.3/32"});
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.drain().table.size() == 2);
  CHECK(out.counters().oversized == 1);
}

TEST_CASE("nobody is told to reach a route over itself", "[rfc4271-5.1.3][rib-out]") {
  Out out;
  out.connect(1, ebgp(1));
  out.connect(2, ebgp(2));
  wire::PathAttributes over_first = own_attributes();
  over_first.next_hop.address = peer_settings(1).address;
  announce(out.rib, "10.8.0.1/32");
  announce(out.rib, "10.8.0.2/32", "app", over_first);
  CHECK(out.drain(0).table.size() == 1);
  CHECK(out.drain(1).table.size() == 2);
  announce(out.rib, "10.8.0.1/32", "app", over_first);
  CHECK(out.drain(0).table.empty());
  CHECK(out.drain(0).withdrawn == 1);
  announce(out.rib, "10.8.0.2/32");
  CHECK(out.drain(0).table.size() == 1);
  CHECK(out.drain(1).table.size() == 2);
}

TEST_CASE("nor when others of its group have had the same packed", "[rfc4271-5.1.3][rib-out][packing]") {
  Out out;
  for (const std::uint32_t n : {1U, 2U, 3U}) out.connect(n, ebgp(n));
  wire::PathAttributes over_third = own_attributes();
  over_third.next_hop.address = peer_settings(3).address;
  std::vector<wire::Prefix> prefixes;
  for (std::uint32_t i = 0; i < 3000; ++i)
    prefixes.push_back(wire::Prefix::host(wire::IpAddress::v4(0x0a080000 + i)));
  out.rib.commit("app", std::vector<LocalChange>{LocalRoutes{prefixes, over_third, {}}}, at(1));
  CHECK(out.drain(0).table.size() == 3000);
  CHECK(out.drain(1).table.size() == 3000);
  CHECK(out.drain(2).table.empty());
}

TEST_CASE("with extended messages the same route fits", "[rfc8654-4][rib-out]") {
  Out out;
  PeerSession session = ebgp(1);
  session.codec.extended_messages = true;
  out.connect(1, session);
  wire::PathAttributes huge = own_attributes();
  std::vector<wire::Community> many;
  for (std::uint32_t i = 0; i < 1100; ++i) many.push_back({i});
  huge.communities = wire::Communities(many);
  announce(out.rib, "10.8.0.1/32", "app", huge);
  CHECK(out.drain().table.size() == 1);
  CHECK(out.counters().oversized == 0);
}

TEST_CASE("a table too big for one slice is announced when it is ready", "[rib-out]") {
  Out out(100);
  out.rib.release_end_of_rib();
  out.announce_many(1000);
  PeerSession session = ebgp(1);
  session.codec.families = {Family::Ipv4Unicast};
  out.connect(1, session);
  CHECK_FALSE(out.rib.has_output(out.links[0].id));
  CHECK(out.rib.take_ready().empty());
  while (out.rib.work(100)) {
  }
  CHECK(out.rib.take_ready() == std::vector<PeerId>{out.links[0].id});
  CHECK(out.drain().table.size() == 1000);
  CHECK(out.links[0].receiver.end_of_rib == 1);
  // The next one of the same kind finds the work done.
  out.connect(2, ebgp(2));
  CHECK_FALSE(out.rib.has_work());
  CHECK(out.drain(1).table.size() == 1000);
}

TEST_CASE("peers are ready once per batch", "[rib-out]") {
  Out out;
  out.connect(1, ebgp(1));
  out.connect(2, ebgp(2));
  (void)out.rib.take_ready();
  announce(out.rib, "10.8.0.1/32");
  announce(out.rib, "10.8.0.2/32");
  CHECK(out.rib.take_ready() == std::vector<PeerId>{out.links[0].id, out.links[1].id});
  CHECK(out.rib.take_ready().empty());
}

TEST_CASE("advertised_to names who was told", "[rib-out][views]") {
  Out out;
  out.connect(1, ebgp(1));
  out.connect(2, ebgp(2));
  announce(out.rib, "10.8.0.1/32");
  CHECK(out.rib.advertised_to(P("10.8.0.1/32")).empty());
  out.drain(1);
  CHECK(out.rib.advertised_to(P("10.8.0.1/32")) == std::vector<PeerId>{out.links[1].id});
  CHECK(out.rib.advertised_to(P("10.8.0.2/32")).empty());
}

TEST_CASE("a number of a withdrawn route is not given away while a peer still needs it", "[rib-out]") {
  Out out;
  const std::size_t fast = out.connect(1, ebgp(1));
  const std::size_t slow = out.connect(2, ebgp(2));
  out.announce_many(3000);
  out.drain(fast);
  out.drain(slow);
  for (std::uint32_t i = 0; i < 3000; ++i)
    withdraw(out.rib, wire::to_string(wire::Prefix::host(wire::IpAddress::v4(0x0a080000 + i))));
  out.drain(fast);
  while (out.rib.work(10000)) {
  }
  out.announce_many(3000, 0x0b000000);
  out.drain(fast);
  CHECK(out.drain(slow).table.size() == 3000);
  CHECK(out.links[slow].receiver.table == out.links[fast].receiver.table);
}

}  // namespace lbgp::rib::test
