// SPDX-License-Identifier: Apache-2.0
// Renders `show bgp summary` as FRR does.
#include "bgpd/cli/show_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>

#include "bgpd/cli/json_text.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

constexpr std::size_t kNameWidth = 16;
constexpr std::size_t kDescription = 20;
constexpr std::size_t kDescriptionWide = 64;

bool established(const SummaryPeer& peer) {
  return peer.state == fsm::State::Established;
}

std::string state_text(const SummaryPeer& peer) {
  if (peer.shutdown) return "Idle (Admin)";
  if (peer.over_maximum_prefix) return "Idle (PfxCt)";
  return std::string(fsm::to_string(peer.state));
}

std::string_view peer_state(const SummaryPeer& peer) {
  if (peer.shutdown) return "Admin";
  if (peer.over_maximum_prefix) return "PfxCt";
  if (peer.passive && !established(peer)) return "Passive";
  return peer.policy_missing_in ? "Policy" : "OK";
}

// Cut at the last blank that fits, as FRR does.
std::string short_description(const SummaryPeer& peer, bool wide) {
  if (peer.description.empty()) return peer.software_version.empty() ? "N/A" : peer.software_version;
  const std::size_t limit = wide ? kDescriptionWide : kDescription;
  if (peer.description.size() <= limit) return peer.description;
  const std::size_t blank = peer.description.rfind(' ', limit);
  return peer.description.substr(0, blank == std::string::npos ? limit : blank);
}

std::size_t dynamic(const SummaryData& data) {
  return static_cast<std::size_t>(
      std::count_if(data.peers.begin(), data.peers.end(), [](const SummaryPeer& p) { return p.dynamic; }));
}

std::string name_of(const SummaryPeer& peer) {
  return (peer.dynamic ? "*" : "") + to_string(peer.key);
}

std::string_view id_type(const SummaryPeer& peer) {
  if (peer.key.address() == nullptr) return "interface";
  return peer.key.address()->is_v4() ? "ipv4" : "ipv6";
}

bool is_filtered(const Request& request) {
  return request.peers != PeerSelection::All || !request.neighbor.empty() || !request.as_number.empty() ||
         request.internal || request.external;
}

bool asked_for(const SummaryPeer& peer, const Request& request) {
  if (!request.neighbor.empty() && to_string(peer.key) != request.neighbor) return false;
  if (!request.as_number.empty()) return wire::to_string(peer.remote_as) == request.as_number;
  if (request.internal || request.external) return (peer.remote_as == peer.local_as) == request.internal;
  return true;
}

bool shown(const SummaryPeer& peer, const Request& request) {
  return asked_for(peer, request) && (request.peers == PeerSelection::All ||
                                      established(peer) == (request.peers == PeerSelection::Established));
}

std::size_t failed(const SummaryData& data, const Request& request) {
  return static_cast<std::size_t>(
      std::count_if(data.peers.begin(), data.peers.end(),
                    [&](const SummaryPeer& p) { return !established(p) && asked_for(p, request); }));
}

std::string title(const SummaryData& data) {
  return fmt::format("\n{} Summary (VRF default):\n", wire::to_string(data.family));
}

std::string header(const SummaryData& data, bool terse) {
  std::string out = fmt::format("BGP router identifier {}, local AS number {} vrf-id 0\n", data.router_id,
                                data.local_as.value());
  if (!terse) {
    out += fmt::format("BGP table version {}\n", data.table_version);
    out += fmt::format("RIB entries {}, using {} of memory\n", data.rib_count, memory_text(data.rib_memory));
    out += fmt::format("Peers {}, using {} of memory\n", data.peers.size(), memory_text(data.peer_memory));
    if (data.peer_group_count != 0)
      out += fmt::format("Peer groups {}, using {} of memory\n", data.peer_group_count,
                         memory_text(data.peer_group_memory));
  }
  return out + '\n';
}

std::string columns(const Request& request, std::size_t width) {
  if (request.peers == PeerSelection::Failed)
    return fmt::format("{:<{}}EstdCnt DropCnt ResetTime Reason\n", "Neighbor", width);
  return fmt::format(
      "{:<{}}V         AS {}  MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt "
      "Desc\n",
      "Neighbor", width, request.wide ? "   LocalAS " : "");
}

std::string received_column(const SummaryPeer& peer) {
  if (!established(peer)) return state_text(peer);
  if (!peer.family_negotiated) return "NoNeg";
  return peer.policy_missing_in ? "(Policy)" : fmt::format("{}", peer.prefixes_received);
}

std::string row(const SummaryPeer& peer, const Request& request, std::size_t width) {
  const std::string name = fmt::format("{:<{}}", name_of(peer), width);
  if (request.peers == PeerSelection::Failed)
    return fmt::format("{}{:7} {:7} {:>9} {}\n", name, peer.connections_established, peer.connections_dropped,
                       uptime_text(peer.last_reset.ago), reset_text(peer.last_reset));
  const std::string local_as = request.wide ? fmt::format(" {:>10}", peer.local_as.value()) : "";
  const bool no_negotiation = established(peer) && !peer.family_negotiated;
  return fmt::format("{}4 {:>10}{} {:>9} {:>9} {:>8} {:>4} {:>4} {:>8} {:>12} {:>8} {}\n", name,
                     peer.remote_as.value(), local_as, peer.messages_received, peer.messages_sent,
                     peer.table_version, peer.in_queue, peer.out_queue, uptime_text(peer.since),
                     received_column(peer), no_negotiation ? "NoNeg" : fmt::format("{}", peer.prefixes_sent),
                     short_description(peer, request.wide));
}

std::string family_text(const SummaryData& data, const Request& request) {
  if (request.peers == PeerSelection::Failed && failed(data, request) == 0)
    return "% No failed BGP neighbors found\n";
  std::size_t width = kNameWidth;
  for (const SummaryPeer& peer : data.peers) width = std::max(width, name_of(peer).size() + 1);
  std::string rows;
  std::size_t count = 0;
  for (const SummaryPeer& peer : data.peers) {
    if (!shown(peer, request)) continue;
    rows += row(peer, request, width);
    ++count;
  }
  if (count == 0) return header(data, request.terse) + "% No matching neighbor\n";
  std::string out = header(data, request.terse) + columns(request, width) + rows + '\n';
  if (is_filtered(request)) out += fmt::format("Displayed neighbors {}\n", count);
  out += fmt::format("Total number of neighbors {}\n", data.peers.size());
  if (const std::size_t count_dynamic = dynamic(data); count_dynamic != 0)
    out += fmt::format("* - dynamic neighbor\n{} dynamic neighbor(s), limit {}\n", count_dynamic,
                       data.dynamic_limit);
  return out;
}

void add_uptime(json::object& out, const SummaryPeer& peer) {
  out["peerUptime"] = uptime_text(peer.since);
  out["peerUptimeMsec"] = whole_msec(peer.since.value_or(milliseconds{0}));
  if (peer.established_epoch) out["peerUptimeEstablishedEpoch"] = *peer.established_epoch;
}

void add_names(json::object& out, const SummaryPeer& peer) {
  if (!peer.hostname.empty()) out["hostname"] = peer.hostname;
  if (!peer.domainname.empty()) out["domainname"] = peer.domainname;
}

json::object failed_peer_json(const SummaryPeer& peer) {
  json::object out;
  if (peer.dynamic) out["dynamicPeer"] = true;
  add_names(out, peer);
  out["connectionsEstablished"] = peer.connections_established;
  out["connectionsDropped"] = peer.connections_dropped;
  add_uptime(out, peer);
  add_reset(out, peer.last_reset);
  out["idType"] = id_type(peer);
  return out;
}

json::object peer_json(const SummaryPeer& peer) {
  json::object out;
  if (peer.dynamic) out["dynamicPeer"] = true;
  add_names(out, peer);
  out["softwareVersion"] = peer.software_version.empty() ? "n/a" : peer.software_version;
  out["remoteAs"] = peer.remote_as.value();
  out["localAs"] = peer.local_as.value();
  out["version"] = 4;
  out["msgRcvd"] = peer.messages_received;
  out["msgSent"] = peer.messages_sent;
  out["tableVersion"] = peer.table_version;
  out["outq"] = peer.out_queue;
  out["inq"] = peer.in_queue;
  add_uptime(out, peer);
  out["pfxRcd"] = peer.prefixes_received;
  out["pfxSnt"] = peer.prefixes_sent;
  out["state"] = state_text(peer);
  out["peerState"] = peer_state(peer);
  out["connectionsEstablished"] = peer.connections_established;
  out["connectionsDropped"] = peer.connections_dropped;
  if (!peer.description.empty()) out["desc"] = peer.description;
  out["idType"] = id_type(peer);
  return out;
}

json::object family_head_json(const SummaryData& data) {
  json::object out;
  out["routerId"] = wire::to_string(data.router_id);
  out["as"] = data.local_as.value();
  out["vrfId"] = 0;
  out["vrfName"] = "default";
  out["tableVersion"] = data.table_version;
  out["ribCount"] = data.rib_count;
  out["ribMemory"] = data.rib_memory;
  out["peerCount"] = data.peers.size();
  out["peerMemory"] = data.peer_memory;
  if (data.peer_group_count != 0) {
    out["peerGroupCount"] = data.peer_group_count;
    out["peerGroupMemory"] = data.peer_group_memory;
  }
  return out;
}

json::object best_path_json(const SummaryData& data) {
  json::object out;
  if (!data.as_path.empty()) out["asPath"] = data.as_path;
  out["multiPathRelax"] = data.multipath_relax ? "true" : "false";  // FRR writes a string
  if (data.peer_type_relax) out["peerTypeRelax"] = true;
  if (data.compare_router_id) out["compareRouterId"] = "true";
  if (data.med_missing_as_worst) out["med"] = "missing-as-worst";
  return out;
}

json::object family_json(const SummaryData& data, const Request& request) {
  const bool only_failed = request.peers == PeerSelection::Failed;
  if (only_failed && failed(data, request) == 0)
    return {{"failedPeersCount", 0}, {"dynamicPeers", dynamic(data)}, {"totalPeers", data.peers.size()}};
  json::object out = family_head_json(data);
  json::object peers;
  for (const SummaryPeer& peer : data.peers)
    if (shown(peer, request))
      peers[to_string(peer.key)] = only_failed ? failed_peer_json(peer) : peer_json(peer);
  const std::size_t displayed = peers.size();
  out["peers"] = std::move(peers);
  out["failedPeers"] = failed(data, request);
  out["displayedPeers"] = displayed;
  out["totalPeers"] = data.peers.size();
  out["dynamicPeers"] = dynamic(data);
  if (!only_failed) out["bestPath"] = best_path_json(data);
  return out;
}

}  // namespace

std::string summary_text(const std::vector<SummaryData>& families, const Request& request, bool wrapped) {
  std::string out;
  for (const SummaryData& data : families) {
    if (wrapped) out += title(data);
    out += family_text(data, request);
  }
  if (families.empty()) out = "% No BGP neighbors found in VRF default\n";
  return out;
}

std::string summary_json(const std::vector<SummaryData>& families, const Request& request, bool wrapped) {
  json::object out;
  for (const SummaryData& data : families) {
    json::object family = family_json(data, request);
    if (wrapped)
      out[wire::json_key(data.family)] = std::move(family);
    else
      out = std::move(family);
  }
  if (request.vrf == "all") out = json::object{{"default", std::move(out)}};
  return pretty(out);
}

}  // namespace lbgp::daemon::cli
