// SPDX-License-Identifier: Apache-2.0
// A stream of octets in two cuts: both must give the same messages and the same end, and every message must
// be digestible for the decoder of its type.
#include "wire/framer.hpp"

#include <string>
#include <vector>

#include "tests/fuzz/oracle.hpp"
#include "wire/message.hpp"
#include "wire/update.hpp"

namespace {

using namespace lbgp::wire;
using lbgp::fuzz::expect;

struct Outcome {
  std::vector<std::pair<MessageType, Bytes>> messages;
  std::optional<Error> error;
  std::size_t pending = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome run(ByteView stream, bool extended, std::size_t step) {
  Framer framer;
  framer.allow_extended_messages(extended);
  Outcome outcome;
  while (!stream.empty() && !outcome.error) {
    const std::size_t size = std::min(step, stream.size());
    framer.append(stream.first(size));
    stream = stream.subspan(size);
    for (;;) {
      const auto next = framer.next();
      if (!next) {
        outcome.error = next.error();
        break;
      }
      if (!next->has_value()) break;
      outcome.messages.emplace_back((*next)->type, Bytes((*next)->body.begin(), (*next)->body.end()));
    }
  }
  outcome.pending = outcome.error ? 0 : framer.pending().size();
  return outcome;
}

void digest(MessageType type, ByteView body) {
  UpdateCodec codec;
  codec.families = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  switch (type) {
    case MessageType::Open:
      static_cast<void>(decode_open(body));
      break;
    case MessageType::Update:
      static_cast<void>(decode_update(body, codec, {}));
      break;
    case MessageType::Keepalive:
      expect(body.empty(), "a KEEPALIVE has no body");
      break;
    case MessageType::Notification: {
      const Notification notification = decode_notification(body);
      expect(!to_string(notification).empty(), "every NOTIFICATION has a name");
      static_cast<void>(shutdown_communication(notification));
      if (body.size() >= 2 && body.size() <= kMaxMessageSize - kHeaderSize) {
        const Bytes again = encode(notification);
        expect(std::equal(body.begin(), body.end(), again.begin() + kHeaderSize, again.end()),
               "a NOTIFICATION is written as it was read");
      }
      break;
    }
    case MessageType::RouteRefresh: {
      const auto refresh = decode_route_refresh(body);
      if (refresh)
        expect(decode_route_refresh(ByteView(encode(*refresh)).subspan(kHeaderSize)) == refresh,
               "a ROUTE-REFRESH is written as it was read");
      break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const bool extended = (data[0] & 0x80) != 0;
  const std::size_t step = 1 + (data[0] & 0x7f);
  const ByteView stream(data + 1, size - 1);
  const Outcome whole = run(stream, extended, size);
  expect(whole == run(stream, extended, step), "cuts do not matter");
  for (const auto& [type, body] : whole.messages) digest(type, body);
  if (whole.error) {
    expect(whole.error->notification.code == ErrorCode::MessageHeader, "a header error");
    expect(!whole.error->reason.empty(), "an error has a reason");
  }
  return 0;
}
