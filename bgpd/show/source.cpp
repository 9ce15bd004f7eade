// SPDX-License-Identifier: Apache-2.0
// The daemon as `show` sees it, and what `clear` does.
#include "bgpd/show/source.hpp"

#include <fmt/format.h>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "bgpd/daemon.hpp"
#include "bgpd/show/bfd.hpp"
#include "bgpd/show/clock.hpp"
#include "bgpd/show/neighbors.hpp"
#include "bgpd/version.hpp"
#include "conf/compile.hpp"
#include "conf/render.hpp"

namespace lbgp::daemon {

namespace {

std::size_t resident_octets() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// What is known of a group is what its members and ranges have of it. FRR writes 0 for `external`.
void describe_group(const fsm::SessionSettings& session, cli::PeerGroupData& data) {
  const fsm::RemoteAs& remote = session.remote_as;
  const bool internal = remote.kind == fsm::RemoteAs::Kind::Internal;
  data.families = data.families | session.families;
  data.remote_as = internal ? session.local_as : remote.number;
  data.ibgp = data.remote_as == session.local_as;
}

}  // namespace

std::string ShowSource::hostname() {
  return daemon_.hostname();
}
bool ShowSource::has_instance() {
  return daemon_.configuration().compiled.has_router;
}

cli::VersionData ShowSource::version() {
  utsname system{};
  ::uname(&system);
  return {.version = kVersion,
          .hostname = daemon_.hostname(),
          .system = fmt::format("{}({})", system.sysname, system.release),
          .build = ""};
}

cli::MemoryData ShowSource::memory() {
  cli::MemoryData data;
  data.resident = resident_octets();
  data.heap = ::mallinfo2().uordblks;
  for (wire::Family family : wire::kFamilies) {
    const rib::TableSummary summary = daemon_.rib().summary(family);
    data.parts.push_back({fmt::format("{} routes", to_string(family)), summary.routes, summary.memory});
  }
  return data;
}

std::string ShowSource::running_config() {
  return conf::render(conf::spell_out_profile(daemon_.configuration().config), {.mask_passwords = true});
}

std::string ShowSource::said_config(bool with_passwords) {
  return conf::render(daemon_.configuration().config, {.mask_passwords = !with_passwords});
}

cli::PrefixLists ShowSource::prefix_lists(wire::Family family) {
  return daemon_.configuration().compiled.policies.prefix_lists[family];
}

const rib::Policies& ShowSource::policies() {
  return daemon_.configuration().compiled.policies;
}
const rib::GlobalSettings& ShowSource::settings() {
  return daemon_.configuration().compiled.global;
}

cli::LoggingData ShowSource::logging() {
  const auto level = spdlog::level::to_string_view(spdlog::get_level());
  return {.target = "stdout",
          .format = daemon_.options().log_format,
          .level = std::string(level.data(), level.size())};
}

std::vector<cli::ListenerData> ShowSource::listeners() {
  std::vector<cli::ListenerData> listeners;
  for (const net::Listener::Open& open : daemon_.neighbors().listener().sockets())
    listeners.push_back({open.descriptor, open.address});
  return listeners;
}

std::vector<cli::UpdateGroupData> ShowSource::update_groups(wire::Family family) {
  std::vector<cli::UpdateGroupData> groups;
  daemon_.rib().for_each_update_group(family, [&](const rib::UpdateGroupView& group) {
    cli::UpdateGroupData& data = groups.emplace_back(cli::UpdateGroupData{group, {}});
    for (const std::uint32_t member : group.members)
      if (const net::PeerLink* link = daemon_.neighbors().find(rib::PeerId{member}))
        data.members.push_back(link->peering().neighbor().name);
  });
  return groups;
}

void ShowSource::for_each_attributes(const AttributesVisitor& visit) {
  daemon_.rib().for_each_attributes(visit);
}

cli::SummaryData ShowSource::summary(wire::Family family) {
  const conf::Compiled& compiled = daemon_.configuration().compiled;
  const rib::TableSummary table = daemon_.rib().summary(family);
  cli::SummaryData data;
  data.family = family;
  data.router_id = daemon_.router_id();
  data.local_as = compiled.global.local_as;
  data.table_version = table.version;
  data.rib_count = table.routes;
  data.rib_memory = table.memory;
  data.peer_group_count = compiled.peer_groups.size();
  data.peer_group_memory = compiled.peer_groups.size() * sizeof(conf::PeerGroup);
  data.multipath_relax = compiled.global.multipath_relax;
  data.peer_type_relax = compiled.global.peer_type_relax;
  if (compiled.global.count_confederations) data.as_path = "confed";
  if (compiled.global.ignore_as_path) data.as_path = "ignore";
  data.med_missing_as_worst = compiled.global.med_missing_as_worst;
  data.compare_router_id = compiled.global.compare_router_id;
  data.dynamic_limit = daemon_.neighbors().dynamic_limit();
  const net::Md5Counters md5 = net::read_md5_counters();
  for (const auto& [key, link] : daemon_.neighbors().links())
    if (link->peering().neighbor().session.families.contains(family))
      data.peers.push_back(show::summary_row(*link, daemon_.rib(), family, md5));
  data.peer_memory = data.peers.size() * sizeof(net::PeerLink);
  return data;
}

std::vector<std::string> ShowSource::neighbor_names() {
  std::vector<std::string> names;
  for (const auto& [address, link] : daemon_.neighbors().links())
    names.push_back(link->peering().neighbor().name);
  return names;
}

bool ShowSource::find_neighbor(std::string_view name, const NeighborVisitor& visit) {
  const net::PeerLink* link = daemon_.neighbors().find(fsm::peer_key(name));
  if (link == nullptr) return false;
  cli::NeighborData data = show::neighbor(*link, daemon_.rib());
  data.bfd = show::neighbor_bfd(link->peering().neighbor(), daemon_.bfd());
  visit(data);
  return true;
}

std::vector<cli::PeerGroupData> ShowSource::peer_groups() {
  std::vector<cli::PeerGroupData> groups;
  for (const conf::PeerGroup& group : daemon_.configuration().compiled.peer_groups) {
    cli::PeerGroupData data;
    data.name = group.name;
    for (const conf::ListenRange& range : daemon_.configuration().compiled.listen_ranges) {
      if (range.pattern.peer_group != group.name) continue;
      describe_group(range.pattern.session, data);
      data.ranges.push_back(range.prefix);
      data.authentication_problem = daemon_.neighbors().md5_problem(range);
    }
    for (const auto& [key, link] : daemon_.neighbors().links()) {
      const conf::Neighbor& neighbor = link->peering().neighbor();
      if (neighbor.peer_group != group.name) continue;
      describe_group(neighbor.session, data);
      data.members.push_back(
          {neighbor.name, link->peering().fsm().state(), neighbor.listen_range.has_value()});
    }
    groups.push_back(std::move(data));
  }
  return groups;
}

cli::InstanceData ShowSource::instance() {
  cli::InstanceData data{daemon_.router_id(), 0, 0};
  for (const auto& [address, link] : daemon_.neighbors().links()) {
    ++data.peers;
    if (link->peering().fsm().state() == fsm::State::Established) ++data.established;
  }
  return data;
}

std::vector<cli::BfdPeerData> ShowSource::bfd_peers() {
  return show::bfd_peers(daemon_.bfd());
}

std::string ShowSource::clear(std::string_view neighbor, const cli::Request& request) {
  net::PeerLink* link = daemon_.neighbors().find(fsm::peer_key(neighbor));
  if (link == nullptr) return {};
  if (request.message_stats) {
    link->peering().clear_counters();
    return {};
  }
  if (!request.soft) {
    link->stop({wire::Notification{wire::ErrorCode::Cease, wire::subcode::kAdministrativeReset, {}},
                fsm::DownReason::UserReset, true});
    return {};
  }
  Peering& peering = link->peering();
  const fsm::Negotiated* negotiated = peering.fsm().negotiated();
  std::string refused;
  for (wire::Family family : wire::kFamilies) {
    if (request.family && *request.family != family) continue;
    if (request.in || !request.out) {
      if (peering.neighbor().routes.families[family].keeps_raw())
        daemon_.rib().reapply_inbound(peering.rib_id(), family);
      else if (!peering.request_refresh(family) && negotiated != nullptr && !negotiated->route_refresh)
        refused = fmt::format("% BGP: {} cannot be asked for its routes again, and they are not stored\n",
                              neighbor);
    }
    if (request.out || !request.in) daemon_.rib().on_route_refresh(peering.rib_id(), family);
  }
  daemon_.neighbors().routes_changed();
  return refused;
}

bool ShowSource::clear_prefix(const wire::Prefix& prefix) {
  if (!daemon_.rib().send_again(prefix)) return false;
  daemon_.neighbors().routes_changed();
  return true;
}

cli::Outcome ShowSource::write() {
  return daemon_.write();
}
conf::Config& ShowSource::configuration() {
  return daemon_.editable();
}
void ShowSource::edited() {
  daemon_.edited();
}
void ShowSource::settle() {
  daemon_.settle();
}
bool ShowSource::is_own_address(const wire::IpAddress& address) {
  return net::is_own_address(daemon_.neighbors().interfaces().addresses(), address);
}
std::string ShowSource::outsiders() {
  return daemon_.outsiders(conf::compile_pools(daemon_.configuration().config));
}
bool ShowSource::is_established(const fsm::PeerKey& neighbor) {
  const net::PeerLink* link = daemon_.neighbors().find(neighbor);
  return link != nullptr && link->peering().fsm().state() == fsm::State::Established;
}
cli::Outcome ShowSource::check_file(const std::string& file) {
  return daemon_.check_file(file);
}
cli::Outcome ShowSource::load_file(const std::string& file, std::chrono::minutes confirm) {
  return daemon_.load_file(file, confirm);
}
cli::Outcome ShowSource::confirm_within(std::chrono::minutes confirm) {
  daemon_.settle();
  return daemon_.confirm_within(confirm);
}
cli::Outcome ShowSource::commit() {
  return daemon_.commit();
}
cli::Outcome ShowSource::roll_back() {
  return daemon_.roll_back();
}

// Every topic raises the same flag: the log says which event is which.
void ShowSource::debug(std::string_view topic, bool on) {
  if (topic.empty())
    topics_.clear();
  else if (on)
    topics_.emplace(topic);
  else
    topics_.erase(std::string(topic));
  spdlog::set_level(topics_.empty() ? spdlog::level::from_str(daemon_.options().log_level)
                                    : spdlog::level::debug);
}

std::vector<std::string> ShowSource::debugging() {
  return {topics_.begin(), topics_.end()};
}

}  // namespace lbgp::daemon
