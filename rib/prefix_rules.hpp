// SPDX-License-Identifier: Apache-2.0
// Which of many rules about prefixes is the first to hold for one: an index over the entries of a list.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "wire/prefix.hpp"

namespace lbgp::rib {

// Holds for what lies within `prefix` and is from `low` to `high` bits long.
struct PrefixRule {
  wire::Prefix prefix;
  unsigned low = 0;
  unsigned high = 0;
  std::uint32_t seq = 0;
};

// The distinct prefixes in order, each with the longest one around it. A look-up is one search, and then a
// walk outwards, which takes at most as many steps as the prefix has bits. 28 octets a prefix, 8 a rule.
class PrefixRules {
 public:
  explicit PrefixRules(std::vector<PrefixRule> rules);
  // The lowest seq of those that hold.
  [[nodiscard]] std::optional<std::uint32_t> first(const wire::Prefix& prefix) const;

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Node {
    wire::Prefix prefix;
    std::uint32_t around = kNone;
    std::uint32_t spans_end = 0;  // its spans begin where those of the node before it end
  };
  // Lengths for which the same rule of a node is the first.
  struct Span {
    std::uint8_t low = 0;
    std::uint8_t high = 0;
    std::uint32_t seq = 0;
  };
  using Rules = std::vector<PrefixRule>::const_iterator;
  [[nodiscard]] std::uint32_t around(const wire::Prefix& prefix) const;
  void add_spans(Rules begin, Rules end);
  [[nodiscard]] std::optional<std::uint32_t> first_at(std::uint32_t node, unsigned length) const;

  std::vector<Node> nodes_;
  std::vector<Span> spans_;  // of a node: in order, apart from each other
};

}  // namespace lbgp::rib
