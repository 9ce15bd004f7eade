// SPDX-License-Identifier: Apache-2.0
// An UPDATE while it is being read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "wire/attribute.hpp"

namespace lbgp::wire {

// What an UPDATE error is answered with, should it have to be (RFC 4271 §6.3).
struct AttributeError {
  std::uint8_t subcode = subcode::kMalformedAttributeList;
  std::string reason;
};

// What the readers of attributes fill, one UPDATE long. `update` gets what is final at once; what needs all
// attributes to be known waits beside it.
struct UpdateDraft {
  const UpdateCodec& codec;
  const UpdateRules& rules;
  Update update{};
  std::optional<IpAddress> next_hop{};  // NEXT_HOP, unjudged: it means nothing without an NLRI field
  std::optional<AsPath> as4_path{};     // RFC 6793
  std::optional<Aggregator> as4_aggregator{};
  bool has_reachable = false;                // some NLRI is announced, whatever its family
  std::optional<Family> empty_mp_unreach{};  // maybe an End-of-RIB
  std::optional<Error> withdraw_error{};     // the first fault that takes the routes away

  // Takes something down that can never have to end the session.
  void note(UpdateFault fault);
  // Records a fault. `data` goes back to the peer if the fault has to end the session.
  void fault(Grade grade, std::uint8_t attribute, AttributeError error, ByteView data = {});
  // Takes announced prefixes in, all but those that unicast has no use for (RFC 4271 §6.3).
  void announce(Family family, const NextHop& via, std::vector<Nlri> nlri, std::uint8_t attribute);
};

}  // namespace lbgp::wire
