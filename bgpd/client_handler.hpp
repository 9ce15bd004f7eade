// SPDX-License-Identifier: Apache-2.0
// What is spoken with one client of a Unix socket, apart from how the bytes come and go.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>
#include <string>

namespace lbgp::daemon {

// Who connected, by the kernel's word (SO_PEERCRED).
struct Credentials {
  uid_t uid = 0;
  gid_t gid = 0;
  pid_t pid = 0;
};

class ClientHandler {
 public:
  enum class Next : std::uint8_t { NeedInput, MoreWork, Close };
  virtual ~ClientHandler() = default;
  // Where to read bytes into, at least `size` octets long, and how many came. They stay until run() has used
  // them.
  virtual std::span<char> read_area(std::size_t size) = 0;
  virtual void received(std::size_t size) = 0;
  // Does a bounded piece of work; replies are appended to `out`.
  virtual Next run(std::string& out) = 0;
  // The client started something and has not gone on for a while: a last word may be appended to `out`.
  virtual void timed_out(std::string& out) = 0;
  [[nodiscard]] virtual bool mid_request() const = 0;
  // Whether the next work is for nobody once the client has gone: the rest of an answer.
  [[nodiscard]] virtual bool mid_answer() const { return false; }
};

}  // namespace lbgp::daemon
