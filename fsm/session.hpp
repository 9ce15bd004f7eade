// SPDX-License-Identifier: Apache-2.0
// One RFC 4271 §8 state machine: that of one TCP connection, from before it exists until it is closed.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "fsm/action.hpp"
#include "fsm/ending.hpp"
#include "fsm/event.hpp"
#include "fsm/moment.hpp"
#include "fsm/negotiation.hpp"
#include "fsm/settings.hpp"

namespace lbgp::fsm {

// The timers of RFC 4271 §8.1.3 (events 9 to 12) and RFC 9687, once they have run out.
struct ConnectRetryTimerExpires {};
struct HoldTimerExpires {};
struct KeepaliveTimerExpires {};
struct DelayOpenTimerExpires {};
struct SendHoldTimerExpires {};
// Event 23: the other connection stays.
struct OpenCollisionDump {};
// RFC 4724 §5: the peer has come back on another connection; close this one without a word.
struct PeerReconnected {};

// Everything that a session may be told. Each state names each of them; one that is forgotten does not
// compile.
using SessionEvent =
    std::variant<ManualStart, ManualStop, ConnectRetryTimerExpires, HoldTimerExpires, KeepaliveTimerExpires,
                 DelayOpenTimerExpires, SendHoldTimerExpires, OpenCollisionDump, PeerReconnected,
                 TcpConnectionEstablished, TcpConnectionAccepted, TcpConnectionFails, OpenReceived,
                 MessageError, NotificationReceived, KeepaliveReceived, UpdateReceived, RouteRefreshReceived,
                 SendProgress, SendBlocked>;

// For the states' visitors: `OneOf<A, B> auto` takes the events that a state treats alike.
template <typename T, typename... Ts>
concept OneOf = (std::same_as<T, Ts> || ...);

struct Session;

// What a step of a session is taken with, and what comes out of it.
struct Step {
  const SessionSettings& settings;
  bool restarting = false;            // R bit of an OPEN sent now
  bool without_capabilities = false;  // of an OPEN sent now
  Moment moment;
  const Session& other;  // the peer's other connection
  Actions& actions;
  std::optional<Ending> ending = std::nullopt;  // set when the connection, or the attempt, came to an end
  bool drop_other = false;                      // collision detection: the other connection must go
};

// RFC 4271 §8.2.2, §10: the time to wait for an OPEN.
inline constexpr seconds kOpenHoldTime{240};
// RFC 9687 §3.1: at least so long we bear a peer that takes no bytes.
inline constexpr seconds kMinSendHoldTime{480};

// Plain data: a running session can be written down and restored. The outgoing session connects; the incoming
// one is RFC 4271's passive machine: Active means that it listens, and its ConnectRetryTimer never runs.
struct Session {
  enum class Transport : std::uint8_t { None, Connecting, Connected };

  explicit Session(Side which) : side(which) {}

  Side side;
  State state = State::Idle;
  Transport transport = Transport::None;
  std::uint32_t connect_retry_counter = 0;
  std::optional<TimePoint> connect_retry_at;
  std::optional<TimePoint> delay_open_at;
  std::optional<TimePoint> hold_at;
  std::optional<TimePoint> keepalive_at;
  std::optional<TimePoint> send_hold_at;
  std::optional<wire::Open> open_sent;
  std::optional<Negotiated> negotiated;  // from OpenConfirm on

  void on_event(const SessionEvent& event, Step& step);
  // Fires every timer that is due, the HoldTimer first.
  void on_time(Step& step);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  [[nodiscard]] bool connected() const { return transport == Transport::Connected; }
  // A connection on which the peer has sent an acceptable OPEN.
  [[nodiscard]] bool opened() const { return negotiated.has_value(); }

  // --- What the states are made of ---
  void enter_open_sent(Step& step);
  void start_delay_open(Step& step);
  // Events 19 and 20: checks the OPEN, then collisions, then enters OpenConfirm.
  void accept_open(const wire::Open& open, Step& step);
  void enter_established(Step& step);
  void connect(Step& step);
  void retry_later(Step& step);  // to Active, with the ConnectRetryTimer running
  void restart_hold(const Step& step);
  void restart_keepalive(const Step& step);
  void send(wire::Bytes message, Step& step) const;
  // Sends the NOTIFICATION, closes, and is Idle.
  void notify_and_end(Ending ending, Step& step);
  // Closes and is Idle. After TcpConnectionFails, call lose_connection() first: there is nothing left to
  // close.
  void end(Ending ending, Step& step);
  void lose_connection() { transport = Transport::None; }
  // Ends that several states share.
  void fail(const wire::Error& error, Step& step);
  void unexpected(std::string_view what, wire::MessageType type, Step& step);
  void unexpected_timer(Step& step);
  void expire_hold(std::string detail, Step& step);
  void stop(const ManualStop& event, Step& step);
  void dump(Step& step);
  void take_notification(const wire::Notification& notification, Step& step);
  void clear_timers();
};

// One per file: what a session in that state does with an event (RFC 4271 §8.2.2).
void in_idle(Session& session, const SessionEvent& event, Step& step);
void in_connect(Session& session, const SessionEvent& event, Step& step);
void in_active(Session& session, const SessionEvent& event, Step& step);
void in_open_sent(Session& session, const SessionEvent& event, Step& step);
void in_open_confirm(Session& session, const SessionEvent& event, Step& step);
void in_established(Session& session, const SessionEvent& event, Step& step);

}  // namespace lbgp::fsm
