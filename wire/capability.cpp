// SPDX-License-Identifier: Apache-2.0
// Capabilities: one reader and one writer per code, and a table that finds them.
#include "wire/capability.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "wire/capability_codec.hpp"
#include "wire/utf8.hpp"

namespace lbgp::wire {

namespace {

using std::chrono::seconds;
using Decoded = std::optional<Capability>;

constexpr std::size_t kMaxValueSize = 255;
constexpr std::uint8_t kForwardingPreserved = 0x80;
constexpr std::uint16_t kRestarting = 0x8000;
constexpr std::uint16_t kNotification = 0x4000;
constexpr std::uint16_t kMaxRestartTime = 0x0fff;

// --- readers: nothing, or less or more than the RFC says, is no such capability
// ------------------------------

[[nodiscard]] AfiSafi read_family(Reader& in) {
  const std::uint16_t afi = in.u16();
  return {afi, in.u8()};
}

template <typename T>
[[nodiscard]] Decoded when_complete(const Reader& in, T&& capability) {
  return in.complete() ? Decoded(std::forward<T>(capability)) : std::nullopt;
}

template <typename T>
[[nodiscard]] Decoded decode_empty(ByteView value) {
  return when_complete(Reader(value), T{});
}

[[nodiscard]] Decoded decode_multiprotocol(ByteView value) {
  Reader in(value);
  MultiprotocolCapability capability;
  capability.family.afi = in.u16();
  in.skip(1);  // reserved: RFC 4760 §8 says to ignore it
  capability.family.safi = in.u8();
  return when_complete(in, capability);
}

[[nodiscard]] Decoded decode_extended_next_hop(ByteView value) {
  Reader in(value);
  ExtendedNextHopCapability capability;
  while (!in.at_end()) {
    const std::uint16_t afi = in.u16();
    const std::uint16_t safi = in.u16();  // RFC 8950 §4 gives the SAFI two octets
    if (safi > 0xff) return std::nullopt;
    const std::uint16_t next_hop_afi = in.u16();
    capability.entries.push_back({{afi, static_cast<std::uint8_t>(safi)}, next_hop_afi});
  }
  return when_complete(in, std::move(capability));
}

[[nodiscard]] Decoded decode_role(ByteView value) {
  Reader in(value);
  const RoleCapability capability{in.u8()};
  return when_complete(in, capability);
}

[[nodiscard]] Decoded decode_graceful_restart(ByteView value) {
  Reader in(value);
  GracefulRestartCapability capability;
  const std::uint16_t flags_and_time = in.u16();
  capability.restarting = (flags_and_time & kRestarting) != 0;
  capability.notification = (flags_and_time & kNotification) != 0;
  capability.restart_time = seconds(flags_and_time & kMaxRestartTime);
  while (!in.at_end()) {
    const AfiSafi family = read_family(in);
    capability.families.push_back({family, (in.u8() & kForwardingPreserved) != 0});
  }
  return when_complete(in, std::move(capability));
}

[[nodiscard]] Decoded decode_four_octet_as(ByteView value) {
  Reader in(value);
  const FourOctetAsCapability capability{AsNumber{in.u32()}};
  return when_complete(in, capability);
}

[[nodiscard]] Decoded decode_add_path(ByteView value) {
  Reader in(value);
  AddPathCapability capability;
  while (!in.at_end()) {
    const AfiSafi family = read_family(in);
    const std::uint8_t direction = in.u8();
    // RFC 7911 §4: 1 receive, 2 send, 3 both; anything else makes the capability one that we do not
    // understand.
    if (direction < 1 || direction > 3) return std::nullopt;
    capability.entries.push_back({family, (direction & 1) != 0, (direction & 2) != 0});
  }
  return when_complete(in, std::move(capability));
}

[[nodiscard]] Decoded decode_long_lived_graceful_restart(ByteView value) {
  Reader in(value);
  LongLivedGracefulRestartCapability capability;
  while (!in.at_end()) {
    const AfiSafi family = read_family(in);
    const bool preserved = (in.u8() & kForwardingPreserved) != 0;
    capability.entries.push_back({family, preserved, seconds(in.u24())});
  }
  return when_complete(in, std::move(capability));
}

// A text in front of which its length stands in one octet. It ends up in logs and tables: what could upset a
// terminal makes it no text.
[[nodiscard]] std::string read_text(Reader& in) {
  const ByteView octets = in.take(in.u8());
  std::string text(octets.begin(), octets.end());
  if (!is_printable(text)) in.fail();
  return text;
}

[[nodiscard]] Decoded decode_fqdn(ByteView value) {
  Reader in(value);
  FqdnCapability capability;
  capability.hostname = read_text(in);
  capability.domainname = read_text(in);
  return when_complete(in, std::move(capability));
}

[[nodiscard]] Decoded decode_software_version(ByteView value) {
  Reader in(value);
  SoftwareVersionCapability capability{read_text(in)};
  return when_complete(in, std::move(capability));
}

// --- writers ----------------------------------------------------------------------------------------------

constexpr std::uint8_t code_of(const MultiprotocolCapability&) {
  return 1;
}
constexpr std::uint8_t code_of(const RouteRefreshCapability&) {
  return 2;
}
constexpr std::uint8_t code_of(const ExtendedNextHopCapability&) {
  return 5;
}
constexpr std::uint8_t code_of(const ExtendedMessageCapability&) {
  return 6;
}
constexpr std::uint8_t code_of(const RoleCapability&) {
  return 9;
}
constexpr std::uint8_t code_of(const GracefulRestartCapability&) {
  return 64;
}
constexpr std::uint8_t code_of(const FourOctetAsCapability&) {
  return 65;
}
constexpr std::uint8_t code_of(const AddPathCapability&) {
  return 69;
}
constexpr std::uint8_t code_of(const EnhancedRouteRefreshCapability&) {
  return 70;
}
constexpr std::uint8_t code_of(const LongLivedGracefulRestartCapability&) {
  return 71;
}
constexpr std::uint8_t code_of(const FqdnCapability&) {
  return 73;
}
constexpr std::uint8_t code_of(const SoftwareVersionCapability&) {
  return 75;
}
constexpr std::uint8_t code_of(const UnknownCapability& capability) {
  return capability.code;
}

void write_family(Writer& out, AfiSafi family) {
  out.u16(family.afi);
  out.u8(family.safi);
}

// The first entries that fit a value which already holds `used` octets.
template <typename Entry>
[[nodiscard]] std::span<const Entry> fitting(const std::vector<Entry>& entries, std::size_t entry_size,
                                             std::size_t used = 0) {
  return std::span(entries).first(std::min(entries.size(), (kMaxValueSize - used) / entry_size));
}

void write_value(Writer& out, const MultiprotocolCapability& capability) {
  out.u16(capability.family.afi);
  out.u8(0);
  out.u8(capability.family.safi);
}
void write_value(Writer&, const RouteRefreshCapability&) {}
void write_value(Writer& out, const ExtendedNextHopCapability& capability) {
  for (const auto& entry : fitting(capability.entries, 6)) {
    out.u16(entry.nlri.afi);
    out.u16(entry.nlri.safi);
    out.u16(entry.next_hop_afi);
  }
}
void write_value(Writer&, const ExtendedMessageCapability&) {}
void write_value(Writer& out, const RoleCapability& capability) {
  out.u8(capability.role);
}
void write_value(Writer& out, const GracefulRestartCapability& capability) {
  const auto time = std::clamp<seconds::rep>(capability.restart_time.count(), 0, kMaxRestartTime);
  unsigned flags_and_time = static_cast<unsigned>(time);
  if (capability.restarting) flags_and_time |= kRestarting;
  if (capability.notification) flags_and_time |= kNotification;
  out.u16(static_cast<std::uint16_t>(flags_and_time));
  for (const auto& entry : fitting(capability.families, 4, 2)) {
    write_family(out, entry.family);
    out.u8(entry.forwarding_preserved ? kForwardingPreserved : 0);
  }
}
void write_value(Writer& out, const FourOctetAsCapability& capability) {
  out.u32(capability.as.value());
}
void write_value(Writer& out, const AddPathCapability& capability) {
  for (const auto& entry : fitting(capability.entries, 4)) {
    if (!entry.receive && !entry.send) continue;  // no such value on the wire
    write_family(out, entry.family);
    out.u8(static_cast<std::uint8_t>((entry.receive ? 1 : 0) | (entry.send ? 2 : 0)));
  }
}
void write_value(Writer&, const EnhancedRouteRefreshCapability&) {}
void write_value(Writer& out, const LongLivedGracefulRestartCapability& capability) {
  for (const auto& entry : fitting(capability.entries, 7)) {
    write_family(out, entry.family);
    out.u8(entry.forwarding_preserved ? kForwardingPreserved : 0);
    out.u24(static_cast<std::uint32_t>(std::clamp(entry.stale_time, seconds{0}, kMaxStaleTime).count()));
  }
}

void write_text(Writer& out, std::string_view text, std::size_t limit) {
  const std::string_view cut = text.substr(0, utf8_cut(text, limit));
  out.sized8([&] { out.text(cut); });
}
void write_value(Writer& out, const FqdnCapability& capability) {
  // The domain gets what the name and both lengths leave of the value.
  const std::size_t room = kMaxValueSize - 2;
  const std::size_t name_size = utf8_cut(capability.hostname, room);
  write_text(out, capability.hostname, room);
  write_text(out, capability.domainname, room - name_size);
}
void write_value(Writer& out, const SoftwareVersionCapability& capability) {
  write_text(out, capability.version, kMaxValueSize - 1);
}
void write_value(Writer& out, const UnknownCapability& capability) {
  out.octets(fitting(capability.value, 1));
}

// --- the table --------------------------------------------------------------------------------------------

struct CapabilitySpec {
  std::uint8_t code;
  Decoded (*decode)(ByteView value);
};
constexpr std::array kCapabilitySpecs{
    CapabilitySpec{1, decode_multiprotocol},                           // RFC 4760 §8
    CapabilitySpec{2, decode_empty<RouteRefreshCapability>},           // RFC 2918 §2
    CapabilitySpec{5, decode_extended_next_hop},                       // RFC 8950 §4
    CapabilitySpec{6, decode_empty<ExtendedMessageCapability>},        // RFC 8654 §3
    CapabilitySpec{9, decode_role},                                    // RFC 9234 §4.1
    CapabilitySpec{64, decode_graceful_restart},                       // RFC 4724 §3, RFC 8538 §2
    CapabilitySpec{65, decode_four_octet_as},                          // RFC 6793 §3
    CapabilitySpec{69, decode_add_path},                               // RFC 7911 §4
    CapabilitySpec{70, decode_empty<EnhancedRouteRefreshCapability>},  // RFC 7313 §3.1
    CapabilitySpec{71, decode_long_lived_graceful_restart},            // RFC 9494 §3.1
    CapabilitySpec{73, decode_fqdn},                                   // draft-walton-bgp-hostname-capability
    CapabilitySpec{75, decode_software_version},                       // draft-ietf-idr-bgp-software-version
};

}  // namespace

std::string_view role_name(std::uint8_t role) {
  constexpr std::array<std::string_view, 5> kNames{"provider", "rs-server", "rs-client", "customer", "peer"};
  return role < kNames.size() ? kNames.at(role) : "unknown";
}

std::uint8_t capability_code(const Capability& capability) {
  return std::visit([](const auto& known) { return code_of(known); }, capability);
}

Capability read_capability(Reader& in) {
  const std::uint8_t code = in.u8();
  const ByteView value = in.take(in.u8());
  for (const CapabilitySpec& spec : kCapabilitySpecs) {
    if (spec.code != code) continue;
    if (Decoded decoded = spec.decode(value)) return *std::move(decoded);
  }
  return UnknownCapability{code, {value.begin(), value.end()}};
}

void write_capability(Writer& out, const Capability& capability) {
  out.u8(capability_code(capability));
  out.sized8([&] { std::visit([&](const auto& known) { write_value(out, known); }, capability); });
}

}  // namespace lbgp::wire
