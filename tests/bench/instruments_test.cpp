// SPDX-License-Identifier: Apache-2.0
// The generator and the collector themselves: whoever measures with them relies on their counts.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "tests/bench/prefix_set.hpp"
#include "tests/bench/tables.hpp"
#include "tests/bench/update_reader.hpp"
#include "wire/framer.hpp"
#include "wire/update.hpp"

namespace lbgp::bench {
namespace {

const Identity kSender{wire::IpAddress::v4(10U << 24 | 1U), wire::AsNumber(65101)};
const Identity kOther{wire::IpAddress::v4(10U << 24 | 2U), wire::AsNumber(65102)};

wire::UpdateCodec codec() {
  wire::UpdateCodec result;
  result.four_octet_as = true;
  result.families = {wire::Family::Ipv4Unicast};
  return result;
}

// The UPDATEs of a table as the product's own decoder understands them.
std::vector<wire::Update> decode(const wire::Bytes& messages) {
  std::vector<wire::Update> updates;
  wire::Framer framer;
  framer.append(messages);
  for (auto frame = framer.next(); frame.value(); frame = framer.next()) {
    REQUIRE((*frame)->type == wire::MessageType::Update);
    updates.push_back(wire::decode_update((*frame)->body, codec(), {}).value());
    REQUIRE(updates.back().faults.empty());
  }
  REQUIRE(framer.pending().empty());
  return updates;
}

std::set<wire::Prefix> announced(const std::vector<wire::Update>& updates) {
  std::set<wire::Prefix> prefixes;
  for (const wire::Update& update : updates)
    for (const wire::Reach& reach : update.reach)
      for (const wire::Nlri& nlri : reach.nlri) prefixes.insert(nlri.prefix);
  return prefixes;
}

std::set<wire::Prefix> withdrawn(const std::vector<wire::Update>& updates) {
  std::set<wire::Prefix> prefixes;
  for (const wire::Update& update : updates)
    for (const wire::Unreach& unreach : update.unreach)
      for (const wire::Nlri& nlri : unreach.nlri) prefixes.insert(nlri.prefix);
  return prefixes;
}

}  // namespace

TEST_CASE("a set of prefixes counts each once", "[bench]") {
  PrefixSet set;
  CHECK(set.insert(0x0a000000, 8));
  CHECK_FALSE(set.insert(0x0a000000, 8));
  CHECK_FALSE(set.insert(0x0affffff, 8));  // host bits do not matter
  CHECK(set.size() == 1);
  CHECK(set.erase(0x0a000000, 8));
  CHECK_FALSE(set.erase(0x0a000000, 8));
  CHECK(set.size() == 0);
}

TEST_CASE("every length and both ends of the address space have a place of their own", "[bench]") {
  PrefixSet set;
  for (unsigned length = 0; length <= 32; ++length) {
    CHECK(set.insert(0, length));
    if (length != 0) CHECK(set.insert(0xffffffff, length));
  }
  CHECK(set.size() == 33 + 32);
  set.clear();
  CHECK(set.size() == 0);
  CHECK(set.insert(0xffffffff, 32));
}

TEST_CASE("an UPDATE is cut into its three fields", "[bench][rfc4271-4.3]") {
  // withdrawn 10.0.0.0/8; ORIGIN; 192.0.2.0/25 and 0.0.0.0/0
  const wire::Bytes body{0, 2, 8, 10, 0, 4, 0x40, 1, 1, 0, 25, 192, 0, 2, 0, 0};
  const auto parts = split_update(body);
  REQUIRE(parts);
  CHECK_FALSE(parts->is_end_of_rib());
  std::vector<std::pair<std::uint32_t, unsigned>> seen;
  const auto note = [&](std::uint32_t address, unsigned length) { seen.emplace_back(address, length); };
  CHECK(for_each_prefix(parts->withdrawn, note));
  CHECK(for_each_prefix(parts->announced, note));
  CHECK((seen == std::vector<std::pair<std::uint32_t, unsigned>>{{0x0a000000, 8}, {0xc0000200, 25}, {0, 0}}));
}

TEST_CASE("End-of-RIB is an UPDATE with nothing in it", "[bench][rfc4724-2]") {
  const wire::Bytes message = wire::encode_end_of_rib(wire::Family::Ipv4Unicast);
  const auto parts = split_update(wire::ByteView(message).subspan(wire::kHeaderSize));
  REQUIRE(parts);
  CHECK(parts->is_end_of_rib());
}

TEST_CASE("what is cut short or too long is no UPDATE", "[bench]") {
  for (const wire::Bytes& body : {wire::Bytes{}, {0}, {0, 1}, {0, 0, 0}, {0, 0, 0, 1}})
    CHECK_FALSE(split_update(body));
  const auto nothing = [](std::uint32_t, unsigned) {};
  CHECK_FALSE(for_each_prefix(wire::Bytes{33, 10, 0, 0, 0, 0}, nothing));
  CHECK_FALSE(for_each_prefix(wire::Bytes{24, 10, 0}, nothing));
}

TEST_CASE("host routes are neighbors, with a community, and End-of-RIB behind them", "[bench]") {
  const auto updates = decode(host_table(kSender, 3000).announcements);
  const auto prefixes = announced(updates);
  REQUIRE(prefixes.size() == 3000);
  CHECK(wire::to_string(*prefixes.begin()) == "100.64.0.0/32");
  CHECK(wire::to_string(*prefixes.rbegin()) == "100.64.11.183/32");
  CHECK(wire::to_string(updates.front().attributes.communities) == "64512:100");
  CHECK(updates.front().attributes.as_path.first() == kSender.as);
  CHECK(updates.back().end_of_rib == wire::Family::Ipv4Unicast);
}

TEST_CASE("what is withdrawn is what was announced", "[bench]") {
  const Table hosts = host_table(kSender, 3000);
  CHECK(withdrawn(decode(hosts.withdrawals)) == announced(decode(hosts.announcements)));
  const Table full = full_table(kSender, {.prefixes = 5000, .attribute_sets = 500, .seed = 7});
  CHECK(withdrawn(decode(full.withdrawals)) == announced(decode(full.announcements)));
}

TEST_CASE("the single route is not in the table", "[bench]") {
  const auto single = announced(decode(single_route(kSender, 3000).announcements));
  REQUIRE(single.size() == 1);
  CHECK(announced(decode(host_table(kSender, 3000).announcements)).count(*single.begin()) == 0);
}

TEST_CASE("a full table has the prefixes and attribute sets that it was asked for", "[bench]") {
  const auto updates =
      decode(full_table(kSender, {.prefixes = 20'000, .attribute_sets = 2'000, .seed = 7}).announcements);
  CHECK(announced(updates).size() == 20'000);
  std::set<wire::PathAttributes> sets;
  for (const wire::Update& update : updates)
    if (!update.reach.empty()) sets.insert(update.attributes);
  CHECK(sets.size() == 2'000);
  const auto prefixes = announced(updates);
  const auto share =
      static_cast<double>(std::count_if(prefixes.begin(), prefixes.end(),
                                        [](const wire::Prefix& one) { return one.length() == 24; })) /
      20'000;
  CHECK(share > 0.55);
  CHECK(share < 0.65);
}

TEST_CASE("a full table is the same every time, and another with another seed", "[bench]") {
  const FullTable table{.prefixes = 2000, .attribute_sets = 200, .seed = 7};
  CHECK(full_table(kSender, table).announcements == full_table(kSender, table).announcements);
  FullTable other = table;
  other.seed = 8;
  CHECK(full_table(kSender, table).announcements != full_table(kSender, other).announcements);
}

TEST_CASE("several senders tell of the same prefixes, each by paths of its own", "[bench]") {
  const FullTable table{.prefixes = 2000, .attribute_sets = 200, .seed = 7};
  const auto one = decode(full_table(kSender, table).announcements);
  const auto other = decode(full_table(kOther, table).announcements);
  CHECK(announced(one) == announced(other));
  CHECK(one.front().reach != other.front().reach);  // another order
  std::multiset<std::size_t> lengths_one;
  std::multiset<std::size_t> lengths_other;
  for (const wire::Update& update : one) lengths_one.insert(update.attributes.as_path.length());
  for (const wire::Update& update : other) lengths_other.insert(update.attributes.as_path.length());
  CHECK(lengths_one != lengths_other);
}

TEST_CASE("who is who on the command line", "[bench]") {
  const Identity identity = parse_identity("10.0.1.1=65200");
  CHECK(wire::to_string(identity.address) == "10.0.1.1");
  CHECK(identity.as == wire::AsNumber(65200));
  for (const char* text : {"", "10.0.1.1", "10.0.1.1=", "10.0.1=1", "::1=1", "10.0.1.1=x"})
    CHECK_THROWS_AS(parse_identity(text), std::invalid_argument);
}

}  // namespace lbgp::bench
