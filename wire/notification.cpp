// SPDX-License-Identifier: Apache-2.0
// NOTIFICATION (RFC 4271 §4.5).
#include <algorithm>

#include "wire/header.hpp"
#include "wire/reader.hpp"

namespace lbgp::wire {

Notification decode_notification(ByteView body) {
  // One too short for its codes reads as code 0: the peer is leaving, and that is all that matters.
  Reader in(body);
  Notification notification;
  notification.code = static_cast<ErrorCode>(in.u8());
  notification.subcode = in.u8();
  const ByteView data = in.rest();
  notification.data.assign(data.begin(), data.end());
  return notification;
}

Bytes encode(const Notification& notification) {
  return make_message(MessageType::Notification, [&](Writer& out) {
    out.u8(static_cast<std::uint8_t>(notification.code));
    out.u8(notification.subcode);
    const std::size_t room = kMaxMessageSize - out.position();
    out.octets(ByteView(notification.data).first(std::min(notification.data.size(), room)));
  });
}

}  // namespace lbgp::wire
