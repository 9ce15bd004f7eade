// SPDX-License-Identifier: Apache-2.0
// NOTIFICATION names and the shutdown communication.
#include "wire/error.hpp"

#include "tests/wire/printers.hpp"
#include "wire/path_attributes.hpp"
#include "wire/utf8.hpp"

using namespace lbgp::wire;

namespace {
Notification notification(std::uint8_t code, std::uint8_t sub, std::vector<std::uint8_t> data = {}) {
  return {static_cast<ErrorCode>(code), sub, std::move(data)};
}
}  // namespace

TEST_CASE("NOTIFICATIONs read as FRR prints them", "[rfc4271-4.5]") {
  CHECK(to_string(notification(1, 1)) == "Message Header Error/Connection Not Synchronized");
  CHECK(to_string(notification(2, 2)) == "OPEN Message Error/Bad Peer AS");
  CHECK(to_string(notification(2, 0)) == "OPEN Message Error/Unspecific");
  CHECK(to_string(notification(3, 11)) == "UPDATE Message Error/Malformed AS_PATH");
  CHECK(to_string(notification(4, 0)) == "Hold Timer Expired");
  CHECK(to_string(notification(6, 2)) == "Cease/Administrative Shutdown");
  CHECK(to_string(notification(6, 9)) == "Cease/Hard Reset");
  CHECK(to_string(notification(8, 0)) == "Send Hold Timer Expired");
}

TEST_CASE("Codes that nobody has defined are still printed", "[rfc4271-4.5]") {
  CHECK(to_string(notification(99, 1)) == "Unrecognized Error Code/Unrecognized Error Subcode");
  CHECK(to_string(notification(6, 200)) == "Cease/Unrecognized Error Subcode");
  CHECK(code_name(static_cast<ErrorCode>(0)) == "Unrecognized Error Code");
  for (unsigned code = 0; code < 256; ++code)
    for (unsigned sub = 0; sub < 256; ++sub)
      REQUIRE_FALSE(
          to_string(notification(static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(sub))).empty());
}

TEST_CASE("A shutdown communication is read from Cease 2 and 4 only", "[rfc9003-2]") {
  CHECK(shutdown_communication(notification(6, 2, {2, 'h', 'i'})) == "hi");
  CHECK(shutdown_communication(notification(6, 4, {2, 'h', 'i'})) == "hi");
  CHECK(shutdown_communication(notification(6, 3, {2, 'h', 'i'})).empty());
  CHECK(shutdown_communication(notification(5, 2, {2, 'h', 'i'})).empty());
}

TEST_CASE("A malformed shutdown communication is no text", "[rfc9003-2]") {
  CHECK(shutdown_communication(notification(6, 2)).empty());
  CHECK(shutdown_communication(notification(6, 2, {0})).empty());
  CHECK(shutdown_communication(notification(6, 2, {3, 'h', 'i'})).empty());    // longer than the data
  CHECK(shutdown_communication(notification(6, 2, {2, 0xc3, 0x28})).empty());  // not UTF-8
  CHECK(shutdown_communication(notification(6, 2, {1, 'h', 'i'})) == "h");     // octets behind it: ignored
}

TEST_CASE("A shutdown communication is cut between characters", "[rfc9003-2]") {
  CHECK(encode_shutdown_communication("") == std::vector<std::uint8_t>{0});
  CHECK(encode_shutdown_communication("hi") == std::vector<std::uint8_t>{2, 'h', 'i'});
  const std::string long_text = std::string(254, 'a') + "\u00e9";  // 256 octets
  const auto data = encode_shutdown_communication(long_text);
  CHECK(data.size() == 255);
  CHECK(data[0] == 254);
  CHECK(shutdown_communication(notification(6, 2, data)) == std::string(254, 'a'));
  CHECK(encode_shutdown_communication(std::string(255, 'a')).size() == 256);
}

TEST_CASE("UTF-8 is checked strictly", "[rfc3629-4]") {
  for (const auto* good :
       {"", "abc", "\u00e9", "\u20ac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    CHECK(is_utf8(good));
  for (const auto* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "a\xc3"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("Origins have FRR's names", "[rfc4271-5.1.1]") {
  CHECK(to_string(Origin::Igp) == "IGP");
  CHECK(to_string(Origin::Egp) == "EGP");
  CHECK(to_string(Origin::Incomplete) == "incomplete");
  CHECK(origin_code(Origin::Igp) == 'i');
  CHECK(origin_code(Origin::Egp) == 'e');
  CHECK(origin_code(Origin::Incomplete) == '?');
}
