// SPDX-License-Identifier: Apache-2.0
// Prefixes: the clearing of host bits, containment, text forms.
#include "wire/prefix.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "wire/text.hpp"

namespace lbgp::wire {

namespace {

// The octet mask that keeps the first `bits` (0..8) bits.
[[nodiscard]] constexpr std::uint8_t leading_bits(unsigned bits) {
  return static_cast<std::uint8_t>(0xff00U >> bits);
}

[[nodiscard]] IpAddress masked(const IpAddress& address, unsigned length) {
  if (address.is_v4()) {
    const std::uint32_t mask = length == 0 ? 0 : ~std::uint32_t{0} << (32 - length);
    return IpAddress::v4(address.v4_value() & mask);
  }
  std::array<std::uint8_t, 16> octets{};
  std::memcpy(octets.data(), address.raw().data(), (length + 7) / 8);
  if (length % 8 != 0) octets[length / 8] &= leading_bits(length % 8);
  return IpAddress::v6(octets);
}

struct AddressAndLength {
  IpAddress address;
  unsigned length = 0;
};

// Takes the address off the front of `text`.
[[nodiscard]] std::optional<IpAddress> read_address(std::string_view& text) {
  std::uint32_t v4 = 0;
  if (read_dotted_quad(text, v4)) {
    if (!text.empty() && text.front() != '/') return std::nullopt;
    return IpAddress::v4(v4);
  }
  const std::size_t end = std::min(text.find('/'), text.size());
  const auto address = parse_address(text.substr(0, end));
  text.remove_prefix(end);
  return address;
}

[[nodiscard]] std::optional<AddressAndLength> split(std::string_view text, PrefixError& error) {
  const auto address = read_address(text);
  if (!address) {
    error = PrefixError::NotAnAddress;
    return std::nullopt;
  }
  if (text.empty()) {
    error = PrefixError::NoLength;
    return std::nullopt;
  }
  const auto length = parse_decimal<unsigned>(text.substr(1));
  if (!length || *length > address->bits()) {
    error = PrefixError::LengthOutOfRange;
    return std::nullopt;
  }
  return AddressAndLength{*address, *length};
}

}  // namespace

void Prefix::clear_v6_host_bits() {
  address_ = masked(address_, length_);
}

bool Prefix::contains(const IpAddress& address) const {
  return address.is_v4() == address_.is_v4() && masked(address, length_) == address_;
}

bool Prefix::contains(const Prefix& other) const {
  return other.length() >= length_ && contains(other.address());
}

std::string_view to_string(PrefixError error) {
  switch (error) {
    case PrefixError::NotAnAddress:
      return "not an IP address";
    case PrefixError::NoLength:
      return "no prefix length";
    case PrefixError::LengthOutOfRange:
      return "prefix length out of range";
    case PrefixError::HostBitsSet:
      return "host bits set";
  }
  return "not a prefix";
}

std::optional<Prefix> parse_prefix(std::string_view text, PrefixError* error) {
  PrefixError why{};
  const auto parts = split(text, why);
  if (parts) {
    const Prefix prefix(parts->address, parts->length);
    if (prefix.address() == parts->address) return prefix;
    why = PrefixError::HostBitsSet;
  }
  if (error != nullptr) *error = why;
  return std::nullopt;
}

std::optional<Prefix> parse_prefix_lenient(std::string_view text) {
  PrefixError ignored{};
  const auto parts = split(text, ignored);
  return parts ? std::optional(Prefix(parts->address, parts->length)) : std::nullopt;
}

void append_to(std::string& out, const Prefix& prefix) {
  append_to(out, prefix.address());
  std::array<char, 4> text{'/'};
  out.append(text.data(), std::to_chars(text.data() + 1, text.data() + text.size(), prefix.length()).ptr);
}

std::string to_string(const Prefix& prefix) {
  std::string text;
  append_to(text, prefix);
  return text;
}

}  // namespace lbgp::wire
