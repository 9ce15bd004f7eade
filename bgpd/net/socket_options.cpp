// SPDX-License-Identifier: Apache-2.0
// The socket options that BGP asks for.
#include "bgpd/net/socket_options.hpp"

// Not <linux/tcp.h>: that one clashes with what Asio includes.
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lbgp::daemon::net {

namespace {

using boost::system::error_code;

// RFC 4271 leaves it open; routers mark their own traffic so that it survives congestion (RFC 4594 §3.1).
constexpr int kClassSelector6 = 0xc0;
constexpr int kMaxTtl = 255;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

template <typename T>
error_code set_option(int socket, int level, int name, const T& value) {
  return ::setsockopt(socket, level, name, &value, sizeof value) == 0 ? error_code{} : last_error();
}

// The lesser of two evils where only one option can be reported: the first that failed.
struct FirstError {
  error_code error;
  void add(error_code next) {
    if (!error) error = next;
  }
};

int outgoing_ttl(const fsm::TransportSettings& settings, bool ibgp) {
  if (ibgp || settings.ttl_security_hops) return kMaxTtl;
  return settings.ebgp_multihop.value_or(1);
}

}  // namespace

error_code apply_options(boost::asio::ip::tcp::socket& socket, const fsm::TransportSettings& settings,
                         bool ibgp) {
  FirstError result;
  error_code error;
  socket.non_blocking(true, error);
  result.add(error);
  socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
  result.add(error);
  const int native = socket.native_handle();
  const bool v4 = settings.peer_address.is_v4();
  const int ttl = outgoing_ttl(settings, ibgp);
  result.add(v4 ? set_option(native, IPPROTO_IP, IP_TTL, ttl)
                : set_option(native, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl));
  if (settings.ttl_security_hops) {
    const int minimum = kMaxTtl + 1 - *settings.ttl_security_hops;
    result.add(v4 ? set_option(native, IPPROTO_IP, IP_MINTTL, minimum)
                  : set_option(native, IPPROTO_IPV6, IPV6_MINHOPCOUNT, minimum));
  }
  result.add(v4 ? set_option(native, IPPROTO_IP, IP_TOS, kClassSelector6)
                : set_option(native, IPPROTO_IPV6, IPV6_TCLASS, kClassSelector6));
  return result.error;
}

error_code set_md5_key(int native_socket, const wire::IpAddress& peer, std::string_view password) {
  tcp_md5sig key{};
  if (peer.is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(peer.v4_value());
    std::memcpy(&key.tcpm_addr, &address, sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    std::memcpy(&address.sin6_addr, peer.raw().data(), peer.raw().size());
    std::memcpy(&key.tcpm_addr, &address, sizeof address);
  }
  const std::size_t length = std::min<std::size_t>(password.size(), TCP_MD5SIG_MAXKEYLEN);
  key.tcpm_keylen = static_cast<std::uint16_t>(length);
  std::memcpy(key.tcpm_key, password.data(), length);
  const error_code error = set_option(native_socket, IPPROTO_TCP, TCP_MD5SIG, key);
  explicit_bzero(&key, sizeof key);
  return error;
}

error_code bind_to_device(int native_socket, const std::string& interface) {
  const auto length = static_cast<socklen_t>(interface.size());
  return ::setsockopt(native_socket, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), length) == 0
             ? error_code{}
             : last_error();
}

}  // namespace lbgp::daemon::net
