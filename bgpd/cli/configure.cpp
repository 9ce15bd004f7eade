// SPDX-License-Identifier: Apache-2.0
// Lines of configuration: FRR's words and codes for what is wrong with them, ours for what they cost.
#include "bgpd/cli/configure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bgpd/cli/tokens.hpp"
#include "conf/names.hpp"

namespace lbgp::daemon::cli {
namespace {

using conf::Context;

Outcome mismatch_outcome(const conf::Mismatch& mismatch, std::string_view line) {
  using Kind = conf::Mismatch::Kind;
  std::string_view words = "Unknown command";
  Code code = Code::NoMatch;
  if (mismatch.kind == Kind::Incomplete) words = "Command incomplete", code = Code::Incomplete;
  if (mismatch.kind == Kind::Ambiguous) words = "Ambiguous command", code = Code::Ambiguous;
  std::string text = fmt::format("% {}: {}\n", words, line);
  // Of a first word that is like no other there is no more to say.
  if (mismatch.understood > 0 || mismatch.message.ends_with('?'))
    text += fmt::format("% {}\n", mismatch.message);
  return {std::move(text), code};
}

bool is_word(std::string_view typed, std::string_view word) {
  constexpr std::size_t kShortest = 2;
  return typed.size() >= kShortest && word.starts_with(typed);
}

// The words of an unfinished line, and how far the last one has come.
struct Unfinished {
  std::vector<std::string_view> words;
  std::string_view partial;
};
Unfinished unfinished(std::string_view line) {
  Unfinished result;
  const Tokens tokens = tokenise(line);
  for (const Token& token : tokens) result.words.push_back(token.text);
  if (tokens.empty() || tokens.back().begin + tokens.back().text.size() != line.size()) return result;
  result.partial = result.words.back();
  result.words.pop_back();
  return result;
}

// Lists of prefixes and of addresses are one address family's: what the line says, else the block's.
std::optional<wire::Family> family_of(const Unfinished& typed, const conf::Block& block) {
  for (const std::string_view word : typed.words) {
    if (word == "ip") return wire::Family::Ipv4Unicast;
    if (word == "ipv6") return wire::Family::Ipv6Unicast;
  }
  if (block.context == Context::AddressFamily) return block.family;
  return std::nullopt;
}

}  // namespace

ConfigureMode::Answer ConfigureMode::run(std::string_view line) {
  const Tokens words = tokenise(line);
  if (words.size() == 1) {
    const std::string_view word = words.front().text;
    if (is_word(word, "end")) return {Verdict::Leave, {}};
    const bool leaves = is_word(word, "exit") || is_word(word, "quit");
    if (leaves && editor_.context() == Context::Top) return {Verdict::Leave, {}};
    if (leaves) line = "exit";
  }
  const conf::Edited edited = conf::edit(editor_, line);
  if (edited.changed) source_.edited();
  Answer answer{edited.passed_over ? Verdict::PassedOver : Verdict::Taken, outcome(edited, line)};
  if (edited.mismatch)
    answer.verdict = edited.mismatch->understood == 0 ? Verdict::NotBegun : Verdict::NoCommand;
  return answer;
}

Outcome ConfigureMode::outcome(const conf::Edited& edited, std::string_view line) {
  const std::string removed =
      edited.block_was_removed ? "Note: somebody else has removed the block that you were in\n" : "";
  if (edited.mismatch) {
    Outcome outcome = mismatch_outcome(*edited.mismatch, rest_of(line, tokenise(line).front()));
    outcome.text.insert(0, removed);
    return outcome;
  }
  std::string text = removed;
  for (const conf::Diagnostic& diagnostic : edited.diagnostics)
    text += fmt::format("{}{}\n",
                        diagnostic.severity == conf::Severity::Error ? "% " : "Note: ", diagnostic.message);
  text += cost(edited);
  if (edited.added && edited.added->address() != nullptr && source_.is_own_address(*edited.added->address()))
    text += fmt::format("Note: {} is an address of this host\n", to_string(*edited.added));
  if (edited.narrows_pools)
    text += outside_of_pools();
  else if (edited.changed)
    outside_.clear();
  return {std::move(text), edited.accepted ? Code::Success : Code::ConfigFailed};
}

// The same ones are not told of line after line.
std::string ConfigureMode::outside_of_pools() {
  const std::string before = std::exchange(outside_, source_.outsiders());
  return outside_.empty() || outside_ == before ? "" : fmt::format("Note: {}\n", outside_);
}

// Only sessions that are there have anything to lose.
std::string ConfigureMode::cost(const conf::Edited& edited) const {
  constexpr std::size_t kMostNames = 5;
  std::vector<std::string> ended;
  for (const conf::NeighborDiff& neighbor : edited.resets)
    if (source_.is_established(fsm::peer_key(neighbor.name)))
      ended.push_back(fmt::format("{} ({})", neighbor.name, neighbor.options(conf::Impact::Reset)));
  for (const fsm::PeerKey& key : edited.removed)
    if (source_.is_established(key)) ended.push_back(to_string(key) + " (removed)");
  if (ended.empty()) return {};
  std::string text = ended.size() == 1 ? "Note: this ends the session with "
                                       : fmt::format("Note: this ends {} sessions: ", ended.size());
  for (std::size_t i = 0; i < std::min(ended.size(), kMostNames); ++i)
    text += (i == 0 ? "" : ", ") + ended[i];
  return text + (ended.size() > kMostNames ? ", …\n" : "\n");
}

std::string ConfigureMode::prompt() const {
  return std::string(conf::prompt(editor_.context()));
}

// What is around a block may be typed in it as well, but is offered only once it has been begun.
std::vector<HelpItem> ConfigureMode::help(std::string_view line) const {
  const Unfinished typed = unfinished(line);
  const std::optional<wire::Family> family = family_of(typed, editor_.block());
  std::vector<HelpItem> items;
  for (Context place = editor_.context();; place = conf::parent(place)) {
    for (const conf::Completion& found : conf::completions(place, typed.words, typed.partial)) {
      HelpItem item{found.word, std::string(found.help), {}};
      for (std::string& name : conf::names_of(source_.configuration(), found.names, family))
        if (name.starts_with(typed.partial)) item.known.push_back(std::move(name));
      items.push_back(std::move(item));
    }
    if (!items.empty() || place == Context::Top) break;
  }
  if (typed.words.empty() && std::string_view("do").starts_with(typed.partial))
    items.push_back({"do", "Run a command from outside of configure mode", {}});
  std::sort(items.begin(), items.end(), [](const auto& a, const auto& b) { return a.word < b.word; });
  return items;
}

std::vector<std::string> ConfigureMode::complete(std::string_view line) const {
  std::vector<std::string> words;
  for (const HelpItem& item : help(line)) {
    words.insert(words.end(), item.known.begin(), item.known.end());
    if (item.word.front() >= 'a' && item.word.front() <= 'z') words.push_back(item.word);
  }
  return words;
}

std::string ConfigureMode::list() const {
  return commands_of(editor_.context(), "  ");
}

std::string commands_of(conf::Context context, std::string_view before) {
  std::string text;
  for (const conf::Row* row : conf::commands()) {
    if (row->refused || !row->contexts.contains(context)) continue;
    const std::string usage = conf::usage(row->pattern.text());
    if (row->set != nullptr) text += fmt::format("{}{}\n", before, usage);
    if (row->unset != nullptr) text += fmt::format("{}no {}\n", before, usage);
  }
  return text;
}

std::string configuration_commands() {
  std::string text;
  for (const Context context : conf::kOwnContexts)
    text += commands_of(context, fmt::format("  ({})  ", conf::prompt(context)));
  return text;
}

}  // namespace lbgp::daemon::cli
