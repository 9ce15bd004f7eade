// SPDX-License-Identifier: Apache-2.0
// What the tables of commands are written with.
#pragma once

#include <span>

#include "conf/fields.hpp"
#include "conf/grammar.hpp"
#include "conf/handlers.hpp"

namespace lbgp::conf {

inline constexpr ContextSet kTop{Context::Top};
inline constexpr ContextSet kRouter{Context::Router};
inline constexpr ContextSet kAf{Context::AddressFamily};
// Files from before address families say these straight under `router bgp`; they mean IPv4 unicast.
inline constexpr ContextSet kRouterAf{Context::Router, Context::AddressFamily};
inline constexpr ContextSet kRouteMap{Context::RouteMap};
inline constexpr ContextSet kPool{Context::VipPool};
inline constexpr ContextSet kVty{Context::LineVty};
inline constexpr ContextSet kBfd{Context::Bfd};
inline constexpr ContextSet kBfdPeer{Context::BfdPeer};
inline constexpr ContextSet kBfdBlock{Context::BfdProfile, Context::BfdPeer};
inline constexpr ContextSet kForeign{Context::Foreign, Context::ForeignFamily};
inline constexpr ContextSet kBlocks{
    Context::Router, Context::AddressFamily, Context::RouteMap, Context::VipPool, Context::LineVty,
    Context::Bfd,    Context::BfdProfile,    Context::BfdPeer,  Context::Foreign, Context::ForeignFamily};
inline constexpr ContextSet kEverywhere{Context::Top,      Context::Router,       Context::AddressFamily,
                                        Context::RouteMap, Context::VipPool,      Context::LineVty,
                                        Context::Bfd,      Context::BfdProfile,   Context::BfdPeer,
                                        Context::Foreign,  Context::ForeignFamily};

constexpr Row kept_file(std::string_view pattern) {
  return {kTop, Scope::File, Pattern(pattern), keep_file, keep_file_no};
}
constexpr Row kept_router(std::string_view pattern) {
  return {kRouter, Scope::Router, Pattern(pattern), keep_router, keep_router_no};
}
constexpr Row kept_peer(std::string_view pattern) {
  return {kRouter, Scope::Peer, Pattern(pattern), keep_peer, keep_peer_no};
}
constexpr Row kept_family(std::string_view pattern) {
  return {kRouterAf, Scope::RouterFamily, Pattern(pattern), keep_family, keep_family_no};
}
constexpr Row kept_peer_family(std::string_view pattern) {
  return {kRouterAf, Scope::PeerFamily, Pattern(pattern), keep_peer_family, keep_peer_family_no};
}
// Other daemons' lines and blocks, as they stand in a file that all of FRR shares.
constexpr Row others_line(std::string_view pattern) {
  return {kTop, Scope::File, Pattern(pattern), for_others, for_others, nullptr, true};
}
constexpr Row others_block(ContextSet contexts, std::string_view pattern) {
  return {contexts, Scope::File, Pattern(pattern), enter_foreign, for_others, nullptr, true};
}
// The same inside `router bgp`.
constexpr Row others_router_block(std::string_view pattern) {
  return {{Context::Router, Context::ForeignFamily},
          Scope::Router,
          Pattern(pattern),
          enter_foreign_family,
          for_others,
          nullptr,
          true};
}
// What files have and nobody needs to type: taken, and not offered.
constexpr Row hidden(Row row) {
  row.refused = true;
  return row;
}
constexpr Row refused(ContextSet contexts, std::string_view pattern) {
  return {contexts, Scope::File, Pattern(pattern), unsupported, nothing, nullptr, true};
}

// The tables, a file each.
[[nodiscard]] std::span<const Row> file_commands();
[[nodiscard]] std::span<const Row> filters_commands();
[[nodiscard]] std::span<const Row> blocks_commands();
[[nodiscard]] std::span<const Row> router_commands();
[[nodiscard]] std::span<const Row> neighbor_commands();
[[nodiscard]] std::span<const Row> neighbor_family_commands();
[[nodiscard]] std::span<const Row> family_commands();
[[nodiscard]] std::span<const Row> route_map_commands();
[[nodiscard]] std::span<const Row> vip_pool_commands();
[[nodiscard]] std::span<const Row> bfd_commands();

}  // namespace lbgp::conf
