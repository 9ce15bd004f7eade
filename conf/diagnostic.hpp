// SPDX-License-Identifier: Apache-2.0
// What is wrong with a configuration, and where.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lbgp::conf {

// Both count from 1; the column counts octets. Line 0: not from a file.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  auto operator<=>(const Position&) const = default;
};

enum class Severity : std::uint8_t { Error, Warning };

struct Diagnostic {
  Severity severity = Severity::Error;
  Position position;
  std::string message;
  bool operator==(const Diagnostic&) const = default;
};
using Diagnostics = std::vector<Diagnostic>;

// " (line 7)", to stand behind what is said elsewhere in the file; empty: it was said at the prompt.
[[nodiscard]] std::string at_line(Position position);

[[nodiscard]] bool has_errors(const Diagnostics& diagnostics);
// "FILE:LINE:COLUMN: error: …", as compilers write it.
[[nodiscard]] std::string to_string(const Diagnostic& diagnostic, std::string_view file);
// In order of the file, then of the text. What a group says wrongly to each of its members stands there once.
void sort(Diagnostics& diagnostics);

}  // namespace lbgp::conf
