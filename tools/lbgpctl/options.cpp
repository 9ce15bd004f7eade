// SPDX-License-Identifier: Apache-2.0
// Which command takes which option.
#include "options.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <sstream>

namespace lbgp::ctl {
namespace {

namespace po = boost::program_options;

constexpr std::array<std::string_view, 9> kAttributeOptions{"community", "large-community", "ext-community",
                                                            "med",       "local-pref",      "prepend",
                                                            "origin",    "next-hop",        "label"};

struct Command {
  std::string_view name;
  std::size_t least;  // arguments
  std::size_t most;
  bool attributes;
  bool filter;
  std::string_view usage;
};
constexpr std::size_t kAny = 1'000'000;
constexpr std::array<Command, 5> kCommands{
    {{"announce", 1, kAny, true, false,
      "announce PREFIX...|- [ATTRIBUTE]...   announce, or change what is announced"},
     {"withdraw", 1, kAny, false, false, "withdraw PREFIX...|-                  withdraw"},
     {"list", 0, kAny, false, true, "list [PREFIX]... [--owner NAME]       show what is announced, by whom"},
     {"sync", 1, 1, false, false,
      "sync FILE|-                           make FILE everything that we announce"},
     {"version", 0, 0, false, false, "version                               what the daemon is and knows"}}};

po::options_description visible_options() {
  po::options_description options("Options");
  options.add_options()("socket", po::value<std::string>()->value_name("PATH"),
                        "API socket (/run/lbgpd/api.sock)")("json", "print the daemon's result as JSON")(
      "help,h", "this text")("version,v", "the version of lbgpctl");
  return options;
}

po::options_description attribute_options() {
  const auto text = [](const char* name) { return po::value<std::vector<std::string>>()->value_name(name); };
  po::options_description options("Attributes of announce");
  options.add_options()("community", text("C"), "64512:100 or a well-known name; repeatable")(
      "large-community", text("C"), "64512:1:2; repeatable")(
      "ext-community", text("C"), "rt:64512:1; repeatable")("med", text("N"), "MULTI_EXIT_DISC")(
      "local-pref", text("N"), "LOCAL_PREF, seen by iBGP neighbors")(
      "prepend", text("N|AS,AS"), "our own AS N times, or these AS numbers")(
      "origin", text("X"), "igp, egp or incomplete")("next-hop", text("A"),
                                                     "instead of our own address; once per family")(
      "label", text("K=V"), "a note on the route; repeatable");
  po::options_description filter("Filter of list");
  filter.add_options()("owner", po::value<std::string>()->value_name("NAME"), "routes of this owner only");
  options.add(filter);
  return options;
}

std::string help_text() {
  std::ostringstream out;
  out << "Usage: lbgpctl [OPTION]... COMMAND ...\n\nCommands:\n";
  for (const Command& command : kCommands) out << "  " << command.usage << '\n';
  out << '\n' << visible_options() << '\n' << attribute_options();
  out << "\nExit status: 0 done, 1 refused by the daemon, 2 usage, 3 the daemon cannot be reached.\n";
  return out.str();
}

// In the order of the command line, which a map of variables would lose.
Attributes attributes_of(const po::parsed_options& parsed) {
  Attributes attributes;
  for (const auto& option : parsed.options) {
    const bool known = std::find(kAttributeOptions.begin(), kAttributeOptions.end(), option.string_key) !=
                       kAttributeOptions.end();
    if (!known) continue;
    for (const std::string& value : option.value) attributes.push_back({option.string_key, value});
  }
  return attributes;
}

Parsed check(Options options) {
  const auto command = std::find_if(kCommands.begin(), kCommands.end(),
                                    [&](const Command& c) { return c.name == options.command; });
  if (options.command.empty()) return UsageError{"which command?"};
  if (command == kCommands.end()) return UsageError{"there is no command \"" + options.command + '"'};
  if (options.arguments.size() < command->least) return UsageError{options.command + " needs an argument"};
  if (options.arguments.size() > command->most)
    return UsageError{options.command + " has too many arguments"};
  if (!options.attributes.empty() && !command->attributes)
    return UsageError{"--" + options.attributes.front().name + " does not go with " + options.command};
  if (!options.owner.empty() && !command->filter)
    return UsageError{"--owner does not go with " + options.command};
  return options;
}

}  // namespace

Parsed parse_options(int argc, const char* const* argv) {
  po::options_description all;
  all.add(visible_options()).add(attribute_options());
  all.add_options()("command", po::value<std::string>())("argument", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("command", 1).add("argument", -1);
  // No guessing: an abbreviation that works today would be ambiguous after the next option.
  const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
  try {
    const po::parsed_options parsed =
        po::command_line_parser(argc, argv).options(all).positional(positional).style(style).run();
    po::variables_map variables;
    po::store(parsed, variables);
    if (variables.count("help") != 0) return HelpWanted{help_text()};
    if (variables.count("version") != 0) return VersionWanted{};
    Options options;
    if (variables.count("socket") != 0) options.socket = variables["socket"].as<std::string>();
    options.json = variables.count("json") != 0;
    if (variables.count("command") != 0) options.command = variables["command"].as<std::string>();
    if (variables.count("argument") != 0)
      options.arguments = variables["argument"].as<std::vector<std::string>>();
    if (variables.count("owner") != 0) options.owner = variables["owner"].as<std::string>();
    options.attributes = attributes_of(parsed);
    return check(std::move(options));
  } catch (const po::error& error) {
    return UsageError{error.what()};
  }
}

}  // namespace lbgp::ctl
