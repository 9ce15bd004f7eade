// SPDX-License-Identifier: Apache-2.0
// At the top of a file, behind the filters: the blocks, and the lists that FRR writes between them.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

constexpr Row kCommands[] = {
    value<&Config::session_dscp>(kTop, "bgp session-dscp {(0-63)$dscp}"),
    {kTop,
     Scope::File,
     {"router bgp {ASN$as [<view|vrf>$instance WORD$name] [as-notation <dot|dot+|plain>$notation]}"},
     enter_router,
     remove_router,
     emit_router},
    {kTop,
     Scope::File,
     {"route-map WORD$name <permit|deny>$action (1-65535)$seq"},
     enter_route_map,
     remove_route_map_entry,
     emit_route_maps},
    {kTop, Scope::File, {"route-map WORD$name"}, nullptr, remove_route_map},
    {kTop,
     Scope::File,
     {"<bgp|ip> as-path access-list WORD$name [seq (0-4294967295)$seq] <permit|deny>$action LINE$expression"},
     add_as_path_list_entry,
     remove_as_path_list_entry,
     emit_as_path_lists},
    {kTop,
     Scope::File,
     {"<bgp|ip> as-path access-list WORD$name [seq (0-4294967295)$seq]"},
     nullptr,
     remove_as_path_list_entry},
    // Before the next one: a number from 100 on says "expanded".
    {kTop,
     Scope::File,
     {"<bgp|ip> community-list <expanded WORD$name|(100-500)$name> [seq (1-4294967295)$seq] "
      "<permit|deny>$action LINE$expression"},
     add_community_list_entry,
     remove_community_list_entry},
    {kTop,
     Scope::File,
     {"<bgp|ip> community-list [standard] WORD$name [seq (1-4294967295)$seq] <permit|deny>$action "
      "AA:NN...$communities"},
     add_community_list_entry,
     remove_community_list_entry,
     emit_community_lists},
    {kTop,
     Scope::File,
     {"<bgp|ip> community-list [<standard|expanded>] WORD$name [seq (1-4294967295)$seq]"},
     nullptr,
     remove_community_list_entry},
    {kTop,
     Scope::File,
     {"<bgp|ip> large-community-list <expanded WORD$name|(100-500)$name> [seq (1-4294967295)$seq] "
      "<permit|deny>$action LINE$expression"},
     add_large_community_list_entry,
     remove_large_community_list_entry},
    {kTop,
     Scope::File,
     {"<bgp|ip> large-community-list [standard] WORD$name [seq (1-4294967295)$seq] <permit|deny>$action "
      "AA:BB:CC...$communities"},
     add_large_community_list_entry,
     remove_large_community_list_entry,
     emit_large_community_lists},
    {kTop,
     Scope::File,
     {"<bgp|ip> large-community-list [<standard|expanded>] WORD$name [seq (1-4294967295)$seq]"},
     nullptr,
     remove_large_community_list_entry},
    {kTop,
     Scope::File,
     {"<bgp|ip> extcommunity-list <expanded WORD$name|(100-500)$name> [seq (1-4294967295)$seq] "
      "<permit|deny>$action LINE$expression"},
     add_ext_community_list_entry,
     remove_ext_community_list_entry},
    {kTop,
     Scope::File,
     {"<bgp|ip> extcommunity-list [standard] WORD$name [seq (1-4294967295)$seq] <permit|deny>$action "
      "WORD...$communities"},
     add_ext_community_list_entry,
     remove_ext_community_list_entry,
     emit_ext_community_lists},
    {kTop,
     Scope::File,
     {"<bgp|ip> extcommunity-list [<standard|expanded>] WORD$name [seq (1-4294967295)$seq]"},
     nullptr,
     remove_ext_community_list_entry},
    {kTop,
     Scope::File,
     {"bgp community alias WORD$community {WORD$alias}"},
     set_alias,
     unset_alias,
     emit_aliases},
    {kTop, Scope::File, {"vip-pool WORD$name"}, enter_pool, remove_pool, emit_pools},
    {kTop, Scope::File, {"bfd"}, enter_bfd, remove_bfd, emit_bfd},
};

}  // namespace

std::span<const Row> blocks_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
