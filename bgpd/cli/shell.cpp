// SPDX-License-Identifier: Apache-2.0
// Runs lines: enquiries, pipes, matching, session commands; the rest goes to the handlers.
#include "bgpd/cli/shell.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "bgpd/cli/filter.hpp"
#include "bgpd/cli/handlers.hpp"
#include "conf/names.hpp"

namespace lbgp::daemon::cli {
namespace {

// What the values of commands name.
constexpr std::pair<std::string_view, conf::Names> kNames[] = {
    {"list-name", conf::Names::PrefixList},
    {"prefix-list-name", conf::Names::PrefixList},
    {"access-list-name", conf::Names::AccessList},
    {"shown-access-list", conf::Names::AccessList},
    {"filter-list-name", conf::Names::AsPathList},
    {"shown-as-path-list", conf::Names::AsPathList},
    {"community-list-name", conf::Names::CommunityList},
    {"shown-community-list", conf::Names::CommunityList},
    {"large-community-list-name", conf::Names::LargeCommunityList},
    {"shown-large-community-list", conf::Names::LargeCommunityList},
    {"table-route-map", conf::Names::RouteMap},
    {"neighbor-route-map", conf::Names::RouteMap},
    {"tested-route-map", conf::Names::RouteMap},
    {"route-map-name", conf::Names::RouteMap},
    {"group", conf::Names::PeerGroup},
    {"community-value", conf::Names::Community},
};

// `show ipv6 prefix-list` knows other names than `show ip prefix-list`.
std::optional<wire::Family> list_family(std::string_view line) {
  const Tokens words = tokenise(line);
  if (words.size() < 2) return std::nullopt;
  if (words[1].text == "ipv6") return wire::Family::Ipv6Unicast;
  if (words[1].text == "ip") return wire::Family::Ipv4Unicast;
  return std::nullopt;
}

Suggest suggestions(Source& source, std::string_view line) {
  return [&source, family = list_family(line)](std::string_view name) -> std::vector<std::string> {
    if (name == "instance") return {"all", "default"};
    if (name == "neighbor")
      return source.has_instance() ? source.neighbor_names() : std::vector<std::string>();
    for (const auto& [value, names] : kNames)
      if (name == value) return conf::names_of(source.configuration(), names, family);
    return {};
  };
}

Reply problem(MatchStatus status, std::string_view line) {
  switch (status) {
    case MatchStatus::NoMatch:
      return {fmt::format("% Unknown command: {}\n", line), Code::NoMatch};
    case MatchStatus::Ambiguous:
      return {"% Ambiguous command.\n", Code::Ambiguous};
    case MatchStatus::Incomplete:
      return {"% Command incomplete.\n", Code::Incomplete};
    case MatchStatus::Ok:
    case MatchStatus::Empty:
      break;
  }
  return {};
}

std::string command_list(const CommandSet& commands) {
  std::string text;
  for (const CommandSpec& spec : commands.commands())
    text += fmt::format("  {}\n", conf::usage(spec.pattern));
  return text;
}

bool begins_with_do(std::string_view line) {
  const Tokens words = tokenise(line);
  return words.size() > 1 && words[0].text == "do";
}
// `do show …` works outside of configure mode as well: fingers type it.
std::string_view without_do(std::string_view line) {
  return begins_with_do(line) ? line.substr(tokenise(line)[1].begin) : line;
}

// vtysh puts the lines of a file between these.
bool is_bracket(std::string_view line) {
  return line == "XFRR_start_configuration" || line == "XFRR_end_configuration";
}

// An answer of which only some lines are wanted.
class FilteredAnswer final : public Answer {
 public:
  FilteredAnswer(std::unique_ptr<Answer> whole, LineFilter lines)
      : whole_(std::move(whole)), lines_(std::move(lines)) {}
  bool next(Source& source, std::string& out) override {
    std::string piece;
    const bool more = whole_->next(source, piece);
    lines_.feed(piece, out);
    if (!more) lines_.finish(out);
    return more;
  }

 private:
  std::unique_ptr<Answer> whole_;
  LineFilter lines_;
};

}  // namespace

std::string enquiry_line(Enquiry enquiry, std::string_view line) {
  return std::string{kEnquiry, static_cast<char>(enquiry)} + std::string(line);
}

std::string help_text(const std::vector<HelpItem>& items) {
  if (items.empty()) return "% There is no matched command.\n";
  std::size_t width = 0;
  for (const HelpItem& item : items) width = std::max(width, item.word.size());
  std::string text;
  for (const HelpItem& item : items) {
    text += item.help.empty() ? fmt::format("  {}\n", item.word)
                              : fmt::format("  {:<{}}  {}\n", item.word, width, item.help);
    if (item.known.empty()) continue;
    text += "    ";
    for (const std::string& known : item.known) text += ' ' + known;
    text += '\n';
  }
  return text;
}

Reply Session::run(std::string_view line, Source& source) {
  Reply reply = start(line, source);
  while (reply.rest != nullptr && reply.rest->next(source, reply.text)) {
  }
  reply.rest.reset();
  return reply;
}

Reply Session::start(std::string_view line, Source& source) {
  if (!line.empty() && line.front() == kEnquiry) return enquire(line.substr(1), source);
  if (is_bracket(line)) return {};
  return configure_ && !begins_with_do(line) ? configure(line, source) : execute_piped(line, source);
}

// Whatever stands outside of configure mode may be typed in it, as far as configuration has no such command.
Reply Session::configure(std::string_view line, Source& source) {
  using Verdict = ConfigureMode::Verdict;
  ConfigureMode::Answer answer = configure_->run(line);
  if (answer.verdict == Verdict::Leave) configure_.reset();
  const bool elsewhere =
      (answer.verdict == Verdict::NoCommand && match_outside(line) == MatchStatus::Ok) ||
      (answer.verdict == Verdict::NotBegun && match_outside(line) != MatchStatus::NoMatch) ||
      (answer.verdict == Verdict::PassedOver && begins_outside(line));
  if (elsewhere) return execute_piped(line, source);
  // vtysh gives a line to every daemon that knows it: one of us has something to say about it.
  if (caller_.second && answer.reply.code == Code::Success) answer.reply.text.clear();
  return {std::move(answer.reply.text), answer.reply.code};
}

MatchStatus Session::match_outside(std::string_view line) const {
  const PipedLine piped = split_pipe(line);
  return piped.error.empty() ? shell_.exec().match(piped.command).status : MatchStatus::NoMatch;
}

// In another daemon's block every line might be its own, but for those that begin as no configuration does.
bool Session::begins_outside(std::string_view line) const {
  const Tokens words = tokenise(line);
  const bool asks = !words.empty() && words.front().text.size() > 1 &&
                    std::string_view("show").starts_with(words.front().text);
  return asks || match_outside(line) != MatchStatus::NoMatch;
}

Reply Session::execute_piped(std::string_view line, Source& source) {
  const PipedLine piped = split_pipe(line);
  if (!piped.error.empty()) return {piped.error, Code::Warning};
  Reply reply = execute(without_do(piped.command), source);
  remember(line);
  if (!piped.filter || reply.code == Code::NoMatch) return reply;
  LineFilter lines(*piped.filter);
  if (!lines.problem().empty()) return {lines.problem(), Code::Warning, reply.close};
  const std::string text = std::exchange(reply.text, {});
  lines.feed(text, reply.text);
  if (reply.rest != nullptr)
    reply.rest = std::make_unique<FilteredAnswer>(std::move(reply.rest), std::move(lines));
  else
    lines.finish(reply.text);
  return reply;
}

void Session::remember(std::string_view line) {
  const Tokens words = tokenise(line);
  if (words.empty()) return;
  history_.emplace_back(rest_of(line, words.front()));
  if (history_.size() > kHistory) history_.pop_front();
}

Reply Session::enquire(std::string_view line, Source& source) const {
  const char letter = line.empty() ? '\0' : line.front();
  const std::string_view whole = line.substr(line.empty() ? 0 : 1);
  const std::string_view typed = without_do(whole);
  const bool here = configure_ && !begins_with_do(whole);  // else of the commands outside of configure mode
  switch (static_cast<Enquiry>(letter)) {
    case Enquiry::Complete: {
      std::vector<std::string> words;
      if (here) words = configure_->complete(typed);
      if (words.empty()) words = shell_.exec().complete(typed, suggestions(source, typed));
      std::string text;
      for (const std::string& word : words) text += word + '\n';
      return {std::move(text)};
    }
    case Enquiry::Help: {
      std::vector<HelpItem> items;
      if (here) items = configure_->help(typed);
      if (items.empty()) items = shell_.exec().help(typed, suggestions(source, typed));
      return {help_text(items)};
    }
    case Enquiry::Paging:
      return {paging_};
    case Enquiry::Prompt:
      return {source.hostname() + (configure_ ? fmt::format("({})# ", configure_->prompt()) : "# ")};
  }
  return {"% Unknown enquiry\n", Code::NoMatch};
}

Reply Session::execute(std::string_view line, Source& source) {
  const Match match = shell_.exec().match(line);
  if (match.status != MatchStatus::Ok) {
    const Tokens words = tokenise(line);
    return problem(match.status, words.empty() ? line : rest_of(line, words.front()));
  }
  Request request = make_request(match);
  request.trusted = caller_.trusted;
  if (caller_.second && (request.id == CommandId::Write || request.id == CommandId::ShowRunningConfig))
    return {};
  if (const Handler handler = find_handler(request.id)) {
    source.settle();
    Outcome outcome = handler(request, source);
    return {std::move(outcome.text), outcome.code, false, std::move(outcome.rest)};
  }
  return session_command(request, source);
}

Reply Session::enter_configure(const Request& request, Source& source) {
  Outcome outcome;
  if (request.number != 0) outcome = source.confirm_within(std::chrono::minutes(request.number));
  if (outcome.code == Code::Success) configure_.emplace(source);
  return {std::move(outcome.text), outcome.code};
}

Reply Session::session_command(const Request& request, Source& source) {
  switch (request.id) {
    case CommandId::Configure:
      return enter_configure(request, source);
    case CommandId::Exit:
      return {"", Code::Success, true};
    case CommandId::TerminalLength:
      paging_ = fmt::format("{}", request.number);
      return {};
    case CommandId::TerminalNoLength:
      paging_.clear();
      return {};
    case CommandId::TerminalPaginate:
      paging_ = kPaginate;
      return {};
    case CommandId::TerminalNoPaginate:
      paging_ = "0";
      return {};
    case CommandId::ShowHistory: {
      std::string text;
      for (const std::string& line : history_) text += fmt::format("  {}\n", line);
      return {std::move(text)};
    }
    case CommandId::List:
      return {configure_ ? configure_->list() : command_list(shell_.exec())};
    case CommandId::Find: {
      FilterResult found = run_filter({FilterKind::Include, request.name},
                                      command_list(shell_.exec()) + configuration_commands());
      if (!found.error.empty()) return {std::move(found.error), Code::Warning};
      return {std::move(found.text)};
    }
    default:
      return {};  // enable, disable and end change nothing here
  }
}

}  // namespace lbgp::daemon::cli
