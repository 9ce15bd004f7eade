// SPDX-License-Identifier: Apache-2.0
// One peering: the RFC 4271 state machine, once per TCP connection, and what decides between two of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fsm/action.hpp"
#include "fsm/event.hpp"
#include "fsm/idle_hold.hpp"
#include "fsm/moment.hpp"
#include "fsm/negotiation.hpp"
#include "fsm/session.hpp"
#include "fsm/settings.hpp"
#include "fsm/state.hpp"
#include "wire/message.hpp"

namespace lbgp::fsm {

// How long an attempt of ours waits for the OPEN on a connection that the peer has just made.
inline constexpr seconds kOpenGrace{1};

// What `show bgp neighbors` tells about the past of a peering.
struct History {
  std::uint32_t connections_established = 0;
  std::uint32_t connections_dropped = 0;
  std::optional<TimePoint> established_at;  // of the running or the last session
  std::optional<TimePoint> last_reset;      // when the last Established session ended
  DownReason last_reset_reason = DownReason::None;
  // Why the last session or attempt failed: "peer says AS 65002, configured 65001", "connection refused".
  std::string last_reset_detail;
  // Why the last Established session ended, or what OPENs disagreed about since; kept while attempts fail.
  std::string last_session_end;
  std::optional<wire::Notification> last_notification;
  bool last_notification_was_sent = false;
};

// Two Sessions at most: the one that we open and the one that the peer opens (RFC 4271 §6.8).
//
// Every call returns what to do, in order; nothing here fails or throws. The caller delivers events of a
// connection only between Connect/Accept and Close/TcpConnectionFails of that side; a late event of a closed
// side is ignored. TcpConnectionAccepted is answered by Accept (preceded by Close{Incoming} when it replaces
// a connection) or by Refuse. After every call the caller re-arms its one timer by next_deadline() and calls
// on_time() when it is reached.
class Peer {
 public:
  explicit Peer(SessionSettings settings);

  [[nodiscard]] Actions on_event(const PeerEvent& event, Moment moment);
  [[nodiscard]] Actions on_event(Side side, const ConnectionEvent& event, Moment moment);
  [[nodiscard]] Actions on_time(Moment moment);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Whether an incoming connection is worth a TcpConnectionAccepted right now. When not, the caller closes it
  // unread; when so, it may still be refused, with a reason on the wire.
  [[nodiscard]] bool accepts_connection() const;

  // New settings. What needs a new session is decided by the caller (ManualStop with restart); values that
  // the running session does not use yet take effect with the next one.
  void change_settings(SessionSettings settings);
  // R bit of the OPENs from now on (RFC 4724 §4.1).
  void set_restarting(bool restarting);
  [[nodiscard]] bool restarting() const { return restarting_; }

  // The peering's state: that of its most advanced connection.
  [[nodiscard]] State state() const;
  [[nodiscard]] const SessionSettings& settings() const;
  // Set while Established.
  [[nodiscard]] const Negotiated* negotiated() const;
  [[nodiscard]] std::optional<Side> established_side() const;
  [[nodiscard]] const History& history() const;
  // Idle by AutomaticStop, until its time is over or an operator acts.
  [[nodiscard]] bool stopped_automatically() const { return hold_.closed; }
  [[nodiscard]] std::optional<TimePoint> stopped_until() const {
    return hold_.closed ? hold_.until : std::nullopt;
  }
  // When the next attempt is due while Idle or Active; for `show`.
  [[nodiscard]] std::optional<TimePoint> next_attempt() const;

 private:
  struct Turn;  // one call: its moment, its actions so far
  [[nodiscard]] Session& at(Side side) { return side == Side::Outgoing ? outgoing_ : incoming_; }
  [[nodiscard]] const Session& at(Side side) const { return side == Side::Outgoing ? outgoing_ : incoming_; }
  [[nodiscard]] Step make_step(Side side, Turn& turn) const;
  void start(Turn& turn);
  void stop(const ManualStop& event, Turn& turn);
  void stop(const AutomaticStop& event, Turn& turn);
  void hurry(TimePoint now);
  void accept(Turn& turn);
  void give_way(TimePoint now);
  void supplant(Side side, Turn& turn);
  void deliver(Side side, const SessionEvent& event, Turn& turn);
  void drop(Side side, const SessionEvent& event, Turn& turn);
  void established(Side side, Turn& turn);
  void ended(Side side, Ending ending, Turn& turn);
  void keep_going(Turn& turn);
  void announce_state(Turn& turn) const;
  [[nodiscard]] bool may_run() const;

  SessionSettings settings_;
  bool restarting_ = false;
  bool without_capabilities_ = false;  // of the next OPEN: the peer has refused the last one for them
  bool started_ = false;
  bool gave_way_ = false;  // the next attempt of ours has been put off for a connection of the peer
  Session outgoing_{Side::Outgoing};
  Session incoming_{Side::Incoming};
  IdleHold hold_;
  History history_;
};

}  // namespace lbgp::fsm
