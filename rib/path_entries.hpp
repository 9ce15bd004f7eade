// SPDX-License-Identifier: Apache-2.0
// The paths of one family as ADD-PATH peers know them: prefix and path identifier (RFC 7911 §3).
#pragma once

#include <cstddef>
#include <cstdint>

#include "rib/bitmap.hpp"
#include "rib/column.hpp"
#include "rib/ids.hpp"
#include "rib/path.hpp"

namespace lbgp::rib {

// An entry is a route and a path identifier, with a dense id for columns and bits. A path holds one from the
// first time that it could be sent until it goes, whatever its attributes; then the entry is vacant, and the
// next path of the route takes the vacant one with the lowest identifier, so that peers see a replacement and
// not two messages. Identifiers are small, and the same on every run: 1 is our own route, those of peers
// start at 2. All ADD-PATH groups of a family share the entries, hence a peer may go from one to another.
// Exists only while there is such a group: 4 octets per route, 20 per entry, 4 per path.
class PathEntries {
 public:
  static constexpr std::uint32_t kOwnPath = 1;
  static constexpr std::uint32_t kFirstPeersPath = 2;

  struct Entry {
    RouteId route = kNoRoute;
    std::uint32_t path_id = 0;
    EntryId next = kNoEntry;         // of the same route, by path identifier
    PathIndex path = 0;              // who holds it; 0: nobody
    std::uint32_t source = kNoPeer;  // the peer that its last path came from, as groups were told
  };

  // Gives a path of `route` an entry, if it has none. `local`: it is the one that stands for all our own.
  void admit(RouteId route, PathIndex path, bool local);
  // Gives `route` the entry of our own path although there is none: what a peer is told in its place.
  void admit_own(RouteId route);
  // The path goes away.
  void vacate(PathIndex path);
  // No path holds it and no peer needs it any more.
  void free(EntryId entry);

  [[nodiscard]] EntryId first(RouteId route) const { return heads_.get(route); }
  [[nodiscard]] Entry get(EntryId entry) const { return entries_.get(entry); }
  // 0: it has none.
  [[nodiscard]] std::uint32_t path_id(PathIndex path) const;
  void set_source(EntryId entry, std::uint32_t peer) { entries_.at(entry).source = peer; }
  [[nodiscard]] const Bitmap& vacant() const { return vacant_; }
  // All ids in use are below it.
  [[nodiscard]] EntryId end() const { return end_; }
  [[nodiscard]] std::size_t memory() const;

 private:
  [[nodiscard]] EntryId allocate();
  [[nodiscard]] EntryId find_or_create(RouteId route, std::uint32_t path_id);
  // The link behind which an entry with `path_id` stands or belongs.
  [[nodiscard]] EntryId& link_to(RouteId route, std::uint32_t path_id);
  [[nodiscard]] std::uint32_t lowest_vacant(RouteId route) const;

  Column<EntryId> heads_;    // by RouteId
  Column<EntryId> of_path_;  // by PathIndex; believed only if the entry agrees
  Column<Entry> entries_;
  Bitmap vacant_;
  Bitmap free_;
  EntryId end_ = 1;
};

}  // namespace lbgp::rib
