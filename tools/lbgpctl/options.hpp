// SPDX-License-Identifier: Apache-2.0
// The command line of lbgpctl as a value.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lbgp::ctl {

// What may be said about routes, in the order in which it was said: {"community", "64512:100"}.
struct Attribute {
  std::string name;
  std::string value;
  bool operator==(const Attribute&) const = default;
};
using Attributes = std::vector<Attribute>;

struct Options {
  std::string socket = "/run/lbgpd/api.sock";
  bool json = false;
  std::string command;
  std::vector<std::string> arguments;
  Attributes attributes;  // announce
  std::string owner;      // list
};

struct UsageError {
  std::string reason;
};
struct HelpWanted {
  std::string text;
};
struct VersionWanted {};

using Parsed = std::variant<Options, UsageError, HelpWanted, VersionWanted>;
[[nodiscard]] Parsed parse_options(int argc, const char* const* argv);

}  // namespace lbgp::ctl
