// SPDX-License-Identifier: Apache-2.0
// OPEN (RFC 4271 §4.2) with its optional parameters in both encodings (RFC 5492 §4, RFC 9072 §2).
#include <fmt/format.h>

#include <algorithm>

#include "wire/capability_codec.hpp"
#include "wire/header.hpp"
#include "wire/reader.hpp"

namespace lbgp::wire {

namespace {

constexpr std::uint8_t kVersion = 4;
constexpr std::uint8_t kCapabilitiesParameter = 2;  // RFC 5492 §4
constexpr std::uint8_t kExtendedLength = 255;       // RFC 9072 §2
constexpr std::size_t kParameterHeader = 2;
constexpr std::size_t kMaxParameters = 255;

[[nodiscard]] Error open_error(std::uint8_t subcode, std::string reason,
                               std::vector<std::uint8_t> data = {}) {
  return make_error(ErrorCode::OpenMessage, subcode, std::move(reason), std::move(data));
}

[[nodiscard]] std::optional<Error> decode_capabilities(ByteView octets,
                                                       std::vector<Capability>& capabilities) {
  Reader in(octets);
  while (!in.at_end()) {
    const std::uint8_t code = in.rest()[0];
    Capability capability = read_capability(in);
    if (in.failed())
      return open_error(subcode::kUnspecific,
                        fmt::format("capability {} is longer than its parameter", code));
    capabilities.push_back(std::move(capability));
  }
  return std::nullopt;
}

[[nodiscard]] std::optional<Error> decode_parameters(ByteView octets, bool extended,
                                                     std::vector<Capability>& capabilities) {
  Reader in(octets);
  while (!in.at_end()) {
    const std::uint8_t type = in.u8();
    const ByteView value = in.take(extended ? in.u16() : in.u8());
    if (in.failed())
      return open_error(subcode::kUnspecific,
                        fmt::format("optional parameter {} is longer than what is left of the OPEN", type));
    if (type != kCapabilitiesParameter)
      return open_error(subcode::kUnsupportedOptionalParameter,
                        fmt::format("unknown optional parameter {}", type));
    if (auto error = decode_capabilities(value, capabilities)) return error;
  }
  return std::nullopt;
}

// The parameters' octets without the length field(s) in front of them.
struct Parameters {
  ByteView octets;
  bool extended = false;
};

[[nodiscard]] Result<Parameters> locate_parameters(Reader& in) {
  std::size_t size = in.u8();
  // RFC 9072 §2: the type octet 255 in first place tells; the value of the short length then means nothing.
  const bool extended = size != 0 && !in.at_end() && in.rest()[0] == kExtendedLength;
  if (extended) {
    in.skip(1);
    size = in.u16();
  }
  if (in.failed() || size != in.remaining())
    return open_error(subcode::kUnspecific, fmt::format("optional parameters of {} octets announced, {} sent",
                                                        size, in.remaining()));
  return Parameters{in.rest(), extended};
}

// RFC 4724 §3: of several graceful-restart capabilities only the last one counts.
void keep_last_graceful_restart(std::vector<Capability>& capabilities) {
  const auto is_one = [](const Capability& each) {
    return std::holds_alternative<GracefulRestartCapability>(each);
  };
  const auto last = std::find_if(capabilities.rbegin(), capabilities.rend(), is_one);
  if (last == capabilities.rend()) return;
  const auto kept = last.base() - 1;
  capabilities.erase(std::remove_if(capabilities.begin(), kept, is_one), kept);
}

}  // namespace

AsNumber Open::as() const {
  const auto* capability = find<FourOctetAsCapability>();
  return capability != nullptr ? capability->as : AsNumber{my_as};
}

Result<Open> decode_open(ByteView body) {
  Reader in(body);
  Open open;
  open.version = in.u8();
  open.my_as = in.u16();
  open.hold_time = std::chrono::seconds(in.u16());
  open.id = RouterId{in.u32()};
  if (in.failed() || in.at_end()) return bad_message_length(MessageType::Open, kHeaderSize + body.size());
  if (open.version != kVersion)
    return open_error(subcode::kUnsupportedVersionNumber,
                      fmt::format("peer speaks BGP version {}, we speak {}", open.version, kVersion),
                      {0, kVersion});

  const auto parameters = locate_parameters(in);
  if (!parameters) return parameters.error();
  open.extended_parameters = parameters->extended;
  if (auto error = decode_parameters(parameters->octets, parameters->extended, open.capabilities))
    return *error;
  keep_last_graceful_restart(open.capabilities);
  return open;
}

Bytes encode(const Open& open) {
  Bytes capabilities;
  Writer capability_writer(capabilities);
  for (const Capability& capability : open.capabilities) write_capability(capability_writer, capability);
  const bool extended = open.extended_parameters || kParameterHeader + capabilities.size() > kMaxParameters;

  return make_message(MessageType::Open, [&](Writer& out) {
    out.u8(open.version);
    out.u16(open.my_as);
    out.u16(
        static_cast<std::uint16_t>(std::clamp<std::chrono::seconds::rep>(open.hold_time.count(), 0, 0xffff)));
    out.u32(open.id.value());
    if (!extended) {
      out.sized8([&] {
        if (capabilities.empty()) return;
        out.u8(kCapabilitiesParameter);
        out.sized8([&] { out.octets(capabilities); });
      });
    } else {
      out.u8(kExtendedLength);
      out.u8(kExtendedLength);
      out.sized16([&] {
        if (capabilities.empty()) return;
        out.u8(kCapabilitiesParameter);
        out.sized16([&] { out.octets(capabilities); });
      });
    }
  });
}

}  // namespace lbgp::wire
