// SPDX-License-Identifier: Apache-2.0
// One connection to the API socket.
#include "bgpd/api_client.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include <array>
#include <chrono>
#include <utility>

namespace lbgp::daemon {

namespace {

// Per turn: a client with many small requests waits for its next turn, as one with a single large one does.
// The length of a request says little about what it costs: a short `list` may be answered with the whole
// table, or search all of it for nothing.
constexpr unsigned kLinesPerTurn = 64;
constexpr std::size_t kOctetsPerTurn = 256 * 1024;  // in or out
constexpr std::chrono::milliseconds kTurn{5};

std::string group_name(gid_t gid) {
  const ::group* entry = ::getgrgid(gid);
  return entry != nullptr ? entry->gr_name : std::to_string(gid);
}

std::vector<std::string> groups_of(const std::string& user, gid_t primary) {
  std::array<gid_t, 64> ids{};
  int count = static_cast<int>(ids.size());
  if (::getgrouplist(user.c_str(), primary, ids.data(), &count) < 0) count = static_cast<int>(ids.size());
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) names.push_back(group_name(ids[static_cast<std::size_t>(i)]));
  return names;
}

}  // namespace

Owner owner_of(const Credentials& credentials) {
  const ::passwd* entry = ::getpwuid(credentials.uid);
  Owner owner{fmt::format("{}{}", kOwnerPrefix, credentials.uid), {}};
  owner.identity.user = entry != nullptr ? entry->pw_name : std::to_string(credentials.uid);
  owner.identity.groups = groups_of(owner.identity.user, credentials.gid);
  return owner;
}

ApiClient::ApiClient(RouteService& service, Owner owner, std::function<void()> before_turn)
    : service_(service), owner_(std::move(owner)), before_turn_(std::move(before_turn)) {}

ClientHandler::Next ApiClient::run(std::string& out) {
  before_turn_();
  const auto end = std::chrono::steady_clock::now() + kTurn;
  std::size_t octets = 0;
  for (unsigned done = 0; done < kLinesPerTurn && octets < kOctetsPerTurn && out.size() < kOctetsPerTurn;
       ++done) {
    if (done > 0 && std::chrono::steady_clock::now() >= end) break;
    const api::LineSplitter::Next next = lines_.next();
    switch (next.outcome) {
      case api::LineSplitter::Outcome::NeedMore:
        return Next::NeedInput;
      case api::LineSplitter::Outcome::TooLong:
        out += api::error_line({api::ErrorCode::LineTooLong,
                                fmt::format("a line has more than {} octets", api::kMaxLineOctets),
                                "",
                                "",
                                {}});
        return Next::Close;
      case api::LineSplitter::Outcome::Line:
        octets += next.line.size();
        service_.answer(owner_, next.line, out);
    }
  }
  return Next::MoreWork;
}

void ApiClient::timed_out(std::string& out) {
  out += api::error_line(
      {api::ErrorCode::LineTimeout, "half a line, and then nothing for 30 seconds", "", "", {}});
}

}  // namespace lbgp::daemon
