// SPDX-License-Identifier: Apache-2.0
// The names of states and down reasons, as FRR prints them.
#include "fsm/state.hpp"

#include <array>

namespace lbgp::fsm {
namespace {

constexpr std::array<std::string_view, kStateCount> kStateNames{"Idle",     "Connect",     "Active",
                                                                "OpenSent", "OpenConfirm", "Established"};

constexpr std::array<std::string_view, kDownReasonCount> kReasonNames{"",
                                                                      "Router ID changed",
                                                                      "Remote AS changed",
                                                                      "Local AS change",
                                                                      "Capability changed",
                                                                      "Update source change",
                                                                      "Address family activated",
                                                                      "Admin. shutdown",
                                                                      "User reset",
                                                                      "BGP Notification received",
                                                                      "BGP Notification send",
                                                                      "Peer closed the session",
                                                                      "NSF peer closed the session",
                                                                      "Neighbor deleted",
                                                                      "Password config change",
                                                                      "Multihop config change",
                                                                      "No AFI/SAFI activated for peer",
                                                                      "BFD down initiated",
                                                                      "Interface down",
                                                                      "Neighbor address lost",
                                                                      "Reached received prefix count"};

}  // namespace

std::string_view to_string(State state) {
  return kStateNames.at(static_cast<std::size_t>(state));
}

std::string_view to_string(DownReason reason) {
  return kReasonNames.at(static_cast<std::size_t>(reason));
}

}  // namespace lbgp::fsm
