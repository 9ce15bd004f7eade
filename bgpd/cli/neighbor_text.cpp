// SPDX-License-Identifier: Apache-2.0
// A neighbor as text, line by line in FRR's order.
#include <fmt/format.h>

#include "bgpd/cli/capabilities.hpp"
#include "bgpd/cli/show_neighbors.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace {

std::int64_t count(seconds duration) {
  return duration.count();
}
std::int64_t in_seconds(milliseconds duration) {
  return std::chrono::floor<seconds>(duration).count();
}
std::string_view truth(bool value) {
  return value ? "True" : "False";
}
std::string_view yes(bool value) {
  return value ? "Yes" : "No";
}

std::string subject(const NeighborData& n) {
  const fsm::TransportSettings& transport = n.config->transport;
  if (!transport.interface.empty())
    return fmt::format("on {}: {}", transport.interface,
                       n.interface_peer ? wire::to_string(*n.interface_peer) : "None");
  return fmt::format("is {}{}", n.config->listen_range ? "*" : "", wire::to_string(transport.peer_address));
}

std::string identity(const NeighborData& n) {
  const conf::Neighbor& config = *n.config;
  std::string out = fmt::format("BGP neighbor {}, remote AS {}, local AS {}, {} link\n", subject(n),
                                n.remote_as.value_or(wire::AsNumber{}).value(),
                                config.session.local_as.value(), n.ibgp ? "internal" : "external");
  out += fmt::format("  Local Role: {}\n  Remote Role: {}\n", local_role(config), remote_role(n.negotiated));
  if (!config.description.empty()) out += fmt::format(" Description: {}\n", config.description);
  const auto* name = n.negotiated ? n.negotiated->received.find<wire::FqdnCapability>() : nullptr;
  if (name != nullptr && !name->hostname.empty())
    out += fmt::format("Hostname: {}{}{}\n", name->hostname, name->domainname.empty() ? "" : ".",
                       name->domainname);
  if (!config.peer_group.empty())
    out += fmt::format(" Member of peer-group {} for session parameters\n", config.peer_group);
  if (config.listen_range)
    out += fmt::format(" Belongs to the subnet range group: {}\n", wire::to_string(*config.listen_range));
  if (config.session.shutdown) out += " Administratively shut down\n";
  return out;
}

std::string session(const NeighborData& n) {
  const fsm::SessionSettings& settings = n.config->session;
  const wire::RouterId remote_id = n.negotiated ? n.negotiated->peer_id : wire::RouterId{};
  std::string out = fmt::format("  BGP version 4, remote router ID {}, local router ID {}\n  BGP state = {}",
                                remote_id, n.local_router_id, fsm::to_string(n.state));
  if (n.uptime) out += fmt::format(", up for {}", uptime_text(n.uptime));
  if (settings.passive && n.state == fsm::State::Active) out += " (passive)";
  out +=
      fmt::format("\n  Last read {}, Last write {}\n", uptime_text(n.last_read), uptime_text(n.last_write));
  out += fmt::format("  Hold time is {} seconds, keepalive interval is {} seconds\n",
                     count(n.negotiated ? n.negotiated->hold_time : settings.hold_time),
                     count(n.negotiated ? n.negotiated->keepalive : settings.keepalive));
  out += fmt::format("  Configured hold time is {} seconds, keepalive interval is {} seconds\n",
                     count(settings.hold_time), count(settings.keepalive));
  if (n.config->transport.mss != 0)
    out += fmt::format("  Configured tcp-mss is {}, synced tcp-mss is {}\n", n.config->transport.mss,
                       n.segment_size);
  return out;
}

std::string add_path_lines(const fsm::Negotiated& negotiated) {
  if (!sides<wire::AddPathCapability>(negotiated).any()) return {};
  std::string out = "    AddPath:\n";
  for (const wire::Family family : wire::kFamilies) {
    const AddPathSides both = add_path(negotiated, family);
    if (both.tx.any()) out += fmt::format("      {}: TX {}\n", wire::to_string(family), words(both.tx));
    if (both.rx.any()) out += fmt::format("      {}: RX {}\n", wire::to_string(family), words(both.rx));
  }
  return out;
}

std::string hostname_line(const fsm::Negotiated& negotiated) {
  const auto part = [](const wire::FqdnCapability* name, std::string_view verb) {
    const auto or_none = [](const std::string& text) { return text.empty() ? std::string("n/a") : text; };
    return name == nullptr ? fmt::format(" not {}", verb)
                           : fmt::format(" {} (name: {},domain name: {})", verb, or_none(name->hostname),
                                         or_none(name->domainname));
  };
  return "    Hostname Capability:" + part(negotiated.sent.find<wire::FqdnCapability>(), "advertised") +
         part(negotiated.received.find<wire::FqdnCapability>(), "received") + '\n';
}

std::string extended_next_hop_lines(const fsm::Negotiated& negotiated) {
  const Sides who = sides<wire::ExtendedNextHopCapability>(negotiated);
  if (!who.any()) return {};
  std::string out = fmt::format("    Extended nexthop: {}\n", words(who));
  if (!who.received) return out;
  out += "      Address families by peer:\n";
  for (const wire::Family family : wire::kFamilies)
    if (extended_next_hop_by_peer(negotiated, family))
      out += fmt::format("                   {}\n", wire::to_string(family));
  return out;
}

std::string version_line(const fsm::Negotiated& negotiated) {
  const auto part = [](const wire::SoftwareVersionCapability* version, std::string_view verb) {
    return version == nullptr ? fmt::format(" not {}", verb)
                              : fmt::format(" {} software version ({})", verb, version->version);
  };
  return "    Version Capability:" +
         part(negotiated.sent.find<wire::SoftwareVersionCapability>(), "advertised") +
         part(negotiated.received.find<wire::SoftwareVersionCapability>(), "received") + '\n';
}

std::string graceful_restart_lines(const fsm::Negotiated& negotiated) {
  const Sides who = sides<wire::GracefulRestartCapability>(negotiated);
  if (!who.any()) return {};
  std::string out = fmt::format("    Graceful Restart Capability: {}\n", words(who));
  if (!who.received) return out;
  out += fmt::format("      Remote Restart timer is {} seconds\n      Address families by peer:\n        ",
                     count(negotiated.peer_restart_time));
  std::string families;
  for (const wire::Family family : wire::kFamilies) {
    const fsm::PeerGracefulRestart& peer = negotiated.peer_families[family];
    if (!peer.listed) continue;
    if (!families.empty()) families += ", ";
    families += fmt::format("{}({})", wire::to_string(family),
                            peer.forwarding_preserved ? "preserved" : "not preserved");
  }
  return out + (families.empty() ? "none" : families) + '\n';
}

std::string long_lived_lines(const fsm::Negotiated& negotiated) {
  const Sides who = sides<wire::LongLivedGracefulRestartCapability>(negotiated);
  if (!who.any()) return {};
  std::string out = fmt::format("    Long-lived Graceful Restart: {}\n", words(who));
  const auto* peer = negotiated.received.find<wire::LongLivedGracefulRestartCapability>();
  if (peer == nullptr || peer->entries.empty()) return out;
  out += "      Address families by peer:\n";
  for (const auto& entry : peer->entries)
    if (const auto family = wire::family_of(entry.family))
      out += fmt::format("           {}\n", wire::to_string(*family));
  return out;
}

std::string capabilities(const fsm::Negotiated& negotiated) {
  std::string out = "  Neighbor capabilities:\n";
  const auto line = [&out](std::string_view name, Sides who) {
    if (who.any()) out += fmt::format("    {}: {}\n", name, words(who));
  };
  line("4 Byte AS", sides<wire::FourOctetAsCapability>(negotiated));
  line("Extended Message", sides<wire::ExtendedMessageCapability>(negotiated));
  out += add_path_lines(negotiated);
  line("Role", sides<wire::RoleCapability>(negotiated));
  out += extended_next_hop_lines(negotiated);
  out += long_lived_lines(negotiated);
  if (const Sides who = sides<wire::RouteRefreshCapability>(negotiated); who.any())
    out +=
        fmt::format("    Route refresh: {}{}\n", words(who), who.advertised && who.received ? "(new)" : "");
  line("Enhanced Route Refresh", sides<wire::EnhancedRouteRefreshCapability>(negotiated));
  for (const wire::Family family : wire::kFamilies)
    line(fmt::format("Address Family {}", wire::to_string(family)), multiprotocol(negotiated, family));
  if (sides<wire::FqdnCapability>(negotiated).any()) out += hostname_line(negotiated);
  if (sides<wire::SoftwareVersionCapability>(negotiated).any()) out += version_line(negotiated);
  return out + graceful_restart_lines(negotiated);
}

std::string end_of_rib_line(const NeighborData& n, std::string_view verb, bool rib::PeerCounters::*flag) {
  std::string families;
  for (const wire::Family family : wire::kFamilies)
    if (n.config->session.families.contains(family) && n.families[family].counters.*flag) {
      if (!families.empty()) families += ", ";
      families += wire::to_string(family);
    }
  return families.empty() ? "" : fmt::format("    End-of-RIB {}: {}\n", verb, families);
}

std::string family_restart_lines(const NeighborData& n, wire::Family family) {
  const NeighborFamily& data = n.families[family];
  const fsm::PeerGracefulRestart* peer = n.negotiated ? &n.negotiated->peer_families[family] : nullptr;
  std::string out = fmt::format("    {}:\n", wire::to_string(family));
  if (peer != nullptr)
    out += fmt::format("      F bit: {}\n      End-of-RIB sent: {}\n      End-of-RIB received: {}\n",
                       truth(peer->forwarding_preserved), yes(data.counters.end_of_rib_sent),
                       yes(data.counters.end_of_rib_received));
  out += fmt::format("      Timers:\n        Configured Stale Path Time(sec): {}\n",
                     count(n.config->session.graceful_restart.stalepath_time));
  if (peer != nullptr && peer->long_lived_stale_time > seconds{0})
    out += fmt::format("        LLGR Stale Path Time(sec): {}\n", count(peer->long_lived_stale_time));
  if (data.stale_remaining)
    out += fmt::format("        {}Stale Path Remaining(sec): {}\n",
                       data.stale_phase == fsm::StalePhase::LongLived ? "LLGR " : "",
                       in_seconds(*data.stale_remaining));
  if (data.counters.stale != 0) out += fmt::format("      Stale routes: {}\n", data.counters.stale);
  return out;
}

// What `show bgp neighbors` and its `graceful-restart` have in common.
std::string restart_lines(const NeighborData& n) {
  const fsm::GracefulRestartSettings& settings = n.config->session.graceful_restart;
  const auto* peer = n.negotiated ? n.negotiated->received.find<wire::GracefulRestartCapability>() : nullptr;
  std::string out;
  out += fmt::format("    Local GR Mode: {}*\n    Remote GR Mode: {}\n", local_restart_mode(n),
                     remote_restart_mode(n));
  out += fmt::format("    R bit: {}\n    N bit: {}\n", truth(peer != nullptr && peer->restarting),
                     truth(peer != nullptr && peer->notification));
  out += fmt::format(
      "    Timers:\n      Configured Restart Time(sec): {}\n      Received Restart Time(sec): {}\n",
      count(settings.restart_time), count(peer ? peer->restart_time : seconds{0}));
  if (settings.long_lived_stale_time > seconds{0})
    out += fmt::format("      Configured LLGR Stale Path Time(sec): {}\n",
                       count(settings.long_lived_stale_time));
  if (const auto remaining = longest(n, fsm::StalePhase::Restarting))
    out += fmt::format("      Restart Time Remaining(sec): {}\n", in_seconds(*remaining));
  for (const wire::Family family : wire::kFamilies)
    if (has_restart_state(n, family)) out += family_restart_lines(n, family);
  return out;
}

std::string graceful_restart_info(const NeighborData& n) {
  std::string out = "  Graceful restart information:\n";
  if (n.negotiated)
    out += end_of_rib_line(n, "send", &rib::PeerCounters::end_of_rib_sent) +
           end_of_rib_line(n, "received", &rib::PeerCounters::end_of_rib_received);
  return out + restart_lines(n);
}

std::string messages(const NeighborData& n) {
  std::string out = fmt::format("  Message statistics:\n    Inq depth is {}\n    Outq depth is {}\n",
                                n.in_queue, n.out_queue);
  out += "                         Sent       Rcvd\n";
  const auto line = [&out](std::string_view name, std::uint64_t sent, std::uint64_t received) {
    out += fmt::format("    {:<15}{:>10} {:>10}\n", name, sent, received);
  };
  line("Opens:", n.sent.opens, n.received.opens);
  line("Notifications:", n.sent.notifications, n.received.notifications);
  line("Updates:", n.sent.updates, n.received.updates);
  line("Keepalives:", n.sent.keepalives, n.received.keepalives);
  line("Route Refresh:", n.sent.route_refreshes, n.received.route_refreshes);
  line("Capability:", 0, 0);
  line("Total:", n.sent.total(), n.received.total());
  return out;
}

std::string prefix_stats(const rib::PrefixStats& stats) {
  std::string out = "  Prefix statistics:\n";
  const auto line = [&out](std::string_view name, std::uint64_t value) {
    out += fmt::format("    {}: {}\n", name, value);
  };
  line("Inbound filtered", stats.inbound_filtered);
  line("AS-PATH loop", stats.aspath_loop);
  line("Originator loop", stats.originator_loop);
  line("Cluster loop", stats.cluster_loop);
  line("Invalid next-hop", stats.invalid_next_hop);
  line("Withdrawn", stats.withdrawn);
  line("Attributes discarded", stats.attributes_discarded);
  return out + "\n  Minimum time between advertisement runs is 0 seconds\n";
}

std::string policy_lines(const rib::FamilySettings& settings, const NeighborFamily& family, bool from_group) {
  std::string out;
  if (family.policy_in) out += "  Inbound path policy configured\n";
  if (family.policy_out) out += "  Outbound path policy configured\n";
  const std::string_view star = from_group ? "*" : "";
  const auto named = [&](std::string_view what, const std::string& name) {
    if (!name.empty()) out += fmt::format("  {} is {}{}\n", what, star, name);
  };
  named("Incoming update prefix filter list", settings.prefix_list_in);
  named("Outgoing update prefix filter list", settings.prefix_list_out);
  named("Incoming update network filter list", settings.distribute_list_in);
  named("Outgoing update network filter list", settings.distribute_list_out);
  named("Incoming update AS path filter list", settings.filter_list_in);
  named("Outgoing update AS path filter list", settings.filter_list_out);
  named("Route map for incoming advertisements", settings.route_map_in);
  named("Route map for outgoing advertisements", settings.route_map_out);
  named("Route map for selective unsuppress", settings.unsuppress_map);
  if (family.counters.policy_missing_in) out += "  Inbound updates discarded due to missing policy\n";
  if (family.counters.policy_missing_out)
    out += "  Outbound updates limited to own routes due to missing policy\n";
  return out;
}

std::string communities_sent(const rib::FamilySettings& settings) {
  std::string kinds;
  const auto add = [&kinds](bool on, std::string_view name) {
    if (!on) return;
    if (!kinds.empty()) kinds += ", ";
    kinds += name;
  };
  if (settings.send_community && settings.send_extended_community && settings.send_large_community) {
    kinds = "all";
  } else {
    add(settings.send_community, "standard");
    add(settings.send_extended_community, "extended");
    add(settings.send_large_community, "large");
  }
  return kinds.empty() ? "" : fmt::format("  Community attribute sent to this neighbor({})\n", kinds);
}

std::string maximum_prefix_lines(const rib::FamilySettings& settings) {
  if (!settings.maximum_prefix) return {};
  std::string out = fmt::format("  Maximum prefixes allowed {}{}{}\n", *settings.maximum_prefix,
                                settings.maximum_prefix_force ? " (forced)" : "",
                                settings.maximum_prefix_warning_only ? " (warning-only)" : "");
  out += fmt::format("  Threshold for warning message {}%", settings.maximum_prefix_threshold);
  if (settings.maximum_prefix_restart)
    out += fmt::format(", restart interval {} min", settings.maximum_prefix_restart->count());
  return out + '\n';
}

// FRR's words.
std::string_view paths_sent(const rib::PathSelection& selection) {
  switch (selection.kind) {
    case rib::PathSelection::Kind::Best:
      return {};
    case rib::PathSelection::Kind::All:
      return "  Advertise all paths via addpath\n";
    case rib::PathSelection::Kind::BestPerAs:
      return "  Advertise bestpath per AS via addpath\n";
    case rib::PathSelection::Kind::BestSelected:
      return "  Advertise best N selected paths via addpath\n";
  }
  return {};
}

// FRR's words; the star says that there is such a route map.
std::string default_line(const rib::FamilySettings& settings, const rib::PeerCounters& counters) {
  if (!settings.default_originate) return {};
  std::string out = "  Default information originate,";
  if (!settings.default_route_map.empty())
    out += fmt::format(" default route-map *{},", settings.default_route_map);
  return out + (counters.default_sent ? " default sent\n" : " default not sent\n");
}

std::string family_block(const NeighborData& n, wire::Family family) {
  const rib::FamilySettings& settings = n.config->routes.families[family];
  const NeighborFamily& data = n.families[family];
  std::string out = fmt::format("\n For address family: {}\n", wire::to_string(family));
  if (!n.config->peer_group.empty()) out += fmt::format("  {} peer-group member\n", n.config->peer_group);
  if (n.negotiated == nullptr) out += "  Not part of any update group\n";
  if (settings.soft_reconfiguration_inbound) out += "  Inbound soft reconfiguration allowed\n";
  if (settings.route_reflector_client) out += "  Route-Reflector Client\n";
  if (settings.next_hop_self) out += "  NEXT_HOP is always this router\n";
  if (settings.unchanged.as_path) out += "  AS_PATH is propagated unchanged to this neighbor\n";
  if (settings.unchanged.next_hop) out += "  NEXT_HOP is propagated unchanged to this neighbor\n";
  if (settings.unchanged.med) out += "  MED is propagated unchanged to this neighbor\n";
  out += paths_sent(settings.paths);
  out += communities_sent(settings);
  out += default_line(settings, data.counters);
  out += policy_lines(settings, data, !n.config->peer_group.empty());
  out += fmt::format("  {} accepted prefixes, {} sent prefixes\n", data.counters.accepted,
                     data.counters.advertised);
  if (data.counters.pending != 0) out += fmt::format("  {} routes still to be sent\n", data.counters.pending);
  if (data.counters.oversized != 0)
    out += fmt::format("  {} routes too big for a message of this session\n", data.counters.oversized);
  if (!data.blocked.empty()) out += fmt::format("  Nothing can be announced: {}\n", data.blocked);
  if (data.counters.stale != 0) out += fmt::format("  {} stale prefixes\n", data.counters.stale);
  return out + maximum_prefix_lines(settings);
}

std::string connection(const NeighborData& n) {
  const fsm::TransportSettings& transport = n.config->transport;
  std::string out = fmt::format("\n  Connections established {}; dropped {}\n", n.connections_established,
                                n.connections_dropped);
  if (n.last_reset.ago || n.connections_dropped != 0 || !n.last_reset.detail.empty())
    out += fmt::format("  Last reset {},  {}\n", uptime_text(n.last_reset.ago), reset_text(n.last_reset));
  else
    out += "  Last reset never\n";
  if (n.over_maximum_prefix) {
    out += "  Peer had exceeded the max. no. of prefixes configured.\n";
    out += n.prefix_rest_remaining
               ? fmt::format("  Reduce the no. of prefix from {}, will restart in {} seconds\n",
                             n.config->name, in_seconds(*n.prefix_rest_remaining))
               : fmt::format("  Reduce the no. of prefix and clear ip bgp {} to restore peering\n",
                             n.config->name);
  }
  const unsigned hops =
      n.ibgp ? 255U : transport.ebgp_multihop.value_or(transport.ttl_security_hops.value_or(1));
  out +=
      fmt::format("  {} BGP neighbor may be up to {} hops away.\n", n.ibgp ? "Internal" : "External", hops);
  if (const std::string hint = ttl_security_hint(n); !hint.empty())
    out += fmt::format("  TTL security: {}\n", hint);
  return out;
}

std::string transport_lines(const NeighborData& n) {
  std::string out;
  if (n.endpoints) {
    const Endpoints& ends = *n.endpoints;
    out += fmt::format("Local host: {}, Local port: {}\nForeign host: {}, Foreign port: {}\n",
                       ends.local_address, ends.local_port, ends.remote_address, ends.remote_port);
    out += fmt::format("Nexthop: {}\nNexthop global: {}\nNexthop local: {}\n", n.next_hop, n.next_hop_global,
                       n.next_hop_link_local);
    out += fmt::format("BGP connection: {}\n", n.shared_network ? "shared network" : "non shared network");
  }
  out += fmt::format("BGP Connect Retry Timer in Seconds: {}\n", count(n.config->session.connect_retry));
  if (n.round_trip) out += fmt::format("Estimated round trip time: {} ms\n", n.round_trip->count());
  if (n.next_attempt)
    out += fmt::format("Next connect timer due in {} seconds\n", in_seconds(*n.next_attempt));
  if (!n.config->transport.password.empty()) out += "Peer Authentication Enabled\n";
  if (!n.authentication_problem.empty())
    out += fmt::format("Peer Authentication Problem: {}\n", n.authentication_problem);
  const std::string_view thread = n.endpoints ? "on" : "off";
  out += fmt::format("Read thread: {}  Write thread: {}\n\n", thread, thread);
  return n.bfd ? out + neighbor_bfd_text(*n.bfd) : out;
}

}  // namespace

std::string ttl_security_hint(const NeighborData& n) {
  constexpr unsigned kMaxTtl = 255;
  const auto hops = n.config->transport.ttl_security_hops;
  const bool unanswered = n.last_reset.detail.find("no answer") != std::string::npos;
  // FRR's listener answers with TTL 255, and only what comes after that is too small.
  const bool waiting = unanswered || n.config->session.passive || n.state == fsm::State::OpenSent;
  if (!hops || n.state == fsm::State::Established || !waiting) return "";
  return fmt::format(
      "nothing with a TTL below {} is heard; the neighbor must send with {}, so it needs ttl-security too",
      kMaxTtl + 1 - *hops, kMaxTtl);
}

std::string_view restart_legend() {
  return "\nCodes: GR - Graceful Restart, * -  Inheriting Global GR Config,\n"
         "       Restart - GR Mode-Restarting, Helper - GR Mode-Helper,\n"
         "       Disable - GR Mode-Disable.\n\n";
}

std::string neighbor_restart_text(const NeighborData& n) {
  return fmt::format("BGP neighbor is {}\n{}\n", n.config->name, restart_lines(n));
}

std::string neighbor_text(const NeighborData& n) {
  std::string out = identity(n) + session(n);
  if (n.negotiated != nullptr) out += capabilities(*n.negotiated);
  out += graceful_restart_info(n) + messages(n) + prefix_stats(n.prefix_stats);
  for (const wire::Family family : wire::kFamilies)
    if (n.config->session.families.contains(family)) out += family_block(n, family);
  return out + connection(n) + transport_lines(n);
}

}  // namespace lbgp::daemon::cli
