// SPDX-License-Identifier: Apache-2.0
// A filter over prefix, owner and labels.
#include "bgpd/api/list_filter.hpp"

#include <algorithm>

namespace lbgp::daemon::api {

ListFilter::ListFilter(List list) : list_(std::move(list)) {
  if (!list_.prefixes) return;
  std::vector<wire::Prefix>& prefixes = *list_.prefixes;
  std::sort(prefixes.begin(), prefixes.end());
  // In this order what lies inside a prefix follows it.
  std::size_t kept = 0;
  for (std::size_t i = 0; i < prefixes.size(); ++i)
    if (kept == 0 || !prefixes[kept - 1].contains(prefixes[i])) prefixes[kept++] = prefixes[i];
  prefixes.resize(kept);
}

bool ListFilter::wants_prefix(const wire::Prefix& prefix) const {
  if (!list_.prefixes) return true;
  const auto after = std::upper_bound(list_.prefixes->begin(), list_.prefixes->end(), prefix);
  return after != list_.prefixes->begin() && std::prev(after)->contains(prefix);
}

bool ListFilter::wants(std::string_view owner, const rib::LocalRoute& route) const {
  if (!list_.owner.empty() && owner != list_.owner) return false;
  if (!wants_prefix(route.prefix)) return false;
  return std::all_of(list_.labels.begin(), list_.labels.end(), [&](const auto& wanted) {
    const auto found = route.labels.find(wanted.first);
    return found != route.labels.end() && found->second == wanted.second;
  });
}

}  // namespace lbgp::daemon::api
