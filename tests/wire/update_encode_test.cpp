// SPDX-License-Identifier: Apache-2.0
// Writing UPDATEs: golden vectors, packing, limits.
#include "tests/wire/update_fixture.hpp"
#include "wire/framer.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

// ORIGIN, AS_PATH of one, one community: what a node announces.
PathAttributes announcer_attributes() {
  PathAttributes attributes;
  attributes.origin = Origin::Igp;
  attributes.as_path = AsPath::sequence({AsNumber{65010}});
  attributes.communities = {Community{0xfdf20064}};
  return attributes;
}

Bytes announcer_block() {
  return encode_attributes(announcer_attributes(), ordinary_codec());
}

const NextHop kNextHop4{ip("10.90.3.101"), std::nullopt};
const NextHop kNextHop6{ip("2001:db8::1"), std::nullopt};

Nlri host4(std::uint32_t i) {
  return {Prefix::host(IpAddress::v4(0x0a000000 + i)), i};
}
Nlri host6(std::uint32_t i) {
  return {Prefix::host(IpAddress::v6({0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
                                      static_cast<std::uint8_t>(i >> 24), static_cast<std::uint8_t>(i >> 16),
                                      static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)})),
          i};
}

template <typename Writer, typename Host>
std::size_t fill(Writer& writer, Host host) {
  std::uint32_t count = 0;
  while (writer.add(host(count))) ++count;
  return count;
}

template <typename Writer>
Bytes finished(Writer& writer) {
  Bytes out;
  writer.finish(out);
  return out;
}

Update read_back(const Bytes& octets, UpdateCodec codec = ordinary_codec()) {
  codec.add_path_receive = codec.add_path_send;
  Framer framer;
  framer.allow_extended_messages(codec.extended_messages);
  framer.append(octets);
  const auto frame = framer.next();
  REQUIRE(frame.has_value());
  REQUIRE(frame->has_value());
  CHECK((*frame)->type == MessageType::Update);
  const Bytes body((*frame)->body.begin(), (*frame)->body.end());
  CHECK(framer.pending().empty());
  return accepted(body, codec);
}

}  // namespace

TEST_CASE("An IPv4 announcement, octet by octet", "[rfc4271-4.3]") {
  UpdateWriter writer(ordinary_codec(), Family::Ipv4Unicast, announcer_block(), kNextHop4);
  REQUIRE(writer.empty());
  REQUIRE(writer.add(nlri("10.99.8.1/32")));
  REQUIRE(writer.add(nlri("10.99.0.0/16")));
  CHECK_FALSE(writer.empty());
  CHECK(finished(writer) == hex("ffffffffffffffffffffffffffffffff"
                                "003a 02"                  // length 58, UPDATE
                                "0000"                     // withdrawn routes
                                "001b"                     // path attributes: 27 octets
                                "40 01 01 00"              // ORIGIN IGP
                                "40 02 06 02 01 0000fdf2"  // AS_PATH 65010
                                "40 03 04 0a5a0365"        // NEXT_HOP 10.90.3.101
                                "c0 08 04 fdf20064"        // COMMUNITIES 65010:100
                                "20 0a630801"
                                "10 0a63"));
  CHECK(writer.empty());
  CHECK(finished(writer).empty());
}

TEST_CASE("An IPv6 announcement puts MP_REACH_NLRI first", "[rfc4760-3][rfc7606-5.1]") {
  const NextHop both{ip("fd47::1"), ip("fe80::1")};
  UpdateWriter writer(ordinary_codec(), Family::Ipv6Unicast, announcer_block(), both);
  REQUIRE(writer.add(nlri("fd47:25e1:2f96:52:100::64/128")));
  CHECK(finished(writer) == hex("ffffffffffffffffffffffffffffffff"
                                "0065 02"
                                "0000"
                                "004e"                              // path attributes: 78 octets
                                "90 0e 0036"                        // MP_REACH_NLRI: 54 octets
                                "0002 01"                           // IPv6 unicast
                                "20"                                // next hop: 32 octets
                                "fd470000000000000000000000000001"  // global
                                "fe800000000000000000000000000001"  // link-local
                                "00"                                // reserved
                                "80 fd4725e12f9600520100000000000064"
                                "40 01 01 00"
                                "40 02 06 02 01 0000fdf2"
                                "c0 08 04 fdf20064"));
}

TEST_CASE("Withdrawals, octet by octet", "[rfc4271-4.3][rfc4760-4]") {
  WithdrawWriter v4(ordinary_codec(), Family::Ipv4Unicast);
  REQUIRE(v4.add(nlri("10.99.8.1/32")));
  CHECK(finished(v4) == hex("ffffffffffffffffffffffffffffffff 001c 02 0005 20 0a630801 0000"));
  WithdrawWriter v6(ordinary_codec(), Family::Ipv6Unicast);
  REQUIRE(v6.add(nlri("2001:db8::/32")));
  CHECK(finished(v6) ==
        hex("ffffffffffffffffffffffffffffffff 0023 02 0000 000c 90 0f 0008 0002 01 20 20010db8"));
  CHECK(finished(v6).empty());
}

TEST_CASE("End-of-RIB markers, octet by octet", "[rfc4724-2]") {
  CHECK(encode_end_of_rib(Family::Ipv4Unicast) == hex("ffffffffffffffffffffffffffffffff 0017 02 0000 0000"));
  CHECK(encode_end_of_rib(Family::Ipv6Unicast) ==
        hex("ffffffffffffffffffffffffffffffff 001d 02 0000 0006 80 0f 03 0002 01"));
  for (const Family family : kFamilies) CHECK(read_back(encode_end_of_rib(family)).end_of_rib == family);
}

TEST_CASE("All attributes in the order of their codes, octet by octet", "[rfc4271-5]") {
  PathAttributes attributes;
  attributes.origin = Origin::Egp;
  attributes.as_path =
      AsPath({{SegmentType::AsSequence, {AsNumber{65001}}}, {SegmentType::AsSet, {AsNumber{1}}}});
  attributes.med = 1;
  attributes.local_pref = 100;
  attributes.atomic_aggregate = true;
  attributes.aggregator = Aggregator{AsNumber{65001}, RouterId{0x0a000001}};
  attributes.communities = {kNoExport, Community{0xfde80064}};
  attributes.originator_id = RouterId{0x0a000002};
  attributes.cluster_list = {RouterId{0x0a000004}, RouterId{0x0a000003}};
  attributes.ext_communities = {parse_ext_community("rt:65000:1").value()};
  attributes.ipv6_ext_communities = {Ipv6ExtCommunity{}};
  attributes.aigp = 7;
  attributes.large_communities = {LargeCommunity{64512, 1, 2}};
  attributes.otc = AsNumber{65001};
  attributes.unknown = {{0xe0, 24, hex("aa")}, {0xe0, 222, hex("bb")}};
  CHECK(encode_attributes(attributes, ordinary_codec()) ==
        hex("40 01 01 01"
            "40 02 0c 02 01 0000fde9 01 01 00000001"
            "80 04 04 00000001"
            "40 05 04 00000064"
            "40 06 00"
            "c0 07 08 0000fde9 0a000001"
            "c0 08 08 fde80064 ffffff01"
            "80 09 04 0a000002"
            "80 0a 08 0a000004 0a000003"
            "c0 10 08 0002fde800000001"
            "e0 18 01 aa"
            "c0 19 14 0000000000000000000000000000000000000000"
            "80 1a 0b 01 000b 0000000000000007"
            "c0 20 0c 0000fc00 00000001 00000002"
            "c0 23 04 0000fde9"
            "e0 de 01 bb"));
}

TEST_CASE("A value over 255 octets gets two octets of length", "[rfc4271-4.3]") {
  PathAttributes attributes;
  attributes.as_path = AsPath::sequence(std::vector<AsNumber>(63, AsNumber{65001}));  // 2 + 252 = 254
  Bytes block = encode_attributes(attributes, ordinary_codec());
  CHECK(Bytes(block.begin() + 4, block.begin() + 9) == hex("40 02 fe 02 3f"));
  attributes.as_path.prepend(AsNumber{65001});
  block = encode_attributes(attributes, ordinary_codec());
  CHECK(Bytes(block.begin() + 4, block.begin() + 10) == hex("50 02 0102 02 40"));
}

TEST_CASE("A segment over 255 numbers is written as two", "[rfc4271-4.3]") {
  PathAttributes attributes;
  attributes.as_path = AsPath({{SegmentType::AsSequence, std::vector<AsNumber>(300, AsNumber{65001})},
                               {SegmentType::AsSequence, {}}});
  UpdateWriter writer(ordinary_codec(), Family::Ipv4Unicast, encode_attributes(attributes, ordinary_codec()),
                      kNextHop4);
  REQUIRE(writer.add(nlri("10.0.0.1/32")));
  const Update update = read_back(finished(writer));
  CHECK(update.faults.empty());
  CHECK(update.attributes.as_path.count() == 300);
  CHECK(update.attributes.as_path.segments().size() == 2);
}

TEST_CASE("UPDATEs are filled to the arithmetic optimum", "[rfc4271-4.3][rfc4760-3]") {
  // 4096 - 19 - 4 octets are for attributes and routes; the attributes take 27 (classic) or 20 + 25 (MP).
  UpdateWriter v4(ordinary_codec(), Family::Ipv4Unicast, announcer_block(), kNextHop4);
  CHECK(fill(v4, host4) == 809);
  const Bytes first = finished(v4);
  CHECK(first.size() == 27 + 23 + 809 * 5);
  CHECK(fill(v4, host4) == 809);
  UpdateWriter v6(ordinary_codec(), Family::Ipv6Unicast, announcer_block(), kNextHop6);
  CHECK(fill(v6, host6) == 236);
  WithdrawWriter gone4(ordinary_codec(), Family::Ipv4Unicast);
  CHECK(fill(gone4, host4) == 814);
  WithdrawWriter gone6(ordinary_codec(), Family::Ipv6Unicast);
  CHECK(fill(gone6, host6) == 239);

  CHECK(read_back(first).reach[0].nlri.size() == 809);
  CHECK(read_back(finished(v6)).reach[0].nlri.size() == 236);
  CHECK(read_back(finished(gone4)).unreach[0].nlri.size() == 814);
  CHECK(read_back(finished(gone6)).unreach[0].nlri.size() == 239);
}

TEST_CASE("Extended messages are filled to their optimum", "[rfc8654-4]") {
  UpdateCodec codec = ordinary_codec();
  codec.extended_messages = true;
  UpdateWriter v4(codec, Family::Ipv4Unicast, announcer_block(), kNextHop4);
  CHECK(fill(v4, host4) == 13097);
  UpdateWriter v6(codec, Family::Ipv6Unicast, announcer_block(), kNextHop6);
  CHECK(fill(v6, host6) == 3851);
  const Bytes octets = finished(v6);
  CHECK(octets.size() <= 65535);
  CHECK(read_back(octets, codec).reach[0].nlri.size() == 3851);
  CHECK(read_back(finished(v4), codec).reach[0].nlri.size() == 13097);
}

TEST_CASE("Path identifiers are written where they were negotiated", "[rfc7911-3]") {
  UpdateCodec codec = ordinary_codec();
  codec.add_path_send = {Family::Ipv4Unicast};
  UpdateWriter writer(codec, Family::Ipv4Unicast, announcer_block(), kNextHop4);
  REQUIRE(writer.add(nlri("10.99.8.1/32", 0x01020304)));
  const Bytes octets = finished(writer);
  CHECK(Bytes(octets.end() - 9, octets.end()) == hex("01020304 20 0a630801"));
  CHECK(read_back(octets, codec).reach[0].nlri == std::vector<Nlri>{nlri("10.99.8.1/32", 0x01020304)});
  WithdrawWriter gone(codec, Family::Ipv4Unicast);
  REQUIRE(gone.add(nlri("10.99.8.1/32", 5)));
  CHECK(read_back(finished(gone), codec).unreach[0].nlri == std::vector<Nlri>{nlri("10.99.8.1/32", 5)});
}

TEST_CASE("IPv4 over an IPv6 next hop goes into MP_REACH_NLRI", "[rfc8950-3]") {
  UpdateCodec codec = ordinary_codec();
  codec.extended_next_hop = {Family::Ipv4Unicast};
  UpdateWriter writer(codec, Family::Ipv4Unicast, announcer_block(), kNextHop6);
  REQUIRE(writer.add(nlri("10.99.8.1/32")));
  const Update update = read_back(finished(writer), codec);
  CHECK(update.reach[0] == Reach{Family::Ipv4Unicast, kNextHop6, {nlri("10.99.8.1/32")}});
  CHECK(update.faults.empty());
}

TEST_CASE("What cannot be announced never fits", "[wire-update-writer]") {
  UpdateWriter no_extended_next_hop(ordinary_codec(), Family::Ipv4Unicast, announcer_block(), kNextHop6);
  CHECK_FALSE(no_extended_next_hop.add(nlri("10.99.8.1/32")));
  UpdateWriter v4_next_hop_for_v6(ordinary_codec(), Family::Ipv6Unicast, announcer_block(), kNextHop4);
  CHECK_FALSE(v4_next_hop_for_v6.add(nlri("2001:db8::1/128")));
  UpdateWriter other_family(ordinary_codec(), Family::Ipv4Unicast, announcer_block(), kNextHop4);
  CHECK_FALSE(other_family.add(nlri("2001:db8::1/128")));
  CHECK(other_family.add(nlri("10.99.8.1/32")));
  WithdrawWriter other_withdraw(ordinary_codec(), Family::Ipv6Unicast);
  CHECK_FALSE(other_withdraw.add(nlri("10.99.8.1/32")));
  for (auto* writer : {&no_extended_next_hop, &v4_next_hop_for_v6}) {
    CHECK(writer->empty());
    CHECK(finished(*writer).empty());
  }
}

TEST_CASE("Attributes that leave no room are noticed, whatever their size", "[rfc4271-4.1]") {
  for (const std::size_t size : {4000U, 4100U, 66000U, 300000U}) {
    CAPTURE(size);
    PathAttributes attributes = announcer_attributes();
    attributes.unknown = {{0xe0, 99, Bytes(size, 1)}};
    const Bytes block = encode_attributes(attributes, ordinary_codec());
    for (const Family family : kFamilies) {
      const bool v4 = family == Family::Ipv4Unicast;
      UpdateWriter writer(ordinary_codec(), family, block, v4 ? kNextHop4 : kNextHop6);
      const bool added = writer.add(v4 ? nlri("10.99.8.1/32") : nlri("2001:db8::/32"));
      CHECK(added == (size == 4000));
      CHECK(writer.empty() == !added);
      const Bytes octets = finished(writer);
      CHECK(octets.size() <= 4096);
      if (added) CHECK(read_back(octets).attributes == attributes);
    }
  }
}

TEST_CASE("NEXT_HOP finds its place in any block", "[rfc4271-5]") {
  const Bytes block = hex("50 01 0001 00 50 02 0006 02 01 0000fdf2 50 04 0004 00000001");
  UpdateWriter writer(ordinary_codec(), Family::Ipv4Unicast, block, kNextHop4);
  REQUIRE(writer.add(nlri("10.0.0.0/8")));
  const Bytes octets = finished(writer);
  CHECK(Bytes(octets.begin() + 23, octets.end()) ==
        hex("50 01 0001 00 50 02 0006 02 01 0000fdf2 40 03 04 0a5a0365 50 04 0004 00000001 08 0a"));
  UpdateWriter empty(ordinary_codec(), Family::Ipv4Unicast, {}, kNextHop4);
  REQUIRE(empty.add(nlri("10.0.0.0/8")));
  CHECK(finished(empty).size() == 23 + 7 + 2);
}

TEST_CASE("Messages are appended behind what is already there", "[wire-update-writer]") {
  UpdateWriter writer(ordinary_codec(), Family::Ipv4Unicast, announcer_block(), kNextHop4);
  Bytes out = hex("aabb");
  REQUIRE(writer.add(nlri("10.0.0.1/32")));
  writer.finish(out);
  REQUIRE(writer.add(nlri("10.0.0.2/32")));
  writer.finish(out);
  CHECK(out.size() == 2 + 2 * (23 + 27 + 5));
  const Bytes second(out.begin() + 2 + 55, out.end());
  CHECK(read_back(second).reach[0].nlri == std::vector<Nlri>{nlri("10.0.0.2/32")});
}
