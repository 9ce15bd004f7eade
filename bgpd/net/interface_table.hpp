// SPDX-License-Identifier: Apache-2.0
// The machine's links and their addresses, kept true by what the kernel says of their changes. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bgpd/net/interfaces.hpp"
#include "bgpd/net/rtnetlink.hpp"

namespace lbgp::daemon::net {

class InterfaceTable {
 public:
  // Whether anything is different now.
  bool apply(const HostMessage& message);

  // Of the links that are up, by link; of each the preferred ones first, then in order.
  [[nodiscard]] const std::vector<InterfaceAddress>& addresses() const;
  // Up and with a carrier. False also for one that does not exist.
  [[nodiscard]] bool is_running(const std::string& interface) const;
  // Whether a link that leads to `peer` is running: one on whose networks it is, else any but loopbacks.
  [[nodiscard]] bool leads_to(const wire::IpAddress& peer) const;
  // The interface with that address; empty: no interface that is up has it.
  [[nodiscard]] std::string holder_of(const wire::IpAddress& address) const;

 private:
  struct Properties {
    wire::Prefix network;
    bool second_choice = false;
    bool operator==(const Properties&) const = default;
  };
  struct Link {
    std::string name;
    bool up = false;
    bool running = false;
    // An IPv4 address may be there with several prefix lengths.
    std::map<std::pair<wire::IpAddress, unsigned>, Properties> addresses;
  };
  bool apply_to_table(const LinkMessage& message);
  bool apply_to_table(const AddressMessage& message);
  [[nodiscard]] const Link* find(const std::string& interface) const;

  std::map<unsigned, Link> links_;
  mutable std::optional<std::vector<InterfaceAddress>> addresses_;  // made when asked for
};

}  // namespace lbgp::daemon::net
