// SPDX-License-Identifier: Apache-2.0
// Reads the params of each method.
#pragma once

#include <string>
#include <string_view>

#include "bgpd/api/request.hpp"
#include "bgpd/api/route_params.hpp"

namespace lbgp::daemon::api {

// `cursor` stands on the params; nullptr: the request has none.
struct Method {
  std::string_view name;
  Result<Call> (*read)(JsonCursor* cursor, Budget& budget);
};

// nullptr: there is no such method.
[[nodiscard]] const Method* find_method(std::string_view name);
// "announce, withdraw, …"
[[nodiscard]] std::string method_names();
// The names, in the order in which they are documented.
inline constexpr std::array<std::string_view, 5> kMethodNames{"announce", "withdraw", "sync", "list",
                                                              "version"};

}  // namespace lbgp::daemon::api
