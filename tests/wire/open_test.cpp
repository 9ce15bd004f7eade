// SPDX-License-Identifier: Apache-2.0
// OPEN: golden vectors, every capability, every way to be wrong.
#include <random>

#include "tests/wire/octets.hpp"
#include "wire/message.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;
using std::chrono::seconds;

namespace {

constexpr AfiSafi kIpv4{1, 1};
constexpr AfiSafi kIpv6{2, 1};

// Version 4, AS 65001, hold time 9, identifier 10.0.0.1.
const std::string kFixed = "04 fde9 0009 0a000001";

Bytes open_body(const Bytes& parameters) {
  return join({hex(kFixed), Bytes{static_cast<std::uint8_t>(parameters.size())}, parameters});
}

// One Capabilities parameter.
Bytes capabilities(const Bytes& octets) {
  return join({Bytes{2, static_cast<std::uint8_t>(octets.size())}, octets});
}

Open decoded(const Bytes& body) {
  const auto result = decode_open(body);
  REQUIRE(result.has_value());
  return *result;
}

Notification refusal(const Bytes& body) {
  const auto result = decode_open(body);
  REQUIRE(result.has_error());
  CHECK_FALSE(result.error().reason.empty());
  return result.error().notification;
}

Capability only_capability(const Bytes& octets) {
  const Open open = decoded(open_body(capabilities(octets)));
  REQUIRE(open.capabilities.size() == 1);
  return open.capabilities[0];
}

Open round_trip(const Open& open) {
  const Bytes octets = encode(open);
  REQUIRE(octets.size() <= kMaxMessageSize);
  return decoded({octets.begin() + kHeaderSize, octets.end()});
}

}  // namespace

TEST_CASE("A whole OPEN, octet by octet", "[rfc4271-4.2][rfc5492-4]") {
  const Bytes expected =
      hex("ffffffffffffffffffffffffffffffff"  // marker
          "003b 01"                           // length 59, OPEN
          "04"                                // version
          "5ba0"                              // AS_TRANS
          "0009"                              // hold time
          "ac1d330b"                          // 172.29.51.11
          "1e"                                // optional parameters: 30 octets
          "02 1c"                             // Capabilities, 28 octets
          "01 04 0001 00 01"                  // Multiprotocol, IPv4 unicast
          "01 04 0002 00 01"                  // Multiprotocol, IPv6 unicast
          "02 00"                             // Route Refresh
          "40 06 8014 0001 01 80"             // Graceful Restart: R, 20 s, IPv4 unicast with F
          "41 04 fa56ea01");                  // four-octet AS 4200000001
  Open open;
  open.my_as = 23456;
  open.hold_time = seconds(9);
  open.id = RouterId{0xac1d330b};
  open.capabilities = {MultiprotocolCapability{kIpv4}, MultiprotocolCapability{kIpv6},
                       RouteRefreshCapability{},
                       GracefulRestartCapability{true, false, seconds(20), {{kIpv4, true}}},
                       FourOctetAsCapability{AsNumber{4200000001}}};
  CHECK(encode(open) == expected);
  CHECK(decoded({expected.begin() + kHeaderSize, expected.end()}) == open);
  CHECK(open.as() == AsNumber{4200000001});
}

TEST_CASE("An OPEN without parameters is a good OPEN", "[rfc4271-4.2]") {
  const Open open = decoded(hex(kFixed + "00"));
  CHECK(open.my_as == 65001);
  CHECK(open.hold_time == seconds(9));
  CHECK(open.id == RouterId{0x0a000001});
  CHECK(open.capabilities.empty());
  CHECK(open.as() == AsNumber{65001});
  CHECK(encode(open) == message(1, hex(kFixed + "00")));
}

TEST_CASE("Another version is answered 2/1 with ours", "[rfc4271-6.2]") {
  for (const std::uint8_t version : Bytes{0, 3, 5, 255}) {
    Bytes body = hex(kFixed + "00");
    body[0] = version;
    const Notification answer = refusal(body);
    CHECK(answer.code == ErrorCode::OpenMessage);
    CHECK(answer.subcode == subcode::kUnsupportedVersionNumber);
    CHECK(answer.data == hex("0004"));
  }
}

TEST_CASE("An unknown optional parameter is answered 2/4", "[rfc4271-6.2]") {
  for (const std::uint8_t type : Bytes{0, 1, 3, 254}) {
    const Notification answer = refusal(open_body({type, 1, 0}));
    CHECK(answer.code == ErrorCode::OpenMessage);
    CHECK(answer.subcode == subcode::kUnsupportedOptionalParameter);
  }
}

TEST_CASE("Each capability as it stands on the wire", "[rfc5492-4]") {
  struct Row {
    const char* octets;
    Capability value;
  };
  const std::vector<Row> rows{
      {"01 04 0002 00 01", MultiprotocolCapability{kIpv6}},                       // RFC 4760 §8
      {"01 04 4004 00 47", MultiprotocolCapability{{16388, 71}}},                 // a family we do not route
      {"02 00", RouteRefreshCapability{}},                                        // RFC 2918 §2
      {"05 06 0001 0001 0002", ExtendedNextHopCapability{{{kIpv4, 2}}}},          // RFC 8950 §4
      {"06 00", ExtendedMessageCapability{}},                                     // RFC 8654 §3
      {"09 01 03", RoleCapability{3}},                                            // RFC 9234 §4.1
      {"40 02 0078", GracefulRestartCapability{false, false, seconds(120), {}}},  // RFC 4724 §3
      {"40 0a cfff 0001 01 80 0002 01 00",                                        // RFC 8538 §2
       GracefulRestartCapability{true, true, seconds(4095), {{kIpv4, true}, {kIpv6, false}}}},
      {"41 04 00010000", FourOctetAsCapability{AsNumber{65536}}},  // RFC 6793 §3
      {"45 08 0001 01 03 0002 01 01",
       AddPathCapability{{{kIpv4, true, true}, {kIpv6, true, false}}}},  // RFC 7911 §4
      {"46 00", EnhancedRouteRefreshCapability{}},                       // RFC 7313 §3.1
      {"47 07 0001 01 80 015180",
       LongLivedGracefulRestartCapability{{{kIpv4, true, seconds(86400)}}}},  // RFC 9494
      {"49 09 04 6e6f6465 03 6c616e", FqdnCapability{"node", "lan"}},
      {"4b 06 05 312e322e33", SoftwareVersionCapability{"1.2.3"}},
      {"80 00", UnknownCapability{128, {}}},
      {"f0 03 010203", UnknownCapability{240, {1, 2, 3}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.octets);
    const Bytes octets = hex(row.octets);
    CHECK(only_capability(octets) == row.value);
    Open open;
    open.capabilities = {row.value};
    const Bytes encoded = encode(open);
    CHECK(Bytes(encoded.end() - static_cast<std::ptrdiff_t>(octets.size()), encoded.end()) == octets);
    CHECK(capability_code(row.value) == octets[0]);
  }
}

TEST_CASE("A capability that is oddly formed is kept raw and refuses nobody", "[rfc5492-3]") {
  for (const auto* odd : {
           "01 03 000200",          // Multiprotocol, one octet short
           "01 05 0002000100",      // … one too many
           "02 01 00",              // Route Refresh with a value
           "05 05 0001000100",      // Extended Next Hop, cut entry
           "05 06 0001 0101 0002",  // … SAFI that has no one-octet form
           "06 01 00",              // Extended Message with a value
           "09 00",
           "09 02 0000",          // Role of no and of two octets
           "40 01 00",            // Graceful Restart, too short for its flags
           "40 05 0014 0001 01",  // … cut entry
           "41 02 fde9",          // four-octet AS in two
           "45 04 0001 01 00",
           "45 04 0001 01 04",       // ADD-PATH in no direction that exists
           "47 06 0001 01 80 0151",  // LLGR, cut entry
           "49 02 05 61",            // host name longer than the capability
           "49 04 01 61 00 00",      // octets behind the domain
           "49 04 02 c328 00",       // host name that is not UTF-8
           "49 05 03 1b5b41 00",     // … that would move a terminal's cursor
           "4b 02 09 61",
       }) {
    CAPTURE(odd);
    const Bytes octets = hex(odd);
    const Capability capability = only_capability(octets);
    REQUIRE(std::holds_alternative<UnknownCapability>(capability));
    CHECK(std::get<UnknownCapability>(capability).code == octets[0]);
    CHECK(std::get<UnknownCapability>(capability).value == Bytes(octets.begin() + 2, octets.end()));
  }
}

TEST_CASE("Reserved octet and bits are ignored", "[rfc4760-8][rfc4724-3]") {
  CHECK(only_capability(hex("01 04 0001 ff 01")) == Capability(MultiprotocolCapability{kIpv4}));
  CHECK(only_capability(hex("40 06 3014 0001 01 7f")) ==
        Capability(GracefulRestartCapability{false, false, seconds(20), {{kIpv4, false}}}));
}

TEST_CASE("A capability or parameter that overruns is answered 2/0", "[rfc5492-5][rfc4271-6.2]") {
  for (const auto* bad : {
           "04 02 02 0104",       // capability of four octets with none behind it
           "03 02 01 01",         // capability without its length
           "06 02 04 0103 0000",  // … two octets of three are there
           "03 02 02 00",         // parameter longer than the OPEN
           "01 02",               // parameter without its length
           "05 02 01 02",         // more parameters announced than sent
           "01 02 00 00",         // fewer announced than sent
       }) {
    CAPTURE(bad);
    const Notification answer = refusal(join({hex(kFixed), hex(bad)}));
    CHECK(answer.code == ErrorCode::OpenMessage);
    CHECK(answer.subcode == subcode::kUnspecific);
  }
}

TEST_CASE("Capabilities may come one to a parameter, repeated, and in any number", "[rfc5492-4]") {
  const Open apart =
      decoded(open_body(join({capabilities(hex("0200")), capabilities({}), capabilities(hex("4600"))})));
  CHECK(apart.capabilities ==
        std::vector<Capability>{RouteRefreshCapability{}, EnhancedRouteRefreshCapability{}});
  const Open twice = decoded(open_body(capabilities(hex("0200 0200"))));
  CHECK(twice.capabilities.size() == 2);
  Bytes many;
  for (int i = 0; i < 62; ++i) many.insert(many.end(), {0xc8, 2, 0, 0});
  CHECK(decoded(open_body(capabilities(many))).capabilities.size() == 62);
}

TEST_CASE("Of several graceful-restart capabilities the last one counts", "[rfc4724-3]") {
  const Open open = decoded(open_body(capabilities(hex("40 02 0001 0200 40 02 0002 40 02 0003 4600"))));
  CHECK(open.capabilities == std::vector<Capability>{RouteRefreshCapability{},
                                                     GracefulRestartCapability{false, false, seconds(3), {}},
                                                     EnhancedRouteRefreshCapability{}});
}

TEST_CASE("The extended encoding of parameters is read", "[rfc9072-2]") {
  // Length 255, type 255, real length; parameters with two octets of length.
  CHECK(decoded(hex(kFixed + "ff ff 0005 02 0002 0200")).capabilities ==
        std::vector<Capability>{RouteRefreshCapability{}});
  // The short length means nothing once the type says extended.
  CHECK(decoded(hex(kFixed + "01 ff 0005 02 0002 0200")).capabilities.size() == 1);
  CHECK(decoded(hex(kFixed + "ff ff 0000")).capabilities.empty());
}

TEST_CASE("The extended encoding cut short is answered 2/0", "[rfc9072-2]") {
  const Bytes whole = hex(kFixed + "ff ff 0005 02 0002 0200");
  for (std::size_t size = 11; size < whole.size(); ++size) {
    CAPTURE(size);
    const Notification answer = refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    CHECK(answer.code == ErrorCode::OpenMessage);
    CHECK(answer.subcode == subcode::kUnspecific);
  }
  // A short length of zero cannot announce anything, extended or not.
  CHECK(refusal(hex(kFixed + "00 ff 0005 02 0002 0200")).subcode == subcode::kUnspecific);
}

TEST_CASE("The extended encoding is written where the short one does not do, or on request", "[rfc9072-2]") {
  Open open;
  open.capabilities = {UnknownCapability{200, Bytes(251, 1)}};  // 2 + 253 = 255: just fits
  CHECK(encode(open)[28] == 255);
  CHECK(encode(open)[29] == 2);
  CHECK(round_trip(open) == open);
  open.capabilities.push_back(RouteRefreshCapability{});
  const Bytes extended = encode(open);
  CHECK(Bytes(extended.begin() + 28, extended.begin() + 35) == hex("ff ff 0102 02 00ff"));
  CHECK(round_trip(open).capabilities == open.capabilities);
  CHECK(round_trip(open).extended_parameters);

  open.capabilities = {RouteRefreshCapability{}};
  open.extended_parameters = true;
  const Bytes wanted = encode(open);
  CHECK(Bytes(wanted.begin() + 28, wanted.end()) == hex("ff ff 0005 02 0002 0200"));
  CHECK(round_trip(open) == open);
  open.capabilities.clear();
  const Bytes empty = encode(open);
  CHECK(Bytes(empty.begin() + 28, empty.end()) == hex("ff ff 0000"));
  CHECK(round_trip(open) == open);
}

TEST_CASE("Roles have FRR's names", "[rfc9234-4.1]") {
  CHECK(role_name(0) == "provider");
  CHECK(role_name(1) == "rs-server");
  CHECK(role_name(2) == "rs-client");
  CHECK(role_name(3) == "customer");
  CHECK(role_name(4) == "peer");
  CHECK(role_name(5) == "unknown");
  CHECK(role_name(255) == "unknown");
}

TEST_CASE("Every truncation of an OPEN is an error, never a crash", "[rfc4271-6.2]") {
  const Bytes whole = hex(kFixed + "10 02 0e 01040001 0001 4104 0000fde9 0200");
  REQUIRE(decode_open(whole).has_value());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const Notification answer = refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    if (size < 10) {
      CHECK(answer.code == ErrorCode::MessageHeader);
      CHECK(answer.subcode == subcode::kBadMessageLength);
      CHECK(answer.data == u16(19 + size));
    } else {
      CHECK(answer.code == ErrorCode::OpenMessage);
      CHECK(answer.subcode == subcode::kUnspecific);
    }
  }
}

TEST_CASE("What is too large for its field is cut at an entry", "[rfc5492-4]") {
  Open open;
  GracefulRestartCapability restart;
  restart.restart_time = seconds(100000);
  restart.families.assign(100, {kIpv4, true});
  LongLivedGracefulRestartCapability long_lived{{{kIpv6, true, seconds(1 << 30)}}};
  AddPathCapability add_path;
  add_path.entries.assign(100, {kIpv4, true, true});
  open.hold_time = seconds(100000);
  open.capabilities = {restart, long_lived, add_path,
                       FqdnCapability{std::string(300, 'h'), std::string(300, 'd')},
                       SoftwareVersionCapability{std::string(300, 'v')}};
  const Open back = round_trip(open);
  CHECK(back.hold_time == seconds(65535));
  CHECK(back.find<GracefulRestartCapability>()->restart_time == seconds(4095));
  CHECK(back.find<GracefulRestartCapability>()->families.size() == 63);
  CHECK(back.find<LongLivedGracefulRestartCapability>()->entries[0].stale_time == seconds(0xffffff));
  CHECK(back.find<AddPathCapability>()->entries.size() == 63);
  CHECK(back.find<FqdnCapability>()->hostname.size() == 253);
  CHECK(back.find<FqdnCapability>()->domainname.empty());
  CHECK(back.find<SoftwareVersionCapability>()->version.size() == 254);
}

TEST_CASE("Random octets never upset the reader, and what it takes it writes again", "[rfc4271-6.2]") {
  std::mt19937 random(42);
  std::size_t accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    Bytes octets;
    while (random() % 8 != 0) {
      static constexpr std::array<std::uint8_t, 14> kCodes{1, 2, 5, 6, 9, 64, 65, 69, 70, 71, 73, 75, 3, 200};
      const auto size = static_cast<std::uint8_t>(random() % 9);
      octets.insert(octets.end(), {kCodes[random() % kCodes.size()], size});
      for (int j = 0; j < size; ++j) octets.push_back(static_cast<std::uint8_t>(random() % 5));
    }
    if (octets.size() > 250) continue;
    if (random() % 4 == 0 && !octets.empty()) octets.resize(random() % octets.size());
    const auto result = decode_open(open_body(capabilities(octets)));
    if (!result) continue;
    ++accepted;
    REQUIRE(round_trip(*result) == *result);
  }
  CHECK(accepted > 10000);
}
