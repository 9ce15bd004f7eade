// SPDX-License-Identifier: Apache-2.0
// What a session's end means for the peer's routes, and its words.
#include "fsm/ending.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lbgp::fsm {
namespace {

bool is_hard_reset(const std::optional<wire::Notification>& notification) {
  return notification && notification->code == wire::ErrorCode::Cease &&
         notification->subcode == wire::subcode::kHardReset;
}

// Whether the end is one that the peer is expected to come back from with its forwarding intact.
bool bridges(const Negotiated& negotiated, const Ending& ending) {
  switch (ending.kind) {
    case EndKind::ConnectionLost:
    case EndKind::Replaced:
      return true;
    case EndKind::NotificationReceived:
    case EndKind::ErrorFound:
    case EndKind::HoldTimerExpired:
    case EndKind::SendHoldTimerExpired:
      return negotiated.notification_bit && !is_hard_reset(ending.notification);
    case EndKind::Stopped:    // our operator wants the peer gone
    case EndKind::Collision:  // a session that the peer gives up on purpose, for another one that is coming
                              // up
    case EndKind::Unreachable:
      return false;
  }
  return false;
}

// RFC 9003 §2.
bool may_carry_text(const wire::Notification& notification) {
  return notification.code == wire::ErrorCode::Cease &&
         (notification.subcode == wire::subcode::kAdministrativeShutdown ||
          notification.subcode == wire::subcode::kAdministrativeReset);
}

// A NOTIFICATION's name and the text that may come with it.
std::string words(const wire::Notification& notification) {
  const std::string name = wire::to_string(notification);
  // RFC 8538 §3.1: a Hard Reset holds the NOTIFICATION that it makes hard.
  if (is_hard_reset(notification) && notification.data.size() >= 2) {
    const auto& data = notification.data;
    const wire::Notification inner{static_cast<wire::ErrorCode>(data[0]), data[1], {data.begin() + 2, data.end()}};
    if (!is_hard_reset(inner)) return name + ": " + words(inner);
  }
  const std::string text = one_line(wire::shutdown_communication(notification));
  if (!text.empty()) return name + ": " + text;
  // RFC 9003 §4: what cannot be read is told, but not shown.
  return name + (may_carry_text(notification) && notification.data.size() > 1 ? " with a malformed text" : "");
}

}  // namespace

wire::FamilySet stale_families(const Negotiated& negotiated, const Ending& ending) {
  wire::FamilySet kept;
  if (!negotiated.graceful_restart || !bridges(negotiated, ending)) return kept;
  for (wire::Family family : wire::kFamilies)
    if (negotiated.codec.families.contains(family) && negotiated.peer_families[family].listed)
      kept.insert(family);
  return kept;
}

wire::Notification hard_reset(const wire::Notification& inner) {
  wire::Notification outer{wire::ErrorCode::Cease, wire::subcode::kHardReset, {}};
  outer.data.push_back(static_cast<std::uint8_t>(inner.code));
  outer.data.push_back(inner.subcode);
  outer.data.insert(outer.data.end(), inner.data.begin(), inner.data.end());
  return outer;
}

std::string received_words(const wire::Notification& notification) {
  return "peer sent " + words(notification);
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace lbgp::fsm
