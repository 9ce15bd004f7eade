// SPDX-License-Identifier: Apache-2.0
// A neighbor that is this host is mostly a mistake.
#pragma once

#include <span>

#include "bgpd/net/interfaces.hpp"

namespace lbgp::daemon::net {

// Whether one of the addresses is it, loopback addresses aside: two speakers on one host may well talk over
// these.
[[nodiscard]] bool is_own_address(std::span<const InterfaceAddress> addresses,
                                  const wire::IpAddress& address);

}  // namespace lbgp::daemon::net
