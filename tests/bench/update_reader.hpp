// SPDX-License-Identifier: Apache-2.0
// What a collector wants of an UPDATE of IPv4 unicast: which prefixes come and which go. Attributes are
// stepped over.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/message.hpp"

namespace lbgp::bench {

struct UpdateParts {
  wire::ByteView withdrawn;
  wire::ByteView attributes;
  wire::ByteView announced;
  // RFC 4724 §2, for IPv4 unicast.
  [[nodiscard]] bool is_end_of_rib() const {
    return withdrawn.empty() && attributes.empty() && announced.empty();
  }
};

// The fields of RFC 4271 §4.3; nothing when their lengths do not fit the message.
[[nodiscard]] inline std::optional<UpdateParts> split_update(wire::ByteView body) {
  const auto field = [&body]() -> std::optional<wire::ByteView> {
    if (body.size() < 2) return std::nullopt;
    const auto size = static_cast<std::size_t>(body[0] << 8 | body[1]);
    if (body.size() - 2 < size) return std::nullopt;
    const wire::ByteView octets = body.subspan(2, size);
    body = body.subspan(2 + size);
    return octets;
  };
  const auto withdrawn = field();
  const auto attributes = withdrawn ? field() : std::nullopt;
  if (!attributes) return std::nullopt;
  return UpdateParts{*withdrawn, *attributes, body};
}

// Calls visit(address in host order, length) for each prefix. False: the octets are no list of IPv4 prefixes.
template <typename Visit>
[[nodiscard]] bool for_each_prefix(wire::ByteView octets, Visit&& visit) {
  const std::uint8_t* at = octets.data();
  const std::uint8_t* const end = at + octets.size();
  while (at != end) {
    const unsigned length = *at++;
    const auto size = static_cast<std::ptrdiff_t>((length + 7) / 8);
    if (length > 32 || end - at < size) return false;
    std::uint32_t address = 0;
    for (std::ptrdiff_t i = 0; i < size; ++i) address |= std::uint32_t{at[i]} << (24 - 8 * i);
    visit(address, length);
    at += size;
  }
  return true;
}

}  // namespace lbgp::bench
