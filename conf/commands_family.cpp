// SPDX-License-Identifier: Apache-2.0
// An address family.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

constexpr Row kCommands[] = {
    {kRouterAf,
     Scope::RouterFamily,
     {"network <A.B.C.D/M|X:X::X:X/M>$prefix [route-map WORD$map]"},
     set_network,
     unset_network,
     emit_networks},
    // As in FRR a network without a mask has that of its class.
    hidden({kRouterAf,
            Scope::RouterFamily,
            {"network A.B.C.D$address [mask A.B.C.D$netmask] [route-map WORD$map]"},
            set_network,
            unset_network}),
    hidden(kept_family("network <A.B.C.D/M|X:X::X:X/M> backdoor")),
    {kRouterAf,
     Scope::RouterFamily,
     {"aggregate-address <A.B.C.D/M|X:X::X:X/M>$prefix [summary-only] [route-map WORD$map] "
      "[origin <egp|igp|incomplete>$origin] [matching-MED-only] [suppress-map WORD$suppress-map]"},
     set_aggregate,
     unset_aggregate,
     emit_aggregates},
    // The same in other orders that files use.
    {kRouterAf,
     Scope::RouterFamily,
     {"aggregate-address <A.B.C.D/M|X:X::X:X/M>$prefix <route-map WORD$map|origin "
      "<egp|igp|incomplete>$origin|matching-MED-only|suppress-map WORD$suppress-map> "
      "summary-only"},
     set_aggregate,
     unset_aggregate},
    {kRouterAf,
     Scope::RouterFamily,
     {"aggregate-address <A.B.C.D/M|X:X::X:X/M>$prefix matching-MED-only <summary-only|route-map "
      "WORD$map|origin "
      "<egp|igp|incomplete>$origin> [suppress-map WORD$suppress-map]"},
     set_aggregate,
     unset_aggregate},
    hidden({kRouterAf,
            Scope::RouterFamily,
            {"aggregate-address A.B.C.D$address A.B.C.D$netmask [summary-only] [route-map WORD$map] "
             "[origin <egp|igp|incomplete>$origin] [matching-MED-only] [suppress-map WORD$suppress-map]"},
            set_aggregate,
            unset_aggregate}),
    {kRouterAf,
     Scope::File,
     {"aggregate-address A.B.C.D A.B.C.D [summary-only] as-set [LINE]"},
     refuse_as_set,
     nothing,
     nullptr,
     true},
    {kRouterAf,
     Scope::File,
     {"aggregate-address <A.B.C.D/M|X:X::X:X/M>$prefix [summary-only] as-set [LINE]"},
     refuse_as_set,
     nothing,
     nullptr,
     true},
    {kRouterAf,
     Scope::RouterFamily,
     {"redistribute LINE$text"},
     keep_redistribution,
     keep_family_no,
     emit_kept_family},
    kept_family("<distance|table-map> LINE$text"),
    kept_family("nexthop prefer-global"),
    // Of routes that another VRF would have.
    hidden(kept_family("<import|export> vpn")),
    hidden(kept_family("<rd|rt|route-target|label|nexthop|sid> vpn LINE")),
    hidden(kept_family("<rt|route-target> redirect LINE")),
    hidden(kept_family("route-map vpn <import|export> WORD")),
    hidden(kept_family("<synchronization|auto-summary>")),
    value<&RouterFamilyConfig::maximum_paths>(kRouterAf, "maximum-paths {(1-256)$paths}"),
    {kRouterAf,
     Scope::RouterFamily,
     {"maximum-paths ibgp {(1-256)$paths [equal-cluster-length$equal]}"},
     set_maximum_paths_ibgp,
     reset<&RouterFamilyConfig::maximum_paths_ibgp>,
     emit_value<&RouterFamilyConfig::maximum_paths_ibgp>},
};

}  // namespace

std::span<const Row> family_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
