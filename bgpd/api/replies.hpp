// SPDX-License-Identifier: Apache-2.0
// Writes the one line that answers one line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bgpd/api/request.hpp"

namespace lbgp::daemon::api {

struct AnnounceResult {
  std::size_t accepted = 0;  // prefixes of the request
  std::size_t changed = 0;   // of them new or different
  std::uint64_t commit = 0;
};
struct WithdrawResult {
  std::size_t accepted = 0;
  std::size_t changed = 0;
  std::size_t not_found = 0;  // never announced by this owner
  std::uint64_t commit = 0;
};
struct SyncResult {
  std::size_t announced = 0;
  std::size_t withdrawn = 0;
  std::size_t unchanged = 0;
  std::uint64_t commit = 0;
};

// Raised when a member's meaning changes; new methods and members leave it as it is.
inline constexpr unsigned kProtocolVersion = 1;

// Appends to `out`, which the caller owns and may drain between any two calls: nothing is looked at again.
// Member order is fixed. An id that is absent (a notification) makes every call for it a no-op.
class Replies {
 public:
  Replies(std::string& out, bool batch) : out_(out), batch_(batch) {}
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  void error(const std::optional<RequestId>& id, const Error& error);
  void announced(const std::optional<RequestId>& id, const AnnounceResult& result);
  void withdrawn(const std::optional<RequestId>& id, const WithdrawResult& result);
  void synced(const std::optional<RequestId>& id, const SyncResult& result);
  void version(const std::optional<RequestId>& id, std::string_view product_version);

  // A list is written route by route: begin, any number of routes in order of prefix, end.
  void begin_list(const std::optional<RequestId>& id);
  void list_route(std::string_view owner, const rib::LocalRoute& route);
  void end_list();

  // Ends the line; writes nothing when there was nothing to answer.
  void finish();

 private:
  bool begin(const std::optional<RequestId>& id);
  void member(std::string_view name, std::uint64_t value, bool first = false);

  std::string& out_;
  bool batch_;
  bool empty_ = true;       // nothing answered so far
  bool listing_ = false;    // between begin_list() and end_list(), of a request with an id
  std::size_t listed_ = 0;  // routes of this list
};

// For what is not an answer to a request: line too long, too many clients. A whole line, with id null.
[[nodiscard]] std::string error_line(const Error& error);

// Appends the request that announces these very routes.
void append_announce_request(const rib::LocalRoutes& routes, std::string& out);

// Append the request that asks for exactly this, whatever the line looked like in which it came.
void append_request(const Announce& announce, std::string& out);
void append_request(const Withdraw& withdraw, std::string& out);
void append_request(const Sync& sync, std::string& out);

// Appends `text` as a JSON string; what is not UTF-8 becomes U+FFFD.
void append_json_string(std::string_view text, std::string& out);

}  // namespace lbgp::daemon::api
