// SPDX-License-Identifier: Apache-2.0
// Looks through both OPENs.
#include "bgpd/cli/capabilities.hpp"

#include <algorithm>

namespace lbgp::daemon::cli {
namespace {

bool has_family(const wire::Open& open, wire::Family family) {
  for (const wire::Capability& capability : open.capabilities)
    if (const auto* found = std::get_if<wire::MultiprotocolCapability>(&capability))
      if (found->family == wire::afi_safi(family)) return true;
  return false;
}

const wire::AddPathCapability::Entry* add_path_entry(const wire::Open& open, wire::Family family) {
  const auto* capability = open.find<wire::AddPathCapability>();
  if (capability == nullptr) return nullptr;
  for (const auto& entry : capability->entries)
    if (entry.family == wire::afi_safi(family)) return &entry;
  return nullptr;
}

}  // namespace

Sides multiprotocol(const fsm::Negotiated& session, wire::Family family) {
  return {has_family(session.sent, family), has_family(session.received, family)};
}

bool extended_next_hop_by_peer(const fsm::Negotiated& session, wire::Family family) {
  const auto* capability = session.received.find<wire::ExtendedNextHopCapability>();
  if (capability == nullptr) return false;
  const wire::AfiSafi wanted = wire::afi_safi(family);
  const std::uint16_t ipv6 = wire::afi_safi(wire::Family::Ipv6Unicast).afi;
  return std::any_of(capability->entries.begin(), capability->entries.end(),
                     [&](const auto& entry) { return entry.nlri == wanted && entry.next_hop_afi == ipv6; });
}

std::string_view local_role(const conf::Neighbor& config) {
  const auto& role = config.session.local_role;
  return role ? wire::role_name(static_cast<std::uint8_t>(*role)) : "undefined";
}

std::string_view remote_role(const fsm::Negotiated* session) {
  const auto* role = session == nullptr ? nullptr : session->received.find<wire::RoleCapability>();
  return role != nullptr ? wire::role_name(role->role) : "undefined";
}

AddPathSides add_path(const fsm::Negotiated& session, wire::Family family) {
  const auto* ours = add_path_entry(session.sent, family);
  const auto* theirs = add_path_entry(session.received, family);
  return {{ours != nullptr && ours->receive, theirs != nullptr && theirs->receive},
          {ours != nullptr && ours->send, theirs != nullptr && theirs->send}};
}

}  // namespace lbgp::daemon::cli
