// SPDX-License-Identifier: Apache-2.0
// Appends numbers in network order, with length fields that are filled in afterwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "wire/message.hpp"

namespace lbgp::wire {

class Writer {
 public:
  explicit Writer(Bytes& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(value); }
  void u16(std::uint16_t value) { number(value, 2); }
  void u24(std::uint32_t value) { number(value, 3); }
  void u32(std::uint32_t value) { number(value, 4); }
  void u64(std::uint64_t value) { number(value, 8); }
  void octets(ByteView octets) { out_.insert(out_.end(), octets.begin(), octets.end()); }
  void text(std::string_view text) { out_.insert(out_.end(), text.begin(), text.end()); }

  // Whatever `body` writes, behind a length field that counts it.
  template <typename Body>
  void sized8(Body&& body) {
    sized(1, body);
  }
  template <typename Body>
  void sized16(Body&& body) {
    sized(2, body);
  }

  [[nodiscard]] std::size_t position() const { return out_.size(); }
  // A length too large for its field is written as the largest possible one: callers keep to their limits,
  // and what they write in spite of them is too large for any message.
  void patch16(std::size_t at, std::size_t value) { patch(at, 2, value); }

 private:
  void number(std::uint64_t value, std::size_t size) {
    for (std::size_t shift = 8 * size; shift != 0; shift -= 8)
      out_.push_back(static_cast<std::uint8_t>(value >> (shift - 8)));
  }

  template <typename Body>
  void sized(std::size_t field, Body& body) {
    const std::size_t at = out_.size();
    number(0, field);
    body();
    patch(at, field, out_.size() - at - field);
  }

  void patch(std::size_t at, std::size_t field, std::size_t value) {
    value = std::min<std::size_t>(value, field == 1 ? 0xff : 0xffff);
    for (std::size_t i = field; i-- > 0; value >>= 8) out_[at + i] = static_cast<std::uint8_t>(value);
  }

  Bytes& out_;
};

}  // namespace lbgp::wire
