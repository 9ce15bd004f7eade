// SPDX-License-Identifier: Apache-2.0
// Requests become changes of the RIB.
#include "bgpd/api/changes.hpp"

#include <algorithm>
#include <map>
#include <random>

#include "answers.hpp"

using namespace lbgp;
using namespace lbgp::daemon::api;
using rib::LocalRoute;
using rib::LocalRoutes;

namespace {

constexpr wire::AsNumber kOurAs{64512};

RouteGroup group(std::initializer_list<std::string_view> prefixes, std::optional<std::uint32_t> med = {}) {
  RouteGroup result;
  for (const std::string_view text : prefixes) result.prefixes.push_back(prefix(text));
  result.attributes.med = med;
  return result;
}

LocalRoute route(std::string_view text, std::optional<std::uint32_t> med = {}) {
  LocalRoute result;
  result.prefix = prefix(text);
  result.attributes.med = med;
  return result;
}

LocalRoutes routes(std::initializer_list<std::string_view> texts, std::optional<std::uint32_t> med = {}) {
  LocalRoutes result;
  for (const std::string_view text : texts) result.prefixes.push_back(prefix(text));
  result.attributes.med = med;
  return result;
}

}  // namespace

TEST_CASE("a group becomes the routes of each family, next hop by family", "[api]") {
  RouteGroup both = group({"fd47::1/128", "10.0.0.1/32", "10.0.0.2/32"}, 5);
  both.next_hop[wire::Family::Ipv4Unicast] = address("10.9.9.9");
  both.labels = {{"app", "web"}};
  const auto changes = announcements({both}, kOurAs);
  LocalRoutes v6 = routes({"fd47::1/128"}, 5);
  v6.labels = both.labels;
  LocalRoutes v4 = routes({"10.0.0.1/32", "10.0.0.2/32"}, 5);
  v4.labels = both.labels;
  v4.attributes.next_hop.address = address("10.9.9.9");
  CHECK(changes == std::vector<rib::LocalChange>{v4, v6});
}

TEST_CASE("prepending is a path of its own", "[api]") {
  RouteGroup counted = group({"10.0.0.1/32"});
  counted.as_path_prepend.own_times = 2;
  RouteGroup listed = group({"10.0.0.2/32"});
  listed.as_path_prepend.as_numbers = {wire::AsNumber(1), wire::AsNumber(2)};
  const auto changes = announcements({counted, listed}, kOurAs);
  CHECK(std::get<LocalRoutes>(changes.at(0)).attributes.as_path == wire::AsPath::sequence({kOurAs, kOurAs}));
  CHECK(std::get<LocalRoutes>(changes.at(1)).attributes.as_path ==
        wire::AsPath::sequence({wire::AsNumber(1), wire::AsNumber(2)}));
}

TEST_CASE("withdrawals are prefixes", "[api]") {
  CHECK(withdrawals({{prefix("10.0.0.1/32")}}) ==
        std::vector<rib::LocalChange>{std::vector{prefix("10.0.0.1/32")}});
}

TEST_CASE("sync adds, replaces, leaves and removes", "[api]") {
  const std::vector<LocalRoute> current{route("10.0.0.1/32"), route("10.0.0.2/32"), route("10.0.0.3/32", 1),
                                        route("fd47::1/128")};
  const auto plan =
      plan_sync(current, {group({"10.0.0.9/32", "10.0.0.2/32"}), group({"10.0.0.3/32"}, 2)}, kOurAs);
  CHECK(plan.announced == 2);
  CHECK(plan.withdrawn == 2);
  CHECK(plan.unchanged == 1);
  CHECK(plan.changes == std::vector<rib::LocalChange>{std::vector{prefix("10.0.0.1/32")},
                                                      routes({"10.0.0.3/32"}, 2), routes({"10.0.0.9/32"}),
                                                      std::vector{prefix("fd47::1/128")}});
}

TEST_CASE("sync puts together what goes and what comes alike", "[api]") {
  const std::vector<LocalRoute> current{route("10.0.0.1/32"), route("10.0.0.2/32")};
  const auto plan =
      plan_sync(current, {group({"10.0.0.4/32", "10.0.0.3/32"}), group({"10.0.0.5/32"}, 2)}, kOurAs);
  CHECK(plan.changes ==
        std::vector<rib::LocalChange>{std::vector{prefix("10.0.0.1/32"), prefix("10.0.0.2/32")},
                                      routes({"10.0.0.3/32", "10.0.0.4/32"}), routes({"10.0.0.5/32"}, 2)});
}

TEST_CASE("sync with what stands changes nothing; with nothing, everything goes", "[api]") {
  const std::vector<LocalRoute> current{route("10.0.0.1/32", 4), route("10.0.0.2/32", 4)};
  const auto same = plan_sync(current, {group({"10.0.0.2/32", "10.0.0.1/32"}, 4)}, kOurAs);
  CHECK(same.changes.empty());
  CHECK(same.unchanged == 2);
  CHECK(plan_sync(current, {}, kOurAs).withdrawn == 2);
  CHECK(plan_sync({}, {group({"10.0.0.1/32"})}, kOurAs).announced == 1);
  CHECK(plan_sync({}, {}, kOurAs).changes.empty());
}

// A map is the naive model of what an owner has; whatever the sets are, the plan leads from one to the other.
TEST_CASE("a sync plan leads to the wanted set", "[api][model]") {
  std::mt19937 random(5);
  for (int round = 0; round < 500; ++round) {
    std::map<wire::Prefix, LocalRoute> have;
    std::map<wire::Prefix, LocalRoute> want;
    std::vector<RouteGroup> groups(2);
    groups[1].attributes.med = 1;
    for (std::uint32_t host = 1; host < 40; ++host) {
      const wire::Prefix p = wire::Prefix::host(wire::IpAddress::v4(0x0a000000 + host * 7919 % 200));
      if (random() % 2 == 0) have[p] = LocalRoute{p, groups[random() % 2].attributes, {}};
      if (random() % 2 == 0 && !want.contains(p)) {
        RouteGroup& into = groups[random() % 2];
        into.prefixes.push_back(p);
        want[p] = LocalRoute{p, into.attributes, {}};
      }
    }
    std::vector<LocalRoute> current;
    for (const auto& [p, r] : have) current.push_back(r);
    const SyncPlan plan = plan_sync(current, groups, kOurAs);
    for (const auto& change : plan.changes) {
      if (const auto* added = std::get_if<LocalRoutes>(&change))
        for (const wire::Prefix& p : added->prefixes) have[p] = {p, added->attributes, added->labels};
      if (const auto* gone = std::get_if<std::vector<wire::Prefix>>(&change))
        for (const wire::Prefix& p : *gone) REQUIRE(have.erase(p) == 1);
    }
    REQUIRE(have == want);
    REQUIRE(plan.announced + plan.unchanged == want.size());
  }
}
