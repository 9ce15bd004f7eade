// SPDX-License-Identifier: Apache-2.0
// The BGP port: accepts connections from whom they are welcome, a bounded number per turn.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/net/socket_options.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::net {

// Who has connected.
struct Caller {
  wire::IpAddress address;
  unsigned interface = 0;  // of a link-local address: the index of the link that it came by
};

class Listener {
 public:
  // Whether anybody is interested; asked before the connection gets any memory of ours.
  using Welcome = std::function<bool(const Caller&)>;
  using OnConnection = std::function<void(boost::asio::ip::tcp::socket, const Caller&)>;
  Listener(boost::asio::io_context& io, Welcome welcome, OnConnection on_connection);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // `addresses` empty: all of both families. Returns what is wrong, or nothing.
  [[nodiscard]] std::string listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port);
  void close();
  struct Open {
    int descriptor = -1;
    std::string address;  // without the port
  };
  [[nodiscard]] std::vector<Open> sockets() const;
  [[nodiscard]] std::string describe() const;  // "0.0.0.0:179, [::]:179"

  // TCP-MD5 for connections from `peers`; an empty password removes the key. What the kernel said, or
  // nothing.
  [[nodiscard]] std::string set_md5_key(const wire::Prefix& peers, std::string_view password);
  // Of the sockets of that address family. What the kernel said, or nothing.
  [[nodiscard]] std::string set_options(bool v4, const ListenOptions& options);

 private:
  struct Port;
  struct Shared;
  [[nodiscard]] std::string open(const wire::IpAddress& address, std::uint16_t port);

  boost::asio::io_context& io_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::shared_ptr<Port>> ports_;
};

}  // namespace lbgp::daemon::net
