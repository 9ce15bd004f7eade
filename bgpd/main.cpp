// SPDX-License-Identifier: Apache-2.0
// lbgpd: starts the daemon, or checks a configuration.
#include <sys/prctl.h>
#include <sys/stat.h>

#include <fmt/core.h>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>

#include "bgpd/check.hpp"
#include "bgpd/configuration.hpp"
#include "bgpd/daemon.hpp"
#include "bgpd/log/events.hpp"
#include "bgpd/options.hpp"
#include "bgpd/version.hpp"

namespace lbgp::daemon {
namespace {

int exit_status(ExitStatus status) {
  return static_cast<int>(status);
}

// `--check`: every problem on stderr, for people and editors; on stdout what the file would change.
int check(const Options& options) {
  const LoadedConfiguration loaded = load_configuration(options.config_file);
  for (const std::string& problem : loaded.problems) fmt::print(stderr, "{}\n", problem);
  for (const std::string& warning : loaded.warnings) fmt::print(stderr, "{}\n", warning);
  if (!loaded.problems.empty()) return exit_status(ExitStatus::Configuration);
  fmt::print("{}", plan_for_running(options.run_dir, loaded.configuration));
  return exit_status(ExitStatus::Clean);
}

int run(const Options& options) {
  log::set_up(options.log_level, options.log_format);
  LoadedConfiguration loaded = load_configuration(options.config_file);
  for (const std::string& warning : loaded.warnings) log::config_warning(warning);
  for (const std::string& problem : loaded.problems) log::config_problem(problem);
  if (!loaded.problems.empty()) return exit_status(ExitStatus::Configuration);

  log::starting(kVersion, options.config_file);
  boost::asio::io_context io(1);
  Daemon daemon(io, options, std::move(loaded.configuration));
  if (const std::string problem = daemon.start(); !problem.empty()) {
    log::start_failed(problem);
    return exit_status(ExitStatus::CannotStart);
  }
  io.run();
  log::stopped();
  return exit_status(ExitStatus::Clean);
}

}  // namespace
}  // namespace lbgp::daemon

int main(int argc, char** argv) {
  using namespace lbgp::daemon;
  const CommandLine line = parse_command_line(argc, argv);
  if (line.done) return exit_status(line.status);
  if (line.options.check) return check(line.options);
  std::signal(SIGPIPE, SIG_IGN);
  ::umask(0077);
  ::prctl(PR_SET_DUMPABLE, 0);  // no core files: they would hold passwords
  return run(line.options);
}
