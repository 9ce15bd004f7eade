// SPDX-License-Identifier: Apache-2.0
// BFD Control packets, one after another, given to one session: what is accepted is written again as it was,
// and no sequence of packets and pauses brings the session to promise or to do what RFC 5880 forbids.
#include <algorithm>
#include <chrono>

#include "fsm/bfd_session.hpp"
#include "tests/fuzz/oracle.hpp"
#include "wire/bfd_packet.hpp"

namespace {

using namespace lbgp;
using namespace std::chrono_literals;
using fuzz::expect;

void check_packet(const wire::BfdPacket& packet) {
  const auto octets = wire::encode(packet);
  const auto back = wire::decode_bfd(octets);
  const auto* again = std::get_if<wire::BfdPacket>(&back);
  expect(again != nullptr && *again == packet, "what is read is written as it was");
}

void check_output(const fsm::BfdSession& session, const fsm::BfdOutput& output) {
  if (!output.packet) return;
  const wire::BfdPacket& packet = *output.packet;
  expect(!(packet.poll && packet.final), "a packet is a question or an answer (RFC 5880 §6.5)");
  expect(packet.my_discriminator == session.discriminator(), "a packet says whose it is");
  expect(packet.detect_mult != 0, "the multiplier is never zero");
  expect(packet.state == wire::BfdState::Up || packet.desired_min_tx >= 1s,
         "slow while not Up (RFC 5880 §6.8.3)");
  expect(packet.your_discriminator != 0 || packet.state < wire::BfdState::Init,
         "who has heard nobody is Down (RFC 5880 §6.8.6)");
}

}  // namespace

// Records of an octet of pause (in tens of milliseconds) and 24 octets of packet; the last one may be
// shorter.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::uint32_t kDiscriminator = 0x11223344;
  wire::ByteView left(data, size);
  fsm::TimePoint now{};
  fsm::BfdSession session(fsm::BfdSettings{}, kDiscriminator, {now, 0.75});
  while (!left.empty()) {
    const fsm::TimePoint next = now + 10ms * left.front();
    left = left.subspan(1);
    for (int steps = 0; session.next_deadline() && *session.next_deadline() <= next; ++steps) {
      expect(steps < 100000, "deadlines move on");
      now = std::max(now, *session.next_deadline());
      check_output(session, session.on_time({now, 0.75}));
      expect(!session.next_deadline() || *session.next_deadline() > now, "a deadline that was met is gone");
    }
    now = next;
    const auto decoded = wire::decode_bfd(left.first(std::min(left.size(), wire::kBfdPacketSize)));
    left = left.subspan(std::min(left.size(), wire::kBfdPacketSize));
    const auto* packet = std::get_if<wire::BfdPacket>(&decoded);
    if (packet == nullptr) {
      expect(!to_string(std::get<wire::BfdDiscard>(decoded)).empty(), "a refusal has a reason");
      continue;
    }
    check_packet(*packet);
    const fsm::BfdOutput output = session.on_packet(*packet, {now, 0.75});
    check_output(session, output);
    if (packet->poll)
      expect(output.packet && output.packet->final, "a question is answered at once (RFC 5880 §6.5)");
  }
  return 0;
}
