// SPDX-License-Identifier: Apache-2.0
// The routes of one family: prefix, paths with the best one first, version of the last change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rib/aggregates.hpp"
#include "rib/attribute_store.hpp"
#include "rib/default_condition.hpp"
#include "rib/export_group.hpp"
#include "rib/path.hpp"
#include "rib/path_entries.hpp"
#include "rib/prefix_table.hpp"
#include "wire/update.hpp"

namespace lbgp::rib {

// Storage only; who is best is decided elsewhere. Owns one reference of every path's attributes. Per route
// and one path, IPv4: key 5, index 5 to 7, chain head 4, version 4, path 16 octets.
class Table {
 public:
  Table(wire::Family family, AttributeStore& store) : prefixes(family), store_(store) {}

  [[nodiscard]] PathIndex head(RouteId route) const { return heads_.get(route); }
  // The columns of a route.
  void prefetch(RouteId route) const {
    heads_.prefetch(route);
    versions_.prefetch(route);
  }
  // Puts a path into the chain, behind the best one. Takes over the reference of its attributes.
  PathIndex add(RouteId route, const Path& path, std::uint32_t id = 0);
  void remove(RouteId route, PathIndex path);
  // The head of a chain, unless what was best has gone and another has not been chosen yet; 0: none.
  [[nodiscard]] PathIndex present_best(RouteId route) const {
    return route == bereft_ ? 0 : heads_.get(route);
  }
  void best_is_chosen() { bereft_ = kNoRoute; }
  void make_best(RouteId route, PathIndex path);
  // Exchanges attributes; takes over the new ones' reference.
  void set_attributes(PathIndex path, AttrId attributes);
  // The path of a source (`flags` of Path::Flag: local and raw must agree) with that identifier; 0: none.
  [[nodiscard]] PathIndex find(RouteId route, std::uint32_t source, std::uint32_t flags,
                               std::uint32_t id) const;
  // The first path of a local owner; 0: none.
  [[nodiscard]] PathIndex find_local(RouteId route, std::uint32_t owner) const;

  void touch(RouteId route) { versions_.set(route, static_cast<std::uint32_t>(++version)); }
  [[nodiscard]] std::uint64_t version_of(RouteId route) const;
  [[nodiscard]] bool has_usable(RouteId route) const;
  // Whether a path concerns somebody even if it is not best.
  [[nodiscard]] bool follows_every_path() const { return entries || aggregates || !conditions.empty(); }
  // What a number of an export group stands for: a route, or with ADD-PATH one path of it.
  [[nodiscard]] wire::Nlri nlri(const ExportGroup& group, std::uint32_t id) const;
  // All numbers of that group are below it.
  [[nodiscard]] std::uint32_t end_of(const ExportGroup& group) const {
    return group.key().add_path ? entries->end() : prefixes.end();
  }

  // Ids whose last path has gone; given back in a sweep, once no peer needs the prefix for a withdrawal.
  Bitmap dying;
  std::size_t next_sweep = kSweepStep;
  static constexpr std::size_t kSweepStep = 1024;

  // `aggregate-address`, and what `default-originate route-map` asks for: only where they are configured.
  std::unique_ptr<Aggregates> aggregates;
  std::map<std::string, DefaultCondition> conditions;  // by route map
  // The default route while a group is to be told of one, be there a path or not; else kNoRoute.
  RouteId default_route = kNoRoute;

  PrefixTable prefixes;
  PathPool paths;
  std::vector<std::unique_ptr<ExportGroup>> groups;
  std::unique_ptr<PathEntries> entries;  // while a group with ADD-PATH is among them
  std::uint64_t version = 0;
  std::size_t routes = 0;      // with at least one usable path
  std::size_t path_count = 0;  // usable ones

  void free_route(RouteId route);
  // Gives back the memory behind the last route.
  void trim();
  [[nodiscard]] std::size_t memory() const;

 private:
  AttributeStore& store_;
  Column<PathIndex> heads_;
  RouteId bereft_ = kNoRoute;  // its best path has gone
  Column<std::uint32_t> versions_;
};

}  // namespace lbgp::rib
