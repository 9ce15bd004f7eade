// SPDX-License-Identifier: Apache-2.0
// Pools of addresses: what lies in them, whose labels they take, and what they do to routes that leave.
#include "rib/vip_pool.hpp"

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

VipPool pool(std::string name, std::vector<AddressRange> ranges) {
  VipPool pool;
  pool.name = std::move(name);
  pool.ranges = std::move(ranges);
  return pool;
}

// Two neighbors, the second one in the peer-group "rack", and pools that can be changed.
struct Node {
  Node() {
    change({});
    PeerSettings second = peer_settings(2);
    second.peer_group = "rack";
    peers = {rib.add_peer(peer_settings(1)), rib.add_peer(second)};
    rib.release_end_of_rib();
    rib.peer_up(peers[0], ebgp(1), at(1));
    rib.peer_up(peers[1], ebgp(2), at(1));
  }
  void change(std::vector<VipPool> pools) { rib.configure(global(), {}, std::move(pools)); }
  void settle() {
    while (rib.work(1)) {
    }
    for (std::size_t i = 0; i < 2; ++i) receivers[i].drain(rib, peers[i]);
  }
  [[nodiscard]] const wire::PathAttributes& at_peer(std::size_t which, std::string_view prefix) {
    settle();
    return receivers[which].table.at(P(prefix));
  }

  Rib rib;
  std::vector<PeerId> peers;
  std::vector<Receiver> receivers{Receiver(ebgp(1)), Receiver(ebgp(2))};
};

}  // namespace

TEST_CASE("a pool holds a prefix when it holds all of it", "[vip-pool]") {
  const VipPools pools({
      pool("b", {{A("10.0.0.0"), A("10.0.0.255")}, {A("2001:db8::"), A("2001:db8::ff")}}),
      pool("a", {{A("172.29.52.150"), A("172.29.52.199")}, {A("172.29.52.100"), A("172.29.52.160")}}),
  });
  const auto name = [&](std::string_view prefix) {
    const VipPool* found = pools.find(P(prefix));
    return found != nullptr ? found->name : "";
  };
  CHECK(name("172.29.52.100/32") == "a");
  CHECK(name("172.29.52.155/32") == "a");
  CHECK(name("172.29.52.199/32") == "a");
  CHECK(name("172.29.52.128/26") == "a");
  CHECK(name("172.29.52.200/32").empty());
  CHECK(name("172.29.52.99/32").empty());
  CHECK(name("10.0.0.0/24") == "b");
  CHECK(name("10.0.0.0/23").empty());
  CHECK(name("0.0.0.0/0").empty());
  CHECK(name("2001:db8::/120") == "b");
  CHECK(name("2001:db8::/119").empty());
  CHECK(name("2001:db8::ff/128") == "b");
  CHECK(name("::/0").empty());
  CHECK(VipPools().find(P("10.0.0.1/32")) == nullptr);
}

// Kubernetes' API conventions on label selectors.
TEST_CASE("selectors mean what matchExpressions mean", "[vip-pool]") {
  using Operator = LabelSelector::Operator;
  const Labels web{{"app", "web"}, {"tier", ""}};
  struct Row {
    LabelSelector selector;
    bool with, without;  // a label "app"
  };
  for (const Row& row :
       {Row{{"app", Operator::In, {"api", "web"}}, true, false},
        Row{{"app", Operator::In, {"api"}}, false, false}, Row{{"app", Operator::NotIn, {"api"}}, true, true},
        Row{{"app", Operator::NotIn, {"web"}}, false, true}, Row{{"app", Operator::Exists, {}}, true, false},
        Row{{"app", Operator::DoesNotExist, {}}, false, true}}) {
    CHECK(row.selector.holds(web) == row.with);
    CHECK(row.selector.holds({}) == row.without);
  }
  VipPool both = pool("p", {});
  CHECK(both.refuses({}) == nullptr);
  both.selectors = {{"tier", Operator::Exists, {}}, {"app", Operator::In, {"api"}}};
  CHECK(both.refuses(web) == &both.selectors[1]);
  CHECK(both.refuses({}) == &both.selectors[0]);
  CHECK(both.refuses({{"tier", "1"}, {"app", "api"}}) == nullptr);
}

TEST_CASE("a pool adds what it has to its routes, and follows its own changes", "[vip-pool]") {
  Node node;
  VipPool web = pool("web", {{A("10.8.0.0"), A("10.8.0.9")}});
  web.communities = {C("64512:1")};
  web.large_communities = {{1, 2, 3}};
  web.metric = 50;
  web.prepend = 2;
  node.change({web});
  announce(node.rib, "10.8.0.1/32");
  wire::PathAttributes said = own_attributes();
  said.med = 7;
  said.communities = {C("64512:9")};
  announce(node.rib, "10.8.0.2/32", "app", said);
  announce(node.rib, "10.9.0.1/32");

  CHECK(node.at_peer(0, "10.8.0.1/32").communities == web.communities);
  CHECK(node.at_peer(0, "10.8.0.1/32").large_communities == web.large_communities);
  CHECK(node.at_peer(0, "10.8.0.1/32").med == 50U);
  CHECK(wire::to_string(node.at_peer(0, "10.8.0.1/32").as_path) == "64512 64512 64512");
  // What the client says goes before what the pool has for those who say nothing.
  CHECK(node.at_peer(0, "10.8.0.2/32").med == 7U);
  CHECK((node.at_peer(0, "10.8.0.2/32").communities == wire::Communities{C("64512:1"), C("64512:9")}));
  CHECK(node.at_peer(0, "10.9.0.1/32").communities.empty());

  const std::size_t before = node.receivers[0].announced;
  web.communities = {C("64512:2")};
  node.change({web});
  CHECK((node.at_peer(0, "10.8.0.1/32").communities == wire::Communities{C("64512:2")}));
  CHECK(node.receivers[0].announced == before + 2);  // the third one is in no pool
  node.change({});
  CHECK(node.at_peer(0, "10.8.0.1/32").communities.empty());
  CHECK_FALSE(node.at_peer(0, "10.8.0.1/32").med);
}

TEST_CASE("a pool is told to those that it is for", "[vip-pool]") {
  Node node;
  VipPool rack = pool("rack-only", {{A("10.8.0.0"), A("10.8.0.9")}});
  rack.advertise_to = {"rack"};
  node.change({rack});
  announce(node.rib, "10.8.0.1/32");
  announce(node.rib, "10.9.0.1/32");
  node.settle();
  CHECK(node.receivers[0].table.size() == 1);
  CHECK(node.receivers[1].table.size() == 2);
  rack.advertise_to = {"10.0.0.1"};
  node.change({rack});
  node.settle();
  CHECK(node.receivers[0].table.size() == 2);
  CHECK(node.receivers[1].table.size() == 1);
  rack.advertise_to.clear();
  node.change({rack});
  node.settle();
  CHECK(node.receivers[1].table.size() == 2);
}

TEST_CASE("inside our AS a pool's preference counts, and nothing is prepended", "[vip-pool]") {
  Rib rib;
  VipPool web = pool("web", {{A("10.8.0.0"), A("10.8.0.9")}});
  web.local_preference = 300;
  web.prepend = 2;
  rib.configure(global(), {}, {web});
  const PeerId peer = rib.add_peer(peer_settings(1));
  rib.peer_up(peer, ibgp(1), at(1));
  announce(rib, "10.8.0.1/32");
  Receiver receiver(ibgp(1));
  receiver.drain(rib, peer);
  CHECK(receiver.table.at(P("10.8.0.1/32")).local_pref == 300U);
  CHECK(receiver.table.at(P("10.8.0.1/32")).as_path.empty());
}

TEST_CASE("the table shows a route with what its pool adds", "[vip-pool]") {
  Node node;
  VipPool web = pool("web", {{A("10.8.0.0"), A("10.8.0.9")}});
  web.communities = {C("64512:1")};
  node.change({web});
  announce(node.rib, "10.8.0.1/32");
  wire::Communities shown;
  REQUIRE(node.rib.find(P("10.8.0.1/32"),
                        [&](const RouteView& route) { shown = route.paths[0].attributes->communities; }));
  CHECK(shown == web.communities);
}

}  // namespace lbgp::rib::test
