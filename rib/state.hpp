// SPDX-License-Identifier: Apache-2.0
// What a Rib holds, and the steps that its public operations are made of. Included by rib*.cpp only.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "rib/attribute_store.hpp"
#include "rib/decision.hpp"
#include "rib/export_group.hpp"
#include "rib/inbound.hpp"
#include "rib/owners.hpp"
#include "rib/peer_out.hpp"
#include "rib/policy_eval.hpp"
#include "rib/rib.hpp"
#include "rib/table.hpp"

namespace lbgp::rib {

// As paths keep it.
[[nodiscard]] inline std::uint32_t seconds_of(TimePoint now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

// Prefixes of a bulk whose place in the index is fetched while others are worked on.
inline constexpr std::size_t kAhead = 16;
using Routes = boost::container::static_vector<RouteId, kAhead>;

// One peer, one family.
struct PeerFamily {
  PeerFamily(std::uint32_t peer, AttributeStore& store) : out(peer, store) {}

  // In. A path belongs to the session in which it came by its generation. Alive are that of this session and
  // `stale_generations` before it (RFC 4724 §4.2); within a session, each refresh begins a generation
  // (RFC 7313 §4). Others wait for the sweep.
  Bitmap received;             // routes with a path, or a raw one, from this peer
  std::uint32_t entries = 0;   // paths in the Adj-RIB-In
  std::uint32_t accepted = 0;  // of them past the policy
  std::uint32_t fresh = 0;     // entries of this generation
  std::uint32_t stale = 0;     // entries of earlier ones that are alive
  std::uint32_t generation = 0;
  std::uint32_t stale_generations = 0;
  std::uint32_t unswept = 0;  // generations before this one that may still stand in the table
  PrefixLevel prefix_level = PrefixLevel::Normal;
  bool keeps_raw = false;  // soft reconfiguration
  bool end_of_rib_received = false;
  bool refresh_begun = false;  // by BoRR; EoRR is to come
  std::shared_ptr<const Policy> policy_in;

  // Out.
  PeerOut out;
  bool negotiated = false;
  std::string blocked;                // why nothing is announced; empty: it is
  ExportGroup* next_group = nullptr;  // where the peer goes once that one is built
};

struct Peer {
  Peer(std::uint32_t number, AttributeStore& store)
      : families{{PeerFamily(number, store), PeerFamily(number, store)}} {}
  [[nodiscard]] PeerFamily& operator[](wire::Family family) { return families[wire::index(family)]; }
  [[nodiscard]] const PeerFamily& operator[](wire::Family family) const {
    return families[wire::index(family)];
  }

  PeerSettings settings;
  PeerSession session;  // of the last session, also when it is down
  PrefixStats stats;
  bool exists = true;
  bool up = false;
  bool in_ready = false;
  bool ipv6_first = false;  // whose turn it is to announce first
  std::array<PeerFamily, wire::kFamilyCount> families;
};

// Background work over one family, route by route.
struct Job {
  enum class Kind : std::uint8_t {
    BuildGroup,
    Sweep,
    LongLived,
    Reapply,
    Reselect,
    Count,
    Export,
    FreeEntries,
    FreeRoutes
  };
  Kind kind = Kind::FreeRoutes;
  wire::Family family = wire::Family::Ipv4Unicast;
  std::uint32_t peer = 0;
  ExportGroup* group = nullptr;
  RouteId cursor = 0;
  [[nodiscard]] bool same_task(const Job& other) const {
    return kind == other.kind && family == other.family && peer == other.peer && group == other.group;
  }
};

struct Rib::State {
  explicit State(std::size_t slice) : inline_slice(slice), inline_left(slice) {}

  // --- rib_select.cpp: from paths to pending bits
  [[nodiscard]] BestPath best(wire::Family family, RouteId route) const;
  // The same of the path at the head of a chain; 0: none.
  [[nodiscard]] BestPath as_best(wire::Family family, PathIndex head) const;
  [[nodiscard]] BestPath for_export(wire::Family family, const Path& path) const;
  [[nodiscard]] Candidate candidate(wire::Family family, PathIndex index, bool selected) const;
  // After the paths of a route have changed; `before` is what was best until then.
  void reselect(wire::Family family, RouteId route, const BestPath& before, bool always_touch = false);
  void select(wire::Family family, RouteId route, const BestPath& before, PathIndex chosen,
              bool always_touch);
  // To one group, be it with ADD-PATH or without.
  void export_route(ExportGroup& group, RouteId route);
  // RFC 7911: to all groups with ADD-PATH, or to `only` that one.
  void export_paths(wire::Family family, RouteId route, ExportGroup* only = nullptr);
  // `id`: the route once more, or with ADD-PATH an EntryId.
  void export_path(ExportGroup& group, std::uint32_t id, RouteId route, const BestPath& path, bool suppressed,
                   bool source_changed);
  // What a path leaves a group with; kNoAttr: it does not. One reference is the caller's.
  [[nodiscard]] AttrId evaluate(ExportGroup& group, RouteId route, const BestPath& path, bool suppressed);
  // What a policy may ask of a path besides its attributes.
  [[nodiscard]] PolicyContext context_of(const wire::Prefix& prefix, std::uint32_t peer) const;
  // What outbound policies are told of a path. `suppressed`: an aggregate stands for it.
  [[nodiscard]] PolicyContext export_context(const wire::Prefix& prefix, const BestPath& path,
                                             bool suppressed) const;
  [[nodiscard]] PathIndex choose(wire::Family family, RouteId route) const;
  // A path that came to one that was best: what decides between them, whatever else there is.
  struct Comparison {
    AttrId best = kNoAttr;
    std::uint32_t best_source = 0;
    std::uint32_t best_generation = 0;  // of the set's slot
    AttrId added = kNoAttr;
    std::optional<bool> wins{};  // `added`; nothing: it takes all paths to tell
    // Then: whose they were, from the head on, and the place of the best one.
    struct Rival {
      AttrId attributes = kNoAttr;
      std::uint32_t generation = 0;
      std::uint32_t source = 0;
      std::uint32_t id = 0;
      bool operator==(const Rival&) const = default;
    };
    boost::container::static_vector<Rival, 8> rivals{};
    std::size_t place = 0;
  };
  // What is best when `added` has come to what was there, and the head was best of.
  [[nodiscard]] PathIndex choose_beside(wire::Family family, RouteId route, PathIndex added,
                                        Comparison& last) const;
  // `present`: the best one until now, which goes before others that are as good (RFC 5004); 0: it has gone.
  [[nodiscard]] PathIndex choose_among(wire::Family family, PathIndex head, PathIndex present) const;
  // The same with the head present, unless the same sets of the same peers had a winner last time.
  [[nodiscard]] PathIndex choose_among_alike(wire::Family family, PathIndex head, Comparison& last) const;
  struct Rivals {
    boost::container::small_vector<PathIndex, 8> paths;
    boost::container::small_vector<Candidate, 8> candidates;
  };
  // The usable paths of a route, but of our own only the one of the lowest owner: it stands for all.
  [[nodiscard]] Rivals rivals(wire::Family family, RouteId route) const;

  // --- rib_local.cpp
  // Each returns how many routes of the owner are not what they were.
  std::size_t announce(std::uint32_t owner, const LocalRoutes& routes, TimePoint now);
  struct Interned {
    AttrId attributes = kNoAttr;
    std::uint32_t label = 0;
    std::uint32_t since = 0;
  };
  // References stay the caller's.
  bool announce(std::uint32_t owner, const wire::Prefix& prefix, const Interned& local);
  std::size_t withdraw(std::uint32_t owner, std::span<const wire::Prefix> prefixes);
  bool withdraw(std::uint32_t owner, wire::Family family, RouteId route);
  // The routes of up to kAhead prefixes, whose memory is waited for at the same time; kNoRoute: not there.
  [[nodiscard]] Routes find_ahead(std::span<const wire::Prefix> prefixes) const;
  void prefetch(std::span<const wire::Prefix> prefixes, std::size_t which) const;
  void originate_networks(const wire::PerFamily<std::vector<Network>>& before);

  // --- rib_origination.cpp: aggregates, and default routes for neighbors that are to have one
  void configure_aggregates(const GlobalSettings& before);
  void configure_conditions();
  void condition_wanted(wire::Family family, const std::string& route_map);
  // After the best path of a route may have changed.
  void recount(wire::Family family, RouteId route);
  void end_of_count(wire::Family family);
  // What the counts have come to: aggregates and default routes that come, change and go.
  void settle();
  [[nodiscard]] bool is_unsettled() const;
  [[nodiscard]] bool is_unsettled(wire::Family family) const;
  void settle_aggregates(wire::Family family);
  void settle_conditions(wire::Family family);
  void settle_aggregate(wire::Family family, Aggregates::Entry& entry);
  void export_everything(wire::Family family);
  [[nodiscard]] bool is_aggregate(const Path& path) const {
    return path.is_local() && path.source() == aggregate_owner;
  }
  // `aggregate-address … summary-only` keeps it from peers.
  [[nodiscard]] bool is_suppressed(wire::Family family, RouteId route) const;
  // `default-originate`: what a group is told as `id` of the default route. One reference is the caller's.
  [[nodiscard]] AttrId originate_default(const ExportGroup& group, std::uint32_t id);
  [[nodiscard]] bool is_default_sent(const PeerOut& out, wire::Family family) const;

  // --- rib_in.cpp
  struct Received {
    AttrId raw = kNoAttr;        // as received; kNoAttr: do not keep
    AttrId accepted = kNoAttr;   // past the policy; kNoAttr: not to be used
    Comparison* last = nullptr;  // of the sets of such paths; they mostly meet the same rival again
    [[nodiscard]] bool keeps_raw() const { return raw != kNoAttr && raw != accepted; }
  };
  // A slice of an UPDATE: what is left of it and of the budget.
  struct Slice {
    const wire::Update& update;
    UpdateCursor& at;
    std::size_t& routes;
    UpdateOutcome& outcome;
    std::size_t first = 0;  // of the list that is worked on, among all
    // The place in a list of that size to go on from; its end: not now.
    [[nodiscard]] std::size_t begin(std::size_t size) const;
  };
  void withdraw(Peer& peer, const wire::Unreach& unreach, Slice& slice);
  void receive(Peer& peer, const wire::Reach& reach, Slice& slice, TimePoint now);
  // References stay the caller's.
  void store_path(Peer& peer, wire::Family family, RouteId route, std::uint32_t id, const Received& received);
  void store_first_path(PeerFamily& side, wire::Family family, RouteId route, std::uint32_t id,
                        const Received& received);
  PathIndex add_path(PeerFamily& side, wire::Family family, RouteId route, std::uint32_t id,
                     AttrId attributes, std::uint32_t flags);
  void count_stored(PeerFamily& side, RouteId route, const Received& received);
  void remove_path(Peer& peer, wire::Family family, RouteId route, std::uint32_t id);
  // Whether the policy is asked about a path at all.
  struct Judgement {
    Rejection rejection = Rejection::None;
    bool policy_missing = false;  // RFC 8212 §2.1
  };
  [[nodiscard]] Judgement judge(const Peer& peer, wire::Family family,
                                const wire::PathAttributes& attributes) const;
  // The accepted form of a received set, or kNoAttr; the reference is the caller's.
  [[nodiscard]] AttrId accept(const Peer& peer, wire::Family family, const wire::Prefix& prefix,
                              RouteAttributes attributes, UpdateOutcome& outcome);
  void sweep_route(Peer& peer, wire::Family family, RouteId route);
  void reapply_route(Peer& peer, wire::Family family, RouteId route);
  void end_session(Peer& peer, wire::Family family, bool keep_stale, bool keep_older);
  // A new generation begins; `kept` of those before it stay alive.
  void begin_generation(Peer& peer, wire::Family family, std::uint32_t kept);
  void make_long_lived(Peer& peer, wire::Family family, RouteId route);
  void flush_stale(Peer& peer, wire::Family family);
  [[nodiscard]] bool is_alive(const PeerFamily& in, const Path& path) const;

  // --- rib_out.cpp
  void open_output(Peer& peer, wire::Family family);
  void close_output(Peer& peer, wire::Family family);
  void regroup(Peer& peer, wire::Family family);
  [[nodiscard]] ExportGroup& group_for(wire::Family family, const ExportKey& key);
  void drop_unused_groups(wire::Family family);
  void finish_group(wire::Family family, ExportGroup& group);
  [[nodiscard]] bool gated(const PeerFamily& family) const;
  [[nodiscard]] bool owes_end_of_rib(const PeerFamily& family) const;
  [[nodiscard]] bool owes_begin_of_refresh(const Peer& peer, const PeerFamily& family) const;
  [[nodiscard]] bool has_output(const Peer& peer) const;
  void mark_ready(Peer& peer);
  // What of the group's this peer is not told: routes whose best path came from it, or with ADD-PATH its
  // paths, and what it brought into our AS by way of another reflector.
  [[nodiscard]] Bitmap withheld_from(const Peer& peer, const ExportGroup& group) const;

  // --- rib_jobs.cpp
  void start(Job job);                                    // does the first slice at once
  void postpone(Job job);                                 // when there is time, from the beginning
  [[nodiscard]] bool run(Job& job, std::size_t& budget);  // whether it is done
  void cancel_jobs_of(const ExportGroup& group);
  [[nodiscard]] bool is_needed(wire::Family family, bool add_path, std::uint32_t id) const;
  void sweep_ids(wire::Family family);

  // --- rib.cpp
  [[nodiscard]] Peer& at(PeerId id) { return *peers[id.value]; }
  [[nodiscard]] const Peer& at(PeerId id) const { return *peers[id.value]; }
  [[nodiscard]] Table& table(wire::Family family) { return tables[wire::index(family)]; }
  [[nodiscard]] const Table& table(wire::Family family) const { return tables[wire::index(family)]; }
  // Of a local path.
  [[nodiscard]] const VipPool* pool_of(const wire::Prefix& prefix) const {
    return !pools.empty() && prefix.is_host() ? pools.find(prefix) : nullptr;
  }
  [[nodiscard]] std::shared_ptr<const Policy> policy_for(wire::Family family, const PolicyNames& names);
  // A route map alone; an empty name permits everything.
  [[nodiscard]] std::shared_ptr<const Policy> route_map(wire::Family family, const std::string& name);
  [[nodiscard]] ExportPolicies export_policies(const ExportKey& key);
  void recompile_policies();
  void inbound_changed(Peer& peer, wire::Family family);

  // Takes a route, and what else it has cost since, from what may still be done.
  void charge(std::size_t& routes);

  std::size_t inline_slice;
  std::size_t inline_left;         // until the next work()
  mutable std::size_t effort = 0;  // entries tried, not charged yet
  GlobalSettings settings;
  Policies policies;
  VipPools pools;
  std::map<std::pair<wire::Family, PolicyNames>, std::shared_ptr<const Policy>> compiled;

  AttributeStore store;
  std::array<Table, wire::kFamilyCount> tables{
      {Table{wire::Family::Ipv4Unicast, store}, Table{wire::Family::Ipv6Unicast, store}}};
  Owners owners;
  LabelStore labels;
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<PeerId> ready;
  std::vector<RefreshRequest> refresh_requests;
  std::deque<Job> jobs;
  std::uint32_t aggregate_owner = Owners::kNobody;  // while there are aggregates
  std::size_t local_paths = 0;
  std::uint64_t commits = 0;
  std::uint32_t now_seconds = 0;  // the latest time that we were told
  bool end_of_rib_released = false;
};

}  // namespace lbgp::rib
