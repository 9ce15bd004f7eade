// SPDX-License-Identifier: Apache-2.0
// The checks, one function per subject.
#include "conf/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <vector>

#include "conf/nearest.hpp"
#include "conf/profile.hpp"
#include "conf/ranges.hpp"
#include "rib/policy_eval.hpp"

namespace lbgp::conf {
namespace {

class Checker {
 public:
  Checker(const Config& config, Diagnostics& diagnostics, EditMode mode)
      : config_(config), diagnostics_(diagnostics), mode_(mode) {}

  void run() {
    if (config_.router) check_router(*config_.router);
    for (const auto& [name, map] : config_.route_maps)
      for (const auto& [seq, entry] : map) check_route_map_entry(entry);
    check_calls();
    check_pools();
    if (config_.bfd)
      for (const auto& [key, peer] : config_.bfd->peers) check_bfd_profile(peer.profile);
  }

  // A neighbor, or a group with whoever is in it.
  void run_peer(std::string_view name) {
    const RouterConfig& router = *config_.router;
    const fsm::PeerKey key = fsm::peer_key(name);
    if (const auto peer = router.neighbors.find(key); peer != router.neighbors.end())
      check_neighbor(router, key, peer->second);
    const auto group = router.groups.find(std::string(name));
    if (group == router.groups.end()) return;
    check_group(group->first, group->second);
    for (const auto& [member, peer] : router.neighbors)
      if (peer.peer_group && peer.peer_group->value == group->first) check_neighbor(router, member, peer);
    check_listen_ranges(router, &group->first);
  }
  void run_router() { check_router(*config_.router); }
  void run_pools() { check_pools(); }

 private:
  template <typename... Values>
  void error(Position position, fmt::format_string<Values...> format, Values&&... values) {
    diagnostics_.push_back({Severity::Error, position, fmt::format(format, std::forward<Values>(values)...)});
  }
  template <typename... Values>
  void warn(Position position, fmt::format_string<Values...> format, Values&&... values) {
    diagnostics_.push_back(
        {Severity::Warning, position, fmt::format(format, std::forward<Values>(values)...)});
  }

  // At the prompt the line that is missing may come next.
  template <typename... Values>
  void incomplete(Position position, fmt::format_string<Values...> format, Values&&... values) {
    diagnostics_.push_back({mode_ == EditMode::File ? Severity::Error : Severity::Warning, position,
                            fmt::format(format, std::forward<Values>(values)...)});
  }

  void check_router(const RouterConfig& router) {
    if (router.router_id && router.router_id->value.is_unspecified())
      error(router.router_id->place, "the router-id must not be zero (RFC 6286)");
    if (router.cluster_id && router.cluster_id->value.is_unspecified())
      error(router.cluster_id->place, "the cluster-id must not be zero");
    check_version(router);
    check_without_effect(router);
    for (const auto& [name, group] : router.groups) check_group(name, group);
    for (const auto& [key, peer] : router.neighbors) check_neighbor(router, key, peer);
    check_listen_ranges(router);
    for (wire::Family family : wire::kFamilies)
      for (const auto& [prefix, network] : router.families[family].networks)
        check_route_map(network.route_map, network.place, "announces nothing");
    for (wire::Family family : wire::kFamilies)
      for (const auto& [prefix, aggregate] : router.families[family].aggregates) {
        check_route_map(aggregate.route_map, aggregate.place, "announces nothing");
        check_route_map(aggregate.suppress_map, aggregate.place, "suppresses nothing");
      }
  }

  // FRR goes by the version that wrote a file: before 7.4 nothing demanded policies of eBGP (RFC 8212).
  void check_version(const RouterConfig& router) {
    if (!config_.frr_version || router.ebgp_requires_policy) return;
    const std::string& version = config_.frr_version->value;
    const char* const end = version.data() + version.size();
    unsigned major = 0, minor = 0;
    const auto dot = std::from_chars(version.data(), end, major);
    if (dot.ec != std::errc() || dot.ptr == end || *dot.ptr != '.') return;
    if (std::from_chars(dot.ptr + 1, end, minor).ec != std::errc()) return;
    if ((major < 7 || (major == 7 && minor < 4)) && defaults_of(config_.profile()).ebgp_requires_policy)
      warn(config_.frr_version->place,
           "FRR {} asked no policies of eBGP, here they are required (RFC 8212): without them say \"no bgp "
           "ebgp-requires-policy\"",
           version);
  }

  // What is said and comes to nothing.
  void check_without_effect(const RouterConfig& router) {
    if (router.long_lived_stale_time && router.graceful_restart &&
        router.graceful_restart->value == RestartMode::Disabled)
      warn(router.long_lived_stale_time->place,
           "without graceful restart there is no long-lived one (RFC 9494): no effect on neighbors that do "
           "not say otherwise");
    const bool has_networks = std::any_of(router.families.begin(), router.families.end(),
                                          [](const auto& family) { return !family.networks.empty(); });
    if (router.network_import_check) {
      if (router.network_import_check->value)
        warn(router.network_import_check->place, "networks are announced without a check: no effect yet");
    } else if (has_networks && defaults_of(config_.profile()).network_import_check) {
      warn(config_.defaults->place, "this profile's \"bgp network import-check\" has no effect yet");
    }
    if (router.deterministic_med && !router.deterministic_med->value)
      warn(router.deterministic_med->place,
           "MED is compared among all paths of an AS whatever their order: no effect");
    if (router.med_confed && router.med_confed->value)
      warn(router.med_confed->place, "there is no confederation: no effect");
  }

  void check_group(const std::string& name, const PeerConfig& group) {
    if (group.defined)
      check_peer(group);
    else
      error(group.place, "{} is neither an address nor a peer-group (\"neighbor {} peer-group\" makes one)",
            name, name);
  }

  // Whoever comes by a range is told only by the group what to be. `only`: the ranges of that group.
  void check_listen_ranges(const RouterConfig& router, const std::string* only = nullptr) {
    for (const auto& [range, group] : router.listen_ranges) {
      if (only != nullptr && group.value != *only) continue;
      const auto found = router.groups.find(group.value);
      if (found == router.groups.end() || !found->second.defined)
        unknown_group(router, group);
      else if (!found->second.remote_as)
        incomplete(group.place, "peer-group {} has no remote-as: nobody can come by range {}", group.value,
                   wire::to_string(range));
      else
        check_range(router, range, group.place, found->second);
    }
  }

  void check_range(const RouterConfig& router, const wire::Prefix& range, Position place,
                   const PeerConfig& group) {
    const PeerConfig member{};  // has nothing of its own
    const std::string who = "range " + wire::to_string(range);
    if (range.address().is_multicast()) error(place, "nobody in {} can be a neighbor", who);
    check_session(router, who, member, &group);
    check_source(who, range.address(), member, &group);
    if (!group.password) check_key_of_range(router, range, who, place);
  }

  void check_neighbor(const RouterConfig& router, const fsm::PeerKey& key, const PeerConfig& peer) {
    const std::string name = to_string(key);
    if (key.address() != nullptr && (key.address()->is_unspecified() || key.address()->is_multicast()))
      error(peer.place, "{} cannot be a neighbor", name);
    const PeerConfig* group = group_of(router, peer);
    if (peer.peer_group && group == nullptr) unknown_group(router, *peer.peer_group);
    const bool unknown = peer.peer_group && (group == nullptr || !group->defined);
    check_remote_as(router, name, peer, group, unknown);
    check_session(router, "neighbor " + name, peer, group);
    if (key.address() != nullptr)
      check_address(router, *key.address(), peer, group);
    else if (const auto& source = inherited<&PeerConfig::update_source>(peer, group))
      warn(source->place, "a neighbor on an interface is reached from there: update-source has no effect");
    check_peer(peer);
  }

  // What a neighbor's session and one that comes by a range have in common. `who`: "neighbor 10.0.0.1".
  void check_session(const RouterConfig& router, const std::string& who, const PeerConfig& peer,
                     const PeerConfig* group) {
    check_role(router, peer, group);
    check_capability_words(who, peer, group);
    check_hops(router, peer, group);
    check_reflection(router, who, peer, group);
    check_hold_time(router, peer, group);
  }

  void check_address(const RouterConfig& router, const wire::IpAddress& address, const PeerConfig& peer,
                     const PeerConfig* group) {
    const std::string who = "neighbor " + wire::to_string(address);
    check_source(who, address, peer, group);
    const auto& source = inherited<&PeerConfig::update_source>(peer, group);
    const bool over_link =
        peer.over_interface || (source && std::holds_alternative<std::string>(source->value));
    if (address.is_link_local() && address.is_v6() && !over_link)
      incomplete(peer.place, "a link-local neighbor needs \"interface NAME\" or \"update-source NAME\"");
    if (!inherited<&PeerConfig::password>(peer, group))
      check_key_of_range(router, wire::Prefix::host(address), who, peer.place);
  }

  // The kernel wants a range's key of everybody in it who has none of their own.
  void check_key_of_range(const RouterConfig& router, const wire::Prefix& peers, const std::string& who,
                          Position place) {
    for (const auto& [range, name] : router.listen_ranges) {
      const auto found = router.groups.find(name.value);
      const bool inside = range.length() <= peers.length() && range.contains(peers.address());
      if (found != router.groups.end() && found->second.password && inside)
        error(place, "{} has no password, but is in range {}{} whose group has one", who,
              wire::to_string(range), at_line(name.place));
    }
  }

  void unknown_group(const RouterConfig& router, const At<std::string>& group) {
    std::vector<std::string_view> known;
    for (const auto& [name, config] : router.groups)
      if (config.defined) known.push_back(name);
    const auto near = nearest(group.value, known);
    if (near.empty())
      error(group.place, "unknown peer-group {}", group.value);
    else
      error(group.place, "unknown peer-group {}; did you mean \"{}\"?", group.value, near);
  }

  // As in FRR a member may name one of the ASes that its group says "internal" or "external" of.
  static bool is_one_of(const RouterConfig& router, const PeerConfig& peer, const PeerConfig& group) {
    using Kind = fsm::RemoteAs::Kind;
    const Kind kind = group.remote_as->value.kind;
    return peer.remote_as->value.kind == Kind::Number && (kind == Kind::Internal || kind == Kind::External) &&
           is_internal(router, peer, &group) == (kind == Kind::Internal);
  }

  void check_remote_as(const RouterConfig& router, const std::string& name, const PeerConfig& peer,
                       const PeerConfig* group, bool unknown) {
    const auto& theirs = inherited<&PeerConfig::remote_as>(peer, group);
    if (!theirs) {
      // An unknown group has been reported: its remote-as may be what is missing.
      if (!unknown) incomplete(peer.place, "neighbor {} has no remote-as", name);
      return;
    }
    const bool both = group != nullptr && peer.remote_as && group->remote_as;
    if (both && peer.remote_as->value != group->remote_as->value && !is_one_of(router, peer, *group))
      error(peer.remote_as->place, "neighbor {} has another remote-as than its peer-group {}{}", name,
            peer.peer_group->value, at_line(group->remote_as->place));
  }

  // None while nothing says which AS it is in.
  static std::optional<bool> is_internal(const RouterConfig& router, const PeerConfig& peer,
                                         const PeerConfig* group) {
    using Kind = fsm::RemoteAs::Kind;
    const auto& theirs = inherited<&PeerConfig::remote_as>(peer, group);
    if (!theirs) return std::nullopt;
    const fsm::RemoteAs& as = theirs->value;
    if (as.kind == Kind::Auto) return std::nullopt;
    const auto& local = inherited<&PeerConfig::local_as>(peer, group);
    const wire::AsNumber ours = local ? local->value.as : router.as;
    return as.kind == Kind::Internal || (as.kind == Kind::Number && as.number == ours);
  }

  // RFC 9234 §4: a role is towards another AS.
  void check_role(const RouterConfig& router, const PeerConfig& peer, const PeerConfig* group) {
    const auto& role = inherited<&PeerConfig::local_role>(peer, group);
    if (role && is_internal(router, peer, group) == true)
      error(role->place, "a role is for neighbors in other ASes (RFC 9234)");
  }

  // FRR takes the same pairs for a contradiction.
  void check_capability_words(const std::string& who, const PeerConfig& peer, const PeerConfig* group) {
    const auto& strict = inherited<&PeerConfig::strict_capability_match>(peer, group);
    const auto& override = inherited<&PeerConfig::override_capability>(peer, group);
    const auto& silent = inherited<&PeerConfig::dont_capability_negotiate>(peer, group);
    const auto exclude = [&](const Maybe<bool>& other, std::string_view word) {
      if (strict && other)
        error(strict->place, "strict-capability-match and {}{} exclude each other", word,
              at_line(other->place));
    };
    exclude(override, "override-capability");
    exclude(silent, "dont-capability-negotiate");
    constexpr wire::Family kIpv6 = wire::Family::Ipv6Unicast;
    const auto& ipv6 = inherited<&PeerFamilyConfig::activate>(peer.families[kIpv6],
                                                              group ? &group->families[kIpv6] : nullptr);
    if (silent && !override && ipv6 && ipv6->value)
      warn(silent->place, "without capabilities {} exchanges no {}", who, wire::to_string(kIpv6));
  }

  void check_hops(const RouterConfig& router, const PeerConfig& peer, const PeerConfig* group) {
    const auto& multihop = inherited<&PeerConfig::ebgp_multihop>(peer, group);
    const auto& security = inherited<&PeerConfig::ttl_security_hops>(peer, group);
    if (multihop && security)
      error(security->place, "ttl-security and ebgp-multihop{} exclude each other", at_line(multihop->place));
    if (multihop && is_internal(router, peer, group) == true)
      warn(multihop->place, "ebgp-multihop is for neighbors in other ASes: no effect on those in ours");
  }

  void check_source(const std::string& who, const wire::IpAddress& address, const PeerConfig& peer,
                    const PeerConfig* group) {
    const auto& source = inherited<&PeerConfig::update_source>(peer, group);
    const auto* own = source ? std::get_if<wire::IpAddress>(&source->value) : nullptr;
    if (own != nullptr && own->is_v4() != address.is_v4())
      error(source->place, "update-source {} and {} are of different address families", wire::to_string(*own),
            who);
  }

  // RFC 4456 §4: clients are internal peers.
  void check_reflection(const RouterConfig& router, const std::string& who, const PeerConfig& peer,
                        const PeerConfig* group) {
    if (is_internal(router, peer, group) != false) return;
    for (wire::Family family : wire::kFamilies) {
      const PeerFamilyConfig* of_group = group == nullptr ? nullptr : &group->families[family];
      const auto& client =
          inherited<&PeerFamilyConfig::route_reflector_client>(peer.families[family], of_group);
      if (client && client->value)
        error(client->place, "{} is not in our AS: it cannot be a route-reflector-client", who);
    }
  }

  void check_hold_time(const RouterConfig& router, const PeerConfig& peer, const PeerConfig* group) {
    if (!router.minimum_hold_time) return;
    const auto& own = inherited<&PeerConfig::timers>(peer, group);
    const Timers timers = value_or(own ? own : router.timers, defaults_of(config_.profile()).timers);
    const seconds minimum(router.minimum_hold_time->value);
    if (timers.hold.count() != 0 && timers.hold < minimum)
      warn(own ? own->place : router.minimum_hold_time->place,
           "the hold time {} is below the minimum {}{}: no session will come up", timers.hold.count(),
           minimum.count(), at_line(router.minimum_hold_time->place));
  }

  // What holds for a neighbor and for a group alike.
  void check_peer(const PeerConfig& peer) {
    constexpr std::size_t kLongestPassword = 80;  // TCP_MD5SIG_MAXKEYLEN
    if (peer.password && peer.password->value.size() > kLongestPassword)
      error(peer.password->place, "the password has {} octets; TCP-MD5 takes {}", peer.password->value.size(),
            kLongestPassword);
    constexpr std::uint32_t kLeastSegment = 88, kGreatestSegment = 32767;  // what Linux takes
    if (peer.tcp_mss && (peer.tcp_mss->value < kLeastSegment || peer.tcp_mss->value > kGreatestSegment))
      error(peer.tcp_mss->place, "tcp-mss must be from {} to {}", kLeastSegment, kGreatestSegment);
    check_bfd_profile(peer.bfd_profile);
    for (wire::Family family : wire::kFamilies) {
      const PeerFamilyConfig& routes = peer.families[family];
      check_filters(family, routes);
      if (routes.default_originate)
        check_route_map(routes.default_originate->value, routes.default_originate->place,
                        "announces no default route");
      if (routes.route_map_in) check_route_map(routes.route_map_in->value, routes.route_map_in->place);
      if (routes.route_map_out) check_route_map(routes.route_map_out->value, routes.route_map_out->place);
      if (routes.unsuppress_map)
        check_route_map(routes.unsuppress_map->value, routes.unsuppress_map->place, "reveals nothing");
    }
  }

  void check_bfd_profile(const Maybe<std::string>& name) {
    if (name && !(config_.bfd && config_.bfd->profiles.contains(name->value)))
      warn(name->place, "bfd profile {} does not exist: the defaults hold, as in FRR", name->value);
  }

  // Without "ip " and the like: as neighbors and clauses name them.
  static std::string_view short_name(rib::ListKind kind) {
    const std::string_view name = rib::to_string(kind);
    for (std::string_view family : {"ip ", "ipv6 ", "bgp "})
      if (name.starts_with(family)) return name.substr(family.size());
    return name;
  }

  void check_filters(wire::Family family, const PeerFamilyConfig& routes) {
    check_filter(family, rib::access_list_kind(family), routes.distribute_list_in);
    check_filter(family, rib::access_list_kind(family), routes.distribute_list_out);
    check_filter(family, rib::prefix_list_kind(family), routes.prefix_list_in);
    check_filter(family, rib::prefix_list_kind(family), routes.prefix_list_out);
    check_filter(family, rib::ListKind::AsPaths, routes.filter_list_in);
    check_filter(family, rib::ListKind::AsPaths, routes.filter_list_out);
    check_one_of(routes.distribute_list_in, routes.prefix_list_in);
    check_one_of(routes.distribute_list_out, routes.prefix_list_out);
  }
  void check_filter(wire::Family family, rib::ListKind kind, const Maybe<std::string>& name) {
    if (!name || rib::exists(config_, {kind, name->value})) return;
    const std::string where =
        kind == rib::ListKind::AsPaths ? "" : " for " + std::string(wire::to_string(family));
    warn(name->place, "{} {} does not exist{}: it denies everything, as in FRR", short_name(kind),
         name->value, where);
  }
  // FRR takes one or the other.
  void check_one_of(const Maybe<std::string>& distribute, const Maybe<std::string>& prefixes) {
    if (distribute && prefixes)
      error(distribute->place, "distribute-list and prefix-list (line {}) exclude each other",
            prefixes->place.line);
  }
  void check_route_map(const std::string& name, Position place,
                       std::string_view effect = "denies everything") {
    if (!name.empty() && !config_.route_maps.contains(name))
      warn(place, "route-map {} does not exist: it {}, as in FRR", name, effect);
  }

  [[nodiscard]] bool has_alias(const std::string& alias) const {
    const auto in = [&](const auto& communities) {
      return std::any_of(communities.begin(), communities.end(),
                         [&](const auto& item) { return item.second == alias; });
    };
    return in(config_.aliases.communities) || in(config_.aliases.large_communities);
  }

  void check_route_map_entry(const RouteMapEntryConfig& entry) {
    for (const auto& match : entry.matches) {
      if (const auto list = rib::list_of(match.value); list && !rib::exists(config_, *list))
        warn(match.place, "{} {} does not exist: this entry matches nothing, as in FRR",
             short_name(list->kind), list->name);
      const auto* alias = std::get_if<rib::MatchAlias>(&match.value);
      if (alias != nullptr && !has_alias(alias->name))
        warn(match.place, "community alias {} does not exist: this entry matches nothing", alias->name);
    }
    for (const auto& set : entry.sets)
      if (const auto list = rib::list_of(set.value); list && !rib::exists(config_, *list))
        warn(set.place, "{} {} does not exist: nothing is deleted, as in FRR", short_name(list->kind),
             list->name);
    if (entry.call) check_route_map(entry.call->value, entry.call->place, "is not called");
    if (entry.on_match && entry.action == rib::Permit::Deny)
      warn(entry.on_match->place, "what an entry denies is denied: on-match has no effect");
  }

  // FRR lets maps call themselves, and denies whatever comes there. Maps whose calls have all been followed
  // are taken away one after the other; what is left goes round in circles.
  void check_calls() {
    struct Calls {
      Position place;                         // of the first one
      std::size_t open = 0;                   // not followed yet
      unsigned depth = 0;                     // how many are made one in another
      std::vector<std::string_view> callers;  // once for each call
    };
    std::map<std::string_view, Calls> maps;
    for (const auto& [name, map] : config_.route_maps)
      for (const auto& [seq, entry] : map) {
        if (!entry.call || !config_.route_maps.contains(entry.call->value)) continue;
        Calls& calls = maps[name];
        if (calls.open++ == 0) calls.place = entry.call->place;
        maps[entry.call->value].callers.push_back(name);
      }
    std::vector<std::string_view> followed;
    for (const auto& [name, calls] : maps)
      if (calls.open == 0) followed.push_back(name);
    for (std::size_t i = 0; i < followed.size(); ++i) {
      const Calls& called = maps[followed[i]];
      for (std::string_view name : called.callers) {
        Calls& caller = maps[name];
        caller.depth = std::max(caller.depth, called.depth + 1);
        if (--caller.open == 0) followed.push_back(name);
      }
    }
    for (const auto& [name, calls] : maps) {
      if (calls.open != 0)
        warn(calls.place,
             "the calls of route-map {} go round in a circle: what comes there is denied, as in FRR", name);
      else if (calls.depth > rib::Policy::kMaxCalls)
        warn(calls.place, "route-map {} calls {} others one in another: more than {} deny, as in FRR", name,
             calls.depth, rib::Policy::kMaxCalls);
    }
  }

  void check_audience(const std::string& name, const VipPoolConfig& pool) {
    for (const auto& [peer, place] : pool.advertise_to) {
      const bool known = config_.router && (config_.router->groups.contains(peer) ||
                                            config_.router->neighbors.contains(fsm::peer_key(peer)));
      if (!known)
        warn(place, "vip-pool {} is to be advertised to {}, which is no neighbor and no peer-group", name,
             peer);
    }
  }

  // What is typed at the prompt comes after what a file says.
  static bool before(Position a, Position b) { return a.line != 0 && (b.line == 0 || a < b); }

  void check_pools() {
    struct Piece {
      rib::AddressRange range;
      Position place;
      std::string_view pool;
    };
    std::vector<Piece> pieces;
    for (const auto& [name, pool] : config_.pools) {
      if (pool.ranges.empty() && pool.prefixes.empty())
        warn(pool.place, "vip-pool {} holds no address: clients may announce nothing of it", name);
      for (const auto& range : pool.ranges) pieces.push_back({range.value, range.place, name});
      for (const auto& prefix : pool.prefixes) pieces.push_back({range_of(prefix.value), prefix.place, name});
      check_audience(name, pool);
    }
    std::sort(pieces.begin(), pieces.end(),
              [](const Piece& a, const Piece& b) { return a.range.first < b.range.first; });
    // Sorted by first address, an overlap is with the piece that reaches furthest of those before it.
    const Piece* furthest = nullptr;
    for (const Piece& piece : pieces) {
      if (furthest != nullptr && furthest->pool != piece.pool && piece.range.first <= furthest->range.last) {
        const auto [early, late] = std::minmax(
            *furthest, piece, [](const auto& a, const auto& b) { return before(a.place, b.place); });
        error(late.place, "vip-pool {} overlaps with vip-pool {}{}", late.pool, early.pool,
              at_line(early.place));
      }
      if (furthest == nullptr || furthest->range.last < piece.range.last) furthest = &piece;
    }
  }

  const Config& config_;
  Diagnostics& diagnostics_;
  EditMode mode_;
};

}  // namespace

void check(const Config& config, Diagnostics& diagnostics, EditMode mode) {
  Checker(config, diagnostics, mode).run();
}
void check_peer(const Config& config, std::string_view name, Diagnostics& diagnostics) {
  if (config.router) Checker(config, diagnostics, EditMode::Interactive).run_peer(name);
}
void check_router(const Config& config, Diagnostics& diagnostics) {
  if (config.router) Checker(config, diagnostics, EditMode::Interactive).run_router();
}
void check_pools(const Config& config, Diagnostics& diagnostics) {
  Checker(config, diagnostics, EditMode::Interactive).run_pools();
}

}  // namespace lbgp::conf
