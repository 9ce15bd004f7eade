// SPDX-License-Identifier: Apache-2.0
// AS paths: length, origin, prepending, text.
#include "wire/as_path.hpp"

#include "tests/wire/printers.hpp"

using namespace lbgp::wire;

namespace {
std::vector<AsNumber> numbers(std::initializer_list<std::uint32_t> values) {
  std::vector<AsNumber> result;
  for (std::uint32_t value : values) result.emplace_back(value);
  return result;
}
// 65001 65002 {1,2} (64512 64513) [3,4]
AsPath mixed() {
  return AsPath({{SegmentType::AsSequence, numbers({65001, 65002})},
                 {SegmentType::AsSet, numbers({1, 2})},
                 {SegmentType::AsConfedSequence, numbers({64512, 64513})},
                 {SegmentType::AsConfedSet, numbers({3, 4})}});
}
}  // namespace

TEST_CASE("Paths are written as FRR writes them", "[wire-as-path]") {
  CHECK(to_string(AsPath{}).empty());
  CHECK(to_string(AsPath::sequence(numbers({65001}))) == "65001");
  CHECK(to_string(mixed()) == "65001 65002 {1,2} (64512 64513) [3,4]");
}

TEST_CASE("A set counts one and confederation segments nothing", "[rfc4271-9.1.2.2][rfc5065-5.3]") {
  CHECK(AsPath{}.length() == 0);
  CHECK(mixed().length() == 3);
  CHECK(mixed().count() == 8);
}

TEST_CASE("First, origin and occurrences", "[wire-as-path]") {
  CHECK(mixed().first() == AsNumber{65001});
  CHECK(mixed().origin() == AsNumber{65002});
  CHECK(mixed().has_set());
  CHECK(AsPath{}.first() == AsNumber{});
  CHECK(AsPath{}.origin() == AsNumber{});
  const AsPath set_first({{SegmentType::AsSet, numbers({7})}, {SegmentType::AsSequence, numbers({8})}});
  CHECK(set_first.first() == AsNumber{});
  CHECK(set_first.origin() == AsNumber{8});
  const AsPath repeated = AsPath::sequence(numbers({1, 2, 1, 1}));
  CHECK(repeated.occurrences(AsNumber{1}) == 3);
  CHECK(repeated.contains(AsNumber{2}));
  CHECK_FALSE(repeated.contains(AsNumber{3}));
  CHECK_FALSE(repeated.has_set());
}

TEST_CASE("Prepending extends the leading sequence", "[rfc4271-5.1.2]") {
  AsPath path;
  path.prepend(AsNumber{1});
  path.prepend(AsNumber{2}, 2);
  path.prepend(AsNumber{3}, 0);
  CHECK(path == AsPath::sequence(numbers({2, 2, 1})));

  AsPath behind_set({{SegmentType::AsSet, numbers({7})}});
  behind_set.prepend(AsNumber{9});
  CHECK(to_string(behind_set) == "9 {7}");

  AsPath behind_confederation({{SegmentType::AsConfedSequence, numbers({7})}});
  behind_confederation.prepend(AsNumber{9});
  CHECK(to_string(behind_confederation) == "9 (7)");
}

TEST_CASE("A segment never exceeds 255 numbers", "[rfc4271-5.1.2]") {
  AsPath path;
  path.prepend(AsNumber{1}, 255);
  REQUIRE(path.segments().size() == 1);
  path.prepend(AsNumber{2});
  REQUIRE(path.segments().size() == 2);
  CHECK(path.segments()[0].as_numbers == numbers({2}));
  path.prepend(AsNumber{3}, 600);
  CHECK(path.count() == 856);
  for (const AsSegment& segment : path.segments()) CHECK(segment.as_numbers.size() <= 255);
  CHECK(path.first() == AsNumber{3});
  CHECK(path.origin() == AsNumber{1});

  const AsPath cut = AsPath::sequence(std::vector<AsNumber>(300, AsNumber{5}));
  REQUIRE(cut.segments().size() == 2);
  CHECK(cut.segments()[0].as_numbers.size() == 255);
  CHECK(cut.length() == 300);
}
