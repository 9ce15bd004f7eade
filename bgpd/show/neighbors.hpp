// SPDX-License-Identifier: Apache-2.0
// What is told about a neighbor.
#pragma once

#include "bgpd/cli/show_neighbors.hpp"
#include "bgpd/cli/show_summary.hpp"
#include "bgpd/net/peer_link.hpp"
#include "rib/rib.hpp"

namespace lbgp::daemon::show {

// `md5`: the kernel's counters as they are now.
[[nodiscard]] cli::SummaryPeer summary_row(const net::PeerLink& link, const rib::Rib& rib,
                                           wire::Family family, const net::Md5Counters& md5);
// Its pointers are into the link.
[[nodiscard]] cli::NeighborData neighbor(const net::PeerLink& link, const rib::Rib& rib);

}  // namespace lbgp::daemon::show
