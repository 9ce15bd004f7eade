// SPDX-License-Identifier: Apache-2.0
// Whether a received path may be used at all, before any policy.
#pragma once

#include <cstdint>

#include "rib/rib.hpp"
#include "rib/settings.hpp"

namespace lbgp::rib {

struct InboundRules {
  const GlobalSettings& global;
  const PeerSettings& peer;
  const PeerSession& session;
};

// `attributes` with the next hop of the family's Reach in place.
[[nodiscard]] Rejection check_received(const InboundRules& rules, wire::Family family,
                                       const wire::PathAttributes& attributes);

// What the RFCs make of attributes before anybody judges them: RFC 4271 §5.1.5 (LOCAL_PREF from an external
// peer), RFC 4456 §8 (reflection attributes from one), RFC 9234 §5 (OTC on what comes down or across).
void normalize_received(const InboundRules& rules, wire::PathAttributes& attributes);

// What we add on the way in, before the policy looks at it: our number for this peer (`local-as`), its site's
// (RFC 4364 §7).
void mark_received(const InboundRules& rules, wire::Family family, wire::PathAttributes& attributes);

// What communities of an external peer's path ask of us, past the policy: an operator who knows better
// removes or adds them there. RFC 8326 §4: last choice while the session is about to end; RFC 7999 §3.2: no
// blackhole leaks.
void obey_communities(const InboundRules& rules, wire::PathAttributes& attributes);

}  // namespace lbgp::rib
