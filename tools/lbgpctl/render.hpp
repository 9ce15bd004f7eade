// SPDX-License-Identifier: Apache-2.0
// Results and errors for people.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace lbgp::ctl {

// What was done, one line or a table; ends with a line end.
[[nodiscard]] std::string render_result(const std::string& command, const boost::json::object& result);
// "10.0.0.1/33: the prefix length is out of range (Invalid params, prefixes[0])".
[[nodiscard]] std::string render_error(const boost::json::object& error);

}  // namespace lbgp::ctl
