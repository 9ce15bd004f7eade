// SPDX-License-Identifier: Apache-2.0
// Packing prefixes into UPDATEs (RFC 4271 §4.3, RFC 4760 §3-4).
#include <algorithm>

#include "wire/attribute.hpp"
#include "wire/header.hpp"
#include "wire/next_hop_codec.hpp"
#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

constexpr std::size_t kLengthField = 2;
constexpr std::size_t kAttributesAt = kHeaderSize + 2 * kLengthField;  // of a message that withdraws nothing
constexpr std::size_t kMpLengthAt = kAttributesAt + 2;                 // of an MP attribute that comes first

constexpr std::uint8_t kMpFlags = attribute_flag::kOptionalNonTransitive | attribute_flag::kExtendedLength;

void write_family(Writer& out, Family family) {
  out.u16(afi_safi(family).afi);
  out.u8(afi_safi(family).safi);
}

// Where an attribute of `code` belongs in a block that is in order of codes.
[[nodiscard]] std::size_t place_of(std::uint8_t code, ByteView block) {
  Reader in(block);
  while (!in.at_end()) {
    const std::size_t place = block.size() - in.remaining();
    const std::uint8_t flags = in.u8();
    if (in.u8() > code) return place;
    in.skip((flags & attribute_flag::kExtendedLength) != 0 ? in.u16() : in.u8());
  }
  return block.size();
}

[[nodiscard]] std::size_t room(std::size_t limit, std::size_t used) {
  return limit - std::min(limit, used);
}

}  // namespace

UpdateWriter::UpdateWriter(const UpdateCodec& codec, Family family, ByteView attribute_block,
                           const NextHop& next_hop)
    : family_(family),
      classic_(family == Family::Ipv4Unicast && next_hop.address.is_v4()),
      add_path_(codec.add_path_send.contains(family)) {
  if (!may_carry(codec, family, next_hop.address)) return;  // no capacity: nothing ever fits
  constexpr std::size_t kNextHop = 64;                      // and what stands in front of it
  head_.reserve(kAttributesAt + attribute_block.size() + kNextHop);
  Writer out(head_);
  write_header(out, MessageType::Update, 0);
  out.u16(0);  // withdrawn routes
  out.u16(0);
  if (classic_) {
    const std::size_t place = place_of(attribute_code::kNextHop, attribute_block);
    out.octets(attribute_block.first(place));
    AttributeWriter(head_).attribute(attribute_flag::kWellKnown, attribute_code::kNextHop,
                                     [&](Writer& value) { value.octets(next_hop.address.bytes()); });
    out.octets(attribute_block.subspan(place));
  } else {
    out.u8(kMpFlags);
    out.u8(attribute_code::kMpReachNlri);
    out.u16(0);
    write_family(out, family);
    write_next_hop(out, next_hop);
    out.u8(0);  // reserved
    tail_.assign(attribute_block.begin(), attribute_block.end());
  }
  capacity_ = room(codec.max_message_size(), head_.size() + tail_.size());
}

bool UpdateWriter::add(const Nlri& nlri) {
  return nlri.prefix.family() == family_ && nlri_.add(nlri, add_path_, capacity_);
}

void UpdateWriter::finish(Bytes& out) {
  if (nlri_.empty()) return;
  const std::size_t begin = out.size();
  const ByteView nlri = nlri_.octets();
  Writer writer(out);
  writer.octets(head_);
  writer.octets(nlri);
  writer.octets(tail_);

  const std::size_t size = out.size() - begin;
  const std::size_t behind_attributes = classic_ ? nlri.size() : 0;
  writer.patch16(begin + kMarkerSize, size);
  writer.patch16(begin + kAttributesAt - kLengthField, size - kAttributesAt - behind_attributes);
  if (!classic_) writer.patch16(begin + kMpLengthAt, size - tail_.size() - kMpLengthAt - kLengthField);
  nlri_.clear();
}

WithdrawWriter::WithdrawWriter(const UpdateCodec& codec, Family family)
    : family_(family), add_path_(codec.add_path_send.contains(family)) {
  // MP_UNREACH_NLRI: flags, code, two octets of length, AFI, SAFI.
  constexpr std::size_t kMpUnreachHead = 7;
  const std::size_t head = family == Family::Ipv4Unicast ? 0 : kMpUnreachHead;
  capacity_ = room(codec.max_message_size(), kAttributesAt + head);
}

bool WithdrawWriter::add(const Nlri& nlri) {
  return nlri.prefix.family() == family_ && nlri_.add(nlri, add_path_, capacity_);
}

void WithdrawWriter::finish(Bytes& out) {
  if (nlri_.empty()) return;
  const std::size_t begin = out.size();
  Writer writer(out);
  write_header(writer, MessageType::Update, 0);
  if (family_ == Family::Ipv4Unicast) {
    writer.sized16([&] { writer.octets(nlri_.octets()); });
    writer.u16(0);  // path attributes
  } else {
    writer.u16(0);  // withdrawn routes
    writer.sized16([&] {
      writer.u8(kMpFlags);
      writer.u8(attribute_code::kMpUnreachNlri);
      writer.sized16([&] {
        write_family(writer, family_);
        writer.octets(nlri_.octets());
      });
    });
  }
  writer.patch16(begin + kMarkerSize, out.size() - begin);
  nlri_.clear();
}

Bytes encode_end_of_rib(Family family) {
  return make_message(MessageType::Update, [&](Writer& out) {
    out.u16(0);  // withdrawn routes
    out.sized16([&] {
      if (family == Family::Ipv4Unicast) return;
      out.u8(attribute_flag::kOptionalNonTransitive);
      out.u8(attribute_code::kMpUnreachNlri);
      out.sized8([&] { write_family(out, family); });
    });
  });
}

}  // namespace lbgp::wire
