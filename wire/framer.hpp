// SPDX-License-Identifier: Apache-2.0
// Cuts a byte stream into BGP messages. Checks the header as soon as its 19 octets are there (RFC 4271 §6.1):
// a wrong length is answered at once, not when that many octets have come.
#pragma once

#include <cstddef>
#include <optional>

#include "wire/error.hpp"
#include "wire/message.hpp"

namespace lbgp::wire {

struct Frame {
  MessageType type = MessageType::Keepalive;
  ByteView body;  // into the framer's buffer: valid until the next call of next() or write_area()
};

class Framer {
 public:
  // RFC 8654 §4: once both sides have announced it, UPDATE, NOTIFICATION and ROUTE-REFRESH may be longer.
  void allow_extended_messages(bool allowed) { extended_ = allowed; }

  // Where to read bytes into; at least `at_least` octets long. commit() says how many came.
  [[nodiscard]] std::span<std::uint8_t> write_area(std::size_t at_least = kMaxExtendedMessageSize);
  void commit(std::size_t size) { end_ += size; }
  // Convenience for tests: write_area, copy, commit.
  void append(ByteView bytes);

  // The next whole message; nothing when more bytes are needed; an error ends the stream.
  [[nodiscard]] Result<std::optional<Frame>> next();

  // Bytes held that no frame has been made of yet (a restart carries them over).
  [[nodiscard]] ByteView pending() const { return ByteView(buffer_).subspan(begin_, end_ - begin_); }

 private:
  void release();

  Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool extended_ = false;
};

}  // namespace lbgp::wire
