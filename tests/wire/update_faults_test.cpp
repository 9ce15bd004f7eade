// SPDX-License-Identifier: Apache-2.0
// Ill-formed UPDATEs: each fault and its grade (RFC 7606 and the RFCs that it points to).
#include <algorithm>

#include "tests/wire/update_fixture.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

Bytes route() {
  return hex("20 0a636401");
}  // 10.99.100.1/32

// The mandatory attributes without the one of `code`.
Bytes mandatory_without(unsigned code) {
  Bytes all;
  for (const Bytes& each : {origin_igp(), path_65001(), next_hop_10_0_0_1()})
    if (each[1] != code) all.insert(all.end(), each.begin(), each.end());
  return all;
}

// How the product answers one attribute among good ones. The attribute stands first, then last: that must not
// matter (position independence).
enum class Answer { Fine, Discard, Withdraw, Reset };

struct Outcome {
  Answer answer = Answer::Fine;
  std::string reason;
  PathAttributes attributes;
};

Outcome outcome_of(const Bytes& body, const UpdateCodec& codec, const UpdateRules& rules, unsigned code) {
  const auto result = decode_update(body, codec, rules);
  if (!result) return {Answer::Reset, result.error().reason, {}};
  if (result->treat_as_withdraw) {
    CHECK(result->reach.empty());
    CHECK(result->attributes == PathAttributes{});
    CHECK_FALSE(result->unreach.empty());
  } else {
    CHECK_FALSE(result->reach.empty());
  }
  Grade worst = Grade::AttributeDiscard;
  std::string reason;
  for (const UpdateFault& fault : result->faults) {
    CHECK(fault.grade != Grade::SessionReset);
    worst = std::max(worst, fault.grade);
    if (fault.attribute == code && reason.empty()) reason = fault.reason;
  }
  if (result->faults.empty()) return {Answer::Fine, "", result->attributes};
  CHECK_FALSE(reason.empty());
  CHECK((worst == Grade::TreatAsWithdraw) == result->treat_as_withdraw);
  return {result->treat_as_withdraw ? Answer::Withdraw : Answer::Discard, reason, result->attributes};
}

Outcome answer_to(const Bytes& bad, const UpdateRules& rules, const UpdateCodec& codec = ordinary_codec()) {
  const unsigned code = bad.at(1);
  Bytes good = mandatory_without(code);
  if (rules.ibgp && code != 5) good = join({good, local_pref_100()});
  const Outcome first = outcome_of(update_body({}, join({bad, good}), route()), codec, rules, code);
  const Outcome last = outcome_of(update_body({}, join({good, bad}), route()), codec, rules, code);
  CHECK(first.answer == last.answer);
  CHECK(first.reason == last.reason);
  CHECK(first.attributes == last.attributes);
  return first;
}

struct Row {
  const char* what;
  unsigned flags;
  unsigned code;
  const char* value;
  Answer ebgp;
  Answer ibgp;
};

void check_row(const Row& row) {
  CAPTURE(row.what);
  const Bytes bad = attribute(row.flags, row.code, hex(row.value));
  CHECK(answer_to(bad, ebgp()).answer == row.ebgp);
  CHECK(answer_to(bad, ibgp()).answer == row.ibgp);
}

}  // namespace

TEST_CASE("ORIGIN of another length or value is treated as withdraw", "[rfc7606-7.1]") {
  check_row({"empty", 0x40, 1, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"two octets", 0x40, 1, "0000", Answer::Withdraw, Answer::Withdraw});
  check_row({"value 3", 0x40, 1, "03", Answer::Withdraw, Answer::Withdraw});
  check_row({"value 255", 0x40, 1, "ff", Answer::Withdraw, Answer::Withdraw});
  CHECK(answer_to(attribute(0x40, 1, hex("07")), ebgp()).reason == "ORIGIN: value 7 is not 0, 1 or 2");
  CHECK(answer_to(attribute(0x40, 1, hex("0000")), ebgp()).reason == "ORIGIN: length 2 is not exactly 1");
}

TEST_CASE("A malformed AS_PATH is treated as withdraw", "[rfc7606-7.2]") {
  check_row({"unknown segment type 0", 0x40, 2, "00 01 0000fde9", Answer::Withdraw, Answer::Withdraw});
  check_row({"unknown segment type 5", 0x40, 2, "05 01 0000fde9", Answer::Withdraw, Answer::Withdraw});
  check_row({"overrun", 0x40, 2, "02 02 0000fde9", Answer::Withdraw, Answer::Withdraw});
  check_row({"underrun: one octet left", 0x40, 2, "02 01 0000fde9 02", Answer::Withdraw, Answer::Withdraw});
  check_row({"empty segment", 0x40, 2, "02 00", Answer::Withdraw, Answer::Withdraw});
  check_row({"two-octet numbers where four were agreed", 0x40, 2, "02 01 fde9", Answer::Withdraw,
             Answer::Withdraw});
  check_row({"empty path", 0x40, 2, "", Answer::Fine, Answer::Fine});
}

TEST_CASE("AS 0 in a path is treated as withdraw", "[rfc7607-2]") {
  check_row({"alone", 0x40, 2, "02 01 00000000", Answer::Withdraw, Answer::Withdraw});
  check_row({"behind others", 0x40, 2, "02 02 0000fde9 00000000", Answer::Withdraw, Answer::Withdraw});
  CHECK(answer_to(attribute(0x40, 2, hex("02 02 0000fde9 00000000")), ebgp()).reason ==
        "AS_PATH: \"65001 0\" has AS 0 in it");
}

TEST_CASE("AS_SET is treated as withdraw unless it is allowed", "[rfc9774-3]") {
  const Bytes set = attribute(0x40, 2, hex("02 01 0000fde9 01 02 00000001 00000002"));
  CHECK(answer_to(set, ebgp()).answer == Answer::Withdraw);
  UpdateRules lenient;
  lenient.allow_as_set = true;
  const Outcome allowed = answer_to(set, lenient);
  CHECK(allowed.answer == Answer::Fine);
  CHECK(to_string(allowed.attributes.as_path) == "65001 {1,2}");
}

TEST_CASE("Confederation segments belong inside a confederation", "[rfc5065-5.3][rfc7606-7.2]") {
  const Bytes inside = attribute(0x40, 2, hex("03 01 0000fde9 02 01 0000fdea"));
  const Bytes outside = path_65001();
  const Bytes late = attribute(0x40, 2, hex("02 01 0000fdea 03 01 0000fde9"));
  CHECK(answer_to(inside, ebgp()).answer == Answer::Withdraw);
  CHECK(answer_to(inside, ibgp()).answer == Answer::Withdraw);
  UpdateRules member;
  member.confederation_member = true;
  CHECK(answer_to(inside, member).answer == Answer::Fine);
  CHECK(answer_to(outside, member).answer == Answer::Withdraw);
  CHECK(answer_to(late, member).answer == Answer::Withdraw);
  CHECK(answer_to(attribute(0x40, 2, {}), member).answer == Answer::Withdraw);
  member.ibgp = true;  // the same member AS: both kinds of path occur
  CHECK(answer_to(inside, member).answer == Answer::Fine);
  CHECK(answer_to(outside, member).answer == Answer::Fine);
  CHECK(answer_to(attribute(0x40, 2, hex("04 01 0000fde9")), member).answer ==
        Answer::Withdraw);  // AS_CONFED_SET
}

TEST_CASE("NEXT_HOP of another length is treated as withdraw", "[rfc7606-7.3]") {
  check_row({"empty", 0x40, 3, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"three octets", 0x40, 3, "0a0000", Answer::Withdraw, Answer::Withdraw});
  check_row(
      {"sixteen octets", 0x40, 3, "20010db8000000000000000000000001", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("NEXT_HOP that no host can have is treated as withdraw", "[rfc4271-6.3]") {
  for (const auto* martian : {"00000000", "00010203", "7f000001", "e0000001", "f0000001", "ffffffff"}) {
    CAPTURE(martian);
    CHECK(answer_to(attribute(0x40, 3, hex(martian)), ebgp()).answer == Answer::Withdraw);
  }
  CHECK(answer_to(attribute(0x40, 3, hex("7f000001")), ebgp()).reason ==
        "NEXT_HOP: 127.0.0.1 is no address of a host");
  UpdateRules loopback;
  loopback.loopback_peer = true;
  CHECK(answer_to(attribute(0x40, 3, hex("7f000001")), loopback).answer == Answer::Fine);
  CHECK(answer_to(attribute(0x40, 3, hex("e0000001")), loopback).answer == Answer::Withdraw);
}

TEST_CASE("MULTI_EXIT_DISC of another length is treated as withdraw", "[rfc7606-7.4]") {
  check_row({"empty", 0x80, 4, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"five octets", 0x80, 4, "0000000001", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("LOCAL_PREF is discarded from outside whatever its length, and graded inside", "[rfc7606-7.5]") {
  check_row({"four octets", 0x40, 5, "00000064", Answer::Discard, Answer::Fine});
  check_row({"three octets", 0x40, 5, "000064", Answer::Discard, Answer::Withdraw});
  check_row({"empty", 0x40, 5, "", Answer::Discard, Answer::Withdraw});
  CHECK_FALSE(answer_to(local_pref_100(), ebgp()).attributes.local_pref);
  UpdateRules member;
  member.confederation_member = true;
  const Bytes attributes =
      join({origin_igp(), attribute(0x40, 2, hex("03 01 0000fde9")), next_hop_10_0_0_1(), local_pref_100()});
  CHECK(accepted(update_body({}, attributes, route()), ordinary_codec(), member).attributes.local_pref ==
        100U);
}

TEST_CASE("ATOMIC_AGGREGATE with a value is discarded", "[rfc7606-7.6]") {
  check_row({"one octet", 0x40, 6, "00", Answer::Discard, Answer::Discard});
  CHECK_FALSE(answer_to(attribute(0x40, 6, hex("00")), ebgp()).attributes.atomic_aggregate);
}

TEST_CASE("AGGREGATOR of another length is discarded", "[rfc7606-7.7]") {
  check_row({"six octets from a new speaker", 0xc0, 7, "fde9 0a000001", Answer::Discard, Answer::Discard});
  check_row({"empty", 0xc0, 7, "", Answer::Discard, Answer::Discard});
  UpdateCodec old = ordinary_codec();
  old.four_octet_as = false;
  const Bytes path = attribute(0x40, 2, hex("02 01 fde9"));
  const auto with = [&](const char* value) {
    return accepted(
        update_body({}, join({origin_igp(), path, next_hop_10_0_0_1(), attribute(0xc0, 7, hex(value))}),
                    route()),
        old);
  };
  CHECK(with("fde9 0a000001").attributes.aggregator == Aggregator{AsNumber{65001}, RouterId{0x0a000001}});
  CHECK_FALSE(with("0000fde9 0a000001").attributes.aggregator);
  CHECK_FALSE(with("0000fde9 0a000001").treat_as_withdraw);
}

TEST_CASE("AS 0 in AGGREGATOR discards it", "[rfc7607-2]") {
  check_row({"AS 0", 0xc0, 7, "00000000 0a000001", Answer::Discard, Answer::Discard});
}

TEST_CASE("Communities of a length that is no multiple are treated as withdraw", "[rfc7606-7.8]") {
  check_row({"empty", 0xc0, 8, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"five octets", 0xc0, 8, "0001000200", Answer::Withdraw, Answer::Withdraw});
  CHECK(answer_to(attribute(0xc0, 8, hex("0001000200")), ebgp()).reason ==
        "COMMUNITIES: length 5 is not a multiple of 4");
}

TEST_CASE("ORIGINATOR_ID is discarded from outside and graded inside", "[rfc7606-7.9]") {
  check_row({"four octets", 0x80, 9, "0a000001", Answer::Discard, Answer::Fine});
  check_row({"five octets", 0x80, 9, "0a00000100", Answer::Discard, Answer::Withdraw});
}

TEST_CASE("CLUSTER_LIST is discarded from outside and graded inside", "[rfc7606-7.10]") {
  check_row({"one", 0x80, 10, "0a000001", Answer::Discard, Answer::Fine});
  check_row({"empty", 0x80, 10, "", Answer::Discard, Answer::Withdraw});
  check_row({"six octets", 0x80, 10, "0a0000010a00", Answer::Discard, Answer::Withdraw});
}

TEST_CASE("Extended communities of a length that is no multiple are treated as withdraw", "[rfc7606-7.14]") {
  check_row({"empty", 0xc0, 16, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"seven octets", 0xc0, 16, "0002fde8000000", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("IPv6 extended communities of a length that is no multiple are treated as withdraw",
          "[rfc7606-7.15][rfc5701-2]") {
  check_row({"empty", 0xc0, 25, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"eight octets", 0xc0, 25, "0002fde800000001", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("Large communities of a length that is no multiple are treated as withdraw", "[rfc8092-6]") {
  check_row({"empty", 0xc0, 32, "", Answer::Withdraw, Answer::Withdraw});
  check_row({"eight octets", 0xc0, 32, "0000fde800000001", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("OTC of another length is treated as withdraw", "[rfc9234-5]") {
  check_row({"two octets", 0xc0, 35, "fde9", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("AIGP is discarded from outside and whenever it is malformed", "[rfc7311-3]") {
  check_row({"good", 0x80, 26, "01 000b 0000000000000001", Answer::Discard, Answer::Fine});
  check_row({"TLV of another length", 0x80, 26, "01 000a 00000000000000", Answer::Discard, Answer::Discard});
  check_row({"TLV longer than the value", 0x80, 26, "07 0010 00", Answer::Discard, Answer::Discard});
  check_row({"TLV shorter than its own header", 0x80, 26, "07 0002", Answer::Discard, Answer::Discard});
  check_row({"cut TLV header", 0x80, 26, "01 00", Answer::Discard, Answer::Discard});
  check_row({"transitive", 0xc0, 26, "01 000b 0000000000000001", Answer::Discard, Answer::Discard});
}

TEST_CASE("AIGP at its maximum says nothing; more TLVs and unknown ones are no fault", "[rfc7311-3.2]") {
  const Bytes worn_out = attribute(0x80, 26, hex("01 000b ffffffffffffffff"));
  CHECK(answer_to(worn_out, ibgp()).answer == Answer::Discard);
  CHECK_FALSE(answer_to(worn_out, ibgp()).attributes.aigp);
  const Bytes first_counts =
      attribute(0x80, 26, hex("01 000b 0000000000000007 01 000b ffffffffffffffff 09 0004 aa"));
  CHECK(answer_to(first_counts, ibgp()).answer == Answer::Fine);
  CHECK(answer_to(first_counts, ibgp()).attributes.aigp == 7U);
}

TEST_CASE("AIGP is taken from an external peer where the operator says so", "[rfc7311-3.3]") {
  const Bytes aigp = attribute(0x80, 26, hex("01 000b 0000000000000007"));
  UpdateRules rules = ebgp();
  CHECK_FALSE(answer_to(aigp, rules).attributes.aigp);
  rules.aigp = true;
  CHECK(answer_to(aigp, rules).answer == Answer::Fine);
  CHECK(answer_to(aigp, rules).attributes.aigp == 7U);
}

TEST_CASE("Attributes that the operator discards are as if they had not come", "[path-attribute]") {
  UpdateRules rules = ebgp();
  rules.discard.set(8).set(99).set(7);
  const Outcome communities = answer_to(attribute(0xc0, 8, hex("fde80001")), rules);
  CHECK(communities.answer == Answer::Discard);
  CHECK(communities.reason == "COMMUNITIES: discarded, as configured");
  CHECK(communities.attributes.communities.empty());
  // Malformed, unknown, with wrong flags: nobody looks.
  CHECK(answer_to(attribute(0xc0, 8, hex("fde8")), rules).answer == Answer::Discard);
  CHECK(answer_to(attribute(0x40, 7, hex("")), rules).answer == Answer::Discard);
  CHECK(answer_to(attribute(0xc0, 99, hex("01")), rules).attributes.unknown.empty());
  CHECK(answer_to(attribute(0xc0, 100, hex("01")), rules).attributes.unknown.size() == 1);
}

TEST_CASE("Attributes that the operator does not want take their routes away, never the session",
          "[path-attribute]") {
  UpdateRules rules = ebgp();
  rules.treat_as_withdraw.set(99);
  rules.discard.set(99);  // the stronger word counts
  const Bytes unwanted = attribute(0xc0, 99, hex("01"));
  CHECK(answer_to(unwanted, rules).answer == Answer::Withdraw);
  CHECK(answer_to(unwanted, rules).reason == "attribute 99: its routes are not wanted, as configured");
  CHECK(accepted(update_body(route(), unwanted, {}), ordinary_codec(), rules).unreach.size() == 1);
  // A real fault beside it is still one.
  CHECK(refused(update_body({}, join({unwanted, attribute(0x40, 1, hex("07"))}), {}), ordinary_codec(), rules)
            .notification.subcode == subcode::kInvalidOrigin);
}

TEST_CASE("Wrong optional or transitive bits are treated as withdraw", "[rfc7606-3.c]") {
  struct Known {
    unsigned code;
    unsigned flags;
    const char* value;
  };
  const auto known = GENERATE(values<Known>({
      {1, 0x40, "00"},
      {2, 0x40, "02 01 0000fde9"},
      {3, 0x40, "0a000001"},
      {4, 0x80, "00000001"},
      {5, 0x40, "00000064"},
      {6, 0x40, ""},
      {7, 0xc0, "0000fde9 0a000001"},
      {8, 0xc0, "00010002"},
      {9, 0x80, "0a000001"},
      {10, 0x80, "0a000001"},
      {16, 0xc0, "0002fde800000001"},
      {17, 0xc0, "02 01 0000fde9"},
      {18, 0xc0, "0000fde9 0a000001"},
      {25, 0xc0, "0002fde8000000010002fde80000000100000000"},
      {32, 0xc0, "0000fde80000000100000002"},
      {35, 0xc0, "0000fde9"},
  }));
  for (const unsigned flags : {0x00U, 0x40U, 0x80U, 0xc0U}) {
    if (flags == known.flags) continue;
    CAPTURE(known.code, flags);
    const Bytes bad = attribute(flags, known.code, hex(known.value));
    CHECK(answer_to(bad, ebgp()).answer == Answer::Withdraw);
    CHECK(answer_to(bad, ibgp()).answer == Answer::Withdraw);
  }
}

TEST_CASE("Wrong flags of the MP attributes take their routes away, both kinds", "[rfc7606-3.c]") {
  Bytes reach = mp_reach_v6();
  reach[0] = 0xc0;
  Bytes unreach = attribute(0x40, 15, hex("0002 01 20 20010db8"));
  const Update update = accepted(update_body({}, join({reach, unreach, mandatory()}), route()));
  CHECK(update.treat_as_withdraw);
  REQUIRE(update.unreach.size() == 3);
  CHECK(update.unreach[0] == Unreach{Family::Ipv6Unicast, {nlri("2001:db8::/32")}});
  CHECK(update.unreach[1] == Unreach{Family::Ipv6Unicast, {nlri("2001:db8:64::1/128")}});
  CHECK(update.unreach[2] == Unreach{Family::Ipv4Unicast, {nlri("10.99.100.1/32")}});
}

TEST_CASE("An attribute that overruns the list is treated as withdraw", "[rfc7606-4]") {
  for (const auto* tail : {"40", "40 06", "40 06 01", "50 06 00", "50 06 ffff 00", "c0 08 ff 00010002"}) {
    CAPTURE(tail);
    const Update update = accepted(update_body({}, join({mandatory(), hex(tail)}), route()));
    CHECK(update.treat_as_withdraw);
    CHECK(update.unreach[0].nlri == std::vector<Nlri>{nlri("10.99.100.1/32")});
  }
}

TEST_CASE("An MP attribute that overruns the list hides routes: the session ends", "[rfc7606-3.j]") {
  for (const auto* tail : {"80 0e 40 0002 01", "80 0f 04 0002 01"}) {
    CAPTURE(tail);
    CHECK(refused(update_body({}, join({mandatory(), hex(tail)}), route())).notification.subcode ==
          subcode::kMalformedAttributeList);
  }
}

TEST_CASE("Of a repeated attribute the first counts", "[rfc7606-3.g]") {
  const Bytes attributes =
      join({mandatory(), attribute(0x80, 4, hex("00000001")), attribute(0x80, 4, hex("00000002")),
            attribute(0x40, 1, hex("ff")), attribute(0xc0, 99, hex("01")), attribute(0xc0, 99, hex("02"))});
  const Update update = accepted(update_body({}, attributes, route()));
  CHECK_FALSE(update.treat_as_withdraw);
  CHECK(update.attributes.med == 1U);
  CHECK(update.attributes.origin == Origin::Igp);
  CHECK(update.attributes.unknown.size() == 1);
  REQUIRE(update.faults.size() == 3);
  CHECK(update.faults[0] ==
        UpdateFault{Grade::AttributeDiscard, 4, "MULTI_EXIT_DISC: appears a second time"});
}

TEST_CASE("A repeated MP attribute ends the session", "[rfc7606-3.g]") {
  CHECK(
      refused(update_body({}, join({mp_reach_v6(), mp_reach_v6(), mandatory()}), {})).notification.subcode ==
      subcode::kMalformedAttributeList);
  const Bytes unreach = attribute(0x80, 15, hex("0002 01"));
  CHECK(refused(update_body({}, join({unreach, unreach}), {})).notification.subcode ==
        subcode::kMalformedAttributeList);
  // Even of a family that this session does not speak.
  const Bytes foreign = attribute(0x80, 14, hex("4004 47 00 00"));
  CHECK(refused(update_body({}, join({foreign, foreign, mandatory()}), route())).notification.subcode ==
        subcode::kMalformedAttributeList);
}

TEST_CASE("A missing mandatory attribute is treated as withdraw", "[rfc7606-3.d]") {
  for (const unsigned code : {1U, 2U, 3U}) {
    CAPTURE(code);
    const Update update = accepted(update_body({}, mandatory_without(code), route()));
    CHECK(update.treat_as_withdraw);
    REQUIRE(update.faults.size() == 1);
    CHECK(update.faults[0].attribute == code);
  }
  CHECK(accepted(update_body({}, mandatory(), route()), ordinary_codec(), ibgp()).treat_as_withdraw);
  CHECK_FALSE(
      accepted(update_body({}, mandatory_ibgp(), route()), ordinary_codec(), ibgp()).treat_as_withdraw);
  // NEXT_HOP is mandatory only beside an NLRI field.
  CHECK_FALSE(
      accepted(update_body({}, join({mp_reach_v6(), origin_igp(), path_65001()}), {})).treat_as_withdraw);
  CHECK(accepted(update_body({}, join({mp_reach_v6(), path_65001()}), {})).treat_as_withdraw);
}

TEST_CASE("The strongest of several errors decides", "[rfc7606-3.h]") {
  const Bytes discard = attribute(0x40, 6, hex("00"));
  const Bytes withdraw = attribute(0x80, 4, hex("00"));
  const Bytes reset = attribute(0x80, 14, hex("0002 01 03 000000 00"));
  for (const auto& both : {join({discard, withdraw}), join({withdraw, discard})}) {
    const Update update = accepted(update_body({}, join({both, mandatory()}), route()));
    CHECK(update.treat_as_withdraw);
    CHECK(update.faults.size() == 2);
  }
  for (const auto& all : {join({discard, withdraw, reset}), join({reset, withdraw, discard})})
    CHECK(refused(update_body({}, join({mandatory(), all}), route())).notification.subcode ==
          subcode::kOptionalAttributeError);
}

TEST_CASE("A malformed MP_REACH_NLRI ends the session with 3/9 and the attribute",
          "[rfc7606-7.11][rfc4760-7]") {
  for (const auto* value : {
           "",
           "0002 01 00",                                                      // shorter than five octets
           "0002 01 10 20010db8000000000000000000000001",                     // no reserved octet
           "0002 01 11 20010db800000000000000000000000100 00 20 20010db8",    // next hop of 17
           "0002 01 04 0a000001 00 20 20010db8",                              // IPv4 next hop for IPv6
           "0002 01 18 000000000000000020010db8000000000000000000000001 00",  // VPN form
           "0002 01 ff 20010db8000000000000000000000001 00 20 20010db8",      // next hop overruns
           "0001 01 10 20010db8000000000000000000000001 00 20 0a636401",      // RFC 8950 not negotiated
           "0001 01 00 00 20 0a636401",                                       // no next hop
       }) {
    CAPTURE(value);
    const Bytes bad = attribute(0x80, 14, hex(value));
    const Error error = refused(update_body({}, join({mandatory(), bad}), route()));
    CHECK(error.notification.subcode == subcode::kOptionalAttributeError);
    CHECK(error.notification.data == bad);
  }
}

TEST_CASE("MP attributes with a bad prefix end the session", "[rfc7606-5.3]") {
  for (const auto* nlri_octets :
       {"81 20010db800640000000000000000000100", "ff", "80 20010db8", "20 20010d"}) {
    CAPTURE(nlri_octets);
    const Bytes reach =
        attribute(0x80, 14, hex("0002 01 10 20010db8000000000000000000000001 00" + std::string(nlri_octets)));
    const Bytes unreach = attribute(0x80, 15, hex("0002 01" + std::string(nlri_octets)));
    CHECK(refused(update_body({}, join({reach, mandatory()}), {})).notification.subcode ==
          subcode::kOptionalAttributeError);
    CHECK(refused(update_body({}, unreach, {})).notification.subcode == subcode::kOptionalAttributeError);
  }
  CHECK(refused(update_body({}, attribute(0x80, 15, hex("0002")), {})).notification.subcode ==
        subcode::kOptionalAttributeError);
}

TEST_CASE("MP next hop that no host can have is treated as withdraw", "[rfc4271-6.3]") {
  for (const auto* martian : {"00000000000000000000000000000000", "00000000000000000000000000000001",
                              "ff020000000000000000000000000001"}) {
    CAPTURE(martian);
    const Bytes reach = attribute(0x80, 14, hex("0002 01 10" + std::string(martian) + "00 20 20010db8"));
    const Update update = accepted(update_body({}, join({reach, origin_igp(), path_65001()}), {}));
    CHECK(update.treat_as_withdraw);
    CHECK(update.unreach[0] == Unreach{Family::Ipv6Unicast, {nlri("2001:db8::/32")}});
  }
}

TEST_CASE("A bad prefix in the classic fields ends the session with 3/10", "[rfc4271-6.3][rfc7606-5.3]") {
  for (const auto* bad : {"21 0a63640100", "ff", "20 0a6364", "20 0a636401 18"}) {
    CAPTURE(bad);
    CHECK(refused(update_body({}, mandatory(), hex(bad))).notification.subcode ==
          subcode::kInvalidNetworkField);
    CHECK(refused(update_body(hex(bad), {}, {})).notification.subcode == subcode::kInvalidNetworkField);
  }
}

TEST_CASE("Lengths that overrun the message end the session with 3/1", "[rfc4271-6.3]") {
  for (const auto* body :
       {"0001 0000", "ffff 0000", "0000 0001", "0000 ffff 40 01 01 00", "0000", "00", ""}) {
    CAPTURE(body);
    CHECK(refused(hex(body)).notification.subcode == subcode::kMalformedAttributeList);
  }
}

TEST_CASE("A bad attribute in an UPDATE without routes ends the session", "[rfc7606-5.2]") {
  const Bytes bad_origin = attribute(0x40, 1, hex("07"));
  const Error error = refused(update_body({}, join({bad_origin, path_65001()}), {}));
  CHECK(error.notification.subcode == subcode::kInvalidOrigin);
  CHECK(error.notification.data == bad_origin);
  CHECK(error.reason == "ORIGIN: value 7 is not 0, 1 or 2");
  // Withdrawals beside it are no reachable routes either.
  CHECK(refused(update_body(route(), bad_origin, {})).notification.subcode == subcode::kInvalidOrigin);
  CHECK(refused(update_body(route(), hex("40"), {})).notification.subcode ==
        subcode::kMalformedAttributeList);
  CHECK(refused(update_body({}, attribute(0x40, 3, hex("0a")), {})).notification.subcode ==
        subcode::kAttributeLengthError);
  CHECK(refused(update_body({}, attribute(0xc0, 1, hex("00")), {})).notification.subcode ==
        subcode::kAttributeFlagsError);
  CHECK(refused(update_body({}, attribute(0x40, 99, hex("00")), {})).notification.subcode ==
        subcode::kUnrecognizedWellKnownAttribute);
}

TEST_CASE("An MP_REACH_NLRI without routes is no reachable route, whatever its family", "[rfc7606-5.2]") {
  const Bytes bad_origin = attribute(0x40, 1, hex("07"));
  const Bytes ours = attribute(0x80, 14, hex("0002 01 10 20010db8000000000000000000000001 00"));
  const Bytes foreign = attribute(0x80, 14, hex("4004 47 04 0a000001 00"));
  const Bytes foreign_routes = attribute(0x80, 14, hex("4004 47 04 0a000001 00 01020304"));
  for (const auto& empty : {ours, foreign}) {
    CHECK(refused(update_body({}, join({empty, bad_origin, path_65001()}), {})).notification.subcode ==
          subcode::kInvalidOrigin);
    CHECK(refused(update_body({}, join({bad_origin, path_65001(), empty}), {})).notification.subcode ==
          subcode::kInvalidOrigin);
    CHECK(accepted(update_body({}, join({empty, origin_igp(), path_65001()}), {})).reach.empty());
  }
  CHECK(accepted(update_body({}, join({foreign_routes, bad_origin, path_65001()}), {})).treat_as_withdraw);
}

TEST_CASE("… but not if it is only to be discarded, or MP_UNREACH_NLRI itself", "[rfc7606-5.2]") {
  CHECK(accepted(update_body(route(), attribute(0x40, 6, hex("00")), {})).unreach.size() == 1);
  const Update update = accepted(update_body({}, attribute(0xc0, 15, hex("0002 01 20 20010db8")), {}));
  CHECK(update.treat_as_withdraw);
  CHECK(update.unreach.size() == 1);
}

TEST_CASE("An unknown well-known attribute takes the routes away", "[rfc4271-6.3]") {
  check_row({"code 99", 0x40, 99, "00", Answer::Withdraw, Answer::Withdraw});
  check_row({"code 0", 0x00, 0, "", Answer::Withdraw, Answer::Withdraw});
}

TEST_CASE("Old speakers' AS4 attributes are discarded when malformed, the route stays", "[rfc6793-6]") {
  UpdateCodec old = ordinary_codec();
  old.four_octet_as = false;
  const Bytes good = join({origin_igp(), attribute(0x40, 2, hex("02 01 fde9")), next_hop_10_0_0_1()});
  for (const auto& bad : {attribute(0xc0, 17, {}), attribute(0xc0, 17, hex("02 02 0000fde9")),
                          attribute(0xc0, 17, hex("02 00")), attribute(0xc0, 17, hex("07 01 0000fde9")),
                          attribute(0xc0, 17, hex("02 01 00000000")), attribute(0xc0, 18, hex("0000fde9")),
                          attribute(0xc0, 18, hex("00000000 0a000001"))}) {
    const Update update = accepted(update_body({}, join({good, bad}), route()), old);
    CHECK_FALSE(update.treat_as_withdraw);
    REQUIRE(update.faults.size() == 1);
    CHECK(update.faults[0].grade == Grade::AttributeDiscard);
    CHECK(update.attributes.as_path == AsPath::sequence({AsNumber{65001}}));
    CHECK_FALSE(update.attributes.aggregator);
  }
}

TEST_CASE("New speakers do not send AS4 attributes: discarded", "[rfc6793-4.1]") {
  check_row({"AS4_PATH", 0xc0, 17, "02 01 00010000", Answer::Discard, Answer::Discard});
  check_row({"AS4_AGGREGATOR", 0xc0, 18, "00010000 0a000001", Answer::Discard, Answer::Discard});
}

TEST_CASE("Hundreds of attributes and communities are taken", "[rfc7606-3]") {
  Bytes attributes = mandatory();
  for (unsigned code = 50; code < 250; ++code)
    attributes = join({attributes, attribute(0xc0, code, hex("01"))});
  Bytes values;
  for (int i = 0; i < 700; ++i) values = join({values, u16(1), u16(static_cast<std::size_t>(i))});
  attributes = join({attributes, attribute(0xc0, 8, values)});
  const Update update = accepted(update_body({}, attributes, route()));
  CHECK(update.attributes.unknown.size() == 200);
  CHECK(update.attributes.communities.size() == 700);
}

TEST_CASE("A thousand faults make a short list that holds the strongest", "[rfc7606-6]") {
  Bytes attributes = mandatory();
  for (int i = 0; i < 1000; ++i) attributes = join({attributes, hex("40 06 00")});
  attributes = join({attributes, attribute(0x80, 4, hex("00"))});
  const Update update = accepted(update_body({}, attributes, route()));
  CHECK(update.treat_as_withdraw);
  CHECK(update.faults.size() <= 16);
  CHECK(update.faults.back().grade == Grade::TreatAsWithdraw);
  CHECK(update.faults.back().attribute == 4);
}

TEST_CASE("Every truncation of an UPDATE is an error or a smaller UPDATE", "[rfc4271-6.3]") {
  const Bytes whole =
      update_body(hex("18 0a0001"), join({mp_reach_v6(), mandatory(), attribute(0xc0, 8, hex("00010002"))}),
                  hex("20 0a636401 18 0a6364"));
  REQUIRE(accepted(whole).faults.empty());
  const std::size_t nlri_begin = whole.size() - 9;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (size == nlri_begin || size == nlri_begin + 5)
      CHECK(accepted(cut).faults.empty());
    else if (size > nlri_begin)
      CHECK(refused(cut).notification.subcode == subcode::kInvalidNetworkField);
    else
      CHECK(refused(cut).notification.subcode == subcode::kMalformedAttributeList);
  }
}

TEST_CASE("Every truncation of the attribute list keeps the NLRI locatable", "[rfc7606-4]") {
  const Bytes attributes = join({mandatory(), attribute(0xc0, 8, hex("00010002"))});
  for (std::size_t size = 0; size < attributes.size(); ++size) {
    CAPTURE(size);
    const Bytes cut(attributes.begin(), attributes.begin() + static_cast<std::ptrdiff_t>(size));
    const Update update = accepted(update_body({}, cut, route()));
    CHECK(update.treat_as_withdraw == (size != mandatory().size()));
  }
}
