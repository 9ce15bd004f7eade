// SPDX-License-Identifier: Apache-2.0
// BFD Control packets: the octets of RFC 5880 §4.1, and which of them are refused (§6.8.6).
#include "wire/bfd_packet.hpp"
#include "tests/wire/octets.hpp"

using namespace lbgp::wire;
using namespace lbgp::wire::test;
using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

// Up, control detection time expired, P and D, 3 × 300 ms, discriminators 0x11223344 and 0x55667788.
const char* const kOctets = "21 e2 03 18 11223344 55667788 000493e0 000493e0 0000c350";

const BfdPacket kPacket{.diagnostic = BfdDiagnostic::ControlDetectionTimeExpired,
                        .state = BfdState::Up,
                        .poll = true,
                        .final = false,
                        .control_plane_independent = false,
                        .demand = true,
                        .detect_mult = 3,
                        .my_discriminator = 0x11223344,
                        .your_discriminator = 0x55667788,
                        .desired_min_tx = milliseconds(300),
                        .required_min_rx = milliseconds(300),
                        .required_min_echo_rx = milliseconds(50)};

Bytes written(const BfdPacket& packet) {
  const auto octets = encode(packet);
  return {octets.begin(), octets.end()};
}

std::optional<BfdPacket> read(const Bytes& octets) {
  const auto decoded = decode_bfd(octets);
  const auto* packet = std::get_if<BfdPacket>(&decoded);
  return packet == nullptr ? std::nullopt : std::optional(*packet);
}

std::optional<BfdDiscard> refused(const Bytes& octets) {
  const auto decoded = decode_bfd(octets);
  const auto* reason = std::get_if<BfdDiscard>(&decoded);
  return reason == nullptr ? std::nullopt : std::optional(*reason);
}

Bytes with(std::size_t at, unsigned octet) {
  Bytes octets = hex(kOctets);
  octets.at(at) = static_cast<std::uint8_t>(octet);
  return octets;
}

}  // namespace

TEST_CASE("A BFD Control packet, octet by octet", "[rfc5880-4.1]") {
  CHECK(written(kPacket) == hex(kOctets));
  CHECK(read(hex(kOctets)) == kPacket);
}

TEST_CASE("Each bit of a BFD Control packet has its place", "[rfc5880-4.1]") {
  const auto second = [](const BfdPacket& packet) { return written(packet)[1]; };
  CHECK(second({.state = BfdState::AdminDown}) == 0x00);
  CHECK(second({.state = BfdState::Down}) == 0x40);
  CHECK(second({.state = BfdState::Init}) == 0x80);
  CHECK(second({.state = BfdState::Up}) == 0xc0);
  CHECK(second({.state = BfdState::AdminDown, .poll = true}) == 0x20);
  CHECK(second({.state = BfdState::AdminDown, .final = true}) == 0x10);
  CHECK(second({.state = BfdState::AdminDown, .control_plane_independent = true}) == 0x08);
  CHECK(second({.state = BfdState::AdminDown, .demand = true}) == 0x02);
  for (unsigned flags = 0; flags < 256; ++flags) {
    const auto packet = read(with(1, flags & 0xfaU));  // neither A nor M
    REQUIRE(packet.has_value());
    CHECK(second(*packet) == (flags & 0xfaU));
  }
}

TEST_CASE("Times longer than 32 bits of microseconds are written as the longest", "[rfc5880-4.1]") {
  const Bytes octets =
      written({.desired_min_tx = std::chrono::hours(2), .required_min_rx = microseconds(-1)});
  CHECK(Bytes(octets.begin() + 12, octets.begin() + 20) == hex("ffffffff 00000000"));
}

TEST_CASE("What RFC 5880 says to discard is discarded, with the reason", "[rfc5880-6.8.6]") {
  CHECK(refused(with(0, 0x01)) == BfdDiscard::Version);
  CHECK(refused(with(0, 0x41)) == BfdDiscard::Version);
  CHECK(refused(with(3, 23)) == BfdDiscard::Length);
  CHECK(refused(with(3, 25)) == BfdDiscard::Length);  // more than there is
  CHECK(refused(with(2, 0)) == BfdDiscard::DetectMult);
  CHECK(refused(with(1, 0xc1)) == BfdDiscard::Multipoint);
  CHECK(refused(hex("20 c0 03 18 00000000 55667788 000493e0 000493e0 00000000")) ==
        BfdDiscard::MyDiscriminator);
  for (std::size_t size = 0; size < kBfdPacketSize; ++size) {
    Bytes octets = hex(kOctets);
    octets.resize(size);
    CHECK(refused(octets) == BfdDiscard::Length);
  }
}

TEST_CASE("Without Your Discriminator a peer can only be Down", "[rfc5880-6.8.6]") {
  const auto nobody = [](unsigned state) {
    Bytes octets = with(1, state << 6);
    std::fill(octets.begin() + 8, octets.begin() + 12, std::uint8_t{0});
    return octets;
  };
  CHECK(read(nobody(0)).has_value());
  CHECK(read(nobody(1)).has_value());
  CHECK(refused(nobody(2)) == BfdDiscard::YourDiscriminator);
  CHECK(refused(nobody(3)) == BfdDiscard::YourDiscriminator);
}

TEST_CASE("Authenticated packets are discarded: no authentication is in use", "[rfc5880-6.8.6]") {
  const Bytes simple_password =
      join({hex("20 c4 03 1b 11223344 55667788 000493e0 000493e0 00000000"), hex("01 03 61")});
  CHECK(refused(simple_password) == BfdDiscard::Authentication);
  CHECK(refused(with(1, 0xc4)) == BfdDiscard::Length);  // §6.8.6: 26 octets at least, with the A bit
  CHECK(to_string(BfdDiscard::Authentication).find("not supported") != std::string_view::npos);
}

TEST_CASE("What follows the packet's own length is ignored", "[rfc5880-6.8.6]") {
  CHECK(read(join({hex(kOctets), hex("00 00 00")})) == kPacket);
}

TEST_CASE("Diagnostics are named as FRR names them, unknown ones too", "[rfc5880-4.1]") {
  CHECK(to_string(BfdDiagnostic::None) == "ok");
  CHECK(to_string(BfdDiagnostic::ControlDetectionTimeExpired) == "control detection time expired");
  CHECK(to_string(BfdDiagnostic::NeighborSignaledSessionDown) == "neighbor signaled session down");
  CHECK(to_string(BfdDiagnostic::AdministrativelyDown) == "administratively down");
  CHECK(to_string(BfdDiagnostic::ReverseConcatenatedPathDown) == "reverse concatenated path down");
  CHECK(to_string(static_cast<BfdDiagnostic>(31)) == "unknown");
}
