// SPDX-License-Identifier: Apache-2.0
// The socket options that BGP asks for. Each function says what the kernel answered.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <string>
#include <string_view>

#include "conf/compiled.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::net {

// RFC 5082 §3: whether the SYN of an accepted connection came from further away than `ttl-security hops`
// allows. apply_options() has the kernel look at what comes from then on; this is about what came before.
[[nodiscard]] bool came_from_afar(int native_socket, const conf::Neighbor& neighbor);

// Options of a connection to or from the neighbor: non-blocking, no delay, TTL (1 for a directly connected
// eBGP peer, `ebgp-multihop` or 255 else), GTSM (RFC 5082), DSCP, segment size, keepalives or a time limit
// for octets that nobody acknowledges.
[[nodiscard]] boost::system::error_code apply_options(boost::asio::ip::tcp::socket& socket,
                                                      const conf::Neighbor& neighbor);

// What a listening socket says and bears before it is known whose connection it is.
struct ListenOptions {
  std::uint8_t dscp = 48;
  std::uint8_t minimum_ttl = 0;  // GTSM for whoever connects; 0: any
  bool operator==(const ListenOptions&) const = default;
};
// SYN-ACKs leave with TTL 255: a peer with GTSM must see it, and no other cares.
[[nodiscard]] boost::system::error_code apply_listen_options(int native_socket, bool v4,
                                                             const ListenOptions& options);

// TCP-MD5 (RFC 2385): segments to and from `peers` on this socket (connection or listener) must carry the
// signature. An empty password removes the key.
[[nodiscard]] boost::system::error_code set_md5_key(int native_socket, const wire::Prefix& peers,
                                                    std::string_view password);

// SO_BINDTODEVICE: from and to this interface only.
[[nodiscard]] boost::system::error_code bind_to_device(int native_socket, const std::string& interface);

}  // namespace lbgp::daemon::net
