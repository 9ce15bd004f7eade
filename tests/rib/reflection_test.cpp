// SPDX-License-Identifier: Apache-2.0
// Route reflection (RFC 4456) through the RIB: who is told, what of, and what a change of roles costs.
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// Internal peers: 1 and 2 are clients, 3 and 4 are not; 5 is external.
struct Reflector {
  Reflector() {
    settings.router_id = wire::RouterId(0x0a0000fe);
    settings.cluster_id = wire::RouterId(0x0a0a0a0a);
    rib.configure(settings, {});
    for (std::uint32_t n = 1; n <= 5; ++n) {
      const PeerSession session = n == 5 ? ebgp(n) : ibgp(n);
      links.push_back({rib.add_peer(peer(n, n <= 2)), session, Receiver(session)});
      rib.peer_up(links.back().id, session, at(1));
    }
  }
  static PeerSettings peer(std::uint32_t n, bool client) {
    PeerSettings result = peer_settings(n);
    for (const Family family : wire::kFamilies) result.families[family].route_reflector_client = client;
    return result;
  }
  void tell(std::uint32_t n, wire::PathAttributes attributes, const std::string& prefix = "20.0.0.0/8") {
    if (n != 5) attributes.local_pref = 100;
    rib.on_update(links[n - 1].id, reach({prefix}, std::move(attributes)), at(2));
  }
  // The numbers of the peers that hold the prefix.
  std::vector<std::uint32_t> who(const std::string& prefix = "20.0.0.0/8") {
    while (rib.work(1000)) {
    }
    std::vector<std::uint32_t> who;
    for (std::uint32_t n = 1; n <= 5; ++n) {
      links[n - 1].receiver.drain(rib, links[n - 1].id);
      if (links[n - 1].receiver.table.contains(P(prefix))) who.push_back(n);
    }
    return who;
  }
  const wire::PathAttributes& at_peer(std::uint32_t n) {
    return links[n - 1].receiver.table.at(P("20.0.0.0/8"));
  }

  struct Link {
    PeerId id;
    PeerSession session;
    Receiver receiver;
  };
  using Numbers = std::vector<std::uint32_t>;
  GlobalSettings settings = global();
  Rib rib;
  std::vector<Link> links;
};

}  // namespace

TEST_CASE_METHOD(Reflector, "a client's route goes to all, another internal one to clients, and none back",
                 "[rfc4456-6][reflection]") {
  tell(1, received_attributes({}));
  CHECK(who() == Numbers{2, 3, 4, 5});
  CHECK(at_peer(2).originator_id == wire::RouterId(0x0a000001));
  tell(3, received_attributes({}), "21.0.0.0/8");
  CHECK(who("21.0.0.0/8") == Numbers{1, 2, 5});
  tell(5, received_attributes({AS(65005)}), "22.0.0.0/8");
  CHECK(who("22.0.0.0/8") == Numbers{1, 2, 3, 4});
  announce(rib, "10.8.0.1/32");
  CHECK(who("10.8.0.1/32") == Numbers{1, 2, 3, 4, 5});
}

TEST_CASE_METHOD(Reflector, "two sources of equal routes keep their names", "[rfc4456-8][reflection]") {
  tell(1, received_attributes({AS(7)}));
  tell(2, received_attributes({AS(7)}), "21.0.0.0/8");
  who();
  CHECK(at_peer(3).originator_id == wire::RouterId(0x0a000001));
  CHECK(links[2].receiver.table.at(P("21.0.0.0/8")).originator_id == wire::RouterId(0x0a000002));
  CHECK(at_peer(3).cluster_list == std::vector{wire::RouterId(0x0a0a0a0a)});
  CHECK(at_peer(3).next_hop.address == A("10.0.0.77"));
  CHECK(at_peer(3).local_pref == 100U);
  CHECK_FALSE(at_peer(5).originator_id);
  CHECK(at_peer(5).cluster_list.empty());
}

TEST_CASE_METHOD(Reflector, "what comes back through our cluster is not listened to",
                 "[rfc4456-8][inbound]") {
  wire::PathAttributes looped = received_attributes({AS(7)});
  looped.originator_id = wire::RouterId(0x0a000003);
  looped.cluster_list = {wire::RouterId(9), wire::RouterId(0x0a0a0a0a)};
  tell(3, looped);
  CHECK(who().empty());
  // Our router id is no cluster of ours, once another one is configured.
  looped.cluster_list = {settings.router_id};
  tell(3, looped);
  CHECK(who() == Numbers{1, 2, 5});
  looped.originator_id = settings.router_id;
  tell(3, looped);
  CHECK(who().empty());
}

TEST_CASE_METHOD(Reflector, "nobody is told of what it brought into the AS itself, by whatever way it comes",
                 "[rfc4456-8][reflection]") {
  wire::PathAttributes detour = received_attributes({AS(7)});
  detour.originator_id = wire::RouterId(0x0a000002);
  detour.cluster_list = {wire::RouterId(9)};
  tell(3, detour);
  CHECK(who() == Numbers{1, 5});
  // The same for one that comes later, or asks again.
  rib.peer_down(links[1].id, {});
  rib.peer_up(links[1].id, links[1].session, at(3));
  links[1].receiver = Receiver(links[1].session);
  CHECK(who() == Numbers{1, 5});
  rib.on_route_refresh(links[1].id, Family::Ipv4Unicast);
  CHECK(who() == Numbers{1, 5});
  detour.originator_id = wire::RouterId(0x0a000001);
  tell(3, detour);
  CHECK(who() == Numbers{2, 5});
}

TEST_CASE_METHOD(Reflector, "a peer that becomes a client hears and is heard, without a new session",
                 "[reflection]") {
  tell(3, received_attributes({AS(7)}));
  CHECK(who() == Numbers{1, 2, 5});
  SECTION("the source") {
    rib.change_peer(links[2].id, peer(3, true));
    CHECK(who() == Numbers{1, 2, 4, 5});
    rib.change_peer(links[2].id, peer(3, false));
    CHECK(who() == Numbers{1, 2, 5});
  }
  SECTION("another") {
    rib.change_peer(links[3].id, peer(4, true));
    CHECK(who() == Numbers{1, 2, 4, 5});
    rib.change_peer(links[3].id, peer(4, false));
    CHECK(who() == Numbers{1, 2, 5});
  }
  CHECK(links[0].receiver.announced == 1);
}

TEST_CASE_METHOD(Reflector, "clients that mesh by themselves are not told of each other", "[reflection]") {
  tell(1, received_attributes({AS(7)}));
  tell(3, received_attributes({AS(7)}), "21.0.0.0/8");
  CHECK(who() == Numbers{2, 3, 4, 5});
  settings.client_to_client_reflection = false;
  rib.configure(settings, {});
  CHECK(who() == Numbers{3, 4, 5});
  CHECK(who("21.0.0.0/8") == Numbers{1, 2, 5});
  settings.client_to_client_reflection = true;
  rib.configure(settings, {});
  CHECK(who() == Numbers{2, 3, 4, 5});
}

TEST_CASE_METHOD(Reflector, "another cluster id is told, and asked for what it was a loop until now",
                 "[rfc4456-8][reflection]") {
  tell(1, received_attributes({AS(7)}));
  who();
  settings.cluster_id.reset();
  rib.configure(settings, {});
  CHECK(who() == Numbers{2, 3, 4, 5});
  CHECK(at_peer(3).cluster_list == std::vector{settings.router_id});
  // Nothing is new for an external peer.
  CHECK(links[4].receiver.announced == 1);
  std::vector<PeerId> asked;
  for (const RefreshRequest& request : rib.take_refresh_requests())
    if (request.family == Family::Ipv4Unicast) asked.push_back(request.peer);
  CHECK(asked == std::vector<PeerId>{links[0].id, links[1].id, links[2].id, links[3].id});
}

TEST_CASE_METHOD(Reflector, "a speaker with another identifier does not inherit stale routes",
                 "[rfc4724-4.2][reflection]") {
  tell(1, received_attributes({AS(7)}));
  CHECK(who() == Numbers{2, 3, 4, 5});
  wire::FamilySet keep{Family::Ipv4Unicast};
  rib.peer_down(links[0].id, keep);
  PeerSession session = ibgp(1);
  SECTION("the same") {
    rib.peer_up(links[0].id, session, at(5));
    links[0].receiver = Receiver(session);
    CHECK(who() == Numbers{2, 3, 4, 5});
  }
  SECTION("another") {
    session.peer_id = wire::RouterId(99);
    rib.peer_up(links[0].id, session, at(5));
    links[0].receiver = Receiver(session);
    CHECK(who().empty());
  }
}

}  // namespace lbgp::rib::test
