// SPDX-License-Identifier: Apache-2.0
// Names of states and reasons are FRR's, which scripts match against.
#include "support.hpp"

using namespace lbgp::fsm;

TEST_CASE("states are printed as FRR prints them", "[frr-names]") {
  CHECK(to_string(State::Idle) == "Idle");
  CHECK(to_string(State::Connect) == "Connect");
  CHECK(to_string(State::Active) == "Active");
  CHECK(to_string(State::OpenSent) == "OpenSent");
  CHECK(to_string(State::OpenConfirm) == "OpenConfirm");
  CHECK(to_string(State::Established) == "Established");
}

TEST_CASE("reasons are FRR's words", "[frr-names]") {
  CHECK(to_string(DownReason::None).empty());
  CHECK(to_string(DownReason::RouterIdChange) == "Router ID changed");
  CHECK(to_string(DownReason::RemoteAsChange) == "Remote AS changed");
  CHECK(to_string(DownReason::LocalAsChange) == "Local AS change");
  CHECK(to_string(DownReason::CapabilityChange) == "Capability changed");
  CHECK(to_string(DownReason::UpdateSourceChange) == "Update source change");
  CHECK(to_string(DownReason::AddressFamilyActivate) == "Address family activated");
  CHECK(to_string(DownReason::UserShutdown) == "Admin. shutdown");
  CHECK(to_string(DownReason::UserReset) == "User reset");
  CHECK(to_string(DownReason::NotificationReceived) == "BGP Notification received");
  CHECK(to_string(DownReason::NotificationSent) == "BGP Notification send");
  CHECK(to_string(DownReason::CloseSession) == "Peer closed the session");
  CHECK(to_string(DownReason::NsfCloseSession) == "NSF peer closed the session");
  CHECK(to_string(DownReason::PeerDeconfigured) == "Neighbor deleted");
  CHECK(to_string(DownReason::PasswordChange) == "Password config change");
  CHECK(to_string(DownReason::MultihopChange) == "Multihop config change");
  CHECK(to_string(DownReason::NoAfiActivated) == "No AFI/SAFI activated for peer");
  CHECK(to_string(DownReason::BfdDown) == "BFD down initiated");
  CHECK(to_string(DownReason::InterfaceDown) == "Interface down");
  CHECK(to_string(DownReason::NeighborAddressLost) == "Neighbor address lost");
  CHECK(to_string(DownReason::PrefixCount) == "Reached received prefix count");
}
