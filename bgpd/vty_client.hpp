// SPDX-License-Identifier: Apache-2.0
// One connection to the vty socket: a command in, an answer out.
#pragma once

#include <string>
#include <vector>

#include "bgpd/cli/shell.hpp"
#include "bgpd/cli/vty_codec.hpp"
#include "bgpd/client_handler.hpp"

namespace lbgp::daemon {

class VtyClient final : public ClientHandler {
 public:
  // Both outlive the client. `second`: on the socket that FRR's bfdd would have.
  VtyClient(const cli::Shell& shell, cli::Source& source, const Credentials& who, bool second = false);
  std::span<char> read_area(std::size_t size) override;
  void received(std::size_t size) override;
  Next run(std::string& out) override;
  void timed_out(std::string&) override {}
  [[nodiscard]] bool mid_request() const override { return false; }  // people think while they type
  [[nodiscard]] bool mid_answer() const override { return reply_.rest != nullptr; }

 private:
  cli::Session session_;
  cli::Source& source_;
  cli::LineSplitter lines_;
  std::vector<char> buffer_;
  cli::Reply reply_;  // whose rest has not been given yet
};

}  // namespace lbgp::daemon
