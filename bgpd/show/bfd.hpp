// SPDX-License-Identifier: Apache-2.0
// What is told about BFD.
#pragma once

#include <optional>
#include <vector>

#include "bgpd/bfd.hpp"
#include "bgpd/cli/show_bfd.hpp"

namespace lbgp::daemon::show {

[[nodiscard]] std::vector<cli::BfdPeerData> bfd_peers(Bfd& bfd);
// Nothing for a neighbor without `bfd`.
[[nodiscard]] std::optional<cli::NeighborBfdData> neighbor_bfd(const conf::Neighbor& neighbor,
                                                               const Bfd& bfd);

}  // namespace lbgp::daemon::show
