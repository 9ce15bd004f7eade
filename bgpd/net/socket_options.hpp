// SPDX-License-Identifier: Apache-2.0
// The socket options that BGP asks for. Each function says what the kernel answered.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <string_view>

#include "fsm/settings.hpp"

namespace lbgp::daemon::net {

// Options of a connection to or from the peer, for eBGP or iBGP: non-blocking, no delay, TTL (1 for a
// directly connected eBGP peer, `ebgp-multihop` or 255 else), GTSM (RFC 5082), traffic class CS6.
[[nodiscard]] boost::system::error_code apply_options(boost::asio::ip::tcp::socket& socket,
                                                      const fsm::TransportSettings& settings, bool ibgp);

// TCP-MD5 (RFC 2385): segments to and from `peer` on this socket (connection or listener) must carry the
// signature. An empty password removes the key.
[[nodiscard]] boost::system::error_code set_md5_key(int native_socket, const wire::IpAddress& peer,
                                                    std::string_view password);

// SO_BINDTODEVICE, for `update-source IFNAME`.
[[nodiscard]] boost::system::error_code bind_to_device(int native_socket, const std::string& interface);

}  // namespace lbgp::daemon::net
