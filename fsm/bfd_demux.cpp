// SPDX-License-Identifier: Apache-2.0
// Whose packet it is.
#include "fsm/bfd_demux.hpp"

namespace lbgp::fsm {

bool matches(const BfdKey& key, const BfdArrival& arrival) {
  return key.multihop == arrival.multihop && key.peer == arrival.from &&
         (!key.local || *key.local == arrival.to) &&
         (key.interface.empty() || key.interface == arrival.interface);
}

bool close_enough(const BfdKey& key, const BfdSettings& settings, std::uint8_t ttl) {
  constexpr std::uint8_t kOnTheSameLink = 255;
  return ttl >= (key.multihop ? settings.minimum_ttl : kOnTheSameLink);
}

}  // namespace lbgp::fsm
