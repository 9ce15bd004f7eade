// SPDX-License-Identifier: Apache-2.0
// The machine's addresses.
#include "bgpd/net/interfaces.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <set>

#include "wire/format.hpp"

namespace lbgp::daemon::net {

namespace {

template <typename Sockaddr>
Sockaddr copy_as(const sockaddr* from) {
  Sockaddr to;
  std::memcpy(&to, from, sizeof to);
  return to;
}

std::optional<wire::IpAddress> address_of(const sockaddr* from) {
  if (from == nullptr) return std::nullopt;
  if (from->sa_family == AF_INET)
    return wire::IpAddress::v4(ntohl(copy_as<sockaddr_in>(from).sin_addr.s_addr));
  if (from->sa_family != AF_INET6) return std::nullopt;
  std::array<std::uint8_t, 16> bytes{};
  const auto v6 = copy_as<sockaddr_in6>(from);
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return wire::IpAddress::v6(bytes);
}

unsigned mask_length(const wire::IpAddress& mask) {
  unsigned length = 0;
  for (std::uint8_t octet : mask.bytes()) length += static_cast<unsigned>(std::popcount(octet));
  return length;
}

}  // namespace

std::vector<InterfaceAddress> interface_addresses() {
  ifaddrs* list = nullptr;
  std::vector<InterfaceAddress> result;
  if (getifaddrs(&list) != 0) return result;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto address = address_of(entry->ifa_addr);
    const auto mask = address_of(entry->ifa_netmask);
    if (!address || (entry->ifa_flags & IFF_UP) == 0) continue;
    const unsigned length = mask ? mask_length(*mask) : address->bits();
    result.push_back({entry->ifa_name, *address, wire::Prefix(*address, length)});
  }
  return result;
}

std::optional<wire::RouterId> choose_router_id(std::span<const InterfaceAddress> addresses) {
  std::set<std::string> loopbacks;
  for (const InterfaceAddress& entry : addresses)
    if (entry.address.is_loopback()) loopbacks.insert(entry.interface);
  std::optional<wire::RouterId> best;
  bool best_is_loopback = false;
  for (const InterfaceAddress& entry : addresses) {
    if (!entry.address.is_v4() || !entry.address.is_host_address()) continue;
    const bool on_loopback = loopbacks.contains(entry.interface);
    const wire::RouterId id(entry.address.v4_value());
    if (best && (best_is_loopback > on_loopback || (best_is_loopback == on_loopback && *best > id))) continue;
    best = id;
    best_is_loopback = on_loopback;
  }
  return best;
}

namespace {

class NextHops {
 public:
  NextHops(std::span<const InterfaceAddress> addresses, const wire::IpAddress& local)
      : addresses_(addresses), local_(local) {
    for (const InterfaceAddress& entry : addresses_)
      if (entry.address == local_) interface_ = entry.interface;
  }

  void find(wire::Family family, LocalEnd& end) const {
    const bool v6 = family == wire::Family::Ipv6Unicast;
    const auto address = usable(local_, v6) ? std::optional(local_) : other_address(v6);
    if (!address) {
      end.no_next_hop[family] =
          interface_.empty() ? fmt::format("no interface has the session's address {}", local_)
                             : fmt::format("no global IPv{} address on interface {}", v6 ? 6 : 4, interface_);
      return;
    }
    end.next_hop[family] = wire::NextHop{*address, v6 && end.shared_network ? link_local() : std::nullopt};
  }

 private:
  // A loopback address is a next hop only for whoever reaches us over the loopback itself.
  [[nodiscard]] bool usable(const wire::IpAddress& address, bool v6) const {
    return address.is_v6() == v6 && !address.is_link_local() && !address.is_v4_mapped() &&
           !address.is_unspecified();
  }
  [[nodiscard]] std::optional<wire::IpAddress> other_address(bool v6) const {
    for (const InterfaceAddress& entry : addresses_)
      if (entry.interface == interface_ && usable(entry.address, v6) && entry.address.is_host_address())
        return entry.address;
    return std::nullopt;
  }
  [[nodiscard]] std::optional<wire::IpAddress> link_local() const {
    for (const InterfaceAddress& entry : addresses_)
      if (entry.interface == interface_ && entry.address.is_v6() && entry.address.is_link_local())
        return entry.address;
    return std::nullopt;
  }

  std::span<const InterfaceAddress> addresses_;
  wire::IpAddress local_;
  std::string interface_;
};

}  // namespace

LocalEnd local_end(std::span<const InterfaceAddress> addresses, const wire::IpAddress& local,
                   const wire::IpAddress& remote) {
  LocalEnd end;
  end.shared_network = std::any_of(addresses.begin(), addresses.end(), [&](const InterfaceAddress& entry) {
    return entry.network.contains(remote);
  });
  const NextHops next_hops(addresses, local);
  for (wire::Family family : wire::kFamilies) next_hops.find(family, end);
  return end;
}

}  // namespace lbgp::daemon::net
