// SPDX-License-Identifier: Apache-2.0
// Freezing: the decision key, then every part that is present, in a fixed order.
#include "rib/frozen_attributes.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace lbgp::rib {

namespace {

using wire::PathAttributes;

enum Part : std::uint32_t {
  kAtomicAggregate = 1U << 0,
  kAggregator = 1U << 1,
  kAigp = 1U << 2,
  kOtc = 1U << 3,
  kNextHopV6 = 1U << 4,
  kLinkLocal = 1U << 5,
  kAsPath = 1U << 6,
  kCommunities = 1U << 7,
  kLargeCommunities = 1U << 8,
  kExtCommunities = 1U << 9,
  kIpv6ExtCommunities = 1U << 10,
  kClusterList = 1U << 11,
  kUnknown = 1U << 12,
  kNextHop = 1U << 13,  // absent: 0.0.0.0
  kPartial = 1U << 14,
  kTag = 1U << 15,
};

class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& out) : out_(out) {}
  void raw(const void* data, std::size_t size) {
    const std::size_t at = out_.size();
    out_.resize(at + size);
    if (size != 0) std::memcpy(out_.data() + at, data, size);
  }
  template <typename T>
  void item(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    raw(&value, sizeof value);
  }
  // Runs of trivially copyable items without padding, counted.
  template <typename T>
  void run(const std::vector<T>& items) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    item(static_cast<std::uint32_t>(items.size()));
    raw(items.data(), items.size() * sizeof(T));
  }

 private:
  std::vector<std::uint8_t>& out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> in) : in_(in) {}
  template <typename T>
  [[nodiscard]] T item() {
    T value{};
    std::memcpy(&value, in_.data(), sizeof value);
    in_ = in_.subspan(sizeof value);
    return value;
  }
  template <typename T>
  [[nodiscard]] std::vector<T> run() {
    std::vector<T> items(item<std::uint32_t>());
    const std::size_t size = items.size() * sizeof(T);
    if (size != 0) std::memcpy(items.data(), in_.data(), size);
    in_ = in_.subspan(size);
    return items;
  }

 private:
  std::span<const std::uint8_t> in_;
};

void write_address(Writer& writer, const wire::IpAddress& address) {
  writer.raw(address.bytes().data(), address.bytes().size());
}

wire::IpAddress read_address(Reader& reader, bool is_v6) {
  if (is_v6) return wire::IpAddress::v6(reader.item<std::array<std::uint8_t, 16>>());
  const auto octets = reader.item<std::array<std::uint8_t, 4>>();
  return wire::IpAddress::v4(std::uint32_t{octets[0]} << 24 | std::uint32_t{octets[1]} << 16 |
                             std::uint32_t{octets[2]} << 8 | std::uint32_t{octets[3]});
}

std::uint32_t parts_of(const PathAttributes& a) {
  const auto part = [](bool present, Part bit) { return present ? std::uint32_t{bit} : 0U; };
  return part(a.atomic_aggregate, kAtomicAggregate) | part(a.aggregator.has_value(), kAggregator) |
         part(a.aigp.has_value(), kAigp) | part(a.otc.has_value(), kOtc) |
         part(a.next_hop.address.is_v6(), kNextHopV6) | part(a.next_hop.link_local.has_value(), kLinkLocal) |
         part(!a.as_path.empty(), kAsPath) | part(!a.communities.empty(), kCommunities) |
         part(!a.large_communities.empty(), kLargeCommunities) |
         part(!a.ext_communities.empty(), kExtCommunities) |
         part(!a.ipv6_ext_communities.empty(), kIpv6ExtCommunities) |
         part(!a.cluster_list.empty(), kClusterList) | part(!a.unknown.empty(), kUnknown) |
         part(a.next_hop.address != wire::IpAddress{}, kNextHop) | part(!a.partial.empty(), kPartial);
}

DecisionKey make_key(const RouteAttributes& attributes) {
  const PathAttributes& a = attributes.path;
  DecisionKey key;
  key.weight = attributes.weight;
  key.local_pref = a.local_pref.value_or(0);
  key.med = a.med.value_or(0);
  key.neighbor_as = a.as_path.first().value();
  key.originator_id = a.originator_id.value_or(wire::RouterId{}).value();
  key.present = parts_of(a);
  if (attributes.tag != 0) key.present |= kTag;
  if (a.communities.contains(wire::kLlgrStale)) key.present |= DecisionKey::kLongLivedStale;
  key.path_length = static_cast<std::uint16_t>(std::min<std::size_t>(a.as_path.length(), 0xffff));
  key.cluster_length = static_cast<std::uint16_t>(std::min<std::size_t>(a.cluster_list.size(), 0xffff));
  key.origin = static_cast<std::uint8_t>(a.origin);
  key.has_med = a.med.has_value();
  key.has_local_pref = a.local_pref.has_value();
  key.has_originator_id = a.originator_id.has_value();
  return key;
}

void write_path(Writer& writer, const wire::AsPath& path) {
  writer.item(static_cast<std::uint32_t>(path.segments().size()));
  for (const wire::AsSegment& segment : path.segments()) {
    writer.item(segment.type);
    writer.run(segment.as_numbers);
  }
}

wire::AsPath read_path(Reader& reader) {
  std::vector<wire::AsSegment> segments(reader.item<std::uint32_t>());
  for (wire::AsSegment& segment : segments) {
    segment.type = reader.item<wire::SegmentType>();
    segment.as_numbers = reader.run<wire::AsNumber>();
  }
  return wire::AsPath(std::move(segments));
}

void write_unknown(Writer& writer, const std::vector<wire::UnknownAttribute>& unknown) {
  writer.item(static_cast<std::uint32_t>(unknown.size()));
  for (const wire::UnknownAttribute& each : unknown) {
    writer.item(each.flags);
    writer.item(each.type);
    writer.run(each.value);
  }
}

std::vector<wire::UnknownAttribute> read_unknown(Reader& reader) {
  std::vector<wire::UnknownAttribute> unknown(reader.item<std::uint32_t>());
  for (wire::UnknownAttribute& each : unknown) {
    each.flags = reader.item<std::uint8_t>();
    each.type = reader.item<std::uint8_t>();
    each.value = reader.run<std::uint8_t>();
  }
  return unknown;
}

template <typename T>
void read_set(Reader& reader, wire::SortedSet<T>& set) {
  set = wire::SortedSet<T>(reader.run<T>());
}

}  // namespace

static_assert(sizeof(DecisionKey) == 32, "no padding: equal keys are equal octets");

void freeze(const RouteAttributes& attributes, std::vector<std::uint8_t>& out) {
  const PathAttributes& a = attributes.path;
  const DecisionKey key = make_key(attributes);
  out.clear();
  Writer writer(out);
  writer.raw(&key, sizeof key);
  const auto has = [&](Part part) { return (key.present & part) != 0; };
  if (has(kNextHop)) write_address(writer, a.next_hop.address);
  if (has(kLinkLocal)) {
    writer.item(static_cast<std::uint8_t>(a.next_hop.link_local->is_v6() ? 1 : 0));
    write_address(writer, *a.next_hop.link_local);
  }
  if (has(kAggregator)) writer.item(a.aggregator->as), writer.item(a.aggregator->id);
  if (has(kAigp)) writer.item(*a.aigp);
  if (has(kOtc)) writer.item(*a.otc);
  if (has(kAsPath)) write_path(writer, a.as_path);
  if (has(kCommunities)) writer.run(a.communities.items());
  if (has(kLargeCommunities)) writer.run(a.large_communities.items());
  if (has(kExtCommunities)) writer.run(a.ext_communities.items());
  if (has(kIpv6ExtCommunities)) writer.run(a.ipv6_ext_communities.items());
  if (has(kClusterList)) writer.run(a.cluster_list);
  if (has(kUnknown)) write_unknown(writer, a.unknown);
  if (has(kPartial)) writer.item(a.partial.bits());
  if (has(kTag)) writer.item(attributes.tag);
}

DecisionKey decision_key(std::span<const std::uint8_t> frozen) {
  return Reader(frozen).item<DecisionKey>();
}

RouteAttributes thaw(std::span<const std::uint8_t> frozen) {
  Reader reader(frozen);
  const auto key = reader.item<DecisionKey>();
  const auto has = [&](Part part) { return (key.present & part) != 0; };
  RouteAttributes attributes;
  attributes.weight = key.weight;
  PathAttributes& a = attributes.path;
  a.origin = static_cast<wire::Origin>(key.origin);
  if (key.has_med) a.med = key.med;
  if (key.has_local_pref) a.local_pref = key.local_pref;
  if (key.has_originator_id) a.originator_id = wire::RouterId(key.originator_id);
  a.atomic_aggregate = has(kAtomicAggregate);
  if (has(kNextHop)) a.next_hop.address = read_address(reader, has(kNextHopV6));
  if (has(kLinkLocal)) {
    const bool is_v6 = reader.item<std::uint8_t>() != 0;
    a.next_hop.link_local = read_address(reader, is_v6);
  }
  if (has(kAggregator)) {
    const auto as = reader.item<wire::AsNumber>();
    a.aggregator = wire::Aggregator{as, reader.item<wire::RouterId>()};
  }
  if (has(kAigp)) a.aigp = reader.item<std::uint64_t>();
  if (has(kOtc)) a.otc = reader.item<wire::AsNumber>();
  if (has(kAsPath)) a.as_path = read_path(reader);
  if (has(kCommunities)) read_set(reader, a.communities);
  if (has(kLargeCommunities)) read_set(reader, a.large_communities);
  if (has(kExtCommunities)) read_set(reader, a.ext_communities);
  if (has(kIpv6ExtCommunities)) read_set(reader, a.ipv6_ext_communities);
  if (has(kClusterList)) a.cluster_list = reader.run<wire::RouterId>();
  if (has(kUnknown)) a.unknown = read_unknown(reader);
  if (has(kPartial)) a.partial = wire::PartialSet::of_bits(reader.item<std::uint64_t>());
  if (has(kTag)) attributes.tag = reader.item<std::uint32_t>();
  return attributes;
}

}  // namespace lbgp::rib
