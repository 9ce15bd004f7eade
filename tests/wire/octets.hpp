// SPDX-License-Identifier: Apache-2.0
// Octets for tests: written as hex with spaces, joined, and wrapped into messages.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "wire/message.hpp"

namespace lbgp::wire::test {

// "ff 00 1234": anything but hex digits and spaces is a mistake in the test.
inline Bytes hex(std::string_view text) {
  Bytes octets;
  int high = -1;
  for (const char c : text) {
    if (c == ' ') continue;
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    REQUIRE(digit != std::string_view::npos);
    if (high < 0) {
      high = static_cast<int>(digit);
    } else {
      octets.push_back(static_cast<std::uint8_t>(16 * static_cast<unsigned>(high) + digit));
      high = -1;
    }
  }
  REQUIRE(high == -1);
  return octets;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Bytes u16(std::size_t value) {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

// Marker, length and type around a body, independent of the product's own header writer.
inline Bytes message(std::uint8_t type, const Bytes& body) {
  return join({Bytes(16, 0xff), u16(19 + body.size()), Bytes{type}, body});
}

// The body of an UPDATE with its two lengths.
inline Bytes update_body(const Bytes& withdrawn, const Bytes& attributes, const Bytes& nlri) {
  return join({u16(withdrawn.size()), withdrawn, u16(attributes.size()), attributes, nlri});
}

// One path attribute; two octets of length where one does not do.
inline Bytes attribute(unsigned flags, unsigned code, const Bytes& value) {
  const auto type = static_cast<std::uint8_t>(code);
  if (value.size() > 255)
    return join({Bytes{static_cast<std::uint8_t>(flags | 0x10), type}, u16(value.size()), value});
  return join(
      {Bytes{static_cast<std::uint8_t>(flags), type, static_cast<std::uint8_t>(value.size())}, value});
}

}  // namespace lbgp::wire::test
