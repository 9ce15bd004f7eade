// SPDX-License-Identifier: Apache-2.0
// A blocking Unix stream socket.
#include "client.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lbgp::ctl {

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

bool Client::fail(const std::string& what) {
  failure_ = what + ": " + std::strerror(errno);
  if (errno == ENOENT || errno == ECONNREFUSED) failure_ += " (is lbgpd running?)";
  if (errno == EACCES) failure_ += " (members of the socket's group may use it: lbgpd-clients)";
  return false;
}

bool Client::connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    errno = ENAMETOOLONG;
    return fail(path);
  }
  path.copy(address.sun_path, path.size());
  fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail("socket");
  // The socket interface of POSIX asks for this cast.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(fd_, generic, sizeof(address)) != 0) return fail(path);
  return true;
}

bool Client::send_all(const std::string& line) {
  for (std::size_t sent = 0; sent < line.size();) {
    const ssize_t n = ::send(fd_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail("send");
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

std::optional<std::string> Client::ask(const std::string& line) {
  // A daemon that refuses a line closes while we still send; what it said is more useful than EPIPE.
  const bool sent = send_all(line);
  std::array<char, 65536> buffer{};
  std::size_t searched = 0;
  for (;;) {
    const std::size_t end = received_.find('\n', searched);
    if (end != std::string::npos) {
      std::string reply = received_.substr(0, end);
      received_.erase(0, end + 1);
      return reply;
    }
    searched = received_.size();
    const ssize_t n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n < 0 && sent) (void)fail("receive");
      if (n == 0 && sent) failure_ = "the daemon closed the connection";
      return std::nullopt;
    }
    received_.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

}  // namespace lbgp::ctl
