// SPDX-License-Identifier: Apache-2.0
// What an API client is told when its request cannot be done: codes, their fixed messages, the details.
#pragma once

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lbgp::daemon::api {

// JSON-RPC 2.0 §5.1 reserves -32700 and -32603 … -32600; the others are ours. A number is never given a new
// meaning.
enum class ErrorCode : std::int32_t {
  ParseError = -32700,
  InvalidRequest = -32600,
  MethodNotFound = -32601,
  InvalidParams = -32602,
  InternalError = -32603,
  LineTooLong = -32000,      // closes the connection
  NotAllowed = -32001,       // no vip-pool holds the prefix, or it does not allow this client
  TooManyRoutes = -32002,    // the owner's or the daemon's limit of standing routes
  TooManyClients = -32003,   // closes the connection
  Busy = -32004,             // try again later
  LineTimeout = -32005,      // half a line and then silence; closes the connection
  RequestTooLarge = -32006,  // a limit of a single line: prefixes, requests, octets
};

// "Invalid params": one fixed text per code, for people; programs look at the code.
[[nodiscard]] std::string_view message(ErrorCode code);

// One refusal. Empty or absent details are left out of the reply.
struct Error {
  ErrorCode code = ErrorCode::InternalError;
  std::string reason;                 // a sentence without a full stop: "host bits are set"
  std::string prefix;                 // as the client wrote it
  std::string member;                 // "routes[2].communities[0]"
  std::optional<std::size_t> offset;  // octets from the beginning of the line
  bool operator==(const Error&) const = default;
};

// No value: all is well.
using Problem = std::optional<Error>;

template <typename T>
using Result = boost::system::result<T, Error>;

// boost::system::result wants to know what value() does on an error: our code never asks, so it is a bug.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// `text` in double quotes, cut to a length that fits a message, at a character boundary.
[[nodiscard]] std::string quoted(std::string_view text);
// The same without the quotes.
[[nodiscard]] std::string shortened(std::string_view text);

}  // namespace lbgp::daemon::api
