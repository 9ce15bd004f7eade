// SPDX-License-Identifier: Apache-2.0
// The tables of commands as one. Their order is the order of `show running-config`, scope by scope.
#include <vector>

#include "conf/rows.hpp"

namespace lbgp::conf {

namespace {

std::vector<const Row*> all_rows() {
  std::vector<const Row*> rows;
  for (const auto table : {file_commands(), filters_commands(), blocks_commands(), router_commands(),
                           neighbor_commands(), neighbor_family_commands(), family_commands(),
                           route_map_commands(), vip_pool_commands(), bfd_commands()})
    for (const Row& row : table) rows.push_back(&row);
  return rows;
}

}  // namespace

std::span<const Row* const> commands() {
  static const std::vector<const Row*> rows = all_rows();
  return rows;
}

}  // namespace lbgp::conf
