// SPDX-License-Identifier: Apache-2.0
// The grammar of RFC 8259, one function per production.
#include "bgpd/api/json_cursor.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "wire/utf8.hpp"

namespace lbgp::daemon::api {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Characters that a string may hold as they are and that need no second look.
constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
constexpr std::array<bool, 256> kPlain = make_plain();

// A high bit for each octet that is not so, exact up to the first of them: eight octets in a few steps.
std::uint64_t remarkable(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  const auto below = [word](std::uint64_t limit) { return (word - kOnes * limit) & ~word; };
  const auto equal = [word](std::uint64_t c) {
    const std::uint64_t difference = word ^ kOnes * c;
    return (difference - kOnes) & ~difference;
  };
  return (below(0x20) | equal('"') | equal('\\') | word) & kHighs;
}

// The first octet from `at` on that is not plain.
std::size_t skip_plain(std::string_view text, std::size_t at) {
  if constexpr (std::endian::native == std::endian::little)
    for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if (const std::uint64_t found = remarkable(word); found != 0)
        return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
    }
  while (at < text.size() && kPlain[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

constexpr std::string_view kEndsEarly = "the text ends early";

std::uint32_t hex_value(char c) {
  if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
  return static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
}

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) value = value << 4 | hex_value(c);
  return value;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&out](std::uint32_t octet) { out += static_cast<char>(octet); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
    return put(0x80 | (code & 0x3f));
  }
  if (code < 0x10000) {
    put(0xe0 | code >> 12);
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
  }
  put(0x80 | (code >> 6 & 0x3f));
  put(0x80 | (code & 0x3f));
}

// The escape at `raw[at]` (just past the backslash), which the cursor found to be sound; returns what
// follows.
std::size_t append_escape(std::string_view raw, std::size_t at, std::string& out) {
  constexpr std::string_view kNames = "bfnrt";
  constexpr std::string_view kMeant = "\b\f\n\r\t";
  if (raw[at] != 'u') {
    const std::size_t known = kNames.find(raw[at]);
    out += known == std::string_view::npos ? raw[at] : kMeant[known];
    return at + 1;
  }
  std::uint32_t code = hex4(raw.substr(at + 1));
  at += 5;
  if (code >= 0xd800 && code <= 0xdbff) {  // the other half follows as \uXXXX
    code = 0x10000 + ((code - 0xd800) << 10) + (hex4(raw.substr(at + 2)) - 0xdc00);
    at += 6;
  }
  append_utf8(code, out);
  return at;
}

}  // namespace

std::string_view to_string(JsonKind kind) {
  switch (kind) {
    case JsonKind::Object:
      return "an object";
    case JsonKind::Array:
      return "an array";
    case JsonKind::String:
      return "a string";
    case JsonKind::Number:
      return "a number";
    case JsonKind::Bool:
      return "true or false";
    case JsonKind::Null:
      return "null";
    case JsonKind::Invalid:
      break;
  }
  return "no value";
}

std::string_view unescaped(const JsonString& string, std::string& scratch) {
  if (!string.escaped) return string.raw;
  scratch.clear();
  for (std::size_t at = 0; at < string.raw.size();) {
    if (string.raw[at] == '\\') {
      at = append_escape(string.raw, at + 1, scratch);
    } else {
      scratch += string.raw[at++];
    }
  }
  return scratch;
}

bool JsonCursor::fail(const char* reason) {
  if (reason_ == nullptr) reason_ = position_ >= text_.size() ? kEndsEarly.data() : reason;
  return false;
}

JsonKind JsonCursor::peek() {
  skip_blanks();
  if (position_ >= text_.size() || !ok()) return JsonKind::Invalid;
  const char c = text_[position_];
  if (c == '"') return JsonKind::String;
  if (c == '{') return JsonKind::Object;
  if (c == '[') return JsonKind::Array;
  if (c == '-' || is_digit(c)) return JsonKind::Number;
  if (c == 't' || c == 'f') return JsonKind::Bool;
  return c == 'n' ? JsonKind::Null : JsonKind::Invalid;
}

bool JsonCursor::enter(char bracket, const char* reason) {
  skip_blanks();
  if (!ok() || !at(bracket)) return fail(reason);
  if (depth_ == kMaxDepth) return fail("nested too deeply");
  ++depth_;
  ++position_;
  return true;
}

bool JsonCursor::next(bool& first, char close, const char* reason) {
  if (!ok()) return false;
  skip_blanks();
  if (at(close)) {
    ++position_;
    --depth_;
    return false;
  }
  if (!first) {
    if (!at(',')) return fail(reason);
    ++position_;
    skip_blanks();
    if (at(close)) return fail("a comma before the end");
  }
  first = false;
  if (position_ >= text_.size()) return fail(reason);
  return true;
}

bool JsonCursor::next_member(bool& first, JsonString& key) {
  if (!next(first, '}', "expected ',' or '}'")) return false;
  if (!read_string(key)) return false;
  skip_blanks();
  if (!at(':')) return fail("expected ':'");
  ++position_;
  return true;
}

bool JsonCursor::read_string(JsonString& out) {
  skip_blanks();
  if (!ok() || !at('"')) return fail("expected a string");
  out.offset = position_++;
  out.escaped = false;
  for (;;) {
    position_ = skip_plain(text_, position_);
    if (position_ >= text_.size()) return fail("the string has no end");
    const auto c = static_cast<unsigned char>(text_[position_]);
    if (c == '"') break;
    if (c == '\\') {
      out.escaped = true;
      if (!read_escape()) return false;
      continue;
    }
    if (c < 0x20) return fail("a control character in a string");
    const std::size_t length = wire::utf8_character_size(text_.substr(position_));
    if (length == 0) {
      reason_ = "invalid UTF-8";  // even at the end of the text
      return false;
    }
    position_ += length;
  }
  out.raw = text_.substr(out.offset + 1, position_ - out.offset - 1);
  ++position_;
  return true;
}

bool JsonCursor::read_hex(std::uint32_t& out) {
  out = 0;
  for (int i = 0; i < 4; ++i, ++position_) {
    if (position_ >= text_.size()) return fail("expected a hexadecimal digit");
    const char c = text_[position_];
    const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (!is_digit(c) && !letter) return fail("expected a hexadecimal digit");
    out = out << 4 | hex_value(c);
  }
  return true;
}

bool JsonCursor::read_escape() {
  ++position_;  // the backslash
  if (position_ >= text_.size()) return fail("the string has no end");
  const char c = text_[position_];
  if (std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos) {
    ++position_;
    return true;
  }
  if (c != 'u') return fail("an unknown escape");
  ++position_;
  std::uint32_t code = 0;
  if (!read_hex(code)) return false;
  if (code >= 0xdc00 && code <= 0xdfff) return fail("half a surrogate pair");
  if (code < 0xd800 || code > 0xdbff) return true;
  if (text_.substr(position_, 2) != "\\u") return fail("half a surrogate pair");
  position_ += 2;
  if (!read_hex(code)) return false;
  return (code >= 0xdc00 && code <= 0xdfff) || fail("half a surrogate pair");
}

bool JsonCursor::read_digits() {
  if (position_ >= text_.size() || !is_digit(text_[position_])) return fail("expected a digit");
  while (position_ < text_.size() && is_digit(text_[position_])) ++position_;
  return true;
}

bool JsonCursor::read_number(std::string_view& out) {
  skip_blanks();
  if (!ok()) return false;
  const std::size_t begin = position_;
  if (at('-')) ++position_;
  if (at('0')) {
    ++position_;
    if (position_ < text_.size() && is_digit(text_[position_])) return fail("a number with a leading zero");
  } else if (!read_digits()) {
    return false;
  }
  if (at('.')) {
    ++position_;
    if (!read_digits()) return false;
  }
  if (at('e') || at('E')) {
    ++position_;
    if (at('+') || at('-')) ++position_;
    if (!read_digits()) return false;
  }
  out = text_.substr(begin, position_ - begin);
  return true;
}

bool JsonCursor::read_literal(std::string_view literal) {
  if (text_.substr(position_, literal.size()) != literal) return fail("an unknown word");
  position_ += literal.size();
  return true;
}

bool JsonCursor::skip_object() {
  JsonString key;
  if (!enter_object()) return false;
  for (bool first = true; next_member(first, key);)
    if (!skip()) return false;
  return ok();
}

bool JsonCursor::skip_array() {
  if (!enter_array()) return false;
  for (bool first = true; next_element(first);)
    if (!skip()) return false;
  return ok();
}

bool JsonCursor::skip() {
  JsonString string;
  std::string_view number;
  switch (peek()) {
    case JsonKind::Object:
      return skip_object();
    case JsonKind::Array:
      return skip_array();
    case JsonKind::String:
      return read_string(string);
    case JsonKind::Number:
      return read_number(number);
    case JsonKind::Bool:
      return read_literal(text_[position_] == 't' ? "true" : "false");
    case JsonKind::Null:
      return read_literal("null");
    case JsonKind::Invalid:
      break;
  }
  return fail("expected a value");
}

bool JsonCursor::at_end() {
  if (!ok()) return false;
  skip_blanks();
  return position_ == text_.size() || fail("something after the end of the JSON text");
}

}  // namespace lbgp::daemon::api
