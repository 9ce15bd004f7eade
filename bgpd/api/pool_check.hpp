// SPDX-License-Identifier: Apache-2.0
// Which client may announce which address.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bgpd/api/error.hpp"
#include "bgpd/api/request.hpp"
#include "rib/vip_pool.hpp"

namespace lbgp::daemon::api {

// Who is at the other end of the socket, as the kernel says it; never what the client says.
struct ClientIdentity {
  std::string user;                 // name, or the number when it has none
  std::vector<std::string> groups;  // primary and supplementary, likewise
};

// What labels lack to meet the condition.
[[nodiscard]] std::string words(const rib::LabelSelector& selector);
[[nodiscard]] bool allows(const rib::VipPool& pool, const ClientIdentity& client);

// Without any pool everything is allowed; with pools, the first prefix that lies in none, or in one that does
// not take this client or these labels, refuses the request. There is no exception for root: the file says
// who may. What a pool adds to its routes it adds when they leave (rib/vip_pool.hpp).
[[nodiscard]] std::optional<Error> check_pools(const rib::VipPools& pools, const ClientIdentity& client,
                                               const std::vector<RouteGroup>& groups);

}  // namespace lbgp::daemon::api
