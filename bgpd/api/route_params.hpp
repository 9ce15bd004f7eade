// SPDX-License-Identifier: Apache-2.0
// Reads what describes routes: prefixes, attributes, labels.
#pragma once

#include <vector>

#include "bgpd/api/members.hpp"
#include "bgpd/api/request.hpp"

namespace lbgp::daemon::api {

// What is left of a line's limits.
struct Budget {
  std::size_t prefixes = 0;
  std::size_t route_octets = 0;
  std::size_t community_octets = 0;  // of one route
};

// A group that is being read.
struct RouteDraft {
  RouteGroup group;
  Budget* budget = nullptr;
  bool bare_next_hop = false;  // given as one address, not per family
};
using RouteRule = MemberRule<RouteDraft>;
inline constexpr std::size_t kRouteRules = 10;
// "prefixes" first.
[[nodiscard]] const std::array<RouteRule, kRouteRules>& route_rules();

[[nodiscard]] RouteDraft new_draft(Budget& budget);
// After all members have been read: prefixes present, next hops of the right family, limits.
[[nodiscard]] Problem check_draft(RouteDraft& draft, const SeenMembers& seen, std::size_t offset);

// An array of objects, each a group of routes.
[[nodiscard]] Problem read_routes(JsonCursor& cursor, Budget& budget, std::vector<RouteGroup>& out);
// An array of host prefixes, or of any prefixes.
[[nodiscard]] Problem read_host_prefixes(JsonCursor& cursor, Budget& budget, std::vector<wire::Prefix>& out);
[[nodiscard]] Problem read_any_prefixes(JsonCursor& cursor, Budget& budget, std::vector<wire::Prefix>& out);
[[nodiscard]] Problem read_labels(JsonCursor& cursor, rib::Labels& out);

}  // namespace lbgp::daemon::api
