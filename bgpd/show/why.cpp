// SPDX-License-Identifier: Apache-2.0
// Everything that is known of why a prefix is where it is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bgpd/daemon.hpp"
#include "bgpd/show/neighbors.hpp"
#include "bgpd/show/source.hpp"
#include "rib/policy_eval.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon {

namespace {

constexpr std::size_t kMostBelow = 5;

std::string allowed(const rib::VipPool& pool) {
  std::vector<std::string> who;
  for (const std::string& group : pool.allow_groups) who.push_back("group " + group);
  for (const std::string& user : pool.allow_users) who.push_back("user " + user);
  return who.empty() ? "everybody" : fmt::format("{}", fmt::join(who, ", "));
}

std::string state_words(const cli::NeighborData& data) {
  if (data.config->session.shutdown) return "Idle (Admin)";
  if (data.over_maximum_prefix) return "Idle (PfxCt)";
  return std::string(fsm::to_string(data.state));
}

cli::WhyNeighbor why_neighbor(const cli::NeighborData& data, wire::Family family) {
  cli::WhyNeighbor each;
  each.name = data.config->name;
  if (data.negotiated != nullptr)
    if (const auto* fqdn = data.negotiated->received.find<wire::FqdnCapability>())
      each.hostname = fqdn->hostname;
  each.established = data.state == fsm::State::Established;
  each.state = state_words(data);
  if (!each.established) each.down = data.last_reset.detail;
  each.ibgp = data.ibgp;
  each.activated = data.config->session.families.contains(family);
  each.keeps_received = data.config->routes.families[family].keeps_raw();
  each.policy_missing = data.families[family].counters.policy_missing_in;
  if (data.endpoints) each.local_address = data.endpoints->local_address;
  each.unacknowledged = data.unacknowledged;
  return each;
}

// What the pool asks of labels, unless a client's route is there that meets it.
std::string condition(const rib::Rib& rib, const rib::VipPool& pool, const wire::Prefix& prefix) {
  std::string words;
  for (const rib::LabelSelector& selector : pool.selectors)
    words += (words.empty() ? "" : "; ") + api::words(selector);
  static_cast<void>(rib.find(prefix, [&](const rib::RouteView& route) {
    for (const rib::PathView& path : route.paths) {
      if (path.labels == nullptr) continue;
      const rib::LabelSelector* refused = pool.refuses(*path.labels);
      words = refused == nullptr ? "" : api::words(*refused);
    }
  }));
  return words;
}

// `network` and `aggregate-address` statements for this prefix.
std::vector<std::string> configured(const conf::Compiled& compiled, const wire::Prefix& prefix,
                                    bool in_table) {
  std::vector<std::string> notes;
  const wire::Family family = prefix.family();
  for (const rib::Network& network : compiled.global.networks[family]) {
    if (network.prefix != prefix || network.route_map.empty()) continue;
    const rib::Policy policy(compiled.policies, family, "", network.route_map);
    rib::RouteAttributes attributes;
    attributes.path.origin = wire::Origin::Igp;
    const rib::PolicyVerdict verdict = explain(policy, {prefix, std::nullopt}, attributes);
    notes.push_back(
        fmt::format("'network {}' has the route map of its own: {}", prefix, cli::steps_text(verdict.steps)));
  }
  for (const rib::Aggregate& aggregate : compiled.global.aggregates[family])
    if (aggregate.prefix == prefix && !in_table)
      notes.push_back(fmt::format("'aggregate-address {}' waits for a route below it", prefix));
  return notes;
}

}  // namespace

cli::WhyData ShowSource::why(const wire::Prefix& prefix) {
  const conf::Compiled& compiled = daemon_.configuration().compiled;
  const rib::Rib& rib = daemon_.rib();
  cli::WhyData data;
  data.prefix = prefix;
  data.pools_exist = !compiled.pools.empty();
  const rib::VipPools pools(compiled.pools);
  if (const rib::VipPool* pool = pools.find(prefix))
    data.pool = cli::WhyPool{pool->name, allowed(*pool), condition(rib, *pool, prefix)};
  data.lost_by = rib.lost_by(prefix);
  data.notes = configured(compiled, prefix, !data.lost_by.empty());
  for (const auto& [key, link] : daemon_.neighbors().links()) {
    const rib::PeerId id = link->peering().rib_id();
    cli::WhyNeighbor each = why_neighbor(show::neighbor(*link, rib), prefix.family());
    each.exported = rib.explain_export(id, prefix);
    each.received = rib.explain_inbound(id, prefix);
    data.peer_names.emplace_back(id.value, each.name);
    data.neighbors.push_back(std::move(each));
  }
  for (unsigned length = prefix.length(); length-- > 0 && !data.covered_by;)
    rib.find(wire::Prefix(prefix.address(), length),
             [&](const rib::RouteView& route) { data.covered_by = route.prefix; });
  data.more_specific = rib.more_specific(prefix, kMostBelow);
  return data;
}

}  // namespace lbgp::daemon
