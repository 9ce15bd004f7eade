// SPDX-License-Identifier: Apache-2.0
// The BGP port.
#include "bgpd/net/listener.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

#include <boost/asio/ip/v6_only.hpp>
#include <chrono>
#include <sstream>
#include <utility>

#include "bgpd/net/asio_address.hpp"
#include "bgpd/net/socket_options.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kBacklog = 128;
constexpr std::chrono::seconds kPause{1};  // when the process is out of descriptors

// An address that comes later (a DHCP lease, a VRRP address) can be listened on already.
using FreeBind = asio::detail::socket_option::boolean<IPPROTO_IP, IP_FREEBIND>;

std::string why_not(const error_code& error) {
  if (error == asio::error::address_in_use) return "another program has this port (another BGP speaker?)";
  if (error == asio::error::access_denied)
    return "permission denied: ports below 1024 need CAP_NET_BIND_SERVICE; -p chooses another one";
  return error.message();
}

}  // namespace

struct Listener::Port : std::enable_shared_from_this<Port> {
  Port(asio::io_context& io, OnConnection& callback) : acceptor(io), pause(io), on_connection(callback) {}

  void accept() {
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (!self->acceptor.is_open()) return;
      if (!error) self->hand_over(std::move(socket));
      if (!error || error == asio::error::connection_aborted) return self->accept();
      self->pause.expires_after(kPause);
      self->pause.async_wait([self](const error_code& stopped) {
        if (!stopped && self->acceptor.is_open()) self->accept();
      });
    });
  }

  void hand_over(tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (!error) on_connection(std::move(socket), from_asio(remote.address()));
  }

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  OnConnection& on_connection;
};

Listener::Listener(asio::io_context& io, OnConnection on_connection)
    : io_(io), on_connection_(std::move(on_connection)) {}

Listener::~Listener() {
  close();
}

std::string Listener::listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port) {
  if (!addresses.empty()) {
    for (const wire::IpAddress& address : addresses)
      if (std::string problem = open(address, port); !problem.empty()) return problem;
    return "";
  }
  const wire::IpAddress any_v4;
  const wire::IpAddress any_v6 = wire::IpAddress::v6({});
  if (std::string problem = open(any_v4, port); !problem.empty()) return problem;
  // A machine without IPv6 still speaks BGP over IPv4.
  static_cast<void>(open(any_v6, port));
  return "";
}

std::string Listener::open(const wire::IpAddress& address, std::uint16_t port) {
  auto opened = std::make_shared<Port>(io_, on_connection_);
  tcp::acceptor& acceptor = opened->acceptor;
  const tcp::endpoint endpoint = to_endpoint(address, port);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.set_option(FreeBind(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    return fmt::format("cannot listen on {} port {}: {}", address, port, why_not(error));
  }
  ports_.push_back(std::move(opened));
  ports_.back()->accept();
  return "";
}

void Listener::close() {
  for (auto& port : ports_) {
    error_code ignored;
    port->acceptor.close(ignored);
    port->pause.cancel();
  }
  ports_.clear();
}

std::string Listener::describe() const {
  std::ostringstream text;
  for (const auto& port : ports_) {
    error_code error;
    if (text.tellp() > 0) text << ", ";
    text << port->acceptor.local_endpoint(error);
  }
  return text.str();
}

std::string Listener::set_md5_key(const wire::IpAddress& peer, std::string_view password) {
  for (const auto& port : ports_) {
    error_code ignored;
    if (port->acceptor.local_endpoint(ignored).protocol() != (peer.is_v4() ? tcp::v4() : tcp::v6())) continue;
    const error_code error = net::set_md5_key(port->acceptor.native_handle(), peer, password);
    // Removing a key that was never there is no problem.
    if (error && !(password.empty() && error == boost::system::errc::no_such_file_or_directory))
      return error.message();
  }
  return "";
}

}  // namespace lbgp::daemon::net
