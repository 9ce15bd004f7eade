// SPDX-License-Identifier: Apache-2.0
// One TCP connection to a peer: moves bytes between the socket and its owner, a bounded amount per turn.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "wire/message.hpp"

namespace lbgp::daemon::net {

// "connection refused", "the peer closed the connection", …: what happened, for an operator.
[[nodiscard]] std::string describe(const boost::system::error_code& error);

// Whom a Connection works for. No call comes after Connection::finish() or abandon().
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void on_connected() = 0;
  virtual void on_failed(const std::string& reason) = 0;  // refused, reset, closed; the connection is over
  virtual std::span<std::uint8_t> read_area() = 0;
  virtual void on_read(std::size_t size) = 0;
  // Whether the owner still has work to do on what was read; then it goes on with it in later turns, and
  // only then more is read: TCP tells the peer to wait.
  [[nodiscard]] virtual bool has_unread() const { return false; }
  virtual void read_on() {}
  virtual void fill(wire::Bytes& out, std::size_t budget) = 0;
  virtual void on_wrote(bool blocked) = 0;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  // How many connections exist, those included that only wait for the peer to read our last words.
  using Census = std::shared_ptr<std::size_t>;

  // `socket` is open and non-blocking; `owner` lives until finish() or abandon().
  Connection(Socket socket, ConnectionOwner& owner, Census census)
      : Connection(std::move(socket), &owner, std::move(census)) {}
  ~Connection() { --*census_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // A connection that is not wanted: it gets `message` to read, and is closed.
  static void refuse(Socket socket, const wire::Bytes& message, Census census);

  void connect(const boost::asio::ip::tcp::endpoint& peer);  // → on_connected or on_failed
  void start();                                              // reads from now on
  void read_waiting();  // reads once what is there already; → on_read, on_failed or nothing
  void pump();          // writes what the owner has, as far as the socket takes it
  void pump_soon();     // the same, in the loop's next turn
  // Says goodbye: writes what the owner still has, closes our direction, waits a moment for the peer to read
  // it.
  void finish();
  // Closes at once.
  void abandon();

  [[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> local() const;
  [[nodiscard]] std::optional<boost::asio::ip::tcp::endpoint> remote() const;
  // Octets that were handed out and the socket has not taken.
  [[nodiscard]] std::size_t unwritten() const { return out_.size() - written_; }
  [[nodiscard]] int native_handle() { return socket_.native_handle(); }

 private:
  Connection(Socket socket, ConnectionOwner* owner, Census census);
  void say_goodbye();
  void wait_readable();
  void on_readable();
  void read_on();
  [[nodiscard]] bool is_readable();
  void read_once();
  void wait_writable();
  void write_some_rounds();
  void release_idle_memory();
  // Whether out_ is written completely.
  bool write_out(bool& blocked);
  void fail(const boost::system::error_code& error);
  void drain();

  Socket socket_;
  boost::asio::steady_timer linger_;
  ConnectionOwner* owner_;
  Census census_;
  wire::Bytes out_;
  std::size_t written_ = 0;
  bool established_ = false;  // the TCP handshake is done
  bool pumping_ = false;
  bool waiting_readable_ = false;
  bool waiting_writable_ = false;
  bool read_on_posted_ = false;
  bool pump_posted_ = false;
};

}  // namespace lbgp::daemon::net
