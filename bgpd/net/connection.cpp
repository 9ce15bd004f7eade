// SPDX-License-Identifier: Apache-2.0
// One TCP connection to a peer.
#include "bgpd/net/connection.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

namespace lbgp::daemon::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kWriteBudget = 16 * 1024;  // octets asked of the owner at a time
constexpr std::size_t kIdleCapacity = 4096;
constexpr unsigned kRoundsPerTurn = 16;     // then others have their turn
constexpr std::chrono::seconds kLinger{1};  // for the peer to read our last NOTIFICATION

bool would_block(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace

std::string describe(const error_code& error) {
  if (error == asio::error::eof) return "the peer closed the connection";
  if (error == asio::error::connection_reset) return "the peer reset the connection";
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::timed_out) return "no answer: connection timed out";
  if (error == asio::error::host_unreachable)
    return "no route to the peer, or nobody answers under its address";
  if (error == asio::error::network_unreachable) return "no route to the peer";
  if (error == asio::error::network_down) return "the interface to the peer is down";
  if (error == boost::system::errc::address_not_available)
    return "our end's address (update-source) is not on this host";
  std::string text = error.message();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Connection::Connection(Socket socket, ConnectionOwner* owner, Census census)
    : socket_(std::move(socket)), linger_(socket_.get_executor()), owner_(owner), census_(std::move(census)) {
  ++*census_;
}

void Connection::refuse(Socket socket, const wire::Bytes& message, Census census) {
  const std::shared_ptr<Connection> connection(new Connection(std::move(socket), nullptr, std::move(census)));
  connection->out_ = message;
  connection->say_goodbye();
}

void Connection::connect(const asio::ip::tcp::endpoint& peer) {
  socket_.async_connect(peer, [self = shared_from_this()](const error_code& error) {
    if (self->owner_ == nullptr) return;
    if (error) return self->fail(error);
    self->start();
    self->owner_->on_connected();
  });
}

void Connection::start() {
  established_ = true;
  wait_readable();
}

// --- reading
// -------------------------------------------------------------------------------------------------

void Connection::wait_readable() {
  if (std::exchange(waiting_readable_, true)) return;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->waiting_readable_ = false;
    if (self->owner_ == nullptr) return;
    if (error) return self->fail(error);
    self->on_readable();
  });
}

void Connection::on_readable() {
  if (!owner_->has_unread()) read_once();
  read_on();
}

void Connection::read_on() {
  if (owner_ == nullptr) return;
  if (!owner_->has_unread()) return wait_readable();
  if (std::exchange(read_on_posted_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->read_on_posted_ = false;
    if (self->owner_ != nullptr) self->owner_->read_on();
    self->read_on();
  });
}

void Connection::read_waiting() {
  if (owner_ == nullptr || !established_ || owner_->has_unread() || !is_readable()) return;
  read_once();
  read_on();
}

// Whoever has nothing to read makes no room for it. An end or an error can be read, too.
bool Connection::is_readable() {
  std::array<std::uint8_t, 1> first{};
  error_code error;
  socket_.receive(asio::buffer(first), Socket::message_peek, error);
  return !would_block(error);
}

void Connection::read_once() {
  const std::span<std::uint8_t> area = owner_->read_area();
  error_code error;
  const std::size_t size = socket_.read_some(asio::buffer(area.data(), area.size()), error);
  if (error && !would_block(error)) return fail(error);
  if (size > 0) owner_->on_read(size);
}

// --- writing
// -------------------------------------------------------------------------------------------------

void Connection::pump_soon() {
  if (std::exchange(pump_posted_, true)) return;
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->pump_posted_ = false;
    self->pump();
  });
}

void Connection::pump() {
  if (owner_ == nullptr || pumping_ || waiting_writable_) return;
  pumping_ = true;
  write_some_rounds();
  pumping_ = false;
}

void Connection::write_some_rounds() {
  for (unsigned round = 0; round < kRoundsPerTurn; ++round) {
    if (written_ == out_.size()) {
      out_.clear();
      written_ = 0;
      owner_->fill(out_, kWriteBudget);
      if (out_.empty()) return release_idle_memory();
    }
    bool blocked = false;
    if (!write_out(blocked)) return;
    owner_->on_wrote(blocked);
    if (owner_ == nullptr) return;
    if (blocked) return wait_writable();
  }
  pump_soon();
}

// A hundred peers that are told nothing for hours do not keep what a burst needed.
void Connection::release_idle_memory() {
  if (out_.capacity() > kIdleCapacity) out_ = wire::Bytes();
}

bool Connection::write_out(bool& blocked) {
  error_code error;
  written_ += socket_.write_some(asio::buffer(out_.data() + written_, out_.size() - written_), error);
  blocked = written_ < out_.size();
  if (!error || would_block(error)) return true;
  fail(error);
  return false;
}

void Connection::wait_writable() {
  waiting_writable_ = true;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](const error_code& error) {
    self->waiting_writable_ = false;
    if (self->owner_ == nullptr) return;
    if (error) return self->fail(error);
    self->pump();
  });
}

// --- the end
// ---------------------------------------------------------------------------------------------------

void Connection::fail(const error_code& error) {
  ConnectionOwner* owner = std::exchange(owner_, nullptr);
  error_code ignored;
  socket_.close(ignored);
  owner->on_failed(describe(error));
}

void Connection::finish() {
  if (owner_ == nullptr) return;
  if (!established_) return abandon();
  out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(written_));
  written_ = 0;
  owner_->fill(out_, 0);
  owner_ = nullptr;
  say_goodbye();
}

void Connection::say_goodbye() {
  error_code error;
  if (!out_.empty()) socket_.write_some(asio::buffer(out_), error);
  socket_.shutdown(Socket::shutdown_send, error);
  // Closing with unread input would reset the connection and take our last message from the peer.
  linger_.expires_after(kLinger);
  linger_.async_wait([self = shared_from_this()](const error_code&) {
    error_code ignored;
    self->socket_.close(ignored);
  });
  drain();
}

void Connection::drain() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& failed) {
    std::array<std::uint8_t, 4096> sink;
    error_code error = failed;
    if (!error) self->socket_.read_some(asio::buffer(sink), error);
    if (!error || would_block(error)) return self->drain();
    self->linger_.cancel();
  });
}

void Connection::abandon() {
  owner_ = nullptr;
  error_code ignored;
  socket_.close(ignored);
}

std::optional<asio::ip::tcp::endpoint> Connection::local() const {
  error_code error;
  const auto endpoint = socket_.local_endpoint(error);
  return error ? std::nullopt : std::optional(endpoint);
}

std::optional<asio::ip::tcp::endpoint> Connection::remote() const {
  error_code error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? std::nullopt : std::optional(endpoint);
}

}  // namespace lbgp::daemon::net
