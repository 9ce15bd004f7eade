// SPDX-License-Identifier: Apache-2.0
// From a change of paths to what peers still have to be told.
#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <utility>

#include "rib/path_selection.hpp"
#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

// What a route costs for each export group, besides the policy: several groups are several times the work.
constexpr std::size_t kExportEffort = 4;

}  // namespace

BestPath Rib::State::best(wire::Family family, RouteId route) const {
  return as_best(family, table(family).head(route));
}

BestPath Rib::State::as_best(wire::Family family, PathIndex head) const {
  if (head == 0) return {};
  const Path path = table(family).paths.get(head);
  return path.is_raw() ? BestPath{} : for_export(family, path);
}

BestPath Rib::State::for_export(wire::Family family, const Path& path) const {
  if (path.is_local()) return {path.attributes, {}, BestPath::kNoPeer};
  const Peer& peer = *peers[path.source()];
  const FamilySettings& per_family = peer.settings.families[family];
  if (!peer.session.ibgp)
    return {path.attributes,
            {per_family.route_server_client ? SourceKind::RsClient : SourceKind::Ebgp, {}},
            path.source()};
  const bool client = per_family.route_reflector_client;
  return {
      path.attributes, {client ? SourceKind::Client : SourceKind::Ibgp, peer.session.peer_id}, path.source()};
}

Candidate Rib::State::candidate(wire::Family family, PathIndex index, bool selected) const {
  const PathPool& paths = table(family).paths;
  const Path path = paths.get(index);
  Candidate candidate;
  candidate.key = store.key(path.attributes);
  candidate.selected = selected;
  candidate.local = path.is_local();
  if (path.is_local()) {
    candidate.owner = owners.name(path.source());
    candidate.aggregate = is_aggregate(path);
    return candidate;
  }
  const Peer& peer = *peers[path.source()];
  candidate.ebgp = !peer.session.ibgp;
  candidate.router_id = peer.session.peer_id;
  candidate.neighbor = peer.settings.address;
  candidate.path_id = paths.id(index);
  if (peer.session.ibgp && settings.maximum_paths[family].equal_cluster_length)
    candidate.igp_metric = candidate.key.cluster_length;
  if (settings.compare_aigp) candidate.aigp = store.load(path.attributes).path.aigp;
  // RFC 5065 §5.3: what is not counted by default.
  if (settings.count_confederations)
    candidate.key.path_length = static_cast<std::uint16_t>(
        candidate.key.path_length + store.load(path.attributes).path.as_path.confederation_length());
  return candidate;
}

PathIndex Rib::State::choose(wire::Family family, RouteId route) const {
  const Table& in = table(family);
  const PathIndex head = in.head(route);
  if (head == 0) return 0;
  const Path only = in.paths.get(head);
  if (only.next != 0) return choose_among(family, head, in.present_best(route));
  return only.is_raw() ? 0 : head;
}

PathIndex Rib::State::choose_beside(wire::Family family, RouteId route, PathIndex added,
                                    Comparison& last) const {
  const Table& in = table(family);
  const PathIndex head = in.head(route);
  const Path best = in.paths.get(head);
  if (head == added || best.is_raw()) return choose(family, route);
  const Path other = in.paths.get(added);
  const bool known = !best.is_local() && best.attributes == last.best && best.source() == last.best_source &&
                     other.attributes == last.added &&
                     store.generation(best.attributes) == last.best_generation;
  if (!known)
    last = {best.attributes, best.source(), store.generation(best.attributes), other.attributes,
            beats_best(candidate(family, added, false), candidate(family, head, true), settings)};
  if (!last.wins) return choose_among_alike(family, head, last);
  return *last.wins ? added : head;
}

PathIndex Rib::State::choose_among_alike(wire::Family family, PathIndex head, Comparison& last) const {
  const PathPool& paths = table(family).paths;
  decltype(last.rivals) rivals;
  boost::container::static_vector<PathIndex, 8> indices;
  for (PathIndex i = head; i != 0;) {
    const Path path = paths.get(i);
    if (path.is_local() || path.is_raw() || rivals.size() == rivals.capacity())
      return choose_among(family, head, head);
    rivals.push_back({path.attributes, store.generation(path.attributes), path.source(), paths.id(i)});
    indices.push_back(std::exchange(i, path.next));
  }
  if (rivals == last.rivals) return indices[last.place];
  const PathIndex chosen = choose_among(family, head, head);
  last.rivals = rivals;
  last.place = static_cast<std::size_t>(std::find(indices.begin(), indices.end(), chosen) - indices.begin());
  return chosen;
}

PathIndex Rib::State::choose_among(wire::Family family, PathIndex head, PathIndex present) const {
  const Table& in = table(family);
  boost::container::small_vector<PathIndex, 8> indices;
  for (PathIndex i = head; i != 0;) {
    const Path path = in.paths.get(i);
    if (!path.is_raw()) indices.push_back(i);
    i = path.next;
  }
  if (indices.size() <= 1) return indices.empty() ? 0 : indices.front();
  boost::container::small_vector<Candidate, 8> candidates;
  for (const PathIndex i : indices) candidates.push_back(candidate(family, i, i == present));
  return indices[decide({candidates.data(), candidates.size()}, settings).best];
}

void Rib::State::reselect(wire::Family family, RouteId route, const BestPath& before, bool always_touch) {
  const PathIndex chosen = choose(family, route);
  table(family).best_is_chosen();
  select(family, route, before, chosen, always_touch);
}

void Rib::State::select(wire::Family family, RouteId route, const BestPath& before, PathIndex chosen,
                        bool always_touch) {
  Table& in = table(family);
  if (chosen != 0 && chosen != in.head(route)) in.make_best(route, chosen);
  const BestPath after = best(family, route);
  if (in.aggregates || !in.conditions.empty()) recount(family, route);
  if (in.entries) export_paths(family, route);
  if (after == before) {
    if (always_touch) in.touch(route);
    return;
  }
  in.touch(route);
  if (before.attributes == kNoAttr) ++in.routes;
  if (after.attributes == kNoAttr) --in.routes;
  const bool suppressed = is_suppressed(family, route);
  for (const auto& group : in.groups)
    if (!group->key().add_path)
      export_path(*group, route, route, after, suppressed, before.peer != after.peer);
}

Rib::State::Rivals Rib::State::rivals(wire::Family family, RouteId route) const {
  const Table& in = table(family);
  const PathIndex head = in.head(route);
  Rivals rivals;
  std::size_t local = 0;  // 1 + its place
  for (PathIndex i = head; i != 0;) {
    const Path path = in.paths.get(i);
    const PathIndex index = std::exchange(i, path.next);
    if (path.is_raw()) continue;
    const Candidate each = candidate(family, index, index == head);
    if (each.local && local != 0) {
      if (owner_goes_before(rivals.candidates[local - 1], each)) continue;
      rivals.paths[local - 1] = index;
      rivals.candidates[local - 1] = each;
      continue;
    }
    rivals.paths.push_back(index);
    rivals.candidates.push_back(each);
    if (each.local) local = rivals.paths.size();
  }
  return rivals;
}

void Rib::State::export_route(ExportGroup& group, RouteId route) {
  const wire::Family family = group.key().family;
  if (group.key().add_path)
    export_paths(family, route, &group);
  else
    export_path(group, route, route, best(family, route), is_suppressed(family, route), false);
}

void Rib::State::export_paths(wire::Family family, RouteId route, ExportGroup* only) {
  Table& in = table(family);
  PathEntries& entries = *in.entries;
  const Rivals all = rivals(family, route);
  for (std::size_t i = 0; i < all.paths.size(); ++i)
    entries.admit(route, all.paths[i], all.candidates[i].local);
  if (route == in.default_route) entries.admit_own(route);
  const bool suppressed = is_suppressed(family, route);
  const auto place_of = [&](PathIndex path) {
    return static_cast<std::size_t>(std::find(all.paths.begin(), all.paths.end(), path) - all.paths.begin());
  };
  const auto each_entry = [&](auto&& visit) {
    for (EntryId id = entries.first(route); id != kNoEntry;) {
      const PathEntries::Entry entry = entries.get(id);
      const BestPath path = entry.path != 0 ? for_export(family, in.paths.get(entry.path)) : BestPath{};
      visit(std::exchange(id, entry.next), entry, path);
    }
  };
  for (const auto& group : in.groups) {
    if (!group->key().add_path || (only != nullptr && only != group.get())) continue;
    const auto chosen =
        select_paths({all.candidates.data(), all.candidates.size()}, group->key().paths, settings);
    each_entry([&](EntryId id, const PathEntries::Entry& entry, const BestPath& path) {
      const bool sent = entry.path != 0 && chosen[place_of(entry.path)];
      export_path(*group, id, route, sent ? path : BestPath{}, suppressed, entry.source != path.peer);
    });
  }
  each_entry([&](EntryId id, const PathEntries::Entry& entry, const BestPath& path) {
    if (entry.path != 0) entries.set_source(id, path.peer);
  });
}

PolicyContext Rib::State::context_of(const wire::Prefix& prefix, std::uint32_t peer) const {
  PolicyContext context{prefix, std::nullopt};
  context.effort = &effort;
  if (peer == BestPath::kNoPeer) return context;
  const PeerSettings& source = peers[peer]->settings;
  context.source = source.address;
  context.source_name = source.name;
  context.source_group = source.peer_group;
  return context;
}

PolicyContext Rib::State::export_context(const wire::Prefix& prefix, const BestPath& path,
                                         bool suppressed) const {
  PolicyContext context = context_of(prefix, path.peer);
  context.outbound = true;
  context.suppressed = suppressed;
  if (path.peer == BestPath::kNoPeer && path.attributes != kNoAttr) context.pool = pool_of(prefix);
  return context;
}

AttrId Rib::State::evaluate(ExportGroup& group, RouteId route, const BestPath& path, bool suppressed) {
  if (path.attributes == kNoAttr) return kNoAttr;
  if (const auto known = group.recall(path, suppressed)) return *known;
  const wire::Prefix prefix = table(group.key().family).prefixes.prefix(route);
  return group.evaluate(path, export_context(prefix, path, suppressed), settings.default_local_pref);
}

void Rib::State::export_path(ExportGroup& group, std::uint32_t id, RouteId route, const BestPath& path,
                             bool suppressed, bool source_changed) {
  effort += kExportEffort;
  const bool is_default = group.key().default_originate && route == table(group.key().family).default_route;
  AttrId after = is_default ? originate_default(group, id) : evaluate(group, route, path, suppressed);
  if (after != kNoAttr && group.wanted(id) == kNoAttr && group.turn_away())
    store.release(std::exchange(after, kNoAttr));
  const AttrId before = group.set_wanted(id, after);
  // There may be room for what was turned away.
  if (before != kNoAttr && after == kNoAttr && std::exchange(group.turned_away, false))
    postpone({Job::Kind::BuildGroup, group.key().family, 0, &group, 0});
  if (before != after || (source_changed && after != kNoAttr)) {
    const std::uint32_t source = is_default ? BestPath::kNoPeer : path.peer;
    const PeerOut::Change change{
        id, before, after, source, group.originator(after), group.previous(id) != nullptr};
    for (PeerOut* member : group.members) {
      member->on_change(change);
      mark_ready(*peers[member->peer()]);
    }
  }
  store.release(before);
}

}  // namespace lbgp::rib
