// SPDX-License-Identifier: Apache-2.0
// How diagnostics are written and ordered.
#include "conf/diagnostic.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace lbgp::conf {

std::string at_line(Position position) {
  return position.line == 0 ? "" : fmt::format(" (line {})", position.line);
}

bool has_errors(const Diagnostics& diagnostics) {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

std::string to_string(const Diagnostic& diagnostic, std::string_view file) {
  return fmt::format("{}:{}:{}: {}: {}", file, diagnostic.position.line, diagnostic.position.column,
                     diagnostic.severity == Severity::Error ? "error" : "warning", diagnostic.message);
}

void sort(Diagnostics& diagnostics) {
  std::sort(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.position, a.severity, a.message) < std::tie(b.position, b.severity, b.message);
  });
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end()), diagnostics.end());
}

}  // namespace lbgp::conf
