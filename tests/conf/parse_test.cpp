// SPDX-License-Identifier: Apache-2.0
// Whole files: what they mean, what is wrong with them, and that nothing makes the parser fall over.
#include "conf/parse.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

#include "conf/lexer.hpp"
#include "conf/render.hpp"
#include "golden.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

std::vector<std::string> messages(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_string(diagnostic, "f"));
  return lines;
}

// The only diagnostic of a file with an error, as it is printed.
std::string complaint(std::string_view text) {
  const auto lines = messages(load(text).diagnostics);
  return lines.empty()       ? "none"
         : lines.size() == 1 ? lines.front()
                             : fmt::format("{}", fmt::join(lines, "\n"));
}

constexpr wire::Family kIpv4 = wire::Family::Ipv4Unicast;
constexpr wire::Family kIpv6 = wire::Family::Ipv6Unicast;

}  // namespace

TEST_CASE("a UDM Pro's own file loads unchanged and means what it says") {
  const Loaded loaded = load(golden_text("udm.in"));
  CHECK(messages(loaded.diagnostics).empty());
  REQUIRE(loaded.ok());
  const Compiled& compiled = loaded.compiled;
  CHECK(compiled.has_router);
  CHECK_FALSE(compiled.router_id.has_value());
  CHECK(compiled.global.local_as == wire::AsNumber(65001));
  REQUIRE(compiled.neighbors.size() == 3);
  REQUIRE(compiled.peer_groups.size() == 1);
  CHECK(compiled.peer_groups[0].name == "k8s");
  CHECK(compiled.peer_groups[0].members ==
        std::vector<std::string>{"10.90.3.101", "10.90.3.102", "10.90.3.103"});
  for (const Neighbor& neighbor : compiled.neighbors) {
    CHECK(neighbor.peer_group == "k8s");
    CHECK(neighbor.session.local_as == wire::AsNumber(65001));
    CHECK(neighbor.session.remote_as == fsm::RemoteAs{fsm::RemoteAs::Kind::Number, wire::AsNumber(65010)});
    CHECK(neighbor.session.families == wire::FamilySet{kIpv4});
    CHECK_FALSE(neighbor.routes.ebgp_requires_policy);
    const rib::FamilySettings& family = neighbor.routes.families[kIpv4];
    CHECK(family.activated);
    CHECK(family.soft_reconfiguration_inbound);
    CHECK(family.prefix_list_in == "k8s-services");
    CHECK(family.prefix_list_out.empty());
    CHECK_FALSE(neighbor.routes.families[kIpv6].activated);
  }
  const auto& lists = compiled.policies.prefix_lists[kIpv4];
  REQUIRE(lists.count("k8s-services") == 1);
  const rib::PrefixListEntry& entry = lists.at("k8s-services").entries.at(10);
  CHECK(entry.action == rib::Permit::Permit);
  CHECK(wire::to_string(entry.prefix) == "10.99.8.0/24");
  CHECK(entry.le == 32);
  CHECK_FALSE(entry.ge.has_value());
}

TEST_CASE("a node's file: our profile fills in what it leaves out") {
  const Loaded loaded = load(golden_text("node.in"));
  CHECK(messages(loaded.diagnostics).empty());
  REQUIRE(loaded.ok());
  const Compiled& compiled = loaded.compiled;
  CHECK(compiled.router_id == wire::parse_router_id("172.29.51.11"));
  CHECK(compiled.log_neighbor_changes);
  REQUIRE(compiled.neighbors.size() == 1);
  const Neighbor& neighbor = compiled.neighbors[0];
  CHECK(neighbor.session.router_id == wire::parse_router_id("172.29.51.11"));
  CHECK(neighbor.session.hold_time == seconds(9));
  CHECK(neighbor.session.keepalive == seconds(3));
  CHECK(neighbor.session.connect_retry == seconds(5));
  CHECK(neighbor.session.graceful_restart.enabled);
  CHECK(neighbor.session.graceful_restart.restart_time == seconds(20));
  CHECK(neighbor.session.graceful_restart.preserve_forwarding);
  CHECK_FALSE(neighbor.session.graceful_restart.notification);
  CHECK(neighbor.routes.ebgp_requires_policy);
  REQUIRE(compiled.pools.size() == 1);
  const rib::VipPool& pool = compiled.pools[0];
  CHECK(pool.name == "bgp-default");
  REQUIRE(pool.ranges.size() == 2);
  CHECK(wire::to_string(pool.ranges[0].first) == "172.29.52.100");
  CHECK(wire::to_string(pool.ranges[0].last) == "172.29.52.199");
  CHECK(wire::to_string(pool.ranges[1].first) == "fd47:25e1:2f96:52:100::");
  CHECK(wire::to_string(pool.ranges[1].last) == "fd47:25e1:2f96:52:100::ff");
  CHECK(pool.communities == wire::Communities{*wire::parse_community("64512:100")});
  CHECK(pool.allow_groups == std::vector<std::string>{"k8s-agents"});
  CHECK(pool.allow_users.empty());
}

TEST_CASE("every golden file gets its diagnostics and its rendering") {
  for (const std::string& name : golden_names()) {
    INFO(name);
    const Loaded loaded = load(golden_text(name + ".in"));
    std::string diagnostics;
    for (const std::string& line : messages(loaded.diagnostics)) diagnostics += line + "\n";
    CHECK(diagnostics == golden_text(name + ".diag"));
    if (loaded.ok()) CHECK(render(loaded.config) == golden_text(name + ".ok"));
  }
}

TEST_CASE("an error names the first octet of the first word that is not understood") {
  CHECK(complaint("router bgp 65001\n neighbour 10.0.0.1 remote-as 1\n") ==
        "f:2:2: error: unknown command \"neighbour\"; did you mean \"neighbor\"?");
  CHECK(
      complaint("router bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n neighbor 10.0.0.1 descripton x\n") ==
      "f:3:20: error: unknown word \"descripton\"; did you mean \"description\"?");
  CHECK(complaint("rooter bgp 65001\n") ==
        "f:1:1: error: unknown command \"rooter\"; did you mean \"router\"?");
  CHECK(complaint("hostname a b\n") == "f:1:12: error: \"b\" is too much: the command ends before it");
  CHECK(complaint("no hostnam\n") == "none");  // an abbreviation, also behind `no`
  CHECK(complaint("no hostnane\n") ==
        "f:1:4: error: unknown command \"hostnane\"; did you mean \"hostname\"?");
  CHECK(complaint("router bgp 0\n") == "f:1:12: error: invalid value \"0\"; expected ASN");
  CHECK(complaint("router bgp\n") == "f:1:11: error: incomplete command; expected ASN");
  CHECK(complaint("ip prefix-list L permit 10.0.0.0/33\n") ==
        "f:1:25: error: unknown word \"10.0.0.0/33\"; expected any or A.B.C.D/M");
  CHECK(complaint("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 port 70000\n") ==
        "f:3:25: error: invalid value \"70000\"; expected (1-65535)");
}

TEST_CASE("all errors come in one run, in order of the text") {
  const Loaded loaded =
      load("hostnme a\nrouter bgp 65001\n neighbor 10.0.0.1 passive\n bgp router-id 10.0.0\nfoo\n");
  CHECK_FALSE(loaded.ok());
  CHECK(messages(loaded.diagnostics) ==
        std::vector<std::string>{
            "f:1:1: error: unknown command \"hostnme\"; did you mean \"hostname\"?",
            "f:3:11: error: neighbor 10.0.0.1 has no remote-as",
            "f:4:16: error: invalid value \"10.0.0\"; expected A.B.C.D",
            "f:5:1: error: unknown command \"foo\"",
        });
}

TEST_CASE("keywords may be abbreviated while they are unambiguous") {
  const auto full = parse(
      "router bgp 65001\n neighbor 10.0.0.1 remote-as external\n"
      " neighbor 10.0.0.1 timers 10 30\n address-family ipv4 unicast\n"
      "  neighbor 10.0.0.1 soft-reconfiguration inbound\n");
  const auto brief = parse(
      "rout bgp 65001\n nei 10.0.0.1 remote-a ext\n nei 10.0.0.1 ti 10 30\n"
      " addr ipv4 u\n  nei 10.0.0.1 soft in\n");
  CHECK(messages(brief.diagnostics).empty());
  CHECK(full.config == brief.config);
  CHECK(complaint("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 graceful\n") ==
        "f:3:20: error: \"graceful\" is ambiguous: graceful-shutdown, graceful-restart, "
        "graceful-restart-helper or "
        "graceful-restart-disable");
  // The full word is not ambiguous, although longer ones begin with it.
  CHECK(complaint("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 graceful-restart\n") ==
        "none");
}

TEST_CASE("an upper command leaves the block, as in FRR") {
  const Loaded loaded = load(
      "router bgp 65001\n address-family ipv6 unicast\n  neighbor 10.0.0.1 remote-as 65002\n"
      "  neighbor 10.0.0.1 route-map RM in\nroute-map RM permit 10\n set weight 5\nip prefix-list L permit "
      "any\n"
      "hostname a\n");
  CHECK(messages(loaded.diagnostics).empty());
  // `remote-as` is a command of the router: the line behind it is about IPv4 unicast again.
  CHECK(loaded.config.router->neighbors.begin()->second.families[kIpv4].route_map_in.has_value());
  CHECK_FALSE(loaded.config.router->neighbors.begin()->second.families[kIpv6].route_map_in.has_value());
}

TEST_CASE("a hundred thousand lines are read") {
  std::string text = "router bgp 65001\n";
  for (int i = 0; i < 99'999; ++i)
    text += fmt::format("ip prefix-list L{} seq {} permit 10.{}.{}.0/24 le 32\n", i % 100, i + 1,
                        i / 256 % 256, i % 256);
  const Parsed parsed = parse(text);
  CHECK(parsed.diagnostics.empty());
  std::size_t entries = 0;
  for (const auto& [name, list] : parsed.config.prefix_lists[kIpv4]) entries += list.entries.size();
  CHECK(entries == 99'999);
}

// A file that all of FRR shares: what is for other daemons has no effect, and one warning for each block.
TEST_CASE("other daemons' blocks are passed over, indented or not") {
  const auto warnings = [](std::string_view text) {
    const Loaded loaded = load(text);
    std::vector<std::string> found;
    for (const Diagnostic& diagnostic : loaded.diagnostics) {
      CHECK(diagnostic.severity == Severity::Warning);
      found.push_back(fmt::format("{}", to_string(diagnostic, "f")));
    }
    return found;
  };
  const std::string end = " are not for this daemon: they have no effect";
  CHECK(warnings("interface eth0\n ip address 10.0.0.1/24\n exit\n description x\n!\nhostname n\n") ==
        std::vector<std::string>{"f:1:1: warning: \"interface eth0\" and its block, to line 4," + end});
  CHECK(warnings("interface eth0\nip ospf area 0\nno shutdown\nexit\nrouter ospf\nospf router-id 10.0.0.1\n"
                 "hostname n\nip route 10.0.0.0/8 blackhole\n") ==
        std::vector<std::string>{
            "f:1:1: warning: \"interface eth0\" and its block, to line 3," + end,
            "f:5:1: warning: \"router ospf\" and its block, to line 6," + end,
            "f:8:1: warning: \"ip route 10.0.0.0/8 blackhole\" is not for this daemon: it has no effect"});
  // Nested blocks of a file that is indented as a whole.
  CHECK(warnings("  vrf A\n  exit-vrf\n  segment-routing\n   srv6\n    locators\n    exit\n   exit\n  exit\n"
                 "  hostname n\n") ==
        std::vector<std::string>{"f:1:3: warning: \"vrf A\" is not for this daemon: it has no effect",
                                 "f:3:3: warning: \"segment-routing\" and its block, to line 7," + end});
}

TEST_CASE("what a file says to other daemons is written again where it stood") {
  const Parsed parsed = parse(
      "interface eth0\n description  two  blanks\n! a remark\n ip address 10.0.0.1/24\nexit\n"
      "ip route 10.0.0.0/8 blackhole\n"
      "router ospf\n network 10.0.0.0/8 area 0\n"
      "router bgp 65001\n neighbor 10.0.0.2 remote-as 2\n"
      " address-family l2vpn evpn\n  advertise-all-vni\n exit-address-family\n"
      " segment-routing srv6\n  locator x\n  exit\n"
      " address-family ipv4 unicast\n  neighbor 10.0.0.2 weight 1\n exit-address-family\nexit\n"
      "vrf red\n ip route 10.1.0.0/16 10.0.0.9\nexit-vrf\n"
      "route-map M permit 10\nexit\n");
  REQUIRE_FALSE(has_errors(parsed.diagnostics));
  const std::string text = render(parsed.config, {.foreign = &parsed.foreign});
  CHECK(text ==
        "!\ninterface eth0\n description  two  blanks\n ip address 10.0.0.1/24\nexit\n"
        "ip route 10.0.0.0/8 blackhole\n"
        "!\nrouter ospf\n network 10.0.0.0/8 area 0\nexit\n"
        "!\nvrf red\n ip route 10.1.0.0/16 10.0.0.9\nexit-vrf\n"
        "!\nrouter bgp 65001\n neighbor 10.0.0.2 remote-as 2\n"
        " !\n address-family ipv4 unicast\n  neighbor 10.0.0.2 weight 1\n exit-address-family\n"
        " !\n address-family l2vpn evpn\n  advertise-all-vni\n exit-address-family\n"
        " !\n segment-routing srv6\n  locator x\n  exit\n exit\nexit\n"
        "!\nroute-map M permit 10\nexit\n");
  const Parsed again = parse(text);
  CHECK(again.config == parsed.config);
  CHECK(render(again.config, {.foreign = &again.foreign}) == text);
  CHECK(render(parsed.config).find("interface") == std::string::npos);  // only `write` wants it
}

TEST_CASE("blocks of other daemons in files without indentation do not swallow what is written behind them") {
  const Parsed parsed = parse(
      "router bgp 65001\nneighbor 10.0.0.2 remote-as 2\naddress-family l2vpn evpn\nadvertise-all-vni\n"
      "exit-address-family\nsegment-routing srv6\nlocator x\nroute-map M permit 10\nset weight 5\n"
      "interface eth0\nshutdown\nhostname here\n");
  REQUIRE_FALSE(has_errors(parsed.diagnostics));
  const std::string text = render(parsed.config, {.foreign = &parsed.foreign});
  const Parsed again = parse(text);
  CHECK(again.config == parsed.config);
  CHECK(render(again.config, {.foreign = &again.foreign}) == text);
  for (const std::string_view line :
       {"\ninterface eth0\nshutdown\nexit\n",
        "\n address-family l2vpn evpn\n advertise-all-vni\n exit-address-family\n",
        "\n segment-routing srv6\n locator x\n exit\nexit\n"}) {
    CAPTURE(line, text);
    CHECK(text.find(line) != std::string::npos);
  }
}

TEST_CASE("what only the router knows leaves the family of another daemon, as in FRR") {
  const Loaded loaded = load(
      "router bgp 65001\nneighbor 10.0.0.1 remote-as 2\naddress-family l2vpn evpn\n"
      "neighbor 10.0.0.1 activate\nneighbor 10.0.0.1 route-map M in\nadvertise-all-vni\n"
      "neighbor 10.0.0.1 timers 3 9\nbgp router-id 1.1.1.1\n"
      "bmp targets X\nbmp stats interval 100\nneighbor 10.0.0.1 shutdown\n");
  REQUIRE(loaded.ok());
  const Neighbor& neighbor = loaded.compiled.neighbors.at(0);
  CHECK(neighbor.session.shutdown);
  CHECK(neighbor.session.hold_time == std::chrono::seconds{9});
  CHECK(neighbor.routes.families[wire::Family::Ipv4Unicast].route_map_in.empty());
  CHECK(loaded.config.router->router_id->value == wire::parse_address("1.1.1.1").value());
}

TEST_CASE("a block that was not left does not refuse what an outer one knows") {
  const Loaded loaded = load(
      "router bgp 65001\n neighbor 10.0.0.1 remote-as 2\n!\nbgp as-path access-list SELF permit ^$\n"
      "bfd\n profile fast\n  transmit-interval 100\n!\nlog syslog informational\n");
  CHECK(loaded.ok());
  CHECK(loaded.config.as_path_lists.contains("SELF"));
}

TEST_CASE("a next hop on the link is a link-local address") {
  CHECK(complaint("route-map M permit 10\n set ipv6 next-hop local 2001:db8::1\n") ==
        "f:2:26: error: this is no link-local address");
}

TEST_CASE("AS numbers with dots are taken, and told to be plain here") {
  const Loaded loaded = load(
      "router bgp 1.1 as-notation dot\nbgp as-path access-list A permit _1\\.4_\n"
      "bgp as-path access-list B permit _65001.*7_\n");
  REQUIRE(loaded.ok());
  CHECK(loaded.config.router->as == wire::AsNumber(65537));
  CHECK(messages(loaded.diagnostics) ==
        std::vector<std::string>{
            "f:1:28: warning: AS numbers are shown, and matched by expressions, as plain numbers here",
            "f:2:34: warning: AS paths are matched as plain numbers: 1.4 stands there as 65540"});
  CHECK(render(loaded.config).find("router bgp 65537 as-notation dot\n") != std::string::npos);
}

TEST_CASE("what show running-config prints is a file, ours and FRR's") {
  const Parsed parsed = parse(
      "Building configuration...\n\nCurrent configuration:\n!\nfrr version 8.4.4\nfrr defaults traditional\n"
      "hostname r1\n!\nrouter bgp 65001\nexit\n!\nend\n");
  CHECK(parsed.diagnostics.empty());
  CHECK(parsed.config.hostname->value == "r1");
  CHECK(parsed.config.router.has_value());
  CHECK(has_errors(parse("Building castles\n").diagnostics));
}

TEST_CASE("other address families are passed over, and what they say reaches no other") {
  for (const std::string_view close : {"  exit-address-family\n", "  exit\n", ""}) {
    const Loaded loaded = load(
        fmt::format("router bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n no bgp default ipv4-unicast\n"
                    "  address-family l2vpn evpn\n   neighbor 10.0.0.1 activate\n   advertise-all-vni\n{}"
                    "  address-family ipv6 unicast\n   neighbor 10.0.0.1 activate\n  exit-address-family\n",
                    close));
    REQUIRE(loaded.ok());
    CHECK(loaded.diagnostics.size() == 1);
    const rib::PeerSettings& routes = loaded.compiled.neighbors.at(0).routes;
    CHECK_FALSE(routes.families[wire::Family::Ipv4Unicast].activated);
    CHECK(routes.families[wire::Family::Ipv6Unicast].activated);
  }
  // Without indentation a block ends as well.
  const Loaded flat = load(
      "router bgp 65001\nneighbor 10.0.0.1 remote-as 65002\naddress-family ipv4 multicast\n"
      "neighbor 10.0.0.1 activate\nexit-address-family\nneighbor 10.0.0.1 description d\n");
  REQUIRE(flat.ok());
  CHECK(flat.compiled.neighbors.at(0).description == "d");
}

TEST_CASE("a router ends the block of another daemon, whatever that is called") {
  for (const std::string_view block :
       {"interface eth0\n ip address 10.0.0.1/24\n", "int eth0\n ip address 10.0.0.1/24\n!\n",
        "interface eth0\nip address 10.0.0.1/24\n", "router ospf\nospf router-id 10.0.0.1\n", "key chain K\n",
        "nexthop-group N\n", "mpls ldp\n router-id 10.0.0.1\n address-family ipv4\n  interface eth0\n"}) {
    INFO(block);
    const Loaded loaded = load(std::string(block) + "router bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n");
    REQUIRE(loaded.ok());
    CHECK(loaded.compiled.neighbors.size() == 1);
  }
}

TEST_CASE("another instance is one error, and its block is passed over") {
  const std::string_view block =
      " bgp router-id 10.0.0.1\n timers bgp 3 9\n !\n address-family ipv4 unicast\n  network 10.0.0.0/8\n"
      " exit-address-family\nexit\n!\n";
  for (const std::string_view instance : {"vrf red", "view 1"}) {
    const Loaded loaded = load(fmt::format(
        "router bgp 65001 {}\n{}route-map M permit 10\nrouter bgp 65001\n nonsense\n", instance, block));
    REQUIRE(loaded.diagnostics.size() == 2);
    CHECK(loaded.diagnostics[0].message == "one router without views and VRFs is all there is");
    CHECK(loaded.diagnostics[1].position.line == 12);
    CHECK(loaded.config.route_maps.contains("M"));
    REQUIRE(loaded.config.router);
    CHECK(loaded.config.router->families[wire::Family::Ipv4Unicast].networks.empty());
  }
}

TEST_CASE("blocks of others inside of a router end where their indentation does") {
  for (const std::string_view block :
       {" bmp targets T\n  bmp connect 192.0.2.1 port 1789 min-retry 100 max-retry 1000\n exit\n",
        " bmp targets T\n  bmp monitor ipv4 unicast pre-policy\n",
        " vnc defaults\n  rd auto:vn:123\n  exit-vnc\n !\n vnc nve-group red\n  prefix vn 10.0.0.0/8\n "
        "exit-vnc\n",
        " segment-routing srv6\n  locator loc1\n !\n", " vrf-policy red\n  rd 1:1\n exit-vrf-policy\n",
        " address-family l2vpn evpn\n  neighbor 10.0.0.1 activate\n", " exit-address-family\n"}) {
    INFO(block);
    const Loaded loaded =
        load(fmt::format("router bgp 65001\n{} neighbor 10.0.0.1 remote-as 65002\n", block));
    REQUIRE(loaded.ok());
    CHECK(loaded.compiled.neighbors.size() == 1);
  }
}

TEST_CASE("every wrong line of a file is reported in one run") {
  const Loaded loaded = load(
      "nonsense\nrouter bgp 65001\n timers bgp 1 2\n neighbor 10.0.0.1 remote-as 65002\n"
      " neighbor 10.0.0.1 pasive\n bgp confederation identifier 7\n address-family ipv6 unicast\n"
      "  network 10.0.0.0/24\n exit-address-family\n neighbor 10.0.0.2 peer-group G\n"
      "route-map M permit 10\n set metric high\n");
  CHECK(loaded.diagnostics.size() == 7);
  std::vector<std::uint32_t> lines;
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    if (diagnostic.severity == Severity::Error) lines.push_back(diagnostic.position.line);
  CHECK(lines == std::vector<std::uint32_t>{1, 3, 5, 6, 8, 10, 12});
}

TEST_CASE("redistribution is taken and said to announce nothing") {
  const Loaded loaded = load("router bgp 65001\n address-family ipv4 unicast\n  redistribute connected\n");
  REQUIRE(loaded.ok());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(loaded.diagnostics[0].message ==
        "\"redistribute connected\" announces nothing: there are no routes here but those of clients, of "
        "\"network\" and of neighbors");
}

TEST_CASE("a file above the limit is refused unread") {
  const Parsed parsed = parse(std::string(kMaxFileSize + 1, '!'));
  REQUIRE(parsed.diagnostics.size() == 1);
  CHECK(to_string(parsed.diagnostics[0], "f") ==
        "f:1:1: error: the file has 8388609 octets; at most 8388608 are read");
  CHECK(parse(std::string(kMaxFileSize, '!')).diagnostics.empty());
}

TEST_CASE("the largest words and lines end in errors, not in trouble") {
  CHECK(load(std::string(1'000'000, 'x')).diagnostics.size() == 1);
  std::string many = "set";
  for (int i = 0; i < 100'000; ++i) many += " x";
  CHECK(load(many).diagnostics.size() == 1);
  std::string communities = "bgp community-list standard C permit";
  for (int i = 0; i < 20'000; ++i) communities += fmt::format(" {}:{}", i / 100 + 1, i % 100);
  const Loaded loaded = load(communities);
  CHECK(loaded.ok());
  CHECK(loaded.compiled.policies.community_lists.at("C").at(5).communities.size() == 20'000);
}

TEST_CASE("random damage never makes the parser fall over") {
  std::mt19937 random(20240917);
  std::vector<std::string> texts;
  for (const std::string& name : golden_names()) texts.push_back(golden_text(name + ".in"));
  const auto below = [&](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
  for (int round = 0; round < 600; ++round) {
    std::string text = texts[below(texts.size())];
    for (std::size_t hits = 1 + below(8); hits > 0 && !text.empty(); --hits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(random() & 0xff);
          break;
        case 1:
          text.erase(at, 1 + below(20));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), below(40)));
          break;
        case 3:
          text.insert(at, 1, '\n');
          break;
        default:
          text.insert(at, "no ");
          break;
      }
    }
    const Loaded loaded = load(text);
    for (const Diagnostic& diagnostic : loaded.diagnostics) {
      CHECK(diagnostic.position.line >= 1);
      CHECK(diagnostic.position.column >= 1);
    }
    // What was understood can be written and read again.
    const std::string rendered = render(loaded.config);
    const Parsed again = parse(rendered);
    if (loaded.ok()) CHECK(again.config == loaded.config);
  }
}

TEST_CASE("an entry without a number stands in a list once, however long it is", "[conf][parse]") {
  std::string text = "ip prefix-list L seq 5 permit 10.255.0.0/16\n";
  constexpr unsigned kEntries = 20'000;
  for (unsigned i = 0; i < kEntries; ++i)
    text += fmt::format("ip prefix-list L permit 10.{}.{}.0/24\n", i >> 8U, i & 255U);
  const std::size_t once = parse(text).config.prefix_lists[wire::Family::Ipv4Unicast].at("L").entries.size();
  CHECK(once == kEntries + 1);
  // The same again: with a number before, in another order of words, and in another list, where it is new.
  text +=
      "ip prefix-list L permit 10.255.0.0/16\n"
      "ip prefix-list L permit 10.0.7.0/24\n"
      "ip prefix-list L permit 10.0.0.0/8 le 32 ge 24\n"
      "ip prefix-list L permit 10.0.0.0/8 ge 24 le 32\n"
      "ip prefix-list L permit any\n"
      "ip prefix-list L permit 0.0.0.0/0 le 32\n"
      "ip prefix-list L deny any\n"
      "ip prefix-list M permit any\n";
  const Config config = parse(text).config;
  const auto& lists = config.prefix_lists[wire::Family::Ipv4Unicast];
  CHECK(lists.at("L").entries.size() == once + 3);
  CHECK(lists.at("M").entries.size() == 1);
}

TEST_CASE("every wrong line of a large file is told in one run", "[conf][parse]") {
  std::string text;
  constexpr std::uint32_t kLines = 20'000;
  for (std::uint32_t line = 1; line <= kLines; ++line)
    text += line % 100 == 0 ? "nonsense\n" : fmt::format("ip prefix-list L seq {} permit any\n", line);
  const Loaded loaded = load(text);
  CHECK_FALSE(loaded.ok());
  CHECK(loaded.compiled == Compiled{});
  REQUIRE(loaded.diagnostics.size() == kLines / 100);
  for (std::uint32_t i = 0; i < kLines / 100; ++i)
    CHECK(loaded.diagnostics[i].position.line == (i + 1) * 100);
}
