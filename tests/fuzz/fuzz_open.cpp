// SPDX-License-Identifier: Apache-2.0
// The body of an OPEN: whatever is accepted is written again as an OPEN that says the same.
#include "tests/fuzz/oracle.hpp"
#include "wire/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lbgp::wire;
  using lbgp::fuzz::expect;
  if (size > kMaxMessageSize - kHeaderSize) return 0;
  const auto open = decode_open(ByteView(data, size));
  if (!open) {
    const auto& [notification, reason] = open.error();
    expect(notification.code == ErrorCode::OpenMessage || notification.code == ErrorCode::MessageHeader,
           "the error is about an OPEN");
    expect(!reason.empty() && reason.find('\n') == std::string::npos, "an error has a reason of one line");
    return 0;
  }
  static_cast<void>(open->as());
  const Bytes again = encode(*open);
  expect(again.size() <= kMaxMessageSize, "an OPEN fits");
  const auto back = decode_open(ByteView(again).subspan(kHeaderSize));
  expect(back.has_value(), "what we write we can read");
  expect(*back == *open, "an OPEN says the same when it is written again");
  return 0;
}
