// SPDX-License-Identifier: Apache-2.0
// What a change of the configuration does, in words for an operator who has not done it yet.
#pragma once

#include <string>

#include "conf/diff.hpp"

namespace lbgp::conf {

// Per neighbor what it costs and which option causes it, then what else changes; lines end with a newline.
// `after` is what the diff leads to.
[[nodiscard]] std::string plan(const Diff& diff, const Compiled& after);

}  // namespace lbgp::conf
