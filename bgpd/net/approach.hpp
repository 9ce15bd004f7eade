// SPDX-License-Identifier: Apache-2.0
// From where a connection to a neighbor leaves and where it goes, as the machine's addresses are now; or why
// there can be none. Pure: what the machine has is given.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "bgpd/net/interface_table.hpp"
#include "bgpd/net/interfaces.hpp"
#include "conf/compiled.hpp"

namespace lbgp::daemon::net {

struct Approach {
  wire::IpAddress to;
  std::optional<wire::IpAddress> from;  // none: the kernel's choice
  std::string interface {};             // that a link-local `to` is on
  std::string problem{};                // for the operator; empty: nothing stands in the way
};

// `learned`: who has been found on the link of a neighbor that is known by its interface.
[[nodiscard]] Approach approach(const conf::Neighbor& neighbor, std::span<const InterfaceAddress> addresses,
                                const std::optional<wire::IpAddress>& learned);

// The other end of an IPv4 /30 or /31 on that interface, which makes a neighbor known by the interface an
// IPv4 one, as in FRR; nothing: there is no such network, or more than one.
[[nodiscard]] std::optional<wire::IpAddress> other_end(std::span<const InterfaceAddress> addresses,
                                                       const std::string& interface);

// Whether the address is on a connected network.
[[nodiscard]] bool is_connected(const wire::IpAddress& peer, std::span<const InterfaceAddress> addresses);

// Why a connection between us and `peer` must not be, whoever opens it; empty: it may. An eBGP neighbor one
// hop away has to be on a connected network.
[[nodiscard]] std::string out_of_reach(const conf::Neighbor& neighbor,
                                       std::span<const InterfaceAddress> addresses,
                                       const wire::IpAddress& peer);

// Whether the neighbor is an external one on a link of ours (as FRR has it: TTL 1, or GTSM with one hop).
[[nodiscard]] bool is_on_link(const conf::Neighbor& neighbor);

// Why a session over a link that is down has to end: `bgp fast-external-failover`, or a neighbor that is
// known by nothing but the link. None: the hold time decides.
[[nodiscard]] fsm::DownReason reason_without_link(const conf::Neighbor& neighbor,
                                                  bool fast_external_failover);

// Whether an attempt to connect could succeed as links and addresses are now.
[[nodiscard]] bool may_succeed(const Approach& way, const InterfaceTable& interfaces);

[[nodiscard]] bool is_ibgp(const conf::Neighbor& neighbor);

}  // namespace lbgp::daemon::net
