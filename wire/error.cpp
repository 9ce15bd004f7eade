// SPDX-License-Identifier: Apache-2.0
// Names of NOTIFICATION codes, and the text that a Cease may carry.
#include "wire/error.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "wire/utf8.hpp"

namespace lbgp::wire {

namespace {

struct CodeName {
  ErrorCode code;
  std::string_view name;
};
constexpr std::array kCodeNames{
    CodeName{ErrorCode::MessageHeader, "Message Header Error"},
    CodeName{ErrorCode::OpenMessage, "OPEN Message Error"},
    CodeName{ErrorCode::UpdateMessage, "UPDATE Message Error"},
    CodeName{ErrorCode::HoldTimerExpired, "Hold Timer Expired"},
    CodeName{ErrorCode::FsmError, "Neighbor Events Error"},
    CodeName{ErrorCode::Cease, "Cease"},
    CodeName{ErrorCode::RouteRefresh, "ROUTE-REFRESH Message Error"},
    CodeName{ErrorCode::SendHoldTimerExpired, "Send Hold Timer Expired"},
};

struct SubcodeName {
  ErrorCode code;
  std::uint8_t subcode;
  std::string_view name;
};
constexpr std::array kSubcodeNames{
    SubcodeName{ErrorCode::MessageHeader, subcode::kConnectionNotSynchronized, "Connection Not Synchronized"},
    SubcodeName{ErrorCode::MessageHeader, subcode::kBadMessageLength, "Bad Message Length"},
    SubcodeName{ErrorCode::MessageHeader, subcode::kBadMessageType, "Bad Message Type"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kUnsupportedVersionNumber, "Unsupported Version Number"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kBadPeerAs, "Bad Peer AS"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kBadBgpIdentifier, "Bad BGP Identifier"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kUnsupportedOptionalParameter,
                "Unsupported Optional Parameter"},
    SubcodeName{ErrorCode::OpenMessage, 5, "Authentication Failure"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kUnacceptableHoldTime, "Unacceptable Hold Time"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kUnsupportedCapability, "Unsupported Capability"},
    SubcodeName{ErrorCode::OpenMessage, subcode::kRoleMismatch, "Role Mismatch"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kMalformedAttributeList, "Malformed Attribute List"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kUnrecognizedWellKnownAttribute,
                "Unrecognized Well-known Attribute"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kMissingWellKnownAttribute,
                "Missing Well-known Attribute"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kAttributeFlagsError, "Attribute Flags Error"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kAttributeLengthError, "Attribute Length Error"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kInvalidOrigin, "Invalid ORIGIN Attribute"},
    SubcodeName{ErrorCode::UpdateMessage, 7, "AS Routing Loop"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kInvalidNextHop, "Invalid NEXT_HOP Attribute"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kOptionalAttributeError, "Optional Attribute Error"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kInvalidNetworkField, "Invalid Network Field"},
    SubcodeName{ErrorCode::UpdateMessage, subcode::kMalformedAsPath, "Malformed AS_PATH"},
    SubcodeName{ErrorCode::FsmError, subcode::kUnexpectedInOpenSent,
                "Receive Unexpected Message in OpenSent State"},
    SubcodeName{ErrorCode::FsmError, subcode::kUnexpectedInOpenConfirm,
                "Receive Unexpected Message in OpenConfirm State"},
    SubcodeName{ErrorCode::FsmError, subcode::kUnexpectedInEstablished,
                "Receive Unexpected Message in Established State"},
    SubcodeName{ErrorCode::Cease, subcode::kMaximumPrefixes, "Maximum Number of Prefixes Reached"},
    SubcodeName{ErrorCode::Cease, subcode::kAdministrativeShutdown, "Administrative Shutdown"},
    SubcodeName{ErrorCode::Cease, subcode::kPeerDeconfigured, "Peer Unconfigured"},
    SubcodeName{ErrorCode::Cease, subcode::kAdministrativeReset, "Administrative Reset"},
    SubcodeName{ErrorCode::Cease, subcode::kConnectionRejected, "Connection Rejected"},
    SubcodeName{ErrorCode::Cease, subcode::kOtherConfigurationChange, "Other Configuration Change"},
    SubcodeName{ErrorCode::Cease, subcode::kConnectionCollisionResolution, "Connection collision resolution"},
    SubcodeName{ErrorCode::Cease, subcode::kOutOfResources, "Out of Resource"},
    SubcodeName{ErrorCode::Cease, subcode::kHardReset, "Hard Reset"},
    SubcodeName{ErrorCode::Cease, subcode::kBfdDown, "BFD Down"},
    SubcodeName{ErrorCode::RouteRefresh, subcode::kInvalidRouteRefreshLength, "Invalid Message Length"},
};

constexpr std::size_t kMaxShutdownCommunication = 255;  // RFC 9003 §2

[[nodiscard]] constexpr bool has_subcodes(ErrorCode code) {
  return code != ErrorCode::HoldTimerExpired && code != ErrorCode::SendHoldTimerExpired;
}

}  // namespace

std::string_view code_name(ErrorCode code) {
  for (const CodeName& known : kCodeNames)
    if (known.code == code) return known.name;
  return "Unrecognized Error Code";
}

std::string_view subcode_name(ErrorCode code, std::uint8_t subcode) {
  for (const SubcodeName& known : kSubcodeNames)
    if (known.code == code && known.subcode == subcode) return known.name;
  return subcode == subcode::kUnspecific ? "Unspecific" : "Unrecognized Error Subcode";
}

std::string to_string(const Notification& notification) {
  std::string text(code_name(notification.code));
  const bool unspecific = notification.subcode == subcode::kUnspecific;
  if (unspecific && !has_subcodes(notification.code)) return text;
  return text.append("/").append(subcode_name(notification.code, notification.subcode));
}

std::string shutdown_communication(const Notification& notification) {
  const bool may_carry_text =
      notification.code == ErrorCode::Cease && (notification.subcode == subcode::kAdministrativeShutdown ||
                                                notification.subcode == subcode::kAdministrativeReset);
  const auto& data = notification.data;
  if (!may_carry_text || data.empty() || data[0] > data.size() - 1) return {};
  std::string text(data.begin() + 1, data.begin() + 1 + data[0]);
  if (!is_utf8(text)) return {};
  // It goes into logs and terminals: no control character of a peer's choice does.
  std::replace_if(text.begin(), text.end(), is_control, ' ');
  return text;
}

std::vector<std::uint8_t> encode_shutdown_communication(std::string_view text) {
  text = text.substr(0, utf8_cut(text, kMaxShutdownCommunication));
  std::vector<std::uint8_t> data(1 + text.size());
  data[0] = static_cast<std::uint8_t>(text.size());
  std::copy(text.begin(), text.end(), data.begin() + 1);
  return data;
}

Error make_error(ErrorCode code, std::uint8_t subcode, std::string reason, std::vector<std::uint8_t> data) {
  // Member by member: g++ 12 takes a nested braced aggregate for uninitialised when it optimises.
  Error error;
  error.notification.code = code;
  error.notification.subcode = subcode;
  error.notification.data = std::move(data);
  error.reason = std::move(reason);
  return error;
}

void throw_exception_from_error(const Error& /*error*/, const boost::source_location& /*where*/) {
  // A caller took the value of a Result without looking: that is our bug, and restarting is safer than going
  // on.
  std::abort();
}

}  // namespace lbgp::wire
