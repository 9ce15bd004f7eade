// SPDX-License-Identifier: Apache-2.0
// A Unix stream socket with many clients, each served by a handler: bounded input per turn, bounded output
// per client, a bounded number of clients. Knows nothing of what is spoken.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bgpd/client_handler.hpp"

namespace lbgp::daemon::net {

struct UnixServerSettings {
  std::string path;
  mode_t mode = 0660;
  std::string group;  // owning group, if it exists; else the process's
  std::size_t max_clients = 512;
  std::string too_many_clients;           // what a client is told that is turned away
  std::size_t output_limit = 256 * 1024;  // unsent octets at which a client's requests wait
  // How long a client may leave a request half written, or our replies unread.
  std::chrono::milliseconds patience{30'000};
};

class UnixServer {
 public:
  using MakeHandler = std::function<std::unique_ptr<ClientHandler>(const Credentials&)>;
  UnixServer(boost::asio::io_context& io, UnixServerSettings settings, MakeHandler make_handler);
  ~UnixServer();
  UnixServer(const UnixServer&) = delete;
  UnixServer& operator=(const UnixServer&) = delete;

  // Empty: listening. Else what is wrong, for the operator: somebody else listens there, it is no socket, …
  [[nodiscard]] std::string listen();
  void close();
  [[nodiscard]] std::size_t clients() const { return shared_->clients; }

 private:
  class Client;
  struct Shared {
    UnixServerSettings settings;
    std::size_t clients = 0;
    std::deque<std::shared_ptr<Client>> waiting;  // with work to do; the first one is next
  };
  void accept();
  void admit(boost::asio::local::stream_protocol::socket socket);

  boost::asio::io_context& io_;
  std::shared_ptr<Shared> shared_;
  MakeHandler make_handler_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  bool warned_full_ = false;
};

}  // namespace lbgp::daemon::net
