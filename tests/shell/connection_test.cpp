// SPDX-License-Identifier: Apache-2.0
// A TCP connection to a peer, over loopback: bytes both ways, and every kind of end.
#include "bgpd/net/connection.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>

namespace asio = boost::asio;
using asio::ip::tcp;
using lbgp::daemon::net::Connection;
using lbgp::daemon::net::ConnectionOwner;
using lbgp::wire::Bytes;

namespace {

struct Owner final : ConnectionOwner {
  void on_connected() override { connected = true; }
  void on_failed(const std::string& why) override { failed = why; }
  std::span<std::uint8_t> read_area() override {
    ++asked_for_room;
    return area;
  }
  void on_read(std::size_t size) override {
    input.insert(input.end(), area.begin(), area.begin() + static_cast<std::ptrdiff_t>(size));
    unread = work_per_read;
  }
  [[nodiscard]] bool has_unread() const override { return unread > 0; }
  void read_on() override {
    --unread;
    ++turns;
  }
  void fill(Bytes& out, std::size_t) override {
    const std::size_t size = std::min<std::size_t>(to_send.size(), 100'000);
    out.insert(out.end(), to_send.begin(), to_send.begin() + static_cast<std::ptrdiff_t>(size));
    to_send.erase(to_send.begin(), to_send.begin() + static_cast<std::ptrdiff_t>(size));
  }
  void on_wrote(bool blocked) override { was_blocked = was_blocked || blocked; }

  std::array<std::uint8_t, 4096> area{};
  Bytes input;
  Bytes to_send;
  int asked_for_room = 0;
  int work_per_read = 0;  // turns
  int unread = 0;
  int turns = 0;
  bool connected = false;
  bool was_blocked = false;
  std::string failed;
};

struct Fixture {
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  Owner owner;
  Connection::Census census = std::make_shared<std::size_t>(0);

  std::shared_ptr<Connection> make() {
    tcp::socket socket(io, tcp::v4());
    socket.non_blocking(true);
    return std::make_shared<Connection>(std::move(socket), owner, census);
  }
  std::pair<std::shared_ptr<Connection>, tcp::socket> connected_pair() {
    auto connection = make();
    connection->connect(acceptor.local_endpoint());
    tcp::socket peer = acceptor.accept();
    run_until([this] { return owner.connected; });
    peer.non_blocking(true);
    return {std::move(connection), std::move(peer)};
  }
  void run_until(const std::function<bool()>& condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool holds = condition();
    while (!holds && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      io.poll();
      holds = condition();
    }
    REQUIRE(holds);
  }
  static std::size_t drain(tcp::socket& peer) {
    std::array<char, 65536> buffer;
    boost::system::error_code error;
    return peer.read_some(asio::buffer(buffer), error);
  }
};

}  // namespace

TEST_CASE("bytes go both ways", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  fixture.owner.to_send = {1, 2, 3};
  connection->pump();
  fixture.run_until([&, &socket = peer] { return Fixture::drain(socket) == 3; });
  asio::write(peer, asio::buffer("hello", 5));
  fixture.run_until([&] { return fixture.owner.input.size() == 5; });
  CHECK(fixture.owner.failed.empty());
  connection->abandon();
}

TEST_CASE("nothing more is read before the work on what was read is done", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  fixture.owner.work_per_read = 5;
  asio::write(peer, asio::buffer("one", 3));
  fixture.run_until([&] { return fixture.owner.input.size() == 3; });
  asio::write(peer, asio::buffer("two", 3));
  fixture.run_until([&] {
    CHECK((fixture.owner.unread == 0 || fixture.owner.input.size() == 3));
    return fixture.owner.turns == 5;
  });
  fixture.run_until([&] { return fixture.owner.input.size() == 6; });
  fixture.run_until([&] { return fixture.owner.turns == 10; });
  connection->abandon();
}

TEST_CASE("what a timer has read is worked on like the rest", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  fixture.owner.work_per_read = 3;
  asio::write(peer, asio::buffer("one", 3));
  for (int i = 0; i < 1'000'000 && fixture.owner.input.empty(); ++i) connection->read_waiting();
  REQUIRE(fixture.owner.input.size() == 3);
  connection->read_waiting();  // reads nothing: there is work left
  fixture.run_until([&] { return fixture.owner.turns == 3; });
  asio::write(peer, asio::buffer("two", 3));
  fixture.run_until([&] { return fixture.owner.input.size() == 6; });
  connection->abandon();
}

TEST_CASE("no room is made for what has not come", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  connection->read_waiting();
  CHECK(fixture.owner.asked_for_room == 0);
  asio::write(peer, asio::buffer("hello", 5));
  fixture.run_until([&, &end = connection] {
    end->read_waiting();
    return fixture.owner.input.size() == 5;
  });
  peer.close();
  fixture.run_until([&, &end = connection] {
    end->read_waiting();
    return !fixture.owner.failed.empty();
  });
  CHECK(fixture.owner.failed == "the peer closed the connection");
}

TEST_CASE("a peer that does not read blocks the writer, and loses nothing", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  fixture.owner.to_send.assign(20'000'000, 7);
  connection->pump();
  fixture.run_until([&] { return fixture.owner.was_blocked; });
  std::size_t received = 0;
  fixture.run_until([&, &socket = peer] {
    received += Fixture::drain(socket);
    return received == 20'000'000;
  });
  connection->abandon();
}

TEST_CASE("a refused connection says so", "[connection]") {
  Fixture fixture;
  const auto nobody = fixture.acceptor.local_endpoint();
  fixture.acceptor.close();
  auto connection = fixture.make();
  connection->connect(nobody);
  fixture.run_until([&] { return !fixture.owner.failed.empty(); });
  CHECK(fixture.owner.failed == "connection refused");
}

TEST_CASE("a peer that closes is told from one that resets", "[connection]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  SECTION("closes") {
    peer.close();
    fixture.run_until([&] { return !fixture.owner.failed.empty(); });
    CHECK(fixture.owner.failed == "the peer closed the connection");
  }
  SECTION("resets") {
    peer.set_option(asio::socket_base::linger(true, 0));
    peer.close();
    fixture.run_until([&] { return !fixture.owner.failed.empty(); });
    CHECK(fixture.owner.failed == "the peer reset the connection");
  }
}

TEST_CASE("the last words reach the peer even when its own were not read", "[connection][rfc4271-6]") {
  Fixture fixture;
  auto [connection, peer] = fixture.connected_pair();
  asio::write(peer, asio::buffer("unread", 6));
  fixture.owner.to_send = {9, 9};
  connection->finish();
  connection.reset();
  std::size_t received = 0;
  bool ended = false;
  fixture.run_until([&, &socket = peer] {
    std::array<char, 16> buffer{};
    boost::system::error_code error;
    received += socket.read_some(asio::buffer(buffer), error);
    ended = ended || error == asio::error::eof;
    return ended;
  });
  CHECK(received == 2);
  peer.close();
  fixture.run_until([&] { return *fixture.census == 0; });
  CHECK(fixture.owner.failed.empty());
}
