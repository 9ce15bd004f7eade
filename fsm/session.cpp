// SPDX-License-Identifier: Apache-2.0
// What the six states are made of: timers, OPEN, KEEPALIVE, and the ways in which a session ends.
#include "fsm/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fsm/collision.hpp"
#include "wire/format.hpp"

namespace lbgp::fsm {
namespace {

using Handler = void (*)(Session&, const SessionEvent&, Step&);
constexpr std::array<Handler, kStateCount> kHandlers{in_idle,      in_connect,      in_active,
                                                     in_open_sent, in_open_confirm, in_established};

// The end comes before anything that would still be sent.
struct Timer {
  std::optional<TimePoint> Session::*deadline;
  SessionEvent event;
};
const std::array<Timer, 5>& timers() {
  static const std::array<Timer, 5> kTimers{{{&Session::hold_at, HoldTimerExpires{}},
                                             {&Session::send_hold_at, SendHoldTimerExpires{}},
                                             {&Session::delay_open_at, DelayOpenTimerExpires{}},
                                             {&Session::connect_retry_at, ConnectRetryTimerExpires{}},
                                             {&Session::keepalive_at, KeepaliveTimerExpires{}}}};
  return kTimers;
}

// RFC 6608 §3: the subcode tells the state; the data (§4) tell which message it was.
std::uint8_t fsm_error_subcode(State state) {
  switch (state) {
    case State::OpenSent:
      return wire::subcode::kUnexpectedInOpenSent;
    case State::OpenConfirm:
      return wire::subcode::kUnexpectedInOpenConfirm;
    case State::Established:
      return wire::subcode::kUnexpectedInEstablished;
    case State::Idle:
    case State::Connect:
    case State::Active:
      break;
  }
  return wire::subcode::kUnspecific;
}

// An event that a state has no use for: what it is called, and which message it was, if any.
struct Misfit {
  std::string_view name;
  std::optional<wire::MessageType> message = std::nullopt;
};

struct MisfitReader {
  Misfit operator()(const ConnectRetryTimerExpires&) const { return {"ConnectRetryTimer"}; }
  Misfit operator()(const HoldTimerExpires&) const { return {"HoldTimer"}; }
  Misfit operator()(const KeepaliveTimerExpires&) const { return {"KeepaliveTimer"}; }
  Misfit operator()(const DelayOpenTimerExpires&) const { return {"DelayOpenTimer"}; }
  Misfit operator()(const SendHoldTimerExpires&) const { return {"SendHoldTimer"}; }
  Misfit operator()(const OpenReceived&) const { return {"OPEN", wire::MessageType::Open}; }
  Misfit operator()(const KeepaliveReceived&) const { return {"KEEPALIVE", wire::MessageType::Keepalive}; }
  Misfit operator()(const UpdateReceived&) const { return {"UPDATE", wire::MessageType::Update}; }
  Misfit operator()(const RouteRefreshReceived&) const {
    return {"ROUTE-REFRESH", wire::MessageType::RouteRefresh};
  }
  // The message that is wrong in itself is one that has no place here in the first place.
  Misfit operator()(const MessageError& event) const {
    switch (event.error.notification.code) {
      case wire::ErrorCode::OpenMessage:
        return (*this)(OpenReceived{});
      case wire::ErrorCode::UpdateMessage:
        return (*this)(UpdateReceived{});
      case wire::ErrorCode::RouteRefresh:
        return (*this)(RouteRefreshReceived{});
      default:
        return {"a malformed message"};
    }
  }
  Misfit operator()(const OneOf<ManualStart, ManualStop, AutomaticStop, OpenCollisionDump, PeerReconnected,
                                TcpConnectionEstablished, TcpConnectionAccepted, TcpConnectionFails,
                                NotificationReceived, SendProgress, SendBlocked> auto&) const {
    return {"this event"};
  }
};
wire::Open our_open(const Step& step) {
  wire::Open open = make_open(step.settings, step.restarting);
  if (step.without_capabilities) open.capabilities.clear();
  return open;
}

enum class Verdict : std::uint8_t { KeepBoth, DropThis, DropOther };

// RFC 4271 §6.8, asked when an acceptable OPEN has come on one connection. The rule decides, never the order
// in which messages happened to arrive: two speakers that each keep "the first" can lose both connections. A
// connection whose OPEN has not come yet cannot win: it may be silent for ever.
Verdict judge(const Session& session, const Negotiated& agreed, const Session& other) {
  const Speaker us{agreed.sent.id, agreed.sent.as()};
  const bool this_survives = surviving_side(us, {agreed.peer_id, agreed.peer_as}) == session.side;
  if (!other.connected())  // an attempt of ours is needless now; a listener does no harm
    return other.side == Side::Outgoing ? Verdict::DropOther : Verdict::KeepBoth;
  switch (other.state) {
    case State::Idle:
    case State::Connect:
    case State::Active:
    case State::OpenSent:
      return this_survives ? Verdict::DropOther : Verdict::KeepBoth;
    case State::OpenConfirm:
      return this_survives ? Verdict::DropOther : Verdict::DropThis;
    case State::Established:
      // It was let in beside an Established one for a reason: let its handshake prove it.
      return Verdict::KeepBoth;
  }
  return Verdict::KeepBoth;
}

}  // namespace

void Session::on_event(const SessionEvent& event, Step& step) {
  kHandlers.at(static_cast<std::size_t>(state))(*this, event, step);
}

void Session::on_time(Step& step) {
  for (const Timer& timer : timers()) {
    std::optional<TimePoint>& deadline = this->*timer.deadline;
    if (!deadline || *deadline > step.moment.now) continue;
    deadline.reset();
    on_event(timer.event, step);
  }
}

std::optional<TimePoint> Session::next_deadline() const {
  std::optional<TimePoint> earliest;
  for (const Timer& timer : timers()) {
    const std::optional<TimePoint>& deadline = this->*timer.deadline;
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  }
  return earliest;
}

void Session::connect(Step& step) {
  if (transport != Transport::None) step.actions.emplace_back(Close{side});
  clear_timers();
  if (step.settings.passive) {  // it became so while we tried: the incoming session goes on alone
    transport = Transport::None;
    state = State::Idle;
    return;
  }
  state = State::Connect;
  transport = Transport::Connecting;
  connect_retry_at = step.moment.jittered(step.settings.connect_retry, seconds{1});
  step.actions.emplace_back(Connect{});
}

void Session::retry_later(Step& step) {
  clear_timers();
  open_sent.reset();
  state = State::Active;
  if (side == Side::Outgoing)
    connect_retry_at = step.moment.jittered(step.settings.connect_retry, seconds{1});
}

void Session::start_delay_open(Step& step) {
  connect_retry_at.reset();
  transport = Transport::Connected;
  const seconds delay = step.settings.delay_open.value_or(seconds{0});
  if (delay > seconds{0})
    delay_open_at = step.moment.jittered(delay);
  else
    enter_open_sent(step);
}

void Session::enter_open_sent(Step& step) {
  clear_timers();
  open_sent = our_open(step);
  send(wire::encode(*open_sent), step);
  hold_at = step.moment.after(kOpenHoldTime);
  state = State::OpenSent;
}

void Session::accept_open(const wire::Open& open, Step& step) {
  const wire::Open ours = open_sent ? *open_sent : our_open(step);
  wire::Result<Negotiated> agreed = negotiate(step.settings, ours, open);
  if (!agreed) return fail(agreed.error(), step);
  const Verdict verdict = judge(*this, *agreed, step.other);
  if (verdict == Verdict::DropThis) return dump(step);
  step.drop_other = verdict == Verdict::DropOther;

  clear_timers();
  if (!open_sent) send(wire::encode(ours), step);  // event 20: the DelayOpenTimer was still running
  open_sent = ours;
  negotiated = std::move(*agreed);
  send(wire::encode_keepalive(), step);
  restart_keepalive(step);
  hold_at = step.moment.after(confirm_time());
  state = State::OpenConfirm;
}

void Session::enter_established(Step& step) {
  state = State::Established;
  restart_hold(step);
  step.actions.emplace_back(SessionUp{side, *negotiated});
}

void Session::restart_hold(const Step& step) {
  hold_at.reset();
  if (negotiated->hold_time > seconds{0}) hold_at = step.moment.after(negotiated->hold_time);
}

// RFC-DEVIATION: RFC 4271 §8.2.2 waits for ever when the hold time is zero; a peer that dies here would then
// keep its place for ever.
seconds Session::confirm_time() const {
  return negotiated->hold_time > seconds{0} ? negotiated->hold_time : kOpenHoldTime;
}

void Session::restart_keepalive(const Step& step) {
  keepalive_at.reset();
  if (negotiated->hold_time > seconds{0})
    keepalive_at = std::max(step.moment.jittered(negotiated->keepalive), step.moment.after(seconds{1}));
}

void Session::send(wire::Bytes message, Step& step) const {
  step.actions.emplace_back(Send{side, std::move(message)});
}

void Session::notify_and_end(Ending ending, Step& step) {
  if (connected() && ending.notification) send(wire::encode(*ending.notification), step);
  end(std::move(ending), step);
}

void Session::end(Ending ending, Step& step) {
  ending.from = state;
  ending.detail = one_line(std::move(ending.detail));
  if (transport != Transport::None) step.actions.emplace_back(Close{side});
  if (state == State::Established) {
    const wire::FamilySet kept = stale_families(*negotiated, ending);
    if (ending.kind == EndKind::ConnectionLost && !kept.empty()) ending.reason = DownReason::NsfCloseSession;
    SessionDown down{.keep_stale = kept, .keep_older = negotiated->notification_bit};
    for (const wire::Family family : wire::kFamilies) {
      if (!kept.contains(family)) continue;
      const PeerGracefulRestart& peer = negotiated->peer_families[family];
      // RFC 9494 §4.2: zero for a family that only the long-lived capability lists.
      if (peer.listed) down.restart_time[family] = negotiated->peer_restart_time;
      down.long_lived_stale_time[family] = peer.long_lived_stale_time;
    }
    step.actions.emplace_back(down);
  }
  clear_timers();
  transport = Transport::None;
  open_sent.reset();
  negotiated.reset();
  state = State::Idle;
  step.ending = std::move(ending);
}

void Session::fail(const wire::Error& error, Step& step) {
  ++connect_retry_counter;
  notify_and_end({.kind = EndKind::ErrorFound,
                  .reason = DownReason::NotificationSent,
                  .detail = error.reason.empty() ? wire::to_string(error.notification) : error.reason,
                  .notification = error.notification},
                 step);
}

void Session::unexpected(const SessionEvent& event, Step& step) {
  const Misfit misfit = std::visit(MisfitReader{}, event);
  if (!misfit.message)
    return fail({{wire::ErrorCode::FsmError, wire::subcode::kUnspecific, {}},
                 fmt::format("{} ran out, which has no place in {}", misfit.name, to_string(state))},
                step);
  fail({{wire::ErrorCode::FsmError, fsm_error_subcode(state), {static_cast<std::uint8_t>(*misfit.message)}},
        fmt::format("peer sent {}, which has no place in {}", misfit.name, to_string(state))},
       step);
}

void Session::give_up(const SessionEvent& event, Step& step) {
  ++connect_retry_counter;
  end({.kind = EndKind::ErrorFound,
       .reason = DownReason::CloseSession,
       .detail =
           fmt::format("{} has no place in {}", std::visit(MisfitReader{}, event).name, to_string(state))},
      step);
}

void Session::expire_hold(std::string detail, Step& step) {
  ++connect_retry_counter;
  notify_and_end({.kind = EndKind::HoldTimerExpired,
                  .reason = DownReason::NotificationSent,
                  .detail = std::move(detail),
                  .notification = wire::Notification{wire::ErrorCode::HoldTimerExpired, 0, {}}},
                 step);
}

// RFC 8538 §4: with the N bit on both sides a plain Cease would make the peer keep what we want it to forget.
wire::Notification Session::last_word(const wire::Notification& wanted, const Step& step) const {
  const bool would_be_bridged = state == State::Established && negotiated->notification_bit;
  const bool hard = would_be_bridged && wants_hard_reset(wanted, step.settings.graceful_restart);
  return hard ? hard_reset(wanted) : wanted;
}

void Session::stop(const AutomaticStop& event, Step& step) {
  ++connect_retry_counter;
  Ending ending{.kind = event.path_failed ? EndKind::PathFailed : EndKind::Stopped,
                .reason = event.reason,
                .detail = event.detail};
  if (state >= State::OpenSent && event.notification)
    ending.notification = last_word(*event.notification, step);
  notify_and_end(std::move(ending), step);
}

void Session::stop(const ManualStop& event, Step& step) {
  connect_retry_counter = 0;
  std::optional<wire::Notification> notification = event.notification;
  if (notification) notification = last_word(*notification, step);
  const std::string text = notification ? wire::shutdown_communication(*event.notification) : std::string{};
  notify_and_end(
      {.kind = EndKind::Stopped,
       .reason = event.reason,
       .detail = fmt::format("stopped here: {}{}{}", to_string(event.reason), text.empty() ? "" : ": ", text),
       .notification = connected() ? notification : std::nullopt},
      step);
}

void Session::dump(Step& step) {
  ++connect_retry_counter;
  const bool ours = side == Side::Outgoing;
  notify_and_end(
      {.kind = EndKind::Collision,
       .reason = DownReason::NotificationSent,
       .detail =
           fmt::format("connection collision: the connection that {} opened stays", ours ? "the peer" : "we"),
       .notification =
           wire::Notification{wire::ErrorCode::Cease, wire::subcode::kConnectionCollisionResolution, {}}},
      step);
}

void Session::take_notification(const wire::Notification& notification, Step& step) {
  // RFC 4271 §8.2.2: a version error (event 24) is an answer to be tried again with, not a failure to be
  // counted.
  const bool version_error = notification.code == wire::ErrorCode::OpenMessage &&
                             notification.subcode == wire::subcode::kUnsupportedVersionNumber;
  const bool may_be_settled = delay_open_at || state == State::OpenSent || state == State::OpenConfirm;
  if (!version_error || !may_be_settled) ++connect_retry_counter;
  end({.kind = EndKind::NotificationReceived,
       .reason = DownReason::NotificationReceived,
       .detail = received_words(notification),
       .notification = notification},
      step);
}

void Session::clear_timers() {
  for (const Timer& timer : timers()) (this->*timer.deadline).reset();
}

}  // namespace lbgp::fsm
