// SPDX-License-Identifier: Apache-2.0
// Tables of routes, in text and JSON.
#include "bgpd/cli/show_routes.hpp"

#include <fmt/format.h>

#include "bgpd/cli/route_json.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

constexpr std::string_view kLegend =
    "Status codes:  s suppressed, d damped, h history, * valid, > best, = multipath,\n"
    "               i internal, r RIB-failure, S Stale, R Removed\n"
    "Nexthop codes: @NNN nexthop's vrf id, < announce-nh-self\n"
    "Origin codes:  i - IGP, e - EGP, ? - incomplete\n"
    "RPKI validation codes: V valid, I invalid, N Not found\n"
    "\n";

struct Widths {
  std::size_t prefix;
  std::size_t next_hop;
};
constexpr Widths kNormal{17, 16};
constexpr Widths kWide{45, 38};
constexpr std::size_t kStatus = 3;

// A cell that is too long pushes the rest to a line of its own, so that the columns stay where they are.
std::string cell(std::string text, std::size_t width, std::size_t start) {
  if (text.size() < width)
    text.append(width - text.size(), ' ');
  else
    text += '\n' + std::string(start + width, ' ');
  return text;
}

std::string status(const rib::PathView& path) {
  std::string out = "   ";
  if (path.valid) out[0] = path.suppressed ? 's' : '*';
  if (path.stale) out[0] = 'S';
  if (path.multipath) out[1] = '=';
  if (path.best) out[1] = '>';
  if (path.ibgp) out[2] = 'i';
  return out;
}

}  // namespace

std::string table_legend(const TableHead& head, bool wide) {
  const Widths widths = wide ? kWide : kNormal;
  return fmt::format(
             "BGP table version is {}, local router ID is {}, vrf id 0\nDefault local pref {}, local AS {}\n",
             head.version, head.router_id, head.default_local_pref, head.local_as.value()) +
         std::string(kLegend) +
         fmt::format("   {:<{}}{:<{}}    Metric LocPrf Weight Path\n", "Network", widths.prefix, "Next Hop",
                     widths.next_hop);
}

std::string table_row(const TableRow& row, bool wide) {
  const Widths widths = wide ? kWide : kNormal;
  const wire::PathAttributes& attributes = *row.attributes;
  std::string out = row.status;
  out += cell(row.prefix, widths.prefix, kStatus);
  out += cell(wire::to_string(attributes.next_hop.address), widths.next_hop, kStatus + widths.prefix);
  const bool has_metric = attributes.med.has_value() || row.local;
  out += has_metric ? fmt::format("{:>10}", attributes.med.value_or(0)) : std::string(10, ' ');
  out += attributes.local_pref ? fmt::format("{:>7}", *attributes.local_pref) : std::string(7, ' ');
  out += fmt::format("{:>7} ", row.weight);
  if (const std::string path = wire::to_string(attributes.as_path); !path.empty()) out += path + ' ';
  out += wire::origin_code(attributes.origin);
  return out + '\n';
}

void TableText::add(const RouteData& route, std::string& out) {
  if (form_.detail) {
    ++routes_;
    out += route_text(head_, route) + '\n';
    return;
  }
  if (routes_ == 0 && !route.paths.empty()) out += table_legend(head_, form_.wide);
  bool first = true;
  for (const PathData& path : route.paths) {
    out += table_row({status(path.path), first ? wire::to_string(route.prefix) : "", path.path.attributes,
                      path.path.weight, path.peer.empty()},
                     form_.wide);
    first = false;
  }
  if (!first) ++routes_;
}

void TableText::finish(std::string& out) const {
  if (routes_ == 0 && !form_.filtered)
    out += fmt::format("No BGP prefixes displayed, {} exist\n", head_.routes);
  if (routes_ != 0 && !form_.detail)
    out += fmt::format("\nDisplayed  {} routes and {} total paths\n", routes_, head_.paths);
}

void TableJson::begin(std::string& out) {
  json_.add_all(out, table_head_json(head_));
  json_.open(out, "routes");
}

void TableJson::add(const RouteData& route, std::string& out) {
  json::array paths;
  for (const PathData& path : route.paths)
    paths.push_back(detail_ ? path_detail_json(head_, route, path) : path_json(head_, route, path));
  if (paths.empty()) return;
  ++routes_;
  json_.add(out, wire::to_string(route.prefix), std::move(paths));
}

void TableJson::finish(std::string& out) {
  json_.close(out);
  json_.add(out, "totalRoutes", head_.routes);
  json_.add(out, "totalPaths", head_.paths);
  json_.add(out, "numRoutes", routes_);
}

}  // namespace lbgp::daemon::cli
