// SPDX-License-Identifier: Apache-2.0
// The methods, each with the members that it takes.
#include "bgpd/api/method_params.hpp"

#include <algorithm>
#include <numeric>

namespace lbgp::daemon::api {
namespace {

Error missing(std::string_view member, std::optional<std::size_t> offset) {
  Error error = invalid(0, "the member is missing");
  error.member = member;
  error.offset = offset;
  return error;
}

std::size_t offset_of_value(JsonCursor& cursor) {
  (void)cursor.peek();
  return cursor.offset();
}

// --- duplicates: one prefix twice in a request is a client's mistake, and its two meanings may differ
// -----------

Error duplicate(const wire::Prefix& prefix) {
  Error error = invalid(0, "the prefix is there twice");
  error.prefix = to_string(prefix);
  error.offset = std::nullopt;
  return error;
}

// Calls `visit` for every prefix in the order given.
template <typename Visit>
void for_each_prefix(const std::vector<RouteGroup>& groups, Visit visit) {
  for (const RouteGroup& group : groups)
    for (const wire::Prefix& prefix : group.prefixes) visit(prefix);
}

bool is_ascending(const std::vector<RouteGroup>& groups) {
  const wire::Prefix* last = nullptr;
  bool ascending = true;
  for_each_prefix(groups, [&](const wire::Prefix& prefix) {
    ascending = ascending && (last == nullptr || *last < prefix);
    last = &prefix;
  });
  return ascending;
}

// Octet by octet, the last one first, each time keeping the order of before: always the same few steps.
void sort_by_octets(std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> sorted(numbers.size());
  for (unsigned shift = 0; shift < 32; shift += 8) {
    std::array<std::size_t, 257> places{};
    for (const std::uint32_t number : numbers) ++places[(number >> shift & 0xff) + 1];
    std::partial_sum(places.begin(), places.end(), places.begin());
    for (const std::uint32_t number : numbers) sorted[places[number >> shift & 0xff]++] = number;
    numbers.swap(sorted);
  }
}

// Host prefixes only. By sorting, which no choice of prefixes can make slow; most clients sort already.
Problem check_duplicates(const std::vector<RouteGroup>& groups) {
  if (is_ascending(groups)) return std::nullopt;
  std::vector<std::uint32_t> v4;
  std::vector<wire::IpAddress> v6;
  for_each_prefix(groups, [&](const wire::Prefix& prefix) {
    if (prefix.address().is_v4()) {
      v4.push_back(prefix.address().v4_value());
    } else {
      v6.push_back(prefix.address());
    }
  });
  sort_by_octets(v4);
  if (const auto twice = std::adjacent_find(v4.begin(), v4.end()); twice != v4.end())
    return duplicate(wire::Prefix::host(wire::IpAddress::v4(*twice)));
  std::sort(v6.begin(), v6.end());
  if (const auto twice = std::adjacent_find(v6.begin(), v6.end()); twice != v6.end())
    return duplicate(wire::Prefix::host(*twice));
  return std::nullopt;
}

// --- announce: one group inline, or several under "routes"
// -------------------------------------------------------

struct AnnounceDraft {
  RouteDraft inline_route;
  std::vector<RouteGroup> routes;
};

Problem read_announce_routes(JsonCursor& cursor, AnnounceDraft& draft) {
  return read_routes(cursor, *draft.inline_route.budget, draft.routes);
}

template <std::size_t I>
Problem read_inline(JsonCursor& cursor, AnnounceDraft& draft) {
  return route_rules()[I].read(cursor, draft.inline_route);
}

template <std::size_t... I>
std::array<MemberRule<AnnounceDraft>, kRouteRules + 1> make_announce_rules(std::index_sequence<I...>) {
  return {{{route_rules()[I].name, read_inline<I>}..., {"routes", read_announce_routes}}};
}

Result<Call> read_announce(JsonCursor* cursor, Budget& budget) {
  if (cursor == nullptr) return missing("params", std::nullopt);
  const auto rules = make_announce_rules(std::make_index_sequence<kRouteRules>());
  const std::size_t offset = offset_of_value(*cursor);
  AnnounceDraft draft{new_draft(budget), {}};
  SeenMembers seen;
  if (Problem problem = read_members(*cursor, rules, draft, seen)) return *problem;
  const bool several = seen.test(kRouteRules);
  if (several && seen.count() > 1)
    return inside("routes",
                  invalid(offset, "beside \"routes\" no other member can stand: put it into each route"));
  if (!several) {
    if (Problem problem = check_draft(draft.inline_route, seen, offset)) return *problem;
    draft.routes.push_back(std::move(draft.inline_route.group));
  }
  if (Problem problem = check_duplicates(draft.routes)) return *problem;
  return Call(Announce{std::move(draft.routes)});
}

// --- withdraw
// ----------------------------------------------------------------------------------------------------

struct WithdrawDraft {
  std::vector<RouteGroup> groups;  // one, with prefixes only
  Budget* budget = nullptr;
};

Problem read_withdraw_prefixes(JsonCursor& cursor, WithdrawDraft& draft) {
  return read_host_prefixes(cursor, *draft.budget, draft.groups.front().prefixes);
}

Result<Call> read_withdraw(JsonCursor* cursor, Budget& budget) {
  static constexpr std::array<MemberRule<WithdrawDraft>, 1> kRules{{{"prefixes", read_withdraw_prefixes}}};
  if (cursor == nullptr) return missing("params", std::nullopt);
  const std::size_t offset = offset_of_value(*cursor);
  WithdrawDraft draft{std::vector<RouteGroup>(1), &budget};
  SeenMembers seen;
  if (Problem problem = read_members(*cursor, kRules, draft, seen)) return *problem;
  if (seen.none()) return missing("prefixes", offset);
  if (Problem problem = check_duplicates(draft.groups)) return *problem;
  return Call(Withdraw{std::move(draft.groups.front().prefixes)});
}

// --- sync
// --------------------------------------------------------------------------------------------------------

struct SyncDraft {
  std::vector<RouteGroup> routes;
  Budget* budget = nullptr;
};

Problem read_sync_routes(JsonCursor& cursor, SyncDraft& draft) {
  return read_routes(cursor, *draft.budget, draft.routes);
}

Result<Call> read_sync(JsonCursor* cursor, Budget& budget) {
  static constexpr std::array<MemberRule<SyncDraft>, 1> kRules{{{"routes", read_sync_routes}}};
  if (cursor == nullptr) return missing("params", std::nullopt);
  const std::size_t offset = offset_of_value(*cursor);
  SyncDraft draft{{}, &budget};
  SeenMembers seen;
  if (Problem problem = read_members(*cursor, kRules, draft, seen)) return *problem;
  if (seen.none()) return missing("routes", offset);
  if (Problem problem = check_duplicates(draft.routes)) return *problem;
  return Call(Sync{std::move(draft.routes)});
}

// --- list, version
// -----------------------------------------------------------------------------------------------

struct ListDraft {
  List list;
  Budget* budget = nullptr;
};

Problem read_filter_prefixes(JsonCursor& cursor, ListDraft& draft) {
  return read_any_prefixes(cursor, *draft.budget, draft.list.prefixes.emplace());
}
Problem read_filter_owner(JsonCursor& cursor, ListDraft& draft) {
  std::string scratch;
  Text text;
  if (Problem problem = read_text(cursor, scratch, text)) return problem;
  if (text.text.empty()) return invalid(text.offset, "an owner has a name");
  draft.list.owner = text.text;
  return std::nullopt;
}
Problem read_filter_labels(JsonCursor& cursor, ListDraft& draft) {
  return read_labels(cursor, draft.list.labels);
}

Result<Call> read_list(JsonCursor* cursor, Budget& budget) {
  static constexpr std::array<MemberRule<ListDraft>, 3> kRules{
      {{"prefixes", read_filter_prefixes}, {"owner", read_filter_owner}, {"labels", read_filter_labels}}};
  ListDraft draft{{}, &budget};
  SeenMembers seen;
  if (cursor != nullptr)
    if (Problem problem = read_members(*cursor, kRules, draft, seen)) return *problem;
  return Call(std::move(draft.list));
}

Result<Call> read_version(JsonCursor* cursor, Budget&) {
  static constexpr std::array<MemberRule<Version>, 0> kRules{};
  Version version;
  SeenMembers seen;
  if (cursor != nullptr)
    if (Problem problem = read_members(*cursor, kRules, version, seen)) return *problem;
  return Call(version);
}

constexpr std::array<Method, kMethodNames.size()> kMethods{{{kMethodNames[0], read_announce},
                                                            {kMethodNames[1], read_withdraw},
                                                            {kMethodNames[2], read_sync},
                                                            {kMethodNames[3], read_list},
                                                            {kMethodNames[4], read_version}}};

}  // namespace

const Method* find_method(std::string_view name) {
  const auto found =
      std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& m) { return m.name == name; });
  return found == kMethods.end() ? nullptr : &*found;
}

std::string method_names() {
  std::string names;
  for (const std::string_view name : kMethodNames) {
    if (!names.empty()) names += ", ";
    names += name;
  }
  return names;
}

}  // namespace lbgp::daemon::api
