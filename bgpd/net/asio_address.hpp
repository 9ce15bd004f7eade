// SPDX-License-Identifier: Apache-2.0
// Between our addresses and Asio's.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "wire/address.hpp"

namespace lbgp::daemon::net {

[[nodiscard]] inline boost::asio::ip::address to_asio(const wire::IpAddress& address) {
  if (address.is_v4()) return boost::asio::ip::address_v4(address.v4_value());
  return boost::asio::ip::address_v6(address.raw());
}

// A mapped address (::ffff:a.b.c.d) becomes the IPv4 address that it stands for.
[[nodiscard]] inline wire::IpAddress from_asio(const boost::asio::ip::address& address) {
  if (address.is_v4()) return wire::IpAddress::v4(address.to_v4().to_uint());
  if (address.to_v6().is_v4_mapped())
    return wire::IpAddress::v4(
        boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).to_uint());
  return wire::IpAddress::v6(address.to_v6().to_bytes());
}

// `scope`: the index of the interface that a link-local address is on.
[[nodiscard]] inline boost::asio::ip::tcp::endpoint to_endpoint(const wire::IpAddress& address,
                                                                std::uint16_t port, unsigned scope = 0) {
  if (scope != 0 && address.is_v6()) return {boost::asio::ip::address_v6(address.raw(), scope), port};
  return {to_asio(address), port};
}

}  // namespace lbgp::daemon::net
