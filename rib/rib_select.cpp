// SPDX-License-Identifier: Apache-2.0
// From a change of paths to what peers still have to be told.
#include <boost/container/small_vector.hpp>

#include "rib/state.hpp"

namespace lbgp::rib {

BestPath Rib::State::best(wire::Family family, RouteId route) const {
  const Table& in = table(family);
  const PathIndex head = in.head(route);
  if (head == 0) return {};
  const Path path = in.paths.get(head);
  if (path.is_raw()) return {};
  if (path.is_local()) return {path.attributes, SourceKind::Local, BestPath::kNoPeer};
  const Peer& peer = *peers[path.source()];
  return {path.attributes, peer.session.ibgp ? SourceKind::Ibgp : SourceKind::Ebgp, path.source()};
}

Candidate Rib::State::candidate(const Path& path, bool selected) const {
  Candidate candidate;
  candidate.key = store.key(path.attributes);
  candidate.selected = selected;
  candidate.local = path.is_local();
  if (path.is_local()) {
    candidate.owner = owners.name(path.source());
    return candidate;
  }
  const Peer& peer = *peers[path.source()];
  candidate.ebgp = !peer.session.ibgp;
  candidate.router_id = peer.session.peer_id;
  candidate.neighbor = peer.settings.address;
  candidate.path_id = path.id;
  if (settings.compare_aigp) candidate.aigp = store.load(path.attributes).path.aigp;
  return candidate;
}

PathIndex Rib::State::choose(wire::Family family, RouteId route) const {
  const Table& in = table(family);
  const PathIndex head = in.head(route);
  boost::container::small_vector<PathIndex, 8> indices;
  for (PathIndex i = head; i != 0;) {
    const Path path = in.paths.get(i);
    if (!path.is_raw()) indices.push_back(i);
    i = path.next;
  }
  if (indices.size() <= 1) return indices.empty() ? 0 : indices.front();
  boost::container::small_vector<Candidate, 8> candidates;
  for (const PathIndex i : indices) candidates.push_back(candidate(in.paths.get(i), i == head));
  return indices[decide({candidates.data(), candidates.size()}, settings).best];
}

void Rib::State::reselect(wire::Family family, RouteId route, const BestPath& before, bool always_touch) {
  Table& in = table(family);
  const PathIndex chosen = choose(family, route);
  if (chosen != 0 && chosen != in.head(route)) in.make_best(route, chosen);
  const BestPath after = best(family, route);
  if (after == before) {
    if (always_touch) in.touch(route);
    return;
  }
  in.touch(route);
  if (before.attributes == kNoAttr) ++in.routes;
  if (after.attributes == kNoAttr) --in.routes;
  for (const auto& group : in.groups) export_route(*group, route, after, before.peer != after.peer);
}

void Rib::State::export_route(ExportGroup& group, RouteId route, const BestPath& best, bool source_changed) {
  const wire::Family family = group.key().family;
  PolicyContext context{table(family).prefixes.prefix(route), std::nullopt};
  if (best.peer != BestPath::kNoPeer) context.source = peers[best.peer]->settings.address;
  const AttrId after = group.evaluate(best, context, settings.default_local_pref);
  const AttrId before = group.set_wanted(route, after);
  if (before != after || source_changed) {
    const PeerOut::Change change{route, before, after, best.peer, group.previous(route) != nullptr};
    for (PeerOut* member : group.members) {
      member->on_change(change);
      mark_ready(*peers[member->peer()]);
    }
  }
  store.release(before);
}

}  // namespace lbgp::rib
