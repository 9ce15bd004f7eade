// SPDX-License-Identifier: Apache-2.0
// One small writer per attribute name.
#include "requests.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <sstream>

namespace lbgp::ctl {
namespace {

namespace json = boost::json;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

json::array& array_member(json::object& route, std::string_view name) {
  return route.emplace(name, json::array()).first->value().as_array();
}

// Each adds one attribute; false: the value has not the right shape.
using Add = bool (*)(json::object& route, std::string_view member, const std::string& value);

bool add_to_array(json::object& route, std::string_view member, const std::string& value) {
  array_member(route, member).emplace_back(value);
  return true;
}
bool add_number(json::object& route, std::string_view member, const std::string& value) {
  const auto parsed = number(value);
  return parsed && route.emplace(member, *parsed).second;
}
bool add_string(json::object& route, std::string_view member, const std::string& value) {
  return route.emplace(member, value).second;
}
// "3" is a count; a list has a comma, so that a single AS is "65000,".
bool add_prepend(json::object& route, std::string_view member, const std::string& value) {
  if (value.find(',') == std::string::npos) return add_number(route, member, value);
  json::array numbers;
  std::istringstream in(value);
  for (std::string item; std::getline(in, item, ',');) numbers.emplace_back(item);
  return route.emplace(member, std::move(numbers)).second;
}
// One address of each family at most: prefixes of the other family keep the daemon's own next hop.
bool add_next_hop(json::object& route, std::string_view member, const std::string& value) {
  json::object& by_family = route.emplace(member, json::object()).first->value().as_object();
  return by_family.emplace(value.find(':') == std::string::npos ? "ipv4" : "ipv6", value).second;
}
bool add_label(json::object& route, std::string_view member, const std::string& value) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) return false;
  json::object& labels = route.emplace(member, json::object()).first->value().as_object();
  return labels.emplace(value.substr(0, equals), value.substr(equals + 1)).second;
}

struct Rule {
  std::string_view name;
  std::string_view member;
  Add add;
};
constexpr std::array<Rule, 9> kRules{{{"community", "communities", add_to_array},
                                      {"large-community", "large_communities", add_to_array},
                                      {"ext-community", "ext_communities", add_to_array},
                                      {"med", "med", add_number},
                                      {"local-pref", "local_pref", add_number},
                                      {"prepend", "as_path_prepend", add_prepend},
                                      {"origin", "origin", add_string},
                                      {"next-hop", "next_hop", add_next_hop},
                                      {"label", "labels", add_label}}};

// A line of a sync file; no prefix: it says nothing.
struct RouteLine {
  std::string prefix;
  json::object members;
};

Result<RouteLine> parse_route_line(const std::string& line) {
  RouteLine route;
  Attributes attributes;
  std::istringstream words(line.substr(0, line.find('#')));
  words >> route.prefix;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return UsageError{"expected NAME=VALUE, not \"" + word + '"'};
    attributes.push_back({word.substr(0, equals), word.substr(equals + 1)});
  }
  auto members = route_members(attributes);
  if (members.has_error()) return members.error();
  route.members = std::move(*members);
  return route;
}

}  // namespace

void throw_exception_from_error(const UsageError&, const boost::source_location&) {
  std::abort();
}

Result<json::object> route_members(const Attributes& attributes) {
  json::object route;
  for (const Attribute& attribute : attributes) {
    const auto rule =
        std::find_if(kRules.begin(), kRules.end(), [&](const Rule& r) { return r.name == attribute.name; });
    if (rule == kRules.end()) return UsageError{"there is no attribute \"" + attribute.name + '"'};
    if (!rule->add(route, rule->member, attribute.value))
      return UsageError{"bad or second " + attribute.name + " \"" + attribute.value + '"'};
  }
  return route;
}

Result<json::object> sync_params(std::istream& lines) {
  json::array routes;
  json::object last;  // attributes of routes.back()
  std::size_t line_number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++line_number;
    auto route = parse_route_line(line);
    if (route.has_error())
      return UsageError{"line " + std::to_string(line_number) + ": " + route.error().reason};
    if (route->prefix.empty()) continue;
    if (routes.empty() || route->members != last) {
      last = route->members;
      json::object& fresh = routes.emplace_back(std::move(route->members)).as_object();
      fresh["prefixes"] = json::array();
    }
    routes.back().as_object()["prefixes"].as_array().emplace_back(route->prefix);
  }
  return json::object{{"routes", std::move(routes)}};
}

std::vector<std::string> read_words(std::istream& in, std::size_t most) {
  std::vector<std::string> words;
  for (std::string word; words.size() < most && in >> word;) words.push_back(word);
  return words;
}

std::string request_line(const std::string& method, json::object params) {
  json::object request{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}};
  request["params"] = std::move(params);
  return json::serialize(request) + '\n';
}

}  // namespace lbgp::ctl
