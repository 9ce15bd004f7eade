// SPDX-License-Identifier: Apache-2.0
// Prefixes: text, host bits, containment, order.
#include "wire/prefix.hpp"

#include <unordered_set>

#include "tests/wire/printers.hpp"

using namespace lbgp::wire;

namespace {
Prefix prefix(std::string_view text) {
  return parse_prefix(text).value();
}
IpAddress ip(std::string_view text) {
  return parse_address(text).value();
}
}  // namespace

TEST_CASE("Prefixes survive text", "[rfc4632-3.1]") {
  for (const auto* text : {"0.0.0.0/0", "10.0.0.0/8", "172.29.52.100/32", "128.0.0.0/1", "::/0",
                           "2001:db8::/32", "2001:db8::/33", "fd47:25e1:2f96:52:100::64/128"})
    CHECK(to_string(prefix(text)) == text);
}

TEST_CASE("A text that is no prefix says why", "[rfc4632-3.1]") {
  struct Row {
    const char* text;
    PrefixError error;
  };
  const auto row = GENERATE(values<Row>({
      {"", PrefixError::NotAnAddress},
      {"banana/8", PrefixError::NotAnAddress},
      {"10.0.0/8", PrefixError::NotAnAddress},
      {"/8", PrefixError::NotAnAddress},
      {"10.0.0.1x/8", PrefixError::NotAnAddress},
      {"10.0.0.1.2/8", PrefixError::NotAnAddress},
      {"10.0.0.01/8", PrefixError::NotAnAddress},
      {"10.0.0.1", PrefixError::NoLength},
      {"10.0.0.1/", PrefixError::LengthOutOfRange},
      {"10.0.0.0/33", PrefixError::LengthOutOfRange},
      {"2001:db8::/129", PrefixError::LengthOutOfRange},
      {"10.0.0.0/-1", PrefixError::LengthOutOfRange},
      {"10.0.0.0/8/8", PrefixError::LengthOutOfRange},
      {"10.0.0.0/99999999999999", PrefixError::LengthOutOfRange},
      {"10.0.0.1/31", PrefixError::HostBitsSet},
      {"2001:db8::1/127", PrefixError::HostBitsSet},
      {"128.0.0.0/0", PrefixError::HostBitsSet},
  }));
  PrefixError error{};
  CHECK_FALSE(parse_prefix(row.text, &error));
  CHECK(to_string(error) == to_string(row.error));
  CHECK_FALSE(parse_prefix(row.text));
}

TEST_CASE("The lenient reader clears host bits and nothing else", "[wire-prefix]") {
  CHECK(parse_prefix_lenient("10.90.3.101/24") == prefix("10.90.3.0/24"));
  CHECK(parse_prefix_lenient("2001:db8::ffff/120") == prefix("2001:db8::ff00/120"));
  CHECK_FALSE(parse_prefix_lenient("10.0.0.1"));
  CHECK_FALSE(parse_prefix_lenient("10.0.0.1/33"));
}

TEST_CASE("Host bits are cleared at every length", "[rfc4271-4.3]") {
  const IpAddress ones4 = IpAddress::v4(0xffffffff);
  std::array<std::uint8_t, 16> octets{};
  octets.fill(0xff);
  const IpAddress ones6 = IpAddress::v6(octets);
  for (const IpAddress& ones : {ones4, ones6}) {
    for (unsigned length = 0; length <= ones.bits(); ++length) {
      const Prefix p(ones, length);
      REQUIRE(p.length() == length);
      for (unsigned bit = 0; bit < ones.bits(); ++bit) {
        const bool set = (p.address().bytes()[bit / 8] >> (7 - bit % 8) & 1) != 0;
        REQUIRE(set == (bit < length));
      }
    }
    CHECK(Prefix(ones, 200).length() == ones.bits());
  }
}

TEST_CASE("Containment goes from less to more specific within a family", "[wire-prefix]") {
  CHECK(prefix("10.0.0.0/8").contains(ip("10.255.255.255")));
  CHECK_FALSE(prefix("10.0.0.0/8").contains(ip("11.0.0.0")));
  CHECK(prefix("0.0.0.0/0").contains(ip("255.255.255.255")));
  CHECK_FALSE(prefix("0.0.0.0/0").contains(ip("::")));
  CHECK_FALSE(prefix("::/0").contains(ip("0.0.0.0")));
  CHECK(prefix("10.0.0.0/8").contains(prefix("10.0.0.0/8")));
  CHECK(prefix("10.0.0.0/8").contains(prefix("10.1.0.0/16")));
  CHECK_FALSE(prefix("10.1.0.0/16").contains(prefix("10.0.0.0/8")));
  CHECK(prefix("2001:db8::/33").contains(ip("2001:db8:7fff::1")));
  CHECK_FALSE(prefix("2001:db8::/33").contains(ip("2001:db8:8000::1")));
}

TEST_CASE("Prefixes sort by family, address, length and hash by value", "[wire-prefix]") {
  CHECK(prefix("10.0.0.0/8") < prefix("10.0.0.0/9"));
  CHECK(prefix("10.0.0.0/9") < prefix("10.1.0.0/16"));
  CHECK(prefix("255.0.0.0/8") < prefix("::/0"));
  std::unordered_set<Prefix> set{prefix("10.0.0.0/8"), prefix("10.0.0.0/9"), prefix("::/0"),
                                 prefix("0.0.0.0/0")};
  CHECK(set.size() == 4);
  CHECK(set.contains(Prefix(ip("10.1.2.3"), 8)));
  CHECK(Prefix::host(ip("10.1.2.3")).is_host());
  CHECK(Prefix::host(ip("::1")) == prefix("::1/128"));
  CHECK(prefix("::/0").family() == Family::Ipv6Unicast);
  CHECK_FALSE(prefix("10.0.0.0/31").is_host());
}
