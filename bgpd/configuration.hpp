// SPDX-License-Identifier: Apache-2.0
// The configuration file, read and understood.
#pragma once

#include <string>
#include <vector>

#include "conf/compiled.hpp"
#include "conf/config.hpp"
#include "conf/foreign.hpp"

namespace lbgp::daemon {

struct Configuration {
  conf::Config config;      // what the file says, for `show running-config`
  conf::Compiled compiled;  // what it means
};

struct LoadedConfiguration {
  Configuration configuration;        // complete only without problems
  std::vector<std::string> problems;  // "FILE:LINE:COLUMN: error: …", all of them
  std::vector<std::string> warnings;
  conf::Foreign foreign;  // what it says to other daemons
};

[[nodiscard]] LoadedConfiguration load_configuration(const std::string& file);

}  // namespace lbgp::daemon
