// SPDX-License-Identifier: Apache-2.0
// Freezing, thawing and interning of attribute sets.
#include "rib/attribute_store.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// Every part present or not, by the dice.
RouteAttributes random_attributes(std::mt19937& random) {
  const auto chance = [&] { return random() % 2 == 0; };
  const auto number = [&] { return static_cast<std::uint32_t>(random()); };
  RouteAttributes all;
  wire::PathAttributes& a = all.path;
  all.weight = chance() ? number() : 0;
  all.tag = chance() ? number() : 0;
  a.origin = static_cast<wire::Origin>(random() % 3);
  if (chance()) a.as_path = wire::AsPath::sequence({AS(number()), AS(number())});
  if (chance())
    a.as_path = wire::AsPath({{wire::SegmentType::AsSequence, {AS(number()), AS(number())}},
                              {wire::SegmentType::AsSet, {AS(number())}}});
  if (chance()) a.next_hop.address = chance() ? A("10.0.0.1") : A("2001:db8::1");
  if (chance()) a.next_hop.link_local = chance() ? A("fe80::1") : A("10.0.0.2");
  if (chance()) a.med = chance() ? 0 : number();
  if (chance()) a.local_pref = chance() ? 0 : number();
  a.atomic_aggregate = chance();
  if (chance()) a.aggregator = wire::Aggregator{AS(number()), wire::RouterId(number())};
  if (chance()) a.communities = {C("1:2"), C("no-export")};
  if (chance()) a.large_communities = {{1, 2, number()}};
  if (chance()) a.ext_communities = {wire::ExtCommunity{{0, 2, 1, 1, 0, 0, 0, 1}}};
  if (chance()) a.ipv6_ext_communities = {wire::Ipv6ExtCommunity{}};
  if (chance()) a.originator_id = wire::RouterId(chance() ? 0 : number());
  if (chance()) a.cluster_list = {wire::RouterId(1), wire::RouterId(number())};
  if (chance()) a.aigp = random();
  if (chance()) a.otc = AS(number());
  if (chance()) a.partial.insert(static_cast<std::uint8_t>(7 + random() % 2));
  if (chance()) a.unknown = {{0xc0, 99, {1, 2, 3}}, {0xe0, 100, {}}};
  return all;
}

wire::AsPath sequence(std::size_t length) {
  return wire::AsPath({{wire::SegmentType::AsSequence, std::vector(length, AS(65001))}});
}

// Every part that may be absent, each by itself.
constexpr std::array<void (*)(RouteAttributes&), 29> kParts{
    [](RouteAttributes& r) { r.weight = 1; },
    [](RouteAttributes& r) { r.tag = 1; },
    [](RouteAttributes& r) { r.path.origin = wire::Origin::Igp; },
    [](RouteAttributes& r) { r.path.origin = wire::Origin::Egp; },
    [](RouteAttributes& r) { r.path.as_path = sequence(1); },
    [](RouteAttributes& r) { r.path.as_path = sequence(300); },
    [](RouteAttributes& r) {
      r.path.as_path = wire::AsPath({{wire::SegmentType::AsConfedSequence, {AS(1)}}});
    },
    [](RouteAttributes& r) { r.path.next_hop.address = A("10.0.0.1"); },
    [](RouteAttributes& r) { r.path.next_hop.address = A("::"); },
    [](RouteAttributes& r) { r.path.next_hop.address = A("2001:db8::1"); },
    [](RouteAttributes& r) { r.path.next_hop.link_local = A("fe80::1"); },
    [](RouteAttributes& r) { r.path.med = 0; },
    [](RouteAttributes& r) { r.path.local_pref = 0; },
    [](RouteAttributes& r) { r.path.atomic_aggregate = true; },
    [](RouteAttributes& r) { r.path.aggregator = wire::Aggregator{}; },
    [](RouteAttributes& r) { r.path.communities = {C("1:2")}; },
    [](RouteAttributes& r) { r.path.communities = {wire::kLlgrStale}; },
    [](RouteAttributes& r) {
      r.path.large_communities = {{1, 2, 3}};
    },
    [](RouteAttributes& r) { r.path.ext_communities = {wire::ExtCommunity{}}; },
    [](RouteAttributes& r) { r.path.ipv6_ext_communities = {wire::Ipv6ExtCommunity{}}; },
    [](RouteAttributes& r) { r.path.originator_id = wire::RouterId(); },
    [](RouteAttributes& r) { r.path.cluster_list = {wire::RouterId()}; },
    [](RouteAttributes& r) { r.path.cluster_list.resize(200); },
    [](RouteAttributes& r) { r.path.aigp = 0; },
    [](RouteAttributes& r) { r.path.otc = AS(0); },
    [](RouteAttributes& r) { r.path.unknown = {{}}; },
    [](RouteAttributes& r) {
      r.path.unknown = {{0xc0, 99, {1, 2, 3}}, {0xe0, 100, {}}};
    },
    [](RouteAttributes& r) { r.path.partial.insert(7); },
    [](RouteAttributes& r) { r.path.partial.insert(63); },
};

std::vector<std::uint8_t> frozen(const RouteAttributes& attributes) {
  std::vector<std::uint8_t> octets;
  freeze(attributes, octets);
  return octets;
}

// What the decision process is told is what the attributes say.
void require_key_of(const RouteAttributes& attributes) {
  const wire::PathAttributes& a = attributes.path;
  const DecisionKey key = decision_key(frozen(attributes));
  REQUIRE(key.weight == attributes.weight);
  REQUIRE(key.has_local_pref == a.local_pref.has_value());
  REQUIRE(key.local_pref == a.local_pref.value_or(0));
  REQUIRE(key.has_med == a.med.has_value());
  REQUIRE(key.med == a.med.value_or(0));
  REQUIRE(key.has_originator_id == a.originator_id.has_value());
  REQUIRE(key.originator_id == a.originator_id.value_or(wire::RouterId{}).value());
  REQUIRE(key.neighbor_as == a.as_path.first().value());
  REQUIRE(key.path_length == std::min<std::size_t>(a.as_path.length(), 0xffff));
  REQUIRE(key.cluster_length == a.cluster_list.size());
  REQUIRE(key.origin == static_cast<std::uint8_t>(a.origin));
  REQUIRE(key.long_lived_stale == a.communities.contains(wire::kLlgrStale));
}

}  // namespace

TEST_CASE("any two parts, and all but two, thaw to what they were and have their own octets",
          "[attributes]") {
  std::map<std::vector<std::uint8_t>, RouteAttributes> seen;
  const auto check = [&](const RouteAttributes& attributes) {
    const std::vector<std::uint8_t> octets = frozen(attributes);
    REQUIRE((thaw(octets) == attributes));
    REQUIRE((seen.emplace(octets, attributes).first->second == attributes));
    require_key_of(attributes);
  };
  for (const auto first : kParts)
    for (const auto second : kParts) {
      RouteAttributes two;
      first(two);
      second(two);
      check(two);
      RouteAttributes others;
      for (const auto part : kParts)
        if (part != first && part != second) part(others);
      check(others);
    }
}

TEST_CASE("a plain path is small: it is there a hundred thousand times", "[attributes]") {
  RouteAttributes plain{received_attributes({AS(65001), AS(65002), AS(65003), AS(400000)})};
  plain.path.next_hop = {A("10.0.0.1"), {}};
  plain.path.communities = {C("65001:1"), C("65001:2")};
  // Four octets that say what is there, the path, the next hop, the number of communities, the communities.
  CHECK(frozen(plain).size() == 4 + 4 * 4 + 4 + 1 + 2 * 4);
  CHECK(frozen({}).size() == 4);
}

TEST_CASE("AS paths of every form are told apart and counted", "[attributes]") {
  using enum wire::SegmentType;
  const auto of = [](std::size_t length) { return std::vector(length, AS(65001)); };
  const std::vector<wire::AsPath> paths{
      wire::AsPath(),
      wire::AsPath(std::vector<wire::AsSegment>{{AsSequence, {}}}),
      wire::AsPath(std::vector<wire::AsSegment>{{AsSequence, {}}, {AsSequence, of(2)}}),
      wire::AsPath({{AsSequence, of(1)}}),
      wire::AsPath({{AsSet, of(1)}}),
      wire::AsPath({{AsConfedSequence, of(1)}}),
      wire::AsPath({{AsConfedSet, of(1)}}),
      wire::AsPath({{AsSequence, of(1)}, {AsSequence, of(1)}}),
      wire::AsPath({{AsSequence, of(2)}, {AsSet, of(3)}}),
      wire::AsPath({{AsConfedSequence, of(2)}, {AsSequence, of(2)}}),
      wire::AsPath({{AsSequence, of(127)}, {AsSet, of(128)}}),
      wire::AsPath({{AsSequence, of(254)}}),
      wire::AsPath({{AsSequence, of(255)}}),
      wire::AsPath({{AsSequence, of(255)}, {AsSequence, of(255)}}),
      wire::AsPath({{AsSet, of(255)}, {AsSequence, of(254)}}),
      wire::AsPath({{AsConfedSequence, of(255)}, {AsSequence, of(254)}}),
      wire::AsPath::sequence(of(16'383)),
      wire::AsPath::sequence(of(70'000)),
      wire::AsPath(std::vector<wire::AsSegment>(300, {AsSet, of(1)})),
  };
  std::set<std::vector<std::uint8_t>> seen;
  for (const wire::AsPath& path : paths) {
    RouteAttributes attributes;
    attributes.path.as_path = path;
    CAPTURE(to_string(path).size());
    CHECK((thaw(frozen(attributes)) == attributes));
    CHECK(seen.insert(frozen(attributes)).second);
    require_key_of(attributes);
  }
}

TEST_CASE("runs of any length thaw to what they were", "[attributes]") {
  const std::size_t size = GENERATE(1U, 127U, 128U, 255U, 256U, 16'383U, 16'384U, 65'535U, 70'000U);
  const auto numbers = [&](auto make) {
    std::vector<decltype(make(0U))> items;
    for (std::uint32_t i = 0; i < size; ++i) items.push_back(make(i));
    return items;
  };
  RouteAttributes attributes;
  wire::PathAttributes& a = attributes.path;
  SECTION("communities") {
    a.communities = wire::Communities(numbers([](std::uint32_t i) { return wire::Community{i}; }));
  }
  SECTION("large communities") {
    a.large_communities = wire::LargeCommunities(numbers([](std::uint32_t i) {
      return wire::LargeCommunity{i, i, i};
    }));
  }
  SECTION("clusters") {
    a.cluster_list = numbers([](std::uint32_t i) { return wire::RouterId(i); });
    CHECK(decision_key(frozen(attributes)).cluster_length == std::min<std::size_t>(size, 0xffff));
  }
  SECTION("an unknown attribute") {
    a.unknown = {{0xc0, 99, std::vector<std::uint8_t>(size, 1)}, {0xc0, 100, {2}}};
  }
  SECTION("unknown attributes") {
    a.unknown.assign(size, {0xc0, 99, {1}});
  }
  a.med = 5;
  a.partial.insert(8);
  CHECK((thaw(frozen(attributes)) == attributes));
  CHECK(decision_key(frozen(attributes)).med == 5);
}

TEST_CASE("frozen attributes thaw to what they were", "[attributes]") {
  std::mt19937 random(1);
  std::vector<std::uint8_t> frozen;
  for (int i = 0; i < 2000; ++i) {
    const RouteAttributes attributes = random_attributes(random);
    freeze(attributes, frozen);
    REQUIRE((thaw(frozen) == attributes));
    require_key_of(attributes);
  }
}

TEST_CASE("different attributes freeze to different octets, equal ones to equal octets", "[attributes]") {
  std::mt19937 random(2);
  std::vector<std::uint8_t> first;
  std::vector<std::uint8_t> second;
  for (int i = 0; i < 2000; ++i) {
    const RouteAttributes a = random_attributes(random);
    const RouteAttributes b = random() % 4 == 0 ? a : random_attributes(random);
    freeze(a, first);
    freeze(b, second);
    REQUIRE((first == second) == (a == b));
  }
}

TEST_CASE("absent MED and MED 0 are told apart", "[attributes]") {
  RouteAttributes absent;
  RouteAttributes zero;
  zero.path.med = 0;
  std::vector<std::uint8_t> first;
  std::vector<std::uint8_t> second;
  freeze(absent, first);
  freeze(zero, second);
  CHECK(first != second);
  CHECK_FALSE(decision_key(first).has_med);
  CHECK(decision_key(second).has_med);
}

TEST_CASE("the decision key says what the attributes say", "[attributes]") {
  RouteAttributes attributes{received_attributes({AS(65001), AS(65002), AS(65003)}), 9};
  attributes.path.local_pref = 250;
  attributes.path.originator_id = wire::RouterId(77);
  attributes.path.cluster_list = {wire::RouterId(1)};
  std::vector<std::uint8_t> frozen;
  freeze(attributes, frozen);
  const DecisionKey key = decision_key(frozen);
  CHECK(key.weight == 9);
  CHECK(key.local_pref == 250);
  CHECK(key.path_length == 3);
  CHECK(key.neighbor_as == 65001);
  CHECK(key.originator_id == 77);
  CHECK(key.cluster_length == 1);
  CHECK(key.origin == 0);
}

TEST_CASE("equal sets have one id, counted; the last reference frees it", "[attribute-store]") {
  AttributeStore store;
  const RouteAttributes red{own_attributes(), 1};
  const RouteAttributes blue{own_attributes(), 2};
  const AttrId first = store.intern(red);
  CHECK(store.intern(red) == first);
  const AttrId second = store.intern(blue);
  CHECK(second != first);
  CHECK(store.size() == 2);
  CHECK((store.load(second) == blue));
  const std::uint32_t generation = store.generation(first);
  store.release(first);
  CHECK(store.size() == 2);
  store.release(first);
  CHECK(store.size() == 1);
  CHECK(store.generation(first) != generation);
}

TEST_CASE("slots are used again and nothing is kept of what went", "[attribute-store]") {
  AttributeStore store;
  std::mt19937 random(5);
  std::vector<AttrId> held;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 1000; ++i) held.push_back(store.intern(random_attributes(random)));
    for (const AttrId id : held) store.release(id);
    held.clear();
    CHECK(store.size() == 0);
  }
  CHECK(store.memory() < 1100 * 32);
}

TEST_CASE("sets keep their ids while others come and go", "[attribute-store]") {
  constexpr std::uint32_t kSets = 5000;
  AttributeStore store;
  std::vector<AttrId> held;
  const auto set = [](std::uint32_t i) { return RouteAttributes{own_attributes(), i}; };
  for (std::uint32_t i = 0; i < kSets; ++i) held.push_back(store.intern(set(i)));
  for (std::uint32_t i = 0; i < kSets; ++i)
    if (i % 64 != 0) store.release(held[i]);
  CHECK(store.size() == (kSets + 63) / 64);
  for (std::uint32_t i = 0; i < kSets; i += 64) {
    REQUIRE((store.load(held[i]) == set(i)));
    REQUIRE(store.intern(set(i)) == held[i]);
  }
  std::size_t visited = 0;
  store.for_each([&](const RouteAttributes& attributes, std::uint32_t references) {
    REQUIRE(attributes.weight == 64 * visited++);
    REQUIRE(references == 2);
  });
  CHECK(visited == store.size());
}

TEST_CASE("the id for nothing takes references and does nothing", "[attribute-store]") {
  AttributeStore store;
  store.acquire(kNoAttr);
  store.release(kNoAttr);
  CHECK(store.size() == 0);
  CHECK(store.intern({own_attributes(), 0}) != kNoAttr);
}

}  // namespace lbgp::rib::test
