// SPDX-License-Identifier: Apache-2.0
// What the kernel has been told about sockets, asked back.
#include "bgpd/net/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "bgpd/net/asio_address.hpp"

using namespace lbgp;
using namespace lbgp::daemon::net;
using boost::asio::ip::tcp;

namespace {

int ask(int socket, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  REQUIRE(::getsockopt(socket, level, name, &value, &size) == 0);
  return value;
}

conf::Neighbor ebgp() {
  conf::Neighbor neighbor;
  neighbor.session.local_as = wire::AsNumber(65001);
  neighbor.session.remote_as.number = wire::AsNumber(65002);
  return neighbor;
}

struct Family {
  const char* name;
  tcp protocol;
  const char* loopback;
  int level, ttl, minimum, traffic_class;
};
const Family kFamilies[] = {
    {"IPv4", tcp::v4(), "127.0.0.1", IPPROTO_IP, IP_TTL, IP_MINTTL, IP_TOS},
    {"IPv6", tcp::v6(), "::1", IPPROTO_IPV6, IPV6_UNICAST_HOPS, IPV6_MINHOPCOUNT, IPV6_TCLASS},
};

}  // namespace

TEST_CASE("each option of a neighbor reaches its sockets, in both families", "[net][rfc5082-3]") {
  boost::asio::io_context io;
  for (const Family& family : kFamilies) {
    INFO(family.name);
    const auto told = [&](const conf::Neighbor& neighbor, int level, int name) {
      tcp::socket socket(io, family.protocol);
      REQUIRE_FALSE(apply_options(socket, neighbor));
      return ask(socket.native_handle(), level, name);
    };
    conf::Neighbor neighbor = ebgp();
    CHECK(told(neighbor, family.level, family.ttl) == 1);
    CHECK(told(neighbor, family.level, family.minimum) == 0);
    CHECK(told(neighbor, family.level, family.traffic_class) == 0xc0);  // CS6, RFC 4594 §3.1
    CHECK(told(neighbor, IPPROTO_TCP, TCP_NODELAY) == 1);
    // RFC 9687 §3.1: eight minutes, or twice the hold time.
    CHECK(told(neighbor, IPPROTO_TCP, TCP_USER_TIMEOUT) == 480'000);
    neighbor.session.hold_time = std::chrono::seconds(600);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_USER_TIMEOUT) == 1'200'000);
    neighbor.session.hold_time = std::chrono::seconds(0);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0);

    neighbor.transport.ebgp_multihop = 7;
    CHECK(told(neighbor, family.level, family.ttl) == 7);
    neighbor.transport.ebgp_multihop.reset();
    neighbor.transport.ttl_security_hops = 2;
    CHECK(told(neighbor, family.level, family.ttl) == 255);
    CHECK(told(neighbor, family.level, family.minimum) == 254);
    neighbor.transport.ttl_security_hops.reset();
    neighbor.session.remote_as.kind = fsm::RemoteAs::Kind::Internal;
    CHECK(told(neighbor, family.level, family.ttl) == 255);

    neighbor.transport.dscp = 0;
    CHECK(told(neighbor, family.level, family.traffic_class) == 0);
    neighbor.transport.keepalive = fsm::TcpKeepalive{std::chrono::seconds(11), std::chrono::seconds(5), 3};
    CHECK(told(neighbor, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_KEEPIDLE) == 11);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_KEEPINTVL) == 5);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_KEEPCNT) == 3);
    CHECK(told(neighbor, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0);  // it would overrule the probes
  }
}

TEST_CASE("a listening socket answers with the full TTL and asks for no less than everybody may send",
          "[net][rfc5082-3]") {
  boost::asio::io_context io;
  for (const Family& family : kFamilies) {
    INFO(family.name);
    tcp::acceptor acceptor(io, family.protocol);
    const bool v4 = family.protocol == tcp::v4();
    REQUIRE_FALSE(apply_listen_options(acceptor.native_handle(), v4, {.dscp = 10, .minimum_ttl = 253}));
    CHECK(ask(acceptor.native_handle(), family.level, family.ttl) == 255);
    CHECK(ask(acceptor.native_handle(), family.level, family.minimum) == 253);
    CHECK(ask(acceptor.native_handle(), family.level, family.traffic_class) == 40);
    // A connection that came by it is no stricter than its own neighbor.
    tcp::socket socket(io, family.protocol);
    REQUIRE_FALSE(apply_listen_options(socket.native_handle(), v4, {.minimum_ttl = 253}));
    REQUIRE_FALSE(apply_options(socket, ebgp()));
    CHECK(ask(socket.native_handle(), family.level, family.minimum) == 0);
  }
}

namespace {

// Whether a SYN signed with `client` gets through to a listener that holds `server` for `peers`.
bool connects(const Family& family, const wire::Prefix& peers, std::string_view server,
              std::string_view client) {
  boost::asio::io_context io;
  const auto here = boost::asio::ip::make_address(family.loopback);
  tcp::acceptor acceptor(io, tcp::endpoint(here, 0));
  REQUIRE_FALSE(set_md5_key(acceptor.native_handle(), peers, server));
  tcp::socket socket(io, family.protocol);
  socket.non_blocking(true);
  if (!client.empty())
    REQUIRE_FALSE(set_md5_key(socket.native_handle(), wire::Prefix::host(from_asio(here)), client));
  // Not by Asio, which waits for the outcome of a synchronous connect even so.
  const tcp::endpoint there = acceptor.local_endpoint();
  static_cast<void>(::connect(socket.native_handle(), there.data(), static_cast<socklen_t>(there.size())));
  pollfd ready{socket.native_handle(), POLLOUT, 0};
  // A dropped SYN is not answered at all; its first repetition would come after a second.
  return ::poll(&ready, 1, 300) == 1 && ask(socket.native_handle(), SOL_SOCKET, SO_ERROR) == 0;
}

}  // namespace

TEST_CASE("without the right key there is no connection", "[net][rfc2385-2]") {
  for (const Family& family : kFamilies) {
    INFO(family.name);
    const wire::IpAddress peer = wire::parse_address(family.loopback).value();
    const wire::Prefix host = wire::Prefix::host(peer);
    CHECK(connects(family, host, "sesame", "sesame"));
    CHECK_FALSE(connects(family, host, "sesame", "sesam"));
    CHECK_FALSE(connects(family, host, "sesame", ""));
    // One key for everybody in a range.
    const wire::Prefix range(peer, peer.is_v4() ? 8 : 64);
    CHECK(connects(family, range, "sesame", "sesame"));
    CHECK_FALSE(connects(family, range, "sesame", "other"));
    CHECK_FALSE(connects(family, range, "sesame", ""));
  }
}
