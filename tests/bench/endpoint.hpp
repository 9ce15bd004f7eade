// SPDX-License-Identifier: Apache-2.0
// The other end of the sessions that a benchmark measures: as many neighbors as it takes in one process, with
// just as much BGP as keeps a session up. No state machine, no timers but one for KEEPALIVE: speakers under
// test behave.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/address.hpp"
#include "wire/framer.hpp"
#include "wire/message.hpp"

namespace lbgp::bench {

// CLOCK_MONOTONIC, which all processes of a machine share; nanoseconds.
using Nanoseconds = std::int64_t;
[[nodiscard]] Nanoseconds now();

// Who we are on a session.
struct Identity {
  wire::IpAddress address;
  wire::AsNumber as;
};
// "10.0.1.1=65200". Throws std::invalid_argument.
[[nodiscard]] Identity parse_identity(std::string_view text);

// What the program that owns an Endpoint does about what happens. Sessions are numbered from 0.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void on_line(std::string_view line) = 0;  // a command, from standard input
  virtual void on_established(std::size_t session, Nanoseconds when) = 0;
  virtual void on_lost(std::size_t session, std::string_view why) = 0;
  // An UPDATE's body, and when it was read.
  virtual void on_update(std::size_t session, wire::ByteView body, Nanoseconds when) = 0;
  // All UPDATEs of one read have been handed over.
  virtual void on_quiet(std::size_t session) = 0;
};

class Endpoint {
 public:
  explicit Endpoint(std::vector<Identity> identities);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // Connects the first `count` sessions, and again 5 ms after each failure, for as long as it takes.
  void connect(std::size_t count, const wire::IpAddress& remote);
  // The other way round: who connects is session 0, 1, …
  void listen(const wire::IpAddress& local);
  // Queues octets, which have to stay where they are until they are sent.
  void send(std::size_t session, wire::ByteView octets);

  // Until standard input ends.
  void run(Handler& handler);

 private:
  struct Session;

  void begin(Session& session);
  void adopt(Session& session, int socket);
  void accept_one();
  void lose(Session& session, std::string_view why);
  void flush(Session& session);
  void watch(Session& session);
  void read(Session& session);
  void on_message(Session& session, const wire::Frame& frame, Nanoseconds when);
  void on_ready(Session& session, std::uint32_t events);
  bool read_commands();
  void keep_alive();
  [[nodiscard]] int timeout() const;
  void connect_due();

  int epoll_;
  int listener_ = -1;
  Handler* handler_ = nullptr;
  wire::IpAddress remote_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::string input_;
  wire::Bytes keepalive_ = wire::encode_keepalive();
  Nanoseconds next_keepalive_ = 0;
};

}  // namespace lbgp::bench
