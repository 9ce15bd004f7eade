// SPDX-License-Identifier: Apache-2.0
// What a reload touches, and above all what it does not.
#include "conf/diff.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>

#include "conf/parse.hpp"
#include "conf/render.hpp"
#include "golden.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

Compiled compiled(const std::string& text) {
  Loaded loaded = load(text);
  REQUIRE(loaded.ok());
  return std::move(loaded.compiled);
}

const std::string kBase =
    "ip prefix-list L permit 10.0.0.0/8\nbgp community-list C permit 1:1\n"
    "route-map M permit 10\n match community C\nrouter bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n"
    " neighbor 10.0.0.2 remote-as 65003\n neighbor 10.0.0.1 prefix-list L in\n"
    " neighbor 10.0.0.1 route-map M out\n";

// kBase against kBase with more lines under `router bgp`: 10.0.0.2 must never be touched.
NeighborDiff changes(const std::string& lines, const std::string& base = kBase) {
  const Diff d = diff(compiled(base), compiled(base + lines));
  REQUIRE(d.changed.size() == 1);
  REQUIRE(d.changed[0].name == "10.0.0.1");
  return d.changed[0];
}

}  // namespace

TEST_CASE("reloading what runs changes nothing") {
  for (const std::string& name : golden_names()) {
    INFO(name);
    const Loaded loaded = load(golden_text(name + ".in"));
    if (!loaded.ok()) continue;
    CHECK(diff(loaded.compiled, loaded.compiled).empty());
    CHECK(diff(loaded.compiled, compiled(render(loaded.config))).empty());
    // Also from what `show running-config` prints, with the profile's values spelled out.
    CHECK(diff(loaded.compiled, compiled(render(spell_out_profile(loaded.config)))).empty());
  }
}

TEST_CASE("each option has its price") {
  struct Price {
    std::string_view line;
    std::string_view option;
    Impact impact;
  };
  const std::string family = "address-family ipv4 unicast ";
  const Price prices[] = {
      {"description x", "description", Impact::None},
      {"passive", "passive", Impact::NextSession},
      {"disable-connected-check", "disable-connected-check", Impact::NextSession},
      {"tcp-mss 1200", "tcp-mss", Impact::NextSession},
      {"timers 10 30", "timers", Impact::NextSession},
      {"timers connect 9", "timers connect", Impact::NextSession},
      {"timers delayopen 9", "timers delayopen", Impact::NextSession},
      {"port 1179", "port", Impact::NextSession},
      {"graceful-restart-disable", "graceful-restart", Impact::NextSession},
      {"bfd", "bfd", Impact::None},
      {"password x", "password", Impact::Reset},
      {"shutdown", "shutdown", Impact::Reset},
      {"update-source eth0", "update-source", Impact::Reset},
      {"ebgp-multihop", "ebgp-multihop", Impact::Reset},
      {"ttl-security hops 1", "ttl-security", Impact::Reset},
      {"capability extended-nexthop", "capability extended-nexthop", Impact::Reset},
      {"local-role customer", "local-role", Impact::Reset},
      {"capability software-version", "capability software-version", Impact::NextSession},
      {"extended-optional-parameters", "extended-optional-parameters", Impact::NextSession},
      {"dont-capability-negotiate", "dont-capability-negotiate", Impact::NextSession},
      {"override-capability", "override-capability", Impact::NextSession},
      {"strict-capability-match", "strict-capability-match", Impact::NextSession},
      {"path-attribute discard 26", "path-attribute discard", Impact::SoftIn},
      {"path-attribute treat-as-withdraw 26", "path-attribute treat-as-withdraw", Impact::SoftIn},
      {"next-hop ipv4 10.0.0.9", "next-hop", Impact::SoftOut},
      {"next-hop-self", "address-family ipv4 unicast next-hop-self", Impact::SoftOut},
      {"prefix-list X out", "address-family ipv4 unicast prefix-list out", Impact::SoftOut},
      {"prefix-list X in", "address-family ipv4 unicast prefix-list in", Impact::SoftIn},
      {"route-map X in", "address-family ipv4 unicast route-map in", Impact::SoftIn},
      {"route-map X out", "address-family ipv4 unicast route-map out", Impact::SoftOut},
      {"distribute-list X out", "address-family ipv4 unicast distribute-list out", Impact::SoftOut},
      {"filter-list X in", "address-family ipv4 unicast filter-list in", Impact::SoftIn},
      {"filter-list X out", "address-family ipv4 unicast filter-list out", Impact::SoftOut},
      {"unsuppress-map X", "address-family ipv4 unicast unsuppress-map", Impact::SoftOut},
      {"attribute-unchanged med", "address-family ipv4 unicast attribute-unchanged", Impact::SoftOut},
      {"soft-reconfiguration inbound", "address-family ipv4 unicast soft-reconfiguration inbound",
       Impact::SoftIn},
      {"maximum-prefix 5", "address-family ipv4 unicast maximum-prefix", Impact::None},
      {"graceful-restart-helper", "graceful-restart", Impact::NextSession},
      {"allowas-in", "address-family ipv4 unicast allowas-in", Impact::SoftIn},
      {"allowas-in origin", "address-family ipv4 unicast allowas-in", Impact::SoftIn},
      {"weight 5", "address-family ipv4 unicast weight", Impact::SoftIn},
      {"addpath-tx-all-paths", "addpath send", Impact::Reset},
      {"disable-addpath-rx", "addpath receive", Impact::Reset},
  };
  for (const Price& price : prices) {
    INFO(price.line);
    const NeighborDiff found = changes(fmt::format(" neighbor 10.0.0.1 {}\n", price.line));
    REQUIRE(found.changes.size() == 1);
    CHECK(found.changes[0].option == price.option);
    CHECK(found.changes[0].impact == price.impact);
    CHECK((found.changes[0].reason != fsm::DownReason::None) == (price.impact == Impact::Reset));
    CHECK(found.worst() == price.impact);
  }
}

TEST_CASE("what concerns both directions is priced in both") {
  for (const std::string word : {"aigp", "graceful-shutdown"}) {
    INFO(word);
    const NeighborDiff found = changes(" neighbor 10.0.0.1 " + word + "\n");
    CHECK(found.changes.size() == 2);
    CHECK(found.options(Impact::SoftIn) == word);
    CHECK(found.options(Impact::SoftOut) == word);
  }
  CHECK(changes(" no neighbor 10.0.0.1 enforce-first-as\n").options(Impact::SoftIn) == "enforce-first-as");
  CHECK(changes(" no neighbor 10.0.0.1 capability fqdn\n").options(Impact::NextSession) == "capability fqdn");
}

TEST_CASE("the router's words about attributes concern every neighbor") {
  const auto all = [](const std::string& line) { return diff(compiled(kBase), compiled(kBase + line)); };
  for (const auto& [line, option] : {std::pair{" no bgp reject-as-sets\n", "bgp reject-as-sets"},
                                     std::pair{" no bgp enforce-first-as\n", "enforce-first-as"},
                                     std::pair{" bgp graceful-shutdown\n", "graceful-shutdown"}}) {
    const Diff d = all(line);
    REQUIRE(d.changed.size() == 2);
    for (const NeighborDiff& neighbor : d.changed) {
      CHECK(neighbor.options(Impact::SoftIn) == option);
      CHECK_FALSE(neighbor.needs(Impact::Reset));
    }
  }
  CHECK(all(" bgp bestpath aigp\n").global == std::vector<std::string>{"bgp bestpath aigp"});
  CHECK(all(" bgp bestpath aigp\n").changed.empty());
  for (const std::string option : {"bgp bestpath as-path ignore", "bgp bestpath as-path confed",
                                   "bgp bestpath peer-type multipath-relax"})
    CHECK(all(" " + option + "\n").global == std::vector<std::string>{option});
  CHECK(all(" maximum-paths ibgp 3 equal-cluster-length\n").global ==
        std::vector<std::string>{"maximum-paths"});
}

TEST_CASE("aggregates and default routes cost no session") {
  const Diff aggregate = diff(compiled(kBase), compiled(kBase + " aggregate-address 10.0.0.0/8\n"));
  CHECK(aggregate.global == std::vector<std::string>{"aggregate-address"});
  CHECK(aggregate.changed.empty());
  CHECK(changes(" neighbor 10.0.0.1 default-originate\n").options(Impact::SoftOut) ==
        "address-family ipv4 unicast default-originate");
  CHECK_FALSE(changes(" neighbor 10.0.0.1 default-originate\n").needs(Impact::Reset));
}

TEST_CASE("several changes are named by what they cost") {
  const NeighborDiff found = changes(
      " neighbor 10.0.0.1 timers 10 30\n neighbor 10.0.0.1 ebgp-multihop 3\n neighbor 10.0.0.1 password x\n");
  CHECK(found.worst() == Impact::Reset);
  CHECK(found.options(Impact::Reset) == "password, ebgp-multihop");
  CHECK(found.options(Impact::NextSession) == "timers");
  CHECK(found.options(Impact::SoftIn).empty());
  CHECK(found.reset_reason() == fsm::DownReason::PasswordChange);
  CHECK(found.needs(Impact::NextSession));
  CHECK_FALSE(found.needs(Impact::SoftOut));
}

TEST_CASE("activating a family needs a new session") {
  const NeighborDiff found = changes(" address-family ipv6 unicast\n  neighbor 10.0.0.1 activate\n");
  CHECK(found.options(Impact::Reset) == "activate");
  CHECK(found.reset_reason() == fsm::DownReason::AddressFamilyActivate);
}

TEST_CASE("a list that a neighbor uses changes under its name") {
  CHECK(changes("ip prefix-list L permit any\n").options(Impact::SoftIn) ==
        "address-family ipv4 unicast prefix-list L");
  CHECK(changes("route-map M permit 20\n").options(Impact::SoftOut) ==
        "address-family ipv4 unicast route-map M");
  // The route map is the same, but a list that it asks is not.
  CHECK(changes("bgp community-list C permit 2:2\n").options(Impact::SoftOut) ==
        "address-family ipv4 unicast route-map M");
  // A list that nobody uses concerns nobody.
  const Diff unused = diff(compiled(kBase), compiled(kBase + "ip prefix-list Z permit any\n"));
  CHECK(unused.changed.empty());
  CHECK(unused.policies == std::vector<std::string>{"ip prefix-list Z"});
}

TEST_CASE("a distribute-list has its price, and so has what stands behind its name") {
  const std::string base = "access-list A permit 10.0.0.0/8\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n";
  const std::string with = base + " neighbor 10.0.0.1 distribute-list A in\n";
  const auto changes = [](const std::string& a, const std::string& b) {
    return diff(compiled(a), compiled(b)).changed.at(0);
  };
  CHECK(changes(base, with).options(Impact::SoftIn) == "address-family ipv4 unicast distribute-list in");
  CHECK(changes(with, with + "access-list A permit any\n").options(Impact::SoftIn) ==
        "address-family ipv4 unicast distribute-list A");
  const Diff found = diff(compiled(with), compiled(with + "access-list A permit any\n"));
  CHECK(found.policies == std::vector<std::string>{"access-list A"});
}

TEST_CASE("a change of what a called map asks reaches the neighbor, by whatever it is asked") {
  const std::string maps =
      "access-list A permit 10.0.0.0/8\nbgp as-path access-list P permit ^2_\nbgp community alias 1:1 x\n"
      "bgp extcommunity-list standard E permit rt 1:1\n"
      "route-map M permit 10\n call N\nroute-map N permit 10\n match ip next-hop A\n match as-path P\n"
      " match alias x\n set extended-comm-list E delete\n";
  const auto changes = [&](const std::string& lines) {
    const Diff found = diff(compiled(kBase + maps), compiled(kBase + maps + lines));
    return found.changed.size() == 1 ? found.changed[0].options(Impact::SoftOut) : "";
  };
  for (const char* lines :
       {"access-list A permit any\n", "bgp as-path access-list P permit ^3_\n", "bgp community alias 1:1 y\n",
        "bgp extcommunity-list standard E permit rt 1:2\n", "route-map N permit 20\n"}) {
    INFO(lines);
    CHECK(changes(lines) == "address-family ipv4 unicast route-map M");
  }
  CHECK(changes("ipv6 access-list A permit any\n").empty());
}

TEST_CASE("neighbors come and go without the others noticing") {
  const Compiled one = compiled(kBase);
  const Compiled two = compiled(kBase + " neighbor 10.0.0.3 remote-as 1\n no neighbor 10.0.0.2\n");
  const Diff d = diff(one, two);
  CHECK(d.added == std::vector<std::string>{"10.0.0.3"});
  CHECK(d.removed == std::vector<std::string>{"10.0.0.2"});
  CHECK(d.changed.empty());
  CHECK_FALSE(d.router_replaced);
  CHECK_FALSE(d.empty());
}

TEST_CASE("what concerns every connection waits for the next one, and ranges concern nobody who is there") {
  const auto with = [&](const std::string& lines) { return diff(compiled(kBase), compiled(kBase + lines)); };
  for (const auto& [line, option] : {std::pair<std::string, std::string>{"bgp tcp-keepalive 10 5 3", ""},
                                     {"bgp disable-ebgp-connected-route-check", "disable-connected-check"}}) {
    INFO(line);
    const Diff found = with(" " + line + "\n");
    REQUIRE(found.changed.size() == 2);
    CHECK(found.changed[0].options(Impact::NextSession) == (option.empty() ? "bgp tcp-keepalive" : option));
    CHECK(found.changed[0].worst() == Impact::NextSession);
  }
  CHECK(with("bgp session-dscp 46\n").changed.at(0).options(Impact::NextSession) == "bgp session-dscp");
  const Diff ranges = with(
      " neighbor G peer-group\n neighbor G remote-as external\n bgp listen range 10.9.0.0/16 peer-group G\n"
      " bgp listen limit 7\n");
  CHECK(ranges.changed.empty());
  CHECK(ranges.global == std::vector<std::string>{"peer-group", "bgp listen range", "bgp listen limit"});
}

TEST_CASE("a neighbor on an interface is compared by its name") {
  const Compiled before = compiled(kBase + " neighbor eth0 interface remote-as external\n");
  CHECK(diff(compiled(kBase), before).added == std::vector<std::string>{"eth0"});
  const Diff found = diff(before, compiled(kBase + " neighbor eth0 interface v6only remote-as external\n"));
  REQUIRE(found.changed.size() == 1);
  CHECK(found.changed[0].options(Impact::Reset) == "interface v6only");
}

TEST_CASE("which paths are sent is a soft matter among those who take several", "[rfc7911-4]") {
  const NeighborDiff found = changes(" neighbor 10.0.0.1 addpath-tx-best-selected 3\n",
                                     kBase + " neighbor 10.0.0.1 addpath-tx-all-paths\n");
  REQUIRE(found.changes.size() == 1);
  CHECK(found.changes[0].option == "address-family ipv4 unicast addpath-tx");
  CHECK(found.changes[0].impact == Impact::SoftOut);
}

TEST_CASE("reflection costs no session", "[rfc4456-7]") {
  const std::string base = kBase + " neighbor 10.0.0.3 remote-as internal\n";
  const Diff client = diff(compiled(base), compiled(base + " neighbor 10.0.0.3 route-reflector-client\n"));
  REQUIRE(client.changed.size() == 1);
  CHECK(client.changed[0].options(Impact::SoftOut) == "address-family ipv4 unicast route-reflector-client");
  CHECK(client.changed[0].worst() == Impact::SoftOut);
  const Diff cluster = diff(compiled(base), compiled(base + " bgp cluster-id 7\n"));
  CHECK(cluster.changed.empty());
  CHECK(cluster.global == std::vector<std::string>{"bgp cluster-id"});
}

TEST_CASE("an option moved from each member to the group is no change") {
  const std::string members =
      "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor 10.0.0.1 peer-group G\n";
  CHECK(diff(compiled(members + " neighbor 10.0.0.1 timers 10 30\n"),
             compiled(members + " neighbor G timers 10 30\n"))
            .empty());
}

TEST_CASE("the router's options, pools and another AS") {
  const auto with = [&](const std::string& lines) { return diff(compiled(kBase), compiled(kBase + lines)); };
  CHECK(with(" bgp default local-preference 5\n").global ==
        std::vector<std::string>{"bgp default local-preference"});
  CHECK(with(" bgp default local-preference 5\n").changed.empty());
  CHECK(with(" network 10.0.0.0/8\n").global == std::vector<std::string>{"network"});
  CHECK(with("bfd\n peer 10.0.0.1\n").global == std::vector<std::string>{"bfd"});
  CHECK(with("bfd\n profile P\n").changed.empty());
  CHECK(with("vip-pool P\n prefix 10.0.0.0/24\n").pools == std::vector<std::string>{"vip-pool P"});
  const Diff id = with(" bgp router-id 1.1.1.1\n");
  CHECK(id.global == std::vector<std::string>{"bgp router-id"});
  REQUIRE(id.changed.size() == 2);
  CHECK(id.changed[1].reset_reason() == fsm::DownReason::RouterIdChange);
  CHECK(diff(compiled("router bgp 1\n"), compiled("router bgp 2\n")).router_replaced);
  CHECK(diff(compiled(""), compiled("router bgp 2\n")).router_replaced);
}
