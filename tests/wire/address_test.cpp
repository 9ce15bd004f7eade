// SPDX-License-Identifier: Apache-2.0
// IP addresses: text and kinds.
#include "wire/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "tests/wire/printers.hpp"

using namespace lbgp::wire;

namespace {
IpAddress ip(std::string_view text) {
  return parse_address(text).value();
}
}  // namespace

TEST_CASE("Addresses survive text and come out in the recommended form", "[rfc5952-4]") {
  struct Row {
    const char* in;
    const char* out;
  };
  const auto row = GENERATE(values<Row>({
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"172.29.52.100", "172.29.52.100"},
      {"::", "::"},
      {"::1", "::1"},
      {"2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // §4.2.2: a single zero group stays
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // §4.2.3: the longest run
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // … the first of equal runs
      {"fd47:25e1:2f96:52:100::64", "fd47:25e1:2f96:52:100::64"},
      {"::ffff:10.0.0.1", "::ffff:10.0.0.1"},  // §5
  }));
  CHECK(to_string(ip(row.in)) == row.out);
}

TEST_CASE("What is no address is refused", "[rfc4291-2.2]") {
  const std::string with_nul("10.0.0.1\0", 9);
  CHECK_FALSE(parse_address(with_nul));
  CHECK_FALSE(parse_address(std::string(1000, '1')));
  for (const auto* text : {"", "10", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1 ", " ::1", ":::",
                           "1::2::3", "fe80::1%eth0", "2001:db8::1/64", "12345::", "::ffff:10.0.0.999"})
    CHECK_FALSE(parse_address(text));
}

TEST_CASE("A dotted quad is what inet_pton takes for one", "[wire-address]") {
  std::vector<std::string> octets{"", "x", "-1", "+1", " 1", "1 ", "1x", "1.", ".", "/"};
  for (int number = 0; number < 1300; ++number)
    for (const char* zeros : {"", "0", "00"}) octets.push_back(zeros + std::to_string(number));
  for (const std::string& octet : octets)
    for (const std::string& text :
         {octet + ".2.3.4", "1." + octet + ".3.4", "1.2.3." + octet, "1.2.3.4." + octet, octet}) {
      std::array<std::uint8_t, 4> expected{};
      const bool is_one = ::inet_pton(AF_INET, text.c_str(), expected.data()) == 1;
      const auto found = parse_address(text);
      CAPTURE(text);
      REQUIRE(found.has_value() == is_one);
      if (is_one) REQUIRE(std::equal(expected.begin(), expected.end(), found->bytes().begin()));
    }
}

TEST_CASE("IPv4 addresses are numbers in host order", "[wire-address]") {
  const IpAddress address = IpAddress::v4(0x0a5a0365);
  CHECK(address == ip("10.90.3.101"));
  CHECK(address.v4_value() == 0x0a5a0365);
  CHECK(address.bits() == 32);
  CHECK(std::vector<std::uint8_t>(address.bytes().begin(), address.bytes().end()) ==
        std::vector<std::uint8_t>{10, 90, 3, 101});
  CHECK(ip("::1").bits() == 128);
  CHECK(ip("::1").bytes().size() == 16);
}

TEST_CASE("IPv4 sorts before IPv6, then by octets", "[wire-address]") {
  CHECK(ip("255.255.255.255") < ip("::"));
  CHECK(ip("9.255.0.0") < ip("10.0.0.0"));
  CHECK(ip("2001:db8::1") < ip("2001:db8::2"));
  CHECK(ip("0.0.0.0") != ip("::"));
  const std::array<std::uint8_t, 16> middle{0x7f, 0x80, 0x7f, 0x80, 0x7f, 0x80, 0x7f, 0x80,
                                            0x7f, 0x80, 0x7f, 0x80, 0x7f, 0x80, 0x7f, 0x80};
  for (std::size_t octet = 0; octet < middle.size(); ++octet) {
    auto higher = middle;  // by that octet, whatever stands behind it
    ++higher[octet];
    std::fill(higher.begin() + static_cast<std::ptrdiff_t>(octet) + 1, higher.end(), std::uint8_t{0});
    CHECK(IpAddress::v6(middle) < IpAddress::v6(higher));
    CHECK(IpAddress::v6(higher) > IpAddress::v6(middle));
  }
}

TEST_CASE("Addresses know their kind", "[rfc6890-2.2]") {
  CHECK(ip("0.0.0.0").is_unspecified());
  CHECK(ip("::").is_unspecified());
  CHECK_FALSE(ip("::1").is_unspecified());
  CHECK(ip("127.255.0.1").is_loopback());
  CHECK(ip("::1").is_loopback());
  CHECK_FALSE(ip("::2").is_loopback());
  CHECK_FALSE(ip("100::1").is_loopback());
  CHECK(ip("224.0.0.1").is_multicast());
  CHECK(ip("239.255.255.255").is_multicast());
  CHECK_FALSE(ip("240.0.0.1").is_multicast());
  CHECK(ip("ff02::1").is_multicast());
  CHECK(ip("169.254.3.4").is_link_local());
  CHECK(ip("fe80::1").is_link_local());
  CHECK(ip("febf::1").is_link_local());
  CHECK_FALSE(ip("fec0::1").is_link_local());
  CHECK(ip("::ffff:10.0.0.1").is_v4_mapped());
  CHECK_FALSE(ip("::10.0.0.1").is_v4_mapped());
  CHECK_FALSE(ip("10.0.0.1").is_v4_mapped());
}

TEST_CASE("Only addresses that a host may have count as host addresses", "[rfc4271-6.3]") {
  for (const auto* good : {"1.0.0.1", "10.0.0.1", "126.255.255.255", "128.0.0.1", "169.254.0.1",
                           "223.255.255.255", "2001:db8::1", "fe80::1", "fd00::1"})
    CHECK(ip(good).is_host_address());
  for (const auto* bad : {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
                          "::", "::1", "ff02::1"})
    CHECK_FALSE(ip(bad).is_host_address());
}
