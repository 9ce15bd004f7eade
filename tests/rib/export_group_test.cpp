// SPDX-License-Identifier: Apache-2.0
// Export groups and their members' bits, without a RIB around them.
#include "rib/export_group.hpp"

#include "rib/peer_out.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

struct Group {
  Group() {
    key = make_export_key(global(), peer_settings(1), ebgp(1), Family::Ipv4Unicast);
    group = std::make_unique<ExportGroup>(key, ExportPolicies{std::make_shared<const Policy>()}, store);
  }
  ~Group() {
    for (const AttrId id : made) store.release(id);
  }
  AttrId attributes(std::uint32_t med) {
    RouteAttributes a{own_attributes(), 0};
    a.path.med = med;
    made.push_back(store.intern(a));
    return made.back();
  }
  // A change as the RIB makes it: the group's value, then every member.
  void want(RouteId route, AttrId after, std::uint32_t source = BestPath::kNoPeer) {
    store.acquire(after);
    const AttrId before = group->set_wanted(route, after);
    const PeerOut::Change change{
        route, before, after, source, group->originator(after), group->previous(route) != nullptr};
    for (PeerOut* member : group->members) member->on_change(change);
    store.release(before);
  }
  [[nodiscard]] std::vector<RouteId> listed(AttrId id) const {
    std::vector<RouteId> routes;
    for (RouteId route = group->list(id).head; route != kNoRoute; route = group->next(route))
      routes.push_back(route);
    CHECK(routes.size() == group->list(id).size);
    return routes;
  }

  AttributeStore store;
  ExportKey key;
  std::unique_ptr<ExportGroup> group;
  std::vector<AttrId> made;
};

}  // namespace

TEST_CASE_METHOD(Group, "routes that somebody lacks are listed by attribute set", "[export-group]") {
  PeerOut peer(0, store);
  peer.join(*group, {});
  const AttrId red = attributes(1);
  const AttrId blue = attributes(2);
  for (const RouteId route : {5U, 3U, 9U}) want(route, red);
  CHECK(listed(red).empty());
  CHECK_FALSE(group->list(peer.to_announce(), 2));
  CHECK(listed(red) == std::vector<RouteId>{3, 5});
  CHECK(group->list(peer.to_announce(), 2));
  CHECK(listed(red) == std::vector<RouteId>{3, 5, 9});
  want(3, blue);
  CHECK(listed(red) == std::vector<RouteId>{5, 9});
  CHECK(group->list(peer.to_announce(), 10));
  CHECK(listed(blue) == std::vector<RouteId>{3});
  want(3, red);
  CHECK(group->list(peer.to_announce(), 10));
  CHECK(listed(red) == std::vector<RouteId>{5, 9, 3});
  want(5, kNoAttr);
  want(9, kNoAttr);
  want(3, kNoAttr);
  CHECK(listed(red).empty());
  CHECK(group->routes().empty());
  peer.leave();
}

TEST_CASE_METHOD(Group, "lists are there as long as a member lacks something", "[export-group]") {
  PeerOut one(0, store);
  PeerOut two(1, store);
  one.join(*group, {});
  two.join(*group, {});
  const AttrId red = attributes(1);
  for (RouteId route = 0; route < 3; ++route) want(route, red);
  CHECK(group->list(one.to_announce(), 10));
  for (RouteId route = 0; route < 3; ++route) one.announced(route);
  group->forget_when_told();
  CHECK(listed(red) == std::vector<RouteId>{0, 1, 2});
  two.announced(0);
  two.leave();
  CHECK(listed(red).empty());
  CHECK(group->next(1) == kNoRoute);
  // Who comes later has them made again.
  two.join(*group, {});
  CHECK(group->list(two.to_announce(), 10));
  CHECK(listed(red) == std::vector<RouteId>{0, 1, 2});
  two.leave();
  one.leave();
}

TEST_CASE_METHOD(Group, "a group that everybody has been told of costs an attribute set per route",
                 "[export-group][memory]") {
  constexpr RouteId kRoutes = 100'000;
  PeerOut peer(0, store);
  peer.join(*group, {});
  const AttrId red = attributes(1);
  for (RouteId route = 0; route < kRoutes; ++route) want(route, red);
  CHECK(group->list(peer.to_announce(), kRoutes));
  CHECK(group->memory() > kRoutes * (sizeof(AttrId) + 8));
  for (RouteId route = 0; route < kRoutes; ++route) peer.announced(route);
  group->forget_when_told();
  CHECK(group->memory() < kRoutes * (sizeof(AttrId) + 1));
  peer.leave();
}

TEST_CASE_METHOD(Group, "an evaluation is remembered, but not beyond the life of what it was made from",
                 "[export-group]") {
  const PolicyContext route{P("10.8.0.1/32"), std::nullopt};
  const auto evaluate = [&](AttrId id) { return group->evaluate({id, {}, BestPath::kNoPeer}, route, 100); };
  RouteAttributes a{own_attributes(), 0};
  a.path.med = 1;
  const AttrId first = store.intern(a);
  const AttrId out = evaluate(first);
  CHECK(evaluate(first) == out);
  CHECK(store.load(out).path.med == 1U);
  store.release(out);
  store.release(out);
  store.release(first);
  REQUIRE(store.size() == 0);
  // The same slots, other tenants.
  a.path.med = 2;
  const AttrId second = store.intern(a);
  const AttrId other = evaluate(second);
  CHECK(store.load(other).path.med == 2U);
  store.release(other);
  store.release(second);
}

TEST_CASE_METHOD(Group, "an evaluation is not remembered for routes that a clause tells apart",
                 "[export-group][signature]") {
  Policies all;
  all.route_maps["M"][10] = {10, Permit::Permit, "", {MatchPrefixLength{Family::Ipv4Unicast, 32}}, {}};
  all.route_maps["M"][20] = {20, Permit::Permit, "", {MatchPeer{std::nullopt, "fabric"}}, {SetMetric{{}, 2}}};
  all.route_maps["all"][10] = {10, Permit::Permit, "", {}, {SetMetric{{}, 3}}};
  const auto policy = [&](const std::string& map) {
    return std::make_shared<const Policy>(all, Family::Ipv4Unicast, PolicyNames{{}, {}, {}, map});
  };
  group->change_policies({policy("M"), policy("all")});
  const AttrId id = attributes(1);
  const auto med = [&](const PolicyContext& route) {
    const AttrId out = group->evaluate({id, {SourceKind::Ebgp, {}}, 1}, route, 100);
    const std::optional<std::uint32_t> found = out != kNoAttr ? store.load(out).path.med : 99;
    store.release(out);
    return found;
  };
  PolicyContext host{P("10.8.0.1/32"), A("10.0.0.1"), "10.0.0.1", "other"};
  PolicyContext net{P("10.8.0.0/24"), A("10.0.0.1"), "10.0.0.1", "other"};
  PolicyContext fabric{P("10.8.0.0/24"), A("10.0.0.1"), "10.0.0.1", "fabric"};
  PolicyContext hidden = net;
  hidden.suppressed = true;
  for (int again = 0; again < 2; ++again) {
    CHECK(med(host) == std::nullopt);  // a received MED does not leave our AS
    CHECK(med(net) == 99U);
    CHECK(med(fabric) == 2U);
    CHECK(med(hidden) == 3U);
  }
  group->change_policies({policy("M")});
  CHECK(med(hidden) == 99U);  // nobody has asked for what an aggregate stands for
}

TEST_CASE_METHOD(Group, "what all routes have in common is recalled without the route",
                 "[export-group][signature]") {
  const AttrId id = attributes(1);
  const BestPath path{id, {SourceKind::Ebgp, {}}, 1};
  const PolicyContext route{P("10.8.0.1/32"), A("10.0.0.1"), "10.0.0.1", ""};
  CHECK_FALSE(group->recall(path, false));  // nobody has evaluated it yet
  const AttrId out = group->evaluate(path, route, 100);
  const auto known = group->recall(path, false);
  REQUIRE(known == out);
  store.release(*known);
  CHECK(group->recall(path, true) == kNoAttr);                         // there is no unsuppress-map
  CHECK_FALSE(group->recall({id, {}, BestPath::kNoPeer}, false));      // a pool may have a say
  CHECK_FALSE(group->recall({attributes(2), path.source, 1}, false));  // another set
  store.release(out);
  CHECK_FALSE(group->recall(path, false));  // what came of it has gone

  Policies all;
  all.prefix_lists[Family::Ipv4Unicast]["hosts"].entries[5] = {5, Permit::Permit, P("0.0.0.0/0"), 32, {}};
  group->change_policies({std::make_shared<const Policy>(all, Family::Ipv4Unicast, "hosts", "")});
  const AttrId permitted = group->evaluate(path, route, 100);
  CHECK(permitted != kNoAttr);
  store.release(permitted);
  CHECK_FALSE(group->recall(path, false));  // it depends on the prefix
}

TEST_CASE_METHOD(Group, "an encoded block says its next hop only if it is not ours", "[export-group]") {
  wire::NextHop next_hop{A("10.0.0.254"), {}};
  (void)group->block(attributes(1), next_hop);
  CHECK(next_hop.address == A("10.0.0.254"));
  RouteAttributes named{own_attributes(), 0};
  named.path.next_hop.address = A("10.0.0.9");
  made.push_back(store.intern(named));
  const wire::Bytes first = group->block(made.back(), next_hop);
  CHECK(next_hop.address == A("10.0.0.9"));
  CHECK(group->block(made.back(), next_hop) == first);
}

TEST_CASE_METHOD(Group, "a member lacks what it was not sent and has what it was", "[peer-out]") {
  PeerOut peer(0, store);
  want(1, attributes(1));
  peer.join(*group, {});
  want(2, made.front());
  CHECK(peer.to_announce().count() == 2);
  peer.announced(1);
  peer.announced(2);
  CHECK(peer.advertised().count() == 2);
  CHECK_FALSE(peer.has_pending());
  want(1, kNoAttr);
  CHECK(peer.to_withdraw().test(1));
  peer.withdrawn(1);
  CHECK_FALSE(peer.advertised().test(1));
  peer.leave();
  CHECK(group->members.empty());
}

TEST_CASE_METHOD(Group, "what a member was sent stays known while it lags, once for all members",
                 "[peer-out]") {
  PeerOut one(0, store);
  PeerOut two(1, store);
  one.join(*group, {});
  two.join(*group, {});
  const AttrId a = attributes(1);
  const AttrId b = attributes(2);
  const AttrId c = attributes(3);
  want(1, a);
  one.announced(1);
  two.announced(1);
  want(1, b);
  REQUIRE(group->previous(1) != nullptr);
  CHECK(group->previous(1)->holders == 2);
  CHECK(one.sent(1) == a);
  one.announced(1);  // one has b, two still a
  CHECK(group->previous(1)->holders == 1);
  want(1, c);
  CHECK(one.sent(1) == b);
  CHECK(two.sent(1) == a);
  want(1, a);
  CHECK_FALSE(two.is_pending(1));
  CHECK(one.is_pending(1));
  CHECK(group->previous(1) == nullptr);
  want(1, b);
  CHECK_FALSE(one.is_pending(1));
  CHECK(two.is_pending(1));
  two.announced(1);
  CHECK(group->previous(1) == nullptr);
  one.leave();
  two.leave();
}

TEST_CASE_METHOD(Group, "the source of a route is told nothing of it", "[peer-out]") {
  PeerOut one(0, store);
  PeerOut two(1, store);
  one.join(*group, {});
  two.join(*group, {});
  const AttrId a = attributes(1);
  want(1, a, 0);
  CHECK_FALSE(one.has_pending());
  two.announced(1);
  want(1, a, 1);
  CHECK(one.to_announce().test(1));
  CHECK(two.to_withdraw().test(1));
  want(1, a, 0);
  CHECK_FALSE(one.has_pending());
  CHECK_FALSE(two.has_pending());
  one.leave();
  two.leave();
}

TEST_CASE_METHOD(Group, "a member that goes over to another group lacks only the difference", "[peer-out]") {
  PeerOut peer(0, store);
  peer.join(*group, {});
  const AttrId a = attributes(1);
  const AttrId b = attributes(2);
  for (const RouteId route : {1U, 2U, 3U}) want(route, a);
  for (const RouteId route : {1U, 2U, 3U}) peer.announced(route);
  ExportGroup other(key, ExportPolicies{std::make_shared<const Policy>()}, store);
  for (const auto& [route, id] : {std::pair{1U, a}, std::pair{2U, b}, std::pair{4U, b}}) {
    store.acquire(id);
    (void)other.set_wanted(route, id);
  }
  peer.end_of_rib_sent = true;
  peer.move(other, {}, 10);
  CHECK_FALSE(peer.is_pending(1));
  CHECK(peer.to_announce().test(2));
  CHECK(peer.sent(2) == a);
  CHECK(peer.to_withdraw().test(3));
  CHECK(peer.to_announce().test(4));
  CHECK(peer.end_of_rib_sent);
  CHECK(group->members.empty());
  peer.leave();
}

TEST_CASE_METHOD(Group, "references end with the group", "[export-group]") {
  for (RouteId route = 0; route < 100; ++route) want(route, attributes(route % 3));
  group.reset();
  for (const AttrId id : made) store.release(id);
  made.clear();
  CHECK(store.size() == 0);
}

}  // namespace lbgp::rib::test
