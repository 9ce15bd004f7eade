// SPDX-License-Identifier: Apache-2.0
// The table of error messages.
#include "bgpd/api/error.hpp"

#include <cstdlib>

#include "wire/utf8.hpp"

namespace lbgp::daemon::api {

std::string_view message(ErrorCode code) {
  switch (code) {
    case ErrorCode::ParseError:
      return "Parse error";
    case ErrorCode::InvalidRequest:
      return "Invalid Request";
    case ErrorCode::MethodNotFound:
      return "Method not found";
    case ErrorCode::InvalidParams:
      return "Invalid params";
    case ErrorCode::InternalError:
      return "Internal error";
    case ErrorCode::LineTooLong:
      return "Line too long";
    case ErrorCode::NotAllowed:
      return "Not allowed";
    case ErrorCode::TooManyRoutes:
      return "Too many routes";
    case ErrorCode::TooManyClients:
      return "Too many clients";
    case ErrorCode::Busy:
      return "Busy";
    case ErrorCode::LineTimeout:
      return "Line timeout";
    case ErrorCode::RequestTooLarge:
      return "Request too large";
  }
  return "Internal error";
}

void throw_exception_from_error(const Error&, const boost::source_location&) {
  std::abort();
}

std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 64;
  if (text.size() <= kMost) return std::string(text);
  return std::string(text.substr(0, wire::utf8_cut(text, kMost))) + "...";
}

std::string quoted(std::string_view text) {
  return '"' + shortened(text) + '"';
}

}  // namespace lbgp::daemon::api
