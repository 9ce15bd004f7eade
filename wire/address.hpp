// SPDX-License-Identifier: Apache-2.0
// IP addresses as plain values, independent of any socket library.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wire/as_number.hpp"
#include "wire/family.hpp"

namespace lbgp::wire {

// An IPv4 or IPv6 address. Bytes in network order; an IPv4 address uses the first four, the rest are zero.
// Ordered IPv4 before IPv6, then by bytes.
class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0
  [[nodiscard]] static IpAddress v4(std::uint32_t host_order) {
    constexpr bool kLittle = std::endian::native == std::endian::little;
    IpAddress address;
    // All sixteen octets in one piece: a processor has to wait when what it copies has just been written in
    // several.
    using Words = std::uint32_t __attribute__((vector_size(16)));
    address.bytes_ =
        std::bit_cast<Octets>(Words{kLittle ? __builtin_bswap32(host_order) : host_order, 0, 0, 0});
    return address;
  }
  [[nodiscard]] static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& network_order) {
    IpAddress address;
    address.bytes_ = network_order;
    address.is_v6_ = true;
    return address;
  }
  [[nodiscard]] constexpr bool is_v4() const { return !is_v6_; }
  [[nodiscard]] constexpr bool is_v6() const { return is_v6_; }
  [[nodiscard]] constexpr unsigned bits() const { return is_v6_ ? 128 : 32; }
  // Four or sixteen octets in network order.
  [[nodiscard]] constexpr std::span<const std::uint8_t> bytes() const {
    return std::span(bytes_).first(is_v6_ ? 16U : 4U);
  }
  // IPv4 only: the address as a number in host order.
  [[nodiscard]] constexpr std::uint32_t v4_value() const {
    return static_cast<std::uint32_t>(bytes_[0]) << 24 | static_cast<std::uint32_t>(bytes_[1]) << 16 |
           static_cast<std::uint32_t>(bytes_[2]) << 8 | bytes_[3];
  }
  [[nodiscard]] constexpr const std::array<std::uint8_t, 16>& raw() const { return bytes_; }

  [[nodiscard]] bool is_unspecified() const;
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_multicast() const;
  [[nodiscard]] constexpr bool is_link_local() const {
    if (is_v4()) return bytes_[0] == 169 && bytes_[1] == 254;
    return bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
  }
  // ::ffff:a.b.c.d
  [[nodiscard]] constexpr bool is_v4_mapped() const {
    return is_v6() && words()[0] == 0 && words()[1] >> 32 == 0xffff;
  }
  // Whether a host may answer under this address: not 0/8, 127/8, 224/4, 240/4, ::, ::1, ff00::/8.
  [[nodiscard]] bool is_host_address() const;

  constexpr bool operator==(const IpAddress&) const = default;
  // IPv4 first.
  constexpr std::strong_ordering operator<=>(const IpAddress& other) const {
    if (is_v6_ != other.is_v6_) return is_v6_ <=> other.is_v6_;
    return words() <=> other.words();
  }

 private:
  // The octets as numbers, which compare as they do.
  [[nodiscard]] constexpr std::array<std::uint64_t, 2> words() const {
    auto words = std::bit_cast<std::array<std::uint64_t, 2>>(bytes_);
    if constexpr (std::endian::native == std::endian::little)
      for (std::uint64_t& word : words) word = __builtin_bswap64(word);
    return words;
  }

  using Octets = std::array<std::uint8_t, 16>;
  Octets bytes_{};
  bool is_v6_ = false;
};

// Takes a dotted quad off the front of `text`, one to three digits each without a leading zero, as inet_pton
// wants it; false: there is none. By hand because API clients announce by the hundred thousand, and this is
// what reading their requests would mostly do.
[[nodiscard]] bool read_dotted_quad(std::string_view& text, std::uint32_t& value);
[[nodiscard]] std::optional<IpAddress> parse_address(std::string_view text);
[[nodiscard]] std::string to_string(const IpAddress& address);
void append_to(std::string& out, const IpAddress& address);

[[nodiscard]] inline IpAddress to_address(RouterId id) {
  return IpAddress::v4(id.value());
}

}  // namespace lbgp::wire
