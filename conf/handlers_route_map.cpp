// SPDX-License-Identifier: Apache-2.0
// Commands of `route-map`: clauses as rib's own values, one of a kind per entry.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

rib::Permit action_of(const Args& args) {
  return args.text("action") == "permit" ? rib::Permit::Permit : rib::Permit::Deny;
}

wire::Origin origin_of(const Args& args) {
  const std::string_view text = args.text("origin");
  return text == "igp" ? wire::Origin::Igp : text == "egp" ? wire::Origin::Egp : wire::Origin::Incomplete;
}
std::string_view show(wire::Origin origin) {
  return origin == wire::Origin::Igp ? "igp" : origin == wire::Origin::Egp ? "egp" : "incomplete";
}

wire::Family family_of(const Args& args) {
  return args.has("ip") ? wire::Family::Ipv4Unicast : wire::Family::Ipv6Unicast;
}

// --- match
// --------------------------------------------------------------------------------------------------

rib::Match match_of(const Args& args) {
  const std::string list(args.text("list"));
  if (args.has("prefix-list")) return rib::MatchPrefixList{family_of(args), list};
  if (args.has("community")) return rib::MatchCommunity{list, args.has("exact-match")};
  if (args.has("large-community")) return rib::MatchLargeCommunity{list, args.has("exact-match")};
  if (args.has("metric")) return rib::MatchMetric{args.number("metric")};
  if (args.has("local-preference")) return rib::MatchLocalPreference{args.number("local-preference")};
  if (args.has("origin")) return rib::MatchOrigin{origin_of(args)};
  return rib::MatchPeer{wire::parse_address(args.text("peer"))};
}

std::string show(const rib::Match& match) {
  const auto exact = [](bool yes) { return yes ? " exact-match" : ""; };
  return std::visit(
      Overloaded{
          [](const rib::MatchPrefixList& m) {
            const bool v4 = m.family == wire::Family::Ipv4Unicast;
            return fmt::format("{} address prefix-list {}", v4 ? "ip" : "ipv6", m.name);
          },
          [&](const rib::MatchCommunity& m) { return fmt::format("community {}{}", m.name, exact(m.exact)); },
          [&](const rib::MatchLargeCommunity& m) {
            return fmt::format("large-community {}{}", m.name, exact(m.exact));
          },
          [](const rib::MatchMetric& m) { return fmt::format("metric {}", m.value); },
          [](const rib::MatchLocalPreference& m) { return fmt::format("local-preference {}", m.value); },
          [](const rib::MatchOrigin& m) { return fmt::format("origin {}", show(m.origin)); },
          [](const rib::MatchPeer& m) {
            return fmt::format("peer {}", m.address ? wire::to_string(*m.address) : "local");
          },
      },
      match);
}

bool same_kind(const rib::Match& a, const rib::Match& b) {
  if (a.index() != b.index()) return false;
  const auto* list = std::get_if<rib::MatchPrefixList>(&a);
  return list == nullptr || list->family == std::get<rib::MatchPrefixList>(b).family;
}

// --- set
// ----------------------------------------------------------------------------------------------------

std::optional<rib::SetMetric> metric_of(std::string_view text) {
  rib::SetMetric metric;
  if (text.starts_with('+')) metric.kind = rib::SetMetric::Kind::Add;
  if (text.starts_with('-')) metric.kind = rib::SetMetric::Kind::Subtract;
  if (metric.kind != rib::SetMetric::Kind::Assign) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), metric.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return metric;
}

template <typename Clause, typename Parse>
Clause communities_of(const Args& args, Parse parse) {
  Clause clause;
  for (const Word& word : args.all("communities"))
    if (const auto community = parse(word.text)) clause.communities.insert(*community);
  clause.additive = args.has("additive") && !clause.communities.empty();  // nothing is added by `none`
  return clause;
}

// RFC 4360 §4 and §5: the sub-types of route target and route origin.
constexpr std::uint8_t kRouteTarget = 0x02;
constexpr std::uint8_t kRouteOrigin = 0x03;
std::uint8_t ext_type(const Args& args) {
  return args.text("type") == "rt" ? kRouteTarget : kRouteOrigin;
}

wire::ExtCommunities ext_communities_of(Editor& editor, const Args& args) {
  wire::ExtCommunities set;
  for (const Word& word : args.all("communities")) {
    const auto community = wire::parse_ext_community(fmt::format("{}:{}", args.text("type"), word.text));
    if (community)
      set.insert(*community);
    else
      editor.error({args.position().line, word.column}, "expected ASN:NN or A.B.C.D:NN");
  }
  return set;
}

// The clause that the words ask for; an editor's error when a value is wrong.
rib::Set set_of(Editor& editor, const Args& args) {
  if (args.has("large-community"))
    return communities_of<rib::SetLargeCommunity>(args, wire::parse_large_community);
  if (args.has("community")) return communities_of<rib::SetCommunity>(args, wire::parse_community);
  if (args.has("extcommunity")) return rib::SetExtCommunity{ext_communities_of(editor, args)};
  if (args.has("local-preference")) return rib::SetLocalPreference{args.number("local-preference")};
  if (args.has("weight")) return rib::SetWeight{args.number("weight")};
  if (args.has("origin")) return rib::SetOrigin{origin_of(args)};
  if (args.has("prepend")) {
    rib::SetAsPathPrepend prepend;
    for (const Word& word : args.all("path"))
      if (const auto as = wire::parse_as_number(word.text)) prepend.as_numbers.push_back(*as);
    return prepend;
  }
  if (args.has("metric")) {
    const std::string_view text = args.text("metric");
    const auto metric = metric_of(text);
    if (!metric && text != "metric")
      editor.error(args.position("metric"), "expected a number, +number or -number");
    return metric.value_or(rib::SetMetric{});
  }
  const bool v4 = args.has("ip");
  const auto address = wire::parse_address(args.text("next-hop"));
  return rib::SetNextHop{address.value_or(v4 ? wire::IpAddress::v4(0) : wire::IpAddress::v6({}))};
}

template <typename Clause>
std::string show_communities(std::string_view kind, const Clause& clause) {
  if (clause.communities.empty()) return fmt::format("{} none", kind);
  return fmt::format("{} {}{}", kind, wire::to_string(clause.communities),
                     clause.additive ? " additive" : "");
}

// "rt 65000:1 65000:2": what stands behind the type's name in each.
std::string show_ext(const wire::ExtCommunities& set, std::uint8_t type) {
  std::string text = type == kRouteTarget ? "extcommunity rt" : "extcommunity soo";
  for (const wire::ExtCommunity& community : set) {
    if (community.octets[1] != type) continue;
    const std::string full = wire::to_string(community);
    text += ' ' + full.substr(full.find(':') + 1);
  }
  return text;
}

std::string show_metric(const rib::SetMetric& metric) {
  const std::string_view sign = metric.kind == rib::SetMetric::Kind::Add        ? "+"
                                : metric.kind == rib::SetMetric::Kind::Subtract ? "-"
                                                                                : "";
  return fmt::format("metric {}{}", sign, metric.value);
}

std::string show_prepend(const rib::SetAsPathPrepend& prepend) {
  std::string text = "as-path prepend";
  for (wire::AsNumber as : prepend.as_numbers) text += ' ' + wire::to_string(as);
  return text;
}

std::string show(const rib::Set& set) {
  return std::visit(
      Overloaded{
          [](const rib::SetCommunity& s) { return show_communities("community", s); },
          [](const rib::SetLargeCommunity& s) { return show_communities("large-community", s); },
          [](const rib::SetExtCommunity&) { return std::string(); },  // two lines: emit_sets
          [](const rib::SetLocalPreference& s) { return fmt::format("local-preference {}", s.value); },
          [](const rib::SetMetric& s) { return show_metric(s); },
          [](const rib::SetOrigin& s) { return fmt::format("origin {}", show(s.origin)); },
          [](const rib::SetAsPathPrepend& s) { return show_prepend(s); },
          [](const rib::SetWeight& s) { return fmt::format("weight {}", s.value); },
          [](const rib::SetNextHop& s) {
            const std::string_view kind = s.address.is_v4() ? "ip next-hop" : "ipv6 next-hop global";
            return fmt::format("{} {}", kind, wire::to_string(s.address));
          },
      },
      set);
}

bool same_kind(const rib::Set& a, const rib::Set& b) {
  if (a.index() != b.index()) return false;
  const auto* next_hop = std::get_if<rib::SetNextHop>(&a);
  return next_hop == nullptr || next_hop->address.is_v4() == std::get<rib::SetNextHop>(b).address.is_v4();
}

// A clause replaces the one of its kind where that stands, as in FRR.
template <typename Clause>
void put(std::vector<At<Clause>>& clauses, Clause clause, Position place) {
  for (At<Clause>& known : clauses) {
    if (!same_kind(known.value, clause)) continue;
    known = {std::move(clause), place};
    return;
  }
  clauses.push_back({std::move(clause), place});
}

const rib::SetExtCommunity* find_ext(const RouteMapEntryConfig& entry) {
  for (const auto& set : entry.sets)
    if (const auto* ext = std::get_if<rib::SetExtCommunity>(&set.value)) return ext;
  return nullptr;
}

// Route targets and route origins are two commands and one clause: this keeps the other command's part.
rib::SetExtCommunity merge_ext(const RouteMapEntryConfig& entry, const rib::SetExtCommunity& more,
                               std::uint8_t type) {
  rib::SetExtCommunity merged = more;
  if (const rib::SetExtCommunity* known = find_ext(entry))
    for (const wire::ExtCommunity& community : known->communities)
      if (community.octets[1] != type) merged.communities.insert(community);
  return merged;
}

}  // namespace

void enter_route_map(Editor& editor, const Args& args) {
  const std::string name(args.text("name"));
  editor.enter_route_map(name, args.number("seq"));
  RouteMapEntryConfig& entry = editor.route_map_entry();
  entry.action = action_of(args);
  entry.place = args.position("name");
}

void remove_route_map_entry(Editor& editor, const Args& args) {
  auto& maps = editor.config().route_maps;
  const auto map = maps.find(std::string(args.text("name")));
  if (map == maps.end()) return;
  map->second.erase(args.number("seq"));
  if (map->second.empty()) maps.erase(map);
}
void remove_route_map(Editor& editor, const Args& args) {
  editor.config().route_maps.erase(std::string(args.text("name")));
}

void emit_route_maps(Writer& writer) {
  for (const auto& [name, map] : writer.config.route_maps) {
    for (const auto& [seq, entry] : map) {
      writer.separator();
      writer.line("route-map {} {} {}", name, entry.action == rib::Permit::Permit ? "permit" : "deny", seq);
      writer.indent = 1;
      writer.entry = &entry;
      writer.emit(Scope::RouteMapEntry);
      writer.indent = 0;
      writer.line("exit");
    }
  }
}

void set_entry_description(Editor& editor, const Args& args) {
  editor.route_map_entry().description = args.value();
}
void unset_entry_description(Editor& editor, const Args& /*args*/) {
  editor.route_map_entry().description.clear();
}
void emit_entry_description(Writer& writer) {
  if (!writer.entry->description.empty()) writer.line("description {}", writer.entry->description);
}

void set_match(Editor& editor, const Args& args) {
  put(editor.route_map_entry().matches, match_of(args), args.position(args.value_name()));
}
void unset_match(Editor& editor, const Args& args) {
  const rib::Match match = match_of(args);
  std::erase_if(editor.route_map_entry().matches, [&](const auto& m) { return same_kind(m.value, match); });
}
void emit_matches(Writer& writer) {
  for (const auto& match : writer.entry->matches) writer.line("match {}", show(match.value));
}

void set_set(Editor& editor, const Args& args) {
  rib::Set set = set_of(editor, args);
  if (editor.failed()) return;
  RouteMapEntryConfig& entry = editor.route_map_entry();
  if (const auto* ext = std::get_if<rib::SetExtCommunity>(&set)) set = merge_ext(entry, *ext, ext_type(args));
  put(entry.sets, std::move(set), args.position(args.value_name()));
}
void unset_set(Editor& editor, const Args& args) {
  const rib::Set set = set_of(editor, args);
  if (editor.failed()) return;
  RouteMapEntryConfig& entry = editor.route_map_entry();
  rib::SetExtCommunity left;
  if (std::holds_alternative<rib::SetExtCommunity>(set)) left = merge_ext(entry, left, ext_type(args));
  if (!left.communities.empty())
    put(entry.sets, rib::Set(std::move(left)), args.position());
  else
    std::erase_if(entry.sets, [&](const auto& s) { return same_kind(s.value, set); });
}
void emit_sets(Writer& writer) {
  for (const auto& set : writer.entry->sets) {
    if (const auto* ext = std::get_if<rib::SetExtCommunity>(&set.value)) {
      for (std::uint8_t type : {kRouteTarget, kRouteOrigin}) {
        const auto& all = ext->communities;
        const bool some =
            std::any_of(all.begin(), all.end(), [&](const auto& c) { return c.octets[1] == type; });
        if (some) writer.line("set {}", show_ext(all, type));
      }
    } else {
      writer.line("set {}", show(set.value));
    }
  }
}

}  // namespace lbgp::conf
