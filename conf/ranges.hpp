// SPDX-License-Identifier: Apache-2.0
// A prefix as the range from its first to its last address.
#pragma once

#include "rib/vip_pool.hpp"

namespace lbgp::conf {

[[nodiscard]] rib::AddressRange range_of(const wire::Prefix& prefix);
// Without its first and its last address, where it has others.
[[nodiscard]] rib::AddressRange inner_range(const wire::Prefix& prefix);

}  // namespace lbgp::conf
