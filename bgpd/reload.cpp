// SPDX-License-Identifier: Apache-2.0
// The file again: what differs is applied, what does not is not touched.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "bgpd/daemon.hpp"
#include "bgpd/log/events.hpp"
#include "conf/diff.hpp"

namespace lbgp::daemon {

namespace {

const conf::Neighbor* find(const conf::Compiled& compiled, const std::string& name) {
  const auto found = std::find_if(compiled.neighbors.begin(), compiled.neighbors.end(),
                                  [&](const conf::Neighbor& neighbor) { return neighbor.name == name; });
  return found == compiled.neighbors.end() ? nullptr : &*found;
}

// What the peer is told when its session has to be made anew (RFC 4486), or that it stays down.
std::optional<fsm::ManualStop> reset_for(const conf::NeighborDiff& diff, const conf::Neighbor& neighbor) {
  if (!diff.needs(conf::Impact::Reset)) return std::nullopt;
  if (neighbor.session.shutdown)
    return fsm::ManualStop{
        wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeShutdown,
                           wire::encode_shutdown_communication(neighbor.session.shutdown_message)},
        fsm::DownReason::UserShutdown, false};
  return fsm::ManualStop{
      wire::Notification{wire::ErrorCode::Cease, wire::subcode::kOtherConfigurationChange, {}},
      diff.reset_reason(), true};
}

void log_plan(const conf::Diff& diff) {
  const auto list = [](const char* what, const std::vector<std::string>& names) {
    for (const std::string& name : names) log::config_applied(fmt::format("{} {}", what, name));
  };
  if (diff.empty()) log::config_applied("nothing changes");
  if (diff.router_replaced) log::config_applied("another router: every session is made anew");
  list("neighbor added:", diff.added);
  list("neighbor removed:", diff.removed);
  for (const conf::NeighborDiff& changed : diff.changed)
    for (const conf::Change& change : changed.changes)
      log::config_applied(
          fmt::format("neighbor {}: {} ({})", changed.name, change.option,
                      change.impact == conf::Impact::None ? "no reset" : to_string(change.impact)));
  list("changed:", diff.global);
  list("changed:", diff.policies);
  list("changed:", diff.pools);
}

}  // namespace

void Daemon::reload() {
  LoadedConfiguration loaded = load_configuration(options_.config_file);
  for (const std::string& warning : loaded.warnings) log::config_warning(warning);
  for (const std::string& problem : loaded.problems) log::config_problem(problem);
  if (!loaded.problems.empty()) return log::config_kept();
  stop_waiting();  // the file is the operator's last word
  install(std::move(loaded.configuration));
}

// Dynamic neighbors stand in no file: with them, both sides of a comparison say what there is and what is to
// become of it.
conf::Compiled Daemon::with_dynamic_now() const {
  conf::Compiled compiled = configuration_.compiled;
  for (const auto& [key, link] : neighbors_.links())
    if (link->peering().neighbor().listen_range) compiled.neighbors.push_back(link->peering().neighbor());
  return compiled;
}

conf::Compiled Daemon::with_dynamic_next(conf::Compiled next) const {
  for (const auto& [key, link] : neighbors_.links()) {
    if (!link->peering().neighbor().listen_range || find(next, to_string(key)) != nullptr) continue;
    const wire::IpAddress address = link->peering().neighbor().transport.peer_address;
    if (const conf::ListenRange* range = conf::find_range(next.listen_ranges, address))
      next.neighbors.push_back(conf::dynamic_neighbor(*range, address));
  }
  return next;
}

// A pool's edit takes no route away: whoever wants that withdraws it, or its client does.
std::string Daemon::outsiders(const std::vector<rib::VipPool>& pools) const {
  constexpr std::size_t kNamed = 10;
  const std::vector<wire::Prefix> outside = routes_.outside(rib::VipPools(pools));
  if (outside.empty()) return "";
  std::string names;
  for (std::size_t i = 0; i < std::min(kNamed, outside.size()); ++i)
    names += fmt::format("{}{}", i == 0 ? "" : ", ", wire::to_string(outside[i]));
  return fmt::format(
      "no vip-pool takes {} of the announced addresses any more: {}{}; they stay until they are "
      "withdrawn",
      outside.size(), names, outside.size() > kNamed ? ", …" : "");
}

void Daemon::warn_of_ourselves(const std::vector<std::string>& neighbors) const {
  if (neighbors.empty()) return;
  const std::vector<net::InterfaceAddress>& ours = neighbors_.interfaces().addresses();
  for (const std::string& name : neighbors)
    if (const auto address = wire::parse_address(name); address && net::is_own_address(ours, *address))
      log::config_warning(fmt::format("neighbor {} is an address of this host", name));
}

void Daemon::apply(const conf::Compiled& configured) {
  const conf::Compiled next = with_dynamic_next(configured);
  const conf::Diff diff = conf::diff(with_dynamic_now(), next);
  log_plan(diff);
  router_id_ = next.global.router_id;
  neighbors_.set_fast_external_failover(next.fast_external_failover);
  neighbors_.set_log_changes(next.log_neighbor_changes);
  for (const std::string& name : diff.removed) neighbors_.remove(fsm::peer_key(name));
  rib_.configure(next.global, next.policies, next.pools);
  routes_.configure(next.pools, next.global.local_as);
  if (const std::string left = diff.pools.empty() ? "" : outsiders(next.pools); !left.empty())
    log::config_warning(left);
  neighbors_.set_ranges(next);
  for (const conf::NeighborDiff& changed : diff.changed)
    if (const conf::Neighbor* neighbor = find(next, changed.name))
      neighbors_.change(*neighbor, reset_for(changed, *neighbor));
  for (const std::string& name : diff.added)
    if (const conf::Neighbor* neighbor = find(next, name)) neighbors_.add(*neighbor);
  warn_of_ourselves(diff.added);
  bfd_.configure(next);
  neighbors_.routes_changed();
}

}  // namespace lbgp::daemon
