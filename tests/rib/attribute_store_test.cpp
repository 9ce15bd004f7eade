// SPDX-License-Identifier: Apache-2.0
// Freezing, thawing and interning of attribute sets.
#include "rib/attribute_store.hpp"

#include <random>

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
  a.origin = static_cast<wire::Origin>(random() % 3);
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

}  // namespace

TEST_CASE("frozen attributes thaw to what they were", "[attributes]") {
  std::mt19937 random(1);
  std::vector<std::uint8_t> frozen;
  for (int i = 0; i < 2000; ++i) {
    const RouteAttributes attributes = random_attributes(random);
    freeze(attributes, frozen);
    REQUIRE((thaw(frozen) == attributes));
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
  CHECK(store.memory() < 1100 * 64);
}

TEST_CASE("the id for nothing takes references and does nothing", "[attribute-store]") {
  AttributeStore store;
  store.acquire(kNoAttr);
  store.release(kNoAttr);
  CHECK(store.size() == 0);
  CHECK(store.intern({own_attributes(), 0}) != kNoAttr);
}

}  // namespace lbgp::rib::test
