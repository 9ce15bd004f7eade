// SPDX-License-Identifier: Apache-2.0
// The daemon's command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/address.hpp"

namespace lbgp::daemon {

enum class ExitStatus : int { Clean = 0, Configuration = 1, Usage = 2, CannotStart = 3 };

struct Options {
  std::string config_file = "/etc/lbgpd/lbgpd.conf";
  bool check = false;
  std::uint16_t port = 179;             // 0: no listener
  std::vector<wire::IpAddress> listen;  // empty: every address
  std::string run_dir = "/run/lbgpd";
  std::string state_dir = "/var/lib/lbgpd";
  std::string log_level = "info";
  std::string log_format = "text";
};

struct CommandLine {
  Options options;
  bool done = false;  // nothing to run: help or version was printed, or the usage was wrong
  ExitStatus status = ExitStatus::Clean;
};

// Prints help, version and usage errors itself.
[[nodiscard]] CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace lbgp::daemon
