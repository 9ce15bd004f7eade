// SPDX-License-Identifier: Apache-2.0
// What API requests do.
#include "bgpd/route_service.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "bgpd/api/changes.hpp"
#include "bgpd/api/list_filter.hpp"
#include "bgpd/log/events.hpp"
#include "bgpd/version.hpp"

namespace lbgp::daemon {

namespace {

// A bound on what local clients can make us hold, far above any use.
constexpr std::size_t kMaxRoutes = 2'000'000;

// Routes that one slice of a journal's rewriting passes.
constexpr std::size_t kSlice = 4096;

// The octets of a request that are kept as they came, and more for each of its routes: whoever says the same
// with more does not fill the disk with blanks.
constexpr std::size_t kPlainRequest = 1024;
constexpr std::size_t kPlainRoute = 48;

// Routes that the lists of one line may walk over before the next one is refused.
constexpr std::size_t kMaxSearched = 250'000;

fsm::TimePoint now() {
  return std::chrono::steady_clock::now();
}

std::size_t count(const std::vector<api::RouteGroup>& groups) {
  std::size_t prefixes = 0;
  for (const api::RouteGroup& group : groups) prefixes += group.prefixes.size();
  return prefixes;
}

}  // namespace

RouteService::RouteService(rib::Rib& rib, Journal& journal, std::function<void()> changed)
    : rib_(rib), journal_(journal), changed_(std::move(changed)) {}

void RouteService::configure(std::vector<rib::VipPool> pools, wire::AsNumber local_as) {
  pools_ = rib::VipPools(std::move(pools));
  local_as_ = local_as;
}

void RouteService::answer(const Owner& owner, std::string_view line, std::string& out) {
  const api::ParsedLine parsed = api::parse_line(line);
  api::Replies replies(out, parsed.batch);
  alone_ = parsed.batch ? std::string_view{} : line;
  changed_routes_ = 0;
  searched_ = 0;
  for (const auto& item : parsed.items) {
    if (const auto* rejected = std::get_if<api::Rejected>(&item)) {
      log::api_refused(owner.name, rejected->error.reason);
      replies.error(rejected->id, rejected->error);
      continue;
    }
    const auto& request = std::get<api::Request>(item);
    std::visit([&](const auto& call) { perform(owner, request, call, replies); }, request.call);
  }
  replies.finish();
  if (changed_routes_ == 0) return;
  changed_();
  tidy_journal();
}

// A slice for each line that changed something, larger than what one line adds: it comes to an end.
void RouteService::tidy_journal() {
  if (journal_.wants_rewrite(rib_.local_count())) begin_rewrite();
  journal_.continue_rewrite(
      [&](const Journal::Replay& keep) { return snapshot(keep, kSlice + 2 * changed_routes_); });
}

void RouteService::begin_rewrite() {
  journal_.begin_rewrite();
  snapshot_ = {};
}

void RouteService::refuse(const Owner& owner, const api::Request& request, const api::Error& error,
                          api::Replies& replies) {
  log::api_refused(owner.name, error.reason);
  replies.error(request.id, error);
}

rib::CommitResult RouteService::commit(const Owner& owner, std::span<const rib::LocalChange> changes) {
  const rib::CommitResult result = rib_.commit(owner.name, changes, now());
  changed_routes_ += result.changed;
  return result;
}

// Written before the client is told: what is acknowledged survives us. In the client's own words, if they are
// about that and nothing else.
template <typename Call>
void RouteService::keep(const Owner& owner, const Call& done, std::size_t routes) {
  if (!alone_.empty() && alone_.size() <= kPlainRequest + kPlainRoute * routes)
    return journal_.append(owner.name, alone_, routes);
  std::string request;
  api::append_request(done, request);
  journal_.append(owner.name, request, routes);
}

bool RouteService::over_limit(const std::vector<api::RouteGroup>& groups) const {
  return rib_.local_count() + count(groups) > kMaxRoutes;
}

void RouteService::perform(const Owner& owner, const api::Request& request, const api::Announce& call,
                           api::Replies& replies) {
  if (over_limit(call.routes))
    return refuse(
        owner, request,
        {api::ErrorCode::TooManyRoutes, fmt::format("more than {} routes in all", kMaxRoutes), "", "", {}},
        replies);
  if (const auto error = api::check_pools(pools_, owner.identity, call.routes))
    return refuse(owner, request, *error, replies);
  const rib::CommitResult result = commit(owner, api::announcements(call.routes, local_as_));
  if (result.changed > 0) keep(owner, call, count(call.routes));
  log::routes_changed(owner.name, result.changed, 0, result.commit);
  replies.announced(request.id, {count(call.routes), result.changed, result.commit});
}

void RouteService::perform(const Owner& owner, const api::Request& request, const api::Withdraw& call,
                           api::Replies& replies) {
  const rib::CommitResult result = commit(owner, api::withdrawals(call));
  if (result.changed > 0) keep(owner, call, call.prefixes.size());
  log::routes_changed(owner.name, 0, result.changed, result.commit);
  replies.withdrawn(request.id, {call.prefixes.size(), result.changed, result.not_found, result.commit});
}

void RouteService::perform(const Owner& owner, const api::Request& request, const api::Sync& call,
                           api::Replies& replies) {
  if (const auto error = api::check_pools(pools_, owner.identity, call.routes))
    return refuse(owner, request, *error, replies);
  const std::vector<rib::LocalRoute> current = routes_of(owner.name);
  const api::SyncPlan plan = api::plan_sync(current, call.routes, local_as_);
  const rib::CommitResult result = commit(owner, plan.changes);
  if (result.changed > 0) keep(owner, call, count(call.routes));
  log::routes_changed(owner.name, plan.announced, plan.withdrawn, result.commit);
  replies.synced(request.id, {plan.announced, plan.withdrawn, plan.unchanged, result.commit});
}

void RouteService::perform(const Owner& owner, const api::Request& request, const api::List& call,
                           api::Replies& replies) {
  // A line is answered in one turn of the loop, and at once: a batch of a thousand lists must not take the
  // time and the memory of a thousand tables. The first list is as large as the table is.
  if (searched_ > kMaxSearched)
    return refuse(owner, request,
                  {api::ErrorCode::RequestTooLarge,
                   fmt::format("the lists of this line have looked at more than {} routes", kMaxSearched),
                   "",
                   "",
                   {}},
                  replies);
  searched_ += rib_.local_count();
  const api::ListFilter filter(call);
  replies.begin_list(request.id);
  rib_.for_each_local(filter.owner(), [&](std::string_view whose, const rib::LocalRoute& route) {
    if (filter.wants(whose, route)) replies.list_route(whose, route);
  });
  replies.end_list();
}

void RouteService::perform(const Owner&, const api::Request& request, const api::Version&,
                           api::Replies& replies) {
  replies.version(request.id, kVersion);
}

std::vector<wire::Prefix> RouteService::outside(const rib::VipPools& pools) const {
  std::vector<wire::Prefix> orphans;
  if (pools.empty()) return orphans;
  rib_.for_each_local("", [&](std::string_view owner, const rib::LocalRoute& route) {
    if (!owner.starts_with(kOwnerPrefix)) return;
    const rib::VipPool* pool = pools.find(route.prefix);
    if (pool == nullptr || pool->refuses(route.labels) != nullptr) orphans.push_back(route.prefix);
  });
  return orphans;
}

std::vector<rib::LocalRoute> RouteService::routes_of(std::string_view owner) const {
  std::vector<rib::LocalRoute> routes;
  rib_.for_each_local(owner,
                      [&](std::string_view, const rib::LocalRoute& route) { routes.push_back(route); });
  return routes;
}

bool RouteService::snapshot(const Journal::Replay& keep, std::size_t routes) {
  std::string request;
  return rib_.for_each_local(snapshot_, routes, [&](std::string_view owner, const rib::LocalRoutes& local) {
    if (!owner.starts_with(kOwnerPrefix)) return;
    request.clear();
    api::append_announce_request(local, request);
    keep(owner, request);
  });
}

void RouteService::restore() {
  const std::size_t configured = rib_.local_count();
  journal_.restore([this](std::string_view owner, std::string_view line) { replay(owner, line); });
  const std::size_t restored = rib_.local_count() - configured;
  if (restored > 0) log::journal_restored(restored, journal_.path());
  begin_rewrite();
  while (journal_.rewriting())
    journal_.continue_rewrite([&](const Journal::Replay& keep) { return snapshot(keep, kSlice); });
}

// What was allowed when it was announced stays announced, even if the pools say otherwise by now: a restart
// is no moment to lose a route.
void RouteService::replay(std::string_view name, std::string_view line) {
  const Owner owner{std::string(name), {"root", {}}};
  for (const auto& item : api::parse_line(line, api::kNoLimits).items) {
    if (const auto* rejected = std::get_if<api::Rejected>(&item)) {
      log::journal_problem(fmt::format("a record of {} in {} cannot be carried out: {}", name,
                                       journal_.path(), rejected->error.reason));
      continue;
    }
    const auto* request = std::get_if<api::Request>(&item);
    if (const auto* announce = std::get_if<api::Announce>(&request->call))
      commit(owner, api::announcements(announce->routes, local_as_));
    else if (const auto* withdraw = std::get_if<api::Withdraw>(&request->call))
      commit(owner, api::withdrawals(*withdraw));
    else if (const auto* sync = std::get_if<api::Sync>(&request->call))
      commit(owner, api::plan_sync(routes_of(owner.name), sync->routes, local_as_).changes);
  }
}

}  // namespace lbgp::daemon
