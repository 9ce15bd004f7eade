// SPDX-License-Identifier: Apache-2.0
// What all peers of one kind should have of one family: computed once, shared by them.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rib/attribute_store.hpp"
#include "rib/bitmap.hpp"
#include "rib/column.hpp"
#include "rib/export_rules.hpp"
#include "rib/ids.hpp"
#include "rib/packed_run.hpp"
#include "rib/transient_column.hpp"

namespace lbgp::rib {

class PeerOut;

// A path as export sees it: the best one, or with ADD-PATH any that is to be sent.
struct BestPath {
  AttrId attributes = kNoAttr;  // kNoAttr: the route has no usable path
  PathSource source;
  std::uint32_t peer = kNoPeer;  // it came from this one
  static constexpr std::uint32_t kNoPeer = rib::kNoPeer;
  bool operator==(const BestPath&) const = default;
};

struct ExportPolicies {
  std::shared_ptr<const Policy> usual;
  std::shared_ptr<const Policy> unsuppress{};  // for routes that an aggregate stands for; none: they stay
  bool operator==(const ExportPolicies&) const = default;
};

// Per route: the exported attribute set (4 octets). Routes that some member lacks are also in the list of
// those with the same set, which packing walks (8 octets each, and a list head per set): lists are made when
// a member is to be told and dropped when none lacks anything. Which routes a peer still lacks is in PeerOut.
// Owned by the RIB, one per family and ExportKey in use; knows its members, not sessions. Peers that take
// several paths per route (RFC 7911) have groups of their own, in which every RouteId here and in PeerOut is
// an EntryId instead: one path, with its identifier.
class ExportGroup {
 public:
  ExportGroup(ExportKey key, ExportPolicies policies, AttributeStore& store);
  ~ExportGroup();
  ExportGroup(const ExportGroup&) = delete;
  ExportGroup& operator=(const ExportGroup&) = delete;

  [[nodiscard]] const ExportKey& key() const { return key_; }
  [[nodiscard]] const ExportPolicies& policies() const { return policies_; }
  // From now on, as for other pools; what is there is for the caller to evaluate again.
  void change_policies(ExportPolicies policies);

  // The attributes that a path leaves with; kNoAttr: denied. One reference is the caller's.
  [[nodiscard]] AttrId evaluate(const BestPath& best, const PolicyContext& route,
                                std::uint32_t default_local_pref);

  // The same for a peer's path without a look at its route, if it is remembered and the same for all routes.
  [[nodiscard]] std::optional<AttrId> recall(const BestPath& best, bool suppressed);

  [[nodiscard]] AttrId wanted(RouteId route) const { return wanted_.get(route); }
  [[nodiscard]] const Bitmap& routes() const { return routes_; }
  // Takes over the caller's reference of `attributes`; returns the old one's with its reference.
  [[nodiscard]] AttrId set_wanted(RouteId route, AttrId attributes);

  // `maximum-prefix-out`: whether there is no room for one more route; remembered in `turned_away`.
  [[nodiscard]] bool turn_away() {
    if (!key_.maximum_prefix_out || routes_.count() < *key_.maximum_prefix_out) return false;
    return turned_away = true;
  }

  // Gives back what lies at or behind `end`, where no route is any more.
  void trim(RouteId end) { wanted_.trim(end); }

  // Puts those of `routes` into lists that are in none; `budget`: how many at most. False: there are more.
  [[nodiscard]] bool list(const Bitmap& routes, std::size_t budget);
  // Lists and packed runs go when no member lacks anything any more.
  void forget_when_told();
  // The listed routes that leave with `attributes`.
  struct List {
    RouteId head = kNoRoute;
    RouteId tail = kNoRoute;
    std::uint32_t size = 0;
  };
  [[nodiscard]] List list(AttrId attributes) const;
  // RFC 4456 §8: who brought into our AS what leaves with `attributes`; 0: it is not reflected.
  [[nodiscard]] wire::RouterId originator(AttrId attributes) const;
  // All that leaves with that ORIGINATOR_ID.
  void insert_from(wire::RouterId originator, Bitmap& routes) const;
  // The one behind it in its list, if it is in one.
  [[nodiscard]] RouteId next(RouteId route) const {
    return links_.contains(route) ? links_[route].next : kNoRoute;
  }

  // The encoded attributes of a set, from a small cache. Valid until the next call.
  [[nodiscard]] const wire::Bytes& block(AttrId attributes, wire::NextHop& next_hop);

  // What members that have something pending for a route were last told of it, where that differs from
  // wanted(): kept once for all of them. See PeerOut.
  struct Previous {
    AttrId attributes = kNoAttr;
    std::uint32_t holders = 0;
  };
  [[nodiscard]] const Previous* previous(RouteId route) const {
    return previous_.contains(route) ? &previous_[route] : nullptr;
  }
  void hold_previous(RouteId route, AttrId attributes);  // creates, or adds one holder
  void drop_previous(RouteId route);                     // one holder less

  std::vector<PeerOut*> members;  // in order of PeerId
  PackedRuns runs;
  bool building = true;
  bool turned_away = false;

  [[nodiscard]] std::size_t memory() const;

 private:
  struct Link {
    RouteId next = kNoRoute;
    RouteId previous = kNoRoute;
  };
  // What an evaluation depends on; `originator`: of paths that are reflected (RFC 4456 §8), else 0.
  struct MemoKey {
    AttrId in = kNoAttr;
    std::uint32_t signature_and_kind = 0;
    std::uint32_t originator = 0;
    const VipPool* pool = nullptr;  // of local paths
    bool operator==(const MemoKey&) const = default;
  };
  struct Memo {
    MemoKey key;
    std::uint32_t in_generation = 0;
    AttrId out = kNoAttr;
    std::uint32_t out_generation = 0;
  };
  struct Block {
    AttrId attributes = kNoAttr;
    wire::NextHop next_hop;
    wire::Bytes octets;
  };
  static constexpr std::size_t kBlocks = 64;
  // Room for lists that is kept for the next burst.
  static constexpr std::size_t kListsKept = 16 * 1024;
  // Routes with the same attributes mostly follow one another: a few results remembered are nearly all.
  static constexpr std::size_t kMemos = 256;

  [[nodiscard]] const Policy* policy(bool suppressed) const {
    return (suppressed ? policies_.unsuppress : policies_.usual).get();
  }
  [[nodiscard]] MemoKey memo_key(const BestPath& best, bool suppressed, std::uint32_t signature) const;
  [[nodiscard]] Memo& memo(const MemoKey& key) {
    return memo_[(value(key.in) ^ key.signature_and_kind ^ key.originator) % kMemos];
  }
  [[nodiscard]] bool is_fresh(const Memo& memo, const MemoKey& key) const;
  [[nodiscard]] AttrId compute(const Policy& policy, const BestPath& best, const PolicyContext& route,
                               std::uint32_t default_local_pref);
  void link(RouteId route);
  void unlink(RouteId route, AttrId attributes);

  ExportKey key_;
  ExportPolicies policies_;
  AttributeStore& store_;
  wire::UpdateCodec codec_;
  Column<AttrId> wanted_;
  Bitmap routes_;
  TransientColumn<Link> links_;
  boost::unordered_flat_map<AttrId, List> lists_;
  std::array<Memo, kMemos> memo_;  // by a few bits of the key
  TransientColumn<Previous> previous_;
  std::array<Block, kBlocks> blocks_;
};

}  // namespace lbgp::rib
