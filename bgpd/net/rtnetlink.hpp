// SPDX-License-Identifier: Apache-2.0
// What the kernel says of the machine's links and addresses: rtnetlink(7) messages as values. Pure; whatever
// the octets are, nothing outside of them is read.
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "wire/prefix.hpp"

namespace lbgp::daemon::net {

// RTM_NEWLINK, RTM_DELLINK.
struct LinkMessage {
  unsigned index = 0;
  std::string name;
  bool gone = false;
  bool up = false;       // as its administrator wants it
  bool running = false;  // and it has a carrier
};
// RTM_NEWADDR, RTM_DELADDR.
struct AddressMessage {
  unsigned index = 0;  // of the link
  wire::IpAddress address;
  wire::Prefix network;  // on a point-to-point link the other end's
  bool gone = false;     // or not to be used: not yet, or never, known to be ours alone (RFC 4862 §5.4)
  bool second_choice = false;  // not the primary one of its network, temporary (RFC 8981) or deprecated
};
using HostMessage = std::variant<LinkMessage, AddressMessage>;

struct NetlinkPart {
  std::vector<HostMessage> messages;  // those of other kinds are left out
  bool end = false;                   // of a dump
  bool changed_meanwhile = false;     // the dump is not of one moment (NLM_F_DUMP_INTR)
  bool broken = false;                // what follows, or what should be here, cannot be read
};
// One datagram.
[[nodiscard]] NetlinkPart read_part(std::span<const std::uint8_t> datagram);

// --- How a datagram is taken apart.

template <typename T>
[[nodiscard]] T read_as(std::span<const std::uint8_t> from) {
  T value{};
  std::memcpy(&value, from.data(), std::min(sizeof value, from.size()));
  return value;
}

// Calls `visit(header, body)` until it returns false. Returns whether all lengths were possible.
template <typename Visit>
bool for_each_message(std::span<const std::uint8_t> part, Visit&& visit) {
  while (!part.empty()) {
    const auto header = read_as<nlmsghdr>(part);
    if (part.size() < sizeof header || header.nlmsg_len < sizeof header || header.nlmsg_len > part.size())
      return false;
    if (!visit(header, part.subspan(sizeof header, header.nlmsg_len - sizeof header))) break;
    part = part.subspan(std::min<std::size_t>(NLMSG_ALIGN(header.nlmsg_len), part.size()));
  }
  return true;
}

// The attributes that follow the `Head` of a message: `visit(type, value)`.
template <typename Head, typename Visit>
bool for_each_attribute(std::span<const std::uint8_t> body, Visit&& visit) {
  if (body.size() < sizeof(Head)) return false;
  body = body.subspan(std::min<std::size_t>(NLMSG_ALIGN(sizeof(Head)), body.size()));
  while (!body.empty()) {
    const auto attribute = read_as<rtattr>(body);
    if (body.size() < sizeof attribute || attribute.rta_len < sizeof attribute ||
        attribute.rta_len > body.size())
      return false;
    visit(attribute.rta_type & static_cast<unsigned>(NLA_TYPE_MASK),
          body.subspan(sizeof attribute, attribute.rta_len - sizeof attribute));
    body = body.subspan(std::min<std::size_t>(RTA_ALIGN(attribute.rta_len), body.size()));
  }
  return true;
}

}  // namespace lbgp::daemon::net
