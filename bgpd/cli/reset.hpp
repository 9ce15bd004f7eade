// SPDX-License-Identifier: Apache-2.0
// Why a session last went down, as several commands tell it.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "bgpd/cli/units.hpp"
#include "fsm/state.hpp"
#include "wire/error.hpp"

namespace lbgp::daemon::cli {

struct Reset {
  std::optional<milliseconds> ago;  // none: the session never was up
  fsm::DownReason reason = fsm::DownReason::None;
  std::string detail;  // our own words: "connection refused", "peer says AS 65002, …"
  std::optional<wire::Notification> notification;  // the one that ended it, if any
  bool notification_sent = false;                  // by us
};

// FRR's number for it (its PEER_DOWN_ list, 8.4).
[[nodiscard]] int reset_code(fsm::DownReason reason);
// "Admin. shutdown"; before the first session "Waiting for peer OPEN".
[[nodiscard]] std::string reset_reason(const Reset& reset);
// "Notification received (Cease/Administrative Shutdown/Hard Reset)" or the reason, then our own words.
[[nodiscard]] std::string reset_text(const Reset& reset);
// Adds lastErrorCodeSubcode … lastResetCode.
void add_reset(boost::json::object& out, const Reset& reset);

}  // namespace lbgp::daemon::cli
