// SPDX-License-Identifier: Apache-2.0
// The last reset in FRR's words and numbers.
#include "bgpd/cli/reset.hpp"

#include <catch2/catch.hpp>

using namespace lbgp::daemon::cli;
using lbgp::fsm::DownReason;
namespace wire = lbgp::wire;
namespace json = boost::json;

namespace {

json::object as_json(const Reset& reset) {
  json::object out;
  add_reset(out, reset);
  return out;
}

// Cease/Hard Reset around Cease/Administrative Shutdown "go away", as FRR sends on `neighbor X shutdown
// message`.
wire::Notification hard_shutdown() {
  wire::Notification notification{wire::ErrorCode::Cease, wire::subcode::kHardReset, {6, 2, 7}};
  for (const char c : std::string("go away")) notification.data.push_back(static_cast<std::uint8_t>(c));
  return notification;
}

}  // namespace

TEST_CASE("codes are those of FRR 8.4", "[cli][reset]") {
  CHECK(reset_code(DownReason::UserShutdown) == 11);
  CHECK(reset_code(DownReason::UserReset) == 12);
  CHECK(reset_code(DownReason::NotificationReceived) == 13);
  CHECK(reset_code(DownReason::InterfaceDown) == 25);
  CHECK(reset_code(DownReason::NeighborAddressLost) == 26);
  CHECK(reset_code(DownReason::NoAfiActivated) == 30);
  CHECK(reset_code(DownReason::None) == 32);
}

TEST_CASE("before the first session the peer's OPEN is awaited", "[cli][reset]") {
  CHECK(reset_text({}) == "Waiting for peer OPEN");
  CHECK(as_json({}) == json::object{{"lastResetDueTo", "Waiting for peer OPEN"}, {"lastResetCode", 32}});
}

TEST_CASE("a hard reset is unwrapped", "[cli][reset][rfc8538-3]") {
  Reset reset;
  reset.reason = DownReason::NotificationReceived;
  reset.notification = hard_shutdown();
  CHECK(reset_text(reset) == "Notification received (Cease/Administrative Shutdown/Hard Reset)");
  const json::object out = as_json(reset);
  CHECK(out.at("lastErrorCodeSubcode") == "0602");
  CHECK(out.at("lastNotificationReason") == "Cease/Administrative Shutdown");
  CHECK(out.at("lastNotificationHardReset") == true);
  CHECK(out.at("lastResetDueTo") == "BGP Notification received");
  CHECK(out.at("lastResetCode") == 13);
}

TEST_CASE("a hard reset without contents stays what it is", "[cli][reset][rfc8538-3]") {
  Reset reset;
  reset.reason = DownReason::NotificationReceived;
  reset.notification = wire::Notification{wire::ErrorCode::Cease, wire::subcode::kHardReset, {6}};
  CHECK(reset_text(reset) == "Notification received (Cease/Hard Reset)");
  CHECK_FALSE(as_json(reset).contains("lastNotificationHardReset"));
}

TEST_CASE("what we sent is told apart, with our own words behind it", "[cli][reset]") {
  Reset reset;
  reset.reason = DownReason::NotificationSent;
  reset.notification = wire::Notification{wire::ErrorCode::OpenMessage, wire::subcode::kBadPeerAs, {}};
  reset.notification_sent = true;
  reset.detail = "peer says AS 65002, configured 65001";
  CHECK(reset_text(reset) ==
        "Notification sent (OPEN Message Error/Bad Peer AS): peer says AS 65002, configured 65001");
  CHECK(as_json(reset).at("lastErrorCodeSubcode") == "0202");
  CHECK(as_json(reset).at("lastResetDetail").as_string() == reset.detail.c_str());
}
