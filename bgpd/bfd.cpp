// SPDX-License-Identifier: Apache-2.0
// BFD for the speaker.
#include "bgpd/bfd.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "bgpd/log/events.hpp"
#include "bgpd/net/approach.hpp"
#include "fsm/bfd_demux.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon {

namespace {

constexpr unsigned kIbgpHops = 255;

// How far away the neighbor may be; 1: on the same link.
unsigned hops_to(const conf::Neighbor& neighbor, std::span<const net::InterfaceAddress> addresses) {
  const fsm::TransportSettings& transport = neighbor.transport;
  if (net::is_ibgp(neighbor)) return net::is_connected(transport.peer_address, addresses) ? 1 : kIbgpHops;
  return transport.ebgp_multihop.value_or(transport.ttl_security_hops.value_or(1));
}

fsm::BfdPeer session_of(const conf::Neighbor& neighbor, std::span<const net::InterfaceAddress> addresses) {
  const fsm::TransportSettings& transport = neighbor.transport;
  const unsigned hops = hops_to(neighbor, addresses);
  fsm::BfdPeer peer{
      .key = {.peer = transport.peer_address, .multihop = hops > 1, .local = {}, .interface = ""},
      .settings = neighbor.bfd->settings};
  if (!neighbor.bfd->has_minimum_ttl) peer.settings.minimum_ttl = fsm::minimum_ttl(hops);
  const auto& source = transport.update_source;
  if (const auto* address = std::get_if<wire::IpAddress>(&source)) peer.key.local = *address;
  if (const auto* interface = std::get_if<std::string>(&source); interface != nullptr && !peer.key.multihop)
    peer.key.interface = *interface;
  if (!transport.interface.empty()) peer.key.interface = transport.interface;
  return peer;
}

// Whether a `peer` of the `bfd` block describes the path that a neighbor's session takes.
bool describes(const fsm::BfdKey& block, const fsm::BfdKey& neighbor) {
  return block.peer == neighbor.peer && block.multihop == neighbor.multihop &&
         (!block.local || !neighbor.local || block.local == neighbor.local) &&
         (block.interface.empty() || neighbor.interface.empty() || block.interface == neighbor.interface);
}

}  // namespace

BfdPlan bfd_plan(const conf::Compiled& compiled, std::span<const net::InterfaceAddress> addresses) {
  BfdPlan plan;
  plan.peers = compiled.bfd_peers;
  for (const conf::Neighbor& neighbor : compiled.neighbors) {
    if (!neighbor.bfd || neighbor.session.shutdown || neighbor.transport.peer_address.is_unspecified())
      continue;
    const fsm::BfdPeer wanted = session_of(neighbor, addresses);
    const auto block = std::find_if(plan.peers.begin(), plan.peers.end(), [&](const fsm::BfdPeer& peer) {
      return describes(peer.key, wanted.key);
    });
    plan.neighbors[fsm::PeerKey::of(neighbor.transport)] =
        block == plan.peers.end() ? wanted.key : block->key;
    if (block == plan.peers.end()) plan.peers.push_back(wanted);
  }
  std::sort(plan.peers.begin(), plan.peers.end(),
            [](const fsm::BfdPeer& a, const fsm::BfdPeer& b) { return a.key < b.key; });
  return plan;
}

Bfd::Bfd(boost::asio::io_context& io, Neighbors& neighbors, std::vector<wire::IpAddress> listen)
    : io_(io),
      neighbors_(neighbors),
      service_(io, {.ports = {}, .listen = std::move(listen)},
               [this](const net::BfdReport& report) { on_report(report); }) {
  // The machine's addresses may have come after the configuration, and with them the kind of path; so may
  // neighbors.
  neighbors_.on_peers_changed([this] {
    if (std::exchange(plan_posted_, true)) return;
    boost::asio::post(io_, [this] {
      plan_posted_ = false;
      plan();
    });
  });
}

void Bfd::configure(const conf::Compiled& compiled) {
  configured_ = compiled.bfd_peers;
  plan();
}

conf::Compiled Bfd::watched() const {
  conf::Compiled compiled;
  compiled.bfd_peers = configured_;
  for (const auto& [key, link] : neighbors_.links()) {
    const auto address = link->peer_address();
    if (!address || !link->peering().neighbor().bfd) continue;
    compiled.neighbors.push_back(link->peering().neighbor());
    compiled.neighbors.back().transport.peer_address = *address;
  }
  return compiled;
}

void Bfd::plan() {
  const conf::Compiled wanted = watched();
  if (wanted.neighbors.empty() && wanted.bfd_peers.empty() && plan_.peers.empty()) return;
  plan_ = bfd_plan(wanted, neighbors_.interfaces().addresses());
  std::erase_if(changes_, [&](const auto& item) {
    return std::none_of(plan_.peers.begin(), plan_.peers.end(),
                        [&](const fsm::BfdPeer& peer) { return peer.key == item.first; });
  });
  service_.set_peers(plan_.peers);
}

std::optional<Bfd::Seen> Bfd::find(const fsm::PeerKey& neighbor) const {
  const auto key = plan_.neighbors.find(neighbor);
  if (key == plan_.neighbors.end()) return std::nullopt;
  const auto peer = std::find_if(plan_.peers.begin(), plan_.peers.end(),
                                 [&](const fsm::BfdPeer& each) { return each.key == key->second; });
  const auto change = changes_.find(key->second);
  Seen seen{.multihop = key->second.multihop, .settings = peer->settings, .changed = std::nullopt};
  if (change != changes_.end()) {
    seen.state = change->second.to;
    seen.changed = change->second.at;
  }
  return seen;
}

void Bfd::on_report(const net::BfdReport& report) {
  std::visit([this](const auto& what) { on(what); }, report);
}

void Bfd::on(const net::BfdStateChanged& changed) {
  const fsm::BfdKey& key = changed.key;
  changes_[key] = {changed.change.to, std::chrono::steady_clock::now()};
  const auto watched = std::find_if(plan_.neighbors.begin(), plan_.neighbors.end(),
                                    [&](const auto& entry) { return entry.second == key; });
  net::PeerLink* link = watched == plan_.neighbors.end() ? nullptr : neighbors_.find(watched->first);
  if (link == nullptr) return log::bfd_peer_state(key, changed.change);
  link->on_bfd(changed.change);
}

void Bfd::on(const net::BfdDiscarded& discarded) {
  log::bfd_discarded(to_string(discarded.from), discarded.why, discarded.suppressed);
}

void Bfd::on(const net::BfdProblem& problem) {
  log::bfd_problem(problem.what);
}

}  // namespace lbgp::daemon
