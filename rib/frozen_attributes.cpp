// SPDX-License-Identifier: Apache-2.0
// Freezing: a word that says what is present, then every part that is, in a fixed order; what decides first.
#include "rib/frozen_attributes.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace lbgp::rib {

namespace {

using wire::PathAttributes;

// The word that a frozen set begins with: which parts follow, in the order in which they do, and what takes
// only some bits.
enum Part : std::uint32_t {
  kWeight = 1U << 0,  // absent: 0
  kLocalPref = 1U << 1,
  kMed = 1U << 2,
  kOriginatorId = 1U << 3,
  kClusterList = 1U << 4,
  kSequence = 1U << 5,  // a path of one AS_SEQUENCE, as long as the word says: numbers only
  kSegments = 1U << 6,  // any other path that is not empty
  kNextHop = 1U << 7,   // absent: 0.0.0.0
  kNextHopV6 = 1U << 8,
  kLinkLocal = 1U << 9,
  kAggregator = 1U << 10,
  kAigp = 1U << 11,
  kOtc = 1U << 12,
  kCommunities = 1U << 13,
  kLargeCommunities = 1U << 14,
  kExtCommunities = 1U << 15,
  kIpv6ExtCommunities = 1U << 16,
  kUnknown = 1U << 17,
  kPartial = 1U << 18,
  kTag = 1U << 19,  // absent: 0
  kAtomicAggregate = 1U << 20,
  kLongLivedStale = 1U << 21,
};
constexpr unsigned kOriginShift = 22;
constexpr std::uint32_t kOriginMask = 3;
constexpr unsigned kLengthShift = 24;
constexpr std::uint32_t kLongPath = 0xff;  // so many or more: to be counted

class Writer {
 public:
  explicit Writer(std::vector<std::uint8_t>& out) : out_(out) { out_.resize(kUsual); }
  void raw(const void* data, std::size_t size) {
    if (size > out_.size() - size_) out_.resize(2 * (size_ + size));
    if (size != 0) std::memcpy(out_.data() + size_, data, size);
    size_ += size;
  }
  template <typename T>
  void item(const T& value) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    raw(&value, sizeof value);
  }
  // Seven bits an octet, the low ones first; the high bit: there are more.
  void count(std::size_t number) {
    for (; number >= 0x80; number >>= 7) item(static_cast<std::uint8_t>(number | 0x80));
    item(static_cast<std::uint8_t>(number));
  }
  // Trivially copyable items without padding.
  template <typename T>
  void items(const std::vector<T>& items) {
    static_assert(std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T>);
    raw(items.data(), items.size() * sizeof(T));
  }
  template <typename T>
  void run(const std::vector<T>& run) {
    count(run.size());
    items(run);
  }
  void finish() { out_.resize(size_); }

 private:
  static constexpr std::size_t kUsual = 256;
  std::vector<std::uint8_t>& out_;
  std::size_t size_ = 0;
};

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> in) : in_(in) {}
  void skip(std::size_t size) { in_ = in_.subspan(size); }
  template <typename T>
  [[nodiscard]] T item() {
    T value{};
    std::memcpy(&value, in_.data(), sizeof value);
    skip(sizeof value);
    return value;
  }
  [[nodiscard]] std::size_t count() {
    std::size_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto octet = item<std::uint8_t>();
      number |= std::size_t{octet & 0x7fU} << shift;
      if (octet < 0x80) return number;
    }
  }
  template <typename T>
  [[nodiscard]] std::vector<T> items(std::size_t number) {
    std::vector<T> items(number);
    const std::size_t size = number * sizeof(T);
    if (size != 0) std::memcpy(items.data(), in_.data(), size);
    skip(size);
    return items;
  }
  template <typename T>
  [[nodiscard]] std::vector<T> run() {
    return items<T>(count());
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

// How the path is written: kSequence, kSegments, or nothing for the empty one.
std::uint32_t form_of(const wire::AsPath& path) {
  if (path.empty()) return 0;
  const wire::AsSegment& first = path.segments().front();
  const bool plain = path.segments().size() == 1 && first.type == wire::SegmentType::AsSequence &&
                     first.as_numbers.size() < kLongPath;
  return plain ? kSequence : kSegments;
}

std::uint32_t head_of(const RouteAttributes& attributes) {
  const PathAttributes& a = attributes.path;
  const auto part = [](bool present, Part bit) { return present ? std::uint32_t{bit} : 0U; };
  const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(a.as_path.length(), kLongPath));
  return part(attributes.weight != 0, kWeight) | part(a.local_pref.has_value(), kLocalPref) |
         part(a.med.has_value(), kMed) | part(a.originator_id.has_value(), kOriginatorId) |
         part(!a.cluster_list.empty(), kClusterList) | form_of(a.as_path) |
         part(a.next_hop.address != wire::IpAddress{}, kNextHop) |
         part(a.next_hop.address.is_v6(), kNextHopV6) | part(a.next_hop.link_local.has_value(), kLinkLocal) |
         part(a.aggregator.has_value(), kAggregator) | part(a.aigp.has_value(), kAigp) |
         part(a.otc.has_value(), kOtc) | part(!a.communities.empty(), kCommunities) |
         part(!a.large_communities.empty(), kLargeCommunities) |
         part(!a.ext_communities.empty(), kExtCommunities) |
         part(!a.ipv6_ext_communities.empty(), kIpv6ExtCommunities) | part(!a.unknown.empty(), kUnknown) |
         part(!a.partial.empty(), kPartial) | part(attributes.tag != 0, kTag) |
         part(a.atomic_aggregate, kAtomicAggregate) |
         part(a.communities.contains(wire::kLlgrStale), kLongLivedStale) |
         static_cast<std::uint32_t>(a.origin) << kOriginShift | length << kLengthShift;
}

std::uint16_t to_length(std::size_t length) {
  return static_cast<std::uint16_t>(std::min<std::size_t>(length, 0xffff));
}

wire::Origin origin_of(std::uint32_t head) {
  return static_cast<wire::Origin>(head >> kOriginShift & kOriginMask);
}

void write_segments(Writer& writer, const wire::AsPath& path) {
  writer.count(path.segments().size());
  for (const wire::AsSegment& segment : path.segments()) {
    writer.item(segment.type);
    writer.run(segment.as_numbers);
  }
}

wire::AsPath read_segments(Reader& reader) {
  std::vector<wire::AsSegment> segments(reader.count());
  for (wire::AsSegment& segment : segments) {
    segment.type = reader.item<wire::SegmentType>();
    segment.as_numbers = reader.run<wire::AsNumber>();
  }
  return wire::AsPath(std::move(segments));
}

// AsPath::first() of what read_segments() would read.
wire::AsNumber first_as(Reader reader) {
  static_cast<void>(reader.count());  // of the segments
  const bool is_sequence = reader.item<wire::SegmentType>() == wire::SegmentType::AsSequence;
  return is_sequence && reader.count() != 0 ? reader.item<wire::AsNumber>() : wire::AsNumber{};
}

wire::AsPath read_sequence(Reader& reader, std::size_t length) {
  std::vector<wire::AsSegment> segments(1);
  segments.front().as_numbers = reader.items<wire::AsNumber>(length);
  return wire::AsPath(std::move(segments));
}

void write_unknown(Writer& writer, const std::vector<wire::UnknownAttribute>& unknown) {
  writer.count(unknown.size());
  for (const wire::UnknownAttribute& each : unknown) {
    writer.item(each.flags);
    writer.item(each.type);
    writer.run(each.value);
  }
}

std::vector<wire::UnknownAttribute> read_unknown(Reader& reader) {
  std::vector<wire::UnknownAttribute> unknown(reader.count());
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

void freeze(const RouteAttributes& attributes, std::vector<std::uint8_t>& out) {
  const PathAttributes& a = attributes.path;
  const std::uint32_t head = head_of(attributes);
  Writer writer(out);
  writer.item(head);
  const auto has = [&](Part part) { return (head & part) != 0; };
  if (has(kWeight)) writer.item(attributes.weight);
  if (has(kLocalPref)) writer.item(*a.local_pref);
  if (has(kMed)) writer.item(*a.med);
  if (has(kOriginatorId)) writer.item(*a.originator_id);
  if (has(kClusterList)) writer.run(a.cluster_list);
  if (has(kSequence)) writer.items(a.as_path.segments().front().as_numbers);
  if (has(kSegments)) write_segments(writer, a.as_path);
  if (has(kNextHop)) write_address(writer, a.next_hop.address);
  if (has(kLinkLocal)) {
    writer.item(static_cast<std::uint8_t>(a.next_hop.link_local->is_v6() ? 1 : 0));
    write_address(writer, *a.next_hop.link_local);
  }
  if (has(kAggregator)) writer.item(a.aggregator->as), writer.item(a.aggregator->id);
  if (has(kAigp)) writer.item(*a.aigp);
  if (has(kOtc)) writer.item(*a.otc);
  if (has(kCommunities)) writer.run(a.communities.items());
  if (has(kLargeCommunities)) writer.run(a.large_communities.items());
  if (has(kExtCommunities)) writer.run(a.ext_communities.items());
  if (has(kIpv6ExtCommunities)) writer.run(a.ipv6_ext_communities.items());
  if (has(kUnknown)) write_unknown(writer, a.unknown);
  if (has(kPartial)) writer.item(a.partial.bits());
  if (has(kTag)) writer.item(attributes.tag);
  writer.finish();
}

DecisionKey decision_key(std::span<const std::uint8_t> frozen) {
  Reader reader(frozen);
  const auto head = reader.item<std::uint32_t>();
  const auto has = [&](Part part) { return (head & part) != 0; };
  const auto number = [&](Part part) { return has(part) ? reader.item<std::uint32_t>() : 0; };
  DecisionKey key;
  key.weight = number(kWeight);
  key.local_pref = number(kLocalPref);
  key.med = number(kMed);
  key.originator_id = number(kOriginatorId);
  if (has(kClusterList)) {
    const std::size_t length = reader.count();
    reader.skip(length * sizeof(wire::RouterId));
    key.cluster_length = to_length(length);
  }
  const std::uint32_t length = head >> kLengthShift;
  key.path_length = to_length(length);
  if (has(kSequence) && length != 0) key.neighbor_as = reader.item<std::uint32_t>();
  if (has(kSegments)) {
    key.neighbor_as = first_as(reader).value();
    if (length == kLongPath) key.path_length = to_length(read_segments(reader).length());
  }
  key.origin = static_cast<std::uint8_t>(origin_of(head));
  key.has_med = has(kMed);
  key.has_local_pref = has(kLocalPref);
  key.has_originator_id = has(kOriginatorId);
  key.long_lived_stale = has(kLongLivedStale);
  return key;
}

RouteAttributes thaw(std::span<const std::uint8_t> frozen) {
  Reader reader(frozen);
  const auto head = reader.item<std::uint32_t>();
  const auto has = [&](Part part) { return (head & part) != 0; };
  RouteAttributes attributes;
  PathAttributes& a = attributes.path;
  a.origin = origin_of(head);
  a.atomic_aggregate = has(kAtomicAggregate);
  if (has(kWeight)) attributes.weight = reader.item<std::uint32_t>();
  if (has(kLocalPref)) a.local_pref = reader.item<std::uint32_t>();
  if (has(kMed)) a.med = reader.item<std::uint32_t>();
  if (has(kOriginatorId)) a.originator_id = reader.item<wire::RouterId>();
  if (has(kClusterList)) a.cluster_list = reader.run<wire::RouterId>();
  if (has(kSequence)) a.as_path = read_sequence(reader, head >> kLengthShift);
  if (has(kSegments)) a.as_path = read_segments(reader);
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
  if (has(kCommunities)) read_set(reader, a.communities);
  if (has(kLargeCommunities)) read_set(reader, a.large_communities);
  if (has(kExtCommunities)) read_set(reader, a.ext_communities);
  if (has(kIpv6ExtCommunities)) read_set(reader, a.ipv6_ext_communities);
  if (has(kUnknown)) a.unknown = read_unknown(reader);
  if (has(kPartial)) a.partial = wire::PartialSet::of_bits(reader.item<std::uint64_t>());
  if (has(kTag)) attributes.tag = reader.item<std::uint32_t>();
  return attributes;
}

}  // namespace lbgp::rib
