// SPDX-License-Identifier: Apache-2.0
// FRR's meaning of every `set`.
#include <algorithm>
#include <bit>
#include <limits>

#include "rib/overloaded.hpp"
#include "rib/policy_clauses.hpp"
#include "rib/policy_lists.hpp"
#include "wire/attribute.hpp"

namespace lbgp::rib {

namespace {

template <typename Set>
void set_communities(Set& target, const Set& wanted, bool additive) {
  if (!additive) {
    target = wanted;
    return;
  }
  for (const auto& community : wanted) target.insert(community);
}

template <typename Lists, typename Communities>
void delete_communities(const Lists& lists, const std::string& name, Communities& communities,
                        std::size_t& effort) {
  if (const auto* list = find_list(lists, name)) erase_permitted(*list, communities, effort);
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

void mark_attached(bool before, bool now, std::uint8_t code, wire::PartialSet& partial) {
  if (!now)
    partial.erase(code);
  else if (!before)
    partial.insert(code);
}

}  // namespace

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
                   const bool begins_anew = route.drops_med && !effects.med_set;
                   a.med = adjusted(s.kind, s.value, begins_anew ? 0 : a.med.value_or(0));
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

void mark_attached(const wire::PathAttributes& before, wire::PathAttributes& now) {
  namespace code = wire::attribute_code;
  const auto mark = [&](bool was, bool is, std::uint8_t of) { mark_attached(was, is, of, now.partial); };
  mark(!before.communities.empty(), !now.communities.empty(), code::kCommunities);
  mark(!before.ext_communities.empty(), !now.ext_communities.empty(), code::kExtendedCommunities);
  mark(!before.large_communities.empty(), !now.large_communities.empty(), code::kLargeCommunities);
  mark(before.aggregator.has_value(), now.aggregator.has_value(), code::kAggregator);
}

}  // namespace lbgp::rib
