// SPDX-License-Identifier: Apache-2.0
// Access lists and AS path lists.
#include <fmt/format.h>

#include "conf/handlers.hpp"
#include "conf/list_entries.hpp"

namespace lbgp::conf {
namespace {

wire::Family family_of(const Args& args) {
  return args.has("ipv6") ? wire::Family::Ipv6Unicast : wire::Family::Ipv4Unicast;
}
std::string_view keyword(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "access-list" : "ipv6 access-list";
}

constexpr std::uint32_t kEverything = 0xffffffff;

// "any", "host A" or "A WILDCARD"; the names of the two words.
rib::Wildcard wildcard_of(const Args& args, std::string_view address, std::string_view wildcard) {
  if (args.text(address) == "any") return {0, kEverything};
  const std::uint32_t ignored = args.has(wildcard) ? args.address(wildcard).v4_value() : 0;
  return {args.address(address).v4_value() & ~ignored, ignored};
}

rib::AccessListEntry entry_of(const Args& args) {
  rib::AccessListEntry entry;
  entry.action = action_of(args);
  if (args.has("from")) {
    entry.what = rib::AccessWildcard{wildcard_of(args, "from", "from-wildcard"),
                                     wildcard_of(args, "netmask", "netmask-wildcard")};
  } else if (args.has("address")) {
    entry.what = rib::AccessWildcard{wildcard_of(args, "address", "wildcard"), std::nullopt};
  } else {
    rib::AccessPrefix what{args.prefix("prefix"), args.has("exact-match")};
    const bool v4 = family_of(args) == wire::Family::Ipv4Unicast;
    if (args.text("prefix") == "any")
      what.prefix = wire::Prefix(v4 ? wire::IpAddress::v4(0) : wire::IpAddress::v6({}), 0);
    entry.what = what;
  }
  return entry;
}

std::string show(const rib::Wildcard& wildcard, bool extended) {
  if (wildcard.ignored == kEverything && extended) return "any";
  const std::string address = wire::to_string(wire::IpAddress::v4(wildcard.value));
  if (wildcard.ignored == 0) return extended ? "host " + address : address;
  return fmt::format("{} {}", address, wire::to_string(wire::IpAddress::v4(wildcard.ignored)));
}

std::string show(const rib::AccessListEntry& entry) {
  if (const auto* what = std::get_if<rib::AccessPrefix>(&entry.what)) {
    const std::string exact = what->exact ? " exact-match" : "";
    return (what->prefix.length() == 0 ? "any" : wire::to_string(what->prefix)) + exact;
  }
  const auto& what = std::get<rib::AccessWildcard>(entry.what);
  if (!what.netmask) return show(what.address, false);
  return fmt::format("ip {} {}", show(what.address, true), show(*what.netmask, true));
}

using AccessLists = std::map<std::string, rib::AccessList>;
void drop_empty(AccessLists& lists, AccessLists::iterator list) {
  if (list->second.entries.empty() && list->second.remark.empty()) lists.erase(list);
}

}  // namespace

void add_access_list_entry(Editor& editor, const Args& args) {
  auto& list = editor.config().access_lists[family_of(args)][std::string(args.text("name"))];
  add_entry(editor, args, list.entries, entry_of(args));
}
void remove_access_list_entry(Editor& editor, const Args& args) {
  AccessLists& lists = editor.config().access_lists[family_of(args)];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  remove_entry(args, list->second.entries, entry_of(args));
  drop_empty(lists, list);
}
void remove_access_list(Editor& editor, const Args& args) {
  AccessLists& lists = editor.config().access_lists[family_of(args)];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  if (args.has("seq"))
    list->second.entries.erase(args.number("seq"));
  else
    list->second = {};
  drop_empty(lists, list);
}
void remark_access_list(Editor& editor, const Args& args) {
  editor.config().access_lists[family_of(args)][std::string(args.text("name"))].remark = args.value();
}
void unremark_access_list(Editor& editor, const Args& args) {
  AccessLists& lists = editor.config().access_lists[family_of(args)];
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  list->second.remark.clear();
  drop_empty(lists, list);
}
void emit_access_lists(Writer& writer) {
  for (const wire::Family family : wire::kFamilies) {
    const AccessLists& lists = writer.config.access_lists[family];
    if (!lists.empty()) writer.separator();
    for (const auto& [name, list] : lists) {
      if (!list.remark.empty()) writer.line("{} {} remark {}", keyword(family), name, list.remark);
      for (const auto& [seq, entry] : list.entries)
        writer.line("{} {} seq {} {} {}", keyword(family), name, seq, permit_word(entry.action), show(entry));
    }
  }
}

namespace {

// FRR matches numbers as its router writes them; here they are always plain.
void warn_of_dotted_numbers(Editor& editor, const Args& args) {
  std::string error;
  const auto dotted = rib::Regex::compile(R"([0-9]\\?\.[0-9])", error, rib::Regex::Underscore::Itself);
  if (dotted.matches(args.rest("expression")))
    editor.warn(args.position("expression"),
                "AS paths are matched as plain numbers: 1.4 stands there as 65540");
}

}  // namespace

void add_as_path_list_entry(Editor& editor, const Args& args) {
  rib::AsPathListEntry entry{.action = action_of(args), .expression = regex_of(editor, args, "expression")};
  if (editor.failed()) return;
  warn_of_dotted_numbers(editor, args);
  add_entry(editor, args, editor.config().as_path_lists[std::string(args.text("name"))], std::move(entry));
}
void remove_as_path_list_entry(Editor& editor, const Args& args) {
  auto& lists = editor.config().as_path_lists;
  const auto list = lists.find(std::string(args.text("name")));
  if (list == lists.end()) return;
  rib::AsPathListEntry entry{.action = action_of(args), .expression = {}};
  if (args.has("expression")) entry.expression = regex_of(editor, args, "expression");
  remove_entry(args, list->second, entry);
  if (list->second.empty()) lists.erase(list);
}
void emit_as_path_lists(Writer& writer) {
  if (!writer.config.as_path_lists.empty()) writer.separator();
  for (const auto& [name, list] : writer.config.as_path_lists)
    for (const auto& [seq, entry] : list)
      writer.line("bgp as-path access-list {} seq {} {} {}", name, seq, permit_word(entry.action),
                  entry.expression.text());
}

}  // namespace lbgp::conf
