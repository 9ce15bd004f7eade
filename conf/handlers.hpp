// SPDX-License-Identifier: Apache-2.0
// Handlers of commands that do more than set one member. Grouped by file: handlers_*.cpp.
#pragma once

#include "conf/editor.hpp"
#include "conf/writer.hpp"

namespace lbgp::conf {

// Accepted, remembered and shown again, without effect; each says so in a warning.
void keep_file(Editor& editor, const Args& args);
void keep_file_no(Editor& editor, const Args& args);
void emit_kept_file(Writer& writer);
void keep_router(Editor& editor, const Args& args);
void keep_router_no(Editor& editor, const Args& args);
void emit_kept_router(Writer& writer);
void keep_peer(Editor& editor, const Args& args);
void keep_peer_no(Editor& editor, const Args& args);
void emit_kept_peer(Writer& writer);
void keep_family(Editor& editor, const Args& args);
void keep_family_no(Editor& editor, const Args& args);
void emit_kept_family(Writer& writer);
void keep_peer_family(Editor& editor, const Args& args);
void keep_peer_family_no(Editor& editor, const Args& args);
void emit_kept_peer_family(Writer& writer);
void keep_redistribution(Editor& editor, const Args& args);
// Accepted and forgotten, with a warning: passwords of terminals that we do not have.
void discard(Editor& editor, const Args& args);
// Of another daemon: accepted and forgotten, with a warning. A block, and what stands in it.
void for_others(Editor& editor, const Args& args);
void emit_foreign(Writer& writer);
void enter_foreign(Editor& editor, const Args& args);
void enter_foreign_family(Editor& editor, const Args& args);
void say_in_router(Editor& editor, const Args& args);
void swallow(Editor& editor, const Args& args);
// Known, and refused by name.
void unsupported(Editor& editor, const Args& args);
// Accepted because it asks for what is so anyway (`no` forms of what is refused).
void nothing(Editor& editor, const Args& args);

// Blocks.
void leave(Editor& editor, const Args& args);
void leave_all(Editor& editor, const Args& args);
void enter_line_vty(Editor& editor, const Args& args);
void set_defaults(Editor& editor, const Args& args);
void unset_defaults(Editor& editor, const Args& args);
void emit_defaults(Writer& writer);

// router bgp.
void enter_router(Editor& editor, const Args& args);
void remove_router(Editor& editor, const Args& args);
void emit_router(Writer& writer);
void enter_address_family(Editor& editor, const Args& args);
void set_cluster_id(Editor& editor, const Args& args);
void set_router_timers(Editor& editor, const Args& args);
void set_restart(Editor& editor, const Args& args);
void unset_restart(Editor& editor, const Args& args);
void emit_restart(Writer& writer);
void set_restart_disable(Editor& editor, const Args& args);
void unset_restart_disable(Editor& editor, const Args& args);
void set_listen_range(Editor& editor, const Args& args);
void unset_listen_range(Editor& editor, const Args& args);
void set_multipath_relax_as_set(Editor& editor, const Args& args);
void set_med_confed_missing(Editor& editor, const Args& args);
void unset_med_confed_missing(Editor& editor, const Args& args);
void set_maximum_paths_ibgp(Editor& editor, const Args& args);
void set_aggregate(Editor& editor, const Args& args);
void unset_aggregate(Editor& editor, const Args& args);
void emit_aggregates(Writer& writer);
void refuse_as_set(Editor& editor, const Args& args);
void set_network(Editor& editor, const Args& args);
void unset_network(Editor& editor, const Args& args);
void emit_networks(Writer& writer);

// Neighbors.
void set_peer_group(Editor& editor, const Args& args);
void unset_peer_group(Editor& editor, const Args& args);
void emit_group_definition(Writer& writer);
void set_interface(Editor& editor, const Args& args);
void unset_interface(Editor& editor, const Args& args);
void emit_interface(Writer& writer);
void set_remote_as(Editor& editor, const Args& args);
void unset_remote_as(Editor& editor, const Args& args);
template <bool Value>
void set_activate(Editor& editor, const Args& args);
void emit_remote_as(Writer& writer);
void remove_peer(Editor& editor, const Args& args);
void emit_membership(Writer& writer);
void set_password(Editor& editor, const Args& args);
void emit_password(Writer& writer);
void set_over_interface(Editor& editor, const Args& args);
void unset_over_interface(Editor& editor, const Args& args);
void set_update_source(Editor& editor, const Args& args);
void emit_update_source(Writer& writer);
void set_ebgp_multihop(Editor& editor, const Args& args);
void emit_ebgp_multihop(Writer& writer);
void emit_disable_connected_check(Writer& writer);
void set_peer_timers(Editor& editor, const Args& args);
void set_peer_restart(Editor& editor, const Args& args);
void unset_peer_restart(Editor& editor, const Args& args);
void emit_peer_restart(Writer& writer);
void unset_peer_bfd(Editor& editor, const Args& args);
void emit_peer_bfd(Writer& writer);
void set_peer_bfd_timers(Editor& editor, const Args& args);
void set_local_role(Editor& editor, const Args& args);
void emit_local_role(Writer& writer);
// `path-attribute discard | treat-as-withdraw`: which attributes this is said of; empty: an error has been
// reported.
[[nodiscard]] wire::AttributeCodes read_attributes(Editor& editor, const Args& args);
template <auto Member>
void set_attributes(Editor& editor, const Args& args) {
  const wire::AttributeCodes attributes = read_attributes(editor, args);
  if (attributes.any()) editor.peer(args).*Member = {attributes, args.position("attributes")};
}
void set_next_hop_self(Editor& editor, const Args& args);
void emit_next_hop_self(Writer& writer);
void set_send_community(Editor& editor, const Args& args);
void unset_send_community(Editor& editor, const Args& args);
void emit_send_community(Writer& writer);
void set_maximum_prefix(Editor& editor, const Args& args);
void emit_maximum_prefix(Writer& writer);
void set_default_originate(Editor& editor, const Args& args);
void emit_default_originate(Writer& writer);
void set_allowas_in(Editor& editor, const Args& args);
void emit_allowas_in(Writer& writer);
void set_local_as(Editor& editor, const Args& args);
void emit_local_as(Writer& writer);
void set_remove_private_as(Editor& editor, const Args& args);
void emit_remove_private_as(Writer& writer);
void set_site_of_origin(Editor& editor, const Args& args);
void emit_site_of_origin(Writer& writer);
void set_attribute_unchanged(Editor& editor, const Args& args);
void emit_attribute_unchanged(Writer& writer);
void set_add_path(Editor& editor, const Args& args);
void unset_add_path(Editor& editor, const Args& args);
void emit_add_path(Writer& writer);

// Lists.
void add_prefix_list_entry(Editor& editor, const Args& args);
void remove_prefix_list_entry(Editor& editor, const Args& args);
void remove_prefix_list(Editor& editor, const Args& args);
void describe_prefix_list(Editor& editor, const Args& args);
void undescribe_prefix_list(Editor& editor, const Args& args);
void emit_prefix_lists(Writer& writer);
void add_community_list_entry(Editor& editor, const Args& args);
void remove_community_list_entry(Editor& editor, const Args& args);
void emit_community_lists(Writer& writer);
void add_large_community_list_entry(Editor& editor, const Args& args);
void remove_large_community_list_entry(Editor& editor, const Args& args);
void emit_large_community_lists(Writer& writer);
void add_ext_community_list_entry(Editor& editor, const Args& args);
void remove_ext_community_list_entry(Editor& editor, const Args& args);
void emit_ext_community_lists(Writer& writer);
void add_access_list_entry(Editor& editor, const Args& args);
void remove_access_list_entry(Editor& editor, const Args& args);
void remove_access_list(Editor& editor, const Args& args);
void remark_access_list(Editor& editor, const Args& args);
void unremark_access_list(Editor& editor, const Args& args);
void emit_access_lists(Writer& writer);
void add_as_path_list_entry(Editor& editor, const Args& args);
void remove_as_path_list_entry(Editor& editor, const Args& args);
void emit_as_path_lists(Writer& writer);
void set_alias(Editor& editor, const Args& args);
void unset_alias(Editor& editor, const Args& args);
void emit_aliases(Writer& writer);

// route-map.
void enter_route_map(Editor& editor, const Args& args);
void remove_route_map_entry(Editor& editor, const Args& args);
void remove_route_map(Editor& editor, const Args& args);
void emit_route_maps(Writer& writer);
void set_entry_description(Editor& editor, const Args& args);
void unset_entry_description(Editor& editor, const Args& args);
void emit_entry_description(Writer& writer);
void set_match(Editor& editor, const Args& args);
void unset_match(Editor& editor, const Args& args);
void emit_matches(Writer& writer);
void set_set(Editor& editor, const Args& args);
void unset_set(Editor& editor, const Args& args);
void emit_sets(Writer& writer);
void set_on_match(Editor& editor, const Args& args);
void unset_on_match(Editor& editor, const Args& args);
void emit_on_match(Writer& writer);
void set_call(Editor& editor, const Args& args);
void unset_call(Editor& editor, const Args& args);
void emit_call(Writer& writer);
void keep_entry(Editor& editor, const Args& args);
void keep_entry_no(Editor& editor, const Args& args);
void emit_kept_entry(Writer& writer);

// vip-pool.
void enter_pool(Editor& editor, const Args& args);
void remove_pool(Editor& editor, const Args& args);
void emit_pools(Writer& writer);
void set_pool_description(Editor& editor, const Args& args);
void unset_pool_description(Editor& editor, const Args& args);
void add_pool_range(Editor& editor, const Args& args);
void remove_pool_range(Editor& editor, const Args& args);
void add_pool_prefix(Editor& editor, const Args& args);
void remove_pool_prefix(Editor& editor, const Args& args);
void set_pool_communities(Editor& editor, const Args& args);
void unset_pool_communities(Editor& editor, const Args& args);
void set_pool_large_communities(Editor& editor, const Args& args);
void unset_pool_large_communities(Editor& editor, const Args& args);
void set_pool_selector(Editor& editor, const Args& args);
void unset_pool_selector(Editor& editor, const Args& args);
void advertise_pool_to(Editor& editor, const Args& args);
void advertise_pool_to_not(Editor& editor, const Args& args);
void allow_in_pool(Editor& editor, const Args& args);
void disallow_in_pool(Editor& editor, const Args& args);
void emit_pool(Writer& writer);

// bfd.
void enter_bfd(Editor& editor, const Args& args);
void remove_bfd(Editor& editor, const Args& args);
void emit_bfd(Writer& writer);
void enter_bfd_profile(Editor& editor, const Args& args);
void remove_bfd_profile(Editor& editor, const Args& args);
void enter_bfd_peer(Editor& editor, const Args& args);
void remove_bfd_peer(Editor& editor, const Args& args);
void keep_bfd(Editor& editor, const Args& args);
void keep_bfd_no(Editor& editor, const Args& args);
void emit_kept_bfd(Writer& writer);

}  // namespace lbgp::conf
