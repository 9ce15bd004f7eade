// SPDX-License-Identifier: Apache-2.0
// Which pool a prefix lies in, and what that means.
#include "rib/vip_pool.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lbgp::rib {

namespace {

wire::IpAddress last_address(const wire::Prefix& prefix) {
  if (prefix.address().is_v4()) {
    const std::uint32_t host_bits = prefix.length() == 0 ? ~0U : (1U << (32 - prefix.length())) - 1;
    return wire::IpAddress::v4(prefix.address().v4_value() | (prefix.length() == 32 ? 0U : host_bits));
  }
  std::array<std::uint8_t, 16> octets = prefix.address().raw();
  for (unsigned bit = prefix.length(); bit < 128; ++bit)
    octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] | 0x80U >> bit % 8);
  return wire::IpAddress::v6(octets);
}

}  // namespace

bool LabelSelector::holds(const Labels& labels) const {
  const auto label = labels.find(key);
  const bool exists = label != labels.end();
  const bool among = exists && std::find(values.begin(), values.end(), label->second) != values.end();
  switch (op) {
    case Operator::In:
      return among;
    case Operator::NotIn:
      return !among;
    case Operator::Exists:
      return exists;
    case Operator::DoesNotExist:
      return !exists;
  }
  return false;
}

const LabelSelector* VipPool::refuses(const Labels& labels) const {
  const auto found = std::find_if(selectors.begin(), selectors.end(),
                                  [&](const LabelSelector& selector) { return !selector.holds(labels); });
  return found == selectors.end() ? nullptr : &*found;
}

bool VipPool::is_for(const std::string& neighbor, const std::string& peer_group) const {
  const auto names = [&](const std::string& who) {
    return std::find(advertise_to.begin(), advertise_to.end(), who) != advertise_to.end();
  };
  return advertise_to.empty() || names(neighbor) || (!peer_group.empty() && names(peer_group));
}

void VipPool::add_to(wire::PathAttributes& attributes) const {
  for (const wire::Community& community : communities) attributes.communities.insert(community);
  for (const wire::LargeCommunity& community : large_communities)
    attributes.large_communities.insert(community);
  if (local_preference) attributes.local_pref = attributes.local_pref.value_or(*local_preference);
  if (metric) attributes.med = attributes.med.value_or(*metric);
}

VipPools::VipPools(std::vector<VipPool> pools) : pools_(std::move(pools)) {
  std::vector<Piece> sorted;
  for (std::size_t pool = 0; pool < pools_.size(); ++pool)
    for (const AddressRange& range : pools_[pool].ranges) sorted.push_back({range, pool});
  std::sort(sorted.begin(), sorted.end(),
            [](const Piece& a, const Piece& b) { return a.range.first < b.range.first; });
  for (const Piece& piece : sorted) {
    Piece* last = pieces_.empty() ? nullptr : &pieces_.back();
    if (last != nullptr && last->pool == piece.pool && !(last->range.last < piece.range.first))
      last->range.last = std::max(last->range.last, piece.range.last);
    else
      pieces_.push_back(piece);
  }
}

const VipPool* VipPools::find(const wire::Prefix& prefix) const {
  const wire::IpAddress& first = prefix.address();
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), first,
                       [](const wire::IpAddress& a, const Piece& piece) { return a < piece.range.first; });
  if (after == pieces_.begin()) return nullptr;
  const Piece& piece = *(after - 1);
  const bool same_family = piece.range.first.is_v4() == first.is_v4();
  return same_family && last_address(prefix) <= piece.range.last ? &pools_[piece.pool] : nullptr;
}

}  // namespace lbgp::rib
