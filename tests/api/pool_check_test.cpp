// SPDX-License-Identifier: Apache-2.0
// Who may announce what, and what pools add to it.
#include "bgpd/api/pool_check.hpp"

#include "answers.hpp"

using namespace lbgp;
using namespace lbgp::daemon::api;

namespace {

rib::VipPool pool(std::string name, std::string_view first, std::string_view last) {
  rib::VipPool result;
  result.name = std::move(name);
  result.ranges.push_back({address(first), address(last)});
  return result;
}

RouteGroup group(std::initializer_list<std::string_view> prefixes) {
  RouteGroup result;
  for (const std::string_view text : prefixes) result.prefixes.push_back(prefix(text));
  result.attributes.communities.insert({7});
  return result;
}

const ClientIdentity kAgent{"agent", {"users", "k8s-agents"}};

}  // namespace

TEST_CASE("without a pool anybody may announce any address", "[api]") {
  const auto result = apply_pools({}, kAgent, {group({"10.0.0.1/32"})});
  REQUIRE(result.has_value());
  CHECK(*result == std::vector{group({"10.0.0.1/32"})});
}

TEST_CASE("a pool allows by user or by any group; naming nobody allows everybody", "[api]") {
  rib::VipPool some = pool("p", "10.0.0.0", "10.0.0.9");
  CHECK(allows(some, kAgent));
  some.allow_groups = {"wheel"};
  CHECK_FALSE(allows(some, kAgent));
  CHECK_FALSE(allows(some, ClientIdentity{"root", {"root"}}));
  some.allow_users = {"agent"};
  CHECK(allows(some, kAgent));
  some.allow_users.clear();
  some.allow_groups = {"wheel", "k8s-agents"};
  CHECK(allows(some, kAgent));
  some.allow_groups = {"agent"};  // a group's name is no user's name
  CHECK_FALSE(allows(some, kAgent));
}

TEST_CASE("a pool's communities join those of the request", "[api]") {
  std::vector<rib::VipPool> pools{pool("a", "10.0.0.0", "10.0.0.9"), pool("b", "10.0.1.0", "10.0.1.9")};
  pools[0].communities = {{100}, {7}};
  pools[1].large_communities = {{1, 2, 3}};
  const auto result = apply_pools(pools, kAgent, {group({"10.0.0.1/32", "10.0.1.1/32", "10.0.0.2/32"})});
  REQUIRE(result.has_value());
  REQUIRE(result->size() == 2);
  RouteGroup a = group({"10.0.0.1/32", "10.0.0.2/32"});
  a.attributes.communities = {{7}, {100}};
  RouteGroup b = group({"10.0.1.1/32"});
  b.attributes.large_communities = {{1, 2, 3}};
  CHECK((*result)[0] == a);
  CHECK((*result)[1] == b);
}

TEST_CASE("what lies in no pool, or in another's, refuses the whole request", "[api]") {
  std::vector<rib::VipPool> pools{pool("a", "10.0.0.0", "10.0.0.9"), pool("b", "10.0.1.0", "10.0.1.9")};
  pools[1].allow_groups = {"wheel"};
  const auto none = apply_pools(pools, kAgent, {group({"10.0.0.1/32", "10.0.0.10/32"})});
  REQUIRE(none.has_error());
  CHECK(none.error() ==
        Error{ErrorCode::NotAllowed, "no vip-pool holds it", "10.0.0.10/32", "", std::nullopt});
  const auto theirs = apply_pools(pools, kAgent, {group({"10.0.0.1/32"}), group({"10.0.1.0/32"})});
  REQUIRE(theirs.has_error());
  CHECK(theirs.error() == Error{ErrorCode::NotAllowed, "vip-pool b does not allow user agent", "10.0.1.0/32",
                                "", std::nullopt});
}
