// SPDX-License-Identifier: Apache-2.0
// The one way to read octets that a peer has sent: a cursor that cannot leave its span.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lbgp::wire {

// Reading past the end yields zeros and fails the reader for good, so that a decoder may read a whole
// structure and ask once. Nothing here throws or asserts: every octet in it may have been chosen by somebody
// hostile.
class Reader {
 public:
  constexpr explicit Reader(std::span<const std::uint8_t> octets) : octets_(octets) {}

  [[nodiscard]] constexpr bool failed() const { return failed_; }
  // All was read and nothing was missing.
  [[nodiscard]] constexpr bool complete() const { return !failed_ && octets_.empty(); }
  [[nodiscard]] constexpr bool at_end() const { return octets_.empty(); }
  [[nodiscard]] constexpr std::size_t remaining() const { return octets_.size(); }
  // What has not been read yet; does not move.
  [[nodiscard]] constexpr std::span<const std::uint8_t> rest() const { return octets_; }

  constexpr std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  constexpr std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  constexpr std::uint32_t u24() { return static_cast<std::uint32_t>(number(3)); }
  constexpr std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  constexpr std::uint64_t u64() { return number(8); }

  // The next `size` octets; empty, and failed, when fewer are left.
  constexpr std::span<const std::uint8_t> take(std::size_t size) {
    if (size > octets_.size()) {
      fail();
      return {};
    }
    const auto taken = octets_.first(size);
    octets_ = octets_.subspan(size);
    return taken;
  }
  constexpr void skip(std::size_t size) { static_cast<void>(take(size)); }

  constexpr void fail() {
    failed_ = true;
    octets_ = {};
  }

 private:
  constexpr std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t octet : take(size)) value = value << 8 | octet;
    return value;
  }

  std::span<const std::uint8_t> octets_;
  bool failed_ = false;
};

}  // namespace lbgp::wire
