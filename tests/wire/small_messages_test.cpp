// SPDX-License-Identifier: Apache-2.0
// KEEPALIVE, NOTIFICATION and ROUTE-REFRESH.
#include "tests/wire/octets.hpp"
#include "tests/wire/printers.hpp"
#include "wire/message.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

TEST_CASE("A KEEPALIVE is a header", "[rfc4271-4.4]") {
  CHECK(encode_keepalive() == hex("ffffffffffffffffffffffffffffffff 0013 04"));
}

TEST_CASE("A NOTIFICATION, octet by octet", "[rfc4271-4.5]") {
  const Notification shutdown{ErrorCode::Cease, subcode::kAdministrativeShutdown, hex("03 627965")};
  const Bytes octets = hex("ffffffffffffffffffffffffffffffff 0019 03 06 02 03 627965");
  CHECK(encode(shutdown) == octets);
  CHECK(decode_notification(ByteView(octets).subspan(kHeaderSize)) == shutdown);
}

TEST_CASE("A NOTIFICATION of any length is read, never answered", "[rfc4271-6.4]") {
  CHECK(decode_notification({}) == Notification{static_cast<ErrorCode>(0), 0, {}});
  CHECK(decode_notification(hex("06")) == Notification{ErrorCode::Cease, 0, {}});
  CHECK(decode_notification(hex("ff ff")) == Notification{static_cast<ErrorCode>(255), 255, {}});
  CHECK(decode_notification(Bytes(70000, 6)).data.size() == 69998);
}

TEST_CASE("A NOTIFICATION that we write always fits", "[rfc4271-4.1]") {
  const Bytes octets = encode(Notification{ErrorCode::UpdateMessage, 5, Bytes(10000, 7)});
  CHECK(octets.size() == 4096);
  CHECK(octets[16] == 0x10);
  CHECK(octets[17] == 0x00);
}

TEST_CASE("A ROUTE-REFRESH, octet by octet", "[rfc2918-3]") {
  const RouteRefresh request{{2, 1}, 0};
  const Bytes octets = hex("ffffffffffffffffffffffffffffffff 0017 05 0002 00 01");
  CHECK(encode(request) == octets);
  const auto back = decode_route_refresh(ByteView(octets).subspan(kHeaderSize));
  REQUIRE(back.has_value());
  CHECK(*back == request);
}

TEST_CASE("Begin and end of a refresh carry their subtype", "[rfc7313-3.2]") {
  CHECK(*decode_route_refresh(hex("0001 01 01")) == RouteRefresh{{1, 1}, 1});
  CHECK(*decode_route_refresh(hex("0001 02 01")) == RouteRefresh{{1, 1}, 2});
  // One that nobody has defined is for the caller to ignore (§5).
  CHECK(*decode_route_refresh(hex("0001 07 01")) == RouteRefresh{{1, 1}, 7});
}

TEST_CASE("Without enhanced route refresh the reserved octet says nothing", "[rfc2918-3][rfc7313-5]") {
  for (const Bytes& body : {hex("0001 01 01"), hex("0001 02 01 aabb"), hex("0001 ff 01")})
    CHECK(*decode_route_refresh(body, false) == RouteRefresh{{1, 1}, 0});
}

TEST_CASE("A short ROUTE-REFRESH is a bad message length", "[rfc4271-6.1]") {
  for (std::size_t size = 0; size < 4; ++size) {
    const auto result = decode_route_refresh(Bytes(size, 0));
    REQUIRE(result.has_error());
    CHECK(result.error().notification.code == ErrorCode::MessageHeader);
    CHECK(result.error().notification.subcode == subcode::kBadMessageLength);
    CHECK(result.error().notification.data == u16(19 + size));
  }
}

TEST_CASE("Begin and end of a wrong length are answered 7/1 with the message", "[rfc7313-5]") {
  const auto subtype = GENERATE(as<std::uint8_t>(), 1, 2);
  for (const Bytes& rest : {hex("01 aabb"), hex("")}) {
    const Bytes body = join({hex("0001"), Bytes{subtype}, rest});
    const auto result = decode_route_refresh(body);
    REQUIRE(result.has_error());
    CHECK(result.error().notification ==
          Notification{ErrorCode::RouteRefresh, subcode::kInvalidRouteRefreshLength, message(5, body)});
  }
}

TEST_CASE("A plain request with filters behind it is a request", "[rfc5291-4]") {
  CHECK(*decode_route_refresh(hex("0001 00 01 01 40 0000")) == RouteRefresh{{1, 1}, 0});
}
