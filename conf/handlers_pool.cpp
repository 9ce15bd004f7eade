// SPDX-License-Identifier: Apache-2.0
// Commands of `vip-pool`, our own addition to the language.
#include <fmt/format.h>

#include <algorithm>

#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

// Sorted, each value once: the order in which an operator wrote them means nothing.
template <typename T, typename Key>
void insert(std::vector<At<T>>& values, T value, Position place, Key key) {
  const auto at = std::lower_bound(values.begin(), values.end(), value,
                                   [&](const At<T>& a, const T& b) { return key(a.value) < key(b); });
  if (at != values.end() && at->value == value) return;
  values.insert(at, {std::move(value), place});
}

std::pair<wire::IpAddress, wire::IpAddress> key_of(const rib::AddressRange& range) {
  return {range.first, range.last};
}

rib::AddressRange range_of(const Args& args) {
  return {args.address("first"), args.address("last")};
}

constexpr std::pair<std::string_view, rib::LabelSelector::Operator> kOperators[] = {
    {"in", rib::LabelSelector::Operator::In},
    {"not-in", rib::LabelSelector::Operator::NotIn},
    {"exists", rib::LabelSelector::Operator::Exists},
    {"does-not-exist", rib::LabelSelector::Operator::DoesNotExist},
};

rib::LabelSelector selector_of(const Args& args) {
  rib::LabelSelector selector{std::string(args.text("key")), {}, {}};
  for (const auto& [word, op] : kOperators)
    if (args.text("operator") == word) selector.op = op;
  for (const Word& value : args.all("values")) selector.values.emplace_back(value.text);
  std::sort(selector.values.begin(), selector.values.end());
  selector.values.erase(std::unique(selector.values.begin(), selector.values.end()), selector.values.end());
  return selector;
}

std::string show(const rib::LabelSelector& selector) {
  std::string text = selector.key;
  for (const auto& [word, op] : kOperators)
    if (op == selector.op) text += fmt::format(" {}", word);
  for (const std::string& value : selector.values) text += " " + value;
  return text;
}

std::set<std::string>& allowed(Editor& editor, const Args& args) {
  return args.text("kind") == "group" ? editor.pool().allow_groups : editor.pool().allow_users;
}

}  // namespace

void enter_pool(Editor& editor, const Args& args) {
  const std::string name(args.text("name"));
  const bool is_new = !editor.config().pools.contains(name);
  const bool in_file = editor.mode() == EditMode::File;
  editor.enter_pool(name, is_new && !in_file);
  if (is_new && in_file) editor.pool().place = args.position("name");
}
void remove_pool(Editor& editor, const Args& args) {
  editor.config().pools.erase(std::string(args.text("name")));
}

void emit_pools(Writer& writer) {
  for (const auto& [name, pool] : writer.config.pools) {
    writer.separator();
    writer.line("vip-pool {}", name);
    writer.indent = 1;
    writer.pool = &pool;
    writer.emit(Scope::VipPool);
    writer.indent = 0;
    writer.line("exit");
  }
}

void set_pool_description(Editor& editor, const Args& args) {
  editor.pool().description = args.value();
}
void unset_pool_description(Editor& editor, const Args& /*args*/) {
  editor.pool().description.clear();
}

void add_pool_range(Editor& editor, const Args& args) {
  const rib::AddressRange range = range_of(args);
  if (range.first.is_v4() != range.last.is_v4())
    editor.error(args.position("last"), "both ends of a range must be of one address family");
  else if (range.last < range.first)
    editor.error(args.position("last"),
                 fmt::format("the range ends before it begins: {} is below {}", wire::to_string(range.last),
                             wire::to_string(range.first)));
  else
    insert(editor.pool().ranges, range, args.position("first"), key_of);
}
void remove_pool_range(Editor& editor, const Args& args) {
  std::erase_if(editor.pool().ranges, [&](const auto& r) { return r.value == range_of(args); });
}

void add_pool_prefix(Editor& editor, const Args& args) {
  insert(editor.pool().prefixes, args.prefix("prefix"), args.position("prefix"),
         [](const auto& p) { return p; });
}
void remove_pool_prefix(Editor& editor, const Args& args) {
  std::erase_if(editor.pool().prefixes, [&](const auto& p) { return p.value == args.prefix("prefix"); });
}

void set_pool_communities(Editor& editor, const Args& args) {
  wire::Communities set;
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_community(word.text)) set.insert(*community);
  editor.pool().communities = std::move(set);
}
void unset_pool_communities(Editor& editor, const Args& /*args*/) {
  editor.pool().communities.clear();
}

void set_pool_large_communities(Editor& editor, const Args& args) {
  wire::LargeCommunities set;
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_large_community(word.text)) set.insert(*community);
  editor.pool().large_communities = std::move(set);
}
void unset_pool_large_communities(Editor& editor, const Args& /*args*/) {
  editor.pool().large_communities.clear();
}

void set_pool_selector(Editor& editor, const Args& args) {
  insert(editor.pool().selectors, selector_of(args), args.position("key"), show);
}
void unset_pool_selector(Editor& editor, const Args& args) {
  std::erase_if(editor.pool().selectors, [&](const auto& s) { return s.value == selector_of(args); });
}

void advertise_pool_to(Editor& editor, const Args& args) {
  editor.pool().advertise_to.emplace(args.text("PEER"), args.position("PEER"));
}
void advertise_pool_to_not(Editor& editor, const Args& args) {
  editor.pool().advertise_to.erase(std::string(args.text("PEER")));
}

void allow_in_pool(Editor& editor, const Args& args) {
  allowed(editor, args).insert(std::string(args.text("who")));
}
void disallow_in_pool(Editor& editor, const Args& args) {
  allowed(editor, args).erase(std::string(args.text("who")));
}

void emit_pool(Writer& writer) {
  const VipPoolConfig& pool = *writer.pool;
  if (!pool.description.empty()) writer.line("description {}", pool.description);
  for (const auto& range : pool.ranges)
    writer.line("range {} {}", wire::to_string(range.value.first), wire::to_string(range.value.last));
  for (const auto& prefix : pool.prefixes) writer.line("prefix {}", wire::to_string(prefix.value));
  if (!pool.communities.empty()) writer.line("community {}", wire::to_string(pool.communities));
  if (!pool.large_communities.empty())
    writer.line("large-community {}", wire::to_string(pool.large_communities));
  for (const auto& selector : pool.selectors) writer.line("selector {}", show(selector.value));
  for (const auto& [peer, place] : pool.advertise_to) writer.line("advertise-to {}", peer);
  for (const std::string& group : pool.allow_groups) writer.line("allow group {}", group);
  for (const std::string& user : pool.allow_users) writer.line("allow user {}", user);
}

}  // namespace lbgp::conf
