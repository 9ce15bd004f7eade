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
            "[<established|failed>] [<neighbor <A.B.C.D|X:X::X:X|WORD>$neighbor|remote-as "
            "<(1-4294967295)$as-number|internal|external>>] [terse] [wide] [json]"),
    command(CommandId::ShowTable,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] "
            "[<cidr-only|self-originate|community [AA:NN$community-value] "
            "[exact-match]|community-list COMMUNITY_LIST_NAME$community-list-name "
            "[exact-match]|large-community [AA:BB:CC$large-community-value] "
            "[exact-match]|large-community-list LCOMMUNITY_LIST_NAME$large-community-list-name "
            "[exact-match]|filter-list AS_PATH_FILTER_NAME$filter-list-name|prefix-list "
            "WORD$prefix-list-name|access-list ACCESSLIST_NAME$access-list-name|route-map "
            "RMAP_NAME$table-route-map|version (1-4294967295)$number|<A.B.C.D/M|X:X::X:X/M>$network "
            "longer-prefixes>] [wide] [json [<detail|brief>]]"),
    command(CommandId::ShowTable,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] regexp REGEX..."),
    command(CommandId::ShowTableDetail,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] detail [json]"),
    command(CommandId::ShowRoute,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] "
            "<A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$network [<bestpath|multipath>] [json]"),
    command(CommandId::ShowWhy,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] "
            "<A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$network why [neighbor "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor] [json]"),
    command(CommandId::ShowNeighbors,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "[<A.B.C.D|X:X::X:X|WORD>$neighbor] [graceful-restart] [json [brief "
            "[<established|failed>]]]"),
    command(CommandId::ShowWhyDown,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor why-down [json]"),
    command(CommandId::ShowNeighborRoutes,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] [all] neighbors "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor <advertised-routes|received-routes|filtered-routes> "
            "[route-map RMAP_NAME$neighbor-route-map] [<<A.B.C.D/M|X:X::X:X/M>$network|detail>] "
            "[wide] [json]"),
    command(CommandId::ShowNeighborRoutes,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor "
            "<routes|bestpath-routes|dampened-routes|flap-statistics> [wide] [json]"),
    command(CommandId::ShowPrefixCounts,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor prefix-counts [json]"),
    command(CommandId::ShowReceivedFilter,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] neighbors "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor received prefix-filter [json]"),
    command(CommandId::ShowNexthop,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] nexthop "
            "[<A.B.C.D|X:X::X:X>$network] [detail] [json]"),
    command(CommandId::ShowPeerGroup,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] peer-group [PGNAME$group] [json]"),
    command(CommandId::ShowVrfs, "show [ip] bgp vrfs [json]"),
    command(CommandId::ShowImportCheck,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] import-check-table [detail]"),
    command(CommandId::ShowStatistics,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] statistics [json]"),
    command(CommandId::ShowStatisticsAll,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] statistics-all [json]"),
    command(CommandId::ShowUpdateGroups,
            "show [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] update-groups "
            "[json]"),
    command(CommandId::ShowAttributeInfo, "show [ip] bgp attribute-info"),
    command(CommandId::ShowCommunityInfo, "show [ip] bgp community-info"),
    command(CommandId::ShowBgpMemory, "show [ip] bgp memory"),
    command(CommandId::ShowBestpath, "show bgp bestpath [json]"),
    command(CommandId::ShowRouter, "show bgp router [json]"),
    command(CommandId::ShowListeners, "show bgp listeners"),
    command(CommandId::TestRouteMap,
            "show bgp route-map RMAP_NAME$tested-route-map test "
            "<A.B.C.D|A.B.C.D/M|X:X::X:X|X:X::X:X/M>$network "
            "[community COMMUNITIES$test-community] [as-path ASPATH$test-as-path] [neighbor "
            "<A.B.C.D|X:X::X:X|WORD>$neighbor] [json]"),
    command(CommandId::ShowPrefixList, "show <ip|ipv6> prefix-list [WORD$list-name] [json]"),
    command(CommandId::ShowPrefixList, "show <ip|ipv6> prefix-list <detail|summary> [WORD$list-name] [json]"),
    command(
        CommandId::ShowPrefixListMatch,
        "show <ip|ipv6> prefix-list WORD$list-name <seq (1-4294967295)$number|<A.B.C.D/M|X:X::X:X/M>$network "
        "[<longer|first-match>]>"),
    command(CommandId::ShowAccessList,
            "show <ip|ipv6> access-list [ACCESSLIST_NAME$shown-access-list] [json]"),
    command(CommandId::ShowAsPathList,
            "show <bgp|ip> as-path-access-list [AS_PATH_FILTER_NAME$shown-as-path-list] [json]"),
    command(CommandId::ShowCommunityList,
            "show bgp community-list [COMMUNITY_LIST_NAME$shown-community-list detail]"),
    command(CommandId::ShowLargeCommunityList,
            "show bgp large-community-list [LCOMMUNITY_LIST_NAME$shown-large-community-list detail]"),
    command(CommandId::ShowRouteMap, "show route-map [WORD$route-map-name] [json]"),
    command(CommandId::ShowRunningConfig, "show running-config [bgpd] [no-header]"),
    command(CommandId::ShowVersion, "show version"),
    command(CommandId::ShowMemory, "show memory [bgpd]"),
    command(CommandId::ShowDebugging, "show debugging [bgp]"),
    command(CommandId::ShowLogging, "show logging"),
    command(CommandId::ShowDaemons, "show daemons"),
    command(CommandId::ShowHistory, "show history"),
    command(CommandId::ShowBfdPeers, "show bfd [vrf VRFNAME$instance] peers [<brief|counters>] [json]"),
    command(CommandId::ShowBfdPeer,
            "show bfd [vrf VRFNAME$instance] peer <A.B.C.D|X:X::X:X>$neighbor [multihop] "
            "[local-address <A.B.C.D|X:X::X:X>$local] [interface IFNAME$interface] [counters] [json]"),
    command(
        CommandId::Clear,
        "clear [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] "
        "<*|A.B.C.D$neighbor|X:X::X:X$neighbor|(1-4294967295)$as-number|external|peer-group "
        "PGNAME$group|WORD$neighbor> [<soft [<in|out>]|in [prefix-filter]|out|message-stats|capabilities>]"),
    command(CommandId::ClearPrefix,
            "clear [ip] bgp [<vrf|view> VRFNAME$instance] [<ipv4|ipv6> [unicast]] prefix "
            "<A.B.C.D/M|X:X::X:X/M>$network"),
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
    command(CommandId::TerminalPaginate, "terminal paginate"),
    command(CommandId::TerminalNoPaginate, "no terminal paginate"),
    command(CommandId::List, "list"),
    command(CommandId::Find, "find REGEX..."),
};

constexpr std::array<WordHelp, 156> kWords{{
    {"(0-512)", "Answers longer than this go through the pager; 0: none do"},
    {"(1-1440)", "Minutes until the return"},
    {"(1-4294967295)", "A number"},
    {"*", "Every neighbor"},
    {"A.B.C.D", "IPv4 address"},
    {"A.B.C.D/M", "IPv4 prefix"},
    {"AA:BB:CC", "Large community"},
    {"AA:NN", "Community"},
    {"ACCESSLIST_NAME", "Name of an access list"},
    {"ASPATH", "AS numbers, joined by commas"},
    {"AS_PATH_FILTER_NAME", "Name of an AS path list"},
    {"COMMUNITIES", "Communities, joined by commas"},
    {"COMMUNITY_LIST_NAME", "Name of a community list"},
    {"FILE", "A file that lbgpd can read; without one, its own"},
    {"IFNAME", "Name of an interface"},
    {"LCOMMUNITY_LIST_NAME", "Name of a large community list"},
    {"PGNAME", "Name of a peer-group"},
    {"REGEX...", "Regular expression"},
    {"RMAP_NAME", "Name of a route map"},
    {"VRFNAME", "default, or all"},
    {"WORD", "Name"},
    {"X:X::X:X", "IPv6 address"},
    {"X:X::X:X/M", "IPv6 prefix"},
    {"access-list", "Access lists"},
    {"advertised-routes", "Routes that the neighbor has been sent"},
    {"all", "Every address family"},
    {"as-number", "Neighbors of this AS number"},
    {"as-path", "With this AS path"},
    {"as-path-access-list", "AS path lists"},
    {"attribute-info", "Attribute sets in use"},
    {"bestpath", "How the best path is chosen"},
    {"bestpath-routes", "Accepted routes that are best"},
    {"bfd", "Bidirectional Forwarding Detection"},
    {"bgp", "BGP information"},
    {"bgp access-list", "Routes that an access list permits"},
    {"bgp prefix-list", "Routes that a prefix list permits"},
    {"bgp route-map", "Routes that a route map permits, or what it does to a route (test)"},
    {"bgp version", "Routes that have changed since a version of the table"},
    {"bgpd", "The BGP daemon"},
    {"brief", "Only the essential"},
    {"capabilities", "Capabilities"},
    {"check", "Show what a file would change, and what it would cost"},
    {"cidr-only", "Routes with other masks than those of the old classes"},
    {"clear", "Reset or refresh sessions"},
    {"commit", "Keep what waits to be confirmed"},
    {"community", "Routes that carry a community"},
    {"community-info", "Community sets in use"},
    {"community-list", "Community lists, or routes that one matches"},
    {"configuration", "Try, load and confirm configurations"},
    {"configure", "Change the configuration"},
    {"configure terminal", "At this terminal"},
    {"confirmed", "Return to what was before unless \"configuration commit\" follows"},
    {"copy", "Copy the configuration"},
    {"counters", "Packets and events"},
    {"daemons", "The daemons that run"},
    {"dampened-routes", "Damped routes (there are none)"},
    {"debug", "Turn debug messages on"},
    {"debugging", "Debug messages that are on"},
    {"detail", "All there is"},
    {"disable", "Accepted for compatibility"},
    {"enable", "Accepted for compatibility"},
    {"end", "Leave configure mode"},
    {"established", "Only neighbors whose session is up"},
    {"exact-match", "It and no other"},
    {"exit", "Leave the shell"},
    {"external", "Every eBGP neighbor"},
    {"failed", "Only neighbors whose session is down"},
    {"file", "Write to the configuration file"},
    {"filter-list", "Routes that an AS path list permits"},
    {"filtered-routes", "Received routes that the inbound policy denied"},
    {"find", "Find commands by regular expression"},
    {"first-match", "The statement that decides"},
    {"flap-statistics", "Flapping routes (they are not watched)"},
    {"graceful-restart", "Graceful restart"},
    {"history", "Commands of this connection"},
    {"import-check-table", "What 'network' statements wait for"},
    {"in", "Inbound"},
    {"interface", "Name of an interface"},
    {"internal", "Every iBGP neighbor"},
    {"ip", "IPv4"},
    {"ipv4", "IPv4 address family"},
    {"ipv6", "IPv6 address family"},
    {"json", "Answer as JSON"},
    {"keepalives", "KEEPALIVE messages"},
    {"large-community", "Routes that carry a large community"},
    {"large-community-list", "Large community lists, or routes that one matches"},
    {"length", "From how many lines on answers go through the pager"},
    {"list", "List every command"},
    {"listeners", "Where we listen"},
    {"load", "Load a file in place of the running configuration"},
    {"local", "Our address"},
    {"local-address", "Our end of the session"},
    {"logging", "Where the log goes"},
    {"longer", "Statements below the prefix"},
    {"longer-prefixes", "This route and those below it"},
    {"memory", "Memory in use"},
    {"message-stats", "Count messages from zero"},
    {"multihop", "A session over more than one hop"},
    {"multipath", "Paths that are used together"},
    {"neighbor", "Name or address of a neighbor"},
    {"neighbor-events", "State changes of neighbors"},
    {"neighbors", "Neighbors in detail"},
    {"neighbors route-map", "Only routes that a route map permits"},
    {"network", "Address or prefix of a route"},
    {"nexthop", "Next hops in use"},
    {"nexthop network", "Address of a next hop"},
    {"no", "Undo"},
    {"no length", "As the environment says"},
    {"no-header", "The bare configuration"},
    {"out", "Outbound"},
    {"paginate", "Send what is longer than the window through the pager"},
    {"peer", "One BFD session"},
    {"peer-group", "Peer-group"},
    {"peers", "All BFD sessions"},
    {"prefix", "Send one route again"},
    {"prefix-counts", "Prefixes counted"},
    {"prefix-filter", "Outbound route filter"},
    {"prefix-list", "Prefix lists"},
    {"quit", "Leave the shell"},
    {"received", "What the neighbor has asked of us"},
    {"received-routes", "Routes as the neighbor sent them"},
    {"regexp", "Routes whose AS path matches"},
    {"remote-as", "Neighbors of an AS"},
    {"rollback", "Return at once to what was before"},
    {"route-map", "Route maps"},
    {"router", "Router id and AS"},
    {"routes", "Routes that were accepted from the neighbor"},
    {"running-config", "Configuration in use"},
    {"self-originate", "Routes of our own"},
    {"seq", "One statement"},
    {"seq number", "Sequence number of a statement"},
    {"show", "Show what is going on"},
    {"soft", "Without resetting the session"},
    {"startup-config", "Configuration file"},
    {"statistics", "Statistics of the table"},
    {"statistics-all", "Statistics of all tables"},
    {"summary", "At a glance"},
    {"terminal", "This terminal"},
    {"terse", "Without the totals"},
    {"test", "Try the route map on a route"},
    {"test community", "With these communities"},
    {"unicast", "Unicast routes"},
    {"unicast bestpath", "The best path alone"},
    {"update-groups", "Neighbors that are told the same"},
    {"updates", "UPDATE messages"},
    {"version", "Version of lbgpd"},
    {"version number", "A version of the table"},
    {"view", "BGP instance"},
    {"vrf", "BGP instance"},
    {"vrfs", "BGP instances"},
    {"why", "Why it is where it is: source, pool, policies, neighbors"},
    {"why-down", "Why there is no session"},
    {"wide", "Wider columns"},
    {"write", "Save or print the configuration"},
    {"write memory", "Write to the configuration file"},
    {"write terminal", "Print the configuration"},
}};

// Keywords that say nothing but yes.
constexpr std::array<std::pair<std::string_view, bool Request::*>, 25> kFlags{{
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
    {"exact-match", &Request::exact},
    {"bestpath", &Request::only_best},
    {"multipath", &Request::only_multipath},
    {"detail", &Request::detail},
    {"longer", &Request::longer},
    {"first-match", &Request::first_match},
    {"internal", &Request::internal},
    {"message-stats", &Request::message_stats},
    {"capabilities", &Request::capabilities},
}};

constexpr std::array<std::pair<std::string_view, std::string Request::*>, 18> kTexts{{
    {"instance", &Request::vrf},
    {"neighbor", &Request::neighbor},
    {"as-number", &Request::as_number},
    {"group", &Request::name},
    {"list-name", &Request::name},
    {"REGEX...", &Request::name},
    {"local", &Request::local},
    {"interface", &Request::interface},
    {"route-map-name", &Request::name},
    {"shown-community-list", &Request::name},
    {"shown-large-community-list", &Request::name},
    {"shown-access-list", &Request::name},
    {"shown-as-path-list", &Request::name},
    {"tested-route-map", &Request::name},
    {"neighbor-route-map", &Request::route_map},
    {"test-community", &Request::community},
    {"test-as-path", &Request::as_path},
    {"path", &Request::file},
}};

// What a table is filtered by, and the argument that says with what; empty: nothing is to be said.
struct FilterWord {
  std::string_view word;
  TableFilter filter;
  std::string_view argument;
};
constexpr std::array<FilterWord, 13> kFilters{{
    {"cidr-only", TableFilter::CidrOnly, ""},
    {"self-originate", TableFilter::SelfOriginate, ""},
    {"community", TableFilter::Community, "community-value"},
    {"community-list", TableFilter::CommunityList, "community-list-name"},
    {"large-community", TableFilter::LargeCommunity, "large-community-value"},
    {"large-community-list", TableFilter::LargeCommunityList, "large-community-list-name"},
    {"filter-list", TableFilter::FilterList, "filter-list-name"},
    {"prefix-list", TableFilter::PrefixList, "prefix-list-name"},
    {"access-list", TableFilter::AccessList, "access-list-name"},
    {"route-map", TableFilter::RouteMap, "table-route-map"},
    {"regexp", TableFilter::Regexp, "REGEX..."},
    {"version", TableFilter::Version, ""},
    {"longer-prefixes", TableFilter::LongerPrefixes, ""},
}};

constexpr std::array<std::pair<std::string_view, RouteSelection>, 7> kSelections{{
    {"advertised-routes", RouteSelection::Advertised},
    {"received-routes", RouteSelection::Received},
    {"filtered-routes", RouteSelection::Filtered},
    {"routes", RouteSelection::Accepted},
    {"bestpath-routes", RouteSelection::BestPath},
    {"dampened-routes", RouteSelection::Dampened},
    {"flap-statistics", RouteSelection::Dampened},
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

// FRR's expression may be followed by one more word that is none of it.
void take_json_off(Request& request) {
  constexpr std::string_view kJson = " json";
  if (!request.name.ends_with(kJson)) return;
  request.name.resize(request.name.size() - kJson.size());
  request.json = true;
}

void set_filter(Request& request, const Match& match) {
  for (const FilterWord& each : kFilters) {
    if (!match.has(each.word)) continue;
    request.filter = each.filter;
    if (!each.argument.empty()) request.name = match.value(each.argument);
  }
  if (request.filter == TableFilter::Regexp) take_json_off(request);
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
  if (request.id == CommandId::ShowTable) set_filter(request, match);
  if (request.id == CommandId::ShowPrefixList && match.has("summary")) request.form = ListForm::Summary;
  if (request.id == CommandId::ShowPrefixList && match.has("detail")) request.form = ListForm::Detail;
  const std::string_view number = match.value("number");
  std::from_chars(number.data(), number.data() + number.size(), request.number);
  return request;
}

}  // namespace lbgp::daemon::cli
