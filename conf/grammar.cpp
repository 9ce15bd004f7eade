// SPDX-License-Identifier: Apache-2.0
// The matching machine: all commands are followed at once, word by word, so a line costs one pass.
#include "conf/grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "conf/names.hpp"
#include "conf/nearest.hpp"
#include "wire/community.hpp"

namespace lbgp::conf {
namespace {

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// How well a word fits a token. Only the exact keyword drives out everything else: an abbreviation and a name
// may both go on, and what comes later decides.
enum class Fit : std::uint8_t { None, Name, Abbreviation, Argument, Exact };

// What a word could be, each kind looked at once however many commands ask.
class WordView {
 public:
  explicit WordView(std::string_view text) : text_(text) {}

  Fit fit(const Pattern& pattern, const Instruction& token) {
    switch (token.kind) {
      case TokenKind::Keyword:
        return keyword(pattern.word(token));
      case TokenKind::Number: {
        if (!is(TokenKind::Number)) return Fit::None;
        const NumberRange range = pattern.range(token);
        return number_ >= range.low && number_ <= range.high ? Fit::Argument : Fit::None;
      }
      case TokenKind::Word:
      case TokenKind::Peer:
      case TokenKind::Rest:
        return Fit::Name;
      default:
        return is(token.kind) ? Fit::Argument : Fit::None;
    }
  }

 private:
  [[nodiscard]] Fit keyword(std::string_view keyword) const {
    if (!keyword.starts_with(text_)) return Fit::None;
    return keyword.size() == text_.size() ? Fit::Exact : Fit::Abbreviation;
  }
  bool is(TokenKind kind) {
    std::optional<bool>& known = known_[static_cast<std::size_t>(kind)];
    if (!known) known = look(kind);
    return *known;
  }
  bool look(TokenKind kind) {
    switch (kind) {
      case TokenKind::Number: {
        const auto number = parse_number(text_);
        number_ = number.value_or(0);
        return number.has_value();
      }
      case TokenKind::As: {
        const auto as = wire::parse_as_number(text_);
        return as && as->value() != 0;  // RFC 7607: AS 0 is nobody's
      }
      case TokenKind::Ipv4:
      case TokenKind::Ipv6: {
        const auto address = wire::parse_address(text_);
        return address && address->is_v4() == (kind == TokenKind::Ipv4);
      }
      case TokenKind::Ipv4Prefix:
      case TokenKind::Ipv6Prefix: {
        const auto prefix = wire::parse_prefix_lenient(text_);
        return prefix && prefix->address().is_v4() == (kind == TokenKind::Ipv4Prefix);
      }
      case TokenKind::Community:
        return wire::parse_community(text_).has_value();
      case TokenKind::LargeCommunity:
        return wire::parse_large_community(text_).has_value();
      default:
        return false;
    }
  }

  std::string_view text_;
  std::uint32_t number_ = 0;
  std::array<std::optional<bool>, 12> known_;
};

constexpr std::uint32_t kNoStep = 0xffffffff;

// One way through one pattern.
struct Thread {
  const Row* row = nullptr;
  std::uint8_t at = 0;           // the instruction to come: a token or Accept
  std::uint32_t last = kNoStep;  // the step that led here
};
struct Step {
  std::uint8_t token = 0;
  Fit fit = Fit::None;
  std::uint32_t previous = kNoStep;
};

class Machine {
 public:
  // All commands of a context; with `first` given, only those whose first word may begin so.
  Machine(Context context, bool no, std::optional<char> first = std::nullopt) : no_(no) {
    for (const Row* row : commands()) {
      if (first && !row->pattern.may_begin_with(*first)) continue;
      if (row->contexts.contains(context) && (no ? row->unset : row->set) != nullptr) start(*row);
    }
    threads_.swap(next_);
  }

  // False: no command goes on with this word; the threads stay as they were.
  bool feed(std::string_view word) {
    WordView view(word);
    fits_.clear();
    Fit best = Fit::None;
    for (const Thread& thread : threads_) {
      const Instruction& token = thread.row->pattern[thread.at];
      const bool is_token = token.op == Instruction::Op::Token;
      fits_.push_back(is_token ? view.fit(thread.row->pattern, token) : Fit::None);
      best = std::max(best, fits_.back());
    }
    if (best == Fit::None) return false;
    next_.clear();
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (fits_[i] == Fit::None || (best == Fit::Exact && fits_[i] != Fit::Exact)) continue;
      const Thread& thread = threads_[i];
      steps_.push_back({thread.at, fits_[i], thread.last});
      visited_ = 0;
      advance({thread.row, static_cast<std::uint8_t>(thread.at + 1),
               static_cast<std::uint32_t>(steps_.size() - 1)});
    }
    threads_.swap(next_);
    return true;
  }

  [[nodiscard]] const std::vector<Thread>& threads() const { return threads_; }
  [[nodiscard]] const Step& step(std::uint32_t at) const { return steps_[at]; }
  static const Instruction& instruction(const Thread& thread) { return thread.row->pattern[thread.at]; }

 private:
  void start(const Row& row) {
    visited_ = 0;
    advance({&row, 0, kNoStep});
  }
  // Follows everything that takes no word.
  void advance(Thread thread) {
    const std::uint64_t bit = 1ULL << thread.at;
    if ((visited_ & bit) != 0) return;
    visited_ |= bit;
    const Instruction& instruction = thread.row->pattern[thread.at];
    const auto go = [&](std::size_t at) {
      advance({thread.row, static_cast<std::uint8_t>(at), thread.last});
    };
    switch (instruction.op) {
      case Instruction::Op::Token:
      case Instruction::Op::Accept:
        next_.push_back(thread);
        return;
      case Instruction::Op::Jump:
        go(instruction.to);
        return;
      case Instruction::Op::Split:
        go(thread.at + 1U);
        go(instruction.to);
        return;
      case Instruction::Op::SplitInNo:
        go(thread.at + 1U);
        if (no_) go(instruction.to);
        return;
    }
  }

  bool no_;
  std::vector<Thread> threads_, next_;
  std::vector<Fit> fits_;
  std::vector<Step> steps_;
  std::uint64_t visited_ = 0;
};

// --- errors
// -------------------------------------------------------------------------------------------------

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return fmt::format("\"{}\"", text);
  return fmt::format("\"{}…\"", text.substr(0, kLongest));
}

// The words that could stand here, without doubles, in the table's order.
std::vector<std::string_view> expected(const Machine& machine) {
  std::vector<std::string_view> words;
  for (const Thread& thread : machine.threads()) {
    const Instruction& token = Machine::instruction(thread);
    if (token.op != Instruction::Op::Token || thread.row->refused) continue;
    const std::string_view word = thread.row->pattern.word(token);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
  }
  return words;
}

std::string list(std::span<const std::string_view> words) {
  constexpr std::size_t kMost = 6;
  std::string text;
  for (std::size_t i = 0; i < std::min(words.size(), kMost); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  if (words.size() > kMost) text += ", …";
  return text;
}

// Without the kinds of arguments: "(1-255)", "A.B.C.D".
std::vector<std::string_view> keywords(std::span<const std::string_view> words) {
  std::vector<std::string_view> found;
  for (std::string_view word : words)
    if (word.front() >= 'a' && word.front() <= 'z') found.push_back(word);
  return found;
}

std::string not_understood(std::string_view word, std::span<const std::string_view> words) {
  if (words.empty()) return fmt::format("{} is too much: the command ends before it", quoted(word));
  const std::vector<std::string_view> known = keywords(words);
  if (const auto near = nearest(word, known); !near.empty())
    return fmt::format("unknown word {}; did you mean \"{}\"?", quoted(word), near);
  if (known.empty()) return fmt::format("invalid value {}; expected {}", quoted(word), list(words));
  return fmt::format("unknown word {}; expected {}", quoted(word), list(words));
}

// `words` is empty where only commands go on that nobody is offered.
std::string incomplete(std::span<const std::string_view> words) {
  return words.empty() ? "incomplete command" : fmt::format("incomplete command; expected {}", list(words));
}

Position behind(const Line& line) {
  const Word& last = line.words.back();
  return {line.number, last.column + static_cast<std::uint32_t>(last.text.size())};
}

// --- the result
// ---------------------------------------------------------------------------------------------

std::vector<Step> path(const Machine& machine, std::uint32_t last) {
  std::vector<Step> steps;
  for (std::uint32_t at = last; at != kNoStep; at = machine.step(at).previous)
    steps.push_back(machine.step(at));
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::size_t abbreviations(const std::vector<Step>& steps) {
  return static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [](const Step& s) { return s.fit == Fit::Abbreviation; }));
}

// The command that the words make up, when several patterns reach their end: one that needs no abbreviation
// before one that does. Two that do: nobody can know.
struct Decision {
  const Thread* thread = nullptr;
  std::vector<Step> steps;
  std::vector<std::string_view> rivals;  // what the ambiguous word could mean
  std::size_t rival_word = 0;
};

Decision decide(const Machine& machine) {
  Decision best;
  std::size_t best_count = 0;
  for (const Thread& thread : machine.threads()) {
    if (Machine::instruction(thread).op != Instruction::Op::Accept) continue;
    std::vector<Step> steps = path(machine, thread.last);
    const std::size_t count = abbreviations(steps);
    const bool known = best.thread != nullptr;
    if (known && thread.row->refused) continue;
    if (!known || best.thread->row->refused || (count == 0 && best_count != 0)) {
      best = {&thread, std::move(steps), {}, 0};
      best_count = count;
      continue;
    }
    if (best_count == 0 || count == 0) continue;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Pattern& mine = best.thread->row->pattern;
      const Pattern& other = thread.row->pattern;
      const auto a = mine.word(mine[best.steps[i].token]);
      const auto b = other.word(other[steps[i].token]);
      if (a == b || steps[i].fit != Fit::Abbreviation) continue;
      if (best.rivals.empty()) best.rivals.push_back(a);
      if (std::find(best.rivals.begin(), best.rivals.end(), b) == best.rivals.end()) best.rivals.push_back(b);
      best.rival_word = i;
      break;
    }
  }
  return best;
}

MatchResult match_in(const Line& line, Context context) {
  const bool no = line.words.front().text == "no";
  const std::size_t first = no ? 1 : 0;
  // A lone `no` is answered with everything that may follow.
  const bool lone = line.words.size() == first;
  Machine machine(context, no, lone ? std::nullopt : std::optional(line.words[first].text.front()));
  for (std::size_t i = first; i < line.words.size(); ++i) {
    const Word& word = line.words[i];
    if (!machine.feed(word.text))
      return Mismatch{{line.number, word.column}, not_understood(word.text, expected(machine)), i};
  }
  Decision decision = decide(machine);
  if (decision.thread == nullptr)
    return Mismatch{behind(line), incomplete(expected(machine)), line.words.size(),
                    Mismatch::Kind::Incomplete};
  if (!decision.rivals.empty()) {
    const std::size_t at = first + decision.rival_word;
    return Mismatch{{line.number, line.words[at].column},
                    fmt::format("{} is ambiguous: {}", quoted(line.words[at].text), list(decision.rivals)),
                    line.words.size(),
                    Mismatch::Kind::Ambiguous};
  }
  const Row& row = *decision.thread->row;
  std::vector<Args::Item> items;
  for (std::size_t i = 0; i < decision.steps.size(); ++i)
    items.push_back({&row.pattern[decision.steps[i].token], line.words[first + i]});
  return Match{&row, no, context, Args(row.pattern, line, std::move(items))};
}

// The first word is known nowhere: offer what begins a command here or around.
Mismatch unknown_command(const Line& line, Context context, bool no) {
  std::vector<std::string_view> words;
  if (!no) words.push_back("no");
  for (Context place = context;; place = parent(place)) {
    const std::vector<std::string_view> more = expected(Machine(place, no));
    words.insert(words.end(), more.begin(), more.end());
    if (place == Context::Top) break;
  }
  const Word& word = line.words[no ? 1 : 0];
  const auto near = nearest(word.text, keywords(words));
  return {{line.number, word.column},
          near.empty() ? fmt::format("unknown command {}", quoted(word.text))
                       : fmt::format("unknown command {}; did you mean \"{}\"?", quoted(word.text), near),
          no ? 1U : 0U};
}

}  // namespace

std::string_view prompt(Context context) {
  switch (context) {
    case Context::Top:
      return "config";
    case Context::Router:
      return "config-router";
    case Context::AddressFamily:
      return "config-router-af";
    case Context::RouteMap:
      return "config-route-map";
    case Context::VipPool:
      return "config-vip-pool";
    case Context::LineVty:
      return "config-line";
    case Context::Bfd:
      return "config-bfd";
    case Context::BfdProfile:
      return "config-bfd-profile";
    case Context::BfdPeer:
      return "config-bfd-peer";
    case Context::Foreign:
    case Context::ForeignFamily:
      return "config-other";
  }
  return "config";
}

namespace {

// What no address family has leaves one, as in FRR, also one that is not for us.
bool is_only_the_routers(const MatchResult& result) {
  const Match* found = std::get_if<Match>(&result);
  return found != nullptr && !found->row->refused && !found->row->contexts.contains(Context::AddressFamily);
}

MatchResult match_foreign(const Line& line, Context context) {
  MatchResult own = match_in(line, context);
  const Match* found = std::get_if<Match>(&own);
  if (found != nullptr && found->row->pattern[0].kind != TokenKind::Rest) return own;
  if (context == Context::ForeignFamily) {
    MatchResult router = match_in(line, Context::Router);
    if (is_only_the_routers(router)) return router;
  }
  MatchResult outer = match_in(line, Context::Top);
  // "router bgp" begins like "router ospf", which ends a block of another daemon as well.
  return found == nullptr || std::holds_alternative<Match>(outer) ? outer : own;
}

}  // namespace

MatchResult match(const Line& line, Context context) {
  if (is_foreign(context)) return match_foreign(line, context);
  std::optional<Mismatch> furthest;
  std::optional<Match> refused;  // here; an outer block may know it
  for (Context place = context;; place = parent(place)) {
    MatchResult result = match_in(line, place);
    if (Match* found = std::get_if<Match>(&result)) {
      if (!found->row->refused) return result;
      if (!refused) refused = std::move(*found);
    } else if (Mismatch& mismatch = std::get<Mismatch>(result);
               !furthest || mismatch.understood > furthest->understood) {
      furthest = std::move(mismatch);
    }
    if (place == Context::Top) break;
  }
  if (refused) return *refused;
  const bool no = line.words.front().text == "no";
  if (line.words.size() > (no ? 1U : 0U) && furthest->understood == (no ? 1U : 0U))
    return unknown_command(line, context, no);
  return *furthest;
}

std::string help_key(const Pattern& pattern, const Instruction& token) {
  const std::string_view name = pattern.name(token);
  const bool spelled = token.kind == TokenKind::Keyword || token.kind == TokenKind::Community ||
                       token.kind == TokenKind::LargeCommunity;
  if (spelled || name.empty()) return std::string(pattern.word(token));
  return fmt::format("${}", name);
}

std::string usage(std::string_view pattern) {
  std::string out;
  bool in_name = false;
  for (const char c : pattern) {
    if (c == '$') in_name = true;
    if (in_name && std::string_view(" |>]}").find(c) != std::string_view::npos) in_name = false;
    if (!in_name && c != '{' && c != '}') out += c;
  }
  return out;
}

std::vector<Completion> completions(Context context, std::span<const std::string_view> words,
                                    std::string_view partial) {
  const bool no = !words.empty() && words.front() == "no";
  Machine machine(context, no);
  for (std::string_view word : words.subspan(no ? 1 : 0))
    if (!machine.feed(word)) return {};
  std::vector<Completion> found;
  const auto add = [&](Completion completion) {
    const auto known = std::find_if(found.begin(), found.end(),
                                    [&](const Completion& c) { return c.word == completion.word; });
    if (known == found.end())
      found.push_back(std::move(completion));
    else if (known->names == Names::None)
      known->names = completion.names;
  };
  for (const Thread& thread : machine.threads()) {
    const Pattern& pattern = thread.row->pattern;
    const Instruction& token = pattern[thread.at];
    if (thread.row->refused) continue;
    if (token.op == Instruction::Op::Accept) {
      if (partial.empty()) add({"<cr>", "", false, Names::None});
      continue;
    }
    const bool keyword = token.kind == TokenKind::Keyword;
    const std::string_view word = pattern.word(token);
    const Names names = names_in(pattern, token);
    if (keyword && !word.starts_with(partial)) continue;
    // Of a name, or of a well-known community, the beginning may be there.
    if (!keyword && !partial.empty() && names == Names::None &&
        WordView(partial).fit(pattern, token) == Fit::None)
      continue;
    add({std::string(word), help(*thread.row, token), keyword, names});
  }
  if (words.empty() && std::string_view("no").starts_with(partial))
    add({"no", help("no"), true, Names::None});
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.word < b.word; });
  return found;
}

// --- Args
// ---------------------------------------------------------------------------------------------------

const Args::Item* Args::find(std::string_view name) const {
  for (const Item& item : items_)
    if (pattern_->name(*item.token) == name) return &item;
  for (const Item& item : items_)  // "seq" names the number before it means the keyword
    if (pattern_->word(*item.token) == name) return &item;
  return nullptr;
}

std::string_view Args::text(std::string_view name) const {
  const Item* item = find(name);
  if (item == nullptr) return {};
  return item->token->kind == TokenKind::Keyword ? pattern_->word(*item->token) : item->word.text;
}

std::string_view Args::rest(std::string_view name) const {
  const Item* item = find(name);
  if (item == nullptr) return {};
  const char* end = line_->text.data() + line_->text.size();
  return {item->word.text.data(), static_cast<std::size_t>(end - item->word.text.data())};
}

std::string_view Args::value() const {
  const std::string_view name = value_name();
  const Item* item = name.empty() ? nullptr : find(name);
  return item != nullptr && item->token->kind == TokenKind::Rest ? rest(name) : text(name);
}

std::uint32_t Args::number(std::string_view name) const {
  return parse_number(text(name)).value_or(0);
}
wire::AsNumber Args::as_number(std::string_view name) const {
  return wire::parse_as_number(text(name)).value_or(wire::AsNumber{});
}
wire::IpAddress Args::address(std::string_view name) const {
  return wire::parse_address(text(name)).value_or(wire::IpAddress{});
}
wire::Prefix Args::prefix(std::string_view name) const {
  return wire::parse_prefix_lenient(text(name)).value_or(wire::Prefix{});
}

std::vector<Word> Args::all(std::string_view name) const {
  std::vector<Word> words;
  for (const Item& item : items_)
    if (pattern_->name(*item.token) == name) words.push_back(item.word);
  return words;
}

Position Args::position(std::string_view name) const {
  const Item* item = name.empty() ? nullptr : find(name);
  return item == nullptr ? position() : Position{line_->number, item->word.column};
}
Position Args::position() const {
  return {line_->number, line_->words.front().column};
}

std::string_view Args::value_name() const {
  std::string_view name;
  for (const Item& item : items_)
    if (const std::string_view known = pattern_->name(*item.token); !known.empty()) name = known;
  return name;
}

std::string Args::canonical() const {
  std::string text;
  for (const Item& item : items_) {
    if (!text.empty()) text += ' ';
    const bool keyword = item.token->kind == TokenKind::Keyword;
    text += keyword ? pattern_->word(*item.token) : item.word.text;
  }
  return text;
}

}  // namespace lbgp::conf
