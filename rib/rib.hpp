// SPDX-License-Identifier: Apache-2.0
// The routing information base: what local owners and peers say, which path is best, what each peer is to be
// told. Knows no session, socket or clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rib/explain.hpp"
#include "rib/ids.hpp"
#include "rib/policy.hpp"
#include "rib/settings.hpp"
#include "rib/vip_pool.hpp"
#include "wire/message.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"
#include "wire/update.hpp"

namespace lbgp::rib {

using TimePoint = std::chrono::steady_clock::time_point;

// Dense and reused after remove_peer().
struct PeerId {
  std::uint32_t value = 0;
  auto operator<=>(const PeerId&) const = default;
};

// --- local routes ------------------------------------------------------------------------------------------

// A route that a local owner wants announced. In `attributes`, an unspecified next hop (0.0.0.0) means ours:
// the address that reaches us on each session; as_path is what stands behind our own AS (as_path_prepend).
struct LocalRoute {
  wire::Prefix prefix;
  wire::PathAttributes attributes;
  Labels labels;
  bool operator==(const LocalRoute&) const = default;
};
// Several of them that share everything else.
struct LocalRoutes {
  std::vector<wire::Prefix> prefixes;
  wire::PathAttributes attributes;
  Labels labels;
  bool operator==(const LocalRoutes&) const = default;
};
using LocalChange = std::variant<LocalRoutes, std::vector<wire::Prefix>>;  // announce or replace; withdraw

// A place in the tables; the default is the beginning.
struct LocalCursor {
  wire::Family family = wire::Family::Ipv4Unicast;
  RouteId route = 0;
};

struct CommitResult {
  std::size_t changed = 0;    // routes of this owner that are not what they were
  std::size_t not_found = 0;  // withdrawals of what the owner never announced
  std::uint64_t commit = 0;   // counts batches that changed something
};

// --- peers -------------------------------------------------------------------------------------------------

// What a session settled, for those parts that routes depend on.
struct PeerSession {
  bool ibgp = false;
  wire::AsNumber peer_as;
  wire::RouterId peer_id;
  wire::UpdateCodec codec;
  // Our address as next hop per family, by how we reach the peer; none: that family cannot be announced, and
  // `no_next_hop` says why in words.
  wire::PerFamily<std::optional<wire::NextHop>> local_next_hop;
  wire::PerFamily<std::string> no_next_hop;
  bool shared_network = false;  // the peer is on a connected network (third-party next hops, RFC 2545 §3)
  bool enhanced_route_refresh = false;  // RFC 7313: BoRR before and EoRR after what is sent again
  bool long_lived = false;              // RFC 9494: the peer understands LLGR_STALE
};

// What became of a peer's announcements since it was configured, in FRR's words and with its meaning.
struct PrefixStats {
  std::uint64_t inbound_filtered = 0;      // prefixes denied by policy, or leaks (RFC 9234 §5)
  std::uint64_t aspath_loop = 0;           // prefixes
  std::uint64_t originator_loop = 0;       // prefixes
  std::uint64_t cluster_loop = 0;          // prefixes
  std::uint64_t invalid_next_hop = 0;      // prefixes
  std::uint64_t withdrawn = 0;             // UPDATEs whose routes were treated as withdrawn (RFC 7606 §2)
  std::uint64_t attributes_discarded = 0;  // attributes
  bool operator==(const PrefixStats&) const = default;
};
// Where a peer's prefixes stand against `maximum-prefix`.
enum class PrefixLevel : std::uint8_t { Normal, Threshold, Exceeded };

struct UpdateOutcome {
  std::optional<wire::Family> over_maximum_prefix;  // limit exceeded and not warning-only
  wire::PerFamily<PrefixLevel> reached;             // a level that this UPDATE rose to; Normal: none
  std::size_t accepted = 0;
  std::size_t denied = 0;    // by policy
  std::size_t rejected = 0;  // AS loop, unusable next hop, first AS, leak
};

// How far an UPDATE has been worked on.
struct UpdateCursor {
  std::size_t next = 0;  // of its prefixes, withdrawn ones first
  bool done = false;
};

// The inbound policy of an established peer changed and the routes as received are not stored: a
// ROUTE-REFRESH (RFC 2918) is needed for the change to take effect.
struct RefreshRequest {
  PeerId peer;
  wire::Family family = wire::Family::Ipv4Unicast;
  bool operator==(const RefreshRequest&) const = default;
};

struct PeerCounters {
  // With ADD-PATH, paths are counted and not prefixes.
  std::uint32_t received = 0;    // prefixes in the Adj-RIB-In
  std::uint32_t stale = 0;       // of them not confirmed since the session, or the refresh, began
  std::uint32_t accepted = 0;    // of them past the inbound policy
  std::uint32_t advertised = 0;  // prefixes that the peer has been sent and not withdrawn
  std::uint32_t pending = 0;     // routes that the peer still has to be told of
  std::uint32_t oversized = 0;   // routes that do not fit any message of this session; see for_each_oversized
  bool end_of_rib_sent = false;
  bool end_of_rib_received = false;
  bool default_sent = false;        // the peer has been told of the default route
  bool policy_missing_in = false;   // RFC 8212: nothing is accepted for want of a policy
  bool policy_missing_out = false;  // … only own routes leave
};

// --- views, for `show`
// ---------------------------------------------------------------------------------------

struct PathView {
  std::optional<PeerId> peer;                        // none: local
  std::string_view owner;                            // local only: "config" or an API owner
  const Labels* labels = nullptr;                    // local only
  const wire::PathAttributes* attributes = nullptr;  // past the inbound policy
  std::uint32_t path_id = 0;                         // as it came (RFC 7911)
  std::uint32_t tx_path_id = 0;  // as ADD-PATH peers get it; 0: there are none, or it is not for them
  std::uint32_t weight = 0;
  bool valid = false;
  bool best = false;
  bool multipath = false;
  bool aggregate = false;   // local only: made of the routes below it
  bool suppressed = false;  // an aggregate stands for it
  bool stale = false;
  bool ibgp = false;
  std::string_view selection_reason;  // best path only, in FRR's words
  TimePoint since;
};
struct RouteView {
  wire::Prefix prefix;
  std::uint64_t version = 0;        // table version at the last change
  std::span<const PathView> paths;  // best first
};
// An Adj-RIB-In entry as received, or an Adj-RIB-Out entry as sent.
struct AdjView {
  wire::Prefix prefix;
  std::uint32_t path_id = 0;
  const wire::PathAttributes* attributes = nullptr;
  bool filtered = false;  // received only: denied by policy
  bool best = false;
  bool stale = false;
};
// Of a walk in order of prefix: the next `most` prefixes behind `after`, which moves on to the last of them.
// The table may change between two sections: each prefix is visited at most once, and one that is there
// throughout exactly once. Finding a section takes a look at every route of the table.
struct Section {
  std::optional<wire::Prefix> after{};
  std::size_t most = 0;
};
struct TableSummary {
  std::uint64_t version = 0;
  std::size_t routes = 0;
  std::size_t paths = 0;
  std::size_t memory = 0;  // octets
};

class Rib {
 public:
  // Slices are counted in routes, or what costs as much: each that is looked at, and one more for so many
  // entries of policies as are tried for it.
  static constexpr std::size_t kEntriesPerRoute = 16;
  // From one call of work() to the next, so much is done at once before the rest of bulk changes becomes
  // background work.
  static constexpr std::size_t kInlineSlice = 4096;
  explicit Rib(std::size_t inline_slice = kInlineSlice);
  ~Rib();
  Rib(const Rib&) = delete;
  Rib& operator=(const Rib&) = delete;

  // Configuration. Each re-evaluates what it touches; only what differs is sent again.
  void configure(GlobalSettings settings, Policies policies, std::vector<VipPool> pools = {});
  [[nodiscard]] PeerId add_peer(PeerSettings settings);
  void change_peer(PeerId peer, PeerSettings settings);
  void remove_peer(PeerId peer);

  // Local routes. An owner is a name ("config", "uid 1000"). Several owners may hold a prefix: it stays until
  // the last one has withdrawn it, and the lowest name decides its attributes.
  CommitResult commit(std::string_view owner, std::span<const LocalChange> changes, TimePoint now);
  // `owner` empty: everybody's. In order of prefix, then owner.
  void for_each_local(std::string_view owner,
                      const std::function<void(std::string_view owner, const LocalRoute&)>& visit) const;
  // Everybody's, a slice of the table at a time and put together where they share the rest; moves the cursor
  // on by `routes` of the table. False: those were the last.
  bool for_each_local(
      LocalCursor& cursor, std::size_t routes,
      const std::function<void(std::string_view owner, const LocalRoutes& local)>& visit) const;
  [[nodiscard]] std::size_t local_count() const;

  // Sessions.
  void peer_up(PeerId peer, const PeerSession& session, TimePoint now);
  // The session goes on from other addresses of ours: what was announced is said again with the next hops of
  // `session`, or withdrawn where there is none.
  void change_next_hops(PeerId peer, const PeerSession& session);
  // Families in `keep_stale` keep their routes, marked stale, until End-of-RIB, flush_stale() or peer_down();
  // those in `keep_older` also what was stale already.
  void peer_down(PeerId peer, wire::FamilySet keep_stale, wire::FamilySet keep_older = {});
  void flush_stale(PeerId peer, wire::FamilySet families);
  // RFC 9494 §4.2: stale routes get LLGR_STALE, those with NO_LLGR go.
  void make_long_lived_stale(PeerId peer, wire::FamilySet families);
  // RFC 7313 §4: all of the family is stale until it is sent again; flush_stale() is for EoRR.
  void begin_refresh(PeerId peer, wire::Family family);
  UpdateOutcome on_update(PeerId peer, const wire::Update& update, TimePoint now);
  // The same in slices: ends when `routes` are spent, and goes on from there in a later call, before anything
  // else that this peer has sent. The outcome is that of the slice.
  UpdateOutcome on_update(PeerId peer, const wire::Update& update, TimePoint now, UpdateCursor& at,
                          std::size_t& routes);
  // RFC 2918: send that family again; with enhanced route refresh between BoRR and EoRR (RFC 7313 §4), which
  // wait for the initial End-of-RIB, and a second refresh for the end of the first.
  void on_route_refresh(PeerId peer, wire::Family family);
  // `clear … soft in` without a refresh: run the inbound policy again over what is stored.
  void reapply_inbound(PeerId peer, wire::Family family);

  // Own End-of-RIB markers are held back until this is called (once, for all peers): after a restart, not
  // before the local owners had their time to come back.
  void release_end_of_rib();
  // Whether this session's markers have all been handed out.
  [[nodiscard]] bool end_of_rib_sent(PeerId peer) const;

  // Output, pulled by the link when its socket wants bytes. Appends whole messages to `out` until at least
  // `budget` octets are there or nothing is left; returns whether more is left.
  // With `Withdrawals`, nothing is announced yet (RFC 4271 §9.2.1.1).
  enum class Pull : std::uint8_t { All, Withdrawals };
  bool pull(PeerId peer, wire::Bytes& out, std::size_t budget, Pull what = Pull::All);
  [[nodiscard]] bool has_output(PeerId peer) const;
  // Peers that got something to send since the last call.
  [[nodiscard]] std::vector<PeerId> take_ready();

  // Background work (a lost peer's routes, a policy change) in bounded slices; true: call again soon.
  bool work(std::size_t routes);
  [[nodiscard]] bool has_work() const;
  // Refreshes to ask for, since the last call.
  [[nodiscard]] std::vector<RefreshRequest> take_refresh_requests();

  // Views.
  [[nodiscard]] TableSummary summary(wire::Family family) const;
  [[nodiscard]] PeerCounters counters(PeerId peer, wire::Family family) const;
  [[nodiscard]] const PrefixStats& prefix_stats(PeerId peer) const;
  [[nodiscard]] std::uint32_t stale_count(PeerId peer, wire::Family family) const;
  [[nodiscard]] PrefixLevel prefix_level(PeerId peer, wire::Family family) const;
  // In order of prefix.
  void for_each_route(wire::Family family, const std::function<void(const RouteView&)>& visit) const;
  // A section of it; false: those were the last.
  bool for_each_route(wire::Family family, Section& section,
                      const std::function<void(const RouteView&)>& visit) const;
  // The route of exactly `prefix`; false: none.
  bool find(const wire::Prefix& prefix, const std::function<void(const RouteView&)>& visit) const;
  // The longest match for an address; false: none.
  bool lookup(const wire::IpAddress& address, const std::function<void(const RouteView&)>& visit) const;
  void for_each_received(PeerId peer, wire::Family family,
                         const std::function<void(const AdjView&)>& visit) const;
  bool for_each_received(PeerId peer, wire::Family family, Section& section,
                         const std::function<void(const AdjView&)>& visit) const;
  void for_each_advertised(PeerId peer, wire::Family family,
                           const std::function<void(const AdjView&)>& visit) const;
  bool for_each_advertised(PeerId peer, wire::Family family, Section& section,
                           const std::function<void(const AdjView&)>& visit) const;
  // Routes that this peer should have and cannot be told of: too big for a message.
  void for_each_oversized(PeerId peer, wire::Family family,
                          const std::function<void(const wire::Prefix&)>& visit) const;
  // --- why
  // How `prefix` fares with a peer: one view, or with ADD-PATH one per path.
  [[nodiscard]] std::vector<ExportView> explain_export(PeerId peer, const wire::Prefix& prefix) const;
  // What a peer has sent of `prefix`, as far as it is stored.
  [[nodiscard]] std::vector<InboundView> explain_inbound(PeerId peer, const wire::Prefix& prefix) const;
  // Of each path of the route, in their order: the step at which the best one beat it; empty: the best, and
  // one that another path had put out before.
  [[nodiscard]] std::vector<std::string_view> lost_by(const wire::Prefix& prefix) const;
  // Routes below `prefix`, at most so many, in order.
  [[nodiscard]] std::vector<wire::Prefix> more_specific(const wire::Prefix& prefix, std::size_t most) const;
  void for_each_update_group(wire::Family family,
                             const std::function<void(const UpdateGroupView&)>& visit) const;
  void for_each_attributes(const std::function<void(const AttributesView&)>& visit) const;
  // Sends a route again to all peers that have it; false: there is no such route.
  bool send_again(const wire::Prefix& prefix);

  // Peers that `prefix` has been advertised to.
  [[nodiscard]] std::vector<PeerId> advertised_to(const wire::Prefix& prefix) const;
  // Why a family of an established peer is not announced ("no IPv6 address on the interface …"); else empty.
  [[nodiscard]] std::string_view blocked_reason(PeerId peer, wire::Family family) const;

 private:
  struct State;
  class Views;
  class Explain;
  std::unique_ptr<State> state_;
};

}  // namespace lbgp::rib
