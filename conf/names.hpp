// SPDX-License-Identifier: Apache-2.0
// The names that exist, for TAB and `?`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conf/config.hpp"
#include "conf/grammar.hpp"

namespace lbgp::conf {

// What the token of a command names.
[[nodiscard]] Names names_in(const Pattern& pattern, const Instruction& token);

// Every such name, sorted and without doubles. Lists of prefixes and of addresses have names of their own in
// each address family; without one, those of both.
[[nodiscard]] std::vector<std::string> names_of(const Config& config, Names names,
                                                std::optional<wire::Family> family = std::nullopt);

}  // namespace lbgp::conf
