// SPDX-License-Identifier: Apache-2.0
// Files from the disk, read whole and without waiting.
#pragma once

#include <cstddef>
#include <string>

namespace lbgp::daemon {

// What can be read of an open file, or the first octets beyond `most` of it. False, with errno: an error.
[[nodiscard]] bool read_all(int file, std::string& text, std::size_t most);

// A descriptor that is closed when it is not needed any more; negative: none.
struct Descriptor {
  int number;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
};

}  // namespace lbgp::daemon
