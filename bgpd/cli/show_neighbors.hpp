// SPDX-License-Identifier: Apache-2.0
// `show bgp neighbors`: everything about a peering.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "bgpd/cli/reset.hpp"
#include "bgpd/cli/show_bfd.hpp"
#include "bgpd/cli/units.hpp"
#include "conf/compiled.hpp"
#include "fsm/negotiation.hpp"
#include "fsm/stale_routes.hpp"
#include "fsm/state.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon::cli {

// Messages of one direction since the daemon's start, all sessions together.
struct MessageCounts {
  std::uint64_t opens = 0;
  std::uint64_t notifications = 0;
  std::uint64_t updates = 0;
  std::uint64_t keepalives = 0;
  std::uint64_t route_refreshes = 0;
  [[nodiscard]] std::uint64_t total() const {
    return opens + notifications + updates + keepalives + route_refreshes;
  }
};

struct Endpoints {
  wire::IpAddress local_address;
  std::uint16_t local_port = 0;
  wire::IpAddress remote_address;
  std::uint16_t remote_port = 0;
};

struct NeighborFamily {
  rib::PeerCounters counters;
  bool policy_in = false;  // an inbound filter or route-map is in force
  bool policy_out = false;
  std::string blocked;  // why nothing of the family can be announced; empty: nothing hinders
  fsm::StalePhase stale_phase = fsm::StalePhase::None;
  std::optional<milliseconds> stale_remaining{};  // of the phase
};

// TCP segments that the kernel has dropped for their MD5 signature, in the whole network namespace.
struct Md5Data {
  std::uint64_t missing = 0;     // none where there is a password
  std::uint64_t unexpected = 0;  // one where there is none
  std::uint64_t wrong = 0;       // of another password
};

// Pointers have to live only while the answer is rendered.
struct NeighborData {
  const conf::Neighbor* config = nullptr;  // never null
  // Whom the neighbor's interface leads to; none: nobody has been found there. Unused without an interface.
  std::optional<wire::IpAddress> interface_peer;
  const fsm::Negotiated* negotiated = nullptr;  // null unless Established
  fsm::State state = fsm::State::Idle;
  std::optional<wire::AsNumber> remote_as;  // none: `external`, and nobody has been met yet
  bool ibgp = false;
  wire::RouterId local_router_id;
  std::optional<milliseconds> uptime;      // Established only
  std::optional<Epoch> established_epoch;  // Established only
  std::optional<milliseconds> last_read;   // since the last octets; none: never
  std::optional<milliseconds> last_write;
  std::optional<milliseconds> last_update;  // since the last UPDATE came
  MessageCounts sent;
  MessageCounts received;
  rib::PrefixStats prefix_stats;
  std::size_t in_queue = 0;  // messages
  std::size_t out_queue = 0;
  bool over_maximum_prefix = false;                   // and down for that
  std::optional<milliseconds> prefix_rest_remaining;  // until it may come back; none: until it is cleared
  wire::PerFamily<NeighborFamily> families;           // read for activated families
  std::uint32_t connections_established = 0;
  std::uint32_t connections_dropped = 0;
  Reset last_reset;
  std::optional<Endpoints> endpoints;  // of the running connection
  // Our addresses on this connection, as next hops; unspecified ones are 0.0.0.0 or ::.
  wire::IpAddress next_hop;
  wire::IpAddress next_hop_global;
  wire::IpAddress next_hop_link_local;
  bool shared_network = false;
  std::optional<milliseconds> round_trip;
  std::optional<milliseconds> next_attempt;  // until the next connection is tried
  std::uint32_t segment_size = 0;            // octets that TCP sends at a time; 0: not connected
  std::string authentication_problem;        // what the kernel drops for its MD5 signature; empty: nothing
  std::optional<NeighborBfdData> bfd;        // `neighbor X bfd`
  // For `why-down`.
  std::string last_attempt;  // how the last attempt failed; empty: it did not
  std::string wrong;         // what ended the last session, or what OPENs disagreed about since
  std::string obstacle;      // what forbids a connection as the machine is now; empty: nothing
  bool waits_for_bfd = false;
  std::optional<Md5Data> md5;  // what the kernel has dropped since signatures were last right; none: nothing
  // Octets that the peer's TCP has not acknowledged, and those that wait for our own; none: no session.
  std::optional<std::size_t> unacknowledged;
};

[[nodiscard]] std::string neighbor_text(const NeighborData& neighbor);
[[nodiscard]] boost::json::object neighbor_json(const NeighborData& neighbor);
[[nodiscard]] boost::json::object neighbor_brief_json(const NeighborData& neighbor);

// RFC 5082: what may be wrong when ttl-security is on and nobody is heard; empty: no reason to say so.
[[nodiscard]] std::string ttl_security_hint(const NeighborData& neighbor);

// `show bgp neighbors … graceful-restart`.
[[nodiscard]] std::string_view restart_legend();
[[nodiscard]] std::string neighbor_restart_text(const NeighborData& neighbor);
[[nodiscard]] boost::json::object neighbor_restart_json(const NeighborData& neighbor);
// "Restart", "Helper", "Disable": what we are to this neighbor, and it to us.
[[nodiscard]] std::string_view local_restart_mode(const NeighborData& neighbor);
[[nodiscard]] std::string_view remote_restart_mode(const NeighborData& neighbor);
// Until the last family leaves that phase; none: no family is in it.
[[nodiscard]] std::optional<milliseconds> longest(const NeighborData& neighbor, fsm::StalePhase phase);
// Whether there is anything to be said about graceful restart of that family.
[[nodiscard]] bool has_restart_state(const NeighborData& neighbor, wire::Family family);

}  // namespace lbgp::daemon::cli
