// SPDX-License-Identifier: Apache-2.0
// The daemon's command line.
#include "bgpd/options.hpp"

#include <catch2/catch.hpp>
#include <vector>

using lbgp::daemon::CommandLine;
using lbgp::daemon::ExitStatus;

namespace {

CommandLine parse(std::vector<const char*> words) {
  words.insert(words.begin(), "lbgpd");
  return lbgp::daemon::parse_command_line(static_cast<int>(words.size()), words.data());
}

}  // namespace

TEST_CASE("without options the packaged places hold", "[options]") {
  const CommandLine line = parse({});
  REQUIRE_FALSE(line.done);
  CHECK(line.options.config_file == "/etc/lbgpd/lbgpd.conf");
  CHECK(line.options.run_dir == "/run/lbgpd");
  CHECK(line.options.state_dir == "/var/lib/lbgpd");
  CHECK(line.options.port == 179);
  CHECK(line.options.listen.empty());
  CHECK_FALSE(line.options.check);
}

TEST_CASE("every option is understood", "[options]") {
  const CommandLine line =
      parse({"-f", "x.conf", "-C", "-p", "0", "-l", "127.0.0.1", "-l", "::1", "--run-dir", "r",
             "--state-dir=s", "--log-level", "debug", "--log-format", "json"});
  REQUIRE_FALSE(line.done);
  CHECK(line.options.config_file == "x.conf");
  CHECK(line.options.check);
  CHECK(line.options.port == 0);
  CHECK(line.options.listen ==
        std::vector{*lbgp::wire::parse_address("127.0.0.1"), *lbgp::wire::parse_address("::1")});
  CHECK(line.options.run_dir == "r");
  CHECK(line.options.state_dir == "s");
  CHECK(line.options.log_level == "debug");
  CHECK(line.options.log_format == "json");
}

TEST_CASE("wrong usage is exit status 2", "[options]") {
  const auto words = GENERATE(values<std::vector<const char*>>({{"--no-such-option"},
                                                                {"-p", "70000"},
                                                                {"-p", "bgp"},
                                                                {"-l", "not-an-address"},
                                                                {"--log-level", "loud"},
                                                                {"--log-format", "xml"},
                                                                {"stray"}}));
  const CommandLine line = parse(words);
  CHECK(line.done);
  CHECK(line.status == ExitStatus::Usage);
}
