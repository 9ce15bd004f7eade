// SPDX-License-Identifier: Apache-2.0
// The daemon's command line.
#include "bgpd/options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cstdio>
#include <sstream>

#include "bgpd/version.hpp"

namespace lbgp::daemon {

namespace po = boost::program_options;

namespace {

constexpr std::array<std::string_view, 5> kLevels{"trace", "debug", "info", "warn", "error"};
constexpr std::array<std::string_view, 2> kFormats{"text", "json"};

po::options_description describe(Options& options, std::vector<std::string>& listen, unsigned& port) {
  po::options_description all("lbgpd: announces this host's LoadBalancer addresses over BGP");
  all.add_options()  //
      ("config,f", po::value(&options.config_file)->value_name("FILE")->default_value(options.config_file),
       "configuration, in FRR's language")                                                               //
      ("check,C", po::bool_switch(&options.check), "check the configuration, print every problem, end")  //
      ("port,p", po::value(&port)->value_name("PORT")->default_value(options.port),
       "port to listen on; 0: no listener")                                                                //
      ("listen,l", po::value(&listen)->value_name("ADDRESS"), "listen on this address only (repeatable)")  //
      ("run-dir", po::value(&options.run_dir)->value_name("DIR")->default_value(options.run_dir),
       "where api.sock and bgpd.vty are made")  //
      ("state-dir", po::value(&options.state_dir)->value_name("DIR")->default_value(options.state_dir),
       "where announced routes are kept over a restart")  //
      ("log-level", po::value(&options.log_level)->value_name("LEVEL")->default_value(options.log_level),
       "trace, debug, info, warn or error")  //
      ("log-format", po::value(&options.log_format)->value_name("FORMAT")->default_value(options.log_format),
       "text or json")                            //
      ("version,v", "print the version and end")  //
      ("help,h", "print this and end");
  return all;
}

CommandLine usage_error(const std::string& reason) {
  fmt::print(stderr, "lbgpd: {}\nTry 'lbgpd --help'.\n", reason);
  return {{}, true, ExitStatus::Usage};
}

template <std::size_t N>
bool one_of(const std::array<std::string_view, N>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// Empty: all is well.
std::string check_values(Options& options, const std::vector<std::string>& listen, unsigned port) {
  if (port > 65535) return fmt::format("port {} is out of range", port);
  options.port = static_cast<std::uint16_t>(port);
  for (const std::string& text : listen) {
    const auto address = wire::parse_address(text);
    if (!address) return fmt::format("'{}' is not an address to listen on", text);
    options.listen.push_back(*address);
  }
  if (options.log_level == "warning") options.log_level = "warn";
  if (!one_of(kLevels, options.log_level))
    return fmt::format("there is no log level '{}'", options.log_level);
  if (!one_of(kFormats, options.log_format))
    return fmt::format("there is no log format '{}'", options.log_format);
  return "";
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  std::vector<std::string> listen;
  unsigned port = 0;
  const po::options_description all = describe(line.options, listen, port);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(argc, argv).options(all).positional({}).run(), values);
    po::notify(values);
  } catch (const po::error& error) {
    return usage_error(error.what());
  }
  if (values.count("help") != 0) {
    std::ostringstream text;
    text << all;
    fmt::print("{}", text.str());
    return {{}, true, ExitStatus::Clean};
  }
  if (values.count("version") != 0) {
    fmt::print("lbgpd {}\n", kVersion);
    return {{}, true, ExitStatus::Clean};
  }
  if (const std::string problem = check_values(line.options, listen, port); !problem.empty())
    return usage_error(problem);
  return line;
}

}  // namespace lbgp::daemon
