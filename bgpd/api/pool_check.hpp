// SPDX-License-Identifier: Apache-2.0
// Which client may announce which address, and what its pool adds.
#pragma once

#include <span>
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

[[nodiscard]] bool allows(const rib::VipPool& pool, const ClientIdentity& client);

// The groups again, split where their prefixes lie in different pools, with each pool's communities added.
// Without any pool everything is allowed; with pools, the first prefix that lies in none, or in one that does
// not allow this client, refuses the request. There is no exception for root: the file says who may.
[[nodiscard]] Result<std::vector<RouteGroup>> apply_pools(std::span<const rib::VipPool> pools,
                                                          const ClientIdentity& client,
                                                          std::vector<RouteGroup> groups);

}  // namespace lbgp::daemon::api
