// SPDX-License-Identifier: Apache-2.0
// The machine's addresses.
#include "bgpd/net/interfaces.hpp"

#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <set>

#include "wire/format.hpp"

namespace lbgp::daemon::net {

std::string interface_name(unsigned index) {
  std::array<char, IF_NAMESIZE> name{};
  return ::if_indextoname(index, name.data()) == nullptr ? "" : name.data();
}

bool is_own_address(std::span<const InterfaceAddress> addresses, const wire::IpAddress& address) {
  return !address.is_loopback() &&
         std::any_of(addresses.begin(), addresses.end(),
                     [&](const InterfaceAddress& entry) { return entry.address == address; });
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
  NextHops(std::span<const InterfaceAddress> addresses, const SessionEnds& ends)
      : addresses_(addresses), ends_(ends), interface_(ends.interface) {
    for (const InterfaceAddress& entry : addresses_)
      if (interface_.empty() && entry.address == ends_.local) interface_ = entry.interface;
  }

  void find(wire::Family family, LocalEnd& end) const {
    const bool v6 = family == wire::Family::Ipv6Unicast;
    if (ends_.local.is_v6() && ends_.local.is_link_local() && (v6 || ends_.extended_next_hop)) {
      end.next_hop[family] = wire::NextHop{ends_.local, std::nullopt};
      return;
    }
    auto address =
        usable(ends_.local, v6) ? std::optional(ends_.local) : other_address(v6, ends_.present[family]);
    if (!address && !v6 && ends_.extended_next_hop && usable(ends_.local, true)) address = ends_.local;
    if (!address) {
      end.no_next_hop[family] = interface_.empty()
                                    ? fmt::format("no interface has the session's address {}", ends_.local)
                                    : missing(v6);
      return;
    }
    end.next_hop[family] = wire::NextHop{
        *address, address->is_v6() && end.shared_network ? link_local(ends_.present[family]) : std::nullopt};
  }

 private:
  [[nodiscard]] std::string missing(bool v6) const {
    const bool refused = !v6 && ends_.local.is_v6() && !ends_.extended_next_hop;
    return fmt::format("no global IPv{} address on interface {}{}", v6 ? 6 : 4, interface_,
                       refused ? ", and IPv6 next hops for IPv4 routes (RFC 8950) are not agreed on" : "");
  }
  // A loopback address is a next hop only for whoever reaches us over the loopback itself.
  [[nodiscard]] bool usable(const wire::IpAddress& address, bool v6) const {
    return address.is_v6() == v6 && !address.is_link_local() && !address.is_v4_mapped() &&
           !address.is_unspecified();
  }
  // The first one on the interface, but none in place of `present` while that stands.
  template <typename Fits>
  [[nodiscard]] std::optional<wire::IpAddress> first(const std::optional<wire::IpAddress>& present,
                                                     Fits&& fits) const {
    const InterfaceAddress* found = nullptr;
    for (const InterfaceAddress& entry : addresses_) {
      if (entry.interface != interface_ || !fits(entry.address)) continue;
      if (found == nullptr) found = &entry;
      if (entry.address == present && entry.second_choice == found->second_choice) return present;
    }
    return found == nullptr ? std::nullopt : std::optional(found->address);
  }
  [[nodiscard]] std::optional<wire::IpAddress> other_address(
      bool v6, const std::optional<wire::NextHop>& present) const {
    return first(present ? std::optional(present->address) : std::nullopt,
                 [&](const wire::IpAddress& own) { return usable(own, v6) && own.is_host_address(); });
  }
  [[nodiscard]] std::optional<wire::IpAddress> link_local(const std::optional<wire::NextHop>& present) const {
    return first(present ? present->link_local : std::nullopt,
                 [](const wire::IpAddress& own) { return own.is_v6() && own.is_link_local(); });
  }

  std::span<const InterfaceAddress> addresses_;
  const SessionEnds& ends_;
  std::string interface_;
};

}  // namespace

LocalEnd local_end(std::span<const InterfaceAddress> addresses, const SessionEnds& ends) {
  LocalEnd end;
  end.shared_network = std::any_of(addresses.begin(), addresses.end(), [&](const InterfaceAddress& entry) {
    return entry.network.contains(ends.remote);
  });
  end.held = std::any_of(addresses.begin(), addresses.end(), [&](const InterfaceAddress& entry) {
    return entry.address == ends.local && (ends.interface.empty() || entry.interface == ends.interface);
  });
  const NextHops next_hops(addresses, ends);
  for (wire::Family family : wire::kFamilies) next_hops.find(family, end);
  return end;
}

}  // namespace lbgp::daemon::net
