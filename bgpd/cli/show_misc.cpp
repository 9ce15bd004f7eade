// SPDX-License-Identifier: Apache-2.0
// Renders the small shows.
#include "bgpd/cli/show_misc.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <iterator>

#include "bgpd/cli/json_text.hpp"
#include "wire/format.hpp"

namespace lbgp::daemon::cli {
namespace json = boost::json;
namespace {

std::string_view action(rib::Permit permit) {
  return permit == rib::Permit::Permit ? "permit" : "deny";
}

std::string_view protocol(wire::Family family) {
  return family == wire::Family::Ipv4Unicast ? "IPv4" : "IPv6";
}

// "any" is how 0.0.0.0/0 le 32 and ::/0 le 128 are written.
bool is_any(const rib::PrefixListEntry& entry) {
  return entry.prefix.length() == 0 && !entry.ge && entry.le == entry.prefix.address().bits();
}

std::string entry_text(const rib::PrefixListEntry& entry) {
  std::string out = fmt::format("   seq {} {} ", entry.seq, action(entry.action));
  if (is_any(entry)) return out + "any\n";
  out += wire::to_string(entry.prefix);
  if (entry.ge) out += fmt::format(" ge {}", *entry.ge);
  if (entry.le) out += fmt::format(" le {}", *entry.le);
  return out + '\n';
}

json::object entry_json(const rib::PrefixListEntry& entry) {
  json::object out{{"sequenceNumber", entry.seq},
                   {"type", action(entry.action)},
                   {"prefix", wire::to_string(entry.prefix)}};
  if (entry.ge) out["minimumPrefixLength"] = *entry.ge;
  if (entry.le) out["maximumPrefixLength"] = *entry.le;
  return out;
}

json::object list_json(const rib::PrefixList& list, wire::Family family) {
  json::array entries;
  for (const auto& [seq, entry] : list.entries) entries.push_back(entry_json(entry));
  json::object out{{"addressFamily", protocol(family)}, {"entries", std::move(entries)}};
  if (!list.description.empty()) out["description"] = list.description;
  return out;
}

std::string list_text(const std::string& name, const rib::PrefixList& list, wire::Family family) {
  std::string out =
      fmt::format("BGP: {} prefix-list {}: {} entries\n", family == wire::Family::Ipv4Unicast ? "ip" : "ipv6",
                  name, list.entries.size());
  if (!list.description.empty()) out += fmt::format("   Description: {}\n", list.description);
  for (const auto& [seq, entry] : list.entries) out += entry_text(entry);
  return out;
}

}  // namespace

std::optional<std::string> prefix_lists_text(const PrefixLists& lists, wire::Family family,
                                             const std::string& name) {
  if (!name.empty() && !lists.contains(name)) return std::nullopt;
  std::string out;
  for (const auto& [list_name, list] : lists)
    if (name.empty() || list_name == name) out += list_text(list_name, list, family);
  return out;
}

std::string prefix_lists_json(const PrefixLists& lists, wire::Family family, const std::string& name) {
  json::object out;
  for (const auto& [list_name, list] : lists)
    if (name.empty() || list_name == name) out[list_name] = list_json(list, family);
  return pretty(json::object{{"BGP", std::move(out)}});
}

namespace {

std::vector<wire::Prefix> ranges_of(const PeerGroupData& group, wire::Family family) {
  std::vector<wire::Prefix> ranges;
  std::copy_if(group.ranges.begin(), group.ranges.end(), std::back_inserter(ranges),
               [&](const wire::Prefix& range) { return range.family() == family; });
  return ranges;
}

std::string ranges_text(const PeerGroupData& group) {
  std::string out;
  for (const wire::Family family : wire::kFamilies) {
    const auto ranges = ranges_of(group, family);
    if (ranges.empty()) continue;
    out += fmt::format("  {} {} listen range(s)\n", ranges.size(), protocol(family));
    for (const wire::Prefix& range : ranges) out += fmt::format("    {}\n", range);
  }
  return out;
}

json::object ranges_json(const PeerGroupData& group) {
  json::object out;
  for (const wire::Family family : wire::kFamilies) {
    json::array prefixes;
    for (const wire::Prefix& range : ranges_of(group, family))
      prefixes.push_back(json::value(wire::to_string(range)));
    if (prefixes.empty()) continue;
    out[protocol(family)] = json::object{{"count", prefixes.size()}, {"ranges", std::move(prefixes)}};
  }
  return out;
}

}  // namespace

std::string peer_groups_text(const std::vector<PeerGroupData>& groups) {
  std::string out;
  for (const PeerGroupData& group : groups) {
    out += fmt::format("\nBGP peer-group {}", group.name);
    if (group.remote_as) out += fmt::format(", remote AS {}", group.remote_as->value());
    out += fmt::format("\n  Peer-group type is {}\n  Configured address-families:",
                       group.ibgp ? "internal" : "external");
    for (const wire::Family family : wire::kFamilies)
      if (group.families.contains(family)) out += fmt::format(" {};", wire::to_string(family));
    out += group.families.empty() ? " none\n" : "\n";
    out += ranges_text(group);
    if (!group.authentication_problem.empty())
      out += fmt::format("  Peer Authentication Problem: {}\n", group.authentication_problem);
    if (!group.members.empty()) out += "  Peer-group members:\n";
    for (const PeerGroupMember& member : group.members)
      out += fmt::format("    {} {} {} \n", member.name, member.dynamic ? "(dynamic)" : "",
                         fsm::to_string(member.state));
  }
  return out;
}

std::string peer_groups_json(const std::vector<PeerGroupData>& groups) {
  json::object out;
  for (const PeerGroupData& group : groups) {
    json::object entry;
    if (group.remote_as) entry["remoteAs"] = group.remote_as->value();
    entry["type"] = group.ibgp ? "internal" : "external";
    json::array families;
    for (const wire::Family family : wire::kFamilies)
      if (group.families.contains(family)) families.push_back(json::value(wire::to_string(family)));
    entry["addressFamiliesConfigured"] = std::move(families);
    if (!group.ranges.empty()) entry["dynamicRanges"] = ranges_json(group);
    if (!group.authentication_problem.empty()) entry["authenticationProblem"] = group.authentication_problem;
    json::object members;
    for (const PeerGroupMember& member : group.members) {
      json::object each{{"status", fsm::to_string(member.state)}};
      if (member.dynamic) each["dynamic"] = true;
      members[member.name] = std::move(each);
    }
    if (!members.empty()) entry["members"] = std::move(members);
    out[group.name] = std::move(entry);
  }
  return pretty(out);
}

std::string nexthops_text(const std::vector<NexthopData>& nexthops, seconds utc_offset) {
  std::string out = "Current BGP nexthop cache:\n";
  for (const NexthopData& nexthop : nexthops) {
    out += fmt::format(" {} {}, #paths {}", nexthop.address,
                       nexthop.valid ? "valid [IGP metric 0]" : "invalid", nexthop.paths);
    if (!nexthop.peer.empty()) out += fmt::format(", peer {}", nexthop.peer);
    out += '\n';
    if (!nexthop.interface_name.empty()) out += fmt::format("  if {}\n", nexthop.interface_name);
    if (nexthop.last_update)
      out += fmt::format("  Last update: {}\n", date_text(*nexthop.last_update, utc_offset));
    out += '\n';
  }
  return out;
}

std::string nexthops_json(const std::vector<NexthopData>& nexthops, bool wrapped) {
  json::object families{{"ipv4", json::object{}}, {"ipv6", json::object{}}};
  for (const NexthopData& nexthop : nexthops) {
    json::object entry{{"valid", nexthop.valid}};
    if (!nexthop.peer.empty()) entry["peer"] = nexthop.peer;
    entry["pathCount"] = nexthop.paths;
    json::array hops;
    if (!nexthop.interface_name.empty())
      hops.push_back(json::object{{"interfaceName", nexthop.interface_name}});
    entry["nexthops"] = std::move(hops);
    if (nexthop.last_update) entry["lastUpdate"] = json::object{{"epoch", *nexthop.last_update}};
    families[nexthop.address.is_v4() ? "ipv4" : "ipv6"].as_object()[wire::to_string(nexthop.address)] =
        std::move(entry);
  }
  if (wrapped) families = json::object{{"default", std::move(families)}};
  return pretty(families);
}

std::string vrfs_text(const InstanceData& instance) {
  return fmt::format(
      "{:<6}{:<7}{:<18}{:<11}{:<12}{}\n{:<6}{:<7}{:<18}{:<11}{:<12}{}\n\nTotal number of VRFs "
      "(including default): 1\n",
      "Type", "Id", "routerId", "#PeersCfg", "#PeersEstb", "Name", "DFLT", 0,
      wire::to_string(instance.router_id), instance.peers, instance.established, "default");
}

std::string vrfs_json(const InstanceData& instance) {
  json::object vrf{{"type", "DFLT"},
                   {"vrfId", 0},
                   {"routerId", wire::to_string(instance.router_id)},
                   {"numConfiguredPeers", instance.peers},
                   {"numEstablishedPeers", instance.established}};
  return pretty(json::object{{"vrfs", json::object{{"default", std::move(vrf)}}}, {"totalVrfs", 1}});
}

std::string version_text(const VersionData& version) {
  std::string out = fmt::format("lbgpd {} ({}) on {}.\n", version.version, version.hostname, version.system);
  if (!version.build.empty()) out += fmt::format("configured with:\n    {}\n", version.build);
  return out;
}

std::string memory_report(const MemoryData& memory) {
  std::string out = "Memory statistics for lbgpd:\n";
  out += fmt::format("  {:<30} {:>10} {:>16}\n", "Resident:", "", memory_text(memory.resident));
  out += fmt::format("  {:<30} {:>10} {:>16}\n", "Total heap allocated:", "", memory_text(memory.heap));
  for (const MemoryData::Part& part : memory.parts)
    out += fmt::format("  {:<30} {:>10} {:>16}\n", part.name + ':', part.count, memory_text(part.octets));
  return out;
}

std::string running_config_text(std::string_view body, bool header) {
  std::string out = header ? "Building configuration...\n\nCurrent configuration:\n!\n" : "";
  out += body;
  return out + "end\n";
}

}  // namespace lbgp::daemon::cli
