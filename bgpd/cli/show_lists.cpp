// SPDX-License-Identifier: Apache-2.0
// Lists and route maps, as FRR shows them.
#include "bgpd/cli/show_lists.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <charconv>
#include <map>

#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/tokens.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

template <typename Visit>
void each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// What stands behind `words` at the beginning of the line; nothing: the line begins otherwise.
std::optional<std::string_view> behind(std::string_view line, std::string_view words) {
  if (!line.starts_with(words) || line.size() <= words.size() || line[words.size()] != ' ')
    return std::nullopt;
  return line.substr(words.size() + 1);
}

bool is_numbered(const std::string& name) {
  return name.find_first_not_of("0123456789") == std::string::npos;
}

std::string_view protocol(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "IPv4" : "IPv6";
}
std::string_view protocol_word(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "ip" : "ipv6";
}

}  // namespace

std::vector<ListText> lists_in(std::string_view configuration, std::string_view words) {
  std::map<std::string, ListText> lists;
  each_line(configuration, [&](std::string_view line) {
    const auto rest = behind(line, words);
    if (!rest) return;
    Tokens tokens = tokenise(*rest);
    std::string kind;
    if (!tokens.empty() && (tokens[0].text == "standard" || tokens[0].text == "expanded")) {
      kind = tokens[0].text;
      tokens.erase(tokens.begin());
    }
    // NAME seq N permit …
    if (tokens.size() < 5 || tokens[1].text != "seq") return;
    ListText& list = lists[std::string(tokens[0].text)];
    list.name = tokens[0].text;
    list.kind = kind;
    list.entries.push_back(
        {number(tokens[2].text), std::string(tokens[3].text), std::string(rest_of(*rest, tokens[4]))});
  });
  std::vector<ListText> out;
  for (auto& [name, list] : lists) out.push_back(std::move(list));
  return out;
}

std::string community_lists_text(const std::vector<ListText>& lists, std::string_view kind) {
  std::string out;
  for (const ListText& list : lists) {
    out +=
        fmt::format("{}{} {} list {}\n", is_numbered(list.name) ? "" : "Named ", kind, list.kind, list.name);
    for (const ListEntryText& entry : list.entries)
      out += fmt::format("    {} {}\n", entry.action, entry.text);
  }
  return out;
}

std::string as_path_lists_text(const std::vector<ListText>& lists) {
  std::string out;
  for (const ListText& list : lists) {
    out += fmt::format("AS path access list {}\n", list.name);
    for (const ListEntryText& entry : list.entries)
      out += fmt::format("    {} {}\n", entry.action, entry.text);
  }
  return out;
}

json::object as_path_lists_json(const std::vector<ListText>& lists) {
  json::object out;
  for (const ListText& list : lists) {
    json::array entries;
    for (const ListEntryText& entry : list.entries)
      entries.push_back(
          json::object{{"sequenceNumber", entry.seq}, {"type", entry.action}, {"regExp", entry.text}});
    out[list.name] = std::move(entries);
  }
  return out;
}

std::string access_lists_text(const std::vector<ListText>& lists, wire::Family family) {
  std::string out = "BGP:\n";
  for (const ListText& list : lists) {
    out += fmt::format("Zebra {} access list {}\n", family == wire::Family::Ipv4Unicast ? "IP" : "IPv6",
                       list.name);
    for (const ListEntryText& entry : list.entries)
      out += fmt::format("    seq {} {} {}\n", entry.seq, entry.action, entry.text);
  }
  return out;
}

json::object access_lists_json(const std::vector<ListText>& lists, wire::Family family) {
  constexpr std::string_view kExact = " exact-match";
  json::object out;
  for (const ListText& list : lists) {
    json::array rules;
    for (const ListEntryText& entry : list.entries) {
      const bool exact = entry.text.ends_with(kExact);
      std::string prefix = exact ? entry.text.substr(0, entry.text.size() - kExact.size()) : entry.text;
      if (prefix == "any") prefix = family == wire::Family::Ipv4Unicast ? "0.0.0.0/0" : "::/0";
      rules.push_back(json::object{{"sequenceNumber", entry.seq},
                                   {"filterType", entry.action},
                                   {"prefix", prefix},
                                   {"exact-match", exact}});
    }
    out[list.name] =
        json::object{{"type", "Zebra"}, {"addressFamily", protocol(family)}, {"rules", std::move(rules)}};
  }
  return json::object{{"BGP", std::move(out)}};
}

// --- route maps

std::vector<RouteMapText> route_maps_in(std::string_view configuration) {
  std::vector<RouteMapText> maps;
  RouteMapEntryText* entry = nullptr;
  each_line(configuration, [&](std::string_view line) {
    if (const auto head = behind(line, "route-map")) {
      const Tokens tokens = tokenise(*head);
      if (tokens.size() < 3) return;
      if (maps.empty() || maps.back().name != tokens[0].text)
        maps.push_back({std::string(tokens[0].text), {}});
      entry = &maps.back().entries.emplace_back();
      entry->action = tokens[1].text;
      entry->seq = number(tokens[2].text);
      entry->exit_does = "Exit routemap";
      return;
    }
    if (line.empty() || line.front() != ' ') entry = nullptr;
    if (entry == nullptr) return;
    const std::string_view clause = line.substr(1);
    if (const auto rest = behind(clause, "match")) entry->matches.emplace_back(*rest);
    if (const auto rest = behind(clause, "set")) entry->sets.emplace_back(*rest);
    if (const auto rest = behind(clause, "description")) entry->description = *rest;
    if (const auto rest = behind(clause, "call")) entry->call = *rest;
    if (clause == "on-match next" || clause == "continue") entry->exit_does = "Continue to next entry";
    if (const auto rest = behind(clause, "on-match goto")) entry->exit_does = fmt::format("Goto {}", *rest);
    if (const auto rest = behind(clause, "continue")) entry->exit_does = fmt::format("Goto {}", *rest);
  });
  return maps;
}

std::string route_maps_text(const std::vector<RouteMapText>& maps) {
  std::string out;
  for (const RouteMapText& map : maps) {
    out += fmt::format("route-map: {} Invoked: 0 Optimization: enabled Processed Change: true\n", map.name);
    for (const RouteMapEntryText& entry : map.entries) {
      out += fmt::format(" {}, sequence {} Invoked 0\n", entry.action, entry.seq);
      if (!entry.description.empty()) out += fmt::format("  Description:\n    {}\n", entry.description);
      out += "  Match clauses:\n";
      for (const std::string& clause : entry.matches) out += fmt::format("    {}\n", clause);
      out += "  Set clauses:\n";
      for (const std::string& clause : entry.sets) out += fmt::format("    {}\n", clause);
      out += "  Call clause:\n";
      if (!entry.call.empty()) out += fmt::format("    Call {}\n", entry.call);
      out += fmt::format("  Action:\n    {}\n", entry.exit_does);
    }
  }
  return out;
}

json::object route_maps_json(const std::vector<RouteMapText>& maps) {
  const auto array = [](const std::vector<std::string>& clauses) {
    json::array out;
    for (const std::string& clause : clauses) out.emplace_back(clause);
    return out;
  };
  json::object out;
  for (const RouteMapText& map : maps) {
    json::array rules;
    for (const RouteMapEntryText& entry : map.entries) {
      json::object rule{{"sequenceNumber", entry.seq}, {"type", entry.action}, {"invoked", 0}};
      if (!entry.description.empty()) rule["description"] = entry.description;
      rule["matchClauses"] = array(entry.matches);
      rule["setClauses"] = array(entry.sets);
      if (!entry.call.empty()) rule["callClause"] = entry.call;
      rule["action"] = entry.exit_does;
      rules.push_back(std::move(rule));
    }
    out[map.name] = json::object{{"invoked", 0},
                                 {"disabledOptimization", false},
                                 {"processedChange", true},
                                 {"rules", std::move(rules)}};
  }
  return out;
}

// --- prefix lists

namespace {

constexpr std::string_view kCounts = " (hit count: 0, refcount: 0)";  // nothing is counted here

std::string_view action(rib::Permit permit) {
  return permit == rib::Permit::Permit ? "permit" : "deny";
}

std::string entry_line(const rib::PrefixListEntry& entry, std::string_view counts) {
  const bool any = entry.prefix.length() == 0 && !entry.ge && entry.le == entry.prefix.address().bits();
  std::string out = fmt::format("   seq {} {} {}", entry.seq, action(entry.action),
                                any ? "any" : wire::to_string(entry.prefix));
  if (!any && entry.ge) out += fmt::format(" ge {}", *entry.ge);
  if (!any && entry.le) out += fmt::format(" le {}", *entry.le);
  return fmt::format("{}{}\n", out, counts);
}

std::pair<std::uint32_t, std::uint32_t> sequences(const rib::PrefixList& list) {
  if (list.entries.empty()) return {0, 0};
  return {list.entries.begin()->first, list.entries.rbegin()->first};
}

}  // namespace

std::optional<std::string> prefix_lists_text(const PrefixLists& lists, wire::Family family,
                                             const std::string& name, ListForm form) {
  if (form == ListForm::Plain) return prefix_lists_text(lists, family, name);
  if (!name.empty() && !lists.contains(name)) return std::nullopt;
  std::string out;
  for (const auto& [list_name, list] : lists) {
    if (!name.empty() && list_name != name) continue;
    out += fmt::format("BGP: {} prefix-list {}:\n", protocol_word(family), list_name);
    if (!list.description.empty()) out += fmt::format("   Description: {}\n", list.description);
    const auto [first, last] = sequences(list);
    out +=
        fmt::format("   count: {}, range entries: 0, sequences: {} - {}\n", list.entries.size(), first, last);
    if (form == ListForm::Detail)
      for (const auto& [seq, entry] : list.entries) out += entry_line(entry, kCounts);
  }
  return out;
}

std::string prefix_lists_json(const PrefixLists& lists, wire::Family family, const std::string& name,
                              ListForm form) {
  if (form == ListForm::Plain) return prefix_lists_json(lists, family, name);
  json::object out;
  for (const auto& [list_name, list] : lists) {
    if (!name.empty() && list_name != name) continue;
    json::object each{{"addressFamily", protocol(family)}};
    if (!list.description.empty()) each["description"] = list.description;
    const auto [first, last] = sequences(list);
    each["count"] = list.entries.size();
    each["rangeEntries"] = 0;
    each["sequenceStart"] = first;
    each["sequenceEnd"] = last;
    if (form == ListForm::Detail) {
      json::array entries;
      for (const auto& [seq, entry] : list.entries) {
        json::object one{{"sequenceNumber", seq},
                         {"type", action(entry.action)},
                         {"prefix", wire::to_string(entry.prefix)}};
        if (entry.ge) one["minimumPrefixLength"] = *entry.ge;
        if (entry.le) one["maximumPrefixLength"] = *entry.le;
        one["hitCount"] = 0;
        one["referenceCount"] = 0;
        entries.push_back(std::move(one));
      }
      each["entries"] = std::move(entries);
    }
    out[list_name] = std::move(each);
  }
  return pretty(json::object{{"BGP", std::move(out)}});
}

std::string prefix_list_entries_text(const rib::PrefixList& list, const Request& request) {
  if (!request.prefix) {  // seq N
    const auto entry = list.entries.find(request.number);
    return entry != list.entries.end() ? "BGP: " + entry_line(entry->second, kCounts) : "";
  }
  std::string out;
  for (const auto& [seq, entry] : list.entries) {
    if (request.longer ? !request.prefix->contains(entry.prefix) : entry.prefix != *request.prefix) continue;
    out += entry_line(entry, request.longer ? "" : kCounts);
    if (request.first_match) break;
  }
  return out;
}

}  // namespace lbgp::daemon::cli
