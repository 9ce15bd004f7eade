// SPDX-License-Identifier: Apache-2.0
// Configure mode: prompts, FRR's words and codes, what a line costs, TAB and `?`, and the way out.
#include <catch2/catch.hpp>
#include <utility>

#include "conf/parse.hpp"
#include "conf/render.hpp"
#include "world.hpp"

using namespace lbgp;
using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;

namespace {

// An operator in configure mode.
struct Operator {
  World world = router();
  Shell shell;
  Session session{shell};

  Operator() { type("configure terminal"); }
  Reply type(std::string_view line) { return session.run(line, world); }
  std::string prompt() { return type(enquiry_line(Enquiry::Prompt, "")).text; }
  std::string complete(std::string_view line) { return type(enquiry_line(Enquiry::Complete, line)).text; }
  std::string help(std::string_view line) { return type(enquiry_line(Enquiry::Help, line)).text; }
  void type_all(std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) {
      CAPTURE(line);
      const Reply reply = type(line);
      CHECK(reply.text == "");
      CHECK(reply.code == Code::Success);
    }
  }
};

}  // namespace

TEST_CASE("the prompt tells the block", "[cli][configure]") {
  Operator op;
  for (const auto& [line, prompt] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"!", "router(config)# "},
           {"router bgp 65001", "router(config-router)# "},
           {"address-family ipv4 unicast", "router(config-router-af)# "},
           {"exit-address-family", "router(config-router)# "},
           {"route-map M permit 10", "router(config-route-map)# "},
           {"exit", "router(config)# "},
           {"bfd", "router(config-bfd)# "},
           {"profile fast", "router(config-bfd-profile)# "},
           {"quit", "router(config-bfd)# "},
           {"vip-pool P", "router(config-vip-pool)# "},
           {"end", "router# "},
           {"conf t", "router(config)# "},
           {"exit", "router# "},
           {"configure", "router(config)# "},
           {"quit", "router# "}}) {
    CAPTURE(line);
    const Reply reply = op.type(line);
    CHECK(reply.text == "");
    CHECK(reply.code == Code::Success);
    CHECK_FALSE(reply.close);
    CHECK(op.prompt() == prompt);
  }
  CHECK(op.type("exit").close);  // outside of configure mode it ends the session
}

TEST_CASE("lines reach the configuration, and the daemon learns of it", "[cli][configure]") {
  Operator op;
  op.type_all({"router bgp 65001", "neighbor 10.0.0.1 remote-as 65002", "address-family ipv4 unicast",
               "neighbor 10.0.0.1 weight 5", "exit-address-family", "end"});
  CHECK(conf::render(op.world.edited_config) ==
        "!\nrouter bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n !\n address-family ipv4 unicast\n"
        "  neighbor 10.0.0.1 weight 5\n exit-address-family\nexit\n");
  CHECK(op.world.deeds == std::vector<std::string>(3, "edited"));
}

TEST_CASE("a bar is no pipe in what is configured", "[cli][configure]") {
  Operator op;
  op.type_all({"router bgp 65001", "neighbor 10.0.0.1 remote-as 65002",
               "neighbor 10.0.0.1 description left | include right"});
  CHECK(conf::render(op.world.edited_config).find("description left | include right\n") != std::string::npos);
}

TEST_CASE("what is wrong has FRR's words and codes, and a reason", "[cli][configure]") {
  Operator op;
  op.type_all({"router bgp 65001", "neighbor 10.0.0.1 remote-as 65002"});
  const auto is = [&](std::string_view line, std::string_view text, Code code) {
    CAPTURE(line);
    const Reply reply = op.type(line);
    CHECK(reply.text == text);
    CHECK(reply.code == code);
  };
  is("zzz", "% Unknown command: zzz\n", Code::NoMatch);
  is("neighbour 10.0.0.1 shutdown",
     "% Unknown command: neighbour 10.0.0.1 shutdown\n"
     "% unknown command \"neighbour\"; did you mean \"neighbor\"?\n",
     Code::NoMatch);
  is(" neighbor 10.0.0.1 port 0 ",
     "% Unknown command: neighbor 10.0.0.1 port 0\n% invalid value \"0\"; expected (1-65535)\n",
     Code::NoMatch);
  is("neighbor 10.0.0.1 port",
     "% Command incomplete: neighbor 10.0.0.1 port\n% incomplete command; expected (1-65535)\n",
     Code::Incomplete);
  is("bgp default ipv4-u x",
     "% Unknown command: bgp default ipv4-u x\n% \"x\" is too much: the command ends before it\n",
     Code::NoMatch);
  is("neighbor 10.0.0.9 port 1", "% no neighbor 10.0.0.9: give it a remote-as or a peer-group first\n",
     Code::ConfigFailed);
  CHECK(op.prompt() == "router(config-router)# ");
}

TEST_CASE("what is only doubtful is a note", "[cli][configure]") {
  Operator op;
  op.type_all({"router bgp 65001", "neighbor 10.0.0.1 remote-as 65002"});
  const Reply reply = op.type("neighbor 10.0.0.1 route-map OUT out");
  CHECK(reply.text == "Note: route-map OUT does not exist: it denies everything, as in FRR\n");
  CHECK(reply.code == Code::Success);
}

TEST_CASE("a line tells of the sessions that it ends", "[cli][configure]") {
  Operator op;
  op.world.edited_config = conf::parse(
                               "router bgp 65001\n neighbor G peer-group\n neighbor G remote-as 65002\n"
                               " neighbor 10.0.0.1 peer-group G\n neighbor 10.0.0.2 peer-group G\n"
                               " neighbor 10.0.0.3 peer-group G\n")
                               .config;
  op.world.up = {"10.0.0.1", "10.0.0.3"};  // 10.0.0.2 has nothing to lose
  op.type("router bgp 65001");
  CHECK(op.type("neighbor 10.0.0.2 password x").text == "");
  CHECK(op.type("neighbor 10.0.0.1 password x").text ==
        "Note: this ends the session with 10.0.0.1 (password)\n");
  CHECK(op.type("bgp router-id 10.0.0.9").text ==
        "Note: this ends 2 sessions: 10.0.0.1 (bgp router-id), 10.0.0.3 (bgp router-id)\n");
  CHECK(op.type("no neighbor 10.0.0.1").text == "Note: this ends the session with 10.0.0.1 (removed)\n");
  CHECK(op.type("neighbor G timers 10 30").text == "");
}

TEST_CASE("commands from outside work inside", "[cli][configure]") {
  Operator op;
  op.world.config = "router bgp 65001\n";
  op.type("router bgp 65001");
  CHECK(op.type("do show version").text == op.type("show version").text);
  CHECK(op.type("show running-config no-header").text.find("router bgp 65001\n") != std::string::npos);
  CHECK(op.type("show bgp summary | count Neighbor").text == "Count: 2 lines\n");
  CHECK(op.type("do show nonsense").code == Code::NoMatch);
  CHECK(op.type("write").text == "[OK]\n");  // although `write-quanta` begins so
  CHECK(op.type("terminal length 0").code == Code::Success);
  CHECK(op.prompt() == "router(config-router)# ");
  CHECK(op.type("configure terminal").code == Code::Success);  // begins anew
  CHECK(op.prompt() == "router(config)# ");
}

TEST_CASE("another daemon's block does not swallow commands from outside", "[cli][configure]") {
  for (const std::string_view block : {"interface eth9", "router ospf", "vrf red"}) {
    CAPTURE(block);
    Operator op;
    CHECK(op.type(block).text.find("is not for this daemon") != std::string::npos);
    CHECK(op.prompt() == "router(config-other)# ");
    op.world.deeds.clear();
    CHECK(op.type("ip address 10.0.0.1/24").text ==
          "Note: this block is not for this daemon: the line has no effect\n");
    CHECK(op.type("show bgp summary json").text == op.type("do show bgp summary json").text);
    CHECK(op.type("show bgp summary json").text.front() == '{');
    CHECK(op.type("show bgp foo").code == Code::NoMatch);
    CHECK(op.type("show bgp foo").text == "% Unknown command: show bgp foo\n");
    CHECK(op.type("show").code == Code::Incomplete);
    CHECK(op.type("sh ver | count lbgpd").text == "Count: 1 lines\n");
    CHECK(op.type("write").text == "[OK]\n");
    CHECK(op.type("clear bgp *").code == Code::Success);
    CHECK(op.world.deeds == std::vector<std::string>{"write", "clear 10.90.3.101", "clear 10.90.3.103",
                                                     "clear fd00:90:3::101"});
    CHECK(op.prompt() == "router(config-other)# ");  // nothing of it has left the block
    CHECK(op.complete("show vers") == "version\n");
    CHECK(op.help("show bgp su").find("summary") != std::string::npos);
    CHECK(op.type("no ip address 10.0.0.1/24").code == Code::Success);
    CHECK(op.type("exit").text == "");
    CHECK(op.prompt() == "router(config)# ");
    op.type(block);
    CHECK(op.type("quit").text == "");
    CHECK(op.prompt() == "router(config)# ");
    op.type(block);
    CHECK(op.type("router bgp 65001").text == "");  // a command of the whole file leaves it
    CHECK(op.prompt() == "router(config-router)# ");
    CHECK(op.type("segment-routing srv6").code == Code::Success);
    CHECK(op.type("locator x").code == Code::Success);
    CHECK(op.type("show version").text == op.type("do show version").text);
    op.type("configure terminal");
    op.type(block);
    CHECK(op.type("end").text == "");
    CHECK(op.prompt() == "router# ");
  }
}

TEST_CASE("TAB and ? know the block", "[cli][configure]") {
  Operator op;
  op.type_all({"router bgp 65001", "neighbor 10.0.0.1 remote-as 65002", "neighbor G peer-group"});
  CHECK(op.complete("addr") == "address-family\n");
  CHECK(op.complete("address-family ipv") == "ipv4\nipv6\n");
  CHECK(op.complete("neighbor 10") == "10.0.0.1\n");
  CHECK(op.complete("no neighbor G") == "G\n");
  CHECK(op.complete("neighbor 10.0.0.1 ttl") == "ttl-security\n");
  CHECK(op.complete("do show vers") == "version\n");
  CHECK(op.complete("show vers") == "version\n");
  CHECK(op.complete("route-m") == "route-map\n");  // of the block around
  CHECK(op.help("neighbor 10.0.0.1 ttl-security hops ") == "  (1-254)  Number of hops\n");
  CHECK(op.help("neighbor ").find("10.0.0.1") != std::string::npos);
  CHECK(op.help("neighbor 10.0.0.1 shutdown ").find("<cr>") != std::string::npos);
  const std::string all = op.help("");
  for (const std::string_view word : {"address-family", "neighbor", "no", "exit", "end", "do", "timers"}) {
    CAPTURE(word, all);
    CHECK(all.find("  " + std::string(word) + " ") != std::string::npos);
  }
  const std::string list = op.type("list").text;
  CHECK(list.find("  no neighbor PEER passive\n") != std::string::npos);
  CHECK(list.find("  neighbor PEER port (1-65535)\n") != std::string::npos);
  CHECK(list.find_first_of("{}$") == std::string::npos);
}

TEST_CASE("TAB and ? know the names that exist", "[cli][configure]") {
  Operator op;
  op.world.edited_config =
      conf::parse(
          "ip prefix-list P4 permit any\nipv6 prefix-list P6 permit any\nroute-map IN permit 10\n"
          "router bgp 65001\n neighbor 10.0.0.1 remote-as 2\n neighbor G peer-group\n")
          .config;
  op.type("router bgp 65001");
  CHECK(op.complete("neighbor ") == "10.0.0.1\nG\n");
  CHECK(op.complete("neighbor 10.0.0.1 peer-group ") == "G\n");
  CHECK(op.help("neighbor 10.0.0.1 route-map ") == "  WORD  The name of the route-map\n     IN\n");
  op.type("address-family ipv4 unicast");
  CHECK(op.complete("neighbor 10.0.0.1 prefix-list ") == "P4\n");
  op.type("address-family ipv6 unicast");
  CHECK(op.complete("neighbor 10.0.0.1 prefix-list ") == "P6\n");
  op.type("route-map IN permit 10");
  CHECK(op.complete("match ip address prefix-list ") == "P4\n");
  CHECK(op.complete("match ipv6 address prefix-list ") == "P6\n");
  CHECK(op.complete("set community gra") == "graceful-shutdown\n");
  CHECK(op.complete("set community no-export add") == "additive\n");
  CHECK(op.help("set community ").find("\n     accept-own accept-own-nexthop blackhole graceful-shutdown ") !=
        std::string::npos);
}

TEST_CASE("a line tells of announced addresses that it leaves without a pool", "[cli][configure]") {
  Operator op;
  op.world.outside =
      "no vip-pool takes 1 of the announced addresses any more: 10.0.0.1/32; they stay until …";
  const std::string note = "Note: " + op.world.outside + "\n";
  CHECK(op.type("vip-pool P").text == "");  // nothing is said yet, and nothing changes
  CHECK(conf::render(op.world.edited_config) == "");
  CHECK(op.type("prefix 10.9.0.0/24").text == note);  // the first pool is a bound
  CHECK(op.type("prefix 10.8.0.0/24").text == "");    // more can only help
  CHECK(op.type("selector app in web").text == note);
  CHECK(op.type("selector tier in web").text == "");  // still the same ones
  op.world.outside = "no vip-pool takes 2 of the announced addresses any more: …";
  CHECK(op.type("no prefix 10.9.0.0/24").text == "Note: " + op.world.outside + "\n");
  CHECK(op.type("no prefix 10.8.0.0/24").text ==
        "Note: vip-pool P holds no address: clients may announce nothing of it\n");
  // Told again to whoever has put it right meanwhile.
  op.type("prefix 10.9.0.0/24");
  CHECK(op.type("no prefix 10.9.0.0/24").text ==
        "Note: vip-pool P holds no address: clients may announce nothing of it\nNote: " + op.world.outside +
            "\n");
  const std::string outside = std::exchange(op.world.outside, "");
  CHECK(op.type("no vip-pool P").text == "");
  op.type_all({"vip-pool Q"});
  op.world.outside = outside;
  CHECK(op.type("prefix 10.9.0.0/24").text == "Note: " + outside + "\n");
}

TEST_CASE("a neighbor at an address of this host is doubtful", "[cli][configure]") {
  Operator op;
  op.world.own_addresses = {"10.0.0.1"};
  op.type("router bgp 65001");
  CHECK(op.type("neighbor 10.0.0.1 remote-as 65002").text == "Note: 10.0.0.1 is an address of this host\n");
  CHECK(op.type("neighbor 10.0.0.1 port 1179").text == "");  // said once
  CHECK(op.type("neighbor 10.0.0.2 remote-as 65002").text == "");
  CHECK(op.type("neighbor eth0 interface remote-as external").text == "");
}

TEST_CASE("a pool that is only named is none", "[cli][configure]") {
  Operator op;
  op.type_all({"vip-pool P", "exit", "vip-pool P"});
  CHECK(op.world.edited_config.pools.empty());
  CHECK(op.prompt() == "router(config-vip-pool)# ");
  CHECK(op.type("nonsense").code == Code::NoMatch);
  CHECK(op.type("range 10.0.0.9 10.0.0.1").code == Code::ConfigFailed);
  CHECK(op.world.edited_config.pools.empty());
  CHECK(op.prompt() == "router(config-vip-pool)# ");
  CHECK(op.type("range 10.0.0.1 10.0.0.9").text == "");
  CHECK(op.world.edited_config.pools.size() == 1);
  CHECK(op.type("description web").text == "");
}

TEST_CASE("every word that ? offers in any block can be typed", "[cli][configure]") {
  for (const auto& path :
       std::vector<std::vector<std::string_view>>{{},
                                                  {"router bgp 65001"},
                                                  {"router bgp 65001", "address-family ipv6"},
                                                  {"route-map M permit 10"},
                                                  {"vip-pool P"},
                                                  {"bfd"},
                                                  {"bfd", "profile P"},
                                                  {"line vty"}}) {
    Operator op;
    for (const std::string_view line : path) op.type(line);
    const std::string prompt = op.prompt();
    std::string words = op.complete("");
    REQUIRE_FALSE(words.empty());
    while (!words.empty()) {
      const std::string word = words.substr(0, words.find('\n'));
      words.erase(0, word.size() + 1);
      CAPTURE(prompt, word);
      CHECK(op.complete(word).find(word + '\n') != std::string::npos);
      if (word != "do") CHECK(op.help(word).find(word) != std::string::npos);
    }
  }
}

TEST_CASE("what frames a file of vtysh is no command", "[cli][configure]") {
  Operator op;
  op.type_all({"XFRR_start_configuration", "router bgp 65001", " neighbor 10.0.0.1 remote-as 2", "exit",
               "XFRR_end_configuration", "end", "disable"});
  CHECK(op.world.edited_config.router->neighbors.size() == 1);
}

TEST_CASE("on bfdd's socket everything is said once", "[cli][configure]") {
  World world = router();
  world.config = "router bgp 65001\n";
  const Shell shell;
  Session first(shell), second(shell, {.trusted = true, .second = true});
  CHECK(first.run("do write terminal", world).text == "router bgp 65001\n");
  CHECK(second.run("do write terminal", world).text == "");
  CHECK(second.run("show running-config", world).text == "");
  static_cast<void>(second.run("configure", world));
  CHECK(second.run("log syslog", world).text == "");
  CHECK(second.run("bfd", world).code == Code::Success);
  CHECK(second.run("peer 10.0.0.1 multihop", world).text == "% a multihop peer needs a local-address\n");
}

TEST_CASE("who is not trusted sees no passwords and names no files elsewhere", "[cli][configure]") {
  World world = router();
  world.config = "router bgp 65001\n";
  const Shell shell;
  Session session(shell, {.trusted = false, .second = false});
  CHECK(session.run("write terminal", world).text == "router bgp 65001\n! without passwords\n");
  CHECK(session.run("configuration check new.conf", world).text == "check new.conf\n");
  for (const std::string_view line : {"configuration check /etc/shadow", "configuration load ../x"}) {
    CHECK(session.run(line, world).code == Code::Warning);
    CHECK(session.run(line, world).text ==
          "% Only root may name a file that is not beside the daemon's own\n");
  }
  CHECK(world.deeds.empty());
}

TEST_CASE("configurations that have to be confirmed", "[cli][configure]") {
  World world = router();
  const Shell shell;
  Session session(shell);
  for (const std::string_view line :
       {"configuration check", "configuration load", "configuration load new.conf confirmed 5",
        "configuration load confirmed 7", "configuration commit", "configuration rollback",
        "configure terminal confirmed 3"})
    CHECK(session.run(line, world).code == Code::Success);
  CHECK(world.deeds == std::vector<std::string>{"load , confirm within 0", "load new.conf, confirm within 5",
                                                "load , confirm within 7", "commit", "roll back",
                                                "confirm within 3"});
  CHECK(session.run(enquiry_line(Enquiry::Prompt, ""), world).text == "router(config)# ");
  // As FRR's users shorten it.
  Session fingers(shell);
  for (const std::string_view line : {"conf t", "end", "config", "end", "configure term"})
    CHECK(fingers.run(line, world).code == Code::Success);
}
