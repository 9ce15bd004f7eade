// SPDX-License-Identifier: Apache-2.0
// Which pool a prefix lies in.
#include "rib/vip_pool.hpp"

#include <algorithm>
#include <array>

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

const VipPool* find_pool(std::span<const VipPool> pools, const wire::Prefix& prefix) {
  const wire::IpAddress first = prefix.address();
  const wire::IpAddress last = last_address(prefix);
  const auto holds = [&](const AddressRange& range) {
    return range.first.is_v4() == first.is_v4() && range.first <= first && last <= range.last;
  };
  const auto pool = std::find_if(pools.begin(), pools.end(), [&](const VipPool& each) {
    return std::any_of(each.ranges.begin(), each.ranges.end(), holds);
  });
  return pool != pools.end() ? &*pool : nullptr;
}

}  // namespace lbgp::rib
