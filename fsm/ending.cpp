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
    case EndKind::Stopped:  // our operator wants the peer gone, unless he only wants the session anew
      return negotiated.notification_bit && ending.notification && !is_hard_reset(ending.notification);
    case EndKind::Collision:  // a session that the peer gives up on purpose, for another one that is coming
                              // up
    case EndKind::Unreachable:
    case EndKind::PathFailed:
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

}  // namespace

wire::FamilySet stale_families(const Negotiated& negotiated, const Ending& ending) {
  wire::FamilySet kept;
  if (!negotiated.graceful_restart || !bridges(negotiated, ending)) return kept;
  for (wire::Family family : wire::kFamilies) {
    const PeerGracefulRestart& peer = negotiated.peer_families[family];
    if (negotiated.codec.families.contains(family) &&
        (peer.listed || peer.long_lived_stale_time > seconds{0}))
      kept.insert(family);
  }
  return kept;
}

bool wants_hard_reset(const wire::Notification& notification, const GracefulRestartSettings& settings) {
  if (notification.code != wire::ErrorCode::Cease) return false;
  switch (notification.subcode) {
    case wire::subcode::kMaximumPrefixes:
    case wire::subcode::kAdministrativeShutdown:
    case wire::subcode::kPeerDeconfigured:
    case wire::subcode::kOutOfResources:
    case wire::subcode::kBfdDown:
      return true;
    case wire::subcode::kAdministrativeReset:
      return settings.hard_administrative_reset;
    default:  // the session is to come back at once: the peer may bridge it
      return false;
  }
}

wire::Notification hard_reset(const wire::Notification& inner) {
  wire::Notification outer{wire::ErrorCode::Cease, wire::subcode::kHardReset, {}};
  outer.data.push_back(static_cast<std::uint8_t>(inner.code));
  outer.data.push_back(inner.subcode);
  outer.data.insert(outer.data.end(), inner.data.begin(), inner.data.end());
  return outer;
}

std::optional<wire::Notification> inside_hard_reset(const wire::Notification& outer) {
  if (!is_hard_reset(outer) || outer.data.size() < 2) return std::nullopt;
  return wire::Notification{
      static_cast<wire::ErrorCode>(outer.data[0]), outer.data[1], {outer.data.begin() + 2, outer.data.end()}};
}

std::string received_words(const wire::Notification& notification) {
  const auto inner = inside_hard_reset(notification);
  const wire::Notification& meant = inner ? *inner : notification;
  std::string words = "peer sent " + wire::to_string(notification);
  if (inner) words += fmt::format(" ({})", wire::to_string(*inner));
  if (const std::string text = one_line(wire::shutdown_communication(meant)); !text.empty())
    return words + ": " + text;
  // RFC 9003 §4: what cannot be read is told, but not shown.
  return words + (may_carry_text(meant) && meant.data.size() > 1 ? " with a malformed text" : "");
}

std::string one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

}  // namespace lbgp::fsm
