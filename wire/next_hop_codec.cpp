// SPDX-License-Identifier: Apache-2.0
// Next hops of MP_REACH_NLRI.
#include "wire/next_hop_codec.hpp"

#include <algorithm>

#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

constexpr std::size_t kIpv4Size = 4;
constexpr std::size_t kIpv6Size = 16;

[[nodiscard]] IpAddress read_v6(Reader& in) {
  std::array<std::uint8_t, kIpv6Size> octets{};
  const ByteView taken = in.take(kIpv6Size);
  std::copy(taken.begin(), taken.end(), octets.begin());
  return IpAddress::v6(octets);
}

}  // namespace

bool may_carry(const UpdateCodec& codec, Family family, const IpAddress& next_hop) {
  if (family == Family::Ipv6Unicast) return next_hop.is_v6();
  return next_hop.is_v4() || codec.extended_next_hop.contains(family);
}

std::optional<NextHop> read_next_hop(ByteView octets, Family family, const UpdateCodec& codec) {
  Reader in(octets);
  if (octets.size() == kIpv4Size) {
    const IpAddress address = IpAddress::v4(in.u32());
    return may_carry(codec, family, address) ? std::optional(NextHop{address, std::nullopt}) : std::nullopt;
  }
  if (octets.size() != kIpv6Size && octets.size() != 2 * kIpv6Size) return std::nullopt;
  NextHop next_hop{read_v6(in), std::nullopt};
  if (!may_carry(codec, family, next_hop.address)) return std::nullopt;
  if (in.at_end()) return next_hop;

  // RFC 2545 §3: global, then link-local. Some senders put :: or the link-local address itself in the first
  // place; a second address that is not link-local says nothing.
  const IpAddress second = read_v6(in);
  if (!second.is_link_local()) return next_hop;
  if (next_hop.address.is_unspecified())
    next_hop.address = second;
  else if (!next_hop.address.is_link_local())
    next_hop.link_local = second;
  return next_hop;
}

void write_next_hop(Writer& out, const NextHop& next_hop) {
  out.sized8([&] {
    out.octets(next_hop.address.bytes());
    if (next_hop.address.is_v6() && next_hop.link_local) out.octets(next_hop.link_local->bytes());
  });
}

bool is_usable_next_hop(const IpAddress& next_hop, const UpdateRules& rules) {
  return next_hop.is_host_address() || (rules.loopback_peer && next_hop.is_loopback());
}

}  // namespace lbgp::wire
