// SPDX-License-Identifier: Apache-2.0
// Path identifiers: given to paths, kept in order per route, used again.
#include "rib/path_entries.hpp"

namespace lbgp::rib {

EntryId PathEntries::allocate() {
  const EntryId reused = free_.next(0);
  if (reused == kNoRoute) return end_++;
  free_.reset(reused);
  return reused;
}

EntryId& PathEntries::link_to(RouteId route, std::uint32_t path_id) {
  EntryId* link = &heads_.at(route);
  while (*link != kNoEntry && entries_.at(*link).path_id < path_id) link = &entries_.at(*link).next;
  return *link;
}

// For a peer's path: a vacant entry or a gap.
std::uint32_t PathEntries::lowest_vacant(RouteId route) const {
  std::uint32_t candidate = kFirstPeersPath;
  for (EntryId id = first(route); id != kNoEntry;) {
    const Entry entry = get(id);
    if (entry.path_id == candidate) {
      if (entry.path == 0) return candidate;
      ++candidate;
    }
    id = entry.next;
  }
  return candidate;
}

std::uint32_t PathEntries::path_id(PathIndex path) const {
  const Entry held = get(of_path_.get(path));
  return held.path == path ? held.path_id : 0;
}

EntryId PathEntries::find_or_create(RouteId route, std::uint32_t path_id) {
  EntryId& link = link_to(route, path_id);
  if (link == kNoEntry || entries_.at(link).path_id != path_id) {
    const EntryId fresh = allocate();
    entries_.set(fresh, {route, path_id, link});
    link = fresh;
    vacant_.set(fresh);
  }
  return link;
}

void PathEntries::admit_own(RouteId route) {
  (void)find_or_create(route, kOwnPath);
}

void PathEntries::admit(RouteId route, PathIndex path, bool local) {
  if (path_id(path) != 0) return;
  const EntryId link = find_or_create(route, local ? kOwnPath : lowest_vacant(route));
  entries_.at(link).path = path;
  vacant_.reset(link);
  of_path_.set(path, link);
}

void PathEntries::vacate(PathIndex path) {
  const EntryId held = of_path_.get(path);
  if (held == kNoEntry) return;
  of_path_.set(path, kNoEntry);
  // Our own route may have gone over to the path of another owner.
  if (get(held).path != path) return;
  entries_.at(held).path = 0;
  vacant_.set(held);
}

void PathEntries::free(EntryId id) {
  const Entry entry = get(id);
  link_to(entry.route, entry.path_id) = entry.next;
  vacant_.reset(id);
  entries_.set(id, {});
  free_.set(id);
  while (end_ > 1 && free_.test(end_ - 1)) free_.reset(--end_);
  entries_.trim(end_);
}

std::size_t PathEntries::memory() const {
  return heads_.memory() + of_path_.memory() + entries_.memory() + vacant_.memory() + free_.memory();
}

}  // namespace lbgp::rib
