// SPDX-License-Identifier: Apache-2.0
// How changes of a group become pending bits of its members, and how sending clears them.
#include "rib/peer_out.hpp"

#include <algorithm>
#include <boost/assert.hpp>

namespace lbgp::rib {

AttrId PeerOut::sent(RouteId route) const {
  if (group_ == nullptr || !advertised_.test(route)) return kNoAttr;
  return sent_before({route, group_->wanted(route), kNoAttr, 0, {}, group_->previous(route) != nullptr});
}

AttrId PeerOut::sent_before(const Change& change) const {
  if (!is_pending(change.route)) return change.before;
  if (!exceptions_.empty())
    if (const auto found = exceptions_.find(change.route); found != exceptions_.end()) return found->second;
  if (change.had_previous)
    if (const auto* previous = group_->previous(change.route)) return previous->attributes;
  return change.before;
}

bool PeerOut::is_withheld(const Change& change) const {
  return silent || change.source == peer_ ||
         (change.originator != wire::RouterId{} && change.originator == router_id);
}

void PeerOut::on_change(const Change& change) {
  const RouteId route = change.route;
  const AttrId want = is_withheld(change) ? kNoAttr : change.after;
  oversized_.reset(route);
  over_itself_.reset(route);
  if (!advertised_.test(route)) {
    want != kNoAttr ? announce_.set(route) : announce_.reset(route);
    return;
  }
  const AttrId sent = sent_before(change);
  if (want == sent && !forced_.test(route)) {
    if (is_pending(route)) {
      if (exceptions_.contains(route) || change.had_previous) settle(route);
      announce_.reset(route);
      withdraw_.reset(route);
    }
    return;
  }
  remember(change, sent);
  if (want != kNoAttr) {
    announce_.set(route);
    withdraw_.reset(route);
  } else {  // should it come back before that is said, it still has to be sent again
    announce_.reset(route);
    withdraw_.set(route);
  }
}

// Keeps what the peer has, so that a later change can be compared with it.
void PeerOut::remember(const Change& change, AttrId sent) {
  const RouteId route = change.route;
  const bool recorded = is_pending(route) && (exceptions_.contains(route) || change.had_previous);
  if (recorded) return;
  const ExportGroup::Previous* previous = group_->previous(route);
  const bool fits = previous != nullptr ? previous->attributes == sent : change.before != change.after;
  if (fits)
    group_->hold_previous(route, sent);
  else if (previous != nullptr)
    set_exception(route, sent);
}

// The peer's record for a pending route is no longer needed.
void PeerOut::settle(RouteId route) {
  if (const auto found = exceptions_.find(route); found != exceptions_.end()) {
    store_.release(found->second);
    exceptions_.erase(found);
    return;
  }
  if (group_->previous(route) != nullptr) group_->drop_previous(route);
}

void PeerOut::set_exception(RouteId route, AttrId attributes) {
  store_.acquire(attributes);
  exceptions_.emplace(route, attributes);
}

void PeerOut::announced(RouteId route) {
  if (advertised_.test(route)) settle(route);
  announce_.reset(route);
  forced_.reset(route);
  advertised_.set(route);
}

bool PeerOut::announced(const PackedRun& run) {
  const bool all_new = std::all_of(run.routes.begin(), run.routes.end(), [this](const Bitmap::Word& word) {
    return announce_.has_all(word) && !advertised_.has_any(word);
  });
  if (!all_new) return false;
  for (const Bitmap::Word& word : run.routes) {
    announce_.erase(word);
    advertised_.insert(word);
  }
  return true;
}

void PeerOut::withdrawn(RouteId route) {
  settle(route);
  withdraw_.reset(route);
  forced_.reset(route);
  advertised_.reset(route);
}

void PeerOut::give_up(RouteId route, Bitmap& reason) {
  reason.set(route);
  announce_.reset(route);
  if (advertised_.test(route)) withdraw_.set(route);
}

void PeerOut::join(ExportGroup& group, const Bitmap& withheld) {
  BOOST_ASSERT(group_ == nullptr && advertised_.empty());
  group_ = &group;
  const auto after = std::find_if(group.members.begin(), group.members.end(),
                                  [&](const PeerOut* other) { return other->peer() > peer_; });
  group.members.insert(after, this);
  announce_.insert_all(group.routes());
  for (RouteId route = withheld.next(0); route != kNoRoute; route = withheld.next(route + 1))
    announce_.reset(route);
}

void PeerOut::leave() {
  if (group_ != nullptr) {
    for (const Bitmap* pending : {&announce_, &withdraw_})
      for (RouteId route = pending->next(0); route != kNoRoute; route = pending->next(route + 1))
        if (advertised_.test(route)) settle(route);
    std::erase(group_->members, this);
    group_->forget_when_told();  // it may have been the last one who lacked something
  }
  group_ = nullptr;
  for (Bitmap* bits : {&advertised_, &announce_, &withdraw_, &forced_, &oversized_, &over_itself_})
    bits->clear();
  drop_exceptions();
  place = told = {};
  cursor = 0;
  end_of_rib_sent = false;
  refreshing = {};
}

void PeerOut::drop_exceptions() {
  for (const auto& [route, attributes] : exceptions_) store_.release(attributes);
  decltype(exceptions_)().swap(exceptions_);  // "= {}" would keep the room
}

void PeerOut::move(ExportGroup& group, const Bitmap& withheld, RouteId end) {
  BOOST_ASSERT(group.key().add_path == group_->key().add_path);  // a session settles that
  const bool was_sent = end_of_rib_sent;
  const Refreshing was_refreshing = refreshing;
  // What was sent, while the old group can still tell; references of our own keep it.
  boost::unordered_flat_map<RouteId, AttrId> differing;
  Bitmap has;
  Bitmap changed;
  Bitmap outdated;  // sent again in any case, should it not be withdrawn
  for (RouteId route = advertised_.next(0); route < end; route = advertised_.next(route + 1)) {
    has.set(route);
    const AttrId now = sent(route);
    const AttrId want = withheld.test(route) ? kNoAttr : group.wanted(route);
    if (now != want || forced_.test(route)) changed.set(route);
    if (forced_.test(route)) outdated.set(route);
    if (now != want) {
      store_.acquire(now);
      differing.emplace(route, now);
    }
  }
  leave();
  join(group, withheld);
  end_of_rib_sent = was_sent;
  refreshing = was_refreshing;
  for (RouteId route = has.next(0); route != kNoRoute; route = has.next(route + 1)) {
    advertised_.set(route);
    if (!changed.test(route))
      announce_.reset(route);
    else if (!announce_.test(route))
      withdraw_.set(route);
  }
  forced_.insert_all(outdated);
  exceptions_ = std::move(differing);
  // A holder of previous() is counted; whoever is not must have an exception.
  for (RouteId route = forced_.next(0); route != kNoRoute; route = forced_.next(route + 1))
    if (group.previous(route) != nullptr && !exceptions_.contains(route))
      set_exception(route, group.wanted(route));
}

void PeerOut::refresh(const Bitmap& withheld) {
  for (RouteId route = advertised_.next(0); route != kNoRoute; route = advertised_.next(route + 1))
    force(route);
  announce_.insert_all(group_->routes());
  for (RouteId route = withheld.next(0); route != kNoRoute; route = withheld.next(route + 1))
    announce_.reset(route);
}

void PeerOut::refresh(RouteId route) {
  if (!advertised_.test(route) || withdraw_.test(route)) return;
  force(route);
  announce_.set(route);
}

void PeerOut::force(RouteId route) {
  if (!is_pending(route) && group_->previous(route) != nullptr) set_exception(route, group_->wanted(route));
  forced_.set(route);
}

std::size_t PeerOut::memory() const {
  return sizeof *this + advertised_.memory() + announce_.memory() + withdraw_.memory() + forced_.memory() +
         oversized_.memory() + over_itself_.memory() +
         exceptions_.bucket_count() * (sizeof(RouteId) + sizeof(AttrId) + 1);
}

}  // namespace lbgp::rib
