// SPDX-License-Identifier: Apache-2.0
// Sessions' outgoing side: groups, End-of-RIB, pulling.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rib/packer.hpp"
#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

// Our address for a family on this session, or why there is none.
struct OwnNextHop {
  std::optional<wire::NextHop> next_hop;
  std::string blocked;
};

OwnNextHop own_next_hop(const Peer& peer, wire::Family family) {
  OwnNextHop own{peer.session.local_next_hop[family], {}};
  if (const auto& configured = peer.settings.next_hop[family]) own.next_hop = wire::NextHop{*configured, {}};
  if (!own.next_hop) {
    own.blocked = peer.session.no_next_hop[family];
    if (own.blocked.empty()) own.blocked = fmt::format("no next hop for {}", wire::to_string(family));
    return own;
  }
  const bool is_v4 = own.next_hop->address.is_v4();
  const bool fits = family == wire::Family::Ipv6Unicast
                        ? !is_v4
                        : is_v4 || peer.session.codec.extended_next_hop.contains(family);
  if (!fits)
    own = {std::nullopt, fmt::format("next hop {} cannot carry {} on this session",
                                     wire::to_string(own.next_hop->address), wire::to_string(family))};
  return own;
}

wire::Prefix default_prefix(wire::Family family) {
  return {family == wire::Family::Ipv4Unicast ? wire::IpAddress{} : wire::IpAddress::v6({}), 0};
}

}  // namespace

Bitmap Rib::State::withheld_from(const Peer& peer, const ExportGroup& group) const {
  const wire::Family family = group.key().family;
  const std::uint32_t number = peer[family].out.peer();
  const Bitmap& received = peer[family].received;
  const Table& in = table(family);
  Bitmap from;
  if (peer[family].out.silent) {
    from.insert_all(group.routes());
    return from;
  }
  for (RouteId route = received.next(0); route != kNoRoute; route = received.next(route + 1)) {
    // What it is told there does not come from the table.
    if (route == in.default_route && group.key().default_originate) continue;
    if (!group.key().add_path) {
      if (best(family, route).peer == number) from.set(route);
      continue;
    }
    for (EntryId id = in.entries->first(route); id != kNoEntry;) {
      const PathEntries::Entry entry = in.entries->get(id);
      if (entry.source == number) from.set(id);
      id = entry.next;
    }
  }
  group.insert_from(peer[family].out.router_id, from);
  return from;
}

ExportGroup& Rib::State::group_for(wire::Family family, const ExportKey& key) {
  auto& groups = table(family).groups;
  const auto found =
      std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group->key() == key; });
  if (found != groups.end()) return **found;
  auto& entries = table(family).entries;
  if (key.add_path && !entries) entries = std::make_unique<PathEntries>();
  if (key.default_originate) {
    Table& in = table(family);
    if (in.default_route == kNoRoute) in.default_route = in.prefixes.insert(default_prefix(family));
    condition_wanted(family, key.default_route_map);
  }
  groups.push_back(std::make_unique<ExportGroup>(key, export_policies(key), store));
  return *groups.back();
}

void Rib::State::drop_unused_groups(wire::Family family) {
  auto& groups = table(family).groups;
  const auto unused = [&](const std::unique_ptr<ExportGroup>& group) {
    const bool expected = std::any_of(peers.begin(), peers.end(), [&](const auto& peer) {
      return peer && (*peer)[family].next_group == group.get();
    });
    if (expected || !group->members.empty()) return false;
    cancel_jobs_of(*group);
    return true;
  };
  std::erase_if(groups, unused);
  const auto any = [&](auto&& holds) {
    return std::any_of(groups.begin(), groups.end(), [&](const auto& group) { return holds(group->key()); });
  };
  Table& in = table(family);
  if (!any([](const ExportKey& key) { return key.add_path; })) in.entries.reset();
  std::erase_if(in.conditions, [&](const auto& condition) {
    return !any([&](const ExportKey& key) { return key.default_route_map == condition.first; });
  });
  if (in.default_route == kNoRoute || any([](const ExportKey& key) { return key.default_originate; })) return;
  if (in.head(in.default_route) == 0) in.dying.set(in.default_route);
  in.default_route = kNoRoute;
}

void Rib::State::open_output(Peer& peer, wire::Family family) {
  PeerFamily& side = peer[family];
  side.negotiated = peer.session.codec.families.contains(family);
  if (!side.negotiated) return;
  const OwnNextHop own = own_next_hop(peer, family);
  side.blocked = own.blocked;
  side.out.silent = !own.next_hop;
  side.out.next_hop = own.next_hop.value_or(wire::NextHop{});
  side.out.router_id = peer.session.peer_id;
  side.out.address = peer.settings.address;
  ExportGroup& group =
      group_for(family, make_export_key(settings, peer.settings, peer.session, family, pools));
  const bool is_new = group.members.empty() && group.building;
  side.out.join(group, withheld_from(peer, group));
  if (is_new) start({Job::Kind::BuildGroup, family, 0, &group, 0});
}

void Rib::State::close_output(Peer& peer, wire::Family family) {
  PeerFamily& side = peer[family];
  side.out.leave();
  side.next_group = nullptr;
  side.negotiated = false;
  side.blocked.clear();
  drop_unused_groups(family);
}

// After a change of settings with the session up: the peer goes where its new key belongs. It stays where it
// is until that group knows what it wants, then only the difference is sent.
void Rib::State::regroup(Peer& peer, wire::Family family) {
  PeerFamily& side = peer[family];
  if (!peer.up || !side.negotiated) return;
  const OwnNextHop own = own_next_hop(peer, family);
  side.blocked = own.blocked;
  const bool was_silent = std::exchange(side.out.silent, !own.next_hop);
  const bool next_hop_changed = own.next_hop && side.out.next_hop != *own.next_hop;
  if (own.next_hop) side.out.next_hop = *own.next_hop;  // else the one that it still has
  if (was_silent != side.out.silent) {
    ExportGroup& same = *side.out.group();
    side.out.move(same, withheld_from(peer, same), table(family).end_of(same));
  }
  const ExportKey key = make_export_key(settings, peer.settings, peer.session, family, pools);
  if (key == side.out.group()->key()) {
    side.next_group = nullptr;
  } else {
    ExportGroup& group = group_for(family, key);
    const bool is_new = group.members.empty() && group.building;
    side.next_group = &group;
    if (is_new)
      start({Job::Kind::BuildGroup, family, 0, &group, 0});
    else if (!group.building)
      finish_group(family, group);
  }
  if (next_hop_changed) side.out.refresh(withheld_from(peer, *side.out.group()));
  drop_unused_groups(family);
  mark_ready(peer);
}

void Rib::State::finish_group(wire::Family family, ExportGroup& group) {
  group.building = false;
  for (const auto& peer : peers) {
    if (!peer) continue;
    PeerFamily& side = (*peer)[family];
    if (side.next_group == &group) {
      side.next_group = nullptr;
      side.out.move(group, withheld_from(*peer, group), table(family).end_of(group));
    }
    if (side.out.group() == &group) mark_ready(*peer);
  }
}

bool Rib::State::gated(const PeerFamily& family) const {
  return family.next_group != nullptr || (family.out.group() != nullptr && family.out.group()->building);
}

bool Rib::State::owes_end_of_rib(const PeerFamily& family) const {
  return end_of_rib_released && family.negotiated && !family.out.end_of_rib_sent && !gated(family);
}

// RFC 7313 §4: BoRR stands behind our End-of-RIB.
bool Rib::State::owes_begin_of_refresh(const Peer& peer, const PeerFamily& family) const {
  const PeerOut::Refreshing& refresh = family.out.refreshing;
  const bool may_begin = family.out.end_of_rib_sent || !peer.session.enhanced_route_refresh;
  return refresh.wanted && !refresh.running && may_begin && !gated(family);
}

bool Rib::State::has_output(const Peer& peer) const {
  return peer.up && std::any_of(peer.families.begin(), peer.families.end(), [&](const PeerFamily& family) {
           return !gated(family) && (family.out.has_pending() || owes_end_of_rib(family) ||
                                     owes_begin_of_refresh(peer, family) || family.out.refreshing.running);
         });
}

void Rib::State::mark_ready(Peer& peer) {
  if (peer.in_ready || !has_output(peer)) return;
  peer.in_ready = true;
  ready.push_back({peer.families.front().out.peer()});
}

void Rib::peer_up(PeerId id, const PeerSession& session, TimePoint now) {
  State& s = *state_;
  Peer& peer = s.at(id);
  if (peer.up) peer_down(id, {});
  s.now_seconds = std::max(s.now_seconds, seconds_of(now));
  // RFC 4724 §4.2 knows a peer by its address; who comes with another identifier is somebody else, who cannot
  // confirm the routes of that one (RFC 4456 §8 has them carry its name).
  if (peer.session.peer_id != session.peer_id)
    for (const wire::Family family : wire::kFamilies) s.flush_stale(peer, family);
  peer.session = session;
  peer.up = true;
  for (const wire::Family family : wire::kFamilies) {
    PeerFamily& side = peer[family];
    // RFC 4724 §4.2: a family that did not come back has no one to confirm its stale routes.
    if (!session.codec.families.contains(family)) s.flush_stale(peer, family);
    const FamilySettings& settings = peer.settings.families[family];
    side.keeps_raw = settings.keeps_raw();
    s.open_output(peer, family);
  }
  s.mark_ready(peer);
}

void Rib::change_next_hops(PeerId id, const PeerSession& session) {
  Peer& peer = state_->at(id);
  peer.session = session;
  for (const wire::Family family : wire::kFamilies) state_->regroup(peer, family);
}

void Rib::peer_down(PeerId id, wire::FamilySet keep_stale, wire::FamilySet keep_older) {
  State& s = *state_;
  Peer& peer = s.at(id);
  peer.up = false;
  for (const wire::Family family : wire::kFamilies) {
    s.close_output(peer, family);
    s.end_session(peer, family, keep_stale.contains(family), keep_older.contains(family));
    s.sweep_ids(family);
  }
  s.settle();
}

void Rib::on_route_refresh(PeerId id, wire::Family family) {
  Peer& peer = state_->at(id);
  PeerFamily& side = peer[family];
  if (!peer.up || side.out.group() == nullptr) return;
  side.out.refreshing.wanted = true;
  state_->mark_ready(peer);
}

bool Rib::end_of_rib_sent(PeerId id) const {
  const Peer& peer = state_->at(id);
  return peer.up && std::all_of(peer.families.begin(), peer.families.end(), [](const PeerFamily& family) {
           return !family.negotiated || family.out.end_of_rib_sent;
         });
}

void Rib::release_end_of_rib() {
  state_->end_of_rib_released = true;
  for (const auto& peer : state_->peers)
    if (peer) state_->mark_ready(*peer);
}

bool Rib::pull(PeerId id, wire::Bytes& out, std::size_t budget, Pull what) {
  State& s = *state_;
  Peer& peer = s.at(id);
  const std::size_t limit = out.size() + budget;
  const auto each = [&](auto&& pack) {
    for (const wire::Family turn : wire::kFamilies) {
      const bool other = peer.ipv6_first != (turn == wire::Family::Ipv6Unicast);
      const wire::Family family = other ? wire::Family::Ipv6Unicast : wire::Family::Ipv4Unicast;
      PeerFamily& side = peer[family];
      if (!peer.up || s.gated(side) || out.size() >= limit) continue;
      Packer packer(peer.session.codec, s.table(family), side.out);
      pack(packer, side, family);
    }
  };
  const auto demarcate = [&](wire::Family family, wire::RouteRefresh::Subtype subtype) {
    if (!peer.session.enhanced_route_refresh) return;
    const auto marker =
        wire::encode(wire::RouteRefresh{wire::afi_safi(family), static_cast<std::uint8_t>(subtype)});
    out.insert(out.end(), marker.begin(), marker.end());
  };
  each([&](Packer& packer, PeerFamily&, wire::Family) { packer.pack_withdrawals(out, limit); });
  if (what == Pull::Withdrawals) return s.has_output(peer);
  // RFC 7313 §4: BoRR, the whole Adj-RIB-Out, EoRR; RFC 2918 §4 without the first and the last. Asked again
  // meanwhile, and however often, it is done once more: a peer that asks all the time delays itself only.
  each([&](Packer&, PeerFamily& side, wire::Family family) {
    if (!s.owes_begin_of_refresh(peer, side)) return;
    demarcate(family, wire::RouteRefresh::Subtype::Begin);
    side.out.refreshing = {.wanted = false, .running = true};
    side.out.refresh(s.withheld_from(peer, *side.out.group()));
  });
  each([&](Packer& packer, PeerFamily&, wire::Family) { packer.pack_announcements(out, limit); });
  // Withdrawals of what turned out too big.
  each([&](Packer& packer, PeerFamily&, wire::Family) { packer.pack_withdrawals(out, limit); });
  each([&](Packer&, PeerFamily& side, wire::Family family) {
    if (side.out.has_pending() || !side.out.refreshing.running) return;
    demarcate(family, wire::RouteRefresh::Subtype::End);
    side.out.refreshing.running = false;
  });
  each([&](Packer&, PeerFamily& side, wire::Family family) {
    if (side.out.has_pending() || !s.owes_end_of_rib(side)) return;
    const wire::Bytes marker = wire::encode_end_of_rib(family);
    out.insert(out.end(), marker.begin(), marker.end());
    side.out.end_of_rib_sent = true;
  });
  peer.ipv6_first = !peer.ipv6_first;
  for (const wire::Family family : wire::kFamilies) s.sweep_ids(family);
  return s.has_output(peer);
}

bool Rib::has_output(PeerId id) const {
  return state_->has_output(state_->at(id));
}

std::vector<PeerId> Rib::take_ready() {
  std::vector<PeerId> ready = std::move(state_->ready);
  state_->ready.clear();
  for (const PeerId id : ready) state_->at(id).in_ready = false;
  std::sort(ready.begin(), ready.end());
  return ready;
}

}  // namespace lbgp::rib
