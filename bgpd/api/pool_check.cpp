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

std::optional<Error> check_pool(const rib::VipPool* pool, const ClientIdentity& client,
                                const rib::Labels& labels, const wire::Prefix& prefix) {
  if (pool == nullptr) return not_allowed(prefix, "no vip-pool holds it");
  if (!allows(*pool, client))
    return not_allowed(prefix, "vip-pool " + pool->name + " does not allow user " + client.user);
  if (const rib::LabelSelector* selector = pool->refuses(labels))
    return not_allowed(prefix, "vip-pool " + pool->name + ": " + words(*selector));
  return std::nullopt;
}

}  // namespace

std::string words(const rib::LabelSelector& selector) {
  using Operator = rib::LabelSelector::Operator;
  std::string values;
  for (const std::string& value : selector.values) values += (values.empty() ? "" : ", ") + value;
  switch (selector.op) {
    case Operator::In:
      return "label " + selector.key + " has to be one of: " + values;
    case Operator::NotIn:
      return "label " + selector.key + " must not be one of: " + values;
    case Operator::Exists:
      return "label " + selector.key + " is missing";
    case Operator::DoesNotExist:
      return "label " + selector.key + " must not be there";
  }
  return "";
}

bool allows(const rib::VipPool& pool, const ClientIdentity& client) {
  if (pool.allow_groups.empty() && pool.allow_users.empty()) return true;
  if (contains(pool.allow_users, client.user)) return true;
  return std::any_of(client.groups.begin(), client.groups.end(),
                     [&](const std::string& group) { return contains(pool.allow_groups, group); });
}

std::optional<Error> check_pools(const rib::VipPools& pools, const ClientIdentity& client,
                                 const std::vector<RouteGroup>& groups) {
  if (pools.empty()) return std::nullopt;
  for (const RouteGroup& group : groups) {
    const rib::VipPool* allowed = nullptr;  // the last one that has been looked at: mostly the next one too
    for (const wire::Prefix& prefix : group.prefixes) {
      const rib::VipPool* pool = pools.find(prefix);
      if (pool != nullptr && pool == allowed) continue;
      if (auto error = check_pool(pool, client, group.labels, prefix)) return error;
      allowed = pool;
    }
  }
  return std::nullopt;
}

}  // namespace lbgp::daemon::api
