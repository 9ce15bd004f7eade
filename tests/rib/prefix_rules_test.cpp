// SPDX-License-Identifier: Apache-2.0
// What an index over a list finds is what trying its entries one by one finds.
#include "rib/prefix_rules.hpp"

#include <random>

#include "rib/policy_lists.hpp"
#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// Lists and prefixes that meet often: few addresses, all lengths.
class Generator {
 public:
  Generator(unsigned seed, Family family) : random_(seed), family_(family) {}

  [[nodiscard]] wire::Prefix prefix() { return {address(), below(bits() + 1)}; }

  [[nodiscard]] PrefixList prefix_list() {
    PrefixList list;
    for (unsigned i = below(60); i > 0; --i) {
      PrefixListEntry entry{1 + below(200), permit(), prefix(), std::nullopt, std::nullopt};
      if (below(2) == 0) entry.ge = static_cast<std::uint8_t>(below(bits() + 1));
      if (below(2) == 0) entry.le = static_cast<std::uint8_t>(below(bits() + 1));
      list.entries[entry.seq] = entry;
    }
    return list;
  }

  [[nodiscard]] AccessList access_list(bool wildcards) {
    AccessList list;
    for (unsigned i = below(60); i > 0; --i) {
      AccessListEntry entry{1 + below(200), permit(), AccessPrefix{prefix(), below(2) == 0}};
      if (wildcards && below(4) == 0) entry.what = AccessWildcard{{0, 0x00FFFFFF}, std::nullopt};
      list.entries[entry.seq] = entry;
    }
    return list;
  }

 private:
  [[nodiscard]] unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
  [[nodiscard]] unsigned bits() const { return family_ == Family::Ipv4Unicast ? 32 : 128; }
  [[nodiscard]] Permit permit() { return below(2) == 0 ? Permit::Permit : Permit::Deny; }
  // Bits of which each is set now and then, the first and the last ones more often than others.
  [[nodiscard]] wire::IpAddress address() {
    std::array<std::uint8_t, 16> octets{};
    for (unsigned i = below(4); i > 0; --i) {
      const unsigned bit = below(2) == 0 ? below(3) : below(bits());
      octets[bit / 8] = static_cast<std::uint8_t>(octets[bit / 8] | 0x80U >> bit % 8);
    }
    if (family_ == Family::Ipv6Unicast) return wire::IpAddress::v6(octets);
    std::uint32_t value = 0;
    for (unsigned i = 0; i < 4; ++i) value = value << 8 | octets[i];
    return wire::IpAddress::v4(value);
  }

  std::mt19937 random_;
  Family family_;
};

template <typename List>
std::size_t differences(const Policies& plain, const Policies& indexed, const List& lists,
                        Generator& generator) {
  const auto& slow = (plain.*lists)[Family::Ipv4Unicast].at("list");
  const auto& fast = (indexed.*lists)[Family::Ipv4Unicast].at("list");
  std::size_t different = 0;
  for (unsigned i = 0; i < 300; ++i) {
    const wire::Prefix prefix = generator.prefix();
    const auto* expected = find_match(slow, prefix);
    const auto* found = find_match(fast, prefix);
    const bool same = expected == nullptr ? found == nullptr : found != nullptr && *found == *expected;
    if (!same || permits(slow, prefix) != permits(fast, prefix)) ++different;
  }
  return different;
}

Policies indexed(Policies policies) {
  index(policies);
  return policies;
}

}  // namespace

TEST_CASE("an indexed list finds what trying its entries finds", "[policy][prefix-list][index]") {
  const Family family = GENERATE(Family::Ipv4Unicast, Family::Ipv6Unicast);
  std::size_t different = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    Generator generator(seed, family);
    Policies plain;
    // Of either family: a list does not ask where its prefixes come from.
    plain.prefix_lists[Family::Ipv4Unicast]["list"] = generator.prefix_list();
    plain.access_lists[Family::Ipv4Unicast]["list"] = generator.access_list(seed % 2 == 0);
    const Policies fast = indexed(plain);
    different += differences(plain, fast, &Policies::prefix_lists, generator);
    different += differences(plain, fast, &Policies::access_lists, generator);
  }
  CHECK(different == 0);
}

TEST_CASE("the lowest seq decides, wherever its prefix lies", "[policy][prefix-list][index]") {
  const PrefixRules rules({{P("10.0.0.0/8"), 8, 32, 30},
                           {P("10.8.0.0/16"), 16, 32, 20},
                           {P("10.8.1.0/24"), 24, 32, 40},
                           {P("0.0.0.0/0"), 32, 32, 10}});
  CHECK(rules.first(P("10.8.1.0/24")) == 20U);
  CHECK(rules.first(P("10.9.0.0/16")) == 30U);
  CHECK(rules.first(P("10.8.1.1/32")) == 10U);
  CHECK(rules.first(P("11.0.0.1/32")) == 10U);
  CHECK_FALSE(rules.first(P("11.0.0.0/24")));
  CHECK_FALSE(rules.first(P("2001:db8::1/128")));
  CHECK_FALSE(PrefixRules({}).first(P("10.0.0.0/8")));
}

TEST_CASE("an index is no part of what a list says", "[policy][prefix-list][index]") {
  Policies plain;
  plain.prefix_lists[Family::Ipv4Unicast]["list"].entries[5] = {5, Permit::Permit, P("10.0.0.0/8"), {}, {}};
  CHECK(indexed(plain) == plain);
  Policies other = plain;
  other.prefix_lists[Family::Ipv4Unicast]["list"].entries[5].action = Permit::Deny;
  CHECK_FALSE(indexed(other) == indexed(plain));
}

TEST_CASE("a look-up in a long list costs as much as in a short one", "[policy][prefix-list][index]") {
  const auto effort = [](unsigned entries) {
    Policies all;
    PrefixList& list = all.prefix_lists[Family::Ipv4Unicast]["list"];
    for (unsigned i = 1; i <= entries; ++i)
      list.entries[i] = {i, Permit::Permit, wire::Prefix(wire::IpAddress::v4(i << 8), 24), {}, {}};
    std::size_t spent = 0;
    PolicyContext route{P("192.0.2.0/24"), std::nullopt};
    route.effort = &spent;
    const Policy policy(indexed(all), Family::Ipv4Unicast, "list", "");
    CHECK(policy.signature(route) == 1U);
    return spent;
  };
  CHECK(effort(100'000) == effort(1));
}

}  // namespace lbgp::rib::test
