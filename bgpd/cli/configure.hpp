// SPDX-License-Identifier: Apache-2.0
// Configure mode of one connection: lines of configuration, each taking effect as it comes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/command_set.hpp"
#include "bgpd/cli/source.hpp"
#include "conf/edit.hpp"

namespace lbgp::daemon::cli {

class ConfigureMode {
 public:
  explicit ConfigureMode(Source& source)
      : source_(source), editor_(source.configuration(), diagnostics_, conf::EditMode::Interactive) {}
  ConfigureMode(const ConfigureMode&) = delete;
  ConfigureMode& operator=(const ConfigureMode&) = delete;

  // NoCommand: not of configuration. NotBegun: nor does any begin with that word.
  enum class Verdict : std::uint8_t { Taken, Leave, NoCommand, NotBegun };
  struct Answer {
    Verdict verdict = Verdict::Taken;
    Outcome reply;  // of lines that are no command: what to say if they are none elsewhere
  };
  [[nodiscard]] Answer run(std::string_view line);

  [[nodiscard]] std::string prompt() const;  // "config-router-af"
  // What may stand at the end of an unfinished line, as CommandSet::help has it.
  [[nodiscard]] std::vector<HelpItem> help(std::string_view line) const;
  [[nodiscard]] std::vector<std::string> complete(std::string_view line) const;
  // Every command of the block.
  [[nodiscard]] std::string list() const;

 private:
  [[nodiscard]] Outcome outcome(const conf::Edited& edited, std::string_view line) const;
  [[nodiscard]] std::string cost(const conf::Edited& edited) const;

  Source& source_;
  conf::Diagnostics diagnostics_;
  conf::Editor editor_;
};

}  // namespace lbgp::daemon::cli
