// SPDX-License-Identifier: Apache-2.0
// The configuration while we run: lines typed at the prompt, files tried and loaded, what is confirmed and
// what comes back, and the file that is written.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bgpd/daemon.hpp"
#include "bgpd/log/events.hpp"
#include "bgpd/save.hpp"
#include "conf/check.hpp"
#include "conf/compile.hpp"
#include "conf/parse.hpp"
#include "conf/plan.hpp"
#include "conf/render.hpp"

namespace lbgp::daemon {

namespace {

using cli::Code;
using cli::Outcome;

// A pasted block comes as thousands of lines, each answered before the next. Looking at the whole
// configuration takes a tenth of the time, unless that would keep a single line waiting for long.
constexpr int kIdleFactor = 10;
constexpr std::chrono::nanoseconds kLeastDelay = std::chrono::microseconds(500);
constexpr std::chrono::nanoseconds kGreatestDelay = std::chrono::milliseconds(300);

std::string lines(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + '\n';
  return all;
}

}  // namespace

// --- lines at the prompt
// ---------------------------------------------------------------------------------------------------------

void Daemon::edited() {
  if (std::exchange(unsettled_, true)) return;
  settle_timer_.expires_after(std::clamp(kIdleFactor * last_settling_, kLeastDelay, kGreatestDelay));
  settle_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) settle();
  });
}

void Daemon::settle() {
  if (stopping_ || !std::exchange(unsettled_, false)) return;
  const auto begin = std::chrono::steady_clock::now();
  settle_timer_.cancel();
  // Each line has been checked as far as it goes; that all of them together fit is not left to hope.
  conf::Diagnostics diagnostics;
  conf::check(configuration_.config, diagnostics, conf::EditMode::Interactive);
  if (conf::has_errors(diagnostics)) {
    for (const conf::Diagnostic& diagnostic : diagnostics)
      if (diagnostic.severity == conf::Severity::Error) log::config_problem(diagnostic.message);
    return log::config_kept();
  }
  conf::Compiled next = conf::compile(configuration_.config);
  complete(next);
  if (next != configuration_.compiled) {
    apply(next);
    configuration_.compiled = std::move(next);
  }
  last_settling_ = std::chrono::steady_clock::now() - begin;
}

// --- files
// ---------------------------------------------------------------------------------------------------------

namespace {

// Without a slash: beside the daemon's own.
std::string path_of(const std::string& file, const std::string& own) {
  if (file.empty()) return own;
  const std::size_t slash = own.rfind('/');
  return file.find('/') != std::string::npos || slash == std::string::npos ? file
                                                                           : own.substr(0, slash + 1) + file;
}

}  // namespace

std::string Daemon::plan_of(const conf::Compiled& next) const {
  const conf::Diff diff = conf::diff(with_dynamic_now(), next);
  const std::string left = diff.pools.empty() ? "" : outsiders(next.pools);
  return conf::plan(diff, next) + (left.empty() ? "" : left + '\n');
}

Outcome Daemon::check_file(const std::string& file) {
  LoadedConfiguration loaded = load_configuration(path_of(file, options_.config_file));
  const std::string said = lines(loaded.problems) + lines(loaded.warnings);
  if (!loaded.problems.empty()) return {said, Code::ConfigFailed};
  complete(loaded.configuration.compiled);
  const conf::Compiled next = with_dynamic_next(loaded.configuration.compiled);
  return {said + plan_of(next)};
}

Outcome Daemon::load_file(const std::string& file, std::chrono::minutes confirm) {
  LoadedConfiguration loaded = load_configuration(path_of(file, options_.config_file));
  std::string said = lines(loaded.problems) + lines(loaded.warnings);
  if (!loaded.problems.empty()) return {said + "% Nothing has been loaded\n", Code::ConfigFailed};
  if (confirm.count() != 0) said += confirm_within(confirm).text;
  return {said + install(std::move(loaded.configuration))};
}

std::string Daemon::install(Configuration configuration) {
  complete(configuration.compiled);
  const conf::Compiled next = with_dynamic_next(configuration.compiled);
  std::string plan = plan_of(next);
  apply(configuration.compiled);
  configuration_ = std::move(configuration);
  unsettled_ = false;
  return plan;
}

// --- what comes back unless it is confirmed
// ---------------------------------------------------------------------------------------------------------

Outcome Daemon::confirm_within(std::chrono::minutes confirm) {
  if (!before_) before_ = configuration_.config;
  return_timer_.expires_after(confirm);
  return_timer_.async_wait([this](const boost::system::error_code& error) {
    if (error || stopping_) return;
    log::config_returns("nobody has confirmed the configuration in time");
    roll_back();
  });
  return {fmt::format("Note: in {} {} what was before returns, unless \"configuration commit\" follows\n",
                      confirm.count(), confirm.count() == 1 ? "minute" : "minutes")};
}

bool Daemon::stop_waiting() {
  return_timer_.cancel();
  return std::exchange(before_, std::nullopt).has_value();
}

Outcome Daemon::commit() {
  if (!stop_waiting()) return {"% Nothing waits to be confirmed\n", Code::Warning};
  return {"The configuration stays; \"write\" keeps it over a restart\n"};
}

Outcome Daemon::roll_back() {
  if (!before_) return {"% Nothing waits to be confirmed\n", Code::Warning};
  Configuration old{std::move(*before_), {}};
  stop_waiting();
  old.compiled = conf::compile(old.config);
  return {install(std::move(old))};
}

// --- writing
// ---------------------------------------------------------------------------------------------------------

Outcome Daemon::write() {
  const std::string& file = options_.config_file;
  if (before_)
    return {"% The configuration waits to be confirmed: \"configuration commit\" comes first\n",
            Code::ConfigFailed};
  // Other daemons' lines are what the file says by now: they may have changed it.
  const conf::Foreign foreign = load_configuration(file).foreign;
  const std::string text = conf::render(configuration_.config, {.foreign = &foreign});
  if (configuration_.config == conf::Config{})
    return {"% There is no configuration to be written\n", Code::ConfigFailed};
  // What could not be loaded again would keep us from starting.
  std::string problems;
  for (const conf::Diagnostic& diagnostic : conf::load(text).diagnostics)
    if (diagnostic.severity == conf::Severity::Error) problems += fmt::format("%  {}\n", diagnostic.message);
  if (!problems.empty())
    return {"% Not written, as it could not be loaded again:\n" + problems, Code::ConfigFailed};
  const std::string building = "Building Configuration...\n";
  if (const std::string problem = replace_file(file, text); !problem.empty())
    return {fmt::format("{}% Not written: {}\n% (\"man lbgpd\", WRITING THE CONFIGURATION, says how lbgpd "
                        "may write its file)\n",
                        building, problem),
            Code::ConfigFailed};
  log::config_written(file);
  return {fmt::format("{}Integrated configuration saved to {}\n[OK]\n", building, file)};
}

}  // namespace lbgp::daemon
