// SPDX-License-Identifier: Apache-2.0
// Routes of local owners: API clients, and the configuration's own networks.
#include <algorithm>
#include <set>

#include "rib/state.hpp"

namespace lbgp::rib {

namespace {

constexpr std::uint32_t kLocalWeight = 32768;  // as FRR gives routes that it originates
constexpr std::string_view kConfigOwner = "config";

std::uint32_t seconds_of(TimePoint now) {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
}

struct LocalEntry {
  wire::Prefix prefix;
  std::string_view owner;
  Path path;
};

}  // namespace

bool Rib::State::announce(std::uint32_t owner, const LocalRoute& local, TimePoint now) {
  const wire::Family family = local.prefix.family();
  Table& in = table(family);
  const RouteId route = in.prefixes.insert(local.prefix);
  const AttrId attributes = store.intern({local.attributes, kLocalWeight});
  const std::uint32_t label = labels.acquire(local.labels);
  const BestPath before = best(family, route);
  const PathIndex known = in.find_local(route, owner);
  if (known != 0) {
    Path& path = in.paths[known];
    const bool same = path.attributes == attributes && path.id == label;
    labels.release(path.id);
    path.id = label;
    if (same) {
      store.release(attributes);
      return false;
    }
    in.set_attributes(known, attributes);
    in.paths[known].since = seconds_of(now);
  } else {
    Path path;
    path.attributes = attributes;
    path.since = seconds_of(now);
    path.id = label;
    path.set_tag(owner, 0, Path::kLocal);
    (void)owners.acquire(owners.name(owner));
    in.add(route, path);
    ++local_paths;
  }
  reselect(family, route, before, true);
  return true;
}

bool Rib::State::withdraw(std::uint32_t owner, const wire::Prefix& prefix) {
  const wire::Family family = prefix.family();
  Table& in = table(family);
  const RouteId route = in.prefixes.find(prefix);
  const PathIndex known = route != kNoRoute ? in.find_local(route, owner) : 0;
  if (known == 0) return false;
  const BestPath before = best(family, route);
  labels.release(in.paths[known].id);
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
    if (const auto* route = std::get_if<LocalRoute>(&change)) {
      if (s.announce(number, *route, now)) ++result.changed;
    } else if (s.withdraw(number, std::get<wire::Prefix>(change))) {
      ++result.changed;
    } else {
      ++result.not_found;
    }
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
      LocalRoute local{network.prefix, {}, {}};
      local.attributes.origin = wire::Origin::Igp;
      const auto policy = policy_for(family, {}, network.route_map);
      RouteAttributes attributes{local.attributes, kLocalWeight};
      PolicyEffects effects;
      if (!policy->apply({network.prefix, std::nullopt}, attributes, effects)) continue;
      local.attributes = attributes.path;
      kept.insert(network.prefix);
      announce(owner, local, now);
    }
    for (const Network& network : before[family])
      if (!kept.contains(network.prefix)) withdraw(owner, network.prefix);
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
        if (wanted) entries.push_back({in.prefixes.prefix(route), s.owners.name(path.source()), path});
        i = path.next;
      }
    std::sort(entries.begin(), entries.end(), [](const LocalEntry& a, const LocalEntry& b) {
      return std::tie(a.prefix, a.owner) < std::tie(b.prefix, b.owner);
    });
    for (const LocalEntry& entry : entries)
      visit(entry.owner,
            {entry.prefix, s.store.load(entry.path.attributes).path, s.labels.get(entry.path.id)});
  }
}

std::size_t Rib::local_count() const {
  return state_->local_paths;
}

}  // namespace lbgp::rib
