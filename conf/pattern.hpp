// SPDX-License-Identifier: Apache-2.0
// A command's pattern, compiled when the program is compiled.
//
//   keyword          itself, or an unambiguous beginning of it
//   (LOW-HIGH)       a decimal number in that range
//   A.B.C.D  X:X::X:X  A.B.C.D/M  X:X::X:X/M      addresses and prefixes
//   ASN  AA:NN  AA:BB:CC  WORD  PEER              one word of that kind; PEER is an address or a group's name
//   LINE             the rest of the line
//   KIND...          one word or more
//   <a|b c>          one of several; each may be a sequence
//   [a]              may be left out
//   {a}              the value: must stand in the command, may be left out in its `no` form
//   $name            behind any of these: the name by which the handler and the help text ask for it
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lbgp::conf {

enum class TokenKind : std::uint8_t {
  Keyword,
  Number,
  As,
  Ipv4,
  Ipv6,
  Ipv4Prefix,
  Ipv6Prefix,
  Community,
  LargeCommunity,
  Word,
  Peer,
  Rest,
};

// A pattern is a small program for a machine that follows all ways at once, word by word.
struct Instruction {
  enum class Op : std::uint8_t { Token, Split, SplitInNo, Jump, Accept };
  Op op = Op::Accept;
  TokenKind kind = TokenKind::Keyword;
  bool repeats = false;
  std::uint8_t to = 0;  // Split, SplitInNo, Jump: the other way
  std::uint8_t text_at = 0, text_size = 0, name_at = 0, name_size = 0;  // places in the pattern's text
};

// What a Number may be, both ends included.
struct NumberRange {
  std::uint32_t low = 0;
  std::uint32_t high = 0;
};

// Several hundred patterns are in memory from the first line that is read on.
inline constexpr std::size_t kMaxInstructions = 36;
static_assert(sizeof(Instruction) == 8);

class Pattern {
 public:
  constexpr Pattern(std::string_view text) : text_(text) {  // NOLINT: a literal is a pattern
    if (text.size() > 255) throw "pattern too long";        // at compile time only
    sequence();
    if (at_ != text_.size()) throw "unbalanced pattern";
    emit({.op = Instruction::Op::Accept});
    collect_first_letters(0);
  }

  [[nodiscard]] constexpr std::string_view text() const { return text_; }
  [[nodiscard]] constexpr const Instruction& operator[](std::size_t at) const { return program_[at]; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }
  [[nodiscard]] constexpr std::string_view word(const Instruction& token) const {
    return text_.substr(token.text_at, token.text_size);
  }
  // Whether the first word may begin with this letter: what rules most commands out at once.
  [[nodiscard]] constexpr bool may_begin_with(char letter) const {
    if (first_letters_ == kAnything) return true;
    return letter >= 'a' && letter <= 'z' && (first_letters_ >> (letter - 'a') & 1U) != 0;
  }
  [[nodiscard]] constexpr NumberRange range(const Instruction& number) const {
    return read_range(word(number));
  }
  // Empty: the token has none.
  [[nodiscard]] constexpr std::string_view name(const Instruction& token) const {
    return text_.substr(token.name_at, token.name_size);
  }

 private:
  constexpr void emit(Instruction instruction) {
    if (size_ == kMaxInstructions) throw "pattern too complex";
    program_[size_++] = instruction;
  }
  [[nodiscard]] constexpr char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  constexpr void expect(char c) {
    if (peek() != c) throw "unbalanced pattern";
    ++at_;
  }

  // Items until the end or a closing character.
  constexpr void sequence() {
    while (peek() != '\0') {
      switch (peek()) {
        case ' ':
          ++at_;
          break;
        case '<':
          alternatives();
          break;
        case '[':
          optional('[', ']', Instruction::Op::Split);
          break;
        case '{':
          optional('{', '}', Instruction::Op::SplitInNo);
          break;
        case '|':
        case '>':
        case ']':
        case '}':
          return;
        default:
          token();
      }
    }
  }
  constexpr void optional(char open, char close, Instruction::Op op) {
    expect(open);
    const std::size_t split = size_;
    emit({.op = op});
    sequence();
    expect(close);
    program_[split].to = static_cast<std::uint8_t>(size_);
  }
  constexpr void alternatives() {
    const std::size_t first = size_;
    std::array<std::size_t, 32> jumps{};
    std::size_t count = 0;
    expect('<');
    for (bool more = true; more;) {
      const std::size_t split = size_;
      emit({.op = Instruction::Op::Split});
      sequence();
      jumps[count++] = size_;
      emit({.op = Instruction::Op::Jump});
      more = peek() == '|';
      if (more) ++at_;
      program_[split].to = static_cast<std::uint8_t>(more ? size_ : split + 1);
    }
    expect('>');
    for (std::size_t i = 0; i < count; ++i) program_[jumps[i]].to = static_cast<std::uint8_t>(size_);
    if (peek() == '$') name_all(first);
  }
  // `<a|b>$x`: every alternative that has no name of its own is called x.
  constexpr void name_all(std::size_t first) {
    Instruction named;
    read_name(named);
    for (std::size_t i = first; i < size_; ++i) {
      if (program_[i].op != Instruction::Op::Token || program_[i].name_size != 0) continue;
      program_[i].name_at = named.name_at;
      program_[i].name_size = named.name_size;
    }
  }
  constexpr void token() {
    Instruction token{.op = Instruction::Op::Token};
    const std::size_t start = at_;
    while (!ends_token(peek())) ++at_;
    std::string_view text = text_.substr(start, at_ - start);
    if (text.ends_with("...")) {
      token.repeats = true;
      text.remove_suffix(3);
    }
    if (text.empty()) throw "empty token";
    token.text_at = static_cast<std::uint8_t>(start);
    token.text_size = static_cast<std::uint8_t>(text.size());
    token.kind = kind_of(text);
    if (token.kind == TokenKind::Number) static_cast<void>(read_range(text));
    if (token.kind == TokenKind::Rest) token.repeats = true;
    if (peek() == '$') read_name(token);
    const std::size_t place = size_;
    emit(token);
    // Again, or on: the machine may loop over a repeated token.
    if (token.repeats) emit({.op = Instruction::Op::Split, .to = static_cast<std::uint8_t>(place)});
  }
  constexpr void read_name(Instruction& token) {
    expect('$');
    const std::size_t start = at_;
    while (!ends_token(peek())) ++at_;
    token.name_at = static_cast<std::uint8_t>(start);
    token.name_size = static_cast<std::uint8_t>(at_ - start);
  }
  static constexpr bool ends_token(char c) {
    return c == '\0' || c == ' ' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' || c == '}' ||
           c == '|' || c == '$';
  }
  static constexpr TokenKind kind_of(std::string_view text) {
    if (text.front() == '(') return TokenKind::Number;
    if (text == "ASN") return TokenKind::As;
    if (text == "A.B.C.D") return TokenKind::Ipv4;
    if (text == "X:X::X:X") return TokenKind::Ipv6;
    if (text == "A.B.C.D/M") return TokenKind::Ipv4Prefix;
    if (text == "X:X::X:X/M") return TokenKind::Ipv6Prefix;
    if (text == "AA:NN") return TokenKind::Community;
    if (text == "AA:BB:CC") return TokenKind::LargeCommunity;
    if (text == "WORD") return TokenKind::Word;
    if (text == "PEER") return TokenKind::Peer;
    if (text == "LINE") return TokenKind::Rest;
    return TokenKind::Keyword;
  }
  static constexpr NumberRange read_range(std::string_view text) {
    std::uint64_t bounds[2] = {0, 0};
    std::size_t which = 0;
    for (char c : text.substr(1, text.size() - 2)) {
      if (c == '-') {
        if (++which > 1) throw "bad range";
      } else {
        bounds[which] = bounds[which] * 10 + static_cast<std::uint64_t>(c - '0');
      }
    }
    if (which != 1 || bounds[1] > 0xffffffffU || bounds[0] > bounds[1]) throw "bad range";
    return {static_cast<std::uint32_t>(bounds[0]), static_cast<std::uint32_t>(bounds[1])};
  }

  // Every pattern begins with a keyword or a choice of keywords, but for the one that takes any line.
  constexpr void collect_first_letters(std::size_t at) {
    const Instruction& first = program_[at];
    if (first.op == Instruction::Op::Split) {
      collect_first_letters(at + 1);
      if (first.to != at + 1) collect_first_letters(first.to);
      return;
    }
    if (first.op == Instruction::Op::Token && first.kind == TokenKind::Rest) {
      first_letters_ = kAnything;
      return;
    }
    const char letter = first.op == Instruction::Op::Token ? text_[first.text_at] : '?';
    if (letter < 'a' || letter > 'z') throw "a pattern must begin with a keyword";
    first_letters_ |= 1U << (letter - 'a');
  }

  static constexpr std::uint32_t kAnything = ~std::uint32_t{0};

  std::string_view text_;
  std::uint32_t first_letters_ = 0;
  std::size_t at_ = 0;
  std::array<Instruction, kMaxInstructions> program_{};
  std::size_t size_ = 0;
};

}  // namespace lbgp::conf
