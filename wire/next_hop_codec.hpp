// SPDX-License-Identifier: Apache-2.0
// The next hop field of MP_REACH_NLRI (RFC 2545 §3, RFC 4760 §3, RFC 8950 §3).
#pragma once

#include <optional>

#include "wire/update.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

// Whether such a next hop may stand beside `family` on such a session.
[[nodiscard]] bool may_carry(const UpdateCodec& codec, Family family, const IpAddress& next_hop);

// Nothing when the length is none of those that the family allows.
[[nodiscard]] std::optional<NextHop> read_next_hop(ByteView octets, Family family, const UpdateCodec& codec);

void write_next_hop(Writer& out, const NextHop& next_hop);

// RFC 4271 §6.3: a host could have it. Loopback counts where the whole session is loopback.
[[nodiscard]] bool is_usable_next_hop(const IpAddress& next_hop, const UpdateRules& rules);

}  // namespace lbgp::wire
