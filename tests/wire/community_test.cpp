// SPDX-License-Identifier: Apache-2.0
// Communities of all kinds: text forms, order, sets.
#include "wire/community.hpp"

#include "tests/wire/printers.hpp"

using namespace lbgp::wire;

TEST_CASE("Well-known communities have FRR's names in both directions", "[rfc1997-wellknown]") {
  struct Row {
    std::uint32_t value;
    const char* name;
  };
  const auto row = GENERATE(values<Row>({
      {0x00000000, "internet"},
      {0xffff0000, "graceful-shutdown"},
      {0xffff0001, "accept-own"},
      {0xffff0006, "llgr-stale"},
      {0xffff0007, "no-llgr"},
      {0xffff029a, "blackhole"},
      {0xffffff01, "no-export"},
      {0xffffff02, "no-advertise"},
      {0xffffff03, "local-AS"},
      {0xffffff04, "no-peer"},
  }));
  CHECK(to_string(Community{row.value}) == row.name);
  CHECK(parse_community(row.name) == Community{row.value});
}

TEST_CASE("Communities are read as pair, number or name", "[rfc1997-text]") {
  CHECK(parse_community("65000:100") == Community{0xfde80064});
  CHECK(parse_community("4259840100") == Community{0xfde80064});
  CHECK(parse_community("65535:65535") == Community{0xffffffff});
  CHECK(parse_community("65535:666") == kBlackhole);
  CHECK(parse_community("local-as") == kNoExportSubconfed);
  CHECK(to_string(Community{0xfde80064}) == "65000:100");
  for (const auto* text : {"", ":", "1:", ":1", "65536:1", "1:65536", "1:2:3", "4294967296", "-1:1",
                           "no_export", "no-export ", "0x10"})
    CHECK_FALSE(parse_community(text));
}

TEST_CASE("Large communities are three numbers", "[rfc8092-5]") {
  CHECK(parse_large_community("64512:1:2") == LargeCommunity{64512, 1, 2});
  CHECK(parse_large_community("4294967295:4294967295:0") == LargeCommunity{0xffffffff, 0xffffffff, 0});
  CHECK(to_string(LargeCommunity{4200000000, 7, 0}) == "4200000000:7:0");
  for (const auto* text : {"", "1:2", "1:2:", "1:2:3:4", "4294967296:1:1", "a:b:c"})
    CHECK_FALSE(parse_large_community(text));
}

TEST_CASE("Route targets and origins choose their type by the administrator", "[rfc4360-4][rfc4360-5]") {
  struct Row {
    const char* text;
    std::array<std::uint8_t, 8> octets;
    const char* printed;
  };
  const auto row = GENERATE(values<Row>({
      {"rt:65000:1", {0x00, 0x02, 0xfd, 0xe8, 0, 0, 0, 1}, "RT:65000:1"},
      {"RT:65000:4294967295", {0x00, 0x02, 0xfd, 0xe8, 0xff, 0xff, 0xff, 0xff}, "RT:65000:4294967295"},
      {"soo:10.0.0.1:5", {0x01, 0x03, 10, 0, 0, 1, 0, 5}, "SoO:10.0.0.1:5"},
      {"rt:4200000000:65535", {0x02, 0x02, 0xfa, 0x56, 0xea, 0x00, 0xff, 0xff}, "RT:4200000000:65535"},
      {"0x0605aabbccddeeff", {0x06, 0x05, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}, "0x0605aabbccddeeff"},
      {"0x4002fde800000001", {0x40, 0x02, 0xfd, 0xe8, 0, 0, 0, 1}, "0x4002fde800000001"},
  }));
  const auto parsed = parse_ext_community(row.text);
  REQUIRE(parsed);
  CHECK(parsed->octets == row.octets);
  CHECK(to_string(*parsed) == row.printed);
  CHECK(parse_ext_community(row.printed) == parsed);
}

TEST_CASE("What does not fit an extended community is refused", "[rfc4360-3]") {
  for (const auto* text :
       {"", "rt", "rt:1", "rt:65536:65536", "rt:10.0.0.1:65536", "rt:65000:4294967296", "rt:::1:1", "xx:1:1",
        "0x12", "0x0605aabbccddeef", "0x0605aabbccddeefg", "0x0605aabbccddeeff00"})
    CHECK_FALSE(parse_ext_community(text));
}

TEST_CASE("The T bit says whether an extended community crosses ASes", "[rfc4360-2]") {
  CHECK(ExtCommunity{{0x00, 0x02}}.is_transitive());
  CHECK_FALSE(ExtCommunity{{0x40, 0x04}}.is_transitive());
}

TEST_CASE("Sets are equal whatever order their members came in", "[wire-community]") {
  const Communities a{kNoExport, Community{1}, Community{2}, Community{1}};
  const Communities b{Community{2}, Community{1}, kNoExport};
  CHECK(a == b);
  CHECK(a.size() == 3);
  CHECK(to_string(Communities{Community{0xfde80064}, kNoExport}) == "65000:100 no-export");
  CHECK(to_string(Communities{}).empty());

  Communities c;
  for (std::uint32_t value : {5U, 1U, 3U, 1U, 5U}) c.insert(Community{value});
  CHECK(c == Communities{Community{1}, Community{3}, Community{5}});
  c.erase(Community{3});
  c.erase(Community{4});
  CHECK(c == Communities{Community{1}, Community{5}});
  c.erase_if([](const Community& community) { return community.value > 2; });
  CHECK(c == Communities{Community{1}});
  CHECK(c.contains(Community{1}));
  CHECK_FALSE(c.contains(Community{5}));
}
