// SPDX-License-Identifier: Apache-2.0
// Commands of `route-map`: clauses as rib's own values, one of a kind per entry.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "conf/handlers.hpp"
#include "conf/list_entries.hpp"

namespace lbgp::conf {
namespace {

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

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
std::string_view keyword(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "ip" : "ipv6";
}
wire::IpAddress zero(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? wire::IpAddress::v4(0) : wire::IpAddress::v6({});
}

// --- match
// --------------------------------------------------------------------------------------------------

rib::Subject subject_of(const Args& args) {
  if (args.has("route-source")) return rib::Subject::RouteSource;
  return args.has("next-hop") ? rib::Subject::NextHop : rib::Subject::Address;
}
std::string_view show(rib::Subject subject) {
  switch (subject) {
    case rib::Subject::Address:
      return "address";
    case rib::Subject::NextHop:
      return "next-hop";
    case rib::Subject::RouteSource:
      return "route-source";
  }
  return "";
}

template <typename Clause>
Clause match_communities(const Args& args) {
  return {std::string(args.text("list")), args.has("exact-match"), args.has("any")};
}
template <typename Clause>
std::string show_communities_match(std::string_view kind, const Clause& m) {
  return fmt::format("{} {}{}", kind, m.name, m.exact ? " exact-match" : m.any ? " any" : "");
}

rib::MatchPeer match_peer(const Args& args) {
  const std::string_view text = args.text("peer");
  rib::MatchPeer match{wire::parse_address(text)};
  if (!match.address && text != "local") match.name = text;
  return match;
}

// `match ip|ipv6 …`.
rib::Match match_of_family(const Args& args) {
  const wire::Family family = family_of(args);
  const std::string list(args.text("list"));
  if (args.has("prefix-list")) return rib::MatchPrefixList{family, list, subject_of(args)};
  if (args.has("prefix-len"))
    return rib::MatchPrefixLength{family, static_cast<std::uint8_t>(args.number("length"))};
  if (args.has("blackhole")) return rib::MatchBlackhole{family};
  if (args.has("gateway")) return rib::MatchNextHop{args.address("gateway")};
  if (args.has("next-hop") && args.has("address")) return rib::MatchNextHop{zero(family)};  // its `no` form
  return rib::MatchAccessList{family, list, subject_of(args)};
}

rib::Match match_of(const Args& args) {
  if (args.has("ip") || args.has("ipv6")) return match_of_family(args);
  if (args.has("as-path")) return rib::MatchAsPath{std::string(args.text("list"))};
  if (args.has("community")) return match_communities<rib::MatchCommunity>(args);
  if (args.has("large-community")) return match_communities<rib::MatchLargeCommunity>(args);
  if (args.has("extcommunity")) return match_communities<rib::MatchExtCommunity>(args);
  if (args.has("alias")) return rib::MatchAlias{std::string(args.text("alias"))};
  if (args.has("metric")) return rib::MatchMetric{args.number("metric")};
  if (args.has("local-preference")) return rib::MatchLocalPreference{args.number("local-preference")};
  if (args.has("origin")) return rib::MatchOrigin{origin_of(args)};
  if (args.has("interface")) return rib::MatchInterface{std::string(args.text("interface"))};
  if (args.has("tag")) return rib::MatchTag{args.number("tag")};
  return match_peer(args);
}

std::string show(const rib::Match& match) {
  return std::visit(
      Overloaded{
          [](const rib::MatchPrefixList& m) {
            return fmt::format("{} {} prefix-list {}", keyword(m.family), show(m.subject), m.name);
          },
          [](const rib::MatchAccessList& m) {
            return fmt::format("{} {} {}", keyword(m.family), show(m.subject), m.name);
          },
          [](const rib::MatchPrefixLength& m) {
            return fmt::format("{} address prefix-len {}", keyword(m.family), m.length);
          },
          [](const rib::MatchNextHop& m) {
            return fmt::format("{} next-hop address {}", m.address.is_v4() ? "ip" : "ipv6",
                               wire::to_string(m.address));
          },
          [](const rib::MatchBlackhole& m) {
            return fmt::format("{} next-hop type blackhole", keyword(m.family));
          },
          [](const rib::MatchAsPath& m) { return "as-path " + m.name; },
          [](const rib::MatchCommunity& m) { return show_communities_match("community", m); },
          [](const rib::MatchLargeCommunity& m) { return show_communities_match("large-community", m); },
          [](const rib::MatchExtCommunity& m) { return show_communities_match("extcommunity", m); },
          [](const rib::MatchAlias& m) { return "alias " + m.name; },
          [](const rib::MatchMetric& m) { return fmt::format("metric {}", m.value); },
          [](const rib::MatchLocalPreference& m) { return fmt::format("local-preference {}", m.value); },
          [](const rib::MatchOrigin& m) { return fmt::format("origin {}", show(m.origin)); },
          [](const rib::MatchPeer& m) {
            return "peer " + (m.address ? wire::to_string(*m.address) : m.name.empty() ? "local" : m.name);
          },
          [](const rib::MatchInterface& m) { return "interface " + m.name; },
          [](const rib::MatchTag& m) { return fmt::format("tag {}", m.value); },
      },
      match);
}

// Clauses about addresses are a kind per family and per what they ask about.
template <typename Clause>
bool same_command(const Clause& /*a*/, const Clause& /*b*/) {
  return true;
}
bool same_command(const rib::MatchPrefixList& a, const rib::MatchPrefixList& b) {
  return a.family == b.family && a.subject == b.subject;
}
bool same_command(const rib::MatchAccessList& a, const rib::MatchAccessList& b) {
  return a.family == b.family && a.subject == b.subject;
}
bool same_command(const rib::MatchPrefixLength& a, const rib::MatchPrefixLength& b) {
  return a.family == b.family;
}
bool same_command(const rib::MatchBlackhole& a, const rib::MatchBlackhole& b) {
  return a.family == b.family;
}
bool same_command(const rib::MatchNextHop& a, const rib::MatchNextHop& b) {
  return a.address.is_v4() == b.address.is_v4();
}
// Of IPv6 next hops each way to set one is a command of its own.
bool same_command(const rib::SetNextHop& a, const rib::SetNextHop& b) {
  return a.address.is_v4() == b.address.is_v4() && (a.address.is_v4() || a.kind == b.kind);
}

template <typename Clause>
bool same_kind(const Clause& a, const Clause& b) {
  return std::visit(
      [&](const auto& clause) {
        const auto* other = std::get_if<std::decay_t<decltype(clause)>>(&b);
        return other != nullptr && same_command(clause, *other);
      },
      a);
}

// --- set
// ----------------------------------------------------------------------------------------------------

// "5", "+5", "-5"; nothing: neither.
struct Adjustment {
  rib::Adjust kind = rib::Adjust::Assign;
  std::uint32_t value = 0;
};
std::optional<Adjustment> parse_adjustment(std::string_view text) {
  Adjustment adjustment;
  if (text.starts_with('+')) adjustment.kind = rib::Adjust::Add;
  if (text.starts_with('-')) adjustment.kind = rib::Adjust::Subtract;
  if (adjustment.kind != rib::Adjust::Assign) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), adjustment.value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return adjustment;
}
// Of the token called like its keyword: a `no` form need not have it.
Adjustment adjustment_of(Editor& editor, const Args& args, std::string_view name) {
  const std::string_view text = args.text(name);
  const auto adjustment = parse_adjustment(text);
  if (!adjustment && text.ends_with("rtt"))
    editor.error(args.position(name), "the round trip time of a session is not known here");
  else if (!adjustment && (text == "igp" || text == "aigp"))
    editor.error(args.position(name), "the distance to the next hop is not known here");
  else if (!adjustment && text != name)
    editor.error(args.position(name), "expected a number, +number or -number");
  return adjustment.value_or(Adjustment{});
}
std::string show(std::string_view name, rib::Adjust kind, std::uint32_t value) {
  const std::string_view sign = kind == rib::Adjust::Add ? "+" : kind == rib::Adjust::Subtract ? "-" : "";
  return fmt::format("{} {}{}", name, sign, value);
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

std::vector<wire::AsNumber> as_numbers_of(const Args& args) {
  std::vector<wire::AsNumber> numbers;
  for (const Word& word : args.all("path"))
    if (const auto as = wire::parse_as_number(word.text)) numbers.push_back(*as);
  return numbers;
}

rib::SetNextHop next_hop_of(Editor& editor, const Args& args) {
  using Kind = rib::SetNextHop::Kind;
  const wire::IpAddress none = zero(family_of(args));
  if (args.has("peer-address") || args.text("next-hop") == "peer-address") return {none, Kind::Peer};
  if (args.text("next-hop") == "unchanged") return {none, Kind::Unchanged};
  if (args.has("local") && !args.address("next-hop").is_link_local())
    editor.error(args.position("next-hop"), "this is no link-local address");
  return {wire::parse_address(args.text("next-hop")).value_or(none),
          args.has("local") ? Kind::LinkLocal : Kind::Address};
}

rib::Set set_of_communities(Editor& editor, const Args& args) {
  if (args.has("large-community"))
    return communities_of<rib::SetLargeCommunity>(args, wire::parse_large_community);
  if (args.has("community")) return communities_of<rib::SetCommunity>(args, wire::parse_community);
  if (args.has("bandwidth")) return rib::SetBandwidth{args.number("bandwidth"), args.has("non-transitive")};
  return rib::SetExtCommunity{ext_communities_of(editor, args)};
}

rib::Set set_of_as_path(const Args& args) {
  if (args.has("exclude")) return rib::SetAsPathExclude{as_numbers_of(args)};
  return rib::SetAsPathPrepend{as_numbers_of(args), static_cast<std::uint8_t>(args.number("times"))};
}

// The clause that the words ask for; an editor's error when a value is wrong.
rib::Set set_of(Editor& editor, const Args& args) {
  const std::string list(args.text("list"));
  if (args.has("community") || args.has("large-community") || args.has("extcommunity"))
    return set_of_communities(editor, args);
  if (args.has("comm-list")) return rib::DeleteCommunities{list};
  if (args.has("large-comm-list")) return rib::DeleteLargeCommunities{list};
  if (args.has("extended-comm-list")) return rib::DeleteExtCommunities{list};
  if (args.has("local-preference")) {
    const Adjustment adjustment = adjustment_of(editor, args, "local-preference");
    return rib::SetLocalPreference{adjustment.value, adjustment.kind};
  }
  if (args.has("metric")) {
    const Adjustment adjustment = adjustment_of(editor, args, "metric");
    return rib::SetMetric{adjustment.kind, adjustment.value};
  }
  if (args.has("weight")) return rib::SetWeight{args.number("weight")};
  if (args.has("origin")) return rib::SetOrigin{origin_of(args)};
  if (args.has("as-path")) return set_of_as_path(args);
  if (args.has("tag")) return rib::SetTag{args.number("tag")};
  if (args.has("aigp-metric")) {
    rib::SetAigp aigp;
    if (args.text("aigp") != "igp-metric") aigp.value = args.number("aigp");
    return aigp;
  }
  if (args.has("aggregator"))
    return rib::SetAggregator{
        {args.as_number("aggregator-as"), wire::RouterId(args.address("aggregator-id").v4_value())}};
  if (args.has("atomic-aggregate")) return rib::SetAtomicAggregate{};
  if (args.has("originator-id"))
    return rib::SetOriginatorId{wire::RouterId(args.address("originator-id").v4_value())};
  return next_hop_of(editor, args);
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

std::string show_path(std::string_view verb, const std::vector<wire::AsNumber>& numbers) {
  std::string text = fmt::format("as-path {}", verb);
  for (wire::AsNumber as : numbers) text += ' ' + wire::to_string(as);
  return text;
}

std::string show_next_hop(const rib::SetNextHop& set) {
  const std::string_view command = set.address.is_v4() ? "ip next-hop" : "ipv6 next-hop";
  const std::string address = wire::to_string(set.address);
  switch (set.kind) {
    case rib::SetNextHop::Kind::Address:
      return fmt::format("{}{} {}", command, set.address.is_v4() ? "" : " global", address);
    case rib::SetNextHop::Kind::Peer:
      return fmt::format("{} peer-address", command);
    case rib::SetNextHop::Kind::Unchanged:
      return fmt::format("{} unchanged", command);
    case rib::SetNextHop::Kind::LinkLocal:
      return fmt::format("{} local {}", command, address);
  }
  return "";
}

std::string show(const rib::Set& set) {
  return std::visit(
      Overloaded{
          [](const rib::SetCommunity& s) { return show_communities("community", s); },
          [](const rib::SetLargeCommunity& s) { return show_communities("large-community", s); },
          [](const rib::SetExtCommunity&) { return std::string(); },  // two lines: emit_sets
          [](const rib::SetBandwidth& s) {
            return fmt::format("extcommunity bandwidth {}{}", s.megabits,
                               s.non_transitive ? " non-transitive" : "");
          },
          [](const rib::DeleteCommunities& s) { return fmt::format("comm-list {} delete", s.name); },
          [](const rib::DeleteLargeCommunities& s) {
            return fmt::format("large-comm-list {} delete", s.name);
          },
          [](const rib::DeleteExtCommunities& s) {
            return fmt::format("extended-comm-list {} delete", s.name);
          },
          [](const rib::SetLocalPreference& s) { return show("local-preference", s.kind, s.value); },
          [](const rib::SetMetric& s) { return show("metric", s.kind, s.value); },
          [](const rib::SetOrigin& s) { return fmt::format("origin {}", show(s.origin)); },
          [](const rib::SetAsPathPrepend& s) {
            if (s.last_as != 0) return fmt::format("as-path prepend last-as {}", s.last_as);
            return show_path("prepend", s.as_numbers);
          },
          [](const rib::SetAsPathExclude& s) {
            return s.as_numbers.empty() ? "as-path exclude all" : show_path("exclude", s.as_numbers);
          },
          [](const rib::SetWeight& s) { return fmt::format("weight {}", s.value); },
          [](const rib::SetNextHop& s) { return show_next_hop(s); },
          [](const rib::SetTag& s) { return fmt::format("tag {}", s.value); },
          [](const rib::SetAigp& s) {
            return s.value ? fmt::format("aigp-metric {}", *s.value) : "aigp-metric igp-metric";
          },
          [](const rib::SetAggregator& s) {
            return fmt::format("aggregator as {} {}", wire::to_string(s.aggregator.as),
                               wire::to_string(s.aggregator.id));
          },
          [](const rib::SetAtomicAggregate&) { return std::string("atomic-aggregate"); },
          [](const rib::SetOriginatorId& s) { return "originator-id " + wire::to_string(s.id); },
      },
      set);
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
  const auto* ext = std::get_if<rib::SetExtCommunity>(&set);
  if (ext != nullptr && !args.has("none")) set = merge_ext(entry, *ext, ext_type(args));
  put(entry.sets, std::move(set), args.position(args.value_name()));
}
void unset_set(Editor& editor, const Args& args) {
  const rib::Set set = set_of(editor, args);
  if (editor.failed()) return;
  RouteMapEntryConfig& entry = editor.route_map_entry();
  rib::SetExtCommunity left;
  if (std::holds_alternative<rib::SetExtCommunity>(set) && !args.has("none"))
    left = merge_ext(entry, left, ext_type(args));
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
      if (ext->communities.empty()) writer.line("set extcommunity none");
    } else {
      writer.line("set {}", show(set.value));
    }
  }
}

void set_on_match(Editor& editor, const Args& args) {
  const std::uint32_t to = args.number("seq");  // 0: the next one
  const std::uint32_t from = editor.block().seq;
  if (to != 0 && to <= from)
    editor.error(args.position("seq"),
                 fmt::format("entry {} cannot go on with {}: only later ones", from, to));
  else
    editor.route_map_entry().on_match = {to, args.position(args.value_name())};
}
void unset_on_match(Editor& editor, const Args& /*args*/) {
  editor.route_map_entry().on_match.reset();
}
void emit_on_match(Writer& writer) {
  const auto& on_match = writer.entry->on_match;
  if (!on_match) return;
  if (on_match->value == 0)
    writer.line("on-match next");
  else
    writer.line("on-match goto {}", on_match->value);
}

void set_call(Editor& editor, const Args& args) {
  editor.route_map_entry().call = {std::string(args.text("map")), args.position("map")};
}
void unset_call(Editor& editor, const Args& /*args*/) {
  editor.route_map_entry().call.reset();
}
void emit_call(Writer& writer) {
  if (writer.entry->call) writer.line("call {}", writer.entry->call->value);
}

namespace {

// "set distance" of "set distance 5": what an entry has once.
void drop_kept(Editor& editor, const Args& args) {
  const std::string line = args.canonical();
  const std::string command = line.substr(0, line.find(' ', line.find(' ') + 1));
  std::erase_if(editor.route_map_entry().kept,
                [&](const std::string& kept) { return kept == command || kept.starts_with(command + ' '); });
}

}  // namespace

void keep_entry(Editor& editor, const Args& args) {
  drop_kept(editor, args);
  editor.route_map_entry().kept.insert(args.canonical());
  editor.warn(args.position(), fmt::format("\"{}\" is accepted and has no effect", args.canonical()));
}
void keep_entry_no(Editor& editor, const Args& args) {
  drop_kept(editor, args);
}
void emit_kept_entry(Writer& writer) {
  for (const std::string& line : writer.entry->kept) writer.line("{}", line);
}

}  // namespace lbgp::conf
