// SPDX-License-Identifier: Apache-2.0
// The socket options that BGP asks for.
#include "bgpd/net/socket_options.hpp"

// Not <linux/tcp.h>: that one clashes with what Asio includes.
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "bgpd/net/approach.hpp"

namespace lbgp::daemon::net {

namespace {

using boost::system::error_code;

constexpr int kMaxTtl = 255;
constexpr int kDscpShift = 2;  // in the octet that holds it (RFC 2474 §3)

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

int outgoing_ttl(const conf::Neighbor& neighbor) {
  if (is_ibgp(neighbor) || neighbor.transport.ttl_security_hops) return kMaxTtl;
  return neighbor.transport.ebgp_multihop.value_or(1);
}

bool is_v4(int native) {
  int domain = 0;
  socklen_t size = sizeof domain;
  return ::getsockopt(native, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_INET;
}

error_code set_dscp(int native, bool v4, std::uint8_t dscp) {
  const int octet = dscp << kDscpShift;
  return v4 ? set_option(native, IPPROTO_IP, IP_TOS, octet)
            : set_option(native, IPPROTO_IPV6, IPV6_TCLASS, octet);
}

error_code set_ttl(int native, bool v4, int ttl) {
  return v4 ? set_option(native, IPPROTO_IP, IP_TTL, ttl)
            : set_option(native, IPPROTO_IPV6, IPV6_UNICAST_HOPS, ttl);
}

error_code set_minimum_ttl(int native, bool v4, int minimum) {
  return v4 ? set_option(native, IPPROTO_IP, IP_MINTTL, minimum)
            : set_option(native, IPPROTO_IPV6, IPV6_MINHOPCOUNT, minimum);
}

int minimum_ttl(const conf::Neighbor& neighbor) {
  const auto& hops = neighbor.transport.ttl_security_hops;
  return hops ? kMaxTtl + 1 - *hops : 0;
}

// How long the kernel bears unacknowledged octets or a closed window. RFC 9687's SendHoldTimer decides for
// Established sessions; this is its length, so that no connection outlives it in any other state. Not the
// hold time itself: a peer that reads slowly but still sends is alive.
int user_timeout(std::chrono::seconds hold_time) {
  constexpr std::chrono::minutes kLeast{8};
  const auto limit = std::max<std::chrono::milliseconds>(kLeast, 2 * hold_time);
  return static_cast<int>(limit.count());
}

// TCP_USER_TIMEOUT would overrule the number of probes, so it is one or the other.
void set_limits(int native, const conf::Neighbor& neighbor, FirstError& result) {
  const auto& keepalive = neighbor.transport.keepalive;
  if (!keepalive) {
    if (neighbor.session.hold_time.count() != 0)
      result.add(set_option(native, IPPROTO_TCP, TCP_USER_TIMEOUT, user_timeout(neighbor.session.hold_time)));
    return;
  }
  result.add(set_option(native, SOL_SOCKET, SO_KEEPALIVE, 1));
  result.add(set_option(native, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(keepalive->idle.count())));
  result.add(set_option(native, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(keepalive->interval.count())));
  result.add(set_option(native, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(keepalive->probes)));
}

}  // namespace

error_code apply_options(boost::asio::ip::tcp::socket& socket, const conf::Neighbor& neighbor) {
  const fsm::TransportSettings& settings = neighbor.transport;
  FirstError result;
  error_code error;
  socket.non_blocking(true, error);
  result.add(error);
  socket.set_option(boost::asio::ip::tcp::no_delay(true), error);
  result.add(error);
  const int native = socket.native_handle();
  const bool v4 = is_v4(native);
  result.add(set_ttl(native, v4, outgoing_ttl(neighbor)));
  // Always: the listener that the connection came by may have been stricter than this neighbor is.
  result.add(set_minimum_ttl(native, v4, minimum_ttl(neighbor)));
  result.add(set_dscp(native, v4, settings.dscp));
  if (settings.mss != 0) result.add(set_option(native, IPPROTO_TCP, TCP_MAXSEG, int{settings.mss}));
  set_limits(native, neighbor, result);
  return result.error;
}

bool came_from_afar(int native_socket, const conf::Neighbor& neighbor) {
  if (!neighbor.transport.ttl_security_hops) return false;
  std::array<std::uint8_t, 128> syn{};  // from the IP header on; longer ones are cut off
  socklen_t size = syn.size();
  if (::getsockopt(native_socket, IPPROTO_TCP, TCP_SAVED_SYN, syn.data(), &size) != 0 || size == 0)
    return false;
  constexpr std::size_t kTtl = 8, kHopLimit = 7;  // RFC 791 §3.1, RFC 8200 §3
  const bool v4 = syn[0] >> 4 == 4;
  return syn[v4 ? kTtl : kHopLimit] < minimum_ttl(neighbor);
}

error_code apply_listen_options(int native_socket, bool v4, const ListenOptions& options) {
  FirstError result;
  result.add(set_ttl(native_socket, v4, kMaxTtl));
  result.add(set_minimum_ttl(native_socket, v4, options.minimum_ttl));
  result.add(set_option(native_socket, IPPROTO_TCP, TCP_SAVE_SYN, 1));  // for came_from_afar()
  result.add(set_dscp(native_socket, v4, options.dscp));
  return result.error;
}

error_code set_md5_key(int native_socket, const wire::Prefix& peers, std::string_view password) {
  tcp_md5sig key{};
  if (peers.address().is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(peers.address().v4_value());
    std::memcpy(&key.tcpm_addr, &address, sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    std::memcpy(&address.sin6_addr, peers.address().raw().data(), peers.address().raw().size());
    std::memcpy(&key.tcpm_addr, &address, sizeof address);
  }
  if (!peers.is_host()) {
    key.tcpm_flags = TCP_MD5SIG_FLAG_PREFIX;
    key.tcpm_prefixlen = static_cast<std::uint8_t>(peers.length());
  }
  const std::size_t length = std::min<std::size_t>(password.size(), TCP_MD5SIG_MAXKEYLEN);
  key.tcpm_keylen = static_cast<std::uint16_t>(length);
  std::memcpy(key.tcpm_key, password.data(), length);
  const int option = peers.is_host() ? TCP_MD5SIG : TCP_MD5SIG_EXT;
  const error_code error = set_option(native_socket, IPPROTO_TCP, option, key);
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
