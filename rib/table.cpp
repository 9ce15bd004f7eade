// SPDX-License-Identifier: Apache-2.0
// Chains of paths per route.
#include "rib/table.hpp"

namespace lbgp::rib {

PathIndex Table::add(RouteId route, const Path& path, std::uint32_t id) {
  PathIndex& head = heads_.at(route);
  PathIndex& link = head != 0 ? paths[head].next : head;
  Path copy = path;
  copy.next = link;
  const PathIndex index = link = paths.allocate(copy);
  paths.set_id(index, id);
  if (!path.is_raw()) ++path_count;
  dying.reset(route);
  return index;
}

void Table::remove(RouteId route, PathIndex path) {
  PathIndex* link = &heads_.at(route);
  if (*link == path) bereft_ = route;
  while (*link != path) link = &paths[*link].next;
  *link = paths[path].next;
  if (!paths[path].is_raw()) --path_count;
  store_.release(paths[path].attributes);
  if (entries) entries->vacate(path);
  paths.free(path);
  if (heads_.get(route) == 0) dying.set(route);
}

void Table::make_best(RouteId route, PathIndex path) {
  PathIndex* link = &heads_.at(route);
  while (*link != path) link = &paths[*link].next;
  *link = paths[path].next;
  paths[path].next = heads_.get(route);
  heads_.set(route, path);
}

void Table::set_attributes(PathIndex path, AttrId attributes) {
  store_.release(paths[path].attributes);
  paths[path].attributes = attributes;
}

PathIndex Table::find(RouteId route, std::uint32_t source, std::uint32_t flags, std::uint32_t id) const {
  for (PathIndex i = head(route); i != 0;) {
    const Path path = paths.get(i);
    const std::uint32_t kind = (path.is_local() ? Path::kLocal : 0U) | (path.is_raw() ? Path::kRaw : 0U);
    if (path.source() == source && kind == flags && paths.id(i) == id) return i;
    i = path.next;
  }
  return 0;
}

PathIndex Table::find_local(RouteId route, std::uint32_t owner) const {
  for (PathIndex i = head(route); i != 0;) {
    const Path path = paths.get(i);
    if (path.is_local() && path.source() == owner) return i;
    i = path.next;
  }
  return 0;
}

// Versions are kept in 32 bits; the missing half is that of the table's own, which is never behind.
std::uint64_t Table::version_of(RouteId route) const {
  const std::uint32_t behind = static_cast<std::uint32_t>(version) - versions_.get(route);
  return version - behind;
}

bool Table::has_usable(RouteId route) const {
  const PathIndex first = head(route);
  return first != 0 && !paths.get(first).is_raw();
}

wire::Nlri Table::nlri(const ExportGroup& group, std::uint32_t id) const {
  if (!group.key().add_path) return {prefixes.prefix(id), 0};
  const PathEntries::Entry entry = entries->get(id);
  return {prefixes.prefix(entry.route), entry.path_id};
}

void Table::free_route(RouteId route) {
  dying.reset(route);
  prefixes.erase(route);
}

void Table::trim() {
  heads_.trim(prefixes.end());
  versions_.trim(prefixes.end());
  if (aggregates) aggregates->trim(prefixes.end());
  for (auto& [map, condition] : conditions) condition.trim(prefixes.end());
  for (const auto& group : groups) group->trim(end_of(*group));
}

std::size_t Table::memory() const {
  std::size_t sum =
      prefixes.memory() + paths.memory() + heads_.memory() + versions_.memory() + dying.memory();
  for (const auto& group : groups) sum += group->memory();
  if (entries) sum += entries->memory();
  if (aggregates) sum += aggregates->memory();
  for (const auto& [map, condition] : conditions) sum += condition.memory();
  return sum;
}

}  // namespace lbgp::rib
