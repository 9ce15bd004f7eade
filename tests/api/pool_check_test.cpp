// SPDX-License-Identifier: Apache-2.0
// Who may announce what.
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
  CHECK_FALSE(check_pools({}, kAgent, {group({"10.0.0.1/32"})}));
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

TEST_CASE("what lies in no pool, or in another's, refuses the whole request", "[api]") {
  std::vector<rib::VipPool> both{pool("a", "10.0.0.0", "10.0.0.9"), pool("b", "10.0.1.0", "10.0.1.9")};
  both[1].allow_groups = {"wheel"};
  const rib::VipPools pools(both);
  CHECK_FALSE(check_pools(pools, kAgent, {group({"10.0.0.1/32", "10.0.0.9/32"})}));
  CHECK(check_pools(pools, kAgent, {group({"10.0.0.1/32", "10.0.0.10/32"})}) ==
        Error{ErrorCode::NotAllowed, "no vip-pool holds it", "10.0.0.10/32", "", std::nullopt});
  CHECK(
      check_pools(pools, kAgent, {group({"10.0.0.1/32"}), group({"10.0.1.0/32"})}) ==
      Error{ErrorCode::NotAllowed, "vip-pool b does not allow user agent", "10.0.1.0/32", "", std::nullopt});
}

TEST_CASE("a route without the labels that its pool asks for is refused with the reason", "[api]") {
  rib::VipPool web = pool("web", "10.0.0.0", "10.0.0.9");
  using Operator = rib::LabelSelector::Operator;
  web.selectors = {{"app", Operator::In, {"api", "web"}},
                   {"tier", Operator::NotIn, {"cache"}},
                   {"owner", Operator::Exists, {}},
                   {"legacy", Operator::DoesNotExist, {}}};
  std::vector<rib::VipPool> one;
  one.push_back(web);
  const rib::VipPools pools(std::move(one));
  const auto reason = [&](rib::Labels labels) {
    RouteGroup asked = group({"10.0.0.1/32"});
    asked.labels = std::move(labels);
    const auto error = check_pools(pools, kAgent, {asked});
    return error ? error->reason : "";
  };
  CHECK(reason({{"app", "web"}, {"owner", "me"}}).empty());
  CHECK(reason({{"app", "db"}, {"owner", "me"}}) == "vip-pool web: label app has to be one of: api, web");
  CHECK(reason({{"app", "api"}, {"tier", "cache"}}) == "vip-pool web: label tier must not be one of: cache");
  CHECK(reason({{"app", "api"}}) == "vip-pool web: label owner is missing");
  CHECK(reason({{"app", "api"}, {"owner", "me"}, {"legacy", ""}}) ==
        "vip-pool web: label legacy must not be there");
}
