// SPDX-License-Identifier: Apache-2.0
// A socket that Asio has no name for.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

namespace lbgp::daemon::net {

class RawSocket {
 public:
  RawSocket(int domain, int type, int protocol) : native_(::socket(domain, type | SOCK_CLOEXEC, protocol)) {}
  ~RawSocket() {
    if (native_ >= 0) ::close(native_);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  [[nodiscard]] int native() const { return native_; }
  [[nodiscard]] bool open() const { return native_ >= 0; }

 private:
  int native_;  // negative: there is none, and errno said why
};

}  // namespace lbgp::daemon::net
