// SPDX-License-Identifier: Apache-2.0
// What is told about a neighbor.
#include "bgpd/show/neighbors.hpp"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "bgpd/net/asio_address.hpp"
#include "bgpd/show/clock.hpp"
#include "rib/export_rules.hpp"

namespace lbgp::daemon::show {

namespace {

using wire::MessageType;

// What is wrong first, then how the last attempt failed: a refused connection must not hide two passwords, or
// two AS numbers, that differ.
std::string why_down(const std::string& wrong, const std::string& last_attempt) {
  if (wrong.empty() || wrong == last_attempt) return last_attempt;
  return last_attempt.empty() ? wrong : fmt::format("{}; last attempt: {}", wrong, last_attempt);
}

cli::Reset last_reset(const fsm::History& history) {
  return {.ago = since(history.last_reset),
          .reason = history.last_reset_reason,
          .detail = why_down(history.last_session_end, history.last_reset_detail),
          .notification = history.last_notification,
          .notification_sent = history.last_notification_was_sent};
}

cli::MessageCounts counts(const std::array<std::uint64_t, 6>& by_type) {
  const auto of = [&](MessageType type) { return by_type[static_cast<std::size_t>(type)]; };
  return {.opens = of(MessageType::Open),
          .notifications = of(MessageType::Notification),
          .updates = of(MessageType::Update),
          .keepalives = of(MessageType::Keepalive),
          .route_refreshes = of(MessageType::RouteRefresh)};
}

// The number that the file gives, or who has been met under `internal` and `external`.
std::optional<wire::AsNumber> remote_as(const Peering& peering) {
  const fsm::SessionSettings& settings = peering.neighbor().session;
  if (const fsm::Negotiated* negotiated = peering.fsm().negotiated()) return negotiated->peer_as;
  switch (settings.remote_as.kind) {
    case fsm::RemoteAs::Kind::Number:
      return settings.remote_as.number;
    case fsm::RemoteAs::Kind::Internal:
      return settings.local_as;
    case fsm::RemoteAs::Kind::External:
    case fsm::RemoteAs::Kind::Auto:
      break;
  }
  return std::nullopt;
}

cli::NeighborFamily family_data(const Peering& peering, const rib::Rib& rib, wire::Family family) {
  const rib::FamilySettings& settings = peering.neighbor().routes.families[family];
  const fsm::StaleFamily& stale = peering.stale()[family];
  return {
      .counters = rib.counters(peering.rib_id(), family),
      .policy_in = rib::inbound_names(settings) != rib::PolicyNames{},
      .policy_out = rib::outbound_names(settings) != rib::PolicyNames{} || !settings.unsuppress_map.empty(),
      .blocked = std::string(rib.blocked_reason(peering.rib_id(), family)),
      .stale_phase = stale.phase,
      .stale_remaining = stale.phase == fsm::StalePhase::None ? std::nullopt : until(stale.until)};
}

std::optional<cli::Endpoints> endpoints(const net::Connection& connection) {
  const auto local = connection.local();
  const auto remote = connection.remote();
  if (!local || !remote) return std::nullopt;
  return cli::Endpoints{net::from_asio(local->address()), local->port(), net::from_asio(remote->address()),
                        remote->port()};
}

void add_tcp(net::Connection& connection, cli::NeighborData& data) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(connection.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  data.round_trip = cli::milliseconds(info.tcpi_rtt / 1000);
  data.segment_size = info.tcpi_snd_mss;
}

// What the peer's TCP has not confirmed, and what our socket has not even taken.
std::optional<std::size_t> unacknowledged(net::Connection& connection) {
  int octets = 0;
  if (::ioctl(connection.native_handle(), SIOCOUTQ, &octets) != 0) return std::nullopt;
  return static_cast<std::size_t>(octets) + connection.unwritten();
}

std::optional<cli::Md5Data> md5_data(const net::PeerLink& link, const net::Md5Counters& now) {
  const net::Md5Counters& before = link.md5_before();
  if (now == before) return std::nullopt;
  return cli::Md5Data{now.missing - before.missing, now.unexpected - before.unexpected,
                      now.wrong - before.wrong};
}

void add_why_down(const net::PeerLink& link, const net::Md5Counters& md5, cli::NeighborData& data) {
  const fsm::History& history = link.peering().fsm().history();
  data.last_attempt = history.last_reset_detail;
  data.wrong = history.last_session_end;
  data.waits_for_bfd = link.waits_for_bfd();
  if (data.state == fsm::State::Established) return;
  if (!data.config->session.shutdown) data.obstacle = link.obstacle();
  data.md5 = md5_data(link, md5);
}

void add_next_hops(const rib::PeerSession& session, cli::NeighborData& data) {
  const auto& v4 = session.local_next_hop[wire::Family::Ipv4Unicast];
  const auto& v6 = session.local_next_hop[wire::Family::Ipv6Unicast];
  if (v4) data.next_hop = v4->address;
  data.next_hop_global = v6 ? v6->address : wire::IpAddress::v6({});
  data.next_hop_link_local = v6 && v6->link_local ? *v6->link_local : wire::IpAddress::v6({});
  data.shared_network = session.shared_network;
}

}  // namespace

cli::SummaryPeer summary_row(const net::PeerLink& link, const rib::Rib& rib, wire::Family family,
                             const net::Md5Counters& md5) {
  const Peering& peering = link.peering();
  const conf::Neighbor& neighbor = peering.neighbor();
  const fsm::History& history = peering.fsm().history();
  const fsm::Negotiated* negotiated = peering.fsm().negotiated();
  const rib::PeerCounters counters = rib.counters(peering.rib_id(), family);
  const bool up = negotiated != nullptr && history.established_at;
  const auto since_when = up ? history.established_at : history.last_reset;

  cli::SummaryPeer row;
  row.key = link.key();
  row.dynamic = neighbor.listen_range.has_value();
  if (negotiated != nullptr) {
    if (const auto* fqdn = negotiated->received.find<wire::FqdnCapability>()) {
      row.hostname = fqdn->hostname;
      row.domainname = fqdn->domainname;
    }
    if (const auto* software = negotiated->received.find<wire::SoftwareVersionCapability>())
      row.software_version = software->version;
    row.family_negotiated = negotiated->codec.families.contains(family);
  }
  row.description = neighbor.description;
  row.remote_as = remote_as(peering).value_or(wire::AsNumber{});
  row.local_as = neighbor.session.local_as;
  row.messages_received = peering.counters().total_received();
  row.messages_sent = peering.counters().total_sent();
  // A peer that lacks nothing knows the table as it is.
  row.table_version = up && counters.pending == 0 ? rib.summary(family).version : 0;
  row.state = peering.fsm().state();
  row.shutdown = neighbor.session.shutdown;
  row.passive = neighbor.session.passive;
  row.over_maximum_prefix = peering.over_maximum_prefix();
  row.policy_missing_in = counters.policy_missing_in;
  row.since = history.connections_established > 0 ? since(since_when) : std::nullopt;
  if (up) row.established_epoch = epoch(*history.established_at);
  row.prefixes_received = counters.accepted;
  row.prefixes_sent = counters.advertised;
  row.connections_established = history.connections_established;
  row.connections_dropped = history.connections_dropped;
  row.last_reset = last_reset(history);
  row.last_reset.detail = why_down(link.md5_problem(md5), row.last_reset.detail);
  return row;
}

cli::NeighborData neighbor(const net::PeerLink& link, const rib::Rib& rib) {
  const Peering& peering = link.peering();
  const fsm::History& history = peering.fsm().history();
  cli::NeighborData data;
  data.config = &peering.neighbor();
  if (!data.config->transport.interface.empty()) data.interface_peer = link.peer_address();
  const net::Md5Counters md5 = net::read_md5_counters();
  data.authentication_problem = link.md5_problem(md5);
  data.negotiated = peering.fsm().negotiated();
  data.state = peering.fsm().state();
  data.remote_as = remote_as(peering);
  data.ibgp = data.remote_as == peering.neighbor().session.local_as;
  data.local_router_id = peering.neighbor().session.router_id;
  if (data.negotiated != nullptr && history.established_at) {
    data.uptime = since(*history.established_at);
    data.established_epoch = epoch(*history.established_at);
    add_next_hops(peering.session(), data);
  }
  data.last_read = since(peering.last_read());
  data.last_write = since(peering.last_write());
  data.last_update = since(peering.last_update());
  data.sent = counts(peering.counters().sent);
  data.received = counts(peering.counters().received);
  data.prefix_stats = rib.prefix_stats(peering.rib_id());
  for (wire::Family family : wire::kFamilies) data.families[family] = family_data(peering, rib, family);
  data.connections_established = history.connections_established;
  data.connections_dropped = history.connections_dropped;
  data.last_reset = last_reset(history);
  if (net::Connection* connection = link.established_connection()) {
    data.endpoints = endpoints(*connection);
    add_tcp(*connection, data);
    data.unacknowledged = unacknowledged(*connection);
  }
  add_why_down(link, md5, data);
  data.next_attempt = until(peering.fsm().next_attempt());
  data.over_maximum_prefix = peering.over_maximum_prefix();
  if (data.over_maximum_prefix) data.prefix_rest_remaining = until(peering.fsm().stopped_until());
  return data;
}

}  // namespace lbgp::daemon::show
