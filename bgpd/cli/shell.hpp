// SPDX-License-Identifier: Apache-2.0
// One vty connection's side of the conversation: a line in, a reply out. Owns no socket.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bgpd/cli/command_set.hpp"
#include "bgpd/cli/configure.hpp"
#include "bgpd/cli/source.hpp"

namespace lbgp::daemon::cli {

struct Reply {
  std::string text{};
  Code code = Code::Success;
  bool close = false;              // after the reply has been sent
  std::unique_ptr<Answer> rest{};  // behind the text, before the code
};

// What our own shell asks beside commands: a line that begins with ENQ and one of these letters. FRR's
// clients never send that octet.
inline constexpr char kEnquiry = '\x05';
enum class Enquiry : char {
  Complete = 'C',  // whole words that may stand in place of the last one, one per line
  Help = 'H',      // the list behind `?`, ready to print
  Prompt = 'P',    // "node1# ", "node1(config-router)# "
  Paging = 'T',  // what this session has said about paging: lines per page, 0 for none, kPaginate, or nothing
};
// The answer to Enquiry::Paging for pages as long as the window.
inline constexpr std::string_view kPaginate = "window";
[[nodiscard]] std::string enquiry_line(Enquiry enquiry, std::string_view line);

// The commands that every connection shares; built once.
class Shell {
 public:
  Shell() : exec_(exec_commands(), exec_words()) {}
  [[nodiscard]] const CommandSet& exec() const { return exec_; }

 private:
  CommandSet exec_;
};

// Who is at the other end.
struct Caller {
  bool trusted = true;  // root, or who the daemon is: may see passwords and name files anywhere
  // FRR's clients ask each daemon for its part of the configuration. We are bgpd and bfdd in one: on bgpd's
  // socket they get all of it, on bfdd's nothing.
  bool second = false;
};

// The state of one connection.
class Session {
 public:
  explicit Session(const Shell& shell, Caller caller = {}) : shell_(shell), caller_(caller) {}
  // Never throws; whatever the line holds, the answer is text for an operator.
  // Big tables are the reply's `rest`.
  [[nodiscard]] Reply start(std::string_view line, Source& source);
  // The same with all of the text at once.
  [[nodiscard]] Reply run(std::string_view line, Source& source);

 private:
  [[nodiscard]] Reply enquire(std::string_view line, Source& source) const;
  [[nodiscard]] Reply execute_piped(std::string_view line, Source& source);
  [[nodiscard]] Reply execute(std::string_view line, Source& source);
  [[nodiscard]] Reply configure(std::string_view line, Source& source);
  [[nodiscard]] MatchStatus match_outside(std::string_view line) const;  // of configure mode
  [[nodiscard]] bool begins_outside(std::string_view line) const;
  [[nodiscard]] Reply session_command(const Request& request, Source& source);
  [[nodiscard]] Reply enter_configure(const Request& request, Source& source);

  static constexpr std::size_t kHistory = 20;
  void remember(std::string_view line);

  const Shell& shell_;
  std::deque<std::string> history_;  // the last commands, oldest first
  Caller caller_;
  std::string paging_;  // the client pages, not the daemon
  std::optional<ConfigureMode> configure_;
};

// The list behind `?` in FRR's look.
[[nodiscard]] std::string help_text(const std::vector<HelpItem>& items);

}  // namespace lbgp::daemon::cli
