// SPDX-License-Identifier: Apache-2.0
// UPDATEs that are wrong, through whole speakers: the route's fate, the session's, and everybody else's.
#include "tests/sim/house.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::State;
using wire::Bytes;
using wire::ErrorCode;
using wire::Family;
using wire::Grade;
using wire::test::attribute;
using wire::test::hex;
using wire::test::join;

namespace {

enum class Reaction { Accept, Discard, Withdraw };

// An attribute among good ones; the good one of the same type is left out.
struct Row {
  const char* fault;
  const char* octets;  // the whole attribute, or several
  Reaction ebgp;
  Reaction ibgp;
  bool only_last = false;  // it swallows what stands behind it
  unsigned left_out = 0;   // a good attribute that is missing
};

constexpr Reaction kAccept = Reaction::Accept;
constexpr Reaction kDiscard = Reaction::Discard;
constexpr Reaction kWithdraw = Reaction::Withdraw;

std::vector<Row> rows() {
  return {
      {"U1 ORIGIN flagged optional", "c0 01 01 00", kWithdraw, kWithdraw},
      {"U1 AS_PATH flagged non-transitive", "00 02 06 02 01 0000fdf2", kWithdraw, kWithdraw},
      {"U1 MED flagged transitive", "c0 04 04 00000001", kWithdraw, kWithdraw},
      {"U1 COMMUNITIES flagged well-known", "40 08 04 fdea0064", kWithdraw, kWithdraw},
      {"U2 partial bit on ORIGIN", "60 01 01 00", kAccept, kAccept},
      {"U2 reserved bits", "4f 01 01 00", kAccept, kAccept},
      {"U2 extended length on a short attribute", "50 01 0001 00", kAccept, kAccept},
      {"U3 overruns the attribute section", "80 04 09 00000001", kWithdraw, kWithdraw, true},
      {"U3 one octet left", "40", kWithdraw, kWithdraw, true},
      {"U3 two octets left", "40 63", kWithdraw, kWithdraw, true},
      {"U3 three octets left", "50 63 00", kWithdraw, kWithdraw, true},
      {"U4 MED twice", "80 04 04 00000001 80 04 04 00000002", kDiscard, kDiscard},
      {"U4 ORIGIN twice, the second one bad", "40 01 01 00 40 01 01 09", kDiscard, kDiscard},
      {"U6 a discard and a withdraw", "40 06 01 00 80 04 03 000001", kWithdraw, kWithdraw},
      {"U7 ORIGIN missing", "", kWithdraw, kWithdraw, false, 1},
      {"U7 AS_PATH missing", "", kWithdraw, kWithdraw, false, 2},
      {"U7 NEXT_HOP missing", "", kWithdraw, kWithdraw, false, 3},
      {"U7 LOCAL_PREF missing", "", kAccept, kWithdraw, false, 5},
      {"U8 ORIGIN empty", "40 01 00", kWithdraw, kWithdraw},
      {"U8 ORIGIN of two octets", "40 01 02 0000", kWithdraw, kWithdraw},
      {"U8 ORIGIN 3", "40 01 01 03", kWithdraw, kWithdraw},
      {"U9 AS_PATH with an unknown segment", "40 02 06 05 01 0000fdf2", kWithdraw, kWithdraw},
      {"U9 AS_PATH that overruns", "40 02 06 02 02 0000fdf2", kWithdraw, kWithdraw},
      {"U9 AS_PATH that underruns", "40 02 07 02 01 0000fdf2 02", kWithdraw, kWithdraw},
      {"U9 AS_PATH with an empty segment", "40 02 02 02 00", kWithdraw, kWithdraw},
      {"U10 AS 0", "40 02 0a 02 02 0000fdf2 00000000", kWithdraw, kWithdraw},
      {"U11 AS_SET", "40 02 10 02 01 0000fdf2 01 02 00000001 00000002", kWithdraw, kWithdraw},
      {"U11 AS_CONFED_SET", "40 02 0c 02 01 0000fdf2 04 01 0000fc00", kWithdraw, kWithdraw},
      {"U12 AS_CONFED_SEQUENCE from a non-member", "40 02 0c 03 01 0000fc00 02 01 0000fdf2", kWithdraw,
       kWithdraw},
      {"U16 NEXT_HOP of three octets", "40 03 03 0a0000", kWithdraw, kWithdraw},
      {"U16 NEXT_HOP 0.0.0.0", "40 03 04 00000000", kWithdraw, kWithdraw},
      {"U16 NEXT_HOP 127.0.0.1", "40 03 04 7f000001", kWithdraw, kWithdraw},
      {"U16 NEXT_HOP 224.0.0.1", "40 03 04 e0000001", kWithdraw, kWithdraw},
      {"U16 NEXT_HOP 255.255.255.255", "40 03 04 ffffffff", kWithdraw, kWithdraw},
      {"U17 MED of three octets", "80 04 03 000001", kWithdraw, kWithdraw},
      {"U17 MED of five octets", "80 04 05 0000000001", kWithdraw, kWithdraw},
      {"U18 LOCAL_PREF from outside", "40 05 04 00000064", kDiscard, kAccept},
      {"U19 LOCAL_PREF of three octets", "40 05 03 000064", kDiscard, kWithdraw},
      {"U20 ATOMIC_AGGREGATE of one octet", "40 06 01 00", kDiscard, kDiscard},
      {"U21 AGGREGATOR of six octets", "c0 07 06 fdf2 0a000001", kDiscard, kDiscard},
      {"U21 AGGREGATOR of AS 0", "c0 07 08 00000000 0a000001", kDiscard, kDiscard},
      {"U22 COMMUNITIES empty", "c0 08 00", kWithdraw, kWithdraw},
      {"U22 COMMUNITIES of three octets", "c0 08 03 fdea00", kWithdraw, kWithdraw},
      {"U23 ORIGINATOR_ID", "80 09 04 0a000005", kDiscard, kAccept},
      {"U23 ORIGINATOR_ID of three octets", "80 09 03 0a0000", kDiscard, kWithdraw},
      {"U23 CLUSTER_LIST of three octets", "80 0a 03 0a0000", kDiscard, kWithdraw},
      {"U23 CLUSTER_LIST empty", "80 0a 00", kDiscard, kWithdraw},
      {"U24 EXTENDED_COMMUNITIES empty", "c0 10 00", kWithdraw, kWithdraw},
      {"U24 EXTENDED_COMMUNITIES of seven octets", "c0 10 07 00020000000000", kWithdraw, kWithdraw},
      {"U24 IPv6 ones of nineteen octets", "c0 19 13 00020000000000000000000000000000000000", kWithdraw,
       kWithdraw},
      {"U24 LARGE_COMMUNITY of eleven octets", "c0 20 0b 0000fdea00000001000000", kWithdraw, kWithdraw},
      {"U24 LARGE_COMMUNITY empty", "c0 20 00", kWithdraw, kWithdraw},
      {"U31 an unknown well-known attribute", "40 63 01 00", kWithdraw, kWithdraw},
      {"U35 AS4_PATH from a new speaker", "c0 11 06 02 01 0000fde8", kDiscard, kDiscard},
  };
}

// The good attributes of the kind of session, without one.
Bytes others(bool ibgp, unsigned code) {
  Bytes all;
  for (const Bytes& each : {hex("40 01 01 00"), hex("40 02 06 02 01 0000fdf2"), hex("40 03 04 0a000001"),
                            hex("40 05 04 00000064")})
    if (each[1] != code && (ibgp || each[1] != 5)) all = join({all, each});
  return all;
}

std::optional<wire::PathAttributes> attributes_of(Speaker& speaker, const char* prefix) {
  std::optional<wire::PathAttributes> found;
  speaker.rib().find(wire::parse_prefix(prefix).value(), [&](const rib::RouteView& route) {
    if (!route.paths.empty()) found = *route.paths.front().attributes;
  });
  return found;
}

Bytes route_to(const char* nlri, const Bytes& attributes) {
  return update({}, attributes, hex(nlri));
}

}  // namespace

TEST_CASE("a bad attribute costs what RFC 7606 says and no more, wherever it stands",
          "[sim][rfc7606-3][rfc7606-7.1]") {
  const bool ibgp = GENERATE(false, true);
  BadNode house(ibgp ? 65001 : 65010);
  for (const Row& row : rows())
    for (const bool last : {true, false}) {
      if (!last && row.only_last) continue;
      INFO(row.fault << (last ? ", last" : ", first") << (ibgp ? ", iBGP" : ", eBGP"));
      house.say(route_to("20 0a630801", others(ibgp, 0)));
      REQUIRE(house.has("10.99.8.1/32"));
      const auto faults_before = house.router_end->faults().size();
      const Bytes bad = hex(row.octets);
      const unsigned code = bad.size() > 1 ? bad[1] : row.left_out;
      const Bytes good = others(ibgp, code);
      house.say(route_to("20 0a630801", last ? join({good, bad}) : join({bad, good})));

      const Reaction expected = ibgp ? row.ibgp : row.ebgp;
      REQUIRE(house.router_end->established());
      CHECK(house.has("10.99.8.1/32") == (expected != kWithdraw));
      std::vector<wire::UpdateFault> faults(
          house.router_end->faults().begin() + static_cast<std::ptrdiff_t>(faults_before),
          house.router_end->faults().end());
      CHECK(faults.empty() == (expected == kAccept));
      Grade worst = Grade::AttributeDiscard;
      for (const wire::UpdateFault& fault : faults) {
        worst = std::max(worst, fault.grade);
        CHECK_FALSE(fault.reason.empty());
      }
      CHECK((worst == Grade::TreatAsWithdraw) == (expected == kWithdraw));
    }
  CHECK(house.history().connections_dropped == 0);
  house.say(route_to("20 0a630803", others(ibgp, 0)));
  CHECK(house.has("10.99.8.3/32"));
  house.check_others();
}

TEST_CASE("what RFC 7606 cannot save ends the session with its subcode, and only that",
          "[sim][rfc7606-5.2][rfc7606-5.3]") {
  struct Reset {
    const char* fault;
    Bytes update;
    std::uint8_t subcode;
  };
  const Bytes good = good_attributes();
  const Bytes reach_v6 =
      hex("80 0e 26 0002 01 10 fd000000000000000000000000000001 00 80 20010db8006400000000000000000001");
  const Bytes unreach_v6 = hex("80 0f 14 0002 01 80 20010db8006400000000000000000001");
  const auto row = GENERATE_COPY(values<Reset>({
      {"U5 MP_REACH_NLRI twice", update({}, join({good, reach_v6, reach_v6}), {}), 1},
      {"U5 MP_UNREACH_NLRI twice", update({}, join({unreach_v6, unreach_v6}), {}), 1},
      {"U6 a withdraw and a reset",
       update({}, join({hex("40 01 01 09 40 02 06 02 01 0000fdf2"), reach_v6, reach_v6}), {}), 1},
      {"U25 MP_REACH_NLRI of four octets", update({}, join({good, hex("80 0e 04 0002 01 00")}), {}), 9},
      {"U25 next hop of five octets", update({}, join({good, hex("80 0e 0a 0002 01 05 fd00000000 00")}), {}),
       9},
      {"U25 next hop overruns", update({}, join({good, hex("80 0e 07 0002 01 20 fd0000")}), {}), 9},
      {"U25 reserved octet missing",
       update({}, join({good, hex("80 0e 14 0002 01 10 fd000000000000000000000000000001")}), {}), 9},
      {"U26 MP prefix of 129 bits",
       update({},
              join({good, hex("80 0e 27 0002 01 10 fd000000000000000000000000000001 00 81 "
                              "20010db800640000000000000000000180")}),
              {}),
       9},
      {"U26 MP prefix cut short",
       update({}, join({good, hex("80 0e 17 0002 01 10 fd000000000000000000000000000001 00 80 20")}), {}), 9},
      {"U26 withdrawn MP prefix cut short", update({}, hex("80 0f 05 0002 01 80 20"), {}), 9},
      {"U27 NLRI of 33 bits", update({}, good, hex("21 0a63080180")), 10},
      {"U27 NLRI cut short", update({}, good, hex("20 0a6308")), 10},
      {"U27 withdrawn of 33 bits", update(hex("21 0a63080180"), {}, {}), 10},
      {"U27 withdrawn cut short", update(hex("20 0a"), {}, {}), 10},
      {"U28 withdrawn length overruns", wire::test::message(2, hex("0005 20 0a 0000")), 1},
      {"U28 attribute length overruns", wire::test::message(2, hex("0000 0005 40 01 01 00")), 1},
      {"U30 path identifiers without ADD-PATH", update({}, good, hex("00000001 20 0a630803")), 10},
      {"U36 a bad attribute and no NLRI", update({}, hex("40 01 01 09"), {}), 6},
  }));
  INFO(row.fault);
  BadNode house;
  house.say(row.update);
  const auto verdict = house.verdict();
  REQUIRE(verdict);
  CHECK(verdict->code == ErrorCode::UpdateMessage);
  CHECK(verdict->subcode == row.subcode);
  CHECK(house.bad_end->history().last_reset_reason == fsm::DownReason::NotificationReceived);
  CHECK_FALSE(house.has("10.99.8.1/32"));
  house.check_others();
  // And after it a fresh session is possible.
  REQUIRE(house.world.run_until([&] { return house.has("10.99.8.1/32"); }, seconds(15)));
}

TEST_CASE("a well-formed route that cannot be used replaces the one before it",
          "[sim][rfc4271-9.1.2][rfc4271-6.3]") {
  struct Unusable {
    const char* fault;
    const char* attributes;
  };
  const auto row = GENERATE(values<Unusable>({
      {"U13 our own AS in the path", "40 01 01 00 40 02 0a 02 02 0000fdf2 0000fde9 40 03 04 0a000001"},
      {"U14 the first AS is not the peer's", "40 01 01 00 40 02 06 02 01 0000fde8 40 03 04 0a000001"},
      {"U16 our own address as next hop", "40 01 01 00 40 02 06 02 01 0000fdf2 40 03 04 0a000009"},
  }));
  INFO(row.fault);
  BadNode house;
  house.say(route_to("20 0a630801", hex(row.attributes)));
  CHECK_FALSE(house.has("10.99.8.1/32"));
  CHECK(house.router_end->established());
  const auto counters =
      house.router.rib().counters(house.router_end->peering().rib_id(), Family::Ipv4Unicast);
  CHECK(counters.accepted == 0);
  CHECK(counters.received == 1);
  house.check_others();
}

TEST_CASE("U15: an AS_PATH of five hundred numbers is a path", "[sim][rfc4271-4.3]") {
  Bytes segment = hex("02 ff 0000fdf2");
  for (int i = 1; i < 255; ++i) segment = join({segment, hex("0000fc00")});
  const Bytes path = attribute(0x40, 2, join({segment, segment}));
  BadNode house;
  house.say(route_to("20 0a630801", join({hex("40 01 01 00"), path, hex("40 03 04 0a000001")})));
  REQUIRE(house.has("10.99.8.1/32"));
  const auto passed_on = attributes_of(house.good(), "10.99.8.1/32");
  REQUIRE(passed_on);
  CHECK(passed_on->as_path.length() == 511);
  house.check_others();
}

TEST_CASE("U29: a family that was not negotiated is ignored, the rest of the message is not",
          "[sim][rfc4760-7]") {
  const char* const mp = GENERATE("80 0e 0c 0019 41 04 0a000001 00 08 0a 00",  // L2VPN
                                  "80 0e 09 ffff ff 00 00 01 02 03 04",        // nobody's
                                  "80 0e 26 0002 01 10 fd000000000000000000000000000001 00 80 "
                                  "20010db8006400000000000000000001",  // not
                                                                       // agreed
                                                                       // on
                                  "80 0f 14 0002 01 80 20010db8006400000000000000000001");
  INFO(mp);
  BadStranger house;
  wire::Open only_v4 = BadStranger::open();
  only_v4.capabilities.erase(only_v4.capabilities.begin() + 1);
  house.reach(State::Established, only_v4);
  house.say(route_to("20 0a630801", join({hex(mp), good_attributes()})));
  REQUIRE(house.router_end->established());
  CHECK(house.has("10.99.8.1/32"));
  CHECK(house.router.table(Family::Ipv6Unicast).empty());
  house.check_others();
}

TEST_CASE("unknown optional attributes are passed on, or not, as their flags say", "[sim][rfc4271-5]") {
  BadNode house;
  SECTION("U32 transitive: with Partial set") {
    house.say(route_to("20 0a630801", join({good_attributes(), hex("c0 63 02 abcd")})));
    const auto passed_on = attributes_of(house.good(), "10.99.8.1/32");
    REQUIRE(passed_on);
    REQUIRE(passed_on->unknown.size() == 1);
    CHECK(passed_on->unknown[0].type == 0x63);
    CHECK((passed_on->unknown[0].flags & 0xe0) == 0xe0);
    CHECK(passed_on->unknown[0].value == hex("abcd"));
  }
  SECTION("U33 non-transitive: dropped in silence") {
    house.say(route_to("20 0a630801", join({good_attributes(), hex("80 63 02 abcd")})));
    CHECK(house.router_end->faults().empty());
    const auto passed_on = attributes_of(house.good(), "10.99.8.1/32");
    REQUIRE(passed_on);
    CHECK(passed_on->unknown.empty());
  }
  CHECK(house.has("10.99.8.1/32"));
  house.check_others();
}

TEST_CASE("U34: what an old speaker says wrongly about four-octet numbers is discarded alone",
          "[sim][rfc6793-6]") {
  const char* const bad = GENERATE("c0 11 05 02 02 0000fd",      // AS4_PATH that overruns
                                   "c0 11 06 02 00 0000fde8",    // with an empty segment
                                   "c0 11 06 09 01 0000fde8",    // with an unknown one
                                   "c0 12 07 0000fde8 0a0000");  // AS4_AGGREGATOR of seven octets
  INFO(bad);
  BadStranger house;
  wire::Open old = BadStranger::open();
  old.capabilities.pop_back();
  house.reach(State::Established, old);
  house.say(route_to("20 0a630801",
                     join({hex("40 01 01 00  40 02 06 02 02 fdf2 5ba0  40 03 04 0a000001"), hex(bad)})));
  REQUIRE(house.router_end->established());
  REQUIRE(house.has("10.99.8.1/32"));
  CHECK(house.router.path_to("10.99.8.1/32") == "65010 23456");
  REQUIRE(house.router_end->faults().size() == 1);
  CHECK(house.router_end->faults()[0].grade == Grade::AttributeDiscard);
  house.check_others();
}

TEST_CASE("U37: the large is accepted, and what would not fit when passed on is left out and counted",
          "[sim][rfc8654-4]") {
  // Everything else that fits a message of 4096 octets, so that our own AS makes it overflow.
  const auto padded = [](std::size_t octets) {
    return attribute(0xc0, 99, Bytes(octets - (19 + 4 + good_attributes().size() + 4 + 5), 7));
  };
  struct Large {
    const char* what;
    Bytes more;
    bool fits;
  };
  Bytes many;
  for (unsigned code = 50; code < 250; ++code)
    if (code != 99) many = join({many, attribute(0xc0, code, {1})});
  Bytes communities;
  for (unsigned i = 0; i < 900; ++i) communities = join({communities, hex("fdea"), wire::test::u16(i)});
  const auto row = GENERATE_COPY(values<Large>({
      {"200 attributes", many, true},
      {"900 communities", attribute(0xc0, 8, communities), true},
      {"an unknown attribute of 2,000 octets", attribute(0xc0, 99, Bytes(2000, 7)), true},
      {"an UPDATE of 4,096 octets", padded(4096), false},
  }));
  INFO(row.what);
  BadStranger house([](conf::Neighbor&) {}, false);
  house.reach(State::Established);
  const Bytes message = route_to("20 0a630801", join({good_attributes(), row.more}));
  REQUIRE(message.size() <= 4096);
  house.say(message);
  house.world.run_for(seconds(1));
  CHECK(house.router_end->established());
  CHECK(house.router_end->faults().empty());
  CHECK(house.has("10.99.8.1/32"));
  CHECK(attributes_of(house.good(), "10.99.8.1/32").has_value() == row.fits);
  CHECK(house.router.rib().counters(house.router_good().peering().rib_id(), Family::Ipv4Unicast).oversized ==
        (row.fits ? 0 : 1));
  house.check_others();
}

TEST_CASE("prefixes that are odd, but no error", "[sim][rfc4271-4.3][rfc4271-6.3]") {
  BadNode house;
  SECTION("U38 withdrawn and announced in one message: announced") {
    house.say(update(hex("20 0a630801"), good_attributes(), hex("20 0a630801")));
    CHECK(house.has("10.99.8.1/32"));
  }
  SECTION("U39 multicast and class E are ignored, their neighbor is not") {
    house.say(update({}, good_attributes(), hex("04 e0  20 e0000001  08 f0  20 0a630803")));
    CHECK(house.router.table() == Table{"10.99.8.1/32", "10.99.8.2/32", "10.99.8.3/32"});
  }
  SECTION("U40 host bits do not count") {
    house.say(update({}, good_attributes(), hex("19 0a6308ff")));
    CHECK(house.has("10.99.8.128/25"));
    house.say(update(hex("19 0a630881"), {}, {}));
    CHECK_FALSE(house.has("10.99.8.128/25"));
  }
  CHECK(house.router_end->established());
  house.check_others();
}

TEST_CASE("U41: End-of-RIB needs no graceful restart", "[sim][rfc4724-2]") {
  BadStranger house([](conf::Neighbor& neighbor) { neighbor.session.graceful_restart.enabled = false; });
  house.reach(State::Established);
  house.say(update({}, {}, {}));
  house.say(update({}, hex("80 0f 03 0002 01"), {}));
  for (const Family family : wire::kFamilies)
    CHECK(house.router.rib().counters(house.router_end->peering().rib_id(), family).end_of_rib_received);
  house.say(route_to("20 0a630801", good_attributes()));
  house.say(update({}, {}, {}));  // once more
  CHECK(house.router_end->established());
  CHECK(house.has("10.99.8.1/32"));
  house.check_others();
}

TEST_CASE("U42: more prefixes than allowed end the session with the family and the limit, and it stays down",
          "[sim][rfc4486-4]") {
  const auto limited = [](bool warning_only) {
    return [warning_only](conf::Neighbor& neighbor) {
      neighbor.routes.families[Family::Ipv4Unicast].maximum_prefix = 2;
      neighbor.routes.families[Family::Ipv4Unicast].maximum_prefix_warning_only = warning_only;
    };
  };
  const Bytes two = route_to("20 0a630801 20 0a630803", good_attributes());
  const Bytes third = route_to("20 0a630804", good_attributes());
  SECTION("a limit") {
    BadStranger house(limited(false));
    house.reach(State::Established);
    house.say(two);
    REQUIRE(house.router_end->established());
    house.say(third);
    CHECK(house.peer->notification() == wire::Notification{ErrorCode::Cease, 1, hex("0001 01 00000002")});
    CHECK(house.router.table() == Table{"10.99.8.2/32"});
    // The peer would only do it again: an operator decides.
    house.world.run_for(std::chrono::hours(1));
    CHECK(house.router_end->state() == State::Idle);
    house.dial();
    CHECK(house.peer->closed());
    house.router_end->stop({wire::Notification{ErrorCode::Cease, 4, {}}, fsm::DownReason::UserReset, true});
    house.reach(State::Established);
    house.check_others();
  }
  SECTION("a warning") {
    BadStranger house(limited(true));
    house.reach(State::Established);
    house.say(two);
    house.say(third);
    CHECK(house.router_end->established());
    CHECK(house.has("10.99.8.4/32"));
    house.check_others();
  }
}

TEST_CASE("U43: from an eBGP peer without a policy nothing is kept, and everything is read",
          "[sim][rfc8212-2]") {
  BadStranger house([](conf::Neighbor& neighbor) {
    neighbor.routes.ebgp_requires_policy = true;
    for (rib::FamilySettings& family : neighbor.routes.families) family.soft_reconfiguration_inbound = false;
  });
  house.reach(State::Established);
  house.say(route_to("20 0a630801", good_attributes()));
  CHECK(house.router.table() == Table{"10.99.8.2/32"});
  CHECK(house.router.rib().counters(house.router_end->peering().rib_id(), Family::Ipv4Unicast).received == 0);
  house.say(route_to("20 0a630801", join({good_attributes(), hex("80 04 03 000001")})));
  CHECK(house.router_end->faults().size() == 1);
  CHECK(house.router_end->established());
  house.check_others();
}
