// SPDX-License-Identifier: Apache-2.0
// One neighbor at work: joins its state machine, the framers of its connections and the RIB. Knows no socket,
// no clock and no log; what it wants from the world it asks of a PeeringPort. That is why the same code runs
// over TCP in the daemon and in virtual time in the tests.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/compiled.hpp"
#include "fsm/bfd_session.hpp"
#include "fsm/peer.hpp"
#include "fsm/stale_routes.hpp"
#include "rib/rib.hpp"
#include "wire/framer.hpp"
#include "wire/update.hpp"

namespace lbgp::daemon {

using fsm::Moment;
using fsm::Side;

// How a connection looks from our end: what next hops can be made of it.
struct LocalEnd {
  wire::PerFamily<std::optional<wire::NextHop>> next_hop;
  wire::PerFamily<std::string> no_next_hop;  // why there is none, for the operator
  bool shared_network = false;               // the peer's address is on a connected network
  bool held = true;                          // an interface that is up has our address
};

// What became of a peer's stale routes: graceful restart as helper (RFC 4724 §4.2), long-lived (RFC 9494
// §4.2), refresh (RFC 7313 §4).
struct StaleReport {
  enum class What : std::uint8_t {
    Kept,          // the session ended; they wait for the peer for `time`
    LongLived,     // … and go on waiting, least preferred
    Flushed,       // removed: nobody vouches for them
    Synchronized,  // the peer has said all; what it did not repeat is removed
  };
  What what = What::Kept;
  wire::Family family = wire::Family::Ipv4Unicast;
  std::uint32_t routes = 0;
  std::chrono::seconds time{0};
};

// What a Peering needs done. Calls never re-enter the Peering, but for read_waiting().
class PeeringPort {
 public:
  virtual ~PeeringPort() = default;
  virtual void connect() = 0;         // open the outgoing connection
  virtual void close(Side side) = 0;  // after what fill() still gives; later events are dropped
  virtual void accept() = 0;          // the connection at the door is Side::Incoming from now on
  virtual void refuse(const wire::Bytes& message) = 0;  // it gets this to read, and is closed
  virtual void output_ready(Side side) = 0;             // fill() has something to give
  // Delivers at once what has come on the connection and was not read yet: received(), failed() or nothing.
  // Asked by on_time() before anything else, and the only call that comes back.
  virtual void read_waiting(Side side) = 0;
  virtual LocalEnd local_end(Side side) = 0;
  // The running session's next hop for a family is another one now; none: `why`.
  virtual void next_hop_changed(wire::Family /*family*/, const std::optional<wire::NextHop>& /*now*/,
                                std::string_view /*why*/) {}
  virtual void routes_changed() = 0;  // other peers may have something to send
  virtual void state_changed(const fsm::StateChanged& change) = 0;
  virtual void update_fault(const wire::UpdateFault& fault) = 0;
  virtual void malformed_update(wire::ByteView /*body*/) {
  }  // the octets of what has a fault, before its faults
  virtual void prefix_level(wire::Family family, rib::PrefixLevel level) = 0;  // it has risen to that
  virtual void stale_routes(const StaleReport& report) = 0;
  virtual std::uint64_t memory_shortages() { return 0; }  // how often memory has run out so far
};

// Messages by type, index is wire::MessageType.
struct MessageCounters {
  std::array<std::uint64_t, 6> sent{};
  std::array<std::uint64_t, 6> received{};
  [[nodiscard]] std::uint64_t total_sent() const;
  [[nodiscard]] std::uint64_t total_received() const;
};

class Peering {
 public:
  // `port` outlives the Peering.
  Peering(rib::Rib& rib, conf::Neighbor neighbor, PeeringPort& port);
  ~Peering();
  Peering(const Peering&) = delete;
  Peering& operator=(const Peering&) = delete;

  void start(Moment moment);
  void stop(const fsm::ManualStop& stop, Moment moment);
  void on_time(Moment moment);
  [[nodiscard]] std::optional<fsm::TimePoint> next_deadline() const;

  // Connections. knock(): the peer has opened one; it is taken or refused before the call returns, or
  // neither, and is to be closed then.
  void knock(Moment moment);
  void connected(Moment moment);  // the outgoing one
  void failed(Side side, std::string reason, Moment moment);
  // Where to read bytes into, and that `size` octets have been.
  [[nodiscard]] std::span<std::uint8_t> read_area(Side side);
  void received(Side side, std::size_t size, Moment moment);
  // Each call of received() and read_on() does a slice of the work, in routes as Rib counts them. As long as
  // something is left of what was read, read_on() is to be called again soon, and nothing more to be read.
  static constexpr std::size_t kRoutesPerSlice = 8192;
  [[nodiscard]] bool has_unread(Side side) const {
    return connections_[static_cast<std::size_t>(side)].unread;
  }
  void read_on(Side side, Moment moment);
  // Appends what is to be written, at most about `budget` octets; nothing appended: nothing to write.
  void fill(Side side, wire::Bytes& out, std::size_t budget, Moment moment);
  // The socket took bytes; `blocked` says that it would not take all.
  void wrote(Side side, bool blocked, Moment moment);

  // BFD says that its session with this neighbor has changed.
  enum class BfdReaction : std::uint8_t { None, SessionEnded, RestartAwaited };
  BfdReaction on_bfd(const fsm::BfdChange& change, Moment moment);

  // Our addresses have changed: the session's next hops are looked up again.
  void look_up_next_hops();
  // The link that its connections are on is gone: they end without a word, as nobody would hear it.
  void lose_link(fsm::DownReason reason, std::string detail, Moment moment);
  // What kept us from the peer is gone.
  void path_restored(Moment moment);

  // New settings of the same neighbor; the caller decides whether the session has to be reset.
  void change(conf::Neighbor neighbor, Moment moment);
  void set_restarting(bool restarting) { fsm_.set_restarting(restarting); }
  // RFC 2918: ask the peer for a family again. False: the peer cannot.
  bool request_refresh(wire::Family family);

  [[nodiscard]] const conf::Neighbor& neighbor() const { return neighbor_; }
  [[nodiscard]] const fsm::Peer& fsm() const { return fsm_; }
  [[nodiscard]] rib::PeerId rib_id() const { return rib_id_; }
  [[nodiscard]] const MessageCounters& counters() const { return counters_; }
  void clear_counters() { counters_ = {}; }
  // Octets held for the connections: read and not yet whole messages, said and not yet handed out. Routes are
  // not among them: they become octets when the socket asks.
  [[nodiscard]] std::size_t buffered() const;
  [[nodiscard]] std::optional<fsm::TimePoint> last_read() const { return last_read_; }
  [[nodiscard]] std::optional<fsm::TimePoint> last_write() const { return last_write_; }
  [[nodiscard]] std::optional<fsm::TimePoint> last_update() const { return last_update_; }
  [[nodiscard]] const rib::PeerSession& session() const { return session_; }  // of the running session
  // Down for too many prefixes, for the time of `restart` or until `clear`.
  [[nodiscard]] bool over_maximum_prefix() const {
    return fsm_.stopped_automatically() && fsm_.history().last_reset_reason == fsm::DownReason::PrefixCount;
  }
  // No connection, no stale route, and no deadline: nothing would be lost with this Peering.
  [[nodiscard]] bool is_idle() const {
    return fsm_.state() <= fsm::State::Active && !fsm_.stopped_automatically() && !next_deadline();
  }
  // No session, no stale route, and no rest that was ordered: of dynamic neighbors the first to make room.
  [[nodiscard]] bool is_half_open() const {
    return fsm_.state() != fsm::State::Established && !fsm_.stopped_automatically() &&
           !stale_.next_deadline();
  }
  [[nodiscard]] const fsm::StaleRoutes& stale() const { return stale_; }

 private:
  using seconds = std::chrono::seconds;
  struct Connection {
    bool open = false;
    wire::Framer framer;
    wire::Bytes control;  // messages of the state machine, not yet handed out
    bool unread = false;  // work on what was read has been interrupted
  };
  // An UPDATE of the session that is worked on.
  struct Reading {
    wire::Update update;
    std::uint32_t stale = 0;  // routes, before it
    rib::UpdateCursor at{};
  };

  [[nodiscard]] Connection& connection(Side side) { return connections_[static_cast<std::size_t>(side)]; }
  void execute(const fsm::Actions& actions, Moment moment);
  void perform(const fsm::Connect& action, Moment moment);
  void perform(const fsm::Close& action, Moment moment);
  void perform(const fsm::Accept& action, Moment moment);
  void perform(const fsm::Refuse& action, Moment moment);
  void perform(const fsm::Send& action, Moment moment);
  void perform(const fsm::SessionUp& action, Moment moment);
  void perform(const fsm::SessionDown& action, Moment moment);
  void perform(const fsm::StateChanged& action, Moment moment);
  void deliver(Side side, const fsm::ConnectionEvent& event, Moment moment);
  // Whether there may be more of them.
  bool read_message(Side side, std::size_t& routes, Moment moment);
  void on_frame(Side side, const wire::Frame& frame, Moment moment);
  void on_update(Side side, wire::ByteView body, Moment moment);
  void work_on_update(std::size_t& routes, Moment moment);
  void on_route_refresh(Side side, wire::ByteView body, Moment moment);
  // For what the peer has brought upon itself: it goes with all that it has told us.
  void end(const fsm::AutomaticStop& stop, Moment moment);
  void run_out_of_memory(Moment moment);
  void apply_rules();
  void begin_refresh(wire::Family family, Moment moment);
  void end_refresh(wire::Family family);
  void on_end_of_rib(wire::Family family, std::uint32_t stale);
  void apply(const fsm::StaleStep& step);
  void report(StaleReport::What what, wire::Family family, std::uint32_t routes, seconds time = seconds{0});
  [[nodiscard]] seconds stalepath_time() const { return neighbor_.session.graceful_restart.stalepath_time; }
  void enforce_maximum_prefix(const rib::UpdateOutcome& outcome, Moment moment);
  void rest(wire::Family family, Moment moment);
  void maximum_prefix_changed(Moment moment);
  void pull_routes(wire::Bytes& out, std::size_t budget, Moment moment);
  // When a burst of announcements may begin that has to wait for `advertisement-interval`.
  [[nodiscard]] std::optional<fsm::TimePoint> next_burst() const;
  void count_sent(wire::ByteView messages);
  void set_open(Side side, bool open);

  rib::Rib& rib_;
  conf::Neighbor neighbor_;
  PeeringPort& port_;
  fsm::Peer fsm_;
  rib::PeerId rib_id_;
  std::array<Connection, 2> connections_;
  std::optional<Side> established_;
  std::optional<Reading> reading_;  // only while established
  rib::PeerSession session_;
  wire::UpdateRules rules_;
  MessageCounters counters_;
  std::optional<fsm::TimePoint> last_read_;
  std::optional<fsm::TimePoint> last_write_;
  std::optional<fsm::TimePoint> last_update_;
  fsm::TimePoint next_burst_{};  // no announcement before
  fsm::StaleRoutes stale_;
  wire::FamilySet synchronized_;  // whose End-of-RIB has come in this session
};

}  // namespace lbgp::daemon
