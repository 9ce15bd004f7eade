// SPDX-License-Identifier: Apache-2.0
// What an API client can ask for, as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bgpd/api/error.hpp"
#include "rib/rib.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::api {

// The JSON text of a request's id, which is echoed octet by octet.
struct RequestId {
  std::string json;
  bool operator==(const RequestId&) const = default;
};

// What is to stand behind our own AS: numbers as given, or our own AS `own_times` times.
struct AsPathPrepend {
  std::vector<wire::AsNumber> as_numbers;
  std::uint32_t own_times = 0;
  bool operator==(const AsPathPrepend&) const = default;
};

// Host prefixes that share everything else. `attributes` has neither AS path nor next hop: the former needs
// our AS number, the latter the family.
struct RouteGroup {
  std::vector<wire::Prefix> prefixes;
  wire::PathAttributes attributes;
  AsPathPrepend as_path_prepend;
  wire::PerFamily<std::optional<wire::IpAddress>> next_hop;  // none: ours
  rib::Labels labels;
  bool operator==(const RouteGroup&) const = default;
};

struct Announce {  // adds or replaces
  std::vector<RouteGroup> routes;
  bool operator==(const Announce&) const = default;
};
struct Withdraw {
  std::vector<wire::Prefix> prefixes;
  bool operator==(const Withdraw&) const = default;
};
struct Sync {  // everything that this owner wants announced: the rest goes
  std::vector<RouteGroup> routes;
  bool operator==(const Sync&) const = default;
};
struct List {
  std::optional<std::vector<wire::Prefix>> prefixes;  // inside any of these; of any length
  std::string owner;                                  // empty: everybody
  rib::Labels labels;                                 // a route has all of these
  bool operator==(const List&) const = default;
};
struct Version {
  bool operator==(const Version&) const = default;
};
using Call = std::variant<Announce, Withdraw, Sync, List, Version>;

// Without an id it is a notification: done, but never answered.
struct Request {
  std::optional<RequestId> id;
  Call call;
  bool operator==(const Request&) const = default;
};
// A request that cannot be done; without an id nobody waits for the answer.
struct Rejected {
  std::optional<RequestId> id;
  Error error;
  bool operator==(const Rejected&) const = default;
};

// One line: a request, or a batch of them, answered in one line in the same order.
struct ParsedLine {
  bool batch = false;
  std::vector<std::variant<Request, Rejected>> items;
};

// What one line may ask for. They bound memory and the length of one turn of the daemon's loop.
struct Limits {
  std::size_t requests = 1'000;    // in a batch
  std::size_t prefixes = 100'000;  // in all of the line
  // Attributes and labels, counted once per prefix, in all of the line.
  std::size_t route_octets = std::size_t{64} << 20;
  std::size_t community_octets = 2'048;  // of one route, as encoded, all kinds together
};
// What has been acknowledged once is not judged again.
inline constexpr Limits kNoLimits{1, SIZE_MAX, SIZE_MAX, SIZE_MAX};

// Limits of a single route.
inline constexpr std::size_t kMaxPrepends = 64;
inline constexpr std::size_t kMaxLabels = 64;
inline constexpr std::size_t kMaxLabelKey = 317;    // a Kubernetes label key: a DNS name, '/', 63 characters
inline constexpr std::size_t kMaxLabelValue = 256;  // octets
inline constexpr std::size_t kMaxIdOctets = 256;

// Never fails: what is wrong with the line is among the items.
[[nodiscard]] ParsedLine parse_line(std::string_view line, const Limits& limits = {});

}  // namespace lbgp::daemon::api
