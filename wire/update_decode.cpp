// SPDX-License-Identifier: Apache-2.0
// Reading an UPDATE (RFC 4271 §4.3 and §6.3) with the graded answers of RFC 7606.
#include <fmt/format.h>

#include <algorithm>
#include <bitset>

#include "wire/as_path_codec.hpp"
#include "wire/attribute.hpp"
#include "wire/next_hop_codec.hpp"
#include "wire/nlri.hpp"
#include "wire/reader.hpp"
#include "wire/update_draft.hpp"

namespace lbgp::wire {

namespace {

[[nodiscard]] Error update_error(std::uint8_t subcode, std::string reason, ByteView data = {}) {
  return make_error(ErrorCode::UpdateMessage, subcode, std::move(reason), {data.begin(), data.end()});
}

[[nodiscard]] bool accepts_from(Source source, const UpdateRules& rules) {
  switch (source) {
    case Source::Any:
      return true;
    case Source::Internal:
      return rules.ibgp;
    case Source::InternalOrConfederation:
      return rules.ibgp || rules.confederation_member;
    case Source::AigpSession:
      return rules.ibgp || rules.confederation_member || rules.aigp;
  }
  return true;
}

[[nodiscard]] std::string_view flags_in_words(std::uint8_t flags) {
  if (flags == attribute_flag::kWellKnown) return "well-known";
  return flags == attribute_flag::kOptionalTransitive ? "optional transitive" : "optional non-transitive";
}

// One attribute as it stands in the message.
struct RawAttribute {
  std::uint8_t flags = 0;
  std::uint8_t code = 0;
  ByteView value;
  ByteView whole;  // header included: what RFC 4271 §6.3 wants in the answer
};

// Reads one UPDATE. Each step returns an error only if the session has to end.
class UpdateDecoder {
 public:
  UpdateDecoder(const UpdateCodec& codec, const UpdateRules& rules) : draft_{codec, rules} {}

  [[nodiscard]] Result<Update> decode(ByteView body);

 private:
  using Failure = std::optional<Error>;

  [[nodiscard]] Failure read_withdrawn(ByteView octets);
  [[nodiscard]] Failure read_attributes(ByteView octets);
  [[nodiscard]] Failure read_attribute(const RawAttribute& raw);
  [[nodiscard]] Failure report(Grade grade, const RawAttribute& raw, std::uint8_t subcode,
                               std::string reason);
  [[nodiscard]] bool obeys_operator(const RawAttribute& raw);
  void keep_unknown(const RawAttribute& raw);
  [[nodiscard]] Failure read_nlri(ByteView octets);
  [[nodiscard]] bool listens_to_ipv4(std::string_view field);

  void check_mandatory(bool has_nlri_field);
  void check_next_hop();
  void merge_as4();
  void let_announcements_win();
  void withdraw_everything();
  [[nodiscard]] std::optional<Family> end_of_rib(bool all_fields_empty) const;

  UpdateDraft draft_;
  std::bitset<256> seen_;
  bool unreadable_tail_ = false;  // the attribute list ended in the middle of an attribute
};

Result<Update> UpdateDecoder::decode(ByteView body) {
  Reader in(body);
  const ByteView withdrawn = in.take(in.u16());
  if (in.failed())
    return update_error(subcode::kMalformedAttributeList, "the withdrawn routes are longer than the message");
  const ByteView attributes = in.take(in.u16());
  if (in.failed())
    return update_error(subcode::kMalformedAttributeList, "the path attributes are longer than the message");
  const ByteView nlri = in.rest();

  if (auto error = read_withdrawn(withdrawn)) return *error;
  if (auto error = read_attributes(attributes)) return *error;
  if (auto error = read_nlri(nlri)) return *error;

  check_mandatory(!nlri.empty());
  merge_as4();
  // RFC 7606 §5.2: attributes that promise routes but show none leave us unsure that we have seen all of
  // them.
  const bool only_unreach = seen_.count() == 1 && seen_[attribute_code::kMpUnreachNlri] && !unreadable_tail_;
  if (draft_.withdraw_error && !draft_.has_reachable && !only_unreach) return *draft_.withdraw_error;

  Update& update = draft_.update;
  std::sort(update.attributes.unknown.begin(), update.attributes.unknown.end());
  let_announcements_win();
  if (update.treat_as_withdraw) withdraw_everything();
  update.end_of_rib = end_of_rib(withdrawn.empty() && nlri.empty());
  return std::move(update);
}

// RFC 4760 §8: whoever negotiated only other families has no use for the fields that are IPv4's by nature.
bool UpdateDecoder::listens_to_ipv4(std::string_view field) {
  if (draft_.codec.families.contains(Family::Ipv4Unicast)) return true;
  draft_.fault(Grade::AttributeDiscard, 0,
               {subcode::kUnspecific,
                fmt::format("{}, but this session has not negotiated IPv4 Unicast: ignored", field)});
  return false;
}

UpdateDecoder::Failure UpdateDecoder::read_withdrawn(ByteView octets) {
  if (octets.empty() || !listens_to_ipv4("withdrawn routes")) return std::nullopt;
  auto list =
      decode_nlri(octets, Family::Ipv4Unicast, draft_.codec.add_path_receive.contains(Family::Ipv4Unicast));
  if (!list)
    return update_error(subcode::kInvalidNetworkField,
                        "a withdrawn route has a prefix length over 32 or is cut short");
  draft_.update.unreach.push_back({Family::Ipv4Unicast, *std::move(list)});
  return std::nullopt;
}

UpdateDecoder::Failure UpdateDecoder::read_nlri(ByteView octets) {
  if (octets.empty()) return std::nullopt;
  draft_.has_reachable = true;
  if (!listens_to_ipv4("announced routes")) return std::nullopt;
  auto list =
      decode_nlri(octets, Family::Ipv4Unicast, draft_.codec.add_path_receive.contains(Family::Ipv4Unicast));
  if (!list)
    return update_error(subcode::kInvalidNetworkField,
                        "an announced route has a prefix length over 32 or is cut short");
  check_next_hop();
  const NextHop via{draft_.next_hop.value_or(IpAddress{}), std::nullopt};
  draft_.announce(Family::Ipv4Unicast, via, *std::move(list), 0);
  return std::nullopt;
}

UpdateDecoder::Failure UpdateDecoder::read_attributes(ByteView octets) {
  Reader in(octets);
  while (!in.at_end()) {
    const ByteView begin = in.rest();
    RawAttribute raw;
    raw.flags = in.u8();
    raw.code = in.u8();
    const bool extended = (raw.flags & attribute_flag::kExtendedLength) != 0;
    const std::size_t size = extended ? in.u16() : in.u8();
    const std::size_t left = in.remaining();
    raw.value = in.take(size);
    if (in.failed()) {
      // RFC 7606 §4. Were it one of the MP attributes, its routes would be lost with it (§3 (j)).
      unreadable_tail_ = true;
      const bool hides_routes =
          raw.code == attribute_code::kMpReachNlri || raw.code == attribute_code::kMpUnreachNlri;
      return report(hides_routes ? Grade::SessionReset : Grade::TreatAsWithdraw, raw,
                    subcode::kMalformedAttributeList,
                    fmt::format("needs {} octets, {} are left in the attribute list", size, left));
    }
    raw.whole = begin.first(begin.size() - in.remaining());
    if (auto error = read_attribute(raw)) return error;
  }
  return std::nullopt;
}

UpdateDecoder::Failure UpdateDecoder::read_attribute(const RawAttribute& raw) {
  const AttributeSpec* spec = find_attribute(raw.code);
  const bool carries_routes = spec != nullptr && spec->malformed == Grade::SessionReset;
  if (seen_[raw.code])  // RFC 7606 §3 (g)
    return report(carries_routes ? Grade::SessionReset : Grade::AttributeDiscard, raw,
                  subcode::kMalformedAttributeList, "appears a second time");
  seen_.set(raw.code);
  if (!carries_routes && obeys_operator(raw)) return std::nullopt;
  if (spec == nullptr) {
    keep_unknown(raw);
    return std::nullopt;
  }

  constexpr std::uint8_t kKind = attribute_flag::kOptional | attribute_flag::kTransitive;
  if ((raw.flags & kKind) != spec->flags) {
    auto error = report(
        spec->wrong_flags, raw, subcode::kAttributeFlagsError,
        fmt::format("flags {:#04x} are not those of a {} attribute", raw.flags, flags_in_words(spec->flags)));
    if (error || !carries_routes) return error;
  }
  if (!accepts_from(spec->source, draft_.rules))
    return report(Grade::AttributeDiscard, raw, subcode::kUnspecific, "is not taken from an external peer");
  if (!spec->length.accepts(raw.value.size()))
    return report(spec->malformed, raw, subcode::kAttributeLengthError,
                  fmt::format("length {} is not {} {}", raw.value.size(),
                              spec->length.kind == LengthRule::Kind::Exactly ? "exactly" : "a multiple of",
                              spec->length.octets));
  if (std::string reason = spec->decode(raw.value, draft_); !reason.empty())
    return report(spec->malformed, raw, spec->value_subcode, std::move(reason));
  const bool partial = (raw.flags & attribute_flag::kPartial) != 0;
  if (partial && spec->flags == attribute_flag::kOptionalTransitive)
    draft_.update.attributes.partial.insert(raw.code);
  return std::nullopt;
}

UpdateDecoder::Failure UpdateDecoder::report(Grade grade, const RawAttribute& raw, std::uint8_t subcode,
                                             std::string reason) {
  reason = fmt::format("{}: {}", attribute_name(raw.code), reason);
  if (grade == Grade::SessionReset) return update_error(subcode, std::move(reason), raw.whole);
  draft_.fault(grade, raw.code, {subcode, std::move(reason)}, raw.whole);
  return std::nullopt;
}

// `path-attribute discard | treat-as-withdraw`; whether the attribute is to be looked at no more. Routes that
// go for the operator's sake are no error of the peer: nothing of this ends the session.
bool UpdateDecoder::obeys_operator(const RawAttribute& raw) {
  const auto note = [&](Grade grade, std::string_view what) {
    draft_.note(
        {grade, raw.code, fmt::format("{}: {}, as configured", attribute_name(raw.code), what), true});
  };
  if (draft_.rules.treat_as_withdraw[raw.code]) note(Grade::TreatAsWithdraw, "its routes are not wanted");
  if (draft_.rules.discard[raw.code]) note(Grade::AttributeDiscard, "discarded");
  return draft_.rules.treat_as_withdraw[raw.code] || draft_.rules.discard[raw.code];
}

// RFC 4271 §5. RFC-DEVIATION from §6.3: an unknown well-known attribute would end the session by the letter
// of 2006; its routes are all located, so RFC 7606 §1's aim is served better by taking just them away.
void UpdateDecoder::keep_unknown(const RawAttribute& raw) {
  if ((raw.flags & attribute_flag::kOptional) == 0) {
    draft_.fault(Grade::TreatAsWithdraw, raw.code,
                 {subcode::kUnrecognizedWellKnownAttribute,
                  fmt::format("attribute {} claims to be well-known, but we do not know it", raw.code)},
                 raw.whole);
    return;
  }
  if ((raw.flags & attribute_flag::kTransitive) == 0) return;
  constexpr std::uint8_t kFlags = attribute_flag::kOptionalTransitive | attribute_flag::kPartial;
  draft_.update.attributes.unknown.push_back({kFlags, raw.code, {raw.value.begin(), raw.value.end()}});
}

// RFC 7606 §3 (d).
void UpdateDecoder::check_mandatory(bool has_nlri_field) {
  if (draft_.update.reach.empty()) return;
  const auto require = [this](std::uint8_t code) {
    if (seen_[code]) return;
    draft_.fault(Grade::TreatAsWithdraw, code,
                 {subcode::kMissingWellKnownAttribute, fmt::format("{} is missing", attribute_name(code))},
                 std::span(&code, 1));
  };
  require(attribute_code::kOrigin);
  require(attribute_code::kAsPath);
  if (has_nlri_field && draft_.codec.families.contains(Family::Ipv4Unicast))
    require(attribute_code::kNextHop);
  if (draft_.rules.ibgp) require(attribute_code::kLocalPref);
}

// RFC 4271 §6.3; without an NLRI field NEXT_HOP is to be ignored (RFC 4760 §3).
void UpdateDecoder::check_next_hop() {
  if (!draft_.next_hop || is_usable_next_hop(*draft_.next_hop, draft_.rules)) return;
  draft_.fault(Grade::TreatAsWithdraw, attribute_code::kNextHop,
               {subcode::kInvalidNextHop,
                fmt::format("NEXT_HOP: {} is no address of a host", to_string(*draft_.next_hop))});
}

// RFC 6793 §4.2.3. Both end here, and their Partial bits with them: whoever needs such ones again makes them
// new.
void UpdateDecoder::merge_as4() {
  PathAttributes& attributes = draft_.update.attributes;
  attributes.partial.erase(attribute_code::kAs4Path);
  attributes.partial.erase(attribute_code::kAs4Aggregator);
  if (attributes.aggregator && draft_.as4_aggregator) {
    // An old speaker has aggregated since: what the four-octet attributes say is about an older path.
    if (attributes.aggregator->as != kAsTrans) return;
    attributes.aggregator = draft_.as4_aggregator;
  }
  if (!draft_.as4_path || draft_.as4_path->length() > attributes.as_path.length()) return;
  attributes.as_path = merge_as4_path(attributes.as_path, *draft_.as4_path);
}

// RFC 4271 §4.3: a prefix both withdrawn and announced is announced.
void UpdateDecoder::let_announcements_win() {
  const auto& reach = draft_.update.reach;
  auto& unreach = draft_.update.unreach;
  if (reach.empty() || unreach.empty()) return;
  std::vector<Nlri> announced;
  for (const Reach& each : reach) announced.insert(announced.end(), each.nlri.begin(), each.nlri.end());
  std::sort(announced.begin(), announced.end());
  for (Unreach& each : unreach)
    std::erase_if(each.nlri, [&](const Nlri& nlri) {
      return std::binary_search(announced.begin(), announced.end(), nlri);
    });
  std::erase_if(unreach, [](const Unreach& each) { return each.nlri.empty(); });
}

void UpdateDecoder::withdraw_everything() {
  Update& update = draft_.update;
  for (Reach& each : update.reach) update.unreach.push_back({each.family, std::move(each.nlri)});
  update.reach.clear();
  update.attributes = {};
}

// RFC 4724 §2.
std::optional<Family> UpdateDecoder::end_of_rib(bool all_fields_empty) const {
  if (!all_fields_empty || !draft_.update.faults.empty()) return std::nullopt;
  if (seen_.none() && draft_.codec.families.contains(Family::Ipv4Unicast)) return Family::Ipv4Unicast;
  if (seen_.count() == 1) return draft_.empty_mp_unreach;
  return std::nullopt;
}

}  // namespace

Result<Update> decode_update(ByteView body, const UpdateCodec& codec, const UpdateRules& rules) {
  return UpdateDecoder(codec, rules).decode(body);
}

}  // namespace lbgp::wire
