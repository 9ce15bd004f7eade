// SPDX-License-Identifier: Apache-2.0
// The machine's addresses, and which next hops follow from the address that a session uses.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "bgpd/peering.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::net {

struct InterfaceAddress {
  std::string interface;
  wire::IpAddress address;
  wire::Prefix network;        // of the interface: the address with its netmask
  bool second_choice = false;  // deprecated, or a single address, as of a service: others go first
  bool operator==(const InterfaceAddress&) const = default;
};

// Empty: no interface has that index.
[[nodiscard]] std::string interface_name(unsigned index);

// Whether one of the addresses is it, loopback addresses aside: two speakers on one host may well talk over
// these.
[[nodiscard]] bool is_own_address(std::span<const InterfaceAddress> addresses,
                                  const wire::IpAddress& address);

// The router id when none is configured: the highest IPv4 address of a loopback interface outside 127/8, else
// the highest of any interface, as FRR chooses. Nothing when there is no such address.
[[nodiscard]] std::optional<wire::RouterId> choose_router_id(std::span<const InterfaceAddress> addresses);

// The ends of a session's connection.
struct SessionEnds {
  wire::IpAddress local;
  wire::IpAddress remote;
  std::string interface {};                                 // that a link-local `local` is on
  bool extended_next_hop = false;                           // IPv4 routes may have IPv6 next hops (RFC 8950)
  wire::PerFamily<std::optional<wire::NextHop>> present{};  // next hops so far, or of the last session
};

// Next hops of a session. A present one stays while its address does, whatever others come, unless they go
// first. The session's own family: `local`. The other one: an address of that family on the interface that
// holds `local`; for IPv4 without one, `local` itself where RFC 8950 allows. An IPv6 next hop on a connected
// network also carries the interface's link-local address (RFC 2545 §3). A session between link-local
// addresses has `local` alone as the next hop of everything that it can: it is the only address of ours that
// the peer is sure to reach.
[[nodiscard]] LocalEnd local_end(std::span<const InterfaceAddress> addresses, const SessionEnds& ends);

}  // namespace lbgp::daemon::net
