// SPDX-License-Identifier: Apache-2.0
// Background work in slices: each job walks routes from a cursor and can stop after any of them.
#include <algorithm>
#include <utility>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

// Walks the members of a bitmap from job.cursor on, as long as there is budget; true: all done.
template <typename State, typename Visit>
bool walk(State& state, const Bitmap& members, Job& job, std::size_t& budget, Visit visit) {
  while (budget > 0) {
    const RouteId route = members.next(job.cursor);
    if (route == kNoRoute) return true;
    job.cursor = route + 1;
    visit(route);
    state.charge(budget);
  }
  return members.next(job.cursor) == kNoRoute;
}

template <typename State, typename Visit>
bool walk_all(State& state, const PrefixTable& prefixes, Job& job, std::size_t& budget, Visit visit) {
  while (budget > 0 && job.cursor < prefixes.end()) {
    const RouteId route = job.cursor++;
    if (prefixes.used(route)) visit(route);
    state.charge(budget);
  }
  return job.cursor >= prefixes.end();
}

}  // namespace

void Rib::State::charge(std::size_t& routes) {
  routes -= std::min(routes, 1 + std::exchange(effort, 0) / Rib::kEntriesPerRoute);
}

// A task that is already on the list starts again from the beginning.
void Rib::State::start(Job job) {
  std::erase_if(jobs, [&](const Job& other) { return other.same_task(job); });
  if (!run(job, inline_left)) jobs.push_back(job);
}

void Rib::State::postpone(Job job) {
  std::erase_if(jobs, [&](const Job& other) { return other.same_task(job); });
  jobs.push_back(job);
}

void Rib::State::cancel_jobs_of(const ExportGroup& group) {
  std::erase_if(jobs, [&](const Job& job) { return job.group == &group; });
}

bool Rib::State::run(Job& job, std::size_t& budget) {
  const wire::Family family = job.family;
  Table& in = table(family);
  switch (job.kind) {
    case Job::Kind::BuildGroup: {
      const bool done =
          walk_all(*this, in.prefixes, job, budget, [&](RouteId route) { export_route(*job.group, route); });
      if (done && job.group->building) finish_group(family, *job.group);
      return done;
    }
    case Job::Kind::Sweep: {
      Peer& peer = *peers[job.peer];
      const bool done = walk(*this, peer[family].received, job, budget,
                             [&](RouteId route) { sweep_route(peer, family, route); });
      if (done) peer[family].unswept = peer[family].stale_generations;
      return done;
    }
    case Job::Kind::LongLived: {
      Peer& peer = *peers[job.peer];
      return walk(*this, peer[family].received, job, budget,
                  [&](RouteId route) { make_long_lived(peer, family, route); });
    }
    case Job::Kind::Reapply: {
      Peer& peer = *peers[job.peer];
      return walk(*this, peer[family].received, job, budget,
                  [&](RouteId route) { reapply_route(peer, family, route); });
    }
    case Job::Kind::Reselect:
      return walk_all(*this, in.prefixes, job, budget,
                      [&](RouteId route) { reselect(family, route, best(family, route)); });
    case Job::Kind::Count: {
      const bool done =
          walk_all(*this, in.prefixes, job, budget, [&](RouteId route) { recount(family, route); });
      if (done) end_of_count(family);
      return done;
    }
    case Job::Kind::Export: {
      Peer& peer = *peers[job.peer];
      return walk(*this, peer[family].received, job, budget, [&](RouteId route) {
        for (const auto& group : in.groups) export_route(*group, route);
      });
    }
    case Job::Kind::FreeEntries:
      return !in.entries || walk(*this, in.entries->vacant(), job, budget, [&](EntryId entry) {
        const PathEntries::Entry held = in.entries->get(entry);
        const bool is_default = held.route == in.default_route && held.path_id == PathEntries::kOwnPath;
        if (!is_default && !is_needed(family, true, entry)) in.entries->free(entry);
      });
    case Job::Kind::FreeRoutes: {
      const bool done = walk(*this, in.dying, job, budget, [&](RouteId route) {
        in.prefixes.prefetch(static_cast<RouteId>(route + kAhead));  // they mostly follow one another
        const bool has_entries = in.entries && in.entries->first(route) != kNoEntry;
        const bool held = has_entries || route == in.default_route;
        if (!held && !is_needed(family, false, route)) in.free_route(route);
      });
      if (!done) return false;
      const std::size_t vacant = in.entries ? in.entries->vacant().count() : 0;
      in.next_sweep = std::max(Table::kSweepStep, 2 * (in.dying.count() + vacant));
      in.trim();
      return true;
    }
  }
  return true;
}

// Whether a peer still has to withdraw it.
bool Rib::State::is_needed(wire::Family family, bool add_path, std::uint32_t id) const {
  return std::any_of(peers.begin(), peers.end(), [&](const auto& peer) {
    const PeerOut& out = (*peer)[family].out;
    if (out.group() == nullptr || out.group()->key().add_path != add_path) return false;
    return out.advertised().test(id) || out.is_pending(id);
  });
}

// Prefixes without paths are given back in batches: the check of every peer is then paid once in a while, and
// a VIP that flaps keeps its id.
void Rib::State::sweep_ids(wire::Family family) {
  Table& in = table(family);
  const std::size_t vacant = in.entries ? in.entries->vacant().count() : 0;
  if (in.dying.count() + vacant < Table::kSweepStep) return;
  const bool all_told = std::all_of(peers.begin(), peers.end(), [&](const auto& peer) {
    return (*peer)[family].out.to_withdraw().empty();
  });
  if (!all_told && in.dying.count() + vacant < in.next_sweep) return;
  for (const Job::Kind kind : {Job::Kind::FreeEntries, Job::Kind::FreeRoutes}) {
    const Job job{kind, family, 0, nullptr, 0};
    if (std::none_of(jobs.begin(), jobs.end(), [&](const Job& other) { return other.same_task(job); }))
      jobs.push_back(job);
  }
}

bool Rib::work(std::size_t routes) {
  State& s = *state_;
  s.inline_left = s.inline_slice;
  s.settle();
  while (routes > 0 && !s.jobs.empty()) {
    // Off the list while it runs: a job may start or cancel others.
    Job job = s.jobs.front();
    s.jobs.pop_front();
    const bool done = s.run(job, routes);
    if (!done) s.jobs.push_front(job);
    // A finished group may have taken the last member from another one.
    if (done && job.kind == Job::Kind::BuildGroup) s.drop_unused_groups(job.family);
    s.settle();
  }
  for (const wire::Family family : wire::kFamilies) s.sweep_ids(family);
  return has_work();
}

bool Rib::has_work() const {
  return !state_->jobs.empty() || state_->is_unsettled();
}

}  // namespace lbgp::rib
