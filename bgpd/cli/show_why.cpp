// SPDX-License-Identifier: Apache-2.0
// Why a prefix is where it is, told from its source to each neighbor.
#include "bgpd/cli/show_why.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <iterator>

#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

using rib::ExportFate;
using rib::ExportStop;
using rib::NextHopChoice;
using rib::Rejection;

template <typename Key>
struct Words {
  Key key;
  std::string_view name;   // for scripts
  std::string_view words;  // for people
};

template <typename Key, std::size_t N>
const Words<Key>& find_words(const std::array<Words<Key>, N>& table, Key key) {
  return *std::find_if(table.begin(), table.end() - 1, [&](const auto& row) { return row.key == key; });
}

constexpr std::array<Words<ExportFate>, 14> kFates{{
    {ExportFate::SessionDown, "sessionDown", "not sent: there is no session"},
    {ExportFate::NotNegotiated, "familyNotNegotiated", "not sent: the session does not carry this family"},
    {ExportFate::NoNextHop, "noNextHop", "not sent: we have no next hop to give"},
    {ExportFate::NoPath, "noPath", "not sent: there is no path"},
    {ExportFate::Suppressed, "suppressed", "not sent: an 'aggregate-address … summary-only' stands for it"},
    {ExportFate::CameFromPeer, "cameFromNeighbor",
     "not sent: the path came from this very neighbor (split horizon)"},
    {ExportFate::BroughtByPeer, "originatedByNeighbor",
     "not sent: this neighbor brought it into our AS (its ORIGINATOR_ID)"},
    {ExportFate::NotSelected, "notSelected",
     "not sent: the neighbor takes several paths, but this is not among them (addpath-tx-…)"},
    {ExportFate::Denied, "denied", "not sent"},
    {ExportFate::TooBig, "tooBig", "not sent: with its attributes it fits no message of this session"},
    {ExportFate::OverItself, "overItself", "not sent: its next hop is this neighbor itself (RFC 4271 5.1.3)"},
    {ExportFate::Preparing, "preparing", "on its way: what the neighbor is to be sent is being worked out"},
    {ExportFate::Pending, "pending", "on its way: it waits for the neighbor's connection to take it"},
    {ExportFate::Sent, "sent", "sent"},
}};

constexpr std::array<Words<ExportStop>, 14> kStops{{
    {ExportStop::InternalPath, "internalPath",
     "not sent: what came from one iBGP neighbor is not passed on to another (route-reflector-client would)"},
    {ExportStop::NoPolicy, "ebgpRequiresPolicy",
     "not sent: without an outbound policy an external neighbor gets our own routes alone (RFC 8212: give it "
     "a "
     "prefix-list or route-map out, or say 'no bgp ebgp-requires-policy')"},
    {ExportStop::NoAdvertise, "noAdvertise", "not sent: it carries the community no-advertise"},
    {ExportStop::NoExport, "noExport",
     "not sent: it carries the community no-export, and this neighbor is external"},
    {ExportStop::NoExportSubconfed, "localAs",
     "not sent: it carries the community local-AS, and this neighbor is external"},
    {ExportStop::RouteLeak, "routeLeak",
     "not sent: it came down from a provider or across from a peer, so it goes to customers only (RFC 9234)"},
    {ExportStop::PeerAs, "peerAs",
     "not sent: the neighbor's AS stands in the path (sender-as-path-loop-detection)"},
    {ExportStop::SiteOfOrigin, "siteOfOrigin", "not sent: it came from the neighbor's own site (soo)"},
    {ExportStop::Pool, "pool", "not sent: its vip-pool is for other neighbors (advertise-to)"},
    {ExportStop::LongLivedStale, "longLivedStale",
     "not sent: it is long-lived stale, and this neighbor does not understand that (RFC 9494)"},
    {ExportStop::Policy, "policy", "not sent: the outbound policy denies it"},
    {ExportStop::NextHop, "nextHopFamily",
     "not sent: its next hop is of the other address family, which this session cannot carry"},
    {ExportStop::MaximumPrefixOut, "maximumPrefixOut",
     "not sent: the neighbor has as many prefixes as maximum-prefix-out lets it have"},
    {ExportStop::None, "none", "not sent"},
}};

constexpr std::array<Words<NextHopChoice>, 7> kNextHops{{
    {NextHopChoice::Own, "own", "ours, for it is our own route"},
    {NextHopChoice::Owner, "owner", "as the route's owner asked"},
    {NextHopChoice::External, "external", "ours, as always towards an external neighbor"},
    {NextHopChoice::Self, "nextHopSelf", "ours, by next-hop-self"},
    {NextHopChoice::LinkLocal, "linkLocal", "ours, for the received one is link-local"},
    {NextHopChoice::RouteMap, "routeMap", "set by the outbound route map"},
    {NextHopChoice::Unchanged, "unchanged", "as received: iBGP does not change it (next-hop-self would)"},
}};

constexpr std::array<Words<Rejection>, 7> kRejections{{
    {Rejection::FirstAs, "firstAs",
     "rejected: its AS path does not begin with the neighbor's AS (enforce-first-as)"},
    {Rejection::AsLoop, "asLoop", "rejected: our AS stands in its AS path (allowas-in would let it pass)"},
    {Rejection::OriginatorLoop, "originatorLoop",
     "rejected: we have originated it ourselves (ORIGINATOR_ID)"},
    {Rejection::ClusterLoop, "clusterLoop", "rejected: our cluster stands in its CLUSTER_LIST"},
    {Rejection::UnusableNextHop, "unusableNextHop", "rejected: its next hop is ourselves, or no host"},
    {Rejection::RouteLeak, "routeLeak", "rejected: a route leak, by the roles of both sides (RFC 9234)"},
    {Rejection::None, "none", "accepted"},
}};

constexpr std::array<std::string_view, 4> kStages{"prefix-list", "distribute-list", "filter-list",
                                                  "route-map"};

std::string_view stage(rib::PolicyStage stage) {
  return kStages[static_cast<std::size_t>(stage)];
}
std::string_view action(rib::Permit permit) {
  return permit == rib::Permit::Permit ? "permit" : "deny";
}

std::string step_text(const rib::PolicyStep& step) {
  const std::string who = fmt::format("{} {}", stage(step.stage), step.name);
  if (step.seq)
    return fmt::format("{} seq {} {}s", who, *step.seq, action(step.action) == "deny" ? "denie" : "permit");
  if (!step.defined) return fmt::format("{} denies: it is not defined", who);
  return step.action == rib::Permit::Permit ? fmt::format("{} has no statements and permits", who)
                                            : fmt::format("{} denies: no statement of it matches", who);
}

// --- whom the route is sent to

std::string path_of(const wire::PathAttributes& attributes) {
  const std::string path = wire::to_string(attributes.as_path);
  return path.empty() ? "empty AS path" : "AS path " + path;
}

std::string acknowledgement(const WhyNeighbor& neighbor) {
  if (!neighbor.unacknowledged) return {};
  if (*neighbor.unacknowledged == 0) return ", and acknowledged by the neighbor's TCP";
  return fmt::format(
      "; {} octets of this session are not acknowledged by the neighbor's TCP yet, it may be among them",
      *neighbor.unacknowledged);
}

std::string export_words(const WhyNeighbor& neighbor, const rib::ExportView& view, wire::Family family) {
  const std::string words(find_words(kFates, view.fate).words);
  switch (view.fate) {
    case ExportFate::SessionDown:
      return fmt::format("{} ({}{}{}); ask 'show bgp neighbors {} why-down'", words, neighbor.state,
                         neighbor.down.empty() ? "" : ": ", neighbor.down, neighbor.name);
    case ExportFate::NotNegotiated:
      return fmt::format("not sent: the session does not carry {}: {}", wire::to_string(family),
                         neighbor.activated ? "the neighbor did not offer it in its OPEN"
                                            : "it is not activated for this neighbor in our configuration");
    case ExportFate::NoNextHop:
      return fmt::format("{}: {}", words, view.words);
    case ExportFate::NoPath:
      return view.withdrawal_pending ? "about to be withdrawn: there is no path any more" : words;
    case ExportFate::Denied:
      if (view.default_originate)
        return "not sent: nothing in the table is what default-originate's route map asks for";
      if (view.stop == ExportStop::Policy && view.policy && !view.policy->steps.empty())
        return "not sent: " + step_text(view.policy->steps.back());
      return std::string(find_words(kStops, view.stop).words);
    case ExportFate::Pending:
      return words + (view.announced ? " (what was sent before is outdated)" : "");
    case ExportFate::Sent:
      return words + acknowledgement(neighbor);
    default:
      return words;
  }
}

std::string next_hop_words(const WhyNeighbor& neighbor, const rib::ExportView& view) {
  std::string words(find_words(kNextHops, view.next_hop).words);
  const bool ours = words.starts_with("ours");
  if (!ours) return words;
  if (view.next_hop_configured) return words + " (the one that 'neighbor … next-hop' gives)";
  if (neighbor.local_address == view.attributes->next_hop.address)
    return words + " (our end of this session)";
  return words + " (our address of that family on the session's interface)";
}

std::string attributes_line(const wire::PathAttributes& attributes) {
  std::string out = path_of(attributes);
  if (attributes.med) out += fmt::format(", MED {}", *attributes.med);
  if (attributes.local_pref) out += fmt::format(", local preference {}", *attributes.local_pref);
  if (!attributes.communities.empty())
    out += fmt::format(", communities {}", wire::to_string(attributes.communities));
  if (!attributes.large_communities.empty())
    out += fmt::format(", large communities {}", wire::to_string(attributes.large_communities));
  return out;
}

std::string export_text(const WhyNeighbor& neighbor, const rib::ExportView& view, const WhyData& data) {
  std::string out = fmt::format("  {}{}: ", neighbor.name,
                                neighbor.hostname.empty() ? "" : fmt::format(" ({})", neighbor.hostname));
  if (view.path_id != 0)
    out += fmt::format("path {} from {}: ", view.path_id,
                       view.source_peer ? data.peer_name(*view.source_peer) : "here");
  out += export_words(neighbor, view, data.prefix.family()) + '\n';
  if (view.default_originate) out += "    by default-originate, not from the table\n";
  if (view.policy && !view.policy->steps.empty())
    out += fmt::format("    policy: {}\n", steps_text(view.policy->steps));
  if (!view.attributes) return out;
  out +=
      fmt::format("    next hop {}: {}\n", view.attributes->next_hop.address, next_hop_words(neighbor, view));
  return out + fmt::format("    with {}\n", attributes_line(*view.attributes));
}

json::object export_json(const WhyNeighbor& neighbor, const rib::ExportView& view, const WhyData& data) {
  json::object out{{"fate", find_words(kFates, view.fate).name},
                   {"words", export_words(neighbor, view, data.prefix.family())}};
  if (view.path_id != 0) out["pathId"] = view.path_id;
  if (view.source_peer) out["from"] = data.peer_name(*view.source_peer);
  if (view.default_originate) out["defaultOriginate"] = true;
  out["announced"] = view.announced;
  if (view.withdrawal_pending) out["withdrawalPending"] = true;
  if (view.fate == ExportFate::Denied) out["deniedBy"] = find_words(kStops, view.stop).name;
  if (view.policy) out["policy"] = steps_json(view.policy->steps);
  if (view.fate == ExportFate::Sent && neighbor.unacknowledged) {
    out["acknowledged"] = *neighbor.unacknowledged == 0;
    out["unacknowledgedOctets"] = *neighbor.unacknowledged;
  }
  if (!view.attributes) return out;
  out["nextHop"] = wire::to_string(view.attributes->next_hop.address);
  out["nextHopChoice"] = find_words(kNextHops, view.next_hop).name;
  out["nextHopWords"] = next_hop_words(neighbor, view);
  out["path"] = wire::to_string(view.attributes->as_path);
  return out;
}

// --- who has sent it to us

std::string inbound_words(const rib::InboundView& view) {
  if (view.accepted) return view.stale ? "accepted, stale (its session has ended)" : "accepted";
  if (view.rejection != Rejection::None)
    return fmt::format("{}; {}", find_words(kRejections, view.rejection).words, path_of(view.attributes));
  if (view.policy_missing)
    return "not accepted: from an external neighbor without an inbound policy nothing is (RFC 8212: give it "
           "a "
           "prefix-list or route-map in, or say 'no bgp ebgp-requires-policy')";
  if (view.policy && !view.policy->steps.empty()) return "denied: " + step_text(view.policy->steps.back());
  return "not accepted";
}

std::string received_text(const WhyNeighbor& neighbor, bool in_table) {
  std::string out;
  for (const rib::InboundView& view : neighbor.received) {
    out += fmt::format("  {} sends it: {}\n", neighbor.name, inbound_words(view));
    if (view.accepted && view.policy && !view.policy->steps.empty())
      out += fmt::format("    policy: {}\n", steps_text(view.policy->steps));
  }
  // Of a route that is there, who does not send it is no news.
  if (!neighbor.received.empty() || !neighbor.activated || in_table) return out;
  if (!neighbor.established) return fmt::format("  {}: no session ({})\n", neighbor.name, neighbor.state);
  if (neighbor.policy_missing)
    return fmt::format(
        "  {}: nothing from it is accepted, as it is external and has no inbound policy (RFC 8212: give it a "
        "prefix-list or route-map in, or say 'no bgp ebgp-requires-policy')\n",
        neighbor.name);
  return neighbor.keeps_received ? fmt::format("  {} does not send it\n", neighbor.name)
                                 : fmt::format(
                                       "  {}: does not send it, or it was not accepted; 'neighbor {} "
                                       "soft-reconfiguration inbound' "
                                       "would keep what it sends\n",
                                       neighbor.name, neighbor.name);
}

json::object received_json(const rib::InboundView& view) {
  json::object out{{"accepted", view.accepted}, {"words", inbound_words(view)}};
  if (view.path_id != 0) out["pathId"] = view.path_id;
  out["asReceived"] = view.as_received;
  if (view.stale) out["stale"] = true;
  if (view.rejection != Rejection::None) out["rejectedFor"] = find_words(kRejections, view.rejection).name;
  if (view.policy_missing) out["policyMissing"] = true;
  if (view.policy) out["policy"] = steps_json(view.policy->steps);
  out["path"] = wire::to_string(view.attributes.as_path);
  out["nextHop"] = wire::to_string(view.attributes.next_hop.address);
  return out;
}

// --- where it comes from

std::string source_text(const PathData& path) {
  if (!path.peer.empty())
    return fmt::format("from {} {}{}, {}", path.path.ibgp ? "iBGP neighbor" : "neighbor", path.peer,
                       path.peer_hostname.empty() ? "" : fmt::format(" ({})", path.peer_hostname),
                       path_of(*path.path.attributes));
  if (path.path.aggregate) return "made here by aggregate-address, of the routes below it";
  if (path.path.owner == "config") return "announced here by a 'network' statement of the configuration";
  std::string out = fmt::format("announced here by {}", path.path.owner);
  if (path.path.labels != nullptr && !path.path.labels->empty()) {
    std::vector<std::string> labels;
    for (const auto& [key, value] : *path.path.labels) labels.push_back(key + '=' + value);
    out += fmt::format(" ({})", fmt::join(labels, ", "));
  }
  return out + "; it stays until its owner withdraws it";
}

std::string standing(const RouteData& route, std::size_t number, const WhyData& data) {
  const PathData& path = route.paths[number];
  if (path.path.best && route.paths.size() == 1) return "the only path, so the best";
  if (path.path.best)
    return fmt::format("the best of {}, by {}", route.paths.size(), path.path.selection_reason);
  const std::string_view lost = number < data.lost_by.size() ? data.lost_by[number] : std::string_view();
  const std::string multipath = path.path.multipath ? "; used beside it (multipath)" : "";
  return (lost.empty() ? "not the best: another path has put it out"
                       : fmt::format("not the best: loses by {}", lost)) +
         multipath;
}

std::string sources_text(const TableHead& head, const RouteData& route, const WhyData& data) {
  std::string out = " Where it comes from\n";
  for (std::size_t i = 0; i < route.paths.size(); ++i) {
    const PathData& path = route.paths[i];
    out += fmt::format("  #{} {}\n     {}\n", i + 1, source_text(path), standing(route, i, data));
    if (path.path.stale) out += "     stale: its session has ended, it is kept for the restart\n";
    out += fmt::format("     since {}\n", date_text(path.last_update, head.utc_offset));
  }
  return out;
}

std::string pool_text(const WhyData& data, bool in_table) {
  if (!data.pools_exist)
    return in_table ? "" : " Pool\n  none is configured: any local client may announce it\n";
  if (!data.pool)
    return fmt::format(" Pool\n  none holds it{}\n",
                       in_table ? "" : ": a local client that announces it is refused");
  const std::string condition = data.pool->condition.empty() ? ""
                                : in_table ? "; it would not take it again: " + data.pool->condition
                                           : " on a condition: " + data.pool->condition;
  return fmt::format(" Pool\n  {} vip-pool {}, which {} may use{}\n", in_table ? "in" : "would lie in",
                     data.pool->name, data.pool->allowed, condition);
}

std::string neighborhood_text(const WhyData& data) {
  std::string out;
  if (data.covered_by)
    out += fmt::format(" Covered by {} ('show bgp {} why')\n", *data.covered_by, *data.covered_by);
  if (!data.more_specific.empty()) {
    std::vector<std::string> below;
    for (const wire::Prefix& prefix : data.more_specific) below.push_back(wire::to_string(prefix));
    out += fmt::format(" Below it: {}\n", fmt::join(below, ", "));
  }
  return out;
}

bool is_asked_for(const WhyNeighbor& each, const std::string& neighbor) {
  return neighbor.empty() || each.name == neighbor;
}

json::object sources_json(const RouteData& route, std::size_t number, const WhyData& data) {
  const PathData& path = route.paths[number];
  json::object out{{"number", number + 1}, {"words", source_text(path)}};
  if (path.peer.empty()) {
    out["owner"] = path.path.owner;
    if (path.path.labels != nullptr && !path.path.labels->empty()) {
      json::object labels;
      for (const auto& [key, value] : *path.path.labels) labels[key] = value;
      out["labels"] = std::move(labels);
    }
  } else {
    out["neighbor"] = path.peer;
  }
  out["best"] = path.path.best;
  if (path.path.best) out["selectionReason"] = path.path.selection_reason;
  if (!path.path.best && number < data.lost_by.size() && !data.lost_by[number].empty())
    out["lostBy"] = data.lost_by[number];
  if (path.path.stale) out["stale"] = true;
  out["lastUpdateEpoch"] = path.last_update;
  return out;
}

}  // namespace

std::string_view WhyData::peer_name(std::uint32_t id) const {
  for (const auto& [number, name] : peer_names)
    if (number == id) return name;
  return "a neighbor that is gone";
}

std::string steps_text(const std::vector<rib::PolicyStep>& steps) {
  std::vector<std::string> words;
  std::transform(steps.begin(), steps.end(), std::back_inserter(words), step_text);
  return fmt::format("{}", fmt::join(words, ", "));
}

json::array steps_json(const std::vector<rib::PolicyStep>& steps) {
  json::array out;
  for (const rib::PolicyStep& step : steps) {
    json::object each{{"type", stage(step.stage)}, {"name", step.name}};
    if (step.seq) each["seq"] = *step.seq;
    if (!step.defined) each["defined"] = false;
    each["action"] = action(step.action);
    out.push_back(std::move(each));
  }
  return out;
}

std::string why_text(const TableHead& head, const RouteData* route, const WhyData& data,
                     const std::string& neighbor) {
  const bool in_table = route != nullptr;
  std::string out = fmt::format("{} is {}in the table\n", data.prefix, in_table ? "" : "not ");
  if (in_table) out += sources_text(head, *route, data);
  for (const std::string& note : data.notes) out += fmt::format(" Note: {}\n", note);
  out += pool_text(data, in_table);
  std::string received;
  for (const WhyNeighbor& each : data.neighbors)
    if (is_asked_for(each, neighbor)) received += received_text(each, in_table);
  if (!received.empty()) out += " Who sends it to us\n" + received;
  std::string sent;
  for (const WhyNeighbor& each : data.neighbors)
    for (const rib::ExportView& view : each.exported) {
      const bool matters = in_table || view.withdrawal_pending || view.announced || view.default_originate;
      if (is_asked_for(each, neighbor) && matters) sent += export_text(each, view, data);
    }
  if (!sent.empty()) out += " Where it goes\n" + sent;
  if (in_table && data.neighbors.empty()) out += " Where it goes\n  nowhere: no neighbor is configured\n";
  return out + neighborhood_text(data);
}

json::object why_json(const TableHead& /*head*/, const RouteData* route, const WhyData& data,
                      const std::string& neighbor) {
  json::object out{{"prefix", wire::to_string(data.prefix)}, {"inTable", route != nullptr}};
  json::array paths;
  if (route != nullptr)
    for (std::size_t i = 0; i < route->paths.size(); ++i) paths.push_back(sources_json(*route, i, data));
  out["paths"] = std::move(paths);
  json::array notes;
  for (const std::string& note : data.notes) notes.emplace_back(note);
  if (!notes.empty()) out["notes"] = std::move(notes);
  if (data.pool) out["pool"] = json::object{{"name", data.pool->name}, {"allowed", data.pool->allowed}};
  json::object neighbors;
  for (const WhyNeighbor& each : data.neighbors) {
    if (!is_asked_for(each, neighbor)) continue;
    json::object entry{{"state", each.state}};
    if (!each.hostname.empty()) entry["hostname"] = each.hostname;
    json::array received;
    for (const rib::InboundView& view : each.received) received.push_back(received_json(view));
    entry["received"] = std::move(received);
    entry["receivedIsStored"] = each.keeps_received;
    json::array sent;
    for (const rib::ExportView& view : each.exported) sent.push_back(export_json(each, view, data));
    entry["exported"] = std::move(sent);
    neighbors[each.name] = std::move(entry);
  }
  out["neighbors"] = std::move(neighbors);
  if (data.covered_by) out["coveredBy"] = wire::to_string(*data.covered_by);
  json::array below;
  for (const wire::Prefix& prefix : data.more_specific) below.emplace_back(wire::to_string(prefix));
  out["moreSpecific"] = std::move(below);
  return out;
}

namespace {

// What the policy has changed, a line each.
std::vector<std::string> changes(const rib::RouteAttributes& before, const rib::RouteAttributes& after) {
  std::vector<std::string> out;
  const auto note = [&](std::string_view what, const auto& old_value, const auto& new_value) {
    if (old_value != new_value)
      out.push_back(fmt::format("{}: {}", what, new_value.empty() ? "none" : new_value));
  };
  const auto number = [](const std::optional<std::uint32_t>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  const wire::PathAttributes& a = before.path;
  const wire::PathAttributes& b = after.path;
  note("AS path", wire::to_string(a.as_path), wire::to_string(b.as_path));
  note("origin", std::string(wire::to_string(a.origin)), std::string(wire::to_string(b.origin)));
  note("next hop", wire::to_string(a.next_hop.address), wire::to_string(b.next_hop.address));
  note("metric", number(a.med), number(b.med));
  note("local preference", number(a.local_pref), number(b.local_pref));
  note("weight", number(before.weight), number(after.weight));
  note("communities", wire::to_string(a.communities), wire::to_string(b.communities));
  note("large communities", wire::to_string(a.large_communities), wire::to_string(b.large_communities));
  note("extended communities", wire::to_string(a.ext_communities), wire::to_string(b.ext_communities));
  return out;
}

}  // namespace

std::string test_text(const wire::Prefix& prefix, const rib::RouteAttributes& before,
                      const rib::PolicyVerdict& verdict) {
  std::string out = fmt::format("{} is {}\n", prefix, verdict.permitted ? "permitted" : "denied");
  for (const rib::PolicyStep& step : verdict.steps) out += fmt::format("  {}\n", step_text(step));
  if (!verdict.permitted) return out;
  const std::vector<std::string> changed = changes(before, verdict.attributes);
  if (changed.empty()) return out + "  nothing is changed\n";
  for (const std::string& each : changed) out += fmt::format("  {}\n", each);
  return out;
}

json::object test_json(const wire::Prefix& prefix, const rib::RouteAttributes& before,
                       const rib::PolicyVerdict& verdict) {
  json::object out{{"prefix", wire::to_string(prefix)},
                   {"permitted", verdict.permitted},
                   {"steps", steps_json(verdict.steps)}};
  json::array changed;
  if (verdict.permitted)
    for (const std::string& each : changes(before, verdict.attributes)) changed.emplace_back(each);
  out["changes"] = std::move(changed);
  return out;
}

}  // namespace lbgp::daemon::cli
