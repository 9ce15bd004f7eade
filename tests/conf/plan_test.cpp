// SPDX-License-Identifier: Apache-2.0
// The plan that an operator reads before anything is done.
#include "conf/plan.hpp"

#include <catch2/catch.hpp>

#include "conf/parse.hpp"

using namespace lbgp::conf;

namespace {

std::string plan_between(std::string_view before, std::string_view after) {
  const Compiled old = load(before).compiled;
  const Compiled next = load(after).compiled;
  return plan(diff(old, next), next);
}

}  // namespace

TEST_CASE("the plan says what it costs each neighbor, and which option causes it", "[conf][plan]") {
  CHECK(plan_between("router bgp 65010\n"
                     " neighbor 10.0.0.1 remote-as 65001\n"
                     " neighbor 10.0.0.2 remote-as 65001\n"
                     " neighbor 10.0.0.3 remote-as 65001\n"
                     " neighbor 10.0.0.4 remote-as 65001\n"
                     " neighbor 10.0.0.5 remote-as 65001\n"
                     " neighbor 10.0.0.6 remote-as 65001\n",
                     "router bgp 65010\n"
                     " bgp default local-preference 50\n"
                     " neighbor 10.0.0.1 remote-as 65001\n"
                     " neighbor 10.0.0.1 password x\n"
                     " neighbor 10.0.0.1 timers 10 30\n"
                     " neighbor 10.0.0.2 remote-as 65001\n"
                     " neighbor 10.0.0.3 remote-as 65001\n"
                     " neighbor 10.0.0.4 remote-as 65001\n"
                     " neighbor 10.0.0.4 description x\n"
                     " neighbor 10.0.0.5 remote-as 65001\n"
                     " neighbor 10.0.0.7 remote-as 65001\n"
                     " address-family ipv4 unicast\n"
                     "  neighbor 10.0.0.2 prefix-list L in\n"
                     "  neighbor 10.0.0.3 prefix-list L out\n"
                     " exit-address-family\n"
                     "ip prefix-list L permit any\n") ==
        "neighbor 10.0.0.6: removed, its session ends\n"
        "neighbor 10.0.0.7: new\n"
        "neighbor 10.0.0.1: session reset\n"
        "  password: session reset\n"
        "  timers: next session\n"
        "neighbor 10.0.0.2: soft in\n"
        "  address-family ipv4 unicast prefix-list in: soft in\n"
        "neighbor 10.0.0.3: soft out\n"
        "  address-family ipv4 unicast prefix-list out: soft out\n"
        "neighbor 10.0.0.4: none\n"
        "  description: none\n"
        "1 neighbor: none\n"
        "changed: bgp default local-preference\n"
        "changed: ip prefix-list L\n");
}

TEST_CASE("no plan, and the greatest one", "[conf][plan]") {
  constexpr std::string_view kOne = "router bgp 65010\n neighbor 10.0.0.1 remote-as 65001\n";
  CHECK(plan_between(kOne, kOne) == "nothing changes\n");
  CHECK(plan_between(kOne, "router bgp 65011\n neighbor 10.0.0.1 remote-as 65001\n") ==
        "router bgp: another router, every session ends\n"
        "neighbor 10.0.0.1: session reset\n"
        "  local AS: session reset\n");
}
