// SPDX-License-Identifier: Apache-2.0
// Rules about prefixes, indexed.
#include "rib/prefix_rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace lbgp::rib {

PrefixRules::PrefixRules(std::vector<PrefixRule> rules) {
  std::erase_if(rules, [](PrefixRule& rule) {
    rule.low = std::max(rule.low, rule.prefix.length());
    return rule.low > rule.high;
  });
  std::sort(rules.begin(), rules.end(), [](const PrefixRule& a, const PrefixRule& b) {
    return std::tie(a.prefix, a.seq) < std::tie(b.prefix, b.seq);
  });
  for (Rules begin = rules.begin(), end = begin; begin != rules.end(); begin = end) {
    end = std::find_if(begin, Rules(rules.end()),
                       [&](const PrefixRule& rule) { return rule.prefix != begin->prefix; });
    add_spans(begin, end);
    nodes_.push_back({begin->prefix, around(begin->prefix), static_cast<std::uint32_t>(spans_.size())});
  }
  nodes_.shrink_to_fit();
  spans_.shrink_to_fit();
}

// Of a prefix that goes behind all nodes: whatever contains it, contains or is the last of them.
std::uint32_t PrefixRules::around(const wire::Prefix& prefix) const {
  std::uint32_t node = nodes_.empty() ? kNone : static_cast<std::uint32_t>(nodes_.size() - 1);
  while (node != kNone && !nodes_[node].prefix.contains(prefix)) node = nodes_[node].around;
  return node;
}

// Rules of one prefix, by seq.
void PrefixRules::add_spans(Rules begin, Rules end) {
  constexpr std::size_t kLengths = 129;
  std::array<const PrefixRule*, kLengths> firsts{};
  for (Rules rule = begin; rule != end; ++rule)
    for (unsigned length = rule->low; length <= std::min<unsigned>(rule->high, kLengths - 1); ++length)
      if (firsts[length] == nullptr) firsts[length] = &*rule;
  for (unsigned low = 0, high = 0; low < kLengths; low = high) {
    while (high < kLengths && firsts[high] == firsts[low]) ++high;
    if (firsts[low] != nullptr)
      spans_.push_back(
          {static_cast<std::uint8_t>(low), static_cast<std::uint8_t>(high - 1), firsts[low]->seq});
  }
}

std::optional<std::uint32_t> PrefixRules::first(const wire::Prefix& prefix) const {
  const auto after =
      std::upper_bound(nodes_.begin(), nodes_.end(), prefix,
                       [](const wire::Prefix& wanted, const Node& node) { return wanted < node.prefix; });
  std::optional<std::uint32_t> lowest;
  // All that contains the prefix contains or is the node before it, and stands around that one.
  auto node = after != nodes_.begin() ? static_cast<std::uint32_t>(after - nodes_.begin() - 1) : kNone;
  for (; node != kNone; node = nodes_[node].around) {
    if (!nodes_[node].prefix.contains(prefix)) continue;
    const auto here = first_at(node, prefix.length());
    if (here && (!lowest || *here < *lowest)) lowest = here;
  }
  return lowest;
}

std::optional<std::uint32_t> PrefixRules::first_at(std::uint32_t node, unsigned length) const {
  const auto begin = spans_.begin() + (node == 0 ? 0 : nodes_[node - 1].spans_end);
  const auto end = spans_.begin() + nodes_[node].spans_end;
  const auto span =
      std::find_if(begin, end, [&](const Span& each) { return length >= each.low && length <= each.high; });
  return span != end ? std::optional(span->seq) : std::nullopt;
}

}  // namespace lbgp::rib
