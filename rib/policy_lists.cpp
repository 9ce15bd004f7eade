// SPDX-License-Identifier: Apache-2.0
// FRR's meaning of every kind of list.
#include "rib/policy_lists.hpp"

#include <algorithm>
#include <optional>

#include "rib/overloaded.hpp"

namespace lbgp::rib {

namespace {

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

// The first entry that speaks of this one community.
template <typename List, typename Community>
auto find_member(const List& list, const Community& community, std::size_t& effort) {
  return find_first(list, effort, [&](const auto& entry) {
    if (entry.expression) return entry.expression.matches(wire::to_string(community));
    return is_anything(entry.communities) || entry.communities.contains(community);
  });
}

}  // namespace

const PrefixListEntry* find_match(const PrefixList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return find_prefix(list, prefix, effort);
}

const AccessListEntry* find_match(const AccessList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return find_prefix(list, prefix, effort);
}

const AsPathListEntry* find_match(const AsPathList& list, const wire::AsPath& path, std::size_t& effort) {
  const std::string text = wire::to_string(path);
  return find_first(list, effort,
                    [&](const AsPathListEntry& e) { return reads(e.expression, text, effort); });
}

// A list that is only described filters nothing, as in FRR.
std::optional<bool> permits_all(const PrefixList& list) {
  if (list.entries.empty()) return true;
  const PrefixListEntry& first = list.entries.begin()->second;
  const Lengths lengths = lengths_of(first);
  const bool is_any =
      first.prefix.length() == 0 && lengths.low == 0 && lengths.high >= first.prefix.address().bits();
  return is_any ? std::optional(first.action == Permit::Permit) : std::nullopt;
}

bool permits(const PrefixList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return list.entries.empty() || permits_by(find_match(list, prefix, effort));
}

bool permits(const AccessList& list, const wire::Prefix& prefix, std::size_t& effort) {
  return permits_by(find_match(list, prefix, effort));
}

bool permits(const AsPathList& list, const wire::AsPath& path, std::size_t& effort) {
  return permits_by(find_match(list, path, effort));
}

template <typename List, typename Communities>
bool matches(const List& list, const Communities& communities, bool exact, std::size_t& effort) {
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

template <typename List, typename Communities>
bool matches_any(const List& list, const Communities& communities, std::size_t& effort) {
  for (const auto& community : communities)
    if (const auto* entry = find_member(list, community, effort)) return permits_by(entry);
  return false;
}

template <typename List, typename Communities>
void erase_permitted(const List& list, Communities& communities, std::size_t& effort) {
  communities.erase_if([&](const auto& each) { return permits_by(find_member(list, each, effort)); });
}

bool matches(const CommunityList& list, const wire::Communities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches(list, communities, exact, ignored);
}

bool matches(const LargeCommunityList& list, const wire::LargeCommunities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches(list, communities, exact, ignored);
}

bool matches(const ExtCommunityList& list, const wire::ExtCommunities& communities, bool exact) {
  std::size_t ignored = 0;
  return matches(list, communities, exact, ignored);
}

template bool matches(const CommunityList&, const wire::Communities&, bool, std::size_t&);
template bool matches_any(const CommunityList&, const wire::Communities&, std::size_t&);
template void erase_permitted(const CommunityList&, wire::Communities&, std::size_t&);
template bool matches(const LargeCommunityList&, const wire::LargeCommunities&, bool, std::size_t&);
template bool matches_any(const LargeCommunityList&, const wire::LargeCommunities&, std::size_t&);
template void erase_permitted(const LargeCommunityList&, wire::LargeCommunities&, std::size_t&);
template bool matches(const ExtCommunityList&, const wire::ExtCommunities&, bool, std::size_t&);
template bool matches_any(const ExtCommunityList&, const wire::ExtCommunities&, std::size_t&);
template void erase_permitted(const ExtCommunityList&, wire::ExtCommunities&, std::size_t&);

}  // namespace lbgp::rib
