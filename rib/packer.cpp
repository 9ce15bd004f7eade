// SPDX-License-Identifier: Apache-2.0
// The walk along pending bits and attribute lists that fills messages.
#include "rib/packer.hpp"

#include <algorithm>
#include <utility>

namespace lbgp::rib {

namespace {

// With at least this share of a list pending it pays to walk all of it.
constexpr std::size_t kBulkShare = 8;

// What fits a message or two is packed again for each peer.
constexpr std::size_t kFewRoutes = 256;

}  // namespace

void Packer::pack_withdrawals(wire::Bytes& out, std::size_t limit) {
  if (peer_.to_withdraw().empty()) return;
  const ExportGroup& group = *peer_.group();
  wire::WithdrawWriter writer(codec_, group.key().family);
  RouteId route = peer_.to_withdraw().next(0);
  while (route != kNoRoute && out.size() < limit) {
    if (!writer.add(table_.nlri(group, route))) {
      writer.finish(out);
      continue;
    }
    peer_.withdrawn(route);
    route = peer_.to_withdraw().next(route + 1);
  }
  if (!writer.empty()) writer.finish(out);
}

// Where the last call stopped, if that still stands; else the next pending route after the last one chosen,
// so that no route waits for ever behind others. A bulk starts at the head of the list, to find all of its
// routes, or behind those that the peer has been told of; once, for they may be pending for another reason.
PeerOut::Place Packer::choose_place() {
  const ExportGroup& group = *peer_.group();
  const PeerOut::Place kept = std::exchange(peer_.place, {});
  const PeerOut::Place told = std::exchange(peer_.told, {});
  if (kept.route != kNoRoute && group.wanted(kept.route) == kept.attributes) return kept;
  RouteId route = peer_.to_announce().next(peer_.cursor);
  if (route == kNoRoute) route = peer_.to_announce().next(0);
  peer_.cursor = route + 1;
  const AttrId attributes = group.wanted(route);
  const ExportGroup::List list = group.list(attributes);
  const bool bulk = peer_.to_announce().count() * kBulkShare >= list.size;
  if (!bulk) return {attributes, route};
  const bool resumes = told.attributes == attributes && group.wanted(told.route) == attributes;
  const RouteId behind = resumes ? group.next(told.route) : kNoRoute;
  return {attributes, behind != kNoRoute ? behind : list.head};
}

void Packer::pack_announcements(wire::Bytes& out, std::size_t limit) {
  if (peer_.to_announce().empty()) return;
  if (!peer_.group()->list(peer_.to_announce(), kMaxSteps)) return;
  while (!peer_.to_announce().empty() && out.size() < limit && steps_ < kMaxSteps) {
    PeerOut::Place place = choose_place();
    if (leads_to_peer(place.attributes))
      pass_over_list(place);
    else if (!take_run(place, out))
      pack_list(place, out, std::min(limit, out.size() + PackedRun::kOctets));
    if (place.route != kNoRoute)
      peer_.place = place;
    else
      peer_.told = {place.attributes, peer_.group()->list(place.attributes).tail};
  }
  if (peer_.to_announce().empty()) peer_.group()->forget_when_told();
}

bool Packer::take_run(PeerOut::Place& place, wire::Bytes& out) {
  const PackedRun* run = peer_.group()->runs.find(place.attributes, place.route, codec_, peer_.next_hop);
  if (run == nullptr || !peer_.announced(*run)) return false;
  out.insert(out.end(), run->octets.begin(), run->octets.end());
  place.route = run->next;
  return true;
}

// RFC 4271 §5.1.3.
bool Packer::leads_to_peer(AttrId attributes) const {
  wire::NextHop next_hop = peer_.next_hop;
  static_cast<void>(peer_.group()->block(attributes, next_hop));
  return next_hop.address == peer_.address && !next_hop.address.is_unspecified();
}

void Packer::pass_over_list(PeerOut::Place& place) {
  for (; place.route != kNoRoute && steps_ < kMaxSteps; place.route = peer_.group()->next(place.route)) {
    ++steps_;
    if (peer_.to_announce().test(place.route)) peer_.leads_to_it(place.route);
  }
}

void Packer::pack_list(PeerOut::Place& place, wire::Bytes& out, std::size_t limit) {
  ExportGroup& group = *peer_.group();
  wire::NextHop next_hop = peer_.next_hop;
  const wire::Bytes& block = group.block(place.attributes, next_hop);
  wire::UpdateWriter writer(codec_, group.key().family, block, next_hop);
  const std::size_t begin = out.size();
  PackedRun run{place.attributes, place.route, kNoRoute, codec_, peer_.next_hop, {}, {}};
  bool for_others = group.members.size() > 1 && group.list(place.attributes).size > kFewRoutes;
  RouteId& route = place.route;
  while (route != kNoRoute && out.size() < limit && steps_ < kMaxSteps) {
    ++steps_;
    if (!peer_.to_announce().test(route)) {
      for_others = false;
    } else if (!writer.add(table_.nlri(group, route))) {
      if (!writer.empty()) {
        writer.finish(out);
        continue;
      }
      for_others = false;
      peer_.never_fits(route);
    } else {
      for_others = for_others && !peer_.advertised().test(route) && run.add(route);
      peer_.announced(route);
    }
    route = group.next(route);
  }
  if (!writer.empty()) writer.finish(out);
  if (!for_others) return;
  run.next = route;
  run.octets.assign(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end());
  group.runs.keep(std::move(run));
}

}  // namespace lbgp::rib
