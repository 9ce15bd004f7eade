// SPDX-License-Identifier: Apache-2.0
// Lines of configuration that nobody thought of: random walks through the table of commands.
#pragma once

#include <random>
#include <string>

#include "conf/grammar.hpp"

namespace lbgp::conf::test {

class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  // A command that may stand in that block, or its `no` form; rarely one that is wrong all the same.
  std::string line(Context context) {
    for (;;) {
      const Row& row = *commands()[below(commands().size())];
      if (row.refused || !row.contexts.contains(context)) continue;
      const bool no = row.set == nullptr || (row.unset != nullptr && below(8) == 0);
      std::string text = no ? "no" : "";
      walk(row.pattern, no, text);
      return text;
    }
  }
  std::size_t below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }

 private:
  void walk(const Pattern& pattern, bool no, std::string& text) {
    std::size_t repeats = 0;
    for (std::size_t at = 0;;) {
      const Instruction& step = pattern[at];
      switch (step.op) {
        case Instruction::Op::Accept:
          return;
        case Instruction::Op::Token:
          text += (text.empty() ? "" : " ") + word(pattern, step);
          ++at;
          break;
        case Instruction::Op::Jump:
          at = step.to;
          break;
        case Instruction::Op::SplitInNo:
          at = no && below(2) == 0 ? step.to : at + 1;
          break;
        case Instruction::Op::Split:
          // Backwards it repeats a token, which must end some time.
          if (step.to <= at)
            at = ++repeats < 3 && below(2) == 0 ? step.to : at + 1;
          else
            at = below(2) == 0 ? step.to : at + 1;
          break;
      }
    }
  }

  // Few different values, so that names meet what they name.
  std::string word(const Pattern& pattern, const Instruction& token) {
    const std::string few = std::to_string(1 + below(3));
    switch (token.kind) {
      case TokenKind::Keyword:
        return std::string(pattern.word(token));
      case TokenKind::Number:
        return number(pattern.range(token));
      case TokenKind::As:
        return "6500" + few;
      case TokenKind::Ipv4:
        return "10.0.0." + few;
      case TokenKind::Ipv6:
        return "fd00::" + few;
      case TokenKind::Ipv4Prefix:
        return "10." + few + ".0.0/" + std::to_string(16 + below(17));
      case TokenKind::Ipv6Prefix:
        return "fd00:" + few + "::/" + std::to_string(48 + below(81));
      case TokenKind::Community:
        return "65010:" + few;
      case TokenKind::LargeCommunity:
        return "65010:1:" + few;
      case TokenKind::Peer:
        return below(3) == 0   ? "G" + few
               : below(4) == 0 ? "eth" + few
               : below(3) == 0 ? "fd00::" + few
                               : "10.0.0." + few;
      case TokenKind::Word:
        return plain_word(pattern, token, few);
      case TokenKind::Rest:
        return "some words " + few;
    }
    return "";
  }
  std::string plain_word(const Pattern& pattern, const Instruction& token, const std::string& few) {
    const std::string_view name = pattern.name(token);
    if (name == "group") return "G" + few;
    if (name == "metric") return "+" + few;
    if (name == "communities") return "65010:" + few;
    return "N" + few;
  }
  std::string number(NumberRange range) {
    const std::uint64_t size = std::uint64_t{range.high} - range.low + 1;
    // Small numbers oftener: they fit together.
    const std::uint64_t limit = below(4) == 0 ? size : std::min<std::uint64_t>(size, 40);
    return std::to_string(range.low + below(limit));
  }

  std::mt19937 random_;
};

}  // namespace lbgp::conf::test
