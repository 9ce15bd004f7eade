// SPDX-License-Identifier: Apache-2.0
// Lists at work: which of their entries speaks of a prefix, an AS path or a set of communities. `effort`
// grows by what it costs (PolicyContext::effort).
#pragma once

#include <cstddef>
#include <string>

#include "rib/policy.hpp"

namespace lbgp::rib {

// The first entry that matches; nullptr: none does.
[[nodiscard]] const PrefixListEntry* find_match(const PrefixList& list, const wire::Prefix& prefix,
                                                std::size_t& effort);
[[nodiscard]] const AccessListEntry* find_match(const AccessList& list, const wire::Prefix& prefix,
                                                std::size_t& effort);
[[nodiscard]] const AsPathListEntry* find_match(const AsPathList& list, const wire::AsPath& path,
                                                std::size_t& effort);

// What a list says of every prefix of its family, if it is always the same.
[[nodiscard]] std::optional<bool> permits_all(const PrefixList& list);
[[nodiscard]] bool permits(const PrefixList& list, const wire::Prefix& prefix, std::size_t& effort);
[[nodiscard]] bool permits(const AccessList& list, const wire::Prefix& prefix, std::size_t& effort);
[[nodiscard]] bool permits(const AsPathList& list, const wire::AsPath& path, std::size_t& effort);

// A list of communities of one kind, and a set of them. The templates are there for all three kinds.
// The list's first matching entry decides; `exact`: the route has nothing else.
template <typename List, typename Communities>
[[nodiscard]] bool matches(const List& list, const Communities& communities, bool exact, std::size_t& effort);
// The first community that any entry speaks of decides.
template <typename List, typename Communities>
[[nodiscard]] bool matches_any(const List& list, const Communities& communities, std::size_t& effort);
// Takes out the communities that the list permits, each looked at alone.
template <typename List, typename Communities>
void erase_permitted(const List& list, Communities& communities, std::size_t& effort);

// The same for whoever does not count.
template <typename List, typename Value>
[[nodiscard]] auto find_match(const List& list, const Value& value) {
  std::size_t ignored = 0;
  return find_match(list, value, ignored);
}
template <typename List, typename Value>
[[nodiscard]] bool permits(const List& list, const Value& value) {
  std::size_t ignored = 0;
  return permits(list, value, ignored);
}
[[nodiscard]] bool matches(const CommunityList& list, const wire::Communities& communities, bool exact);
[[nodiscard]] bool matches(const LargeCommunityList& list, const wire::LargeCommunities& communities,
                           bool exact);
[[nodiscard]] bool matches(const ExtCommunityList& list, const wire::ExtCommunities& communities, bool exact);

// nullptr: there is none of that name.
template <typename Lists>
[[nodiscard]] const auto* find_list(const Lists& lists, const std::string& name) {
  const auto found = lists.find(name);
  return found != lists.end() ? &found->second : nullptr;
}

}  // namespace lbgp::rib
