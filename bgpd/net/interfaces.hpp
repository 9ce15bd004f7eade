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
  wire::Prefix network;  // of the interface: the address with its netmask
  bool operator==(const InterfaceAddress&) const = default;
};

// What the kernel says now, in its order.
[[nodiscard]] std::vector<InterfaceAddress> interface_addresses();

// The router id when none is configured: the highest IPv4 address of a loopback interface outside 127/8, else
// the highest of any interface, as FRR chooses. Nothing when there is no such address.
[[nodiscard]] std::optional<wire::RouterId> choose_router_id(std::span<const InterfaceAddress> addresses);

// Next hops of a session between `local` and `remote`. The session's own family: `local`. The other one: an
// address of that family on the interface that holds `local`. An IPv6 next hop on a connected network also
// carries the interface's link-local address (RFC 2545 §3).
[[nodiscard]] LocalEnd local_end(std::span<const InterfaceAddress> addresses, const wire::IpAddress& local,
                                 const wire::IpAddress& remote);

}  // namespace lbgp::daemon::net
