// SPDX-License-Identifier: Apache-2.0
// Message boundaries, and what each wrong header is answered with.
#include "wire/framer.hpp"

#include <random>

#include "tests/wire/octets.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;

namespace {

Bytes keepalive() {
  return message(4, {});
}
// ROUTE-REFRESH for IPv6 unicast.
Bytes refresh() {
  return message(5, hex("0002 00 01"));
}

struct Received {
  MessageType type;
  Bytes body;
  bool operator==(const Received&) const = default;
};

// Takes out every frame there is; an error fails the test.
std::vector<Received> drain(Framer& framer) {
  std::vector<Received> received;
  for (;;) {
    const auto result = framer.next();
    REQUIRE(result.has_value());
    if (!result->has_value()) return received;
    received.push_back({(*result)->type, {(*result)->body.begin(), (*result)->body.end()}});
  }
}

// The error that `octets` cause; fails the test if they cause none.
Error error_of(const Bytes& octets, bool extended = false) {
  Framer framer;
  framer.allow_extended_messages(extended);
  framer.append(octets);
  const auto result = framer.next();
  REQUIRE(result.has_error());
  CHECK(result.error().notification.code == ErrorCode::MessageHeader);
  CHECK_FALSE(result.error().reason.empty());
  return result.error();
}

Bytes header(std::size_t size, std::uint8_t type) {
  return join({Bytes(16, 0xff), u16(size), Bytes{type}});
}

}  // namespace

TEST_CASE("Messages come out whole wherever the stream is cut", "[rfc4271-4.1]") {
  const Bytes update = message(2, update_body({}, {}, hex("20 0a000001")));
  const Bytes stream = join({keepalive(), update, refresh(), keepalive()});
  const std::vector<Received> expected{{MessageType::Keepalive, {}},
                                       {MessageType::Update, hex("0000 0000 20 0a000001")},
                                       {MessageType::RouteRefresh, hex("0002 00 01")},
                                       {MessageType::Keepalive, {}}};
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Framer framer;
    framer.append(ByteView(stream).first(cut));
    std::vector<Received> received = drain(framer);
    framer.append(ByteView(stream).subspan(cut));
    const auto rest = drain(framer);
    received.insert(received.end(), rest.begin(), rest.end());
    REQUIRE(received == expected);
    REQUIRE(framer.pending().empty());
  }
}

TEST_CASE("One octet at a time makes the same messages", "[rfc4271-4.1]") {
  const Bytes stream = join({keepalive(), refresh(), keepalive()});
  Framer framer;
  std::size_t messages = 0;
  for (const std::uint8_t octet : stream) {
    framer.append(std::span(&octet, 1));
    messages += drain(framer).size();
  }
  CHECK(messages == 3);
}

TEST_CASE("Random cuts of a long stream lose nothing", "[rfc4271-4.1]") {
  std::mt19937 random(7);
  Bytes stream;
  std::vector<Received> expected;
  for (int i = 0; i < 300; ++i) {
    Bytes body = update_body({}, {}, {});
    body.resize(4 + random() % 4000, static_cast<std::uint8_t>(i));
    const Bytes one = message(2, body);
    stream.insert(stream.end(), one.begin(), one.end());
    expected.push_back({MessageType::Update, body});
  }
  Framer framer;
  std::vector<Received> received;
  ByteView rest = stream;
  while (!rest.empty()) {
    const std::size_t size = std::min<std::size_t>(rest.size(), 1 + random() % 9000);
    framer.append(rest.first(size));
    rest = rest.subspan(size);
    const auto now = drain(framer);
    received.insert(received.end(), now.begin(), now.end());
  }
  CHECK(received == expected);
}

TEST_CASE("Pending octets are what no message has been made of", "[wire-framer]") {
  Framer framer;
  const Bytes stream = join({keepalive(), Bytes(10, 0xff)});
  framer.append(stream);
  CHECK(drain(framer).size() == 1);
  CHECK(Bytes(framer.pending().begin(), framer.pending().end()) == Bytes(10, 0xff));
  CHECK(framer.write_area(100).size() >= 100);
  CHECK(Bytes(framer.pending().begin(), framer.pending().end()) == Bytes(10, 0xff));
}

TEST_CASE("A marker that is not all ones is answered 1/1", "[rfc4271-6.1]") {
  for (std::size_t i = 0; i < 16; ++i) {
    Bytes octets = keepalive();
    octets[i] = 0xfe;
    const Error error = error_of(octets);
    CHECK(error.notification.subcode == subcode::kConnectionNotSynchronized);
    CHECK(error.notification.data.empty());
  }
  const std::string http = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(error_of(Bytes(http.begin(), http.end())).notification.subcode ==
        subcode::kConnectionNotSynchronized);
}

TEST_CASE("A wrong length is answered 1/2 with the length, from the header alone", "[rfc4271-6.1]") {
  struct Row {
    std::size_t size;
    std::uint8_t type;
  };
  const auto row = GENERATE(values<Row>({
      {0, 4},
      {18, 4},
      {20, 4},  // KEEPALIVE is 19
      {4097, 2},
      {65535, 2},  // answered at once, not when that many octets have come
      {28, 1},     // OPEN is 29 or more
      {22, 2},     // UPDATE is 23 or more
      {4097, 3},
      {4097, 99},  // the length is looked at before the type
  }));
  const Error error = error_of(header(row.size, row.type));
  CHECK(error.notification.subcode == subcode::kBadMessageLength);
  CHECK(error.notification.data == u16(row.size));
}

TEST_CASE("An unknown type is answered 1/3 with the type", "[rfc4271-6.1]") {
  for (const std::uint8_t type : Bytes{0, 6, 7, 128, 255}) {
    const Error error = error_of(header(19, type));
    CHECK(error.notification.subcode == subcode::kBadMessageType);
    CHECK(error.notification.data == Bytes{type});
  }
}

TEST_CASE("Long messages are taken where they were negotiated", "[rfc8654-4]") {
  Framer framer;
  framer.allow_extended_messages(true);
  Bytes body(65535 - 19, 0);
  framer.append(message(2, body));
  framer.append(message(3, Bytes(5000, 1)));
  framer.append(message(5, Bytes(5000, 1)));
  const auto received = drain(framer);
  REQUIRE(received.size() == 3);
  CHECK(received[0].body.size() == 65516);
}

TEST_CASE("OPEN and KEEPALIVE stay short even where long messages were negotiated", "[rfc8654-4]") {
  CHECK(error_of(header(4097, 1), true).notification.data == u16(4097));
  CHECK(error_of(header(20, 4), true).notification.data == u16(20));
  CHECK(error_of(header(18, 2), true).notification.data == u16(18));
}

TEST_CASE("A NOTIFICATION too short for its codes is handed on: nobody answers one", "[rfc4271-6.4]") {
  Framer framer;
  framer.append(message(3, {}));
  framer.append(message(3, {6}));
  const auto received = drain(framer);
  REQUIRE(received.size() == 2);
  CHECK(received[0].type == MessageType::Notification);
  CHECK(received[1].body == Bytes{6});
}

TEST_CASE("The longest ordinary messages pass", "[rfc4271-4.1]") {
  Framer framer;
  framer.append(message(2, Bytes(4096 - 19, 0)));
  framer.append(message(1, Bytes(4096 - 19, 0)));
  CHECK(drain(framer).size() == 2);
}
