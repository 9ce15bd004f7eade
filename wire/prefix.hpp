// SPDX-License-Identifier: Apache-2.0
// An address prefix and what stands for it in NLRI.
#pragma once

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/address.hpp"

namespace lbgp::wire {

// A prefix whose host bits are always zero. Ordered by family, address, length.
class Prefix {
 public:
  constexpr Prefix() = default;  // 0.0.0.0/0
  // Host bits of `address` are cleared; `length` is cut to the family's width.
  Prefix(const IpAddress& address, unsigned length)
      : address_(address), length_(static_cast<std::uint8_t>(std::min(length, address.bits()))) {
    if (length_ < address.bits()) clear_host_bits();
  }
  [[nodiscard]] static Prefix host(const IpAddress& address) { return {address, address.bits()}; }

  [[nodiscard]] const IpAddress& address() const { return address_; }
  [[nodiscard]] unsigned length() const { return length_; }
  [[nodiscard]] Family family() const { return address_.is_v4() ? Family::Ipv4Unicast : Family::Ipv6Unicast; }
  [[nodiscard]] bool is_host() const { return length_ == address_.bits(); }
  [[nodiscard]] bool contains(const IpAddress& address) const;
  [[nodiscard]] bool contains(const Prefix& other) const;  // equal or more specific

  auto operator<=>(const Prefix&) const = default;

 private:
  void clear_host_bits() {
    if (address_.is_v6()) return clear_v6_host_bits();
    const std::uint32_t mask = length_ == 0 ? 0 : ~std::uint32_t{0} << (32 - length_);
    address_ = IpAddress::v4(address_.v4_value() & mask);
  }
  void clear_v6_host_bits();

  IpAddress address_;
  std::uint8_t length_ = 0;
};

enum class PrefixError : std::uint8_t { NotAnAddress, NoLength, LengthOutOfRange, HostBitsSet };
[[nodiscard]] std::string_view to_string(PrefixError error);

// "10.0.0.0/8", "2001:db8::/32". With `error` given, says why the text is no prefix.
[[nodiscard]] std::optional<Prefix> parse_prefix(std::string_view text, PrefixError* error = nullptr);
// As above, but with host bits allowed and cleared, as FRR's configuration does.
[[nodiscard]] std::optional<Prefix> parse_prefix_lenient(std::string_view text);
[[nodiscard]] std::string to_string(const Prefix& prefix);
void append_to(std::string& out, const Prefix& prefix);

// One entry of a reachability list; the path identifier is zero unless ADD-PATH is negotiated (RFC 7911 §3).
struct Nlri {
  Prefix prefix;
  std::uint32_t path_id = 0;
  auto operator<=>(const Nlri&) const = default;
};

[[nodiscard]] inline std::size_t hash_value(const Prefix& prefix) {
  const auto& raw = prefix.address().raw();
  std::size_t seed = boost::hash_range(raw.begin(), raw.end());
  boost::hash_combine(seed, prefix.length());
  return seed;
}

}  // namespace lbgp::wire

template <>
struct std::hash<lbgp::wire::Prefix> {
  std::size_t operator()(const lbgp::wire::Prefix& prefix) const { return hash_value(prefix); }
};
