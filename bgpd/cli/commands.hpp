// SPDX-License-Identifier: Apache-2.0
// The table of every command outside configure mode, and the typed form of a matched one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "bgpd/cli/command_set.hpp"
#include "wire/address.hpp"
#include "wire/family.hpp"
#include "wire/prefix.hpp"

namespace lbgp::daemon::cli {

enum class CommandId : int {
  ShowSummary,
  ShowTable,
  ShowTableDetail,
  ShowRoute,
  ShowNeighbors,
  ShowNeighborRoutes,
  ShowNexthop,
  ShowPeerGroup,
  ShowVrfs,
  ShowPrefixList,
  ShowRunningConfig,
  ShowVersion,
  ShowMemory,
  ShowDebugging,
  ShowBfdPeers,
  ShowBfdPeer,
  Clear,
  Configure,
  ConfigurationCheck,
  ConfigurationLoad,
  ConfigurationCommit,
  ConfigurationRollback,
  Write,
  Debug,
  NoDebug,
  Enable,
  Disable,
  Exit,
  End,
  TerminalLength,
  TerminalNoLength,
  List,
  Find,
};

[[nodiscard]] std::span<const CommandSpec> exec_commands();
[[nodiscard]] std::span<const WordHelp> exec_words();

enum class RouteSelection : std::uint8_t { Advertised, Received, Filtered, Accepted };
enum class PeerSelection : std::uint8_t { All, Established, Failed };

// What the operator asked for, whatever command it was; a command reads the members that its pattern can set.
struct Request {
  CommandId id = CommandId::ShowSummary;
  bool ip = false;                     // `show ip bgp`, `show ip prefix-list`
  bool ipv6 = false;                   // `show ipv6 prefix-list`
  std::string vrf;                     // empty: not given
  std::optional<wire::Family> family;  // `ipv4`, `ipv6`, or `show ip bgp`
  bool unicast = false;                // the SAFI was written out
  bool all_families = false;           // `show bgp all`
  std::string neighbor;                // address or name as typed; "*" for all of them
  std::string as_number;               // `clear bgp 65001`
  std::string name;                    // prefix list, peer group, debug topic, regular expression
  std::optional<wire::Prefix> prefix;
  std::optional<wire::IpAddress> address;
  RouteSelection routes = RouteSelection::Accepted;
  PeerSelection peers = PeerSelection::All;
  bool json = false;
  bool brief = false;
  bool graceful_restart = false;  // `show bgp neighbors … graceful-restart`
  bool terse = false;
  bool wide = false;
  bool header = true;     // not `no-header`
  bool external = false;  // `clear bgp external`
  bool soft = false;      // `clear … soft|in|out`: no reset
  bool in = false;
  bool out = false;
  bool to_terminal = false;  // `write terminal`
  std::uint32_t number = 0;
  std::string file;      // `configuration check|load`; empty: the daemon's own
  bool trusted = false;  // who asks may see passwords and name files anywhere
  // `show bfd`
  bool counters = false;
  bool multihop = false;
  std::string local;      // address
  std::string interface;  // name
  bool operator==(const Request&) const = default;
};

[[nodiscard]] Request make_request(const Match& match);

}  // namespace lbgp::daemon::cli
