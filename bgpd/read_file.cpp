// SPDX-License-Identifier: Apache-2.0
// read(2) until the end.
#include "bgpd/read_file.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace lbgp::daemon {

bool read_all(int file, std::string& text, std::size_t most) {
  std::array<char, 65536> part;
  while (text.size() <= most) {
    const ssize_t size = ::read(file, part.data(), part.size());
    if (size == 0) return true;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    text.append(part.data(), static_cast<std::size_t>(size));
  }
  return true;
}

Descriptor::~Descriptor() {
  if (number >= 0) ::close(number);
}

}  // namespace lbgp::daemon
