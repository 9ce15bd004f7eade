// SPDX-License-Identifier: Apache-2.0
// The compiler: every optional gets its value.
#include "conf/compile.hpp"

#include "conf/profile.hpp"
#include "conf/ranges.hpp"

namespace lbgp::conf {
namespace {

// nullptr: none is named, or it is not there.
const BfdBlockConfig* bfd_profile(const Config& config, const Maybe<std::string>& name) {
  if (!name || !config.bfd) return nullptr;
  const auto found = config.bfd->profiles.find(name->value);
  return found == config.bfd->profiles.end() ? nullptr : &found->second;
}

void apply(const BfdBlockConfig& block, fsm::BfdSettings& settings) {
  using std::chrono::milliseconds;
  if (block.detect_multiplier)
    settings.detect_multiplier = static_cast<std::uint8_t>(block.detect_multiplier->value);
  if (block.receive_interval) settings.receive_interval = milliseconds(block.receive_interval->value);
  if (block.transmit_interval) settings.transmit_interval = milliseconds(block.transmit_interval->value);
  if (block.minimum_ttl) settings.minimum_ttl = static_cast<std::uint8_t>(block.minimum_ttl->value);
  settings.passive = value_or(block.passive, settings.passive);
  settings.shutdown = value_or(block.shutdown, settings.shutdown);
}

// A peer's own word goes before its profile's.
void compile_bfd(const Config& config, Compiled& compiled) {
  if (!config.bfd) return;
  for (const auto& [name, block] : config.bfd->profiles) apply(block, compiled.bfd_profiles[name]);
  for (const auto& [key, block] : config.bfd->peers) {
    fsm::BfdSettings settings;
    if (const BfdBlockConfig* profile = bfd_profile(config, block.profile)) apply(*profile, settings);
    apply(block, settings);
    compiled.bfd_peers.push_back({key, settings, true});
  }
}

template <typename T>
std::optional<T> said(const Maybe<T>& value) {
  return value ? std::optional(value->value) : std::nullopt;
}

class Compiler {
 public:
  explicit Compiler(const Config& config)
      : config_(config), router_(*config.router), defaults_(defaults_of(config.profile())) {}

  void run(Compiled& compiled) {
    compiled.has_router = true;
    if (router_.router_id) compiled.router_id = wire::RouterId(router_.router_id->value.v4_value());
    compiled.log_neighbor_changes = value_or(router_.log_neighbor_changes, defaults_.log_neighbor_changes);
    compiled.fast_external_failover = value_or(router_.fast_external_failover, true);
    compiled.global = global(compiled.router_id.value_or(wire::RouterId{}));
    for (const auto& [name, group] : router_.groups) compiled.peer_groups.push_back({name, {}});
    for (const auto& [key, peer] : router_.neighbors) {
      if (!is_complete(peer)) continue;
      compiled.neighbors.push_back(neighbor(key, peer));
      for (PeerGroup& group : compiled.peer_groups)
        if (group.name == compiled.neighbors.back().peer_group)
          group.members.push_back(compiled.neighbors.back().name);
    }
    for (const auto& [prefix, group] : router_.listen_ranges)
      if (is_complete(member_of(group.value)))
        compiled.listen_ranges.push_back({prefix, dynamic(prefix, group.value)});
    compiled.listen_limit = value_or(router_.listen_limit, compiled.listen_limit);
  }

  std::optional<Neighbor> run(const fsm::PeerKey& key) {
    const auto found = router_.neighbors.find(key);
    if (found == router_.neighbors.end() || !is_complete(found->second)) return std::nullopt;
    return neighbor(key, found->second);
  }

 private:
  // A peer and its group, the pair that every value of a neighbor comes from.
  struct Source {
    const PeerConfig& peer;
    const PeerConfig* group;
    template <auto Member>
    [[nodiscard]] const auto& get() const {
      return inherited<Member>(peer, group);
    }
  };

  rib::GlobalSettings global(wire::RouterId id) {
    rib::GlobalSettings global;
    global.local_as = router_.as;
    global.router_id = id;
    global.default_local_pref = value_or(router_.default_local_preference, global.default_local_pref);
    for (wire::Family family : wire::kFamilies)
      global.maximum_paths[family] = maximum_paths(router_.families[family], global.maximum_paths[family]);
    global.multipath_relax = value_or(router_.multipath_relax, false);
    global.peer_type_relax = value_or(router_.peer_type_relax, false);
    global.ignore_as_path = value_or(router_.ignore_as_path, false);
    global.count_confederations = value_or(router_.count_confederations, false);
    global.compare_router_id = value_or(router_.compare_router_id, false);
    global.always_compare_med = value_or(router_.always_compare_med, false);
    global.deterministic_med = value_or(router_.deterministic_med, defaults_.deterministic_med);
    global.med_missing_as_worst = value_or(router_.med_missing_as_worst, false);
    global.compare_aigp = value_or(router_.compare_aigp, false);
    if (router_.cluster_id) global.cluster_id = wire::RouterId(router_.cluster_id->value.v4_value());
    global.client_to_client_reflection = value_or(router_.client_to_client_reflection, true);
    global.reflect_with_policy = value_or(router_.reflect_with_policy, false);
    for (wire::Family family : wire::kFamilies)
      for (const auto& [prefix, network] : router_.families[family].networks)
        global.networks[family].push_back({prefix, network.route_map});
    for (wire::Family family : wire::kFamilies)
      for (const auto& [prefix, aggregate] : router_.families[family].aggregates)
        global.aggregates[family].push_back({prefix, aggregate.summary_only, aggregate.route_map,
                                             aggregate.origin, aggregate.matching_med_only,
                                             aggregate.suppress_map});
    return global;
  }

  static rib::MaximumPaths maximum_paths(const RouterFamilyConfig& said, rib::MaximumPaths maximum) {
    maximum.ebgp = value_or(said.maximum_paths, maximum.ebgp);
    if (said.maximum_paths_ibgp) {
      maximum.ibgp = said.maximum_paths_ibgp->value.paths;
      maximum.equal_cluster_length = said.maximum_paths_ibgp->value.equal_cluster_length;
    }
    return maximum;
  }

  [[nodiscard]] bool is_complete(const PeerConfig& peer) const {
    return inherited<&PeerConfig::remote_as>(peer, group_of(router_, peer)).has_value();
  }
  static PeerConfig member_of(const std::string& group) {
    PeerConfig member;
    member.peer_group = {group, {}};
    return member;
  }

  // Never dialled: nobody knows who is there until they call.
  Neighbor dynamic(const wire::Prefix& prefix, const std::string& group) {
    Neighbor pattern = neighbor(prefix.address(), member_of(group));
    pattern.listen_range = prefix;
    pattern.session.passive = true;
    return pattern;
  }

  Neighbor neighbor(const fsm::PeerKey& key, const PeerConfig& peer) {
    const Source source{peer, group_of(router_, peer)};
    Neighbor neighbor;
    neighbor.name = to_string(key);
    neighbor.description = value_or(source.get<&PeerConfig::description>(), std::string());
    if (peer.peer_group) neighbor.peer_group = peer.peer_group->value;
    neighbor.transport = transport(key, source);
    neighbor.routes = routes(neighbor.name, neighbor.transport.peer_address, source);
    neighbor.routes.peer_group = neighbor.peer_group;
    neighbor.session = session(source, neighbor.routes);
    neighbor.bfd = neighbor_bfd(source);
    neighbor.advertisement_interval =
        seconds(value_or(source.get<&PeerConfig::advertisement_interval>(), 0U));
    neighbor.rules = rules(source);
    return neighbor;
  }

  std::optional<NeighborBfd> neighbor_bfd(const Source& source) {
    const auto& profile = source.get<&PeerConfig::bfd_profile>();
    const auto& timers = source.get<&PeerConfig::bfd_timers>();
    const bool check = value_or(source.get<&PeerConfig::bfd_check_control_plane>(), false);
    if (!value_or(source.get<&PeerConfig::bfd>(), false) && !profile && !timers && !check)
      return std::nullopt;
    NeighborBfd bfd;
    bfd.check_control_plane = check;
    if (timers)
      bfd.settings = {.detect_multiplier = static_cast<std::uint8_t>(timers->value.multiplier),
                      .receive_interval = std::chrono::milliseconds(timers->value.receive),
                      .transmit_interval = std::chrono::milliseconds(timers->value.transmit)};
    // As in FRR, a profile goes before the timers of the same line.
    if (profile) bfd.profile = profile->value;
    if (const BfdBlockConfig* block = bfd_profile(config_, profile)) {
      apply(*block, bfd.settings);
      bfd.has_minimum_ttl = block->minimum_ttl.has_value();
    }
    return bfd;
  }

  wire::UpdateRules rules(const Source& source) {
    wire::UpdateRules rules;
    rules.allow_as_set = !value_or(router_.reject_as_sets, true);  // RFC 9774
    rules.aigp = value_or(source.get<&PeerConfig::aigp>(), false);
    rules.discard = value_or(source.get<&PeerConfig::discard_attributes>(), wire::AttributeCodes());
    rules.treat_as_withdraw =
        value_or(source.get<&PeerConfig::withdraw_attributes>(), wire::AttributeCodes());
    return rules;
  }

  fsm::SessionSettings session(const Source& source, const rib::PeerSettings& routes) {
    fsm::SessionSettings session;
    session.local_as = local_as(source).as;
    session.remote_as = value_or(source.get<&PeerConfig::remote_as>(), fsm::RemoteAs{});
    if (router_.router_id) session.router_id = wire::RouterId(router_.router_id->value.v4_value());
    const auto& timers = source.get<&PeerConfig::timers>();
    const Timers effective = value_or(timers ? timers : router_.timers, defaults_.timers);
    session.hold_time = effective.hold;
    session.keepalive = effective.keepalive;
    session.connect_retry = value_or(source.get<&PeerConfig::connect_retry>(), defaults_.connect_retry);
    if (const auto& delay = source.get<&PeerConfig::delay_open>()) session.delay_open = delay->value;
    if (router_.minimum_hold_time) session.minimum_hold_time = seconds(router_.minimum_hold_time->value);
    session.passive = value_or(source.get<&PeerConfig::passive>(), false);
    if (const auto& shutdown = source.get<&PeerConfig::shutdown>()) {
      session.shutdown = true;
      session.shutdown_message = shutdown->value.message;
    } else if (router_.shutdown) {
      session.shutdown = true;
      session.shutdown_message = router_.shutdown->value.message;
    }
    for (wire::Family family : wire::kFamilies) {
      if (!routes.families[family].activated) continue;
      session.families.insert(family);
      // As in FRR: whoever wants to send us several paths may, unless the operator says no.
      if (!refuses_paths(family, source)) session.add_path_receive.insert(family);
      if (routes.families[family].paths != rib::PathSelection{}) session.add_path_send.insert(family);
    }
    // RFC 8950 lets IPv4 routes have IPv6 next hops; the reverse does not exist. On a link without IPv4 it is
    // the only way.
    if (value_or(source.get<&PeerConfig::extended_next_hop>(), source.peer.interface.has_value()))
      session.extended_next_hop.insert(wire::Family::Ipv4Unicast);
    session.hostname = value_or(config_.hostname, std::string());
    session.domainname = value_or(config_.domainname, std::string());
    capabilities(source, session);
    session.graceful_restart = graceful_restart(source);
    return session;
  }

  void capabilities(const Source& source, fsm::SessionSettings& session) {
    session.fqdn = value_or(source.get<&PeerConfig::fqdn>(), true);
    const bool version = value_or(router_.software_version, defaults_.software_version);
    session.offer_software_version = value_or(source.get<&PeerConfig::software_version>(), version);
    session.extended_parameters = value_or(source.get<&PeerConfig::extended_parameters>(), false);
    session.dont_capability_negotiate = value_or(source.get<&PeerConfig::dont_capability_negotiate>(), false);
    session.override_capability = value_or(source.get<&PeerConfig::override_capability>(), false);
    session.strict_capability_match = value_or(source.get<&PeerConfig::strict_capability_match>(), false);
    if (const auto& role = source.get<&PeerConfig::local_role>()) {
      session.local_role = role->value.role;
      session.role_strict_mode = role->value.strict_mode;
    }
  }

  static bool refuses_paths(wire::Family family, const Source& source) {
    const PeerFamilyConfig* group = source.group == nullptr ? nullptr : &source.group->families[family];
    return value_or(
        inherited<&PeerFamilyConfig::disable_add_path_receive>(source.peer.families[family], group), false);
  }

  fsm::GracefulRestartSettings graceful_restart(const Source& source) {
    fsm::GracefulRestartSettings settings;
    const auto& own = source.get<&PeerConfig::graceful_restart>();
    const RestartMode mode = value_or(own ? own : router_.graceful_restart, defaults_.graceful_restart);
    settings.enabled = mode != RestartMode::Disabled;
    settings.helper_only = mode == RestartMode::Helper;
    settings.restart_time = value_or(router_.restart_time, defaults_.restart_time);
    settings.stalepath_time = value_or(router_.stalepath_time, defaults_.stalepath_time);
    settings.preserve_forwarding = value_or(router_.preserve_forwarding, defaults_.preserve_forwarding);
    settings.notification = value_or(router_.restart_notification, defaults_.restart_notification);
    settings.hard_administrative_reset =
        value_or(router_.hard_administrative_reset, settings.hard_administrative_reset);
    settings.long_lived_stale_time = value_or(router_.long_lived_stale_time, settings.long_lived_stale_time);
    return settings;
  }

  fsm::TransportSettings transport(const fsm::PeerKey& key, const Source& source) {
    fsm::TransportSettings transport;
    if (key.address() != nullptr) {
      transport.peer_address = *key.address();
    } else {
      transport.peer_address = wire::IpAddress::v6({});
      transport.interface = *key.interface();
      transport.v6_only = source.peer.interface && source.peer.interface->value == InterfaceMode::V6Only;
    }
    if (const auto& port = source.get<&PeerConfig::port>())
      transport.peer_port = static_cast<std::uint16_t>(port->value);
    if (const auto& update_source = source.get<&PeerConfig::update_source>(); update_source && key.address())
      std::visit([&](const auto& value) { transport.update_source = value; }, update_source->value);
    if (source.peer.over_interface) transport.update_source = source.peer.over_interface->value;
    if (const auto& hops = source.get<&PeerConfig::ebgp_multihop>())
      transport.ebgp_multihop = static_cast<std::uint8_t>(hops->value);
    if (const auto& hops = source.get<&PeerConfig::ttl_security_hops>())
      transport.ttl_security_hops = static_cast<std::uint8_t>(hops->value);
    transport.disable_connected_check = value_or(source.get<&PeerConfig::disable_connected_check>(), false) ||
                                        value_or(router_.disable_connected_check, false);
    transport.password = value_or(source.get<&PeerConfig::password>(), std::string());
    if (config_.session_dscp) transport.dscp = static_cast<std::uint8_t>(config_.session_dscp->value);
    transport.mss = static_cast<std::uint16_t>(value_or(source.get<&PeerConfig::tcp_mss>(), 0U));
    if (router_.tcp_keepalive) transport.keepalive = router_.tcp_keepalive->value;
    return transport;
  }

  LocalAs local_as(const Source& source) {
    return value_or(source.get<&PeerConfig::local_as>(), LocalAs{.as = router_.as});
  }

  rib::PeerSettings routes(const std::string& name, const wire::IpAddress& address, const Source& source) {
    rib::PeerSettings routes;
    routes.name = name;
    routes.address = address;
    const LocalAs local = local_as(source);
    routes.local_as = local.as;
    routes.local_as_no_prepend = local.no_prepend;
    routes.local_as_replace_as = local.replace_as;
    routes.avoid_peer_as = value_or(source.get<&PeerConfig::avoid_peer_as>(), false);
    routes.ebgp_requires_policy = value_or(router_.ebgp_requires_policy, defaults_.ebgp_requires_policy);
    routes.enforce_first_as =
        value_or(source.get<&PeerConfig::enforce_first_as>(), value_or(router_.enforce_first_as, true));
    if (const auto& role = source.get<&PeerConfig::local_role>()) routes.local_role = role->value.role;
    routes.aigp = value_or(source.get<&PeerConfig::aigp>(), false);
    routes.graceful_shutdown = value_or(source.get<&PeerConfig::graceful_shutdown>(), false) ||
                               value_or(router_.graceful_shutdown, false);
    for (wire::Family family : wire::kFamilies) routes.families[family] = family_settings(family, source);
    if (const auto& next_hop = source.get<&PeerConfig::next_hop_ipv4>())
      routes.next_hop[wire::Family::Ipv4Unicast] = next_hop->value;
    if (const auto& next_hop = source.get<&PeerConfig::next_hop_ipv6>())
      routes.next_hop[wire::Family::Ipv6Unicast] = next_hop->value;
    return routes;
  }

  rib::FamilySettings family_settings(wire::Family family, const Source& source) {
    const PeerFamilyConfig& own = source.peer.families[family];
    const PeerFamilyConfig* group = source.group == nullptr ? nullptr : &source.group->families[family];
    const auto text = [](const Maybe<std::string>& said) { return value_or(said, std::string()); };
    using F = PeerFamilyConfig;
    rib::FamilySettings settings;
    settings.activated = value_or(inherited<&F::activate>(own, group), active_by_default(router_, family));
    settings.distribute_list_in = text(inherited<&F::distribute_list_in>(own, group));
    settings.distribute_list_out = text(inherited<&F::distribute_list_out>(own, group));
    settings.prefix_list_in = text(inherited<&F::prefix_list_in>(own, group));
    settings.prefix_list_out = text(inherited<&F::prefix_list_out>(own, group));
    settings.filter_list_in = text(inherited<&F::filter_list_in>(own, group));
    settings.filter_list_out = text(inherited<&F::filter_list_out>(own, group));
    settings.route_map_in = text(inherited<&F::route_map_in>(own, group));
    settings.route_map_out = text(inherited<&F::route_map_out>(own, group));
    settings.unsuppress_map = text(inherited<&F::unsuppress_map>(own, group));
    settings.unchanged = value_or(inherited<&F::attribute_unchanged>(own, group), rib::AttributeUnchanged{});
    settings.soft_reconfiguration_inbound = value_or(inherited<&F::soft_reconfiguration>(own, group), false);
    const auto& next_hop_self = inherited<&F::next_hop_self>(own, group);
    settings.next_hop_self = next_hop_self.has_value();
    settings.next_hop_self_force = next_hop_self && next_hop_self->value == NextHopSelf::Force;
    settings.send_community = value_or(inherited<&F::send_community>(own, group), true);
    settings.send_extended_community = value_or(inherited<&F::send_extended_community>(own, group), true);
    settings.send_large_community = value_or(inherited<&F::send_large_community>(own, group), true);
    if (const auto& maximum = inherited<&F::maximum_prefix>(own, group)) {
      settings.maximum_prefix = maximum->value.limit;
      settings.maximum_prefix_threshold = static_cast<std::uint8_t>(maximum->value.threshold);
      settings.maximum_prefix_warning_only = maximum->value.warning_only;
      settings.maximum_prefix_force = maximum->value.force;
      settings.maximum_prefix_restart = maximum->value.restart;
    }
    const AllowAsIn allowed = value_or(inherited<&F::allowas_in>(own, group), AllowAsIn{});
    settings.allowas_in = static_cast<std::uint8_t>(allowed.count);
    settings.allowas_in_origin = allowed.origin;
    settings.weight = value_or(inherited<&F::weight>(own, group), 0U);
    settings.paths = value_or(inherited<&F::add_path>(own, group), rib::PathSelection{});
    const auto& default_route = inherited<&F::default_originate>(own, group);
    settings.default_originate = default_route.has_value();
    settings.default_route_map = text(default_route);
    settings.route_reflector_client = value_or(inherited<&F::route_reflector_client>(own, group), false);
    settings.route_server_client = value_or(inherited<&F::route_server_client>(own, group), false);
    settings.as_override = value_or(inherited<&F::as_override>(own, group), false);
    settings.remove_private_as = said(inherited<&F::remove_private_as>(own, group));
    settings.maximum_prefix_out = said(inherited<&F::maximum_prefix_out>(own, group));
    settings.site_of_origin = said(inherited<&F::site_of_origin>(own, group));
    return settings;
  }

  const Config& config_;
  const RouterConfig& router_;
  const Defaults defaults_;
};

rib::RouteMapEntry route_map_entry(std::uint32_t seq, const RouteMapEntryConfig& config) {
  rib::RouteMapEntry entry;
  entry.seq = seq;
  entry.action = config.action;
  entry.description = config.description;
  for (const auto& match : config.matches) entry.matches.push_back(match.value);
  for (const auto& set : config.sets) entry.sets.push_back(set.value);
  entry.call = value_or(config.call, std::string());
  if (config.on_match) entry.on_match = config.on_match->value == 0 ? seq + 1 : config.on_match->value;
  return entry;
}

rib::Policies policies(const Config& config) {
  rib::Policies policies;
  policies.prefix_lists = config.prefix_lists;
  policies.community_lists = config.community_lists;
  policies.large_community_lists = config.large_community_lists;
  policies.ext_community_lists = config.ext_community_lists;
  policies.access_lists = config.access_lists;
  policies.as_path_lists = config.as_path_lists;
  policies.aliases = config.aliases;
  if (config.router) policies.local_as = config.router->as;
  for (const auto& [name, map] : config.route_maps)
    for (const auto& [seq, entry] : map) policies.route_maps[name].emplace(seq, route_map_entry(seq, entry));
  rib::index(policies);
  return policies;
}

rib::VipPool vip_pool(const std::string& name, const VipPoolConfig& config) {
  rib::VipPool pool;
  pool.name = name;
  for (const auto& range : config.ranges) pool.ranges.push_back(range.value);
  const bool ends = value_or(config.allow_first_last, true);
  for (const auto& prefix : config.prefixes)
    pool.ranges.push_back(ends ? range_of(prefix.value) : inner_range(prefix.value));
  pool.local_preference = said(config.local_preference);
  pool.metric = said(config.metric);
  pool.prepend = value_or(config.prepend, 0U);
  for (const auto& [peer, place] : config.advertise_to) pool.advertise_to.push_back(peer);
  for (const auto& selector : config.selectors) pool.selectors.push_back(selector.value);
  pool.communities = config.communities;
  pool.large_communities = config.large_communities;
  pool.allow_groups.assign(config.allow_groups.begin(), config.allow_groups.end());
  pool.allow_users.assign(config.allow_users.begin(), config.allow_users.end());
  return pool;
}

}  // namespace

const ListenRange* find_range(std::span<const ListenRange> ranges, const wire::IpAddress& address) {
  const ListenRange* narrowest = nullptr;
  for (const ListenRange& range : ranges)
    if (range.prefix.contains(address) &&
        (narrowest == nullptr || narrowest->prefix.length() < range.prefix.length()))
      narrowest = &range;
  return narrowest;
}

Neighbor dynamic_neighbor(const ListenRange& range, const wire::IpAddress& address) {
  Neighbor neighbor = range.pattern;
  neighbor.name = wire::to_string(address);
  neighbor.transport.peer_address = address;
  neighbor.routes.name = neighbor.name;
  neighbor.routes.address = address;
  return neighbor;
}

std::optional<Neighbor> compile_neighbor(const Config& config, const fsm::PeerKey& key) {
  return config.router ? Compiler(config).run(key) : std::nullopt;
}

std::vector<rib::VipPool> compile_pools(const Config& config) {
  std::vector<rib::VipPool> pools;
  for (const auto& [name, pool] : config.pools) pools.push_back(vip_pool(name, pool));
  return pools;
}

Compiled compile(const Config& config) {
  Compiled compiled;
  compiled.hostname = value_or(config.hostname, std::string());
  compiled.log_neighbor_changes = defaults_of(config.profile()).log_neighbor_changes;
  compiled.policies = policies(config);
  compiled.pools = compile_pools(config);
  compile_bfd(config, compiled);
  if (config.router) Compiler(config).run(compiled);
  return compiled;
}

}  // namespace lbgp::conf
