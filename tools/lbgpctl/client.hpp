// SPDX-License-Identifier: Apache-2.0
// One connection to the daemon: a line there, a line back.
#pragma once

#include <optional>
#include <string>

namespace lbgp::ctl {

class Client {
 public:
  Client() = default;
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False: failure() says why.
  [[nodiscard]] bool connect(const std::string& path);
  // The reply without its line end; none: the connection failed.
  [[nodiscard]] std::optional<std::string> ask(const std::string& line);
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  [[nodiscard]] bool fail(const std::string& what);
  [[nodiscard]] bool send_all(const std::string& line);

  int fd_ = -1;
  std::string received_;
  std::string failure_;
};

}  // namespace lbgp::ctl
