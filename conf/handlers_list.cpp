// SPDX-License-Identifier: Apache-2.0
// Prefix lists, community lists and names of communities.
#include <fmt/format.h>

#include <optional>

#include "conf/handlers.hpp"
#include "conf/list_entries.hpp"

namespace lbgp::conf {
namespace {

wire::Family list_family(const Args& args) {
  return args.has("ip") ? wire::Family::Ipv4Unicast : wire::Family::Ipv6Unicast;
}
std::string_view keyword(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "ip" : "ipv6";
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

// What differs between the three kinds of community lists.
struct Standard {
  using List = rib::CommunityList;
  static constexpr auto kLists = &Config::community_lists;
  static constexpr std::string_view kName = "community-list";
};
struct Large {
  using List = rib::LargeCommunityList;
  static constexpr auto kLists = &Config::large_community_lists;
  static constexpr std::string_view kName = "large-community-list";
};
struct Extended {
  using List = rib::ExtCommunityList;
  static constexpr auto kLists = &Config::ext_community_lists;
  static constexpr std::string_view kName = "extcommunity-list";
};

void insert_all(Editor& /*editor*/, const Args& args, wire::Communities& set) {
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_community(word.text)) set.insert(*community);
}
void insert_all(Editor& /*editor*/, const Args& args, wire::LargeCommunities& set) {
  for (const Word& word : args.all("communities"))
    if (const auto community = wire::parse_large_community(word.text)) set.insert(*community);
}
// "rt 65000:1 65000:2 soo 10.0.0.1:5": a type holds for what follows it.
void insert_all(Editor& editor, const Args& args, wire::ExtCommunities& set) {
  std::string_view type;
  for (const Word& word : args.all("communities")) {
    if (word.text == "rt" || word.text == "soo") {
      type = word.text;
      continue;
    }
    if (const auto community = wire::parse_ext_community(fmt::format("{}:{}", type, word.text)))
      set.insert(*community);
    else
      editor.error({args.position().line, word.column}, "expected rt or soo with ASN:NN or A.B.C.D:NN");
  }
}

// Communities as a list writes them: extended ones with their type as a word of its own.
template <typename Set>
std::string show_members(const Set& set) {
  return wire::to_string(set);
}
std::string show_members(const wire::ExtCommunities& set) {
  std::string text;
  for (const wire::ExtCommunity& community : set) {
    const std::string full = wire::to_string(community);  // "RT:65000:1"
    const std::size_t colon = full.find(':');
    text += fmt::format("{}{} {}", text.empty() ? "" : " ", full.starts_with("RT") ? "rt" : "soo",
                        full.substr(colon + 1));
  }
  return text;
}

template <typename Kind>
typename Kind::List::mapped_type entry_of(Editor& editor, const Args& args) {
  typename Kind::List::mapped_type entry{.action = action_of(args), .communities = {}};
  if (args.has("expression"))
    entry.expression = regex_of(editor, args, "expression");
  else
    insert_all(editor, args, entry.communities);
  return entry;
}

template <typename Kind>
void add_to_list(Editor& editor, const Args& args) {
  auto entry = entry_of<Kind>(editor, args);
  if (editor.failed()) return;
  const std::string name(args.text("name"));
  auto& lists = editor.config().*Kind::kLists;
  const auto known = lists.find(name);
  const bool expanded = static_cast<bool>(entry.expression);
  if (known != lists.end() && static_cast<bool>(known->second.begin()->second.expression) != expanded)
    return editor.error(args.position("name"), fmt::format("{} {} is {} already", Kind::kName, name,
                                                           expanded ? "standard" : "expanded"));
  add_entry(editor, args, lists[name], std::move(entry));
}
template <typename Kind>
void remove_from_list(Editor& editor, const Args& args) {
  auto& lists = editor.config().*Kind::kLists;
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  remove_entry(args, list->second, entry_of<Kind>(editor, args));
  if (list->second.empty()) lists.erase(list);
}
template <typename Kind>
void emit_lists(Writer& writer) {
  const auto& lists = writer.config.*Kind::kLists;
  if (!lists.empty()) writer.separator();
  for (const auto& [name, list] : lists)
    for (const auto& [seq, entry] : list)
      writer.line("bgp {} {} {} seq {} {} {}", Kind::kName, entry.expression ? "expanded" : "standard", name,
                  seq, permit_word(entry.action),
                  entry.expression ? entry.expression.text() : show_members(entry.communities));
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
  add_entry(editor, args, editor.config().prefix_lists[family][std::string(args.text("name"))].entries,
            std::move(entry), is_new);
}

void remove_prefix_list_entry(Editor& editor, const Args& args) {
  const wire::Family family = list_family(args);
  auto& lists = editor.config().prefix_lists[family];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  remove_entry(args, list->second.entries, prefix_entry(args, family));
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
        writer.line("{} prefix-list {} seq {} {} {}", keyword(family), name, seq, permit_word(entry.action),
                    show(entry));
    }
  }
}

void add_community_list_entry(Editor& editor, const Args& args) {
  add_to_list<Standard>(editor, args);
}
void remove_community_list_entry(Editor& editor, const Args& args) {
  remove_from_list<Standard>(editor, args);
}
void emit_community_lists(Writer& writer) {
  emit_lists<Standard>(writer);
}

void add_large_community_list_entry(Editor& editor, const Args& args) {
  add_to_list<Large>(editor, args);
}
void remove_large_community_list_entry(Editor& editor, const Args& args) {
  remove_from_list<Large>(editor, args);
}
void emit_large_community_lists(Writer& writer) {
  emit_lists<Large>(writer);
}

void add_ext_community_list_entry(Editor& editor, const Args& args) {
  add_to_list<Extended>(editor, args);
}
void remove_ext_community_list_entry(Editor& editor, const Args& args) {
  remove_from_list<Extended>(editor, args);
}
void emit_ext_community_lists(Writer& writer) {
  emit_lists<Extended>(writer);
}

// A name for one community, and one community for a name.
void set_alias(Editor& editor, const Args& args) {
  rib::CommunityAliases& aliases = editor.config().aliases;
  const std::string_view text = args.text("community");
  const std::string alias(args.text("alias"));
  const auto take = [&](auto& known, const auto& community) {
    std::erase_if(aliases.communities, [&](const auto& item) { return item.second == alias; });
    std::erase_if(aliases.large_communities, [&](const auto& item) { return item.second == alias; });
    known[community] = alias;
  };
  if (const auto large = wire::parse_large_community(text))
    take(aliases.large_communities, *large);
  else if (const auto community = wire::parse_community(text))
    take(aliases.communities, *community);
  else
    editor.error(args.position("community"), "expected AA:NN or AA:BB:CC");
}
void unset_alias(Editor& editor, const Args& args) {
  rib::CommunityAliases& aliases = editor.config().aliases;
  const std::string_view text = args.text("community");
  if (const auto large = wire::parse_large_community(text)) aliases.large_communities.erase(*large);
  if (const auto community = wire::parse_community(text)) aliases.communities.erase(*community);
}
void emit_aliases(Writer& writer) {
  const auto emit = [&](const auto& aliases) {
    for (const auto& [community, alias] : aliases)
      writer.line("bgp community alias {} {}", wire::to_string(community), alias);
  };
  emit(writer.config.aliases.communities);
  emit(writer.config.aliases.large_communities);
}

}  // namespace lbgp::conf
