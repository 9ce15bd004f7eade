// SPDX-License-Identifier: Apache-2.0
// Why a route is or is not with a peer, and whether the answer is what really happens.
#include "rib/export_rules.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

constexpr auto kPermit = Permit::Permit;
constexpr auto kDeny = Permit::Deny;

// External peer 1 tells us routes, peer 2 is told.
struct Lab {
  Lab() { rib.configure(settings, policies); }

  PeerId add(std::uint32_t n, const PeerSession& session) { return add(peer_settings(n), session); }
  PeerId add(const PeerSettings& peer, const PeerSession& session) {
    const PeerId id = rib.add_peer(peer);
    rib.peer_up(id, session, at(1));
    work();
    return id;
  }
  void configure() {
    rib.configure(settings, policies);
    work();
  }
  void work() {
    while (rib.work(1000)) {
    }
  }
  void drain(PeerId peer) {
    wire::Bytes bytes;
    while (rib.pull(peer, bytes, 65536)) {
    }
  }
  ExportView exported(PeerId peer, std::string_view prefix = "10.8.0.0/24") {
    const auto views = rib.explain_export(peer, P(prefix));
    REQUIRE(views.size() == 1);
    return views.front();
  }
  InboundView inbound(PeerId peer, std::string_view prefix = "10.8.0.0/24") {
    const auto views = rib.explain_inbound(peer, P(prefix));
    REQUIRE(views.size() == 1);
    return views.front();
  }

  GlobalSettings settings = global();
  Policies policies;
  Rib rib;
};

wire::PathAttributes tagged(const char* community) {
  wire::PathAttributes attributes = received_attributes({AS(65001)});
  attributes.communities.insert(C(community));
  return attributes;
}

PolicyStep step(PolicyStage stage, std::string name, std::optional<std::uint32_t> seq, Permit action) {
  return {stage, std::move(name), seq, action};
}
PolicyStep undefined(PolicyStage stage, std::string name) {
  return {stage, std::move(name), std::nullopt, kDeny, false};
}

}  // namespace

TEST_CASE("a policy names the statements that it asked", "[policy][explain]") {
  Policies all;
  all.prefix_lists[Family::Ipv4Unicast]["PL"].entries = {
      {5, {5, kDeny, P("10.8.1.0/24"), {}, {}}}, {10, {10, kPermit, P("10.8.0.0/16"), {}, std::uint8_t{32}}}};
  all.prefix_lists[Family::Ipv4Unicast]["TALK"].description = "says nothing";
  all.route_maps["RM"] = {{10, {10, kDeny, "", {MatchMetric{7}}, {}}},
                          {20, {20, kPermit, "", {MatchOrigin{wire::Origin::Igp}}, {SetWeight{5}}}}};
  const auto ask = [&](const std::string& list, const std::string& map, std::string_view prefix,
                       std::optional<std::uint32_t> med = std::nullopt) {
    RouteAttributes attributes{own_attributes(), 0};
    attributes.path.med = med;
    if (med == 9U) attributes.path.origin = wire::Origin::Egp;
    const Policy policy(all, Family::Ipv4Unicast, list, map);
    const PolicyVerdict verdict = explain(policy, {P(prefix), std::nullopt}, attributes);
    PolicyEffects effects;
    CHECK(policy.apply({P(prefix), std::nullopt}, attributes, effects) == verdict.permitted);
    if (verdict.permitted) CHECK(verdict.attributes == attributes);
    return verdict;
  };
  using Steps = std::vector<PolicyStep>;
  const PolicyStep listed = step(PolicyStage::PrefixList, "PL", 10, kPermit);
  CHECK(ask("", "", "10.8.0.0/24").steps.empty());
  CHECK(ask("PL", "", "10.8.1.0/24").steps == Steps{step(PolicyStage::PrefixList, "PL", 5, kDeny)});
  CHECK(ask("PL", "", "10.9.0.0/24").steps ==
        Steps{step(PolicyStage::PrefixList, "PL", std::nullopt, kDeny)});
  CHECK(ask("NONE", "", "10.8.0.0/24").steps == Steps{undefined(PolicyStage::PrefixList, "NONE")});
  CHECK(ask("TALK", "", "10.8.0.0/24").steps ==
        Steps{step(PolicyStage::PrefixList, "TALK", std::nullopt, kPermit)});
  const PolicyVerdict both = ask("PL", "RM", "10.8.0.0/24");
  CHECK(both.steps == Steps{listed, step(PolicyStage::RouteMap, "RM", 20, kPermit)});
  CHECK(both.attributes.weight == 5);
  CHECK(ask("PL", "RM", "10.8.0.0/24", 7).steps ==
        Steps{listed, step(PolicyStage::RouteMap, "RM", 10, kDeny)});
  CHECK(ask("PL", "RM", "10.8.0.0/24", 9).steps ==
        Steps{listed, step(PolicyStage::RouteMap, "RM", std::nullopt, kDeny)});
  CHECK(ask("", "NONE", "10.8.0.0/24").steps == Steps{undefined(PolicyStage::RouteMap, "NONE")});
}

TEST_CASE("a route of our own on its way to a peer", "[explain][rfc4271-5.1.3]") {
  Lab lab;
  const PeerId peer = lab.rib.add_peer(peer_settings(2));
  announce(lab.rib, "10.8.0.0/24");
  CHECK(lab.exported(peer).fate == ExportFate::SessionDown);
  lab.rib.peer_up(peer, ebgp(2), at(1));
  lab.work();
  CHECK(lab.exported(peer).fate == ExportFate::Pending);
  CHECK_FALSE(lab.exported(peer).announced);
  lab.drain(peer);
  const ExportView sent = lab.exported(peer);
  CHECK(sent.fate == ExportFate::Sent);
  CHECK(sent.announced);
  CHECK_FALSE(sent.source_peer);
  CHECK(sent.next_hop == NextHopChoice::Own);
  REQUIRE(sent.attributes);
  CHECK(sent.attributes->next_hop.address == A("10.0.0.254"));
  CHECK(sent.attributes->as_path == wire::AsPath::sequence({AS(64512)}));
  CHECK(lab.exported(peer, "10.9.0.0/24").fate == ExportFate::NoPath);
  withdraw(lab.rib, "10.8.0.0/24");
  const ExportView gone = lab.exported(peer);
  CHECK(gone.fate == ExportFate::NoPath);
  CHECK(gone.withdrawal_pending);
  lab.drain(peer);
  CHECK_FALSE(lab.exported(peer).withdrawal_pending);
}

TEST_CASE("an owner's next hop, a route map's and ours", "[explain][rfc4271-5.1.3]") {
  Lab lab;
  lab.policies.route_maps["HOP"] = {{10, {10, kPermit, "", {}, {SetNextHop{A("10.0.0.99")}}}}};
  PeerSettings mapped = peer_settings(3);
  mapped.families[Family::Ipv4Unicast].route_map_out = "HOP";
  lab.configure();
  const PeerId plain = lab.add(2, ebgp(2));
  const PeerId by_map = lab.add(mapped, ebgp(3));
  const PeerId internal = lab.add(4, ibgp(4));
  wire::PathAttributes named = own_attributes();
  named.next_hop.address = A("10.0.0.50");
  announce(lab.rib, "10.8.0.0/24", "app", named);
  CHECK(lab.exported(plain).next_hop == NextHopChoice::Owner);
  CHECK(lab.exported(plain).attributes->next_hop.address == A("10.0.0.50"));
  CHECK(lab.exported(by_map).next_hop == NextHopChoice::RouteMap);
  CHECK(lab.exported(by_map).attributes->next_hop.address == A("10.0.0.99"));
  const PeerId source = lab.add(1, ebgp(1));
  lab.rib.on_update(source, reach({"10.7.0.0/24"}, received_attributes({AS(65001)})), at(1));
  CHECK(lab.exported(plain, "10.7.0.0/24").next_hop == NextHopChoice::External);
  CHECK(lab.exported(plain, "10.7.0.0/24").attributes->next_hop.address == A("10.0.0.254"));
  CHECK(lab.exported(internal, "10.7.0.0/24").next_hop == NextHopChoice::Unchanged);
  CHECK(lab.exported(internal, "10.7.0.0/24").attributes->next_hop.address == A("10.0.0.77"));
  CHECK(lab.exported(internal, "10.7.0.0/24").source_peer == source.value);
}

TEST_CASE("what keeps a route from a peer has its name", "[explain][rfc1997][rfc4456-6][rfc8212]") {
  Lab lab;
  lab.policies.prefix_lists[Family::Ipv4Unicast]["NOT8"].entries = {
      {5, {5, kDeny, P("10.8.0.0/16"), {}, std::uint8_t{32}}}};
  lab.configure();
  const PeerId source = lab.add(1, ebgp(1));
  const PeerId inner = lab.add(5, ibgp(5));
  PeerSettings strict = peer_settings(2);
  strict.ebgp_requires_policy = true;
  PeerSettings filtered = peer_settings(3);
  filtered.families[Family::Ipv4Unicast].prefix_list_out = "NOT8";
  const PeerId without_policy = lab.add(strict, ebgp(2));
  const PeerId with_filter = lab.add(filtered, ebgp(3));
  const PeerId external = lab.add(4, ebgp(4));
  const PeerId internal = lab.add(6, ibgp(6));
  const auto stop = [&](PeerId peer, std::string_view prefix = "10.8.0.0/24") {
    const ExportView view = lab.exported(peer, prefix);
    CHECK(view.fate == ExportFate::Denied);
    CHECK_FALSE(view.attributes);
    return view.stop;
  };
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, received_attributes({AS(65001)})), at(1));
  CHECK(lab.exported(source).fate == ExportFate::CameFromPeer);
  CHECK(stop(without_policy) == ExportStop::NoPolicy);
  CHECK(stop(with_filter) == ExportStop::Policy);
  CHECK(lab.exported(with_filter).policy->steps ==
        std::vector{step(PolicyStage::PrefixList, "NOT8", 5, kDeny)});
  CHECK(lab.exported(external).fate == ExportFate::Pending);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, tagged("no-export")), at(2));
  CHECK(stop(external) == ExportStop::NoExport);
  CHECK(lab.exported(internal).fate == ExportFate::Pending);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, tagged("no-advertise")), at(3));
  CHECK(stop(internal) == ExportStop::NoAdvertise);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, tagged("local-AS")), at(4));
  CHECK(stop(external) == ExportStop::NoExportSubconfed);
  lab.rib.on_update(inner, reach({"10.6.0.0/24"}, received_attributes({AS(65009)})), at(5));
  CHECK(stop(internal, "10.6.0.0/24") == ExportStop::InternalPath);
}

TEST_CASE("families, next hops and aggregates that stand in the way", "[explain]") {
  Lab lab;
  PeerSession v4_only = ebgp(2);
  v4_only.codec.families = {Family::Ipv4Unicast};
  const PeerId narrow = lab.add(2, v4_only);
  PeerSession homeless = ebgp(3);
  homeless.local_next_hop[Family::Ipv6Unicast].reset();
  homeless.no_next_hop[Family::Ipv6Unicast] = "no IPv6 address on eth0";
  const PeerId blocked = lab.add(3, homeless);
  announce(lab.rib, "2001:db8::/48");
  CHECK(lab.exported(narrow, "2001:db8::/48").fate == ExportFate::NotNegotiated);
  CHECK(lab.exported(blocked, "2001:db8::/48").fate == ExportFate::NoNextHop);
  CHECK(lab.exported(blocked, "2001:db8::/48").words == "no IPv6 address on eth0");
  CHECK_FALSE(lab.exported(blocked, "2001:db8::/48").announced);
  lab.settings.aggregates[Family::Ipv4Unicast] = {{P("10.8.0.0/16"), true, "", std::nullopt}};
  lab.configure();
  announce(lab.rib, "10.8.0.0/24");
  lab.work();
  CHECK(lab.exported(narrow).fate == ExportFate::Suppressed);
  CHECK(lab.exported(narrow, "10.8.0.0/16").fate == ExportFate::Pending);
}

TEST_CASE("each path of a peer with ADD-PATH has its own answer", "[explain][rfc7911-3]") {
  Lab lab;
  const PeerId one = lab.add(1, ebgp(1));
  const PeerId two = lab.add(2, ebgp(2));
  PeerSettings taking = peer_settings(3);
  taking.families[Family::Ipv4Unicast].paths = {PathSelection::Kind::BestSelected, 1};
  PeerSession session = ebgp(3);
  session.codec.add_path_send = {Family::Ipv4Unicast};
  const PeerId peer = lab.add(taking, session);
  lab.rib.on_update(one, reach({"10.8.0.0/24"}, received_attributes({AS(65001)})), at(1));
  lab.rib.on_update(two, reach({"10.8.0.0/24"}, received_attributes({AS(65002), AS(7)})), at(1));
  const auto views = lab.rib.explain_export(peer, P("10.8.0.0/24"));
  REQUIRE(views.size() == 2);
  CHECK(views[0].fate == ExportFate::Pending);
  CHECK(views[0].source_peer == one.value);
  CHECK(views[1].fate == ExportFate::NotSelected);
  CHECK(views[1].source_peer == two.value);
  CHECK(views[0].path_id != views[1].path_id);
  lab.drain(peer);
  CHECK(lab.rib.explain_export(peer, P("10.8.0.0/24"))[0].fate == ExportFate::Sent);
  lab.rib.on_update(one, unreach({"10.8.0.0/24"}), at(2));
  const auto left = lab.rib.explain_export(peer, P("10.8.0.0/24"));
  REQUIRE(left.size() == 2);  // one to be withdrawn, one in its place
  CHECK(std::count_if(left.begin(), left.end(), [](const ExportView& v) { return v.withdrawal_pending; }) ==
        1);
  lab.rib.on_update(two, unreach({"10.8.0.0/24"}), at(2));
  lab.drain(peer);
  const auto none = lab.rib.explain_export(peer, P("10.8.0.0/24"));
  REQUIRE(none.size() == 1);
  CHECK(none[0].fate == ExportFate::NoPath);
}

TEST_CASE("default-originate is told apart from the table", "[explain][default-originate]") {
  Lab lab;
  PeerSettings settings = peer_settings(2);
  settings.families[Family::Ipv4Unicast].default_originate = true;
  const PeerId peer = lab.add(settings, ebgp(2));
  CHECK(lab.exported(peer, "0.0.0.0/0").default_originate);
  CHECK(lab.exported(peer, "0.0.0.0/0").fate == ExportFate::Pending);
  lab.drain(peer);
  CHECK(lab.exported(peer, "0.0.0.0/0").fate == ExportFate::Sent);
}

TEST_CASE("what a peer sent and what became of it", "[explain][rfc4271-9.1.2][rfc8212]") {
  Lab lab;
  lab.policies.route_maps["IN"] = {{10, {10, kDeny, "", {MatchCommunity{"BAD", false}}, {}}},
                                   {20, {20, kPermit, "", {}, {SetLocalPreference{200}}}}};
  lab.policies.community_lists["BAD"] = {{5, {5, kPermit, {C("65001:666")}}}};
  lab.configure();
  PeerSettings keeping = peer_settings(1);
  keeping.families[Family::Ipv4Unicast].soft_reconfiguration_inbound = true;
  keeping.families[Family::Ipv4Unicast].route_map_in = "IN";
  const PeerId source = lab.add(keeping, ebgp(1));
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, received_attributes({AS(65001)})), at(1));
  const InboundView good = lab.inbound(source);
  CHECK(good.accepted);
  CHECK(good.as_received);
  CHECK_FALSE(good.attributes.local_pref);
  CHECK(good.policy->attributes.path.local_pref == 200U);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, tagged("65001:666")), at(2));
  const InboundView bad = lab.inbound(source);
  CHECK_FALSE(bad.accepted);
  CHECK(bad.rejection == Rejection::None);
  CHECK(bad.policy->steps == std::vector{step(PolicyStage::RouteMap, "IN", 10, kDeny)});
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, received_attributes({AS(65001), AS(64512)})), at(3));
  CHECK(lab.inbound(source).rejection == Rejection::AsLoop);
  CHECK_FALSE(lab.inbound(source).policy);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, received_attributes({AS(65009)})), at(4));
  CHECK(lab.inbound(source).rejection == Rejection::FirstAs);
  PeerSettings strict = keeping;
  strict.families[Family::Ipv4Unicast].route_map_in.clear();
  strict.ebgp_requires_policy = true;
  lab.rib.change_peer(source, strict);
  lab.rib.on_update(source, reach({"10.8.0.0/24"}, received_attributes({AS(65001)})), at(5));
  CHECK(lab.inbound(source).policy_missing);
  CHECK_FALSE(lab.inbound(source).accepted);
  const PeerId forgetful = lab.add(2, ebgp(2));
  lab.rib.on_update(forgetful, reach({"10.8.0.0/24"}, received_attributes({AS(65002)})), at(6));
  CHECK_FALSE(lab.inbound(forgetful).as_received);
  CHECK(lab.inbound(forgetful).accepted);
  CHECK(lab.rib.explain_inbound(forgetful, P("10.9.0.0/24")).empty());
}

TEST_CASE("each loser knows the step at which it lost", "[explain][rfc4271-9.1.2.2]") {
  Lab lab;
  const PeerId one = lab.add(1, ebgp(1));
  const PeerId two = lab.add(2, ebgp(2));
  lab.rib.on_update(one, reach({"10.8.0.0/24"}, received_attributes({AS(65001), AS(7)})), at(1));
  lab.rib.on_update(two, reach({"10.8.0.0/24"}, received_attributes({AS(65002)})), at(1));
  announce(lab.rib, "10.8.0.0/24");
  const auto reasons = lab.rib.lost_by(P("10.8.0.0/24"));
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0].empty());
  CHECK(reasons[1] == "Weight");
  CHECK(reasons[2] == "Weight");
  withdraw(lab.rib, "10.8.0.0/24");
  CHECK(lab.rib.lost_by(P("10.8.0.0/24")) == std::vector<std::string_view>{"", "AS Path"});
  CHECK(lab.rib.lost_by(P("10.9.0.0/24")).empty());
}

TEST_CASE("routes below a prefix, groups and attribute sets", "[explain]") {
  Lab lab;
  const PeerId two = lab.add(2, ebgp(2));
  const PeerId three = lab.add(3, ebgp(3));
  for (const char* prefix : {"10.8.2.0/24", "10.8.1.0/24", "10.8.3.0/24", "10.9.0.0/24"})
    announce(lab.rib, prefix);
  CHECK(lab.rib.more_specific(P("10.8.0.0/16"), 2) == std::vector{P("10.8.1.0/24"), P("10.8.2.0/24")});
  CHECK(lab.rib.more_specific(P("10.8.1.0/24"), 2).empty());
  std::vector<UpdateGroupView> groups;
  lab.rib.for_each_update_group(Family::Ipv4Unicast, [&](const auto& group) { groups.push_back(group); });
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].members == std::vector{two.value, three.value});
  CHECK(groups[0].routes == 4);
  std::size_t own = 0;
  lab.rib.for_each_attributes([&](const AttributesView& view) {
    if (view.weight == 32768 && view.attributes->as_path == wire::AsPath{}) own += view.references;
  });
  CHECK(own == 4);
}

TEST_CASE("a route is sent again when asked, and to those alone that have it", "[explain][clear]") {
  Lab lab;
  const PeerId peer = lab.add(2, ebgp(2));
  Receiver receiver(ebgp(2));
  receiver.allow_repeats = true;
  announce(lab.rib, "10.8.0.0/24");
  announce(lab.rib, "10.9.0.0/24");
  lab.rib.release_end_of_rib();
  receiver.drain(lab.rib, peer);
  CHECK(receiver.announced == 2);
  CHECK(lab.rib.send_again(P("10.8.0.0/24")));
  receiver.drain(lab.rib, peer);
  CHECK(receiver.announced == 3);
  CHECK_FALSE(lab.rib.send_again(P("10.7.0.0/24")));
  CHECK_FALSE(lab.rib.has_output(peer));
}

}  // namespace lbgp::rib::test
