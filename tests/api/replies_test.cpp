// SPDX-License-Identifier: Apache-2.0
// Every reply, octet by octet, and the filter that decides what a list holds.
#include "bgpd/api/replies.hpp"

#include <boost/json.hpp>

#include "answers.hpp"
#include "bgpd/api/list_filter.hpp"

using namespace lbgp;
using namespace lbgp::daemon::api;

namespace {

const RequestId kOne{"1"};

std::string escaped(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

rib::LocalRoute route(std::string_view text, rib::Labels labels = {}) {
  rib::LocalRoute result;
  result.prefix = prefix(text);
  result.attributes.origin = wire::Origin::Igp;
  result.labels = std::move(labels);
  return result;
}

}  // namespace

TEST_CASE("results in a fixed order of members", "[api]") {
  std::string out;
  SECTION("announce") {
    Replies replies(out, false);
    replies.announced(kOne, {.accepted = 2, .changed = 1, .commit = 42});
    replies.finish();
    CHECK(out == R"({"jsonrpc":"2.0","id":1,"result":{"accepted":2,"changed":1,"commit":42}})"
                 "\n");
  }
  SECTION("withdraw") {
    Replies replies(out, false);
    replies.withdrawn(kOne, {.accepted = 3, .changed = 1, .not_found = 2, .commit = 43});
    replies.finish();
    CHECK(out == R"({"jsonrpc":"2.0","id":1,"result":{"accepted":3,"changed":1,"not_found":2,"commit":43}})"
                 "\n");
  }
  SECTION("sync") {
    Replies replies(out, false);
    replies.synced(kOne, {.announced = 1, .withdrawn = 2, .unchanged = 3, .commit = 18446744073709551615U});
    replies.finish();
    CHECK(
        out ==
        R"({"jsonrpc":"2.0","id":1,"result":{"announced":1,"withdrawn":2,"unchanged":3,"commit":18446744073709551615}})"
        "\n");
  }
  SECTION("version") {
    Replies replies(out, false);
    replies.version(kOne, "0.1.0");
    replies.finish();
    CHECK(out == R"({"jsonrpc":"2.0","id":1,"result":{"name":"lbgpd","version":"0.1.0","protocol":1,)"
                 R"("methods":["announce","withdraw","sync","list","version"]}})"
                 "\n");
  }
}

TEST_CASE("a list shows each route with what was said about it", "[api]") {
  rib::LocalRoute full = route("fd47::64/128", {{"app", "we\"b"}, {"z", ""}});
  full.attributes.origin = wire::Origin::Egp;
  full.attributes.communities = {{64512U << 16 | 100}, wire::kNoExport};
  full.attributes.large_communities = {{1, 2, 3}};
  full.attributes.ext_communities = {{{0, 2, 0xfc, 0, 0, 0, 0, 7}}};
  full.attributes.med = 0;
  full.attributes.local_pref = 200;
  full.attributes.as_path = wire::AsPath::sequence({wire::AsNumber(64512), wire::AsNumber(4200000000)});
  full.attributes.next_hop.address = address("2001:db8::1");
  std::string out;
  Replies replies(out, false);
  replies.begin_list(kOne);
  replies.list_route("uid 1000", route("10.0.0.1/32"));
  replies.list_route("config", full);
  replies.end_list();
  replies.finish();
  CHECK(
      out ==
      R"({"jsonrpc":"2.0","id":1,"result":{"routes":[)"
      R"({"prefix":"10.0.0.1/32","owner":"uid 1000","origin":"igp"},)"
      R"({"prefix":"fd47::64/128","owner":"config","origin":"egp","communities":["64512:100","no-export"],)"
      R"("large_communities":["1:2:3"],"ext_communities":["rt:64512:7"],"med":0,"local_pref":200,)"
      R"("as_path_prepend":[64512,4200000000],"next_hop":"2001:db8::1","labels":{"app":"we\"b","z":""}}],"count":2}})"
      "\n");
}

// What a list shows can be announced again, member by member, and means the same.
TEST_CASE("the attributes in a list are those that announce takes", "[api]") {
  const std::string attributes =
      R"("origin":"incomplete","communities":["64512:100","no-export"],"large_communities":["1:2:3"],)"
      R"("ext_communities":["rt:64512:7"],"med":1,"local_pref":2,"as_path_prepend":[64512],)"
      R"("next_hop":"10.0.0.7","labels":{"a":"b"})";
  const auto announce = call<Announce>("announce", R"({"prefixes":["10.0.0.1"],)" + attributes + "}");
  rib::LocalRoute stored{prefix("10.0.0.1/32"), announce.routes[0].attributes, announce.routes[0].labels};
  stored.attributes.as_path = wire::AsPath::sequence(announce.routes[0].as_path_prepend.as_numbers);
  stored.attributes.next_hop.address = *announce.routes[0].next_hop[wire::Family::Ipv4Unicast];
  std::string out;
  Replies replies(out, false);
  replies.begin_list(kOne);
  replies.list_route("o", stored);
  CHECK(out.ends_with(R"({"prefix":"10.0.0.1/32","owner":"o",)" + attributes + "}"));
}

TEST_CASE("an empty list, and a list that nobody asked for", "[api]") {
  std::string out;
  Replies replies(out, false);
  SECTION("empty") {
    replies.begin_list(kOne);
    replies.end_list();
    CHECK(out == R"({"jsonrpc":"2.0","id":1,"result":{"routes":[],"count":0}})");
  }
  SECTION("a notification") {
    replies.begin_list(std::nullopt);
    replies.list_route("o", route("10.0.0.1/32"));
    replies.end_list();
    replies.finish();
    CHECK(out.empty());
  }
}

TEST_CASE("the output may be drained between calls", "[api]") {
  std::string out;
  std::string whole;
  const auto drain = [&] {
    whole += out;
    out.clear();
  };
  Replies replies(out, true);
  replies.begin_list(kOne);
  drain();
  for (const char* p : {"10.0.0.1/32", "10.0.0.2/32"}) {
    replies.list_route("o", route(p));
    drain();
  }
  replies.end_list();
  drain();
  replies.announced(RequestId{"\"x\""}, {});
  replies.finish();
  drain();
  CHECK(whole ==
        R"([{"jsonrpc":"2.0","id":1,"result":{"routes":[{"prefix":"10.0.0.1/32","owner":"o","origin":"igp"},)"
        R"({"prefix":"10.0.0.2/32","owner":"o","origin":"igp"}],"count":2}},)"
        R"({"jsonrpc":"2.0","id":"x","result":{"accepted":0,"changed":0,"commit":0}}])"
        "\n");
}

TEST_CASE("errors have a code, its message and the details that are known", "[api]") {
  CHECK(
      error_line({.code = ErrorCode::LineTooLong,
                  .reason = "more than 16777216 octets",
                  .prefix = {},
                  .member = {},
                  .offset = {}}) ==
      R"({"jsonrpc":"2.0","id":null,"error":{"code":-32000,"message":"Line too long","data":{"reason":"more than 16777216 octets"}}})"
      "\n");
  CHECK(
      error_line({ErrorCode::NotAllowed, "no vip-pool holds it", "10.0.0.1/32", "m", 7}) ==
      R"({"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Not allowed","data":{"reason":"no vip-pool holds it","prefix":"10.0.0.1/32","member":"m","offset":7}}})"
      "\n");
}

TEST_CASE("each code has its number and its message", "[api][jsonrpc-5.1]") {
  const auto [code, number, text] = GENERATE(table<ErrorCode, int, std::string>({
      {ErrorCode::ParseError, -32700, "Parse error"},
      {ErrorCode::InvalidRequest, -32600, "Invalid Request"},
      {ErrorCode::MethodNotFound, -32601, "Method not found"},
      {ErrorCode::InvalidParams, -32602, "Invalid params"},
      {ErrorCode::InternalError, -32603, "Internal error"},
      {ErrorCode::LineTooLong, -32000, "Line too long"},
      {ErrorCode::NotAllowed, -32001, "Not allowed"},
      {ErrorCode::TooManyRoutes, -32002, "Too many routes"},
      {ErrorCode::TooManyClients, -32003, "Too many clients"},
      {ErrorCode::Busy, -32004, "Busy"},
      {ErrorCode::LineTimeout, -32005, "Line timeout"},
      {ErrorCode::RequestTooLarge, -32006, "Request too large"},
  }));
  CHECK(static_cast<int>(code) == number);
  CHECK(message(code) == text);
}

TEST_CASE("strings are escaped, and always UTF-8", "[api][rfc8259-7]") {
  CHECK(escaped("a\"b\\c\n\r\t\x01\x7f") == R"("a\"b\\c\n\r\t\u0001\u007f")");
  CHECK(escaped("\xc3\xa4\xf0\x9f\x98\x80") == "\"\xc3\xa4\xf0\x9f\x98\x80\"");
  CHECK(escaped("a\xff\xc3") == "\"a\xef\xbf\xbd\xef\xbf\xbd\"");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  boost::json::error_code error;
  (void)boost::json::parse(escaped(all), error);
  CHECK_FALSE(error);
}

TEST_CASE("a filter wants what lies inside one of its prefixes", "[api]") {
  List list;
  list.prefixes = {prefix("10.1.0.0/16"), prefix("10.0.0.0/8"), prefix("fd47::/64"), prefix("192.0.2.1/32")};
  const ListFilter filter(list);
  for (const char* in : {"10.0.0.0/32", "10.1.2.3/32", "10.255.255.255/32", "192.0.2.1/32", "fd47::1/128"})
    CHECK(filter.wants("o", route(in)));
  for (const char* out :
       {"9.255.255.255/32", "11.0.0.0/32", "192.0.2.0/32", "192.0.2.2/32", "fd47:0:0:1::1/128"})
    CHECK_FALSE(filter.wants("o", route(out)));
}

TEST_CASE("a filter by owner and labels; none of it wants everything", "[api]") {
  CHECK(ListFilter({}).wants("o", route("10.0.0.1/32")));
  List none;
  none.prefixes.emplace();
  CHECK_FALSE(ListFilter(none).wants("o", route("10.0.0.1/32")));
  List owner;
  owner.owner = "uid 1";
  CHECK(ListFilter(owner).wants("uid 1", route("10.0.0.1/32")));
  CHECK_FALSE(ListFilter(owner).wants("uid 10", route("10.0.0.1/32")));
  List labels;
  labels.labels = {{"a", "1"}, {"b", "2"}};
  CHECK(ListFilter(labels).wants("o", route("10.0.0.1/32", {{"a", "1"}, {"b", "2"}, {"c", "3"}})));
  CHECK_FALSE(ListFilter(labels).wants("o", route("10.0.0.1/32", {{"a", "1"}})));
  CHECK_FALSE(ListFilter(labels).wants("o", route("10.0.0.1/32", {{"a", "1"}, {"b", "3"}})));
}
