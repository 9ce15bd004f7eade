// SPDX-License-Identifier: Apache-2.0
// The checks, one function per subject.
#include "conf/check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "conf/nearest.hpp"
#include "conf/profile.hpp"
#include "conf/ranges.hpp"

namespace lbgp::conf {
namespace {

class Checker {
 public:
  Checker(const Config& config, Diagnostics& diagnostics) : config_(config), diagnostics_(diagnostics) {}

  void run() {
    if (config_.router) check_router(*config_.router);
    for (const auto& [name, map] : config_.route_maps)
      for (const auto& [seq, entry] : map) check_route_map_entry(entry);
    check_pools();
  }

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

  void check_router(const RouterConfig& router) {
    if (router.router_id && router.router_id->value.is_unspecified())
      error(router.router_id->place, "the router-id must not be zero (RFC 6286)");
    check_without_effect(router);
    for (const auto& [name, group] : router.groups) check_group(name, group);
    for (const auto& [address, peer] : router.neighbors) check_neighbor(router, address, peer);
    for (wire::Family family : wire::kFamilies)
      for (const auto& [prefix, network] : router.families[family].networks)
        check_route_map(network.route_map, network.place, "announces nothing");
  }

  // Values that the settings of the layers below have no place for yet.
  void check_without_effect(const RouterConfig& router) {
    check_restart_mode(router.graceful_restart);
    if (!router.graceful_restart && config_.defaults)
      warn(config_.defaults->place,
           "FRR's default, to be a graceful-restart helper only, is not there yet: graceful restart is off "
           "unless \"bgp graceful-restart\" says otherwise");
    const bool has_networks = std::any_of(router.families.begin(), router.families.end(),
                                          [](const auto& family) { return !family.networks.empty(); });
    if (router.network_import_check) {
      if (router.network_import_check->value)
        warn(router.network_import_check->place, "networks are announced without a check: no effect yet");
    } else if (has_networks && defaults_of(config_.profile()).network_import_check) {
      warn(config_.defaults->place, "this profile's \"bgp network import-check\" has no effect yet");
    }
    check_maximum_paths(router, &RouterFamilyConfig::maximum_paths);
    check_maximum_paths(router, &RouterFamilyConfig::maximum_paths_ibgp);
  }

  void check_restart_mode(const Maybe<RestartMode>& mode) {
    if (mode && mode->value == RestartMode::Helper)
      warn(mode->place, "helper only is not there yet: graceful restart is off");
  }

  void check_maximum_paths(const RouterConfig& router, Maybe<std::uint32_t> RouterFamilyConfig::*member) {
    const auto& ipv4 = router.families[wire::Family::Ipv4Unicast].*member;
    const auto& ipv6 = router.families[wire::Family::Ipv6Unicast].*member;
    if (ipv4 && ipv6 && ipv4->value != ipv6->value)
      warn(ipv6->place, "one value holds for both families: {} (line {})", ipv4->value, ipv4->place.line);
  }

  void check_group(const std::string& name, const PeerConfig& group) {
    if (group.defined)
      check_peer(group);
    else
      error(group.place, "{} is neither an address nor a peer-group (\"neighbor {} peer-group\" makes one)",
            name, name);
  }

  void check_neighbor(const RouterConfig& router, const wire::IpAddress& address, const PeerConfig& peer) {
    const std::string name = wire::to_string(address);
    if (address.is_unspecified() || address.is_multicast())
      error(peer.place, "{} cannot be a neighbor", name);
    const PeerConfig* group = group_of(router, peer);
    if (peer.peer_group && group == nullptr) unknown_group(router, *peer.peer_group);
    const bool unknown = peer.peer_group && (group == nullptr || !group->defined);
    check_remote_as(name, peer, group, unknown);
    check_role(router, peer, group);
    check_capability_words(name, peer, group);
    check_transport(address, peer, group);
    check_hold_time(router, peer, group);
    check_peer(peer);
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

  void check_remote_as(const std::string& name, const PeerConfig& peer, const PeerConfig* group,
                       bool unknown) {
    const auto& theirs = inherited<&PeerConfig::remote_as>(peer, group);
    if (!theirs) {
      // An unknown group has been reported: its remote-as may be what is missing.
      if (!unknown) error(peer.place, "neighbor {} has no remote-as", name);
      return;
    }
    const bool both = group != nullptr && peer.remote_as && group->remote_as;
    if (both && peer.remote_as->value != group->remote_as->value)
      error(peer.remote_as->place, "neighbor {} has another remote-as than its peer-group {} (line {})", name,
            peer.peer_group->value, group->remote_as->place.line);
  }

  // RFC 9234 §4: a role is towards another AS.
  void check_role(const RouterConfig& router, const PeerConfig& peer, const PeerConfig* group) {
    const auto& role = inherited<&PeerConfig::local_role>(peer, group);
    const auto& theirs = inherited<&PeerConfig::remote_as>(peer, group);
    if (!role || !theirs) return;
    const bool internal =
        theirs->value.kind == fsm::RemoteAs::Kind::Internal ||
        (theirs->value.kind == fsm::RemoteAs::Kind::Number && theirs->value.number == router.as);
    if (internal) error(role->place, "a role is for neighbors in other ASes (RFC 9234)");
  }

  // FRR takes the same pairs for a contradiction.
  void check_capability_words(const std::string& name, const PeerConfig& peer, const PeerConfig* group) {
    const auto& strict = inherited<&PeerConfig::strict_capability_match>(peer, group);
    const auto& override = inherited<&PeerConfig::override_capability>(peer, group);
    const auto& silent = inherited<&PeerConfig::dont_capability_negotiate>(peer, group);
    const auto exclude = [&](const Maybe<bool>& other, std::string_view word) {
      if (strict && other)
        error(strict->place, "strict-capability-match and {} (line {}) exclude each other", word,
              other->place.line);
    };
    exclude(override, "override-capability");
    exclude(silent, "dont-capability-negotiate");
    constexpr wire::Family kIpv6 = wire::Family::Ipv6Unicast;
    const auto& ipv6 = inherited<&PeerFamilyConfig::activate>(peer.families[kIpv6],
                                                              group ? &group->families[kIpv6] : nullptr);
    if (silent && !override && ipv6 && ipv6->value)
      warn(silent->place, "without capabilities neighbor {} exchanges no {}", name, wire::to_string(kIpv6));
  }

  void check_transport(const wire::IpAddress& address, const PeerConfig& peer, const PeerConfig* group) {
    const auto& multihop = inherited<&PeerConfig::ebgp_multihop>(peer, group);
    const auto& security = inherited<&PeerConfig::ttl_security_hops>(peer, group);
    if (multihop && security)
      error(security->place, "ttl-security and ebgp-multihop (line {}) exclude each other",
            multihop->place.line);
    const auto& source = inherited<&PeerConfig::update_source>(peer, group);
    const auto* own = source ? std::get_if<wire::IpAddress>(&source->value) : nullptr;
    if (own != nullptr && own->is_v4() != address.is_v4())
      error(source->place, "update-source {} and neighbor {} are of different address families",
            wire::to_string(*own), wire::to_string(address));
    if (address.is_link_local() && address.is_v6() && (!source || own != nullptr))
      error(peer.place, "a link-local neighbor needs \"update-source INTERFACE\"");
  }

  void check_hold_time(const RouterConfig& router, const PeerConfig& peer, const PeerConfig* group) {
    if (!router.minimum_hold_time) return;
    const auto& own = inherited<&PeerConfig::timers>(peer, group);
    const Timers timers = value_or(own ? own : router.timers, defaults_of(config_.profile()).timers);
    const seconds minimum(router.minimum_hold_time->value);
    if (timers.hold.count() != 0 && timers.hold < minimum)
      warn(own ? own->place : router.minimum_hold_time->place,
           "the hold time {} is below the minimum {} (line {}): no session will come up", timers.hold.count(),
           minimum.count(), router.minimum_hold_time->place.line);
  }

  // What holds for a neighbor and for a group alike.
  void check_peer(const PeerConfig& peer) {
    constexpr std::size_t kLongestPassword = 80;  // TCP_MD5SIG_MAXKEYLEN
    if (peer.password && peer.password->value.size() > kLongestPassword)
      error(peer.password->place, "the password has {} octets; TCP-MD5 takes {}", peer.password->value.size(),
            kLongestPassword);
    if (peer.advertisement_interval)
      warn(peer.advertisement_interval->place,
           "changes are announced at once: advertisement-interval has no effect");
    check_restart_mode(peer.graceful_restart);
    for (wire::Family family : wire::kFamilies) {
      const PeerFamilyConfig& routes = peer.families[family];
      check_prefix_list(family, routes.prefix_list_in);
      check_prefix_list(family, routes.prefix_list_out);
      if (routes.route_map_in) check_route_map(routes.route_map_in->value, routes.route_map_in->place);
      if (routes.route_map_out) check_route_map(routes.route_map_out->value, routes.route_map_out->place);
    }
  }

  void check_prefix_list(wire::Family family, const Maybe<std::string>& name) {
    if (name && !config_.prefix_lists[family].contains(name->value))
      warn(name->place, "prefix-list {} does not exist for {}: it denies everything, as in FRR", name->value,
           wire::to_string(family));
  }
  void check_route_map(const std::string& name, Position place,
                       std::string_view effect = "denies everything") {
    if (!name.empty() && !config_.route_maps.contains(name))
      warn(place, "route-map {} does not exist: it {}, as in FRR", name, effect);
  }

  void check_route_map_entry(const RouteMapEntryConfig& entry) {
    for (const auto& match : entry.matches) {
      if (const auto* list = std::get_if<rib::MatchPrefixList>(&match.value))
        check_match(config_.prefix_lists[list->family].contains(list->name), "prefix-list", list->name,
                    match.place);
      if (const auto* list = std::get_if<rib::MatchCommunity>(&match.value))
        check_match(config_.community_lists.contains(list->name), "community-list", list->name, match.place);
      if (const auto* list = std::get_if<rib::MatchLargeCommunity>(&match.value))
        check_match(config_.large_community_lists.contains(list->name), "large-community-list", list->name,
                    match.place);
    }
  }
  void check_match(bool exists, std::string_view kind, const std::string& name, Position place) {
    if (!exists) warn(place, "{} {} does not exist: this entry matches nothing, as in FRR", kind, name);
  }

  void check_pools() {
    struct Piece {
      rib::AddressRange range;
      Position place;
      std::string_view pool;
    };
    std::vector<Piece> pieces;
    for (const auto& [name, pool] : config_.pools) {
      if (pool.ranges.empty() && pool.prefixes.empty())
        warn(pool.place, "vip-pool {} holds no address", name);
      for (const auto& range : pool.ranges) pieces.push_back({range.value, range.place, name});
      for (const auto& prefix : pool.prefixes) pieces.push_back({range_of(prefix.value), prefix.place, name});
    }
    std::sort(pieces.begin(), pieces.end(),
              [](const Piece& a, const Piece& b) { return a.range.first < b.range.first; });
    // Sorted by first address, an overlap is with the piece that reaches furthest of those before it.
    const Piece* furthest = nullptr;
    for (const Piece& piece : pieces) {
      if (furthest != nullptr && furthest->pool != piece.pool && piece.range.first <= furthest->range.last) {
        const auto [early, late] =
            std::minmax(*furthest, piece, [](const auto& a, const auto& b) { return a.place < b.place; });
        error(late.place, "vip-pool {} overlaps with vip-pool {} (line {})", late.pool, early.pool,
              early.place.line);
      }
      if (furthest == nullptr || furthest->range.last < piece.range.last) furthest = &piece;
    }
  }

  const Config& config_;
  Diagnostics& diagnostics_;
};

}  // namespace

void check(const Config& config, Diagnostics& diagnostics) {
  Checker(config, diagnostics).run();
}

}  // namespace lbgp::conf
