// SPDX-License-Identifier: Apache-2.0
// A Unix stream socket with many clients, each served by a handler: bounded input per turn, bounded output per
// client, a bounded number of clients. Knows nothing of what is spoken.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lbgp::daemon::net {

struct Credentials {  // SO_PEERCRED: who connected, by the kernel's word
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

// What is spoken with one client.
class ClientHandler {
 public:
  enum class Next : std::uint8_t { NeedInput, MoreWork, Close };
  virtual ~ClientHandler() = default;
  // Where to read bytes into, at least `size` octets long, and how many came. They stay until run() has used them.
  virtual std::span<char> read_area(std::size_t size) = 0;
  virtual void received(std::size_t size) = 0;
  // Does a bounded piece of work; replies are appended to `out`.
  virtual Next run(std::string& out) = 0;
  // The client started something and has not gone on for a while: a last word may be appended to `out`.
  virtual void timed_out(std::string& out) = 0;
  [[nodiscard]] virtual bool mid_request() const = 0;
};

struct UnixServerSettings {
  std::string path;
  mode_t mode = 0660;
  std::string group;                  // owning group, if it exists; else the process's
  std::size_t max_clients = 512;
  std::string too_many_clients;       // what a client is told that is turned away
  std::size_t output_limit = 256 * 1024;  // unsent octets at which a client's requests wait
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
