// SPDX-License-Identifier: Apache-2.0
// A peer's nonsense gets the answer that the RFC names, and nobody else notices.
#include <catch2/catch.hpp>

#include "tests/sim/world.hpp"

using namespace lbgp;
using namespace lbgp::sim;
using wire::ErrorCode;

namespace {

// A router with two nodes: one misbehaves, the other must not feel it.
struct House {
  World world;
  Speaker& router = world.add_speaker(65001, "10.0.0.9");
  Speaker& bad = world.add_speaker(65010, "10.0.0.1");
  Speaker& good = world.add_speaker(65010, "10.0.0.2");
  Neighbor* bad_end = nullptr;     // the bad node's own end
  Neighbor* router_end = nullptr;  // the router's end towards the bad node
  Neighbor* good_end = nullptr;

  House() {
    bad.announce("10.99.8.1/32");
    good.announce("10.99.8.2/32");
    std::tie(bad_end, router_end) = world.join(world.side(bad, "10.0.0.1", "10.0.0.9", 65001),
                                               world.side(router, "10.0.0.9", "10.0.0.1", 65010));
    good_end = world
                   .join(world.side(good, "10.0.0.2", "10.0.0.9", 65001),
                         world.side(router, "10.0.0.9", "10.0.0.2", 65010))
                   .first;
    REQUIRE(world.run_until([&] { return router.table().size() == 2; }));
    world.run_for(seconds(1));
  }

  // What the router answered to the bytes; the good node's session must have stood.
  std::optional<wire::Notification> answer_to(const wire::Bytes& bytes) {
    world.inject(*bad_end, bytes);
    world.run_for(milliseconds(100));
    CHECK(good_end->peering().fsm().history().connections_dropped == 0);
    if (router_end->established()) return std::nullopt;
    const fsm::History& history = router_end->peering().fsm().history();
    return history.last_notification_was_sent ? history.last_notification : std::nullopt;
  }
};

wire::Bytes header(std::size_t length, std::uint8_t type) {
  wire::Bytes bytes(16, 0xff);
  bytes.push_back(static_cast<std::uint8_t>(length >> 8));
  bytes.push_back(static_cast<std::uint8_t>(length));
  bytes.push_back(type);
  return bytes;
}

wire::Bytes operator+(wire::Bytes left, const wire::Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace

TEST_CASE("header faults are answered as RFC 4271 6.1 says", "[sim][rfc4271-6.1]") {
  House house;
  struct Row {
    const char* what;
    wire::Bytes bytes;
    std::uint8_t subcode;
    wire::Bytes data;
  };
  wire::Bytes bad_marker = header(19, 4);
  bad_marker[3] = 0;
  const auto row = GENERATE_COPY(values<Row>({
      {"marker", bad_marker, wire::subcode::kConnectionNotSynchronized, {}},
      {"length 18", header(18, 4), wire::subcode::kBadMessageLength, {0, 18}},
      {"length 4097, at once", header(4097, 2), wire::subcode::kBadMessageLength, {0x10, 0x01}},
      {"KEEPALIVE of 20", header(20, 4) + wire::Bytes{0}, wire::subcode::kBadMessageLength, {0, 20}},
      {"UPDATE of 22", header(22, 2) + wire::Bytes{0, 0, 0}, wire::subcode::kBadMessageLength, {0, 22}},
      {"type 0", header(19, 0), wire::subcode::kBadMessageType, {0}},
      {"type 255", header(19, 255), wire::subcode::kBadMessageType, {255}},
  }));
  INFO(row.what);
  const bool extended = house.router_end->peering().session().codec.extended_messages;
  if (row.data == wire::Bytes{0x10, 0x01} && extended) {
    // With extended messages an UPDATE may be that long: more is waited for.
    CHECK_FALSE(house.answer_to(row.bytes));
    return;
  }
  const auto answer = house.answer_to(row.bytes);
  REQUIRE(answer);
  CHECK(answer->code == ErrorCode::MessageHeader);
  CHECK(answer->subcode == row.subcode);
  CHECK(answer->data == row.data);
}

TEST_CASE("an OPEN in Established is an FSM error", "[sim][rfc6608]") {
  House house;
  wire::Open open;
  open.my_as = 65010;
  open.hold_time = seconds(9);
  open.id = wire::RouterId(0x0a000001);
  const auto answer = house.answer_to(wire::encode(open));
  REQUIRE(answer);
  CHECK(answer->code == ErrorCode::FsmError);
  CHECK(answer->subcode == wire::subcode::kUnexpectedInEstablished);
}

TEST_CASE("a NOTIFICATION is not answered", "[sim][rfc4271-6.4]") {
  House house;
  CHECK_FALSE(house.answer_to(wire::encode(wire::Notification{ErrorCode::Cease, 2, {}})));
  CHECK_FALSE(house.router_end->peering().fsm().history().last_notification_was_sent);
  CHECK_FALSE(house.router_end->established());
}

TEST_CASE("a malformed attribute withdraws its route and leaves the session", "[sim][rfc7606-7.1]") {
  House house;
  // 10.99.8.1/32 again, with an ORIGIN of 9.
  const wire::Bytes update =
      header(23 + 4 + 9 + 7 + 5, 2) + wire::Bytes{0,    0,  0,  20,  // attributes: 20 octets
                                                  0x40, 1,  1,  9,   // ORIGIN
                                                  0x40, 2,  6,  2,  1, 0, 0, 0xfd, 0xf2,  // AS_PATH 65010
                                                  0x40, 3,  4,  10, 0, 0, 1,              // NEXT_HOP
                                                  32,   10, 99, 8,  1};                   // NLRI
  CHECK_FALSE(house.answer_to(update));
  REQUIRE(house.router_end->established());
  CHECK(house.router.table() == std::vector<std::string>{"10.99.8.2/32"});
  REQUIRE(house.router_end->faults().size() == 1);
  CHECK(house.router_end->faults()[0].grade == wire::Grade::TreatAsWithdraw);
}

TEST_CASE("after its own fault the bad peer gets a fresh session", "[sim]") {
  House house;
  REQUIRE(house.answer_to(header(19, 200)));
  CHECK(house.world.run_until([&] { return house.router_end->established(); }, seconds(30)));
  house.world.run_for(seconds(1));
  CHECK(house.router.table().size() == 2);
}

TEST_CASE("a peer that never reads costs state, not bytes, and is dropped by the send hold timer",
          "[sim][rfc9687]") {
  House house;
  house.bad_end->reads = false;
  for (int round = 0; round < 50; ++round)
    for (int i = 10; i < 60; ++i) {
      const std::string prefix = "10.99.7." + std::to_string(i) + "/32";
      if (round % 2 == 0)
        house.good.announce(prefix);
      else
        house.good.withdraw(prefix);
    }
  house.world.run_for(seconds(5));
  CHECK(house.router_end->established());
  CHECK(house.good_end->established());
  CHECK(
      house.router.rib().counters(house.router_end->peering().rib_id(), wire::Family::Ipv4Unicast).pending <=
      50);
  house.world.run_for(std::chrono::minutes(9));
  CHECK(house.router_end->peering().fsm().history().connections_dropped >= 1);
  CHECK(house.good_end->peering().fsm().history().connections_dropped == 0);
}
