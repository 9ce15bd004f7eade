// SPDX-License-Identifier: Apache-2.0
// The attribute table: one row per path attribute that we know.
#include <algorithm>
#include <array>

#include "wire/attribute.hpp"

namespace lbgp::wire {

namespace {

using namespace attribute_flag;
using enum Grade;
namespace code = attribute_code;

constexpr LengthRule kAnyLength{};
constexpr LengthRule exactly(std::uint16_t octets) {
  return {LengthRule::Kind::Exactly, octets};
}
constexpr LengthRule multiple_of(std::uint16_t octets) {
  return {LengthRule::Kind::MultipleOf, octets};
}

// clang-format off
constexpr std::array kAttributeSpecs{
    // RFC 4271 §5.1, graded by RFC 7606 §7.1-7.7
    AttributeSpec{code::kOrigin, "ORIGIN", kWellKnown, exactly(1), TreatAsWithdraw, TreatAsWithdraw,
                  Source::Any, subcode::kInvalidOrigin, decode::origin, encode_attribute::origin},
    AttributeSpec{code::kAsPath, "AS_PATH", kWellKnown, kAnyLength, TreatAsWithdraw, TreatAsWithdraw,
                  Source::Any, subcode::kMalformedAsPath, decode::as_path, encode_attribute::as_path},
    AttributeSpec{code::kNextHop, "NEXT_HOP", kWellKnown, exactly(4), TreatAsWithdraw, TreatAsWithdraw,
                  Source::Any, subcode::kInvalidNextHop, decode::next_hop, nullptr},
    AttributeSpec{code::kMultiExitDisc, "MULTI_EXIT_DISC", kOptionalNonTransitive, exactly(4), TreatAsWithdraw,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::multi_exit_disc,
                  encode_attribute::multi_exit_disc},
    AttributeSpec{code::kLocalPref, "LOCAL_PREF", kWellKnown, exactly(4), TreatAsWithdraw, TreatAsWithdraw,
                  Source::InternalOrConfederation, subcode::kAttributeLengthError, decode::local_pref,
                  encode_attribute::local_pref},
    AttributeSpec{code::kAtomicAggregate, "ATOMIC_AGGREGATE", kWellKnown, exactly(0), AttributeDiscard,
                  TreatAsWithdraw, Source::Any, subcode::kAttributeLengthError, decode::atomic_aggregate,
                  encode_attribute::atomic_aggregate},
    AttributeSpec{code::kAggregator, "AGGREGATOR", kOptionalTransitive, kAnyLength, AttributeDiscard,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::aggregator,
                  encode_attribute::aggregator},
    // RFC 1997; RFC 7606 §7.8
    AttributeSpec{code::kCommunities, "COMMUNITIES", kOptionalTransitive, multiple_of(4), TreatAsWithdraw,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::communities,
                  encode_attribute::communities},
    // RFC 4456 §8; RFC 7606 §7.9 and §7.10
    AttributeSpec{code::kOriginatorId, "ORIGINATOR_ID", kOptionalNonTransitive, exactly(4), TreatAsWithdraw,
                  TreatAsWithdraw, Source::Internal, subcode::kOptionalAttributeError, decode::originator_id,
                  encode_attribute::originator_id},
    AttributeSpec{code::kClusterList, "CLUSTER_LIST", kOptionalNonTransitive, multiple_of(4), TreatAsWithdraw,
                  TreatAsWithdraw, Source::Internal, subcode::kOptionalAttributeError, decode::cluster_list,
                  encode_attribute::cluster_list},
    // RFC 4760 §3-4; RFC 7606 §7.11 and §7.12. Their flags matter less than the routes in them.
    AttributeSpec{code::kMpReachNlri, "MP_REACH_NLRI", kOptionalNonTransitive, kAnyLength, SessionReset,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::mp_reach_nlri, nullptr},
    AttributeSpec{code::kMpUnreachNlri, "MP_UNREACH_NLRI", kOptionalNonTransitive, kAnyLength, SessionReset,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::mp_unreach_nlri, nullptr},
    // RFC 4360 §2; RFC 7606 §7.14
    AttributeSpec{code::kExtendedCommunities, "EXTENDED_COMMUNITIES", kOptionalTransitive, multiple_of(8),
                  TreatAsWithdraw, TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError,
                  decode::extended_communities, encode_attribute::extended_communities},
    // RFC 6793 §3, graded by its §6
    AttributeSpec{code::kAs4Path, "AS4_PATH", kOptionalTransitive, kAnyLength, AttributeDiscard, TreatAsWithdraw,
                  Source::Any, subcode::kOptionalAttributeError, decode::as4_path, encode_attribute::as4_path},
    AttributeSpec{code::kAs4Aggregator, "AS4_AGGREGATOR", kOptionalTransitive, exactly(8), AttributeDiscard,
                  TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError, decode::as4_aggregator,
                  encode_attribute::as4_aggregator},
    // RFC 5701 §2; RFC 7606 §7.15
    AttributeSpec{code::kIpv6ExtendedCommunities, "IPV6_EXTENDED_COMMUNITIES", kOptionalTransitive,
                  multiple_of(20), TreatAsWithdraw, TreatAsWithdraw, Source::Any,
                  subcode::kOptionalAttributeError, decode::ipv6_extended_communities,
                  encode_attribute::ipv6_extended_communities},
    // RFC 7311 §3: whatever is wrong with it, only the attribute goes
    AttributeSpec{code::kAigp, "AIGP", kOptionalNonTransitive, kAnyLength, AttributeDiscard, AttributeDiscard,
                  Source::AigpSession, subcode::kOptionalAttributeError, decode::aigp,
                  encode_attribute::aigp},
    // RFC 8092 §3, graded by its §6
    AttributeSpec{code::kLargeCommunities, "LARGE_COMMUNITY", kOptionalTransitive, multiple_of(12),
                  TreatAsWithdraw, TreatAsWithdraw, Source::Any, subcode::kOptionalAttributeError,
                  decode::large_communities, encode_attribute::large_communities},
    // RFC 9234 §5
    AttributeSpec{code::kOnlyToCustomer, "OTC", kOptionalTransitive, exactly(4), TreatAsWithdraw, TreatAsWithdraw,
                  Source::Any, subcode::kOptionalAttributeError, decode::only_to_customer,
                  encode_attribute::only_to_customer},
};
// clang-format on

static_assert(std::is_sorted(kAttributeSpecs.begin(), kAttributeSpecs.end(),
                             [](const AttributeSpec& a, const AttributeSpec& b) { return a.code < b.code; }));

// Row of each code, plus one; 0: none.
constexpr std::array<std::uint8_t, 256> kRowByCode = [] {
  std::array<std::uint8_t, 256> rows{};
  for (std::size_t row = 0; row < kAttributeSpecs.size(); ++row)
    rows[kAttributeSpecs[row].code] = static_cast<std::uint8_t>(row + 1);
  return rows;
}();

}  // namespace

std::span<const AttributeSpec> attribute_specs() {
  return kAttributeSpecs;
}

const AttributeSpec* find_attribute(std::uint8_t code) {
  const std::size_t row = kRowByCode[code];
  return row == 0 ? nullptr : &kAttributeSpecs[row - 1];
}

std::string attribute_name(std::uint8_t code) {
  const AttributeSpec* spec = find_attribute(code);
  return spec != nullptr ? std::string(spec->name) : "attribute " + std::to_string(code);
}

}  // namespace lbgp::wire
