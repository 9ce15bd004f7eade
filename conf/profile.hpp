// SPDX-License-Identifier: Apache-2.0
// What holds where a file says nothing, by profile: our own, FRR's traditional one, FRR's for data centres.
#pragma once

#include "conf/config.hpp"

namespace lbgp::conf {

struct Defaults {
  Timers timers;
  seconds connect_retry;
  bool log_neighbor_changes;
  bool ebgp_requires_policy;
  bool network_import_check;
  bool deterministic_med;
  RestartMode graceful_restart;
  seconds restart_time;
  seconds stalepath_time;
  bool preserve_forwarding;
  bool restart_notification;
  bool software_version;  // `bgp default software-version-capability`
};

[[nodiscard]] constexpr Defaults defaults_of(Profile profile) {
  switch (profile) {
    case Profile::Traditional:
      return {.timers = {seconds(60), seconds(180)},
              .connect_retry = seconds(30),
              .log_neighbor_changes = false,
              .ebgp_requires_policy = true,
              .network_import_check = true,
              .deterministic_med = false,
              .graceful_restart = RestartMode::Helper,
              .restart_time = seconds(120),
              .stalepath_time = seconds(360),
              .preserve_forwarding = false,
              .restart_notification = true,
              .software_version = false};
    case Profile::Datacenter:
      return {.timers = {seconds(3), seconds(9)},
              .connect_retry = seconds(10),
              .log_neighbor_changes = true,
              .ebgp_requires_policy = false,
              .network_import_check = true,
              .deterministic_med = true,
              .graceful_restart = RestartMode::Helper,
              .restart_time = seconds(120),
              .stalepath_time = seconds(360),
              .preserve_forwarding = false,
              .restart_notification = true,
              .software_version = true};
    case Profile::Announcer:
      break;
  }
  return {.timers = {seconds(3), seconds(9)},
          .connect_retry = seconds(5),
          .log_neighbor_changes = true,
          .ebgp_requires_policy = true,
          .network_import_check = false,
          .deterministic_med = false,
          .graceful_restart = RestartMode::Restarter,
          .restart_time = seconds(20),
          .stalepath_time = seconds(360),
          .preserve_forwarding = true,
          .restart_notification = false,
          .software_version = false};
}

// The value said, or else the default.
template <typename T>
[[nodiscard]] T value_or(const Maybe<T>& said, const T& otherwise) {
  return said ? said->value : otherwise;
}

// Of a peer and the group it is in: the peer's own word first. `group` may be null.
template <auto Member, typename Peer>
[[nodiscard]] const auto& inherited(const Peer& peer, const Peer* group) {
  const auto& own = peer.*Member;
  return own || group == nullptr ? own : group->*Member;
}

// The group that a neighbor is in; nullptr: none, or one that is not there.
[[nodiscard]] inline const PeerConfig* group_of(const RouterConfig& router, const PeerConfig& peer) {
  if (!peer.peer_group) return nullptr;
  const auto group = router.groups.find(peer.peer_group->value);
  return group == router.groups.end() ? nullptr : &group->second;
}

// As in FRR: every neighbor exchanges IPv4 routes unless the router says no, whatever its own address is.
[[nodiscard]] inline bool active_by_default(const RouterConfig& router, wire::Family family) {
  if (family == wire::Family::Ipv4Unicast) return value_or(router.default_ipv4_unicast, true);
  return value_or(router.default_ipv6_unicast, false);
}

}  // namespace lbgp::conf
