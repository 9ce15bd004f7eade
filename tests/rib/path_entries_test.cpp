// SPDX-License-Identifier: Apache-2.0
// Path identifiers, by themselves.
#include "rib/path_entries.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace lbgp::rib::test {

namespace {

struct Entries {
  [[nodiscard]] std::vector<std::uint32_t> ids(RouteId route) const {
    std::vector<std::uint32_t> ids;
    for (EntryId id = entries.first(route); id != kNoEntry; id = entries.get(id).next) {
      CHECK(entries.get(id).route == route);
      ids.push_back(entries.get(id).path_id);
    }
    return ids;
  }
  // The identifier by which a path goes; 0: it has none.
  [[nodiscard]] std::uint32_t id_of(RouteId route, PathIndex path) const {
    for (EntryId id = entries.first(route); id != kNoEntry; id = entries.get(id).next)
      if (entries.get(id).path == path) return entries.get(id).path_id;
    return 0;
  }
  PathEntries entries;
};

}  // namespace

TEST_CASE_METHOD(Entries, "a path keeps its identifier, which no other path of the route has",
                 "[rfc7911-3][path-entries]") {
  entries.admit(5, 10, false);
  entries.admit(5, 11, false);
  entries.admit(7, 12, false);
  entries.admit(5, 10, false);
  CHECK(ids(5) == std::vector<std::uint32_t>{2, 3});
  CHECK(ids(7) == std::vector<std::uint32_t>{2});
  entries.vacate(10);
  CHECK(id_of(5, 11) == 3);
  CHECK(entries.vacant().count() == 1);
}

TEST_CASE_METHOD(Entries, "the next path takes the lowest vacant identifier", "[path-entries]") {
  for (const PathIndex path : {10U, 11U, 12U}) entries.admit(5, path, false);
  entries.vacate(10);
  entries.vacate(11);
  const EntryId first = entries.first(5);
  entries.admit(5, 20, false);
  CHECK(id_of(5, 20) == 2);
  CHECK(entries.first(5) == first);
  // 11's entry is given back altogether: a gap is as good as a vacancy.
  entries.free(entries.get(first).next);
  CHECK(ids(5) == std::vector<std::uint32_t>{2, 4});
  entries.admit(5, 21, false);
  CHECK(id_of(5, 21) == 3);
  CHECK(ids(5) == std::vector<std::uint32_t>{2, 3, 4});
}

TEST_CASE_METHOD(Entries, "our own route is number 1, whoever owns it", "[path-entries]") {
  entries.admit(5, 10, false);
  entries.admit(5, 11, true);
  CHECK(id_of(5, 11) == 1);
  entries.admit(5, 12, true);  // another owner's path stands for it now
  CHECK(id_of(5, 12) == 1);
  entries.vacate(11);
  CHECK(id_of(5, 12) == 1);
  CHECK(entries.vacant().empty());
  entries.vacate(12);
  CHECK(ids(5) == std::vector<std::uint32_t>{1, 2});
  // Not for a peer's path, even if nobody has it.
  entries.admit(5, 13, false);
  CHECK(id_of(5, 13) == 3);
}

TEST_CASE_METHOD(Entries, "numbers of freed entries come back, and an emptied table ends at nothing",
                 "[path-entries]") {
  for (PathIndex path = 1; path <= 100; ++path) entries.admit(path % 10, path, false);
  for (PathIndex path = 1; path <= 100; ++path) entries.vacate(path);
  for (EntryId id = entries.vacant().next(0); id != kNoRoute; id = entries.vacant().next(id + 1))
    entries.free(id);
  CHECK(entries.end() == 1);
  for (RouteId route = 0; route < 10; ++route) CHECK(ids(route).empty());
  // A path that lives again in the same place of the pool is a new one.
  entries.admit(3, 7, false);
  CHECK(id_of(3, 7) == 2);
}

}  // namespace lbgp::rib::test
