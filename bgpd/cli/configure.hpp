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

// The commands of a block, one per line behind `before`, and those of all blocks, as `find` looks through
// them: "  (config-router)  neighbor PEER passive".
[[nodiscard]] std::string commands_of(conf::Context context, std::string_view before);
[[nodiscard]] std::string configuration_commands();

class ConfigureMode {
 public:
  explicit ConfigureMode(Source& source)
      : source_(source), editor_(source.configuration(), diagnostics_, conf::EditMode::Interactive) {}
  ConfigureMode(const ConfigureMode&) = delete;
  ConfigureMode& operator=(const ConfigureMode&) = delete;

  // NoCommand: not of configuration. NotBegun: nor does any begin with that word. PassedOver: a line of
  // another daemon's block, unless it is ours outside of configure mode.
  enum class Verdict : std::uint8_t { Taken, Leave, NoCommand, NotBegun, PassedOver };
  struct Answer {
    Verdict verdict = Verdict::Taken;
    Outcome reply;  // of the last three: what to say if the line is no command elsewhere
  };
  [[nodiscard]] Answer run(std::string_view line);

  [[nodiscard]] std::string prompt() const;  // "config-router-af"
  // What may stand at the end of an unfinished line, as CommandSet::help has it.
  [[nodiscard]] std::vector<HelpItem> help(std::string_view line) const;
  [[nodiscard]] std::vector<std::string> complete(std::string_view line) const;
  // Every command of the block.
  [[nodiscard]] std::string list() const;

 private:
  [[nodiscard]] Outcome outcome(const conf::Edited& edited, std::string_view line);
  [[nodiscard]] std::string outside_of_pools();
  [[nodiscard]] std::string cost(const conf::Edited& edited) const;

  Source& source_;
  conf::Diagnostics diagnostics_;
  conf::Editor editor_;
  std::string outside_;  // of all pools, as told by the lines right before
};

}  // namespace lbgp::daemon::cli
