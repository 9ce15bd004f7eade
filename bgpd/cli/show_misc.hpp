// SPDX-License-Identifier: Apache-2.0
// The small shows: prefix lists, peer-groups, next hops, instances, version, memory, configuration.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bgpd/cli/units.hpp"
#include "fsm/state.hpp"
#include "rib/policy.hpp"
#include "wire/address.hpp"
#include "wire/as_number.hpp"
#include "wire/family.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::cli {

// --- show ip|ipv6 prefix-list
// --------------------------------------------------------------------------------
using PrefixLists = std::map<std::string, rib::PrefixList>;
// `name` empty: all of them. Nothing when there is no such list.
[[nodiscard]] std::optional<std::string> prefix_lists_text(const PrefixLists& lists, wire::Family family,
                                                           const std::string& name);
[[nodiscard]] std::string prefix_lists_json(const PrefixLists& lists, wire::Family family,
                                            const std::string& name);

// --- show bgp peer-group
// -------------------------------------------------------------------------------------
struct PeerGroupMember {
  std::string name;  // address
  fsm::State state = fsm::State::Idle;
  bool dynamic = false;  // it came by a range
};
struct PeerGroupData {
  std::string name;
  std::optional<wire::AsNumber> remote_as;  // 0: `external`; none: nobody is in it
  bool ibgp = false;
  wire::FamilySet families;              // activated
  std::vector<PeerGroupMember> members;  // in order of address
  std::vector<wire::Prefix> ranges{};    // by which others may come, in order
  std::string authentication_problem{};  // what the kernel drops of those for its MD5 signature
};
[[nodiscard]] std::string peer_groups_text(const std::vector<PeerGroupData>& groups);
[[nodiscard]] std::string peer_groups_json(const std::vector<PeerGroupData>& groups);

// --- show bgp nexthop
// ----------------------------------------------------------------------------------------
struct NexthopData {
  wire::IpAddress address;
  bool valid = false;
  std::size_t paths = 0;       // that use it
  std::string peer;            // the neighbor with this address; empty: none
  std::string interface_name;  // out of which it is reached; empty: unknown
  std::optional<Epoch> last_update;
};
[[nodiscard]] std::string nexthops_text(const std::vector<NexthopData>& nexthops, seconds utc_offset);
// `wrapped`: inside "default", as with `vrf all`.
[[nodiscard]] std::string nexthops_json(const std::vector<NexthopData>& nexthops, bool wrapped);

// --- show bgp vrfs
// -------------------------------------------------------------------------------------------
struct InstanceData {
  wire::RouterId router_id;
  std::size_t peers = 0;
  std::size_t established = 0;
};
[[nodiscard]] std::string vrfs_text(const InstanceData& instance);
[[nodiscard]] std::string vrfs_json(const InstanceData& instance);

// --- show version, memory, running-config
// --------------------------------------------------------------------
struct VersionData {
  std::string version;  // "0.1.0"
  std::string hostname;
  std::string system;  // "Linux(6.1.0-18-amd64)"
  std::string build;   // how it was built, one line; empty: not told
};
[[nodiscard]] std::string version_text(const VersionData& version);

struct MemoryData {
  std::size_t resident = 0;  // octets, of the whole process
  std::size_t heap = 0;      // octets handed out by the allocator
  struct Part {
    std::string name;  // "IPv4 Unicast routes"
    std::size_t count = 0;
    std::size_t octets = 0;
  };
  std::vector<Part> parts;
};
[[nodiscard]] std::string memory_report(const MemoryData& memory);

// `body`: the rendered configuration, every line ended, without "end".
[[nodiscard]] std::string running_config_text(std::string_view body, bool header);

}  // namespace lbgp::daemon::cli
