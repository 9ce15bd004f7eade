// SPDX-License-Identifier: Apache-2.0
// Renders what was sent to a neighbor and what came from it.
#include "bgpd/cli/show_adj_rib.hpp"

#include <fmt/format.h>

#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

bool wanted(const rib::AdjView& entry, RouteSelection selection) {
  return selection != RouteSelection::Filtered || entry.filtered;
}

std::string status(const rib::AdjView& entry) {
  return entry.stale ? "S> " : "*> ";
}

std::string_view default_network(const TableHead& head) {
  return head.family == wire::Family::Ipv4Unicast ? "0.0.0.0/0" : "::/0";
}

json::object codes(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  json::object out;
  for (const auto& [name, symbol] : pairs) out[name] = symbol;
  return out;
}

// FRR up to 9 gives symbols where later ones give words: both are here.
json::object entry_json(const rib::AdjView& entry, RouteSelection selection) {
  const wire::PathAttributes& attributes = *entry.attributes;
  json::object out;
  out["addrPrefix"] = wire::to_string(entry.prefix.address());
  out["prefixLen"] = entry.prefix.length();
  out["network"] = wire::to_string(entry.prefix);
  const wire::IpAddress& next_hop = attributes.next_hop.address;
  out[next_hop.is_v4() ? "nextHop" : "nextHopGlobal"] = wire::to_string(next_hop);
  if (attributes.next_hop.link_local) out["nextHopLocal"] = wire::to_string(*attributes.next_hop.link_local);
  if (attributes.med) out["metric"] = *attributes.med;
  if (attributes.local_pref) out["locPrf"] = *attributes.local_pref;
  out["weight"] = 0;
  out["path"] = wire::to_string(attributes.as_path);
  out["origin"] = wire::to_string(attributes.origin);
  out["bgpOriginCode"] = std::string(1, wire::origin_code(attributes.origin));
  const bool advertised = selection == RouteSelection::Advertised;
  if (entry.path_id != 0) out[advertised ? "addpathTxId" : "addpathRxId"] = entry.path_id;
  if (entry.stale) out["stale"] = true;
  out["valid"] = true;
  out["best"] = true;
  if (entry.filtered && selection == RouteSelection::Received) out["filtered"] = true;
  out["appliedStatusSymbols"] = json::object{{entry.stale ? "S" : "*", true}, {">", true}};
  return out;
}

}  // namespace

void AdjRibText::add(const rib::AdjView& entry) {
  ++seen_;
  if (entry.filtered) ++filtered_;
  if (!wanted(entry, selection_)) return;
  if (last_ != entry.prefix) ++prefixes_;
  last_ = entry.prefix;
  ++paths_;
  rows_ += table_row({status(entry), wire::to_string(entry.prefix), entry.attributes, 0, false}, wide_);
}

std::string AdjRibText::finish() {
  // As FRR: of what does not contain what was asked for, the head alone.
  const bool looked_at = seen_ != 0 || (selection_ == RouteSelection::BestPath && head_.routes != 0);
  if (paths_ == 0) return looked_at ? table_legend(head_, wide_) : "";
  const bool tell_filtered = selection_ == RouteSelection::Received && filtered_ != 0;
  const std::string originated =
      originates_default_ ? fmt::format("Originating default network {}\n\n", default_network(head_)) : "";
  return originated + table_legend(head_, wide_) + rows_ +
         fmt::format("\nTotal number of prefixes {}", prefixes_) +
         (paths_ != prefixes_ ? fmt::format(", total number of paths {}", paths_) : "") +
         (tell_filtered ? fmt::format(" ({} filtered)", filtered_) : "") + '\n';
}

void AdjRibJson::add(const rib::AdjView& entry) {
  if (entry.filtered) ++filtered_;
  if (!wanted(entry, selection_)) return;
  ++paths_;
  // FRR's form has room for one path of a prefix; the others stand inside of it.
  const auto [first, is_first] =
      routes_.emplace(wire::to_string(entry.prefix), entry_json(entry, selection_));
  if (is_first) return;
  json::object& object = first->value().as_object();
  if (!object.contains("additionalPaths")) object["additionalPaths"].emplace_array();
  object["additionalPaths"].as_array().push_back(entry_json(entry, selection_));
}

json::object AdjRibJson::finish() {
  json::object out;
  out["bgpTableVersion"] = head_.version;
  out["bgpLocalRouterId"] = wire::to_string(head_.router_id);
  out["defaultLocPrf"] = head_.default_local_pref;
  out["localAS"] = head_.local_as.value();
  if (originates_default_) out["bgpOriginatingDefaultNetwork"] = default_network(head_);
  out["bgpStatusCodes"] = codes({{"suppressed", "s"},
                                 {"damped", "d"},
                                 {"history", "h"},
                                 {"valid", "*"},
                                 {"best", ">"},
                                 {"multipath", "="},
                                 {"internal", "i"},
                                 {"ribFailure", "r"},
                                 {"stale", "S"},
                                 {"removed", "R"}});
  out["bgpOriginCodes"] = codes({{"igp", "i"}, {"egp", "e"}, {"incomplete", "?"}});
  const std::size_t shown = routes_.size();
  out[selection_ == RouteSelection::Advertised ? "advertisedRoutes" : "receivedRoutes"] = std::move(routes_);
  out["totalPrefixCounter"] = shown;
  out["filteredPrefixCounter"] = selection_ == RouteSelection::Received ? filtered_ : 0;
  out["totalPathsCount"] = paths_;
  return out;
}

}  // namespace lbgp::daemon::cli
