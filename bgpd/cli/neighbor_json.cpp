// SPDX-License-Identifier: Apache-2.0
// A neighbor as JSON, key by key in FRR's order: the keys of 8.4 and, where they differ, of 10 as well.
#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "bgpd/cli/capabilities.hpp"
#include "bgpd/cli/show_neighbors.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

std::int64_t msec(seconds duration) {
  return duration.count() * 1000;
}

const wire::FqdnCapability* remote_name(const NeighborData& n) {
  return n.negotiated ? n.negotiated->received.find<wire::FqdnCapability>() : nullptr;
}

template <typename Visit>
void for_each_family(const NeighborData& n, Visit visit) {
  for (const wire::Family family : wire::kFamilies)
    if (n.config->session.families.contains(family)) visit(family);
}

void add_identity(json::object& out, const NeighborData& n) {
  const conf::Neighbor& config = *n.config;
  if (config.transport.interface.empty())
    out["neighborAddr"] = wire::to_string(config.transport.peer_address);
  else
    out["bgpNeighborAddr"] = n.interface_peer ? wire::to_string(*n.interface_peer) : "none";
  out["remoteAs"] = n.remote_as.value_or(wire::AsNumber{}).value();
  out["localAs"] = config.session.local_as.value();
  out[n.ibgp ? "nbrInternalLink" : "nbrExternalLink"] = true;
  out["localRole"] = local_role(config);
  out["remoteRole"] = remote_role(n.negotiated);
  if (!config.description.empty()) out["nbrDesc"] = config.description;
  const auto* name = remote_name(n);
  out["hostname"] = name != nullptr && !name->hostname.empty() ? name->hostname : "Unknown";
  if (name != nullptr && !name->domainname.empty()) out["domainname"] = name->domainname;
  if (!config.peer_group.empty()) out["peerGroup"] = config.peer_group;
  if (config.listen_range) {
    out["dynamicPeer"] = true;
    out["peerSubnetRangeGroup"] = wire::to_string(*config.listen_range);
  }
  if (config.session.shutdown) out["adminShutDown"] = true;
}

void add_state(json::object& out, const NeighborData& n) {
  out["bgpState"] = fsm::to_string(n.state);
  if (n.uptime) {
    out["bgpTimerUpMsec"] = whole_msec(*n.uptime);
    out["bgpTimerUpString"] = uptime_text(n.uptime);
  }
  if (n.established_epoch) out["bgpTimerUpEstablishedEpoch"] = *n.established_epoch;
}

void add_session(json::object& out, const NeighborData& n) {
  const fsm::SessionSettings& settings = n.config->session;
  out["bgpVersion"] = 4;
  out["remoteRouterId"] = wire::to_string(n.negotiated ? n.negotiated->peer_id : wire::RouterId{});
  out["localRouterId"] = wire::to_string(n.local_router_id);
  add_state(out, n);
  if (settings.passive && n.state == fsm::State::Active) out["bgpStateIs"] = "passive";
  const auto since = [&out](std::string_view name, const std::optional<milliseconds>& ago) {
    if (ago) out[name] = whole_msec(*ago);
  };
  since("bgpTimerLastRead", n.last_read);
  since("bgpTimerLastWrite", n.last_write);
  since("bgpInUpdateElapsedTimeMsecs", n.last_update);
  out["bgpTimerConfiguredHoldTimeMsecs"] = msec(settings.hold_time);
  out["bgpTimerConfiguredKeepAliveIntervalMsecs"] = msec(settings.keepalive);
  out["bgpTimerHoldTimeMsecs"] = msec(n.negotiated ? n.negotiated->hold_time : settings.hold_time);
  out["bgpTimerKeepAliveIntervalMsecs"] = msec(n.negotiated ? n.negotiated->keepalive : settings.keepalive);
  if (n.config->transport.mss != 0) {
    out["bgpTcpMssConfigured"] = n.config->transport.mss;
    out["bgpTcpMssSynced"] = n.segment_size;
  }
  out["extendedOptionalParametersLength"] =
      settings.extended_parameters || (n.negotiated && n.negotiated->received.extended_parameters);
}

json::object add_path_json(const fsm::Negotiated& negotiated) {
  json::object out;
  for (const wire::Family family : wire::kFamilies) {
    const AddPathSides both = add_path(negotiated, family);
    json::object entry;
    const auto add = [&entry](std::string_view direction, Sides who) {
      std::string suffix(key(who));
      suffix.front() = static_cast<char>(suffix.front() - 'a' + 'A');
      if (who.any()) entry[std::string(direction) + suffix] = true;
    };
    add("tx", both.tx);
    add("rx", both.rx);
    if (!entry.empty()) out[wire::json_key(family)] = std::move(entry);
  }
  return out;
}

// The spelling of key and value is FRR's.
json::object extended_next_hop_json(const fsm::Negotiated& negotiated) {
  json::object out;
  for (const wire::Family family : wire::kFamilies)
    if (extended_next_hop_by_peer(negotiated, family)) out[wire::json_key(family)] = "recieved";
  return out;
}

json::object hostname_json(const fsm::Negotiated& negotiated) {
  json::object out;
  const auto add = [&out](const wire::FqdnCapability* name, std::string_view host, std::string_view domain) {
    if (name == nullptr) return;
    out[host] = name->hostname.empty() ? "n/a" : name->hostname;
    out[domain] = name->domainname.empty() ? "n/a" : name->domainname;
  };
  add(negotiated.sent.find<wire::FqdnCapability>(), "advHostName", "advDomainName");
  add(negotiated.received.find<wire::FqdnCapability>(), "rcvHostName", "rcvDomainName");
  return out;
}

json::object version_json(const fsm::Negotiated& negotiated) {
  json::object out;
  const auto add = [&out](const wire::SoftwareVersionCapability* version, std::string_view name) {
    if (version != nullptr) out[name] = version->version;
  };
  add(negotiated.sent.find<wire::SoftwareVersionCapability>(), "advertisedSoftwareVersion");
  add(negotiated.received.find<wire::SoftwareVersionCapability>(), "receivedSoftwareVersion");
  return out;
}

void add_graceful_restart_capability(json::object& out, const fsm::Negotiated& negotiated) {
  const Sides who = sides<wire::GracefulRestartCapability>(negotiated);
  if (!who.any()) return;
  out["gracefulRestart"] = key(who);
  const auto* peer = negotiated.received.find<wire::GracefulRestartCapability>();
  if (peer == nullptr) return;
  out["gracefulRestartRemoteTimerMsecs"] = msec(peer->restart_time);
  out["gracefulRestartRemoteTimerSec"] = peer->restart_time.count();
  out["rBitReceived"] = peer->restarting;
  out["nBitReceived"] = peer->notification;
  json::object families;
  for (const wire::Family family : wire::kFamilies) {
    if (!negotiated.peer_families[family].listed) continue;
    json::object entry;
    if (negotiated.peer_families[family].forwarding_preserved) entry["preserved"] = true;
    families[wire::json_key(family)] = std::move(entry);
  }
  if (families.empty())
    out["addressFamiliesByPeer"] = "none";
  else
    out["addressFamiliesByPeer"] = std::move(families);
}

json::object capabilities_json(const fsm::Negotiated& negotiated) {
  json::object out;
  const auto add = [&out](std::string_view name, Sides who) {
    if (who.any()) out[name] = key(who);
  };
  add("4byteAs", sides<wire::FourOctetAsCapability>(negotiated));
  add("extendedMessage", sides<wire::ExtendedMessageCapability>(negotiated));
  if (json::object paths = add_path_json(negotiated); !paths.empty()) out["addPath"] = std::move(paths);
  add("role", sides<wire::RoleCapability>(negotiated));
  add("extendedNexthop", sides<wire::ExtendedNextHopCapability>(negotiated));
  if (json::object by_peer = extended_next_hop_json(negotiated); !by_peer.empty())
    out["extendedNexthopFamililesByPeer"] = std::move(by_peer);
  add("longLivedGracefulRestart", sides<wire::LongLivedGracefulRestartCapability>(negotiated));
  if (const auto* peer = negotiated.received.find<wire::LongLivedGracefulRestartCapability>()) {
    json::object by_peer;
    for (const auto& entry : peer->entries)
      if (const auto family = wire::family_of(entry.family)) by_peer[wire::json_key(*family)] = "received";
    out["longLivedGracefulRestartByPeer"] = std::move(by_peer);
  }
  if (const Sides who = sides<wire::RouteRefreshCapability>(negotiated); who.any())
    out["routeRefresh"] = std::string(key(who)) + (who.advertised && who.received ? "New" : "");
  add("enhancedRouteRefresh", sides<wire::EnhancedRouteRefreshCapability>(negotiated));
  json::object families;
  for (const wire::Family family : wire::kFamilies)
    if (const Sides who = multiprotocol(negotiated, family); who.any())
      families[wire::json_key(family)] = json::object{{key(who), true}};
  out["multiprotocolExtensions"] = std::move(families);
  if (json::object names = hostname_json(negotiated); !names.empty()) out["hostName"] = std::move(names);
  if (json::object version = version_json(negotiated); !version.empty())
    out["softwareVersion"] = std::move(version);
  add_graceful_restart_capability(out, negotiated);
  return out;
}

json::object end_of_rib_json(const NeighborData& n, bool rib::PeerCounters::*flag) {
  json::object out;
  if (n.negotiated == nullptr) return out;
  for_each_family(n, [&](wire::Family family) {
    if (n.families[family].counters.*flag) out[wire::json_key(family)] = true;
  });
  return out;
}

json::object family_restart_json(const NeighborData& n, wire::Family family) {
  const NeighborFamily& data = n.families[family];
  const fsm::PeerGracefulRestart* peer = n.negotiated ? &n.negotiated->peer_families[family] : nullptr;
  json::object timers{{"stalePathTimer", n.config->session.graceful_restart.stalepath_time.count()}};
  if (peer != nullptr && peer->long_lived_stale_time > seconds{0})
    timers["llgrStaleTime"] = peer->long_lived_stale_time.count();
  if (data.stale_remaining)
    timers[data.stale_phase == fsm::StalePhase::LongLived ? "llgrStalePathTimerRemaining"
                                                          : "stalePathTimerRemaining"] =
        std::chrono::floor<seconds>(*data.stale_remaining).count();
  json::object out;
  if (peer != nullptr) {
    out["fBit"] = peer->forwarding_preserved;
    out["endOfRibStatus"] = json::object{{"endOfRibSend", data.counters.end_of_rib_sent},
                                         {"endOfRibSentAfterUpdate", data.counters.end_of_rib_sent},
                                         {"endOfRibRecv", data.counters.end_of_rib_received}};
  }
  out["timers"] = std::move(timers);
  if (data.counters.stale != 0) out["stalePrefixCounter"] = data.counters.stale;
  return out;
}

json::object restart_timers_json(const NeighborData& n, const wire::GracefulRestartCapability* peer) {
  const fsm::GracefulRestartSettings& settings = n.config->session.graceful_restart;
  json::object out{{"configuredRestartTimer", settings.restart_time.count()},
                   {"receivedRestartTimer", peer ? peer->restart_time.count() : 0}};
  if (settings.long_lived_stale_time > seconds{0})
    out["configuredLlgrStaleTime"] = settings.long_lived_stale_time.count();
  if (const auto remaining = longest(n, fsm::StalePhase::Restarting))
    out["restartTimerRemaining"] = std::chrono::floor<seconds>(*remaining).count();
  return out;
}

void add_restart(json::object& out, const NeighborData& n) {
  const auto* peer = n.negotiated ? n.negotiated->received.find<wire::GracefulRestartCapability>() : nullptr;
  out["localGrMode"] = std::string(local_restart_mode(n)) + '*';
  out["remoteGrMode"] = remote_restart_mode(n);
  out["rBit"] = peer != nullptr && peer->restarting;
  out["nBit"] = peer != nullptr && peer->notification;
  out["timers"] = restart_timers_json(n, peer);
  for (const wire::Family family : wire::kFamilies)
    if (has_restart_state(n, family)) out[wire::json_key(family)] = family_restart_json(n, family);
}

void add_remaining(json::object& out, const std::string& name, std::optional<milliseconds> remaining) {
  if (!remaining) return;
  out[name + "Msecs"] = whole_msec(*remaining);
  out[name + "Sec"] = std::chrono::floor<seconds>(*remaining).count();
}

json::object restart_json(const NeighborData& n) {
  json::object out;
  out["endOfRibSend"] = end_of_rib_json(n, &rib::PeerCounters::end_of_rib_sent);
  out["endOfRibRecv"] = end_of_rib_json(n, &rib::PeerCounters::end_of_rib_received);
  add_remaining(out, "gracefulRestartTimer", longest(n, fsm::StalePhase::Restarting));
  add_remaining(out, "gracefulStalepathTimer", longest(n, fsm::StalePhase::Synchronizing));
  add_restart(out, n);
  return out;
}

json::object messages_json(const NeighborData& n) {
  return {{"depthInq", n.in_queue},
          {"depthOutq", n.out_queue},
          {"opensSent", n.sent.opens},
          {"opensRecv", n.received.opens},
          {"notificationsSent", n.sent.notifications},
          {"notificationsRecv", n.received.notifications},
          {"updatesSent", n.sent.updates},
          {"updatesRecv", n.received.updates},
          {"keepalivesSent", n.sent.keepalives},
          {"keepalivesRecv", n.received.keepalives},
          {"routeRefreshSent", n.sent.route_refreshes},
          {"routeRefreshRecv", n.received.route_refreshes},
          {"capabilitySent", 0},
          {"capabilityRecv", 0},
          {"totalSent", n.sent.total()},
          {"totalRecv", n.received.total()}};
}

json::object prefix_stats_json(const rib::PrefixStats& stats) {
  return {{"inboundFiltered", stats.inbound_filtered},        {"aspathLoop", stats.aspath_loop},
          {"originatorLoop", stats.originator_loop},          {"clusterLoop", stats.cluster_loop},
          {"invalidNextHop", stats.invalid_next_hop},         {"withdrawn", stats.withdrawn},
          {"attributesDiscarded", stats.attributes_discarded}};
}

std::string communities_sent(const rib::FamilySettings& settings) {
  if (settings.send_community) return settings.send_extended_community ? "extendedAndStandard" : "standard";
  return settings.send_extended_community ? "extended" : "";
}

void add_policies(json::object& out, const rib::FamilySettings& settings, const NeighborFamily& data) {
  if (data.policy_in) out["inboundPathPolicyConfig"] = true;
  if (data.policy_out) out["outboundPathPolicyConfig"] = true;
  const auto named = [&out](std::string_view key_name, const std::string& name) {
    if (!name.empty()) out[key_name] = name;
  };
  named("incomingUpdatePrefixFilterList", settings.prefix_list_in);
  named("outgoingUpdatePrefixFilterList", settings.prefix_list_out);
  named("incomingUpdateNetworkFilterList", settings.distribute_list_in);
  named("outgoingUpdateNetworkFilterList", settings.distribute_list_out);
  named("incomingUpdateAsPathFilterList", settings.filter_list_in);
  named("outgoingUpdateAsPathFilterList", settings.filter_list_out);
  named("routeMapForIncomingAdvertisements", settings.route_map_in);
  named("routeMapForOutgoingAdvertisements", settings.route_map_out);
  named("selectiveUnsuppressRouteMap", settings.unsuppress_map);
  if (data.counters.policy_missing_in)
    out["inboundEbgpRequiresPolicy"] = "Inbound updates discarded due to missing policy";
  if (data.counters.policy_missing_out)
    out["outboundEbgpRequiresPolicy"] = "Outbound updates limited to own routes due to missing policy";
}

std::string_view paths_sent_key(const rib::PathSelection& selection) {
  switch (selection.kind) {
    case rib::PathSelection::Kind::Best:
      return {};
    case rib::PathSelection::Kind::All:
      return "addpathTxAllPaths";
    case rib::PathSelection::Kind::BestPerAs:
      return "addpathTxBestpathPerAS";
    case rib::PathSelection::Kind::BestSelected:
      return "addpathTxBestSelectedPaths";
  }
  return {};
}

json::object family_json(const NeighborData& n, wire::Family family) {
  const rib::FamilySettings& settings = n.config->routes.families[family];
  const NeighborFamily& data = n.families[family];
  json::object out;
  if (!n.config->peer_group.empty()) out["peerGroupMember"] = n.config->peer_group;
  if (n.negotiated != nullptr) out["packetQueueLength"] = 0;
  if (settings.soft_reconfiguration_inbound) out["inboundSoftConfigPermit"] = true;
  if (settings.route_reflector_client) out["routeReflectorClient"] = true;
  if (settings.next_hop_self) out["routerAlwaysNextHop"] = true;
  if (settings.unchanged.as_path) out["unchangedAsPathPropogatedToNbr"] = true;
  if (settings.unchanged.next_hop) out["unchangedNextHopPropogatedToNbr"] = true;
  if (settings.unchanged.med) out["unchangedMedPropogatedToNbr"] = true;
  if (const auto paths = paths_sent_key(settings.paths); !paths.empty()) out[paths] = true;
  if (const std::string kinds = communities_sent(settings); !kinds.empty()) out["commAttriSentToNbr"] = kinds;
  if (settings.default_originate) {
    if (!settings.default_route_map.empty()) out["defaultRouteMap"] = settings.default_route_map;
    out[data.counters.default_sent ? "defaultSent" : "defaultNotSent"] = true;
  }
  add_policies(out, settings, data);
  out["acceptedPrefixCounter"] = data.counters.accepted;
  out["sentPrefixCounter"] = data.counters.advertised;
  if (data.counters.pending != 0) out["pendingPrefixCounter"] = data.counters.pending;
  if (data.counters.oversized != 0) out["oversizedPrefixCounter"] = data.counters.oversized;
  if (!data.blocked.empty()) out["announcementBlockedDueTo"] = data.blocked;
  if (settings.maximum_prefix) {
    out["prefixAllowedMax"] = *settings.maximum_prefix;
    if (settings.maximum_prefix_warning_only) out["prefixAllowedMaxWarning"] = true;
    out["prefixAllowedWarningThresh"] = settings.maximum_prefix_threshold;
    if (settings.maximum_prefix_restart)
      out["prefixAllowedRestartIntervalMsecs"] = msec(*settings.maximum_prefix_restart);
  }
  if (data.counters.stale != 0) out["stalePrefixCounter"] = data.counters.stale;
  return out;
}

json::object families_json(const NeighborData& n) {
  json::object out;
  for_each_family(n, [&](wire::Family family) { out[wire::json_key(family)] = family_json(n, family); });
  return out;
}

void add_connection(json::object& out, const NeighborData& n) {
  const fsm::TransportSettings& transport = n.config->transport;
  out["connectionsEstablished"] = n.connections_established;
  out["connectionsDropped"] = n.connections_dropped;
  if (n.last_reset.ago || n.connections_dropped != 0 || !n.last_reset.detail.empty()) {
    if (n.last_reset.ago) out["lastResetTimerMsecs"] = whole_msec(*n.last_reset.ago);
    add_reset(out, n.last_reset);
  } else {
    out["lastReset"] = "never";
  }
  if (n.over_maximum_prefix) {
    out["prefixesConfigExceedMax"] = true;
    if (n.prefix_rest_remaining) {
      out["reducePrefixNumFrom"] = n.config->name;
      out["restartInTimerMsec"] = whole_msec(*n.prefix_rest_remaining);
    } else {
      out["reducePrefixNumAndClearIpBgp"] = n.config->name;
    }
  }
  if (n.ibgp)
    out["internalBgpNbrMaxHopsAway"] = 255;
  else
    out["externalBgpNbrMaxHopsAway"] =
        transport.ebgp_multihop.value_or(transport.ttl_security_hops.value_or(1));
  if (const std::string hint = ttl_security_hint(n); !hint.empty()) out["ttlSecurityHint"] = hint;
}

void add_transport(json::object& out, const NeighborData& n) {
  const bool open = n.endpoints.has_value();
  out["hostLocal"] = open ? wire::to_string(n.endpoints->local_address) : "Unknown";
  out["portLocal"] = open ? int{n.endpoints->local_port} : -1;
  out["hostForeign"] = open ? wire::to_string(n.endpoints->remote_address) : "Unknown";
  out["portForeign"] = open ? int{n.endpoints->remote_port} : -1;
  if (open) {
    out["nexthop"] = wire::to_string(n.next_hop);
    out["nexthopGlobal"] = wire::to_string(n.next_hop_global);
    out["nexthopLocal"] = wire::to_string(n.next_hop_link_local);
    out["bgpConnection"] = n.shared_network ? "sharedNetwork" : "nonSharedNetwork";
  }
  out["connectRetryTimer"] = n.config->session.connect_retry.count();
  if (n.round_trip) out["estimatedRttInMsecs"] = n.round_trip->count();
  if (n.next_attempt) out["nextConnectTimerDueInMsecs"] = whole_msec(*n.next_attempt);
  if (!n.config->transport.password.empty()) out["authenticationEnabled"] = 1;
  if (!n.authentication_problem.empty()) out["authenticationProblem"] = n.authentication_problem;
  out["readThread"] = open ? "on" : "off";
  out["writeThread"] = open ? "on" : "off";
  if (n.bfd) out["peerBfdInfo"] = neighbor_bfd_json(*n.bfd);
}

}  // namespace

json::object neighbor_json(const NeighborData& n) {
  json::object out;
  add_identity(out, n);
  add_session(out, n);
  if (n.negotiated != nullptr) out["neighborCapabilities"] = capabilities_json(*n.negotiated);
  out["gracefulRestartInfo"] = restart_json(n);
  out["messageStats"] = messages_json(n);
  out["prefixStats"] = prefix_stats_json(n.prefix_stats);
  out["minBtwnAdvertisementRunsTimerMsecs"] = 0;
  out["addressFamilyInfo"] = families_json(n);
  add_connection(out, n);
  add_transport(out, n);
  return out;
}

json::object neighbor_restart_json(const NeighborData& n) {
  json::object out;
  out["neighborAddr"] = n.config->name;
  add_restart(out, n);
  return out;
}

json::object neighbor_brief_json(const NeighborData& n) {
  json::object out;
  const auto* name = remote_name(n);
  out["hostname"] = name != nullptr && !name->hostname.empty() ? name->hostname : "Unknown";
  out["remoteAs"] = n.remote_as.value_or(wire::AsNumber{}).value();
  out["localAs"] = n.config->session.local_as.value();
  out["lastResetDueTo"] = reset_reason(n.last_reset);
  add_state(out, n);
  if (n.last_reset.ago) out["lastResetTimerMsecs"] = whole_msec(*n.last_reset.ago);
  out["messageStats"] = json::object{{"totalSent", n.sent.total()}, {"totalRecv", n.received.total()}};
  json::object families;
  for_each_family(n, [&](wire::Family family) {
    const rib::PeerCounters& counters = n.families[family].counters;
    families[wire::json_key(family)] = json::object{{"acceptedPrefixCounter", counters.accepted},
                                                    {"sentPrefixCounter", counters.advertised}};
  });
  out["addressFamilyInfo"] = std::move(families);
  return out;
}

}  // namespace lbgp::daemon::cli
