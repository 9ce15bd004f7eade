// SPDX-License-Identifier: Apache-2.0
// One line at the prompt: what it changes, what it costs, and that a wrong one changes nothing.
#include "conf/edit.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "conf/check.hpp"
#include "conf/compile.hpp"
#include "conf/parse.hpp"
#include "conf/render.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

// A configuration and somebody who edits it.
struct Desk {
  Config config;
  Diagnostics diagnostics;
  Editor editor{config, diagnostics, EditMode::Interactive};

  explicit Desk(std::string_view text = "") : config(parse(text).config) {}
  Edited type(std::string_view line) { return edit(editor, line); }
  void type_all(std::initializer_list<std::string_view> lines) {
    for (const std::string_view line : lines) {
      CAPTURE(line);
      CHECK(type(line).accepted);
    }
  }
  // A line that must be refused, and must not leave a trace.
  std::string refuse(std::string_view line) {
    const Config before = config;
    const Context place = editor.context();
    const Edited edited = type(line);
    CAPTURE(line);
    CHECK_FALSE(edited.accepted);
    CHECK_FALSE(edited.changed);
    CHECK(config == before);
    CHECK(editor.context() == place);
    CHECK(diagnostics.empty());
    return edited.diagnostics.empty() ? "" : edited.diagnostics.front().message;
  }
};

constexpr std::string_view kRouter =
    "router bgp 65010\n"
    " neighbor G peer-group\n"
    " neighbor G remote-as 65001\n"
    " neighbor 10.0.0.1 remote-as 65001\n"
    " neighbor 10.0.0.2 peer-group G\n"
    " neighbor 10.0.0.3 peer-group G\n";

std::vector<std::string> names(const std::vector<NeighborDiff>& diffs) {
  std::vector<std::string> result;
  for (const NeighborDiff& diff : diffs) result.push_back(diff.name + ": " + diff.options(Impact::Reset));
  return result;
}

}  // namespace

TEST_CASE("a line changes the configuration at once", "[conf][edit]") {
  Desk desk;
  desk.type_all({"router bgp 65010", "neighbor 10.0.0.1 remote-as 65001", "address-family ipv6 unicast",
                 "neighbor 10.0.0.1 activate", "exit-address-family", "! a remark", ""});
  CHECK(desk.editor.context() == Context::Router);
  CHECK(render(desk.config) ==
        "!\nrouter bgp 65010\n neighbor 10.0.0.1 remote-as 65001\n !\n address-family ipv6 unicast\n"
        "  neighbor 10.0.0.1 activate\n exit-address-family\nexit\n");
}

TEST_CASE("only what may change something is a change", "[conf][edit]") {
  Desk desk(kRouter);
  CHECK(desk.type("router bgp 65010").changed);
  CHECK_FALSE(desk.type("address-family ipv4 unicast").changed);
  CHECK_FALSE(desk.type("exit-address-family").changed);
  CHECK(desk.type("neighbor 10.0.0.1 shutdown").changed);
  CHECK_FALSE(desk.type("end").changed);
  CHECK_FALSE(desk.type("!").changed);
}

TEST_CASE("a wrong line changes nothing and says why", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type_all({"router bgp 65010", "neighbor 10.0.0.1 ttl-security hops 1", "address-family ipv4 unicast"});
  CHECK(desk.refuse("neighbor 10.0.0.1 ebgp-multihop 3") ==
        "ttl-security and ebgp-multihop exclude each other");
  CHECK(desk.refuse("neighbor 10.0.0.9 timers 3 9") ==
        "no neighbor 10.0.0.9: give it a remote-as or a peer-group first");
  CHECK(desk.refuse("neighbor eth7 remote-as external") ==
        "no peer-group and no neighbor eth7: begin with \"neighbor eth7 peer-group\", or \"neighbor eth7 "
        "interface\" for who is on that link");
  CHECK(desk.refuse("neighbor 10.0.0.1 timers 3 2") ==
        "the hold time must be 0 or at least 3 seconds (RFC 4271)");
  CHECK(desk.refuse("neighbor eth0 interface peer-group NONE") == "no peer-group NONE");
  CHECK(desk.refuse("neighbor 10.0.0.2 remote-as 65002") ==
        "neighbor 10.0.0.2 has another remote-as than its peer-group G (line 3)");
  CHECK(desk.refuse("bgp router-id 0.0.0.0") == "the router-id must not be zero (RFC 6286)");
  CHECK(desk.refuse("neighbor G password " + std::string(81, 'x')) ==
        "the password has 81 octets; TCP-MD5 takes 80");
  CHECK(desk.refuse("router bgp 65011") == "there is a router already: AS 65010 (line 1)");
  CHECK(desk.refuse("bgp listen range 10.9.0.0/16 peer-group NONE") == "no peer-group NONE");
}

TEST_CASE("a pool that would overlap is refused with its first wrong line", "[conf][edit]") {
  Desk desk("vip-pool A\n prefix 10.1.0.0/24\n");
  desk.type_all({"vip-pool B", "prefix 10.2.0.0/24"});
  CHECK(desk.refuse("range 10.1.0.5 10.1.0.9") == "vip-pool B overlaps with vip-pool A (line 2)");
  CHECK(desk.type("range 10.3.0.5 10.3.0.9").accepted);
}

TEST_CASE("taking back what a pool has never said begins no pool", "[conf][edit]") {
  Desk desk(kRouter);
  for (const char* line : {"no range 10.3.0.5 10.3.0.9", "no allow user alice", "no community 65010:1"}) {
    desk.type("vip-pool B");
    CHECK_FALSE(desk.type(line).changed);
    CHECK(desk.config.pools.empty());
  }
  // And that of one that is there leaves it there: an empty pool is still one.
  desk.type_all({"prefix 10.2.0.0/24", "no prefix 10.2.0.0/24"});
  CHECK(desk.config.pools.contains("B"));
}

TEST_CASE("a link-local neighbor can be typed line by line", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  const Edited edited = desk.type("neighbor fe80::1 remote-as 65001");
  CHECK(edited.accepted);
  REQUIRE(edited.diagnostics.size() == 1);
  CHECK(edited.diagnostics.front().message ==
        "a link-local neighbor needs \"interface NAME\" or \"update-source NAME\"");
  CHECK(desk.type("neighbor fe80::1 update-source eth0").diagnostics.empty());
}

TEST_CASE("what is no command says which kind of wrong it is", "[conf][edit]") {
  using Kind = Mismatch::Kind;
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  const auto kind = [&](std::string_view line) { return desk.type(line).mismatch.value().kind; };
  CHECK(kind("nonsense") == Kind::Unknown);
  CHECK(kind("neighbor 10.0.0.1 nonsense") == Kind::Unknown);
  CHECK(kind("neighbor 10.0.0.1") == Kind::Incomplete);
  CHECK(kind("neighbor 10.0.0.1 p") == Kind::Ambiguous);
  CHECK(kind("bgp enforce-first-as x") == Kind::Unknown);
}

TEST_CASE("what is not complete yet is allowed, and told", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  const Edited edited = desk.type("neighbor 10.0.0.1 route-map OUT out");
  CHECK(edited.accepted);
  REQUIRE(edited.diagnostics.size() == 1);
  CHECK(edited.diagnostics.front().severity == Severity::Warning);
  // Said once, not with each line that follows.
  CHECK(desk.type("neighbor 10.0.0.1 description x").diagnostics.empty());
  CHECK(desk.type("neighbor eth0 interface").accepted);
  Diagnostics diagnostics;
  check(desk.config, diagnostics, EditMode::Interactive);
  CHECK_FALSE(has_errors(diagnostics));
  // No AS, no neighbor: until the next line says it.
  CHECK(compile(desk.config).neighbors.size() == 3);
  CHECK(desk.type("neighbor eth0 remote-as external").accepted);
  CHECK(compile(desk.config).neighbors.size() == 4);
}

TEST_CASE("a line tells which sessions end for it, and why", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  CHECK(names(desk.type("neighbor 10.0.0.1 password secret").resets) ==
        std::vector<std::string>{"10.0.0.1: password"});
  CHECK(names(desk.type("neighbor G update-source 10.0.0.9").resets) ==
        std::vector<std::string>{"10.0.0.2: update-source", "10.0.0.3: update-source"});
  CHECK(names(desk.type("bgp router-id 10.0.0.9").resets) ==
        std::vector<std::string>{"10.0.0.1: bgp router-id", "10.0.0.2: bgp router-id",
                                 "10.0.0.3: bgp router-id"});
  CHECK(desk.type("neighbor G timers 3 9").resets.empty());
  CHECK(desk.type("neighbor 10.0.0.1 description x").resets.empty());
  CHECK(desk.type("address-family ipv6 unicast").resets.empty());
  CHECK(names(desk.type("neighbor G activate").resets) ==
        std::vector<std::string>{"10.0.0.2: activate", "10.0.0.3: activate"});
}

TEST_CASE("a neighbor that goes is named", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  const fsm::PeerKey first = fsm::peer_key("10.0.0.1"), second = fsm::peer_key("10.0.0.2"),
                     third = fsm::peer_key("10.0.0.3");
  CHECK(desk.type("no neighbor 10.0.0.1").removed == std::vector{first});
  // As in FRR the members go with their group.
  CHECK(desk.type("no neighbor G peer-group").removed == std::vector{second, third});
  CHECK(desk.config.router->neighbors.empty());
  Desk whole(kRouter);
  CHECK(whole.type("no router bgp").removed == std::vector{first, second, third});
}

TEST_CASE("people who edit at the same time keep each other's lines", "[conf][edit]") {
  Config config;
  Diagnostics said, said_too;
  Editor one(config, said, EditMode::Interactive), two(config, said_too, EditMode::Interactive);
  CHECK(edit(one, "router bgp 65010").accepted);
  CHECK(edit(two, "router bgp 65010").accepted);
  CHECK(edit(one, "neighbor 10.0.0.1 remote-as 1").accepted);
  CHECK(edit(two, "neighbor 10.0.0.2 remote-as 2").accepted);
  CHECK(edit(one, "address-family ipv6 unicast").accepted);
  CHECK(edit(two, "neighbor 10.0.0.1 shutdown").accepted);
  CHECK(edit(one, "neighbor 10.0.0.2 activate").accepted);
  CHECK(render(config) ==
        "!\nrouter bgp 65010\n neighbor 10.0.0.1 remote-as 1\n neighbor 10.0.0.1 shutdown\n"
        " neighbor 10.0.0.2 remote-as 2\n !\n address-family ipv6 unicast\n  neighbor 10.0.0.2 activate\n"
        " exit-address-family\nexit\n");
}

TEST_CASE("a switch that goes back to what it is anyway leaves nothing behind", "[conf][edit]") {
  for (const std::string_view head : {"frr defaults traditional\n", "frr defaults datacenter\n", ""}) {
    Desk desk(std::string(head) + std::string(kRouter) + " network 10.9.0.0/24\n");
    desk.type("router bgp 65010");
    const Config before = desk.config;
    const Compiled meant = compile(before);
    for (const char* line : {"bgp log-neighbor-changes", "bgp ebgp-requires-policy", "bgp deterministic-med",
                             "bgp default software-version-capability",
                             "bgp graceful-restart preserve-fw-state", "bgp graceful-restart notification"}) {
      INFO(head << line);
      const std::string no = fmt::format("no {}", line);
      // Of the two one changes something; the other one takes that back.
      desk.type(line);
      desk.type(no);
      const bool off = desk.config == before;
      CHECK((off || !(compile(desk.config) == meant)));
      desk.type(line);
      CHECK((off || desk.config == before));
      desk.type(no);
      if (!off) desk.type(line);
      CHECK(desk.config == before);
    }
  }
}

TEST_CASE("a family that is exchanged by default or by the group is not said again", "[conf][edit]") {
  Desk desk(kRouter);
  desk.type("router bgp 65010");
  const Config before = desk.config;
  const auto in = [&](const char* family, const char* line) {
    desk.type_all({fmt::format("address-family {} unicast", family), line, "exit-address-family"});
  };
  in("ipv4", "neighbor 10.0.0.1 activate");
  CHECK(desk.config == before);
  in("ipv4", "no neighbor 10.0.0.1 activate");
  CHECK_FALSE(desk.config == before);
  in("ipv4", "neighbor 10.0.0.1 activate");
  CHECK(desk.config == before);
  in("ipv4", "no neighbor 10.0.0.1 send-community both");
  CHECK_FALSE(desk.config == before);
  in("ipv4", "neighbor 10.0.0.1 send-community all");
  CHECK(desk.config == before);
  in("ipv6", "neighbor G activate");
  const Config with_group = desk.config;
  in("ipv6", "no neighbor 10.0.0.2 activate");  // of the group
  CHECK_FALSE(desk.config == with_group);
  in("ipv6", "neighbor 10.0.0.2 activate");
  CHECK(desk.config == with_group);
  in("ipv6", "no neighbor G activate");
  CHECK(desk.config == before);
}

TEST_CASE("a block that somebody else removes is left", "[conf][edit]") {
  struct Case {
    std::vector<std::string_view> enter;
    std::string_view inside;
    std::string_view remove;
  };
  for (const Case& c :
       {Case{{"router bgp 65010"}, "neighbor 10.0.0.1 remote-as 1", "no router bgp"},
        Case{{"router bgp 65010", "address-family ipv6"}, "maximum-paths 2", "no router bgp"},
        Case{{"route-map M permit 10"}, "set metric 1", "no route-map M"},
        Case{{"vip-pool P", "description web"}, "prefix 10.0.0.0/24", "no vip-pool P"},
        Case{{"bfd"}, "profile fast", "no bfd"}, Case{{"bfd", "profile fast"}, "passive-mode", "no bfd"},
        Case{{"bfd", "peer 10.0.0.1"}, "passive-mode", "no bfd"}}) {
    CAPTURE(c.remove, c.inside);
    Config config;
    Diagnostics said, said_too;
    Editor one(config, said, EditMode::Interactive), two(config, said_too, EditMode::Interactive);
    for (const std::string_view line : c.enter) CHECK(edit(one, line).accepted);
    CHECK(edit(two, c.remove).accepted);
    const Edited edited = edit(one, c.inside);
    CHECK(edited.block_was_removed);
    CHECK_FALSE(edited.accepted);
    CHECK(config == Config{});
    CHECK(one.context() == Context::Top);
  }
}
