// SPDX-License-Identifier: Apache-2.0
// Address families: the ones we route, sets of them, and the raw AFI/SAFI pairs that a peer may send.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace lbgp::wire {

// A pair as it stands on the wire (RFC 4760 §3); any value is possible.
struct AfiSafi {
  std::uint16_t afi = 0;
  std::uint8_t safi = 0;
  auto operator<=>(const AfiSafi&) const = default;
};

// The families we route. The value is an index.
enum class Family : std::uint8_t { Ipv4Unicast, Ipv6Unicast };
inline constexpr std::size_t kFamilyCount = 2;
inline constexpr std::array<Family, kFamilyCount> kFamilies{Family::Ipv4Unicast, Family::Ipv6Unicast};

[[nodiscard]] constexpr std::size_t index(Family family) { return static_cast<std::size_t>(family); }

[[nodiscard]] constexpr AfiSafi afi_safi(Family family) {
  return family == Family::Ipv4Unicast ? AfiSafi{1, 1} : AfiSafi{2, 1};
}

[[nodiscard]] constexpr std::optional<Family> family_of(AfiSafi pair) {
  for (Family family : kFamilies)
    if (afi_safi(family) == pair) return family;
  return std::nullopt;
}

// "IPv4 Unicast", as FRR prints it.
[[nodiscard]] constexpr std::string_view to_string(Family family) {
  return family == Family::Ipv4Unicast ? "IPv4 Unicast" : "IPv6 Unicast";
}

// "ipv4Unicast", FRR's JSON key.
[[nodiscard]] constexpr std::string_view json_key(Family family) {
  return family == Family::Ipv4Unicast ? "ipv4Unicast" : "ipv6Unicast";
}

// One value per family.
template <typename T>
class PerFamily {
 public:
  [[nodiscard]] constexpr T& operator[](Family family) { return values_[index(family)]; }
  [[nodiscard]] constexpr const T& operator[](Family family) const { return values_[index(family)]; }
  [[nodiscard]] constexpr auto begin() { return values_.begin(); }
  [[nodiscard]] constexpr auto end() { return values_.end(); }
  [[nodiscard]] constexpr auto begin() const { return values_.begin(); }
  [[nodiscard]] constexpr auto end() const { return values_.end(); }
  bool operator==(const PerFamily&) const = default;

 private:
  std::array<T, kFamilyCount> values_{};
};

class FamilySet {
 public:
  constexpr FamilySet() = default;
  constexpr FamilySet(std::initializer_list<Family> families) {
    for (Family family : families) insert(family);
  }
  [[nodiscard]] constexpr bool contains(Family family) const { return (bits_ >> index(family) & 1U) != 0; }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::size_t size() const { return static_cast<std::size_t>(std::popcount(bits_)); }
  constexpr void insert(Family family) { bits_ |= 1U << index(family); }
  constexpr void erase(Family family) { bits_ &= ~(1U << index(family)); }
  [[nodiscard]] constexpr FamilySet operator&(FamilySet other) const { return FamilySet{bits_ & other.bits_}; }
  [[nodiscard]] constexpr FamilySet operator|(FamilySet other) const { return FamilySet{bits_ | other.bits_}; }
  bool operator==(const FamilySet&) const = default;

 private:
  constexpr explicit FamilySet(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

}  // namespace lbgp::wire
