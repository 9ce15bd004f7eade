// SPDX-License-Identifier: Apache-2.0
// What peers tell us: Adj-RIB-In, inbound policy, stale routes.
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <limits>
#include <utility>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

constexpr std::size_t kPathsAhead = 4;

// The routes of up to kAhead prefixes from `from` on; kNoRoute: not there yet. A full table lies all over the
// memory: a route costs a dozen waits for it, one behind the other. Those of several routes are waited for at
// the same time. Of routes in `known` all paths will be looked at, of others the best one.
Routes fetch_ahead(const Table& table, const AttributeStore& store, const std::vector<wire::Nlri>& nlri,
                   std::size_t from, const Bitmap& known) {
  const std::size_t end = std::min(nlri.size(), from + kAhead);
  boost::container::static_vector<PrefixTable::Probe, kAhead> probes;
  for (std::size_t i = from; i < end; ++i) probes.push_back(table.prefixes.probe(nlri[i].prefix));
  Routes routes;
  for (const PrefixTable::Probe& probe : probes) routes.push_back(table.prefixes.find(probe));
  for (const RouteId route : routes)
    if (route != kNoRoute) table.prefetch(route);
  struct Chain {
    PathIndex at;
    std::size_t left;
  };
  boost::container::static_vector<Chain, kAhead> chains;
  for (const RouteId route : routes)
    if (route != kNoRoute) {
      chains.push_back({table.head(route), known.test(route) ? kPathsAhead : 1});
      table.paths.prefetch(chains.back().at);
    }
  boost::container::static_vector<AttrId, kAhead * kPathsAhead> sets;
  const bool any_known = std::any_of(chains.begin(), chains.end(), [](const Chain& c) { return c.left > 1; });
  for (std::size_t link = 0; link < (any_known ? kPathsAhead : 1); ++link)
    for (Chain& chain : chains) {
      if (chain.at == 0 || chain.left-- == 0) continue;
      const Path here = table.paths.get(chain.at);
      if (sets.empty() || sets.back() != here.attributes) {
        sets.push_back(here.attributes);
        store.prefetch_slot(here.attributes);
      }
      chain.at = chain.left > 0 ? here.next : 0;
      table.paths.prefetch(chain.at);
    }
  for (const AttrId set : sets) store.prefetch_octets(set);
  return routes;
}

// The outcome of one UPDATE's attributes, by policy signature: all its prefixes share it.
struct Outcome {
  std::uint32_t signature = 0;
  AttrId accepted = kNoAttr;
};

// Every prefix counts, those that share an outcome too.
void count(PrefixStats& stats, Rejection rejection, bool accepted) {
  switch (rejection) {
    case Rejection::None:
      if (!accepted) ++stats.inbound_filtered;
      return;
    case Rejection::FirstAs:  // RFC 7606: as if it had been withdrawn; counted with the message
      return;
    case Rejection::AsLoop:
      ++stats.aspath_loop;
      return;
    case Rejection::OriginatorLoop:
      ++stats.originator_loop;
      return;
    case Rejection::ClusterLoop:
      ++stats.cluster_loop;
      return;
    case Rejection::UnusableNextHop:
      ++stats.invalid_next_hop;
      return;
    case Rejection::RouteLeak:
      ++stats.inbound_filtered;
      return;
  }
}

void count_faults(PrefixStats& stats, const wire::Update& update) {
  if (update.treat_as_withdraw) ++stats.withdrawn;
  for (const wire::UpdateFault& fault : update.faults)
    if (fault.grade == wire::Grade::AttributeDiscard && fault.attribute != 0) ++stats.attributes_discarded;
}

// How many generations ago a path came.
std::uint32_t age(const PeerFamily& in, const Path& path) {
  return (in.generation - path.generation()) % Path::kGenerations;
}

// What stands in the Adj-RIB-In against the limit: with it, `force` and soft reconfiguration, also what is
// denied.
PrefixLevel level_of(const PeerFamily& in, const FamilySettings& settings) {
  if (!settings.maximum_prefix) return PrefixLevel::Normal;
  const std::uint64_t limit = *settings.maximum_prefix;
  if (in.entries > limit) return PrefixLevel::Exceeded;
  return in.entries * std::uint64_t{100} > limit * settings.maximum_prefix_threshold ? PrefixLevel::Threshold
                                                                                     : PrefixLevel::Normal;
}

bool must_stop(const PeerFamily& in, const FamilySettings& settings) {
  return !settings.maximum_prefix_warning_only && level_of(in, settings) == PrefixLevel::Exceeded;
}

// RFC 8212 §2.1.
bool policy_missing(const Peer& peer, const PeerFamily& in) {
  return !peer.session.ibgp && peer.settings.ebgp_requires_policy && !in.policy_in->configured();
}

}  // namespace

bool Rib::State::is_alive(const PeerFamily& in, const Path& path) const {
  return age(in, path) <= in.stale_generations;
}

Rib::State::Judgement Rib::State::judge(const Peer& peer, wire::Family family,
                                        const wire::PathAttributes& attributes) const {
  const InboundRules rules{settings, peer.settings, peer.session};
  return {check_received(rules, family, attributes), policy_missing(peer, peer[family])};
}

// Counts only denials: acceptance and rejection are counted by who asks.
AttrId Rib::State::accept(const Peer& peer, wire::Family family, const wire::Prefix& prefix,
                          RouteAttributes attributes, UpdateOutcome& outcome) {
  const PeerFamily& in = peer[family];
  const Judgement judgement = judge(peer, family, attributes.path);
  if (judgement.rejection != Rejection::None) {
    ++outcome.rejected;
    return kNoAttr;
  }
  const InboundRules rules{settings, peer.settings, peer.session};
  mark_received(rules, family, attributes.path);
  attributes.weight = peer.settings.families[family].weight;
  PolicyEffects effects;
  const bool permitted = !judgement.policy_missing &&
                         in.policy_in->apply(context_of(prefix, in.out.peer()), attributes, effects);
  if (!permitted) {
    ++outcome.denied;
    return kNoAttr;
  }
  ++outcome.accepted;
  obey_communities(rules, attributes.path);
  return store.intern(attributes);
}

void Rib::State::store_path(Peer& peer, wire::Family family, RouteId route, std::uint32_t id,
                            const Received& received) {
  PeerFamily& side = peer[family];
  if (!side.received.test(route)) return store_first_path(side, family, route, id, received);
  Table& in = table(family);
  const std::uint32_t number = side.out.peer();
  const BestPath before = best(family, route);
  const PathIndex old_path = in.find(route, number, 0, id);
  const PathIndex old_raw = in.find(route, number, Path::kRaw, id);
  if (old_path != 0 || old_raw != 0) {
    --side.entries;
    const Path& old = in.paths[old_raw != 0 ? old_raw : old_path];
    if (age(side, old) == 0)
      --side.fresh;
    else if (is_alive(side, old))
      --side.stale;
  }
  if (old_path != 0) --side.accepted;
  const auto put = [&](PathIndex old, AttrId attributes, std::uint32_t flags, bool wanted) {
    if (wanted && old != 0) {
      store.acquire(attributes);
      if (in.paths[old].attributes != attributes) in.paths[old].since = now_seconds;
      in.set_attributes(old, attributes);
      in.paths[old].set_tag(number, side.generation, flags);
    } else if (wanted) {
      add_path(side, family, route, id, attributes, flags);
    } else if (old != 0) {
      in.remove(route, old);
    }
  };
  // The raw one first: a route must not be without any path in between.
  put(old_raw, received.raw, Path::kRaw, received.keeps_raw());
  put(old_path, received.accepted, 0, received.accepted != kNoAttr);
  count_stored(side, route, received);
  reselect(family, route, before);
}

// There is nothing to replace, and what comes to a route is mostly compared with its best path alone.
void Rib::State::store_first_path(PeerFamily& side, wire::Family family, RouteId route, std::uint32_t id,
                                  const Received& received) {
  const bool is_used = received.accepted != kNoAttr;
  if (!is_used && !received.keeps_raw()) return;
  Table& in = table(family);
  const PathIndex before = in.head(route);
  if (received.keeps_raw()) add_path(side, family, route, id, received.raw, Path::kRaw);
  const PathIndex added = is_used ? add_path(side, family, route, id, received.accepted, 0) : 0;
  count_stored(side, route, received);
  Comparison once;
  Comparison& last = received.last != nullptr ? *received.last : once;
  const PathIndex chosen = is_used ? choose_beside(family, route, added, last) : choose(family, route);
  if (chosen != before || in.follows_every_path())
    select(family, route, as_best(family, before), chosen, false);
}

PathIndex Rib::State::add_path(PeerFamily& side, wire::Family family, RouteId route, std::uint32_t id,
                               AttrId attributes, std::uint32_t flags) {
  Path path;
  path.attributes = attributes;
  path.since = now_seconds;
  path.set_tag(side.out.peer(), side.generation, flags);
  store.acquire(attributes);
  return table(family).add(route, path, id);
}

void Rib::State::count_stored(PeerFamily& side, RouteId route, const Received& received) {
  const bool is_used = received.accepted != kNoAttr;
  if (is_used) ++side.accepted;
  if (!is_used && !received.keeps_raw()) return;
  ++side.entries;
  ++side.fresh;
  side.received.set(route);
}

void Rib::State::remove_path(Peer& peer, wire::Family family, RouteId route, std::uint32_t id) {
  store_path(peer, family, route, id, {});
  sweep_route(peer, family, route);
}

// Takes away what no session stands behind any more; clears the route's bit when nothing of the peer is left.
void Rib::State::sweep_route(Peer& peer, wire::Family family, RouteId route) {
  Table& in = table(family);
  PeerFamily& side = peer[family];
  const BestPath before = best(family, route);
  bool removed = false;
  bool left = false;
  // Used paths first: an entry counts once, with its raw form as long as that is there.
  for (const bool raw : {false, true})
    for (PathIndex i = in.head(route); i != 0;) {
      const Path path = in.paths.get(i);
      const PathIndex index = std::exchange(i, path.next);
      if (!path.is_from(side.out.peer()) || path.is_raw() != raw) continue;
      if (is_alive(side, path)) {
        left = true;
        continue;
      }
      if (!raw) --side.accepted;
      if (raw || in.find(route, path.source(), Path::kRaw, in.paths.id(index)) == 0) --side.entries;
      in.remove(route, index);
      removed = true;
    }
  if (!left) side.received.reset(route);
  if (removed) reselect(family, route, before);
}

std::size_t Rib::State::Slice::begin(std::size_t size) const {
  return routes == 0 || at.next < first ? size : std::min(size, at.next - first);
}

void Rib::State::withdraw(Peer& peer, const wire::Unreach& unreach, Slice& slice) {
  const std::size_t size = unreach.nlri.size();
  const std::size_t begin = slice.begin(size);
  Routes routes;
  for (std::size_t i = begin; i < size && slice.routes > 0; ++i) {
    const wire::Nlri& nlri = unreach.nlri[i];
    const std::size_t place = (i - begin) % kAhead;
    if (place == 0)
      routes = fetch_ahead(table(unreach.family), store, unreach.nlri, i, peer[unreach.family].received);
    slice.at.next = slice.first + i + 1;
    if (const RouteId route = routes[place]; route != kNoRoute)
      remove_path(peer, unreach.family, route, nlri.path_id);
    charge(slice.routes);
  }
}

void Rib::State::receive(Peer& peer, const wire::Reach& reach, Slice& slice, TimePoint now) {
  const wire::Family family = reach.family;
  const std::size_t size = reach.nlri.size();
  const std::size_t begin = slice.begin(size);
  if (begin == size) return;
  UpdateOutcome& outcome = slice.outcome;
  now_seconds = std::max(now_seconds, seconds_of(now));
  PeerFamily& in = peer[family];
  RouteAttributes raw{slice.update.attributes, 0};
  raw.path.next_hop = reach.next_hop;
  const InboundRules rules{settings, peer.settings, peer.session};
  normalize_received(rules, raw.path);
  const Rejection rejection = check_received(rules, family, raw.path);
  if (rejection == Rejection::FirstAs && begin == 0) ++peer.stats.withdrawn;
  const AttrId raw_id = in.keeps_raw ? store.intern(raw) : kNoAttr;
  boost::container::small_vector<Outcome, 4> known;
  const auto common = in.policy_in->common_signature();  // one outcome for all
  PolicyContext context = context_of({}, in.out.peer());
  Comparison last;
  Routes routes;
  for (std::size_t i = begin; i < size && slice.routes > 0; ++i) {
    const wire::Nlri& nlri = reach.nlri[i];
    const std::size_t place = (i - begin) % kAhead;
    if (place == 0) routes = fetch_ahead(table(family), store, reach.nlri, i, in.received);
    slice.at.next = slice.first + i + 1;
    // The session is about to end: what is beyond the limit takes no memory any more.
    if (must_stop(in, peer.settings.families[family])) {
      slice.at.next = slice.first + size;
      break;
    }
    context.prefix = nlri.prefix;
    const auto signature = common ? common : in.policy_in->signature(context);
    auto found = std::find_if(known.begin(), known.end(),
                              [&](const Outcome& each) { return signature && each.signature == *signature; });
    UpdateOutcome one;
    if (found == known.end()) {
      known.push_back(
          {signature.value_or(0), accept(peer, family, nlri.prefix, common ? std::move(raw) : raw, one)});
      found = known.end() - 1;
      // Not to be found again: what came of it depends on more than the signature.
      outcome.denied += one.denied;
      outcome.rejected += one.rejected;
      outcome.accepted += one.accepted;
    } else if (found->accepted != kNoAttr) {
      ++outcome.accepted;
    } else {
      ++(rejection != Rejection::None ? outcome.rejected : outcome.denied);
    }
    const AttrId accepted = found->accepted;
    count(peer.stats, rejection, accepted != kNoAttr);
    const bool stored = raw_id != kNoAttr || accepted != kNoAttr;
    RouteId route = routes[place];
    // It may have been made meanwhile: a message can name a prefix twice.
    PrefixTable& prefixes = table(family).prefixes;
    if (route == kNoRoute) route = stored ? prefixes.insert(nlri.prefix) : prefixes.find(nlri.prefix);
    if (stored)
      store_path(peer, family, route, nlri.path_id, {raw_id, accepted, &last});
    else if (route != kNoRoute)
      remove_path(peer, family, route, nlri.path_id);
    if (!signature) {
      store.release(accepted);
      known.pop_back();
    }
    charge(slice.routes);
  }
  for (const Outcome& each : known) store.release(each.accepted);
  store.release(raw_id);
}

UpdateOutcome Rib::on_update(PeerId id, const wire::Update& update, TimePoint now) {
  UpdateCursor at;
  std::size_t routes = std::numeric_limits<std::size_t>::max();
  return on_update(id, update, now, at, routes);
}

UpdateOutcome Rib::on_update(PeerId id, const wire::Update& update, TimePoint now, UpdateCursor& at,
                             std::size_t& routes) {
  State& s = *state_;
  Peer& peer = s.at(id);
  UpdateOutcome outcome;
  at.done = !peer.up;
  if (at.done) return outcome;
  if (at.next == 0) count_faults(peer.stats, update);
  State::Slice slice{update, at, routes, outcome};
  for (const wire::Unreach& unreach : update.unreach) {
    s.withdraw(peer, unreach, slice);
    slice.first += unreach.nlri.size();
  }
  for (const wire::Reach& reach : update.reach) {
    s.receive(peer, reach, slice, now);
    slice.first += reach.nlri.size();
  }
  at.done = at.next >= slice.first;
  s.settle();
  if (update.end_of_rib && at.done) {
    // Only the first one ends the initial update, and none says anything about a refresh that is going on.
    PeerFamily& in = peer[*update.end_of_rib];
    if (!std::exchange(in.end_of_rib_received, true) && !in.refresh_begun)
      s.flush_stale(peer, *update.end_of_rib);
  }
  for (const wire::Family family : wire::kFamilies) {
    PeerFamily& in = peer[family];
    const FamilySettings& limits = peer.settings.families[family];
    const PrefixLevel level = level_of(in, limits);
    if (level > std::exchange(in.prefix_level, level)) outcome.reached[family] = level;
    if (must_stop(in, limits) && !outcome.over_maximum_prefix) outcome.over_maximum_prefix = family;
    s.sweep_ids(family);
  }
  return outcome;
}

void Rib::State::end_session(Peer& peer, wire::Family family, bool keep_stale, bool keep_older) {
  PeerFamily& in = peer[family];
  in.end_of_rib_received = in.refresh_begun = false;
  in.prefix_level = PrefixLevel::Normal;
  if (in.received.empty()) {
    in.stale_generations = 0;
    return;
  }
  const Job marking{Job::Kind::LongLived, family, in.out.peer(), nullptr, 0};
  std::erase_if(jobs, [&](const Job& job) { return job.same_task(marking); });
  const std::uint32_t older = keep_older ? in.stale_generations : 0;
  begin_generation(peer, family, keep_stale ? 1 + older : 0);
  start({Job::Kind::Sweep, family, in.out.peer(), nullptr, 0});
}

void Rib::State::begin_generation(Peer& peer, wire::Family family, std::uint32_t kept) {
  PeerFamily& in = peer[family];
  // Generations are counted in a few bits: before one is used again, nothing of it may be left. A peer that
  // goes through them all without ever saying all that it has, has only its latest routes.
  const bool used_up = ++in.unswept >= Path::kGenerations - 2;
  if (used_up) kept = std::min(kept, 1U);
  in.stale = (kept > 0 ? in.fresh : 0) + (kept > 1 ? in.stale : 0);
  in.fresh = 0;
  in.stale_generations = kept;
  in.generation = (in.generation + 1) % Path::kGenerations;
  if (!used_up) return;
  for (RouteId route = in.received.next(0); route != kNoRoute; route = in.received.next(route + 1))
    sweep_route(peer, family, route);
  in.unswept = in.stale_generations;
}

void Rib::State::flush_stale(Peer& peer, wire::Family family) {
  PeerFamily& in = peer[family];
  in.refresh_begun = false;
  if (in.stale_generations == 0) return;
  in.stale_generations = 0;
  in.stale = 0;
  start({Job::Kind::Sweep, family, in.out.peer(), nullptr, 0});
}

// RFC 9494 §4.2. Policy has the last word on whether a route carries NO_LLGR. Taking the community back is
// the peer's: it announces the route again.
void Rib::State::make_long_lived(Peer& peer, wire::Family family, RouteId route) {
  Table& in = table(family);
  PeerFamily& side = peer[family];
  const BestPath before = best(family, route);
  store.acquire(before.attributes);  // its id must not come to mean something else before the comparison
  boost::container::small_vector<std::uint32_t, 4> unwanted;
  for (PathIndex i = in.head(route); i != 0;) {
    const Path path = in.paths.get(i);
    const PathIndex index = std::exchange(i, path.next);
    const bool is_stale = path.is_from(side.out.peer()) && age(side, path) != 0 && is_alive(side, path);
    if (!is_stale || path.is_raw()) continue;
    RouteAttributes attributes = store.load(path.attributes);
    wire::Communities& communities = attributes.path.communities;
    if (communities.contains(wire::kNoLlgr)) {
      unwanted.push_back(in.paths.id(index));
    } else if (!communities.contains(wire::kLlgrStale)) {
      communities.insert(wire::kLlgrStale);
      in.set_attributes(index, store.intern(attributes));
    }
  }
  reselect(family, route, before);
  store.release(before.attributes);
  for (const std::uint32_t id : unwanted) remove_path(peer, family, route, id);
}

// Runs the inbound policy again over what is stored as received.
void Rib::State::reapply_route(Peer& peer, wire::Family family, RouteId route) {
  Table& in = table(family);
  PeerFamily& side = peer[family];
  struct Entry {
    std::uint32_t id;
    AttrId raw;
    std::uint32_t generation;
  };
  boost::container::small_vector<Entry, 4> entries;
  for (PathIndex i = in.head(route); i != 0;) {
    const Path path = in.paths.get(i);
    const std::uint32_t id = in.paths.id(i);
    const bool stands_for_raw = path.is_from(side.out.peer()) &&
                                (path.is_raw() || in.find(route, path.source(), Path::kRaw, id) == 0);
    if (stands_for_raw) entries.push_back({id, path.attributes, path.generation()});
    i = path.next;
  }
  UpdateOutcome ignored;
  for (const Entry& entry : entries) {
    if (entry.generation != side.generation) continue;  // of an earlier session: the new one will tell
    store.acquire(entry.raw);
    const AttrId accepted = accept(peer, family, in.prefixes.prefix(route), store.load(entry.raw), ignored);
    store_path(peer, family, route, entry.id, {entry.raw, accepted});
    store.release(accepted);
    store.release(entry.raw);
  }
}

void Rib::make_long_lived_stale(PeerId id, wire::FamilySet families) {
  for (const wire::Family family : wire::kFamilies)
    if (families.contains(family)) state_->start({Job::Kind::LongLived, family, id.value, nullptr, 0});
}

void Rib::begin_refresh(PeerId id, wire::Family family) {
  Peer& peer = state_->at(id);
  PeerFamily& in = peer[family];
  in.refresh_begun = true;
  if (!in.received.empty()) state_->begin_generation(peer, family, in.stale_generations + 1);
}

std::uint32_t Rib::stale_count(PeerId id, wire::Family family) const {
  return state_->at(id)[family].stale;
}

PrefixLevel Rib::prefix_level(PeerId id, wire::Family family) const {
  const Peer& peer = state_->at(id);
  return level_of(peer[family], peer.settings.families[family]);
}

void Rib::flush_stale(PeerId id, wire::FamilySet families) {
  for (const wire::Family family : wire::kFamilies)
    if (families.contains(family)) state_->flush_stale(state_->at(id), family);
}

void Rib::reapply_inbound(PeerId id, wire::Family family) {
  const PeerFamily& in = state_->at(id)[family];
  if (in.keeps_raw) state_->start({Job::Kind::Reapply, family, id.value, nullptr, 0});
}

}  // namespace lbgp::rib
