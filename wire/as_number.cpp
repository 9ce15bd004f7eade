// SPDX-License-Identifier: Apache-2.0
// Text forms of AS numbers and BGP identifiers.
#include "wire/as_number.hpp"

#include "wire/address.hpp"
#include "wire/text.hpp"

namespace lbgp::wire {

std::optional<AsNumber> parse_as_number(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    const auto value = parse_decimal<std::uint32_t>(text);
    return value ? std::optional(AsNumber{*value}) : std::nullopt;
  }
  const auto high = parse_decimal<std::uint16_t>(text.substr(0, dot));
  const auto low = parse_decimal<std::uint16_t>(text.substr(dot + 1));
  if (!high || !low) return std::nullopt;
  return AsNumber{std::uint32_t{*high} << 16 | *low};
}

std::optional<RouterId> parse_router_id(std::string_view text) {
  const auto address = parse_address(text);
  if (!address || !address->is_v4()) return std::nullopt;
  return RouterId{address->v4_value()};
}

std::string to_string(AsNumber as) {
  return std::to_string(as.value());
}

std::string to_string(RouterId id) {
  return to_string(to_address(id));
}

}  // namespace lbgp::wire
