// SPDX-License-Identifier: Apache-2.0
// `show bgp ipv4|ipv6 unicast`: the table, and one route with everything that is known about it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bgpd/cli/commands.hpp"
#include "bgpd/cli/json_text.hpp"
#include "bgpd/cli/units.hpp"
#include "rib/rib.hpp"
#include "wire/path_attributes.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::cli {

// What stands above every table.
struct TableHead {
  wire::Family family = wire::Family::Ipv4Unicast;
  std::uint64_t version = 0;
  wire::RouterId router_id;
  std::uint32_t default_local_pref = 100;
  wire::AsNumber local_as;
  std::string hostname;    // ours
  seconds utc_offset{0};   // for dates in text
  std::size_t routes = 0;  // prefixes in the whole table
  std::size_t paths = 0;
};

// A path of a route. The views have to live only while the path is looked at.
struct PathData {
  rib::PathView path;     // `peer` is not read
  std::string_view peer;  // "10.90.3.101"; empty: a local route
  std::string_view peer_hostname;
  wire::RouterId peer_router_id;
  Epoch last_update = 0;  // of path.since
  // A stale one: how much longer it may stay, and whether as a last resort (RFC 9494).
  std::optional<milliseconds> stale_remaining{};
  bool long_lived_stale = false;
  bool from_rr_client = false;  // RFC 4456: from one whose routes we reflect to everybody
};

struct AdvertisedTo {
  std::string_view peer;
  std::string_view hostname;
};

struct RouteData {
  wire::Prefix prefix;
  std::uint64_t version = 0;
  std::span<const PathData> paths;              // best first
  std::span<const AdvertisedTo> advertised_to;  // needed for one route and `detail`
  std::span<const PathData> all_paths{};        // of which `paths` are a choice; empty: `paths` are all
  [[nodiscard]] std::span<const PathData> all() const { return all_paths.empty() ? paths : all_paths; }
};

// Write a table route by route; what is appended is final. With `detail`, paths are written out as for one
// route. A filtered table in which nothing is found has no words (FRR).
class TableText {
 public:
  struct Form {
    bool wide = false;
    bool detail = false;
    bool filtered = false;
  };
  TableText(TableHead head, Form form) : head_(std::move(head)), form_(form) {}
  void add(const RouteData& route, std::string& out);
  void finish(std::string& out) const;

 private:
  TableHead head_;
  Form form_;
  std::size_t routes_ = 0;
};

// … as members of the object that is open.
class TableJson {
 public:
  TableJson(TableHead head, bool detail, JsonStream& json)
      : head_(std::move(head)), detail_(detail), json_(json) {}
  void begin(std::string& out);
  void add(const RouteData& route, std::string& out);
  void finish(std::string& out);

 private:
  TableHead head_;
  bool detail_;
  JsonStream& json_;
  std::size_t routes_ = 0;
};

[[nodiscard]] std::string route_text(const TableHead& head, const RouteData& route);
[[nodiscard]] boost::json::object route_json(const TableHead& head, const RouteData& route);

// --- parts shared with the Adj-RIB views
// ---------------------------------------------------------------------

[[nodiscard]] std::string table_legend(const TableHead& head, bool wide);
// A row of a table. An empty `prefix` stands for "as above".
struct TableRow {
  std::string status;  // three characters
  std::string prefix;
  const wire::PathAttributes* attributes = nullptr;
  std::uint32_t weight = 0;
  bool local = false;  // a route of ours without MED counts as metric 0
};
[[nodiscard]] std::string table_row(const TableRow& row, bool wide);

}  // namespace lbgp::daemon::cli
