// SPDX-License-Identifier: Apache-2.0
// Links and addresses from rtnetlink messages.
#include "bgpd/net/rtnetlink.hpp"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <sys/socket.h>

#include <array>
#include <optional>

namespace lbgp::daemon::net {

namespace {

using Octets = std::span<const std::uint8_t>;

std::optional<wire::IpAddress> address_in(Octets value, unsigned char family) {
  if (family == AF_INET && value.size() == 4) {
    std::uint32_t number = 0;
    for (const std::uint8_t octet : value) number = number << 8 | octet;
    return wire::IpAddress::v4(number);
  }
  if (family == AF_INET6 && value.size() == 16)
    return wire::IpAddress::v6(read_as<std::array<std::uint8_t, 16>>(value));
  return std::nullopt;
}

// False: it cannot be read.
bool read_link(Octets body, bool gone, std::vector<HostMessage>& into) {
  const auto head = read_as<ifinfomsg>(body);
  LinkMessage link{.index = static_cast<unsigned>(head.ifi_index),
                   .name = "",
                   .gone = gone,
                   .up = (head.ifi_flags & IFF_UP) != 0,
                   .running = (head.ifi_flags & IFF_UP) != 0 && (head.ifi_flags & IFF_RUNNING) != 0};
  const bool whole = for_each_attribute<ifinfomsg>(body, [&](unsigned type, Octets value) {
    if (type == IFLA_IFNAME) link.name.assign(value.begin(), std::find(value.begin(), value.end(), 0));
  });
  if (!whole || link.name.empty()) return false;
  // What a bridge says of its ports, their leaving among it, is not about the links themselves.
  if (head.ifi_family == AF_UNSPEC) into.emplace_back(std::move(link));
  return true;
}

bool read_address(Octets body, bool gone, std::vector<HostMessage>& into) {
  const auto head = read_as<ifaddrmsg>(body);
  std::uint32_t flags = head.ifa_flags;
  std::optional<wire::IpAddress> own;
  std::optional<wire::IpAddress> of_network;
  const bool whole = for_each_attribute<ifaddrmsg>(body, [&](unsigned type, Octets value) {
    if (type == IFA_LOCAL) own = address_in(value, head.ifa_family);
    if (type == IFA_ADDRESS) of_network = address_in(value, head.ifa_family);
    if (type == IFA_FLAGS && value.size() == sizeof flags) flags = read_as<std::uint32_t>(value);
  });
  if (!own) own = of_network;
  if (!of_network) of_network = own;
  if (!whole || !own || head.ifa_prefixlen > own->bits()) return false;
  const bool not_ours_yet = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  into.emplace_back(AddressMessage{.index = head.ifa_index,
                                   .address = *own,
                                   .network = wire::Prefix(*of_network, head.ifa_prefixlen),
                                   .gone = gone || not_ours_yet || (flags & IFA_F_DADFAILED) != 0,
                                   .second_choice = (flags & (IFA_F_SECONDARY | IFA_F_DEPRECATED)) != 0});
  return true;
}

}  // namespace

NetlinkPart read_part(Octets datagram) {
  NetlinkPart part;
  const bool whole = for_each_message(datagram, [&](const nlmsghdr& header, Octets body) {
    bool readable = true;
    part.changed_meanwhile = part.changed_meanwhile || (header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
    switch (header.nlmsg_type) {
      case NLMSG_DONE:
        part.end = true;
        return false;
      case NLMSG_ERROR:
        readable = false;
        break;
      case RTM_NEWLINK:
      case RTM_DELLINK:
        readable = read_link(body, header.nlmsg_type == RTM_DELLINK, part.messages);
        break;
      case RTM_NEWADDR:
      case RTM_DELADDR:
        readable = read_address(body, header.nlmsg_type == RTM_DELADDR, part.messages);
        break;
      default:
        break;
    }
    part.broken = part.broken || !readable;
    return true;
  });
  part.broken = part.broken || !whole;
  return part;
}

}  // namespace lbgp::daemon::net
