// SPDX-License-Identifier: Apache-2.0
// Routing policy as data: prefix lists, community lists, AS path lists, route maps. `conf` fills these;
// policy_eval.hpp runs them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "wire/as_path.hpp"
#include "wire/community.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::rib {

enum class Permit : std::uint8_t { Permit, Deny };

// `ip prefix-list NAME seq N permit P [ge G] [le L]`. "any" is 0.0.0.0/0 le 32 or ::/0 le 128.
struct PrefixListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  wire::Prefix prefix;
  std::optional<std::uint8_t> ge;
  std::optional<std::uint8_t> le;
  bool operator==(const PrefixListEntry&) const = default;
};
struct PrefixList {
  std::string description;
  std::map<std::uint32_t, PrefixListEntry> entries;  // by seq; first match decides, none means deny
  bool operator==(const PrefixList&) const = default;
};

// `bgp community-list standard NAME seq N permit C…`: matches a route that has all of an entry's members.
struct CommunityListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  wire::Communities communities;
  bool operator==(const CommunityListEntry&) const = default;
};
using CommunityList = std::map<std::uint32_t, CommunityListEntry>;

struct LargeCommunityListEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  wire::LargeCommunities communities;
  bool operator==(const LargeCommunityListEntry&) const = default;
};
using LargeCommunityList = std::map<std::uint32_t, LargeCommunityListEntry>;

// --- route map clauses ------------------------------------------------------------------------------------

struct MatchPrefixList {  // match ip|ipv6 address prefix-list NAME; never matches the other family
  wire::Family family = wire::Family::Ipv4Unicast;
  std::string name;
  bool operator==(const MatchPrefixList&) const = default;
};
struct MatchCommunity {  // match community NAME [exact-match]
  std::string name;
  bool exact = false;
  bool operator==(const MatchCommunity&) const = default;
};
struct MatchLargeCommunity {
  std::string name;
  bool exact = false;
  bool operator==(const MatchLargeCommunity&) const = default;
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
struct MatchPeer {                         // match peer ADDRESS | local
  std::optional<wire::IpAddress> address;  // none: a local route
  bool operator==(const MatchPeer&) const = default;
};
using Match = std::variant<MatchPrefixList, MatchCommunity, MatchLargeCommunity, MatchMetric,
                           MatchLocalPreference, MatchOrigin, MatchPeer>;

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
struct SetExtCommunity {  // set extcommunity rt|soo …
  wire::ExtCommunities communities;
  bool operator==(const SetExtCommunity&) const = default;
};
struct SetLocalPreference {
  std::uint32_t value = 0;
  bool operator==(const SetLocalPreference&) const = default;
};
struct SetMetric {  // set metric N | +N | -N
  enum class Kind : std::uint8_t { Assign, Add, Subtract };
  Kind kind = Kind::Assign;
  std::uint32_t value = 0;
  bool operator==(const SetMetric&) const = default;
};
struct SetOrigin {
  wire::Origin origin = wire::Origin::Igp;
  bool operator==(const SetOrigin&) const = default;
};
struct SetAsPathPrepend {
  std::vector<wire::AsNumber> as_numbers;  // in the order written
  bool operator==(const SetAsPathPrepend&) const = default;
};
struct SetWeight {
  std::uint32_t value = 0;
  bool operator==(const SetWeight&) const = default;
};
struct SetNextHop {  // set ip next-hop A | set ipv6 next-hop global A; touches routes of that family only
  wire::IpAddress address;
  bool operator==(const SetNextHop&) const = default;
};
using Set = std::variant<SetCommunity, SetLargeCommunity, SetExtCommunity, SetLocalPreference, SetMetric,
                         SetOrigin, SetAsPathPrepend, SetWeight, SetNextHop>;

struct RouteMapEntry {
  std::uint32_t seq = 0;
  Permit action = Permit::Permit;
  std::string description;
  std::vector<Match> matches;  // all must hold
  std::vector<Set> sets;       // applied in this order on permit
  bool operator==(const RouteMapEntry&) const = default;
};
using RouteMap = std::map<std::uint32_t, RouteMapEntry>;  // by seq; first match decides, none means deny

// Every named list of a configuration. A list or route map that is named and does not exist denies everything, as
// in FRR.
struct Policies {
  wire::PerFamily<std::map<std::string, PrefixList>> prefix_lists;
  std::map<std::string, CommunityList> community_lists;
  std::map<std::string, LargeCommunityList> large_community_lists;
  std::map<std::string, RouteMap> route_maps;
  bool operator==(const Policies&) const = default;
};

}  // namespace lbgp::rib
