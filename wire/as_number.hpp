// SPDX-License-Identifier: Apache-2.0
// AS numbers and BGP identifiers as types that cannot be mixed up.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lbgp::wire {

// A four-octet AS number (RFC 6793), in host order.
class AsNumber {
 public:
  constexpr AsNumber() = default;
  constexpr explicit AsNumber(std::uint32_t value) : value_(value) {}
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  [[nodiscard]] constexpr bool fits_two_octets() const { return value_ <= 0xffff; }
  auto operator<=>(const AsNumber&) const = default;

 private:
  std::uint32_t value_ = 0;
};

// RFC 6793 §9: stands for every AS number that does not fit two octets.
inline constexpr AsNumber kAsTrans{23456};

// RFC 6996: 64512-65534 and 4200000000-4294967294.
[[nodiscard]] constexpr bool is_private(AsNumber as) {
  return (as.value() >= 64512 && as.value() <= 65534) ||
         (as.value() >= 4200000000U && as.value() <= 4294967294U);
}

// The BGP Identifier (RFC 4271 §4.2, RFC 6286), in host order; written like an IPv4 address.
class RouterId {
 public:
  constexpr RouterId() = default;
  constexpr explicit RouterId(std::uint32_t value) : value_(value) {}
  [[nodiscard]] constexpr std::uint32_t value() const { return value_; }
  auto operator<=>(const RouterId&) const = default;

 private:
  std::uint32_t value_ = 0;
};

// "65001" (asplain) or "1.10" (asdot, RFC 5396); nothing for anything else.
[[nodiscard]] std::optional<AsNumber> parse_as_number(std::string_view text);
[[nodiscard]] std::optional<RouterId> parse_router_id(std::string_view text);
[[nodiscard]] std::string to_string(AsNumber as);
[[nodiscard]] std::string to_string(RouterId id);

}  // namespace lbgp::wire
