// SPDX-License-Identifier: Apache-2.0
// What only the whole configuration can tell: names that lead nowhere, values that contradict each other, and
// commands that are taken but change nothing.
#pragma once

#include <string_view>

#include "conf/config.hpp"
#include "conf/diagnostic.hpp"
#include "conf/editor.hpp"

namespace lbgp::conf {

// Appends what it finds. Pure: whether an address is ours or a group exists is for those who can know.
// At the prompt what is not complete yet is only worth a warning: the next line may be what is missing.
void check(const Config& config, Diagnostics& diagnostics, EditMode mode = EditMode::File);

// The parts of it that a line at the prompt may concern: what is said of the neighbor or group of that name,
// of the members and ranges of that group as well; the router with all its neighbors; all pools.
void check_peer(const Config& config, std::string_view name, Diagnostics& diagnostics);
void check_router(const Config& config, Diagnostics& diagnostics);
void check_pools(const Config& config, Diagnostics& diagnostics);

}  // namespace lbgp::conf
