// SPDX-License-Identifier: Apache-2.0
// Text and JSON of a session's last reset.
#include "bgpd/cli/reset.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "fsm/ending.hpp"

namespace lbgp::daemon::cli {
namespace {

using fsm::DownReason;

constexpr int kWaitingForOpen = 32;
constexpr std::array<std::pair<DownReason, int>, 20> kCodes{{
    {DownReason::RouterIdChange, 1},
    {DownReason::RemoteAsChange, 2},
    {DownReason::LocalAsChange, 3},
    {DownReason::UpdateSourceChange, 9},
    {DownReason::AddressFamilyActivate, 10},
    {DownReason::UserShutdown, 11},
    {DownReason::UserReset, 12},
    {DownReason::NotificationReceived, 13},
    {DownReason::NotificationSent, 14},
    {DownReason::CloseSession, 15},
    {DownReason::PeerDeconfigured, 16},
    {DownReason::CapabilityChange, 19},
    {DownReason::MultihopChange, 21},
    {DownReason::NsfCloseSession, 22},
    {DownReason::BfdDown, 24},
    {DownReason::InterfaceDown, 25},
    {DownReason::NeighborAddressLost, 26},
    {DownReason::NoAfiActivated, 30},
    {DownReason::PrefixCount, 33},
    {DownReason::PasswordChange, 37},
}};

struct Unwrapped {
  wire::Notification notification;
  bool hard_reset = false;
};

Unwrapped unwrap(const wire::Notification& notification) {
  const auto inner = fsm::inside_hard_reset(notification);
  return {inner.value_or(notification), inner.has_value()};
}

// As in FRR, the NOTIFICATION is the reason only of a reset without a better one.
bool by_notification(const Reset& reset) {
  return reset.notification &&
         (reset.reason == DownReason::NotificationSent || reset.reason == DownReason::NotificationReceived);
}

}  // namespace

int reset_code(DownReason reason) {
  for (const auto& [known, code] : kCodes)
    if (known == reason) return code;
  return kWaitingForOpen;
}

std::string reset_reason(const Reset& reset) {
  if (reset.reason == DownReason::None) return "Waiting for peer OPEN";
  return std::string(fsm::to_string(reset.reason));
}

std::string reset_text(const Reset& reset) {
  std::string text = reset_reason(reset);
  if (by_notification(reset)) {
    const Unwrapped inner = unwrap(*reset.notification);
    text = fmt::format("Notification {} ({}{})", reset.notification_sent ? "sent" : "received",
                       wire::to_string(inner.notification), inner.hard_reset ? "/Hard Reset" : "");
  }
  if (!reset.detail.empty()) text += ": " + reset.detail;
  return text;
}

void add_reset(boost::json::object& out, const Reset& reset) {
  if (reset.notification) {
    const Unwrapped inner = unwrap(*reset.notification);
    out["lastErrorCodeSubcode"] = fmt::format("{:02X}{:02X}", static_cast<unsigned>(inner.notification.code),
                                              inner.notification.subcode);
    out["lastNotificationReason"] = wire::to_string(inner.notification);
    if (inner.hard_reset) out["lastNotificationHardReset"] = true;
    const std::string message = wire::shutdown_communication(inner.notification);
    if (!message.empty()) out["lastShutdownDescription"] = message;
  }
  out["lastResetDueTo"] = reset_reason(reset);
  out["lastResetCode"] = reset_code(reset.reason);
  if (!reset.detail.empty()) out["lastResetDetail"] = reset.detail;
}

}  // namespace lbgp::daemon::cli
