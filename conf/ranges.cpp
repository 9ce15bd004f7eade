// SPDX-License-Identifier: Apache-2.0
// Sets the host bits of a prefix.
#include "conf/ranges.hpp"

namespace lbgp::conf {

rib::AddressRange range_of(const wire::Prefix& prefix) {
  const wire::IpAddress& first = prefix.address();
  std::array<std::uint8_t, 16> octets = first.raw();
  for (unsigned bit = prefix.length(); bit < first.bits(); ++bit)
    octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] | 0x80U >> bit % 8);
  if (first.is_v6()) return {first, wire::IpAddress::v6(octets)};
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < 4; ++i) last = last << 8 | octets[i];
  return {first, wire::IpAddress::v4(last)};
}

}  // namespace lbgp::conf
