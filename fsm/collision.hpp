// SPDX-License-Identifier: Apache-2.0
// Connection collision detection: which of two connections to the same peer stays.
#pragma once

#include "fsm/event.hpp"
#include "wire/as_number.hpp"

namespace lbgp::fsm {

struct Speaker {
  wire::RouterId id;
  wire::AsNumber as;
  auto operator<=>(const Speaker&) const = default;
};

// RFC 4271 §6.8, RFC 6286 §2.3: the connection that was opened by the speaker with the higher identifier;
// with equal identifiers, by the one with the larger AS number. Both speakers come to the same answer.
[[nodiscard]] constexpr Side surviving_side(const Speaker& us, const Speaker& peer) {
  return us > peer ? Side::Outgoing : Side::Incoming;
}

}  // namespace lbgp::fsm
