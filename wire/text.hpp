// SPDX-License-Identifier: Apache-2.0
// Small readers of text that the value types share. Not for use outside this folder.
#pragma once

#include <algorithm>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lbgp::wire {

// The whole of `text` as a number without sign or space; nothing when it is something else or too large.
template <std::unsigned_integral T>
[[nodiscard]] std::optional<T> parse_decimal(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes a dotted quad off the front of `text`, one to three digits each without a leading zero, as inet_pton wants it;
// false: there is none. By hand because API clients announce by the hundred thousand, and this is what reading
// their requests would mostly do.
[[nodiscard]] inline bool read_dotted_quad(std::string_view& text, std::uint32_t& value) {
  const char* at = text.data();
  const char* const end = at + text.size();
  value = 0;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0 && (at == end || *at++ != '.')) return false;
    const char* const begin = at;
    std::uint32_t number = 0;
    for (; at != end && at - begin < 3; ++at) {
      const auto digit = static_cast<std::uint32_t>(*at) - '0';
      if (digit > 9) break;
      number = 10 * number + digit;
    }
    const bool leading_zero = at - begin > 1 && *begin == '0';
    if (at == begin || number > 255 || leading_zero) return false;
    value = value << 8 | number;
  }
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return true;
}

[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// ASCII letters compared without case.
[[nodiscard]] constexpr bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

}  // namespace lbgp::wire
