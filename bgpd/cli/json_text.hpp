// SPDX-License-Identifier: Apache-2.0
// JSON in the look that FRR gives it: two spaces, no blank after the colon, an empty object on two lines.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lbgp::daemon::cli {

// Ends with a newline. Keys stay in the order of insertion.
[[nodiscard]] std::string pretty(const boost::json::value& value);

// The same look, of an object that is never there as a whole.
class JsonStream {
 public:
  void open(std::string& out);  // the outermost object
  void open(std::string& out, std::string_view key);
  template <typename Value>
  void add(std::string& out, std::string_view key, Value&& value) {
    add_value(out, key, boost::json::value(std::forward<Value>(value)));
  }
  void add_all(std::string& out, const boost::json::object& members);
  void close(std::string& out);  // the innermost; after the outermost the text is complete

 private:
  void add_value(std::string& out, std::string_view key, const boost::json::value& value);
  void begin_member(std::string& out, std::string_view key);

  std::vector<bool> is_empty_;  // of the open objects, innermost last
};

}  // namespace lbgp::daemon::cli
