// SPDX-License-Identifier: Apache-2.0
// ROUTE-REFRESH (RFC 2918 §3, RFC 7313 §3.2).
#include <fmt/format.h>

#include "wire/header.hpp"
#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

constexpr std::size_t kBodySize = 4;

[[nodiscard]] bool is_demarcation(std::uint8_t subtype) {
  return subtype == static_cast<std::uint8_t>(RouteRefresh::Subtype::Begin) ||
         subtype == static_cast<std::uint8_t>(RouteRefresh::Subtype::End);
}

}  // namespace

Result<RouteRefresh> decode_route_refresh(ByteView body, bool enhanced) {
  Reader in(body);
  RouteRefresh refresh;
  refresh.family.afi = in.u16();
  const std::uint8_t subtype = in.u8();
  if (enhanced) refresh.subtype = subtype;
  refresh.family.safi = in.u8();
  // A plain request may have outbound filters behind it (RFC 5291), which we never ask for and skip.
  if (is_demarcation(refresh.subtype) && body.size() != kBodySize) {
    // RFC 7313 §5: the whole message goes back.
    Bytes message = make_message(MessageType::RouteRefresh, [&](Writer& out) { out.octets(body); });
    return make_error(
        ErrorCode::RouteRefresh, subcode::kInvalidRouteRefreshLength,
        fmt::format("ROUTE-REFRESH with subtype {} has {} octets behind the header instead of {}",
                    refresh.subtype, body.size(), kBodySize),
        std::move(message));
  }
  if (in.failed()) return bad_message_length(MessageType::RouteRefresh, kHeaderSize + body.size());
  return refresh;
}

Bytes encode(const RouteRefresh& refresh) {
  return make_message(MessageType::RouteRefresh, [&](Writer& out) {
    out.u16(refresh.family.afi);
    out.u8(refresh.subtype);
    out.u8(refresh.family.safi);
  });
}

}  // namespace lbgp::wire
