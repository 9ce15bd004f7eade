// SPDX-License-Identifier: Apache-2.0
// Kinds and text forms of IP addresses.
#include "wire/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace lbgp::wire {

namespace {

[[nodiscard]] bool all_zero(std::span<const std::uint8_t> octets) {
  return std::all_of(octets.begin(), octets.end(), [](std::uint8_t octet) { return octet == 0; });
}

[[nodiscard]] std::optional<IpAddress> parse_v4(std::string_view text) {
  std::uint32_t value = 0;
  return read_dotted_quad(text, value) && text.empty() ? std::optional(IpAddress::v4(value)) : std::nullopt;
}

constexpr std::uint32_t kNoDigit = 10;

[[nodiscard]] std::uint32_t digit_at(const char* at, const char* end) {
  return at != end ? std::min(static_cast<std::uint32_t>(*at) - '0', kNoDigit) : kNoDigit;
}

[[nodiscard]] bool read_octet(const char*& at, const char* end, std::uint32_t& octet) {
  octet = digit_at(at, end);
  if (octet == kNoDigit) return false;
  const std::uint32_t second = digit_at(++at, end);
  if (second == kNoDigit) return true;
  if (octet == 0) return false;
  octet = 10 * octet + second;
  const std::uint32_t third = digit_at(++at, end);
  if (third == kNoDigit) return true;
  ++at;
  octet = 10 * octet + third;
  return octet <= 255;
}

// By hand because what clients announce is written down before they are answered.
void append_v4(std::string& out, std::uint32_t value) {
  std::array<char, INET_ADDRSTRLEN> text{};
  char* end = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    end = std::to_chars(end, text.data() + text.size(), value >> shift & 0xff).ptr;
    if (shift != 0) *end++ = '.';
  }
  out.append(text.data(), end);
}

}  // namespace

bool IpAddress::is_unspecified() const {
  return all_zero(bytes_);
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[0] == 127;
  return all_zero(std::span(bytes_).first(15)) && bytes_[15] == 1;
}

bool IpAddress::is_multicast() const {
  return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
}

bool IpAddress::is_host_address() const {
  if (is_v4()) return bytes_[0] != 0 && bytes_[0] != 127 && bytes_[0] < 0xe0;
  return !is_unspecified() && !is_loopback() && !is_multicast();
}

bool read_dotted_quad(std::string_view& text, std::uint32_t& value) {
  const char* at = text.data();
  const char* const end = at + text.size();
  value = 0;
  for (int octets = 0; octets < 4; ++octets) {
    if (octets > 0 && (at == end || *at++ != '.')) return false;
    std::uint32_t octet = 0;
    if (!read_octet(at, end, octet)) return false;
    value = value << 8 | octet;
  }
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return true;
}

std::optional<IpAddress> parse_address(std::string_view text) {
  // Only a dotted quad has no colon behind four hexadecimal digits at most.
  if (text.substr(0, 5).find(':') == std::string_view::npos) return parse_v4(text);
  // inet_pton wants a terminated string; nothing longer than this is an address.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());

  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, terminated.data(), octets.data()) == 1) return IpAddress::v6(octets);
  return std::nullopt;
}

void append_to(std::string& out, const IpAddress& address) {
  if (address.is_v4()) return append_v4(out, address.v4_value());
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, address.raw().data(), text.data(), text.size());
  out += text.data();
}

std::string to_string(const IpAddress& address) {
  std::string text;
  append_to(text, address);
  return text;
}

}  // namespace lbgp::wire
