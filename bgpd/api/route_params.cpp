// SPDX-License-Identifier: Apache-2.0
// One small reader per attribute, and the table that names them.
#include "bgpd/api/route_params.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "bgpd/api/host_prefix.hpp"

namespace lbgp::daemon::api {
namespace {

using PrefixParser = const char* (*)(std::string_view, wire::Prefix&);

// "10.1.2.3/32" off the front of `text`; false, and nothing is read: it takes a closer look.
bool read_plain_host(std::string_view& text, wire::Prefix& out) {
  constexpr std::string_view kEnd = "/32\"";
  std::string_view rest = text;
  if (!rest.starts_with('"')) return false;
  rest.remove_prefix(1);
  std::uint32_t address = 0;
  if (!wire::read_dotted_quad(rest, address) || !rest.starts_with(kEnd)) return false;
  out = wire::Prefix::host(wire::IpAddress::v4(address));
  if (reason_against(out.address()) != nullptr) return false;
  text = rest.substr(kEnd.size());
  return true;
}

// What stands between two elements, as programs write it.
bool read_plain_comma(std::string_view& text) {
  if (!text.starts_with(',')) return false;
  text.remove_prefix(text.substr(1).starts_with(' ') ? 2 : 1);
  return true;
}

// What nearly all elements are, in one pass, up to one that takes a closer look. False: that is the next one.
bool read_plain_hosts(JsonCursor& cursor, Budget& budget, std::vector<wire::Prefix>& out) {
  const std::size_t before = out.size();
  std::string_view rest = cursor.rest();
  wire::Prefix prefix;
  do {
    if (budget.prefixes == 0 || !read_plain_host(rest, prefix)) break;
    --budget.prefixes;
    out.push_back(prefix);
    cursor.read_until(rest);
  } while (read_plain_comma(rest));
  return out.size() > before;
}

Problem read_prefix(JsonCursor& cursor, Budget& budget, PrefixParser parse, std::vector<wire::Prefix>& out) {
  std::string scratch;
  Text text;
  if (Problem problem = read_text(cursor, scratch, text)) return problem;
  if (budget.prefixes == 0) {
    Error error = invalid(text.offset, "too many prefixes in one line");
    error.code = ErrorCode::RequestTooLarge;
    return error;
  }
  --budget.prefixes;
  wire::Prefix prefix;
  if (const char* reason = parse(text.text, prefix)) {
    Error error = invalid(text.offset, reason);
    error.prefix = shortened(text.text);
    return error;
  }
  out.push_back(prefix);
  return std::nullopt;
}

// How many there are until the array ends, more or less: growing in steps would copy them again and again.
std::size_t expected_elements(JsonCursor& cursor) {
  constexpr std::size_t kOctets = std::string_view("\"10.1.20.30/32\",").size();
  const std::string_view rest = cursor.rest();
  return std::min(rest.find(']'), rest.size()) / kOctets;
}

Problem read_prefixes(JsonCursor& cursor, Budget& budget, PrefixParser parse,
                      std::vector<wire::Prefix>& out) {
  const std::size_t before = out.size();
  if (Problem problem = expect(cursor, JsonKind::Array)) return problem;
  if (!cursor.enter_array()) return syntax_error(cursor);
  out.reserve(before + std::min(budget.prefixes, expected_elements(cursor)));
  for (bool first = true; cursor.next_element(first);) {
    if (read_plain_hosts(cursor, budget, out)) continue;
    if (Problem problem = read_prefix(cursor, budget, parse, out))
      return inside_element(out.size() - before, std::move(*problem));
  }
  if (!cursor.ok()) return syntax_error(cursor);
  return std::nullopt;
}

// A set of communities of one kind, from their text forms.
template <typename T>
Problem read_communities(JsonCursor& cursor, std::optional<T> (*parse)(std::string_view), const char* reason,
                         wire::SortedSet<T>& out) {
  std::vector<T> items;
  std::string scratch;
  Problem problem = read_elements(cursor, [&]() -> Problem {
    Text text;
    if (Problem wrong = read_text(cursor, scratch, text)) return wrong;
    const std::optional<T> item = parse(text.text);
    if (!item) return invalid(text.offset, quoted(text.text) + reason);
    items.push_back(*item);
    return std::nullopt;
  });
  out = wire::SortedSet<T>(std::move(items));
  return problem;
}

Problem read_standard(JsonCursor& cursor, RouteDraft& draft) {
  return read_communities(cursor, wire::parse_community, " is not a community like \"64512:100\"",
                          draft.group.attributes.communities);
}
Problem read_large(JsonCursor& cursor, RouteDraft& draft) {
  return read_communities(cursor, wire::parse_large_community, " is not a large community like \"64512:1:2\"",
                          draft.group.attributes.large_communities);
}
Problem read_extended(JsonCursor& cursor, RouteDraft& draft) {
  return read_communities(cursor, wire::parse_ext_community,
                          " is not an extended community like \"rt:64512:1\"",
                          draft.group.attributes.ext_communities);
}

Problem read_med(JsonCursor& cursor, RouteDraft& draft) {
  return read_u32(cursor, draft.group.attributes.med.emplace());
}
Problem read_local_pref(JsonCursor& cursor, RouteDraft& draft) {
  return read_u32(cursor, draft.group.attributes.local_pref.emplace());
}

Problem read_origin(JsonCursor& cursor, RouteDraft& draft) {
  std::string scratch;
  Text text;
  if (Problem problem = read_text(cursor, scratch, text)) return problem;
  constexpr std::array<std::pair<std::string_view, wire::Origin>, 3> kNames{
      {{"igp", wire::Origin::Igp}, {"egp", wire::Origin::Egp}, {"incomplete", wire::Origin::Incomplete}}};
  for (const auto& [name, origin] : kNames) {
    if (text.text != name) continue;
    draft.group.attributes.origin = origin;
    return std::nullopt;
  }
  return invalid(text.offset, quoted(text.text) + R"( is none of "igp", "egp", "incomplete")");
}

// A number, or a string for those who write asdot.
Problem read_as_number(JsonCursor& cursor, wire::AsNumber& out) {
  std::string scratch;
  const JsonKind kind = cursor.peek();
  const std::size_t offset = cursor.offset();
  if (kind == JsonKind::String) {
    Text text;
    if (Problem problem = read_text(cursor, scratch, text)) return problem;
    const auto as = wire::parse_as_number(text.text);
    if (!as) return invalid(offset, quoted(text.text) + " is not an AS number");
    out = *as;
  } else {
    std::uint32_t number = 0;
    if (Problem problem = read_u32(cursor, number)) return problem;
    out = wire::AsNumber(number);
  }
  // RFC 7607: a path with AS 0 in it is treated as withdrawn by everybody.
  if (out == wire::AsNumber(0)) return invalid(offset, "AS 0 cannot stand in a path");
  return std::nullopt;
}

Problem read_prepend(JsonCursor& cursor, RouteDraft& draft) {
  AsPathPrepend& prepend = draft.group.as_path_prepend;
  const JsonKind kind = cursor.peek();
  const std::size_t offset = cursor.offset();
  Problem problem;
  if (kind == JsonKind::Array) {
    problem =
        read_elements(cursor, [&] { return read_as_number(cursor, prepend.as_numbers.emplace_back()); });
  } else if (kind == JsonKind::Number) {
    problem = read_u32(cursor, prepend.own_times);
  } else {
    return invalid(offset, "expected an array of AS numbers or how often to prepend our own, not " +
                               std::string(to_string(kind)));
  }
  if (problem) return problem;
  if (prepend.own_times > kMaxPrepends || prepend.as_numbers.size() > kMaxPrepends)
    return invalid(offset, "more than " + std::to_string(kMaxPrepends) + " AS numbers to prepend");
  return std::nullopt;
}

Problem read_next_hop_address(JsonCursor& cursor, wire::IpAddress& out) {
  std::string scratch;
  Text text;
  if (Problem problem = read_text(cursor, scratch, text)) return problem;
  const auto address = wire::parse_address(text.text);
  if (!address) return invalid(text.offset, quoted(text.text) + " is not an IP address");
  if (!address->is_host_address() || address->is_link_local() || address->is_v4_mapped())
    return invalid(text.offset, quoted(text.text) + " is not usable as a next hop");
  out = *address;
  return std::nullopt;
}

template <wire::Family F>
Problem read_next_hop_of(JsonCursor& cursor, RouteDraft& draft) {
  (void)cursor.peek();  // to the value itself
  const std::size_t offset = cursor.offset();
  wire::IpAddress address;
  if (Problem problem = read_next_hop_address(cursor, address)) return problem;
  if (address.is_v4() != (F == wire::Family::Ipv4Unicast))
    return invalid(offset, "the address is of the other family");
  draft.group.next_hop[F] = address;
  return std::nullopt;
}

constexpr std::array<RouteRule, 2> kNextHopRules{{{"ipv4", read_next_hop_of<wire::Family::Ipv4Unicast>},
                                                  {"ipv6", read_next_hop_of<wire::Family::Ipv6Unicast>}}};

Problem read_next_hop(JsonCursor& cursor, RouteDraft& draft) {
  SeenMembers seen;
  if (cursor.peek() == JsonKind::Object) return read_members(cursor, kNextHopRules, draft, seen);
  wire::IpAddress address;
  if (Problem problem = read_next_hop_address(cursor, address)) return problem;
  draft.group.next_hop[address.is_v4() ? wire::Family::Ipv4Unicast : wire::Family::Ipv6Unicast] = address;
  draft.bare_next_hop = true;
  return std::nullopt;
}

bool has_control(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return true;
  return false;
}

Problem read_label(JsonCursor& cursor, const JsonString& key, rib::Labels& out) {
  std::string key_scratch;
  std::string scratch;
  const std::string_view name = unescaped(key, key_scratch);
  Text value;
  if (Problem problem = read_text(cursor, scratch, value)) return problem;
  if (name.empty() || name.size() > kMaxLabelKey || has_control(name))
    return invalid(key.offset, "a label's key has 1 to 317 octets and no control character");
  if (value.text.size() > kMaxLabelValue || has_control(value.text))
    return invalid(value.offset, "a label's value has at most 256 octets and no control character");
  if (!out.emplace(name, value.text).second) return invalid(key.offset, "the label is there twice");
  if (out.size() > kMaxLabels) return invalid(key.offset, "more than 64 labels");
  return std::nullopt;
}

Problem read_group_prefixes(JsonCursor& cursor, RouteDraft& draft) {
  return read_host_prefixes(cursor, *draft.budget, draft.group.prefixes);
}
Problem read_group_labels(JsonCursor& cursor, RouteDraft& draft) {
  return read_labels(cursor, draft.group.labels);
}

constexpr std::array<RouteRule, kRouteRules> kRules{{{"prefixes", read_group_prefixes},
                                                     {"communities", read_standard},
                                                     {"large_communities", read_large},
                                                     {"ext_communities", read_extended},
                                                     {"med", read_med},
                                                     {"local_pref", read_local_pref},
                                                     {"as_path_prepend", read_prepend},
                                                     {"origin", read_origin},
                                                     {"next_hop", read_next_hop},
                                                     {"labels", read_group_labels}}};

std::size_t community_octets(const wire::PathAttributes& attributes) {
  return 4 * attributes.communities.size() + 12 * attributes.large_communities.size() +
         8 * attributes.ext_communities.size();
}

// What one prefix of the group costs when it is stored, more or less.
std::size_t octets_per_prefix(const RouteGroup& group) {
  std::size_t octets = community_octets(group.attributes) + 4 * group.as_path_prepend.as_numbers.size() +
                       4 * group.as_path_prepend.own_times;
  for (const auto& [key, value] : group.labels) octets += 64 + key.size() + value.size();
  return octets;
}

// A next hop for one family only, given as a bare string, must not silently leave prefixes of the other
// family with ours; the object form says that on purpose and sets no such trap.
Problem check_next_hop(const RouteDraft& draft, std::size_t offset) {
  if (!draft.bare_next_hop) return std::nullopt;
  for (const wire::Prefix& prefix : draft.group.prefixes) {
    if (draft.group.next_hop[prefix.family()]) continue;
    Error error = invalid(offset, "the next hop is of the other family");
    error.prefix = to_string(prefix);
    error.member = "next_hop";
    return error;
  }
  return std::nullopt;
}

}  // namespace

Problem read_u32(JsonCursor& cursor, std::uint32_t& out) {
  if (Problem problem = expect(cursor, JsonKind::Number)) return problem;
  const std::size_t offset = cursor.offset();
  std::string_view number;
  if (!cursor.read_number(number)) return syntax_error(cursor);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), out);
  if (error == std::errc() && end == number.data() + number.size()) return std::nullopt;
  return invalid(offset, shortened(number) + " is not a whole number from 0 to 4294967295");
}

const std::array<RouteRule, kRouteRules>& route_rules() {
  return kRules;
}

RouteDraft new_draft(Budget& budget) {
  RouteDraft draft;
  draft.budget = &budget;
  draft.group.attributes.origin = wire::Origin::Igp;
  return draft;
}

Problem check_draft(RouteDraft& draft, const SeenMembers& seen, std::size_t offset) {
  if (!seen.test(0)) return inside("prefixes", invalid(offset, "the member is missing"));
  if (community_octets(draft.group.attributes) > draft.budget->community_octets)
    return invalid(offset, fmt::format("communities of more than {} octets", draft.budget->community_octets));
  if (Problem problem = check_next_hop(draft, offset)) return problem;
  const std::size_t each = octets_per_prefix(draft.group);
  if (each > 0 && draft.group.prefixes.size() > draft.budget->route_octets / each) {
    Error error = invalid(offset, "attributes and labels come to too many octets in one line");
    error.code = ErrorCode::RequestTooLarge;
    return error;
  }
  draft.budget->route_octets -= each * draft.group.prefixes.size();
  return std::nullopt;
}

Problem read_routes(JsonCursor& cursor, Budget& budget, std::vector<RouteGroup>& out) {
  return read_elements(cursor, [&]() -> Problem {
    RouteDraft draft = new_draft(budget);
    SeenMembers seen;
    (void)cursor.peek();  // to the value itself
    const std::size_t offset = cursor.offset();
    if (Problem problem = read_members(cursor, kRules, draft, seen)) return problem;
    if (Problem problem = check_draft(draft, seen, offset)) return problem;
    out.push_back(std::move(draft.group));
    return std::nullopt;
  });
}

Problem read_host_prefixes(JsonCursor& cursor, Budget& budget, std::vector<wire::Prefix>& out) {
  return read_prefixes(cursor, budget, parse_host_prefix, out);
}

Problem read_any_prefixes(JsonCursor& cursor, Budget& budget, std::vector<wire::Prefix>& out) {
  return read_prefixes(cursor, budget, parse_any_prefix, out);
}

Problem read_labels(JsonCursor& cursor, rib::Labels& out) {
  if (Problem problem = expect(cursor, JsonKind::Object)) return problem;
  if (!cursor.enter_object()) return syntax_error(cursor);
  JsonString key;
  std::string scratch;
  for (bool first = true; cursor.next_member(first, key);)
    if (Problem problem = read_label(cursor, key, out))
      return inside(shortened(unescaped(key, scratch)), std::move(*problem));
  if (!cursor.ok()) return syntax_error(cursor);
  return std::nullopt;
}

}  // namespace lbgp::daemon::api
