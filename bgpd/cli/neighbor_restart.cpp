// SPDX-License-Identifier: Apache-2.0
// What text and JSON have in common about graceful restart.
#include <algorithm>

#include "bgpd/cli/show_neighbors.hpp"

namespace lbgp::daemon::cli {

std::string_view local_restart_mode(const NeighborData& n) {
  const fsm::GracefulRestartSettings& settings = n.config->session.graceful_restart;
  if (!settings.enabled) return "Disable";
  return settings.helper_only ? "Helper" : "Restart";
}

std::string_view remote_restart_mode(const NeighborData& n) {
  if (n.negotiated == nullptr) return "NotApplicable";
  const auto* peer = n.negotiated->received.find<wire::GracefulRestartCapability>();
  if (peer == nullptr) return "Disable";
  return peer->families.empty() ? "Helper" : "Restart";
}

std::optional<milliseconds> longest(const NeighborData& n, fsm::StalePhase phase) {
  std::optional<milliseconds> found;
  for (const NeighborFamily& family : n.families)
    if (family.stale_phase == phase && family.stale_remaining)
      found = std::max(found.value_or(milliseconds{0}), *family.stale_remaining);
  return found;
}

bool has_restart_state(const NeighborData& n, wire::Family family) {
  if (n.families[family].stale_phase != fsm::StalePhase::None) return true;
  return n.negotiated != nullptr && n.negotiated->codec.families.contains(family) &&
         n.negotiated->received.find<wire::GracefulRestartCapability>() != nullptr;
}

}  // namespace lbgp::daemon::cli
