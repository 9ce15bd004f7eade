// SPDX-License-Identifier: Apache-2.0
// Who is on the link of an interface: what the kernel's neighbor table knows, and two ways to make it know.
#pragma once

#include <boost/system/error_code.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bgpd/net/interfaces.hpp"
#include "wire/address.hpp"

namespace lbgp::daemon::net {

struct LinkNeighbor {
  wire::IpAddress address;  // link-local IPv6
  bool router = false;      // has sent router advertisements
};

// Link-local neighbors of the interface that the kernel knows and does not hold for dead, but for `own`
// addresses. Needs no privilege.
[[nodiscard]] std::vector<LinkNeighbor> link_neighbors(const std::string& interface,
                                                       std::span<const InterfaceAddress> own);

// The peer of a session over that link: the only router, else the only neighbor; nothing: nobody, or several
// of whom nobody can know.
[[nodiscard]] std::optional<wire::IpAddress> choose_peer(std::span<const LinkNeighbor> neighbors);

// An echo request to all nodes of the link. Whoever answers asks for our link-layer address first, and is in
// the neighbor table from then on. Unprivileged where net.ipv4.ping_group_range allows, as it does under
// systemd.
boost::system::error_code call_all_nodes(const std::string& interface);

// A router advertisement that offers no routing (RFC 4861 §4.2, lifetime 0): it is how FRR and other routers
// learn that we are here. Needs CAP_NET_RAW.
boost::system::error_code advertise_ourselves(const std::string& interface);

}  // namespace lbgp::daemon::net
