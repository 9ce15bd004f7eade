// SPDX-License-Identifier: Apache-2.0
// Commands written in FRR's pattern notation, and what a line means among them: match, completion, help.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/tokens.hpp"

namespace lbgp::daemon::cli {

// A command in FRR's notation: lower-case words stand for themselves, `[x]` may be left out, `<x|y>` is a
// choice; A.B.C.D, A.B.C.D/M, X:X::X:X, X:X::X:X/M, (LOW-HIGH) and WORD (any upper-case name) are values,
// LINE... is the rest of the line. `$name` behind a value says under which name the command finds it.
struct CommandSpec {
  int id = 0;
  std::string_view pattern;
};

// Help for a word of the patterns, in whichever command it stands. "write memory" is what the last one means
// where the first one stands anywhere before it; the nearest such word decides.
struct WordHelp {
  std::string_view word;
  std::string_view help;
};

enum class MatchStatus : std::uint8_t { Ok, Empty, NoMatch, Ambiguous, Incomplete };

// A word of the line as the command understood it.
struct Argument {
  std::string_view name;  // of the value, or the whole keyword where an abbreviation was typed
  std::string value;      // as typed
};

struct Match {
  MatchStatus status = MatchStatus::Empty;
  int id = 0;                       // with Ok only
  std::vector<Argument> arguments;  // in the order of the line
  [[nodiscard]] bool has(std::string_view name) const;
  // The value of the first argument of that name; empty when it is not there.
  [[nodiscard]] std::string_view value(std::string_view name) const;
};

// Known values ("10.90.3.101", …) for a value's name ("neighbor"), for completion and help.
using Suggest = std::function<std::vector<std::string>(std::string_view name)>;

struct HelpItem {
  std::string word;
  std::string help;
  std::vector<std::string> known;  // values that would fit
  bool operator==(const HelpItem&) const = default;
};

// The commands of one mode, compiled into one graph. Immutable; keeps views into the tables it is made of.
class CommandSet {
 public:
  CommandSet(std::span<const CommandSpec> commands, std::span<const WordHelp> words);

  // FRR's rules: a keyword may be cut short as long as what remains of the line makes it unique; a word typed
  // in full wins over a shortened one, and a keyword over a free value.
  [[nodiscard]] Match match(std::string_view line) const;
  // Whole words that may stand in place of the last, unfinished one; a line that ends in a blank asks for a
  // new word. Sorted.
  [[nodiscard]] std::vector<std::string> complete(std::string_view line, const Suggest& suggest) const;
  // What may stand there, with "<cr>" first when the line may end. Sorted; empty when nothing fits.
  [[nodiscard]] std::vector<HelpItem> help(std::string_view line, const Suggest& suggest) const;
  // Every command's pattern as written, for `list` and `find`.
  [[nodiscard]] std::span<const CommandSpec> commands() const { return commands_; }

 private:
  enum class Kind : std::uint8_t { Keyword, Ipv4, Ipv4Prefix, Ipv6, Ipv6Prefix, Number, Word, Rest };
  // How well a word of the line fits a node. Higher is better.
  enum class Fit : std::uint8_t { None, Word, Shortened, Value, Exact };
  using NodeIndex = std::uint16_t;
  struct Node {
    Kind kind = Kind::Keyword;
    std::string_view text;  // "summary", "A.B.C.D"
    std::string_view name;  // as `$name` says, else `text`
    std::string_view help;
    std::uint64_t low = 0;  // Kind::Number
    std::uint64_t high = 0;
    int command = 0;
    bool last = false;  // the command may end here
    std::vector<NodeIndex> next;
  };
  // One way to read the words so far.
  struct Reading {
    std::vector<NodeIndex> nodes;
    std::vector<Fit> fits;
  };
  class Compiler;

  [[nodiscard]] Fit fit(const Node& node, std::string_view word) const;
  [[nodiscard]] bool begins(const Node& node, std::string_view word) const;
  [[nodiscard]] const std::vector<NodeIndex>& successors(const Reading& reading) const;
  [[nodiscard]] std::vector<Reading> readings(std::span<const Token> words) const;
  [[nodiscard]] std::vector<NodeIndex> candidates(std::string_view line, std::string_view& unfinished,
                                                  bool& may_end) const;
  [[nodiscard]] std::vector<std::string> suggest_for(const Node& node, const Suggest& suggest) const;
  [[nodiscard]] bool differ(const Reading& left, const Reading& right) const;

  std::vector<Node> nodes_;
  std::vector<NodeIndex> starts_;
  std::span<const CommandSpec> commands_;
};

}  // namespace lbgp::daemon::cli
