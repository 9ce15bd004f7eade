// SPDX-License-Identifier: Apache-2.0
// The language as one table of commands, and the machine that matches a line against it. The same table
// loads files, runs `configure terminal`, answers TAB and `?`, and gives the order of `show running-config`.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "conf/lexer.hpp"
#include "conf/pattern.hpp"
#include "wire/address.hpp"
#include "wire/as_number.hpp"
#include "wire/prefix.hpp"

namespace lbgp::conf {

// Where a command may stand; vtysh calls these nodes.
enum class Context : std::uint8_t {
  Top,
  Router,
  AddressFamily,
  RouteMap,
  VipPool,
  LineVty,
  Bfd,
  BfdProfile,
  BfdPeer,
  // Blocks of FRR's that are not for a BGP speaker of unicast routes: at the top, and inside `router bgp`.
  Foreign,
  ForeignFamily
};

// Those in which there is something to say to us.
inline constexpr Context kOwnContexts[] = {Context::Top,      Context::Router,     Context::AddressFamily,
                                           Context::RouteMap, Context::VipPool,    Context::LineVty,
                                           Context::Bfd,      Context::BfdProfile, Context::BfdPeer};

// The context that a block stands in; Top for Top.
[[nodiscard]] constexpr Context parent(Context context) {
  if (context == Context::BfdProfile || context == Context::BfdPeer) return Context::Bfd;
  const bool in_router = context == Context::AddressFamily || context == Context::ForeignFamily;
  return in_router ? Context::Router : Context::Top;
}
[[nodiscard]] constexpr bool is_foreign(Context context) {
  return context == Context::Foreign || context == Context::ForeignFamily;
}
// What vtysh shows in its prompt: "config", "config-router", …
[[nodiscard]] std::string_view prompt(Context context);

class ContextSet {
 public:
  constexpr ContextSet(std::initializer_list<Context> contexts) {
    for (Context context : contexts) bits_ |= 1U << static_cast<unsigned>(context);
  }
  [[nodiscard]] constexpr bool contains(Context context) const {
    return (bits_ >> static_cast<unsigned>(context) & 1U) != 0;
  }

 private:
  unsigned bits_ = 0;
};

// What a row's lines are written for, in `show running-config`: once for the file, per router, per neighbor…
enum class Scope : std::uint8_t {
  File,
  Router,
  Peer,
  RouterFamily,
  PeerFamily,
  RouteMapEntry,
  VipPool,
  BfdBlock
};

// What a line gave for a pattern's tokens. Names that the pattern does not have are a programming error and
// answered with an empty value.
class Args {
 public:
  struct Item {
    const Instruction* token = nullptr;
    Word word;
  };
  Args(const Pattern& pattern, const Line& line, std::vector<Item> items)
      : pattern_(&pattern), line_(&line), items_(std::move(items)) {}

  // Tokens are asked for by name, or by their text in the pattern ("additive", "PEER").
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  // A keyword in full, any other word as written; empty: not in the line.
  [[nodiscard]] std::string_view text(std::string_view name) const;
  // From that word to the end of the line, inner spaces kept.
  [[nodiscard]] std::string_view rest(std::string_view name) const;
  [[nodiscard]] std::uint32_t number(std::string_view name) const;
  [[nodiscard]] wire::AsNumber as_number(std::string_view name) const;
  [[nodiscard]] wire::IpAddress address(std::string_view name) const;
  [[nodiscard]] wire::Prefix prefix(std::string_view name) const;  // host bits cleared
  // Every word of a repeated token.
  [[nodiscard]] std::vector<Word> all(std::string_view name) const;
  // The named word's place; the line's first word without such a word.
  [[nodiscard]] Position position(std::string_view name) const;
  [[nodiscard]] Position position() const;
  // The name of the last named token: the command's value. Empty: there is none.
  [[nodiscard]] std::string_view value_name() const;
  // The text of that token: a word, or for LINE the rest of the line.
  [[nodiscard]] std::string_view value() const;
  // The whole command with keywords in full and single spaces, without `no`.
  [[nodiscard]] std::string canonical() const;

 private:
  [[nodiscard]] const Item* find(std::string_view name) const;

  const Pattern* pattern_;
  const Line* line_;
  std::vector<Item> items_;
};

class Editor;
class Writer;
using Apply = void (*)(Editor& editor, const Args& args);
using Emit = void (*)(Writer& writer);

// One command. A missing handler means that this form does not exist; a missing `emit`, that another row
// writes it.
struct Row {
  ContextSet contexts;
  Scope scope;
  Pattern pattern;
  Apply set = nullptr;
  Apply unset = nullptr;  // the `no` form
  Emit emit = nullptr;
  bool refused = false;  // known only to be refused by name, or swallowed: never offered
};

// Every command, in the order in which `show running-config` writes them.
[[nodiscard]] std::span<const Row* const> commands();

struct Match {
  const Row* row = nullptr;
  bool no = false;
  Context context = Context::Top;  // where it matched
  Args args;
};
struct Mismatch {
  enum class Kind : std::uint8_t { Unknown, Incomplete, Ambiguous };
  Position position;  // of the first word that is not understood; behind the last one: something misses
  std::string message;
  std::size_t understood = 0;  // words
  Kind kind = Kind::Unknown;
};
using MatchResult = std::variant<Match, Mismatch>;

// Looks a line up in `context` and then in what is around it, as FRR does. Keywords may be abbreviated as far
// as they stay unambiguous. `line` must outlive the result and have words. Of a foreign block everything is
// its own that is not a command of the whole file.
[[nodiscard]] MatchResult match(const Line& line, Context context);

// What a word that is no keyword names, for those who offer the names that exist (names.hpp).
enum class Names : std::uint8_t {
  None,
  Neighbor,
  Peer,  // a neighbor or a peer-group
  PeerGroup,
  RouteMap,
  PrefixList,
  AccessList,
  AsPathList,
  CommunityList,
  LargeCommunityList,
  ExtCommunityList,
  CommunityAlias,
  Community,  // the well-known ones
  Pool,
  BfdProfile,
};

struct Completion {
  std::string word;  // "timers", "(1-65535)", "A.B.C.D", "<cr>"
  std::string_view help;
  bool keyword = false;  // may be inserted as it stands
  Names names = Names::None;
  bool operator==(const Completion&) const = default;
};
// What may follow `words` in `context`, among keywords only those that begin with `partial`. Sorted by word.
[[nodiscard]] std::vector<Completion> completions(Context context, std::span<const std::string_view> words,
                                                  std::string_view partial);

// What help() knows a token by: a keyword or kind as it stands, a named argument as "$name".
[[nodiscard]] std::string help_key(const Pattern& pattern, const Instruction& token);
// One line for `?`. A word that means something else behind another one, or in a block of that name, has a
// line of its own for it: "bgp shutdown". Empty: no such word.
[[nodiscard]] std::string_view help(const Row& row, const Instruction& token);
[[nodiscard]] std::string_view help(std::string_view key);

// A pattern as people write it, in FRR's manner: without names of values, and without the braces around what
// `no` may omit.
[[nodiscard]] std::string usage(std::string_view pattern);

}  // namespace lbgp::conf
