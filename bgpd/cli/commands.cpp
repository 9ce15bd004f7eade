// SPDX-License-Identifier: Apache-2.0
// The command table.
#include "bgpd/cli/commands.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace lbgp::daemon::cli {
namespace {

constexpr CommandSpec command(CommandId id, std::string_view pattern) {
  return {static_cast<int>(id), pattern};
}

constexpr std::array kCommands{
    command(CommandId::ShowSummary,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] summary "
            "[<established|failed>] "
            "[terse] [wide] [json]"),
    command(CommandId::ShowTable,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] [wide] [json]"),
    command(CommandId::ShowTableDetail,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] detail [json]"),
    command(CommandId::ShowRoute,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] "
            "<A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$network [json]"),
    command(CommandId::ShowNeighbors,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "[<A.B.C.D|X:X::X:X|WORD>$neighbor] [graceful-restart] [json [brief]]"),
    command(
        CommandId::ShowNeighborRoutes,
        "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
        "<A.B.C.D|X:X::X:X|WORD>$neighbor <advertised-routes|received-routes|filtered-routes|routes> [wide] "
        "[json]"),
    command(CommandId::ShowNexthop,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] nexthop [json]"),
    command(CommandId::ShowPeerGroup,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] peer-group [PGNAME$group] [json]"),
    command(CommandId::ShowVrfs, "show [ip] bgp vrfs [json]"),
    command(CommandId::ShowPrefixList, "show <ip|ipv6> prefix-list [WORD$list-name] [json]"),
    command(CommandId::ShowRunningConfig, "show running-config [bgpd] [no-header]"),
    command(CommandId::ShowVersion, "show version"),
    command(CommandId::ShowMemory, "show memory [bgpd]"),
    command(CommandId::ShowDebugging, "show debugging [bgp]"),
    command(CommandId::ShowBfdPeers, "show bfd [vrf VRFNAME$instance] peers [<brief|counters>] [json]"),
    command(CommandId::ShowBfdPeer,
            "show bfd [vrf VRFNAME$instance] peer <A.B.C.D|X:X::X:X>$neighbor [multihop] "
            "[local-address <A.B.C.D|X:X::X:X>$local] [interface IFNAME$interface] [counters] [json]"),
    command(CommandId::Clear,
            "clear [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] "
            "<*|A.B.C.D$neighbor|X:X::X:X$neighbor|(1-4294967295)$as-number|external|peer-group "
            "PGNAME$group|WORD$neighbor> [<soft [<in|out>]|in|out>]"),
    command(CommandId::Configure, "configure [terminal] [confirmed (1-1440)$number]"),
    command(CommandId::ConfigurationCheck, "configuration check [FILE$path]"),
    command(CommandId::ConfigurationLoad, "configuration load [FILE$path] [confirmed (1-1440)$number]"),
    command(CommandId::ConfigurationCommit, "configuration commit"),
    command(CommandId::ConfigurationRollback, "configuration rollback"),
    command(CommandId::Write, "write [<file|memory|terminal>]"),
    command(CommandId::Write, "copy running-config startup-config"),
    command(CommandId::Debug, "debug bgp <graceful-restart|keepalives|neighbor-events|updates [<in|out>]>"),
    command(CommandId::NoDebug,
            "no debug bgp [<graceful-restart|keepalives|neighbor-events|updates [<in|out>]>]"),
    command(CommandId::Enable, "enable"),
    command(CommandId::Disable, "disable"),
    command(CommandId::Exit, "exit"),
    command(CommandId::Exit, "quit"),
    command(CommandId::End, "end"),
    command(CommandId::TerminalLength, "terminal length (0-512)$number"),
    command(CommandId::TerminalNoLength, "terminal no length"),
    command(CommandId::List, "list"),
    command(CommandId::Find, "find REGEX..."),
};

constexpr std::array<WordHelp, 88> kWords{{
    {"(0-512)", "Lines per page; 0 for no paging"},
    {"(1-1440)", "Minutes until the return"},
    {"(1-4294967295)", "Neighbors of this AS number"},
    {"*", "Every neighbor"},
    {"A.B.C.D", "IPv4 address"},
    {"A.B.C.D/M", "IPv4 prefix"},
    {"FILE", "A file that lbgpd can read; without one, its own"},
    {"IFNAME", "Name of an interface"},
    {"PGNAME", "Name of a peer-group"},
    {"REGEX...", "Regular expression"},
    {"VRFNAME", "default, or all"},
    {"WORD", "Name"},
    {"X:X::X:X", "IPv6 address"},
    {"X:X::X:X/M", "IPv6 prefix"},
    {"advertised-routes", "Routes that the neighbor has been sent"},
    {"all", "Every address family"},
    {"as-number", "Neighbors of this AS number"},
    {"bfd", "Bidirectional Forwarding Detection"},
    {"bgp", "BGP information"},
    {"bgpd", "The BGP daemon"},
    {"brief", "Only the essential"},
    {"check", "Show what a file would change, and what it would cost"},
    {"clear", "Reset or refresh sessions"},
    {"commit", "Keep what waits to be confirmed"},
    {"configuration", "Try, load and confirm configurations"},
    {"configure", "Change the configuration"},
    {"confirmed", "Return to what was before unless \"configuration commit\" follows"},
    {"copy", "Copy the configuration"},
    {"counters", "Packets and events"},
    {"debug", "Turn debug messages on"},
    {"debugging", "Debug messages that are on"},
    {"detail", "All paths with all their attributes"},
    {"disable", "Accepted for compatibility"},
    {"enable", "Accepted for compatibility"},
    {"end", "Leave configure mode"},
    {"established", "Only neighbors whose session is up"},
    {"exit", "Leave the shell"},
    {"external", "Every eBGP neighbor"},
    {"failed", "Only neighbors whose session is down"},
    {"file", "Write to the configuration file"},
    {"filtered-routes", "Received routes that the inbound policy denied"},
    {"find", "Find commands by regular expression"},
    {"graceful-restart", "Graceful restart"},
    {"in", "Inbound"},
    {"interface", "Name of an interface"},
    {"ip", "IPv4"},
    {"ipv4", "IPv4 address family"},
    {"ipv6", "IPv6 address family"},
    {"json", "Answer as JSON"},
    {"keepalives", "KEEPALIVE messages"},
    {"length", "Lines per page"},
    {"list", "List every command"},
    {"load", "Load a file in place of the running configuration"},
    {"local", "Our address"},
    {"local-address", "Our end of the session"},
    {"memory", "Memory, or the configuration file"},
    {"multihop", "A session over more than one hop"},
    {"neighbor", "Name or address of a neighbor"},
    {"neighbor-events", "State changes of neighbors"},
    {"neighbors", "Neighbors in detail"},
    {"network", "Address or prefix of a route"},
    {"nexthop", "Next hops in use"},
    {"no", "Undo"},
    {"no-header", "The bare configuration"},
    {"out", "Outbound"},
    {"peer", "One BFD session"},
    {"peer-group", "Peer-group"},
    {"peers", "All BFD sessions"},
    {"prefix-list", "Prefix list"},
    {"quit", "Leave the shell"},
    {"received-routes", "Routes as the neighbor sent them"},
    {"rollback", "Return at once to what was before"},
    {"routes", "Routes that were accepted from the neighbor"},
    {"running-config", "Configuration in use"},
    {"show", "Show what is going on"},
    {"soft", "Without resetting the session"},
    {"startup-config", "Configuration file"},
    {"summary", "Neighbors at a glance"},
    {"terminal", "This terminal"},
    {"terse", "Without the totals"},
    {"unicast", "Unicast routes"},
    {"updates", "UPDATE messages"},
    {"version", "Version of lbgpd"},
    {"view", "BGP instance"},
    {"vrf", "BGP instance"},
    {"vrfs", "BGP instances"},
    {"wide", "Wider columns"},
    {"write", "Save or print the configuration"},
}};

// Keywords that say nothing but yes.
constexpr std::array<std::pair<std::string_view, bool Request::*>, 16> kFlags{{
    {"ip", &Request::ip},
    {"unicast", &Request::unicast},
    {"all", &Request::all_families},
    {"json", &Request::json},
    {"brief", &Request::brief},
    {"graceful-restart", &Request::graceful_restart},
    {"terse", &Request::terse},
    {"wide", &Request::wide},
    {"external", &Request::external},
    {"soft", &Request::soft},
    {"in", &Request::in},
    {"out", &Request::out},
    {"terminal", &Request::to_terminal},
    {"ipv6", &Request::ipv6},
    {"counters", &Request::counters},
    {"multihop", &Request::multihop},
}};

constexpr std::array<std::pair<std::string_view, std::string Request::*>, 9> kTexts{{
    {"instance", &Request::vrf},
    {"neighbor", &Request::neighbor},
    {"as-number", &Request::as_number},
    {"group", &Request::name},
    {"list-name", &Request::name},
    {"REGEX...", &Request::name},
    {"local", &Request::local},
    {"interface", &Request::interface},
    {"path", &Request::file},
}};

constexpr std::array<std::pair<std::string_view, RouteSelection>, 4> kSelections{{
    {"advertised-routes", RouteSelection::Advertised},
    {"received-routes", RouteSelection::Received},
    {"filtered-routes", RouteSelection::Filtered},
    {"routes", RouteSelection::Accepted},
}};

constexpr std::array<std::string_view, 4> kDebugTopics{"graceful-restart", "keepalives", "neighbor-events",
                                                       "updates"};

void set_family(Request& request, const Match& match) {
  if (match.has("ipv6"))
    request.family = wire::Family::Ipv6Unicast;
  else if (match.has("ipv4") || request.ip)
    request.family = wire::Family::Ipv4Unicast;
}

void set_network(Request& request, std::string_view network) {
  request.address = wire::parse_address(network);
  if (!request.address) request.prefix = wire::parse_prefix_lenient(network);
}

}  // namespace

std::span<const CommandSpec> exec_commands() {
  return kCommands;
}
std::span<const WordHelp> exec_words() {
  return kWords;
}

Request make_request(const Match& match) {
  Request request;
  request.id = static_cast<CommandId>(match.id);
  for (const auto& [word, flag] : kFlags) request.*flag = match.has(word);
  for (const Argument& argument : match.arguments)
    for (const auto& [name, text] : kTexts)
      if (argument.name == name) request.*text = argument.value;
  for (const auto& [word, selection] : kSelections)
    if (match.has(word)) request.routes = selection;
  for (const std::string_view topic : kDebugTopics)
    if (match.has(topic)) request.name = topic;
  if (match.has("established")) request.peers = PeerSelection::Established;
  if (match.has("failed")) request.peers = PeerSelection::Failed;
  if (match.has("*")) request.neighbor = "*";
  request.header = !match.has("no-header");
  request.soft |= request.in || request.out;
  set_family(request, match);
  if (match.has("network")) set_network(request, match.value("network"));
  const std::string_view number = match.value("number");
  std::from_chars(number.data(), number.data() + number.size(), request.number);
  return request;
}

}  // namespace lbgp::daemon::cli
