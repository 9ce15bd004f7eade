// SPDX-License-Identifier: Apache-2.0
// The params of each method: what each member means, and the refusal of everything else.
#include "bgpd/api/method_params.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "answers.hpp"

using namespace lbgp;
using namespace lbgp::daemon::api;
using wire::Family;

namespace {

struct Refused {
  std::string method;
  std::string params;
  std::string member;
  std::string reason;
};

constexpr std::size_t kParamsAt = 53;  // where params begin in refusal("announce", …)

}  // namespace

TEST_CASE("announce with every attribute", "[api]") {
  const auto announce = call<Announce>(
      "announce",
      R"({"prefixes":["172.29.52.100/32","fd47::64"],"communities":["64512:100","no-export","64512:100"],)"
      R"("large_communities":["64512:1:2"],"ext_communities":["rt:64512:7"],"med":0,"local_pref":4294967295,)"
      R"("as_path_prepend":[64512,"1.10"],"origin":"incomplete","next_hop":{"ipv4":"10.0.0.9","ipv6":"2001:db8::9"},)"
      R"("labels":{"app":"web","tier\u002fx":""}})");
  REQUIRE(announce.routes.size() == 1);
  const RouteGroup& group = announce.routes[0];
  CHECK(group.prefixes == std::vector{prefix("172.29.52.100/32"), prefix("fd47::64/128")});
  CHECK(group.attributes.communities == wire::Communities{{64512U << 16 | 100}, wire::kNoExport});
  CHECK(group.attributes.large_communities == wire::LargeCommunities{{64512, 1, 2}});
  CHECK(group.attributes.ext_communities == wire::ExtCommunities{{{0, 2, 0xfc, 0, 0, 0, 0, 7}}});
  CHECK(group.attributes.med == 0U);
  CHECK(group.attributes.local_pref == 4294967295U);
  CHECK(group.as_path_prepend == AsPathPrepend{{wire::AsNumber(64512), wire::AsNumber(65546)}, 0});
  CHECK(group.attributes.origin == wire::Origin::Incomplete);
  CHECK(group.next_hop[Family::Ipv4Unicast] == address("10.0.0.9"));
  CHECK(group.next_hop[Family::Ipv6Unicast] == address("2001:db8::9"));
  CHECK(group.labels == rib::Labels{{"app", "web"}, {"tier/x", ""}});
}

// Most addresses are read in one pass, what is written in an unusual way is not.
TEST_CASE("an address means the same, written plainly or with escapes", "[api]") {
  const auto outcome = [](std::string_view text) {
    const ParsedLine parsed =
        parse_line(R"({"jsonrpc":"2.0","id":1,"method":"withdraw","params":{"prefixes":[ ")" +
                   std::string(text) + R"(" , "10.0.0.2/32"]}})");
    REQUIRE(parsed.items.size() == 1);
    if (const auto* rejected = std::get_if<Rejected>(&parsed.items[0])) return rejected->error.reason;
    const auto& prefixes = std::get<Withdraw>(std::get<Request>(parsed.items[0]).call).prefixes;
    REQUIRE(prefixes.size() == 2);
    CHECK(prefixes[1] == prefix("10.0.0.2/32"));
    return to_string(prefixes[0]);
  };
  const std::string text =
      GENERATE("10.1.2.3/32", "1.0.0.0/32", "223.255.255.255/32", "10.1.2.3", "0.1.2.3/32", "127.0.0.1/32",
               "169.254.1.1/32", "224.0.0.1/32", "255.255.255.255/32", "10.0.0.1/31", "10.0.0.1/3",
               "10.0.0.1/320", "10.0.0.1/32 ", "10.0.0.01/32", "10.0.0.256/32", "10.0.0/32", "10.0.0.1.2/32",
               "10.0.0.1x/32", "10.0.0.1/", "::ffff:10.0.0.1/128");
  std::string escaped = text;
  escaped.replace(escaped.find_first_of(".:"), 1, text.front() == ':' ? R"(\u003a)" : R"(\u002e)");
  INFO(escaped);
  CHECK(outcome(text) == outcome(escaped));
}

TEST_CASE("what is not said has a default", "[api]") {
  const auto announce = call<Announce>("announce", R"({"prefixes":["10.0.0.1"]})");
  wire::PathAttributes expected;
  expected.origin = wire::Origin::Igp;
  CHECK(announce.routes.at(0).attributes == expected);
  CHECK(announce.routes.at(0).as_path_prepend == AsPathPrepend{});
  CHECK_FALSE(announce.routes.at(0).next_hop[Family::Ipv4Unicast]);
}

TEST_CASE("routes of one announce may differ", "[api]") {
  const auto announce = call<Announce>(
      "announce",
      R"({"routes":[{"prefixes":["10.0.0.1"],"med":1},{"as_path_prepend":3,"prefixes":["10.0.0.2","10.0.0.3"]}]})");
  REQUIRE(announce.routes.size() == 2);
  CHECK(announce.routes[0].attributes.med == 1U);
  CHECK_FALSE(announce.routes[1].attributes.med);
  CHECK(announce.routes[1].as_path_prepend == AsPathPrepend{{}, 3});
  CHECK(announce.routes[1].prefixes.size() == 2);
}

TEST_CASE("nothing may be asked for, too", "[api]") {
  CHECK(call<Announce>("announce", R"({"prefixes":[]})").routes.at(0).prefixes.empty());
  CHECK(call<Withdraw>("withdraw", R"({"prefixes":[]})").prefixes.empty());
  CHECK(call<Sync>("sync", R"({"routes":[]})").routes.empty());
  CHECK(call<List>("list", "{}") == List{});
  CHECK(call<Version>("version", "{}") == Version{});
}

TEST_CASE("a next hop in short form is for its own family", "[api]") {
  const auto announce = call<Announce>("announce", R"({"prefixes":["fd47::1"],"next_hop":"2001:db8::1"})");
  CHECK(announce.routes.at(0).next_hop[Family::Ipv6Unicast] == address("2001:db8::1"));
  const Error error = refusal("announce", R"({"prefixes":["10.0.0.1","fd47::1"],"next_hop":"10.0.0.2"})");
  CHECK(error == Error{ErrorCode::InvalidParams, "the next hop is of the other family", "fd47::1/128",
                       "next_hop", kParamsAt});
  // The long form may leave a family to us.
  CHECK(call<Announce>("announce", R"({"prefixes":["10.0.0.1","fd47::1"],"next_hop":{"ipv4":"10.0.0.2"}})")
            .routes.at(0)
            .next_hop[Family::Ipv6Unicast] == std::nullopt);
}

TEST_CASE("the filter of a list", "[api]") {
  const auto list =
      call<List>("list", R"({"prefixes":["10.0.0.0/8","fd47::1"],"owner":"uid 1000","labels":{"a":"b"}})");
  CHECK(list.prefixes == std::vector{prefix("10.0.0.0/8"), prefix("fd47::1/128")});
  CHECK(list.owner == "uid 1000");
  CHECK(list.labels == rib::Labels{{"a", "b"}});
  CHECK(std::holds_alternative<List>(only_request(R"({"jsonrpc":"2.0","id":1,"method":"list"})").call));
}

TEST_CASE("params that cannot be done name the member and the reason", "[api]") {
  const std::string missing = "the member is missing";
  const std::string range = " is not a whole number from 0 to 4294967295";
  const Refused refused = GENERATE_COPY(values<Refused>({
      {"announce", "{}", "prefixes", missing},
      {"announce", "[]", "", "expected an object, not an array"},
      {"announce", "null", "", "expected an object, not null"},
      {"announce", R"({"prefixes":"10.0.0.1"})", "prefixes", "expected an array, not a string"},
      {"announce", R"({"prefixes":[1]})", "prefixes[0]", "expected a string, not a number"},
      {"announce", R"({"prefixes":["10.0.0.1",null]})", "prefixes[1]", "expected a string, not null"},
      {"announce", R"({"prefix":["10.0.0.1"]})", "prefix", R"(unknown member "prefix")"},
      {"announce", R"({"prefixes":[],"prefixes":[]})", "prefixes", "the member is there twice"},
      {"announce", R"({"prefixes":[],"communities":["64512:70000"]})", "communities[0]",
       R"("64512:70000" is not a community like "64512:100")"},
      {"announce", R"({"prefixes":[],"communities":"64512:1"})", "communities",
       "expected an array, not a string"},
      {"announce", R"({"prefixes":[],"large_communities":["1:2:3","1:2"]})", "large_communities[1]",
       R"("1:2" is not a large community like "64512:1:2")"},
      {"announce", R"({"prefixes":[],"ext_communities":["x"]})", "ext_communities[0]",
       R"("x" is not an extended community like "rt:64512:1")"},
      {"announce", R"({"prefixes":[],"med":-1})", "med", "-1" + range},
      {"announce", R"({"prefixes":[],"med":4294967296})", "med", "4294967296" + range},
      {"announce", R"({"prefixes":[],"med":1.0})", "med", "1.0" + range},
      {"announce", R"({"prefixes":[],"local_pref":1e2})", "local_pref", "1e2" + range},
      {"announce", R"({"prefixes":[],"local_pref":"1"})", "local_pref", "expected a number, not a string"},
      {"announce", R"({"prefixes":[],"local_pref":true})", "local_pref",
       "expected a number, not true or false"},
      {"announce", R"({"prefixes":[],"origin":"IGP"})", "origin",
       R"("IGP" is none of "igp", "egp", "incomplete")"},
      {"announce", R"({"prefixes":[],"as_path_prepend":65})", "as_path_prepend",
       "more than 64 AS numbers to prepend"},
      {"announce", R"({"prefixes":[],"as_path_prepend":[0]})", "as_path_prepend[0]",
       "AS 0 cannot stand in a path"},
      {"announce", R"({"prefixes":[],"as_path_prepend":["x"]})", "as_path_prepend[0]",
       R"("x" is not an AS number)"},
      {"announce", R"({"prefixes":[],"as_path_prepend":"3"})", "as_path_prepend",
       "expected an array of AS numbers or how often to prepend our own, not a string"},
      {"announce", R"({"prefixes":[],"next_hop":"x"})", "next_hop", R"("x" is not an IP address)"},
      {"announce", R"({"prefixes":[],"next_hop":"127.0.0.1"})", "next_hop",
       R"("127.0.0.1" is not usable as a next hop)"},
      {"announce", R"({"prefixes":[],"next_hop":"fe80::1"})", "next_hop",
       R"("fe80::1" is not usable as a next hop)"},
      {"announce", R"({"prefixes":[],"next_hop":{"ipv4":"2001:db8::1"}})", "next_hop.ipv4",
       "the address is of the other family"},
      {"announce", R"({"prefixes":[],"next_hop":{"v4":"10.0.0.1"}})", "next_hop.v4",
       R"(unknown member "v4")"},
      {"announce", R"({"prefixes":[],"next_hop":null})", "next_hop", "expected a string, not null"},
      {"announce", R"({"prefixes":[],"labels":{"a":1}})", "labels.a", "expected a string, not a number"},
      {"announce", R"({"prefixes":[],"labels":{"a":"b","a":"b"}})", "labels.a", "the label is there twice"},
      {"announce", R"({"prefixes":[],"labels":{"":"b"}})", "labels",
       "a label's key has 1 to 317 octets and no control character"},
      {"announce", R"({"prefixes":[],"labels":{"a":"\u0000"}})", "labels.a",
       "a label's value has at most 256 octets and no control character"},
      {"announce", R"({"routes":{}})", "routes", "expected an array, not an object"},
      {"announce", R"({"routes":[{"prefixes":[]},{}]})", "routes[1].prefixes", missing},
      {"announce", R"({"routes":[{"prefixes":[],"communities":["x"]}]})", "routes[0].communities[0]",
       R"("x" is not a community like "64512:100")"},
      {"announce", R"({"routes":[{"routes":[]}]})", "routes[0].routes", R"(unknown member "routes")"},
      {"announce", R"({"routes":[],"med":1})", "routes",
       R"(beside "routes" no other member can stand: put it into each route)"},
      {"withdraw", "{}", "prefixes", missing},
      {"withdraw", R"({"prefixes":["10.0.0.1"],"communities":[]})", "communities",
       R"(unknown member "communities")"},
      {"sync", "{}", "routes", missing},
      {"sync", R"({"prefixes":[]})", "prefixes", R"(unknown member "prefixes")"},
      {"list", R"({"owner":""})", "owner", "an owner has a name"},
      {"list", R"({"prefixes":["10.0.0.1/8"]})", "prefixes[0]", "host bits are set"},
      {"version", R"({"x":1})", "x", R"(unknown member "x")"},
  }));
  INFO(refused.method << ' ' << refused.params);
  const Error error = refusal(refused.method, refused.params);
  CHECK(error.code == ErrorCode::InvalidParams);
  CHECK(error.member == refused.member);
  CHECK(error.reason == refused.reason);
  CHECK(error.offset);
}

TEST_CASE("params must be there where there is something to say", "[api]") {
  for (const std::string method : {"announce", "withdraw", "sync"}) {
    CHECK(answer(R"({"jsonrpc":"2.0","id":1,"method":")" + method + "\"}") ==
          error_reply("1", R"(-32602,"message":"Invalid params")",
                      R"("reason":"the member is missing","member":"params")"));
  }
}

TEST_CASE("a bad prefix is named as it was written", "[api]") {
  CHECK(refusal("announce", R"({"prefixes":["10.0.0.1","10.0.0.1/33"]})") ==
        Error{ErrorCode::InvalidParams, "the prefix length is out of range", "10.0.0.1/33", "prefixes[1]",
              kParamsAt + 24});
  CHECK(refusal("announce", R"({"prefixes":["\u0031\u0030.x"]})").prefix == "10.x");
  CHECK(refusal("announce", R"({"prefixes":[")" + std::string(100, '1') + R"("]})").prefix ==
        std::string(64, '1') + "...");
}

TEST_CASE("one prefix twice in a request is refused, wherever it stands", "[api]") {
  const auto [method, params, twice] = GENERATE(table<std::string, std::string, std::string>({
      {"announce", R"({"prefixes":["10.0.0.1","10.0.0.1/32"]})", "10.0.0.1/32"},
      {"announce", R"({"prefixes":["fd47::1","10.0.0.1","FD47:0::1"]})", "fd47::1/128"},
      {"announce", R"({"routes":[{"prefixes":["10.0.0.9"]},{"prefixes":["10.0.0.1","10.0.0.9"]}]})",
       "10.0.0.9/32"},
      {"withdraw", R"({"prefixes":["10.0.0.2","10.0.0.1","10.0.0.2"]})", "10.0.0.2/32"},
      {"sync", R"({"routes":[{"prefixes":["10.0.0.2"]},{"prefixes":["10.0.0.2"]}]})", "10.0.0.2/32"},
  }));
  CHECK(refusal(method, params) ==
        Error{ErrorCode::InvalidParams, "the prefix is there twice", twice, "", std::nullopt});
}

TEST_CASE("one prefix twice is found in any order", "[api]") {
  std::minstd_rand random(5);
  std::set<std::uint32_t> hosts;
  while (hosts.size() < 1000) hosts.insert(0x01000000 + static_cast<std::uint32_t>(random()) % 0x7e000000);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::uint32_t> order(hosts.begin(), hosts.end());
    std::shuffle(order.begin(), order.end(), random);
    const auto params = [&] {
      std::string text;
      for (const std::uint32_t host : order)
        text += (text.empty() ? "\"" : ",\"") + to_string(wire::IpAddress::v4(host)) + '"';
      return R"({"prefixes":[)" + text + "]}";
    };
    CHECK(call<Withdraw>("withdraw", params()).prefixes.size() == order.size());
    order[random() % 500] = order[500 + random() % 500];
    CHECK(refusal("withdraw", params()).reason == "the prefix is there twice");
  }
}

TEST_CASE("limits hold for the whole line", "[api]") {
  Limits limits;
  limits.prefixes = 2;
  const std::string too_many = "too many prefixes in one line";
  CHECK(refusal("announce", R"({"prefixes":["10.0.0.1","10.0.0.2","10.0.0.3"]})", limits) ==
        Error{ErrorCode::RequestTooLarge, too_many, "", "prefixes[2]", kParamsAt + 35});
  const ParsedLine batch = parse_line(
      R"([{"jsonrpc":"2.0","id":1,"method":"withdraw","params":{"prefixes":["10.0.0.1","10.0.0.2"]}},)"
      R"({"jsonrpc":"2.0","id":2,"method":"withdraw","params":{"prefixes":["10.0.0.3"]}}])",
      limits);
  CHECK(std::holds_alternative<Request>(batch.items.at(0)));
  CHECK(std::get<Rejected>(batch.items.at(1)).error.reason == too_many);
}

TEST_CASE("the cost of attributes times prefixes is bounded", "[api]") {
  const std::string params = R"({"prefixes":["10.0.0.1","10.0.0.2"],"communities":["1:1"]})";
  Limits limits;
  limits.route_octets = 8;
  CHECK(std::holds_alternative<Request>(
      parse_line(R"({"jsonrpc":"2.0","id":1,"method":"announce","params":)" + params + "}", limits)
          .items.at(0)));
  limits.route_octets = 7;
  CHECK(refusal("announce", params, limits) ==
        Error{ErrorCode::RequestTooLarge, "attributes and labels come to too many octets in one line", "", "",
              kParamsAt});
}

TEST_CASE("communities and labels of one route are bounded", "[api]") {
  const auto communities = [](int count) {
    std::string params = R"({"prefixes":[],"communities":["1:0")";
    for (int i = 1; i < count; ++i) params += ",\"1:" + std::to_string(i) + '"';
    return params + "]}";
  };
  CHECK(call<Announce>("announce", communities(512)).routes.at(0).attributes.communities.size() == 512);
  CHECK(refusal("announce", communities(513)).reason == "communities of more than 2048 octets");
  const auto labels = [](int count) {
    std::string params = R"({"prefixes":[],"labels":{"0":"")";
    for (int i = 1; i < count; ++i) params += ",\"" + std::to_string(i) + "\":\"\"";
    return params + "}}";
  };
  CHECK(call<Announce>("announce", labels(64)).routes.at(0).labels.size() == 64);
  CHECK(refusal("announce", labels(65)).reason == "more than 64 labels");
}
