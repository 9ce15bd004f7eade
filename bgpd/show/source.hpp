// SPDX-License-Identifier: Apache-2.0
// Where `show` gets its data from: the running daemon. And what `clear` does to it.
#pragma once

#include <set>
#include <string>

#include "bgpd/cli/source.hpp"

namespace lbgp::daemon {

class Daemon;

class ShowSource final : public cli::Source {
 public:
  explicit ShowSource(Daemon& daemon) : daemon_(daemon) {}

  std::string hostname() override;
  bool has_instance() override;
  cli::VersionData version() override;
  cli::MemoryData memory() override;
  std::string running_config() override;
  std::string said_config(bool with_passwords) override;
  cli::PrefixLists prefix_lists(wire::Family family) override;
  const rib::Policies& policies() override;
  cli::LoggingData logging() override;
  cli::SummaryData summary(wire::Family family) override;
  cli::TableHead table_head(wire::Family family) override;
  void for_each_route(wire::Family family, bool advertised, const RouteVisitor& visit) override;
  bool for_each_route(wire::Family family, bool advertised, rib::Section& section,
                      const RouteVisitor& visit) override;
  bool find_route(const wire::Prefix& prefix, const RouteVisitor& visit) override;
  bool find_route(const wire::IpAddress& address, const RouteVisitor& visit) override;
  std::vector<std::string> neighbor_names() override;
  bool find_neighbor(std::string_view name, const NeighborVisitor& visit) override;
  bool for_each_adjacent(std::string_view neighbor, wire::Family family, cli::RouteSelection selection,
                         rib::Section& section, const AdjVisitor& visit) override;
  std::vector<cli::PeerGroupData> peer_groups() override;
  std::vector<cli::NexthopData> nexthops() override;
  cli::InstanceData instance() override;
  const rib::GlobalSettings& settings() override;
  std::vector<cli::UpdateGroupData> update_groups(wire::Family family) override;
  void for_each_attributes(const AttributesVisitor& visit) override;
  std::vector<cli::ListenerData> listeners() override;
  cli::WhyData why(const wire::Prefix& prefix) override;
  std::vector<cli::BfdPeerData> bfd_peers() override;
  std::string clear(std::string_view neighbor, const cli::Request& request) override;
  bool clear_prefix(const wire::Prefix& prefix) override;
  cli::Outcome write() override;
  conf::Config& configuration() override;
  void edited() override;
  void settle() override;
  bool is_established(const fsm::PeerKey& neighbor) override;
  bool is_own_address(const wire::IpAddress& address) override;
  std::string outsiders() override;
  cli::Outcome check_file(const std::string& file) override;
  cli::Outcome load_file(const std::string& file, std::chrono::minutes confirm) override;
  cli::Outcome confirm_within(std::chrono::minutes confirm) override;
  cli::Outcome commit() override;
  cli::Outcome roll_back() override;
  void debug(std::string_view topic, bool on) override;
  std::vector<std::string> debugging() override;

 private:
  void visit_route(const rib::RouteView& route, bool advertised, const RouteVisitor& visit);

  Daemon& daemon_;
  std::set<std::string> topics_;  // of `debug`
};

}  // namespace lbgp::daemon
