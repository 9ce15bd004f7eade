// SPDX-License-Identifier: Apache-2.0
// The pretty printer behind every `json` keyword.
#include "bgpd/cli/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

void print(std::string& out, const json::value& value, std::size_t indent);

void new_line(std::string& out, std::size_t indent) {
  out += '\n';
  out.append(indent, ' ');
}

void print(std::string& out, const json::object& object, std::size_t indent) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out += ',';
    first = false;
    new_line(out, indent + 2);
    out += json::serialize(json::string(key));
    out += ':';
    print(out, value, indent + 2);
  }
  new_line(out, indent);
  out += '}';
}

void print(std::string& out, const json::array& array, std::size_t indent) {
  out += '[';
  bool first = true;
  for (const json::value& value : array) {
    if (!first) out += ',';
    first = false;
    new_line(out, indent + 2);
    print(out, value, indent + 2);
  }
  new_line(out, indent);
  out += ']';
}

void print(std::string& out, const json::value& value, std::size_t indent) {
  if (const json::object* object = value.if_object()) return print(out, *object, indent);
  if (const json::array* array = value.if_array()) return print(out, *array, indent);
  out += json::serialize(value);
}

}  // namespace

std::string pretty(const json::value& value) {
  std::string out;
  print(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace lbgp::daemon::cli
