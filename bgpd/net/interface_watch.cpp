// SPDX-License-Identifier: Apache-2.0
// The rtnetlink subscription.
#include "bgpd/net/interface_watch.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "bgpd/log/events.hpp"
#include "bgpd/net/raw_socket.hpp"
#include "bgpd/net/rtnetlink.hpp"

namespace lbgp::daemon::net {

namespace {

// A burst, as of thousands of addresses, is one change.
constexpr std::chrono::milliseconds kTogether{100};
// Telling takes no more than this part of the time.
constexpr int kShare = 10;
constexpr int kDatagramsPerTurn = 32;
constexpr int kReceiveBuffer = 1 << 20;  // octets: the kernel does not wait for us
constexpr int kAttempts = 3;

using Buffer = std::array<std::uint8_t, 32 * 1024>;

struct Request {
  nlmsghdr header{};
  rtgenmsg body{};
};

bool send_dump_request(int socket, std::uint16_t type) {
  Request request;
  request.header.nlmsg_len = NLMSG_LENGTH(sizeof request.body);
  request.header.nlmsg_type = type;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request.body.rtgen_family = AF_UNSPEC;
  return ::send(socket, &request, sizeof request, 0) == sizeof request;
}

enum class Dump : std::uint8_t { Whole, Changed, Failed };

// The answer to a dump is there at once: the kernel fills the socket while we ask.
Dump dump(std::uint16_t type, InterfaceTable& table) {
  const RawSocket socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  if (!socket.open() || !send_dump_request(socket.native(), type)) return Dump::Failed;
  Buffer buffer;
  bool changed = false;
  while (true) {
    const ssize_t size = ::recv(socket.native(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) return Dump::Failed;
    const NetlinkPart part = read_part(std::span(buffer).first(static_cast<std::size_t>(size)));
    for (const HostMessage& message : part.messages) table.apply(message);
    changed = changed || part.changed_meanwhile;
    if (part.end) return changed ? Dump::Changed : Dump::Whole;
    if (part.broken && part.messages.empty()) return Dump::Failed;
  }
}

}  // namespace

InterfaceTable read_interfaces() {
  InterfaceTable table;
  // What changes in between, a subscription tells; but an old entry may be missed for it.
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    table = {};
    if (dump(RTM_GETLINK, table) == Dump::Failed) break;
    if (dump(RTM_GETADDR, table) != Dump::Changed) break;
  }
  return table;
}

InterfaceWatch::InterfaceWatch(boost::asio::io_context& io, std::function<void()> on_change)
    : on_change_(std::move(on_change)), socket_(io), timer_(io) {
  subscribe();
  table_ = read_interfaces();
  if (socket_.is_open()) wait();
}

void InterfaceWatch::subscribe() {
  sockaddr_nl us{};
  us.nl_family = AF_NETLINK;
  us.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  const int native = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (native >= 0) socket_.assign(native);
  const void* generic = &us;
  if (native < 0 || ::bind(native, static_cast<const sockaddr*>(generic), sizeof us) != 0) {
    log::interfaces_unwatched(std::strerror(errno));
    boost::system::error_code ignored;
    socket_.close(ignored);
    return;
  }
  ::setsockopt(native, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
}

void InterfaceWatch::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [this](const boost::system::error_code& error) {
                       if (!error && read_some()) wait();
                     });
}

bool InterfaceWatch::read_some() {
  Buffer buffer;
  bool changed = false;
  for (int i = 0; i < kDatagramsPerTurn; ++i) {
    sockaddr_nl from{};
    socklen_t from_size = sizeof from;
    void* generic = &from;
    const ssize_t size = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), MSG_TRUNC,
                                    static_cast<sockaddr*>(generic), &from_size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0 && errno == ENOBUFS) {  // what came while the buffer was full is lost
      missed_ = true;
      continue;
    }
    if (size <= 0) {
      log::interfaces_unwatched(size == 0 ? "closed" : std::strerror(errno));
      return false;
    }
    if (from.nl_pid != 0) continue;  // not the kernel
    const bool cut = static_cast<std::size_t>(size) > buffer.size();
    const NetlinkPart part = read_part(
        std::span(buffer).first(std::min<std::size_t>(static_cast<std::size_t>(size), buffer.size())));
    missed_ = missed_ || part.broken || cut;
    for (const HostMessage& message : part.messages) changed = table_.apply(message) || changed;
  }
  if (changed || missed_) tell_soon();
  return true;
}

void InterfaceWatch::tell_soon() {
  if (std::exchange(telling_, true)) return;
  timer_.expires_after(std::max<std::chrono::nanoseconds>(kTogether, last_time_ * kShare));
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) tell();
  });
}

void InterfaceWatch::tell() {
  const auto begin = std::chrono::steady_clock::now();
  telling_ = false;
  // What is still in the buffer is older than the answer, or news that will be told again; either way the
  // last word about each address is the true one.
  if (std::exchange(missed_, false)) table_ = read_interfaces();
  on_change_();
  last_time_ = std::chrono::steady_clock::now() - begin;
}

}  // namespace lbgp::daemon::net
