// SPDX-License-Identifier: Apache-2.0
// Export groups: memoised evaluation, lists of routes by attribute set, encoded blocks.
#include "rib/export_group.hpp"

#include <algorithm>
#include <boost/assert.hpp>
#include <utility>

#include "rib/peer_out.hpp"

namespace lbgp::rib {

ExportGroup::ExportGroup(ExportKey key, ExportPolicies policies, AttributeStore& store)
    : key_(std::move(key)), policies_(std::move(policies)), store_(store) {
  codec_.four_octet_as = key_.four_octet_as;
  codec_.extended_messages = key_.extended_messages;
  codec_.families.insert(key_.family);
}

ExportGroup::~ExportGroup() {
  for (RouteId route = routes_.next(0); route != kNoRoute; route = routes_.next(route + 1))
    store_.release(wanted_.get(route));
  const Bitmap& held = previous_.members();
  for (RouteId route = held.next(0); route != kNoRoute; route = held.next(route + 1))
    store_.release(previous_[route].attributes);
  for (const Block& block : blocks_) store_.release(block.attributes);
}

void ExportGroup::change_policies(ExportPolicies policies) {
  policies_ = std::move(policies);
  memo_ = {};
}

AttrId ExportGroup::compute(const Policy& policy, const BestPath& best, const PolicyContext& route,
                            std::uint32_t default_local_pref) {
  const auto out =
      export_path(key_, policy, default_local_pref, best.source, route, store_.load(best.attributes));
  return out ? store_.intern(*out) : kNoAttr;
}

// The memo holds no references: it is believed only while both generations are those it was made with.
AttrId ExportGroup::evaluate(const BestPath& best, const PolicyContext& route,
                             std::uint32_t default_local_pref) {
  if (best.attributes == kNoAttr) return kNoAttr;
  if (!may_pass(key_, best.source.kind)) return kNoAttr;
  const Policy* policy = this->policy(route.suppressed);
  if (policy == nullptr) return kNoAttr;
  const auto signature = policy->signature(route);
  if (!signature) return compute(*policy, best, route, default_local_pref);
  MemoKey key = memo_key(best, route.suppressed, *signature);
  key.pool = route.pool;
  Memo& memo = this->memo(key);
  if (is_fresh(memo, key)) {
    store_.acquire(memo.out);
    return memo.out;
  }
  const AttrId out = compute(*policy, best, route, default_local_pref);
  memo = {key, store_.generation(best.attributes), out, store_.generation(out)};
  return out;
}

std::optional<AttrId> ExportGroup::recall(const BestPath& best, bool suppressed) {
  if (best.peer == BestPath::kNoPeer) return std::nullopt;  // a pool may have a say
  if (!may_pass(key_, best.source.kind)) return kNoAttr;
  const Policy* policy = this->policy(suppressed);
  if (policy == nullptr || policy->denies_all()) return kNoAttr;
  const auto signature = policy->common_signature();
  if (!signature) return std::nullopt;
  const MemoKey key = memo_key(best, suppressed, *signature);
  const Memo& memo = this->memo(key);
  if (!is_fresh(memo, key)) return std::nullopt;
  store_.acquire(memo.out);
  return memo.out;
}

ExportGroup::MemoKey ExportGroup::memo_key(const BestPath& best, bool suppressed,
                                           std::uint32_t signature) const {
  constexpr unsigned kKindShift = 28, kSuppressedShift = 27;  // a signature has 25 bits
  const std::uint32_t kind =
      static_cast<std::uint32_t>(best.source.kind) << kKindShift | (suppressed ? 1U : 0U) << kSuppressedShift;
  return {best.attributes, signature | kind, key_.ibgp ? best.source.peer_id.value() : 0};
}

bool ExportGroup::is_fresh(const Memo& memo, const MemoKey& key) const {
  return memo.key == key && memo.in_generation == store_.generation(key.in) &&
         (memo.out == kNoAttr || memo.out_generation == store_.generation(memo.out));
}

AttrId ExportGroup::set_wanted(RouteId route, AttrId attributes) {
  const AttrId old = wanted_.get(route);
  if (old == attributes) return old;
  runs.clear();
  if (links_.contains(route)) unlink(route, old);
  wanted_.set(route, attributes);
  if (attributes != kNoAttr)
    routes_.set(route);
  else
    routes_.reset(route);
  return old;
}

bool ExportGroup::list(const Bitmap& routes, std::size_t budget) {
  RouteId route = 0;
  for (; budget > 0; --budget, ++route) {
    route = routes.next_outside(links_.members(), route);
    if (route == kNoRoute) return true;
    link(route);
  }
  return routes.next_outside(links_.members(), route) == kNoRoute;
}

void ExportGroup::forget_when_told() {
  const bool told = std::all_of(members.begin(), members.end(),
                                [](const PeerOut* member) { return member->to_announce().empty(); });
  if (!told) return;
  runs.clear();
  links_.clear();
  lists_.clear();
  if (lists_.bucket_count() > kListsKept) lists_.rehash(0);
}

void ExportGroup::link(RouteId route) {
  runs.clear();
  List& list = lists_[wanted_.get(route)];
  links_.add(route).previous = list.tail;
  if (list.tail != kNoRoute)
    links_[list.tail].next = route;
  else
    list.head = route;
  list.tail = route;
  ++list.size;
}

void ExportGroup::unlink(RouteId route, AttrId attributes) {
  const auto found = lists_.find(attributes);
  BOOST_ASSERT(found != lists_.end());
  List& list = found->second;
  const Link link = links_[route];
  if (link.previous != kNoRoute)
    links_[link.previous].next = link.next;
  else
    list.head = link.next;
  if (link.next != kNoRoute)
    links_[link.next].previous = link.previous;
  else
    list.tail = link.previous;
  if (--list.size == 0) lists_.erase(found);
  links_.erase(route);
}

ExportGroup::List ExportGroup::list(AttrId attributes) const {
  const auto found = lists_.find(attributes);
  return found != lists_.end() ? found->second : List{};
}

wire::RouterId ExportGroup::originator(AttrId attributes) const {
  if (!key_.ibgp || attributes == kNoAttr) return {};
  return wire::RouterId(store_.key(attributes).originator_id);
}

void ExportGroup::insert_from(wire::RouterId originator, Bitmap& routes) const {
  if (!key_.ibgp || originator == wire::RouterId{}) return;
  for (RouteId route = routes_.next(0); route != kNoRoute; route = routes_.next(route + 1))
    if (this->originator(wanted(route)) == originator) routes.set(route);
}

const wire::Bytes& ExportGroup::block(AttrId attributes, wire::NextHop& next_hop) {
  Block& block = blocks_[value(attributes) % kBlocks];
  if (block.attributes != attributes) {
    store_.release(block.attributes);
    store_.acquire(attributes);
    const RouteAttributes loaded = store_.load(attributes);
    block = {attributes, loaded.path.next_hop, wire::encode_attributes(loaded.path, codec_)};
  }
  if (block.next_hop.address != wire::IpAddress{})
    next_hop = block.next_hop;
  else if (block.next_hop.link_local)
    next_hop.link_local = block.next_hop.link_local;
  return block.octets;
}

void ExportGroup::hold_previous(RouteId route, AttrId attributes) {
  Previous& previous = previous_.contains(route) ? previous_[route] : previous_.add(route);
  if (previous.holders++ == 0) {
    previous.attributes = attributes;
    store_.acquire(attributes);
  }
  BOOST_ASSERT(previous.attributes == attributes);
}

void ExportGroup::drop_previous(RouteId route) {
  BOOST_ASSERT(previous_.contains(route));
  Previous& previous = previous_[route];
  if (--previous.holders != 0) return;
  store_.release(previous.attributes);
  previous_.erase(route);
}

std::size_t ExportGroup::memory() const {
  return wanted_.memory() + routes_.memory() + links_.memory() + previous_.memory() + runs.memory() +
         lists_.bucket_count() * (sizeof(AttrId) + sizeof(List) + 1);
}

}  // namespace lbgp::rib
