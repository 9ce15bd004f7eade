// SPDX-License-Identifier: Apache-2.0
// The BFD Control packet (RFC 5880 §4.1).
#include "wire/bfd_packet.hpp"

#include <algorithm>

#include "wire/reader.hpp"
#include "wire/writer.hpp"

namespace lbgp::wire {

namespace {

using std::chrono::microseconds;

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kAuthenticatedSize = 26;  // the least, with an Authentication Section

// The octet behind version and diagnostic: the state, and these.
constexpr std::uint8_t kPoll = 0x20;
constexpr std::uint8_t kFinal = 0x10;
constexpr std::uint8_t kControlPlaneIndependent = 0x08;
constexpr std::uint8_t kAuthenticationPresent = 0x04;
constexpr std::uint8_t kDemand = 0x02;
constexpr std::uint8_t kMultipoint = 0x01;

constexpr std::array<std::string_view, 9> kDiagnostics{"ok",
                                                       "control detection time expired",
                                                       "echo function failed",
                                                       "neighbor signaled session down",
                                                       "forwarding plane reset",
                                                       "path down",
                                                       "concatenated path down",
                                                       "administratively down",
                                                       "reverse concatenated path down"};

constexpr std::array<std::string_view, 7> kDiscards{
    "its version is not 1",
    "its length is wrong",
    "its detection multiplier is zero",
    "the multipoint bit is set",
    "it has no discriminator",
    "it does not say which session it is for",
    "it is authenticated: authentication of BFD is not supported, turn it off on the other side"};

std::uint32_t octets(microseconds time) {
  return static_cast<std::uint32_t>(std::clamp<microseconds::rep>(time.count(), 0, 0xffffffff));
}

}  // namespace

std::string_view to_string(BfdDiagnostic diagnostic) {
  const auto at = static_cast<std::size_t>(diagnostic);
  return at < kDiagnostics.size() ? kDiagnostics[at] : "unknown";
}

std::string_view to_string(BfdDiscard reason) {
  return kDiscards.at(static_cast<std::size_t>(reason));
}

// In the order of RFC 5880 §6.8.6.
std::variant<BfdPacket, BfdDiscard> decode_bfd(ByteView payload) {
  Reader in(payload);
  BfdPacket packet;
  const std::uint8_t first = in.u8();
  const std::uint8_t second = in.u8();
  packet.diagnostic = static_cast<BfdDiagnostic>(first & 0x1f);
  packet.state = static_cast<BfdState>(second >> 6);
  packet.poll = (second & kPoll) != 0;
  packet.final = (second & kFinal) != 0;
  packet.control_plane_independent = (second & kControlPlaneIndependent) != 0;
  packet.demand = (second & kDemand) != 0;
  packet.detect_mult = in.u8();
  const std::size_t length = in.u8();
  packet.my_discriminator = in.u32();
  packet.your_discriminator = in.u32();
  packet.desired_min_tx = microseconds(in.u32());
  packet.required_min_rx = microseconds(in.u32());
  packet.required_min_echo_rx = microseconds(in.u32());
  const bool authenticated = (second & kAuthenticationPresent) != 0;

  if (in.failed()) return BfdDiscard::Length;
  if (first >> 5 != kVersion) return BfdDiscard::Version;
  if (length < (authenticated ? kAuthenticatedSize : kBfdPacketSize)) return BfdDiscard::Length;
  if (length > payload.size()) return BfdDiscard::Length;
  if (packet.detect_mult == 0) return BfdDiscard::DetectMult;
  if ((second & kMultipoint) != 0) return BfdDiscard::Multipoint;
  if (packet.my_discriminator == 0) return BfdDiscard::MyDiscriminator;
  if (packet.your_discriminator == 0 && packet.state > BfdState::Down) return BfdDiscard::YourDiscriminator;
  if (authenticated) return BfdDiscard::Authentication;
  return packet;
}

std::array<std::uint8_t, kBfdPacketSize> encode(const BfdPacket& packet) {
  Bytes bytes;
  bytes.reserve(kBfdPacketSize);
  Writer out(bytes);
  const auto flag = [](bool set, std::uint8_t bit) { return set ? bit : std::uint8_t{0}; };
  out.u8(static_cast<std::uint8_t>(kVersion << 5 | static_cast<std::uint8_t>(packet.diagnostic)));
  out.u8(static_cast<std::uint8_t>(
      static_cast<unsigned>(packet.state) << 6 | flag(packet.poll, kPoll) | flag(packet.final, kFinal) |
      flag(packet.control_plane_independent, kControlPlaneIndependent) | flag(packet.demand, kDemand)));
  out.u8(packet.detect_mult);
  out.u8(kBfdPacketSize);
  out.u32(packet.my_discriminator);
  out.u32(packet.your_discriminator);
  out.u32(octets(packet.desired_min_tx));
  out.u32(octets(packet.required_min_rx));
  out.u32(octets(packet.required_min_echo_rx));
  std::array<std::uint8_t, kBfdPacketSize> result{};
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

}  // namespace lbgp::wire
