// SPDX-License-Identifier: Apache-2.0
// The judgement over a prefix, in words.
#include "bgpd/api/host_prefix.hpp"

namespace lbgp::daemon::api {
namespace {

// The longest form is "xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:255.255.255.255/128"; longer text is not worth reading.
constexpr std::size_t kMaxText = 49;

const char* reason_of(wire::PrefixError error, bool host_only) {
  switch (error) {
    case wire::PrefixError::NotAnAddress:
      break;
    case wire::PrefixError::NoLength:
      return "no prefix length after '/'";
    case wire::PrefixError::LengthOutOfRange:
      return "the prefix length is out of range";
    case wire::PrefixError::HostBitsSet:
      return host_only ? "host bits are set, and only /32 and /128 can be announced" : "host bits are set";
  }
  return "not an IP address";
}

const char* parse(std::string_view text, bool host_only, wire::Prefix& out) {
  if (text.size() > kMaxText) return "not an IP address";
  wire::PrefixError error{};
  if (const auto prefix = wire::parse_prefix(text, &error)) {
    out = *prefix;
    return nullptr;
  }
  if (error != wire::PrefixError::NoLength) return reason_of(error, host_only);
  out = wire::Prefix::host(*wire::parse_address(text));
  return nullptr;
}

}  // namespace

const char* reason_against(const wire::IpAddress& address) {
  if (!address.is_host_address()) return "not an address that a host can answer on";
  if (address.is_link_local()) return "a link-local address cannot be routed";
  if (address.is_v4_mapped()) return "an IPv4-mapped address: announce the IPv4 address instead";
  return nullptr;
}

const char* parse_host_prefix(std::string_view text, wire::Prefix& out) {
  if (const char* reason = parse(text, true, out)) return reason;
  if (!out.is_host()) return "not a host prefix: only /32 and /128 can be announced";
  return reason_against(out.address());
}

const char* parse_any_prefix(std::string_view text, wire::Prefix& out) {
  return parse(text, false, out);
}

}  // namespace lbgp::daemon::api
