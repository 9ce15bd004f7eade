// SPDX-License-Identifier: Apache-2.0
// What only the whole configuration can tell: names that lead nowhere, values that contradict each other, and
// commands that are taken but change nothing.
#pragma once

#include "conf/config.hpp"
#include "conf/diagnostic.hpp"

namespace lbgp::conf {

// Appends what it finds. Pure: whether an address is ours or a group exists is for those who can know.
void check(const Config& config, Diagnostics& diagnostics);

}  // namespace lbgp::conf
