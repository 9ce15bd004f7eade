// SPDX-License-Identifier: Apache-2.0
// BFD sessions, in the words and keys of FRR's bfdd.
#include "bgpd/cli/show_bfd.hpp"

#include <fmt/format.h>

#include <array>

#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

using wire::BfdState;

constexpr std::array<std::string_view, 4> kStatus{"shutdown", "down", "init", "up"};
// FRR's zebra names them like this to its clients.
constexpr std::array<std::string_view, 4> kClientStatus{"Admin Down", "Down", "Down", "Up"};

std::string_view status(BfdState state) {
  return kStatus.at(static_cast<std::size_t>(state));
}

std::int64_t in_seconds(milliseconds time) {
  return std::chrono::floor<seconds>(time).count();
}
std::int64_t in_msec(std::chrono::microseconds time) {
  return std::chrono::floor<milliseconds>(time).count();
}

std::string plural(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}(s)", count, what);
}

// "2 day(s), 1 hour(s), 5 second(s)", as bfdd writes durations.
std::string duration(milliseconds time) {
  const std::int64_t total = in_seconds(time);
  const std::array<std::pair<std::int64_t, std::string_view>, 4> parts{{{total / 86400, "day"},
                                                                        {total / 3600 % 24, "hour"},
                                                                        {total / 60 % 60, "minute"},
                                                                        {total % 60, "second"}}};
  std::string text;
  for (const auto& [count, what] : parts) {
    const bool last = what == "second";
    if (count == 0 && !last) continue;
    text += (text.empty() ? "" : ", ") + plural(count, what);
  }
  return text;
}

// The local address of a key is what the operator has chosen; a learnt one is not part of a session's name.
std::string header(const BfdPeerData& data) {
  const fsm::BfdKey& key = data.peer.key;
  std::string out = fmt::format("\tpeer {}", key.peer);
  if (key.multihop) out += " multihop";
  if (data.local) out += fmt::format(" local-address {}", *data.local);
  out += " vrf default";
  if (!key.interface.empty()) out += fmt::format(" interface {}", key.interface);
  return out + "\n";
}

json::object header_json(const BfdPeerData& data) {
  const fsm::BfdKey& key = data.peer.key;
  json::object out{{"multihop", key.multihop}, {"peer", wire::to_string(key.peer)}};
  if (data.local) out["local"] = wire::to_string(*data.local);
  out["vrf"] = "default";
  if (!key.interface.empty()) out["interface"] = key.interface;
  return out;
}

std::string timers(unsigned multiplier, std::int64_t receive, std::int64_t transmit,
                   std::int64_t echo_receive) {
  const std::string echo = echo_receive == 0 ? "disabled" : fmt::format("{}ms", echo_receive);
  return fmt::format(
      "\t\t\tDetect-multiplier: {}\n\t\t\tReceive interval: {}ms\n\t\t\tTransmission interval: {}ms\n"
      "\t\t\tEcho receive interval: {}\n",
      multiplier, receive, transmit, echo);
}

}  // namespace

bool is_asked_for(const BfdPeerData& data, const Request& request) {
  const fsm::BfdKey& key = data.peer.key;
  if (wire::parse_address(request.neighbor) != key.peer) return false;
  if (request.multihop != key.multihop) return false;
  if (!request.local.empty() && wire::parse_address(request.local) != data.local) return false;
  return request.interface.empty() || request.interface == key.interface;
}

std::string bfd_peer_text(const BfdPeerData& data) {
  const fsm::BfdSettings& settings = data.peer.settings;
  std::string out = header(data);
  out += fmt::format("\t\tID: {}\n\t\tRemote ID: {}\n", data.id, data.remote.discriminator);
  out += settings.passive ? "\t\tPassive mode\n" : "\t\tActive mode\n";
  if (data.peer.key.multihop) out += fmt::format("\t\tMinimum TTL: {}\n", settings.minimum_ttl);
  out += fmt::format("\t\tStatus: {}\n", status(data.state));
  if (data.state == BfdState::Down) out += fmt::format("\t\tDowntime: {}\n", duration(data.since));
  if (data.state == BfdState::Up) out += fmt::format("\t\tUptime: {}\n", duration(data.since));
  out += fmt::format("\t\tDiagnostics: {}\n\t\tRemote diagnostics: {}\n", to_string(data.diagnostic),
                     to_string(data.remote.diagnostic));
  out += fmt::format("\t\tPeer Type: {}\n", data.peer.configured ? "configured" : "dynamic");
  out += "\t\tLocal timers:\n" + timers(settings.detect_multiplier, settings.receive_interval.count(),
                                        settings.transmit_interval.count(), 0);
  out += "\t\t\tEcho transmission interval: disabled\n";
  out += "\t\tRemote timers:\n" + timers(data.remote.detect_mult, in_msec(data.remote.required_min_rx),
                                         in_msec(data.remote.desired_min_tx),
                                         in_msec(data.remote.required_min_echo_rx));
  return out + "\n";
}

json::object bfd_peer_json(const BfdPeerData& data) {
  const fsm::BfdSettings& settings = data.peer.settings;
  json::object out = header_json(data);
  out["id"] = data.id;
  out["remote-id"] = data.remote.discriminator;
  out["passive-mode"] = settings.passive;
  if (data.peer.key.multihop) out["minimum-ttl"] = settings.minimum_ttl;
  out["status"] = status(data.state);
  if (data.state == BfdState::Down) out["downtime"] = in_seconds(data.since);
  if (data.state == BfdState::Up) out["uptime"] = in_seconds(data.since);
  out["diagnostic"] = to_string(data.diagnostic);
  out["remote-diagnostic"] = to_string(data.remote.diagnostic);
  out["type"] = data.peer.configured ? "configured" : "dynamic";
  out["receive-interval"] = settings.receive_interval.count();
  out["transmit-interval"] = settings.transmit_interval.count();
  out["echo-receive-interval"] = 0;
  out["echo-transmit-interval"] = 0;
  out["detect-multiplier"] = settings.detect_multiplier;
  out["remote-receive-interval"] = in_msec(data.remote.required_min_rx);
  out["remote-transmit-interval"] = in_msec(data.remote.desired_min_tx);
  out["remote-echo-receive-interval"] = in_msec(data.remote.required_min_echo_rx);
  out["remote-detect-multiplier"] = data.remote.detect_mult;
  return out;
}

std::string bfd_brief_text(const std::vector<BfdPeerData>& peers) {
  constexpr std::string_view kRow = "{:<10} {:<40} {:<40}{:<15}\n";
  std::string out = fmt::format("Session count: {}\n", peers.size());
  out += fmt::format(fmt::runtime(kRow), "SessionId", "LocalAddress", "PeerAddress", "Status");
  out += fmt::format(fmt::runtime(kRow), "=========", "============", "===========", "======");
  for (const BfdPeerData& data : peers)
    out += fmt::format(fmt::runtime(kRow), data.id, data.local ? wire::to_string(*data.local) : "unknown",
                       wire::to_string(data.peer.key.peer), status(data.state));
  return out;
}

std::string bfd_counters_text(const BfdPeerData& data) {
  std::string out = header(data);
  out += fmt::format("\t\tControl packet input: {} packets\n\t\tControl packet output: {} packets\n",
                     data.received, data.sent);
  out += "\t\tEcho packet input: 0 packets\n\t\tEcho packet output: 0 packets\n";
  out += fmt::format("\t\tSession up events: {}\n\t\tSession down events: {}\n\t\tZebra notifications: 0\n",
                     data.ups, data.downs);
  return out + fmt::format("\t\tTransmit lateness: {} us for 99.9%, {} us at worst\n\n",
                           data.late_most.count(), data.late_worst.count());
}

json::object bfd_counters_json(const BfdPeerData& data) {
  json::object out = header_json(data);
  out["control-packet-input"] = data.received;
  out["control-packet-output"] = data.sent;
  out["echo-packet-input"] = 0;
  out["echo-packet-output"] = 0;
  out["session-up"] = data.ups;
  out["session-down"] = data.downs;
  out["zebra-notifications"] = 0;
  out["transmit-lateness-usec"] = data.late_most.count();
  out["transmit-lateness-worst-usec"] = data.late_worst.count();
  return out;
}

namespace {

// "0:01:02:03": days, hours, minutes, seconds.
std::string last_update(const NeighborBfdData& data) {
  if (!data.since) return "never";
  const std::int64_t total = in_seconds(*data.since);
  return fmt::format("{}:{:02}:{:02}:{:02}", total / 86400, total / 3600 % 24, total / 60 % 60, total % 60);
}

std::string_view client_status(const NeighborBfdData& data) {
  return kClientStatus.at(static_cast<std::size_t>(data.state));
}

}  // namespace

std::string neighbor_bfd_text(const NeighborBfdData& data) {
  std::string out = fmt::format("  BFD: Type: {}\n", data.multihop ? "multi hop" : "single hop");
  if (!data.profile.empty()) out += fmt::format("  BFD profile: {}\n", data.profile);
  out += fmt::format("  Detect Multiplier: {}, Min Rx interval: {}, Min Tx interval: {}\n",
                     data.settings.detect_multiplier, data.settings.receive_interval.count(),
                     data.settings.transmit_interval.count());
  return out + fmt::format("  Status: {}, Last update: {}\n\n", client_status(data), last_update(data));
}

json::object neighbor_bfd_json(const NeighborBfdData& data) {
  json::object out{{"type", data.multihop ? "multi hop" : "single hop"}};
  if (!data.profile.empty()) out["profile"] = data.profile;
  out["detectMultiplier"] = data.settings.detect_multiplier;
  out["rxMinInterval"] = data.settings.receive_interval.count();
  out["txMinInterval"] = data.settings.transmit_interval.count();
  out["status"] = client_status(data);
  out["lastUpdate"] = last_update(data);
  return out;
}

}  // namespace lbgp::daemon::cli
