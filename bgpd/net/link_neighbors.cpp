// SPDX-License-Identifier: Apache-2.0
// The link's neighbors by rtnetlink and ICMPv6.
#include "bgpd/net/link_neighbors.hpp"

#include <linux/neighbour.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bgpd/net/interfaces.hpp"
#include "bgpd/net/raw_socket.hpp"
#include "bgpd/net/rtnetlink.hpp"

namespace lbgp::daemon::net {

namespace {

using boost::system::error_code;

error_code last_error() {
  return {errno, boost::system::system_category()};
}

struct DumpRequest {
  nlmsghdr header{};
  ndmsg body{};
};

bool ask_for_neighbors(int netlink) {
  DumpRequest request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_GETNEIGH;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.ndm_family = AF_INET6;
  return ::send(netlink, &request, sizeof request, 0) == sizeof request;
}

// One RTM_NEWNEIGH; nothing: not one of ours.
std::optional<LinkNeighbor> read_neighbor(std::span<const std::uint8_t> message, unsigned interface) {
  const auto head = read_as<ndmsg>(message);
  constexpr unsigned kNobody = NUD_INCOMPLETE | NUD_FAILED | NUD_NOARP;
  const bool dead = head.ndm_state == NUD_NONE || (head.ndm_state & kNobody) != 0;
  std::optional<LinkNeighbor> found;
  for_each_attribute<ndmsg>(message, [&](unsigned type, std::span<const std::uint8_t> value) {
    if (type != NDA_DST || value.size() != 16) return;
    const wire::IpAddress address = wire::IpAddress::v6(read_as<std::array<std::uint8_t, 16>>(value));
    if (address.is_link_local()) found = LinkNeighbor{address, (head.ndm_flags & NTF_ROUTER) != 0};
  });
  return head.ndm_ifindex == static_cast<int>(interface) && !dead ? found : std::nullopt;
}

// False: the dump is at its end, or broken.
bool read_neighbors(std::span<const std::uint8_t> part, unsigned interface,
                    std::vector<LinkNeighbor>& found) {
  bool more = true;
  const bool whole = for_each_message(part, [&](const nlmsghdr& header, std::span<const std::uint8_t> body) {
    more = header.nlmsg_type != NLMSG_DONE && header.nlmsg_type != NLMSG_ERROR;
    if (header.nlmsg_type == RTM_NEWNEIGH)
      if (const auto neighbor = read_neighbor(body, interface)) found.push_back(*neighbor);
    return more;
  });
  return whole && more;
}

// ff02::1 on the interface.
sockaddr_in6 all_nodes(unsigned interface) {
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_addr.s6_addr[0] = 0xff;
  to.sin6_addr.s6_addr[1] = 0x02;
  to.sin6_addr.s6_addr[15] = 1;
  to.sin6_scope_id = interface;
  return to;
}

template <typename Message>
error_code send_to_all_nodes(int native, unsigned interface, const Message& message) {
  // Not to ourselves: we are not to be found on the link by ourselves.
  const int loop = 0;
  if (::setsockopt(native, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &loop, sizeof loop) != 0) return last_error();
  const sockaddr_in6 to = all_nodes(interface);
  const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&to));
  return ::sendto(native, &message, sizeof message, MSG_DONTWAIT, generic, sizeof to) >= 0 ? error_code{}
                                                                                           : last_error();
}

// RFC 4861 §4.2 with the source link-layer address (§4.6.1): from it the other side's kernel can answer.
struct Advertisement {
  nd_router_advert head{};
  std::uint8_t option = ND_OPT_SOURCE_LINKADDR;
  std::uint8_t option_length = 1;  // in units of eight octets
  std::array<std::uint8_t, 6> link_layer_address{};
};
static_assert(sizeof(Advertisement) == 24);

std::array<std::uint8_t, 6> link_layer_address(int native, const std::string& interface) {
  ifreq request{};
  std::memcpy(request.ifr_name, interface.data(), std::min<std::size_t>(interface.size(), IFNAMSIZ - 1));
  std::array<std::uint8_t, 6> address{};
  if (::ioctl(native, SIOCGIFHWADDR, &request) == 0)
    std::memcpy(address.data(), request.ifr_hwaddr.sa_data, address.size());
  return address;
}

}  // namespace

std::vector<LinkNeighbor> link_neighbors(const std::string& interface,
                                         std::span<const InterfaceAddress> own) {
  std::vector<LinkNeighbor> found;
  const unsigned index = ::if_nametoindex(interface.c_str());
  const RawSocket netlink(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (index == 0 || !netlink.open() || !ask_for_neighbors(netlink.native())) return found;
  std::vector<std::uint8_t> part(32 * 1024);
  // The answer to a dump is there at once: the kernel fills the socket while we ask.
  for (bool more = true; more;) {
    const ssize_t size = ::recv(netlink.native(), part.data(), part.size(), MSG_DONTWAIT);
    more = size > 0 && read_neighbors(std::span(part).first(static_cast<std::size_t>(size)), index, found);
  }
  std::erase_if(found, [&](const LinkNeighbor& neighbor) {
    return std::any_of(own.begin(), own.end(), [&](const InterfaceAddress& each) {
      return each.interface == interface && each.address == neighbor.address;
    });
  });
  return found;
}

std::optional<wire::IpAddress> choose_peer(std::span<const LinkNeighbor> neighbors) {
  const auto is_router = [](const LinkNeighbor& neighbor) { return neighbor.router; };
  const auto router = std::find_if(neighbors.begin(), neighbors.end(), is_router);
  const auto routers = std::count_if(neighbors.begin(), neighbors.end(), is_router);
  if (routers == 1) return router->address;
  if (routers == 0 && neighbors.size() == 1) return neighbors.front().address;
  return std::nullopt;
}

error_code call_all_nodes(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  const RawSocket socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6);
  if (index == 0 || !socket.open()) return last_error();
  icmp6_hdr echo{};
  echo.icmp6_type = ICMP6_ECHO_REQUEST;
  return send_to_all_nodes(socket.native(), index, echo);
}

error_code advertise_ourselves(const std::string& interface) {
  const unsigned index = ::if_nametoindex(interface.c_str());
  const RawSocket socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
  if (index == 0 || !socket.open()) return last_error();
  // §6.1.2: receivers drop what may have crossed a router.
  const int hops = 255;
  if (::setsockopt(socket.native(), IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof hops) != 0)
    return last_error();
  Advertisement advertisement;
  advertisement.head.nd_ra_type = ND_ROUTER_ADVERT;
  advertisement.link_layer_address = link_layer_address(socket.native(), interface);
  return send_to_all_nodes(socket.native(), index, advertisement);
}

}  // namespace lbgp::daemon::net
