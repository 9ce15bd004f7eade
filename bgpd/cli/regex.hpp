// SPDX-License-Identifier: Apache-2.0
// POSIX extended regular expressions from the vty socket, with bounds on what they may cost.
#pragma once

#include <memory>
#include <string>

namespace lbgp::daemon::cli {

class Regex {
 public:
  explicit Regex(const std::string& expression);
  // For the operator, with its end of line; empty: it can be used.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] bool matches(const std::string& line) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
  std::string problem_;
};

}  // namespace lbgp::daemon::cli
