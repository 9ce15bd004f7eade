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
#include "fsm/peer.hpp"
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
};

// What a Peering needs done. Calls never re-enter the Peering.
class PeeringPort {
 public:
  virtual ~PeeringPort() = default;
  virtual void connect() = 0;         // open the outgoing connection
  virtual void close(Side side) = 0;  // after what fill() still gives; later events are dropped
  virtual void accept() = 0;          // the connection at the door is Side::Incoming from now on
  virtual void refuse(const wire::Bytes& message) = 0;  // it gets this to read, and is closed
  virtual void output_ready(Side side) = 0;             // fill() has something to give
  virtual LocalEnd local_end(Side side) = 0;
  virtual void routes_changed() = 0;  // other peers may have something to send
  virtual void state_changed(const fsm::StateChanged& change) = 0;
  virtual void update_fault(const wire::UpdateFault& fault) = 0;
  virtual void over_maximum_prefix(wire::Family family, std::uint32_t limit, bool warning_only) = 0;
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
  // Appends what is to be written, at most about `budget` octets; nothing appended: nothing to write.
  void fill(Side side, wire::Bytes& out, std::size_t budget, Moment moment);
  // The socket took bytes; `blocked` says that it would not take all.
  void wrote(Side side, bool blocked, Moment moment);

  // New settings of the same neighbor; the caller decides whether the session has to be reset.
  void change(conf::Neighbor neighbor);
  void set_restarting(bool restarting) { fsm_.set_restarting(restarting); }
  // RFC 2918: ask the peer for a family again. False: the peer cannot.
  bool request_refresh(wire::Family family);

  [[nodiscard]] const conf::Neighbor& neighbor() const { return neighbor_; }
  [[nodiscard]] const fsm::Peer& fsm() const { return fsm_; }
  [[nodiscard]] rib::PeerId rib_id() const { return rib_id_; }
  [[nodiscard]] const MessageCounters& counters() const { return counters_; }
  [[nodiscard]] std::optional<fsm::TimePoint> last_read() const { return last_read_; }
  [[nodiscard]] std::optional<fsm::TimePoint> last_write() const { return last_write_; }
  [[nodiscard]] std::optional<fsm::TimePoint> last_update() const { return last_update_; }
  [[nodiscard]] const rib::PeerSession& session() const { return session_; }  // of the running session

 private:
  struct Connection {
    bool open = false;
    wire::Framer framer;
    wire::Bytes control;  // messages of the state machine, not yet handed out
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
  void on_frame(Side side, const wire::Frame& frame, Moment moment);
  void on_update(Side side, wire::ByteView body, Moment moment);
  void on_route_refresh(Side side, wire::ByteView body, Moment moment);
  void apply_rules();
  void enforce_maximum_prefix(wire::Family family, Moment moment);
  void count_sent(wire::ByteView messages);
  void set_open(Side side, bool open);

  rib::Rib& rib_;
  conf::Neighbor neighbor_;
  PeeringPort& port_;
  fsm::Peer fsm_;
  rib::PeerId rib_id_;
  std::array<Connection, 2> connections_;
  std::optional<Side> established_;
  rib::PeerSession session_;
  wire::UpdateRules rules_;
  MessageCounters counters_;
  std::optional<fsm::TimePoint> last_read_;
  std::optional<fsm::TimePoint> last_write_;
  std::optional<fsm::TimePoint> last_update_;
  // Graceful restart, as helper: families whose routes are stale, and until when they may stay.
  wire::FamilySet stale_;
  std::optional<fsm::TimePoint> stale_deadline_;
};

}  // namespace lbgp::daemon
