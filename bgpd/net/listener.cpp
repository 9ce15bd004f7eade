// SPDX-License-Identifier: Apache-2.0
// The BGP port.
#include "bgpd/net/listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <sstream>
#include <utility>

#include "bgpd/log/budget.hpp"
#include "bgpd/log/events.hpp"
#include "bgpd/net/asio_address.hpp"
#include "bgpd/net/sockaddr.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr int kBacklog = 1024;  // whoever is no peer is out of it within a turn; the kernel may give less
constexpr unsigned kAcceptsPerTurn = 64;
constexpr std::chrono::seconds kPause{1};  // when the process is out of descriptors

// An address that comes later (a DHCP lease, a VRRP address) can be listened on already.
using FreeBind = asio::detail::socket_option::boolean<IPPROTO_IP, IP_FREEBIND>;

std::string why_not(const error_code& error) {
  if (error == asio::error::address_in_use) return "another program has this port (another BGP speaker?)";
  if (error == asio::error::access_denied)
    return "permission denied: ports below 1024 need CAP_NET_BIND_SERVICE; -p chooses another one";
  return error.message();
}

// Closes at once and leaves nothing behind, neither at the other end nor in our kernel.
void turn_away(int native) {
  const linger at_once{1, 0};
  ::setsockopt(native, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(native);
}

Caller caller_of(const sockaddr_storage& from) {
  const unsigned interface = from.ss_family == AF_INET6 ? copy_as<sockaddr_in6>(&from).sin6_scope_id : 0;
  return {address_of(&from), interface};
}

// A descriptor kept in hand, to answer the door with when the process has no other left.
class SpareDescriptor {
 public:
  SpareDescriptor() { take(); }
  ~SpareDescriptor() { give(); }
  SpareDescriptor(const SpareDescriptor&) = delete;
  SpareDescriptor& operator=(const SpareDescriptor&) = delete;
  void take() {
    if (native_ < 0) native_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  void give() {
    if (native_ >= 0) ::close(native_);
    native_ = -1;
  }

 private:
  int native_ = -1;
};

}  // namespace

struct Listener::Shared {
  Welcome welcome;
  OnConnection on_connection;
  SpareDescriptor spare;
  log::Budget complaints{1};
};

struct Listener::Port : std::enable_shared_from_this<Port> {
  Port(asio::io_context& io, std::shared_ptr<Shared> of_all)
      : acceptor(io), pause(io), shared(std::move(of_all)) {}

  void wait() {
    acceptor.async_wait(tcp::acceptor::wait_read, [self = self()](const error_code& error) {
      if (!error && self->acceptor.is_open()) self->accept_some();
    });
  }

  void accept_some() {
    for (unsigned i = 0; i < kAcceptsPerTurn; ++i) {
      sockaddr_storage from{};
      const int native = accept_one(from);
      if (native >= 0) {
        hand_over(native, caller_of(from));
        if (!acceptor.is_open()) return;
        continue;
      }
      if (errno == EAGAIN) break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return out_of_means();
    }
    wait();
  }

  int accept_one(sockaddr_storage& from) {
    socklen_t size = sizeof from;
    auto* generic = static_cast<sockaddr*>(static_cast<void*>(&from));
    return ::accept4(acceptor.native_handle(), generic, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  }

  void hand_over(int native, const Caller& caller) {
    if (!shared->welcome(caller)) return turn_away(native);
    tcp::socket socket(acceptor.get_executor());
    error_code error;
    socket.assign(caller.address.is_v4() ? tcp::v4() : tcp::v6(), native, error);
    if (error) return turn_away(native);
    shared->on_connection(std::move(socket), caller);
  }

  // Out of descriptors: whoever is first in the queue is told so by the spare one, the rest after a pause.
  // The kernel looks for a descriptor before it looks at the queue, so that there may be nobody at all.
  void out_of_means() {
    const int reason = errno;
    shared->spare.give();
    sockaddr_storage from{};
    const int native = accept_one(from);
    const bool nobody = native < 0 && errno == EAGAIN;
    if (native >= 0) turn_away(native);
    shared->spare.take();
    if (nobody) return wait();
    std::uint64_t suppressed = 0;
    if (shared->complaints.spend(std::chrono::steady_clock::now(), suppressed))
      log::cannot_accept(std::strerror(reason), suppressed);
    pause.expires_after(kPause);
    pause.async_wait([self = self()](const error_code& stopped) {
      if (!stopped && self->acceptor.is_open()) self->accept_some();
    });
  }

  std::shared_ptr<Port> self() { return shared_from_this(); }
  [[nodiscard]] bool is_v4() const {
    error_code ignored;
    return acceptor.local_endpoint(ignored).protocol() == tcp::v4();
  }

  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::shared_ptr<Shared> shared;
};

Listener::Listener(asio::io_context& io, Welcome welcome, OnConnection on_connection)
    : io_(io), shared_(new Shared{std::move(welcome), std::move(on_connection), {}, log::Budget{1}}) {}

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
  auto opened = std::make_shared<Port>(io_, shared_);
  tcp::acceptor& acceptor = opened->acceptor;
  const tcp::endpoint endpoint = to_endpoint(address, port);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.set_option(FreeBind(true), error);
  if (!error) acceptor.non_blocking(true, error);
  if (!error) error = apply_listen_options(acceptor.native_handle(), address.is_v4(), {});
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    return fmt::format("cannot listen on {} port {}: {}", address, port, why_not(error));
  }
  ports_.push_back(std::move(opened));
  ports_.back()->wait();
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

std::vector<Listener::Open> Listener::sockets() const {
  std::vector<Open> open;
  for (const auto& port : ports_) {
    error_code error;
    open.push_back(
        {port->acceptor.native_handle(), port->acceptor.local_endpoint(error).address().to_string()});
  }
  return open;
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

std::string Listener::set_md5_key(const wire::Prefix& peers, std::string_view password) {
  for (const auto& port : ports_) {
    if (port->is_v4() != peers.address().is_v4()) continue;
    const error_code error = net::set_md5_key(port->acceptor.native_handle(), peers, password);
    // Removing a key that was never there is no problem.
    if (error && !(password.empty() && error == boost::system::errc::no_such_file_or_directory))
      return error.message();
  }
  return "";
}

std::string Listener::set_options(bool v4, const ListenOptions& options) {
  for (const auto& port : ports_) {
    if (port->is_v4() != v4) continue;
    if (const error_code error = apply_listen_options(port->acceptor.native_handle(), v4, options))
      return error.message();
  }
  return "";
}

}  // namespace lbgp::daemon::net
