// SPDX-License-Identifier: Apache-2.0
// The pretty printer behind every `json` keyword.
#include "bgpd/cli/json_text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

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

void JsonStream::open(std::string& out) {
  out += '{';
  is_empty_.push_back(true);
}

void JsonStream::begin_member(std::string& out, std::string_view key) {
  if (!is_empty_.back()) out += ',';
  is_empty_.back() = false;
  new_line(out, 2 * is_empty_.size());
  out += json::serialize(json::string(key.data(), key.size()));
  out += ':';
}

void JsonStream::open(std::string& out, std::string_view key) {
  begin_member(out, key);
  open(out);
}

void JsonStream::add_value(std::string& out, std::string_view key, const json::value& value) {
  begin_member(out, key);
  print(out, value, 2 * is_empty_.size());
}

void JsonStream::add_all(std::string& out, const json::object& members) {
  for (const auto& [key, value] : members) add_value(out, {key.data(), key.size()}, value);
}

void JsonStream::close(std::string& out) {
  is_empty_.pop_back();
  new_line(out, 2 * is_empty_.size());
  out += '}';
  if (is_empty_.empty()) out += '\n';
}

std::string pretty(const json::value& value) {
  std::string out;
  print(out, value, 0);
  out += '\n';
  return out;
}

}  // namespace lbgp::daemon::cli
