// SPDX-License-Identifier: Apache-2.0
// The body of an UPDATE on a session of any kind. Whatever is accepted is written again, within the
// negotiated size, as UPDATEs that say the same.
#include <algorithm>

#include "tests/fuzz/oracle.hpp"
#include "wire/framer.hpp"
#include "wire/update.hpp"

namespace {

using namespace lbgp::wire;
using lbgp::fuzz::expect;

// The first two octets of the input choose the session.
UpdateCodec codec_of(std::uint8_t bits) {
  UpdateCodec codec;
  codec.four_octet_as = (bits & 0x01) != 0;
  codec.extended_messages = (bits & 0x02) != 0;
  if ((bits & 0x04) == 0) codec.families.insert(Family::Ipv4Unicast);
  if ((bits & 0x08) == 0) codec.families.insert(Family::Ipv6Unicast);
  if ((bits & 0x10) != 0) codec.add_path_receive.insert(Family::Ipv4Unicast);
  if ((bits & 0x20) != 0) codec.add_path_receive.insert(Family::Ipv6Unicast);
  if ((bits & 0x40) != 0) codec.extended_next_hop.insert(Family::Ipv4Unicast);
  codec.add_path_send = codec.add_path_receive;
  return codec;
}

UpdateRules rules_of(std::uint8_t bits) {
  UpdateRules rules;
  rules.ibgp = (bits & 0x01) != 0;
  rules.confederation_member = (bits & 0x02) != 0;
  rules.allow_as_set = (bits & 0x04) != 0;
  rules.loopback_peer = (bits & 0x08) != 0;
  return rules;
}

// AS4_PATH has no room for confederation segments (RFC 6793 §3): what they held is lost on the way.
bool survives(const AsPath& path, const UpdateCodec& codec) {
  return codec.four_octet_as ||
         std::all_of(path.segments().begin(), path.segments().end(), [](const AsSegment& segment) {
           const bool confederation =
               segment.type == SegmentType::AsConfedSequence || segment.type == SegmentType::AsConfedSet;
           return !confederation;
         });
}

Update read_back(ByteView message, const UpdateCodec& codec, const UpdateRules& rules) {
  expect(message.size() <= codec.max_message_size(), "a message fits");
  Framer framer;
  framer.allow_extended_messages(codec.extended_messages);
  framer.append(message);
  const auto frame = framer.next();
  expect(frame.has_value() && frame->has_value(), "a message has a good header");
  const auto update = decode_update((*frame)->body, codec, rules);
  expect(update.has_value(), "what we write we can read");
  expect(update->faults.empty(), "what we write is without fault");
  expect(framer.pending().empty(), "nothing is behind the message");
  return *update;
}

// Writes `nlri` message by message; `check` gets each one and the routes that are in it.
template <typename Writer, typename Check>
void write(Writer& writer, const std::vector<Nlri>& nlri, Check check) {
  std::vector<Nlri> written;
  const auto finish = [&] {
    Bytes message;
    writer.finish(message);
    check(message, written);
    written.clear();
  };
  for (const Nlri& each : nlri) {
    if (!writer.add(each)) {
      if (writer.empty()) return;  // the attributes leave no room
      finish();
      expect(writer.add(each), "what fits a full message fits an empty one");
    }
    written.push_back(each);
  }
  finish();
}

void check_reach(const Update& update, const Reach& reach, const UpdateCodec& codec,
                 const UpdateRules& rules) {
  expect(!reach.nlri.empty() && codec.families.contains(reach.family), "an announcement is of our families");
  const Bytes block = encode_attributes(update.attributes, codec);
  UpdateWriter writer(codec, reach.family, block, reach.next_hop);
  write(writer, reach.nlri, [&](const Bytes& message, const std::vector<Nlri>& written) {
    const Update back = read_back(message, codec, rules);
    expect(back.unreach.empty() && back.reach.size() == 1, "an announcement is an announcement");
    expect(back.reach[0] == Reach{reach.family, reach.next_hop, written}, "the same routes");
    if (survives(update.attributes.as_path, codec))
      expect(back.attributes == update.attributes, "the same attributes");
  });
}

void check_unreach(const Unreach& unreach, const UpdateCodec& codec, const UpdateRules& rules) {
  expect(!unreach.nlri.empty() && codec.families.contains(unreach.family), "a withdrawal is of our families");
  WithdrawWriter writer(codec, unreach.family);
  write(writer, unreach.nlri, [&](const Bytes& message, const std::vector<Nlri>& written) {
    const Update back = read_back(message, codec, rules);
    expect(back.reach.empty() && back.unreach == std::vector<Unreach>{{unreach.family, written}},
           "the same withdrawals");
  });
}

void check_refusal(const Error& error) {
  expect(error.notification.code == ErrorCode::UpdateMessage, "the error is about an UPDATE");
  expect(!error.reason.empty() && error.reason.find('\n') == std::string::npos, "a reason of one line");
  expect(encode(error.notification).size() <= kMaxMessageSize, "the answer fits");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const UpdateCodec codec = codec_of(data[0]);
  const UpdateRules rules = rules_of(data[1]);
  const ByteView body(data + 2, size - 2);
  if (body.size() > codec.max_message_size() - kHeaderSize) return 0;

  const auto result = decode_update(body, codec, rules);
  if (!result) {
    check_refusal(result.error());
    return 0;
  }
  const Update& update = *result;
  for (const UpdateFault& fault : update.faults) {
    expect(fault.grade != Grade::SessionReset, "what ends the session is an error");
    expect(!fault.reason.empty() && fault.reason.find('\n') == std::string::npos,
           "a fault has a reason of one line");
    expect(fault.grade != Grade::TreatAsWithdraw || update.treat_as_withdraw, "the strongest fault decides");
  }
  if (update.treat_as_withdraw)
    expect(update.reach.empty() && !update.faults.empty() && update.attributes == PathAttributes{},
           "nothing is left of what is treated as withdraw");
  if (update.end_of_rib)
    expect(update.reach.empty() && update.unreach.empty() && codec.families.contains(*update.end_of_rib),
           "an End-of-RIB has nothing beside it");
  for (const Reach& reach : update.reach) check_reach(update, reach, codec, rules);
  for (const Unreach& unreach : update.unreach) check_unreach(unreach, codec, rules);
  return 0;
}
