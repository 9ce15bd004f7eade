// SPDX-License-Identifier: Apache-2.0
// What is told about BFD.
#include "bgpd/show/bfd.hpp"

#include "bgpd/show/clock.hpp"

namespace lbgp::daemon::show {

namespace {

constexpr double kMost = 0.999;

cli::BfdPeerData peer_data(const net::BfdSnapshot& snapshot) {
  return {.peer = snapshot.peer,
          .local = snapshot.local,
          .id = snapshot.session.discriminator(),
          .state = snapshot.session.state(),
          .diagnostic = snapshot.session.diagnostic(),
          .remote = snapshot.session.remote(),
          .since = since(snapshot.since),
          .received = snapshot.counters.received,
          .sent = snapshot.counters.sent,
          .ups = snapshot.counters.ups,
          .downs = snapshot.counters.downs,
          .late_most = snapshot.lateness.quantile(kMost),
          .late_worst = snapshot.lateness.worst()};
}

}  // namespace

std::vector<cli::BfdPeerData> bfd_peers(Bfd& bfd) {
  std::vector<cli::BfdPeerData> peers;
  for (const net::BfdSnapshot& snapshot : bfd.snapshots()) peers.push_back(peer_data(snapshot));
  return peers;
}

std::optional<cli::NeighborBfdData> neighbor_bfd(const conf::Neighbor& neighbor, const Bfd& bfd) {
  if (!neighbor.bfd) return std::nullopt;
  const Bfd::Seen none{.settings = neighbor.bfd->settings, .changed = std::nullopt};
  const Bfd::Seen seen = bfd.find(fsm::PeerKey::of(neighbor.transport)).value_or(none);
  return cli::NeighborBfdData{.multihop = seen.multihop,
                              .profile = neighbor.bfd->profile,
                              .settings = seen.settings,
                              .state = seen.state,
                              .since = since(seen.changed)};
}

}  // namespace lbgp::daemon::show
