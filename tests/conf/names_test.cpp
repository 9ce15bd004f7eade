// SPDX-License-Identifier: Apache-2.0
// Which names TAB and `?` offer where.
#include "conf/names.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include "conf/parse.hpp"

using namespace lbgp;
using namespace lbgp::conf;

namespace {

constexpr std::string_view kFile =
    "ip prefix-list P4 permit any\nipv6 prefix-list P6 permit any\nip prefix-list BOTH permit any\n"
    "ipv6 prefix-list BOTH permit any\naccess-list A4 permit any\nipv6 access-list A6 permit any\n"
    "bgp as-path access-list PATHS permit .*\nbgp community-list standard CS permit 1:1\n"
    "bgp large-community-list standard LS permit 1:1:1\nbgp extcommunity-list standard ES permit rt 1:1\n"
    "bgp community alias 1:1 customers\nbgp community alias 1:2:3 big\n"
    "route-map M1 permit 10\nroute-map M2 permit 10\nvip-pool web\n prefix 10.9.0.0/24\n"
    "bfd\n profile fast\n  shutdown\n"
    "router bgp 65001\n neighbor G peer-group\n neighbor 10.0.0.1 remote-as 2\n neighbor eth0 interface\n";

using Words = std::vector<std::string>;

// Every name that may stand behind the words.
Words offered(Context context, std::vector<std::string_view> words, std::string_view partial = "") {
  const Config config = parse(kFile).config;
  Words all;
  for (const Completion& completion : completions(context, words, partial))
    for (std::string& name : names_of(config, completion.names)) all.push_back(std::move(name));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

TEST_CASE("names are offered where they are asked for") {
  const Words lists{"BOTH", "P4", "P6"}, access{"A4", "A6"}, maps{"M1", "M2"}, none;
  CHECK(offered(Context::Top, {"ip", "prefix-list"}) == lists);
  CHECK(offered(Context::Top, {"no", "ip", "prefix-list"}) == lists);
  CHECK(offered(Context::Top, {"access-list"}) == access);
  CHECK(offered(Context::Top, {"bgp", "as-path", "access-list"}) == Words{"PATHS"});
  CHECK(offered(Context::Top, {"bgp", "community-list"}) == Words{"CS"});
  CHECK(offered(Context::Top, {"bgp", "community-list", "standard"}) == Words{"CS"});
  CHECK(offered(Context::Top, {"ip", "large-community-list", "expanded"}) == Words{"LS"});
  CHECK(offered(Context::Top, {"bgp", "extcommunity-list", "standard"}) == Words{"ES"});
  CHECK(offered(Context::Top, {"bgp", "extcommunity-list", "standard", "ES", "permit"}) == none);
  CHECK(offered(Context::Top, {"route-map"}) == maps);
  CHECK(offered(Context::Top, {"no", "vip-pool"}) == Words{"web"});
  CHECK(offered(Context::Top, {"hostname"}) == none);

  CHECK(offered(Context::Router, {"neighbor"}) == Words{"10.0.0.1", "G", "eth0"});
  CHECK(offered(Context::Router, {"no", "neighbor"}) == Words{"10.0.0.1", "G", "eth0"});
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1", "peer-group"}) == Words{"G"});
  CHECK(offered(Context::Router, {"bgp", "listen", "range", "10.0.0.0/8", "peer-group"}) == Words{"G"});
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1", "bfd", "profile"}) == Words{"fast"});
  CHECK(offered(Context::Router, {"neighbor", "10.0.0.1", "update-source"}) == none);
  CHECK(offered(Context::Router, {"router", "bgp", "1", "vrf"}) == none);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "soo"}) == none);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "prefix-list"}) == lists);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "distribute-list"}) == access);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "filter-list"}) == Words{"PATHS"});
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "route-map"}) == maps);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "unsuppress-map"}) == maps);
  CHECK(offered(Context::AddressFamily, {"neighbor", "G", "default-originate", "route-map"}) == maps);
  CHECK(offered(Context::AddressFamily, {"network", "10.0.0.0/8", "route-map"}) == maps);
  CHECK(offered(Context::AddressFamily, {"aggregate-address", "10.0.0.0/8", "suppress-map"}) == maps);

  CHECK(offered(Context::RouteMap, {"match", "ip", "address", "prefix-list"}) == lists);
  CHECK(offered(Context::RouteMap, {"match", "ip", "next-hop"}) == access);
  CHECK(offered(Context::RouteMap, {"match", "as-path"}) == Words{"PATHS"});
  CHECK(offered(Context::RouteMap, {"match", "community"}) == Words{"CS"});
  CHECK(offered(Context::RouteMap, {"match", "large-community"}) == Words{"LS"});
  CHECK(offered(Context::RouteMap, {"match", "extcommunity"}) == Words{"ES"});
  CHECK(offered(Context::RouteMap, {"match", "alias"}) == Words{"big", "customers"});
  CHECK(offered(Context::RouteMap, {"match", "peer"}) == Words{"10.0.0.1", "eth0"});
  CHECK(offered(Context::RouteMap, {"match", "interface"}) == none);
  CHECK(offered(Context::RouteMap, {"set", "comm-list"}) == Words{"CS"});
  CHECK(offered(Context::RouteMap, {"set", "large-comm-list"}) == Words{"LS"});
  CHECK(offered(Context::RouteMap, {"set", "extended-comm-list"}) == Words{"ES"});
  CHECK(offered(Context::RouteMap, {"set", "metric"}) == none);
  CHECK(offered(Context::RouteMap, {"call"}) == maps);
  CHECK(offered(Context::VipPool, {"advertise-to"}) == Words{"10.0.0.1", "G", "eth0"});
  CHECK(offered(Context::BfdPeer, {"profile"}) == Words{"fast"});
  CHECK(offered(Context::Bfd, {"peer"}) == none);
}

TEST_CASE("an address family has lists of its own") {
  const Config config = parse(kFile).config;
  CHECK(names_of(config, Names::PrefixList, wire::Family::Ipv4Unicast) == Words{"BOTH", "P4"});
  CHECK(names_of(config, Names::PrefixList, wire::Family::Ipv6Unicast) == Words{"BOTH", "P6"});
  CHECK(names_of(config, Names::AccessList, wire::Family::Ipv6Unicast) == Words{"A6"});
}

TEST_CASE("communities are offered by their names", "[rfc1997]") {
  for (const auto& words : std::vector<std::vector<std::string_view>>{
           {"set", "community"}, {"set", "community", "1:1"}, {"set", "community", "no-export"}}) {
    const Words names = offered(Context::RouteMap, words);
    for (const std::string_view name : {"no-export", "no-advertise", "local-AS", "graceful-shutdown",
                                        "blackhole", "no-peer", "accept-own", "internet"})
      CHECK(std::count(names.begin(), names.end(), name) == 1);
  }
  CHECK(offered(Context::RouteMap, {"set", "community"}, "no-e").size() > 1);  // whoever asks looks what fits
  CHECK_FALSE(offered(Context::Top, {"bgp", "community-list", "standard", "C", "permit"}).empty());
  CHECK_FALSE(offered(Context::VipPool, {"community"}).empty());
}

TEST_CASE("without a router there are no neighbors") {
  CHECK(names_of(Config{}, Names::Peer).empty());
  CHECK(names_of(Config{}, Names::PeerGroup).empty());
  CHECK(names_of(Config{}, Names::BfdProfile).empty());
}
