// SPDX-License-Identifier: Apache-2.0
// What several handlers check and answer alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/source.hpp"

namespace lbgp::daemon::cli {

// No `router bgp`, or another VRF than ours.
[[nodiscard]] bool missing_instance(const Request& request, Source& source);
// What commands about neighbors say in that case, and what those about tables say.
[[nodiscard]] Outcome no_instance(const Request& request);
[[nodiscard]] Outcome no_table(const Request& request);
// The families that were named; without a name both.
[[nodiscard]] std::vector<wire::Family> asked_families(const Request& request);
// The same for tables, where FRR's default is IPv6.
[[nodiscard]] std::vector<wire::Family> table_families(const Request& request);
[[nodiscard]] Outcome neighbor_warning(const Request& request, std::string_view words);

// handlers_tables.cpp
Outcome show_table(const Request& request, Source& source);
Outcome show_neighbor_routes(const Request& request, Source& source);

// handlers_why.cpp
Outcome show_why(const Request& request, Source& source);
Outcome show_why_down(const Request& request, Source& source);
Outcome test_route_map(const Request& request, Source& source);

// handlers_list.cpp
Outcome show_prefix_list(const Request& request, Source& source);
Outcome show_prefix_list_match(const Request& request, Source& source);
Outcome show_access_list(const Request& request, Source& source);
Outcome show_as_path_list(const Request& request, Source& source);
Outcome show_community_list(const Request& request, Source& source);
Outcome show_route_map(const Request& request, Source& source);

// handlers_internals.cpp
Outcome show_statistics(const Request& request, Source& source);
Outcome show_statistics_all(const Request& request, Source& source);
Outcome show_update_groups(const Request& request, Source& source);
Outcome show_attribute_info(const Request& request, Source& source);
Outcome show_community_info(const Request& request, Source& source);
Outcome show_bestpath(const Request& request, Source& source);
Outcome show_router(const Request& request, Source& source);
Outcome show_listeners(const Request& request, Source& source);
Outcome show_bgp_memory(const Request& request, Source& source);
Outcome show_import_check(const Request& request, Source& source);
Outcome show_logging(const Request& request, Source& source);
Outcome show_daemons(const Request& request, Source& source);
Outcome show_prefix_counts(const Request& request, Source& source);
Outcome show_received_filter(const Request& request, Source& source);

}  // namespace lbgp::daemon::cli
