// SPDX-License-Identifier: Apache-2.0
// The tokeniser.
#include "bgpd/cli/tokens.hpp"

namespace lbgp::daemon::cli {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

}  // namespace

Tokens tokenise(std::string_view line) {
  Tokens tokens;
  std::size_t begin = line.find_first_not_of(kBlanks);
  if (begin != line.npos && (line[begin] == '!' || line[begin] == '#')) return tokens;
  while (begin != line.npos) {
    const std::size_t end = line.find_first_of(kBlanks, begin);
    tokens.push_back({line.substr(begin, end - begin), begin});
    begin = line.find_first_not_of(kBlanks, end);
  }
  return tokens;
}

std::string_view rest_of(std::string_view line, const Token& first) {
  const std::size_t last = line.find_last_not_of(kBlanks);
  return line.substr(first.begin, last + 1 - first.begin);
}

}  // namespace lbgp::daemon::cli
