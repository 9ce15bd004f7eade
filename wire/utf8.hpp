// SPDX-License-Identifier: Apache-2.0
// Just enough UTF-8 (RFC 3629) to trust, or cut, a text that a peer or an operator gave us.
#pragma once

#include <cstddef>
#include <string_view>

namespace lbgp::wire {

// Octets of the character that `text`, which is not empty, begins with; 0 when that is none.
[[nodiscard]] std::size_t utf8_character_size(std::string_view text);

[[nodiscard]] constexpr bool is_control(char c) {
  return (c >= 0 && c < 0x20) || c == 0x7f;
}

[[nodiscard]] bool is_utf8(std::string_view text);

// UTF-8 without control characters: may stand in a log line or a table as it is.
[[nodiscard]] bool is_printable(std::string_view text);

// The largest size that is at most `limit` and does not cut a character of `text` in two.
[[nodiscard]] std::size_t utf8_cut(std::string_view text, std::size_t limit);

}  // namespace lbgp::wire
