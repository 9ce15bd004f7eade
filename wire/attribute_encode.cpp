// SPDX-License-Identifier: Apache-2.0
// Writers of path attributes.
#include "wire/as_path_codec.hpp"
#include "wire/attribute.hpp"

namespace lbgp::wire {

void AttributeWriter::set_length(std::size_t begin) {
  constexpr std::size_t kShortHeader = 3;
  const std::size_t size = bytes_.size() - begin - kShortHeader;
  if (size <= 0xff) {
    bytes_[begin + 2] = static_cast<std::uint8_t>(size);
    return;
  }
  // RFC 4271 §4.3: two octets of length where one does not do.
  bytes_[begin] |= attribute_flag::kExtendedLength;
  bytes_.insert(bytes_.begin() + static_cast<std::ptrdiff_t>(begin + 2), 0);
  out_.patch16(begin + 2, size);
}

namespace {

using namespace attribute_flag;
namespace code = attribute_code;

template <typename T>
void write_octets_of(AttributeWriter& out, std::uint8_t attribute, const SortedSet<T>& set) {
  if (set.empty()) return;
  out.attribute(kOptionalTransitive, attribute, [&](Writer& value) {
    for (const T& item : set) value.octets(item.octets);
  });
}

void write_number(AttributeWriter& out, std::uint8_t flags, std::uint8_t attribute,
                  const std::optional<std::uint32_t>& number) {
  if (number) out.attribute(flags, attribute, [&](Writer& value) { value.u32(*number); });
}

}  // namespace

namespace encode_attribute {

void origin(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  out.attribute(kWellKnown, code::kOrigin,
                [&](Writer& value) { value.u8(static_cast<std::uint8_t>(attributes.origin)); });
}

void as_path(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec) {
  const auto width = codec.four_octet_as ? AsWidth::FourOctets : AsWidth::TwoOctets;
  out.attribute(kWellKnown, code::kAsPath,
                [&](Writer& value) { write_as_path(value, attributes.as_path, width); });
}

void multi_exit_disc(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  write_number(out, kOptionalNonTransitive, code::kMultiExitDisc, attributes.med);
}

void local_pref(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  write_number(out, kWellKnown, code::kLocalPref, attributes.local_pref);
}

void atomic_aggregate(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.atomic_aggregate) out.attribute(kWellKnown, code::kAtomicAggregate, [](Writer&) {});
}

void aggregator(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec) {
  if (!attributes.aggregator) return;
  const AsNumber as = attributes.aggregator->as;
  out.attribute(kOptionalTransitive, code::kAggregator, [&](Writer& value) {
    if (codec.four_octet_as)
      value.u32(as.value());
    else
      value.u16(static_cast<std::uint16_t>((as.fits_two_octets() ? as : kAsTrans).value()));
    value.u32(attributes.aggregator->id.value());
  });
}

void communities(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.communities.empty()) return;
  out.attribute(kOptionalTransitive, code::kCommunities, [&](Writer& value) {
    for (const Community& community : attributes.communities) value.u32(community.value);
  });
}

void originator_id(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.originator_id)
    write_number(out, kOptionalNonTransitive, code::kOriginatorId, attributes.originator_id->value());
}

void cluster_list(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.cluster_list.empty()) return;
  out.attribute(kOptionalNonTransitive, code::kClusterList, [&](Writer& value) {
    for (const RouterId id : attributes.cluster_list) value.u32(id.value());
  });
}

void extended_communities(AttributeWriter& out, const PathAttributes& attributes,
                          const UpdateCodec& /*codec*/) {
  write_octets_of(out, code::kExtendedCommunities, attributes.ext_communities);
}

// RFC 6793 §4.2.2: only where two octets have lost something.
void as4_path(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec) {
  if (codec.four_octet_as) return;
  const AsPath path = without_confederation(attributes.as_path);
  if (fits_two_octets(path)) return;
  out.attribute(kOptionalTransitive, code::kAs4Path,
                [&](Writer& value) { write_as_path(value, path, AsWidth::FourOctets); });
}

void as4_aggregator(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec) {
  if (codec.four_octet_as || !attributes.aggregator || attributes.aggregator->as.fits_two_octets()) return;
  out.attribute(kOptionalTransitive, code::kAs4Aggregator, [&](Writer& value) {
    value.u32(attributes.aggregator->as.value());
    value.u32(attributes.aggregator->id.value());
  });
}

void ipv6_extended_communities(AttributeWriter& out, const PathAttributes& attributes,
                               const UpdateCodec& /*codec*/) {
  write_octets_of(out, code::kIpv6ExtendedCommunities, attributes.ipv6_ext_communities);
}

void aigp(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (!attributes.aigp) return;
  out.attribute(kOptionalNonTransitive, code::kAigp, [&](Writer& value) {
    value.u8(1);  // RFC 7311 §3: the AIGP TLV, eleven octets with type and length
    value.u16(11);
    value.u64(*attributes.aigp);
  });
}

void large_communities(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.large_communities.empty()) return;
  out.attribute(kOptionalTransitive, code::kLargeCommunities, [&](Writer& value) {
    for (const LargeCommunity& community : attributes.large_communities) {
      value.u32(community.global);
      value.u32(community.data1);
      value.u32(community.data2);
    }
  });
}

void only_to_customer(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& /*codec*/) {
  if (attributes.otc) write_number(out, kOptionalTransitive, code::kOnlyToCustomer, attributes.otc->value());
}

}  // namespace encode_attribute

Bytes encode_attributes(const PathAttributes& attributes, const UpdateCodec& codec) {
  constexpr std::size_t kUsually = 256;
  Bytes block;
  block.reserve(kUsually);
  AttributeWriter out(block, attributes.partial);
  auto unknown = attributes.unknown.begin();
  const auto write_unknown_below = [&](unsigned limit) {
    for (; unknown != attributes.unknown.end() && unknown->type < limit; ++unknown)
      out.attribute(unknown->flags, unknown->type, [&](Writer& value) { value.octets(unknown->value); });
  };
  for (const AttributeSpec& spec : attribute_specs()) {
    write_unknown_below(spec.code);
    if (spec.encode != nullptr) spec.encode(out, attributes, codec);
  }
  write_unknown_below(0x100);
  return block;
}

}  // namespace lbgp::wire
