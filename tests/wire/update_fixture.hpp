// SPDX-License-Identifier: Apache-2.0
// What most UPDATE tests start from: an ordinary session, ordinary attributes, and readers that fail the
// test.
#pragma once

#include "tests/wire/octets.hpp"
#include "tests/wire/printers.hpp"
#include "wire/update.hpp"

namespace lbgp::wire::test {

// Both families, four-octet AS numbers, nothing else.
inline UpdateCodec ordinary_codec() {
  UpdateCodec codec;
  codec.four_octet_as = true;
  codec.families = {Family::Ipv4Unicast, Family::Ipv6Unicast};
  return codec;
}

inline UpdateRules ebgp() {
  return {};
}
inline UpdateRules ibgp() {
  UpdateRules rules;
  rules.ibgp = true;
  return rules;
}

inline Bytes origin_igp() {
  return attribute(0x40, 1, hex("00"));
}
inline Bytes path_65001() {
  return attribute(0x40, 2, hex("02 01 0000fde9"));
}
inline Bytes next_hop_10_0_0_1() {
  return attribute(0x40, 3, hex("0a000001"));
}
inline Bytes local_pref_100() {
  return attribute(0x40, 5, hex("00000064"));
}
inline Bytes mandatory() {
  return join({origin_igp(), path_65001(), next_hop_10_0_0_1()});
}
inline Bytes mandatory_ibgp() {
  return join({mandatory(), local_pref_100()});
}
// Next hop 2001:db8::1, 2001:db8:64::1/128.
inline Bytes mp_reach_v6() {
  return attribute(0x80, 14,
                   hex("0002 01 10 20010db8000000000000000000000001 00 80 20010db8006400000000000000000001"));
}

inline Nlri nlri(std::string_view prefix, std::uint32_t path_id = 0) {
  return {parse_prefix(prefix).value(), path_id};
}
inline IpAddress ip(std::string_view address) {
  return parse_address(address).value();
}

inline Update accepted(const Bytes& body, const UpdateCodec& codec = ordinary_codec(),
                       const UpdateRules& rules = ebgp()) {
  const auto result = decode_update(body, codec, rules);
  if (result.has_error()) FAIL(result.error().reason);
  return *result;
}

inline Error refused(const Bytes& body, const UpdateCodec& codec = ordinary_codec(),
                     const UpdateRules& rules = ebgp()) {
  const auto result = decode_update(body, codec, rules);
  REQUIRE(result.has_error());
  CHECK(result.error().notification.code == ErrorCode::UpdateMessage);
  CHECK_FALSE(result.error().reason.empty());
  CHECK(result.error().reason.find('\n') == std::string::npos);
  return result.error();
}

}  // namespace lbgp::wire::test
