// SPDX-License-Identifier: Apache-2.0
// libFuzzer target: octets of an API connection, cut into reads by the first one. Oracles: an answer is
// always JSON again, a prefix that is accepted is a host prefix, and the cuts do not change the answers.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "bgpd/api/changes.hpp"
#include "bgpd/api/json_cursor.hpp"
#include "bgpd/api/line_splitter.hpp"
#include "bgpd/api/replies.hpp"

namespace {

using namespace lbgp;
using namespace lbgp::daemon::api;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_groups(const std::vector<RouteGroup>& groups) {
  for (const RouteGroup& group : groups)
    for (const wire::Prefix& prefix : group.prefixes)
      require(prefix.is_host() && prefix.address().is_host_address());
  (void)announcements(groups, wire::AsNumber(64512));
}

void answer(std::string_view line, std::string& out) {
  const std::size_t before = out.size();
  const ParsedLine parsed = parse_line(line, {.requests = 100, .prefixes = 1'000, .route_octets = 1 << 20});
  require(!parsed.items.empty());
  Replies replies(out, parsed.batch);
  for (const auto& item : parsed.items) {
    if (const auto* rejected = std::get_if<Rejected>(&item)) replies.error(rejected->id, rejected->error);
    const auto* request = std::get_if<Request>(&item);
    if (request == nullptr) continue;
    if (const auto* announce = std::get_if<Announce>(&request->call)) check_groups(announce->routes);
    if (const auto* sync = std::get_if<Sync>(&request->call)) check_groups(sync->routes);
    replies.announced(request->id, {});
  }
  replies.finish();
  JsonCursor cursor(std::string_view(out).substr(before));
  require(out.size() == before || (cursor.skip() && cursor.at_end()));
}

std::string converse(std::string_view octets, std::size_t cut) {
  LineSplitter splitter(4'096);
  std::string out;
  while (!octets.empty()) {
    const std::string_view part = octets.substr(0, cut);
    octets.remove_prefix(part.size());
    std::copy(part.begin(), part.end(), splitter.prepare(part.size()).begin());
    splitter.commit(part.size());
    auto next = splitter.next();
    for (; next.outcome == LineSplitter::Outcome::Line; next = splitter.next()) answer(next.line, out);
    if (next.outcome == LineSplitter::Outcome::TooLong) return out + "closed";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string octets(size - 1, '\0');
  std::transform(data + 1, data + size, octets.begin(),
                 [](std::uint8_t octet) { return static_cast<char>(octet); });
  require(converse(octets, data[0] + 1U) == converse(octets, octets.size() + 1));
  return 0;
}
