// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/tables.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "tests/bench/prefix_set.hpp"
#include "wire/path_attributes.hpp"
#include "wire/update.hpp"

namespace lbgp::bench {
namespace {

constexpr std::uint32_t kFirstHost = 100U << 24 | 64U << 16;  // 100.64.0.0
constexpr wire::Family kFamily = wire::Family::Ipv4Unicast;

wire::UpdateCodec codec() {
  wire::UpdateCodec result;
  result.four_octet_as = true;
  result.families.insert(kFamily);
  return result;
}

// splitmix64: the same numbers with every library, which std::uniform_int_distribution does not promise.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t value = state_ += 0x9e3779b97f4a7c15U;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9U;
    value = (value ^ value >> 27) * 0x94d049bb133111ebU;
    return value ^ value >> 31;
  }
  // 0 … limit - 1
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(next() % limit); }
  bool percent(std::uint32_t chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

using Prefixes = std::vector<wire::Prefix>;

void append(Table& table, const wire::PathAttributes& attributes, const Prefixes& prefixes) {
  wire::UpdateWriter updates(codec(), kFamily, wire::encode_attributes(attributes, codec()),
                             attributes.next_hop);
  for (const wire::Prefix& prefix : prefixes) {
    if (updates.add({prefix})) continue;
    updates.finish(table.announcements);
    static_cast<void>(updates.add({prefix}));
  }
  if (!updates.empty()) updates.finish(table.announcements);
}

void append_withdrawals(Table& table, const Prefixes& prefixes) {
  wire::WithdrawWriter updates(codec(), kFamily);
  for (const wire::Prefix& prefix : prefixes) {
    if (updates.add({prefix})) continue;
    updates.finish(table.withdrawals);
    static_cast<void>(updates.add({prefix}));
  }
  if (!updates.empty()) updates.finish(table.withdrawals);
}

void append_end_of_rib(Table& table) {
  const wire::Bytes message = wire::encode_end_of_rib(kFamily);
  table.announcements.insert(table.announcements.end(), message.begin(), message.end());
}

Table hosts(const Identity& sender, std::size_t first, std::size_t count) {
  Prefixes prefixes;
  prefixes.reserve(count);
  for (std::size_t i = first; i < first + count; ++i)
    prefixes.push_back(wire::Prefix::host(wire::IpAddress::v4(kFirstHost + static_cast<std::uint32_t>(i))));
  wire::PathAttributes attributes;
  attributes.origin = wire::Origin::Igp;
  attributes.as_path = wire::AsPath::sequence({sender.as});
  attributes.next_hop.address = sender.address;
  attributes.communities = {wire::Community{64512U << 16 | 100U}};
  Table table;
  append(table, attributes, prefixes);
  append_end_of_rib(table);
  append_withdrawals(table, prefixes);
  return table;
}

// Of 1,000 prefixes of the Internet's table, so many have this length.
struct LengthShare {
  unsigned length;
  std::uint32_t per_mille;
};
constexpr std::array kLengths{LengthShare{24, 595}, LengthShare{23, 100}, LengthShare{22, 110},
                              LengthShare{21, 50},  LengthShare{20, 50},  LengthShare{19, 40},
                              LengthShare{18, 25},  LengthShare{17, 15},  LengthShare{16, 15}};

unsigned random_length(Random& random) {
  std::uint32_t left = random.below(1000);
  for (const LengthShare& share : kLengths) {
    if (left < share.per_mille) return share.length;
    left -= share.per_mille;
  }
  return kLengths.front().length;
}

// Somewhere in 1/8 … 223/8 that is not private.
std::uint32_t random_address(Random& random) {
  for (;;) {
    const auto address = static_cast<std::uint32_t>(random.next());
    const std::uint32_t net = address >> 24;
    if (net != 0 && net != 10 && net != 100 && net != 127 && net < 224) return address;
  }
}

// How many prefixes each attribute set has: one at least; most have few, and few have hundreds.
std::vector<std::size_t> group_sizes(Random& random, const FullTable& table) {
  std::vector<std::size_t> weights(table.attribute_sets);
  for (std::size_t& weight : weights) {
    const std::uint32_t kind = random.below(100);
    weight = kind < 35 ? 1 : kind < 60 ? 3 : kind < 85 ? 10 : kind < 97 ? 35 : 150;
  }
  const std::size_t sum = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
  const std::size_t spread = table.prefixes - table.attribute_sets;
  std::size_t given = 0;
  for (std::size_t& weight : weights) {
    weight = spread * weight / sum;
    given += weight;
    ++weight;
  }
  for (std::size_t i = 0; given < spread; ++i, ++given) ++weights[i];
  return weights;
}

std::vector<Prefixes> groups(const FullTable& table) {
  Random random(table.seed);
  PrefixSet known;
  std::vector<Prefixes> result;
  for (const std::size_t size : group_sizes(random, table)) {
    Prefixes& prefixes = result.emplace_back();
    while (prefixes.size() < size) {
      const unsigned length = random_length(random);
      const std::uint32_t address = random_address(random);
      if (known.insert(address, length)) prefixes.emplace_back(wire::IpAddress::v4(address), length);
    }
  }
  return result;
}

wire::AsNumber random_as(Random& random) {
  // A third of the Internet's AS numbers need four octets.
  return wire::AsNumber(random.percent(33) ? 131072 + random.below(80000) : 1 + random.below(23000));
}

// What is the same whoever tells of group `number`: where it comes from. What differs: the way to it.
wire::PathAttributes group_attributes(const Identity& sender, const FullTable& table, std::size_t number) {
  Random origin(table.seed * 1'000'003 + number);
  Random way(origin.next() ^ sender.as.value() * 0x2545f4914f6cdd1dU);
  wire::PathAttributes attributes;
  std::vector<wire::AsNumber> path{sender.as};
  for (std::uint32_t hops = way.below(4); hops > 0; --hops) path.push_back(random_as(way));
  for (std::uint32_t hops = 1 + origin.below(3); hops > 0; --hops) path.push_back(random_as(origin));
  if (origin.percent(10)) path.insert(path.end(), 1 + origin.below(3), path.back());
  attributes.as_path = wire::AsPath::sequence(std::move(path));
  attributes.origin = origin.percent(90) ? wire::Origin::Igp : wire::Origin::Incomplete;
  attributes.next_hop.address = sender.address;
  if (way.percent(30)) attributes.med = way.below(200);
  if (way.percent(70))
    for (std::uint32_t left = 1 + way.below(12); left > 0; --left)
      attributes.communities.insert({(1 + way.below(64000)) << 16 | way.below(65536)});
  if (origin.percent(15))
    for (std::uint32_t left = 1 + origin.below(4); left > 0; --left)
      attributes.large_communities.insert(
          {random_as(origin).value(), origin.below(100), origin.below(10000)});
  if (origin.percent(7)) {
    attributes.aggregator = wire::Aggregator{random_as(origin), wire::RouterId(random_address(origin))};
    attributes.atomic_aggregate = origin.percent(50);
  }
  return attributes;
}

std::vector<std::size_t> shuffled(std::size_t size, Random random) {
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t left = size; left > 1; --left)
    std::swap(order[left - 1], order[random.below(static_cast<std::uint32_t>(left))]);
  return order;
}

}  // namespace

Table host_table(const Identity& sender, std::size_t count) {
  return hosts(sender, 0, count);
}

Table single_route(const Identity& sender, std::size_t count) {
  return hosts(sender, count, 1);
}

Table full_table(const Identity& sender, const FullTable& table) {
  const std::vector<Prefixes> all = groups(table);
  Table result;
  // Writers make room for one message at a time. A set of attributes has some 130 octets, a prefix has four
  // or five.
  result.announcements.reserve(table.attribute_sets * 256 + table.prefixes * 5);
  result.withdrawals.reserve(table.attribute_sets * 32 + table.prefixes * 5);
  for (const std::size_t number : shuffled(all.size(), Random(table.seed ^ sender.as.value()))) {
    append(result, group_attributes(sender, table, number), all[number]);
    append_withdrawals(result, all[number]);
  }
  append_end_of_rib(result);
  return result;
}

}  // namespace lbgp::bench
