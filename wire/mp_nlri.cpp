// SPDX-License-Identifier: Apache-2.0
// MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760 §3-4) with the next hops of RFC 2545 and RFC 8950.
#include <fmt/format.h>

#include <algorithm>

#include "wire/next_hop_codec.hpp"
#include "wire/nlri.hpp"
#include "wire/reader.hpp"
#include "wire/update_draft.hpp"

namespace lbgp::wire::decode {

namespace {

constexpr std::size_t kMinReachSize = 5;  // RFC 7606 §7.11

// The family, if we listen to it on this session. What we do not listen to is skipped, not punished: the
// other families are well (RFC 4760 §7 lets us ignore one).
[[nodiscard]] std::optional<Family> negotiated(AfiSafi pair, std::uint8_t attribute, UpdateDraft& draft) {
  const auto family = family_of(pair);
  if (family && draft.codec.families.contains(*family)) return family;
  draft.fault(Grade::AttributeDiscard, attribute,
              {subcode::kOptionalAttributeError,
               fmt::format("{} for AFI {} SAFI {}, which this session has not negotiated: ignored",
                           attribute_name(attribute), pair.afi, pair.safi)});
  return std::nullopt;
}

[[nodiscard]] AfiSafi read_family(Reader& in) {
  const std::uint16_t afi = in.u16();
  return {afi, in.u8()};
}

[[nodiscard]] std::string bad_nlri(Family family) {
  return fmt::format("a prefix of {} is longer than its family allows or cut short", to_string(family));
}

}  // namespace

std::string mp_reach_nlri(ByteView value, UpdateDraft& draft) {
  if (value.size() < kMinReachSize)
    return fmt::format("length {} is less than {}", value.size(), kMinReachSize);
  Reader in(value);
  const AfiSafi pair = read_family(in);
  const std::size_t next_hop_size = in.u8();
  const ByteView next_hop_octets = in.take(next_hop_size);
  in.skip(1);  // reserved, must be ignored
  const ByteView octets = in.rest();

  const auto family = negotiated(pair, attribute_code::kMpReachNlri, draft);
  if (!family) {
    draft.has_reachable = draft.has_reachable || !octets.empty();
    return {};
  }
  if (in.failed()) return fmt::format("next hop of {} octets in {} octets", next_hop_size, value.size());
  const auto next_hop = read_next_hop(next_hop_octets, *family, draft.codec);
  if (!next_hop)
    return fmt::format("next hop of {} octets does not go with {}", next_hop_size, to_string(*family));
  auto list = decode_nlri(octets, *family, draft.codec.add_path_receive.contains(*family));
  if (!list) return bad_nlri(*family);
  if (list->empty()) return {};
  if (!is_usable_next_hop(next_hop->address, draft.rules))
    draft.fault(
        Grade::TreatAsWithdraw, attribute_code::kMpReachNlri,
        {subcode::kOptionalAttributeError,
         fmt::format("MP_REACH_NLRI: next hop {} is no address of a host", to_string(next_hop->address))});
  draft.announce(*family, *next_hop, std::move(*list), attribute_code::kMpReachNlri);
  return {};
}

std::string mp_unreach_nlri(ByteView value, UpdateDraft& draft) {
  Reader in(value);
  const AfiSafi pair = read_family(in);
  if (in.failed()) return fmt::format("length {} is less than 3", value.size());
  const auto family = negotiated(pair, attribute_code::kMpUnreachNlri, draft);
  if (!family) return {};
  auto list = decode_nlri(in.rest(), *family, draft.codec.add_path_receive.contains(*family));
  if (!list) return bad_nlri(*family);
  if (list->empty())
    draft.empty_mp_unreach = family;
  else
    draft.update.unreach.push_back({*family, std::move(*list)});
  return {};
}

}  // namespace lbgp::wire::decode
