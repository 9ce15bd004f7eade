// SPDX-License-Identifier: Apache-2.0
// Values that few routes have, for a while.
#include "rib/transient_column.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <random>

namespace lbgp::rib {

namespace {

constexpr RouteId kMany = 1'000'000;
constexpr std::size_t kLittle = 100'000;  // octets: what may be kept whoever needed it, and pointers

using Numbers = TransientColumn<std::uint64_t>;

}  // namespace

TEST_CASE("a transient column agrees with a map", "[transient-column]") {
  std::mt19937 random(3);
  Numbers column;
  std::map<RouteId, std::uint64_t> model;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const auto route = static_cast<RouteId>(random() % 5'000);
    if (random() % 2 == 0) {
      CHECK(column.erase(route) == (model.erase(route) == 1));
    } else if (!column.contains(route)) {
      CHECK(column.add(route) == 0);  // nothing is left of who was there before
      model[route] = column[route] = i;
    }
  }
  CHECK(column.members().count() == model.size());
  for (const auto& [route, number] : model) {
    REQUIRE(column.contains(route));
    CHECK(column[route] == number);
  }
  column.clear();
  CHECK(column.empty());
  CHECK_FALSE(column.contains(model.begin()->first));
}

TEST_CASE("what neighboring routes needed is given back when none is left", "[transient-column]") {
  Numbers column;
  for (RouteId route = 0; route < kMany; ++route) column.add(route);
  CHECK(column.memory() >= kMany * sizeof(std::uint64_t));
  SECTION("one by one") {
    for (RouteId route = 0; route < kMany; ++route) column.erase(route);
  }
  SECTION("all at once") {
    column.clear();
  }
  CHECK(column.empty());
  CHECK(column.memory() < kLittle);
}

TEST_CASE("what a burst all over the table needed stays as long as there are others", "[transient-column]") {
  Numbers column;
  const auto burst = [&](RouteId step) {
    for (RouteId route = 0; route < kMany; route += step) column.add(route);
    const std::size_t needed = column.memory();
    column.clear();
    return needed;
  };
  const std::size_t needed = burst(400);
  CHECK(needed > kMany * sizeof(std::uint64_t) / 4);
  CHECK(column.memory() > needed * 3 / 4);
  burst(410);
  CHECK(column.memory() > needed * 3 / 4);
  burst(kMany / 2);
  CHECK(column.memory() < kLittle);
}

}  // namespace lbgp::rib
