// SPDX-License-Identifier: Apache-2.0
// Text and configuration are the same thing: for generated configurations, and for what the profile adds.
#include "conf/render.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <random>
#include <string>

#include "conf/check.hpp"
#include "conf/compile.hpp"
#include "conf/parse.hpp"
#include "golden.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

// Builds configurations as values, not as text: what no command could say must not come out of it.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  Config config() {
    Config config;
    maybe(config.frr_version, std::string("8.4.4"));
    if (chance()) config.defaults = {chance() ? Profile::Traditional : Profile::Datacenter, {}};
    maybe(config.hostname, name());
    maybe(config.domainname, name());
    for (wire::Family family : wire::kFamilies)
      for (std::size_t i = below(3); i > 0; --i) config.prefix_lists[family][name()] = prefix_list(family);
    for (std::size_t i = below(3); i > 0; --i)
      for (std::uint32_t seq = 5; seq < 20; seq += 5)
        config.community_lists[name()][seq] = {seq, permit(), communities()};
    for (std::size_t i = below(3); i > 0; --i)
      config.large_community_lists[name()][7] = {7, permit(), large_communities()};
    if (chance()) lists(config);
    if (below(8) != 0) config.router = router();
    for (std::size_t i = below(3); i > 0; --i)
      for (std::size_t j = 1 + below(2); j > 0; --j) add_entry(config.route_maps[name()], number(1, 65535));
    for (std::size_t i = below(3); i > 0; --i) config.pools[name()] = pool();
    if (chance()) config.bfd = bfd();
    return config;
  }

 private:
  void add_entry(RouteMapConfig& map, std::uint32_t seq) {
    RouteMapEntryConfig& made = map[seq] = entry();
    if (made.on_match && made.on_match->value <= seq) made.on_match->value = 0;
  }

  bool chance() { return (random_() & 1) != 0; }
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::uint32_t number(std::uint32_t low, std::uint32_t high) {
    return std::uniform_int_distribution<std::uint32_t>(low, high)(random_);
  }
  std::string name() { return fmt::format("N{}", below(50)); }
  std::string words() { return chance() ? "some  words ! and # signs" : "word"; }
  rib::Permit permit() { return chance() ? rib::Permit::Permit : rib::Permit::Deny; }
  template <typename T>
  void maybe(Maybe<T>& field, T value) {
    if (chance()) field = At<T>{std::move(value), {}};
  }

  wire::IpAddress address(wire::Family family) {
    if (family == wire::Family::Ipv4Unicast) return wire::IpAddress::v4(number(0x0a000000, 0x0affffff));
    std::array<std::uint8_t, 16> octets{0xfd};
    for (std::size_t i = 10; i < 16; ++i)
      octets[i] = static_cast<std::uint8_t>(below(3) == 0 ? random_() : 0);
    return wire::IpAddress::v6(octets);
  }
  wire::Prefix prefix(wire::Family family) {
    return {address(family), number(0, family == wire::Family::Ipv4Unicast ? 32 : 128)};
  }
  wire::Communities communities() {
    return {wire::Community{number(0, 0xffffffff)}, wire::kNoExport, wire::Community{number(0, 0xffff)}};
  }
  wire::LargeCommunities large_communities() { return {{number(0, 0xffffffff), number(0, 5), number(0, 5)}}; }

  rib::PrefixList prefix_list(wire::Family family) {
    rib::PrefixList list;
    if (chance()) list.description = words();
    for (std::size_t i = 1 + below(4); i > 0; --i) {
      rib::PrefixListEntry entry;
      entry.seq = number(1, 0xffffffff);
      entry.action = permit();
      entry.prefix = prefix(family);
      const auto length = static_cast<std::uint8_t>(entry.prefix.length());
      const auto bits = static_cast<std::uint8_t>(entry.prefix.address().bits());
      if (chance()) entry.ge = static_cast<std::uint8_t>(number(length, bits));
      if (chance()) entry.le = static_cast<std::uint8_t>(number(entry.ge.value_or(length), bits));
      list.entries[entry.seq] = entry;
    }
    return list;
  }

  rib::AccessListEntry access_entry(wire::Family family, std::uint32_t seq) {
    rib::AccessListEntry entry;
    entry.seq = seq;
    entry.action = permit();
    const rib::Wildcard some{0x0a000000, 0x00ffffff};
    entry.what = rib::AccessPrefix{prefix(family), chance()};
    if (family == wire::Family::Ipv4Unicast && chance())
      entry.what =
          rib::AccessWildcard{some, chance() ? std::optional(rib::Wildcard{0xff000000, 0}) : std::nullopt};
    return entry;
  }
  rib::Regex regex() {
    std::string error;
    return rib::Regex::compile(chance() ? "^65001_ 1$" : "[0-9]+:(1|2)", error);
  }
  void lists(Config& config) {
    for (const wire::Family family : wire::kFamilies) {
      rib::AccessList& list = config.access_lists[family][name()];
      if (chance()) list.remark = words();
      list.entries[5] = access_entry(family, 5);
    }
    config.as_path_lists[name()][0] = {0, permit(), regex()};
    config.ext_community_lists[name()][5] = {5, permit(), {*wire::parse_ext_community("rt:1:2")}};
    config.ext_community_lists["expanded"][5] = {5, permit(), {}, regex()};
    config.community_lists["expanded"][7] = {7, permit(), {}, regex()};
    config.aliases.communities[{number(0, 0xffffffff)}] = "alias";
    config.aliases.large_communities[{1, 2, 3}] = "large-alias";
  }

  fsm::RemoteAs remote_as() {
    if (below(3) == 0) return {fsm::RemoteAs::Kind::Internal, {}};
    if (below(3) == 0) return {fsm::RemoteAs::Kind::External, {}};
    return {fsm::RemoteAs::Kind::Number, wire::AsNumber(number(1, 0xffffffff))};
  }
  Timers timers() {
    const std::uint32_t hold = chance() ? 0 : number(3, 65535);
    return {seconds(hold == 0 ? number(0, 65535) : number(0, hold - 1)), seconds(hold)};
  }
  RestartMode mode() {
    return std::array{RestartMode::Restarter, RestartMode::Helper, RestartMode::Disabled}[below(3)];
  }

  PeerFamilyConfig peer_family() {
    PeerFamilyConfig family;
    if (below(3) == 0) return family;
    maybe(family.activate, chance());
    maybe(family.soft_reconfiguration, true);
    maybe(chance() ? family.prefix_list_in : family.distribute_list_in, name());
    maybe(chance() ? family.prefix_list_out : family.distribute_list_out, name());
    maybe(family.filter_list_in, name());
    maybe(family.filter_list_out, name());
    maybe(family.unsuppress_map, name());
    maybe(family.attribute_unchanged, rib::AttributeUnchanged{true, chance(), chance()});
    maybe(family.route_map_in, name());
    maybe(family.route_map_out, name());
    maybe(family.next_hop_self, chance() ? NextHopSelf::Plain : NextHopSelf::Force);
    maybe(family.send_community, chance());
    maybe(family.send_extended_community, chance());
    maybe(family.send_large_community, chance());
    MaximumPrefix maximum;
    maximum.limit = number(1, 0xffffffff);
    maximum.threshold = number(1, 100);
    maximum.warning_only = chance();
    if (!maximum.warning_only && chance()) maximum.restart = std::chrono::minutes(number(1, 65535));
    maximum.force = chance();
    maybe(family.maximum_prefix, maximum);
    maybe(family.allowas_in, chance() ? AllowAsIn{number(1, 10), false} : AllowAsIn{0, true});
    maybe(family.weight, number(0, 65535));
    using Kind = rib::PathSelection::Kind;
    const auto paths = std::array{rib::PathSelection{Kind::All, 0}, rib::PathSelection{Kind::BestPerAs, 0},
                                  rib::PathSelection{Kind::BestSelected, 4}}[below(3)];
    maybe(family.add_path, paths);
    maybe(family.disable_add_path_receive, true);
    maybe(family.route_reflector_client, true);
    maybe(family.route_server_client, true);
    maybe(family.as_override, true);
    maybe(family.remove_private_as, rib::PrivateAs{chance(), chance()});
    maybe(family.maximum_prefix_out, number(1, 0xffffffff));
    maybe(family.site_of_origin, wire::parse_ext_community("soo:65000:7").value());
    if (chance()) family.kept = {"no addpath-rx-paths-limit 4", "capability orf prefix-list send"};
    return family;
  }

  wire::AttributeCodes attributes() {
    wire::AttributeCodes codes;
    for (std::size_t i = 1 + below(3); i > 0; --i) codes.set(number(16, 255));
    return codes;
  }

  PeerConfig peer() {
    PeerConfig peer;
    maybe(peer.remote_as, remote_as());
    maybe(peer.description, words());
    maybe(peer.shutdown, Shutdown{chance() ? words() : ""});
    maybe(peer.password, words());
    maybe(peer.port, number(1, 65535));
    maybe(peer.update_source,
          chance() ? UpdateSource(name()) : UpdateSource(address(wire::Family::Ipv6Unicast)));
    maybe(peer.ebgp_multihop, number(1, 255));
    maybe(peer.ttl_security_hops, number(1, 254));
    maybe(peer.passive, true);
    maybe(peer.timers, timers());
    maybe(peer.connect_retry, seconds(number(1, 65535)));
    maybe(peer.delay_open, seconds(number(1, 240)));
    maybe(peer.advertisement_interval, number(0, 600));
    maybe(peer.extended_next_hop, true);
    for (Maybe<bool> PeerConfig::*option :
         {&PeerConfig::extended_parameters, &PeerConfig::dont_capability_negotiate,
          &PeerConfig::override_capability, &PeerConfig::strict_capability_match, &PeerConfig::aigp,
          &PeerConfig::graceful_shutdown})
      maybe(peer.*option, true);
    for (Maybe<bool> PeerConfig::*flag :
         {&PeerConfig::fqdn, &PeerConfig::software_version, &PeerConfig::enforce_first_as})
      maybe(peer.*flag, chance());
    if (const bool no_prepend = chance(); chance())
      peer.local_as = {LocalAs{wire::AsNumber(number(1, 0xffffffff)), no_prepend, no_prepend && chance()},
                       {}};
    maybe(peer.avoid_peer_as, true);
    maybe(peer.local_role, LocalRole{static_cast<wire::Role>(below(5)), chance()});
    maybe(peer.discard_attributes, attributes());
    maybe(peer.withdraw_attributes, attributes());
    maybe(peer.graceful_restart, mode());
    maybe(peer.next_hop_ipv4, address(wire::Family::Ipv4Unicast));
    maybe(peer.next_hop_ipv6, address(wire::Family::Ipv6Unicast));
    if (chance()) peer.kept = {chance() ? "solo" : "no solo", "capability dynamic"};
    maybe(peer.bfd, true);
    if (!peer.bfd) maybe(peer.bfd_timers, BfdTimers{number(2, 255), number(50, 60000), number(50, 60000)});
    maybe(peer.bfd_profile, name());
    maybe(peer.bfd_check_control_plane, true);
    for (wire::Family family : wire::kFamilies) peer.families[family] = peer_family();
    return peer;
  }

  RouterConfig router() {
    RouterConfig router;
    router.as = wire::AsNumber(number(1, 0xffffffff));
    maybe(router.router_id, address(wire::Family::Ipv4Unicast));
    for (Maybe<bool> RouterConfig::*flag :
         {&RouterConfig::log_neighbor_changes, &RouterConfig::ebgp_requires_policy,
          &RouterConfig::default_ipv4_unicast, &RouterConfig::deterministic_med,
          &RouterConfig::enforce_first_as, &RouterConfig::reject_as_sets, &RouterConfig::software_version,
          &RouterConfig::network_import_check, &RouterConfig::preserve_forwarding,
          &RouterConfig::restart_notification, &RouterConfig::hard_administrative_reset,
          &RouterConfig::fast_external_failover})
      maybe(router.*flag, chance());
    for (Maybe<bool> RouterConfig::*option :
         {&RouterConfig::default_ipv6_unicast, &RouterConfig::always_compare_med,
          &RouterConfig::multipath_relax, &RouterConfig::compare_router_id,
          &RouterConfig::med_missing_as_worst, &RouterConfig::compare_aigp, &RouterConfig::peer_type_relax,
          &RouterConfig::ignore_as_path, &RouterConfig::count_confederations, &RouterConfig::med_confed})
      maybe(router.*option, true);
    maybe(router.graceful_shutdown, true);
    maybe(router.shutdown, Shutdown{chance() ? words() : ""});
    maybe(router.cluster_id, address(wire::Family::Ipv4Unicast));
    maybe(router.client_to_client_reflection, chance());
    maybe(router.reflect_with_policy, true);
    maybe(router.default_local_preference, number(0, 0xffffffff));
    maybe(router.minimum_hold_time, number(1, 65535));
    maybe(router.long_lived_stale_time, seconds(number(1, 16777215)));
    maybe(router.graceful_restart, mode());
    maybe(router.restart_time, seconds(number(0, 4095)));
    maybe(router.stalepath_time, seconds(number(1, 4095)));
    maybe(router.timers, timers());
    if (chance()) router.kept = {"bgp suppress-duplicates", "no bgp fast-convergence"};
    for (std::size_t i = below(3); i > 0; --i) {
      PeerConfig group = peer();
      group.defined = true;
      router.groups[name()] = group;
    }
    for (std::size_t i = below(4); i > 0; --i) {
      PeerConfig neighbor = peer();
      if (router.groups.empty() || chance())
        neighbor.remote_as = {remote_as(), {}};
      else
        neighbor.peer_group = {router.groups.begin()->first, {}};
      router.neighbors[address(wire::kFamilies[below(2)])] = neighbor;
    }
    for (wire::Family family : wire::kFamilies) {
      RouterFamilyConfig& own = router.families[family];
      for (std::size_t i = below(3); i > 0; --i) own.networks[prefix(family)] = {{}, chance() ? name() : ""};
      for (std::size_t i = below(3); i > 0; --i)
        own.aggregates[prefix(family)] = {{},
                                          chance(),
                                          chance() ? name() : "",
                                          chance() ? std::optional(wire::Origin::Egp) : std::nullopt,
                                          chance(),
                                          chance() ? name() : ""};
      maybe(own.maximum_paths, number(1, 256));
      if (chance()) own.kept = {"redistribute connected", "no distance bgp 1 2 3"};
      maybe(own.maximum_paths_ibgp, MaximumPathsIbgp{number(1, 256), chance()});
    }
    return router;
  }

  rib::Match match(std::size_t kind) {
    switch (kind) {
      case 0:
        return rib::MatchPrefixList{wire::Family::Ipv4Unicast, name()};
      case 1:
        return rib::MatchPrefixList{wire::Family::Ipv6Unicast, name()};
      case 2:
        return rib::MatchCommunity{name(), chance()};
      case 3:
        return rib::MatchLargeCommunity{name(), chance()};
      case 4:
        return rib::MatchMetric{number(0, 0xffffffff)};
      case 5:
        return rib::MatchLocalPreference{number(0, 0xffffffff)};
      case 6:
        return rib::MatchOrigin{wire::Origin::Egp};
      default:
        return chance() ? rib::MatchPeer{} : rib::MatchPeer{address(wire::Family::Ipv6Unicast)};
    }
  }
  rib::Set set(std::size_t kind) {
    switch (kind) {
      case 0:
        return chance() ? rib::SetCommunity{} : rib::SetCommunity{communities(), chance()};
      case 1:
        return rib::SetLargeCommunity{large_communities(), chance()};
      case 2:
        return rib::SetExtCommunity{{*wire::parse_ext_community("rt:1:2"),
                                     *wire::parse_ext_community("soo:1:2"),
                                     *wire::parse_ext_community("rt:10.0.0.1:3")}};
      case 3:
        return rib::SetLocalPreference{number(0, 0xffffffff)};
      case 4:
        return rib::SetMetric{static_cast<rib::SetMetric::Kind>(below(3)), number(0, 0xffffffff)};
      case 5:
        return rib::SetOrigin{wire::Origin::Incomplete};
      case 6:
        return rib::SetAsPathPrepend{{wire::AsNumber(number(1, 9)), wire::AsNumber(70000)}};
      case 7:
        return rib::SetWeight{number(0, 0xffffffff)};
      default:
        return rib::SetNextHop{address(wire::kFamilies[below(2)])};
    }
  }
  std::vector<rib::Match> rarer_matches() {
    using rib::Subject;
    const bool exact = chance();
    std::vector<rib::Match> all{rib::MatchPrefixList{wire::Family::Ipv4Unicast, name(), Subject::RouteSource},
                                rib::MatchAsPath{name()},
                                rib::MatchExtCommunity{name(), exact, !exact},
                                rib::MatchAlias{name()},
                                rib::MatchInterface{name()},
                                rib::MatchTag{number(1, 0xffffffff)}};
    for (const wire::Family family : wire::kFamilies) {
      all.emplace_back(rib::MatchPrefixList{family, name(), Subject::NextHop});
      for (const Subject subject : {Subject::Address, Subject::NextHop})
        all.emplace_back(rib::MatchAccessList{family, name(), subject});
      all.emplace_back(rib::MatchPrefixLength{family, static_cast<std::uint8_t>(number(0, 32))});
      all.emplace_back(rib::MatchNextHop{address(family)});
      all.emplace_back(rib::MatchBlackhole{family});
    }
    return all;
  }
  std::vector<rib::Set> rarer_sets() {
    using Kind = rib::SetNextHop::Kind;
    return {rib::SetBandwidth{number(1, 25600), chance()},
            rib::DeleteCommunities{name()},
            rib::DeleteLargeCommunities{name()},
            rib::DeleteExtCommunities{name()},
            rib::SetAsPathExclude{{wire::AsNumber(number(1, 9))}},
            rib::SetTag{number(1, 0xffffffff)},
            chance() ? rib::SetAigp{} : rib::SetAigp{number(1, 0xffffffff)},
            rib::SetAggregator{{wire::AsNumber(number(1, 9)), wire::RouterId(number(1, 9))}},
            rib::SetAtomicAggregate{},
            rib::SetOriginatorId{wire::RouterId(number(1, 9))},
            rib::SetNextHop{wire::IpAddress::v6({}), Kind::Peer},
            rib::SetNextHop{wire::parse_address(chance() ? "fe80::1" : "fe80::2").value(), Kind::LinkLocal}};
  }
  RouteMapEntryConfig entry() {
    RouteMapEntryConfig entry;
    entry.action = permit();
    if (chance()) entry.description = words();
    for (std::size_t kind = 0; kind < 8; ++kind)
      if (chance()) entry.matches.push_back({match(kind), {}});
    for (std::size_t kind = 9; kind-- > 0;)
      if (chance()) entry.sets.push_back({set(kind), {}});
    for (const rib::Match& match : rarer_matches())
      if (below(4) == 0) entry.matches.push_back({match, {}});
    for (const rib::Set& set : rarer_sets())
      if (below(4) == 0) entry.sets.push_back({set, {}});
    maybe(entry.call, name());
    maybe(entry.on_match, chance() ? 0 : number(1, 65535));
    if (chance()) entry.kept = {"set distance 7", "set ipv6 next-hop prefer-global"};
    return entry;
  }

  BfdBlockConfig bfd_block(bool is_peer) {
    BfdBlockConfig block;
    if (is_peer) maybe(block.profile, name());
    maybe(block.shutdown, chance());
    maybe(block.passive, chance());
    maybe(block.detect_multiplier, number(1, 255));
    maybe(block.receive_interval, number(10, 60000));
    maybe(block.transmit_interval, number(10, 60000));
    maybe(block.minimum_ttl, number(1, 254));
    if (chance()) block.kept = {chance() ? "echo-mode" : "no echo-mode", "echo transmit-interval 50"};
    return block;
  }

  BfdConfig bfd() {
    BfdConfig bfd;
    for (std::size_t i = below(3); i > 0; --i) bfd.profiles[name()] = bfd_block(false);
    for (std::size_t i = below(3); i > 0; --i) {
      const wire::Family family = wire::kFamilies[below(2)];
      fsm::BfdKey key{.peer = address(family), .multihop = chance(), .local = {}, .interface = ""};
      if (key.multihop || chance()) key.local = address(family);
      if (!key.multihop && chance()) key.interface = name();
      bfd.peers[key] = bfd_block(true);
    }
    return bfd;
  }

  VipPoolConfig pool() {
    VipPoolConfig pool;
    if (chance()) pool.description = words();
    const wire::IpAddress first = address(wire::Family::Ipv4Unicast);
    pool.ranges.push_back({{first, wire::IpAddress::v4(first.v4_value() + number(0, 100))}, {}});
    pool.prefixes.push_back({prefix(wire::Family::Ipv6Unicast), {}});
    if (chance()) pool.communities = communities();
    if (chance()) pool.large_communities = large_communities();
    maybe(pool.local_preference, number(0, 0xffffffff));
    maybe(pool.metric, number(0, 0xffffffff));
    maybe(pool.prepend, number(1, 64));
    maybe(pool.allow_first_last, chance());
    if (chance()) pool.advertise_to = {{"10.0.0.1", {}}, {name(), {}}};
    using Operator = rib::LabelSelector::Operator;
    if (chance())
      pool.selectors = {{{"a", chance() ? Operator::In : Operator::NotIn, {"x", "y"}}, {}},
                        {{"b", chance() ? Operator::Exists : Operator::DoesNotExist, {}}, {}}};
    if (chance()) pool.allow_groups = {name(), name()};
    if (chance()) pool.allow_users = {name()};
    return pool;
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("what is written can be read back, and written again it is the same text") {
  for (std::uint32_t seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    const Config config = Generator(seed).config();
    const std::string text = render(config);
    const Parsed parsed = parse(text);
    for (const Diagnostic& diagnostic : parsed.diagnostics)
      if (diagnostic.severity == Severity::Error) FAIL_CHECK(to_string(diagnostic, "f"));
    const bool same = parsed.config == config;
    CAPTURE(same ? "" : text, same ? "" : render(parsed.config));
    REQUIRE(same);
    REQUIRE(render(parsed.config) == text);
  }
}

TEST_CASE("spelling out the profile changes the text and not the meaning") {
  for (std::uint32_t seed = 1000; seed < 1200; ++seed) {
    INFO("seed " << seed);
    const Config config = Generator(seed).config();
    const Config spelled = spell_out_profile(config);
    CHECK(compile(spelled) == compile(config));
    CHECK(spell_out_profile(spelled) == spelled);
  }
}

TEST_CASE("show running-config tells a reader used to FRR what differs") {
  const Loaded loaded = load(golden_text("node.in"));
  const std::string text = render(spell_out_profile(loaded.config));
  CHECK(text ==
        "!\nrouter bgp 64512\n bgp router-id 172.29.51.11\n bgp log-neighbor-changes\n bgp graceful-restart\n"
        " bgp graceful-restart restart-time 20\n bgp graceful-restart preserve-fw-state\n"
        " no bgp graceful-restart notification\n no bgp network import-check\n timers bgp 3 9\n"
        " neighbor 172.29.51.1 remote-as 64513\n neighbor 172.29.51.1 timers 3 9\n"
        " neighbor 172.29.51.1 timers connect 5\n !\n address-family ipv4 unicast\n"
        "  neighbor 172.29.51.1 activate\n exit-address-family\nexit\n!\nvip-pool bgp-default\n"
        " range 172.29.52.100 172.29.52.199\n prefix fd47:25e1:2f96:52:100::/120\n community 64512:100\n"
        " allow group k8s-agents\nexit\n");
}

TEST_CASE("the traditional profile has nothing to spell out") {
  const Loaded loaded = load("frr defaults traditional\nrouter bgp 1\n neighbor 10.0.0.1 remote-as 2\n");
  CHECK(spell_out_profile(loaded.config) == loaded.config);
}
