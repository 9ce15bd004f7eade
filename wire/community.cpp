// SPDX-License-Identifier: Apache-2.0
// Text forms of communities, in FRR's spelling.
#include "wire/community.hpp"

#include <fmt/format.h>

#include <span>

#include "wire/address.hpp"
#include "wire/community_names.hpp"
#include "wire/text.hpp"

namespace lbgp::wire {

namespace {

struct CommunityName {
  Community community;
  std::string_view name;
};

// IANA "BGP Well-known Communities"; names as FRR writes them.
constexpr std::array kCommunityNames{
    CommunityName{Community{0}, "internet"},
    CommunityName{kGracefulShutdown, "graceful-shutdown"},
    CommunityName{kAcceptOwn, "accept-own"},
    CommunityName{Community{0xffff0002}, "route-filter-translated-v4"},
    CommunityName{Community{0xffff0003}, "route-filter-v4"},
    CommunityName{Community{0xffff0004}, "route-filter-translated-v6"},
    CommunityName{Community{0xffff0005}, "route-filter-v6"},
    CommunityName{kLlgrStale, "llgr-stale"},
    CommunityName{kNoLlgr, "no-llgr"},
    CommunityName{Community{0xffff0008}, "accept-own-nexthop"},
    CommunityName{kBlackhole, "blackhole"},
    CommunityName{kNoExport, "no-export"},
    CommunityName{kNoAdvertise, "no-advertise"},
    CommunityName{kNoExportSubconfed, "local-AS"},
    CommunityName{kNoPeer, "no-peer"},
};

// RFC 4360 §3.1 and §3.2, RFC 5668 §2: what stands in the first octet decides how the other six are cut.
constexpr std::uint8_t kTwoOctetAs = 0x00;
constexpr std::uint8_t kIpv4Address = 0x01;
constexpr std::uint8_t kFourOctetAs = 0x02;

struct ExtCommunityKind {
  std::uint8_t subtype;
  std::string_view name;
};
constexpr std::array kExtCommunityKinds{ExtCommunityKind{0x02, "RT"}, ExtCommunityKind{0x03, "SoO"}};

template <std::size_t N>
[[nodiscard]] std::optional<std::array<std::string_view, N>> split_colons(std::string_view text) {
  std::array<std::string_view, N> parts;
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    parts[i] = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  parts[N - 1] = text;
  return parts;
}

// `value` in network order into the octets that end at `end`.
void put(ExtCommunity& community, std::size_t begin, std::size_t end, std::uint32_t value) {
  for (std::size_t i = end; i-- > begin; value >>= 8) community.octets[i] = static_cast<std::uint8_t>(value);
}

[[nodiscard]] std::uint32_t get(const ExtCommunity& community, std::size_t begin, std::size_t end) {
  std::uint32_t value = 0;
  for (std::size_t i = begin; i < end; ++i) value = value << 8 | community.octets[i];
  return value;
}

[[nodiscard]] std::optional<ExtCommunity> make_ext_community(std::uint8_t subtype, std::string_view global,
                                                             std::string_view local) {
  ExtCommunity community;
  community.octets[1] = subtype;
  const auto value = parse_decimal<std::uint32_t>(local);
  if (!value) return std::nullopt;

  const auto address = parse_address(global);
  const auto as = parse_as_number(global);
  if (as && as->fits_two_octets()) {
    community.octets[0] = kTwoOctetAs;
    put(community, 2, 4, as->value());
    put(community, 4, 8, *value);
    return community;
  }
  if (*value > 0xffff) return std::nullopt;
  if (as) {
    community.octets[0] = kFourOctetAs;
    put(community, 2, 6, as->value());
  } else if (address && address->is_v4()) {
    community.octets[0] = kIpv4Address;
    put(community, 2, 6, address->v4_value());
  } else {
    return std::nullopt;
  }
  put(community, 6, 8, *value);
  return community;
}

[[nodiscard]] std::string hex(std::span<const std::uint8_t> octets) {
  std::string text = "0x";
  for (std::uint8_t octet : octets) text += fmt::format("{:02x}", octet);
  return text;
}

[[nodiscard]] std::optional<ExtCommunity> parse_hex(std::string_view digits) {
  ExtCommunity community;
  if (digits.size() != 2 * community.octets.size()) return std::nullopt;
  for (std::uint8_t& octet : community.octets) {
    const char* end = digits.data() + 2;
    const auto result = std::from_chars(digits.data(), end, octet, 16);
    if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    digits.remove_prefix(2);
  }
  return community;
}

}  // namespace

std::vector<std::string_view> well_known_community_names() {
  std::vector<std::string_view> names;
  for (const CommunityName& known : kCommunityNames) names.push_back(known.name);
  return names;
}

std::optional<Community> parse_community(std::string_view text) {
  for (const CommunityName& known : kCommunityNames)
    if (same_word(text, known.name)) return known.community;
  if (const auto number = parse_decimal<std::uint32_t>(text)) return Community{*number};
  const auto parts = split_colons<2>(text);
  if (!parts) return std::nullopt;
  const auto as = parse_decimal<std::uint16_t>((*parts)[0]);
  const auto value = parse_decimal<std::uint16_t>((*parts)[1]);
  if (!as || !value) return std::nullopt;
  return Community{std::uint32_t{*as} << 16 | *value};
}

std::optional<LargeCommunity> parse_large_community(std::string_view text) {
  const auto parts = split_colons<3>(text);
  if (!parts) return std::nullopt;
  const auto global = parse_decimal<std::uint32_t>((*parts)[0]);
  const auto data1 = parse_decimal<std::uint32_t>((*parts)[1]);
  const auto data2 = parse_decimal<std::uint32_t>((*parts)[2]);
  if (!global || !data1 || !data2) return std::nullopt;
  return LargeCommunity{*global, *data1, *data2};
}

std::optional<ExtCommunity> parse_ext_community(std::string_view text) {
  if (text.starts_with("0x")) return parse_hex(text.substr(2));
  const auto parts = split_colons<3>(text);
  if (!parts) return std::nullopt;
  for (const ExtCommunityKind& kind : kExtCommunityKinds)
    if (same_word((*parts)[0], kind.name)) return make_ext_community(kind.subtype, (*parts)[1], (*parts)[2]);
  return std::nullopt;
}

std::string to_string(const Community& community) {
  for (const CommunityName& known : kCommunityNames)
    if (community == known.community) return std::string(known.name);
  return fmt::format("{}:{}", community.value >> 16, community.value & 0xffff);
}

std::string to_string(const LargeCommunity& community) {
  return fmt::format("{}:{}:{}", community.global, community.data1, community.data2);
}

std::string to_string(const ExtCommunity& community) {
  for (const ExtCommunityKind& kind : kExtCommunityKinds) {
    if (community.octets[1] != kind.subtype) continue;
    if (community.octets[0] == kTwoOctetAs)
      return fmt::format("{}:{}:{}", kind.name, get(community, 2, 4), get(community, 4, 8));
    if (community.octets[0] == kFourOctetAs)
      return fmt::format("{}:{}:{}", kind.name, get(community, 2, 6), get(community, 6, 8));
    if (community.octets[0] == kIpv4Address)
      return fmt::format("{}:{}:{}", kind.name, to_string(IpAddress::v4(get(community, 2, 6))),
                         get(community, 6, 8));
  }
  return hex(community.octets);
}

std::string to_string(const Ipv6ExtCommunity& community) {
  return hex(community.octets);
}

}  // namespace lbgp::wire
