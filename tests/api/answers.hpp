// SPDX-License-Identifier: Apache-2.0
// What tests of the API protocol share: the answer to a line, requests taken apart, short spellings of
// values.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "bgpd/api/replies.hpp"
#include "bgpd/api/request.hpp"

namespace lbgp::daemon::api {

inline wire::Prefix prefix(std::string_view text) {
  const auto parsed = wire::parse_prefix(text);
  REQUIRE(parsed);
  return *parsed;
}

inline wire::IpAddress address(std::string_view text) {
  const auto parsed = wire::parse_address(text);
  REQUIRE(parsed);
  return *parsed;
}

// The reply to a line in which every sound request is answered by "commit 1"; without the line end.
inline std::string answer(std::string_view line, const Limits& limits = {}) {
  std::string out;
  const ParsedLine parsed = parse_line(line, limits);
  Replies replies(out, parsed.batch);
  for (const auto& item : parsed.items) {
    if (const auto* rejected = std::get_if<Rejected>(&item)) replies.error(rejected->id, rejected->error);
    if (const auto* request = std::get_if<Request>(&item)) replies.announced(request->id, {0, 0, 1});
  }
  replies.finish();
  if (!out.empty()) {
    REQUIRE(out.back() == '\n');
    out.pop_back();
  }
  return out;
}

inline std::string error_reply(std::string_view id, std::string_view code_and_message,
                               std::string_view data) {
  std::string text = R"({"jsonrpc":"2.0","id":)";
  text += id;
  text += R"(,"error":{"code":)";
  text += code_and_message;
  text += R"(,"data":{)";
  text += data;
  return text + "}}}";
}

// The one request of a line that has to be sound.
inline Request only_request(std::string_view line) {
  ParsedLine parsed = parse_line(line);
  INFO(line);
  REQUIRE(parsed.items.size() == 1);
  if (const auto* rejected = std::get_if<Rejected>(&parsed.items[0])) FAIL(rejected->error.reason);
  return std::get<Request>(std::move(parsed.items[0]));
}

template <typename T>
T call(std::string_view method, std::string_view params) {
  const std::string line = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":)" +
                           std::string(params) + "}";
  Request request = only_request(line);
  REQUIRE(std::holds_alternative<T>(request.call));
  return std::get<T>(std::move(request.call));
}

// The error of `params` for `method`.
inline Error refusal(std::string_view method, std::string_view params, const Limits& limits = {}) {
  const std::string line = R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":)" +
                           std::string(params) + "}";
  ParsedLine parsed = parse_line(line, limits);
  INFO(line);
  REQUIRE(parsed.items.size() == 1);
  REQUIRE(std::holds_alternative<Rejected>(parsed.items[0]));
  return std::get<Rejected>(parsed.items[0]).error;
}

}  // namespace lbgp::daemon::api

template <>
struct Catch::StringMaker<lbgp::daemon::api::Error> {
  static std::string convert(const lbgp::daemon::api::Error& error) {
    return lbgp::daemon::api::error_line(error);
  }
};
