// SPDX-License-Identifier: Apache-2.0
// What a neighbor is known by: its address, or the name of the interface that it is reached over
// (`neighbor IFNAME interface`).
#pragma once

#include <compare>
#include <string>
#include <variant>

#include "fsm/settings.hpp"
#include "wire/address.hpp"

namespace lbgp::fsm {

// Ordered addresses first, then interfaces by name.
class PeerKey {
 public:
  PeerKey() = default;                                          // 0.0.0.0
  PeerKey(const wire::IpAddress& address) : value_(address) {}  // NOLINT: an address is a key
  [[nodiscard]] static PeerKey interface(std::string name) { return PeerKey(std::move(name)); }
  [[nodiscard]] static PeerKey of(const TransportSettings& settings) {
    return settings.interface.empty() ? PeerKey(settings.peer_address) : interface(settings.interface);
  }

  // Null: the other kind.
  [[nodiscard]] const wire::IpAddress* address() const { return std::get_if<wire::IpAddress>(&value_); }
  [[nodiscard]] const std::string* interface() const { return std::get_if<std::string>(&value_); }

  auto operator<=>(const PeerKey&) const = default;

 private:
  explicit PeerKey(std::string name) : value_(std::move(name)) {}
  std::variant<wire::IpAddress, std::string> value_;
};

// As a file and `show` write it: "10.90.3.101", "eth0".
[[nodiscard]] inline std::string to_string(const PeerKey& key) {
  return key.address() != nullptr ? wire::to_string(*key.address()) : *key.interface();
}
// An address is one; whatever else is the name of an interface.
[[nodiscard]] inline PeerKey peer_key(std::string_view name) {
  const auto address = wire::parse_address(name);
  return address ? PeerKey(*address) : PeerKey::interface(std::string(name));
}

}  // namespace lbgp::fsm
