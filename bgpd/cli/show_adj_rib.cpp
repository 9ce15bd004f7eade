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

std::string_view routes_key(RouteSelection selection) {
  return selection == RouteSelection::Advertised ? "advertisedRoutes" : "receivedRoutes";
}

void AdjRibText::add(const rib::AdjView& entry, std::string& out) {
  ++seen_;
  if (entry.filtered) ++filtered_;
  if (!wanted(entry, form_.selection)) return;
  if (paths_ == 0 && form_.originates_default)
    out += fmt::format("Originating default network {}\n\n", default_network(head_));
  if (paths_ == 0) out += table_legend(head_, form_.wide);
  if (last_ != entry.prefix) ++prefixes_;
  last_ = entry.prefix;
  ++paths_;
  out += table_row({status(entry), wire::to_string(entry.prefix), entry.attributes, 0, false}, form_.wide);
}

void AdjRibText::finish(std::string& out) const {
  // As FRR: of what does not contain what was asked for, the head alone.
  const bool looked_at = seen_ != 0 || (form_.selection == RouteSelection::BestPath && head_.routes != 0);
  if (paths_ == 0 && looked_at) out += table_legend(head_, form_.wide);
  if (paths_ == 0) return;
  out += fmt::format("\nTotal number of prefixes {}", prefixes_);
  if (paths_ != prefixes_) out += fmt::format(", total number of paths {}", paths_);
  if (form_.selection == RouteSelection::Received && filtered_ != 0)
    out += fmt::format(" ({} filtered)", filtered_);
  out += '\n';
}

void AdjRibJson::begin(std::string& out) {
  json_.add(out, "bgpTableVersion", head_.version);
  json_.add(out, "bgpLocalRouterId", wire::to_string(head_.router_id));
  json_.add(out, "defaultLocPrf", head_.default_local_pref);
  json_.add(out, "localAS", head_.local_as.value());
  if (form_.originates_default) json_.add(out, "bgpOriginatingDefaultNetwork", default_network(head_));
  json_.add(out, "bgpStatusCodes",
            codes({{"suppressed", "s"},
                   {"damped", "d"},
                   {"history", "h"},
                   {"valid", "*"},
                   {"best", ">"},
                   {"multipath", "="},
                   {"internal", "i"},
                   {"ribFailure", "r"},
                   {"stale", "S"},
                   {"removed", "R"}}));
  json_.add(out, "bgpOriginCodes", codes({{"igp", "i"}, {"egp", "e"}, {"incomplete", "?"}}));
  json_.open(out, routes_key(form_.selection));
}

void AdjRibJson::add(const rib::AdjView& entry, std::string& out) {
  if (entry.filtered) ++filtered_;
  if (!wanted(entry, form_.selection)) return;
  ++paths_;
  if (last_ != entry.prefix) {
    write_pending(out);
    last_ = entry.prefix;
    pending_ = entry_json(entry, form_.selection);
    return;
  }
  // FRR's form has room for one path of a prefix; the others stand inside of it.
  if (!pending_.contains("additionalPaths")) pending_["additionalPaths"].emplace_array();
  pending_["additionalPaths"].as_array().push_back(entry_json(entry, form_.selection));
}

void AdjRibJson::write_pending(std::string& out) {
  if (!last_) return;
  ++prefixes_;
  json_.add(out, wire::to_string(*last_), std::move(pending_));
}

void AdjRibJson::finish(std::string& out) {
  write_pending(out);
  json_.close(out);
  json_.add(out, "totalPrefixCounter", prefixes_);
  json_.add(out, "filteredPrefixCounter", form_.selection == RouteSelection::Received ? filtered_ : 0);
  json_.add(out, "totalPathsCount", paths_);
}

}  // namespace lbgp::daemon::cli
