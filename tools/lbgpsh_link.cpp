// SPDX-License-Identifier: Apache-2.0
// Blocking I/O on the vty socket.
#include "tools/lbgpsh_link.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "bgpd/cli/shell.hpp"

namespace lbgp::tools {

using daemon::cli::DecodedReply;

void VtyLink::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void VtyLink::fail(std::string_view what) {
  problem_ = "cannot reach lbgpd at " + path_ + ": " + std::string(what);
  if (errno == EACCES) problem_ += " (members of the socket's group may use it: lbgpd-clients)";
  close();
}

bool VtyLink::connect() {
  close();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path_.size() >= sizeof address.sun_path) {
    fail("the path is too long for a socket");
    return false;
  }
  std::copy(path_.begin(), path_.end(), std::begin(address.sun_path));
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(std::strerror(errno));
    return false;
  }
  return exchange("enable").has_value();  // as FRR's clients begin
}

bool VtyLink::send_line(std::string_view line) {
  std::string octets(line);
  octets.erase(std::remove(octets.begin(), octets.end(), '\0'), octets.end());
  octets += '\0';
  for (std::string_view left = octets; !left.empty();) {
    const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return false;
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<DecodedReply> VtyLink::receive() {
  daemon::cli::ReplyCollector collector;
  std::array<char, 16384> buffer;
  for (;;) {
    if (auto reply = collector.take()) return reply;
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size > 0) {
      collector.feed({buffer.data(), static_cast<std::size_t>(size)});
      continue;
    }
    // A signal here is Ctrl-C: the rest of the answer is unwanted, and a new connection is the way to skip
    // it.
    fail(size == 0 ? "it has closed the connection" : errno == EINTR ? "interrupted" : std::strerror(errno));
    return std::nullopt;
  }
}

std::optional<DecodedReply> VtyLink::exchange(std::string_view line) {
  if (!send_line(line)) {
    fail(std::strerror(errno));
    return std::nullopt;
  }
  return receive();
}

std::optional<DecodedReply> VtyLink::ask(std::string_view line) {
  // A connection that died while nobody asked is replaced; a question that was under way is not asked twice,
  // as it may have been a deed.
  if ((socket_ < 0 || hung_up()) && !connect()) return std::nullopt;
  return exchange(line);
}

bool VtyLink::hung_up_after(std::string_view line) {
  // The daemon may close behind its answer to these, a moment later than the answer; it stays when they only
  // leave configure mode. Either way it answers a question or closes.
  if (socket_ >= 0 && (line == "exit" || line == "quit"))
    return !exchange(daemon::cli::enquiry_line(daemon::cli::Enquiry::Prompt, ""));
  return hung_up();
}

bool VtyLink::hung_up() const {
  if (socket_ < 0) return true;
  char octet = 0;
  return ::recv(socket_, &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

}  // namespace lbgp::tools
