// SPDX-License-Identifier: Apache-2.0
// Line editing with libedit; everything that it shows comes from the daemon.
#include "tools/lbgpsh_terminal.hpp"

#include <histedit.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bgpd/cli/shell.hpp"

namespace lbgp::tools {
namespace {

using daemon::cli::Enquiry;
using daemon::cli::enquiry_line;

constexpr int kHistoryLines = 1000;

struct WindowSize {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

WindowSize window_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

// Lines of the screen that the text takes.
std::size_t height(std::string_view text, std::size_t columns) {
  std::size_t rows = 0;
  while (!text.empty()) {
    const std::size_t line = std::min(text.find('\n'), text.size());
    rows += 1 + (line == 0 ? 0 : (line - 1) / columns);
    text.remove_prefix(std::min(line + 1, text.size()));
  }
  return rows;
}

// An environment variable; nothing: it is not set, or empty.
std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

// How many lines are shown at once; nothing: all there are. As in FRR's vtysh of today there is no pager
// unless somebody asks for one, in the environment or at the prompt.
std::optional<std::size_t> page_length(VtyLink& link, const WindowSize& window) {
  const auto said = link.ask(enquiry_line(Enquiry::Paging, ""));
  if (!said) return std::nullopt;
  if (said->text.empty()) return environment("VTYSH_PAGER") ? std::optional(window.rows) : std::nullopt;
  if (said->text == daemon::cli::kPaginate) return window.rows;
  const std::size_t lines = std::strtoul(said->text.c_str(), nullptr, 10);
  return lines == 0 ? std::nullopt : std::optional(lines);
}

void print(VtyLink& link, const std::string& text) {
  const WindowSize window = window_size();
  const bool screen = !text.empty() && ::isatty(STDOUT_FILENO) != 0;
  const std::optional<std::size_t> page = screen ? page_length(link, window) : std::nullopt;
  if (!page || height(text, window.columns) < *page) {
    std::cout << text << std::flush;
    return;
  }
  const std::string pager = environment("VTYSH_PAGER").value_or(environment("PAGER").value_or("less -X"));
  const auto broken_pipe = ::signal(SIGPIPE, SIG_IGN);  // the pager may be left before the end
  if (std::FILE* pipe = ::popen(pager.c_str(), "w")) {
    std::fwrite(text.data(), 1, text.size(), pipe);
    ::pclose(pipe);
  }
  ::signal(SIGPIPE, broken_pipe);
}

// Columns of words, as shells show completions.
std::string in_columns(const std::vector<std::string>& words) {
  std::size_t width = 0;
  for (const std::string& word : words) width = std::max(width, word.size() + 2);
  const std::size_t per_row = std::max<std::size_t>(1, window_size().columns / width);
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool last = i + 1 == words.size() || (i + 1) % per_row == 0;
    out += words[i] + (last ? std::string("\n") : std::string(width - words[i].size(), ' '));
  }
  return out;
}

std::string common_beginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words)
    common.resize(static_cast<std::size_t>(
        std::mismatch(common.begin(), common.end(), word.begin(), word.end()).first - common.begin()));
  return common;
}

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

volatile sig_atomic_t interrupted = 0;

class Terminal {
 public:
  explicit Terminal(VtyLink& link);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  void run();

 private:
  static Terminal& self(EditLine* editor);
  static char* show_prompt(EditLine* editor);
  static unsigned char on_tab(EditLine* editor, int key);
  static unsigned char on_question_mark(EditLine* editor, int key);

  [[nodiscard]] static std::string typed(EditLine* editor);
  void refresh_prompt();
  void remember(const std::string& line);
  [[nodiscard]] bool answer(const std::string& line);  // false: the end

  VtyLink& link_;
  std::string prompt_ = "lbgpsh# ";
  std::string history_file_;
  EditLine* editor_;
  History* history_;
  HistEvent event_{};
};

Terminal::Terminal(VtyLink& link)
    : link_(link), editor_(::el_init("lbgpsh", stdin, stdout, stderr)), history_(::history_init()) {
  if (const char* home = std::getenv("HOME")) history_file_ = std::string(home) + "/.lbgpsh_history";
  ::history(history_, &event_, H_SETSIZE, kHistoryLines);
  ::history(history_, &event_, H_SETUNIQUE, 1);
  if (!history_file_.empty()) ::history(history_, &event_, H_LOAD, history_file_.c_str());
  ::el_set(editor_, EL_CLIENTDATA, this);
  ::el_set(editor_, EL_PROMPT, &Terminal::show_prompt);
  ::el_set(editor_, EL_EDITOR, "emacs");
  ::el_set(editor_, EL_HIST, ::history, history_);
  ::el_set(editor_, EL_ADDFN, "lbgp-complete", "Complete the word", &Terminal::on_tab);
  ::el_set(editor_, EL_ADDFN, "lbgp-help", "Show what may follow", &Terminal::on_question_mark);
  ::el_set(editor_, EL_BIND, "\t", "lbgp-complete", nullptr);
  ::el_set(editor_, EL_BIND, "?", "lbgp-help", nullptr);
  ::el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
}

Terminal::~Terminal() {
  if (!history_file_.empty()) ::history(history_, &event_, H_SAVE, history_file_.c_str());
  ::history_end(history_);
  ::el_end(editor_);
}

Terminal& Terminal::self(EditLine* editor) {
  void* data = nullptr;
  ::el_get(editor, EL_CLIENTDATA, &data);
  return *static_cast<Terminal*>(data);
}

char* Terminal::show_prompt(EditLine* editor) {
  return self(editor).prompt_.data();
}

std::string Terminal::typed(EditLine* editor) {
  const LineInfo* line = ::el_line(editor);
  return {line->buffer, line->cursor};
}

unsigned char Terminal::on_tab(EditLine* editor, int) {
  const std::string before = typed(editor);
  const auto reply = self(editor).link_.ask(enquiry_line(Enquiry::Complete, before));
  if (!reply) return CC_ERROR;
  const std::vector<std::string> words = split_lines(reply->text);
  if (words.empty()) return CC_REFRESH_BEEP;
  const std::size_t blank = before.find_last_of(" \t");
  const std::size_t unfinished = before.size() - (blank == std::string::npos ? 0 : blank + 1);
  std::string more = common_beginning(words).substr(std::min(unfinished, common_beginning(words).size()));
  if (words.size() == 1) more += ' ';
  if (!more.empty()) {
    ::el_insertstr(editor, more.c_str());
    return CC_REFRESH;
  }
  std::cout << '\n' << in_columns(words) << std::flush;
  return CC_REDISPLAY;
}

unsigned char Terminal::on_question_mark(EditLine* editor, int) {
  const auto reply = self(editor).link_.ask(enquiry_line(Enquiry::Help, typed(editor)));
  std::cout << "?\n" << (reply ? reply->text : self(editor).link_.problem() + '\n') << std::flush;
  return CC_REDISPLAY;
}

void Terminal::refresh_prompt() {
  if (const auto reply = link_.ask(enquiry_line(Enquiry::Prompt, ""))) prompt_ = reply->text;
}

void Terminal::remember(const std::string& line) {
  if (line.find_first_not_of(" \t") != std::string::npos) ::history(history_, &event_, H_ENTER, line.c_str());
}

bool Terminal::answer(const std::string& line) {
  const auto reply = link_.ask(line);
  if (!reply) {
    std::cerr << link_.problem() << '\n';
    return true;  // the daemon may come back
  }
  print(link_, reply->text);
  return !link_.hung_up_after(line);
}

void Terminal::run() {
  for (;;) {
    refresh_prompt();
    int size = 0;
    interrupted = 0;
    const char* read = ::el_gets(editor_, &size);
    if (read == nullptr && interrupted != 0) {  // Ctrl-C drops the line
      std::cout << '\n';
      ::el_reset(editor_);
      continue;
    }
    if (read == nullptr || size <= 0) break;
    std::string line(read, static_cast<std::size_t>(size));
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    remember(line);
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    if (!answer(line)) return;
  }
  std::cout << '\n';
}

void plain(VtyLink& link) {
  for (std::string line; std::getline(std::cin, line);) {
    const auto reply = link.ask(line);
    if (!reply) {
      std::cerr << link.problem() << '\n';
      return;
    }
    std::cout << reply->text << std::flush;
    if (link.hung_up_after(line)) return;
  }
}

}  // namespace

void interact(VtyLink& link) {
  if (!::isatty(STDIN_FILENO)) return plain(link);
  // Without SA_RESTART, so that waiting for an answer ends on Ctrl-C.
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &action, nullptr);
  Terminal(link).run();
}

}  // namespace lbgp::tools
