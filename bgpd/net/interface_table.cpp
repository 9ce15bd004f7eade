// SPDX-License-Identifier: Apache-2.0
// The machine's links and their addresses.
#include "bgpd/net/interface_table.hpp"

#include <algorithm>

namespace lbgp::daemon::net {

bool InterfaceTable::apply(const HostMessage& message) {
  const bool changed = std::visit([this](const auto& said) { return apply_to_table(said); }, message);
  if (changed) addresses_.reset();
  return changed;
}

bool InterfaceTable::apply_to_table(const LinkMessage& message) {
  if (message.gone) return links_.erase(message.index) != 0;
  const auto [entry, fresh] = links_.try_emplace(message.index);
  Link& link = entry->second;
  const bool same = link.name == message.name && link.up == message.up && link.running == message.running;
  link.name = message.name;
  link.up = message.up;
  link.running = message.running;
  return fresh || !same;
}

bool InterfaceTable::apply_to_table(const AddressMessage& message) {
  const auto link = links_.find(message.index);
  if (link == links_.end()) return false;  // it is gone, and its addresses with it
  auto& addresses = link->second.addresses;
  const std::pair key{message.address, message.network.length()};
  if (message.gone) return addresses.erase(key) != 0;
  const Properties now{message.network, message.second_choice};
  const auto [entry, fresh] = addresses.try_emplace(key, now);
  return std::exchange(entry->second, now) != now || fresh;
}

const std::vector<InterfaceAddress>& InterfaceTable::addresses() const {
  if (addresses_) return *addresses_;
  addresses_.emplace();
  for (const auto& [index, link] : links_) {
    if (!link.up) continue;
    const auto first = static_cast<std::ptrdiff_t>(addresses_->size());
    for (const auto& [key, properties] : link.addresses)
      addresses_->push_back({link.name, key.first, properties.network,
                             properties.second_choice || properties.network.is_host()});
    std::stable_partition(addresses_->begin() + first, addresses_->end(),
                          [](const InterfaceAddress& each) { return !each.second_choice; });
  }
  return *addresses_;
}

const InterfaceTable::Link* InterfaceTable::find(const std::string& interface) const {
  const auto found = std::find_if(links_.begin(), links_.end(),
                                  [&](const auto& entry) { return entry.second.name == interface; });
  return found == links_.end() ? nullptr : &found->second;
}

bool InterfaceTable::is_running(const std::string& interface) const {
  const Link* link = find(interface);
  return link != nullptr && link->running;
}

bool InterfaceTable::leads_to(const wire::IpAddress& peer) const {
  bool connected = false;
  for (const InterfaceAddress& entry : addresses()) {
    if (!entry.network.contains(peer)) continue;
    if (is_running(entry.interface)) return true;
    connected = true;
  }
  if (connected) return false;
  return std::any_of(links_.begin(), links_.end(), [](const auto& entry) {
    const auto& addresses = entry.second.addresses;
    return entry.second.running && std::none_of(addresses.begin(), addresses.end(), [](const auto& each) {
             return each.first.first.is_loopback();
           });
  });
}

std::string InterfaceTable::holder_of(const wire::IpAddress& address) const {
  for (const InterfaceAddress& entry : addresses())
    if (entry.address == address) return entry.interface;
  return "";
}

}  // namespace lbgp::daemon::net
