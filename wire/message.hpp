// SPDX-License-Identifier: Apache-2.0
// The messages other than UPDATE, their decoders and encoders.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "wire/as_number.hpp"
#include "wire/capability.hpp"
#include "wire/error.hpp"
#include "wire/family.hpp"

namespace lbgp::wire {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

enum class MessageType : std::uint8_t { Open = 1, Update = 2, Notification = 3, Keepalive = 4, RouteRefresh = 5 };

inline constexpr std::size_t kHeaderSize = 19;
inline constexpr std::size_t kMaxMessageSize = 4096;            // RFC 4271 §4.1
inline constexpr std::size_t kMaxExtendedMessageSize = 65535;   // RFC 8654

// RFC 4271 §4.2.
struct Open {
  std::uint8_t version = 4;
  std::uint16_t my_as = 0;  // as on the wire: AS_TRANS when the real one needs four octets
  std::chrono::seconds hold_time{0};
  RouterId id;
  std::vector<Capability> capabilities;
  // RFC 9072 §2: the parameters stand, or are to be written, with the extended lengths; they are written so anyway
  // where 255 octets do not do.
  bool extended_parameters = false;
  bool operator==(const Open&) const = default;

  // The first capability of kind T, or nullptr.
  template <typename T>
  [[nodiscard]] const T* find() const {
    for (const Capability& capability : capabilities)
      if (const T* found = std::get_if<T>(&capability)) return found;
    return nullptr;
  }
  // RFC 6793 §4.1: the AS number of the capability if there is one, else `my_as`.
  [[nodiscard]] AsNumber as() const;
};

// RFC 2918 §3; the subtype is RFC 7313 §3.2.
struct RouteRefresh {
  enum class Subtype : std::uint8_t { Request = 0, Begin = 1, End = 2 };
  AfiSafi family;
  std::uint8_t subtype = 0;
  bool operator==(const RouteRefresh&) const = default;
};

// Each decoder takes the body: what follows the 19 octets of header.
// decode_open checks the form only (§6.2 form errors, unsupported version, optional parameters); whether AS,
// identifier and hold time are acceptable is the state machine's business.
[[nodiscard]] Result<Open> decode_open(ByteView body);
[[nodiscard]] Notification decode_notification(ByteView body);  // never fails: RFC 4271 §6.4
[[nodiscard]] Result<RouteRefresh> decode_route_refresh(ByteView body);

// Whole messages, header included.
[[nodiscard]] Bytes encode(const Open& open);
[[nodiscard]] Bytes encode(const Notification& notification);
[[nodiscard]] Bytes encode(const RouteRefresh& refresh);
[[nodiscard]] Bytes encode_keepalive();

}  // namespace lbgp::wire
