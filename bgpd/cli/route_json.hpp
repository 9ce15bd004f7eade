// SPDX-License-Identifier: Apache-2.0
// JSON objects of paths and their tables.
#pragma once

#include <boost/json/object.hpp>

#include "bgpd/cli/show_routes.hpp"

namespace lbgp::daemon::cli {

// vrfId … localAS, without the routes.
[[nodiscard]] boost::json::object table_head_json(const TableHead& head);
// A path as it stands in a table.
[[nodiscard]] boost::json::object path_json(const TableHead& head, const RouteData& route,
                                            const PathData& data);
// A path with everything.
[[nodiscard]] boost::json::object path_detail_json(const TableHead& head, const RouteData& route,
                                                   const PathData& data);

}  // namespace lbgp::daemon::cli
