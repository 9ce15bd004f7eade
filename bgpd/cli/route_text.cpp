// SPDX-License-Identifier: Apache-2.0
// One route in full, as text.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "bgpd/cli/show_routes.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace {

// RFC 1997: what the best path's communities forbid, in the words of FRR's first line.
std::string_view restriction(const PathData* best) {
  constexpr std::array<std::pair<wire::Community, std::string_view>, 3> kRestrictions{{
      {wire::kNoAdvertise, ", not advertised to any peer"},
      {wire::kNoExport, ", not advertised to EBGP peer"},
      {wire::kNoExportSubconfed, ", not advertised outside local AS"},
  }};
  if (best == nullptr) return {};
  for (const auto& [community, words] : kRestrictions)
    if (best->path.attributes->communities.contains(community)) return words;
  return {};
}

std::string head_text(const RouteData& route) {
  const PathData* best = nullptr;
  std::size_t number = 0;
  const std::span<const PathData> all = route.all();
  for (std::size_t i = 0; i < all.size() && best == nullptr; ++i)
    if (all[i].path.best) {
      best = &all[i];
      number = i + 1;
    }
  const std::string which =
      best == nullptr
          ? "no best path"
          : fmt::format("best #{}, table default{}{}", number, restriction(best),
                        best->path.suppressed ? ", Advertisements suppressed by an aggregate." : "");
  std::string out = fmt::format("BGP routing table entry for {}, version {}\nPaths: ({} available, {})\n",
                                route.prefix, route.version, all.size(), which);
  if (route.advertised_to.empty()) return out + "  Not advertised to any peer\n";
  out += "  Advertised to non peer-group peers:\n ";
  for (const AdvertisedTo& to : route.advertised_to) out += fmt::format(" {}", to.peer);
  return out + '\n';
}

std::string origin_line(const PathData& data) {
  const rib::PathView& path = data.path;
  const wire::PathAttributes& attributes = *path.attributes;
  std::string out = fmt::format("      Origin {}", wire::to_string(attributes.origin));
  const bool local = data.peer.empty();
  if (attributes.med || local) out += fmt::format(", metric {}", attributes.med.value_or(0));
  if (attributes.local_pref) out += fmt::format(", localpref {}", *attributes.local_pref);
  if (attributes.aigp) out += fmt::format(", aigp-metric {}", *attributes.aigp);
  if (path.weight != 0) out += fmt::format(", weight {}", path.weight);
  out += path.valid ? ", valid" : ", invalid";
  if (local)
    out += path.aggregate ? ", aggregated, local" : ", sourced, local";
  else
    out += path.ibgp ? ", internal" : ", external";
  if (attributes.atomic_aggregate) out += ", atomic-aggregate";
  if (attributes.otc) out += fmt::format(", otc {}", attributes.otc->value());
  if (path.multipath) out += ", multipath";
  if (path.best) out += fmt::format(", best ({})", path.selection_reason);
  return out + '\n';
}

std::string path_line(const PathData& data) {
  const wire::PathAttributes& attributes = *data.path.attributes;
  const std::string path = wire::to_string(attributes.as_path);
  std::string out = "  " + (path.empty() ? "Local" : path);
  if (attributes.aggregator)
    out +=
        fmt::format(", (aggregated by {} {})", attributes.aggregator->as.value(), attributes.aggregator->id);
  if (data.path.stale) out += ", (stale)";
  if (data.from_rr_client) out += ", (Received from a RR-client)";
  return out + '\n';
}

std::string from_lines(const TableHead& head, const PathData& data) {
  const wire::NextHop& next_hop = data.path.attributes->next_hop;
  const bool local = data.peer.empty();
  const std::string_view nobody = head.family == wire::Family::Ipv4Unicast ? "0.0.0.0" : "::";
  std::string out =
      fmt::format("    {}{} from {} ({})\n", next_hop.address, data.path.valid ? "" : " (inaccessible)",
                  local ? nobody : data.peer, local ? head.router_id : data.peer_router_id);
  if (next_hop.link_local) out += fmt::format("    ({})\n", *next_hop.link_local);
  return out;
}

std::string owner_line(const rib::PathView& path) {
  if (path.owner.empty()) return {};
  std::string out = fmt::format("      Owner: {}", path.owner);
  if (path.labels != nullptr)
    for (const auto& [key, value] : *path.labels) out += fmt::format(", {}={}", key, value);
  return out + '\n';
}

std::string community_lines(const wire::PathAttributes& attributes) {
  std::string out;
  if (!attributes.communities.empty())
    out += fmt::format("      Community: {}\n", wire::to_string(attributes.communities));
  if (!attributes.ext_communities.empty())
    out += fmt::format("      Extended Community: {}\n", wire::to_string(attributes.ext_communities));
  if (!attributes.large_communities.empty())
    out += fmt::format("      Large Community: {}\n", wire::to_string(attributes.large_communities));
  return out;
}

std::string reflection_line(const wire::PathAttributes& attributes) {
  if (!attributes.originator_id && attributes.cluster_list.empty()) return {};
  std::string out = "      ";
  if (attributes.originator_id) out += fmt::format("Originator: {}", *attributes.originator_id);
  if (!attributes.cluster_list.empty()) {
    out += attributes.originator_id ? ", Cluster list:" : "Cluster list:";
    for (const wire::RouterId id : attributes.cluster_list) out += fmt::format(" {}", id);
  }
  return out + '\n';
}

// One identifier serves every selection of paths.
std::string add_path_line(const rib::PathView& path) {
  if (path.path_id == 0 && path.tx_path_id == 0) return {};
  return fmt::format("      AddPath ID: RX {}, TX {}\n", path.path_id, path.tx_path_id);
}

}  // namespace

std::string route_text(const TableHead& head, const RouteData& route) {
  std::string out = head_text(route);
  for (const PathData& data : route.paths) {
    const wire::PathAttributes& attributes = *data.path.attributes;
    out += path_line(data) + from_lines(head, data) + origin_line(data);
    out += community_lines(attributes) + reflection_line(attributes) + owner_line(data.path);
    out += add_path_line(data.path);
    out += fmt::format("      Last update: {}\n", date_text(data.last_update, head.utc_offset));
    if (data.stale_remaining)
      out += fmt::format("      Time until {} stale route deleted: {}\n",
                         data.long_lived_stale ? "Long-lived" : "Graceful Restart",
                         std::chrono::floor<seconds>(*data.stale_remaining).count());
  }
  return out;
}

}  // namespace lbgp::daemon::cli
