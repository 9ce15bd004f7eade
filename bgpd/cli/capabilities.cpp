// SPDX-License-Identifier: Apache-2.0
// Looks through both OPENs.
#include "bgpd/cli/capabilities.hpp"

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

AddPathSides add_path(const fsm::Negotiated& session, wire::Family family) {
  const auto* ours = add_path_entry(session.sent, family);
  const auto* theirs = add_path_entry(session.received, family);
  return {{ours != nullptr && ours->receive, theirs != nullptr && theirs->receive},
          {ours != nullptr && ours->send, theirs != nullptr && theirs->send}};
}

}  // namespace lbgp::daemon::cli
