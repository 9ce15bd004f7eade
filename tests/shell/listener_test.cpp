// SPDX-License-Identifier: Apache-2.0
// Who gets through the BGP port, and who does not.
#include "bgpd/net/listener.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <catch2/catch.hpp>
#include <chrono>

#include "bgpd/net/asio_address.hpp"

using namespace lbgp;
using namespace lbgp::daemon::net;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct Fixture {
  bool welcome = true;
  std::vector<Caller> asked;
  asio::io_context io;
  std::vector<tcp::socket> accepted;
  Listener listener{io,
                    [this](const Caller& caller) {
                      asked.push_back(caller);
                      return welcome;
                    },
                    [this](tcp::socket socket, const Caller&) { accepted.push_back(std::move(socket)); }};
  std::uint16_t port = 0;

  void listen(const std::string& address) {
    REQUIRE(listener.listen({wire::parse_address(address).value()}, 0).empty());
    const std::string where = listener.describe();
    port = static_cast<std::uint16_t>(std::stoi(where.substr(where.rfind(':') + 1)));
  }
  tcp::socket connect(const std::string& address) {
    tcp::socket socket(io);
    socket.connect({asio::ip::make_address(address), port});
    return socket;
  }
  template <typename Condition>
  void run_until(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < give_up) {
      io.restart();
      io.poll();
    }
    REQUIRE(condition());
  }
};

}  // namespace

TEST_CASE("whoever is welcome is handed over, with the address it came from", "[net]") {
  for (const std::string address : {"127.0.0.1", "::1"}) {
    Fixture fixture;
    fixture.listen(address);
    const tcp::socket one = fixture.connect(address);
    const tcp::socket two = fixture.connect(address);
    fixture.run_until([&] { return fixture.accepted.size() == 2; });
    CHECK(fixture.asked[0].address == wire::parse_address(address).value());
    CHECK(fixture.asked[0].interface == 0);
    CHECK(fixture.accepted[0].remote_endpoint() == one.local_endpoint());
    CHECK(fixture.accepted[1].remote_endpoint() == two.local_endpoint());
  }
}

TEST_CASE("whoever is not is closed unread and leaves nothing behind", "[net]") {
  Fixture fixture;
  fixture.welcome = false;
  fixture.listen("127.0.0.1");
  std::vector<tcp::socket> strangers;
  for (int i = 0; i < 200; ++i) strangers.push_back(fixture.connect("127.0.0.1"));
  fixture.run_until([&] { return fixture.asked.size() == 200; });
  CHECK(fixture.accepted.empty());
  std::array<char, 1> octet{};
  boost::system::error_code error;
  asio::read(strangers.back(), asio::buffer(octet), error);
  CHECK(error == asio::error::connection_reset);
}

TEST_CASE("out of descriptors, the first in the queue is told so and the others wait", "[net]") {
  Fixture fixture;
  fixture.listen("127.0.0.1");
  tcp::socket first = fixture.connect("127.0.0.1");
  const tcp::socket second = fixture.connect("127.0.0.1");
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  // As many as are open now; nothing can be opened but in place of the spare one.
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  const rlimit tight{static_cast<rlim_t>(next), limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  std::array<char, 1> octet{};
  boost::system::error_code error = asio::error::would_block;
  first.non_blocking(true);
  fixture.run_until([&] {
    if (error == asio::error::would_block) first.read_some(asio::buffer(octet), error);
    return error != asio::error::would_block;
  });
  CHECK(error == asio::error::connection_reset);
  CHECK(fixture.asked.empty());
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  fixture.run_until([&] { return fixture.accepted.size() == 1; });
  CHECK(fixture.accepted[0].remote_endpoint() == second.local_endpoint());
}

TEST_CASE("an address that is not there yet can be listened on", "[net]") {
  Fixture fixture;
  CHECK(fixture.listener.listen({*wire::parse_address("192.0.2.77"), *wire::parse_address("2001:db8::77")}, 0)
            .empty());
  CHECK(fixture.listener.describe().starts_with("192.0.2.77:"));
}
