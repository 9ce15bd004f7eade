// SPDX-License-Identifier: Apache-2.0
// API requests against a real RIB and a real journal.
#include "bgpd/route_service.hpp"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/shell/temp_dir.hpp"

using namespace lbgp;
using daemon::Journal;
using daemon::Owner;
using daemon::RouteService;
using lbgp::test::TempDir;

namespace {

const Owner kRoot{"uid 0", {"root", {"root"}}};
const Owner kApp{"uid 1000", {"app", {"app"}}};

struct Service {
  explicit Service(const TempDir& directory, const std::vector<rib::VipPool>& pools = {})
      : journal(directory.path()) {
    REQUIRE(journal.lock().empty());
    service.configure(pools, wire::AsNumber(65010));
    service.restore();
  }
  std::string ask(const Owner& owner, const std::string& method, const std::string& params) {
    std::string out;
    service.answer(owner, R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}",
                   out);
    return out;
  }
  std::string list() { return ask(kRoot, "list", "{}"); }

  rib::Rib rib;
  Journal journal;
  int changes = 0;
  RouteService service{rib, journal, [this] { ++changes; }};
};

}  // namespace

TEST_CASE("announce, list, withdraw", "[service]") {
  const TempDir directory;
  Service service(directory);
  CHECK(service.ask(kRoot, "announce",
                    R"({"prefixes":["10.99.8.1/32","10.99.8.2/32"],"communities":["65010:1"]})") ==
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":2,\"changed\":2,\"commit\":1}}\n");
  CHECK(service.rib.local_count() == 2);
  CHECK(service.ask(kRoot, "announce", R"({"prefixes":["10.99.8.1/32"],"communities":["65010:1"]})") ==
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":1,\"changed\":0,\"commit\":1}}\n");
  CHECK(service.changes == 1);
  CHECK(service.ask(kRoot, "withdraw", R"({"prefixes":["10.99.8.1/32","10.99.8.9/32"]})") ==
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"accepted\":2,\"changed\":1,\"not_found\":1,\"commit\":2}"
        "}\n");
  CHECK(service.list().find("10.99.8.2/32") != std::string::npos);
  CHECK(service.list().find("10.99.8.1/32") == std::string::npos);
}

TEST_CASE("a batch with one bad prefix changes nothing", "[service]") {
  const TempDir directory;
  Service service(directory);
  const std::string reply = service.ask(kRoot, "announce", R"({"prefixes":["10.99.8.1/32","10.99.8.2/33"]})");
  CHECK(reply.find("\"prefix\":\"10.99.8.2/33\"") != std::string::npos);
  CHECK(service.rib.local_count() == 0);
  CHECK(service.changes == 0);
}

TEST_CASE("what was acknowledged is there again after a restart", "[service]") {
  const TempDir directory;
  std::string before;
  {
    Service service(directory);
    service.ask(
        kRoot, "announce",
        R"({"prefixes":["10.99.8.1/32","fd00::1/128"],"communities":["65010:1","no-export"],)"
        R"("large_communities":["65010:1:2"],"ext_communities":["rt:65010:7"],"med":5,"local_pref":200,)"
        R"("as_path_prepend":2,"origin":"egp","labels":{"app":"web"}})");
    service.ask(kApp, "announce", R"({"prefixes":["10.99.8.1/32","10.99.8.3/32"],"next_hop":"192.0.2.1"})");
    service.ask(kRoot, "withdraw", R"({"prefixes":["fd00::1/128"]})");
    before = service.list();
  }
  // Once from the requests as they came, once from the snapshot that the first restart made of them.
  for (int restart = 0; restart < 2; ++restart) {
    Service service(directory);
    CHECK(service.list() == before);
  }
}

TEST_CASE("the journal has a request in the client's words, but not its blanks", "[service]") {
  const auto kept = [](const std::string& line) {
    const TempDir directory;
    std::string replies;
    Service(directory).service.answer(kRoot, line, replies);
    const std::string journal = lbgp::test::read_file(directory.path("routes.journal"));
    CHECK(Service(directory).rib.local_count() == 1);
    return journal.substr(journal.find('{'));
  };
  const std::string said = R"({"id": "a", "jsonrpc": "2.0", "method": "announce", "params": {"prefixes": )";
  const std::string understood =
      R"({"jsonrpc":"2.0","method":"announce","params":{"routes":[{"prefixes":["10.99.8.1/32"],"origin":"igp"}]}})"
      "\n";
  CHECK(kept(said + "[\"10.99.8.1\"]}}") == said + "[\"10.99.8.1\"]}}\n");
  CHECK(kept(said + std::string(2000, ' ') + "[\"10.99.8.1\"]}}") == understood);
  // A batch is kept request by request: some of them may have been refused.
  CHECK(kept("[" + said + "[\"10.99.8.1\"]}}," + said + "[\"10.99.8.0/31\"]}}]") == understood);
}

TEST_CASE("a pool adds its communities and turns strangers away", "[service]") {
  const TempDir directory;
  Service service(directory);
  rib::VipPool pool;
  pool.name = "ingress";
  pool.ranges = {{*wire::parse_address("10.99.8.0"), *wire::parse_address("10.99.8.255")}};
  pool.communities = {*wire::parse_community("65010:77")};
  pool.allow_users = {"app"};
  service.service.configure({pool}, wire::AsNumber(65010));
  CHECK(service.ask(kApp, "announce", R"({"prefixes":["10.99.8.1/32"]})").find("\"result\"") !=
        std::string::npos);
  CHECK(service.list().find("65010:77") == std::string::npos);  // what the pool adds, it adds on the way out
  const std::string outside = service.ask(kApp, "announce", R"({"prefixes":["10.100.0.1/32"]})");
  CHECK(outside.find("\"prefix\":\"10.100.0.1/32\"") != std::string::npos);
  CHECK(outside.find("-32001") != std::string::npos);
}

TEST_CASE("a restart brings back what was done, not what was asked", "[service]") {
  const TempDir directory;
  std::string before;
  rib::VipPool pool;
  pool.name = "ingress";
  pool.ranges = {{*wire::parse_address("10.99.8.0"), *wire::parse_address("10.99.8.255")}};
  pool.communities = {*wire::parse_community("65010:77")};
  pool.allow_users = {"app"};
  {
    Service service(directory);
    service.service.configure({pool}, wire::AsNumber(65010));
    std::string replies;
    service.service.answer(
        kApp,
        R"([{"jsonrpc":"2.0","id":1,"method":"announce","params":{"prefixes":["10.99.8.1/32"]}},)"
        R"({"jsonrpc":"2.0","id":2,"method":"announce","params":{"prefixes":["8.8.8.8/32"]}}])",
        replies);
    CHECK(replies.find("\"changed\":1") != std::string::npos);
    CHECK(replies.find("-32001") != std::string::npos);
    service.ask(kApp, "sync",
                R"({"routes":[{"prefixes":["10.99.8.1/32","10.99.8.2/32"],"as_path_prepend":3},)"
                R"({"prefixes":["10.99.8.3/32"],"as_path_prepend":[65020,65021],)"
                R"("next_hop":{"ipv4":"192.0.2.9","ipv6":"2001:db8::9"}}]})");
    before = service.list();
    CHECK(before.find("10.99.8.3/32") != std::string::npos);
  }
  // Whoever may announce there by now: these routes stand as they were.
  Service service(directory);
  CHECK(service.list() == before);
}

TEST_CASE("what the pools do not take any more stays over a restart, and is named", "[service]") {
  const TempDir directory;
  {
    Service service(directory);
    service.ask(kRoot, "announce", R"({"prefixes":["10.99.8.1/32","10.99.9.1/32"]})");
    service.ask(kApp, "announce", R"({"prefixes":["10.99.8.2/32"],"labels":{"app":"web"}})");
  }
  rib::VipPool pool;
  pool.name = "ingress";
  pool.ranges = {{*wire::parse_address("10.99.8.0"), *wire::parse_address("10.99.8.255")}};
  Service service(directory, {pool});
  CHECK(service.rib.local_count() == 3);
  const auto outside = [&] {
    std::string names;
    for (const wire::Prefix& prefix : service.service.outside(rib::VipPools({pool})))
      names += wire::to_string(prefix) + " ";
    return names;
  };
  CHECK(outside() == "10.99.9.1/32 ");
  pool.selectors = {{"app", rib::LabelSelector::Operator::Exists, {}}};
  CHECK(outside() == "10.99.8.1/32 10.99.9.1/32 ");
  CHECK(service.service.outside({}).empty());  // without pools everything is allowed
}

TEST_CASE("a client that names all its routes for each change does not fill the disk", "[service]") {
  const TempDir directory;
  std::string before;
  {
    Service service(directory);
    std::string prefixes;
    for (int i = 1; i < 2000; ++i)
      prefixes += fmt::format("{}\"fd00:1111:2222:3333:4444:5555:6666:{:04x}/128\"", i == 1 ? "" : ",", i);
    std::size_t written = 0;
    for (int med = 0; written < std::size_t{24} << 20; ++med) {
      const std::string routes = fmt::format(
          R"({{"routes":[{{"prefixes":["fd00::1/128"],"med":{}}},{{"prefixes":[{}]}}]}})", med, prefixes);
      REQUIRE(service.ask(kRoot, "sync", routes).find(med == 0 ? "\"announced\":2000" : "\"announced\":1,") !=
              std::string::npos);
      written += routes.size();
    }
    before = service.list();
  }
  CHECK(std::filesystem::file_size(directory.path("routes.journal")) < std::size_t{17} << 20);
  CHECK(Service(directory).list() == before);
}

TEST_CASE("one line cannot ask for the whole table again and again", "[service]") {
  const TempDir directory;
  Service service(directory);
  std::string prefixes;
  for (int i = 0; i < 90'000; ++i)
    prefixes += fmt::format("{}\"10.{}.{}.{}\"", i == 0 ? "" : ",", i / 65536, i / 256 % 256, i % 256);
  service.ask(kRoot, "announce", R"({"prefixes":[)" + prefixes + "]}");
  REQUIRE(service.rib.local_count() == 90'000);
  const std::string list = R"({"jsonrpc":"2.0","id":1,"method":"list","params":{"owner":"nobody"}})";
  std::string batch = "[" + list;
  for (int i = 1; i < 10; ++i) batch += "," + list;
  std::string replies;
  service.service.answer(kRoot, batch + "]", replies);
  const auto count = [&](std::string_view word) {
    int found = 0;
    for (std::size_t at = replies.find(word); at != std::string::npos; at = replies.find(word, at + 1))
      ++found;
    return found;
  };
  CHECK(count("\"count\":0") == 3);
  CHECK(count("-32006") == 7);
  // Each line anew.
  CHECK(service.ask(kRoot, "list", R"({"owner":"nobody"})").find("\"count\":0") != std::string::npos);
}
