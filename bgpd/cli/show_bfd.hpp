// SPDX-License-Identifier: Apache-2.0
// `show bfd`: sessions as FRR's bfdd shows them, and the BFD of a neighbor.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/units.hpp"
#include "fsm/bfd_session.hpp"

namespace lbgp::daemon::cli {

struct BfdPeerData {
  fsm::BfdPeer peer;
  std::optional<wire::IpAddress> local;  // none: not known yet
  std::uint32_t id = 0;
  wire::BfdState state = wire::BfdState::Down;
  wire::BfdDiagnostic diagnostic = wire::BfdDiagnostic::None;
  fsm::BfdRemote remote;
  milliseconds since{0};  // in that state
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t ups = 0;
  std::uint64_t downs = 0;
  // How late packets left that were due at a time: 99.9 of a hundred of them, and the worst.
  std::chrono::microseconds late_most{0};
  std::chrono::microseconds late_worst{0};
};

// Whether the request names this one: `show bfd peer …`.
[[nodiscard]] bool is_asked_for(const BfdPeerData& data, const Request& request);

[[nodiscard]] std::string bfd_peer_text(const BfdPeerData& data);
[[nodiscard]] boost::json::object bfd_peer_json(const BfdPeerData& data);
[[nodiscard]] std::string bfd_brief_text(const std::vector<BfdPeerData>& peers);
[[nodiscard]] std::string bfd_counters_text(const BfdPeerData& data);
[[nodiscard]] boost::json::object bfd_counters_json(const BfdPeerData& data);

// In `show bgp neighbors`.
struct NeighborBfdData {
  bool multihop = false;
  std::string profile;  // empty: none
  fsm::BfdSettings settings;
  wire::BfdState state = wire::BfdState::Down;
  std::optional<milliseconds> since;  // the last change; none: never
};
[[nodiscard]] std::string neighbor_bfd_text(const NeighborBfdData& data);
[[nodiscard]] boost::json::object neighbor_bfd_json(const NeighborBfdData& data);

}  // namespace lbgp::daemon::cli
