// SPDX-License-Identifier: Apache-2.0
// What only the whole configuration tells.
#include "conf/check.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>

#include "conf/parse.hpp"

using namespace lbgp::conf;

namespace {

std::string complaints(std::string_view text) {
  std::string all;
  for (const Diagnostic& diagnostic : load(text).diagnostics) all += to_string(diagnostic, "f") + "\n";
  return all;
}

}  // namespace

TEST_CASE("a neighbor needs a remote-as, its own or its group's") {
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 description x\n") ==
        "f:2:11: error: neighbor 10.0.0.1 has no remote-as\n");
  CHECK(complaints("router bgp 1\n neighbor G peer-group\n neighbor 10.0.0.1 peer-group G\n") ==
        "f:3:11: error: neighbor 10.0.0.1 has no remote-as\n");
  // The order of the lines does not matter.
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 peer-group G\n neighbor G peer-group\n"
                   " neighbor G remote-as 2\n")
            .empty());
}

TEST_CASE("groups that are not there are found once each") {
  CHECK(complaints("router bgp 1\n neighbor k8s peer-group\n neighbor k8s remote-as 2\n"
                   " neighbor 10.0.0.1 peer-group k9s\n neighbor 10.0.0.2 peer-group other\n") ==
        "f:4:31: error: unknown peer-group k9s; did you mean \"k8s\"?\n"
        "f:5:31: error: unknown peer-group other\n");
  CHECK(complaints("router bgp 1\n neighbor 10.0.0 remote-as 2\n neighbor 10.0.0 passive\n") ==
        "f:2:11: error: 10.0.0 is neither an address nor a peer-group (\"neighbor 10.0.0 peer-group\" makes "
        "one)\n");
}

TEST_CASE("a file of an FRR that asked no policies of eBGP is told that they are required", "[rfc8212-2]") {
  const auto said = [](std::string_view before, std::string_view router = "") {
    return complaints(fmt::format("{}\nrouter bgp 1\n{}", before, router));
  };
  const std::string words =
      " asked no policies of eBGP, here they are required (RFC 8212): without them say \"no bgp "
      "ebgp-requires-policy\"\n";
  CHECK(said("frr version 6.0") == "f:1:13: warning: FRR 6.0" + words);
  CHECK(said("frr version 7.3.1-1") == "f:1:13: warning: FRR 7.3.1-1" + words);
  CHECK(said("frr version 7.4").empty());
  CHECK(said("frr version 10.1").empty());
  CHECK(said("frr version unknown").empty());
  CHECK(said("frr version 6").empty());
  CHECK(said("frr version 6.0", " no bgp ebgp-requires-policy\n").empty());
  CHECK(said("frr version 6.0", " bgp ebgp-requires-policy\n").empty());
}

TEST_CASE("a member cannot have another AS than its group") {
  const std::string group = "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n";
  CHECK(complaints(group + " neighbor 10.0.0.1 remote-as 3\n neighbor 10.0.0.1 peer-group G\n") ==
        "f:4:30: error: neighbor 10.0.0.1 has another remote-as than its peer-group G (line 3)\n");
  const auto member = [](std::string_view kind, unsigned as) {
    return complaints(
        fmt::format("router bgp 1\n neighbor G peer-group\n neighbor G remote-as {}\n neighbor "
                    "10.0.0.1 remote-as {}\n neighbor 10.0.0.1 peer-group G\n",
                    kind, as));
  };
  const std::string other =
      "f:4:30: error: neighbor 10.0.0.1 has another remote-as than its peer-group G (line 3)\n";
  CHECK(member("external", 3).empty());
  CHECK(member("internal", 1).empty());
  CHECK(member("external", 1) == other);
  CHECK(member("internal", 3) == other);
  CHECK(complaints(group + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 peer-group G\n").empty());
}

TEST_CASE("only an internal neighbor can be a reflector's client", "[rfc4456-4]") {
  const std::string client = " neighbor 10.0.0.1 route-reflector-client\n";
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n" + client) ==
        "f:3:2: error: neighbor 10.0.0.1 is not in our AS: it cannot be a route-reflector-client\n");
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as external\n" + client) ==
        "f:3:2: error: neighbor 10.0.0.1 is not in our AS: it cannot be a route-reflector-client\n");
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as 1\n" + client).empty());
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as internal\n" + client).empty());
  CHECK(complaints("router bgp 1\n bgp cluster-id 0.0.0.0\n") ==
        "f:2:17: error: the cluster-id must not be zero\n");
}

TEST_CASE("a neighbor said twice must be the same one") {
  CHECK(complaints("router bgp 1\n neighbor fd00::1 remote-as 2\n neighbor fd00:0::1 remote-as 3\n") ==
        "f:3:11: error: duplicate neighbor fd00:0::1: its remote-as is 2 at line 2\n");
  CHECK(complaints("router bgp 1\n neighbor G peer-group\n neighbor H peer-group\n neighbor G remote-as 2\n"
                   " neighbor 10.0.0.1 peer-group G\n neighbor 10.0.0.1 peer-group H\n") ==
        "f:6:11: error: neighbor 10.0.0.1 is in peer-group G already (line 5)\n");
}

TEST_CASE("names that lead nowhere are warnings that say what follows, as in FRR") {
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 prefix-list L in\n"
                   " neighbor 10.0.0.1 route-map M out\n network 10.0.0.0/24 route-map N\n") ==
        "f:3:32: warning: prefix-list L does not exist for IPv4 Unicast: it denies everything, as in FRR\n"
        "f:4:30: warning: route-map M does not exist: it denies everything, as in FRR\n"
        "f:5:10: warning: route-map N does not exist: it announces nothing, as in FRR\n");
  // A list of the other family is not the list.
  CHECK(complaints("ip prefix-list L permit any\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n"
                   " address-family ipv6 unicast\n  neighbor 10.0.0.1 prefix-list L out\n") ==
        "f:5:33: warning: prefix-list L does not exist for IPv6 Unicast: it denies everything, as in FRR\n");
  CHECK(complaints("route-map M permit 1\n match community C\n match large-community C\n"
                   " match ip address prefix-list L\n") ==
        "f:2:18: warning: community-list C does not exist: this entry matches nothing, as in FRR\n"
        "f:3:24: warning: large-community-list C does not exist: this entry matches nothing, as in FRR\n"
        "f:4:31: warning: prefix-list L does not exist: this entry matches nothing, as in FRR\n");
}

TEST_CASE("filters and what clauses name may be missing, each with what FRR makes of it") {
  CHECK(complaints("router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 distribute-list A in\n"
                   " neighbor 10.0.0.1 filter-list P out\n neighbor 10.0.0.1 unsuppress-map M\n"
                   " aggregate-address 10.0.0.0/8 suppress-map S\n") ==
        "f:3:36: warning: access-list A does not exist for IPv4 Unicast: it denies everything, as in FRR\n"
        "f:4:32: warning: as-path access-list P does not exist: it denies everything, as in FRR\n"
        "f:5:35: warning: route-map M does not exist: it reveals nothing, as in FRR\n"
        "f:6:20: warning: route-map S does not exist: it suppresses nothing, as in FRR\n");
  CHECK(complaints("route-map M permit 10\n match as-path P\n match ip next-hop A\n set comm-list C delete\n"
                   " call N\n") ==
        "f:2:16: warning: as-path access-list P does not exist: this entry matches nothing, as in FRR\n"
        "f:3:20: warning: access-list A does not exist: this entry matches nothing, as in FRR\n"
        "f:4:16: warning: community-list C does not exist: nothing is deleted, as in FRR\n"
        "f:5:7: warning: route-map N does not exist: it is not called, as in FRR\n");
}

TEST_CASE("a distribute-list and a prefix-list in one direction are one too many, as in FRR") {
  const std::string lists = "access-list A permit any\nip prefix-list L permit any\n";
  const std::string router = lists + "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n";
  CHECK(
      complaints(router + " neighbor 10.0.0.1 distribute-list A in\n neighbor 10.0.0.1 prefix-list L in\n") ==
      "f:5:36: error: distribute-list and prefix-list (line 6) exclude each other\n");
  CHECK(complaints(router + " neighbor 10.0.0.1 distribute-list A in\n neighbor 10.0.0.1 prefix-list L out\n")
            .empty());
}

TEST_CASE("calls that never come to an end are errors, too many of them a warning") {
  CHECK(complaints("route-map M permit 10\n call M\n") ==
        "f:2:7: warning: the calls of route-map M go round in a circle: what comes there is denied, as in "
        "FRR\n");
  CHECK(
      complaints("route-map A permit 10\n call B\nroute-map B permit 10\n call C\n"
                 "route-map C permit 10\n call B\n") ==
      "f:2:7: warning: the calls of route-map A go round in a circle: what comes there is denied, as in FRR\n"
      "f:4:7: warning: the calls of route-map B go round in a circle: what comes there is denied, as in FRR\n"
      "f:6:7: warning: the calls of route-map C go round in a circle: what comes there is denied, as in "
      "FRR\n");
  // M0 calls M1 …; the last one calls nobody.
  const auto chain = [](unsigned calls) {
    std::string text;
    for (unsigned i = 0; i < calls; ++i)
      text += fmt::format("route-map M{} permit 10\n call M{}\n", i, i + 1);
    return text + fmt::format("route-map M{} permit 10\n", calls);
  };
  CHECK(complaints(chain(10)).empty());
  CHECK(complaints(chain(11)) ==
        "f:2:7: warning: route-map M0 calls 11 others one in another: more than 10 deny, as in FRR\n");
}

TEST_CASE("entries go on with later ones only, and only where they permit") {
  CHECK(complaints("route-map M permit 10\n on-match goto 10\n continue 9\n continue 11\n") ==
        "f:2:16: error: entry 10 cannot go on with 10: only later ones\n"
        "f:3:11: error: entry 10 cannot go on with 9: only later ones\n");
  CHECK(complaints("route-map M deny 20\n on-match next\n") ==
        "f:2:2: warning: what an entry denies is denied: on-match has no effect\n");
}

TEST_CASE("bfd profiles that are not there are warnings") {
  const Loaded loaded = load(
      "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 bfd profile gone\n"
      "bfd\n profile here\n peer 10.0.0.1\n  profile here\n peer 10.0.0.2\n  profile away\n");
  CHECK(loaded.ok());
  REQUIRE(loaded.diagnostics.size() == 2);
  CHECK(to_string(loaded.diagnostics[0], "f") ==
        "f:3:32: warning: bfd profile gone does not exist: the defaults hold, as in FRR");
  CHECK(to_string(loaded.diagnostics[1], "f") ==
        "f:9:11: warning: bfd profile away does not exist: the defaults hold, as in FRR");
}

TEST_CASE("pools must not share an address") {
  CHECK(complaints("vip-pool A\n range 10.0.0.1 10.0.0.9\nvip-pool B\n range 10.0.0.9 10.0.0.20\n") ==
        "f:4:8: error: vip-pool B overlaps with vip-pool A (line 2)\n");
  CHECK(complaints("vip-pool B\n prefix 10.0.0.0/24\nvip-pool A\n range 10.0.0.255 10.0.1.3\n") ==
        "f:4:8: error: vip-pool A overlaps with vip-pool B (line 2)\n");
  CHECK(complaints("vip-pool A\n range 10.0.0.1 10.0.0.9\nvip-pool B\n range 10.0.0.10 10.0.0.20\n").empty());
  CHECK(complaints("vip-pool A\n range 10.0.0.1 10.0.0.9\n prefix 10.0.0.0/24\n").empty());
  CHECK(complaints("vip-pool A\n range 10.0.0.1 10.0.0.250\n range 10.0.0.3 10.0.0.4\n"
                   "vip-pool B\n prefix 10.0.0.128/32\n") ==
        "f:5:9: error: vip-pool B overlaps with vip-pool A (line 2)\n");
  // An IPv4 range and an IPv6 prefix have nothing in common.
  CHECK(complaints("vip-pool A\n range 0.0.0.0 255.255.255.255\nvip-pool B\n prefix ::/0\n").empty());
  CHECK(complaints("vip-pool A\n") ==
        "f:1:10: warning: vip-pool A holds no address: clients may announce nothing of it\n");
}

TEST_CASE("a pool is for neighbors and groups that exist") {
  const std::string router = "router bgp 1\n neighbor G peer-group\n neighbor 10.0.0.1 remote-as 2\n";
  const std::string pool = "vip-pool A\n prefix 10.0.0.0/24\n";
  CHECK(complaints(router + pool + " advertise-to G\n advertise-to 10.0.0.1\n").empty());
  CHECK(complaints(router + pool + " advertise-to H\n") ==
        "f:6:15: warning: vip-pool A is to be advertised to H, which is no neighbor and no peer-group\n");
}

TEST_CASE("addresses and transports that cannot work") {
  const std::string router = "router bgp 1\n";
  CHECK(complaints(router + " neighbor 224.0.0.1 remote-as 2\n") ==
        "f:2:11: error: 224.0.0.1 cannot be a neighbor\n");
  CHECK(complaints(router + " neighbor :: remote-as 2\n") == "f:2:11: error: :: cannot be a neighbor\n");
  CHECK(complaints(router + " bgp router-id 0.0.0.0\n") ==
        "f:2:16: error: the router-id must not be zero (RFC 6286)\n");
  CHECK(complaints(router + " neighbor fe80::1 remote-as 2\n") ==
        "f:2:11: error: a link-local neighbor needs \"interface NAME\" or \"update-source NAME\"\n");
  CHECK(complaints(router + " neighbor fe80::1 remote-as 2\n neighbor fe80::1 update-source eth0\n").empty());
  CHECK(complaints(router + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 update-source fd00::1\n") ==
        "f:3:34: error: update-source fd00::1 and neighbor 10.0.0.1 are of different address families\n");
  CHECK(complaints(router + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 ebgp-multihop 2\n"
                            " neighbor 10.0.0.1 ttl-security hops 1\n") ==
        "f:4:38: error: ttl-security and ebgp-multihop (line 3) exclude each other\n");
  CHECK(complaints(router + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 password " +
                   std::string(81, 'x') + "\n") ==
        "f:3:29: error: the password has 81 octets; TCP-MD5 takes 80\n");
  CHECK(complaints(router + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 password ********\n") ==
        "f:3:29: error: this is how passwords are shown: put the password itself in its place\n");
}

TEST_CASE("interfaces and ranges that cannot work") {
  const std::string router = "router bgp 1\n";
  const std::string group = router + " neighbor G peer-group\n";
  CHECK(complaints(router + " neighbor eth0 interface\n") ==
        "f:2:11: error: neighbor eth0 has no remote-as\n");
  CHECK(complaints(router + " neighbor eth0 interface remote-as 2\n neighbor eth0 update-source lo\n") ==
        "f:3:30: warning: a neighbor on an interface is reached from there: update-source has no effect\n");
  CHECK(complaints(group + " bgp listen range 10.0.0.0/8 peer-group G\n") ==
        "f:3:41: error: peer-group G has no remote-as: nobody can come by range 10.0.0.0/8\n");
  CHECK(complaints(group + " neighbor G remote-as 2\n bgp listen range 10.0.0.0/8 peer-group H\n") ==
        "f:4:41: error: unknown peer-group H\n");
  CHECK(
      complaints(group + " neighbor G remote-as 2\n neighbor G password x\n neighbor 10.0.0.1 remote-as 3\n"
                         " bgp listen range 10.0.0.0/8 peer-group G\n") ==
      "f:5:11: error: neighbor 10.0.0.1 has no password, but is in range 10.0.0.0/8 (line 6) whose group has "
      "one\n");
  CHECK(complaints(router + " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 tcp-mss 40\n") ==
        "f:3:28: error: tcp-mss must be from 88 to 32767\n");
}

TEST_CASE("whoever comes by a range is checked like a neighbor, by what the group says") {
  const std::string group = "router bgp 1\n neighbor G peer-group\n";
  const std::string range = " bgp listen range 10.0.0.0/8 peer-group G\n";
  const std::string internal = group + range + " neighbor G remote-as internal\n";
  const std::string external = group + range + " neighbor G remote-as external\n";
  CHECK(complaints(internal + " neighbor G local-role customer\n") ==
        "f:5:24: error: a role is for neighbors in other ASes (RFC 9234)\n");
  CHECK(complaints(internal + " neighbor G ebgp-multihop 3\n") ==
        "f:5:27: warning: ebgp-multihop is for neighbors in other ASes: no effect on those in ours\n");
  CHECK(complaints(external + " neighbor G ebgp-multihop 3\n neighbor G ttl-security hops 3\n") ==
        "f:6:31: error: ttl-security and ebgp-multihop (line 5) exclude each other\n");
  CHECK(complaints(external + " neighbor G update-source fd00::1\n") ==
        "f:5:27: error: update-source fd00::1 and range 10.0.0.0/8 are of different address families\n");
  CHECK(complaints(external + " neighbor G route-reflector-client\n") ==
        "f:5:2: error: range 10.0.0.0/8 is not in our AS: it cannot be a route-reflector-client\n");
  CHECK(complaints(external + " neighbor G strict-capability-match\n neighbor G override-capability\n") ==
        "f:5:2: error: strict-capability-match and override-capability (line 6) exclude each other\n");
  CHECK(complaints(external + " bgp minimum-holdtime 30\n neighbor G timers 3 9\n") ==
        "f:6:22: warning: the hold time 9 is below the minimum 30 (line 5): no session will come up\n");
  CHECK(complaints(group + " neighbor G remote-as 2\n bgp listen range 224.0.0.0/8 peer-group G\n") ==
        "f:4:42: error: nobody in range 224.0.0.0/8 can be a neighbor\n");
  // Nobody dials into a range: its link needs no name.
  CHECK(complaints(group + " neighbor G remote-as 2\n bgp listen range fe80::/10 peer-group G\n").empty());
}

TEST_CASE("a range in another one needs a password when that has one", "[rfc2385-2]") {
  const std::string groups =
      "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 2\n neighbor G password x\n"
      " neighbor H peer-group\n neighbor H remote-as 2\n";
  const std::string wide = " bgp listen range 10.0.0.0/8 peer-group G\n";
  const std::string narrow = " bgp listen range 10.1.0.0/16 peer-group H\n";
  CHECK(
      complaints(groups + wide + narrow) ==
      "f:8:42: error: range 10.1.0.0/16 has no password, but is in range 10.0.0.0/8 (line 7) whose group has "
      "one\n");
  CHECK(complaints(groups + wide + narrow + " neighbor H password y\n").empty());
  CHECK(complaints(groups + " bgp listen range 10.1.0.0/16 peer-group G\n"
                            " bgp listen range 10.0.0.0/8 peer-group H\n")
            .empty());
}

TEST_CASE("what a group says wrongly is told once, whoever is in it") {
  CHECK(complaints(
            "router bgp 1\n neighbor G peer-group\n neighbor G remote-as 1\n neighbor G local-role peer\n"
            " neighbor 10.0.0.1 peer-group G\n neighbor 10.0.0.2 peer-group G\n"
            " bgp listen range 10.0.0.0/8 peer-group G\n") ==
        "f:4:24: error: a role is for neighbors in other ASes (RFC 9234)\n");
}

TEST_CASE("ebgp-multihop towards our own AS does nothing, as in FRR, and that is said") {
  const std::string multihop = "router bgp 1\n neighbor 10.0.0.1 ebgp-multihop 3\n";
  CHECK(complaints(multihop + " neighbor 10.0.0.1 remote-as 1\n") ==
        "f:2:34: warning: ebgp-multihop is for neighbors in other ASes: no effect on those in ours\n");
  CHECK(complaints(multihop + " neighbor 10.0.0.1 remote-as 2\n").empty());
}

TEST_CASE("a role is towards another AS") {
  const std::string role = "router bgp 1\n neighbor 10.0.0.1 local-role customer\n";
  const std::string error = "f:2:31: error: a role is for neighbors in other ASes (RFC 9234)\n";
  CHECK(complaints(role + " neighbor 10.0.0.1 remote-as 1\n") == error);
  CHECK(complaints(role + " neighbor 10.0.0.1 remote-as internal\n") == error);
  CHECK(complaints(role + " neighbor 10.0.0.1 remote-as external\n").empty());
  CHECK(complaints(role + " neighbor 10.0.0.1 remote-as 2\n").empty());
}

TEST_CASE("words about capabilities that contradict each other") {
  const std::string strict =
      "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 strict-capability-match\n";
  CHECK(complaints(strict).empty());
  CHECK(complaints(strict + " neighbor 10.0.0.1 override-capability\n") ==
        "f:3:2: error: strict-capability-match and override-capability (line 4) exclude each other\n");
  CHECK(complaints(strict + " neighbor G peer-group\n neighbor 10.0.0.1 peer-group G\n"
                            " neighbor G dont-capability-negotiate\n") ==
        "f:3:2: error: strict-capability-match and dont-capability-negotiate (line 6) exclude each other\n");
}

TEST_CASE("without capabilities there is IPv4 unicast and nothing else") {
  const std::string silent =
      "router bgp 1\n neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 dont-capability-negotiate\n";
  CHECK(complaints(silent).empty());
  const std::string six = " address-family ipv6 unicast\n  neighbor 10.0.0.1 activate\n";
  CHECK(complaints(silent + six) ==
        "f:3:2: warning: without capabilities neighbor 10.0.0.1 exchanges no IPv6 Unicast\n");
  CHECK(complaints(silent + " neighbor 10.0.0.1 override-capability\n" + six).empty());
}

TEST_CASE("an alias that nobody has matches nothing, and is told") {
  const std::string map = "route-map M permit 10\n match alias customers\n";
  CHECK(complaints(map) ==
        "f:2:14: warning: community alias customers does not exist: this entry matches nothing\n");
  CHECK(complaints("bgp community alias 65000:1 customers\n" + map).empty());
  CHECK(complaints("bgp community alias 65000:1:2 customers\n" + map).empty());
}

TEST_CASE("aggregates and default routes are said so that they can work", "[rfc9774]") {
  const std::string router = "router bgp 1\n";
  CHECK(complaints(router + " aggregate-address 10.0.0.0/8 summary-only\n").empty());
  CHECK(complaints(router + " aggregate-address 10.0.0.0/8 as-set summary-only\n") ==
        "f:2:31: error: an AS_SET must not be announced any more (RFC 9774)\n");
  CHECK(complaints(router + " aggregate-address 10.0.0.0/8 summary-only as-set\n") ==
        "f:2:44: error: an AS_SET must not be announced any more (RFC 9774)\n");
  CHECK(complaints(router + " aggregate-address fd00::/8\n") ==
        "f:2:20: error: fd00::/8 does not belong to address-family ipv4 unicast\n");
  CHECK(complaints(router + " aggregate-address 10.0.0.0/8 route-map M\n") ==
        "f:2:20: warning: route-map M does not exist: it announces nothing, as in FRR\n");
  CHECK(complaints(router +
                   " neighbor 10.0.0.1 remote-as 2\n neighbor 10.0.0.1 default-originate route-map M\n") ==
        "f:3:2: warning: route-map M does not exist: it announces no default route, as in FRR\n");
}

TEST_CASE("what is taken and changes nothing is said") {
  CHECK(complaints("router bgp 1\n no bgp graceful-restart\n").empty());
  CHECK(complaints("frr defaults traditional\nrouter bgp 1\n").empty());
  CHECK(complaints("router bgp 1\n bgp graceful-restart-disable\n"
                   " bgp long-lived-graceful-restart stale-time 60\n") ==
        "f:3:45: warning: without graceful restart there is no long-lived one (RFC 9494): no effect on "
        "neighbors that do not say otherwise\n");
  CHECK(complaints("router bgp 1\n bgp network import-check\n") ==
        "f:2:2: warning: networks are announced without a check: no effect yet\n");
  CHECK(complaints("router bgp 1\n no bgp network import-check\n").empty());
  CHECK(complaints("router bgp 1\n maximum-paths 4\n address-family ipv6 unicast\n  maximum-paths 8\n")
            .empty());
  CHECK(complaints("router bgp 1\n no bgp deterministic-med\n") ==
        "f:2:2: warning: MED is compared among all paths of an AS whatever their order: no effect\n");
  CHECK(complaints("router bgp 1\n bgp deterministic-med\n").empty());
  CHECK(complaints("router bgp 1\n bgp bestpath med confed\n") ==
        "f:2:2: warning: there is no confederation: no effect\n");
  CHECK(complaints("router bgp 1\n bgp minimum-holdtime 30\n neighbor 10.0.0.1 remote-as 2\n"
                   " neighbor 10.0.0.1 timers 3 9\n") ==
        "f:4:29: warning: the hold time 9 is below the minimum 30 (line 2): no session will come up\n");
}
