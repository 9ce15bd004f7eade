// SPDX-License-Identifier: Apache-2.0
// The walk along pending bits and attribute lists that fills messages.
#include "rib/packer.hpp"

namespace lbgp::rib {

namespace {

// With at least this share of a list pending it pays to walk all of it.
constexpr std::size_t kBulkShare = 8;

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
// routes.
PeerOut::Place Packer::choose_place() {
  const ExportGroup& group = *peer_.group();
  const PeerOut::Place kept = peer_.place;
  peer_.place = {};
  if (kept.route != kNoRoute && group.wanted(kept.route) == kept.attributes) return kept;
  RouteId route = peer_.to_announce().next(peer_.cursor);
  if (route == kNoRoute) route = peer_.to_announce().next(0);
  peer_.cursor = route + 1;
  const AttrId attributes = group.wanted(route);
  const ExportGroup::List list = group.list(attributes);
  const bool bulk = peer_.to_announce().count() * kBulkShare >= list.size;
  return {attributes, bulk ? list.head : route};
}

void Packer::pack_announcements(wire::Bytes& out, std::size_t limit) {
  while (!peer_.to_announce().empty() && out.size() < limit && steps_ < kMaxSteps) {
    PeerOut::Place place = choose_place();
    pack_list(place, out, limit);
    if (place.route != kNoRoute) peer_.place = place;
  }
}

void Packer::pack_list(PeerOut::Place& place, wire::Bytes& out, std::size_t limit) {
  ExportGroup& group = *peer_.group();
  wire::NextHop next_hop = peer_.next_hop;
  const wire::Bytes& block = group.block(place.attributes, next_hop);
  wire::UpdateWriter writer(codec_, group.key().family, block, next_hop);
  RouteId& route = place.route;
  while (route != kNoRoute && out.size() < limit && steps_ < kMaxSteps) {
    ++steps_;
    if (peer_.to_announce().test(route)) {
      if (!writer.add(table_.nlri(group, route))) {
        if (!writer.empty()) {
          writer.finish(out);
          continue;
        }
        peer_.never_fits(route);
      } else {
        peer_.announced(route);
      }
    }
    route = group.next(route);
  }
  if (!writer.empty()) writer.finish(out);
}

}  // namespace lbgp::rib
