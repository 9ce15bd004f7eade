// SPDX-License-Identifier: Apache-2.0
// Well-formed UPDATEs: what is in them.
#include "tests/wire/update_fixture.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

TEST_CASE("A classic UPDATE, octet by octet", "[rfc4271-4.3]") {
  const Bytes body =
      hex("0008"                              // withdrawn routes: 8 octets
          "18 0a0001"                         // 10.0.1.0/24
          "18 0a0002"                         // 10.0.2.0/24
          "002a"                              // path attributes: 42 octets
          "40 01 01 02"                       // ORIGIN incomplete
          "40 02 0a 02 02 0000fde9 fa56ea00"  // AS_PATH 65001 4200000000
          "40 03 04 ac1d330b"                 // NEXT_HOP 172.29.51.11
          "80 04 04 0000000a"                 // MULTI_EXIT_DISC 10
          "c0 08 08 fde80064 ffffff01"        // COMMUNITIES 65000:100 no-export
          "20 ac1d3464"                       // 172.29.52.100/32
          "00");                              // 0.0.0.0/0
  const Update update = accepted(body);
  CHECK(update.faults.empty());
  CHECK_FALSE(update.treat_as_withdraw);
  CHECK_FALSE(update.end_of_rib);
  REQUIRE(update.unreach.size() == 1);
  CHECK(update.unreach[0] == Unreach{Family::Ipv4Unicast, {nlri("10.0.1.0/24"), nlri("10.0.2.0/24")}});
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0].family == Family::Ipv4Unicast);
  CHECK(update.reach[0].next_hop == NextHop{ip("172.29.51.11"), std::nullopt});
  CHECK(update.reach[0].nlri == std::vector<Nlri>{nlri("172.29.52.100/32"), nlri("0.0.0.0/0")});
  PathAttributes expected;
  expected.origin = Origin::Incomplete;
  expected.as_path = AsPath::sequence({AsNumber{65001}, AsNumber{4200000000}});
  expected.med = 10;
  expected.communities = {Community{0xfde80064}, kNoExport};
  CHECK(update.attributes == expected);
}

TEST_CASE("An IPv6 UPDATE, octet by octet", "[rfc4760-3][rfc2545-3]") {
  const Bytes body =
      hex("0000"                                 // withdrawn routes
          "0056"                                 // path attributes: 86 octets
          "90 0e 0041"                           // MP_REACH_NLRI with two octets of length: 65
          "0002 01"                              // IPv6 unicast
          "20"                                   // next hop: 32 octets
          "fd4725e12f9600520000000000000001"     // global
          "fe800000000000000000000000000001"     // link-local
          "00"                                   // reserved
          "80 fd4725e12f9600520100000000000064"  // fd47:25e1:2f96:52:100::64/128
          "38 fd4725e12f9600"                    // fd47:25e1:2f96::/56
          "00"                                   // ::/0
          "01 80"                                // 8000::/1
          "40 01 01 00"                          // ORIGIN IGP
          "40 02 0a 02 02 0000fde9 0000fdea");
  const Update update = accepted(body);
  CHECK(update.faults.empty());
  CHECK(update.attributes.as_path == AsPath::sequence({AsNumber{65001}, AsNumber{65002}}));
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0].family == Family::Ipv6Unicast);
  CHECK(update.reach[0].next_hop == NextHop{ip("fd47:25e1:2f96:52::1"), ip("fe80::1")});
  CHECK(update.reach[0].nlri == std::vector<Nlri>{nlri("fd47:25e1:2f96:52:100::64/128"),
                                                  nlri("fd47:25e1:2f96::/56"), nlri("::/0"),
                                                  nlri("8000::/1")});
}

TEST_CASE("Withdrawals of IPv6 come in MP_UNREACH_NLRI", "[rfc4760-4]") {
  const Update update = accepted(hex("0000 000a 80 0f 07 0002 01 18 20010d"), ordinary_codec());
  REQUIRE(update.unreach.size() == 1);
  CHECK(update.unreach[0] == Unreach{Family::Ipv6Unicast, {nlri("2001:d00::/24")}});
  CHECK(update.reach.empty());
  CHECK_FALSE(update.end_of_rib);
}

TEST_CASE("Every attribute that we know is read", "[rfc4271-5]") {
  const Bytes attributes = join({
      mandatory(), attribute(0x80, 4, hex("00000005")),                        // MULTI_EXIT_DISC
      local_pref_100(), attribute(0x40, 6, {}),                                // ATOMIC_AGGREGATE
      attribute(0xc0, 7, hex("fa56ea00 0a000009")),                            // AGGREGATOR, RFC 6793
      attribute(0xc0, 8, hex("ffff029a")),                                     // COMMUNITIES
      attribute(0x80, 9, hex("0a000007")),                                     // ORIGINATOR_ID
      attribute(0x80, 10, hex("0a000008 0a000007")),                           // CLUSTER_LIST, in order
      attribute(0xc0, 16, hex("0002fde800000001")),                            // EXTENDED_COMMUNITIES
      attribute(0xc0, 25, hex("0002 20010db8000000000000000000000001 0005")),  // RFC 5701
      attribute(0x80, 26, hex("01 000b 0000000000000100")),                    // AIGP
      attribute(0xc0, 32, hex("0000fc00 00000001 00000002")),                  // LARGE_COMMUNITY
      attribute(0xc0, 35, hex("0000fde9")),                                    // OTC
  });
  const Update update = accepted(update_body({}, attributes, hex("20 0a636401")), ordinary_codec(), ibgp());
  CHECK(update.faults.empty());
  PathAttributes expected;
  expected.origin = Origin::Igp;
  expected.as_path = AsPath::sequence({AsNumber{65001}});
  expected.med = 5;
  expected.local_pref = 100;
  expected.atomic_aggregate = true;
  expected.aggregator = Aggregator{AsNumber{4200000000}, RouterId{0x0a000009}};
  expected.communities = {kBlackhole};
  expected.originator_id = RouterId{0x0a000007};
  expected.cluster_list = {RouterId{0x0a000008}, RouterId{0x0a000007}};
  expected.ext_communities = {parse_ext_community("rt:65000:1").value()};
  expected.ipv6_ext_communities = {
      Ipv6ExtCommunity{{0x00, 0x02, 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0x05}}};
  expected.aigp = 256;
  expected.large_communities = {LargeCommunity{64512, 1, 2}};
  expected.otc = AsNumber{65001};
  CHECK(update.attributes == expected);
}

TEST_CASE("The order of attributes on the wire means nothing", "[rfc7606-5.1][rfc4271-5]") {
  const Bytes forward = join({mandatory(), attribute(0xc0, 8, hex("00010002 00000001"))});
  const Bytes backward =
      join({attribute(0xc0, 8, hex("00000001 00010002")), next_hop_10_0_0_1(), path_65001(), origin_igp()});
  CHECK(accepted(update_body({}, forward, hex("20 0a636401"))) ==
        accepted(update_body({}, backward, hex("20 0a636401"))));
}

TEST_CASE("Length in two octets, the partial bit and the low bits change nothing", "[rfc4271-4.3]") {
  const Bytes odd = join({hex("5f 01 0001 00"), hex("60 02 06 02 01 0000fde9"), hex("4f 03 04 0a000001")});
  CHECK(accepted(update_body({}, odd, hex("20 0a636401"))) ==
        accepted(update_body({}, mandatory(), hex("20 0a636401"))));
}

TEST_CASE("Host bits in a prefix are not significant", "[rfc4271-4.3]") {
  const Update update = accepted(update_body(hex("09 0aff"), mandatory(), hex("19 0a6364ff")));
  CHECK(update.unreach[0].nlri == std::vector<Nlri>{nlri("10.128.0.0/9")});
  CHECK(update.reach[0].nlri == std::vector<Nlri>{nlri("10.99.100.128/25")});
}

TEST_CASE("A prefix both withdrawn and announced is announced", "[rfc4271-4.3]") {
  const Update update =
      accepted(update_body(hex("20 0a636401 20 0a636402"), mandatory(), hex("20 0a636401")));
  REQUIRE(update.unreach.size() == 1);
  CHECK(update.unreach[0].nlri == std::vector<Nlri>{nlri("10.99.100.2/32")});
  REQUIRE(update.reach.size() == 1);

  const Update nothing_left = accepted(update_body(hex("20 0a636401"), mandatory(), hex("20 0a636401")));
  CHECK(nothing_left.unreach.empty());

  const Bytes mp_unreach =
      attribute(0x80, 15, hex("0002 01 80 20010db8006400000000000000000001 20 20010db8"));
  const Update v6 =
      accepted(update_body({}, join({mp_reach_v6(), mp_unreach, origin_igp(), path_65001()}), {}));
  REQUIRE(v6.unreach.size() == 1);
  CHECK(v6.unreach[0].nlri == std::vector<Nlri>{nlri("2001:db8::/32")});
}

TEST_CASE("Both families may stand in one UPDATE", "[rfc4760-3]") {
  const Update update = accepted(update_body({}, join({mp_reach_v6(), mandatory()}), hex("20 0a636401")));
  REQUIRE(update.reach.size() == 2);
  CHECK(update.reach[0].family == Family::Ipv6Unicast);
  CHECK(update.reach[0].next_hop.address == ip("2001:db8::1"));
  CHECK(update.reach[1].family == Family::Ipv4Unicast);
  CHECK(update.reach[1].next_hop.address == ip("10.0.0.1"));
}

TEST_CASE("IPv4 unicast may come in MP_REACH_NLRI with an IPv4 next hop", "[rfc4760-3]") {
  const Bytes reach = attribute(0x80, 14, hex("0001 01 04 0a000001 00 20 0a636401"));
  const Update update = accepted(update_body({}, join({reach, origin_igp(), path_65001()}), {}));
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0] ==
        Reach{Family::Ipv4Unicast, {ip("10.0.0.1"), std::nullopt}, {nlri("10.99.100.1/32")}});
  const Bytes unreach = attribute(0x80, 15, hex("0001 01 20 0a636401"));
  CHECK(accepted(update_body({}, unreach, {})).unreach[0] ==
        Unreach{Family::Ipv4Unicast, {nlri("10.99.100.1/32")}});
}

TEST_CASE("IPv4 over an IPv6 next hop where it was negotiated", "[rfc8950-3]") {
  const Bytes reach = attribute(0x80, 14, hex("0001 01 10 20010db8000000000000000000000001 00 20 0a636401"));
  const Bytes body = update_body({}, join({reach, origin_igp(), path_65001()}), {});
  UpdateCodec codec = ordinary_codec();
  codec.extended_next_hop = {Family::Ipv4Unicast};
  CHECK(accepted(body, codec).reach[0].next_hop.address == ip("2001:db8::1"));
  CHECK(refused(body).notification.subcode == subcode::kOptionalAttributeError);
}

TEST_CASE("IPv6 next hops in all their forms", "[rfc2545-3]") {
  const std::string global = "20010db8000000000000000000000001";
  const std::string link_local = "fe800000000000000000000000000009";
  struct Row {
    std::string octets;
    NextHop expected;
  };
  const std::vector<Row> rows{
      {"10" + global, {ip("2001:db8::1"), std::nullopt}},
      {"20" + global + link_local, {ip("2001:db8::1"), ip("fe80::9")}},
      {"10" + link_local, {ip("fe80::9"), std::nullopt}},
      {"20" + link_local + link_local, {ip("fe80::9"), std::nullopt}},
      {"20 00000000000000000000000000000000" + link_local, {ip("fe80::9"), std::nullopt}},
      {"20" + global + global, {ip("2001:db8::1"), std::nullopt}},
      {"10 00000000000000000000ffff0a000001", {ip("::ffff:10.0.0.1"), std::nullopt}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.octets);
    const Bytes reach = attribute(0x80, 14, hex("0002 01" + row.octets + "00 20 20010db8"));
    const Update update = accepted(update_body({}, join({reach, origin_igp(), path_65001()}), {}));
    REQUIRE(update.reach.size() == 1);
    CHECK(update.reach[0].next_hop == row.expected);
  }
}

TEST_CASE("Path identifiers are read where they were negotiated", "[rfc7911-3]") {
  UpdateCodec codec = ordinary_codec();
  codec.add_path_receive = {Family::Ipv4Unicast};
  const Update update = accepted(update_body(hex("00000007 20 0a636402"), join({mp_reach_v6(), mandatory()}),
                                             hex("00000001 20 0a636401 ffffffff 00")),
                                 codec);
  CHECK(update.unreach[0].nlri == std::vector<Nlri>{nlri("10.99.100.2/32", 7)});
  CHECK(update.reach[0].nlri == std::vector<Nlri>{nlri("2001:db8:64::1/128")});
  CHECK(update.reach[1].nlri == std::vector<Nlri>{nlri("10.99.100.1/32", 1), nlri("0.0.0.0/0", 0xffffffff)});
}

TEST_CASE("Announce wins over withdraw only for the same path", "[rfc7911-3]") {
  UpdateCodec codec = ordinary_codec();
  codec.add_path_receive = {Family::Ipv4Unicast};
  const Update update =
      accepted(update_body(hex("00000007 20 0a636401"), mandatory(), hex("00000001 20 0a636401")), codec);
  CHECK(update.unreach[0].nlri == std::vector<Nlri>{nlri("10.99.100.1/32", 7)});
}

TEST_CASE("End-of-RIB is recognised in both forms", "[rfc4724-2]") {
  const Update v4 = accepted(hex("0000 0000"));
  CHECK(v4.end_of_rib == Family::Ipv4Unicast);
  CHECK(v4 == [] {
    Update u;
    u.end_of_rib = Family::Ipv4Unicast;
    return u;
  }());
  CHECK(accepted(hex("0000 0006 80 0f 03 0002 01")).end_of_rib == Family::Ipv6Unicast);
  CHECK(accepted(hex("0000 0007 90 0f 0003 0002 01")).end_of_rib == Family::Ipv6Unicast);
  CHECK(accepted(hex("0000 0006 80 0f 03 0001 01")).end_of_rib == Family::Ipv4Unicast);
}

TEST_CASE("What only resembles an End-of-RIB is none", "[rfc4724-2]") {
  CHECK_FALSE(
      accepted(update_body({}, join({attribute(0x80, 15, hex("0002 01")), origin_igp()}), {})).end_of_rib);
  CHECK_FALSE(accepted(update_body(hex("00"), {}, {})).end_of_rib);
  CHECK_FALSE(accepted(update_body({}, origin_igp(), {})).end_of_rib);
  CHECK_FALSE(accepted(update_body({}, attribute(0x80, 15, hex("0001 80")), {})).end_of_rib);  // VPNv4
  UpdateCodec only_v6 = ordinary_codec();
  only_v6.families = {Family::Ipv6Unicast};
  CHECK_FALSE(accepted(hex("0000 0000"), only_v6).end_of_rib);
}

TEST_CASE("A family that was not negotiated is ignored, the rest lives", "[rfc4760-8]") {
  UpdateCodec only_v4 = ordinary_codec();
  only_v4.families = {Family::Ipv4Unicast};
  const Update update =
      accepted(update_body({}, join({mp_reach_v6(), mandatory()}), hex("20 0a636401")), only_v4);
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0].family == Family::Ipv4Unicast);
  REQUIRE(update.faults.size() == 1);
  CHECK(update.faults[0] ==
        UpdateFault{Grade::AttributeDiscard, 14,
                    "MP_REACH_NLRI for AFI 2 SAFI 1, which this session has not negotiated: "
                    "ignored"});
  CHECK_FALSE(update.treat_as_withdraw);

  // Even if what is in it makes no sense to us.
  for (const auto* unknown : {"4004 47 ff 00", "0001 80 0c 00 00 00", "0019 41 00 00 ffffffff"}) {
    CAPTURE(unknown);
    const Bytes attributes = join({attribute(0x80, 14, hex(unknown)), mandatory()});
    CHECK(accepted(update_body({}, attributes, hex("20 0a636401"))).reach.size() == 1);
  }
  CHECK(accepted(update_body({}, attribute(0x80, 15, hex("4004 47 00")), {})).unreach.empty());
}

TEST_CASE("Without IPv4 the classic fields are ignored", "[rfc4760-8]") {
  UpdateCodec only_v6 = ordinary_codec();
  only_v6.families = {Family::Ipv6Unicast};
  const Update update =
      accepted(update_body(hex("20 0a636402"), join({mp_reach_v6(), origin_igp(), path_65001()}),
                           hex("20 0a636401 ff")),
               only_v6);
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0].family == Family::Ipv6Unicast);
  CHECK(update.unreach.empty());
  CHECK(update.faults.size() == 2);
  CHECK_FALSE(update.treat_as_withdraw);
}

TEST_CASE("Multicast and class E prefixes are ignored one by one", "[rfc4271-6.3]") {
  const Update update =
      accepted(update_body({}, mandatory(), hex("20 0a636401 20 e0000001 04 f0 20 ffffffff 20 0a636402")));
  REQUIRE(update.reach.size() == 1);
  CHECK(update.reach[0].nlri == std::vector<Nlri>{nlri("10.99.100.1/32"), nlri("10.99.100.2/32")});
  REQUIRE(update.faults.size() == 1);
  CHECK(update.faults[0].grade == Grade::AttributeDiscard);
  CHECK(update.faults[0].reason == "224.0.0.1/32 is no unicast prefix: ignored (3 such in all)");

  const Bytes v6 =
      attribute(0x80, 14, hex("0002 01 10 20010db8000000000000000000000001 00 08 ff 10 fe80 20 20010db8"));
  const Update mixed = accepted(update_body({}, join({v6, origin_igp(), path_65001()}), {}));
  CHECK(mixed.reach[0].nlri == std::vector<Nlri>{nlri("2001:db8::/32")});
  const Update none = accepted(update_body({}, mandatory(), hex("20 e0000001")));
  CHECK(none.reach.empty());
  CHECK_FALSE(none.treat_as_withdraw);
}

TEST_CASE("NEXT_HOP means nothing without an NLRI field", "[rfc4760-3]") {
  const Bytes zero = attribute(0x40, 3, hex("00000000"));
  const Update update =
      accepted(update_body({}, join({mp_reach_v6(), origin_igp(), path_65001(), zero}), {}));
  CHECK(update.faults.empty());
  CHECK(update.reach.size() == 1);
}

TEST_CASE("Unknown optional transitive attributes travel on with the partial bit", "[rfc4271-5]") {
  const Bytes attributes = join({attribute(0xc0, 222, hex("aabb")), mandatory(), attribute(0xe0, 99, {}),
                                 attribute(0x80, 200, hex("01")), attribute(0xc0, 40, Bytes(300, 7))});
  const Update update = accepted(update_body({}, attributes, hex("20 0a636401")));
  CHECK(update.faults.empty());
  CHECK(update.attributes.unknown ==
        std::vector<UnknownAttribute>{{0xe0, 40, Bytes(300, 7)}, {0xe0, 99, {}}, {0xe0, 222, hex("aabb")}});
}

TEST_CASE("The partial bit of optional transitive attributes that we know is kept", "[rfc4271-5]") {
  const Bytes attributes =
      join({mandatory(), attribute(0xe0, 7, hex("0000fde9 0a000009")), attribute(0xe0, 8, hex("00010002")),
            attribute(0xc0, 16, hex("0002fde900000001"))});
  const Update update = accepted(update_body({}, attributes, hex("20 0a636401")));
  CHECK(update.faults.empty());
  CHECK(update.attributes.partial.contains(7));
  CHECK(update.attributes.partial.contains(8));
  CHECK_FALSE(update.attributes.partial.contains(16));
  // And written again as it came.
  const Bytes block = encode_attributes(update.attributes, ordinary_codec());
  CHECK(block == join({origin_igp(), path_65001(), attribute(0xe0, 7, hex("0000fde9 0a000009")),
                       attribute(0xe0, 8, hex("00010002")), attribute(0xc0, 16, hex("0002fde900000001"))}));
}

TEST_CASE("Of several AIGP TLVs the first counts, others are skipped", "[rfc7311-3]") {
  const Bytes aigp =
      attribute(0x80, 26, hex("07 0005 aabb 01 000b 0000000000000001 01 000b 0000000000000002"));
  const Update update =
      accepted(update_body({}, join({mandatory_ibgp(), aigp}), hex("20 0a636401")), ordinary_codec(), ibgp());
  CHECK(update.attributes.aigp == 1);
}

TEST_CASE("Very long paths are paths", "[rfc4271-4.3]") {
  UpdateCodec codec = ordinary_codec();
  codec.extended_messages = true;
  Bytes value;
  for (int segment = 0; segment < 62; ++segment) {
    value.insert(value.end(), {2, 255});
    for (int i = 0; i < 255; ++i) value.insert(value.end(), {0, 1, 0, static_cast<std::uint8_t>(i)});
  }
  const Update update =
      accepted(update_body({}, join({origin_igp(), attribute(0x40, 2, value), next_hop_10_0_0_1()}),
                           hex("20 0a636401")),
               codec);
  CHECK(update.attributes.as_path.length() == 15810);
}

TEST_CASE("An UPDATE without routes is nothing, whatever its good attributes", "[rfc7606-5.2]") {
  const Update update = accepted(update_body({}, mandatory(), {}));
  CHECK(update.reach.empty());
  CHECK(update.unreach.empty());
  CHECK(update.faults.empty());
}
