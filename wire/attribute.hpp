// SPDX-License-Identifier: Apache-2.0
// The path attributes that we know, as one table: what each looks like, what is to be done when it does not,
// who reads and who writes it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wire/update.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

namespace attribute_flag {
inline constexpr std::uint8_t kOptional = 0x80;
inline constexpr std::uint8_t kTransitive = 0x40;
inline constexpr std::uint8_t kPartial = 0x20;
inline constexpr std::uint8_t kExtendedLength = 0x10;
// Where each kind of attribute stands (RFC 4271 §5).
inline constexpr std::uint8_t kWellKnown = kTransitive;
inline constexpr std::uint8_t kOptionalTransitive = kOptional | kTransitive;
inline constexpr std::uint8_t kOptionalNonTransitive = kOptional;
}  // namespace attribute_flag

namespace attribute_code {
inline constexpr std::uint8_t kOrigin = 1;
inline constexpr std::uint8_t kAsPath = 2;
inline constexpr std::uint8_t kNextHop = 3;
inline constexpr std::uint8_t kMultiExitDisc = 4;
inline constexpr std::uint8_t kLocalPref = 5;
inline constexpr std::uint8_t kAtomicAggregate = 6;
inline constexpr std::uint8_t kAggregator = 7;
inline constexpr std::uint8_t kCommunities = 8;
inline constexpr std::uint8_t kOriginatorId = 9;
inline constexpr std::uint8_t kClusterList = 10;
inline constexpr std::uint8_t kMpReachNlri = 14;
inline constexpr std::uint8_t kMpUnreachNlri = 15;
inline constexpr std::uint8_t kExtendedCommunities = 16;
inline constexpr std::uint8_t kAs4Path = 17;
inline constexpr std::uint8_t kAs4Aggregator = 18;
inline constexpr std::uint8_t kIpv6ExtendedCommunities = 25;
inline constexpr std::uint8_t kAigp = 26;
inline constexpr std::uint8_t kLargeCommunities = 32;
inline constexpr std::uint8_t kOnlyToCustomer = 35;
}  // namespace attribute_code

struct UpdateDraft;

// How long a value may be.
struct LengthRule {
  enum class Kind : std::uint8_t { Any, Exactly, MultipleOf };  // a multiple is at least one
  Kind kind = Kind::Any;
  std::uint16_t octets = 0;
  [[nodiscard]] constexpr bool accepts(std::size_t size) const {
    switch (kind) {
      case Kind::Any:
        return true;
      case Kind::Exactly:
        return size == octets;
      case Kind::MultipleOf:
        return size != 0 && size % octets == 0;
    }
    return false;
  }
};

// From whom an attribute is listened to; from others it is discarded, unread.
enum class Source : std::uint8_t {
  Any,
  Internal,                 // iBGP only
  InternalOrConfederation,  // iBGP and peers in our confederation (RFC 5065)
  AigpSession,              // those, and external peers where the operator says so (RFC 7311 §3.3)
};

// Reads a value of acceptable length. Returns why it is malformed; an empty text means that it is fine.
using AttributeDecoder = std::string (*)(ByteView value, UpdateDraft& draft);
// Writes one attribute, header included, if the route has it.
class AttributeWriter;
using AttributeEncoder = void (*)(AttributeWriter& out, const PathAttributes& attributes,
                                  const UpdateCodec& codec);

struct AttributeSpec {
  std::uint8_t code = 0;
  std::string_view name;
  std::uint8_t flags = 0;  // Optional and Transitive as they have to be
  LengthRule length;
  Grade malformed = Grade::TreatAsWithdraw;    // RFC 7606 §7
  Grade wrong_flags = Grade::TreatAsWithdraw;  // RFC 7606 §3 (c)
  Source source = Source::Any;
  std::uint8_t value_subcode = 0;  // for a bad value; a bad length is always Attribute Length Error
  AttributeDecoder decode = nullptr;
  AttributeEncoder encode = nullptr;  // none: written elsewhere (NEXT_HOP and the MP attributes)
};

// By code, ascending.
[[nodiscard]] std::span<const AttributeSpec> attribute_specs();
// nullptr: unknown to us.
[[nodiscard]] const AttributeSpec* find_attribute(std::uint8_t code);
// "ORIGIN", or "attribute 99".
[[nodiscard]] std::string attribute_name(std::uint8_t code);

// Writes attributes with the shortest length field that does, and the Partial bit on those of `partial`.
class AttributeWriter {
 public:
  explicit AttributeWriter(Bytes& out, PartialSet partial = {}) : bytes_(out), out_(out), partial_(partial) {}

  template <typename Body>
  void attribute(std::uint8_t flags, std::uint8_t code, Body&& body) {
    const std::size_t begin = bytes_.size();
    if (partial_.contains(code)) flags |= attribute_flag::kPartial;
    out_.u8(flags & static_cast<std::uint8_t>(~attribute_flag::kExtendedLength));
    out_.u8(code);
    out_.u8(0);
    body(out_);
    set_length(begin);
  }

 private:
  void set_length(std::size_t begin);

  Bytes& bytes_;
  Writer out_;
  PartialSet partial_;
};

namespace decode {
std::string origin(ByteView value, UpdateDraft& draft);
std::string as_path(ByteView value, UpdateDraft& draft);
std::string next_hop(ByteView value, UpdateDraft& draft);
std::string multi_exit_disc(ByteView value, UpdateDraft& draft);
std::string local_pref(ByteView value, UpdateDraft& draft);
std::string atomic_aggregate(ByteView value, UpdateDraft& draft);
std::string aggregator(ByteView value, UpdateDraft& draft);
std::string communities(ByteView value, UpdateDraft& draft);
std::string originator_id(ByteView value, UpdateDraft& draft);
std::string cluster_list(ByteView value, UpdateDraft& draft);
std::string mp_reach_nlri(ByteView value, UpdateDraft& draft);
std::string mp_unreach_nlri(ByteView value, UpdateDraft& draft);
std::string extended_communities(ByteView value, UpdateDraft& draft);
std::string as4_path(ByteView value, UpdateDraft& draft);
std::string as4_aggregator(ByteView value, UpdateDraft& draft);
std::string ipv6_extended_communities(ByteView value, UpdateDraft& draft);
std::string aigp(ByteView value, UpdateDraft& draft);
std::string large_communities(ByteView value, UpdateDraft& draft);
std::string only_to_customer(ByteView value, UpdateDraft& draft);
}  // namespace decode

namespace encode_attribute {
void origin(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void as_path(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void multi_exit_disc(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void local_pref(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void atomic_aggregate(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void aggregator(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void communities(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void originator_id(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void cluster_list(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void extended_communities(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void as4_path(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void as4_aggregator(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void ipv6_extended_communities(AttributeWriter& out, const PathAttributes& attributes,
                               const UpdateCodec& codec);
void aigp(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void large_communities(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
void only_to_customer(AttributeWriter& out, const PathAttributes& attributes, const UpdateCodec& codec);
}  // namespace encode_attribute

}  // namespace lbgp::wire
