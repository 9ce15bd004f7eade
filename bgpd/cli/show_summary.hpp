// SPDX-License-Identifier: Apache-2.0
// `show bgp summary`: what it tells, and how.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/reset.hpp"
#include "bgpd/cli/units.hpp"
#include "fsm/peer_key.hpp"
#include "fsm/state.hpp"
#include "wire/as_number.hpp"

namespace lbgp::daemon::cli {

// A neighbor in which the family is activated.
struct SummaryPeer {
  fsm::PeerKey key;
  bool dynamic = false;  // it came by a range
  std::string hostname;  // from its FQDN capability; empty: unknown
  std::string domainname;
  std::string software_version;  // from its capability; empty: unknown
  std::string description;
  wire::AsNumber remote_as;  // 0 while `remote-as external` has not met anybody
  wire::AsNumber local_as;
  std::uint64_t messages_received = 0;  // of all sessions since the daemon's start
  std::uint64_t messages_sent = 0;
  std::uint64_t table_version = 0;  // up to which the peer has been told
  std::size_t in_queue = 0;         // messages
  std::size_t out_queue = 0;
  fsm::State state = fsm::State::Idle;
  bool shutdown = false;  // administratively
  bool over_maximum_prefix = false;
  bool passive = false;
  bool family_negotiated = false;     // while Established
  bool policy_missing_in = false;     // RFC 8212: nothing is accepted
  std::optional<milliseconds> since;  // how long up, or how long since the last reset; none: never up
  std::optional<Epoch> established_epoch;
  std::uint64_t prefixes_received = 0;  // accepted ones
  std::uint64_t prefixes_sent = 0;
  std::uint32_t connections_established = 0;
  std::uint32_t connections_dropped = 0;
  Reset last_reset;
};

struct SummaryData {
  wire::Family family = wire::Family::Ipv4Unicast;
  wire::RouterId router_id;
  wire::AsNumber local_as;
  std::uint64_t table_version = 0;
  std::size_t rib_count = 0;
  std::size_t rib_memory = 0;  // octets
  std::size_t peer_memory = 0;
  std::size_t peer_group_count = 0;
  std::size_t peer_group_memory = 0;
  bool multipath_relax = false;
  bool peer_type_relax = false;
  std::string_view as_path;  // "ignore", "confed"; empty: as usual
  bool med_missing_as_worst = false;
  bool compare_router_id = false;
  std::uint32_t dynamic_limit = 0;
  std::vector<SummaryPeer> peers;  // in order of address, then interface; empty: the family is not configured
};

// `families` holds only families with neighbors, in order. With `wrapped`, the name of the family stands
// above each summary (text) or around it (JSON), as when no SAFI was asked for.
[[nodiscard]] std::string summary_text(const std::vector<SummaryData>& families, const Request& request,
                                       bool wrapped);
[[nodiscard]] std::string summary_json(const std::vector<SummaryData>& families, const Request& request,
                                       bool wrapped);

}  // namespace lbgp::daemon::cli
