// SPDX-License-Identifier: Apache-2.0
// A connection: errors, pipes, session commands, and what our own shell asks.
#include "bgpd/cli/shell.hpp"

#include <catch2/catch.hpp>

#include "world.hpp"

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
  for (const std::string_view line :
       {"enable", "disable", "end", "terminal length 0", "terminal no length"}) {
    const Reply reply = session.run(line, world);
    CHECK(reply.text.empty());
    CHECK(reply.code == Code::Success);
    CHECK_FALSE(reply.close);
  }
  CHECK(session.run("exit", world).close);
  CHECK(session.run("quit", world).close);
  CHECK(session.run("terminal length 40", world).code == Code::Success);
  CHECK(session.terminal_length() == 40);
  CHECK(session.run("terminal no length", world).code == Code::Success);
  CHECK(session.terminal_length() == 0);
}

TEST_CASE("list and find", "[cli][shell]") {
  World world = router();
  CHECK(run(world, "list").text.find("\n  show version\n") != std::string::npos);
  CHECK(run(world, "find ^ *terminal").text == "  terminal length (0-512)$number\n  terminal no length\n");
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
  CHECK(ask(world, Enquiry::Complete, "show ip prefix-list K") == "K8S-IN\n");
  CHECK(ask(world, Enquiry::Complete, "show bgp peer-group ") == "K8S\njson\n");
  CHECK(ask(world, Enquiry::Complete, "do sh") == "show\n");
  CHECK(ask(world, Enquiry::Complete, "no such ").empty());
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
