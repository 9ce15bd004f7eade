// SPDX-License-Identifier: Apache-2.0
// A peering: routes events to its two sessions and decides what lies between them.
#include "fsm/peer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "fsm/collision.hpp"

namespace lbgp::fsm {
namespace {

constexpr std::array kSides{Side::Outgoing, Side::Incoming};

// Late events of a side that is closed are nobody's: the caller's queues may still hold some.
bool expects(const Session& session, const ConnectionEvent& event) {
  if (std::holds_alternative<TcpConnectionEstablished>(event))
    return session.transport == Session::Transport::Connecting;
  if (std::holds_alternative<TcpConnectionFails>(event))
    return session.transport != Session::Session::Transport::None;
  return session.connected();
}

SessionEvent widen(const ConnectionEvent& event) {
  return std::visit([](const auto& alternative) -> SessionEvent { return alternative; }, event);
}

// RFC 4724 §5: the peer has told us that its restarts are to be bridged.
bool helps(const Session& session) {
  return session.negotiated && session.negotiated->graceful_restart &&
         std::any_of(session.negotiated->peer_families.begin(), session.negotiated->peer_families.end(),
                     [](const PeerGracefulRestart& family) { return family.listed; });
}

Refuse refusal(std::uint8_t subcode) {
  return Refuse{wire::encode(wire::Notification{wire::ErrorCode::Cease, subcode, {}})};
}

// A collision is settled, not suffered: no line for it in the history of a peering that goes on.
bool is_collision(const Ending& ending) {
  const bool told = ending.kind == EndKind::NotificationReceived && ending.notification &&
                    ending.notification->code == wire::ErrorCode::Cease &&
                    ending.notification->subcode == wire::subcode::kConnectionCollisionResolution;
  return ending.kind == EndKind::Collision || told;
}

// RFC 5492 §3: the peer does not even know what capabilities are; it may be asked again without.
bool takes_no_capabilities(const Ending& ending) {
  return ending.kind == EndKind::NotificationReceived && ending.from < State::Established &&
         ending.notification && ending.notification->code == wire::ErrorCode::OpenMessage &&
         ending.notification->subcode == wire::subcode::kUnsupportedOptionalParameter;
}

}  // namespace

struct Peer::Turn {
  Moment moment;
  State before;
  Actions actions{};
  std::string why{};
};

Peer::Peer(SessionSettings settings) : settings_(std::move(settings)) {}

Actions Peer::on_event(const PeerEvent& event, Moment moment) {
  if (std::holds_alternative<PathRestored>(event)) {
    hurry(moment.now);
    return on_time(moment);
  }
  Turn turn{moment, state()};
  if (const auto* stopping = std::get_if<ManualStop>(&event))
    stop(*stopping, turn);
  else if (const auto* giving_up = std::get_if<AutomaticStop>(&event))
    stop(*giving_up, turn);
  else
    start(turn);
  keep_going(turn);
  announce_state(turn);
  return std::move(turn.actions);
}

Actions Peer::on_event(Side side, const ConnectionEvent& event, Moment moment) {
  Turn turn{moment, state()};
  if (std::holds_alternative<TcpConnectionAccepted>(event)) {
    if (side == Side::Incoming) accept(turn);
  } else if (expects(at(side), event)) {
    if (std::holds_alternative<KeepaliveReceived>(event)) supplant(side, turn);
    deliver(side, widen(event), turn);
  }
  keep_going(turn);
  announce_state(turn);
  return std::move(turn.actions);
}

Actions Peer::on_time(Moment moment) {
  Turn turn{moment, state()};
  for (Side side : kSides) {
    Step step = make_step(side, turn);
    at(side).on_time(step);
    if (step.ending) ended(side, *step.ending, turn);
  }
  hold_.on_time(moment.now);
  keep_going(turn);
  announce_state(turn);
  return std::move(turn.actions);
}

std::optional<TimePoint> Peer::next_deadline() const {
  std::optional<TimePoint> earliest;
  for (const auto& deadline : {outgoing_.next_deadline(), incoming_.next_deadline(), hold_.next_deadline()})
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  return earliest;
}

bool Peer::accepts_connection() const {
  return started_ && may_run() && !hold_.deaf();
}

void Peer::change_settings(SessionSettings settings) {
  if (settings == settings_) return;
  settings_ = std::move(settings);
  // What failed may be what was changed.
  without_capabilities_ = false;
  history_.last_session_end.clear();
  hold_.failures = 0;
  hold_.deaf_until.reset();
}

void Peer::set_restarting(bool restarting) {
  restarting_ = restarting;
}

State Peer::state() const {
  if (incoming_.connected()) return std::max(incoming_.state, outgoing_.state);
  // Listening alone is Active, but what the outgoing session does says more.
  return outgoing_.state == State::Idle ? incoming_.state : outgoing_.state;
}

const SessionSettings& Peer::settings() const {
  return settings_;
}

const Negotiated* Peer::negotiated() const {
  const auto side = established_side();
  return side ? &*at(*side).negotiated : nullptr;
}

std::optional<Side> Peer::established_side() const {
  for (Side side : kSides)
    if (at(side).state == State::Established) return side;
  return std::nullopt;
}

const History& Peer::history() const {
  return history_;
}

std::optional<TimePoint> Peer::next_attempt() const {
  if (outgoing_.state == State::Active) return outgoing_.connect_retry_at;
  if (outgoing_.state == State::Idle && !settings_.passive) return hold_.until;
  return std::nullopt;
}

Step Peer::make_step(Side side, Turn& turn) const {
  return Step{settings_, restarting_, without_capabilities_, turn.moment, at(other(side)), turn.actions};
}

bool Peer::may_run() const {
  return !settings_.shutdown && !settings_.families.empty();
}

void Peer::start(Turn&) {
  started_ = true;
  if (hold_.closed) hold_.release();
  if (may_run()) return;
  history_.last_reset_reason = settings_.shutdown ? DownReason::UserShutdown : DownReason::NoAfiActivated;
  history_.last_reset_detail = to_string(history_.last_reset_reason);
}

void Peer::stop(const ManualStop& event, Turn& turn) {
  for (Side side : kSides) deliver(side, event, turn);
  without_capabilities_ = false;
  hold_.clear(turn.moment);
  started_ = started_ && event.restart;
  if (!started_) hold_.release();
  history_.last_reset_reason = event.reason;
  if (!turn.why.empty()) return;
  history_.last_reset_detail = fmt::format("stopped here: {}", to_string(event.reason));
  history_.last_session_end.clear();
}

void Peer::stop(const AutomaticStop& event, Turn& turn) {
  for (Side side : kSides)
    if (!event.path_failed || at(side).connected()) deliver(side, event, turn);
  if (!event.path_failed) hold_.close(event.restart_after, turn.moment);
}

// The ConnectRetryTimer of an attempt that is going on, or waits, runs out early; so does the IdleHoldTimer.
void Peer::hurry(TimePoint now) {
  const TimePoint first = hold_.hurry(now);
  if (std::optional<TimePoint>& retry = outgoing_.connect_retry_at) retry = std::min(*retry, first);
}

// RFC 4271 §6.8, RFC 4724 §5. A peer opens one connection at a time: a second one of its own means that it
// has given up the first. Beside an Established connection of ours it may be the other half of a simultaneous
// open, so it is taken along, and supplant() decides when its handshake is done.
void Peer::accept(Turn& turn) {
  if (!accepts_connection()) {
    turn.actions.emplace_back(refusal(wire::subcode::kConnectionRejected));
    return;
  }
  const auto up = established_side();
  const bool no_room = incoming_.state == State::OpenConfirm || (up && !helps(at(*up)));
  if (no_room) {
    // RFC-DEVIATION: RFC 4271 §8.2.2 tracks such a connection until its OPEN comes; the answer would be the
    // same.
    turn.actions.emplace_back(refusal(wire::subcode::kConnectionCollisionResolution));
    return;
  }
  if (up == Side::Incoming)
    drop(Side::Incoming, PeerReconnected{}, turn);
  else if (incoming_.connected())
    drop(Side::Incoming, OpenCollisionDump{}, turn);  // no OPEN has come on it: it must not block this one
  if (incoming_.state == State::Idle) deliver(Side::Incoming, ManualStart{}, turn);
  turn.actions.emplace_back(Accept{});
  deliver(Side::Incoming, TcpConnectionAccepted{}, turn);
  give_way(turn.moment.now);
}

// RFC 4724 §4.2 has a peer take a second connection for our restart, and drop the session that it has just
// made on the first, with the routes that it still held as stale. Its OPEN will be here in a moment; an
// attempt that is due before waits for it, once: a peer that comes and goes must not keep us from trying.
void Peer::give_way(TimePoint now) {
  if (gave_way_) return;
  gave_way_ = true;
  const TimePoint later = now + kOpenGrace;
  for (std::optional<TimePoint>* attempt : {&outgoing_.connect_retry_at, &hold_.until})
    if (*attempt && outgoing_.transport == Session::Transport::None) *attempt = std::max(**attempt, later);
}

// A KEEPALIVE completes a handshake beside an Established session: the peer means the new connection.
void Peer::supplant(Side side, Turn& turn) {
  const Session& old = at(other(side));
  if (at(side).state != State::OpenConfirm || old.state != State::Established) return;
  if (helps(old))
    drop(other(side), PeerReconnected{}, turn);
  else
    drop(other(side), OpenCollisionDump{}, turn);
  announce_state(turn);
}

void Peer::deliver(Side side, const SessionEvent& event, Turn& turn) {
  const bool was_up = at(side).state == State::Established;
  Step step = make_step(side, turn);
  at(side).on_event(event, step);
  if (step.ending) ended(side, *step.ending, turn);
  if (step.drop_other) drop(other(side), OpenCollisionDump{}, turn);
  if (!was_up && at(side).state == State::Established) established(side, turn);
}

void Peer::drop(Side side, const SessionEvent& event, Turn& turn) {
  Step step = make_step(side, turn);
  at(side).on_event(event, step);
  if (step.ending) ended(side, *step.ending, turn);
}

void Peer::established(Side side, Turn& turn) {
  ++history_.connections_established;
  history_.established_at = turn.moment.now;
  without_capabilities_ = false;  // the next session may find a peer that has learnt
  // A connection whose OPEN is still to come goes, unless the rule prefers it: then the peer may be choosing
  // it this moment, and closing it could leave us both without any.
  const Negotiated& agreed = *at(side).negotiated;
  const Side survivor = surviving_side({agreed.sent.id, agreed.sent.as()}, {agreed.peer_id, agreed.peer_as});
  if (survivor == side && at(other(side)).connected()) drop(other(side), OpenCollisionDump{}, turn);
}

void Peer::ended(Side side, Ending ending, Turn& turn) {
  if (takes_no_capabilities(ending) && !without_capabilities_ && !settings_.dont_capability_negotiate) {
    without_capabilities_ = true;
    ending.detail += "; our next OPEN has no capabilities";
  }
  const bool other_goes_on = at(other(side)).opened();
  std::optional<TimePoint::duration> lived;
  if (ending.was_established()) {
    lived = turn.moment.now - history_.established_at.value_or(turn.moment.now);
    ++history_.connections_dropped;
    history_.last_reset = turn.moment.now;
  } else if (other_goes_on) {
    return;
  }
  if (ending.was_established() || !is_collision(ending)) {
    turn.why = ending.detail;
    history_.last_reset_detail = ending.detail;
    if (ending.reason != DownReason::None) history_.last_reset_reason = ending.reason;
    if (ending.notification || ending.was_established()) {  // an older one is not this session's
      history_.last_notification = ending.notification;
      history_.last_notification_was_sent = ending.notification_was_sent();
      history_.last_session_end = ending.detail;
    }
  }
  // A session that fell back to Active has its own timer.
  if (!other_goes_on && at(side).state == State::Idle) hold_.after(ending, lived, settings_, turn.moment);
}

// Starts what should run and does not: the listener always, the connector when nothing holds it back.
void Peer::keep_going(Turn& turn) {
  if (!started_ || !may_run()) return;
  if (outgoing_.opened() || incoming_.opened()) hold_.release();
  if (outgoing_.transport != Session::Transport::None || incoming_.opened()) gave_way_ = false;
  if (hold_.deaf() && !incoming_.connected()) incoming_.state = State::Idle;  // refuses every connection
  if (incoming_.state == State::Idle && !hold_.deaf()) deliver(Side::Incoming, ManualStart{}, turn);
  const bool wanted = !settings_.passive && !hold_.until && !hold_.closed && !incoming_.opened();
  if (wanted && outgoing_.state == State::Idle) deliver(Side::Outgoing, ManualStart{}, turn);
}

void Peer::announce_state(Turn& turn) const {
  const State after = state();
  if (after != turn.before || !turn.why.empty())
    turn.actions.emplace_back(StateChanged{turn.before, after, turn.why});
  turn.before = after;
  turn.why.clear();
}

}  // namespace lbgp::fsm
