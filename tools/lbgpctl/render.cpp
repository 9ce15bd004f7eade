// SPDX-License-Identifier: Apache-2.0
// A member that is not there reads as nothing: an older or newer daemon may leave one out.
#include "render.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace lbgp::ctl {
namespace {

namespace json = boost::json;

std::string text_of(const json::value& value) {
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? "" : text_of(*value);
}

// "app=web,tier=1" for an object, "a,b" for an array, the text of anything else.
std::string joined(const json::value& value) {
  std::string text;
  const auto add = [&text](const std::string& item) { text += (text.empty() ? "" : ",") + item; };
  if (value.is_array()) {
    for (const json::value& item : value.get_array()) add(text_of(item));
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.get_object()) add(std::string(key) + '=' + text_of(item));
  } else {
    add(text_of(value));
  }
  return text;
}

// Everything but prefix and owner, by the names of announce's options.
std::string attributes_of(const json::object& route) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames{
      {{"communities", "community"},
       {"large_communities", "large-community"},
       {"ext_communities", "ext-community"},
       {"med", "med"},
       {"local_pref", "local-pref"},
       {"as_path_prepend", "prepend"},
       {"next_hop", "next-hop"},
       {"labels", "label"}}};
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text += (text.empty() ? "" : " ") + std::string(name) + '=' + value;
  };
  for (const auto& [member, name] : kNames)
    if (const json::value* value = route.if_contains(member)) {
      // A single AS has its comma, as in --prepend: a bare number is a count.
      const bool lone_as = name == "prepend" && value->is_array() && value->get_array().size() == 1;
      add(name, joined(*value) + (lone_as ? "," : ""));
    }
  if (const std::string origin = text_of(route, "origin"); origin != "igp") add("origin", origin);
  return text;
}

using Row = std::array<std::string, 3>;

std::string table(const std::vector<Row>& rows) {
  std::array<std::size_t, 2> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i)
      line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    line += row[2];
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string render_list(const json::object& result) {
  std::vector<Row> rows{{"Prefix", "Owner", "Attributes"}};
  const json::value* routes = result.if_contains("routes");
  if (routes == nullptr || !routes->is_array() || routes->get_array().empty()) return "No routes.\n";
  for (const json::value& route : routes->get_array()) {
    if (!route.is_object()) continue;
    const json::object& object = route.get_object();
    rows.push_back({text_of(object, "prefix"), text_of(object, "owner"), attributes_of(object)});
  }
  return table(rows);
}

}  // namespace

std::string render_result(const std::string& command, const json::object& result) {
  const auto get = [&](std::string_view name) { return text_of(result, name); };
  if (command == "list") return render_list(result);
  if (command == "version")
    return get("name") + ' ' + get("version") + ", API protocol " + get("protocol") + '\n';
  std::string text;
  if (command == "announce") text = get("accepted") + " announced, " + get("changed") + " changed";
  if (command == "withdraw")
    text =
        get("accepted") + " asked for, " + get("changed") + " withdrawn, " + get("not_found") + " not found";
  if (command == "sync")
    text = get("announced") + " announced, " + get("withdrawn") + " withdrawn, " + get("unchanged") +
           " unchanged";
  return text + " (commit " + get("commit") + ")\n";
}

std::string render_error(const json::object& error) {
  json::object data;
  if (const json::value* given = error.if_contains("data"); given != nullptr && given->is_object())
    data = given->get_object();
  std::string text = text_of(data, "prefix");
  if (!text.empty()) text += ": ";
  const std::string reason = text_of(data, "reason");
  const std::string message = text_of(error, "message");
  if (reason.empty()) return text + message;
  text += reason + " (" + message;
  if (const std::string member = text_of(data, "member"); !member.empty()) text += ", " + member;
  return text + ')';
}

}  // namespace lbgp::ctl
