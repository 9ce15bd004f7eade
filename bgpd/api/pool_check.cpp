// SPDX-License-Identifier: Apache-2.0
// Walks the prefixes of a request over the pools.
#include "bgpd/api/pool_check.hpp"

#include <algorithm>

namespace lbgp::daemon::api {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Error not_allowed(const wire::Prefix& prefix, std::string reason) {
  return {.code = ErrorCode::NotAllowed,
          .reason = std::move(reason),
          .prefix = to_string(prefix),
          .member = {},
          .offset = std::nullopt};
}

// The prefixes of one group that one pool holds, in order.
struct Share {
  const rib::VipPool* pool = nullptr;
  std::vector<wire::Prefix> prefixes;
};

Share& share_of(std::vector<Share>& shares, const rib::VipPool* pool) {
  const auto found =
      std::find_if(shares.begin(), shares.end(), [&](const Share& s) { return s.pool == pool; });
  return found != shares.end() ? *found : shares.emplace_back(Share{pool, {}});
}

Result<std::vector<Share>> divide(std::span<const rib::VipPool> pools, const ClientIdentity& client,
                                  const std::vector<wire::Prefix>& prefixes) {
  std::vector<Share> shares;
  Share* last = nullptr;
  for (const wire::Prefix& prefix : prefixes) {
    const rib::VipPool* pool = rib::find_pool(pools, prefix);
    if (pool == nullptr) return not_allowed(prefix, "no vip-pool holds it");
    if (last == nullptr || last->pool != pool) {
      if (!allows(*pool, client))
        return not_allowed(prefix, "vip-pool " + pool->name + " does not allow user " + client.user);
      last = &share_of(shares, pool);
    }
    last->prefixes.push_back(prefix);
  }
  return shares;
}

RouteGroup with_pool(RouteGroup group, const rib::VipPool& pool) {
  for (const wire::Community& community : pool.communities) group.attributes.communities.insert(community);
  for (const wire::LargeCommunity& community : pool.large_communities)
    group.attributes.large_communities.insert(community);
  return group;
}

}  // namespace

bool allows(const rib::VipPool& pool, const ClientIdentity& client) {
  if (pool.allow_groups.empty() && pool.allow_users.empty()) return true;
  if (contains(pool.allow_users, client.user)) return true;
  return std::any_of(client.groups.begin(), client.groups.end(),
                     [&](const std::string& group) { return contains(pool.allow_groups, group); });
}

Result<std::vector<RouteGroup>> apply_pools(std::span<const rib::VipPool> pools, const ClientIdentity& client,
                                            std::vector<RouteGroup> groups) {
  if (pools.empty()) return groups;
  std::vector<RouteGroup> result;
  for (RouteGroup& group : groups) {
    auto shares = divide(pools, client, group.prefixes);
    if (shares.has_error()) return std::move(shares).error();
    group.prefixes.clear();
    for (Share& share : *shares) {
      result.push_back(with_pool(group, *share.pool));
      result.back().prefixes = std::move(share.prefixes);
    }
  }
  return result;
}

}  // namespace lbgp::daemon::api
