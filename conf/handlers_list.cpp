// SPDX-License-Identifier: Apache-2.0
// Prefix lists and community lists.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

constexpr std::uint32_t kSeqStep = 5;
constexpr std::uint32_t kLastSeq = 0xffffffff;

wire::Family list_family(const Args& args) {
  return args.has("ip") ? wire::Family::Ipv4Unicast : wire::Family::Ipv6Unicast;
}
std::string_view keyword(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "ip" : "ipv6";
}
rib::Permit action_of(const Args& args) {
  return args.text("action") == "permit" ? rib::Permit::Permit : rib::Permit::Deny;
}
std::string_view show(rib::Permit action) {
  return action == rib::Permit::Permit ? "permit" : "deny";
}

// The next free multiple of five behind the last entry, as FRR counts; nothing when there is none.
template <typename Entries>
std::optional<std::uint32_t> next_seq(const Entries& entries) {
  const std::uint32_t last = entries.empty() ? 0 : entries.rbegin()->first;
  if (last > kLastSeq - kSeqStep) return std::nullopt;
  return last / kSeqStep * kSeqStep + kSeqStep;
}

// An entry that says the same, whatever its number.
template <typename Entries, typename Entry>
auto find_same(Entries& entries, Entry wanted) {
  return std::find_if(entries.begin(), entries.end(), [&](const auto& item) {
    wanted.seq = item.first;
    return item.second == wanted;
  });
}

// With a number: that place, whatever was there. Without: behind the others, unless it is there already;
// `is_new` spares looking for it.
template <typename Entries, typename Entry>
void add(Editor& editor, const Args& args, Entries& entries, Entry entry, bool is_new = false) {
  if (args.has("seq")) {
    entry.seq = args.number("seq");
  } else {
    if (!is_new && find_same(entries, entry) != entries.end()) return;
    const auto seq = next_seq(entries);
    if (!seq) return editor.error(args.position("name"), "no sequence number is left in this list");
    entry.seq = *seq;
  }
  entries[entry.seq] = std::move(entry);
}

// By number, by what it says, or with neither all of them.
template <typename Entries, typename Entry>
void remove(const Args& args, Entries& entries, const Entry& entry) {
  if (args.has("seq")) {
    entries.erase(args.number("seq"));
  } else if (!args.has("action")) {
    entries.clear();
  } else if (const auto same = find_same(entries, entry); same != entries.end()) {
    entries.erase(same);
  }
}

std::optional<std::uint8_t> length(const Args& args, std::string_view name) {
  if (!args.has(name)) return std::nullopt;
  return static_cast<std::uint8_t>(args.number(name));
}

rib::PrefixListEntry prefix_entry(const Args& args, wire::Family family) {
  rib::PrefixListEntry entry;
  entry.action = action_of(args);
  entry.ge = length(args, "ge");
  entry.le = length(args, "le");
  if (args.text("prefix") != "any") {
    entry.prefix = args.prefix("prefix");
    return entry;
  }
  const bool v4 = family == wire::Family::Ipv4Unicast;
  const wire::IpAddress zero = v4 ? wire::IpAddress::v4(0) : wire::IpAddress::v6({});
  entry.prefix = wire::Prefix(zero, 0);
  if (!entry.ge && !entry.le) entry.le = static_cast<std::uint8_t>(zero.bits());
  return entry;
}

// Of what an entry says, whatever its number.
std::size_t hash_of(std::string_view list, const rib::PrefixListEntry& entry) {
  constexpr unsigned kNone = 255;
  std::size_t hash = hash_value(entry.prefix);
  boost::hash_combine(hash, std::hash<std::string_view>{}(list));
  boost::hash_combine(hash, static_cast<unsigned>(entry.action));
  boost::hash_combine(hash, entry.ge.value_or(kNone) << 8U | entry.le.value_or(kNone));
  return hash;
}

std::string show(const rib::PrefixListEntry& entry) {
  const unsigned bits = entry.prefix.address().bits();
  if (entry.prefix.length() == 0 && !entry.ge && entry.le && *entry.le == bits) return "any";
  std::string text = wire::to_string(entry.prefix);
  if (entry.ge) text += fmt::format(" ge {}", *entry.ge);
  if (entry.le) text += fmt::format(" le {}", *entry.le);
  return text;
}

wire::Communities communities_of(const Args& args) {
  wire::Communities set;
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_community(word.text)) set.insert(*community);
  return set;
}
wire::LargeCommunities large_communities_of(const Args& args) {
  wire::LargeCommunities set;
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_large_community(word.text)) set.insert(*community);
  return set;
}

template <typename Lists>
void drop_empty(Lists& lists, const std::string& name) {
  if (const auto list = lists.find(name); list != lists.end() && list->second.empty()) lists.erase(list);
}

template <typename Lists>
void emit_lists(Writer& writer, const Lists& lists, std::string_view kind) {
  if (!lists.empty()) writer.separator();
  for (const auto& [name, list] : lists)
    for (const auto& [seq, entry] : list)
      writer.line("bgp {} standard {} seq {} {} {}", kind, name, seq, show(entry.action),
                  wire::to_string(entry.communities));
}

}  // namespace

void add_prefix_list_entry(Editor& editor, const Args& args) {
  const wire::Family family = list_family(args);
  rib::PrefixListEntry entry = prefix_entry(args, family);
  const unsigned shortest = entry.ge.value_or(static_cast<std::uint8_t>(entry.prefix.length()));
  if (shortest < entry.prefix.length())
    return editor.error(args.position("ge"), fmt::format("ge {} is shorter than the prefix's own length {}",
                                                         shortest, entry.prefix.length()));
  if (entry.le && *entry.le < shortest)
    return editor.error(args.position("le"),
                        fmt::format("le {} is below {}: nothing can match", *entry.le, shortest));
  const bool is_new = editor.says_first(hash_of(args.text("name"), entry));
  add(editor, args, editor.config().prefix_lists[family][std::string(args.text("name"))].entries,
      std::move(entry), is_new);
}

void remove_prefix_list_entry(Editor& editor, const Args& args) {
  const wire::Family family = list_family(args);
  auto& lists = editor.config().prefix_lists[family];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  remove(args, list->second.entries, prefix_entry(args, family));
  if (list->second.entries.empty() && list->second.description.empty()) lists.erase(list);
}

void remove_prefix_list(Editor& editor, const Args& args) {
  auto& lists = editor.config().prefix_lists[list_family(args)];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  if (args.has("seq")) list->second.entries.erase(args.number("seq"));
  if (!args.has("seq") || (list->second.entries.empty() && list->second.description.empty()))
    lists.erase(list);
}

void describe_prefix_list(Editor& editor, const Args& args) {
  editor.config().prefix_lists[list_family(args)][std::string(args.text("name"))].description = args.value();
}
void undescribe_prefix_list(Editor& editor, const Args& args) {
  auto& lists = editor.config().prefix_lists[list_family(args)];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  list->second.description.clear();
  if (list->second.entries.empty()) lists.erase(list);
}

void emit_prefix_lists(Writer& writer) {
  for (wire::Family family : wire::kFamilies) {
    const auto& lists = writer.config.prefix_lists[family];
    if (!lists.empty()) writer.separator();
    for (const auto& [name, list] : lists) {
      if (!list.description.empty())
        writer.line("{} prefix-list {} description {}", keyword(family), name, list.description);
      for (const auto& [seq, entry] : list.entries)
        writer.line("{} prefix-list {} seq {} {} {}", keyword(family), name, seq, show(entry.action),
                    show(entry));
    }
  }
}

void add_community_list_entry(Editor& editor, const Args& args) {
  rib::CommunityListEntry entry{.action = action_of(args), .communities = communities_of(args)};
  add(editor, args, editor.config().community_lists[std::string(args.text("name"))], std::move(entry));
}
void remove_community_list_entry(Editor& editor, const Args& args) {
  const std::string name(args.text("name"));
  auto& lists = editor.config().community_lists;
  const rib::CommunityListEntry entry{.action = action_of(args), .communities = communities_of(args)};
  remove(args, lists[name], entry);
  drop_empty(lists, name);
}
void emit_community_lists(Writer& writer) {
  emit_lists(writer, writer.config.community_lists, "community-list");
}

void add_large_community_list_entry(Editor& editor, const Args& args) {
  rib::LargeCommunityListEntry entry{.action = action_of(args), .communities = large_communities_of(args)};
  add(editor, args, editor.config().large_community_lists[std::string(args.text("name"))], std::move(entry));
}
void remove_large_community_list_entry(Editor& editor, const Args& args) {
  const std::string name(args.text("name"));
  auto& lists = editor.config().large_community_lists;
  const rib::LargeCommunityListEntry entry{.action = action_of(args),
                                           .communities = large_communities_of(args)};
  remove(args, lists[name], entry);
  drop_empty(lists, name);
}
void emit_large_community_lists(Writer& writer) {
  emit_lists(writer, writer.config.large_community_lists, "large-community-list");
}

}  // namespace lbgp::conf
