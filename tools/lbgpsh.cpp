// SPDX-License-Identifier: Apache-2.0
// lbgpsh: an operator's shell on a running lbgpd. It knows no command: completion, help and filters are the
// daemon's, asked for over the same socket.
#include <boost/program_options.hpp>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "tools/lbgpsh_link.hpp"
#include "tools/lbgpsh_terminal.hpp"

namespace {

namespace options = boost::program_options;
using lbgp::tools::VtyLink;

struct Arguments {
  std::string directory = "/run/lbgpd";
  std::vector<std::string> commands;
  bool help = false;
};

// FRR's vtysh writes --vty_socket; both spellings are taken.
Arguments parse(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  for (std::string& word : words)
    if (word.rfind("--vty_socket", 0) == 0) word[5] = '-';
  Arguments arguments;
  options::options_description description;
  description.add_options()("vty-socket", options::value(&arguments.directory))(
      "command,c", options::value(&arguments.commands))("help,h", options::bool_switch(&arguments.help));
  options::variables_map values;
  options::store(options::command_line_parser(words).options(description).run(), values);
  options::notify(values);
  return arguments;
}

// FRR's rule: a warning ("no such neighbor") is an answer, everything else that is not success a failure.
bool failed(std::uint8_t code) {
  using lbgp::daemon::cli::Code;
  return code != static_cast<std::uint8_t>(Code::Success) && code != static_cast<std::uint8_t>(Code::Warning);
}

int run_commands(VtyLink& link, const std::vector<std::string>& commands) {
  for (const std::string& command : commands) {
    const auto reply = link.ask(command);
    if (!reply) {
      std::cerr << link.problem() << '\n';
      return EXIT_FAILURE;
    }
    std::cout << reply->text << std::flush;
    if (failed(reply->code)) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

constexpr const char* kUsage =
    "Usage: lbgpsh [--vty-socket DIR] [-c COMMAND]...\n"
    "  --vty-socket DIR   where lbgpd's bgpd.vty is (default /run/lbgpd)\n"
    "  -c, --command CMD  run a command and end; may be given more than once\n"
    "Without -c: interactive, with TAB, ? and history.\n";

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  try {
    arguments = parse(argc, argv);
  } catch (const options::error& error) {
    std::cerr << "lbgpsh: " << error.what() << '\n' << kUsage;
    return 2;
  }
  if (arguments.help) {
    std::cout << kUsage;
    return EXIT_SUCCESS;
  }
  VtyLink link(arguments.directory + "/bgpd.vty");
  if (!link.connect()) {
    std::cerr << link.problem() << '\n';
    return EXIT_FAILURE;
  }
  if (!arguments.commands.empty()) return run_commands(link, arguments.commands);
  lbgp::tools::interact(link);
  return EXIT_SUCCESS;
}
