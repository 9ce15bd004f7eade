// SPDX-License-Identifier: Apache-2.0
// What our OPEN says, whether we accept the peer's, and what follows from both.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "fsm/settings.hpp"
#include "wire/error.hpp"
#include "wire/message.hpp"
#include "wire/update.hpp"

namespace lbgp::fsm {

// The peer's side of graceful restart for one family.
struct PeerGracefulRestart {
  bool listed = false;                // the family stands in the capability
  bool forwarding_preserved = false;  // F
  // RFC 9494: of the long-lived capability; zero: not listed, or one side has sent none.
  bool long_lived_forwarding_preserved = false;
  seconds long_lived_stale_time{0};  // at most our own
  bool operator==(const PeerGracefulRestart&) const = default;
};

// What both OPENs agree on: the result of a session's set-up.
struct Negotiated {
  wire::Open sent;
  wire::Open received;
  wire::AsNumber peer_as;
  wire::RouterId peer_id;
  bool ibgp = false;
  seconds hold_time{0};  // RFC 4271 §4.2: the smaller of both; 0: none
  seconds keepalive{0};  // at most a third of the hold time
  wire::UpdateCodec codec;
  bool route_refresh = false;
  bool enhanced_route_refresh = false;
  // Graceful restart: we are helper for families where the peer lists them and our side has it on.
  bool graceful_restart = false;  // both sides sent the capability
  bool notification_bit = false;  // RFC 8538: both sides set N
  bool peer_restarting = false;   // R
  seconds peer_restart_time{0};
  bool long_lived = false;  // the peer understands LLGR_STALE (RFC 9494 §4.3), whatever we sent
  wire::PerFamily<PeerGracefulRestart> peer_families;
  bool operator==(const Negotiated&) const = default;
};

// Our OPEN. `restarting`: the R bit (RFC 4724 §4.1), set only while we come back from a restart.
[[nodiscard]] wire::Open make_open(const SessionSettings& settings, bool restarting);

// RFC 4271 §6.2, RFC 6286, RFC 7607: is the peer's OPEN acceptable? On success: what both agree on.
[[nodiscard]] wire::Result<Negotiated> negotiate(const SessionSettings& settings, const wire::Open& ours,
                                                 const wire::Open& theirs);

}  // namespace lbgp::fsm
