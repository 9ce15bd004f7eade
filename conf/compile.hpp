// SPDX-License-Identifier: Apache-2.0
// From what the file says to what it means: defaults of the profile, peer-groups unfolded.
#pragma once

#include "conf/compiled.hpp"
#include "conf/config.hpp"

namespace lbgp::conf {

// Of a configuration that check() has no error for. A neighbor's own word counts before its group's, that
// before the router's, that before the profile's.
// Neighbors and ranges without a remote-as, which only a person at the prompt may leave so, are left out.
[[nodiscard]] Compiled compile(const Config& config);
// The pools alone.
[[nodiscard]] std::vector<rib::VipPool> compile_pools(const Config& config);
// One neighbor of it; nothing: there is none of that key, or it is left out.
[[nodiscard]] std::optional<Neighbor> compile_neighbor(const Config& config, const fsm::PeerKey& key);

}  // namespace lbgp::conf
