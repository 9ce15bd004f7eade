// SPDX-License-Identifier: Apache-2.0
// Routes of local owners: API clients, and the configuration's own networks.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

constexpr std::uint32_t kLocalWeight = 32768;  // as FRR gives routes that it originates
constexpr std::string_view kConfigOwner = "config";

struct LocalEntry {
  wire::Prefix prefix;
  std::string_view owner;
  AttrId attributes;
  std::uint32_t label;
};

}  // namespace

void Rib::State::prefetch(std::span<const wire::Prefix> prefixes, std::size_t which) const {
  if (which < prefixes.size()) table(prefixes[which].family()).prefixes.prefetch(prefixes[which]);
}

std::size_t Rib::State::announce(std::uint32_t owner, const LocalRoutes& routes, TimePoint now) {
  const Interned shared{store.intern({routes.attributes, kLocalWeight}), labels.acquire(routes.labels),
                        seconds_of(now)};
  std::size_t changed = 0;
  for (std::size_t i = 0; i < routes.prefixes.size(); ++i) {
    prefetch(routes.prefixes, i + kAhead);
    if (announce(owner, routes.prefixes[i], shared)) ++changed;
  }
  labels.release(shared.label);
  store.release(shared.attributes);
  return changed;
}

bool Rib::State::announce(std::uint32_t owner, const wire::Prefix& prefix, const Interned& local) {
  const wire::Family family = prefix.family();
  Table& in = table(family);
  const RouteId route = in.prefixes.insert(prefix);
  const PathIndex known = in.find_local(route, owner);
  if (known != 0 && in.paths[known].attributes == local.attributes && in.paths.id(known) == local.label)
    return false;
  const BestPath before = best(family, route);
  store.acquire(local.attributes);
  labels.add_reference(local.label);
  if (known != 0) {
    Path& path = in.paths[known];
    labels.release(in.paths.id(known));
    in.paths.set_id(known, local.label);
    path.since = local.since;
    in.set_attributes(known, local.attributes);
  } else {
    Path path;
    path.attributes = local.attributes;
    path.since = local.since;
    path.set_tag(owner, 0, Path::kLocal);
    owners.add_reference(owner);
    in.add(route, path, local.label);
    ++local_paths;
  }
  reselect(family, route, before, true);
  return true;
}

Routes Rib::State::find_ahead(std::span<const wire::Prefix> prefixes) const {
  boost::container::static_vector<PrefixTable::Probe, kAhead> probes;
  for (const wire::Prefix& prefix : prefixes) probes.push_back(table(prefix.family()).prefixes.probe(prefix));
  Routes routes;
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    const Table& in = table(prefixes[i].family());
    routes.push_back(in.prefixes.find(probes[i]));
    if (routes.back() != kNoRoute) in.prefetch(routes.back());
  }
  return routes;
}

std::size_t Rib::State::withdraw(std::uint32_t owner, std::span<const wire::Prefix> prefixes) {
  std::size_t changed = 0;
  for (std::size_t begin = 0; begin < prefixes.size(); begin += kAhead) {
    const auto some = prefixes.subspan(begin, std::min(kAhead, prefixes.size() - begin));
    const Routes routes = find_ahead(some);
    for (std::size_t i = 0; i < some.size(); ++i)
      if (routes[i] != kNoRoute && withdraw(owner, some[i].family(), routes[i])) ++changed;
  }
  return changed;
}

bool Rib::State::withdraw(std::uint32_t owner, wire::Family family, RouteId route) {
  Table& in = table(family);
  const PathIndex known = in.find_local(route, owner);
  if (known == 0) return false;
  const BestPath before = best(family, route);
  labels.release(in.paths.id(known));
  in.remove(route, known);
  owners.release(owner);
  --local_paths;
  reselect(family, route, before, true);
  return true;
}

CommitResult Rib::commit(std::string_view owner, std::span<const LocalChange> changes, TimePoint now) {
  State& s = *state_;
  s.now_seconds = std::max(s.now_seconds, seconds_of(now));
  CommitResult result;
  const std::uint32_t number = s.owners.acquire(owner);
  for (const LocalChange& change : changes) {
    if (const auto* routes = std::get_if<LocalRoutes>(&change)) {
      result.changed += s.announce(number, *routes, now);
      continue;
    }
    const auto& prefixes = std::get<std::vector<wire::Prefix>>(change);
    const std::size_t gone = s.withdraw(number, prefixes);
    result.changed += gone;
    result.not_found += prefixes.size() - gone;
  }
  s.owners.release(number);
  s.settle();
  if (result.changed != 0) ++s.commits;
  result.commit = s.commits;
  for (const wire::Family family : wire::kFamilies) s.sweep_ids(family);
  return result;
}

// `network` statements are routes of the owner "config": what is new is announced, what is gone withdrawn,
// and a route map is applied to each.
void Rib::State::originate_networks(const wire::PerFamily<std::vector<Network>>& before) {
  const std::uint32_t owner = owners.acquire(kConfigOwner);
  const TimePoint now{std::chrono::seconds(now_seconds)};
  for (const wire::Family family : wire::kFamilies) {
    std::set<wire::Prefix> kept;
    for (const Network& network : settings.networks[family]) {
      LocalRoutes local{{network.prefix}, {}, {}};
      local.attributes.origin = wire::Origin::Igp;
      const auto policy = route_map(family, network.route_map);
      RouteAttributes attributes{local.attributes, kLocalWeight};
      PolicyEffects effects;
      if (!policy->apply({network.prefix, std::nullopt}, attributes, effects)) continue;
      local.attributes = attributes.path;
      kept.insert(network.prefix);
      announce(owner, local, now);
    }
    for (const Network& network : before[family])
      if (!kept.contains(network.prefix)) withdraw(owner, {&network.prefix, 1});
  }
  owners.release(owner);
}

void Rib::for_each_local(std::string_view owner,
                         const std::function<void(std::string_view owner, const LocalRoute&)>& visit) const {
  const State& s = *state_;
  for (const wire::Family family : wire::kFamilies) {
    const Table& in = s.table(family);
    std::vector<LocalEntry> entries;
    for (RouteId route = 0; route < in.prefixes.end(); ++route)
      for (PathIndex i = in.head(route); i != 0;) {
        const Path path = in.paths.get(i);
        const bool wanted = path.is_local() && (owner.empty() || s.owners.name(path.source()) == owner);
        if (wanted)
          entries.push_back(
              {in.prefixes.prefix(route), s.owners.name(path.source()), path.attributes, in.paths.id(i)});
        i = path.next;
      }
    std::sort(entries.begin(), entries.end(), [](const LocalEntry& a, const LocalEntry& b) {
      return std::tie(a.prefix, a.owner) < std::tie(b.prefix, b.owner);
    });
    for (const LocalEntry& entry : entries)
      visit(entry.owner, {entry.prefix, s.store.load(entry.attributes).path, s.labels.get(entry.label)});
  }
}

bool Rib::for_each_local(
    LocalCursor& cursor, std::size_t routes,
    const std::function<void(std::string_view owner, const LocalRoutes& local)>& visit) const {
  constexpr std::size_t kMost = 256;  // prefixes at a time
  const State& s = *state_;
  const Table& in = s.table(cursor.family);
  std::map<std::tuple<std::uint32_t, AttrId, std::uint32_t>, std::vector<wire::Prefix>> alike;
  const auto show = [&](const auto& key, std::vector<wire::Prefix>& prefixes) {
    const auto [owner, attributes, label] = key;
    visit(s.owners.name(owner),
          {std::exchange(prefixes, {}), s.store.load(attributes).path, s.labels.get(label)});
  };
  const std::size_t end = std::min<std::size_t>(in.prefixes.end(), cursor.route + routes);
  for (; cursor.route < end; ++cursor.route)
    for (PathIndex i = in.head(cursor.route); i != 0;) {
      const Path path = in.paths.get(i);
      const PathIndex index = std::exchange(i, path.next);
      if (!path.is_local()) continue;
      const std::tuple key{path.source(), path.attributes, in.paths.id(index)};
      std::vector<wire::Prefix>& prefixes = alike[key];
      prefixes.push_back(in.prefixes.prefix(cursor.route));
      if (prefixes.size() == kMost) show(key, prefixes);
    }
  for (auto& [key, prefixes] : alike)
    if (!prefixes.empty()) show(key, prefixes);
  if (cursor.route < in.prefixes.end()) return true;
  if (cursor.family == wire::Family::Ipv6Unicast) return false;
  cursor = {wire::Family::Ipv6Unicast, 0};
  return true;
}

std::size_t Rib::local_count() const {
  return state_->local_paths;
}

}  // namespace lbgp::rib
