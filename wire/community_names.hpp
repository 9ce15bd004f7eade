// SPDX-License-Identifier: Apache-2.0
// The names that parse_community() knows, for those who offer them.
#pragma once

#include <string_view>
#include <vector>

namespace lbgp::wire {

// "no-export", "graceful-shutdown", …
[[nodiscard]] std::vector<std::string_view> well_known_community_names();

}  // namespace lbgp::wire
