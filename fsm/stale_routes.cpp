// SPDX-License-Identifier: Apache-2.0
// The phases of stale routes, family by family.
#include "fsm/stale_routes.hpp"

#include <algorithm>
#include <utility>

namespace lbgp::fsm {
namespace {

// Both capabilities are asked for what they were kept by: RFC 4724 §4.2, RFC 9494 §4.2.
bool vouched_for(const StaleFamily& family, const PeerGracefulRestart& peer) {
  return family.long_lived_begun ? peer.long_lived_forwarding_preserved : peer.forwarding_preserved;
}

}  // namespace

StaleStep StaleRoutes::session_down(const SessionDown& end, seconds stalepath_time, TimePoint now) {
  StaleStep step;
  for (const wire::Family each : wire::kFamilies) {
    StaleFamily& family = families_[each];
    const StaleFamily before = std::exchange(family, {});
    if (!end.keep_stale.contains(each)) continue;
    // RFC 4724 §4.2 deletes what was stale already; RFC 9494 §4.2 does not before its time is over. What a
    // refresh had marked has lived through no restart yet.
    const bool long_lived = before.long_lived_until && *before.long_lived_until > now;
    const bool older_stay = long_lived || before.phase == StalePhase::Refreshing ||
                            (end.keep_older && before.phase != StalePhase::None && !before.long_lived_until);
    if (!older_stay && before.phase != StalePhase::None) step.flush_older.insert(each);
    family.phase = StalePhase::Restarting;
    family.until = now + end.restart_time[each];
    family.stale_time = end.long_lived_stale_time[each];
    if (long_lived) {
      family.long_lived_begun = true;
      family.long_lived_until = before.long_lived_until;
      family.until = std::min(family.until, *family.long_lived_until);
    } else if (end.keep_older) {
      family.limit = older_stay && before.limit ? *before.limit : family.until + stalepath_time;
      family.until = std::min(family.until, *family.limit);
    }
    advance(each, now, step);
  }
  return step;
}

StaleStep StaleRoutes::session_up(const Negotiated& negotiated, seconds stalepath_time, TimePoint now) {
  StaleStep step;
  for (const wire::Family each : wire::kFamilies) {
    StaleFamily& family = families_[each];
    if (family.phase == StalePhase::None) continue;
    const bool kept = negotiated.graceful_restart && negotiated.codec.families.contains(each) &&
                      vouched_for(family, negotiated.peer_families[each]);
    if (!kept) {
      step.flush.insert(each);
      family = {};
      continue;
    }
    family.phase = StalePhase::Synchronizing;
    family.until = std::min(now + stalepath_time, family.limit.value_or(TimePoint::max()));
  }
  return step;
}

bool StaleRoutes::end_of_rib(wire::Family family) {
  if (families_[family].phase != StalePhase::Synchronizing) return false;
  families_[family] = {};
  return true;
}

void StaleRoutes::begin_refresh(wire::Family family, seconds stalepath_time, TimePoint now) {
  families_[family] = {.phase = StalePhase::Refreshing, .until = now + stalepath_time};
}

bool StaleRoutes::end_refresh(wire::Family family) {
  if (families_[family].phase != StalePhase::Refreshing) return false;
  families_[family] = {};
  return true;
}

StaleStep StaleRoutes::give_up() {
  StaleStep step;
  for (const wire::Family family : wire::kFamilies)
    if (std::exchange(families_[family], {}).phase != StalePhase::None) step.flush.insert(family);
  return step;
}

StaleStep StaleRoutes::on_time(TimePoint now) {
  StaleStep step;
  for (const wire::Family family : wire::kFamilies) advance(family, now, step);
  return step;
}

std::optional<TimePoint> StaleRoutes::next_deadline() const {
  std::optional<TimePoint> earliest;
  for (const StaleFamily& family : families_)
    if (family.phase != StalePhase::None && (!earliest || family.until < *earliest)) earliest = family.until;
  return earliest;
}

// Goes on for as long as phases are over: a restart time may be zero.
void StaleRoutes::advance(wire::Family each, TimePoint now, StaleStep& step) {
  StaleFamily& family = families_[each];
  if (family.phase == StalePhase::None || family.until > now) return;
  const bool patient = family.stale_time > seconds{0} || family.long_lived_until;
  if (family.phase == StalePhase::Restarting && patient) {
    family.phase = StalePhase::LongLived;
    family.long_lived_begun = true;
    family.limit.reset();
    if (!family.long_lived_until) family.long_lived_until = family.until + family.stale_time;
    family.until = *family.long_lived_until;
    if (family.until > now) {
      step.long_lived.insert(each);
      return;
    }
  }
  step.flush.insert(each);
  family = {};
}

}  // namespace lbgp::fsm
