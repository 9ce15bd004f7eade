// SPDX-License-Identifier: Apache-2.0
// The known word that a mistyped one probably means.
#pragma once

#include <span>
#include <string_view>

namespace lbgp::conf {

// At most two letters wrong, missing, doubled or swapped, and at most a third of the word; empty: none is
// near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace lbgp::conf
