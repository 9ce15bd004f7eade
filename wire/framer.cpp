// SPDX-License-Identifier: Apache-2.0
// Message boundaries and the checks of RFC 4271 §6.1.
#include "wire/framer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "wire/header.hpp"
#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

// RFC 4271 §4.2-4.4 and RFC 2918 §3: the smallest length of each type, header included; whether RFC 8654 §4
// lets it grow. A NOTIFICATION may even be too short for its own fields: it is never answered (RFC 4271
// §6.4), so it is better handed on than refused.
struct MessageSpec {
  MessageType type;
  std::string_view name;
  std::size_t min_size;
  std::size_t max_size;
  bool extendable;
};
constexpr std::array kMessageSpecs{
    MessageSpec{MessageType::Open, "OPEN", 29, kMaxMessageSize, false},
    MessageSpec{MessageType::Update, "UPDATE", 23, kMaxMessageSize, true},
    MessageSpec{MessageType::Notification, "NOTIFICATION", kHeaderSize, kMaxMessageSize, true},
    MessageSpec{MessageType::Keepalive, "KEEPALIVE", kHeaderSize, kHeaderSize, false},
    // Its length depends on what is in it (RFC 7313 §5).
    MessageSpec{MessageType::RouteRefresh, "ROUTE-REFRESH", kHeaderSize, kMaxMessageSize, true},
};

[[nodiscard]] const MessageSpec* find_spec(std::uint8_t type) {
  for (const MessageSpec& spec : kMessageSpecs)
    if (static_cast<std::uint8_t>(spec.type) == type) return &spec;
  return nullptr;
}

[[nodiscard]] Error header_error(std::uint8_t subcode, std::vector<std::uint8_t> data, std::string reason) {
  return make_error(ErrorCode::MessageHeader, subcode, std::move(reason), std::move(data));
}

[[nodiscard]] Error length_error(std::string_view name, std::size_t size) {
  std::vector<std::uint8_t> data{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  return header_error(subcode::kBadMessageLength, std::move(data),
                      fmt::format("{} with a length of {}", name, size));
}

struct Header {
  MessageType type;
  std::size_t size;
};

// RFC 4271 §6.1 asks for this order: marker, length, type.
[[nodiscard]] Result<Header> check_header(ByteView octets, bool extended) {
  Reader in(octets);
  const ByteView marker = in.take(kMarkerSize);
  if (!std::all_of(marker.begin(), marker.end(), [](std::uint8_t octet) { return octet == 0xff; }))
    return header_error(subcode::kConnectionNotSynchronized, {},
                        "the marker is not all ones: this is not BGP, or we are out of step");

  const std::size_t size = in.u16();
  const std::uint8_t type = in.u8();
  if (size < kHeaderSize || size > (extended ? kMaxExtendedMessageSize : kMaxMessageSize))
    return length_error("message", size);

  const MessageSpec* spec = find_spec(type);
  if (spec == nullptr)
    return header_error(subcode::kBadMessageType, {type}, fmt::format("message of unknown type {}", type));
  const std::size_t max_size = extended && spec->extendable ? kMaxExtendedMessageSize : spec->max_size;
  if (size < spec->min_size || size > max_size) return length_error(spec->name, size);
  return Header{spec->type, size};
}

}  // namespace

Error bad_message_length(MessageType type, std::size_t size) {
  const MessageSpec* spec = find_spec(static_cast<std::uint8_t>(type));
  return length_error(spec != nullptr ? spec->name : "message", size);
}

std::span<std::uint8_t> Framer::write_area(std::size_t at_least) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < at_least && begin_ != 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < at_least) buffer_.resize(end_ + at_least);
  return std::span(buffer_).subspan(end_);
}

void Framer::append(ByteView bytes) {
  std::copy(bytes.begin(), bytes.end(), write_area(bytes.size()).begin());
  commit(bytes.size());
}

// Between two reads most sessions hold nothing, and hundreds of them need no room for it.
void Framer::release() {
  buffer_ = Bytes();  // "= {}" would keep the capacity
  begin_ = end_ = 0;
}

Result<std::optional<Frame>> Framer::next() {
  const ByteView held = pending();
  if (held.empty()) release();
  if (held.size() < kHeaderSize) return std::optional<Frame>();
  const auto header = check_header(held.first(kHeaderSize), extended_);
  if (!header) return header.error();
  if (held.size() < header->size) return std::optional<Frame>();
  begin_ += header->size;
  return std::optional(Frame{header->type, held.first(header->size).subspan(kHeaderSize)});
}

}  // namespace lbgp::wire
