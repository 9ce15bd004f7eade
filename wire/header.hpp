// SPDX-License-Identifier: Apache-2.0
// The 19 octets in front of every message (RFC 4271 §4.1), for those who write messages.
#pragma once

#include "wire/message.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

inline constexpr std::size_t kMarkerSize = 16;

// The header of a message of `size` octets in all.
inline void write_header(Writer& out, MessageType type, std::size_t size) {
  for (std::size_t i = 0; i < kMarkerSize; ++i) out.u8(0xff);
  out.u16(static_cast<std::uint16_t>(size));
  out.u8(static_cast<std::uint8_t>(type));
}

// A whole message around what `body` writes.
template <typename Body>
[[nodiscard]] Bytes make_message(MessageType type, Body&& body) {
  Bytes message;
  Writer out(message);
  write_header(out, type, kHeaderSize);
  body(out);
  out.patch16(kMarkerSize, message.size());
  return message;
}

// RFC 4271 §6.1: what a message of a wrong length is answered with.
[[nodiscard]] Error bad_message_length(MessageType type, std::size_t size);

}  // namespace lbgp::wire
