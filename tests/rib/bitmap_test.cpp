// SPDX-License-Identifier: Apache-2.0
// The set of RouteIds and the lazily filled column.
#include "rib/bitmap.hpp"

#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "rib/column.hpp"

namespace lbgp::rib {

TEST_CASE("a bitmap tells whether a bit was different", "[bitmap]") {
  Bitmap bits;
  CHECK_FALSE(bits.test(5));
  CHECK(bits.set(5));
  CHECK_FALSE(bits.set(5));
  CHECK(bits.count() == 1);
  CHECK(bits.reset(5));
  CHECK_FALSE(bits.reset(5));
  CHECK(bits.empty());
}

TEST_CASE("a bitmap finds members across chunks and at their edges", "[bitmap]") {
  Bitmap bits;
  for (const RouteId id : {0U, 63U, 64U, 4095U, 4096U, 1000000U}) bits.set(id);
  std::vector<RouteId> found;
  for (RouteId id = bits.next(0); id != kNoRoute; id = bits.next(id + 1)) found.push_back(id);
  CHECK(found == std::vector<RouteId>{0, 63, 64, 4095, 4096, 1000000});
  CHECK(bits.next(4097) == 1000000);
  CHECK(bits.next(1000001) == kNoRoute);
}

TEST_CASE("a bitmap agrees with a set of numbers", "[bitmap]") {
  std::mt19937 random(7);
  Bitmap bits;
  std::set<RouteId> model;
  for (int i = 0; i < 20000; ++i) {
    const auto id = static_cast<RouteId>(random() % 20000);
    if (random() % 2 == 0)
      CHECK(bits.set(id) == model.insert(id).second);
    else
      CHECK(bits.reset(id) == (model.erase(id) == 1));
  }
  CHECK(bits.count() == model.size());
  for (RouteId from = 0; from < 20000; from += 97) {
    const auto next = model.lower_bound(from);
    CHECK(bits.next(from) == (next != model.end() ? *next : kNoRoute));
  }
}

TEST_CASE("a bitmap finds members that another one lacks", "[bitmap]") {
  Bitmap bits;
  Bitmap others;
  for (const RouteId id : {0U, 63U, 64U, 4095U, 4096U, 1000000U}) bits.set(id);
  CHECK(bits.next_outside(others, 1) == 63);
  for (const RouteId id : {0U, 1U, 63U, 4095U, 4096U}) others.set(id);
  CHECK(bits.next_outside(others, 0) == 64);
  CHECK(bits.next_outside(others, 65) == 1000000);
  others.set(1000000);
  CHECK(bits.next_outside(others, 65) == kNoRoute);
}

TEST_CASE("a word of a bitmap is as good as its members one by one", "[bitmap]") {
  Bitmap bits;
  for (const RouteId id : {64U, 66U, 4096U}) bits.set(id);
  CHECK(bits.has_all({1, 0b101}));
  CHECK_FALSE(bits.has_all({1, 0b111}));
  CHECK(bits.has_any({1, 0b111}));
  CHECK_FALSE(bits.has_any({1, 0b010}));
  CHECK_FALSE(bits.has_any({1000, 1}));
  bits.insert({1, 0b110});
  bits.insert({200, 1});
  CHECK(bits.count() == 5);
  CHECK(bits.test(65));
  CHECK(bits.test(12800));
  bits.erase({1, 0b1111});
  bits.erase({1, 0b1111});
  bits.erase({1000, 1});
  CHECK(bits.count() == 2);
  CHECK(bits.next(0) == 4096);
}

TEST_CASE("the union of bitmaps counts each member once", "[bitmap]") {
  Bitmap a;
  Bitmap b;
  for (RouteId id = 0; id < 6000; id += 2) a.set(id);
  for (RouteId id = 0; id < 9000; id += 3) b.set(id);
  a.insert_all(b);
  CHECK(a.count() == 3000 + 3000 - 1000);
  CHECK(a.test(8997));
  CHECK_FALSE(a.test(8995));
}

TEST_CASE("an emptied bitmap keeps pointers only", "[bitmap]") {
  Bitmap bits;
  for (RouteId id = 0; id < 100000; ++id) bits.set(id);
  CHECK(bits.memory() > 100000 / 8);
  for (RouteId id = 0; id < 100000; ++id) bits.reset(id);
  CHECK(bits.memory() < 1024);
}

TEST_CASE("a column reads defaults where nothing was written and takes memory where something was",
          "[column]") {
  Column<std::uint32_t> column;
  CHECK(column.get(123456) == 0);
  column.set(100000, 7);
  CHECK(column.get(100000) == 7);
  CHECK(column.get(100001) == 0);
  CHECK(column.get(0) == 0);
  CHECK(column.memory() < 2 * sizeof(std::uint32_t) * Column<std::uint32_t>::kSize);
  column.trim(4096);
  CHECK(column.get(100000) == 0);
}

TEST_CASE("references into a column stay good while it grows", "[column]") {
  Column<std::uint32_t> column;
  std::uint32_t& first = column.at(0);
  for (std::size_t i = 1; i < 100000; ++i) column.set(i, 1);
  first = 42;
  CHECK(column.get(0) == 42);
}

}  // namespace lbgp::rib
