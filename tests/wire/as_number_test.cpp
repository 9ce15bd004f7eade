// SPDX-License-Identifier: Apache-2.0
// AS numbers and BGP identifiers.
#include "wire/as_number.hpp"

#include <type_traits>

#include "tests/wire/printers.hpp"

using namespace lbgp::wire;

// Neither turns into the other, nor into a number, by itself.
static_assert(!std::is_convertible_v<std::uint32_t, AsNumber>);
static_assert(!std::is_convertible_v<AsNumber, std::uint32_t>);
static_assert(!std::is_constructible_v<AsNumber, RouterId>);
static_assert(!std::is_constructible_v<RouterId, AsNumber>);
static_assert(sizeof(AsNumber) == 4);

TEST_CASE("AS numbers are read as asplain and asdot", "[rfc5396-2]") {
  CHECK(parse_as_number("0") == AsNumber{0});
  CHECK(parse_as_number("65001") == AsNumber{65001});
  CHECK(parse_as_number("4294967295") == AsNumber{0xffffffff});
  CHECK(parse_as_number("1.10") == AsNumber{65546});
  CHECK(parse_as_number("0.65535") == AsNumber{65535});
  CHECK(parse_as_number("65535.65535") == AsNumber{0xffffffff});
}

TEST_CASE("What is no AS number is refused", "[rfc5396-2]") {
  for (const auto* text : {"", "-1", "+1", " 1", "1 ", "0x10", "4294967296", "1.", ".1", "1.65536", "65536.0",
                           "1.2.3", "AS65001", "65001a"})
    CHECK_FALSE(parse_as_number(text));
}

TEST_CASE("AS numbers are written as asplain", "[rfc5396-3]") {
  CHECK(to_string(AsNumber{65546}) == "65546");
  CHECK(to_string(AsNumber{0xffffffff}) == "4294967295");
}

TEST_CASE("Two octets hold AS numbers up to 65535", "[rfc6793-9]") {
  CHECK(AsNumber{65535}.fits_two_octets());
  CHECK_FALSE(AsNumber{65536}.fits_two_octets());
  CHECK(kAsTrans.value() == 23456);
}

TEST_CASE("Private AS ranges have exact edges", "[rfc6996-5]") {
  CHECK_FALSE(is_private(AsNumber{64511}));
  CHECK(is_private(AsNumber{64512}));
  CHECK(is_private(AsNumber{65534}));
  CHECK_FALSE(is_private(AsNumber{65535}));
  CHECK_FALSE(is_private(AsNumber{4199999999}));
  CHECK(is_private(AsNumber{4200000000}));
  CHECK(is_private(AsNumber{4294967294}));
  CHECK_FALSE(is_private(AsNumber{4294967295}));
}

TEST_CASE("BGP identifiers are written like IPv4 addresses", "[rfc6286-2.1]") {
  CHECK(parse_router_id("172.29.51.11") == RouterId{0xac1d330b});
  CHECK(to_string(RouterId{0xac1d330b}) == "172.29.51.11");
  for (const auto* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "::1", "1.2.3.4 "})
    CHECK_FALSE(parse_router_id(text));
}
