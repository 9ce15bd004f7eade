// SPDX-License-Identifier: Apache-2.0
// The file itself: what all of FRR's daemons share, and other daemons' lines.
#include "conf/rows.hpp"

namespace lbgp::conf {
namespace {

constexpr Row kCommands[] = {
    value<&Config::frr_version>(kTop, "frr version {LINE$version}"),
    {kTop,
     Scope::File,
     {"frr defaults {<traditional|datacenter>$profile}"},
     set_defaults,
     unset_defaults,
     emit_defaults},
    value<&Config::hostname>(kTop, "hostname {WORD$hostname}"),
    value<&Config::domainname>(kTop, "domainname {WORD$domainname}"),
    {kTop, Scope::File, {"log {LINE$text}"}, keep_file, keep_file_no, emit_kept_file},
    kept_file("service {LINE$text}"),
    kept_file("debug {LINE$text}"),
    kept_file("banner {LINE$text}"),
    kept_file("agentx"),
    kept_file("<ip|ipv6> forwarding"),
    kept_file("<ip|ipv6> nht {LINE$text}"),
    kept_file("zebra {LINE$text}"),
    hidden(kept_file("bgp <suppress-fib-pending|wait-for-install|no-rib>")),
    hidden(kept_file("bgp <route-map|update-delay> LINE")),
    hidden(kept_file("<ip|ipv6> prefix-list sequence-number")),
    hidden(kept_file("route-map WORD optimization")),
    hidden(kept_file("allow-reserved-ranges")),
    {kTop,
     Scope::File,
     {"bgp <graceful-restart|graceful-restart-disable|graceful-shutdown|long-lived-graceful-restart|"
      "hard-administrative-reset> [LINE]"},
     say_in_router,
     say_in_router,
     nullptr,
     true},
    {kTop, Scope::File, {"username {LINE$text}"}, discard, discard},
    {kTop, Scope::File, {"password {LINE$text}"}, discard, discard},
    {kTop, Scope::File, {"enable password {LINE$text}"}, discard, discard},
    {kTop, Scope::File, {"line vty"}, enter_line_vty, discard},
    {kVty, Scope::File, {"exec-timeout {(0-35791)$minutes [(0-2147483)$seconds]}"}, discard, discard},
    {kVty, Scope::File, {"access-class {WORD$list}"}, discard, discard},
    {kVty, Scope::File, {"login"}, discard, discard},
    {kEverywhere, Scope::File, {"end"}, leave_all},
    {kBlocks, Scope::File, {"exit"}, leave},
    {kTop, Scope::File, {"exit"}, nothing},
    others_line("ip <route|protocol|import-table|mroute|multicast|router-id|pim|igmp|msdp|ssmpingd> LINE"),
    others_line("ip <table|sla> LINE"),
    others_line("ip multicast-routing"),
    others_line("ipv6 <route|protocol|import-table|mroute|router-id|mld|pim> LINE"),
    others_line("<router-id|fpm|vni|evpn|netns|mpls|table|vrrp|pbr|mgmt|affinity-map> LINE"),
    others_line("<allow-external-route-update|ptm-enable|fpm>"),
    others_line("bgp <send-extra-data|snmp|input-queue-limit|output-queue-limit> LINE"),
    others_line("mac access-list LINE"),
    others_line("exit-vrf"),
    others_block({Context::Top, Context::Foreign}, "interface WORD$interface [vrf WORD$vrf]"),
    others_block({Context::Top, Context::Foreign}, "vrf WORD$vrf"),
    others_block({Context::Top, Context::Foreign},
                 "router <babel|eigrp|isis|openfabric|ospf|ospf6|pim|pim6|rip|ripng> [LINE$text]"),
    others_block({Context::Top, Context::Foreign}, "<key chain|nexthop-group|pbr-map|l2vpn> LINE"),
    others_block({Context::Top, Context::Foreign}, "<segment-routing|rpki> [LINE$text]"),
    others_block({Context::Top, Context::Foreign}, "mpls ldp"),
    {{Context::Foreign}, Scope::File, {"exit-vrf"}, leave, nullptr, nullptr, true},
    {{Context::ForeignFamily},
     Scope::File,
     {"<exit-address-family|exit-vnc|exit-vrf-policy>"},
     leave,
     nullptr,
     nullptr,
     true},
    // Begins like a block, and is in one.
    {{Context::ForeignFamily},
     Scope::File,
     {"bmp <monitor|stats|connect|mirror|startup-delay|import-vrf-view> [LINE$text]"},
     swallow,
     swallow,
     nullptr,
     true},
    {kForeign, Scope::File, {"LINE$text"}, swallow, swallow, emit_foreign, true},
};

}  // namespace

std::span<const Row> file_commands() {
  return kCommands;
}

}  // namespace lbgp::conf
