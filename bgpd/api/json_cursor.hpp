// SPDX-License-Identifier: Apache-2.0
// Reads JSON text front to back without building a tree, and knows where it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lbgp::daemon::api {

enum class JsonKind : std::uint8_t { Object, Array, String, Number, Bool, Null, Invalid };

// "an object", "a string" …, for messages.
[[nodiscard]] std::string_view to_string(JsonKind kind);

// What stands between the quotes, still escaped.
struct JsonString {
  std::string_view raw;
  std::size_t offset = 0;  // of the opening quote
  bool escaped = false;    // a backslash stands in it
};

// The characters that are meant; `scratch` holds them when they had to be unescaped.
[[nodiscard]] std::string_view unescaped(const JsonString& string, std::string& scratch);

// A strict RFC 8259 reader: UTF-8 is checked, nesting limited, and nothing beyond the grammar allowed.
// Functions that return bool say false at an error, which sticks: offset() then is its place, and reason()
// the cause. Strings are views into the text. It exists beside Boost.JSON because announcing is mostly
// reading long arrays of short strings, and a tree of them costs more than everything else about a request.
class JsonCursor {
 public:
  static constexpr unsigned kMaxDepth = 16;

  explicit JsonCursor(std::string_view text, std::size_t offset = 0) : text_(text), position_(offset) {}

  // What comes next, blanks skipped. Invalid only tells that no value begins here.
  [[nodiscard]] JsonKind peek();

  [[nodiscard]] bool enter_object() { return enter('{', "expected an object"); }
  [[nodiscard]] bool enter_array() { return enter('[', "expected an array"); }
  // The next key, with the cursor on its value; false: the object ended, or an error. `first` starts as true.
  [[nodiscard]] bool next_member(bool& first, JsonString& key);
  // Moves to the next element; false: the array ended, or an error. `first` starts as true.
  [[nodiscard]] bool next_element(bool& first) { return next(first, ']', "expected ',' or ']'"); }

  [[nodiscard]] bool read_string(JsonString& out);
  // A number as it is written.
  [[nodiscard]] bool read_number(std::string_view& out);
  // Any value with all that is in it.
  [[nodiscard]] bool skip();
  // Blanks and then nothing.
  [[nodiscard]] bool at_end();

  [[nodiscard]] bool ok() const { return reason_ == nullptr; }
  [[nodiscard]] std::size_t offset() const { return position_; }
  [[nodiscard]] std::string_view reason() const { return reason_ == nullptr ? "" : reason_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  // What is still to be read, from the next value on; and reading on behind a value that was found there.
  [[nodiscard]] std::string_view rest() {
    skip_blanks();
    return ok() ? text_.substr(position_) : std::string_view{};
  }
  void read_until(std::string_view rest) { position_ = text_.size() - rest.size(); }

 private:
  [[nodiscard]] bool fail(const char* reason);
  [[nodiscard]] bool enter(char bracket, const char* reason);
  [[nodiscard]] bool next(bool& first, char close, const char* reason);
  [[nodiscard]] bool read_escape();
  [[nodiscard]] bool read_hex(std::uint32_t& out);
  [[nodiscard]] bool read_literal(std::string_view literal);
  [[nodiscard]] bool read_digits();
  [[nodiscard]] bool skip_object();
  [[nodiscard]] bool skip_array();
  void skip_blanks() {
    while (position_ < text_.size() && is_blank(text_[position_])) ++position_;
  }
  [[nodiscard]] static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  [[nodiscard]] bool at(char wanted) const { return position_ < text_.size() && text_[position_] == wanted; }

  std::string_view text_;
  std::size_t position_;
  unsigned depth_ = 0;
  const char* reason_ = nullptr;
};

}  // namespace lbgp::daemon::api
