// SPDX-License-Identifier: Apache-2.0
// Readers of path attribute values. Lengths have been checked by the table's rule before any of these runs.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "wire/as_path_codec.hpp"
#include "wire/reader.hpp"
#include "wire/update_draft.hpp"

namespace lbgp::wire::decode {

namespace {

constexpr std::size_t kAggregatorSize = 6;  // RFC 4271 §4.3; two more with four-octet AS numbers

template <typename T, typename Read>
[[nodiscard]] std::vector<T> read_all(ByteView value, std::size_t item_size, Read read) {
  std::vector<T> items;
  items.reserve(value.size() / item_size);
  Reader in(value);
  while (!in.at_end()) items.push_back(read(in));
  return items;
}

template <typename T>
[[nodiscard]] T read_octets(Reader& in) {
  T item;
  const ByteView octets = in.take(item.octets.size());
  std::copy(octets.begin(), octets.end(), item.octets.begin());
  return item;
}

[[nodiscard]] bool has_confederation(const AsPath& path) {
  for (const AsSegment& segment : path.segments())
    if (is_confederation(segment.type)) return true;
  return false;
}

// RFC 5065 §5.3: from another member of our confederation the path begins with the sequence of members.
[[nodiscard]] bool lacks_confederation(const AsPath& path, const UpdateRules& rules) {
  const bool from_other_member = rules.confederation_member && !rules.ibgp;
  return from_other_member && (path.empty() || path.segments().front().type != SegmentType::AsConfedSequence);
}

}  // namespace

std::string origin(ByteView value, UpdateDraft& draft) {
  if (value[0] > static_cast<std::uint8_t>(Origin::Incomplete))
    return fmt::format("value {} is not 0, 1 or 2", value[0]);
  draft.update.attributes.origin = static_cast<Origin>(value[0]);
  return {};
}

std::string as_path(ByteView value, UpdateDraft& draft) {
  AsPath path;
  const auto width = draft.codec.four_octet_as ? AsWidth::FourOctets : AsWidth::TwoOctets;
  if (std::string reason = read_as_path(value, width, path); !reason.empty()) return reason;
  if (path.contains(AsNumber{0})) return fmt::format("\"{}\" has AS 0 in it", to_string(path));
  if (path.has_set() && !draft.rules.allow_as_set)
    return fmt::format("\"{}\" has an AS_SET or AS_CONFED_SET in it", to_string(path));
  if (has_confederation(path) && !draft.rules.confederation_member)
    return fmt::format("\"{}\" has a confederation segment in it, but the peer is not in our confederation",
                       to_string(path));
  if (lacks_confederation(path, draft.rules))
    return fmt::format(
        "\"{}\" does not begin with a confederation sequence, but the peer is in our confederation",
        to_string(path));
  draft.update.attributes.as_path = std::move(path);
  return {};
}

std::string next_hop(ByteView value, UpdateDraft& draft) {
  draft.next_hop = IpAddress::v4(Reader(value).u32());
  return {};
}

std::string multi_exit_disc(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.med = Reader(value).u32();
  return {};
}

std::string local_pref(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.local_pref = Reader(value).u32();
  return {};
}

std::string atomic_aggregate(ByteView /*value*/, UpdateDraft& draft) {
  draft.update.attributes.atomic_aggregate = true;
  return {};
}

std::string aggregator(ByteView value, UpdateDraft& draft) {
  const bool wide = draft.codec.four_octet_as;
  const std::size_t expected = kAggregatorSize + (wide ? 2 : 0);
  if (value.size() != expected) return fmt::format("length {} instead of {}", value.size(), expected);
  Reader in(value);
  const AsNumber as{wide ? in.u32() : in.u16()};
  if (as == AsNumber{0}) return "AS 0";
  draft.update.attributes.aggregator = Aggregator{as, RouterId{in.u32()}};
  return {};
}

std::string communities(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.communities =
      Communities(read_all<Community>(value, 4, [](Reader& in) { return Community{in.u32()}; }));
  return {};
}

std::string originator_id(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.originator_id = RouterId{Reader(value).u32()};
  return {};
}

std::string cluster_list(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.cluster_list =
      read_all<RouterId>(value, 4, [](Reader& in) { return RouterId{in.u32()}; });
  return {};
}

std::string extended_communities(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.ext_communities =
      ExtCommunities(read_all<ExtCommunity>(value, 8, read_octets<ExtCommunity>));
  return {};
}

std::string as4_path(ByteView value, UpdateDraft& draft) {
  if (draft.codec.four_octet_as)
    return "comes from a peer that has four-octet AS numbers in AS_PATH";  // RFC 6793 §4.1
  AsPath path;
  if (value.empty()) return "empty";
  if (std::string reason = read_as_path(value, AsWidth::FourOctets, path); !reason.empty()) return reason;
  if (path.contains(AsNumber{0}))
    return fmt::format("\"{}\" has AS 0 in it", to_string(path));  // RFC 7607 §2
  if (path.has_set() && !draft.rules.allow_as_set)  // RFC 9774 §3, whether it would be merged or not
    draft.fault(Grade::TreatAsWithdraw, attribute_code::kAs4Path,
                {subcode::kMalformedAsPath,
                 fmt::format("AS4_PATH: \"{}\" has an AS_SET or AS_CONFED_SET in it", to_string(path))});
  draft.as4_path = without_confederation(path);  // RFC 6793 §6: such segments go, the rest counts
  return {};
}

std::string as4_aggregator(ByteView value, UpdateDraft& draft) {
  if (draft.codec.four_octet_as) return "comes from a peer that has four-octet AS numbers in AGGREGATOR";
  Reader in(value);
  const AsNumber as{in.u32()};
  if (as == AsNumber{0}) return "AS 0";
  draft.as4_aggregator = Aggregator{as, RouterId{in.u32()}};
  return {};
}

std::string ipv6_extended_communities(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.ipv6_ext_communities =
      Ipv6ExtCommunities(read_all<Ipv6ExtCommunity>(value, 20, read_octets<Ipv6ExtCommunity>));
  return {};
}

std::string aigp(ByteView value, UpdateDraft& draft) {
  constexpr std::uint8_t kAigpTlv = 1;
  constexpr std::size_t kTlvHeader = 3;
  constexpr std::size_t kAigpTlvSize = 11;
  constexpr std::uint64_t kUnusableMetric = std::numeric_limits<std::uint64_t>::max();
  std::optional<std::uint64_t> metric;
  Reader in(value);
  while (!in.at_end()) {
    const std::uint8_t type = in.u8();
    const std::size_t size = in.u16();  // RFC 7311 §3: type and length are counted too
    if (in.failed() || size < kTlvHeader || size - kTlvHeader > in.remaining())
      return fmt::format("a TLV of length {} does not fit", size);
    if (type == kAigpTlv && size != kAigpTlvSize)
      return fmt::format("AIGP TLV of length {} instead of {}", size, kAigpTlvSize);
    Reader tlv(in.take(size - kTlvHeader));
    // RFC 7311 §3: of several AIGP TLVs the first counts.
    if (type == kAigpTlv && !metric) metric = tlv.u64();
  }
  if (metric == kUnusableMetric) return "the metric has reached its maximum";  // §3.2
  draft.update.attributes.aigp = metric;
  return {};
}

std::string large_communities(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.large_communities =
      LargeCommunities(read_all<LargeCommunity>(value, 12, [](Reader& in) {
        const std::uint32_t global = in.u32();
        const std::uint32_t data1 = in.u32();
        return LargeCommunity{global, data1, in.u32()};
      }));
  return {};
}

std::string only_to_customer(ByteView value, UpdateDraft& draft) {
  draft.update.attributes.otc = AsNumber{Reader(value).u32()};
  return {};
}

}  // namespace lbgp::wire::decode
