// SPDX-License-Identifier: Apache-2.0
// Prefix to dense id and back.
#include "rib/prefix_table.hpp"

#include <map>
#include <random>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

TEST_CASE("a prefix has one id, and the id its prefix", "[prefix-table]") {
  const auto [family, texts] = GENERATE(
      std::pair{Family::Ipv4Unicast,
                std::vector<std::string>{"0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1/32"}},
      std::pair{Family::Ipv6Unicast, std::vector<std::string>{"::/0", "2001:db8::/32", "2001:db8::/128"}});
  PrefixTable table(family);
  RouteId expected = 0;
  for (const std::string& text : texts) {
    CHECK(table.find(P(text)) == kNoRoute);
    CHECK(table.insert(P(text)) == expected);
    CHECK(table.insert(P(text)) == expected);
    CHECK(table.prefix(expected) == P(text));
    ++expected;
  }
  CHECK(table.size() == texts.size());
}

TEST_CASE("freed ids are used again, lowest first, and the end is given back", "[prefix-table]") {
  PrefixTable table(Family::Ipv4Unicast);
  for (std::uint32_t i = 0; i < 10; ++i) table.insert(wire::Prefix::host(wire::IpAddress::v4(i)));
  table.erase(7);
  table.erase(3);
  CHECK_FALSE(table.used(3));
  CHECK(table.find(P("0.0.0.3/32")) == kNoRoute);
  CHECK(table.insert(P("1.1.1.1/32")) == 3);
  CHECK(table.insert(P("1.1.1.2/32")) == 7);
  table.erase(8);
  table.erase(9);
  CHECK(table.end() == 8);
}

TEST_CASE("a prefix table agrees with a map, and an emptied one is small", "[prefix-table]") {
  std::mt19937 random(3);
  PrefixTable table(Family::Ipv4Unicast);
  std::map<wire::Prefix, RouteId> model;
  for (int i = 0; i < 20000; ++i) {
    const wire::Prefix prefix(wire::IpAddress::v4(static_cast<std::uint32_t>(random() % 4000) << 8),
                              24 + static_cast<unsigned>(random() % 3));
    const auto known = model.find(prefix);
    if (random() % 3 != 0) {
      const RouteId id = table.insert(prefix);
      CHECK((known == model.end() || known->second == id));
      model[prefix] = id;
    } else if (known != model.end()) {
      table.erase(known->second);
      model.erase(known);
    }
  }
  CHECK(table.size() == model.size());
  for (const auto& [prefix, id] : model) CHECK(table.find(prefix) == id);
  for (const auto& [prefix, id] : model) table.erase(id);
  CHECK(table.size() == 0);
  CHECK(table.end() == 0);
  CHECK(table.memory() < 4096);
}

}  // namespace lbgp::rib::test
