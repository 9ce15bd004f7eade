// SPDX-License-Identifier: Apache-2.0
// Answers to "why": the functions that decide, asked again with somebody who takes notes.
#include <algorithm>
#include <utility>

#include "rib/path_selection.hpp"
#include "rib/state.hpp"

namespace lbgp::rib {

class Rib::Explain {
 public:
  using State = Rib::State;
  Explain(const State& state, PeerId peer, const wire::Prefix& prefix)
      : s_(state),
        peer_(state.at(peer)),
        number_(peer.value),
        prefix_(prefix),
        table_(state.table(prefix.family())),
        side_(peer_[prefix.family()]),
        route_(table_.prefixes.find(prefix)) {}

  [[nodiscard]] std::vector<ExportView> exported() const {
    if (!peer_.up) return {fate(ExportFate::SessionDown)};
    if (!side_.negotiated) return {fate(ExportFate::NotNegotiated)};
    const ExportGroup& group = *side_.out.group();
    if (side_.out.silent) return {no_next_hop(group)};
    if (route_ == kNoRoute) return {fate(ExportFate::NoPath)};
    if (!group.key().add_path) return {view(group, route_, s_.best(prefix_.family(), route_), true)};
    std::vector<ExportView> views = each_path(group);
    if (views.empty()) views.push_back(fate(ExportFate::NoPath));
    return views;
  }

  [[nodiscard]] std::vector<InboundView> received() const {
    std::vector<InboundView> views;
    if (route_ == kNoRoute) return views;
    for (PathIndex i = table_.head(route_); i != 0;) {
      const Path path = table_.paths.get(i);
      const PathIndex index = std::exchange(i, path.next);
      if (!path.is_from(number_) || !s_.is_alive(side_, path)) continue;
      // One view per path: as received if that is kept.
      if (!path.is_raw() && table_.find(route_, number_, Path::kRaw, table_.paths.id(index)) != 0) continue;
      views.push_back(inbound(index));
    }
    return views;
  }

 private:
  static ExportView fate(ExportFate fate, std::string words = {}) {
    ExportView view;
    view.fate = fate;
    view.words = std::move(words);
    return view;
  }

  [[nodiscard]] ExportView no_next_hop(const ExportGroup& group) const {
    ExportView view = fate(ExportFate::NoNextHop, side_.blocked);
    if (group.key().add_path || route_ == kNoRoute) return view;
    view.announced = side_.out.advertised().test(route_);
    view.withdrawal_pending = side_.out.to_withdraw().test(route_);
    return view;
  }

  // ADD-PATH: every path has a number of its own, and not all are taken.
  [[nodiscard]] std::vector<ExportView> each_path(const ExportGroup& group) const {
    const State::Rivals all = s_.rivals(prefix_.family(), route_);
    const auto chosen =
        select_paths({all.candidates.data(), all.candidates.size()}, group.key().paths, s_.settings);
    std::vector<ExportView> views;
    for (EntryId id = table_.entries->first(route_); id != kNoEntry;) {
      const PathEntries::Entry entry = table_.entries->get(id);
      const auto place = std::find(all.paths.begin(), all.paths.end(), entry.path) - all.paths.begin();
      const bool is_path = entry.path != 0 && static_cast<std::size_t>(place) < all.paths.size();
      const BestPath path =
          is_path ? s_.for_export(prefix_.family(), table_.paths.get(entry.path)) : BestPath{};
      if (is_path || side_.out.advertised().test(id)) {
        views.push_back(view(group, id, path, is_path && chosen[static_cast<std::size_t>(place)]));
        views.back().path_id = entry.path_id;
      }
      id = entry.next;
    }
    return views;
  }

  // `id`: of the group's numbers.
  [[nodiscard]] ExportView view(const ExportGroup& group, std::uint32_t id, const BestPath& path,
                                bool selected) const {
    ExportView view;
    view.announced = side_.out.advertised().test(id);
    view.withdrawal_pending = side_.out.to_withdraw().test(id);
    if (group.key().default_originate && prefix_.length() == 0) {
      view.default_originate = true;
      if (group.wanted(id) == kNoAttr) return with(std::move(view), ExportFate::Denied);
      view.next_hop = NextHopChoice::Own;
    } else if (path.attributes == kNoAttr) {
      return with(std::move(view), ExportFate::NoPath);
    } else {
      if (path.peer != BestPath::kNoPeer) view.source_peer = path.peer;
      const bool suppressed = s_.is_suppressed(prefix_.family(), route_);
      if (suppressed && !group.policies().unsuppress) return with(std::move(view), ExportFate::Suppressed);
      if (path.peer == number_) return with(std::move(view), ExportFate::CameFromPeer);
      if (!selected) return with(std::move(view), ExportFate::NotSelected);
      if (!may_leave(group, path, view)) return with(std::move(view), ExportFate::Denied);
    }
    const AttrId wanted = group.wanted(id);
    if (wanted == kNoAttr && group.key().maximum_prefix_out && !group.building) {
      view.stop = ExportStop::MaximumPrefixOut;
      return with(std::move(view), ExportFate::Denied);
    }
    const wire::RouterId originator = group.originator(wanted);
    if (originator != wire::RouterId{} && originator == side_.out.router_id)
      return with(std::move(view), ExportFate::BroughtByPeer);
    if (wanted != kNoAttr) fill_in(wanted, view);
    return with(std::move(view), progress(id));
  }

  static ExportView with(ExportView view, ExportFate fate) {
    view.fate = fate;
    return view;
  }

  // Asks export_path() as the group does.
  [[nodiscard]] bool may_leave(const ExportGroup& group, const BestPath& path, ExportView& view) const {
    const bool suppressed = s_.is_suppressed(prefix_.family(), route_);
    const PolicyContext context = s_.export_context(prefix_, path, suppressed);
    const Policy& policy = suppressed ? *group.policies().unsuppress : *group.policies().usual;
    ExportTrace trace;
    const auto out = export_path(group.key(), policy, s_.settings.default_local_pref, path.source, context,
                                 s_.store.load(path.attributes), &trace);
    view.stop = trace.stop;
    view.next_hop = trace.next_hop;
    if (trace.judged && policy.configured()) view.policy = explain(policy, context, *trace.judged);
    return out.has_value();
  }

  void fill_in(AttrId wanted, ExportView& view) const {
    view.attributes = s_.store.load(wanted).path;
    if (view.attributes->next_hop.address != wire::IpAddress{}) return;
    view.attributes->next_hop = side_.out.next_hop;
    view.next_hop_configured = peer_.settings.next_hop[prefix_.family()].has_value();
  }

  [[nodiscard]] ExportFate progress(std::uint32_t id) const {
    if (s_.gated(side_)) return ExportFate::Preparing;
    if (side_.out.oversized().test(id)) return ExportFate::TooBig;
    if (side_.out.over_itself().test(id)) return ExportFate::OverItself;
    return side_.out.is_pending(id) || !side_.out.advertised().test(id) ? ExportFate::Pending
                                                                        : ExportFate::Sent;
  }

  [[nodiscard]] InboundView inbound(PathIndex index) const {
    const Path path = table_.paths.get(index);
    InboundView view;
    const RouteAttributes attributes = s_.store.load(path.attributes);
    view.path_id = table_.paths.id(index);
    view.attributes = attributes.path;
    view.stale = path.generation() != side_.generation;
    view.accepted = !path.is_raw() || table_.find(route_, number_, 0, view.path_id) != 0;
    // With raw paths kept, one that the policy left as it was is kept once.
    view.as_received = path.is_raw() || side_.keeps_raw;
    if (!view.as_received) return view;
    const State::Judgement judgement = s_.judge(peer_, prefix_.family(), attributes.path);
    view.rejection = judgement.rejection;
    view.policy_missing = judgement.policy_missing;
    const bool asked = view.rejection == Rejection::None && !view.policy_missing;
    if (asked && side_.policy_in->configured())
      view.policy = explain(*side_.policy_in, s_.context_of(prefix_, number_), judged(attributes.path));
    return view;
  }

  // As accept() hands them to the policy.
  [[nodiscard]] RouteAttributes judged(wire::PathAttributes attributes) const {
    mark_received({s_.settings, peer_.settings, peer_.session}, prefix_.family(), attributes);
    return {std::move(attributes), peer_.settings.families[prefix_.family()].weight};
  }

  const State& s_;
  const Peer& peer_;
  std::uint32_t number_;
  wire::Prefix prefix_;
  const Table& table_;
  const PeerFamily& side_;
  RouteId route_;
};

std::vector<ExportView> Rib::explain_export(PeerId peer, const wire::Prefix& prefix) const {
  return Explain(*state_, peer, prefix).exported();
}

std::vector<InboundView> Rib::explain_inbound(PeerId peer, const wire::Prefix& prefix) const {
  return Explain(*state_, peer, prefix).received();
}

std::vector<std::string_view> Rib::lost_by(const wire::Prefix& prefix) const {
  const State& s = *state_;
  const Table& table = s.table(prefix.family());
  std::vector<std::string_view> reasons;
  const RouteId route = table.prefixes.find(prefix);
  if (route == kNoRoute) return reasons;
  std::vector<Candidate> pair;
  for (PathIndex i = table.head(route); i != 0;) {
    const Path path = table.paths.get(i);
    const PathIndex index = std::exchange(i, path.next);
    if (path.is_raw()) continue;
    pair.push_back(s.candidate(prefix.family(), index, pair.empty()));
    if (pair.size() == 1) {
      reasons.emplace_back();
      continue;
    }
    const Decision decision = decide(pair, s.settings);
    reasons.push_back(decision.best == 0 ? to_string(decision.reason) : std::string_view());
    pair.pop_back();
  }
  return reasons;
}

std::vector<wire::Prefix> Rib::more_specific(const wire::Prefix& prefix, std::size_t most) const {
  const Table& table = state_->table(prefix.family());
  std::vector<wire::Prefix> found;
  for (RouteId route = 0; route < table.prefixes.end(); ++route) {
    if (!table.has_usable(route)) continue;
    const wire::Prefix each = table.prefixes.prefix(route);
    if (each.length() > prefix.length() && prefix.contains(each)) found.push_back(each);
  }
  const auto end = found.begin() + static_cast<std::ptrdiff_t>(std::min(most, found.size()));
  std::partial_sort(found.begin(), end, found.end());
  found.erase(end, found.end());
  return found;
}

void Rib::for_each_update_group(wire::Family family,
                                const std::function<void(const UpdateGroupView&)>& visit) const {
  std::size_t number = 0;
  for (const auto& group : state_->table(family).groups) {
    UpdateGroupView view;
    view.number = ++number;
    view.ibgp = group->key().ibgp;
    view.add_path = group->key().add_path;
    view.prefix_list = group->key().policy.prefix_list;
    view.route_map = group->key().policy.route_map;
    view.routes = group->routes().count();
    for (const PeerOut* member : group->members) view.members.push_back(member->peer());
    visit(view);
  }
}

void Rib::for_each_attributes(const std::function<void(const AttributesView&)>& visit) const {
  state_->store.for_each([&](const RouteAttributes& attributes, std::uint32_t references) {
    visit({&attributes.path, attributes.weight, references});
  });
}

bool Rib::send_again(const wire::Prefix& prefix) {
  State& s = *state_;
  const Table& table = s.table(prefix.family());
  const RouteId route = table.prefixes.find(prefix);
  if (route == kNoRoute || !table.has_usable(route)) return false;
  for (const auto& peer : s.peers) {
    PeerOut& out = (*peer)[prefix.family()].out;
    if (out.group() == nullptr) continue;
    if (!out.group()->key().add_path)
      out.refresh(route);
    else
      for (EntryId id = table.entries->first(route); id != kNoEntry; id = table.entries->get(id).next)
        out.refresh(id);
    s.mark_ready(*peer);
  }
  return true;
}

}  // namespace lbgp::rib
