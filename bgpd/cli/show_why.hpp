// SPDX-License-Identifier: Apache-2.0
// `show bgp PREFIX why`, `show bgp neighbors X why-down`, `show bgp route-map NAME test …`: the answers that
// an operator looks for at night, in words; as JSON, the same facts by name.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/show_neighbors.hpp"
#include "bgpd/cli/show_routes.hpp"
#include "rib/explain.hpp"
#include "rib/policy_eval.hpp"

namespace lbgp::daemon::cli {

// A neighbor, what it has sent of the prefix and what it is sent.
struct WhyNeighbor {
  std::string name;
  std::string hostname;
  bool established = false;
  std::string state;  // "Established", "Idle (Admin)"
  std::string down;   // why there is no session; empty: there is one, or it is not known
  bool ibgp = false;
  bool activated = false;                        // the family, in the configuration
  bool keeps_received = false;                   // soft-reconfiguration inbound
  bool policy_missing = false;                   // RFC 8212: nothing is accepted for want of a policy
  std::optional<wire::IpAddress> local_address;  // of the session
  std::optional<std::size_t> unacknowledged;     // octets, see NeighborData
  std::vector<rib::ExportView> exported;
  std::vector<rib::InboundView> received;
};

struct WhyPool {
  std::string name;
  std::string allowed;      // "everybody", "group agents, user web"
  std::string condition{};  // on labels, in words; empty: none, or the route meets it
};

struct WhyData {
  wire::Prefix prefix;
  bool pools_exist = false;
  std::optional<WhyPool> pool;  // that the prefix lies in
  // Of each path, in the route's order, how the best one beat it; empty for the best.
  std::vector<std::string_view> lost_by;
  std::vector<WhyNeighbor> neighbors;  // in order of address
  std::vector<std::string> notes;      // what the configuration says that did not come to anything
  std::optional<wire::Prefix> covered_by;
  std::vector<wire::Prefix> more_specific;  // the first of them
  // The name of a PeerId.
  std::vector<std::pair<std::uint32_t, std::string>> peer_names;
  [[nodiscard]] std::string_view peer_name(std::uint32_t id) const;
};

// `route` is null when the prefix is not in the table. `neighbor` empty: all of them.
[[nodiscard]] std::string why_text(const TableHead& head, const RouteData* route, const WhyData& data,
                                   const std::string& neighbor);
[[nodiscard]] boost::json::object why_json(const TableHead& head, const RouteData* route, const WhyData& data,
                                           const std::string& neighbor);

// What is known about a session that is not there: a name for scripts, and words.
struct DownFact {
  std::string_view key;
  std::string words;
};
// Empty: the session is Established.
[[nodiscard]] std::vector<DownFact> down_facts(const NeighborData& neighbor);
[[nodiscard]] std::string why_down_text(const NeighborData& neighbor);
[[nodiscard]] boost::json::object why_down_json(const NeighborData& neighbor);

// "prefix-list OUT seq 5 permits, route-map RM seq 10 denies"; empty: nothing was asked.
[[nodiscard]] std::string steps_text(const std::vector<rib::PolicyStep>& steps);
[[nodiscard]] boost::json::array steps_json(const std::vector<rib::PolicyStep>& steps);

// What a policy makes of a route that may not exist.
[[nodiscard]] std::string test_text(const wire::Prefix& prefix, const rib::RouteAttributes& before,
                                    const rib::PolicyVerdict& verdict);
[[nodiscard]] boost::json::object test_json(const wire::Prefix& prefix, const rib::RouteAttributes& before,
                                            const rib::PolicyVerdict& verdict);

}  // namespace lbgp::daemon::cli
