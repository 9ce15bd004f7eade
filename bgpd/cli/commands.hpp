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
  ShowWhy,
  ShowNeighbors,
  ShowWhyDown,
  ShowNeighborRoutes,
  ShowPrefixCounts,
  ShowReceivedFilter,
  ShowNexthop,
  ShowPeerGroup,
  ShowVrfs,
  ShowPrefixList,
  ShowPrefixListMatch,
  ShowAccessList,
  ShowAsPathList,
  ShowCommunityList,
  ShowLargeCommunityList,
  ShowRouteMap,
  TestRouteMap,
  ShowStatistics,
  ShowStatisticsAll,
  ShowUpdateGroups,
  ShowAttributeInfo,
  ShowCommunityInfo,
  ShowBestpath,
  ShowRouter,
  ShowListeners,
  ShowBgpMemory,
  ShowImportCheck,
  ShowLogging,
  ShowDaemons,
  ShowHistory,
  ShowRunningConfig,
  ShowVersion,
  ShowMemory,
  ShowDebugging,
  ShowBfdPeers,
  ShowBfdPeer,
  Clear,
  ClearPrefix,
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
  TerminalPaginate,
  TerminalNoPaginate,
  List,
  Find,
};

[[nodiscard]] std::span<const CommandSpec> exec_commands();
[[nodiscard]] std::span<const WordHelp> exec_words();

// BestPath: those of Accepted that are best. Dampened: none, as nothing is damped here.
enum class RouteSelection : std::uint8_t { Advertised, Received, Filtered, Accepted, BestPath, Dampened };
enum class PeerSelection : std::uint8_t { All, Established, Failed };
// Which routes of a table are wanted; Request::name is what they are compared with.
enum class TableFilter : std::uint8_t {
  None,
  CidrOnly,
  Community,
  CommunityList,
  LargeCommunity,
  LargeCommunityList,
  FilterList,
  PrefixList,
  AccessList,
  RouteMap,
  Regexp,
  SelfOriginate,
  Version,
  LongerPrefixes,
};
enum class ListForm : std::uint8_t { Plain, Detail, Summary };

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
  TableFilter filter = TableFilter::None;
  bool exact = false;      // `exact-match`
  bool only_best = false;  // `show bgp PREFIX bestpath`
  bool only_multipath = false;
  bool detail = false;    // `… detail`
  std::string route_map;  // `advertised-routes route-map NAME`
  std::string community;  // `test … community C`
  std::string as_path;    // `test … as-path N N …`
  ListForm form = ListForm::Plain;
  bool longer = false;       // `show ip prefix-list NAME P longer`
  bool first_match = false;  // … first-match
  bool json = false;
  bool brief = false;
  bool graceful_restart = false;  // `show bgp neighbors … graceful-restart`
  bool terse = false;
  bool wide = false;
  bool header = true;     // not `no-header`
  bool external = false;  // `clear bgp external`, `summary remote-as external`
  bool internal = false;
  bool message_stats = false;  // `clear … message-stats`
  bool capabilities = false;
  bool soft = false;  // `clear … soft|in|out`: no reset
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
