// SPDX-License-Identifier: Apache-2.0
// The Adj-RIB-Out of one peer and family: what it has been sent and what it still lacks, in bits.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <optional>

#include "rib/attribute_store.hpp"
#include "rib/bitmap.hpp"
#include "rib/export_group.hpp"
#include "rib/ids.hpp"
#include "wire/path_attributes.hpp"

namespace lbgp::rib {

// Two bits per route, and a third while something is pending. What exactly a peer was last told of a route is
// not kept: while nothing is pending it is the group's wanted(); while something is, it is one of
//   - its own exception, if there is one;
//   - else the group's previous(), if there is one (then this peer is counted as a holder);
//   - else still wanted() (the route is pending for another reason, such as a refresh).
// That is enough to notice that a change was taken back before it was sent, and costs no word per route and
// peer.
class PeerOut {
 public:
  PeerOut(std::uint32_t peer, AttributeStore& store) : peer_(peer), store_(store) {}
  PeerOut(const PeerOut&) = delete;
  PeerOut& operator=(const PeerOut&) = delete;

  [[nodiscard]] std::uint32_t peer() const { return peer_; }
  [[nodiscard]] ExportGroup* group() const { return group_; }

  // Membership. join() plans to send all that the group has but `withheld`: what came from this peer.
  void join(ExportGroup& group, const Bitmap& withheld);
  // Forgets everything: the session is gone.
  void leave();
  // Goes over to another group with the session up: only what differs becomes pending. `own`: see join().
  void move(ExportGroup& group, const Bitmap& withheld, RouteId end);

  // The group's wanted() of `route` was `before` and is now `after`; `source`: where the best path came from,
  // `originator`: who brought it into our AS if it is reflected, else 0; neither is told of it (RFC 4456 §8).
  // `had_previous`: whether the group had a previous() entry before the first member was told.
  struct Change {
    RouteId route;
    AttrId before;
    AttrId after;
    std::uint32_t source;
    wire::RouterId originator;
    bool had_previous;
  };
  void on_change(const Change& change);
  // Everything that should be there is sent again, changed or not (RFC 2918).
  void refresh(const Bitmap& withheld);
  // The same for one route that it has been sent.
  void refresh(RouteId route);

  [[nodiscard]] const Bitmap& advertised() const { return advertised_; }
  [[nodiscard]] const Bitmap& to_announce() const { return announce_; }
  [[nodiscard]] const Bitmap& to_withdraw() const { return withdraw_; }
  [[nodiscard]] bool is_pending(RouteId route) const {
    return announce_.test(route) || withdraw_.test(route);
  }
  [[nodiscard]] bool has_pending() const { return !announce_.empty() || !withdraw_.empty(); }
  // Routes that are too big for a message of this session.
  [[nodiscard]] const Bitmap& oversized() const { return oversized_; }
  // Routes that it would be told to reach over itself (RFC 4271 §5.1.3).
  [[nodiscard]] const Bitmap& over_itself() const { return over_itself_; }
  // What it was last told; kNoAttr: nothing, or withdrawn.
  [[nodiscard]] AttrId sent(RouteId route) const;

  // The packer's reports.
  void announced(RouteId route);
  // The same for all routes of a run; false, and nothing done, if not all of them are pending for the first
  // time.
  [[nodiscard]] bool announced(const PackedRun& run);
  void withdrawn(RouteId route);
  void never_fits(RouteId route) { give_up(route, oversized_); }
  void leads_to_it(RouteId route) { give_up(route, over_itself_); }

  // The packer's place: the next route in the list of an attribute set.
  struct Place {
    AttrId attributes = kNoAttr;
    RouteId route = kNoRoute;
  };
  Place place;
  // The list that it has been told of to its end, and the last route of it: what has changed since stands
  // behind that one.
  Place told;
  RouteId cursor = 0;  // where to look for pending routes next
  bool end_of_rib_sent = false;
  // A refresh is to be begun; one is going on, by RFC 7313 §4 between its BoRR and its EoRR.
  struct Refreshing {
    bool wanted = false;
    bool running = false;
  };
  Refreshing refreshing;
  wire::NextHop next_hop;    // ourselves on this session
  bool silent = false;       // there is no next hop: it is told nothing
  wire::RouterId router_id;  // the peer's
  wire::IpAddress address;   // the peer's

  [[nodiscard]] std::size_t memory() const;

 private:
  [[nodiscard]] AttrId sent_before(const Change& change) const;
  [[nodiscard]] bool is_withheld(const Change& change) const;
  void remember(const Change& change, AttrId sent);
  void settle(RouteId route);
  void give_up(RouteId route, Bitmap& reason);
  void force(RouteId route);
  void set_exception(RouteId route, AttrId attributes);
  void drop_exceptions();

  std::uint32_t peer_;
  AttributeStore& store_;
  ExportGroup* group_ = nullptr;
  Bitmap advertised_;
  Bitmap announce_;
  Bitmap withdraw_;
  Bitmap forced_;  // subset of advertised_: send again even if nothing changed, if not withdrawn
  Bitmap oversized_;
  Bitmap over_itself_;
  boost::unordered_flat_map<RouteId, AttrId> exceptions_;
};

}  // namespace lbgp::rib
