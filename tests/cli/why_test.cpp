// SPDX-License-Identifier: Apache-2.0
// `why`, `why-down` and `test`: the sentence that an operator needs, and the same for scripts.
#include "bgpd/cli/show_why.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace conf = lbgp::conf;
namespace wire = lbgp::wire;
namespace fsm = lbgp::fsm;
namespace rib = lbgp::rib;
namespace json = boost::json;
using rib::ExportFate;
using rib::ExportStop;
using rib::PolicyStage;
using namespace std::chrono_literals;

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

rib::PolicyStep denied_by(PolicyStage stage, std::string name, std::optional<std::uint32_t> seq) {
  return {stage, std::move(name), seq, rib::Permit::Deny};
}

WhyNeighbor established(std::string name, rib::ExportView view) {
  WhyNeighbor each;
  each.name = std::move(name);
  each.established = true;
  each.state = "Established";
  each.activated = true;
  each.local_address = address("10.90.3.1");
  each.unacknowledged = 0;
  each.exported = {std::move(view)};
  return each;
}

rib::ExportView fate(ExportFate fate, ExportStop stop = ExportStop::None) {
  rib::ExportView view;
  view.fate = fate;
  view.stop = stop;
  return view;
}

rib::ExportView sent(std::string_view next_hop, rib::NextHopChoice choice) {
  rib::ExportView view = fate(ExportFate::Sent);
  view.announced = true;
  view.next_hop = choice;
  view.attributes = own(next_hop);
  return view;
}

// What `show bgp 203.0.113.0/24 why` says of one neighbor.
std::string line_of(WhyNeighbor each) {
  World world = router();
  world.reasons.neighbors = {std::move(each)};
  const Reply reply = run(world, "show bgp 203.0.113.0/24 why");
  CHECK(reply.code == Code::Success);
  return reply.text;
}

}  // namespace

TEST_CASE("why tells of the source, the pool and each neighbor", "[cli][why]") {
  World world = router();
  StoredPath& path = world.routes[prefix("203.0.113.0/24")].paths[0];
  path.owner = "uid 1000";
  path.labels = {{"app", "web"}};
  world.reasons.pools_exist = true;
  world.reasons.pool = WhyPool{"bgp-default", "group agents"};
  world.reasons.lost_by = {""};
  world.reasons.covered_by = prefix("203.0.0.0/16");
  world.reasons.more_specific = {prefix("203.0.113.7/32")};
  WhyNeighbor first = established("10.90.3.101", sent("10.90.3.1", rib::NextHopChoice::Own));
  first.hostname = "node1";
  world.reasons.neighbors = {first};
  CHECK(run(world, "show bgp 203.0.113.0/24 why").text ==
        "203.0.113.0/24 is in the table\n"
        " Where it comes from\n"
        "  #1 announced here by uid 1000 (app=web); it stays until its owner withdraws it\n"
        "     the only path, so the best\n"
        "     since Sat Nov 21 05:41:44 2026\n"
        " Pool\n"
        "  in vip-pool bgp-default, which group agents may use\n"
        " Where it goes\n"
        "  10.90.3.101 (node1): sent, and acknowledged by the neighbor's TCP\n"
        "    next hop 10.90.3.1: ours, for it is our own route (our end of this session)\n"
        "    with empty AS path\n"
        " Covered by 203.0.0.0/16 ('show bgp 203.0.0.0/16 why')\n"
        " Below it: 203.0.113.7/32\n");
  const json::object out = json::parse(run(world, "show bgp 203.0.113.7 why json").text).as_object();
  CHECK(out.at("prefix") == "203.0.113.0/24");
  CHECK(out.at("inTable") == true);
  CHECK(out.at("paths").at(0).at("owner") == "uid 1000");
  CHECK(out.at("paths").at(0).at("labels").at("app") == "web");
  CHECK(out.at("pool").at("name") == "bgp-default");
  const json::value& leaving = out.at("neighbors").at("10.90.3.101").at("exported").at(0);
  CHECK(leaving.at("fate") == "sent");
  CHECK(leaving.at("acknowledged") == true);
  CHECK(leaving.at("nextHop") == "10.90.3.1");
  CHECK(leaving.at("nextHopChoice") == "own");
  CHECK(out.at("coveredBy") == "203.0.0.0/16");
}

TEST_CASE("of several paths, each knows where it lost", "[cli][why][rfc4271-9.1.2.2]") {
  World world = router();
  world.reasons.lost_by = {"", "Neighbor IP"};
  const std::string text = run(world, "show bgp 10.99.8.202/32 why").text;
  CHECK(contains(text,
                 "#1 from neighbor 10.90.3.101 (node1), AS path 65010\n     the best of 2, by Neighbor IP"));
  CHECK(contains(
      text,
      "#2 from neighbor fd00:90:3::101 (node1), AS path 65010\n     not the best: loses by Neighbor IP"));
  const json::object out = json::parse(run(world, "show bgp 10.99.8.202/32 why json").text).as_object();
  CHECK(out.at("paths").at(1).at("lostBy") == "Neighbor IP");
  CHECK(out.at("paths").at(0).at("selectionReason") == "Neighbor IP");
}

TEST_CASE("each obstacle on the way to a neighbor has its words", "[cli][why]") {
  struct Row {
    rib::ExportView view;
    std::string_view words;
  };
  rib::ExportView by_list = fate(ExportFate::Denied, ExportStop::Policy);
  by_list.policy = rib::PolicyVerdict{false, {denied_by(PolicyStage::PrefixList, "OUT", 5)}, {}};
  rib::ExportView no_statement = fate(ExportFate::Denied, ExportStop::Policy);
  no_statement.policy = rib::PolicyVerdict{false, {denied_by(PolicyStage::RouteMap, "RM", std::nullopt)}, {}};
  rib::ExportView undefined = no_statement;
  undefined.policy->steps.front().defined = false;
  rib::ExportView nowhere = fate(ExportFate::NoNextHop);
  nowhere.words = "no IPv6 address on eth0";
  rib::ExportView default_only = fate(ExportFate::Denied);
  default_only.default_originate = true;
  const std::vector<Row> rows{
      {fate(ExportFate::CameFromPeer), "split horizon"},
      {fate(ExportFate::Suppressed), "summary-only"},
      {fate(ExportFate::BroughtByPeer), "ORIGINATOR_ID"},
      {fate(ExportFate::TooBig), "fits no message"},
      {fate(ExportFate::OverItself), "its next hop is this neighbor itself"},
      {fate(ExportFate::Preparing), "being worked out"},
      {fate(ExportFate::Pending), "on its way"},
      {fate(ExportFate::Denied, ExportStop::InternalPath), "one iBGP neighbor is not passed on to another"},
      {fate(ExportFate::Denied, ExportStop::NoPolicy), "RFC 8212"},
      {fate(ExportFate::Denied, ExportStop::NoAdvertise), "community no-advertise"},
      {fate(ExportFate::Denied, ExportStop::NoExport), "community no-export"},
      {fate(ExportFate::Denied, ExportStop::NoExportSubconfed), "community local-AS"},
      {fate(ExportFate::Denied, ExportStop::RouteLeak), "RFC 9234"},
      {fate(ExportFate::Denied, ExportStop::LongLivedStale), "RFC 9494"},
      {fate(ExportFate::Denied, ExportStop::NextHop), "other address family"},
      {by_list, "not sent: prefix-list OUT seq 5 denies"},
      {no_statement, "not sent: route-map RM denies: no statement of it matches"},
      {undefined, "not sent: route-map RM denies: it is not defined"},
      {nowhere, "not sent: we have no next hop to give: no IPv6 address on eth0"},
      {default_only, "default-originate's route map"},
      {fate(ExportFate::NotSelected), "addpath-tx"},
  };
  for (const Row& row : rows) {
    INFO(row.words);
    CHECK(contains(line_of(established("10.90.3.101", row.view)), row.words));
  }
}

TEST_CASE("a session that is down, and a family that is not spoken", "[cli][why]") {
  WhyNeighbor down = established("10.90.3.101", fate(ExportFate::SessionDown));
  down.established = false;
  down.state = "Active";
  down.down = "connection refused";
  CHECK(contains(line_of(down),
                 "10.90.3.101: not sent: there is no session (Active: connection refused); ask "
                 "'show bgp neighbors 10.90.3.101 why-down'"));
  WhyNeighbor silent = established("10.90.3.101", fate(ExportFate::NotNegotiated));
  CHECK(contains(line_of(silent), "the neighbor did not offer it in its OPEN"));
  silent.activated = false;
  CHECK(contains(line_of(silent), "it is not activated for this neighbor in our configuration"));
}

TEST_CASE("what is not acknowledged is not called so", "[cli][why]") {
  WhyNeighbor slow = established("10.90.3.101", sent("10.90.3.1", rib::NextHopChoice::External));
  slow.unacknowledged = 4096;
  const std::string text = line_of(slow);
  CHECK(contains(text, "sent; 4096 octets of this session are not acknowledged by the neighbor's TCP yet"));
  CHECK_FALSE(contains(text, "and acknowledged"));
}

TEST_CASE("how a next hop was chosen", "[cli][why][rfc4271-5.1.3]") {
  const auto words = [](std::string_view next_hop, rib::NextHopChoice choice, bool configured = false) {
    rib::ExportView view = sent(next_hop, choice);
    view.next_hop_configured = configured;
    return line_of(established("10.90.3.101", view));
  };
  CHECK(contains(words("10.90.3.1", rib::NextHopChoice::External),
                 "as always towards an external neighbor (our end of this session)"));
  CHECK(contains(words("10.90.3.9", rib::NextHopChoice::Self),
                 "by next-hop-self (our address of that family on the session's interface)"));
  CHECK(contains(words("10.90.3.9", rib::NextHopChoice::Own, true),
                 "(the one that 'neighbor … next-hop' gives)"));
  CHECK(contains(words("10.90.3.9", rib::NextHopChoice::Unchanged), "next hop 10.90.3.9: as received"));
  CHECK(contains(words("10.90.3.9", rib::NextHopChoice::Owner), "as the route's owner asked"));
  CHECK(contains(words("10.90.3.9", rib::NextHopChoice::RouteMap), "set by the outbound route map"));
  CHECK(contains(words("10.90.3.1", rib::NextHopChoice::LinkLocal), "the received one is link-local"));
}

TEST_CASE("a prefix that is not there: who sends it, and what denied it", "[cli][why]") {
  World world = router();
  world.reasons.pools_exist = true;
  WhyNeighbor sender = established("10.90.3.101", fate(ExportFate::NoPath));
  sender.keeps_received = true;
  rib::InboundView denied;
  denied.as_received = true;
  denied.attributes = received("10.90.3.101", 65010, std::nullopt);
  denied.policy = rib::PolicyVerdict{false, {denied_by(PolicyStage::PrefixList, "K8S-IN", 10)}, {}};
  sender.received = {denied};
  WhyNeighbor quiet = established("10.90.3.102", fate(ExportFate::NoPath));
  WhyNeighbor storing = established("10.90.3.103", fate(ExportFate::NoPath));
  storing.keeps_received = true;
  world.reasons.neighbors = {sender, quiet, storing};
  CHECK(run(world, "show bgp 10.99.7.7/32 why").text ==
        "10.99.7.7/32 is not in the table\n"
        " Pool\n"
        "  none holds it: a local client that announces it is refused\n"
        " Who sends it to us\n"
        "  10.90.3.101 sends it: denied: prefix-list K8S-IN seq 10 denies\n"
        "  10.90.3.102: does not send it, or it was not accepted; 'neighbor 10.90.3.102 "
        "soft-reconfiguration inbound' would keep what it sends\n"
        "  10.90.3.103 does not send it\n");
  const json::object out = json::parse(run(world, "show bgp 10.99.7.7 why json").text).as_object();
  CHECK(out.at("inTable") == false);
  const json::value& policy = out.at("neighbors").at("10.90.3.101").at("received").at(0).at("policy").at(0);
  CHECK(policy == json::parse(R"({"type":"prefix-list","name":"K8S-IN","seq":10,"action":"deny"})"));
  const auto rejected = [&](rib::Rejection why) {
    denied.policy.reset();
    denied.rejection = why;
    sender.received = {denied};
    world.reasons.neighbors = {sender};
    return run(world, "show bgp 10.99.7.7/32 why").text;
  };
  CHECK(contains(rejected(rib::Rejection::AsLoop),
                 "our AS stands in its AS path (allowas-in would let it pass); AS path 65010"));
  CHECK(contains(rejected(rib::Rejection::FirstAs), "enforce-first-as"));
  CHECK(contains(rejected(rib::Rejection::UnusableNextHop), "next hop is ourselves"));
  CHECK(contains(rejected(rib::Rejection::ClusterLoop), "CLUSTER_LIST"));
  CHECK(contains(rejected(rib::Rejection::OriginatorLoop), "ORIGINATOR_ID"));
  CHECK(contains(rejected(rib::Rejection::RouteLeak), "RFC 9234"));
  denied.rejection = rib::Rejection::None;
  denied.policy_missing = true;
  sender.received = {denied};
  world.reasons.neighbors = {sender};
  CHECK(contains(run(world, "show bgp 10.99.7.7/32 why").text, "RFC 8212"));
}

TEST_CASE("why of one neighbor, and of none", "[cli][why]") {
  World world = router();
  world.reasons.neighbors = {established("10.90.3.101", fate(ExportFate::Pending)),
                             established("10.90.3.103", fate(ExportFate::Pending))};
  const std::string text = run(world, "show bgp 203.0.113.0/24 why neighbor 10.90.3.103").text;
  CHECK(contains(text, "10.90.3.103: on its way"));
  CHECK_FALSE(contains(text, "10.90.3.101: "));
  CHECK(run(world, "show bgp 203.0.113.0/24 why neighbor 9.9.9.9").code == Code::Warning);
  world.instance_exists = false;
  CHECK(run(world, "show bgp 203.0.113.0/24 why").code == Code::Warning);
}

TEST_CASE("why-down puts what is wrong first and what comes next last", "[cli][why-down]") {
  World world = router();
  NeighborData& down = world.neighbors["fd00:90:3::101"];
  down.last_attempt = "connection refused";
  down.wrong = "peer says AS 65002, configured 65010";
  CHECK(run(world, "show bgp neighbors fd00:90:3::101 why-down").text ==
        "fd00:90:3::101 is down: Active\n"
        "  peer says AS 65002, configured 65010 (one of the two files has the wrong AS number)\n"
        "  connection refused (the machine is there, but nobody listens on the port, or a firewall rejects "
        "it)\n"
        "  there has been no session since this daemon started\n"
        "  next attempt in 66 s\n");
  const json::object out =
      json::parse(run(world, "show bgp neighbors fd00:90:3::101 why-down json").text).as_object();
  CHECK(out.at("state") == "Active");
  CHECK(out.at("established") == false);
  CHECK(out.at("nextAttemptMsecs") == 66000);
  CHECK(out.at("facts").at("lastAttempt").as_string().starts_with("connection refused"));
  CHECK(out.at("facts").as_object().contains("lastSession"));
}

TEST_CASE("every reason to be down is told", "[cli][why-down]") {
  struct Row {
    std::string_view key;
    void (*arrange)(conf::Neighbor&, NeighborData&);
    std::string_view words;
  };
  const std::vector<Row> rows{
      {"adminShutdown", [](auto& c, auto&) { c.session.shutdown = true; }, "shut down by the configuration"},
      {"noFamily", [](auto& c, auto&) { c.session.families = {}; }, "no address family is activated"},
      {"maximumPrefix",
       [](auto&, auto& d) {
         d.over_maximum_prefix = true;
         d.prefix_rest_remaining = 90s;
       },
       "rests for 90 s, or until 'clear bgp fd00:90:3::101'"},
      {"obstacle", [](auto&, auto& d) { d.obstacle = "eth7 has no address"; }, "eth7 has no address"},
      {"waitsForBfd", [](auto&, auto& d) { d.waits_for_bfd = true; }, "for BFD to tell the peer"},
      {"authentication", [](auto&, auto& d) { d.authentication_problem = "peer sends no MD5"; }, "no MD5"},
      {"md5",
       [](auto&, auto& d) {
         d.md5 = Md5Data{3, 0, 1};
       },
       "3 without a signature, 0 with an unexpected one, 1 with a wrong one; we have no password"},
      {"passive", [](auto& c, auto&) { c.session.passive = true; }, "we wait for the peer to connect"},
      {"lastAttempt", [](auto&, auto& d) { d.last_attempt = "no answer: connection timed out"; },
       "a firewall that drops"},
      {"connecting",
       [](auto&, auto& d) {
         d.state = fsm::State::Connect;
         d.next_attempt.reset();
       },
       "under way"},
      {"opening",
       [](auto&, auto& d) {
         d.state = fsm::State::OpenSent;
         d.next_attempt.reset();
       },
       "has not sent its OPEN"},
      {"lastReset",
       [](auto&, auto& d) {
         d.last_reset.ago = 60s;
         d.last_reset.reason = fsm::DownReason::NotificationReceived;
         d.last_reset.notification = wire::Notification{wire::ErrorCode::Cease, 2, {}};
       },
       "the last session ended 00:01:00 ago"},
  };
  for (const Row& row : rows) {
    World world = router();
    row.arrange(world.configs["fd00:90:3::101"], world.neighbors["fd00:90:3::101"]);
    INFO(row.key);
    CHECK(contains(run(world, "show bgp neighbors fd00:90:3::101 why-down").text, row.words));
    CHECK(json::parse(run(world, "show bgp neighbors fd00:90:3::101 why-down json").text)
              .at("facts")
              .as_object()
              .contains(row.key));
  }
}

TEST_CASE("what the peer has told is told once, with what it mostly means", "[cli][why-down]") {
  struct Row {
    std::uint8_t subcode;
    std::string_view wrong;
    std::string_view hint;
  };
  for (const Row& row :
       {Row{wire::subcode::kBadPeerAs, "OPEN Message Error/Bad Peer AS",
            "one of the two files has the wrong one"},
        Row{wire::subcode::kUnsupportedCapability, "OPEN Message Error/Unsupported Capability",
            "that one of the two has not activated"}}) {
    World world = router();
    NeighborData& down = world.neighbors["fd00:90:3::101"];
    down.wrong = "peer sent " + std::string(row.wrong);
    down.last_attempt = down.wrong;
    down.last_reset.notification = wire::Notification{wire::ErrorCode::OpenMessage, row.subcode, {}};
    const std::string text = run(world, "show bgp neighbors fd00:90:3::101 why-down").text;
    CAPTURE(text);
    CHECK(contains(text, row.hint));
    CHECK(text.find(row.wrong) == text.rfind(row.wrong));
    CHECK(json::parse(run(world, "show bgp neighbors fd00:90:3::101 why-down json").text)
              .at("facts")
              .as_object()
              .contains("notification"));
    down.wrong = "something else";
    CHECK(contains(run(world, "show bgp neighbors fd00:90:3::101 why-down").text, row.wrong));
  }
}

TEST_CASE("why-down of a session that is up, and of nobody", "[cli][why-down]") {
  World world = router();
  CHECK(run(world, "show bgp neighbors 10.90.3.101 why-down").text ==
        "10.90.3.101 is up: Established for 00:00:57\n");
  CHECK(json::parse(run(world, "show bgp neighbors 10.90.3.101 why-down json").text).at("established") ==
        true);
  CHECK(run(world, "show bgp neighbors 9.9.9.9 why-down").code == Code::Warning);
}

TEST_CASE("a route map is tried on a route that may not exist", "[cli][why][test]") {
  World world = router();
  world.known_policies.community_lists["TAGGED"] = {
      {5, {5, rib::Permit::Permit, {wire::parse_community("65010:7").value()}}}};
  world.known_policies.route_maps["RM"] = {
      {10,
       {10,
        rib::Permit::Permit,
        "",
        {rib::MatchCommunity{"TAGGED", false}},
        {rib::SetLocalPreference{200}, rib::SetMetric{rib::SetMetric::Kind::Assign, 5}}}},
      {20, {20, rib::Permit::Permit, "", {rib::MatchPeer{address("10.90.3.101")}}, {}}}};
  CHECK(run(world, "show bgp route-map RM test 10.1.0.0/16 community 65010:7 as-path 65010,7").text ==
        "10.1.0.0/16 is permitted\n"
        "  route-map RM seq 10 permits\n"
        "  metric: 5\n"
        "  local preference: 200\n");
  CHECK(run(world, "show bgp route-map RM test 10.1.0.0/16 neighbor 10.90.3.101").text ==
        "10.1.0.0/16 is permitted\n  route-map RM seq 20 permits\n  nothing is changed\n");
  CHECK(run(world, "show bgp route-map RM test 10.1.0.0/16").text ==
        "10.1.0.0/16 is denied\n  route-map RM denies: no statement of it matches\n");
  const json::object out =
      json::parse(run(world, "show bgp route-map RM test 10.1.0.0/16 community 65010:7 json").text)
          .as_object();
  CHECK(out.at("permitted") == true);
  CHECK(out.at("steps").at(0).at("seq") == 10);
  CHECK(out.at("changes").as_array().size() == 2);
  // An address without a mask is a host's.
  CHECK(run(world, "show bgp route-map RM test 10.1.0.0").text ==
        "10.1.0.0/32 is denied\n  route-map RM denies: no statement of it matches\n");
  CHECK(run(world, "show bgp route-map RM test fd00::1 community 65010:7")
            .text.find("fd00::1/128 is permitted\n") == 0);
  CHECK(run(world, "show bgp route-map NONE test 10.1.0.0/16").text == "% NONE route-map not found\n");
  CHECK(run(world, "show bgp route-map RM test 10.1.0.0/16 community bad:words").code == Code::Warning);
}
