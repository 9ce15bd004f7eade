// SPDX-License-Identifier: Apache-2.0
// Back-off: doubling from a second to a minute, forgotten after a stable minute.
#include "fsm/idle_hold.hpp"

#include <algorithm>

namespace lbgp::fsm {
namespace {

// A received NOTIFICATION by its code. Cease and an expired hold timer are a peer that goes; the rest is a
// quarrel.
Blame blame(const wire::Notification& received) {
  using wire::ErrorCode;
  if (received.code == ErrorCode::Cease) {
    // The peer still has another connection of ours, perhaps a dead one: nothing is wrong with this one.
    return received.subcode == wire::subcode::kConnectionCollisionResolution ? Blame::Unreachable
                                                                             : Blame::Flap;
  }
  if (received.code == ErrorCode::HoldTimerExpired || received.code == ErrorCode::SendHoldTimerExpired)
    return Blame::Flap;
  return Blame::Fault;
}

constexpr std::uint32_t kMostFailures = 7;  // the seventh holds for the longest time already

seconds backed_off(std::uint32_t failures) {
  return std::min(kFirstHold * (1U << (failures - 1)), kLongestHold);
}

}  // namespace

Blame blame(const Ending& ending) {
  switch (ending.kind) {
    case EndKind::Stopped:
    case EndKind::Collision:
    case EndKind::Replaced:
      return Blame::None;
    case EndKind::Unreachable:
      return Blame::Unreachable;
    case EndKind::ConnectionLost:
      return ending.from < State::OpenConfirm ? Blame::Unreachable : Blame::Flap;
    case EndKind::NotificationReceived:
      return blame(ending.notification.value_or(wire::Notification{}));
    case EndKind::HoldTimerExpired:
    case EndKind::SendHoldTimerExpired:
    case EndKind::PathFailed:
      return Blame::Flap;
    case EndKind::ErrorFound:
      return Blame::Fault;
  }
  return Blame::None;
}

void IdleHold::after(const Ending& ending, std::optional<TimePoint::duration> lived,
                     const SessionSettings& settings, Moment moment) {
  if (lived && *lived >= kStableTime) failures = 0;
  switch (blame(ending)) {
    case Blame::None:
      return wait(moment.jittered(kFirstHold));
    case Blame::Unreachable:
      return wait(moment.jittered(settings.connect_retry, kFirstHold));
    case Blame::Flap:
      return punish(false, moment);
    case Blame::Fault:
      return punish(true, moment);
  }
}

void IdleHold::clear(Moment moment) {
  failures = 0;
  no_sooner = {};
  listen();
  until = moment.jittered(kFirstHold);
}

void IdleHold::close(std::optional<seconds> time, Moment moment) {
  until.reset();
  if (time) until = moment.after(*time);
  closed = true;
}

// An attempt that is due already is not put off: connections that come and go must not keep us from trying.
void IdleHold::wait(TimePoint deadline) {
  if (!until) until = deadline;
}

// A peer that only comes and goes is always let in: refusing it would outlast its restart time, and its
// routes with it.
void IdleHold::punish(bool fault, Moment moment) {
  failures = std::min(failures + 1, kMostFailures);
  const TimePoint deadline = moment.jittered(backed_off(failures));
  until = until ? std::max(*until, deadline) : deadline;
  no_sooner = std::max(no_sooner, deadline);
  // However long we wait: a peer that has been mended is not to find a closed door for a minute.
  if (fault) deaf_until = std::min(*until, moment.after(kLongestDeafness));
}

// A link that comes and goes makes for one attempt a second, and for none while a penalty runs.
TimePoint IdleHold::hurry(TimePoint now) {
  const TimePoint first = std::max(now, no_sooner);
  if (until && !closed) until = std::min(*until, first);
  if (first == now) no_sooner = now + kFirstHold;
  return first;
}

void IdleHold::on_time(TimePoint now) {
  if (until && *until <= now) release();
  if (deaf_until && *deaf_until <= now) deaf_until.reset();
}

std::optional<TimePoint> IdleHold::next_deadline() const {
  return until && deaf_until ? std::min(*until, *deaf_until) : until ? until : deaf_until;
}

}  // namespace lbgp::fsm
