// SPDX-License-Identifier: Apache-2.0
// A connection: errors, pipes, session commands, and what our own shell asks.
#include "bgpd/cli/shell.hpp"

#include <catch2/catch.hpp>

#include "conf/parse.hpp"
#include "world.hpp"

using namespace lbgp;
using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;

namespace {

std::string ask(World& world, Enquiry enquiry, std::string_view line) {
  return run(world, enquiry_line(enquiry, line)).text;
}

}  // namespace

TEST_CASE("what is not understood is said in FRR's words and codes", "[cli][shell]") {
  World world = router();
  struct Case {
    std::string_view line;
    std::string_view text;
    Code code;
  };
  for (const Case& c :
       {Case{"show bgp foo", "% Unknown command: show bgp foo\n", Code::NoMatch},
        Case{"  show bgp foo  ", "% Unknown command: show bgp foo\n", Code::NoMatch},
        Case{"do show bgp foo", "% Unknown command: show bgp foo\n", Code::NoMatch},
        Case{"show bgp ipv sum", "% Ambiguous command.\n", Code::Ambiguous},
        Case{"show", "% Command incomplete.\n", Code::Incomplete}, Case{"", "", Code::Success},
        Case{"   ", "", Code::Success}, Case{"! remark", "", Code::Success},
        Case{"\xff\xfe", "% Unknown command: \xff\xfe\n", Code::NoMatch}}) {
    CAPTURE(c.line);
    const Reply reply = run(world, c.line);
    CHECK(reply.text == c.text);
    CHECK(reply.code == c.code);
    CHECK_FALSE(reply.close);
  }
}

TEST_CASE("session commands", "[cli][shell]") {
  World world = router();
  const Shell shell;
  Session session(shell);
  for (const std::string_view line : {"enable", "disable", "end", "terminal length 0", "terminal no length",
                                      "terminal paginate", "no terminal paginate"}) {
    const Reply reply = session.run(line, world);
    CHECK(reply.text.empty());
    CHECK(reply.code == Code::Success);
    CHECK_FALSE(reply.close);
  }
  CHECK(session.run("exit", world).close);
  CHECK(session.run("quit", world).close);
}

TEST_CASE("a session knows how it wants to be paged", "[cli][shell]") {
  World world = router();
  const Shell shell;
  Session session(shell);
  const auto paging = [&] { return session.run(enquiry_line(Enquiry::Paging, ""), world).text; };
  CHECK(paging().empty());  // the client's environment decides
  for (const auto& [line, said] :
       std::initializer_list<std::pair<std::string_view, std::string_view>>{{"terminal length 40", "40"},
                                                                            {"terminal length 0", "0"},
                                                                            {"terminal no length", ""},
                                                                            {"terminal paginate", kPaginate},
                                                                            {"no terminal paginate", "0"},
                                                                            {"configure terminal", "0"},
                                                                            {"terminal paginate", kPaginate},
                                                                            {"no terminal paginate", "0"},
                                                                            {"terminal length 12", "12"}}) {
    CAPTURE(line);
    CHECK(session.run(line, world).code == Code::Success);
    CHECK(paging() == said);
  }
}

TEST_CASE("list and find", "[cli][shell]") {
  World world = router();
  const std::string list = run(world, "list").text;
  CHECK(list.find("\n  show version\n") != std::string::npos);
  CHECK(list.find("\n  clear [ip] bgp [<vrf|view> VRFNAME] [<ipv4|ipv6> [unicast]] prefix "
                  "<A.B.C.D/M|X:X::X:X/M>\n") != std::string::npos);
  CHECK(list.find_first_of("{}$") == std::string::npos);
  CHECK(run(world, "find ^ *terminal").text ==
        "  terminal length (0-512)\n  terminal no length\n  terminal paginate\n");
  // Those of all blocks are found as well, and where they stand is told.
  const std::string found = run(world, "find ttl-security").text;
  CHECK(found ==
        "  (config-router)  neighbor PEER ttl-security hops (1-254)\n"
        "  (config-router)  no neighbor PEER ttl-security hops (1-254)\n");
  CHECK(run(world, "find vip-pool").text.find("  (config)  vip-pool WORD\n") != std::string::npos);
  CHECK(run(world, "find .").text.find_first_of("{}$") == std::string::npos);
  CHECK(run(world, "find (").code == Code::Warning);
}

TEST_CASE("output goes through the pipe", "[cli][shell]") {
  World world = router();
  CHECK(run(world, "show bgp ipv4 unicast | include 10.99.8.202").text ==
        "*> 10.99.8.202/32   10.90.3.101              0             0 65010 i\n");
  CHECK(run(world, "do show bgp ipv4 unicast | count 10\\.99").text == "Count: 3 lines\n");
  CHECK(run(world, "show bgp ipv4 9.9.9.9 | include table").code == Code::Warning);
  CHECK(run(world, "show bgp foo | include x").text == "% Unknown command: show bgp foo\n");
  CHECK(run(world, "show version | grep x").code == Code::Warning);
  CHECK(run(world, "show version | include (").code == Code::Warning);
}

TEST_CASE("completion over the wire", "[cli][shell]") {
  World world = router();
  CHECK(ask(world, Enquiry::Complete, "show bgp sum") == "summary\n");
  CHECK(ask(world, Enquiry::Complete, "show bgp neighbors 10.90.3.10") == "10.90.3.101\n10.90.3.103\n");
  CHECK(ask(world, Enquiry::Complete, "show bgp vrf ") == "all\ndefault\n");
  CHECK(ask(world, Enquiry::Complete, "do sh") == "show\n");
  CHECK(ask(world, Enquiry::Complete, "no such ").empty());
}

TEST_CASE("names that exist are completed", "[cli][shell]") {
  World world = router();
  world.edited_config =
      conf::parse(
          "ip prefix-list K8S-IN permit any\nipv6 prefix-list K8S-IN6 permit any\naccess-list ACL permit "
          "any\n"
          "bgp as-path access-list PATHS permit .*\nbgp community-list standard CS permit 1:1\n"
          "bgp large-community-list standard LS permit 1:1:1\nroute-map RM permit 10\n"
          "router bgp 65001\n neighbor K8S peer-group\n")
          .config;
  for (const auto& [line, words] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"show ip prefix-list K", "K8S-IN\n"},
           {"show ipv6 prefix-list K", "K8S-IN6\n"},
           {"show bgp prefix-list ", "K8S-IN\nK8S-IN6\n"},
           {"show bgp peer-group ", "K8S\njson\n"},
           {"clear bgp peer-group ", "K8S\n"},
           {"show route-map R", "RM\n"},
           {"show bgp route-map ", "RM\n"},
           {"show bgp neighbors 10.90.3.101 advertised-routes route-map ", "RM\n"},
           {"show ip access-list A", "ACL\n"},
           {"show bgp filter-list ", "PATHS\n"},
           {"show bgp as-path-access-list P", "PATHS\n"},
           {"show bgp community-list ", "CS\n"},
           {"show bgp large-community-list ", "LS\n"},
           {"show bgp community no-e", "no-export\n"},
           {"clear bgp 10.90.3.103", "10.90.3.103\n"},
           {"show bgp neighbors 10.90.3.103", "10.90.3.103\n"}}) {
    CAPTURE(line);
    CHECK(ask(world, Enquiry::Complete, line) == words);
  }
  const std::string help = ask(world, Enquiry::Help, "show route-map ");
  CHECK(help.find("  WORD  Name\n     RM\n") != std::string::npos);
}

TEST_CASE("what a word means depends on the command", "[cli][shell]") {
  World world = router();
  for (const auto& [line, says] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"write m", "  memory  Write to the configuration file\n"},
           {"show m", "  memory  Memory in use\n"},
           {"write t", "  terminal  Print the configuration\n"},
           {"t", "  terminal  This terminal\n"},
           {"show v", "  version  Version of lbgpd\n"},
           {"show bgp ver", "  version  Routes that have changed since a version of the table\n"},
           {"show route", "  route-map  Route maps\n"},
           {"show bgp 10.0.0.0/8 b", "  bestpath  The best path alone\n"},
           {"show bgp best", "  bestpath  How the best path is chosen\n"},
           {"configure confirmed ", "  (1-1440)  Minutes until the return\n"},
           {"terminal length ", "  (0-512)  Answers longer than this go through the pager; 0: none do\n"}}) {
    CAPTURE(line);
    CHECK(ask(world, Enquiry::Help, line) == says);
  }
}

TEST_CASE("help has FRR's look", "[cli][shell]") {
  World world = router();
  CHECK(ask(world, Enquiry::Help, "show bgp summary ") ==
        "  <cr>\n"
        "  established  Only neighbors whose session is up\n"
        "  failed       Only neighbors whose session is down\n"
        "  json         Answer as JSON\n"
        "  neighbor     Name or address of a neighbor\n"
        "  remote-as    Neighbors of an AS\n"
        "  terse        Without the totals\n"
        "  wide         Wider columns\n");
  CHECK(ask(world, Enquiry::Help, "show bgp foo ") == "% There is no matched command.\n");
  const std::string neighbors = ask(world, Enquiry::Help, "show bgp neighbors ");
  CHECK(neighbors.find("  A.B.C.D           Name or address of a neighbor\n     10.90.3.101 10.90.3.103\n") !=
        std::string::npos);
}

TEST_CASE("the prompt and bad enquiries", "[cli][shell]") {
  World world = router();
  CHECK(ask(world, Enquiry::Prompt, "") == "router# ");
  CHECK(run(world, "\x05").code == Code::NoMatch);
  CHECK(run(world, "\x05Zshow").code == Code::NoMatch);
}

TEST_CASE("completion asks nothing of a daemon without an instance", "[cli][shell]") {
  World world = router();
  world.instance_exists = false;
  CHECK(ask(world, Enquiry::Complete, "show bgp neighbors 10").empty());
}
