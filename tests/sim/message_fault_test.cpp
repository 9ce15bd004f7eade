// SPDX-License-Identifier: Apache-2.0
// OPENs and other messages that are wrong, or wrong here: each gets the NOTIFICATION that the RFC names.
#include "tests/sim/house.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using fsm::State;
using wire::Bytes;
using wire::ErrorCode;
using wire::test::hex;
using wire::test::join;
using wire::test::u16;

namespace {

// Octet by octet, independent of the product's own encoder.
struct RawOpen {
  std::uint8_t version = 4;
  std::uint16_t as = 65010;
  std::uint16_t hold = 9;
  const char* id = "0a000001";
  // IPv4 unicast and the four-octet AS 65010.
  const char* parameters = "02 06 01 04 0001 00 01  02 06 41 04 0000fdf2";

  [[nodiscard]] Bytes bytes() const {
    const Bytes tail = hex(parameters);
    return wire::test::message(1, join({Bytes{version}, u16(as), u16(hold), hex(id),
                                        Bytes{static_cast<std::uint8_t>(tail.size())}, tail}));
  }
};

Bytes header(std::size_t length, std::uint8_t type) {
  return join({Bytes(16, 0xff), u16(length), Bytes{type}});
}

}  // namespace

TEST_CASE("an OPEN that is not acceptable is answered with its subcode",
          "[sim][rfc4271-6.2][rfc6286-2.2][rfc7607]") {
  struct Row {
    const char* fault;
    RawOpen open;
    std::uint8_t subcode;
    Bytes data;
  };
  const auto row = GENERATE(values<Row>({
      {"S13 wrong AS", {.as = 65099, .parameters = "02 06 01 04 0001 00 01"}, 2, {}},
      {"S13 AS 0", {.as = 0, .parameters = "02 06 01 04 0001 00 01"}, 2, {}},
      {"S13 AS 0 in the capability", {.parameters = "02 06 01 04 0001 00 01 02 06 41 04 00000000"}, 2, {}},
      {"S13 AS in capability differs", {.parameters = "02 06 01 04 0001 00 01 02 06 41 04 0000fdf3"}, 2, {}},
      {"S14 identifier 0", {.id = "00000000"}, 3, {}},
      {"S15 hold time 1", {.hold = 1}, 6, {}},
      {"S15 hold time 2", {.hold = 2}, 6, {}},
      {"S16 version 3", {.version = 3}, 1, {0, 4}},
      {"S16 version 5", {.version = 5}, 1, {0, 4}},
      {"S16 version 255", {.version = 255}, 1, {0, 4}},
      {"S18 capability overruns its parameter", {.parameters = "02 06 01 05 0001 00 01"}, 0, {}},
      {"S18 parameter overruns the message", {.parameters = "02 07 01 04 0001 00 01"}, 0, {}},
      {"S18 capability cut in its header", {.parameters = "02 01 01"}, 0, {}},
      {"S18 parameter cut in its header", {.parameters = "02"}, 0, {}},
      {"S18 extended length cut short", {.parameters = "ff 00"}, 0, {}},
      {"S19 unknown optional parameter", {.parameters = "01 01 00"}, 4, {}},
  }));
  INFO(row.fault);
  BadStranger house;
  house.dial();
  house.say(row.open.bytes());
  const auto answer = house.peer->notification();
  REQUIRE(answer);
  CHECK(answer->code == ErrorCode::OpenMessage);
  CHECK(answer->subcode == row.subcode);
  if (!row.data.empty()) CHECK(answer->data == row.data);
  CHECK(house.peer->closed());
  CHECK_FALSE(house.history().last_reset_detail.empty());
  house.check_others();
}

TEST_CASE("S14: our own identifier over iBGP is refused", "[sim][rfc6286-2.2]") {
  BadStranger house(
      [](conf::Neighbor& neighbor) { neighbor.session.remote_as.number = wire::AsNumber(65001); });
  house.dial();
  house.say(RawOpen{.as = 65001, .id = "0a000009", .parameters = "02 06 01 04 0001 00 01"}.bytes());
  const auto answer = house.peer->notification();
  REQUIRE(answer);
  CHECK(answer->code == ErrorCode::OpenMessage);
  CHECK(answer->subcode == 3);
  house.check_others();
}

TEST_CASE("an unusual OPEN is acceptable", "[sim][rfc5492-3][rfc4271-4.2]") {
  struct Row {
    const char* what;
    RawOpen open;
    int hold;
  };
  // 250 octets of an unknown capability, in one parameter of 252.
  static const std::string long_one = "02 fc  f0 fa " + std::string(500, '0');
  const auto row = GENERATE(values<Row>({
      {"S15 hold time 3", {.hold = 3}, 3},
      {"S15 hold time 65535", {.hold = 65535}, 9},
      {"S15 hold time 0", {.hold = 0}, 0},
      {"S17 unknown capability", {.parameters = "02 08 01 04 0001 00 01 f0 00 02 06 41 04 0000fdf2"}, 9},
      {"S17 the same capability twice", {.parameters = "02 0c 01 04 0001 00 01 01 04 0001 00 01"}, 9},
      {"S17 all in one parameter", {.parameters = "02 0c 01 04 0001 00 01 41 04 0000fdf2"}, 9},
      {"S17 no parameter at all", {.parameters = ""}, 9},
      {"S17 250 octets", {.parameters = long_one.c_str()}, 9},
  }));
  INFO(row.what);
  BadStranger house;
  house.dial();
  house.say(row.open.bytes());
  CHECK(house.peer->heard(wire::MessageType::Keepalive));
  house.say(wire::encode_keepalive());
  REQUIRE(house.router_end->established());
  CHECK(house.router_end->peering().fsm().negotiated()->hold_time == seconds(row.hold));
  house.check_others();
}

TEST_CASE("S15: with hold time 0 a silent peer is left in peace", "[sim][rfc4271-4.2][rfc9687-4.3]") {
  BadStranger house;
  house.dial();
  house.say(RawOpen{.hold = 0}.bytes());
  house.say(wire::encode_keepalive());
  const auto before = house.router_end->sent(wire::MessageType::Keepalive);
  house.world.run_for(std::chrono::hours(24));
  CHECK(house.router_end->established());
  CHECK(house.router_end->sent(wire::MessageType::Keepalive) == before);
  house.check_others();
}

TEST_CASE("a header that is wrong is answered at once, in every state", "[sim][rfc4271-6.1][rfc8654-4]") {
  struct Row {
    const char* fault;
    Bytes bytes;
    std::uint8_t subcode;
    Bytes data;
  };
  Bytes garbage = header(19, 4);
  garbage[3] = 0;
  const auto row = GENERATE_COPY(values<Row>({
      {"S20 garbage marker", garbage, 1, {}},
      {"S21 length 0", header(0, 4), 2, {0, 0}},
      {"S21 length 18", header(18, 4), 2, {0, 18}},
      {"S21 length 4097", header(4097, 2), 2, {0x10, 0x01}},
      {"S21 length 65535", header(65535, 2), 2, {0xff, 0xff}},
      {"S21 KEEPALIVE of 20", join({header(20, 4), Bytes{0}}), 2, {0, 20}},
      {"S21 UPDATE of 22", join({header(22, 2), Bytes(3, 0)}), 2, {0, 22}},
      {"S21 OPEN of 28", join({header(28, 1), Bytes(9, 0)}), 2, {0, 28}},
      {"S22 type 0", header(19, 0), 3, {0}},
      {"S22 type 6", header(19, 6), 3, {6}},
      {"S22 type 255", header(19, 255), 3, {255}},
  }));
  const auto state = GENERATE(State::OpenSent, State::OpenConfirm, State::Established);
  INFO(row.fault << " in " << to_string(state));
  BadStranger house;
  house.reach(state);
  house.say(row.bytes);
  const auto answer = house.peer->notification();
  REQUIRE(answer);
  CHECK(answer->code == ErrorCode::MessageHeader);
  CHECK(answer->subcode == row.subcode);
  CHECK(answer->data == row.data);
  CHECK(house.peer->closed());
  house.check_others();
}

TEST_CASE("S23: extended messages carry UPDATEs, not OPENs and KEEPALIVEs", "[sim][rfc8654-4]") {
  wire::Open open = BadStranger::open();
  open.capabilities.emplace_back(wire::ExtendedMessageCapability{});
  BadStranger house;
  house.reach(State::Established, open);
  SECTION("an UPDATE may be long") {
    house.say(header(4097, 2));
    CHECK(house.router_end->established());  // the rest is waited for
  }
  SECTION("a KEEPALIVE may not") {
    house.say(header(4097, 4));
    CHECK(house.verdict() == wire::Notification{ErrorCode::MessageHeader, 2, {0x10, 0x01}});
  }
  SECTION("nor an OPEN") {
    house.say(header(4097, 1));
    CHECK(house.verdict() == wire::Notification{ErrorCode::MessageHeader, 2, {0x10, 0x01}});
  }
  house.check_others();
}

TEST_CASE("S24: a message that has no place in the state is an FSM error that names it", "[sim][rfc6608-3]") {
  struct Row {
    State state;
    const char* what;
    Bytes bytes;
    std::uint8_t subcode;
  };
  const Bytes open = RawOpen{}.bytes();
  const Bytes keepalive = header(19, 4);
  const Bytes end_of_rib = update({}, {}, {});
  const Bytes refresh = join({header(23, 5), hex("0001 00 01")});
  const auto row = GENERATE_COPY(values<Row>({
      {State::OpenSent, "KEEPALIVE", keepalive, 1},
      {State::OpenSent, "UPDATE", end_of_rib, 1},
      {State::OpenSent, "ROUTE-REFRESH", refresh, 1},
      {State::OpenConfirm, "OPEN", open, 2},
      {State::OpenConfirm, "UPDATE", end_of_rib, 2},
      {State::OpenConfirm, "ROUTE-REFRESH", refresh, 2},
      {State::Established, "OPEN", open, 3},
  }));
  INFO(row.what << " in " << to_string(row.state));
  BadStranger house;
  house.reach(row.state);
  house.say(row.bytes);
  const std::uint8_t type = row.bytes[18];
  CHECK(house.peer->notification() == wire::Notification{ErrorCode::FsmError, row.subcode, {type}});
  CHECK(house.peer->closed());
  house.check_others();
}

TEST_CASE("S25: a NOTIFICATION is never answered, whatever is in it", "[sim][rfc4271-6.4]") {
  const auto state = GENERATE(State::OpenSent, State::OpenConfirm, State::Established);
  const auto body = GENERATE(values<Bytes>({{6, 2},
                                            {6, 2, 255},            // a communication that overruns
                                            {6, 2, 2, 0xc3, 0x28},  // and one that is no UTF-8
                                            {6, 9},                 // Hard Reset around nothing
                                            {6, 9, 6},
                                            {2, 1, 0, 4},
                                            {4, 0},
                                            {0, 0},
                                            {255, 255},
                                            {6},  // too short for its own fields (§6.4 rather than §6.1)
                                            {}}));
  const auto size = GENERATE(std::size_t{0}, std::size_t{4077});
  INFO(to_string(state) << ", " << wire::ByteView(body).size() << " octets, at least " << size);
  BadStranger house;
  house.reach(state);
  house.say(wire::test::message(3, join({body, Bytes(std::max(size, body.size()) - body.size(), 'x')})));
  CHECK_FALSE(house.peer->notification());
  CHECK(house.peer->closed());
  CHECK_FALSE(house.router_end->established());
  CHECK_FALSE(house.history().last_notification_was_sent);
  REQUIRE(house.history().last_notification);
  if (body.size() >= 2) CHECK(house.history().last_notification->code == static_cast<ErrorCode>(body[0]));
  house.check_others();
}
