// SPDX-License-Identifier: Apache-2.0
// BFD's datagrams: ports, TTL, and where they came from (RFC 5881 §4, §5; RFC 5883 §5).
#pragma once

#include <array>
#include <boost/asio/ip/udp.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <span>

#include "fsm/bfd_settings.hpp"
#include "wire/address.hpp"

namespace lbgp::daemon::net {

struct BfdPorts {
  std::uint16_t single_hop = 3784;
  std::uint16_t multihop = 4784;
};

// RFC 5881 §4: where a session's own port comes from.
inline constexpr std::uint16_t kFirstBfdSourcePort = 49152;

struct BfdDatagram {
  wire::IpAddress from;
  wire::IpAddress to;
  unsigned interface = 0;  // index
  std::uint8_t ttl = 0;
  std::size_t size = 0;                     // of what follows
  std::array<std::uint8_t, 256> payload{};  // a packet's own length is one octet
};

// Opens `socket`, non-blocking, to receive on `address` (may be 0.0.0.0 or ::) and to be told TTL,
// destination and interface of every datagram.
[[nodiscard]] boost::system::error_code open_bfd_receiver(boost::asio::ip::udp::socket& socket,
                                                          const wire::IpAddress& address, std::uint16_t port);
// The next datagram that waits; false: none does. One without its TTL cannot be judged and has TTL 0.
[[nodiscard]] bool receive_bfd(boost::asio::ip::udp::socket& socket, BfdDatagram& datagram);

// Opens `socket`, non-blocking, to send from `source_port`, with TTL 255 and traffic class CS6, from the
// key's local address and over its interface when it has them.
[[nodiscard]] boost::system::error_code open_bfd_sender(boost::asio::ip::udp::socket& socket,
                                                        const fsm::BfdKey& key, std::uint16_t source_port);
[[nodiscard]] boost::system::error_code send_bfd(boost::asio::ip::udp::socket& socket, const fsm::BfdKey& key,
                                                 std::uint16_t port, std::span<const std::uint8_t> payload);

}  // namespace lbgp::daemon::net
