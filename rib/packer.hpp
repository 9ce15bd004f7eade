// SPDX-License-Identifier: Apache-2.0
// Turns what a peer lacks into UPDATE messages, when its socket asks for bytes.
#pragma once

#include <cstddef>

#include "rib/peer_out.hpp"
#include "rib/table.hpp"
#include "wire/update.hpp"

namespace lbgp::rib {

// Both append whole messages to `out` until it holds `limit` octets, nothing is left, or kMaxSteps routes
// have been looked at; the next call goes on from there. The bytes depend on the history of calls alone.
class Packer {
 public:
  static constexpr std::size_t kMaxSteps = 65536;

  Packer(const wire::UpdateCodec& codec, const Table& table, PeerOut& peer)
      : codec_(codec), table_(table), peer_(peer) {}
  void pack_withdrawals(wire::Bytes& out, std::size_t limit);
  // Routes with the same attributes share messages: from the first pending route, along the group's list of
  // routes with its attribute set. All that is pending has to be listed first, which takes a call of its own
  // for every kMaxSteps of a bulk.
  void pack_announcements(wire::Bytes& out, std::size_t limit);

 private:
  [[nodiscard]] PeerOut::Place choose_place();
  // Whether the peer itself is the next hop of what leaves with these; it is told of none of that list then.
  [[nodiscard]] bool leads_to_peer(AttrId attributes) const;
  void pass_over_list(PeerOut::Place& place);
  void pack_list(PeerOut::Place& place, wire::Bytes& out, std::size_t limit);
  // Goes on by what another member has had packed, if there is something.
  [[nodiscard]] bool take_run(PeerOut::Place& place, wire::Bytes& out);

  const wire::UpdateCodec& codec_;
  const Table& table_;
  PeerOut& peer_;
  std::size_t steps_ = 0;
};

}  // namespace lbgp::rib
