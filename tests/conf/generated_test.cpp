// SPDX-License-Identifier: Apache-2.0
// Over generated configurations: what we show can be loaded again and changes nothing, and a line typed means
// what it means in a file.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "conf/check.hpp"
#include "conf/compile.hpp"
#include "conf/diff.hpp"
#include "conf/edit.hpp"
#include "conf/parse.hpp"
#include "conf/plan.hpp"
#include "conf/render.hpp"
#include "generate.hpp"

using namespace lbgp::conf;
using namespace lbgp::conf::test;

namespace {

constexpr std::uint32_t kConfigurations = 60;
constexpr int kLines = 300;

std::string messages(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics)
    if (diagnostic.severity == Severity::Error) text += to_string(diagnostic, "") + "\n";
  return text;
}

// A configuration as somebody would type it who knows every command and no restraint. `accepted` counts rows
// that had an effect.
Config typed(std::uint32_t seed, std::set<const Row*>& accepted) {
  Config config;
  Diagnostics said;
  Editor editor(config, said, EditMode::Interactive);
  Generator generator(seed);
  static_cast<void>(edit(editor, "router bgp 65010"));
  for (int i = 0; i < kLines; ++i) {
    // Out of blocks now and then, or most lines would be those of whatever block came last.
    if (generator.below(12) == 0) static_cast<void>(edit(editor, "end"));
    if (generator.below(12) == 0) static_cast<void>(edit(editor, "router bgp 65010"));
    const std::string line = generator.line(editor.context());
    if (line.starts_with("no router")) continue;  // or there would be nothing else
    Line words;
    std::uint32_t bad_column = 0;
    split_words(line, words, bad_column);
    const MatchResult result = match(words, editor.context());
    const Edited edited = edit(editor, line);
    if (edited.accepted && std::holds_alternative<Match>(result))
      accepted.insert(std::get<Match>(result).row);
  }
  return config;
}

}  // namespace

TEST_CASE("every line leaves a configuration without errors behind", "[conf][generated]") {
  std::set<const Row*> accepted;
  for (std::uint32_t seed = 1; seed <= kConfigurations; ++seed) {
    const Config config = typed(seed, accepted);
    Diagnostics diagnostics;
    check(config, diagnostics, EditMode::Interactive);
    CAPTURE(seed, render(config));
    REQUIRE(messages(diagnostics) == "");
  }
  // The walks reach nearly every command; a few need more luck than they get.
  std::size_t offered = 0;
  for (const Row* row : commands()) offered += row->refused ? 0 : 1;
  CHECK(accepted.size() * 100 >= offered * 95);
}

TEST_CASE("loading our own show running-config is an empty plan", "[conf][generated]") {
  std::set<const Row*> accepted;
  for (std::uint32_t seed = 1; seed <= kConfigurations; ++seed) {
    Config config = typed(seed, accepted);
    // What is still incomplete at the prompt is an error in a file, as it should be.
    if (config.router)
      std::erase_if(config.router->neighbors, [&](const auto& neighbor) {
        return !compile_neighbor(config, neighbor.first).has_value();
      });
    if (config.router)
      std::erase_if(config.router->listen_ranges,
                    [&](const auto& range) { return !config.router->groups[range.second.value].remote_as; });
    const Compiled running = compile(config);
    for (const std::string& text : {render(config), render(spell_out_profile(config))}) {
      CAPTURE(seed, text);
      const Loaded loaded = load(text);
      REQUIRE(messages(loaded.diagnostics) == "");
      REQUIRE(plan(diff(running, loaded.compiled), loaded.compiled) == "nothing changes\n");
      REQUIRE(loaded.compiled == running);
    }
    CAPTURE(seed, render(config));
    CHECK(parse(render(config)).config == config);
  }
}

TEST_CASE("a file typed line by line is the file", "[conf][generated]") {
  std::set<const Row*> accepted;
  for (std::uint32_t seed = 1; seed <= kConfigurations; ++seed) {
    Config all = typed(seed, accepted);
    // A pool of which nothing is said is none at the prompt.
    std::erase_if(all.pools, [](const auto& pool) { return pool.second == VipPoolConfig{}; });
    const std::string text = render(all);
    const Parsed file = parse(text);
    Config config;
    Diagnostics said, unread;
    Editor editor(config, said, EditMode::Interactive);
    Lexer lexer(text);
    while (const Line* line = lexer.next(unread)) {
      const Edited edited = edit(editor, line->text);
      CAPTURE(seed, text, line->text);
      REQUIRE_FALSE(edited.mismatch);
      REQUIRE(messages(edited.diagnostics) == "");
    }
    CAPTURE(seed, text, render(config));
    // Some of what the file says is so anyway, and need not be said at the prompt.
    REQUIRE(compile(config) == compile(file.config));
  }
}
