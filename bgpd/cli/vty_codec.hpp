// SPDX-License-Identifier: Apache-2.0
// FRR's vty socket protocol: a line that ends in NUL one way, text and four status octets the other way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lbgp::daemon::cli {

// Results of a command as FRR numbers them; they travel on the vty socket.
enum class Code : std::uint8_t {
  Success = 0,
  Warning = 1,
  NoMatch = 2,
  Ambiguous = 3,
  Incomplete = 4,
  ConfigFailed = 13,
};

inline constexpr std::size_t kMaxLine = 65536;  // octets, without the terminator

// Cuts what a client sends into lines. A line ends in NUL (vtysh), in a newline (`nc -U`), or in both, as
// vtysh sends the lines of a file; a carriage return before it is dropped. NUL NUL gives one line, then an
// empty one: the caller answers every line. After a line longer than kMaxLine the splitter is dead: the
// connection has to be closed.
class LineSplitter {
 public:
  // False once a line has become too long; nothing more is taken then.
  [[nodiscard]] bool feed(std::string_view octets);
  // The next whole line, without its end.
  [[nodiscard]] std::optional<std::string> next();
  [[nodiscard]] bool overflowed() const { return overflowed_; }

 private:
  std::string buffer_;
  std::size_t scanned_ = 0;     // no line end before this place
  bool after_newline_ = false;  // a NUL that comes next belongs to the line before it
  std::size_t incomplete_ = 0;  // octets behind the last line end
  bool overflowed_ = false;
};

// Text, three NUL, the code. A NUL inside the text would end it for the client, so it is left out.
[[nodiscard]] std::string encode_reply(std::string_view text, Code code);
// The same in pieces: any number of texts, then the status.
void append_text(std::string& out, std::string_view text);
void append_status(std::string& out, Code code);

// The client's side: collects a reply. FRR's clients look for the status at the end of what has arrived, as
// one command is in flight at a time; so does this.
struct DecodedReply {
  std::string text;
  std::uint8_t code = 0;
};
class ReplyCollector {
 public:
  void feed(std::string_view octets) { buffer_ += octets; }
  // The reply once its status octets are there. Text never holds NUL, so the first one begins the status.
  [[nodiscard]] std::optional<DecodedReply> take();
  [[nodiscard]] bool empty() const { return buffer_.empty(); }

 private:
  std::string buffer_;
  std::size_t scanned_ = 0;
};

}  // namespace lbgp::daemon::cli
