// SPDX-License-Identifier: Apache-2.0
// The kernel's addresses as ours.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "wire/address.hpp"

namespace lbgp::daemon::net {

[[nodiscard]] inline wire::IpAddress to_address(const in_addr& address) {
  return wire::IpAddress::v4(ntohl(address.s_addr));
}

[[nodiscard]] inline wire::IpAddress to_address(const in6_addr& address) {
  std::array<std::uint8_t, 16> octets{};
  std::memcpy(octets.data(), &address, octets.size());
  return wire::IpAddress::v6(octets);
}

template <typename Sockaddr>
[[nodiscard]] Sockaddr copy_as(const void* from) {
  Sockaddr to;
  std::memcpy(&to, from, sizeof to);
  return to;
}

// `from`: a sockaddr_in or a sockaddr_in6, whatever type the call gives it.
[[nodiscard]] inline wire::IpAddress address_of(const void* from) {
  if (copy_as<sa_family_t>(from) == AF_INET) return to_address(copy_as<sockaddr_in>(from).sin_addr);
  return to_address(copy_as<sockaddr_in6>(from).sin6_addr);
}

}  // namespace lbgp::daemon::net
