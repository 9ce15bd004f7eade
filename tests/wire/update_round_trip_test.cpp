// SPDX-License-Identifier: Apache-2.0
// Generated routes: what is written is read back the same, on every kind of session.
#include <random>

#include "tests/wire/update_fixture.hpp"
#include "wire/framer.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

// Values with a taste for the edges.
class Generator {
 public:
  explicit Generator(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_()) % limit; }
  bool chance() { return below(2) == 0; }
  std::uint32_t number() {
    static constexpr std::array<std::uint32_t, 6> kEdges{0, 1, 0xffff, 0x10000, 0x7fffffff, 0xffffffff};
    return chance() ? kEdges[below(kEdges.size())] : static_cast<std::uint32_t>(random_());
  }
  Bytes octets(std::size_t size) {
    Bytes bytes(size);
    for (auto& octet : bytes) octet = static_cast<std::uint8_t>(random_());
    return bytes;
  }
  AsNumber as() { return AsNumber{std::max(1U, number())}; }
  template <typename T, typename Make>
  std::vector<T> several(std::uint32_t limit, Make make) {
    std::vector<T> items;
    for (std::uint32_t i = below(limit); i > 0; --i) items.push_back(make());
    return items;
  }
  template <typename T>
  T with_octets() {
    T item;
    for (auto& octet : item.octets) octet = static_cast<std::uint8_t>(random_());
    return item;
  }

  AsPath path() {
    AsPath path;
    if (chance()) {
      std::vector<AsNumber> set = several<AsNumber>(5, [this] { return as(); });
      if (!set.empty()) path = AsPath({{SegmentType::AsSet, set}});
    }
    for (std::uint32_t i = below(6); i > 0; --i) path.prepend(as(), below(3) + (below(50) == 0 ? 200 : 0));
    return path;
  }

  PathAttributes attributes(bool ibgp) {
    PathAttributes a;
    a.origin = static_cast<Origin>(below(3));
    a.as_path = path();
    if (chance()) a.med = number();
    a.atomic_aggregate = chance();
    if (chance()) a.aggregator = Aggregator{as(), RouterId{number()}};
    a.communities = Communities(several<Community>(80, [this] { return Community{number()}; }));
    a.large_communities = LargeCommunities(several<LargeCommunity>(30, [this] {
      return LargeCommunity{number(), number(), number()};
    }));
    a.ext_communities =
        ExtCommunities(several<ExtCommunity>(40, [this] { return with_octets<ExtCommunity>(); }));
    a.ipv6_ext_communities =
        Ipv6ExtCommunities(several<Ipv6ExtCommunity>(3, [this] { return with_octets<Ipv6ExtCommunity>(); }));
    if (chance()) a.otc = AsNumber{number()};
    if (a.aggregator && chance()) a.partial.insert(7);
    if (!a.communities.empty() && chance()) a.partial.insert(8);
    if (!a.large_communities.empty() && chance()) a.partial.insert(32);
    for (std::uint8_t code = 200; code < 210; ++code)
      if (below(4) == 0) a.unknown.push_back({0xe0, code, octets(below(300))});
    if (!ibgp) return a;
    a.local_pref = number();
    if (chance()) a.originator_id = RouterId{number()};
    a.cluster_list = several<RouterId>(4, [this] { return RouterId{number()}; });
    if (chance()) a.aigp = std::uint64_t{number()} << 32 | number() >> 1;  // never the unusable maximum
    return a;
  }

  IpAddress address(Family family) {
    if (family == Family::Ipv4Unicast) return IpAddress::v4((1 + below(100)) << 24 | (below(1U << 24)));
    std::array<std::uint8_t, 16> raw{};
    const Bytes bytes = octets(16);
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    raw[0] = 0x20;
    return IpAddress::v6(raw);
  }
  std::vector<Nlri> routes(Family family, bool add_path) {
    std::vector<Nlri> list;
    const std::uint32_t bits = family == Family::Ipv4Unicast ? 32 : 128;
    for (std::uint32_t i = 1 + below(1500); i > 0; --i)
      list.push_back({Prefix(address(family), chance() ? bits : below(bits + 1)), add_path ? number() : 0});
    return list;
  }
  UpdateCodec codec() {
    UpdateCodec codec = ordinary_codec();
    codec.four_octet_as = chance();
    codec.extended_messages = chance();
    for (const Family family : kFamilies)
      if (chance()) codec.add_path_send.insert(family);
    codec.add_path_receive = codec.add_path_send;
    if (chance()) codec.extended_next_hop = {Family::Ipv4Unicast};
    return codec;
  }

 private:
  std::mt19937 random_;
};

// All UPDATEs in `octets`, read with the session's own codec.
std::vector<Update> read_all(const Bytes& octets, const UpdateCodec& codec, const UpdateRules& rules) {
  Framer framer;
  framer.allow_extended_messages(codec.extended_messages);
  framer.append(octets);
  std::vector<Update> updates;
  for (;;) {
    const auto frame = framer.next();
    REQUIRE(frame.has_value());
    if (!frame->has_value()) return updates;
    REQUIRE((*frame)->type == MessageType::Update);
    updates.push_back(accepted({(*frame)->body.begin(), (*frame)->body.end()}, codec, rules));
    for (const UpdateFault& fault : updates.back().faults) FAIL(fault.reason);
  }
}

template <typename Writer>
Bytes write_all(Writer& writer, const std::vector<Nlri>& routes) {
  Bytes octets;
  for (const Nlri& route : routes) {
    if (writer.add(route)) continue;
    REQUIRE_FALSE(writer.empty());
    writer.finish(octets);
    REQUIRE(writer.add(route));
  }
  writer.finish(octets);
  return octets;
}

}  // namespace

TEST_CASE("Announcements survive the wire on every kind of session",
          "[rfc4271-4.3][rfc4760-3][rfc6793-4.2]") {
  Generator generate(20240601);
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    const UpdateCodec codec = generate.codec();
    UpdateRules rules;
    rules.ibgp = generate.chance();
    rules.allow_as_set = true;
    const Family family = kFamilies[generate.below(2)];
    PathAttributes attributes = generate.attributes(rules.ibgp);
    const bool v6_next_hop = family == Family::Ipv6Unicast || codec.extended_next_hop.contains(family);
    NextHop next_hop{generate.address(v6_next_hop ? Family::Ipv6Unicast : Family::Ipv4Unicast), std::nullopt};
    if (v6_next_hop && generate.chance()) next_hop.link_local = ip("fe80::77");
    const auto routes = generate.routes(family, codec.add_path_send.contains(family));

    const Bytes block = encode_attributes(attributes, codec);
    if (block.size() > 3900) continue;  // a test of its own shows that such a block is noticed
    UpdateWriter writer(codec, family, block, next_hop);
    const auto updates = read_all(write_all(writer, routes), codec, rules);

    std::vector<Nlri> back;
    for (const Update& update : updates) {
      REQUIRE(update.attributes == attributes);
      REQUIRE(update.unreach.empty());
      REQUIRE(update.reach.size() == 1);
      REQUIRE(update.reach[0].family == family);
      REQUIRE(update.reach[0].next_hop == next_hop);
      back.insert(back.end(), update.reach[0].nlri.begin(), update.reach[0].nlri.end());
    }
    REQUIRE(back == routes);
  }
}

TEST_CASE("Withdrawals survive the wire on every kind of session", "[rfc4271-4.3][rfc4760-4]") {
  Generator generate(99);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const UpdateCodec codec = generate.codec();
    const Family family = kFamilies[generate.below(2)];
    const auto routes = generate.routes(family, codec.add_path_send.contains(family));
    WithdrawWriter writer(codec, family);
    std::vector<Nlri> back;
    for (const Update& update : read_all(write_all(writer, routes), codec, ebgp())) {
      REQUIRE(update.reach.empty());
      REQUIRE(update.unreach.size() == 1);
      REQUIRE(update.unreach[0].family == family);
      back.insert(back.end(), update.unreach[0].nlri.begin(), update.unreach[0].nlri.end());
    }
    REQUIRE(back == routes);
  }
}

TEST_CASE("One flipped octet never upsets the reader", "[rfc7606-3]") {
  Generator generate(5);
  for (int round = 0; round < 40; ++round) {
    const UpdateCodec codec = generate.codec();
    UpdateRules rules;
    rules.ibgp = generate.chance();
    const Bytes block = encode_attributes(generate.attributes(rules.ibgp), codec);
    UpdateWriter writer(codec, Family::Ipv6Unicast, block, {ip("2001:db8::1"), std::nullopt});
    if (!writer.add({Prefix::host(generate.address(Family::Ipv6Unicast)), 1})) continue;
    Bytes octets;
    writer.finish(octets);
    const Bytes body(octets.begin() + kHeaderSize, octets.end());
    for (std::size_t i = 0; i < body.size(); ++i) {
      Bytes flipped = body;
      flipped[i] ^= static_cast<std::uint8_t>(1U << generate.below(8));
      const auto result = decode_update(flipped, codec, rules);
      if (result.has_error()) {
        REQUIRE_FALSE(result.error().reason.empty());
      } else if (result->treat_as_withdraw) {
        REQUIRE(result->reach.empty());
        REQUIRE_FALSE(result->faults.empty());
      }
    }
  }
}
