// SPDX-License-Identifier: Apache-2.0
// Lets fmt print every type of this namespace that has a to_string().
#pragma once

#include <fmt/format.h>

#include <concepts>
#include <string>

#include "wire/address.hpp"
#include "wire/as_number.hpp"
#include "wire/as_path.hpp"
#include "wire/community.hpp"
#include "wire/error.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::wire {
template <typename T>
concept Printable = (std::is_class_v<T> || std::is_enum_v<T>) && requires(const T& value) {
  { to_string(value) } -> std::convertible_to<std::string_view>;
  requires std::same_as<T, AsNumber> || std::same_as<T, RouterId> || std::same_as<T, IpAddress> ||
               std::same_as<T, Prefix> || std::same_as<T, AsPath> || std::same_as<T, Community> ||
               std::same_as<T, LargeCommunity> || std::same_as<T, ExtCommunity> ||
               std::same_as<T, Notification> || std::same_as<T, Family>;
};
}  // namespace lbgp::wire

template <lbgp::wire::Printable T>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
  template <typename Context>
  auto format(const T& value, Context& context) const {
    return fmt::formatter<fmt::string_view>::format(std::string(to_string(value)), context);
  }
};
