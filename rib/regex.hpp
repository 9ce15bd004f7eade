// SPDX-License-Identifier: Apache-2.0
// Regular expressions that people write: POSIX extended ones, matched in linear time by RE2.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lbgp::rib {

// Compiled once; copies share the result. Two are equal exactly when their texts are.
class Regex {
 public:
  Regex() = default;  // none: no expression

  // In policies `_` is the beginning or the end of the subject, a space, a comma, a brace or a parenthesis.
  enum class Underscore : std::uint8_t { Delimiter, Itself };
  // What does not compile, or would take more than kMaxMemory, is empty with the reason in `error`.
  [[nodiscard]] static Regex compile(std::string_view text, std::string& error,
                                     Underscore underscore = Underscore::Delimiter);

  [[nodiscard]] explicit operator bool() const { return program_ != nullptr; }
  [[nodiscard]] const std::string& text() const { return text_; }  // as it was given
  // Whether it matches anywhere in the subject. Time: the subject's length times the expression's at most.
  [[nodiscard]] bool matches(std::string_view subject) const;

  bool operator==(const Regex& other) const { return text_ == other.text_; }

  static constexpr std::size_t kMaxMemory =
      256 * 1024;  // octets, program and cached states of one expression

 private:
  struct Program;
  std::string text_;
  std::shared_ptr<const Program> program_;
};

}  // namespace lbgp::rib
