// SPDX-License-Identifier: Apache-2.0
// The command table: complete in itself, and what its commands become.
#include "bgpd/cli/commands.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "bgpd/cli/handlers.hpp"
#include "bgpd/cli/pattern.hpp"
#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;

namespace {

const CommandSet& commands() {
  static const CommandSet set(exec_commands(), exec_words());
  return set;
}

Request request(std::string_view line) {
  const Match match = commands().match(line);
  INFO(line);
  REQUIRE(match.status == MatchStatus::Ok);
  return make_request(match);
}

void collect(const Pattern& pattern, std::set<std::string_view>& out, bool names) {
  for (const PatternItem& item : pattern) {
    if (!item.word.empty()) out.insert(item.word);
    if (!item.name.empty() && names) out.insert(item.name);
    for (const Pattern& choice : item.choices) collect(choice, out, names);
  }
}

}  // namespace

TEST_CASE("every word of the table has help, and every help a word", "[cli][commands]") {
  std::set<std::string_view> words;
  std::set<std::string_view> used;
  for (const CommandSpec& spec : exec_commands()) {
    collect(parse_pattern(spec.pattern), words, false);
    collect(parse_pattern(spec.pattern), used, true);
  }
  std::set<std::string_view> seen, helped;
  for (const WordHelp& word : exec_words()) {
    CAPTURE(word.word);
    CHECK(seen.insert(word.word).second);
    CHECK_FALSE(word.help.empty());
    // "write memory": the last one, behind the first one.
    const std::size_t blank = word.word.find(' ');
    helped.insert(word.word.substr(blank == std::string_view::npos ? 0 : blank + 1));
    if (blank != std::string_view::npos) CHECK(words.contains(word.word.substr(0, blank)));
  }
  CHECK(std::includes(helped.begin(), helped.end(), words.begin(), words.end()));
  CHECK(std::includes(used.begin(), used.end(), helped.begin(), helped.end()));
}

TEST_CASE("patterns have no stray brackets", "[cli][commands]") {
  for (const CommandSpec& spec : exec_commands()) {
    const auto count = [&](char c) { return std::count(spec.pattern.begin(), spec.pattern.end(), c); };
    CHECK(count('[') == count(']'));
    CHECK(count('<') == count('>'));
  }
}

TEST_CASE("every command is answered", "[cli][commands]") {
  const std::set<CommandId> session{CommandId::Enable,
                                    CommandId::Disable,
                                    CommandId::Exit,
                                    CommandId::End,
                                    CommandId::TerminalLength,
                                    CommandId::TerminalNoLength,
                                    CommandId::List,
                                    CommandId::Find,
                                    CommandId::ShowHistory,
                                    CommandId::Configure,
                                    CommandId::TerminalPaginate,
                                    CommandId::TerminalNoPaginate};
  for (const CommandSpec& spec : exec_commands()) {
    const auto id = static_cast<CommandId>(spec.id);
    CAPTURE(spec.pattern);
    CHECK((find_handler(id) != nullptr) != session.contains(id));
  }
}

TEST_CASE("summaries", "[cli][commands]") {
  Request expected;
  expected.id = CommandId::ShowSummary;
  CHECK(request("show bgp summary") == expected);
  expected.json = true;
  CHECK(request("show bgp sum j") == expected);
  expected.vrf = "all";
  expected.family = wire::Family::Ipv4Unicast;
  CHECK(request("show bgp vrf all ipv4  summary json") == expected);  // as frr_exporter writes it

  const Request failed = request("show ip bgp vrf default ipv6 unicast summary failed terse wide");
  CHECK(failed.peers == PeerSelection::Failed);
  CHECK(failed.family == wire::Family::Ipv6Unicast);
  CHECK(failed.unicast);
  CHECK(failed.terse);
  CHECK(failed.wide);
  CHECK(failed.vrf == "default");
  CHECK(request("show ip bgp summary established").peers == PeerSelection::Established);
  CHECK(request("show ip bgp summary").family == wire::Family::Ipv4Unicast);
}

TEST_CASE("a route is asked for by prefix or by address", "[cli][commands]") {
  CHECK(request("show bgp ipv4 unicast 10.99.8.201/32").prefix == prefix("10.99.8.201/32"));
  CHECK(request("show bgp ipv4 unicast 10.99.8.201/24").prefix == prefix("10.99.8.0/24"));
  CHECK(request("show bgp 10.99.8.201").address == address("10.99.8.201"));
  CHECK_FALSE(request("show bgp 10.99.8.201").prefix);
  CHECK(request("show bgp fd47::/64 json").prefix == prefix("fd47::/64"));
}

TEST_CASE("neighbors and their routes", "[cli][commands]") {
  CHECK(request("show bgp neighbors").neighbor.empty());
  CHECK(request("show ip bgp neighbors 10.90.3.101").neighbor == "10.90.3.101");
  CHECK(request("show bgp neighbors 10.90.3.101 json brief").brief);
  struct Case {
    std::string_view word;
    RouteSelection selection;
  };
  for (const Case& c :
       {Case{"advertised-routes", RouteSelection::Advertised}, Case{"adv", RouteSelection::Advertised},
        Case{"received-routes", RouteSelection::Received}, Case{"fi", RouteSelection::Filtered},
        Case{"routes", RouteSelection::Accepted}}) {
    const Request asked =
        request("show bgp ipv4 unicast neighbors fd00:90:3::101 " + std::string(c.word) + " json");
    CHECK(asked.id == CommandId::ShowNeighborRoutes);
    CHECK(asked.routes == c.selection);
    CHECK(asked.neighbor == "fd00:90:3::101");
    CHECK(asked.json);
  }
}

TEST_CASE("what vtysh of FRR 8.4 and of FRR 10 pass on", "[cli][commands]") {
  CHECK(request("show bgp vrf default ipv4 unicast all summary established neighbor eth0 terse wide json")
            .terse);
  CHECK(request("show ip bgp summary remote-as 65001").as_number == "65001");
  CHECK(request("show bgp ipv4 unicast community no-export exact-match json").filter ==
        TableFilter::Community);
  CHECK(request("show bgp ipv4 unicast community no-export exact-match json").exact);
  CHECK(request("show bgp ipv4 unicast community json").name.empty());
  CHECK(request("show bgp ipv4 unicast prefix-list P json detail").detail);
  CHECK(request("show ip bgp regexp ^65001 7$ json").name == "^65001 7$");
  CHECK(request("show ip bgp regexp ^65001 7$ json").json);
  CHECK(request("show ip bgp 10.0.0.0/8 longer-prefixes json").prefix == wire::parse_prefix("10.0.0.0/8"));
  CHECK(request("show ip bgp 10.0.0.1 bestpath json").only_best);
  CHECK(request("show bgp neighbors json brief established").peers == PeerSelection::Established);
  CHECK(request("show ip bgp neighbors 1.2.3.4 advertised-routes route-map R json").route_map == "R");
  CHECK(request("show ip bgp neighbors 1.2.3.4 received-routes 10.0.0.0/8 json").prefix.has_value());
  CHECK(request("show ip bgp neighbors 1.2.3.4 received-routes detail").detail);
  CHECK(request("show ip prefix-list summary P json").form == ListForm::Summary);
  CHECK(request("show ipv6 prefix-list P seq 5").number == 5);
  CHECK(request("clear bgp ipv4 unicast 1.2.3.4 in prefix-filter").in);
  CHECK(request("clear ip bgp * message-stats").message_stats);
  CHECK(request("clear ip bgp prefix 10.0.0.0/8").id == CommandId::ClearPrefix);
  CHECK(request("show bgp 10.0.0.0/8 why neighbor 1.2.3.4 json").neighbor == "1.2.3.4");
  CHECK(request("show bgp neighbors 1.2.3.4 why-down").id == CommandId::ShowWhyDown);
  CHECK(request("sh bgp route-map R test 10.0.0.0/8 community 1:1 as-path 1,2 nei 1.2.3.4").as_path == "1,2");
}

TEST_CASE("clear says whom and how", "[cli][commands]") {
  CHECK(request("clear bgp *").neighbor == "*");
  CHECK_FALSE(request("clear bgp *").soft);
  CHECK(request("clear ip bgp 10.90.3.101").neighbor == "10.90.3.101");
  CHECK(request("clear bgp 65010").as_number == "65010");
  CHECK(request("clear bgp external").external);
  CHECK(request("clear bgp peer-group K8S soft").name == "K8S");
  CHECK(request("clear bgp node1").neighbor == "node1");
  const Request soft_in = request("clear bgp ipv4 unicast 10.90.3.101 soft in");
  CHECK(soft_in.soft);
  CHECK(soft_in.in);
  CHECK_FALSE(soft_in.out);
  CHECK(request("clear bgp * out").soft);
}

TEST_CASE("the rest", "[cli][commands]") {
  CHECK(request("show ip prefix-list").name.empty());
  CHECK(request("show ipv6 prefix-list V6 json").name == "V6");
  CHECK(request("show ipv6 prefix-list V6 json").ipv6);
  CHECK(request("show bgp peer-group").name.empty());
  CHECK(request("show bgp peer-group K8S").name == "K8S");
  CHECK_FALSE(request("show running-config no-header").header);
  CHECK(request("sh run").header);
  CHECK(request("write terminal").to_terminal);
  CHECK_FALSE(request("write memory").to_terminal);
  CHECK(request("copy running-config startup-config").id == CommandId::Write);
  CHECK(request("terminal length 42").number == 42);
  CHECK(request("conf t").id == CommandId::Configure);
  CHECK(request("debug bgp updates in").name == "updates");
  CHECK(request("no debug bgp").name.empty());
  CHECK(request("find peer.*group").name == "peer.*group");
}
