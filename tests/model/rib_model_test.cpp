// SPDX-License-Identifier: Apache-2.0
// Random histories against a naive RIB: whatever happens in whatever order, what a peer has been sent must be
// what it should have, by the shortest way.
#include <fmt/format.h>
#include <algorithm>
#include <memory>
#include <random>

#include "tests/model/naive_rib.hpp"

namespace lbgp::rib::test {

namespace {

constexpr std::array kPrefixLength{32U, 32U, 24U};

// Every policy of the world: by name for the RIB, by meaning for the model. `generation` changes what some of
// the names mean, as a reload would.
Policies configured_policies(int generation) {
  Policies policies;
  const bool odd = generation % 2 != 0;
  PrefixList hosts;
  hosts.entries[5] = {5, Permit::Permit, P("10.8.0.0/16"), std::uint8_t{32}, {}};
  hosts.entries[10] = {10, odd ? Permit::Permit : Permit::Deny, P("10.9.0.0/24"), {}, std::uint8_t{32}};
  policies.prefix_lists[Family::Ipv4Unicast]["hosts"] = hosts;
  PrefixList six;
  six.entries[5] = {5, Permit::Permit, P("2001:db8:8::/48"), {}, std::uint8_t{128}};
  policies.prefix_lists[Family::Ipv6Unicast]["hosts"] = six;
  policies.community_lists["red"][5] = {5, Permit::Permit, {C("64512:1")}};
  RouteMap map;
  map[10] = {10, Permit::Deny, "", {MatchCommunity{"red", false}, MatchOrigin{wire::Origin::Incomplete}}, {}};
  map[20] = {20,
             Permit::Permit,
             "",
             {MatchPrefixList{Family::Ipv4Unicast, "hosts"}},
             {SetMetric{SetMetric::Kind::Assign, odd ? 70U : 60U}, SetCommunity{{C("64512:9")}, true}}};
  map[30] = {30, Permit::Permit, "", {MatchCommunity{"red", false}}, {SetLocalPreference{300}, SetWeight{5}}};
  map[40] = {40, Permit::Permit, "", {}, {SetAsPathPrepend{{AS(64999), AS(64998)}}}};
  policies.route_maps["map"] = map;
  RouteMap own;
  own[10] = {10, Permit::Permit, "", {MatchPeer{}}, {}};
  policies.route_maps["own"] = own;
  RouteMap two;
  two[10] = {10,
             Permit::Permit,
             "",
             {MatchPrefixList{Family::Ipv4Unicast, "hosts"}},
             {SetCommunity{{C("64512:7")}, false}}};
  two[20] = {
      20, odd ? Permit::Permit : Permit::Deny, "", {MatchCommunity{"red", false}}, {SetLocalPreference{7}}};
  policies.route_maps["two"] = two;
  return policies;
}

bool in_hosts(const wire::Prefix& prefix, bool odd) {
  if (prefix.address().is_v6()) return P("2001:db8:8::/48").contains(prefix);
  if (P("10.8.0.0/16").contains(prefix) && prefix.length() == 32) return true;
  return P("10.9.0.0/24").contains(prefix) && odd;
}

std::vector<PolicyMeaning> policy_meanings(int generation) {
  const bool odd = generation % 2 != 0;
  const auto all = [](auto&&...) { return true; };
  const auto hosts = [odd](const wire::Prefix& prefix, auto&&...) { return in_hosts(prefix, odd); };
  const auto map = [odd](const wire::Prefix& prefix, bool local, wire::PathAttributes& a,
                         std::uint32_t& weight, bool& med_set, bool&) {
    const bool red = a.communities.contains(C("64512:1"));
    if (red && a.origin == wire::Origin::Incomplete) return false;
    if (prefix.address().is_v4() && in_hosts(prefix, odd)) {
      a.med = odd ? 70 : 60;
      med_set = true;
      if (!local && a.communities.empty()) a.partial.insert(8);  // RFC 4271 §5
      a.communities.insert(C("64512:9"));
    } else if (red) {
      a.local_pref = 300;
      weight = 5;
    } else {
      a.as_path.prepend(AS(64998));
      a.as_path.prepend(AS(64999));
    }
    return true;
  };
  const auto own = [](const wire::Prefix&, bool local, auto&&...) { return local; };
  const auto none = [](auto&&...) { return false; };
  return {{"", "", all},    {"hosts", "", hosts}, {"", "map", map},
          {"", "own", own}, {"", "absent", none}, {"absent", "", none}};
}

// What the default route is announced with by a route map's word, from what is best everywhere.
std::optional<wire::PathAttributes> default_route(const NaiveRib& model, int generation, Family family,
                                                  const std::string& route_map) {
  wire::PathAttributes a;
  a.origin = wire::Origin::Igp;
  a.med = 0;
  if (route_map.empty()) return a;
  bool first = false;
  bool second = false;
  for (const wire::Prefix& prefix : model.prefixes()) {
    const auto paths = model.ranked(prefix);
    if (prefix.family() != family || paths.empty()) continue;
    const bool host = prefix.address().is_v4() && in_hosts(prefix, generation % 2 != 0);
    const bool red = paths.front().attributes.communities.contains(C("64512:1"));
    first = first || (route_map == "two" ? host : route_map == "own" && paths.front().peer == nullptr);
    second = second || (route_map == "two" && generation % 2 != 0 && red && !host);
  }
  if (route_map == "two" && first) a.communities.insert(C("64512:7"));
  if (!first && second) a.local_pref = 7;
  return first || second ? std::optional(a) : std::nullopt;
}

// Both RIBs, the peers' view of the bytes, and dice.
class World {
 public:
  explicit World(std::uint32_t seed, std::size_t slice = Rib::kInlineSlice) : random_(seed), rib_(slice) {
    model_.settings.always_compare_med = true;
    model_.settings.compare_router_id = true;
    model_.default_route = [this](Family family, const std::string& route_map) {
      return default_route(model_, generation_, family, route_map);
    };
    reload();
    for (std::uint32_t n = 1; n <= 8; ++n) {
      NaivePeer peer;
      peer.settings = peer_settings(n);
      shuffle_settings(peer);
      model_.peers.push_back(peer);
      ids_.push_back(rib_.add_peer(model_.peers.back().settings));
      receivers_.push_back(nullptr);
    }
  }

  void step() {
    static constexpr std::array kActions{
        &World::commit,        &World::commit,       &World::commit, &World::update, &World::update,
        &World::pull,          &World::pull,         &World::pull,   &World::work,   &World::refresh,
        &World::end_of_rib,    &World::flip_session, &World::update, &World::commit, &World::change_peer,
        &World::reload,        &World::pull,         &World::pull,   &World::undo,   &World::undo,
        &World::begin_refresh, &World::move_house};
    (this->*kActions[pick(kActions.size())])();
    serve_refresh_requests();
  }

  void settle_and_compare() {
    finish_work();
    model_.aggregate();
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (!model_.peers[i].up) continue;
      receivers_[i]->drain(rib_, ids_[i], 3000);
      receivers_[i]->allow_repeats = false;
      compare_peer(i);
    }
    compare_routes();
  }
  void release() { rib_.release_end_of_rib(); }
  [[nodiscard]] const wire::Bytes& bytes() const { return bytes_; }

 private:
  std::size_t pick(std::size_t limit) { return random_() % limit; }
  bool chance(std::size_t one_in) { return pick(one_in) == 0; }
  NaivePeer& some_peer(std::size_t& index) {
    index = pick(ids_.size());
    return model_.peers[index];
  }

  wire::Prefix some_prefix() {
    if (chance(4)) {
      std::array<std::uint8_t, 16> octets{0x20, 0x01, 0x0d, 0xb8, 0, static_cast<std::uint8_t>(8 + pick(2))};
      octets[15] = static_cast<std::uint8_t>(pick(12));
      return wire::Prefix::host(wire::IpAddress::v6(octets));
    }
    if (chance(25)) return P("0.0.0.0/0");
    const auto net = static_cast<std::uint32_t>(0x0a080000 + 0x10000 * pick(3) + pick(40));
    return {wire::IpAddress::v4(net), kPrefixLength[pick(kPrefixLength.size())]};
  }

  std::vector<Aggregate> some_aggregates(Family family) {
    const std::vector<wire::Prefix> candidates =
        family == Family::Ipv6Unicast
            ? std::vector{P("2001:db8::/32"), P("2001:db8:8::/48"), P("2001:db8:9::/125")}
            : std::vector{P("0.0.0.0/0"),   P("10.0.0.0/8"),  P("10.8.0.0/16"), P("10.8.0.0/24"),
                          P("10.8.0.0/28"), P("10.9.0.0/24"), P("10.9.0.16/28")};
    std::vector<Aggregate> aggregates;
    for (const wire::Prefix& prefix : candidates) {
      if (!chance(3)) continue;
      Aggregate aggregate{prefix, chance(2), std::array{"", "", "map", "own", "absent"}[pick(5)], {}};
      if (chance(3)) aggregate.origin = wire::Origin::Egp;
      aggregates.push_back(aggregate);
    }
    return aggregates;
  }

  wire::PathAttributes some_attributes() {
    wire::PathAttributes a;
    a.origin = chance(3) ? wire::Origin::Incomplete : wire::Origin::Igp;
    if (chance(3)) a.med = static_cast<std::uint32_t>(pick(3));
    if (chance(3)) a.communities.insert(C("64512:1"));
    if (chance(6)) a.communities.insert(chance(2) ? wire::kNoExport : wire::kNoAdvertise);
    return a;
  }

  void commit() {
    const std::string owner(1, static_cast<char>('a' + pick(3)));
    std::vector<LocalChange> changes;
    for (std::size_t n = 1 + pick(8); n > 0; --n) {
      const wire::Prefix prefix = some_prefix();
      if (chance(3)) {
        changes.emplace_back(std::vector{prefix});
        const auto held = model_.locals.find(prefix);
        if (held != model_.locals.end() && held->second.erase(owner) != 0 && held->second.empty())
          model_.locals.erase(held);
        continue;
      }
      LocalRoute route{prefix, some_attributes(), {}};
      if (chance(4)) route.attributes.as_path = wire::AsPath::sequence({AS(64512)});
      if (chance(4)) route.attributes.local_pref = 150;
      if (chance(3)) route.labels["svc"] = owner;
      model_.locals[prefix][owner] = route;
      changes.emplace_back(LocalRoutes{{prefix}, route.attributes, route.labels});
    }
    last_commit_ = changes;
    last_owner_ = owner;
    rib_.commit(owner, changes, at(++clock_));
  }

  // What was just announced is taken back, before most peers have heard of it.
  void undo() {
    std::vector<LocalChange> changes;
    for (const LocalChange& change : last_commit_) {
      const auto* routes = std::get_if<LocalRoutes>(&change);
      if (routes == nullptr) continue;
      changes.emplace_back(routes->prefixes);
      const auto held = model_.locals.find(routes->prefixes.front());
      if (held != model_.locals.end() && held->second.erase(last_owner_) != 0 && held->second.empty())
        model_.locals.erase(held);
    }
    rib_.commit(last_owner_, changes, at(++clock_));
  }

  void update() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!peer.up) return;
    const wire::Prefix first = some_prefix();
    const wire::Family family = first.family();
    if (!peer.session.codec.families.contains(family)) return;
    wire::Update update;
    std::vector<wire::Nlri> nlri;
    const bool add_path = peer.session.codec.add_path_receive.contains(family);
    const auto path_id = static_cast<std::uint32_t>(add_path ? pick(3) : 0);
    for (std::size_t n = 1 + pick(6); n > 0; --n) {
      const wire::Prefix prefix = some_prefix();
      const bool known =
          std::any_of(nlri.begin(), nlri.end(), [&](const auto& each) { return each.prefix == prefix; });
      if (prefix.family() == family && !known) nlri.push_back({prefix, path_id});
    }
    if (chance(3)) {
      for (const wire::Nlri& each : nlri) peer.in.erase({each.prefix, each.path_id});
      update.unreach.push_back({family, nlri});
      rib_.on_update(ids_[index], update, at(++clock_));
      return;
    }
    wire::PathAttributes raw = some_attributes();
    raw.next_hop.address = family == Family::Ipv4Unicast ? A("10.0.0.99") : A("2001:db8::99");
    std::vector<wire::AsNumber> path;
    if (!peer.session.ibgp) path.push_back(peer.session.peer_as);
    for (std::size_t n = pick(3); n > 0; --n) path.push_back(AS(static_cast<std::uint32_t>(70000 + pick(3))));
    if (chance(8)) path.push_back(AS(64512));
    if (index % 2 == 0 && chance(2))
      raw.large_communities.insert({static_cast<std::uint32_t>(index), path_id, 0});
    raw.as_path = wire::AsPath::sequence(path);
    if (peer.session.ibgp) {
      raw.local_pref = chance(3) ? 200 : 100;
      if (chance(3)) raw.originator_id = some_id();
      for (std::size_t n = chance(3) ? pick(3) : 0; n > 0; --n) raw.cluster_list.push_back(some_id());
    }
    for (const wire::Nlri& each : nlri) model_.receive(peer, {each.prefix, each.path_id}, raw);
    send(index, raw, family, nlri);
  }

  wire::RouterId some_id() { return wire::RouterId(static_cast<std::uint32_t>(0x0a000000 + pick(12))); }

  void send(std::size_t index, wire::PathAttributes raw, wire::Family family,
            const std::vector<wire::Nlri>& nlri) {
    wire::Update update;
    const wire::NextHop next_hop = raw.next_hop;
    raw.next_hop = {};
    update.attributes = std::move(raw);
    update.reach.push_back({family, next_hop, nlri});
    rib_.on_update(ids_[index], update, at(++clock_));
  }

  void pull() {
    const std::size_t index = pick(ids_.size());
    if (!model_.peers[index].up) return;
    wire::Bytes bytes;
    const bool more = rib_.pull(ids_[index], bytes, 1 + pick(600));
    REQUIRE(more == rib_.has_output(ids_[index]));
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    receivers_[index]->feed(bytes);
  }

  void work() { judging_ = rib_.work(1 + pick(20)) && judging_; }
  void finish_work() {
    while (rib_.work(1000)) {
    }
    judging_ = false;
  }

  void refresh() {
    if (!chance(4)) return;
    const std::size_t index = pick(ids_.size());
    if (!model_.peers[index].up) return;
    receivers_[index]->allow_repeats = true;
    rib_.on_route_refresh(ids_[index], chance(2) ? Family::Ipv4Unicast : Family::Ipv6Unicast);
  }

  void end_of_rib() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!peer.up) return;
    const Family family = chance(2) ? Family::Ipv4Unicast : Family::Ipv6Unicast;
    if (chance(2)) {
      // A second one in a session says nothing, nor does one between BoRR and EoRR.
      if (!ended_[index].contains(family) && !refreshing_[index].contains(family))
        NaiveRib::drop_stale(peer, family);
      ended_[index].insert(family);
      wire::Update update;
      update.end_of_rib = family;
      rib_.on_update(ids_[index], update, at(++clock_));
    } else {
      refreshing_[index].erase(family);
      NaiveRib::drop_stale(peer, family);
      rib_.flush_stale(ids_[index], {family});
    }
  }

  // The peer begins to say everything again (RFC 7313 §4): until it has, all is as stale as after a restart.
  void begin_refresh() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!peer.up || !chance(4)) return;
    if (judging_) finish_work();
    ++peer.session_number;
    for (const Family family : wire::kFamilies) {
      refreshing_[index].insert(family);
      rib_.begin_refresh(ids_[index], family);
    }
  }

  void flip_session() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!peer.up) {
      bring_up(index);
      return;
    }
    if (!chance(2)) return;
    // What has become stale is not judged again; the model has judged at once.
    if (judging_) finish_work();
    wire::FamilySet keep;
    wire::FamilySet keep_older;
    for (const Family family : wire::kFamilies) {
      if (chance(2)) keep.insert(family);
      if (chance(2)) keep_older.insert(family);
    }
    rib_.peer_down(ids_[index], keep, keep_older);
    for (const Family family : wire::kFamilies) {
      if (!keep_older.contains(family)) NaiveRib::drop_stale(peer, family);
      if (!keep.contains(family))
        std::erase_if(peer.in, [&](const auto& item) { return item.first.prefix.family() == family; });
    }
    peer.up = false;
    ++peer.session_number;
  }

  void bring_up(std::size_t index) {
    NaivePeer& peer = model_.peers[index];
    const auto n = static_cast<std::uint32_t>(index + 1);
    // Peers 1 to 4 are external, and the first three of them can share a group; the others are internal.
    peer.session = index < 4 ? ebgp(n) : ibgp(n);
    if (index == 3) peer.session.codec.extended_messages = true;
    if (index == 1) peer.session.local_next_hop[Family::Ipv4Unicast] = wire::NextHop{A("10.1.1.1"), {}};
    if (chance(5)) peer.session.codec.families.erase(Family::Ipv6Unicast);
    if (chance(5)) peer.session.local_next_hop[Family::Ipv6Unicast].reset();
    for (const Family family : wire::kFamilies) {
      if (chance(3)) peer.session.codec.add_path_send.insert(family);
      if (chance(3)) peer.session.codec.add_path_receive.insert(family);
    }
    peer.up = true;
    known_ids_[index].clear();
    ended_[index] = refreshing_[index] = {};
    for (const Family family : wire::kFamilies)
      if (!peer.session.codec.families.contains(family)) NaiveRib::drop_stale(peer, family);
    receivers_[index] = std::make_unique<Receiver>(peer.session);
    rib_.peer_up(ids_[index], peer.session, at(++clock_));
  }

  // Our own addresses come, change and go while the session runs.
  void move_house() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!peer.up || !chance(3)) return;
    auto& own = peer.session.local_next_hop[Family::Ipv6Unicast];
    own = chance(2) ? std::nullopt
                    : std::optional(wire::NextHop{A(chance(2) ? "2001:db8::254" : "2001:db8::253"), {}});
    receivers_[index]->allow_repeats = true;  // of routes whose next hop is not ours
    rib_.change_next_hops(ids_[index], peer.session);
  }

  void shuffle_settings(NaivePeer& peer) {
    peer.policy_in = pick(model_.policies.size());
    peer.policy_out = pick(model_.policies.size());
    peer.settings.ebgp_requires_policy = chance(3);
    for (const Family family : wire::kFamilies) {
      FamilySettings& names = peer.settings.families[family];
      names.prefix_list_in = model_.policies[peer.policy_in].prefix_list;
      names.route_map_in = model_.policies[peer.policy_in].route_map;
      names.prefix_list_out = model_.policies[peer.policy_out].prefix_list;
      names.route_map_out = model_.policies[peer.policy_out].route_map;
      names.soft_reconfiguration_inbound = chance(2);
      names.next_hop_self = chance(2);
      names.send_community = !chance(4);
      names.weight = chance(4) ? 7 : 0;
      names.route_reflector_client = chance(2);
      names.default_originate = chance(4);
      names.default_route_map = std::array{"", "own", "two", "absent"}[pick(4)];
      names.paths.kind =
          std::array{PathSelection::Kind::Best, PathSelection::Kind::All, PathSelection::Kind::BestPerAs,
                     PathSelection::Kind::BestSelected}[pick(4)];
      names.paths.count =
          static_cast<std::uint8_t>(names.paths.kind == PathSelection::Kind::BestSelected ? 1 + pick(4) : 0);
    }
  }

  void change_peer() {
    std::size_t index = 0;
    NaivePeer& peer = some_peer(index);
    if (!chance(3)) return;
    const auto before = peer.settings;
    shuffle_settings(peer);
    for (const Family family : wire::kFamilies) {
      // Taken over when a session begins; here it stays, so that the model knows what can be judged again.
      if (peer.up)
        peer.settings.families[family].soft_reconfiguration_inbound =
            before.families[family].soft_reconfiguration_inbound;
    }
    judging_ = true;
    if (peer.up) model_.judge_again(peer);
    rib_.change_peer(ids_[index], peer.settings);
  }

  void reload() {
    if (clock_ != 0 && !chance(3)) return;
    ++generation_;
    judging_ = true;
    model_.policies = policy_meanings(generation_);
    if (chance(3)) model_.settings.cluster_id = some_id();
    if (chance(3)) model_.settings.client_to_client_reflection = chance(2);
    if (chance(3)) model_.settings.ignore_as_path = chance(2);
    if (chance(3)) model_.settings.med_missing_as_worst = chance(2);
    for (const Family family : wire::kFamilies) {
      if (chance(3)) model_.settings.maximum_paths[family].equal_cluster_length = chance(2);
      if (chance(2)) model_.settings.aggregates[family] = some_aggregates(family);
    }
    for (NaivePeer& peer : model_.peers)
      if (peer.up) model_.judge_again(peer);
    rib_.configure(model_.settings, configured_policies(generation_));
  }

  // The peers answer with all that they have in this session.
  void serve_refresh_requests() {
    for (const RefreshRequest& request : rib_.take_refresh_requests()) {
      const auto index =
          static_cast<std::size_t>(std::find(ids_.begin(), ids_.end(), request.peer) - ids_.begin());
      const NaivePeer& peer = model_.peers[index];
      if (!peer.up) continue;
      for (const auto& [key, entry] : peer.in)
        if (key.prefix.family() == request.family && entry.session_number == peer.session_number)
          send(index, entry.raw, request.family, {{key.prefix, key.path_id}});
    }
  }

  void compare_peer(std::size_t index) {
    const NaivePeer& peer = model_.peers[index];
    const auto& has = receivers_[index]->paths;
    std::size_t held = 0;
    std::set<wire::Prefix> all = model_.prefixes();
    for (const auto& [prefix, paths] : has) all.insert(prefix);
    all.insert({P("0.0.0.0/0"), P("::/0")});
    for (const wire::Prefix& prefix : all) {
      INFO("peer " << index << ", " << wire::to_string(prefix));
      std::multiset<wire::PathAttributes> held_paths;
      if (const auto found = has.find(prefix); found != has.end())
        for (const auto& [id, attributes] : found->second) held_paths.insert(attributes);
      held += held_paths.size();
      const auto wanted = model_.wanted(peer, prefix);
      INFO(words("held  ", held_paths) << words("wanted", wanted));
      REQUIRE(held_paths.size() == wanted.size());
      REQUIRE((held_paths == wanted));
      REQUIRE(told(prefix).contains(ids_[index]) == !wanted.empty());
    }
    compare_path_ids(index);
    std::map<wire::Prefix, std::map<std::uint32_t, wire::PathAttributes>> shown;
    std::size_t advertised = 0;
    for (const Family family : wire::kFamilies) {
      rib_.for_each_advertised(ids_[index], family, [&](const AdjView& view) {
        shown[view.prefix][view.path_id] = *view.attributes;
      });
      const PeerCounters counters = rib_.counters(ids_[index], family);
      REQUIRE(counters.pending == 0);
      advertised += counters.advertised;
    }
    REQUIRE((shown == has));
    REQUIRE(advertised == held);
  }

  static std::string words(std::string_view title, const std::multiset<wire::PathAttributes>& all) {
    std::string text;
    for (const wire::PathAttributes& a : all) {
      text +=
          fmt::format("{}: path {} by {} origin {} med {} pref {} communities {} large {} partial {:x}",
                      title, wire::to_string(a.as_path), wire::to_string(a.next_hop.address),
                      wire::to_string(a.origin), a.med.value_or(0), a.local_pref.value_or(0),
                      wire::to_string(a.communities), wire::to_string(a.large_communities), a.partial.bits());
      text += fmt::format(" originator {} clusters {}\n", a.originator_id.value_or(wire::RouterId{}).value(),
                          a.cluster_list.size());
    }
    return text;
  }

  std::set<PeerId> told(const wire::Prefix& prefix) const {
    const std::vector<PeerId> peers = rib_.advertised_to(prefix);
    return {peers.begin(), peers.end()};
  }

  // RFC 7911 §3: an identifier is a path's for life. Paths of some peers carry their own name in a community.
  void compare_path_ids(std::size_t index) {
    std::map<NamedPath, std::uint32_t> ids;
    for (const auto& [prefix, paths] : receivers_[index]->paths)
      for (const auto& [id, attributes] : paths)
        for (const wire::LargeCommunity& name : attributes.large_communities.items()) {
          const NaivePeer& source = model_.peers[name.global];
          const NamedPath path{prefix, name.global, name.data1, source.in.at({prefix, name.data1}).born};
          REQUIRE(ids.emplace(path, id).second);
          const auto known = known_ids_[index].find(path);
          INFO(wire::to_string(prefix));
          REQUIRE((known == known_ids_[index].end() || known->second == id));
        }
    known_ids_[index] = std::move(ids);
  }

  void compare_routes() {
    std::size_t locals = model_.aggregates.size();
    for (const auto& [prefix, owners] : model_.locals) locals += owners.size();
    REQUIRE(rib_.local_count() == locals);
    std::map<wire::Prefix, wire::PathAttributes> best;
    for (const wire::Prefix& prefix : model_.prefixes())
      if (const auto paths = model_.ranked(prefix); !paths.empty()) best[prefix] = paths.front().attributes;
    std::map<wire::Prefix, wire::PathAttributes> shown;
    for (const Family family : wire::kFamilies)
      rib_.for_each_route(family, [&](const RouteView& view) {
        shown[view.prefix] = *view.paths.front().attributes;
        REQUIRE(view.paths.front().suppressed == model_.suppressed(view.prefix));
      });
    REQUIRE((shown == best));
    for (std::size_t i = 0; i < ids_.size(); ++i) compare_received(i);
  }

  void compare_received(std::size_t index) {
    const NaivePeer& peer = model_.peers[index];
    std::size_t accepted = 0;
    for (const auto& [key, entry] : peer.in) accepted += entry.accepted ? 1U : 0U;
    std::size_t counted = 0;
    for (const Family family : wire::kFamilies) counted += rib_.counters(ids_[index], family).accepted;
    REQUIRE(counted == accepted);
  }

  struct NamedPath {
    wire::Prefix prefix;
    std::uint32_t source = 0;  // place of the peer
    std::uint32_t path_id = 0;
    int born = 0;
    auto operator<=>(const NamedPath&) const = default;
  };

  std::mt19937 random_;
  NaiveRib model_;
  Rib rib_;
  std::vector<PeerId> ids_;
  std::vector<std::unique_ptr<Receiver>> receivers_;
  std::array<std::map<NamedPath, std::uint32_t>, 8> known_ids_;  // by receiver, as of its last comparison
  std::array<wire::FamilySet, 8> ended_;       // whose End-of-RIB has come in the peer's session
  std::array<wire::FamilySet, 8> refreshing_;  // of which BoRR has come, and EoRR has not
  std::vector<LocalChange> last_commit_;
  std::string last_owner_ = "a";
  wire::Bytes bytes_;
  int clock_ = 0;
  bool judging_ = false;  // policies may still be at work in the background
  int generation_ = 0;
};

}  // namespace

TEST_CASE("peers hold what a naive RIB says they should, whatever happened", "[model]") {
  // Half of the worlds do all bulk work in slices of three routes, between everything else.
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    INFO("seed " << seed);
    World world(seed, seed % 4 < 2 ? Rib::kInlineSlice : 3);
    if (seed % 2 == 0) world.release();
    for (int round = 0; round < 25; ++round) {
      for (int i = 0; i < 40; ++i) world.step();
      world.settle_and_compare();
    }
  }
}

TEST_CASE("the same history gives the same bytes", "[model]") {
  const auto run = [] {
    World world(4711);
    world.release();
    for (int i = 0; i < 2000; ++i) world.step();
    return world.bytes();
  };
  REQUIRE((run() == run()));
}

}  // namespace lbgp::rib::test
