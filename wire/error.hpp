// SPDX-License-Identifier: Apache-2.0
// What we answer a peer with when it is wrong: NOTIFICATION codes and the value that carries one.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lbgp::wire {

// RFC 4271 §4.5, RFC 7313 §5, RFC 9687.
enum class ErrorCode : std::uint8_t {
  MessageHeader = 1,
  OpenMessage = 2,
  UpdateMessage = 3,
  HoldTimerExpired = 4,
  FsmError = 5,
  Cease = 6,
  RouteRefresh = 7,
  SendHoldTimerExpired = 8,
};

// Subcodes, by the code that they refine. Plain constants: a peer may send any number.
namespace subcode {
inline constexpr std::uint8_t kUnspecific = 0;
// Message Header Error (RFC 4271 §6.1)
inline constexpr std::uint8_t kConnectionNotSynchronized = 1;
inline constexpr std::uint8_t kBadMessageLength = 2;
inline constexpr std::uint8_t kBadMessageType = 3;
// OPEN Message Error (RFC 4271 §6.2, RFC 5492 §5, RFC 9234 §4.2)
inline constexpr std::uint8_t kUnsupportedVersionNumber = 1;
inline constexpr std::uint8_t kBadPeerAs = 2;
inline constexpr std::uint8_t kBadBgpIdentifier = 3;
inline constexpr std::uint8_t kUnsupportedOptionalParameter = 4;
inline constexpr std::uint8_t kUnacceptableHoldTime = 6;
inline constexpr std::uint8_t kUnsupportedCapability = 7;
inline constexpr std::uint8_t kRoleMismatch = 11;
// UPDATE Message Error (RFC 4271 §6.3)
inline constexpr std::uint8_t kMalformedAttributeList = 1;
inline constexpr std::uint8_t kUnrecognizedWellKnownAttribute = 2;
inline constexpr std::uint8_t kMissingWellKnownAttribute = 3;
inline constexpr std::uint8_t kAttributeFlagsError = 4;
inline constexpr std::uint8_t kAttributeLengthError = 5;
inline constexpr std::uint8_t kInvalidOrigin = 6;
inline constexpr std::uint8_t kInvalidNextHop = 8;
inline constexpr std::uint8_t kOptionalAttributeError = 9;
inline constexpr std::uint8_t kInvalidNetworkField = 10;
inline constexpr std::uint8_t kMalformedAsPath = 11;
// FSM Error (RFC 6608)
inline constexpr std::uint8_t kUnexpectedInOpenSent = 1;
inline constexpr std::uint8_t kUnexpectedInOpenConfirm = 2;
inline constexpr std::uint8_t kUnexpectedInEstablished = 3;
// Cease (RFC 4486, RFC 8538, RFC 9384)
inline constexpr std::uint8_t kMaximumPrefixes = 1;
inline constexpr std::uint8_t kAdministrativeShutdown = 2;
inline constexpr std::uint8_t kPeerDeconfigured = 3;
inline constexpr std::uint8_t kAdministrativeReset = 4;
inline constexpr std::uint8_t kConnectionRejected = 5;
inline constexpr std::uint8_t kOtherConfigurationChange = 6;
inline constexpr std::uint8_t kConnectionCollisionResolution = 7;
inline constexpr std::uint8_t kOutOfResources = 8;
inline constexpr std::uint8_t kHardReset = 9;
inline constexpr std::uint8_t kBfdDown = 10;
// ROUTE-REFRESH Message Error (RFC 7313 §5)
inline constexpr std::uint8_t kInvalidRouteRefreshLength = 1;
}  // namespace subcode

// A NOTIFICATION message (RFC 4271 §4.5).
struct Notification {
  ErrorCode code = ErrorCode::Cease;  // a received one may hold any value
  std::uint8_t subcode = 0;
  std::vector<std::uint8_t> data;
  bool operator==(const Notification&) const = default;
};

// "OPEN Message Error/Bad Peer AS", in FRR's words.
[[nodiscard]] std::string to_string(const Notification& notification);
[[nodiscard]] std::string_view code_name(ErrorCode code);
[[nodiscard]] std::string_view subcode_name(ErrorCode code, std::uint8_t subcode);

// RFC 9003: the text in a Cease/Administrative Shutdown or Reset, UTF-8; empty when absent or malformed.
[[nodiscard]] std::string shutdown_communication(const Notification& notification);
// Cut at a character boundary to 255 octets.
[[nodiscard]] std::vector<std::uint8_t> encode_shutdown_communication(std::string_view text);

// Why a peer's message ends the session: what to answer, and what to tell the operator.
struct Error {
  Notification notification;
  std::string reason;  // "peer says AS 65002, configured 65001"
  bool operator==(const Error&) const = default;
};

[[nodiscard]] Error make_error(ErrorCode code, std::uint8_t subcode, std::string reason,
                               std::vector<std::uint8_t> data = {});

template <typename T>
using Result = boost::system::result<T, Error>;

// boost::system::result wants to know what value() does on an error: our code never asks, so it is a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

}  // namespace lbgp::wire
