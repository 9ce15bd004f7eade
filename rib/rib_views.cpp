// SPDX-License-Identifier: Apache-2.0
// What `show` asks for: sorted, complete, thawed for the time of the visit.
#include <algorithm>
#include <limits>
#include <utility>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

// Everything that a RouteView's spans and pointers point into.
struct ViewBuffer {
  std::vector<wire::PathAttributes> attributes;
  std::vector<PathView> paths;
};

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max() / 2;

using Numbered = std::pair<wire::Nlri, std::uint32_t>;

// Those members of a section's walk that come next; no more than twice as many are in memory meanwhile.
class NextInOrder {
 public:
  explicit NextInOrder(Section& section) : section_(section), full_(2 * section.most) {}

  [[nodiscard]] bool wants(const wire::Prefix& prefix) const {
    return !(section_.after && prefix <= *section_.after) && !(beyond_ && prefix >= *beyond_);
  }
  void add(const wire::Nlri& nlri, std::uint32_t id) {
    if (!wants(nlri.prefix)) return;
    found_.emplace_back(nlri, id);
    if (found_.size() < full_) return;
    shrink();
    full_ = found_.size() + section_.most;
  }

  // Ends the section; `more`: it was not the last one.
  [[nodiscard]] std::vector<Numbered> finish(bool& more) {
    shrink();
    more = beyond_.has_value();
    if (!found_.empty()) section_.after = found_.back().first.prefix;
    return std::move(found_);
  }

 private:
  // With ADD-PATH a prefix may be there several times: all of them or none.
  void shrink() {
    std::sort(found_.begin(), found_.end());
    std::size_t kept = 0, prefixes = 0;
    for (; kept < found_.size(); ++kept) {
      const bool is_new = kept == 0 || found_[kept].first.prefix != found_[kept - 1].first.prefix;
      if (is_new && ++prefixes > section_.most) break;
    }
    if (kept == found_.size()) return;
    beyond_ = found_[kept].first.prefix;
    found_.resize(kept);
  }

  Section& section_;
  std::size_t full_;
  std::vector<Numbered> found_;
  std::optional<wire::Prefix> beyond_;  // of it and what follows nothing is wanted any more
};

// What a peer's bits stand for.
std::vector<Numbered> next_of(const Table& table, const PeerOut& out, const Bitmap& bits, Section& section,
                              bool& more) {
  NextInOrder next(section);
  for (std::uint32_t id = bits.next(0); id != kNoRoute; id = bits.next(id + 1))
    next.add(table.nlri(*out.group(), id), id);
  return next.finish(more);
}

}  // namespace

// The read side of Rib::State, kept apart from what changes it.
class Rib::Views {
 public:
  using State = Rib::State;
  explicit Views(const State& state) : s_(state) {}

  void route(wire::Family family, RouteId route, const std::function<void(const RouteView&)>& visit) const {
    const Table& table = s_.table(family);
    ViewBuffer buffer;
    std::vector<Candidate> candidates;
    collect(family, route, buffer, candidates);
    if (buffer.paths.empty()) return;
    mark(family, buffer, candidates);
    visit({table.prefixes.prefix(route), table.version_of(route), buffer.paths});
  }

 private:
  void collect(wire::Family family, RouteId route, ViewBuffer& buffer,
               std::vector<Candidate>& candidates) const {
    const Table& table = s_.table(family);
    std::vector<PathIndex> usable;
    std::vector<std::uint32_t> path_ids;
    for (PathIndex i = table.head(route); i != 0;) {
      const Path path = table.paths.get(i);
      const PathIndex index = std::exchange(i, path.next);
      if (path.is_raw()) continue;
      usable.push_back(index);
      path_ids.push_back(table.entries ? table.entries->path_id(index) : 0);
    }
    const bool suppressed = s_.is_suppressed(family, route);
    buffer.attributes.reserve(usable.size());
    for (const PathIndex index : usable) {
      const Path path = table.paths.get(index);
      candidates.push_back(s_.candidate(family, index, candidates.empty()));
      buffer.attributes.push_back(s_.store.load(path.attributes).path);
      const VipPool* pool = path.is_local() ? s_.pool_of(table.prefixes.prefix(route)) : nullptr;
      if (pool != nullptr) pool->add_to(buffer.attributes.back());
      buffer.paths.push_back(view(family, path, table.paths.id(index)));
      buffer.paths.back().tx_path_id = path_ids[buffer.paths.size() - 1];
      buffer.paths.back().attributes = &buffer.attributes.back();
      buffer.paths.back().suppressed = suppressed;
    }
  }

  [[nodiscard]] PathView view(wire::Family family, const Path& path, std::uint32_t id) const {
    PathView view;
    view.weight = s_.store.key(path.attributes).weight;
    view.valid = true;
    view.since = TimePoint{std::chrono::seconds(path.since)};
    if (path.is_local()) {
      view.owner = s_.owners.name(path.source());
      view.labels = &s_.labels.get(id);
      view.aggregate = s_.is_aggregate(path);
      return view;
    }
    const Peer& peer = *s_.peers[path.source()];
    view.peer = PeerId{path.source()};
    view.path_id = id;
    view.ibgp = peer.session.ibgp;
    view.stale = path.generation() != peer[family].generation;
    return view;
  }

  void mark(wire::Family family, ViewBuffer& buffer, const std::vector<Candidate>& candidates) const {
    PathView& best = buffer.paths.front();
    best.best = true;
    best.selection_reason = to_string(decide(candidates, s_.settings).reason);
    std::vector<std::size_t> equal;
    for (std::size_t i = 1; i < candidates.size(); ++i)
      if (equal_for_multipath(candidates[0], candidates[i], s_.settings) && lead_the_same_way(buffer, i))
        equal.push_back(i);
    std::sort(equal.begin(), equal.end(),
              [&](std::size_t a, std::size_t b) { return goes_before(candidates[a], candidates[b]); });
    const MaximumPaths& maximum = s_.settings.maximum_paths[family];
    const std::size_t others = (best.ibgp ? maximum.ibgp : maximum.ebgp) - 1;
    if (equal.size() > others) equal.resize(others);
    for (const std::size_t i : equal) buffer.paths[i].multipath = true;
    best.multipath = !equal.empty();
  }

  // As in FRR: external paths from the same AS, internal ones with the same AS_PATH.
  [[nodiscard]] bool lead_the_same_way(const ViewBuffer& buffer, std::size_t other) const {
    if (s_.settings.multipath_relax) return true;
    if (buffer.paths[other].ibgp) return buffer.attributes[other].as_path == buffer.attributes[0].as_path;
    const auto as_of = [&](const PathView& path) { return s_.peers[path.peer->value]->session.peer_as; };
    return as_of(buffer.paths[other]) == as_of(buffer.paths[0]);
  }

  const State& s_;
};

TableSummary Rib::summary(wire::Family family) const {
  const State& s = *state_;
  const Table& table = s.table(family);
  TableSummary summary{table.version, table.routes, table.path_count, table.memory() + s.store.memory()};
  for (const auto& peer : s.peers)
    summary.memory += (*peer)[family].out.memory() + (*peer)[family].received.memory();
  return summary;
}

const PrefixStats& Rib::prefix_stats(PeerId peer) const {
  return state_->at(peer).stats;
}

PeerCounters Rib::counters(PeerId id, wire::Family family) const {
  const Peer& peer = state_->at(id);
  const PeerFamily& side = peer[family];
  PeerCounters counters;
  counters.received = side.entries;
  counters.stale = side.stale;
  counters.accepted = side.accepted;
  counters.advertised = static_cast<std::uint32_t>(side.out.advertised().count());
  counters.pending =
      static_cast<std::uint32_t>(side.out.to_announce().count() + side.out.to_withdraw().count());
  counters.oversized = static_cast<std::uint32_t>(side.out.oversized().count());
  counters.end_of_rib_sent = side.out.end_of_rib_sent;
  counters.default_sent = state_->is_default_sent(side.out, family);
  counters.end_of_rib_received = side.end_of_rib_received;
  const bool external =
      peer.up && side.negotiated && !peer.session.ibgp && peer.settings.ebgp_requires_policy;
  counters.policy_missing_in = external && !side.policy_in->configured();
  counters.policy_missing_out = external && outbound_names(peer.settings.families[family]) == PolicyNames{};
  return counters;
}

void Rib::for_each_route(wire::Family family, const std::function<void(const RouteView&)>& visit) const {
  Section all{std::nullopt, kAll};
  static_cast<void>(for_each_route(family, all, visit));
}

bool Rib::for_each_route(wire::Family family, Section& section,
                         const std::function<void(const RouteView&)>& visit) const {
  const Table& table = state_->table(family);
  NextInOrder next(section);
  for (RouteId route = 0; route < table.prefixes.end(); ++route) {
    const wire::Prefix prefix = table.prefixes.prefix(route);
    if (next.wants(prefix) && table.has_usable(route)) next.add({prefix, 0}, route);
  }
  const Views views(*state_);
  bool more = false;
  for (const auto& [nlri, route] : next.finish(more)) views.route(family, route, visit);
  return more;
}

bool Rib::find(const wire::Prefix& prefix, const std::function<void(const RouteView&)>& visit) const {
  const Table& table = state_->table(prefix.family());
  const RouteId route = table.prefixes.find(prefix);
  if (route == kNoRoute || !table.has_usable(route)) return false;
  Views(*state_).route(prefix.family(), route, visit);
  return true;
}

bool Rib::lookup(const wire::IpAddress& address, const std::function<void(const RouteView&)>& visit) const {
  for (unsigned length = address.bits() + 1; length-- > 0;)
    if (find(wire::Prefix(address, length), visit)) return true;
  return false;
}

void Rib::for_each_received(PeerId id, wire::Family family,
                            const std::function<void(const AdjView&)>& visit) const {
  Section all{std::nullopt, kAll};
  static_cast<void>(for_each_received(id, family, all, visit));
}

bool Rib::for_each_received(PeerId id, wire::Family family, Section& section,
                            const std::function<void(const AdjView&)>& visit) const {
  const State& s = *state_;
  const Table& table = s.table(family);
  const PeerFamily& in = s.at(id)[family];
  NextInOrder next(section);
  for (RouteId route = in.received.next(0); route != kNoRoute; route = in.received.next(route + 1))
    next.add({table.prefixes.prefix(route), 0}, route);
  bool more = false;
  for (const auto& [nlri, route] : next.finish(more)) {
    const PathIndex head = table.head(route);
    for (PathIndex i = head; i != 0;) {
      const Path path = table.paths.get(i);
      const PathIndex index = std::exchange(i, path.next);
      if (!path.is_from(id.value)) continue;
      const std::uint32_t path_id = table.paths.id(index);
      const PathIndex used = path.is_raw() ? table.find(route, id.value, 0, path_id) : index;
      // One line per entry: as received if that is kept, else as accepted.
      if (!path.is_raw() && table.find(route, id.value, Path::kRaw, path_id) != 0) continue;
      const wire::PathAttributes attributes = s.store.load(path.attributes).path;
      visit({nlri.prefix, path_id, &attributes, used == 0, used != 0 && used == head,
             path.generation() != in.generation});
    }
  }
  return more;
}

void Rib::for_each_advertised(PeerId id, wire::Family family,
                              const std::function<void(const AdjView&)>& visit) const {
  Section all{std::nullopt, kAll};
  static_cast<void>(for_each_advertised(id, family, all, visit));
}

bool Rib::for_each_advertised(PeerId id, wire::Family family, Section& section,
                              const std::function<void(const AdjView&)>& visit) const {
  const State& s = *state_;
  const Table& table = s.table(family);
  const PeerOut& out = s.at(id)[family].out;
  bool more = false;
  for (const auto& [nlri, number] : next_of(table, out, out.advertised(), section, more)) {
    wire::PathAttributes attributes = s.store.load(out.sent(number)).path;
    if (attributes.next_hop.address == wire::IpAddress{}) attributes.next_hop = out.next_hop;
    visit({nlri.prefix, nlri.path_id, &attributes, false, true, false});
  }
  return more;
}

void Rib::for_each_oversized(PeerId id, wire::Family family,
                             const std::function<void(const wire::Prefix&)>& visit) const {
  const Table& table = state_->table(family);
  const PeerOut& out = state_->at(id)[family].out;
  Section all{std::nullopt, kAll};
  bool more = false;
  for (const auto& [nlri, number] : next_of(table, out, out.oversized(), all, more)) visit(nlri.prefix);
}

std::vector<PeerId> Rib::advertised_to(const wire::Prefix& prefix) const {
  std::vector<PeerId> peers;
  const Table& table = state_->table(prefix.family());
  const RouteId route = table.prefixes.find(prefix);
  if (route == kNoRoute) return peers;
  const auto has = [&](const PeerOut& out) {
    if (out.group() == nullptr || !out.group()->key().add_path) return out.advertised().test(route);
    for (EntryId id = table.entries->first(route); id != kNoEntry; id = table.entries->get(id).next)
      if (out.advertised().test(id)) return true;
    return false;
  };
  for (const auto& peer : state_->peers)
    if (const PeerOut& out = (*peer)[prefix.family()].out; has(out)) peers.push_back({out.peer()});
  return peers;
}

std::string_view Rib::blocked_reason(PeerId id, wire::Family family) const {
  return state_->at(id)[family].blocked;
}

}  // namespace lbgp::rib
