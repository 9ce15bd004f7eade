// SPDX-License-Identifier: Apache-2.0
// How a neighbor is approached.
#include "bgpd/net/approach.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "wire/format.hpp"

namespace lbgp::daemon::net {

namespace {

bool has_interface(std::span<const InterfaceAddress> addresses, const std::string& name) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const InterfaceAddress& entry) { return entry.interface == name; });
}

// `update-source IFNAME`: an address of the peer's kind on that interface. Of several the first: the
// preferred one.
std::optional<wire::IpAddress> source_on(std::span<const InterfaceAddress> addresses,
                                         const std::string& interface, const wire::IpAddress& peer) {
  const bool link_local = peer.is_v6() && peer.is_link_local();
  for (const InterfaceAddress& entry : addresses) {
    const wire::IpAddress& own = entry.address;
    if (entry.interface == interface && own.is_v4() == peer.is_v4() &&
        (!own.is_loopback() || peer.is_loopback()) && (own.is_v4() || own.is_link_local() == link_local))
      return own;
  }
  return std::nullopt;
}

Approach over_interface(const fsm::TransportSettings& settings, std::span<const InterfaceAddress> addresses,
                        const std::optional<wire::IpAddress>& learned) {
  Approach way{.to = wire::IpAddress::v6({}), .from = std::nullopt, .interface = settings.interface};
  const auto ipv4 = settings.v6_only ? std::nullopt : other_end(addresses, settings.interface);
  if (ipv4)
    way.to = *ipv4;
  else if (learned && source_on(addresses, settings.interface, *learned))
    way.to = *learned;
  else if (learned && has_interface(addresses, settings.interface))
    way.problem = fmt::format("interface {} has no IPv6 link-local address yet", settings.interface);
  else if (!has_interface(addresses, settings.interface))
    way.problem = fmt::format("interface {} does not exist, is down, or has no address", settings.interface);
  else
    way.problem = fmt::format("waiting for the peer's address: no neighbor is known on interface {} yet",
                              settings.interface);
  return way;
}

void choose_source(const fsm::TransportSettings& settings, std::span<const InterfaceAddress> addresses,
                   Approach& way) {
  if (const auto* address = std::get_if<wire::IpAddress>(&settings.update_source)) way.from = *address;
  const auto* interface = std::get_if<std::string>(&settings.update_source);
  if (interface == nullptr) {
    if (way.to.is_v6() && way.to.is_link_local())
      way.problem = "a link-local neighbor needs \"update-source INTERFACE\"";
    return;
  }
  if (way.to.is_v6() && way.to.is_link_local()) way.interface = *interface;
  way.from = source_on(addresses, *interface, way.to);
  if (way.from) return;
  way.problem = has_interface(addresses, *interface)
                    ? fmt::format("update-source {}: the interface has no {} address yet", *interface,
                                  way.to.is_v4()           ? "IPv4"
                                  : way.to.is_link_local() ? "IPv6 link-local"
                                                           : "global IPv6")
                    : fmt::format("update-source {}: there is no such interface, or it is down", *interface);
}

}  // namespace

bool is_ibgp(const conf::Neighbor& neighbor) {
  using Kind = fsm::RemoteAs::Kind;
  const fsm::RemoteAs& remote = neighbor.session.remote_as;
  return remote.kind == Kind::Internal ||
         (remote.kind == Kind::Number && remote.number == neighbor.session.local_as);
}

bool is_on_link(const conf::Neighbor& neighbor) {
  const fsm::TransportSettings& settings = neighbor.transport;
  if (settings.ttl_security_hops) return *settings.ttl_security_hops == 1;
  return !is_ibgp(neighbor) && settings.ebgp_multihop.value_or(1) == 1;
}

fsm::DownReason reason_without_link(const conf::Neighbor& neighbor, bool fast_external_failover) {
  if (fast_external_failover && is_on_link(neighbor)) return fsm::DownReason::InterfaceDown;
  return neighbor.transport.interface.empty() ? fsm::DownReason::None : fsm::DownReason::NeighborAddressLost;
}

bool may_succeed(const Approach& way, const InterfaceTable& interfaces) {
  if (!way.problem.empty()) return false;
  if (way.from && !way.from->is_loopback() && interfaces.holder_of(*way.from).empty()) return false;
  return way.interface.empty() ? interfaces.leads_to(way.to) : interfaces.is_running(way.interface);
}

std::optional<wire::IpAddress> other_end(std::span<const InterfaceAddress> addresses,
                                         const std::string& interface) {
  std::optional<wire::IpAddress> found;
  for (const InterfaceAddress& entry : addresses) {
    const unsigned length = entry.network.length();
    if (entry.interface != interface || !entry.address.is_v4() || (length != 30 && length != 31)) continue;
    if (found) return std::nullopt;
    // In a /30 the first and the last address are no hosts'.
    const std::uint32_t flip = length == 31 ? 1 : 3;
    found = wire::IpAddress::v4(entry.address.v4_value() ^ flip);
  }
  return found;
}

bool is_connected(const wire::IpAddress& peer, std::span<const InterfaceAddress> addresses) {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const InterfaceAddress& entry) { return entry.network.contains(peer); });
}

std::string out_of_reach(const conf::Neighbor& neighbor, std::span<const InterfaceAddress> addresses,
                         const wire::IpAddress& peer) {
  const fsm::TransportSettings& settings = neighbor.transport;
  const bool far = settings.ebgp_multihop.value_or(1) > 1 || settings.ttl_security_hops.value_or(1) > 1;
  if (is_ibgp(neighbor) || far || settings.disable_connected_check) return "";
  if (addresses.empty()) return "";  // the kernel did not tell, for want of a descriptor: no reason to refuse
  if (peer.is_v6() && peer.is_link_local()) return "";
  if (is_connected(peer, addresses)) return "";
  return fmt::format(
      "{} is on no connected network: an eBGP neighbor further away needs ebgp-multihop or ttl-security "
      "hops, one that is near nevertheless disable-connected-check",
      peer);
}

Approach approach(const conf::Neighbor& neighbor, std::span<const InterfaceAddress> addresses,
                  const std::optional<wire::IpAddress>& learned) {
  const fsm::TransportSettings& settings = neighbor.transport;
  Approach way{.to = settings.peer_address, .from = std::nullopt};
  if (!settings.interface.empty())
    way = over_interface(settings, addresses, learned);
  else
    choose_source(settings, addresses, way);
  if (way.problem.empty()) way.problem = out_of_reach(neighbor, addresses, way.to);
  return way;
}

}  // namespace lbgp::daemon::net
