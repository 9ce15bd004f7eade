// SPDX-License-Identifier: Apache-2.0
// From what the file says to what it means: defaults of the profile, peer-groups unfolded.
#pragma once

#include "conf/compiled.hpp"
#include "conf/config.hpp"

namespace lbgp::conf {

// Of a configuration that check() has no error for. A neighbor's own word counts before its group's, that
// before the router's, that before the profile's.
[[nodiscard]] Compiled compile(const Config& config);

}  // namespace lbgp::conf
