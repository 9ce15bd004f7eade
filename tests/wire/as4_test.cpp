// SPDX-License-Identifier: Apache-2.0
// Four-octet AS numbers through speakers that know two octets.
#include "tests/wire/update_fixture.hpp"
#include "wire/as_path_codec.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

UpdateCodec old_codec() {
  UpdateCodec codec = ordinary_codec();
  codec.four_octet_as = false;
  return codec;
}

UpdateRules sets_allowed() {
  UpdateRules rules;
  rules.allow_as_set = true;
  return rules;
}

Update from_old(const std::string& path, const Bytes& more, const UpdateRules& rules = sets_allowed()) {
  const Bytes attributes = join({origin_igp(), attribute(0x40, 2, hex(path)), next_hop_10_0_0_1(), more});
  return accepted(update_body({}, attributes, hex("20 0a636401")), old_codec(), rules);
}

// What AS_PATH and AS4_PATH of an old speaker add up to.
std::string merged(const std::string& path, const std::string& as4_path) {
  return to_string(from_old(path, attribute(0xc0, 17, hex(as4_path))).attributes.as_path);
}

}  // namespace

TEST_CASE("AS4_PATH replaces the tail of an equally long or longer path", "[rfc6793-4.2.3]") {
  CHECK(merged("02 02 fde9 5ba0", "02 02 0000fde9 00010000") == "65001 65536");
  CHECK(merged("02 03 fde8 fde9 5ba0", "02 02 0000fde9 00010000") == "65000 65001 65536");
  CHECK(merged("02 03 fde8 fde9 5ba0", "02 01 00010000") == "65000 65001 65536");
}

TEST_CASE("A merged path is one sequence again", "[rfc6793-4.2.3]") {
  const Update update = from_old("02 02 fde8 5ba0", attribute(0xc0, 17, hex("02 01 00010000")));
  CHECK(update.attributes.as_path == AsPath::sequence({AsNumber{65000}, AsNumber{65536}}));
}

TEST_CASE("An AS4_PATH longer than AS_PATH is ignored", "[rfc6793-4.2.3]") {
  CHECK(merged("02 01 5ba0", "02 02 0000fde9 00010000") == "23456");
}

TEST_CASE("A set counts one when paths are compared", "[rfc6793-4.2.3]") {
  CHECK(merged("02 01 fde9 01 03 0001 0002 5ba0", "01 03 00000001 00000002 00010000") == "65001 {1,2,65536}");
  CHECK(merged("01 02 0001 0002 02 01 5ba0", "02 01 00010000") == "{1,2} 65536");
}

TEST_CASE("Confederation segments in AS4_PATH are dropped", "[rfc6793-6]") {
  CHECK(merged("02 02 fde9 5ba0", "03 01 00000007 02 02 0000fde9 00010000") == "65001 65536");
  CHECK(merged("02 02 fde9 5ba0", "03 01 00000007") == "65001 23456");
}

TEST_CASE("Leading confederation segments of AS_PATH stay in front", "[rfc6793-4.2.3]") {
  UpdateRules member = sets_allowed();
  member.confederation_member = true;
  const Update update =
      from_old("03 02 0007 0008 02 01 5ba0", attribute(0xc0, 17, hex("02 01 00010000")), member);
  CHECK(to_string(update.attributes.as_path) == "(7 8) 65536");
  const Update between = from_old("03 01 0007 02 01 fde9 03 01 0008 02 01 5ba0",
                                  attribute(0xc0, 17, hex("02 01 00010000")), member);
  CHECK(to_string(between.attributes.as_path) == "(7) 65001 (8) 65536");
}

TEST_CASE("AS_SET in AS4_PATH is treated as withdraw, used or not", "[rfc9774-3]") {
  for (const auto* value : {"01 02 00000001 00010000", "02 02 0000fde9 00010000 01 01 00000001",
                            "04 01 00000007 02 01 00010000"}) {
    CAPTURE(value);
    const Bytes set = attribute(0xc0, 17, hex(value));
    CHECK(from_old("02 01 5ba0", set, ebgp()).treat_as_withdraw);
    CHECK_FALSE(from_old("02 01 5ba0", set, sets_allowed()).treat_as_withdraw);
  }
}

TEST_CASE("Confederation segments do not count when paths are compared", "[rfc6793-4.2.3][rfc5065-5.3]") {
  UpdateRules member = sets_allowed();
  member.confederation_member = true;
  // One AS against two: AS4_PATH is longer, whatever the confederation adds.
  const Bytes two = attribute(0xc0, 17, hex("02 02 0000fde9 00010000"));
  CHECK(to_string(from_old("03 02 0007 0008 02 01 5ba0", two, member).attributes.as_path) == "(7 8) 23456");
}

TEST_CASE("AS4_AGGREGATOR stands for AS_TRANS in AGGREGATOR", "[rfc6793-4.2.3]") {
  const Bytes trans = attribute(0xc0, 7, hex("5ba0 0a000001"));
  const Bytes plain = attribute(0xc0, 7, hex("fde9 0a000001"));
  const Bytes as4 = attribute(0xc0, 18, hex("00010000 0a000002"));
  const Bytes as4_path = attribute(0xc0, 17, hex("02 01 00010000"));
  CHECK(from_old("02 01 5ba0", join({trans, as4})).attributes.aggregator ==
        Aggregator{AsNumber{65536}, RouterId{0x0a000002}});
  CHECK(from_old("02 01 5ba0", trans).attributes.aggregator == Aggregator{kAsTrans, RouterId{0x0a000001}});
  CHECK_FALSE(from_old("02 01 5ba0", as4).attributes.aggregator);
  // Somebody old has aggregated since: both four-octet attributes are about another path.
  const Update stale = from_old("02 01 5ba0", join({plain, as4, as4_path}));
  CHECK(stale.attributes.aggregator == Aggregator{AsNumber{65001}, RouterId{0x0a000001}});
  CHECK(to_string(stale.attributes.as_path) == "23456");
}

// Two ways to the same route are the same route; found by fuzzing.
TEST_CASE("The Partial bit of AS4 attributes ends with them", "[rfc6793-4.2.3]") {
  const Bytes as4_path = attribute(0xe0, 17, hex("02 01 00010000"));
  const Bytes as4_aggregator = attribute(0xe0, 18, hex("00010000 0a000002"));
  const PathAttributes merged = from_old("02 01 5ba0", as4_path).attributes;
  CHECK(to_string(merged.as_path) == "65536");
  CHECK(merged.partial.empty());
  CHECK(from_old("02 02 fde9 5ba0", join({as4_path, as4_aggregator})).attributes.partial.empty());
}

TEST_CASE("To an old speaker large numbers go as AS_TRANS with AS4_PATH beside them", "[rfc6793-4.2.2]") {
  PathAttributes attributes;
  attributes.origin = Origin::Igp;
  attributes.as_path = AsPath::sequence({AsNumber{65001}, AsNumber{65536}});
  attributes.aggregator = Aggregator{AsNumber{65536}, RouterId{0x0a000001}};
  CHECK(encode_attributes(attributes, old_codec()) == hex("40 01 01 00"
                                                          "40 02 06 02 02 fde9 5ba0"
                                                          "c0 07 06 5ba0 0a000001"
                                                          "c0 11 0a 02 02 0000fde9 00010000"
                                                          "c0 12 08 00010000 0a000001"));
}

TEST_CASE("Where two octets do, no AS4 attribute is written", "[rfc6793-4.2.2]") {
  PathAttributes attributes;
  attributes.origin = Origin::Igp;
  attributes.as_path = AsPath::sequence({AsNumber{65001}, AsNumber{65535}});
  attributes.aggregator = Aggregator{AsNumber{65535}, RouterId{0x0a000001}};
  CHECK(encode_attributes(attributes, old_codec()) == hex("40 01 01 00"
                                                          "40 02 06 02 02 fde9 ffff"
                                                          "c0 07 06 ffff 0a000001"));
  attributes.as_path = AsPath::sequence({AsNumber{65536}});
  CHECK(encode_attributes(attributes, ordinary_codec()) == hex("40 01 01 00"
                                                               "40 02 06 02 01 00010000"
                                                               "c0 07 08 0000ffff 0a000001"));
}

TEST_CASE("AS4_PATH leaves confederation segments out", "[rfc6793-4.2.2]") {
  PathAttributes attributes;
  attributes.origin = Origin::Igp;
  attributes.as_path = AsPath(
      {{SegmentType::AsConfedSequence, {AsNumber{70000}}}, {SegmentType::AsSequence, {AsNumber{65536}}}});
  CHECK(encode_attributes(attributes, old_codec()) == hex("40 01 01 00"
                                                          "40 02 08 03 01 5ba0 02 01 5ba0"
                                                          "c0 11 06 02 01 00010000"));
}
