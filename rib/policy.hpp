// SPDX-License-Identifier: Apache-2.0
// Routing policy as data: lists of prefixes, addresses, AS paths and communities, and route maps. `conf`
// fills these; policy_eval.hpp runs them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "rib/prefix_rules.hpp"
#include "rib/regex.hpp"
#include "wire/as_path.hpp"
#include "wire/community.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

enum class Permit : std::uint8_t { Permit, Deny };

// --- lists: by seq; the first entry that matches decides, none means deny --------------------------------

// An index over a list's entries, which finds what trying one after the other does. It belongs to lists that
// stay as they are (see index()); none: they are tried.
struct ListIndex {
  std::shared_ptr<const PrefixRules> rules{};
  bool operator==(const ListIndex& /*other*/) const { return true; }  // follows from the entries
};

// `ip prefix-list NAME seq N permit P [ge G] [le L]`. "any" is 0.0.0.0/0 le 32 or ::/0 le 128.
struct PrefixListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  wire::Prefix prefix;
  std::optional<std::uint8_t> ge;
  std::optional<std::uint8_t> le;
  bool operator==(const PrefixListEntry&) const = default;
};
// The lengths of what it matches, of all that lies within its prefix. Neither bound: exactly its own; `ge`
// alone: from there to a host route; `le` alone: from its own.
struct Lengths {
  unsigned low = 0;
  unsigned high = 0;
};
[[nodiscard]] Lengths lengths_of(const PrefixListEntry& entry);

struct PrefixList {
  std::string description;
  std::map<std::uint32_t, PrefixListEntry> entries;
  ListIndex index{};
  bool operator==(const PrefixList&) const = default;
};

// `access-list NAME seq N permit P [exact-match]`: everything below P, or P itself. "any" is 0.0.0.0/0 or
// ::/0.
struct AccessPrefix {
  wire::Prefix prefix;
  bool exact = false;
  bool operator==(const AccessPrefix&) const = default;
};
// The old IPv4 forms. `address` with a wildcard, in which set bits do not count; extended ones ask the same
// of the prefix's netmask. Both in host byte order, bits that do not count are clear.
struct Wildcard {
  std::uint32_t value = 0;
  std::uint32_t ignored = 0;
  bool operator==(const Wildcard&) const = default;
};
struct AccessWildcard {
  Wildcard address;
  std::optional<Wildcard> netmask;  // none: a standard list
  bool operator==(const AccessWildcard&) const = default;
};
struct AccessListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  std::variant<AccessPrefix, AccessWildcard> what;
  bool operator==(const AccessListEntry&) const = default;
};
struct AccessList {
  std::string remark;
  std::map<std::uint32_t, AccessListEntry> entries;
  ListIndex index{};
  bool operator==(const AccessList&) const = default;
};

// `bgp as-path access-list NAME seq N permit REGEX`, over the path as it is shown.
struct AsPathListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  Regex expression;
  bool operator==(const AsPathListEntry&) const = default;
};
using AsPathList = std::map<std::uint32_t, AsPathListEntry>;

// `bgp community-list standard NAME seq N permit C…`: matches a route that has all of an entry's members.
// `expanded`: one whose communities, as they are shown, match the expression.
template <typename Set>
struct SetListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  Set communities;
  Regex expression{};  // expanded only; then `communities` is empty
  bool operator==(const SetListEntry&) const = default;
};
using CommunityListEntry = SetListEntry<wire::Communities>;
using LargeCommunityListEntry = SetListEntry<wire::LargeCommunities>;
using ExtCommunityListEntry = SetListEntry<wire::ExtCommunities>;
using CommunityList = std::map<std::uint32_t, CommunityListEntry>;
using LargeCommunityList = std::map<std::uint32_t, LargeCommunityListEntry>;
using ExtCommunityList = std::map<std::uint32_t, ExtCommunityListEntry>;

// --- route map clauses ------------------------------------------------------------------------------------

// What of a route a list of addresses is asked about.
enum class Subject : std::uint8_t { Address, NextHop, RouteSource };

struct MatchPrefixList {  // match ip|ipv6 SUBJECT prefix-list NAME; never matches the other family
  wire::Family family = wire::Family::Ipv4Unicast;
  std::string name;
  Subject subject = Subject::Address;
  bool operator==(const MatchPrefixList&) const = default;
};
struct MatchAccessList {  // match ip|ipv6 SUBJECT NAME
  wire::Family family = wire::Family::Ipv4Unicast;
  std::string name;
  Subject subject = Subject::Address;
  bool operator==(const MatchAccessList&) const = default;
};
struct MatchPrefixLength {  // match ip|ipv6 address prefix-len N
  wire::Family family = wire::Family::Ipv4Unicast;
  std::uint8_t length = 0;
  bool operator==(const MatchPrefixLength&) const = default;
};
struct MatchNextHop {  // match ip|ipv6 next-hop address A; the global or the link-local one
  wire::IpAddress address;
  bool operator==(const MatchNextHop&) const = default;
};
struct MatchBlackhole {  // match ip|ipv6 next-hop type blackhole: there is no next hop
  wire::Family family = wire::Family::Ipv4Unicast;
  bool operator==(const MatchBlackhole&) const = default;
};
struct MatchAsPath {
  std::string name;
  bool operator==(const MatchAsPath&) const = default;
};
struct MatchCommunity {  // match community NAME [exact-match|any]
  std::string name;
  bool exact = false;
  bool any = false;  // one of the route's communities is enough
  bool operator==(const MatchCommunity&) const = default;
};
struct MatchLargeCommunity {
  std::string name;
  bool exact = false;
  bool any = false;
  bool operator==(const MatchLargeCommunity&) const = default;
};
struct MatchExtCommunity {
  std::string name;
  bool exact = false;
  bool any = false;
  bool operator==(const MatchExtCommunity&) const = default;
};
struct MatchAlias {  // match alias NAME: a community, or a large one, that is called so
  std::string name;
  bool operator==(const MatchAlias&) const = default;
};
struct MatchMetric {
  std::uint32_t value = 0;
  bool operator==(const MatchMetric&) const = default;
};
struct MatchLocalPreference {
  std::uint32_t value = 0;
  bool operator==(const MatchLocalPreference&) const = default;
};
struct MatchOrigin {
  wire::Origin origin = wire::Origin::Igp;
  bool operator==(const MatchOrigin&) const = default;
};
struct MatchPeer {                         // match peer ADDRESS | local | NAME
  std::optional<wire::IpAddress> address;  // none, and no name: a local route
  std::string name{};                      // the peer's interface, or the group that it is in
  bool operator==(const MatchPeer&) const = default;
};
struct MatchInterface {  // match interface NAME: the route's next hop is there
  std::string name;
  bool operator==(const MatchInterface&) const = default;
};
struct MatchTag {
  std::uint32_t value = 0;
  bool operator==(const MatchTag&) const = default;
};
using Match =
    std::variant<MatchPrefixList, MatchCommunity, MatchLargeCommunity, MatchMetric, MatchLocalPreference,
                 MatchOrigin, MatchPeer, MatchAccessList, MatchPrefixLength, MatchNextHop, MatchBlackhole,
                 MatchAsPath, MatchExtCommunity, MatchAlias, MatchInterface, MatchTag>;

// How a number changes another: N | +N | -N. Results stay within 32 bits.
enum class Adjust : std::uint8_t { Assign, Add, Subtract };

struct SetCommunity {             // set community C… [additive] | none
  wire::Communities communities;  // empty: none
  bool additive = false;
  bool operator==(const SetCommunity&) const = default;
};
struct SetLargeCommunity {
  wire::LargeCommunities communities;
  bool additive = false;
  bool operator==(const SetLargeCommunity&) const = default;
};
struct SetExtCommunity {             // set extcommunity rt|soo … | none
  wire::ExtCommunities communities;  // empty: none
  bool operator==(const SetExtCommunity&) const = default;
};
struct SetBandwidth {  // set extcommunity bandwidth N [non-transitive], with our AS in it
  std::uint32_t megabits = 0;
  bool non_transitive = false;
  bool operator==(const SetBandwidth&) const = default;
};
// set comm-list NAME delete: every community that the list permits by itself
struct DeleteCommunities {
  std::string name;
  bool operator==(const DeleteCommunities&) const = default;
};
struct DeleteLargeCommunities {  // set large-comm-list NAME delete
  std::string name;
  bool operator==(const DeleteLargeCommunities&) const = default;
};
struct DeleteExtCommunities {  // set extended-comm-list NAME delete
  std::string name;
  bool operator==(const DeleteExtCommunities&) const = default;
};
struct SetLocalPreference {
  std::uint32_t value = 0;
  Adjust kind = Adjust::Assign;
  bool operator==(const SetLocalPreference&) const = default;
};
struct SetMetric {
  using Kind = Adjust;
  Kind kind = Kind::Assign;
  std::uint32_t value = 0;
  bool operator==(const SetMetric&) const = default;
};
struct SetOrigin {
  wire::Origin origin = wire::Origin::Igp;
  bool operator==(const SetOrigin&) const = default;
};
struct SetAsPathPrepend {                  // set as-path prepend N… | last-as TIMES
  std::vector<wire::AsNumber> as_numbers;  // in the order written
  std::uint8_t last_as = 0;                // instead: how often to put the first AS again
  bool operator==(const SetAsPathPrepend&) const = default;
};
struct SetAsPathExclude {                  // set as-path exclude N… | all
  std::vector<wire::AsNumber> as_numbers;  // empty: all
  bool operator==(const SetAsPathExclude&) const = default;
};
struct SetWeight {
  std::uint32_t value = 0;
  bool operator==(const SetWeight&) const = default;
};
struct SetNextHop {  // set ip next-hop A | set ipv6 next-hop global A; touches routes of that family only
  enum class Kind : std::uint8_t {
    Address,
    Peer,       // peer-address: the peer that sent it; towards a peer, ourselves
    Unchanged,  // whoever gets it, it keeps the one that it has
    LinkLocal,  // ipv6 next-hop local A: besides the global one
  };
  wire::IpAddress address;  // Peer, Unchanged: the family's zero
  Kind kind = Kind::Address;
  bool operator==(const SetNextHop&) const = default;
};
struct SetTag {
  std::uint32_t value = 0;
  bool operator==(const SetTag&) const = default;
};
struct SetAigp {                       // set aigp-metric N | igp-metric
  std::optional<std::uint32_t> value;  // none: our distance to the next hop
  bool operator==(const SetAigp&) const = default;
};
struct SetAggregator {
  wire::Aggregator aggregator;
  bool operator==(const SetAggregator&) const = default;
};
struct SetAtomicAggregate {
  bool operator==(const SetAtomicAggregate&) const = default;
};
struct SetOriginatorId {
  wire::RouterId id;
  bool operator==(const SetOriginatorId&) const = default;
};
using Set = std::variant<SetCommunity, SetLargeCommunity, SetExtCommunity, SetLocalPreference, SetMetric,
                         SetOrigin, SetAsPathPrepend, SetWeight, SetNextHop, SetBandwidth, DeleteCommunities,
                         DeleteLargeCommunities, DeleteExtCommunities, SetAsPathExclude, SetTag, SetAigp,
                         SetAggregator, SetAtomicAggregate, SetOriginatorId>;

struct RouteMapEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  std::string description;
  std::vector<Match> matches;  // all must hold
  std::vector<Set> sets;       // applied in this order on permit
  std::string call{};          // a route map that has to permit it as well; empty, or not defined: none
  // `on-match next|goto`: what to go on with, at the least. None: the search ends here.
  std::optional<std::uint32_t> on_match{};
  bool operator==(const RouteMapEntry&) const = default;
};
using RouteMap = std::map<std::uint32_t, RouteMapEntry>;  // by seq; none that matches means deny

// `bgp community alias`.
struct CommunityAliases {
  std::map<wire::Community, std::string> communities;
  std::map<wire::LargeCommunity, std::string> large_communities;
  bool operator==(const CommunityAliases&) const = default;
};

// Every named list of a configuration. As in FRR, a filter or route map that a neighbor names and that does
// not exist denies everything; a list that a clause names and that does not exist matches nothing.
struct Policies {
  wire::PerFamily<std::map<std::string, PrefixList>> prefix_lists;
  std::map<std::string, CommunityList> community_lists;
  std::map<std::string, LargeCommunityList> large_community_lists;
  std::map<std::string, RouteMap> route_maps;
  wire::PerFamily<std::map<std::string, AccessList>> access_lists;
  std::map<std::string, AsPathList> as_path_lists;
  std::map<std::string, ExtCommunityList> ext_community_lists;
  CommunityAliases aliases;
  wire::AsNumber local_as;  // what `bandwidth` puts in
  bool operator==(const Policies&) const = default;
};

// Makes looking up in prefix and access lists independent of their length, access lists with a wildcard
// excepted. Whoever changes entries afterwards has to index again.
void index(Policies& policies);

// The list or map that something names.
enum class ListKind : std::uint8_t {
  Ipv4Prefixes,
  Ipv6Prefixes,
  Ipv4Addresses,
  Ipv6Addresses,
  AsPaths,
  Communities,
  LargeCommunities,
  ExtCommunities,
  RouteMaps,
};
struct ListName {
  ListKind kind = ListKind::RouteMaps;
  std::string name;
  auto operator<=>(const ListName&) const = default;
};
[[nodiscard]] std::optional<ListName> list_of(const Match& match);
[[nodiscard]] std::optional<ListName> list_of(const Set& set);
// All that an entry names, what it calls among them.
[[nodiscard]] std::vector<ListName> lists_of(const RouteMapEntry& entry);
// `all`: Policies, or whatever else has lists by the same names.
template <typename Lists>
[[nodiscard]] bool exists(const Lists& all, const ListName& list) {
  switch (list.kind) {
    case ListKind::Ipv4Prefixes:
      return all.prefix_lists[wire::Family::Ipv4Unicast].contains(list.name);
    case ListKind::Ipv6Prefixes:
      return all.prefix_lists[wire::Family::Ipv6Unicast].contains(list.name);
    case ListKind::Ipv4Addresses:
      return all.access_lists[wire::Family::Ipv4Unicast].contains(list.name);
    case ListKind::Ipv6Addresses:
      return all.access_lists[wire::Family::Ipv6Unicast].contains(list.name);
    case ListKind::AsPaths:
      return all.as_path_lists.contains(list.name);
    case ListKind::Communities:
      return all.community_lists.contains(list.name);
    case ListKind::LargeCommunities:
      return all.large_community_lists.contains(list.name);
    case ListKind::ExtCommunities:
      return all.ext_community_lists.contains(list.name);
    case ListKind::RouteMaps:
      return all.route_maps.contains(list.name);
  }
  return false;
}
[[nodiscard]] ListKind prefix_list_kind(wire::Family family);
[[nodiscard]] ListKind access_list_kind(wire::Family family);
// As in the language: "ip prefix-list", "bgp as-path access-list", "route-map".
[[nodiscard]] std::string_view to_string(ListKind kind);

}  // namespace lbgp::rib
