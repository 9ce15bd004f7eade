// SPDX-License-Identifier: Apache-2.0
// Which addresses may be announced, and the words for those that may not.
#include "bgpd/api/host_prefix.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace lbgp;
using namespace lbgp::daemon::api;

TEST_CASE("host prefixes in every spelling", "[api]") {
  const auto [text, meaning] = GENERATE(table<std::string, std::string>({
      {"172.29.52.100/32", "172.29.52.100/32"},
      {"172.29.52.100", "172.29.52.100/32"},
      {"223.255.255.255", "223.255.255.255/32"},
      {"fd47:25e1:2f96:52:100::64/128", "fd47:25e1:2f96:52:100::64/128"},
      {"FD47:0:0::1", "fd47::1/128"},
      {"2001:db8::192.0.2.1/128", "2001:db8::c000:201/128"},
  }));
  wire::Prefix prefix;
  INFO(text);
  CHECK(parse_host_prefix(text, prefix) == nullptr);
  CHECK(to_string(prefix) == meaning);
}

TEST_CASE("what no host may announce is refused with the reason", "[api]") {
  const std::string no_address = "not an IP address";
  const std::string no_host = "not a host prefix: only /32 and /128 can be announced";
  const std::string host_bits = "host bits are set, and only /32 and /128 can be announced";
  const std::string range = "the prefix length is out of range";
  const std::string martian = "not an address that a host can answer on";
  const auto [text, reason] = GENERATE_COPY(table<std::string, std::string>({
      {"", no_address},
      {"vip", no_address},
      {"10.0.0", no_address},
      {"10.0.0.256", no_address},
      {"10.0.0.01", no_address},
      {" 10.0.0.1", no_address},
      {"10.0.0.1 /32", no_address},
      {std::string(1000, '1'), no_address},
      {"/32", no_address},
      {"10.0.0.1/", range},
      {"10.0.0.1/33", range},
      {"10.0.0.1/-1", range},
      {"10.0.0.1/32/32", range},
      {"10.0.0.1/4294967328", range},
      {"2001:db8::1/129", range},
      {"10.0.0.0/24", no_host},
      {"0.0.0.0/0", no_host},
      {"::/0", no_host},
      {"2001:db8::/64", no_host},
      {"10.0.0.1/24", host_bits},
      {"10.0.0.1/31", host_bits},
      {"2001:db8::1/127", host_bits},
      {"0.0.0.0", martian},
      {"0.1.2.3/32", martian},
      {"127.0.0.1/32", martian},
      {"224.0.0.5/32", martian},
      {"240.0.0.1/32", martian},
      {"255.255.255.255/32", martian},
      {"::/128", martian},
      {"::1/128", martian},
      {"ff02::1/128", martian},
      {"169.254.1.1/32", "a link-local address cannot be routed"},
      {"fe80::1/128", "a link-local address cannot be routed"},
      {"::ffff:10.0.0.1/128", "an IPv4-mapped address: announce the IPv4 address instead"},
  }));
  wire::Prefix prefix;
  INFO(text);
  const char* found = parse_host_prefix(text, prefix);
  REQUIRE(found != nullptr);
  CHECK(found == reason);
}

TEST_CASE("a filter takes prefixes of any length", "[api]") {
  wire::Prefix prefix;
  CHECK(parse_any_prefix("10.0.0.0/8", prefix) == nullptr);
  CHECK(to_string(prefix) == "10.0.0.0/8");
  CHECK(parse_any_prefix("::/0", prefix) == nullptr);
  CHECK(parse_any_prefix("10.0.0.1", prefix) == nullptr);
  CHECK(prefix.is_host());
  CHECK(std::string(parse_any_prefix("10.0.0.1/8", prefix)) == "host bits are set");
}
