// SPDX-License-Identifier: Apache-2.0
// BFD's datagrams.
#include "bgpd/net/bfd_socket.hpp"

#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "bgpd/net/asio_address.hpp"
#include "bgpd/net/sockaddr.hpp"
#include "bgpd/net/socket_options.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = asio::ip::udp::socket;

namespace {

constexpr int kOn = 1;
constexpr int kTtl = 255;                // RFC 5881 §5
constexpr int kClassSelector6 = 0xc0;    // RFC 4594 §3.1
constexpr int kReceiveBuffer = 1 << 20;  // of packets that wait while the machine is busy elsewhere

error_code last_error() {
  return {errno, boost::system::system_category()};
}

error_code set_option(Socket& socket, int level, int name, int value) {
  return ::setsockopt(socket.native_handle(), level, name, &value, sizeof value) == 0 ? error_code{}
                                                                                      : last_error();
}

struct Option {
  int level, name, value;
};

error_code set_all(Socket& socket, std::span<const Option> options) {
  for (const Option& option : options)
    if (const error_code error = set_option(socket, option.level, option.name, option.value)) return error;
  return {};
}

constexpr Option kReceive4[] = {{IPPROTO_IP, IP_RECVTTL, kOn}, {IPPROTO_IP, IP_PKTINFO, kOn}};
constexpr Option kReceive6[] = {{IPPROTO_IPV6, IPV6_V6ONLY, kOn},
                                {IPPROTO_IPV6, IPV6_RECVHOPLIMIT, kOn},
                                {IPPROTO_IPV6, IPV6_RECVPKTINFO, kOn}};
constexpr Option kSend4[] = {{IPPROTO_IP, IP_TTL, kTtl}, {IPPROTO_IP, IP_TOS, kClassSelector6}};
constexpr Option kSend6[] = {{IPPROTO_IPV6, IPV6_V6ONLY, kOn},
                             {IPPROTO_IPV6, IPV6_UNICAST_HOPS, kTtl},
                             {IPPROTO_IPV6, IPV6_TCLASS, kClassSelector6}};

error_code open(Socket& socket, bool v4) {
  error_code error;
  socket.open(v4 ? asio::ip::udp::v4() : asio::ip::udp::v6(), error);
  if (!error) socket.non_blocking(true, error);
  return error;
}

asio::ip::udp::endpoint endpoint(const wire::IpAddress& address, const std::string& interface,
                                 std::uint16_t port) {
  if (address.is_v4() || !address.is_link_local()) return {to_asio(address), port};
  return {asio::ip::address_v6(address.raw(), ::if_nametoindex(interface.c_str())), port};
}

template <typename T>
T payload_of(const cmsghdr* header) {
  T value{};
  std::memcpy(&value, CMSG_DATA(header), sizeof value);
  return value;
}

void read_control(const cmsghdr* header, BfdDatagram& datagram) {
  const int level = header->cmsg_level;
  const int type = header->cmsg_type;
  if ((level == IPPROTO_IP && type == IP_TTL) || (level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT)) {
    datagram.ttl = static_cast<std::uint8_t>(payload_of<int>(header));
  } else if (level == IPPROTO_IP && type == IP_PKTINFO) {
    const auto info = payload_of<in_pktinfo>(header);
    datagram.to = to_address(info.ipi_addr);
    datagram.interface = static_cast<unsigned>(info.ipi_ifindex);
  } else if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO) {
    const auto info = payload_of<in6_pktinfo>(header);
    datagram.to = to_address(info.ipi6_addr);
    datagram.interface = info.ipi6_ifindex;
  }
}

}  // namespace

error_code open_bfd_receiver(Socket& socket, const wire::IpAddress& address, std::uint16_t port) {
  error_code error = open(socket, address.is_v4());
  if (!error) error = address.is_v4() ? set_all(socket, kReceive4) : set_all(socket, kReceive6);
  if (!error) error = set_option(socket, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  if (!error) socket.bind({to_asio(address), port}, error);
  if (error) {
    error_code ignored;
    socket.close(ignored);
  }
  return error;
}

bool receive_bfd(Socket& socket, BfdDatagram& datagram) {
  sockaddr_storage from{};
  iovec buffer{datagram.payload.data(), datagram.payload.size()};
  alignas(cmsghdr) std::array<char, 256> control{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = &buffer;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = ::recvmsg(socket.native_handle(), &message, MSG_DONTWAIT);
  if (size < 0) return false;
  datagram.size = static_cast<std::size_t>(size);
  datagram.from = address_of(&from);
  datagram.ttl = 0;
  datagram.to = {};
  datagram.interface = 0;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header))
    read_control(header, datagram);
  return true;
}

error_code open_bfd_sender(Socket& socket, const fsm::BfdKey& key, std::uint16_t source_port) {
  const bool v4 = key.peer.is_v4();
  const wire::IpAddress any = v4 ? wire::IpAddress{} : wire::IpAddress::v6({});
  error_code error = open(socket, v4);
  if (!error) error = v4 ? set_all(socket, kSend4) : set_all(socket, kSend6);
  if (!error && !key.interface.empty()) error = bind_to_device(socket.native_handle(), key.interface);
  if (!error) socket.bind(endpoint(key.local.value_or(any), key.interface, source_port), error);
  if (error) {
    error_code ignored;
    socket.close(ignored);
  }
  return error;
}

error_code send_bfd(Socket& socket, const fsm::BfdKey& key, std::uint16_t port,
                    std::span<const std::uint8_t> payload) {
  error_code error;
  socket.send_to(asio::buffer(payload.data(), payload.size()), endpoint(key.peer, key.interface, port), 0,
                 error);
  return error;
}

}  // namespace lbgp::daemon::net
