// SPDX-License-Identifier: Apache-2.0
// lbgpctl: the scripting client of lbgpd's API.
#include <fstream>
#include <iostream>

#include "client.hpp"
#include "options.hpp"
#include "render.hpp"
#include "requests.hpp"

namespace {

using namespace lbgp::ctl;
namespace json = boost::json;

enum Exit { kDone = 0, kRefused = 1, kUsage = 2, kUnreachable = 3 };

// Prefixes from standard input go in requests of this many: large enough to be fast, small enough to be taken
// in one turn of the daemon.
constexpr std::size_t kBatch = 10'000;

int complain(Exit status, const std::string& reason) {
  std::cerr << "lbgpctl: " << reason << '\n';
  return status;
}

int ask(Client& client, const Options& options, json::object params) {
  const auto reply = client.ask(request_line(options.command, std::move(params)));
  if (!reply) return complain(kUnreachable, client.failure());
  json::error_code error;
  const json::value value = json::parse(*reply, error);
  if (error || !value.is_object()) return complain(kUnreachable, "the daemon's answer is no JSON object");
  const json::object& object = value.get_object();
  if (const json::value* refused = object.if_contains("error"); refused != nullptr && refused->is_object())
    return complain(kRefused, render_error(refused->get_object()));
  const json::value* result = object.if_contains("result");
  if (result == nullptr || !result->is_object())
    return complain(kUnreachable, "the daemon's answer has neither result nor error");
  std::cout << (options.json ? json::serialize(*result) + '\n'
                             : render_result(options.command, result->get_object()));
  return kDone;
}

json::array to_array(const std::vector<std::string>& words) {
  return json::array(words.begin(), words.end());
}

// announce and withdraw; "-" as the only argument reads prefixes from standard input.
int change(Client& client, const Options& options, json::object members) {
  if (options.arguments != std::vector<std::string>{"-"}) {
    members["prefixes"] = to_array(options.arguments);
    return ask(client, options, std::move(members));
  }
  int status = kDone;
  for (auto words = read_words(std::cin, kBatch); !words.empty() && status == kDone;
       words = read_words(std::cin, kBatch)) {
    json::object params = members;
    params["prefixes"] = to_array(words);
    status = ask(client, options, std::move(params));
  }
  return status;
}

int sync(Client& client, const Options& options) {
  const std::string& name = options.arguments.front();
  std::ifstream file;
  if (name != "-") file.open(name);
  if (name != "-" && !file) return complain(kUsage, name + ": cannot be read");
  std::istream& lines = name == "-" ? std::cin : file;
  auto params = sync_params(lines);
  if (params.has_error()) return complain(kUsage, name + ": " + params.error().reason);
  // A read that failed half-way must not look like a shorter list: that would withdraw the rest.
  if (lines.bad()) return complain(kUsage, name + ": cannot be read to its end");
  return ask(client, options, std::move(*params));
}

int run(const Options& options) {
  auto members = route_members(options.attributes);
  if (members.has_error()) return complain(kUsage, members.error().reason);
  Client client;
  if (!client.connect(options.socket)) return complain(kUnreachable, client.failure());
  if (options.command == "sync") return sync(client, options);
  if (options.command == "announce" || options.command == "withdraw")
    return change(client, options, std::move(*members));
  json::object params;
  if (options.command == "list" && !options.arguments.empty())
    params["prefixes"] = to_array(options.arguments);
  if (!options.owner.empty()) params["owner"] = options.owner;
  return ask(client, options, std::move(params));
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const Parsed parsed = parse_options(argc, argv);
  if (const auto* help = std::get_if<HelpWanted>(&parsed)) {
    std::cout << help->text;
    return kDone;
  }
  if (std::holds_alternative<VersionWanted>(parsed)) {
    std::cout << "lbgpctl " LBGP_VERSION "\n";
    return kDone;
  }
  if (const auto* wrong = std::get_if<UsageError>(&parsed))
    return complain(kUsage, wrong->reason + "; see lbgpctl --help");
  return run(std::get<Options>(parsed));
}
