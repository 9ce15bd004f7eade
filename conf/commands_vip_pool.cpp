// SPDX-License-Identifier: Apache-2.0
// `vip-pool`.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

using V = VipPoolConfig;

constexpr Row kCommands[] = {
    {kPool,
     Scope::VipPool,
     {"description {LINE$description}"},
     set_pool_description,
     unset_pool_description,
     emit_pool},
    {kPool,
     Scope::VipPool,
     {"range <A.B.C.D|X:X::X:X>$first <A.B.C.D|X:X::X:X>$last"},
     add_pool_range,
     remove_pool_range},
    {kPool, Scope::VipPool, {"prefix <A.B.C.D/M|X:X::X:X/M>$prefix"}, add_pool_prefix, remove_pool_prefix},
    {kPool,
     Scope::VipPool,
     {"community {AA:NN...$communities}"},
     set_pool_communities,
     unset_pool_communities},
    {kPool,
     Scope::VipPool,
     {"large-community {AA:BB:CC...$communities}"},
     set_pool_large_communities,
     unset_pool_large_communities},
    value<&V::local_preference>(kPool, "local-preference {(0-4294967295)$local-preference}"),
    value<&V::metric>(kPool, "metric {(0-4294967295)$med}"),
    value<&V::prepend>(kPool, "prepend {(1-64)$times}"),
    flag<&V::allow_first_last>(kPool, "allow-first-last"),
    {kPool,
     Scope::VipPool,
     {"selector WORD$key <in|not-in>$operator WORD...$values"},
     set_pool_selector,
     unset_pool_selector},
    {kPool,
     Scope::VipPool,
     {"selector WORD$key <exists|does-not-exist>$operator"},
     set_pool_selector,
     unset_pool_selector},
    {kPool, Scope::VipPool, {"advertise-to PEER"}, advertise_pool_to, advertise_pool_to_not},
    {kPool, Scope::VipPool, {"allow <group|user>$kind WORD$who"}, allow_in_pool, disallow_in_pool},
};

}  // namespace

std::span<const Row> vip_pool_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
