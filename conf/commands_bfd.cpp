// SPDX-License-Identifier: Apache-2.0
// `bfd`.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

using B = BfdBlockConfig;

constexpr Row kCommands[] = {
    {kBfd, Scope::File, {"profile WORD$name"}, enter_bfd_profile, remove_bfd_profile},
    {kBfd,
     Scope::File,
     {"peer <A.B.C.D|X:X::X:X>$peer [multihop] [local-address <A.B.C.D|X:X::X:X>$local] [vrf WORD$vrf] "
      "[interface WORD$interface]"},
     enter_bfd_peer,
     remove_bfd_peer},
    // The same in the other order that files use.
    {kBfd,
     Scope::File,
     {"peer <A.B.C.D|X:X::X:X>$peer [local-address <A.B.C.D|X:X::X:X>$local] [interface WORD$interface] "
      "[multihop] [vrf WORD$vrf]"},
     enter_bfd_peer,
     remove_bfd_peer},
    value<&B::profile>(kBfdPeer, "profile {WORD$profile}"),
    flag<&B::shutdown>(kBfdBlock, "shutdown"),
    flag<&B::passive>(kBfdBlock, "passive-mode"),
    value<&B::minimum_ttl>(kBfdBlock, "minimum-ttl {(1-254)$ttl}"),
    value<&B::detect_multiplier>(kBfdBlock, "detect-multiplier {(1-255)$multiplier}"),
    value<&B::receive_interval>(kBfdBlock, "receive-interval {(10-60000)$milliseconds}"),
    value<&B::transmit_interval>(kBfdBlock, "transmit-interval {(10-60000)$milliseconds}"),
    {kBfdBlock, Scope::BfdBlock, {"echo-mode"}, keep_bfd, keep_bfd_no, emit_kept_bfd},
    {kBfdBlock, Scope::BfdBlock, {"echo-interval {(10-60000)$milliseconds}"}, keep_bfd, keep_bfd_no},
    {kBfdBlock,
     Scope::BfdBlock,
     {"echo <receive-interval|transmit-interval> {<disabled|(10-60000)$milliseconds>}"},
     keep_bfd,
     keep_bfd_no},
    refused(kBfdBlock, "<label|log-session-changes> [LINE]"),
};

}  // namespace

std::span<const Row> bfd_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
