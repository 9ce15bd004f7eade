// SPDX-License-Identifier: Apache-2.0
// Small dense numbers that stand for prefixes and attribute sets inside the RIB.
#pragma once

#include <cstdint>

namespace lbgp::rib {

// A prefix of one family. Everything per route is a column or a bit indexed by it.
using RouteId = std::uint32_t;
inline constexpr RouteId kNoRoute = 0xffffffff;

// A path of a route as ADD-PATH peers know it (path_entries.hpp); 0: none. Groups with ADD-PATH keep their
// columns and bits by these, all others by RouteId.
using EntryId = std::uint32_t;
inline constexpr EntryId kNoEntry = 0;

// An interned attribute set; equal sets have equal ids. 0 stands for "nothing": not announced, denied.
enum class AttrId : std::uint32_t {};
inline constexpr AttrId kNoAttr{0};
[[nodiscard]] constexpr std::uint32_t value(AttrId id) {
  return static_cast<std::uint32_t>(id);
}

// Where a number of a peer may stand: no peer, our own.
inline constexpr std::uint32_t kNoPeer = 0xffffffff;

}  // namespace lbgp::rib
