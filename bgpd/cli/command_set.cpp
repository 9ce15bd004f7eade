// SPDX-License-Identifier: Apache-2.0
// Walks the command graph with the words of a line.
#include "bgpd/cli/command_set.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "bgpd/cli/pattern.hpp"
#include "wire/address.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::cli {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_address(std::string_view text, bool v4) {
  const auto address = wire::parse_address(text);
  return address && address->is_v4() == v4;
}

bool is_prefix(std::string_view text, bool v4) {
  const auto prefix = wire::parse_prefix_lenient(text);
  return prefix && prefix->address().is_v4() == v4;
}

// Whether more typing could still make the kind of value out of it.
bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == text.npos;
}

bool begins_ipv6(std::string_view text, bool prefix) {
  if (!only(text, prefix ? "0123456789abcdefABCDEF:./" : "0123456789abcdefABCDEF:.")) return false;
  return text.find_first_of("./") == text.npos || text.find(':') != text.npos;
}

}  // namespace

bool Match::has(std::string_view name) const {
  return std::any_of(arguments.begin(), arguments.end(), [&](const Argument& a) { return a.name == name; });
}

std::string_view Match::value(std::string_view name) const {
  for (const Argument& argument : arguments)
    if (argument.name == name) return argument.value;
  return {};
}

// Turns a parsed pattern into nodes. `ends` is always the set of nodes after which the text read so far is
// complete; kStart stands for the beginning of the command.
class CommandSet::Compiler {
 public:
  using Words = std::map<std::string, std::string_view, std::less<>>;
  Compiler(CommandSet& set, int command, const Words& words) : set_(set), command_(command), words_(words) {}

  void compile(const Pattern& pattern) {
    for (const Ends end : sequence(pattern, {kStart}))
      if (end != kStart) set_.nodes_[end].last = true;
  }

 private:
  using Ends = std::size_t;
  static constexpr Ends kStart = static_cast<Ends>(-1);

  std::vector<Ends> sequence(const Pattern& pattern, std::vector<Ends> ends) {
    for (const PatternItem& item : pattern) ends = append(item, ends);
    return ends;
  }

  std::vector<Ends> append(const PatternItem& item, const std::vector<Ends>& ends) {
    if (item.choices.empty()) return {append_word(item, ends)};
    std::vector<Ends> out;
    if (item.optional) out = ends;
    for (const Pattern& choice : item.choices) {
      const std::vector<Ends> tails = sequence(choice, ends);
      out.insert(out.end(), tails.begin(), tails.end());
    }
    return out;
  }

  Ends append_word(const PatternItem& item, const std::vector<Ends>& ends) {
    const Ends index = set_.nodes_.size();
    Node node{kind_of(item.word), item.word, item.name.empty() ? item.word : item.name,
              help(item),         0,         0,
              command_,           false,     {}};
    if (node.kind == Kind::Number) {
      const std::size_t dash = item.word.find('-');
      node.low = parse_number(item.word.substr(1, dash - 1)).value_or(0);
      node.high = parse_number(item.word.substr(dash + 1, item.word.size() - dash - 2)).value_or(0);
    }
    if (node.kind == Kind::Rest) node.next.push_back(static_cast<NodeIndex>(index));
    if (node.kind == Kind::Keyword) before_.push_back(item.word);
    set_.nodes_.push_back(std::move(node));
    for (const Ends end : ends)
      (end == kStart ? set_.starts_ : set_.nodes_[end].next).push_back(static_cast<NodeIndex>(index));
    return index;
  }

  // Of the pattern's words so far the nearest comes first, then what the word means anywhere.
  std::string_view help(const PatternItem& item) const {
    for (auto before = before_.rbegin(); before != before_.rend(); ++before)
      for (const std::string_view word : {item.name, item.word})
        if (const std::string_view text = find_help(*before, word); !text.empty()) return text;
    for (const std::string_view word : {item.name, item.word})
      if (const std::string_view text = find_help("", word); !text.empty()) return text;
    return {};
  }
  std::string_view find_help(std::string_view before, std::string_view word) const {
    if (word.empty()) return {};
    const std::string key =
        before.empty() ? std::string(word) : std::string(before) + ' ' + std::string(word);
    const auto found = words_.find(key);
    return found == words_.end() ? std::string_view{} : found->second;
  }

  static Kind kind_of(std::string_view word) {
    if (word == "A.B.C.D") return Kind::Ipv4;
    if (word == "A.B.C.D/M") return Kind::Ipv4Prefix;
    if (word == "X:X::X:X") return Kind::Ipv6;
    if (word == "X:X::X:X/M") return Kind::Ipv6Prefix;
    if (word.starts_with('(')) return Kind::Number;
    if (word.ends_with("...")) return Kind::Rest;
    return word.front() >= 'A' && word.front() <= 'Z' ? Kind::Word : Kind::Keyword;
  }

  CommandSet& set_;
  int command_;
  const Words& words_;
  std::vector<std::string_view> before_;  // keywords of the pattern so far
};

CommandSet::CommandSet(std::span<const CommandSpec> commands, std::span<const WordHelp> words)
    : commands_(commands) {
  Compiler::Words known;
  for (const WordHelp& entry : words) known.emplace(entry.word, entry.help);
  for (const CommandSpec& spec : commands)
    Compiler(*this, spec.id, known).compile(parse_pattern(spec.pattern));
}

CommandSet::Fit CommandSet::fit(const Node& node, std::string_view word) const {
  const auto value_if = [](bool good) { return good ? Fit::Value : Fit::None; };
  switch (node.kind) {
    case Kind::Keyword:
      if (node.text == word) return Fit::Exact;
      return node.text.starts_with(word) ? Fit::Shortened : Fit::None;
    case Kind::Ipv4:
      return value_if(is_address(word, true));
    case Kind::Ipv4Prefix:
      return value_if(is_prefix(word, true));
    case Kind::Ipv6:
      return value_if(is_address(word, false));
    case Kind::Ipv6Prefix:
      return value_if(is_prefix(word, false));
    case Kind::Number: {
      const auto number = parse_number(word);
      return value_if(number && *number >= node.low && *number <= node.high);
    }
    case Kind::Word:
    case Kind::Rest:
      return Fit::Word;
  }
  return Fit::None;
}

bool CommandSet::begins(const Node& node, std::string_view word) const {
  switch (node.kind) {
    case Kind::Keyword:
      return node.text.starts_with(word);
    case Kind::Ipv4:
      return only(word, "0123456789.");
    case Kind::Ipv4Prefix:
      return only(word, "0123456789./");
    case Kind::Ipv6:
      return begins_ipv6(word, false);
    case Kind::Ipv6Prefix:
      return begins_ipv6(word, true);
    case Kind::Number:
      return only(word, "0123456789");
    case Kind::Word:
    case Kind::Rest:
      return true;
  }
  return false;
}

const std::vector<CommandSet::NodeIndex>& CommandSet::successors(const Reading& reading) const {
  return reading.nodes.empty() ? starts_ : nodes_[reading.nodes.back()].next;
}

std::vector<CommandSet::Reading> CommandSet::readings(std::span<const Token> words) const {
  std::vector<Reading> current(1);
  for (const Token& word : words) {
    std::vector<Reading> next;
    for (const Reading& reading : current) {
      for (const NodeIndex index : successors(reading)) {
        const Fit how = fit(nodes_[index], word.text);
        if (how == Fit::None) continue;
        Reading& longer = next.emplace_back(reading);
        longer.nodes.push_back(index);
        longer.fits.push_back(how);
      }
    }
    current = std::move(next);
  }
  return current;
}

bool CommandSet::differ(const Reading& left, const Reading& right) const {
  return !std::equal(left.nodes.begin(), left.nodes.end(), right.nodes.begin(), right.nodes.end(),
                     [&](NodeIndex a, NodeIndex b) { return nodes_[a].text == nodes_[b].text; });
}

Match CommandSet::match(std::string_view line) const {
  const Tokens words = tokenise(line);
  if (words.empty()) return {};
  std::vector<Reading> all = readings(words);
  if (all.empty()) return {MatchStatus::NoMatch, 0, {}};
  const auto unfinished = [&](const Reading& r) { return !nodes_[r.nodes.back()].last; };
  const bool incomplete = std::all_of(all.begin(), all.end(), unfinished);
  if (!incomplete) std::erase_if(all, unfinished);

  const auto best = std::max_element(all.begin(), all.end(),
                                     [](const Reading& a, const Reading& b) { return a.fits < b.fits; });
  const bool ambiguous = std::any_of(all.begin(), all.end(), [&](const Reading& other) {
    return other.fits == best->fits && differ(other, *best);
  });
  if (ambiguous) return {MatchStatus::Ambiguous, 0, {}};
  if (incomplete) return {MatchStatus::Incomplete, 0, {}};

  Match match{MatchStatus::Ok, nodes_[best->nodes.back()].command, {}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Node& node = nodes_[best->nodes[i]];
    const bool rest = node.kind == Kind::Rest;
    match.arguments.push_back({node.name, std::string(rest ? rest_of(line, words[i]) : words[i].text)});
    if (rest) break;
  }
  return match;
}

std::vector<CommandSet::NodeIndex> CommandSet::candidates(std::string_view line, std::string_view& unfinished,
                                                          bool& may_end) const {
  Tokens words = tokenise(line);
  unfinished = {};
  if (!words.empty() && words.back().begin + words.back().text.size() == line.size()) {
    unfinished = words.back().text;
    words.pop_back();
  }
  std::vector<Reading> all = readings(words);
  // A keyword typed in full is not also a shortened other one.
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto exact = [&](const Reading& r) { return r.fits[i] == Fit::Exact; };
    if (std::any_of(all.begin(), all.end(), exact))
      std::erase_if(all, [&](const Reading& r) { return !exact(r); });
  }
  may_end = false;
  std::set<NodeIndex> found;
  for (const Reading& reading : all) {
    may_end |= unfinished.empty() && !reading.nodes.empty() && nodes_[reading.nodes.back()].last;
    for (const NodeIndex index : successors(reading))
      if (begins(nodes_[index], unfinished)) found.insert(index);
  }
  return {found.begin(), found.end()};
}

std::vector<std::string> CommandSet::complete(std::string_view line, const Suggest& suggest) const {
  std::string_view unfinished;
  bool may_end = false;
  std::set<std::string> words;
  for (const NodeIndex index : candidates(line, unfinished, may_end)) {
    const Node& node = nodes_[index];
    if (node.kind == Kind::Keyword) {
      words.emplace(node.text);
      continue;
    }
    for (std::string& known : suggest(node.name))
      if (known.starts_with(unfinished) && fit(node, known) != Fit::None) words.insert(std::move(known));
  }
  return {words.begin(), words.end()};
}

std::vector<std::string> CommandSet::suggest_for(const Node& node, const Suggest& suggest) const {
  if (node.kind == Kind::Keyword) return {};
  std::vector<std::string> known = suggest(node.name);
  // Where a name may stand, an address stands beside it as a kind of its own: it is listed there.
  const bool name = node.kind == Kind::Word;
  std::erase_if(known, [&](const std::string& word) {
    return fit(node, word) == Fit::None || (name && wire::parse_address(word));
  });
  return known;
}

std::vector<HelpItem> CommandSet::help(std::string_view line, const Suggest& suggest) const {
  std::string_view unfinished;
  bool may_end = false;
  std::vector<HelpItem> items;
  for (const NodeIndex index : candidates(line, unfinished, may_end)) {
    const Node& node = nodes_[index];
    HelpItem item{std::string(node.text), std::string(node.help), {}};
    for (std::string& known : suggest_for(node, suggest))
      if (known.starts_with(unfinished)) item.known.push_back(std::move(known));
    items.push_back(std::move(item));
  }
  std::sort(items.begin(), items.end(), [](const HelpItem& a, const HelpItem& b) { return a.word < b.word; });
  items.erase(std::unique(items.begin(), items.end(),
                          [](const HelpItem& a, const HelpItem& b) { return a.word == b.word; }),
              items.end());
  if (may_end) items.insert(items.begin(), HelpItem{"<cr>", "", {}});
  return items;
}

}  // namespace lbgp::daemon::cli
