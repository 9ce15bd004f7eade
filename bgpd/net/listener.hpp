// SPDX-License-Identifier: Apache-2.0
// The BGP port: accepts connections and says from whom they are.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/address.hpp"

namespace lbgp::daemon::net {

class Listener {
 public:
  using OnConnection = std::function<void(boost::asio::ip::tcp::socket, const wire::IpAddress& from)>;
  Listener(boost::asio::io_context& io, OnConnection on_connection);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // `addresses` empty: all of both families. Returns what is wrong, or nothing.
  [[nodiscard]] std::string listen(const std::vector<wire::IpAddress>& addresses, std::uint16_t port);
  void close();
  [[nodiscard]] std::string describe() const;  // "0.0.0.0:179, [::]:179"

  // TCP-MD5 for connections from `peer`; an empty password removes the key. What the kernel said, or nothing.
  [[nodiscard]] std::string set_md5_key(const wire::IpAddress& peer, std::string_view password);

 private:
  struct Port;
  [[nodiscard]] std::string open(const wire::IpAddress& address, std::uint16_t port);

  boost::asio::io_context& io_;
  OnConnection on_connection_;
  std::vector<std::shared_ptr<Port>> ports_;
};

}  // namespace lbgp::daemon::net
