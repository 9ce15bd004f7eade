// SPDX-License-Identifier: Apache-2.0
// UPDATE: what is in one, how it is read with the grades of RFC 7606, and how it is packed.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/error.hpp"
#include "wire/family.hpp"
#include "wire/message.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::wire {

// What the OPENs settled, as far as the bytes of an UPDATE are concerned.
struct UpdateCodec {
  bool four_octet_as = false;       // RFC 6793: both sides are NEW speakers
  bool extended_messages = false;   // RFC 8654
  FamilySet families;               // negotiated (RFC 4760)
  FamilySet add_path_receive;       // peer sends path identifiers (RFC 7911)
  FamilySet add_path_send;          // we send path identifiers
  FamilySet extended_next_hop;      // RFC 8950: an IPv6 next hop for these (IPv4) families
  bool operator==(const UpdateCodec&) const = default;
  [[nodiscard]] std::size_t max_message_size() const {
    return extended_messages ? kMaxExtendedMessageSize : kMaxMessageSize;
  }
};

// A set of path attributes, by type code.
using AttributeCodes = std::bitset<256>;

// What reading needs to know of the session beyond the codec.
struct UpdateRules {
  bool ibgp = false;
  bool confederation_member = false;  // the peer is in our confederation (RFC 5065)
  bool allow_as_set = false;          // RFC 9774: treat AS_SET as withdraw unless allowed
  bool loopback_peer = false;         // the session runs over loopback: a loopback next hop is no martian there
  bool aigp = false;                  // RFC 7311 §3.3: enabled on an external session; on internal ones it always is
  // What the operator does not want to see: attributes that are as if they had not come, whatever is in them, and
  // such that take their routes away.
  AttributeCodes discard;
  AttributeCodes treat_as_withdraw;
  bool operator==(const UpdateRules&) const = default;
};

struct Reach {
  Family family = Family::Ipv4Unicast;
  NextHop next_hop;
  std::vector<Nlri> nlri;
  bool operator==(const Reach&) const = default;
};

struct Unreach {
  Family family = Family::Ipv4Unicast;
  std::vector<Nlri> nlri;
  bool operator==(const Unreach&) const = default;
};

// RFC 7606 §2, weakest first. SessionReset never appears in a decoded Update: it is the error of decode_update.
enum class Grade : std::uint8_t { AttributeDiscard, TreatAsWithdraw, SessionReset };

// One thing that was wrong with an UPDATE and did not end the session.
struct UpdateFault {
  Grade grade = Grade::AttributeDiscard;
  std::uint8_t attribute = 0;  // type code; 0 when no attribute is meant
  std::string reason;
  bool configured = false;  // the operator's wish (UpdateRules), no error of the peer
  bool operator==(const UpdateFault&) const = default;
};

// A decoded UPDATE. `attributes.next_hop` is unset: each Reach has its own. When treat_as_withdraw is set,
// what would have been in `reach` stands in `unreach` instead.
struct Update {
  PathAttributes attributes;
  std::vector<Reach> reach;
  std::vector<Unreach> unreach;
  std::optional<Family> end_of_rib;  // RFC 4724 §2
  std::vector<UpdateFault> faults;
  bool treat_as_withdraw = false;
  bool operator==(const Update&) const = default;
};

[[nodiscard]] Result<Update> decode_update(ByteView body, const UpdateCodec& codec, const UpdateRules& rules);

// The path attributes but NEXT_HOP and the MP attributes, ready for any UPDATE of such a session, in the order
// of their type codes (RFC 4271 §5). AS_PATH is written for two-octet peers with AS4_PATH beside it where needed.
// What must not leave on such a session (LOCAL_PREF on eBGP, …) is for the caller to clear: this function writes
// what it is given.
[[nodiscard]] Bytes encode_attributes(const PathAttributes& attributes, const UpdateCodec& codec);

// Prefixes encoded one behind the other, in a buffer that is used again for every message.
class NlriList {
 public:
  // False: there would be more than `capacity` octets.
  [[nodiscard]] bool add(const Nlri& nlri, bool add_path, std::size_t capacity);
  [[nodiscard]] ByteView octets() const { return ByteView(buffer_).first(size_); }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }

 private:
  Bytes buffer_;
  std::size_t size_ = 0;
};

// Builds the UPDATEs of one family and one set of attributes, message by message.
//   UpdateWriter writer(codec, family, block, next_hop);
//   while (writer.add(nlri)) …        false: does not fit any more (or never: empty() is still true)
//   writer.finish(out);               appends one whole message to `out` and starts the next one
// It never fits when the attributes leave no room, when the prefix is of another family, and when the next hop
// cannot stand beside the family on such a session.
// IPv4 unicast with an IPv4 next hop goes the classic way (NEXT_HOP and the NLRI field), everything else into
// MP_REACH_NLRI, which is the first attribute (RFC 7606 §5.1).
class UpdateWriter {
 public:
  UpdateWriter(const UpdateCodec& codec, Family family, ByteView attribute_block, const NextHop& next_hop);
  [[nodiscard]] bool add(const Nlri& nlri);
  [[nodiscard]] bool empty() const { return nlri_.empty(); }
  void finish(Bytes& out);

 private:
  Family family_;
  bool classic_ = false;      // NEXT_HOP and the NLRI field instead of MP_REACH_NLRI
  bool add_path_ = false;
  std::size_t capacity_ = 0;  // octets of NLRI that fit one message; 0: none ever will
  Bytes head_;                // every message up to its NLRI, lengths still open
  Bytes tail_;                // the attributes behind MP_REACH_NLRI
  NlriList nlri_;
};

// The same for withdrawals.
class WithdrawWriter {
 public:
  WithdrawWriter(const UpdateCodec& codec, Family family);
  [[nodiscard]] bool add(const Nlri& nlri);
  [[nodiscard]] bool empty() const { return nlri_.empty(); }
  void finish(Bytes& out);

 private:
  Family family_;
  bool add_path_ = false;
  std::size_t capacity_ = 0;
  NlriList nlri_;
};

[[nodiscard]] Bytes encode_end_of_rib(Family family);

}  // namespace lbgp::wire
