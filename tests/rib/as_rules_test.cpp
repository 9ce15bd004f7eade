// SPDX-License-Identifier: Apache-2.0
// What is done to AS paths for one neighbor: local-as, as-override, remove-private-AS, route servers; and
// what stays away from it: paths of its own AS or site, and more prefixes than it takes.
#include "rib/export_rules.hpp"
#include "rib/inbound.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr Family kV4 = Family::Ipv4Unicast;

// A neighbor in AS 65001, with these settings.
struct Towards {
  PeerSettings settings = peer_settings(1);
  PeerSession session = ebgp(1);
  FamilySettings& family = settings.families[kV4];

  [[nodiscard]] std::optional<wire::PathAttributes> send(std::vector<wire::AsNumber> path,
                                                         SourceKind source = SourceKind::Ebgp) const {
    wire::PathAttributes a = received_attributes(std::move(path));
    a.next_hop = {A("10.0.0.77"), {}};
    a.med = 30;
    return send(a, source);
  }
  [[nodiscard]] std::optional<wire::PathAttributes> send(const wire::PathAttributes& a,
                                                         SourceKind source = SourceKind::Ebgp) const {
    const ExportKey key = make_export_key(global(), settings, session, kV4);
    const auto out = export_path(key, {}, 100, {source, {}}, {P("10.8.0.1/32"), std::nullopt}, {a, 0});
    return out ? std::optional(out->path) : std::nullopt;
  }
  [[nodiscard]] std::string path(std::vector<wire::AsNumber> as_numbers) const {
    const auto out = send(std::move(as_numbers));
    return out ? wire::to_string(out->as_path) : "withheld";
  }
};

}  // namespace

// FRR: the number that the peer knows us by in front, the router's own behind it unless replace-as.
TEST_CASE("local-as stands in front of our own AS, or in its place", "[local-as][export]") {
  Towards peer;
  peer.settings.local_as = AS(64999);
  CHECK(peer.path({AS(65009)}) == "64999 64512 65009");
  CHECK(wire::to_string(peer.send(own_attributes(), SourceKind::Local)->as_path) == "64999 64512");
  peer.settings.local_as_replace_as = true;
  CHECK(peer.path({AS(65009)}) == "64999 65009");
}

TEST_CASE("local-as stands in front of what comes in, unless no-prepend", "[local-as][inbound]") {
  const auto received = [](bool no_prepend) {
    PeerSettings settings = peer_settings(1);
    settings.local_as = AS(64999);
    settings.local_as_no_prepend = no_prepend;
    Rib rib;
    rib.configure(global(), {});
    const PeerId peer = rib.add_peer(settings);
    rib.peer_up(peer, ebgp(1), at(1));
    const auto outcome =
        rib.on_update(peer, reach({"10.1.0.0/16"}, received_attributes({AS(65001), AS(7)})), at(1));
    CHECK(outcome.accepted == 1);
    std::string path;
    REQUIRE(rib.find(P("10.1.0.0/16"), [&](const RouteView& route) {
      path = wire::to_string(route.paths[0].attributes->as_path);
    }));
    return path;
  };
  CHECK(received(false) == "64999 65001 7");
  CHECK(received(true) == "65001 7");
}

TEST_CASE("local-as in a received path is a loop as our own AS is", "[rfc4271-9.1.2][local-as][inbound]") {
  PeerSettings settings = peer_settings(1);
  settings.local_as = AS(64999);
  const GlobalSettings all = global();
  const PeerSession session = ebgp(1);
  const auto check = [&](std::vector<wire::AsNumber> path) {
    wire::PathAttributes a = received_attributes(std::move(path));
    a.next_hop = {A("10.0.0.77"), {}};
    return check_received({all, settings, session}, kV4, a);
  };
  CHECK(check({AS(65001), AS(7)}) == Rejection::None);
  CHECK(check({AS(65001), AS(64999)}) == Rejection::AsLoop);
  CHECK(check({AS(65001), AS(64512)}) == Rejection::AsLoop);
}

TEST_CASE("as-override puts our AS where the peer's would stand", "[as-override][export]") {
  Towards peer;
  CHECK(peer.path({AS(65009), AS(65001)}) == "64512 65009 65001");
  peer.family.as_override = true;
  CHECK(peer.path({AS(65009), AS(65001)}) == "64512 65009 64512");
  CHECK(peer.path({AS(65001), AS(65001), AS(7)}) == "64512 64512 64512 7");
  peer.settings.local_as = AS(64999);  // the router's own number stands for it, not this one
  CHECK(peer.path({AS(65001)}) == "64999 64512 64512");
}

TEST_CASE("private AS numbers leave a path as far as the neighbor's line says", "[rfc6996-4][export]") {
  struct Row {
    PrivateAs setting;
    const char* only_private;  // 64513 65009, of which 65001 is the peer itself
    const char* mixed;         // 64513 7 4200000000
  };
  for (const Row& row :
       {Row{{false, false}, "64512", "64512 64513 7 4200000000"}, Row{{true, false}, "64512", "64512 7"},
        Row{{false, true}, "64512 64512 64512", "64512 64513 7 4200000000"},
        Row{{true, true}, "64512 64512 64512", "64512 64512 7 64512"}}) {
    Towards peer;
    peer.family.remove_private_as = row.setting;
    CHECK(peer.path({AS(64513), AS(65009)}) == row.only_private);
    CHECK(peer.path({AS(64513), AS(7), AS(4200000000U)}) == row.mixed);
    // The peer has to find itself in the path: else a loop would not be seen.
    CHECK(peer.path({AS(65001)}) == "64512 65001");
  }
}

TEST_CASE("a private AS of ours is hidden behind local-as", "[rfc6996-4][local-as][export]") {
  for (const PrivateAs setting : {PrivateAs{false, false}, PrivateAs{true, false}}) {
    Towards peer;
    peer.settings.local_as = AS(400);
    peer.family.remove_private_as = setting;
    CHECK(peer.path({AS(64513)}) == "400");
    CHECK(wire::to_string(peer.send(own_attributes(), SourceKind::Local)->as_path) == "400");
  }
  Towards peer;
  peer.settings.local_as = AS(400);
  peer.family.remove_private_as = PrivateAs{true, true};
  CHECK(peer.path({AS(64513), AS(7)}) == "400 400 7");
}

TEST_CASE("inside our AS numbers are left as they are", "[as-override][rfc6996-4][export]") {
  Towards peer;
  peer.session = ibgp(1);
  peer.family.as_override = true;
  peer.family.remove_private_as = PrivateAs{true, false};
  CHECK(peer.path({AS(64513), AS(7)}) == "64513 7");
}

TEST_CASE("what is to be left unchanged is, towards other ASes", "[attribute-unchanged][export]") {
  Towards peer;
  peer.family.unchanged = {.as_path = true, .next_hop = true, .med = true};
  const auto seen = peer.send({AS(65009)});
  REQUIRE(seen);
  CHECK(wire::to_string(seen->as_path) == "65009");
  CHECK(seen->next_hop.address == A("10.0.0.77"));
  CHECK(seen->med == 30U);
  // A path of our own must name us.
  CHECK(wire::to_string(peer.send(own_attributes(), SourceKind::Local)->as_path) == "64512");
}

TEST_CASE("a route server's clients see each other", "[rfc7947-2.2][export]") {
  Towards client;
  client.family.route_server_client = true;
  const auto seen = client.send({AS(65009)}, SourceKind::RsClient);
  REQUIRE(seen);
  CHECK(wire::to_string(seen->as_path) == "65009");
  CHECK(seen->next_hop.address == A("10.0.0.77"));
  CHECK(seen->med == 30U);
  // §2.2.4: what its clients ask of each other is not its business.
  for (const wire::Community& community : {wire::kNoExport, wire::kNoAdvertise, wire::kNoExportSubconfed}) {
    wire::PathAttributes a = received_attributes({AS(65009)});
    a.communities.insert(community);
    CHECK(client.send(a, SourceKind::RsClient)->communities.contains(community));
    CHECK_FALSE(client.send(a, SourceKind::Ebgp));
  }
  // What comes from elsewhere, or is our own, is ours to tell.
  CHECK(client.path({AS(65009)}) == "64512 65009");
  CHECK(wire::to_string(client.send(own_attributes(), SourceKind::Local)->as_path) == "64512");
  // And a client's path leaves in the ordinary way to those who are none.
  const auto other = Towards().send({AS(65009)}, SourceKind::RsClient);
  CHECK(wire::to_string(other->as_path) == "64512 65009");
  CHECK(other->next_hop.address == A("0.0.0.0"));
}

TEST_CASE("a path with the peer's AS stays away from it on request", "[rfc4271-9.1.2][export]") {
  Towards peer;
  CHECK(peer.path({AS(65009), AS(65001)}) != "withheld");
  peer.settings.avoid_peer_as = true;
  CHECK(peer.path({AS(65009), AS(65001)}) == "withheld");
  CHECK(peer.path({AS(65009)}) == "64512 65009");
}

TEST_CASE("a site's routes are marked when they come and do not go back", "[rfc4364-7][export][inbound]") {
  const auto site = wire::parse_ext_community("soo:65000:7");
  REQUIRE(site);
  Towards peer;
  peer.family.site_of_origin = site;
  wire::PathAttributes a = received_attributes({AS(65009)});
  a.next_hop = {A("10.0.0.77"), {}};
  CHECK(peer.send(a));
  a.ext_communities.insert(*site);
  CHECK_FALSE(peer.send(a));
  CHECK(Towards().send(a));
  const GlobalSettings all = global();
  wire::PathAttributes received = received_attributes({AS(65001)});
  mark_received({all, peer.settings, peer.session}, kV4, received);
  CHECK(received.ext_communities.contains(*site));
}

TEST_CASE("a neighbor is never sent more prefixes than maximum-prefix-out", "[maximum-prefix-out]") {
  Rib rib;
  rib.configure(global(), {});
  PeerSettings settings = peer_settings(1);
  settings.families[kV4].maximum_prefix_out = 2;
  const PeerId peer = rib.add_peer(settings);
  rib.release_end_of_rib();
  rib.peer_up(peer, ebgp(1), at(1));
  for (const char* prefix : {"10.8.0.1/32", "10.8.0.2/32", "10.8.0.3/32", "10.8.0.4/32"})
    announce(rib, prefix);
  Receiver receiver(ebgp(1));
  receiver.drain(rib, peer);
  CHECK(receiver.table.size() == 2);
  // What changes keeps its place; what goes makes room.
  wire::PathAttributes other = own_attributes();
  other.med = 5;
  const wire::Prefix first = receiver.table.begin()->first;
  announce(rib, wire::to_string(first), "app", other);
  receiver.drain(rib, peer);
  CHECK(receiver.table.size() == 2);
  CHECK(receiver.table.at(first).med == 5U);
  withdraw(rib, wire::to_string(first));
  while (rib.work(1)) {
  }
  receiver.drain(rib, peer);
  CHECK(receiver.table.size() == 2);
  CHECK_FALSE(receiver.table.contains(first));
  // More room, and none at all.
  settings.families[kV4].maximum_prefix_out = std::nullopt;
  rib.change_peer(peer, settings);
  receiver.drain(rib, peer);
  CHECK(receiver.table.size() == 3);
}

}  // namespace lbgp::rib::test
