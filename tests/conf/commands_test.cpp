// SPDX-License-Identifier: Apache-2.0
// Every command: what it is shown as, and what its `no` form leaves.
#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <set>
#include <string>
#include <vector>

#include "conf/editor.hpp"
#include "conf/grammar.hpp"
#include "conf/parse.hpp"
#include "conf/render.hpp"

using namespace lbgp::conf;

namespace {

// What stands around a command so that it can be said.
constexpr std::string_view kRouter = "router bgp 65001\n";
constexpr std::string_view kPeer =
    "router bgp 65001\n neighbor G peer-group\n neighbor 10.0.0.1 remote-as 65002\n";
constexpr std::string_view kIpv6 =
    "router bgp 65001\n neighbor 10.0.0.1 remote-as 65002\n address-family ipv6 unicast\n";
constexpr std::string_view kMap = "route-map M permit 10\n";
constexpr std::string_view kPool = "vip-pool P\n";
constexpr std::string_view kBfd = "bfd\n";
constexpr std::string_view kBfdProfile = "bfd\n profile P\n";
constexpr std::string_view kBfdPeer = "bfd\n peer 10.0.0.1\n";

struct Case {
  std::string_view before;
  std::string_view command;
  std::string_view no = "";        // the `no` form, without `no`; empty: the same words
  std::string_view shown = "";     // as it is written; empty: as it came
  std::string_view no_shown = "";  // what `no` leaves; empty: nothing
};

// Reads the lines and fails the test when one is an error.
Config must_parse(const std::string& text) {
  Parsed parsed = parse(text);
  for (const Diagnostic& diagnostic : parsed.diagnostics)
    if (diagnostic.severity == Severity::Error) FAIL_CHECK(to_string(diagnostic, "f") << " in\n" << text);
  return std::move(parsed.config);
}

// Lines of `text` that are not in `base`, without indentation, joined by ";".
std::string added(const std::string& text, const std::string& base) {
  const auto lines = [](const std::string& all) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = all.find('\n', at);
      const std::size_t start = all.find_first_not_of(' ', at);
      found.push_back(all.substr(start, end - start));
      at = end + 1;
    }
    return found;
  };
  std::multiset<std::string> known;
  for (const std::string& line : lines(base)) known.insert(line);
  std::string result;
  for (const std::string& line : lines(text)) {
    if (const auto found = known.find(line); found != known.end())
      known.erase(found);
    else if (line != "!" && line != "exit-address-family" && !line.starts_with("address-family"))
      result += (result.empty() ? "" : ";") + line;
  }
  return result;
}

const std::vector<Case> kCases = {
    {"", "frr version 8.4.4", "", ""},
    {"", "frr defaults datacenter", "", ""},
    {"", "hostname node1", "", ""},
    {"", "bgp session-dscp 0", "bgp session-dscp", ""},
    {"", "domainname example.org", "", ""},
    {"", "log syslog informational"},
    {"", "service integrated-vtysh-config"},
    {"", "debug bgp neighbor-events"},
    {"", "banner motd default"},
    {"", "agentx"},
    {"", "ip forwarding"},
    {"", "ipv6 forwarding"},

    {"", "ip prefix-list L seq 10 permit 10.0.0.0/8 ge 9 le 32", "", ""},
    {"", "ip prefix-list L deny 10.0.0.0/8", "", "ip prefix-list L seq 5 deny 10.0.0.0/8"},
    {"", "ip prefix-list L permit any", "ip prefix-list L", "ip prefix-list L seq 5 permit any"},
    {"", "ip prefix-list L permit 10.1.2.3/8 le 24 ge 16", "ip prefix-list L seq 5",
     "ip prefix-list L seq 5 permit 10.0.0.0/8 ge 16 le 24"},
    {"", "ip prefix-list L permit 0.0.0.0/0 le 32", "", "ip prefix-list L seq 5 permit any"},
    {"", "ip prefix-list L permit 0.0.0.0/0", "", "ip prefix-list L seq 5 permit 0.0.0.0/0"},
    {"", "ip prefix-list L description our VIPs", "ip prefix-list L description", ""},
    {"", "ipv6 prefix-list L seq 7 permit fd00::/8 le 128", "", ""},
    {"", "ipv6 prefix-list L permit any", "", "ipv6 prefix-list L seq 5 permit any"},

    {"", "bgp community-list standard C seq 5 permit 65000:1 no-export", "", ""},
    {"", "bgp community-list C permit 65000:1", "", "bgp community-list standard C seq 5 permit 65000:1"},
    {"", "ip community-list standard C deny 65000:1", "bgp community-list C",
     "bgp community-list standard C seq 5 deny 65000:1"},
    {"", "bgp large-community-list standard C seq 5 permit 65000:1:2", "bgp large-community-list C seq 5",
     ""},
    {"", "bgp community-list standard C seq 5 permit internet", "", ""},
    {"", "bgp community-list expanded C seq 5 permit ^65000:1 65000:[23]$", "bgp community-list expanded C",
     ""},
    {"", "bgp community-list 100 permit 65000:1", "bgp community-list 100",
     "bgp community-list expanded 100 seq 5 permit 65000:1"},
    {"", "bgp community-list 99 permit 65000:1", "", "bgp community-list standard 99 seq 5 permit 65000:1"},
    {"", "bgp large-community-list expanded C seq 5 deny 65000:1:.*", "", ""},
    {"", "bgp extcommunity-list standard C seq 5 permit rt 65000:1 soo 10.0.0.1:5", "",
     "bgp extcommunity-list standard C seq 5 permit rt 65000:1 soo 10.0.0.1:5"},
    {"", "bgp extcommunity-list C permit rt 65000:1 65000:2", "bgp extcommunity-list C",
     "bgp extcommunity-list standard C seq 5 permit rt 65000:1 rt 65000:2"},
    {"", "bgp extcommunity-list expanded C seq 5 permit RT:65000:.*", "", ""},
    {"", "bgp community alias 65000:1 customers", "bgp community alias 65000:1", ""},
    {"", "bgp community alias 65000:1:2 large", "", ""},
    {"", "bgp as-path access-list A seq 5 permit ^65001_", "", ""},
    {"", "bgp as-path access-list A deny _65001  65002$", "bgp as-path access-list A",
     "bgp as-path access-list A seq 5 deny _65001  65002$"},
    {"", "access-list A seq 5 permit 10.0.0.0/8 exact-match", "", ""},
    {"", "access-list A deny any", "", "access-list A seq 5 deny any"},
    {"", "access-list 10 permit 10.1.0.0 0.0.255.255", "access-list 10",
     "access-list 10 seq 5 permit 10.1.0.0 0.0.255.255"},
    {"", "access-list 10 permit host 10.0.0.1", "", "access-list 10 seq 5 permit 10.0.0.1"},
    {"", "access-list 10 permit 10.0.0.1", "access-list 10 seq 5", "access-list 10 seq 5 permit 10.0.0.1"},
    {"", "access-list 110 seq 5 deny ip 10.0.0.0 0.255.255.255 host 255.255.255.0", "", ""},
    {"", "access-list 110 seq 5 deny ip any 255.255.0.0 0.0.255.0", "", ""},
    {"", "access-list 110 seq 5 deny ip host 10.0.0.1 any", "", ""},
    {"", "ipv6 access-list A seq 7 permit fd00::/8", "", ""},
    {"", "ipv6 access-list A seq 7 permit any", "ipv6 access-list A", ""},
    {"", "access-list A remark who is who", "access-list A remark", ""},
    {"", "ipv6 access-list A remark who is who", "ipv6 access-list A", ""},

    {kRouter, "bgp disable-ebgp-connected-route-check", "", ""},
    {kRouter, "bgp tcp-keepalive 10 5 3", "bgp tcp-keepalive", ""},
    {kRouter, "bgp listen limit 5", "bgp listen limit", ""},
    {kPeer, "bgp listen range 10.1.2.3/16 peer-group G", "", "bgp listen range 10.1.0.0/16 peer-group G"},
    {kPeer, "bgp listen range fd00::/8 peer-group G", "", ""},
    {kRouter, "bgp router-id 10.0.0.1", "bgp router-id", ""},
    {kRouter, "bgp log-neighbor-changes", "", "", "no bgp log-neighbor-changes"},
    {kRouter, "bgp ebgp-requires-policy", "", "", "no bgp ebgp-requires-policy"},
    {kRouter, "bgp default ipv4-unicast", "", "", "no bgp default ipv4-unicast"},
    {kRouter, "bgp default ipv6-unicast"},
    {kRouter, "bgp default local-preference 150", "bgp default local-preference", ""},
    {kRouter, "bgp default software-version-capability", "", "",
     "no bgp default software-version-capability"},
    {kRouter, "bgp always-compare-med"},
    {kRouter, "bgp deterministic-med", "", "", "no bgp deterministic-med"},
    {kRouter, "bgp minimum-holdtime 9", "bgp minimum-holdtime", ""},
    {kRouter, "bgp graceful-restart", "", "", "no bgp graceful-restart"},
    {kRouter, "bgp graceful-restart-disable", "", ""},
    {kRouter, "bgp graceful-restart restart-time 60", "bgp graceful-restart restart-time", ""},
    {kRouter, "bgp graceful-restart stalepath-time 300", "", ""},
    {kRouter, "bgp graceful-restart preserve-fw-state", "", "", "no bgp graceful-restart preserve-fw-state"},
    {kRouter, "bgp graceful-restart notification", "", "", "no bgp graceful-restart notification"},
    {kRouter, "bgp long-lived-graceful-restart stale-time 86400",
     "bgp long-lived-graceful-restart stale-time", ""},
    {kRouter, "bgp hard-administrative-reset", "", "", "no bgp hard-administrative-reset"},
    {kRouter, "bgp fast-external-failover", "", "", "no bgp fast-external-failover"},
    {kRouter, "bgp graceful-restart select-defer-time 10"},
    {kRouter, "bgp bestpath compare-routerid"},
    {kRouter, "bgp bestpath as-path multipath-relax"},
    {kRouter, "bgp bestpath as-path multipath-relax no-as-set", "", "bgp bestpath as-path multipath-relax"},
    {kRouter, "bgp bestpath as-path ignore", "", ""},
    {kRouter, "bgp bestpath as-path confed", "", ""},
    {kRouter, "bgp bestpath peer-type multipath-relax", "", ""},
    {kRouter, "bgp bestpath med missing-as-worst"},
    {kRouter, "bgp bestpath med confed", "", ""},
    {kRouter, "bgp bestpath med confed missing-as-worst", "",
     "bgp bestpath med missing-as-worst;bgp bestpath med confed"},
    {kRouter, "bgp bestpath aigp"},
    {kRouter, "bgp enforce-first-as", "", "", "no bgp enforce-first-as"},
    {kRouter, "bgp reject-as-sets", "", "", "no bgp reject-as-sets"},
    {kRouter, "bgp reject_as_sets", "", "bgp reject-as-sets", "no bgp reject-as-sets"},
    {kRouter, "bgp graceful-shutdown", "", ""},
    {kRouter, "bgp network import-check", "", "", "no bgp network import-check"},
    {kRouter, "bgp cluster-id 10.0.0.9", "bgp cluster-id", ""},
    {kRouter, "bgp cluster-id 258", "bgp cluster-id", "bgp cluster-id 0.0.1.2"},
    {kRouter, "bgp client-to-client reflection", "", "", "no bgp client-to-client reflection"},
    {kRouter, "bgp route-reflector allow-outbound-policy", "", ""},
    {kRouter, "timers bgp 10 30", "timers bgp", ""},
    {kRouter, "timers bgp 0 0", "timers bgp 0 0", ""},
    {kRouter, "bgp suppress-duplicates"},
    {kRouter, "bgp shutdown", "", ""},
    {kRouter, "bgp shutdown message moving to rack 7", "bgp shutdown", ""},
    {kRouter, "bgp bestpath as-path multipath-relax as-set", "", "bgp bestpath as-path multipath-relax"},
    {kRouter, "bgp bestpath bandwidth ignore"},
    {kRouter, "bgp dampening 15 750 2000 60"},
    {kRouter, "bgp max-med administrative 5"},
    {kRouter, "bgp route-map delay-timer 5"},
    {kRouter, "bgp conditional-advertisement timer 5"},
    {kRouter, "bgp retain route-target all"},
    {kRouter, "bgp ipv6-auto-ra"},
    {kRouter, "bgp default dynamic-capability"},
    {kRouter, "bgp default ipv4-vpn"},
    {kRouter, "bgp default l2vpn-evpn"},
    {kRouter, "redistribute connected route-map M"},
    {kIpv6, "distance bgp 20 200 200"},
    {kIpv6, "table-map M"},
    {kIpv6, "nexthop prefer-global"},
    {kRouter, "network 10.0.0.0/24", "", ""},
    {kRouter, "network 10.0.0.9/24 route-map M", "network 10.0.0.0/24", "network 10.0.0.0/24 route-map M"},
    {kRouter, "aggregate-address 10.0.0.9/8", "", "aggregate-address 10.0.0.0/8"},
    {kRouter, "aggregate-address 10.0.0.0/8 summary-only route-map M origin egp",
     "aggregate-address 10.0.0.0/8", ""},
    {kRouter, "aggregate-address 10.0.0.0/8 summary-only matching-MED-only suppress-map S", "", ""},
    {kRouter, "aggregate-address 10.0.0.0/8 matching-MED-only summary-only suppress-map S", "",
     "aggregate-address 10.0.0.0/8 summary-only matching-MED-only suppress-map S"},
    {kRouter, "aggregate-address 10.0.0.0/8 route-map M summary-only", "",
     "aggregate-address 10.0.0.0/8 summary-only route-map M"},
    {kIpv6, "aggregate-address fd00::/8 origin incomplete", "aggregate-address fd00::/8", ""},
    {kRouter, "maximum-paths 4", "maximum-paths", ""},
    {kRouter, "maximum-paths ibgp 4", "maximum-paths ibgp", ""},
    {kRouter, "maximum-paths ibgp 4 equal-cluster-length", "maximum-paths ibgp 4", ""},
    {kIpv6, "network fd00:1::/64", "", ""},
    {kIpv6, "maximum-paths 2", "", ""},

    {kRouter, "neighbor H peer-group", "", ""},
    {kRouter, "neighbor 10.0.0.9 remote-as 65009", "neighbor 10.0.0.9", ""},
    {kRouter, "neighbor 10.0.0.9 remote-as internal", "neighbor 10.0.0.9 remote-as", ""},
    {kRouter, "neighbor 10.0.0.9 remote-as external", "neighbor 10.0.0.9 remote-as external", ""},
    {kRouter, "neighbor 10.0.0.9 remote-as auto", "neighbor 10.0.0.9 remote-as auto", ""},
    {kPeer, "neighbor 10.0.0.1 local-as 65005", "neighbor 10.0.0.1 local-as", ""},
    {kPeer, "neighbor G local-as 65005 no-prepend", "neighbor G local-as 65005 no-prepend", ""},
    {kPeer, "neighbor G local-as 65005 no-prepend replace-as", "neighbor G local-as", ""},
    {kPeer, "neighbor G sender-as-path-loop-detection", "", ""},
    {kPeer, "neighbor G capability link-local"},
    {kPeer, "neighbor G solo"},
    {kRouter, "neighbor 10.0.0.9 remote-as 1.10", "neighbor 10.0.0.9", "neighbor 10.0.0.9 remote-as 65546"},
    {kRouter, "neighbor fd00:0:0::9 remote-as 5", "neighbor fd00::9", "neighbor fd00::9 remote-as 5"},
    {kPeer, "neighbor 10.0.0.1 peer-group G", "", ""},
    {kPeer, "neighbor 10.0.0.1 description two  words", "neighbor 10.0.0.1 description", ""},
    {kPeer, "neighbor G description a group", "neighbor G description", ""},
    {kPeer, "neighbor 10.0.0.1 shutdown", "", ""},
    {kPeer, "neighbor 10.0.0.1 shutdown message back at noon", "neighbor 10.0.0.1 shutdown", ""},
    {"router bgp 65001\n neighbor fe80::1 remote-as 65002\n", "neighbor fe80::1 interface eth0", "", ""},
    {kPeer, "neighbor 10.0.0.1 password open sesame", "neighbor 10.0.0.1 password", ""},
    {kPeer, "neighbor 10.0.0.1 port 1790", "neighbor 10.0.0.1 port", ""},
    {kPeer, "neighbor 10.0.0.1 update-source 10.0.0.2", "neighbor 10.0.0.1 update-source", ""},
    {kPeer, "neighbor 10.0.0.1 update-source eth0", "neighbor 10.0.0.1 update-source eth0", ""},
    {kPeer, "neighbor 10.0.0.1 ebgp-multihop", "", ""},
    {kPeer, "neighbor 10.0.0.1 ebgp-multihop 3", "neighbor 10.0.0.1 ebgp-multihop", ""},
    {kPeer, "neighbor 10.0.0.1 ebgp-multihop 255", "", "neighbor 10.0.0.1 ebgp-multihop"},
    {kPeer, "neighbor 10.0.0.1 ttl-security hops 1", "neighbor 10.0.0.1 ttl-security hops", ""},
    {kPeer, "neighbor 10.0.0.1 passive", "", ""},
    {kPeer, "neighbor 10.0.0.1 timers 10 30", "neighbor 10.0.0.1 timers", ""},
    {kPeer, "neighbor 10.0.0.1 timers connect 15", "neighbor 10.0.0.1 timers connect", ""},
    {kPeer, "neighbor 10.0.0.1 timers delayopen 3", "neighbor 10.0.0.1 timers delayopen", ""},
    {kPeer, "neighbor 10.0.0.1 advertisement-interval 0", "neighbor 10.0.0.1 advertisement-interval", ""},
    {kPeer, "neighbor 10.0.0.1 capability extended-nexthop", "", "",
     "no neighbor 10.0.0.1 capability extended-nexthop"},
    {kPeer, "neighbor 10.0.0.1 capability dynamic"},
    {kPeer, "neighbor 10.0.0.1 capability fqdn", "", "", "no neighbor 10.0.0.1 capability fqdn"},
    {kPeer, "neighbor 10.0.0.1 capability software-version", "", "",
     "no neighbor 10.0.0.1 capability software-version"},
    {kPeer, "neighbor 10.0.0.1 extended-optional-parameters", "", ""},
    {kPeer, "neighbor 10.0.0.1 dont-capability-negotiate", "", ""},
    {kPeer, "neighbor 10.0.0.1 override-capability", "", ""},
    {kPeer, "neighbor 10.0.0.1 strict-capability-match", "", ""},
    {kPeer, "neighbor 10.0.0.1 local-role customer", "neighbor 10.0.0.1 local-role", ""},
    {kPeer, "neighbor G local-role rs-client strict-mode", "neighbor G local-role", ""},
    {kPeer, "neighbor G local-role provider", "neighbor G local-role provider", ""},
    {kPeer, "neighbor G local-role rs-server", "", ""},
    {kPeer, "neighbor G local-role peer", "", ""},
    {kPeer, "neighbor 10.0.0.1 enforce-first-as", "", "", "no neighbor 10.0.0.1 enforce-first-as"},
    {kPeer, "neighbor 10.0.0.1 aigp", "", ""},
    {kPeer, "neighbor 10.0.0.1 graceful-shutdown", "", ""},
    {kPeer, "neighbor 10.0.0.1 path-attribute discard 26", "neighbor 10.0.0.1 path-attribute discard", ""},
    {kPeer, "neighbor 10.0.0.1 path-attribute discard 128 26", "",
     "neighbor 10.0.0.1 path-attribute discard 26 128"},
    {kPeer, "neighbor 10.0.0.1 path-attribute treat-as-withdraw 21 255",
     "neighbor 10.0.0.1 path-attribute treat-as-withdraw", ""},
    {kPeer, "neighbor 10.0.0.1 disable-connected-check", "", ""},
    {kPeer, "neighbor 10.0.0.1 enforce-multihop", "", "neighbor 10.0.0.1 disable-connected-check"},
    {kPeer, "neighbor 10.0.0.1 tcp-mss 1200", "neighbor 10.0.0.1 tcp-mss", ""},
    {kPeer, "neighbor eth0 interface", "", ""},
    {kPeer, "neighbor eth0 interface v6only", "neighbor eth0 interface", ""},
    {kPeer, "neighbor eth0 interface remote-as external", "neighbor eth0 interface",
     "neighbor eth0 interface remote-as external"},
    {kPeer, "neighbor eth0 interface v6only peer-group G", "neighbor eth0 interface",
     "neighbor eth0 interface v6only peer-group G"},
    {kPeer, "neighbor 10.0.0.1 graceful-restart", "", ""},
    {kPeer, "neighbor 10.0.0.1 graceful-restart-helper", "", ""},
    {kPeer, "neighbor 10.0.0.1 graceful-restart-disable", "", ""},
    {kPeer, "neighbor 10.0.0.1 next-hop ipv4 10.0.0.7", "neighbor 10.0.0.1 next-hop ipv4", ""},
    {kPeer, "neighbor 10.0.0.1 next-hop ipv6 fd00::7", "neighbor 10.0.0.1 next-hop ipv6", ""},

    {kPeer, "neighbor 10.0.0.1 activate", "", "", "no neighbor 10.0.0.1 activate"},
    {kIpv6, "neighbor 10.0.0.1 activate", "", "", "no neighbor 10.0.0.1 activate"},
    {kIpv6, "neighbor 10.0.0.1 soft-reconfiguration inbound", "", ""},
    {kIpv6, "neighbor 10.0.0.1 prefix-list L in", "neighbor 10.0.0.1 prefix-list in", ""},
    {kIpv6, "neighbor 10.0.0.1 prefix-list L out", "", ""},
    {kIpv6, "neighbor 10.0.0.1 route-map M in", "", ""},
    {kIpv6, "neighbor 10.0.0.1 route-map M out", "", ""},
    {kIpv6, "neighbor 10.0.0.1 distribute-list L in", "neighbor 10.0.0.1 distribute-list in", ""},
    {kIpv6, "neighbor 10.0.0.1 distribute-list L out", "", ""},
    {kIpv6, "neighbor 10.0.0.1 filter-list L in", "", ""},
    {kIpv6, "neighbor 10.0.0.1 filter-list L out", "neighbor 10.0.0.1 filter-list out", ""},
    {kIpv6, "neighbor 10.0.0.1 unsuppress-map M", "neighbor 10.0.0.1 unsuppress-map", ""},
    {kIpv6, "neighbor 10.0.0.1 attribute-unchanged", "",
     "neighbor 10.0.0.1 attribute-unchanged as-path next-hop med"},
    {kIpv6, "neighbor 10.0.0.1 attribute-unchanged med as-path", "neighbor 10.0.0.1 attribute-unchanged",
     "neighbor 10.0.0.1 attribute-unchanged as-path med"},
    {kIpv6, "neighbor 10.0.0.1 next-hop-self", "", ""},
    {kIpv6, "neighbor 10.0.0.1 next-hop-self force", "neighbor 10.0.0.1 next-hop-self", ""},
    {kIpv6, "neighbor 10.0.0.1 next-hop-self all", "", "neighbor 10.0.0.1 next-hop-self force"},
    {kIpv6, "neighbor 10.0.0.1 send-community", "", "neighbor 10.0.0.1 send-community standard",
     "no neighbor 10.0.0.1 send-community standard"},
    {kIpv6, "neighbor 10.0.0.1 send-community all", "",
     "neighbor 10.0.0.1 send-community standard;neighbor 10.0.0.1 send-community extended;"
     "neighbor 10.0.0.1 send-community large",
     "no neighbor 10.0.0.1 send-community standard;no neighbor 10.0.0.1 send-community extended;"
     "no neighbor 10.0.0.1 send-community large"},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix 10", "neighbor 10.0.0.1 maximum-prefix", ""},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix 10 warning-only", "", ""},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix 10 80 restart 5 force", "", ""},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix 10 50 warning-only force", "", ""},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix 10 force", "", ""},
    {kIpv6, "neighbor 10.0.0.1 allowas-in", "", ""},
    {kIpv6, "neighbor 10.0.0.1 allowas-in 5", "neighbor 10.0.0.1 allowas-in", ""},
    {kIpv6, "neighbor 10.0.0.1 allowas-in 3", "", "neighbor 10.0.0.1 allowas-in"},
    {kIpv6, "neighbor 10.0.0.1 allowas-in origin", "neighbor 10.0.0.1 allowas-in", ""},
    {kIpv6, "neighbor 10.0.0.1 weight 100", "neighbor 10.0.0.1 weight", ""},
    {kIpv6, "neighbor 10.0.0.1 addpath-tx-all-paths", "", ""},
    {kIpv6, "neighbor 10.0.0.1 addpath-tx-bestpath-per-AS", "", ""},
    {kIpv6, "neighbor 10.0.0.1 default-originate", "", ""},
    {kIpv6, "neighbor 10.0.0.1 default-originate route-map M", "neighbor 10.0.0.1 default-originate", ""},
    {kIpv6, "neighbor 10.0.0.1 addpath-tx-best-selected 3", "neighbor 10.0.0.1 addpath-tx-best-selected", ""},
    {kIpv6, "neighbor 10.0.0.1 addpath-tx-all-paths", "neighbor 10.0.0.1 addpath-tx-bestpath-per-AS", "",
     "neighbor 10.0.0.1 addpath-tx-all-paths"},
    {kIpv6, "neighbor 10.0.0.1 disable-addpath-rx", "", ""},
    {kIpv6, "neighbor 10.0.0.1 route-reflector-client", "", ""},
    {kIpv6, "neighbor 10.0.0.1 route-server-client", "", ""},
    {kIpv6, "neighbor 10.0.0.1 as-override", "", ""},
    {kIpv6, "neighbor 10.0.0.1 remove-private-AS", "", ""},
    {kIpv6, "neighbor 10.0.0.1 remove-private-AS all", "", ""},
    {kIpv6, "neighbor 10.0.0.1 remove-private-AS replace-AS", "", ""},
    {kIpv6, "neighbor 10.0.0.1 remove-private-AS all replace-AS", "neighbor 10.0.0.1 remove-private-AS", ""},
    {kIpv6, "neighbor 10.0.0.1 maximum-prefix-out 20", "neighbor 10.0.0.1 maximum-prefix-out", ""},
    {kIpv6, "neighbor 10.0.0.1 soo 65000:7", "neighbor 10.0.0.1 soo", ""},
    {kIpv6, "neighbor 10.0.0.1 soo 10.0.0.1:7", "neighbor 10.0.0.1 soo", ""},
    {kIpv6, "neighbor 10.0.0.1 capability orf prefix-list both"},
    {kIpv6, "neighbor 10.0.0.1 addpath-rx-paths-limit 4"},

    {"", "route-map R deny 7", "", "route-map R deny 7;exit"},
    {"", "route-map R permit 7", "route-map R", "route-map R permit 7;exit"},
    {kMap, "description why", "description", ""},
    {kMap, "match ip address prefix-list L", "match ip address prefix-list", ""},
    {kMap, "match ipv6 address prefix-list L", "", ""},
    {kMap, "match community C", "match community", ""},
    {kMap, "match community C exact-match", "", ""},
    {kMap, "match large-community C exact-match", "", ""},
    {kMap, "match ip next-hop prefix-list L", "match ip next-hop prefix-list", ""},
    {kMap, "match ip route-source prefix-list L", "", ""},
    {kMap, "match ip address prefix-len 24", "match ip address prefix-len", ""},
    {kMap, "match ipv6 address prefix-len 128", "", ""},
    {kMap, "match ip next-hop address 10.0.0.1", "match ip next-hop address", ""},
    {kMap, "match ipv6 next-hop address fd00::1", "match ipv6 next-hop address", ""},
    {kMap, "match ipv6 next-hop fd00::1", "", "match ipv6 next-hop address fd00::1"},
    {kMap, "match ip next-hop type blackhole", "", ""},
    {kMap, "match ip address 10", "match ip address", ""},
    {kMap, "match ipv6 address A", "", ""},
    {kMap, "match ip next-hop A", "match ip next-hop", ""},
    {kMap, "match ip route-source A", "", ""},
    {kMap, "match as-path A", "match as-path", ""},
    {kMap, "match community C any", "", ""},
    {kMap, "match extcommunity C", "match extcommunity", ""},
    {kMap, "match extcommunity C exact-match", "", ""},
    {kMap, "match alias customers", "match alias", ""},
    {kMap, "match peer eth0", "", ""},
    {kMap, "match interface eth0", "match interface", ""},
    {kMap, "match tag 7", "match tag", ""},
    {kMap, "match metric 0", "match metric", ""},
    {kMap, "match local-preference 4294967295", "", ""},
    {kMap, "match origin incomplete", "", ""},
    {kMap, "match peer 10.0.0.1", "match peer", ""},
    {kMap, "match peer local", "", ""},
    {kMap, "set community 65000:1 no-export additive", "set community", ""},
    {kMap, "set community additive no-export", "set community", "set community no-export additive"},
    {kMap, "set community none", "", ""},
    {kMap, "set large-community 65000:1:2", "set large-community", ""},
    {kMap, "set extcommunity rt 65000:1 65000:2", "set extcommunity rt", ""},
    {kMap, "set extcommunity soo 10.0.0.1:2", "", ""},
    {kMap, "set local-preference 200", "set local-preference", ""},
    {kMap, "set metric 5", "set metric", ""},
    {kMap, "set metric +5", "set metric", ""},
    {kMap, "set metric -5", "set metric -5", ""},
    {kMap, "set origin egp", "set origin", ""},
    {kMap, "set as-path prepend 65001 65001", "set as-path prepend", ""},
    {kMap, "set as-path prepend last-as 10", "set as-path prepend", ""},
    {kMap, "set as-path exclude 65001 65002", "set as-path exclude", ""},
    {kMap, "set as-path exclude all", "", ""},
    {kMap, "set comm-list C delete", "set comm-list delete", ""},
    {kMap, "set large-comm-list C delete", "", ""},
    {kMap, "set extended-comm-list C delete", "", ""},
    {kMap, "set extcommunity none", "", ""},
    {kMap, "set extcommunity bandwidth 25600 non-transitive", "set extcommunity bandwidth", ""},
    {kMap, "set local-preference +10", "set local-preference", ""},
    {kMap, "set local-preference -10", "", ""},
    {kMap, "set tag 7", "set tag", ""},
    {kMap, "set aigp-metric 7", "set aigp-metric", ""},
    {kMap, "set aigp-metric igp-metric", "", ""},
    {kMap, "set aggregator as 65001 10.0.0.1", "set aggregator as", ""},
    {kMap, "set atomic-aggregate", "", ""},
    {kMap, "set originator-id 10.0.0.1", "set originator-id", ""},
    {kMap, "set ip next-hop peer-address", "", ""},
    {kMap, "set ip next-hop unchanged", "set ip next-hop", ""},
    {kMap, "set ipv6 next-hop local fe80::9", "", ""},
    {kMap, "set ipv6 next-hop peer-address", "", ""},
    {kMap, "set ipv6 next-hop prefer-global", "", ""},
    {kMap, "set distance 7", "set distance", ""},
    {kMap, "set table 7", "", ""},
    {kMap, "set src 10.0.0.1", "", ""},
    {kMap, "on-match next", "", ""},
    {kMap, "on-match goto 30", "on-match goto", ""},
    {kMap, "continue", "", "on-match next"},
    {kMap, "continue 30", "continue", "on-match goto 30"},
    {kMap, "call N", "call", ""},
    {kMap, "set weight 9", "", ""},
    {kMap, "set ip next-hop 10.0.0.9", "set ip next-hop", ""},
    {kMap, "set ipv6 next-hop global fd00::9", "set ipv6 next-hop global", ""},

    {"", "vip-pool Q", "", "vip-pool Q;exit"},
    {kPool, "description for customers", "description", ""},
    {kPool, "range 10.0.0.1 10.0.0.9", "", ""},
    {kPool, "range fd00::1 fd00::1", "", ""},
    {kPool, "prefix 10.0.0.0/24", "", ""},
    {kPool, "prefix fd00::/64", "", ""},
    {kPool, "community 65000:1 65000:2", "community", ""},
    {kPool, "large-community 65000:1:2", "large-community", ""},
    {kPool, "local-preference 200", "local-preference", ""},
    {kPool, "metric 7", "metric", ""},
    {kPool, "prepend 3", "prepend", ""},
    {kPool, "allow-first-last", "", "", "no allow-first-last"},
    {kPool, "selector app in web api web", "", "selector app in api web"},
    {kPool, "selector example.org/tier not-in cache", "", ""},
    {kPool, "selector app exists", "", ""},
    {kPool, "selector app does-not-exist", "", ""},
    {kPool, "advertise-to 10.0.0.1", "", ""},
    {kPool, "advertise-to ROUTERS", "", ""},
    {kPool, "allow group staff", "", ""},
    {kPool, "allow user root", "", ""},

    {kPeer, "neighbor G bfd", "", ""},
    {kPeer, "neighbor G bfd 4 100 200", "neighbor G bfd", ""},
    {kPeer, "neighbor G bfd 255 60000 50", "", ""},
    {kPeer, "neighbor G bfd profile P", "neighbor G bfd profile", ""},
    {kPeer, "neighbor G bfd profile P", "neighbor G bfd", ""},
    {kPeer, "neighbor G bfd check-control-plane-failure", "", ""},
    {"", "bfd", "", "bfd;exit"},
    {kBfd, "profile fast", "", "profile fast;exit"},
    {kBfd, "peer 10.0.0.2", "", "peer 10.0.0.2;exit"},
    {kBfd, "peer fe80::2 interface eth0", "", "peer fe80::2 interface eth0;exit"},
    {kBfd, "peer 10.0.0.2 local-address 10.0.0.1 interface eth0", "",
     "peer 10.0.0.2 local-address 10.0.0.1 interface eth0;exit"},
    {kBfd, "peer 10.0.0.2 multihop local-address 10.0.0.1 vrf default", "",
     "peer 10.0.0.2 multihop local-address 10.0.0.1;exit"},
    {kBfd, "peer 10.0.0.2 local-address 10.0.0.1 multihop", "",
     "peer 10.0.0.2 multihop local-address 10.0.0.1;exit"},
    {kBfdPeer, "profile P", "profile", ""},
    {kBfdPeer, "shutdown", "", "", "no shutdown"},
    {kBfdProfile, "shutdown", "", "", "no shutdown"},
    {kBfdProfile, "passive-mode", "", "", "no passive-mode"},
    {kBfdProfile, "minimum-ttl 250", "minimum-ttl", ""},
    {kBfdProfile, "detect-multiplier 5", "detect-multiplier", ""},
    {kBfdPeer, "receive-interval 50", "receive-interval", ""},
    {kBfdPeer, "transmit-interval 50", "transmit-interval", ""},
    {kBfdProfile, "echo-mode"},
    {kBfdProfile, "echo-interval 50"},
    {kBfdProfile, "echo receive-interval disabled"},
};

}  // namespace

TEST_CASE("every command is shown as it came, comes back from there, and goes with its no form") {
  for (const Case& c : kCases) {
    INFO(c.command);
    const std::string base(c.before);
    const std::string base_text = render(must_parse(base));
    const Config said = must_parse(base + std::string(c.command) + "\n");
    const std::string text = render(said);
    CHECK(added(text, base_text) == (c.shown.empty() ? c.command : c.shown));
    CHECK(must_parse(text) == said);
    // Saying it twice is saying it once.
    CHECK(must_parse(base + std::string(c.command) + "\n" + base + std::string(c.command) + "\n") == said);

    const std::string undo = fmt::format("no {}", c.no.empty() ? c.command : c.no);
    const Config undone = must_parse(base + std::string(c.command) + "\n" + base + undo + "\n");
    CHECK(added(render(undone), base_text) == c.no_shown);
    CHECK(must_parse(render(undone)) == undone);
  }
}

TEST_CASE("every row of the table is met by a case or refused") {
  std::set<const Row*> met;
  const auto meet = [&](std::string_view command, std::string_view before) {
    Config config;
    Diagnostics diagnostics;
    Editor editor(config, diagnostics, EditMode::File);
    for (std::size_t at = 0; at < before.size();) {
      const std::size_t end = before.find('\n', at);
      editor.apply(before.substr(at, end - at));
      at = end + 1;
    }
    Line line;
    std::uint32_t bad = 0;
    split_words(command, line, bad);
    const MatchResult result = match(line, editor.context());
    if (const Match* found = std::get_if<Match>(&result)) met.insert(found->row);
  };
  for (const Case& c : kCases) {
    meet(c.command, c.before);
    meet(fmt::format("no {}", c.no.empty() ? c.command : c.no), c.before);
  }
  // Commands that leave no trace in the text, or none of their own.
  for (std::string_view command :
       {"username a password b", "password b", "enable password b", "line vty", "end", "exit"})
    meet(command, "");
  for (std::string_view command : {"exec-timeout 0 0", "access-class x", "login", "exit"})
    meet(command, "line vty\n");
  meet("router bgp 65001", "");
  meet("address-family ipv4", kRouter);
  meet("exit-address-family", kIpv6);
  for (std::string_view command :
       {"bgp graceful-restart disable-eor", "bgp suppress-fib-pending", "bgp default show-hostname",
        "bgp default subgroup-pkt-queue-max 40", "bgp update-delay 5", "read-quanta 5"})
    meet(command, kRouter);
  for (std::string_view command :
       {"ip route 10.0.0.0/8 blackhole", "ipv6 protocol bgp route-map M", "router-id 10.0.0.1", "ptm-enable",
        "bgp send-extra-data zebra", "mac access-list M", "exit-vrf", "interface eth0", "vrf RED",
        "router ospf", "key chain K", "rpki"})
    meet(command, "");
  for (std::string_view command : {"exit-vrf", "exit", "ip address 10.0.0.1/8"})
    meet(command, "interface eth0\n");
  meet("segment-routing srv6", kRouter);
  meet("address-family l2vpn evpn", kRouter);
  for (std::string_view command : {"ip nht resolve-via-default", "zebra nexthop proto only"})
    meet(command, "");
  for (const Row* row : commands()) {
    INFO(row->pattern.text());
    CHECK((row->refused || met.count(row) == 1));
  }
}

TEST_CASE("what is known and not there is refused by name") {
  const auto complaint = [](std::string_view text) {
    const Loaded loaded = load(text);
    for (const Diagnostic& diagnostic : loaded.diagnostics)
      if (diagnostic.severity == Severity::Error) return to_string(diagnostic, "f");
    return std::string("none");
  };
  const std::string peer(kPeer);
  CHECK(complaint(peer + " neighbor G rpki strict\n") ==
        "f:4:2: error: \"neighbor G rpki strict\" is not supported");
  CHECK(complaint(peer + " bgp confederation identifier 7\n") ==
        "f:4:2: error: \"bgp confederation identifier 7\" is not supported");
  CHECK(complaint("route-map M permit 10\n match rpki valid\n") ==
        "f:2:2: error: \"match rpki valid\" is not supported");
  CHECK(complaint("route-map M permit 10\n match probability 50\n") ==
        "f:2:2: error: \"match probability 50\" is not supported");
  CHECK(complaint("route-map M permit 10\n set as-path replace any\n") ==
        "f:2:2: error: \"set as-path replace any\" is not supported");
  CHECK(complaint("route-map M permit 10\n set extcommunity bandwidth cumulative\n") ==
        "f:2:2: error: \"set extcommunity bandwidth cumulative\" is not supported");
  CHECK(complaint("route-map M permit 10\n set as-path exclude as-path-access-list A\n") ==
        "f:2:2: error: \"set as-path exclude as-path-access-list A\" is not supported");
  CHECK(complaint("router bgp 1 vrf red\n") ==
        "f:1:14: error: one router without views and VRFs is all there is");
  CHECK(complaint("bgp graceful-shutdown\nrouter bgp 1\n") ==
        "f:1:1: error: \"bgp graceful-shutdown\" is obeyed under \"router bgp\": write it there");
  CHECK(complaint("no bgp graceful-restart stalepath-time 5\n") ==
        "f:1:1: error: \"bgp graceful-restart stalepath-time 5\" is obeyed under \"router bgp\": write it "
        "there");
  CHECK(complaint(peer + " neighbor G bfd strict hold-time 5\n") ==
        "f:4:2: error: \"neighbor G bfd strict hold-time 5\" is not supported");
  CHECK(complaint("route-map M permit 10\n set metric aigp\n") ==
        "f:2:13: error: the distance to the next hop is not known here");
  CHECK(complaint("router bgp 1\nrouter bgp 2\n") ==
        "f:2:12: error: there is a router already: AS 1 (line 1)");
  CHECK(complaint("router bgp 1\nrouter bgp 1\n") == "none");
}

TEST_CASE("what files of FRR have and nothing here needs is kept, and said to have no effect") {
  const std::vector<std::pair<std::string_view, std::string_view>> kLines = {
      {"", "bgp suppress-fib-pending"},
      {"", "bgp route-map delay-timer 5"},
      {"", "no ip prefix-list sequence-number"},
      {"", "route-map M optimization"},
      {"", "allow-reserved-ranges"},
      {kPeer, "bgp wait-for-install"},
      {kPeer, "bgp labeled-unicast explicit-null"},
      {kPeer, "bgp default-originate timer 5"},
      {kPeer, "sid vpn per-vrf export auto"},
      {kPeer, "bmp mirror buffer-limit 5"},
      {kPeer, "vnc export bgp mode none"},
      {kPeer, "neighbor 10.0.0.1 disable-link-bw-encoding-ieee"},
      {kPeer, "neighbor 10.0.0.1 send-nexthop-characteristics"},
      {kPeer, "neighbor 10.0.0.1 shutdown rtt 100 count 3"},
      {kPeer, "neighbor 10.0.0.1 interface eth0"},
      {kIpv6, "neighbor 10.0.0.1 dampening 1 1 1 1"},
      {kIpv6, "neighbor 10.0.0.1 nexthop-local unchanged"},
      {kIpv6, "neighbor 10.0.0.1 accept-own"},
      {kIpv6, "neighbor 10.0.0.1 send-community extended rpki"},
      {kIpv6, "network fd00::/64 backdoor"},
      {kIpv6, "import vpn"},
      {kIpv6, "rd vpn export 65000:1"},
      {kIpv6, "rt vpn both 65000:1 65000:2"},
      {kIpv6, "rt redirect import 65000:1"},
      {kIpv6, "route-map vpn import M"},
      {kIpv6, "no synchronization"},
      {kMap, "set l3vpn next-hop encapsulation gre"},
      {kMap, "set ipv6 vpn next-hop fd00::1"},
      {kMap, "set metric-type type-1"},
  };
  for (const auto& [before, line] : kLines) {
    INFO(line);
    const std::string base(before);
    const Loaded loaded = load(base + " " + std::string(line) + "\n");
    REQUIRE(loaded.ok());
    const std::size_t known = load(base).diagnostics.size();
    REQUIRE(loaded.diagnostics.size() == known + 1);
    CHECK(added(render(loaded.config), render(must_parse(base))) == line);
    CHECK(parse(render(loaded.config)).config == loaded.config);
  }
}

TEST_CASE("a prefix may be an address and a mask, or have that of its class", "[rfc791-3.2]") {
  const auto written = [](std::string_view line) {
    return added(render(must_parse(std::string(kRouter) + std::string(line))),
                 render(must_parse(std::string(kRouter))));
  };
  CHECK(written("network 10.1.2.3 mask 255.255.0.0 route-map M\n") == "network 10.1.0.0/16 route-map M");
  CHECK(written("network 0.0.0.0 mask 0.0.0.0\n") == "network 0.0.0.0/0");
  CHECK(written("network 192.0.2.1 mask 255.255.255.255\n") == "network 192.0.2.1/32");
  CHECK(written("network 127.0.0.0\n") == "network 127.0.0.0/8");
  CHECK(written("network 128.1.0.0\n") == "network 128.1.0.0/16");
  CHECK(written("network 191.255.0.0\n") == "network 191.255.0.0/16");
  CHECK(written("network 192.0.2.0\n") == "network 192.0.2.0/24");
  CHECK(written("network 10.0.0.0/8\nno network 10.0.0.0 mask 255.0.0.0\n").empty());
  CHECK(written("aggregate-address 10.0.0.0 255.0.0.0 summary-only\n") ==
        "aggregate-address 10.0.0.0/8 summary-only");
  CHECK(written("aggregate-address 10.0.0.0/8\nno aggregate-address 10.0.0.0 255.0.0.0\n").empty());
  const Loaded holes = load(std::string(kRouter) + " network 10.0.0.0 mask 255.0.255.0\n");
  REQUIRE(holes.diagnostics.size() == 1);
  CHECK(to_string(holes.diagnostics[0], "f") == "f:2:24: error: a mask is ones and then zeros");
  const Loaded set = load(std::string(kRouter) + " aggregate-address 10.0.0.0 255.0.0.0 as-set\n");
  CHECK_FALSE(set.ok());
}

// RFC 4271 §10: a third of the hold time is what keepalives are sent at; FRR takes any value and uses the
// smaller one.
TEST_CASE("a keepalive time that is too long is taken, and said to be shortened", "[rfc4271-10]") {
  const Loaded loaded = load(std::string(kPeer) + " neighbor G timers 30 10\n");
  REQUIRE(loaded.ok());
  REQUIRE_FALSE(loaded.diagnostics.empty());
  CHECK(to_string(loaded.diagnostics[0], "f") ==
        "f:4:20: warning: keepalive 30 is not below the hold time 10: a third of that is used");
}

TEST_CASE("values are checked where they stand") {
  const auto complaint = [](std::string_view text) {
    const Loaded loaded = load(text);
    for (const Diagnostic& diagnostic : loaded.diagnostics)
      if (diagnostic.severity == Severity::Error) return to_string(diagnostic, "f");
    return std::string("none");
  };
  const std::string router(kRouter);
  CHECK(complaint(router + " timers bgp 1 2\n") ==
        "f:2:15: error: the hold time must be 0 or at least 3 seconds (RFC 4271)");
  CHECK(complaint(router + " timers bgp 9 9\n") == "none");
  CHECK(complaint(router + " timers bgp 1 3\n") == "none");
  CHECK(complaint(router + " timers bgp 60 0\n") == "none");
  CHECK(complaint(std::string(kIpv6) + " network 10.0.0.0/24\n") ==
        "f:4:10: error: 10.0.0.0/24 does not belong to address-family ipv6 unicast");
  CHECK(complaint("ip prefix-list L permit 10.0.0.0/24 ge 16\n") ==
        "f:1:40: error: ge 16 is shorter than the prefix's own length 24");
  CHECK(complaint("ip prefix-list L permit 10.0.0.0/8 ge 24 le 16\n") ==
        "f:1:45: error: le 16 is below 24: nothing can match");
  CHECK(complaint("route-map M permit 10\n set metric high\n") ==
        "f:2:13: error: expected a number, +number or -number");
  CHECK(complaint("route-map M permit 10\n set metric +rtt\n") ==
        "f:2:13: error: the round trip time of a session is not known here");
  CHECK(complaint("bgp as-path access-list A permit ^(65001\n") ==
        "f:1:34: error: not a regular expression that can be used: missing ): ^(65001");
  CHECK(complaint("bgp as-path access-list A permit (a){1000}{1000}\n") ==
        "f:1:34: error: not a regular expression that can be used: invalid repetition size: {1000}");
  CHECK(complaint("bgp community-list standard C permit 1:1\nbgp community-list expanded C permit 1:.*\n") ==
        "f:2:29: error: community-list C is standard already");
  CHECK(complaint("bgp extcommunity-list standard C permit 65000:1\n") ==
        "f:1:41: error: expected rt or soo with ASN:NN or A.B.C.D:NN");
  CHECK(complaint("bgp community alias 1:2:3:4 x\n") == "f:1:21: error: expected AA:NN or AA:BB:CC");
  CHECK(complaint("route-map M permit 10\n set extcommunity rt 1:2 x\n") ==
        "f:2:26: error: expected ASN:NN or A.B.C.D:NN");
  CHECK(complaint("vip-pool P\n range 10.0.0.9 10.0.0.1\n") ==
        "f:2:17: error: the range ends before it begins: 10.0.0.1 is below 10.0.0.9");
  CHECK(complaint("vip-pool P\n range 10.0.0.9 fd00::1\n") ==
        "f:2:17: error: both ends of a range must be of one address family");
  CHECK(complaint(std::string(kPeer) + " neighbor G shutdown message " + std::string(256, 'x') + "\n") ==
        "f:4:30: error: the message has 256 octets; 255 are allowed (RFC 9003)");
  CHECK(complaint(std::string(kPeer) + " neighbor G update-source an-interface-too-long\n") ==
        "f:4:27: error: neither an address nor an interface's name (15 octets at most)");
  CHECK(complaint(std::string(kPeer) + " neighbor G path-attribute discard 26 2\n") ==
        "f:4:39: error: no route can be read without attribute 2");
  CHECK(complaint(std::string(kPeer) + " neighbor 10.0.0.1 peer-group\n") ==
        "f:4:11: error: 10.0.0.1 is an address: a peer-group needs a name of its own");
  CHECK(complaint(std::string(kPeer) + " neighbor G interface\n") ==
        "f:4:11: error: G is a peer-group already (line 2)");
  CHECK(complaint(std::string(kPeer) + " neighbor 10.0.0.1 interface\n") ==
        "f:4:11: error: 10.0.0.1 is an address, not the name of an interface");
  CHECK(complaint(std::string(kPeer) + " neighbor an-interface-too-long interface\n") ==
        "f:4:11: error: the name of an interface has 15 octets at most");
  CHECK(complaint(std::string(kPeer) + " neighbor eth0 interface remote-as 2\n neighbor eth0 peer-group\n") ==
        "f:5:11: error: eth0 is a neighbor: a peer-group needs a name of its own");
  CHECK(complaint(std::string(kPeer) + " neighbor G remote-as 2\n bgp listen range 10.0.0.0/8 peer-group G\n "
                                       "bgp listen range 10.0.0.0/8 peer-group H\n") ==
        "f:6:19: error: range 10.0.0.0/8 belongs to peer-group G already (line 5)");
  CHECK(complaint(std::string(kPeer) + " neighbor G peer-group G\n") ==
        "f:4:11: error: G is not an address: only a neighbor can be in a peer-group");
}

TEST_CASE("BFD peers that cannot be are refused where they stand") {
  const auto complaint = [](std::string_view line) {
    const Loaded loaded = load(fmt::format("bfd\n {}\n", line));
    for (const Diagnostic& diagnostic : loaded.diagnostics)
      if (diagnostic.severity == Severity::Error) return to_string(diagnostic, "f");
    return std::string("none");
  };
  CHECK(complaint("peer 10.0.0.2 vrf red") == "f:2:20: error: the default VRF is all there is");
  CHECK(complaint("peer 10.0.0.2 local-address fd00::1") ==
        "f:2:30: error: both addresses must be of one address family");
  CHECK(complaint("peer 10.0.0.2 multihop") == "f:2:7: error: a multihop peer needs a local-address");
  CHECK(complaint("peer 10.0.0.2 multihop local-address 10.0.0.1 interface eth0") ==
        "f:2:58: error: a multihop peer is not bound to an interface");
  CHECK(complaint("profile P\n  label x") == "f:3:3: error: \"label x\" is not supported");
}

TEST_CASE("the echo function is taken, kept and said to have no effect") {
  const Loaded loaded = load("bfd\n profile P\n  echo-mode\n  no echo-interval 50\n");
  REQUIRE(loaded.ok());
  REQUIRE(loaded.diagnostics.size() == 1);
  CHECK(to_string(loaded.diagnostics[0], "f") ==
        "f:3:3: warning: \"echo-mode\" has no effect: BFD's echo function is not there");
}

TEST_CASE("passwords appear in no diagnostic, and are masked on request") {
  const std::string text = std::string(kPeer) +
                           " neighbor 10.0.0.1 password sesame\npassword sesame\n"
                           "enable password sesame\nusername x password sesame\n";
  const Loaded loaded = load(text);
  for (const Diagnostic& diagnostic : loaded.diagnostics)
    CHECK(diagnostic.message.find("sesame") == std::string::npos);
  CHECK(render(loaded.config).find("password sesame") != std::string::npos);
  const std::string masked = render(loaded.config, {.mask_passwords = true});
  CHECK(masked.find("sesame") == std::string::npos);
  CHECK(masked.find(" neighbor 10.0.0.1 password ********\n") != std::string::npos);
}

TEST_CASE("list entries count on by five, and the same entry again is nothing new") {
  const Config config = must_parse(
      "ip prefix-list L permit 10.0.0.0/8\nip prefix-list L seq 12 deny 10.0.0.0/9\nip prefix-list L permit "
      "any\n"
      "ip prefix-list L permit 10.0.0.0/8\nip prefix-list L seq 5 deny any\n");
  CHECK(render(config) ==
        "!\nip prefix-list L seq 5 deny any\nip prefix-list L seq 12 deny 10.0.0.0/9\n"
        "ip prefix-list L seq 15 permit any\n");
}

TEST_CASE("a clause of a route map replaces the one of its kind") {
  const Config config = must_parse(
      "route-map M permit 10\n set weight 1\n set ip next-hop 10.0.0.1\n set weight 2\n"
      " set ipv6 next-hop global fd00::1\n set extcommunity rt 1:1\n set extcommunity soo 1:2\n"
      " set extcommunity rt 1:3\n no set extcommunity soo\n match ip address prefix-list A\n"
      " match ipv6 address prefix-list B\n match ip address prefix-list C\n");
  CHECK(render(config) ==
        "!\nroute-map M permit 10\n match ip address prefix-list C\n match ipv6 address prefix-list B\n"
        " set weight 2\n set ip next-hop 10.0.0.1\n set ipv6 next-hop global fd00::1\n"
        " set extcommunity rt 1:3\nexit\n");
}

TEST_CASE("a person at the prompt gets what FRR answers") {
  Config config;
  Diagnostics diagnostics;
  Editor editor(config, diagnostics, EditMode::Interactive);
  CHECK(editor.apply("router bgp 65001"));
  CHECK(editor.context() == Context::Router);
  CHECK(prompt(editor.context()) == "config-router");
  CHECK_FALSE(editor.apply("neighbor 10.0.0.1 passive"));
  CHECK(diagnostics.back().message == "no neighbor 10.0.0.1: give it a remote-as or a peer-group first");
  CHECK(config.router->neighbors.empty());
  CHECK_FALSE(editor.apply("neighbor 10.0.0.1 peer-group nobody"));
  CHECK(editor.apply("neighbor 10.0.0.1 remote-as 65002"));
  CHECK(editor.apply("neighbor 10.0.0.1 remote-as 65003"));  // a person may change their mind
  CHECK(config.router->neighbors.begin()->second.remote_as->value.number.value() == 65003);
  CHECK_FALSE(editor.apply("router bgp 65009"));
  CHECK(editor.apply("no router bgp"));
  CHECK_FALSE(config.router.has_value());
}
