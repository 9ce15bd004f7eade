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

namespace {

// The address with its last bit turned over: the neighbor of a range's end.
wire::IpAddress turned(const wire::IpAddress& address) {
  std::array<std::uint8_t, 16> octets = address.raw();
  if (address.is_v4()) return wire::IpAddress::v4(address.v4_value() ^ 1U);
  octets[15] = static_cast<std::uint8_t>(octets[15] ^ 1U);
  return wire::IpAddress::v6(octets);
}

}  // namespace

rib::AddressRange inner_range(const wire::Prefix& prefix) {
  const rib::AddressRange all = range_of(prefix);
  if (prefix.length() + 2U > prefix.address().bits()) return all;
  return {turned(all.first), turned(all.last)};
}

}  // namespace lbgp::conf
