// SPDX-License-Identifier: Apache-2.0
// A client's connection to lbgpd's vty socket.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bgpd/cli/vty_codec.hpp"

namespace lbgp::tools {

// One question in flight at a time; blocking. Connects again by itself when the daemon has been restarted
// since the last question.
class VtyLink {
 public:
  explicit VtyLink(std::string path) : path_(std::move(path)) {}
  ~VtyLink() { close(); }
  VtyLink(const VtyLink&) = delete;
  VtyLink& operator=(const VtyLink&) = delete;

  [[nodiscard]] bool connect();
  // Nothing on a lost connection that could not be had again, or when the user pressed Ctrl-C: see problem().
  [[nodiscard]] std::optional<daemon::cli::DecodedReply> ask(std::string_view line);
  // Whether the daemon has hung up, as after `exit`. Looks without waiting.
  [[nodiscard]] bool hung_up() const;
  // The same, right after the answer to `line`.
  [[nodiscard]] bool hung_up_after(std::string_view line);
  // The last failure in a sentence.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  [[nodiscard]] bool send_line(std::string_view line);
  [[nodiscard]] std::optional<daemon::cli::DecodedReply> receive();
  [[nodiscard]] std::optional<daemon::cli::DecodedReply> exchange(std::string_view line);
  void fail(std::string_view what);
  void close();

  std::string path_;
  std::string problem_;
  int socket_ = -1;
};

}  // namespace lbgp::tools
