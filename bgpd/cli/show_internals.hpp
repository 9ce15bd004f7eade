// SPDX-License-Identifier: Apache-2.0
// Shows that look behind the tables: update groups, attribute sets, statistics, listeners, the log.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/show_routes.hpp"
#include "bgpd/cli/units.hpp"
#include "rib/explain.hpp"
#include "rib/settings.hpp"

namespace lbgp::daemon::cli {

struct UpdateGroupData {
  rib::UpdateGroupView group;
  std::vector<std::string> members;  // names, as `group` has their numbers
};
[[nodiscard]] std::string update_groups_text(wire::Family family, const std::vector<UpdateGroupData>& groups);
[[nodiscard]] boost::json::object update_groups_json(wire::Family family,
                                                     const std::vector<UpdateGroupData>& groups);

struct ListenerData {
  int descriptor = -1;
  std::string address;
};
[[nodiscard]] std::string listeners_text(const std::vector<ListenerData>& listeners);

struct LoggingData {
  std::string target;  // "stdout"
  std::string format;  // "text"
  std::string level;   // "info"
};
[[nodiscard]] std::string logging_text(const LoggingData& logging);

// `show bgp statistics`: gathered route by route, in order of prefix.
class Statistics {
 public:
  explicit Statistics(wire::Family family) : family_(family) {}
  void add(const RouteData& route);
  [[nodiscard]] std::string text() const;
  [[nodiscard]] boost::json::object json() const;

 private:
  wire::Family family_;
  std::size_t paths_ = 0;
  std::size_t prefixes_ = 0;
  std::size_t aggregates_ = 0;
  std::size_t longest_path_ = 0;  // AS hops
  std::size_t hops_ = 0;
  std::size_t largest_path_ = 0;  // octets
  std::size_t path_octets_ = 0;
  std::uint32_t highest_public_as_ = 0;
  std::uint64_t prefix_lengths_ = 0;  // summed
  std::map<unsigned, std::size_t> by_length_;
  std::optional<wire::Prefix> outermost_;  // the last prefix that no other one holds
  std::size_t unaggregateable_ = 0;
  std::size_t aggregateable_ = 0;
  double space_ = 0;  // addresses
};

// `show bgp memory`: what is in use, by kind.
struct MemoryPart {
  std::string what;  // "BGP attributes"
  std::size_t count = 0;
  std::size_t octets = 0;
};
[[nodiscard]] std::string memory_parts_text(const std::vector<MemoryPart>& parts);

// `show bgp bestpath`: how paths are compared.
[[nodiscard]] std::string bestpath_text(const rib::GlobalSettings& settings);
[[nodiscard]] boost::json::object bestpath_json(const rib::GlobalSettings& settings);

// `show bgp router`.
struct RouterData {
  wire::RouterId router_id;
  wire::AsNumber local_as;
  std::size_t peers = 0;
  std::size_t established = 0;
};
[[nodiscard]] std::string router_text(const RouterData& router);
[[nodiscard]] boost::json::object router_json(const RouterData& router);

// A line per attribute set, and per community set.
[[nodiscard]] std::string attribute_line(const rib::AttributesView& view);

// `neighbors X prefix-counts`.
struct PrefixCounts {
  std::string neighbor;
  wire::Family family = wire::Family::Ipv4Unicast;
  std::size_t counted = 0;  // as the summary has it
  std::size_t stored = 0;   // as received
  std::size_t stale = 0;
  std::size_t valid = 0;
  std::size_t all = 0;
  std::size_t best = 0;
};
[[nodiscard]] std::string prefix_counts_text(const PrefixCounts& counts);
[[nodiscard]] boost::json::object prefix_counts_json(const PrefixCounts& counts);

}  // namespace lbgp::daemon::cli
