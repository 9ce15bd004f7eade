// SPDX-License-Identifier: Apache-2.0
// Routes that follow from other routes: aggregates, and default routes for neighbors that are to have one.
#include <algorithm>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

constexpr std::string_view kAggregateOwner = "aggregate";

// As in FRR a metric stands in both.
wire::PathAttributes made_attributes(wire::Origin origin) {
  wire::PathAttributes attributes;
  attributes.origin = origin;
  attributes.med = 0;
  return attributes;
}

// RFC 4271 §5.1.6, §5.1.7. The AS_PATH is empty, without an AS_SET (RFC 9774), so something is left out.
wire::PathAttributes aggregate_attributes(const GlobalSettings& settings, wire::Origin origin) {
  wire::PathAttributes attributes = made_attributes(origin);
  attributes.atomic_aggregate = true;
  attributes.aggregator = {settings.local_as, settings.router_id};
  return attributes;
}

wire::PathAttributes default_attributes() {
  return made_attributes(wire::Origin::Igp);
}

}  // namespace

void Rib::State::configure_aggregates(const GlobalSettings& before) {
  for (const wire::Family family : wire::kFamilies) {
    Table& in = table(family);
    if (settings.aggregates[family] == before.aggregates[family]) {
      if (!in.aggregates) continue;
      // Their route maps may read differently, and our identifier stands in them.
      in.aggregates->changed = true;
      for (Aggregates::Entry& entry : in.aggregates->entries()) entry.changed = true;
      continue;
    }
    if (aggregate_owner == Owners::kNobody) aggregate_owner = owners.acquire(kAggregateOwner);
    if (!in.aggregates) in.aggregates = std::make_unique<Aggregates>();
    // What was hidden is told before the aggregate is taken back, which is when routes have been counted.
    if (in.aggregates->configure(settings.aggregates[family])) export_everything(family);
    start({Job::Kind::Count, family, 0, nullptr, 0});
  }
}

void Rib::State::configure_conditions() {
  for (const wire::Family family : wire::kFamilies)
    for (auto& [route_map, condition] : table(family).conditions) {
      auto map = this->route_map(family, route_map);
      if (map == condition.map()) continue;
      condition.configure(std::move(map));
      start({Job::Kind::Count, family, 0, nullptr, 0});
    }
}

void Rib::State::condition_wanted(wire::Family family, const std::string& route_map) {
  auto& conditions = table(family).conditions;
  if (route_map.empty() || conditions.contains(route_map)) return;
  conditions[route_map].configure(this->route_map(family, route_map));
  start({Job::Kind::Count, family, 0, nullptr, 0});
}

void Rib::State::recount(wire::Family family, RouteId route) {
  Table& in = table(family);
  const bool usable = in.has_usable(route);
  const Path path = in.paths.get(in.head(route));
  const wire::Prefix prefix = in.prefixes.prefix(route);
  if (in.aggregates) {
    // An aggregate is not made of aggregates.
    std::optional<Aggregates::Contribution> contribution;
    if (usable && !is_aggregate(path)) {
      const DecisionKey key = store.key(path.attributes);
      contribution = {static_cast<wire::Origin>(key.origin), key.med};
    }
    in.aggregates->contribute(route, prefix, contribution);
  }
  for (auto& [name, condition] : in.conditions) {
    std::optional<std::uint32_t> entry;
    if (usable)
      entry = condition.map()->permitted_by(context_of(prefix, path.is_local() ? kNoPeer : path.source()),
                                            store.load(path.attributes));
    condition.judge(route, entry);
  }
}

void Rib::State::end_of_count(wire::Family family) {
  Table& in = table(family);
  for (auto& [name, condition] : in.conditions) condition.counting = false;
  if (in.aggregates) {
    in.aggregates->counting = false;
    for (const wire::Prefix& prefix : std::exchange(in.aggregates->gone, {}))
      withdraw(aggregate_owner, {&prefix, 1});
    if (in.aggregates->entries().empty()) in.aggregates.reset();
  }
  const bool any =
      std::any_of(tables.begin(), tables.end(), [](const Table& each) { return each.aggregates != nullptr; });
  if (!any && aggregate_owner != Owners::kNobody)
    owners.release(std::exchange(aggregate_owner, Owners::kNobody));
  settle();
}

bool Rib::State::is_unsettled(wire::Family family) const {
  const Table& in = table(family);
  return (in.aggregates && in.aggregates->changed && !in.aggregates->counting) ||
         std::any_of(in.conditions.begin(), in.conditions.end(), [](const auto& condition) {
           return condition.second.changed && !condition.second.counting;
         });
}

bool Rib::State::is_unsettled() const {
  return std::any_of(wire::kFamilies.begin(), wire::kFamilies.end(),
                     [&](wire::Family family) { return is_unsettled(family); });
}

// An aggregate that takes a route's place, or leaves it, changes what lies below wider ones: again, until
// there is nothing wider.
void Rib::State::settle() {
  for (const wire::Family family : wire::kFamilies)
    while (is_unsettled(family)) {
      settle_conditions(family);
      settle_aggregates(family);
    }
}

void Rib::State::settle_aggregates(wire::Family family) {
  Table& in = table(family);
  if (!in.aggregates || in.aggregates->counting) return;
  in.aggregates->changed = false;
  bool suppression_changed = false;
  for (Aggregates::Entry& entry : in.aggregates->entries()) {
    if (!std::exchange(entry.changed, false)) continue;
    const Aggregates::Suppression before = entry.suppresses;
    settle_aggregate(family, entry);
    if (entry.suppresses != before) suppression_changed = true;
  }
  if (suppression_changed) export_everything(family);
}

// What a route map denies, or different MEDs forbid, suppresses nothing: those routes would be gone
// altogether.
void Rib::State::settle_aggregate(wire::Family family, Aggregates::Entry& entry) {
  const Aggregate& wanted = entry.settings;
  const auto worst = entry.origin();
  RouteAttributes attributes{
      aggregate_attributes(settings, wanted.origin.value_or(worst.value_or(wire::Origin::Igp))), 0};
  PolicyEffects effects;
  const auto policy = route_map(family, wanted.route_map);
  const bool permitted =
      policy->apply({wanted.prefix, std::nullopt}, attributes, effects) && entry.med_permits();
  entry.suppresses = {wanted.summary_only && permitted, nullptr};
  if (permitted && !wanted.suppress_map.empty())
    entry.suppresses.some = route_map(family, wanted.suppress_map);
  if (worst && permitted)
    announce(aggregate_owner, LocalRoutes{{wanted.prefix}, attributes.path, {}},
             TimePoint{std::chrono::seconds(now_seconds)});
  else
    withdraw(aggregate_owner, {&wanted.prefix, 1});
}

void Rib::State::settle_conditions(wire::Family family) {
  Table& in = table(family);
  for (auto& [route_map, condition] : in.conditions) {
    if (condition.counting || !std::exchange(condition.changed, false)) continue;
    condition.attributes.reset();
    if (const auto entry = condition.first()) {
      PolicyEffects effects;
      condition.attributes = RouteAttributes{default_attributes(), 0};
      condition.map()->set(*entry, in.prefixes.prefix(in.default_route), *condition.attributes, effects);
    }
    for (const auto& group : in.groups)
      if (group->key().default_originate && group->key().default_route_map == route_map)
        export_route(*group, in.default_route);
  }
}

void Rib::State::export_everything(wire::Family family) {
  for (const auto& group : table(family).groups) start({Job::Kind::BuildGroup, family, 0, group.get(), 0});
}

bool Rib::State::is_suppressed(wire::Family family, RouteId route) const {
  const Table& in = table(family);
  if (!in.aggregates) return false;
  if (is_aggregate(in.paths.get(in.head(route)))) return false;
  const wire::Prefix prefix = in.prefixes.prefix(route);
  return in.aggregates->suppressed(prefix, [&](const Policy& some) {
    // As in FRR such a map sees the prefix and no attributes.
    RouteAttributes none{made_attributes(wire::Origin::Igp), 0};
    PolicyEffects ignored;
    return some.apply({prefix, std::nullopt}, none, ignored);
  });
}

// The outbound policy does not see it, as in FRR.
AttrId Rib::State::originate_default(const ExportGroup& group, std::uint32_t id) {
  const ExportKey& key = group.key();
  const Table& in = table(key.family);
  if (key.add_path && in.entries->get(id).path_id != PathEntries::kOwnPath) return kNoAttr;
  std::optional<RouteAttributes> attributes = RouteAttributes{default_attributes(), 0};
  if (!key.default_route_map.empty()) attributes = in.conditions.at(key.default_route_map).attributes;
  if (!attributes) return kNoAttr;
  const PolicyContext context{in.prefixes.prefix(in.default_route), std::nullopt};
  const auto out = rib::export_path(key, Policy{}, settings.default_local_pref, {}, context, *attributes);
  return out ? store.intern(*out) : kNoAttr;
}

bool Rib::State::is_default_sent(const PeerOut& out, wire::Family family) const {
  const Table& in = table(family);
  if (out.group() == nullptr || !out.group()->key().default_originate) return false;
  if (!out.group()->key().add_path) return out.advertised().test(in.default_route);
  const EntryId own = in.entries->first(in.default_route);  // the lowest identifier is ours
  return own != kNoEntry && out.advertised().test(own);
}

}  // namespace lbgp::rib
