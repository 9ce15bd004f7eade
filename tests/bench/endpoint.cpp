// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace lbgp::bench {
namespace {

constexpr std::uint16_t kPort = 179;
constexpr std::chrono::seconds kHoldTime{90};
constexpr Nanoseconds kMillisecond = 1'000'000;
constexpr Nanoseconds kKeepaliveEvery = 10'000 * kMillisecond;
constexpr Nanoseconds kRetryAfter = 5 * kMillisecond;
constexpr std::size_t kReadAtMost = 1 << 18;

int check(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

sockaddr_in socket_address(const wire::IpAddress& address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.v4_value());
  return result;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);  // NOLINT: the sockets API wants it
}

int new_socket() {
  return check(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
}

void set(int socket, int level, int option) {
  const int on = 1;
  check(setsockopt(socket, level, option, &on, sizeof on), "setsockopt");
}

// A helper of graceful restart, so that speakers send End-of-RIB, and restart as they would with a router.
wire::Bytes open_message(const Identity& identity) {
  wire::Open open;
  open.my_as = static_cast<std::uint16_t>(identity.as.fits_two_octets() ? identity.as.value()
                                                                        : wire::kAsTrans.value());
  open.hold_time = kHoldTime;
  open.id = wire::RouterId(identity.address.v4_value());
  const wire::AfiSafi family = wire::afi_safi(wire::Family::Ipv4Unicast);
  wire::GracefulRestartCapability restart;
  restart.restart_time = std::chrono::seconds(120);
  restart.families = {{family, true}};
  open.capabilities = {wire::MultiprotocolCapability{family}, wire::RouteRefreshCapability{}, restart,
                       wire::FourOctetAsCapability{identity.as}};
  return wire::encode(open);
}

}  // namespace

Nanoseconds now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Identity parse_identity(std::string_view text) {
  const auto equals = text.find('=');
  const auto address = wire::parse_address(text.substr(0, equals));
  const auto as = equals == text.npos ? std::nullopt : wire::parse_as_number(text.substr(equals + 1));
  if (!address || !address->is_v4() || !as)
    throw std::invalid_argument(fmt::format("not ADDRESS=AS: {}", text));
  return {*address, *as};
}

struct Endpoint::Session {
  std::size_t number = 0;
  Identity identity;
  wire::Bytes open;
  int socket = -1;
  bool connecting = false;
  bool established = false;
  std::uint32_t watched = 0;
  Nanoseconds connect_at = 0;  // 0: not to be connected
  wire::Framer framer;
  std::deque<wire::ByteView> output;
};

Endpoint::Endpoint(std::vector<Identity> identities)
    : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
  for (const Identity& identity : identities) {
    auto session = std::make_unique<Session>();
    session->number = sessions_.size();
    session->identity = identity;
    session->open = open_message(identity);
    sessions_.push_back(std::move(session));
  }
}

Endpoint::~Endpoint() {
  for (const auto& session : sessions_)
    if (session->socket >= 0) close(session->socket);
  if (listener_ >= 0) close(listener_);
  close(epoll_);
}

void Endpoint::connect(std::size_t count, const wire::IpAddress& remote) {
  remote_ = remote;
  for (std::size_t i = 0; i < std::min(count, sessions_.size()); ++i)
    if (sessions_[i]->socket < 0) begin(*sessions_[i]);
}

void Endpoint::listen(const wire::IpAddress& local) {
  listener_ = new_socket();
  set(listener_, SOL_SOCKET, SO_REUSEADDR);
  const sockaddr_in address = socket_address(local, kPort);
  check(bind(listener_, generic(address), sizeof address), "bind");
  check(::listen(listener_, SOMAXCONN), "listen");
  epoll_event event{EPOLLIN, {.ptr = &listener_}};
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
}

void Endpoint::begin(Session& session) {
  const int socket = new_socket();
  const sockaddr_in local = socket_address(session.identity.address, 0);
  const sockaddr_in remote = socket_address(remote_, kPort);
  check(bind(socket, generic(local), sizeof local), "bind");
  session.connecting = ::connect(socket, generic(remote), sizeof remote) != 0;
  session.connect_at = 0;
  adopt(session, socket);
}

void Endpoint::adopt(Session& session, int socket) {
  set(socket, IPPROTO_TCP, TCP_NODELAY);
  session.socket = socket;
  session.framer = wire::Framer();
  session.output.assign(1, session.open);
  session.watched = EPOLLIN | EPOLLOUT;
  epoll_event event{session.watched, {.ptr = &session}};
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event), "epoll_ctl");
}

void Endpoint::accept_one() {
  const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (socket < 0) return;
  const auto free =
      std::find_if(sessions_.begin(), sessions_.end(), [](auto& one) { return one->socket < 0; });
  if (free == sessions_.end()) {
    close(socket);
    return;
  }
  adopt(**free, socket);
}

void Endpoint::lose(Session& session, std::string_view why) {
  if (session.socket < 0) return;
  close(session.socket);
  session.socket = -1;
  session.connecting = false;
  if (listener_ < 0) session.connect_at = now() + kRetryAfter;
  if (std::exchange(session.established, false)) handler_->on_lost(session.number, why);
}

void Endpoint::send(std::size_t session, wire::ByteView octets) {
  sessions_[session]->output.push_back(octets);
  flush(*sessions_[session]);
}

void Endpoint::flush(Session& session) {
  while (session.socket >= 0 && !session.output.empty()) {
    wire::ByteView& octets = session.output.front();
    const ssize_t sent = ::send(session.socket, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN) return lose(session, std::strerror(errno));
      break;
    }
    octets = octets.subspan(static_cast<std::size_t>(sent));
    if (octets.empty()) session.output.pop_front();
  }
  watch(session);
}

void Endpoint::watch(Session& session) {
  const std::uint32_t wanted = EPOLLIN | (session.output.empty() ? 0U : std::uint32_t{EPOLLOUT});
  if (session.socket < 0 || session.watched == wanted) return;
  session.watched = wanted;
  epoll_event event{wanted, {.ptr = &session}};
  check(epoll_ctl(epoll_, EPOLL_CTL_MOD, session.socket, &event), "epoll_ctl");
}

void Endpoint::read(Session& session) {
  const auto area = session.framer.write_area(kReadAtMost);
  const ssize_t got = recv(session.socket, area.data(), area.size(), 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return lose(session, got == 0 ? "closed by the peer" : std::strerror(errno));
  const Nanoseconds when = now();
  session.framer.commit(static_cast<std::size_t>(got));
  while (session.socket >= 0) {
    const auto frame = session.framer.next();
    if (!frame) return lose(session, "not BGP");
    if (!*frame) break;
    on_message(session, **frame, when);
  }
  handler_->on_quiet(session.number);
}

void Endpoint::on_message(Session& session, const wire::Frame& frame, Nanoseconds when) {
  switch (frame.type) {
    case wire::MessageType::Update:
      return handler_->on_update(session.number, frame.body, when);
    case wire::MessageType::Open:
      return send(session.number, keepalive_);
    case wire::MessageType::Keepalive:
      if (!std::exchange(session.established, true)) handler_->on_established(session.number, when);
      return;
    case wire::MessageType::Notification:
      return lose(session, fmt::format("NOTIFICATION {}/{}", frame.body[0], frame.body[1]));
    case wire::MessageType::RouteRefresh:
      return;
  }
}

void Endpoint::on_ready(Session& session, std::uint32_t events) {
  if (std::exchange(session.connecting, false)) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(session.socket, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lose(session, std::strerror(error));
  }
  if ((events & EPOLLOUT) != 0) flush(session);
  if (session.socket >= 0 && (events & ~std::uint32_t{EPOLLOUT}) != 0) read(session);
}

// False: that was the last one.
bool Endpoint::read_commands() {
  char part[4096];
  const ssize_t got = ::read(STDIN_FILENO, part, sizeof part);
  if (got <= 0) return false;
  input_.append(part, static_cast<std::size_t>(got));
  for (auto end = input_.find('\n'); end != input_.npos; end = input_.find('\n')) {
    const std::string line = input_.substr(0, end);
    input_.erase(0, end + 1);
    handler_->on_line(line);
  }
  return true;
}

void Endpoint::keep_alive() {
  if (now() < next_keepalive_) return;
  next_keepalive_ = now() + kKeepaliveEvery;
  // Whoever still has octets to send is heard by them.
  for (const auto& session : sessions_)
    if (session->established && session->output.empty()) send(session->number, keepalive_);
}

void Endpoint::connect_due() {
  for (const auto& session : sessions_)
    if (session->connect_at != 0 && now() >= session->connect_at) begin(*session);
}

int Endpoint::timeout() const {
  Nanoseconds next = next_keepalive_;
  for (const auto& session : sessions_)
    if (session->connect_at != 0) next = std::min(next, session->connect_at);
  return static_cast<int>(std::max(next - now(), Nanoseconds{0}) / kMillisecond + 1);
}

void Endpoint::run(Handler& handler) {
  handler_ = &handler;
  epoll_event commands{EPOLLIN, {.ptr = nullptr}};
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &commands), "epoll_ctl");
  epoll_event events[64];
  for (;;) {
    const int count = epoll_wait(epoll_, events, 64, timeout());
    for (int i = 0; i < count; ++i) {
      if (events[i].data.ptr == nullptr) {
        if (!read_commands()) return;
      } else if (events[i].data.ptr == &listener_) {
        accept_one();
      } else {
        auto& session = *static_cast<Session*>(events[i].data.ptr);
        if (session.socket >= 0) on_ready(session, events[i].events);
      }
    }
    keep_alive();
    connect_due();
  }
}

}  // namespace lbgp::bench
