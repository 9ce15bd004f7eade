// SPDX-License-Identifier: Apache-2.0
// From words and lines to the params of requests.
#pragma once

#include <boost/json.hpp>
#include <boost/system/result.hpp>
#include <istream>
#include <string>
#include <vector>

#include "options.hpp"

namespace lbgp::ctl {

template <typename T>
using Result = boost::system::result<T, UsageError>;
[[noreturn]] void throw_exception_from_error(const UsageError& error, const boost::source_location& where);

// The members of a route, "prefixes" apart. The daemon judges the values; here only their shape matters.
[[nodiscard]] Result<boost::json::object> route_members(const Attributes& attributes);

// The params of `sync` from lines "PREFIX [NAME=VALUE]..." with the names of announce's options
// ("label=app=web");
// '#' begins a comment. Neighbouring lines with the same attributes share a route object.
[[nodiscard]] Result<boost::json::object> sync_params(std::istream& lines);

// Up to `most` words, anything blank between them; empty at the end.
[[nodiscard]] std::vector<std::string> read_words(std::istream& in, std::size_t most);

// One request, with its line end.
[[nodiscard]] std::string request_line(const std::string& method, boost::json::object params);

}  // namespace lbgp::ctl
