// SPDX-License-Identifier: Apache-2.0
// The envelope: ids, notifications, batches, and each way in which a line can be no request.
#include <random>

#include "answers.hpp"

using namespace lbgp;
using namespace lbgp::daemon::api;

namespace {

const std::string kOk = R"("result":{"accepted":0,"changed":0,"commit":1}})";
const std::string kParse = R"(-32700,"message":"Parse error")";
const std::string kInvalid = R"(-32600,"message":"Invalid Request")";
const std::string kUnknown = R"(-32601,"message":"Method not found")";
const std::string kParams = R"(-32602,"message":"Invalid params")";

}  // namespace

TEST_CASE("the id comes back as it was written", "[api][jsonrpc-5]") {
  for (const std::string id : {"1", "-7", "0.5", "1e3", "123456789012345678901234567890", "\"\"", "\"a-b\"",
                               R"("\u00e4 \" x")", "null"}) {
    CHECK(answer(R"({"jsonrpc":"2.0","id":)" + id + R"(,"method":"list"})") ==
          R"({"jsonrpc":"2.0","id":)" + id + "," + kOk);
  }
}

TEST_CASE("members may come in any order, with blanks and escapes", "[api]") {
  const Request request = only_request(
      " { \"params\" : { \"prefixes\" : [ \"10.0.0.1\" ] } , \"id\" : 1 "
      ",\t\"\\u006dethod\":\"\\u0061nnounce\","
      "\"jsonrpc\":\"2.0\" } \r");
  REQUIRE(std::holds_alternative<Announce>(request.call));
  CHECK(std::get<Announce>(request.call).routes.at(0).prefixes == std::vector{prefix("10.0.0.1/32")});
}

TEST_CASE("a notification is done and never answered", "[api][jsonrpc-4.1]") {
  const Request request =
      only_request(R"({"jsonrpc":"2.0","method":"withdraw","params":{"prefixes":["10.0.0.1"]}})");
  CHECK_FALSE(request.id);
  CHECK(answer(R"({"jsonrpc":"2.0","method":"withdraw","params":{"prefixes":["10.0.0.1"]}})").empty());
  CHECK(answer(R"({"jsonrpc":"2.0","method":"nosuch"})").empty());
  CHECK(answer(R"({"jsonrpc":"2.0","method":"announce","params":{"prefixes":["x"]}})").empty());
}

TEST_CASE("what is no JSON is answered with the place", "[api][jsonrpc-5.1]") {
  CHECK(answer("hello") == error_reply("null", kParse, R"("reason":"expected a value","offset":0)"));
  CHECK(answer(R"({"jsonrpc":"2.0","id":1,"method":"list")") ==
        error_reply("null", kParse, R"("reason":"the text ends early","offset":39)"));
  CHECK(answer("{\"jsonrpc\":\"2.0\",\"id\":\"\xff\"}") ==
        error_reply("null", kParse, R"("reason":"invalid UTF-8","offset":23)"));
  CHECK(answer(R"({"jsonrpc":"2.0","id":1,"method":"list"}{})") ==
        error_reply("null", kParse, R"("reason":"something after the end of the JSON text","offset":40)"));
  // Even what stands in front of the error is not done.
  CHECK(answer(R"([{"jsonrpc":"2.0","id":1,"method":"list"},{"jsonrpc":"2.0","id":2,"method")") ==
        error_reply("null", kParse, R"("reason":"the text ends early","offset":74)"));
}

TEST_CASE("what is no request is answered with the member", "[api][jsonrpc-4]") {
  const auto [line, id, data] = GENERATE(table<std::string, std::string, std::string>({
      {"1", "null", R"("reason":"a request must be an object","offset":0)"},
      {" \"x\"", "null", R"("reason":"a request must be an object","offset":1)"},
      {"{}", "null", R"("reason":"the member is missing","member":"jsonrpc","offset":0)"},
      {R"({"jsonrpc":"2.0"})", "null", R"("reason":"the member is missing","member":"method","offset":0)"},
      {R"({"jsonrpc":"2.0","id":4})", "4",
       R"("reason":"the member is missing","member":"method","offset":0)"},
      {R"({"id":5,"method":"list"})", "5",
       R"("reason":"the member is missing","member":"jsonrpc","offset":0)"},
      {R"({"jsonrpc":"1.0","id":6,"method":"list"})", "6",
       R"("reason":"must be \"2.0\"","member":"jsonrpc","offset":11)"},
      {R"({"jsonrpc":2.0,"id":7,"method":"list"})", "7",
       R"("reason":"must be \"2.0\"","member":"jsonrpc","offset":11)"},
      {R"({"jsonrpc":"2.0","id":8,"method":5})", "8",
       R"("reason":"must be a string","member":"method","offset":33)"},
      {R"({"jsonrpc":"2.0","id":[],"method":"list"})", "null",
       R"("reason":"must be a string, a number or null","member":"id","offset":22)"},
      {R"({"jsonrpc":"2.0","id":true,"method":"list"})", "null",
       R"("reason":"must be a string, a number or null","member":"id","offset":22)"},
      {R"({"jsonrpc":"2.0","id":9,"method":"list","extra":{"a":[1]}})", "9",
       R"("reason":"unknown member \"extra\"","member":"extra","offset":40)"},
      {R"({"jsonrpc":"2.0","id":10,"id":11,"method":"list"})", "11",
       R"("reason":"the member is there twice","member":"id","offset":25)"},
      {"[]", "null", R"("reason":"an empty batch","offset":0)"},
  }));
  INFO(line);
  CHECK(answer(line) == error_reply(id, kInvalid, data));
}

TEST_CASE("an id has a bounded length", "[api]") {
  const auto line = [](std::size_t octets) {
    return R"({"jsonrpc":"2.0","id":")" + std::string(octets - 2, 'i') + R"(","method":"list"})";
  };
  CHECK(only_request(line(kMaxIdOctets)).id->json.size() == kMaxIdOctets);
  CHECK(answer(line(kMaxIdOctets + 1)) ==
        error_reply("null", kInvalid, R"("reason":"longer than 256 octets","member":"id","offset":22)"));
}

TEST_CASE("an unknown method is named, with those that exist", "[api]") {
  CHECK(answer(R"({"jsonrpc":"2.0","id":1,"method":"anounce"})") ==
        error_reply("1", kUnknown,
                    R"("reason":"no method \"anounce\"; there are announce, withdraw, sync, list, version",)"
                    R"("member":"method","offset":33)"));
  // What the client wrote is cut, at a character boundary, and escaped.
  std::string name(63, 'm');
  name += "\xc3\xa4";
  CHECK(
      answer(R"({"jsonrpc":"2.0","id":1,"method":")" + name + R"("})") ==
      error_reply(
          "1", kUnknown,
          R"("reason":"no method \")" + std::string(63, 'm') +
              R"(...\"; there are announce, withdraw, sync, list, version","member":"method","offset":33)"));
}

TEST_CASE("a batch is answered in one line, in order, without its notifications", "[api][jsonrpc-6]") {
  CHECK(answer(R"([{"jsonrpc":"2.0","id":1,"method":"list"},7,{"jsonrpc":"2.0","method":"list"},)"
               R"({"jsonrpc":"2.0","id":"b","method":"announce","params":{"prefixes":["10.0.0.0/8"]}}])") ==
        R"([{"jsonrpc":"2.0","id":1,)" + kOk + "," +
            error_reply("null", kInvalid, R"("reason":"a request must be an object","offset":42)") + "," +
            error_reply("\"b\"", kParams,
                        R"("reason":"not a host prefix: only /32 and /128 can be announced",)"
                        R"("prefix":"10.0.0.0/8","member":"prefixes[0]","offset":146)") +
            "]");
  CHECK(answer(R"([{"jsonrpc":"2.0","method":"list"}])").empty());
}

TEST_CASE("a batch has a limit", "[api]") {
  const auto batch = [](int requests) {
    std::string line = "[1";
    for (int i = 1; i < requests; ++i) line += ",1";
    return line + "]";
  };
  Limits limits;
  limits.requests = 3;
  CHECK(parse_line(batch(3), limits).items.size() == 3);
  // As for a line that is no JSON, one answer that is no array.
  CHECK(answer(batch(4), limits) == error_reply("null", R"(-32006,"message":"Request too large")",
                                                R"("reason":"more than 3 requests in one batch")"));
  CHECK(answer("[1,1,1,1,x]", limits) ==
        error_reply("null", kParse, R"("reason":"expected a value","offset":9)"));
}

// Whatever arrives, a line has an answer that is JSON again, and nothing crashes.
TEST_CASE("random damage to lines is always answered", "[api][robustness]") {
  const std::vector<std::string> seeds{
      R"({"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["172.29.52.100/32","fd47::64/128"],"communities":["64512:100","no-export"],"large_communities":["1:2:3"],"ext_communities":["rt:1:2"],"med":5,"local_pref":7,"as_path_prepend":[64512,"1.10"],"origin":"egp","next_hop":{"ipv4":"10.0.0.1","ipv6":"2001:db8::1"},"labels":{"app":"web"}}})",
      R"([{"jsonrpc":"2.0","id":"x","method":"sync","params":{"routes":[{"prefixes":["10.0.0.1"],"as_path_prepend":3},{"prefixes":[],"next_hop":"10.1.1.1"}]}},{"jsonrpc":"2.0","method":"withdraw","params":{"prefixes":["10.0.0.2"]}}])",
      R"({"jsonrpc":"2.0","id":null,"method":"list","params":{"prefixes":["10.0.0.0/8"],"owner":"uid 0","labels":{}}})"};
  std::mt19937 random(42);
  std::size_t sound = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string line = seeds[random() % seeds.size()];
    for (std::size_t changes = random() % 4; changes > 0; --changes) {
      const std::size_t at = random() % line.size();
      const std::size_t from = random() % line.size();
      switch (random() % 4) {
        case 0:
          line[at] = static_cast<char>(random() & 0xff);
          break;
        case 1:
          line.insert(at, line.substr(from, random() % 20));
          break;
        case 2:
          line.erase(at, random() % 8 + 1);
          break;
        default:
          line[at] = line[from];
      }
      if (line.empty()) line = "1";
    }
    std::string out;
    const ParsedLine parsed = parse_line(line);
    Replies replies(out, parsed.batch);
    REQUIRE_FALSE(parsed.items.empty());
    for (const auto& item : parsed.items) {
      if (const auto* rejected = std::get_if<Rejected>(&item)) {
        REQUIRE_FALSE(rejected->error.reason.empty());
        if (rejected->error.offset) REQUIRE(*rejected->error.offset <= line.size());
        replies.error(rejected->id, rejected->error);
      } else {
        ++sound;
      }
    }
    replies.finish();
    if (!out.empty()) {
      const ParsedLine echo = parse_line(std::string_view(out).substr(0, out.size() - 1));
      const auto* error = std::get_if<Rejected>(&echo.items.at(0));
      REQUIRE((error == nullptr || error->error.code != ErrorCode::ParseError));
    }
  }
  CHECK(sound > 10'000);
}

// Params behind the method are understood while the line is read, those before it when it has been.
TEST_CASE("it does not matter whether params stand before their method or behind it", "[api][rfc8259]") {
  struct Sound {
    std::string method;
    std::string params;
  };
  const std::vector<Sound> sound{
      {"withdraw", R"({"prefixes":["10.0.0.1/32", "10.0.0.2/32","10.0.0.3",  "fd00::1/128"]})"},
      {"announce", R"({"prefixes":["10.0.0.1/32"],"next_hop":{"ipv4":"192.0.2.1"},"labels":{"a]":"b,"}})"},
      {"sync", R"({"routes":[{"prefixes":["10.0.0.1/32","10.0.0.2/32"],"communities":["64512:1"]}]})"},
      {"list", R"({"owner":"uid 0"})"}};
  std::size_t done = 0;
  const auto judge = [&](const std::string& method, const std::string& params) {
    const std::string named = R"("method":")" + method + '"';
    const std::string given = R"("params":)" + params;
    const ParsedLine behind = parse_line(R"({"jsonrpc":"2.0",)" + named + "," + given + "}");
    const ParsedLine before = parse_line(R"({"jsonrpc":"2.0",)" + given + "," + named + "}");
    CAPTURE(method, params);
    REQUIRE(behind.items.size() == 1);
    REQUIRE(before.items.size() == 1);
    if (std::holds_alternative<Request>(behind.items.front())) {
      ++done;
      REQUIRE(behind.items == before.items);
      return;
    }
    const Error& one = std::get<Rejected>(behind.items.front()).error;
    const Error& other = std::get<Rejected>(before.items.front()).error;
    REQUIRE(one.code == other.code);
    if (one.code != ErrorCode::ParseError) REQUIRE(one.reason == other.reason);
  };
  for (const auto& [method, params] : sound) {
    judge(method, params);
    REQUIRE(done == 1);
    for (std::size_t at = 0; at < params.size(); ++at) {
      judge(method, std::string(params).erase(at, 1));
      for (const char c : std::string("\",]}[{ :\\0")) {
        judge(method, std::string(params).insert(at, 1, c));
        std::string other = params;
        other[at] = c;
        judge(method, other);
      }
    }
    REQUIRE(done > 10);
    done = 0;
  }
}
