// SPDX-License-Identifier: Apache-2.0
// The small parts: owners, labels, paths, tables.
#include "rib/owners.hpp"
#include "rib/table.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

PathIndex add_path(Table& table, AttributeStore& store, RouteId route, std::uint32_t source,
                   std::uint32_t id) {
  Path path;
  path.attributes = store.intern({own_attributes(), source});
  path.set_tag(source, 0, 0);
  return table.add(route, path, id);
}

}  // namespace

TEST_CASE("owner numbers live as long as their references", "[owners]") {
  Owners owners;
  const std::uint32_t a = owners.acquire("a");
  CHECK(owners.acquire("a") == a);
  CHECK(owners.acquire("b") != a);
  owners.release(a);
  CHECK(owners.find("a") == a);
  owners.release(a);
  CHECK(owners.find("a") == Owners::kNobody);
  CHECK(owners.acquire("c") == a);
  CHECK(owners.name(a) == "c");
}

TEST_CASE("equal label sets are one", "[owners]") {
  LabelStore labels;
  CHECK(labels.acquire({}) == 0);
  CHECK(labels.get(0).empty());
  const std::uint32_t a = labels.acquire({{"k", "v"}});
  CHECK(labels.acquire({{"k", "v"}}) == a);
  const std::uint32_t b = labels.acquire({{"k", "w"}});
  CHECK(b != a);
  CHECK(labels.get(b) == Labels{{"k", "w"}});
  labels.release(a);
  labels.release(a);
  CHECK(labels.acquire({{"x", "y"}}) == a);
}

TEST_CASE("a path's tag holds source, generation and flags apart", "[path]") {
  Path path;
  path.set_tag(Path::kMaxSource, Path::kGenerations - 1, Path::kLocal);
  CHECK(path.source() == Path::kMaxSource);
  CHECK(path.generation() == Path::kGenerations - 1);
  CHECK(path.is_local());
  CHECK_FALSE(path.is_raw());
  path.set_tag(3, Path::kGenerations, Path::kRaw);
  CHECK(path.generation() == 0);
  CHECK(path.is_from(3));
  CHECK_FALSE(path.is_local());
}

TEST_CASE("an identifier costs memory only where there is one, and goes with its path", "[path]") {
  constexpr std::uint32_t kPaths = 20'000;
  PathPool plain;
  PathPool pool;
  std::vector<PathIndex> paths;
  for (std::uint32_t i = 0; i < kPaths; ++i) {
    static_cast<void>(plain.allocate({}));
    paths.push_back(pool.allocate({}));
    pool.set_id(paths.back(), 0);
  }
  CHECK(pool.memory() == plain.memory());
  CHECK(pool.id(paths[7000]) == 0);
  pool.set_id(paths[7000], 5);
  pool.set_id(paths[7001], 6);
  CHECK(pool.id(paths[7000]) == 5);
  CHECK(pool.id(paths[6999]) == 0);
  CHECK(pool.memory() <= plain.memory() + 4 * (4096 + 16));
  pool.free(paths[7000]);
  CHECK(pool.allocate({}) == paths[7000]);
  CHECK(pool.id(paths[7000]) == 0);
  CHECK(pool.id(paths[7001]) == 6);
  for (const PathIndex path : paths) pool.free(path);
  CHECK(pool.memory() < 64);
}

TEST_CASE("paths of a source are told apart by their identifiers", "[table][rfc7911-2]") {
  AttributeStore store;
  Table table(Family::Ipv4Unicast, store);
  const RouteId route = table.prefixes.insert(P("10.0.0.0/8"));
  const auto add = [&](std::uint32_t id) { return add_path(table, store, route, 1, id); };
  const PathIndex one = add(0xffffffff);
  const PathIndex two = add(2);
  CHECK(table.find(route, 1, 0, 0xffffffff) == one);
  CHECK(table.find(route, 1, 0, 2) == two);
  CHECK(table.find(route, 1, 0, 0) == 0);
  table.remove(route, one);
  CHECK(table.find(route, 1, 0, 0xffffffff) == 0);
  CHECK(add(0) == one);
  CHECK(table.find(route, 1, 0, 0) == one);
}

TEST_CASE("chains of paths: added, made best, removed", "[table]") {
  AttributeStore store;
  Table table(Family::Ipv4Unicast, store);
  const RouteId route = table.prefixes.insert(P("10.0.0.0/8"));
  const auto add = [&](std::uint32_t source) { return add_path(table, store, route, source, 0); };
  const PathIndex one = add(1);
  const PathIndex two = add(2);
  const PathIndex three = add(3);
  CHECK(table.head(route) == one);
  CHECK(table.find(route, 3, 0, 0) == three);
  CHECK(table.find(route, 3, Path::kRaw, 0) == 0);
  CHECK(table.find(route, 3, 0, 1) == 0);
  table.make_best(route, two);
  CHECK(table.head(route) == two);
  CHECK(table.path_count == 3);
  table.remove(route, two);
  table.remove(route, one);
  CHECK(table.head(route) == three);
  CHECK_FALSE(table.dying.test(route));
  table.remove(route, three);
  CHECK(table.dying.test(route));
  CHECK(store.size() == 0);
  CHECK(table.paths.size() == 0);
}

TEST_CASE("a route's version keeps its upper half over a wrap", "[table]") {
  AttributeStore store;
  Table table(Family::Ipv4Unicast, store);
  table.version = 0xffffffffU;
  table.touch(0);
  CHECK(table.version_of(0) == 0x100000000U);
  table.touch(1);
  CHECK(table.version_of(0) == 0x100000000U);
  CHECK(table.version_of(1) == 0x100000001U);
}

}  // namespace lbgp::rib::test
