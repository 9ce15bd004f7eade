// SPDX-License-Identifier: Apache-2.0
// Lists and route maps at work, with FRR's meaning of every clause.
#include "rib/policy_eval.hpp"

#include <algorithm>
#include <bit>
#include <limits>

#include "rib/policy_trace.hpp"
#include "wire/attribute.hpp"

namespace lbgp::rib {

namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

// --- lists ------------------------------------------------------------------------------------------------

// What a look-up in an index counts for.
constexpr std::size_t kIndexEffort = 4;

bool matches_entry(const PrefixListEntry& entry, const wire::Prefix& prefix) {
  if (!entry.prefix.contains(prefix)) return false;
  const Lengths lengths = lengths_of(entry);
  return prefix.length() >= lengths.low && prefix.length() <= lengths.high;
}

bool covers(const Wildcard& wildcard, std::uint32_t value) {
  return (value & ~wildcard.ignored) == wildcard.value;
}

std::uint32_t netmask(const wire::Prefix& prefix) {
  return prefix.length() == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix.length());
}

bool matches_entry(const AccessListEntry& entry, const wire::Prefix& prefix) {
  return std::visit(
      Overloaded{
          [&](const AccessPrefix& what) {
            return what.prefix.contains(prefix) && (!what.exact || prefix.length() == what.prefix.length());
          },
          [&](const AccessWildcard& what) {
            return prefix.address().is_v4() && covers(what.address, prefix.address().v4_value()) &&
                   (!what.netmask || covers(*what.netmask, netmask(prefix)));
          },
      },
      entry.what);
}

template <typename Entries, typename Holds>
auto find_first(const Entries& entries, std::size_t& effort, Holds holds)
    -> decltype(&entries.begin()->second) {
  for (const auto& [seq, entry] : entries) {
    ++effort;
    if (holds(entry)) return &entry;
  }
  return nullptr;
}

template <typename List>
auto find_prefix(const List& list, const wire::Prefix& prefix, std::size_t& effort)
    -> decltype(&list.entries.begin()->second) {
  if (list.index.rules == nullptr)
    return find_first(list.entries, effort, [&](const auto& e) { return matches_entry(e, prefix); });
  effort += kIndexEffort;
  const auto seq = list.index.rules->first(prefix);
  return seq ? &list.entries.at(*seq) : nullptr;
}

bool reads(const Regex& expression, const std::string& text, std::size_t& effort) {
  constexpr std::size_t kCharacters = 64;
  effort += text.size() / kCharacters;
  return expression.matches(text);
}

template <typename Entry>
bool permits_by(const Entry* entry) {
  return entry != nullptr && entry->action == Permit::Permit;
}

// "internet" in a list stands for every route, as in FRR.
bool is_anything(const wire::Communities& communities) {
  return communities.contains(wire::Community{0});
}
template <typename Set>
bool is_anything(const Set& /*communities*/) {
  return false;
}

template <typename List, typename Set>
bool matches_list(const List& list, const Set& communities, bool exact, std::size_t& effort) {
  std::optional<std::string> text;  // made when somebody asks
  return permits_by(find_first(list, effort, [&](const auto& entry) {
    if (entry.expression) {
      if (!text) text = wire::to_string(communities);
      return reads(entry.expression, *text, effort);
    }
    if (is_anything(entry.communities)) return true;
    return exact ? entry.communities == communities
                 : std::includes(communities.begin(), communities.end(), entry.communities.begin(),
                                 entry.communities.end());
  }));
}

// The first entry that speaks of this one community.
template <typename List, typename Community>
auto find_member(const List& list, const Community& community, std::size_t& effort) {
  return find_first(list, effort, [&](const auto& entry) {
    if (entry.expression) return entry.expression.matches(wire::to_string(community));
    return is_anything(entry.communities) || entry.communities.contains(community);
  });
}

// The first community that any entry speaks of decides.
template <typename List, typename Set>
bool matches_any(const List& list, const Set& communities, std::size_t& effort) {
  for (const auto& community : communities)
    if (const auto* entry = find_member(list, community, effort)) return permits_by(entry);
  return false;
}

template <typename Lists>
const auto* find_list(const Lists& lists, const std::string& name) {
  const auto found = lists.find(name);
  return found != lists.end() ? &found->second : nullptr;
}

template <typename Clause, typename Lists, typename Set>
bool holds_list(const Clause& clause, const Lists& lists, const Set& communities, std::size_t& effort) {
  const auto* list = find_list(lists, clause.name);
  if (list == nullptr) return false;
  return clause.any ? matches_any(*list, communities, effort)
                    : matches_list(*list, communities, clause.exact, effort);
}

const PrefixListEntry* find_entry(const PrefixList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return find_prefix(list, prefix, effort);
}
const AccessListEntry* find_entry(const AccessList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return find_prefix(list, prefix, effort);
}
const AsPathListEntry* find_entry(const AsPathList& list, const wire::AsPath& path, std::size_t& effort) {
  const std::string text = wire::to_string(path);
  return find_first(list, effort,
                    [&](const AsPathListEntry& e) { return reads(e.expression, text, effort); });
}

template <typename List>
bool says_nothing(const List& /*list*/) {
  return false;
}
// A list that is only described filters nothing, as in FRR.
bool says_nothing(const PrefixList& list) {
  return list.entries.empty();
}

template <typename List, typename Value>
bool permits(const List& list, const Value& value, std::size_t& effort) {
  return says_nothing(list) || permits_by(find_entry(list, value, effort));
}

// --- match ------------------------------------------------------------------------------------------------

// A route of our own has none, which is the zero of its family.
wire::IpAddress next_hop_of(const PolicyContext& route, const wire::PathAttributes& a) {
  const bool none = a.next_hop.address == wire::IpAddress{};
  return none && route.prefix.address().is_v6() ? wire::IpAddress::v6({}) : a.next_hop.address;
}

std::optional<wire::Prefix> subject_of(Subject subject, const PolicyContext& route,
                                       const wire::PathAttributes& a) {
  switch (subject) {
    case Subject::Address:
      return route.prefix;
    case Subject::NextHop:
      return wire::Prefix::host(next_hop_of(route, a));
    case Subject::RouteSource:
      if (route.source) return wire::Prefix::host(*route.source);
      break;
  }
  return std::nullopt;
}

template <typename Clause, typename Lists>
bool holds_address(const Clause& clause, const Lists& lists, const PolicyContext& route,
                   const wire::PathAttributes& a, std::size_t& effort) {
  const auto subject = subject_of(clause.subject, route, a);
  if (!subject || subject->family() != clause.family) return false;
  const auto* list = find_list(lists[clause.family], clause.name);
  return list != nullptr && permits(*list, *subject, effort);
}

bool is_called(const CommunityAliases& aliases, const std::string& name, const wire::PathAttributes& a,
               std::size_t& effort) {
  effort += aliases.communities.size() + aliases.large_communities.size();
  const auto any = [&](const auto& named, const auto& communities) {
    return std::any_of(named.begin(), named.end(), [&](const auto& item) {
      return item.second == name && communities.contains(item.first);
    });
  };
  return any(aliases.communities, a.communities) || any(aliases.large_communities, a.large_communities);
}

bool holds(const Policies& used, const Match& match, const PolicyContext& route,
           const RouteAttributes& attributes, std::size_t& effort) {
  const wire::PathAttributes& a = attributes.path;
  return std::visit(
      Overloaded{
          [&](const MatchPrefixList& m) { return holds_address(m, used.prefix_lists, route, a, effort); },
          [&](const MatchAccessList& m) { return holds_address(m, used.access_lists, route, a, effort); },
          [&](const MatchPrefixLength& m) {
            return route.prefix.family() == m.family && route.prefix.length() == m.length;
          },
          [&](const MatchNextHop& m) {
            return a.next_hop.address == m.address || a.next_hop.link_local == m.address;
          },
          [&](const MatchBlackhole& m) {
            return route.prefix.family() == m.family && a.next_hop.address.is_unspecified();
          },
          [&](const MatchAsPath& m) {
            const AsPathList* list = find_list(used.as_path_lists, m.name);
            return list != nullptr && permits(*list, a.as_path, effort);
          },
          [&](const MatchCommunity& m) { return holds_list(m, used.community_lists, a.communities, effort); },
          [&](const MatchLargeCommunity& m) {
            return holds_list(m, used.large_community_lists, a.large_communities, effort);
          },
          [&](const MatchExtCommunity& m) {
            return holds_list(m, used.ext_community_lists, a.ext_communities, effort);
          },
          [&](const MatchAlias& m) { return is_called(used.aliases, m.name, a, effort); },
          [&](const MatchMetric& m) { return a.med.value_or(0) == m.value; },
          [&](const MatchLocalPreference& m) { return a.local_pref == m.value; },
          [&](const MatchOrigin& m) { return a.origin == m.origin; },
          [&](const MatchPeer& m) {
            if (m.name.empty()) return route.source == m.address;
            return route.source && (route.source_name == m.name || route.source_group == m.name);
          },
          [&](const MatchInterface& m) { return route.source && route.source_name == m.name; },
          [&](const MatchTag& m) { return attributes.tag == m.value; },
      },
      match);
}

// Whether a clause asks for more than attributes: what an outcome that is shared by routes has to know.
bool asks_for_route(const Match& match) {
  return std::visit(Overloaded{
                        [](const MatchPrefixList& m) { return m.subject != Subject::NextHop; },
                        [](const MatchAccessList& m) { return m.subject != Subject::NextHop; },
                        [](const MatchPrefixLength&) { return true; },
                        [](const MatchPeer&) { return true; },
                        [](const MatchInterface&) { return true; },
                        [](const auto&) { return false; },
                    },
                    match);
}

// --- set --------------------------------------------------------------------------------------------------

template <typename Set>
void set_communities(Set& target, const Set& wanted, bool additive) {
  if (!additive) {
    target = wanted;
    return;
  }
  for (const auto& community : wanted) target.insert(community);
}

template <typename Lists, typename Set>
void delete_communities(const Lists& lists, const std::string& name, Set& communities, std::size_t& effort) {
  if (const auto* list = find_list(lists, name))
    communities.erase_if([&](const auto& each) { return permits_by(find_member(*list, each, effort)); });
}

std::uint32_t adjusted(Adjust kind, std::uint32_t value, std::uint32_t old) {
  constexpr auto kMax = std::numeric_limits<std::uint32_t>::max();
  switch (kind) {
    case Adjust::Assign:
      return value;
    case Adjust::Add:
      return old > kMax - value ? kMax : old + value;
    case Adjust::Subtract:
      return old < value ? 0 : old - value;
  }
  return old;
}

// draft-ietf-idr-link-bandwidth: our AS, and octets per second as a floating point number.
wire::ExtCommunity bandwidth(const SetBandwidth& set, wire::AsNumber own) {
  constexpr float kOctetsPerMegabit = 1'000'000.0F / 8;
  constexpr std::uint8_t kNonTransitive = 0x40, kLinkBandwidth = 0x04;
  const std::uint32_t as = (own.fits_two_octets() ? own : wire::kAsTrans).value();
  const auto octets = std::bit_cast<std::uint32_t>(static_cast<float>(set.megabits) * kOctetsPerMegabit);
  const auto octet = [](std::uint32_t value, unsigned shift) {
    return static_cast<std::uint8_t>(value >> shift);
  };
  return {{set.non_transitive ? kNonTransitive : std::uint8_t{0}, kLinkBandwidth, octet(as, 8), octet(as, 0),
           octet(octets, 24), octet(octets, 16), octet(octets, 8), octet(octets, 0)}};
}

void set_bandwidth(const SetBandwidth& set, wire::AsNumber own, wire::ExtCommunities& communities) {
  const wire::ExtCommunity added = bandwidth(set, own);
  communities.erase_if([&](const wire::ExtCommunity& old) {
    return old.octets[0] == added.octets[0] && old.octets[1] == added.octets[1];
  });
  communities.insert(added);
}

void set_next_hop(const SetNextHop& set, const PolicyContext& route, wire::PathAttributes& a,
                  PolicyEffects& effects) {
  if (set.address.is_v4() != route.prefix.address().is_v4()) return;
  switch (set.kind) {
    case SetNextHop::Kind::Address:
      a.next_hop.address = set.address;
      if (!effects.link_local_set) a.next_hop.link_local.reset();
      break;
    case SetNextHop::Kind::Peer:
      if (route.outbound)
        a.next_hop = {};
      else if (route.source && route.source->is_v4() == set.address.is_v4())
        a.next_hop = {*route.source, std::nullopt};
      break;
    case SetNextHop::Kind::Unchanged:
      break;
    case SetNextHop::Kind::LinkLocal:
      a.next_hop.link_local = set.address;
      effects.link_local_set = true;
      return;
  }
  effects.next_hop_set = true;
}

void prepend(const SetAsPathPrepend& set, wire::AsPath& path) {
  for (auto as = set.as_numbers.rbegin(); as != set.as_numbers.rend(); ++as) path.prepend(*as);
  if (set.last_as != 0 && path.first().value() != 0) path.prepend(path.first(), set.last_as);
}

void exclude(const SetAsPathExclude& set, wire::AsPath& path) {
  if (set.as_numbers.empty()) {
    path = {};
    return;
  }
  std::vector<wire::AsSegment> segments = path.segments();
  for (wire::AsSegment& segment : segments)
    std::erase_if(segment.as_numbers, [&](wire::AsNumber as) {
      return std::find(set.as_numbers.begin(), set.as_numbers.end(), as) != set.as_numbers.end();
    });
  std::erase_if(segments, [](const wire::AsSegment& segment) { return segment.as_numbers.empty(); });
  path = wire::AsPath(std::move(segments));
}

void apply_set(const Policies& used, const Set& set, const PolicyContext& route, RouteAttributes& attributes,
               PolicyEffects& effects, std::size_t& effort) {
  wire::PathAttributes& a = attributes.path;
  std::visit(Overloaded{
                 [&](const SetCommunity& s) { set_communities(a.communities, s.communities, s.additive); },
                 [&](const SetLargeCommunity& s) {
                   set_communities(a.large_communities, s.communities, s.additive);
                 },
                 [&](const SetExtCommunity& s) {
                   set_communities(a.ext_communities, s.communities, !s.communities.empty());
                 },
                 [&](const SetBandwidth& s) { set_bandwidth(s, used.local_as, a.ext_communities); },
                 [&](const DeleteCommunities& s) {
                   delete_communities(used.community_lists, s.name, a.communities, effort);
                 },
                 [&](const DeleteLargeCommunities& s) {
                   delete_communities(used.large_community_lists, s.name, a.large_communities, effort);
                 },
                 [&](const DeleteExtCommunities& s) {
                   delete_communities(used.ext_community_lists, s.name, a.ext_communities, effort);
                 },
                 [&](const SetLocalPreference& s) {
                   a.local_pref = adjusted(s.kind, s.value, a.local_pref.value_or(0));
                 },
                 [&](const SetMetric& s) {
                   a.med = adjusted(s.kind, s.value, a.med.value_or(0));
                   effects.med_set = true;
                 },
                 [&](const SetOrigin& s) { a.origin = s.origin; },
                 [&](const SetAsPathPrepend& s) { prepend(s, a.as_path); },
                 [&](const SetAsPathExclude& s) { exclude(s, a.as_path); },
                 [&](const SetWeight& s) { attributes.weight = s.value; },
                 [&](const SetNextHop& s) { set_next_hop(s, route, a, effects); },
                 [&](const SetTag& s) { attributes.tag = s.value; },
                 // The next hops of a host are on its own links.
                 [&](const SetAigp& s) { a.aigp = s.value.value_or(0); },
                 [&](const SetAggregator& s) { a.aggregator = s.aggregator; },
                 [&](const SetAtomicAggregate&) { a.atomic_aggregate = true; },
                 [&](const SetOriginatorId& s) { a.originator_id = s.id; },
             },
             set);
}

// RFC 4271 §5: an attribute that the originator did not attach is partial. Told by what there was before
// clauses were applied and what there is now.
void mark_attached(bool before, bool now, std::uint8_t code, wire::PartialSet& partial) {
  if (!now)
    partial.erase(code);
  else if (!before)
    partial.insert(code);
}

void mark_attached(const wire::PathAttributes& before, wire::PathAttributes& now) {
  namespace code = wire::attribute_code;
  const auto mark = [&](bool was, bool is, std::uint8_t of) { mark_attached(was, is, of, now.partial); };
  mark(!before.communities.empty(), !now.communities.empty(), code::kCommunities);
  mark(!before.ext_communities.empty(), !now.ext_communities.empty(), code::kExtendedCommunities);
  mark(!before.large_communities.empty(), !now.large_communities.empty(), code::kLargeCommunities);
  mark(before.aggregator.has_value(), now.aggregator.has_value(), code::kAggregator);
}

void tell(const PolicyContext& route, std::size_t effort) {
  if (route.effort != nullptr) *route.effort += effort;
}

template <typename Map>
void copy_named(const Map& from, const std::string& name, Map& to) {
  if (const auto found = from.find(name); found != from.end()) to.insert(*found);
}

}  // namespace

const PrefixListEntry* find_match(const PrefixList& list, const wire::Prefix& prefix) {
  std::size_t ignored = 0;
  return find_entry(list, prefix, ignored);
}

const AccessListEntry* find_match(const AccessList& list, const wire::Prefix& prefix) {
  std::size_t ignored = 0;
  return find_entry(list, prefix, ignored);
}

const AsPathListEntry* find_match(const AsPathList& list, const wire::AsPath& path) {
  std::size_t ignored = 0;
  return find_entry(list, path, ignored);
}

bool permits(const PrefixList& list, const wire::Prefix& prefix) {
  std::size_t ignored = 0;
  return permits(list, prefix, ignored);
}

bool permits(const AccessList& list, const wire::Prefix& prefix) {
  std::size_t ignored = 0;
  return permits(list, prefix, ignored);
}

bool permits(const AsPathList& list, const wire::AsPath& path) {
  std::size_t ignored = 0;
  return permits(list, path, ignored);
}

bool matches(const CommunityList& list, const wire::Communities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches_list(list, communities, exact, ignored);
}

bool matches(const LargeCommunityList& list, const wire::LargeCommunities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches_list(list, communities, exact, ignored);
}

bool matches(const ExtCommunityList& list, const wire::ExtCommunities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches_list(list, communities, exact, ignored);
}

// --- one route's way through a policy ---------------------------------------------------------------------

class PolicyWalk {
 public:
  PolicyWalk(const Policy& policy, const PolicyContext& route, RouteAttributes& attributes,
             PolicyEffects& effects, std::vector<PolicyStep>* steps)
      : policy_(policy), route_(route), attributes_(attributes), effects_(effects), steps_(steps) {}
  ~PolicyWalk() { tell(route_, effort_); }
  PolicyWalk(const PolicyWalk&) = delete;
  PolicyWalk& operator=(const PolicyWalk&) = delete;

  bool run() {
    const PolicyNames& names = policy_.names_;
    const Policies& used = policy_.used_;
    const wire::Family family = policy_.family_;
    return passes(PolicyStage::DistributeList, names.distribute_list, used.access_lists[family],
                  route_.prefix) &&
           passes(PolicyStage::PrefixList, names.prefix_list, used.prefix_lists[family], route_.prefix) &&
           passes(PolicyStage::FilterList, names.filter_list, used.as_path_lists, attributes_.path.as_path) &&
           (names.route_map.empty() || run_map(names.route_map, 0));
  }

 private:
  template <typename Lists, typename Value>
  bool passes(PolicyStage stage, const std::string& name, const Lists& lists, const Value& value) {
    if (name.empty()) return true;
    const auto* list = find_list(lists, name);
    const bool permitted = list != nullptr && permits(*list, value, effort_);
    if (steps_ == nullptr) return permitted;
    const auto* entry = list != nullptr ? find_match(*list, value) : nullptr;
    record({stage, name, entry != nullptr ? std::optional(entry->seq) : std::nullopt,
            permitted ? Permit::Permit : Permit::Deny, list != nullptr});
    return permitted;
  }

  void record(PolicyStep step) {
    if (steps_ != nullptr) steps_->push_back(std::move(step));
  }

  bool deny(const std::string& map, bool defined = true) {
    record({PolicyStage::RouteMap, map, std::nullopt, Permit::Deny, defined});
    return false;
  }

  // FRR's rules: an entry that permits and goes on permits unless a later one that is reached does not match
  // or denies; a called map has to permit as well.
  bool run_map(const std::string& name, unsigned calls) {
    const RouteMap* map = find_list(policy_.used_.route_maps, name);
    if (map == nullptr || calls > Policy::kMaxCalls) return deny(name, map != nullptr);
    bool permitted = false;
    for (auto at = map->begin(); at != map->end();) {
      const auto& [seq, entry] = *at++;
      if (++entries_ > Policy::kMaxEntries) return deny(name);
      ++effort_;
      permitted = holds_all(entry);
      if (!permitted) continue;
      record({PolicyStage::RouteMap, name, seq, entry.action});
      if (entry.action == Permit::Deny) return false;
      for (const Set& set : entry.sets) apply_set(policy_.used_, set, route_, attributes_, effects_, effort_);
      const bool calls_map = !entry.call.empty() && policy_.used_.route_maps.contains(entry.call);
      if (calls_map && !run_map(entry.call, calls + 1)) return false;
      if (!entry.on_match) return true;
      at = map->lower_bound(std::max(*entry.on_match, seq + 1));
    }
    return permitted || deny(name);
  }

  bool holds_all(const RouteMapEntry& entry) {
    return std::all_of(entry.matches.begin(), entry.matches.end(), [&](const Match& match) {
      return holds(policy_.used_, match, route_, attributes_, effort_);
    });
  }

  const Policy& policy_;
  const PolicyContext& route_;
  RouteAttributes& attributes_;
  PolicyEffects& effects_;
  std::vector<PolicyStep>* steps_;
  unsigned entries_ = 0;  // of maps, tried so far
  std::size_t effort_ = 0;
};

Policy::Policy(const Policies& all, wire::Family family, PolicyNames names)
    : names_(std::move(names)), family_(family) {
  if (!configured()) return;
  used_.local_as = all.local_as;
  collect(all, {access_list_kind(family), names_.distribute_list});
  collect(all, {prefix_list_kind(family), names_.prefix_list});
  collect(all, {ListKind::AsPaths, names_.filter_list});
  collect(all, {ListKind::RouteMaps, names_.route_map});
}

// A map with all that it names, each once: maps may call each other in a circle.
void Policy::collect(const Policies& all, const ListName& list) {
  if (exists(used_, list) || !exists(all, list)) return;
  constexpr auto kIpv4 = wire::Family::Ipv4Unicast, kIpv6 = wire::Family::Ipv6Unicast;
  switch (list.kind) {
    case ListKind::Ipv4Prefixes:
      return copy_named(all.prefix_lists[kIpv4], list.name, used_.prefix_lists[kIpv4]);
    case ListKind::Ipv6Prefixes:
      return copy_named(all.prefix_lists[kIpv6], list.name, used_.prefix_lists[kIpv6]);
    case ListKind::Ipv4Addresses:
      return copy_named(all.access_lists[kIpv4], list.name, used_.access_lists[kIpv4]);
    case ListKind::Ipv6Addresses:
      return copy_named(all.access_lists[kIpv6], list.name, used_.access_lists[kIpv6]);
    case ListKind::AsPaths:
      return copy_named(all.as_path_lists, list.name, used_.as_path_lists);
    case ListKind::Communities:
      return copy_named(all.community_lists, list.name, used_.community_lists);
    case ListKind::LargeCommunities:
      return copy_named(all.large_community_lists, list.name, used_.large_community_lists);
    case ListKind::ExtCommunities:
      return copy_named(all.ext_community_lists, list.name, used_.ext_community_lists);
    case ListKind::RouteMaps:
      break;
  }
  copy_named(all.route_maps, list.name, used_.route_maps);
  for (const auto& [seq, entry] : used_.route_maps.at(list.name)) {
    for (const Match& match : entry.matches) {
      const bool known =
          std::find(route_matches_.begin(), route_matches_.end(), match) != route_matches_.end();
      if (asks_for_route(match) && !known) route_matches_.push_back(match);
      if (std::holds_alternative<MatchAlias>(match)) used_.aliases = all.aliases;
    }
    for (const ListName& named : lists_of(entry)) collect(all, named);
  }
}

bool Policy::prefix_filters_permit(const wire::Prefix& prefix, std::size_t& effort) const {
  const auto permit = [&](const std::string& name, const auto& lists) {
    if (name.empty()) return true;
    const auto* list = find_list(lists, name);
    return list != nullptr && permits(*list, prefix, effort);
  };
  return permit(names_.distribute_list, used_.access_lists[family_]) &&
         permit(names_.prefix_list, used_.prefix_lists[family_]);
}

std::optional<std::uint32_t> Policy::signature(const PolicyContext& route) const {
  if (route_matches_.size() >= kSignatureBits) return std::nullopt;
  std::size_t effort = route_matches_.size();
  std::uint32_t bits = prefix_filters_permit(route.prefix, effort) ? 0U : 1U;
  if (!route_matches_.empty()) {
    const RouteAttributes none;
    for (std::size_t i = 0; i < route_matches_.size(); ++i)
      if (holds(used_, route_matches_[i], route, none, effort)) bits |= 2U << i;
  }
  tell(route, effort);
  return bits;
}

bool Policy::apply(const PolicyContext& route, RouteAttributes& attributes, PolicyEffects& effects,
                   std::vector<PolicyStep>* steps) const {
  if (!configured()) return true;
  PolicyWalk walk(*this, route, attributes, effects, steps);
  if (!route.source || names_.route_map.empty()) return walk.run();
  const wire::PathAttributes before = attributes.path;
  if (!walk.run()) return false;
  mark_attached(before, attributes.path);
  return true;
}

std::optional<std::uint32_t> Policy::permitted_by(const PolicyContext& route,
                                                  const RouteAttributes& attributes) const {
  RouteAttributes changed = attributes;
  PolicyEffects effects;
  std::vector<PolicyStep> steps;
  if (!apply(route, changed, effects, &steps) || steps.empty()) return std::nullopt;
  return steps.front().seq;
}

void Policy::set(std::uint32_t entry, const wire::Prefix& prefix, RouteAttributes& attributes,
                 PolicyEffects& effects) const {
  const PolicyContext own{prefix, std::nullopt};
  std::size_t effort = 0;
  for (const Set& each : used_.route_maps.at(names_.route_map).at(entry).sets)
    apply_set(used_, each, own, attributes, effects, effort);
}

}  // namespace lbgp::rib
