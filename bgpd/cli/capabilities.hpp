// SPDX-License-Identifier: Apache-2.0
// Which side of a session sent which capability, as both renderers of `show bgp neighbors` need it.
#pragma once

#include <array>
#include <string_view>
#include <variant>

#include "conf/compiled.hpp"
#include "fsm/negotiation.hpp"

namespace lbgp::daemon::cli {

// Who sent something.
struct Sides {
  bool advertised = false;
  bool received = false;
  [[nodiscard]] bool any() const { return advertised || received; }
};

// "advertised and received" / "advertisedAndReceived"
[[nodiscard]] constexpr std::string_view words(Sides sides) {
  if (sides.advertised && sides.received) return "advertised and received";
  return sides.advertised ? "advertised" : "received";
}
[[nodiscard]] constexpr std::string_view key(Sides sides) {
  if (sides.advertised && sides.received) return "advertisedAndReceived";
  return sides.advertised ? "advertised" : "received";
}

template <typename Capability>
[[nodiscard]] Sides sides(const fsm::Negotiated& session) {
  return {session.sent.find<Capability>() != nullptr, session.received.find<Capability>() != nullptr};
}

[[nodiscard]] Sides multiprotocol(const fsm::Negotiated& session, wire::Family family);

// ADD-PATH of a family: `rx`, where the sender wants to receive, and `tx`, where it wants to send.
struct AddPathSides {
  Sides rx;
  Sides tx;
};
// RFC 8950: whether the peer offers IPv6 next hops for a family.
[[nodiscard]] bool extended_next_hop_by_peer(const fsm::Negotiated& session, wire::Family family);
// RFC 9234, in FRR's words; "undefined": no role.
[[nodiscard]] std::string_view local_role(const conf::Neighbor& config);
[[nodiscard]] std::string_view remote_role(const fsm::Negotiated* session);

[[nodiscard]] AddPathSides add_path(const fsm::Negotiated& session, wire::Family family);

}  // namespace lbgp::daemon::cli
