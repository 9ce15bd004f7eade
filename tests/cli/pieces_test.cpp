// SPDX-License-Identifier: Apache-2.0
// Answers that are given in pieces: the same text as in one, and whole whatever happens in between.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <functional>

#include "bgpd/cli/filter.hpp"
#include "bgpd/cli/json_text.hpp"
#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace rib = lbgp::rib;
namespace json = boost::json;

namespace {

// A route at a time, and `between` after the first of them.
struct Pieces {
  std::string text;
  std::size_t count = 0;
};
Pieces in_pieces(
    World& world, std::string_view line, const std::function<void()>& between = [] {}) {
  world.largest_section = 1;
  const Shell shell;
  Session session(shell);
  Reply reply = session.start(line, world);
  Pieces pieces{reply.text};
  for (bool more = reply.rest != nullptr; more; ++pieces.count) {
    REQUIRE(pieces.count < 1000);
    more = reply.rest->next(world, pieces.text);
    if (pieces.count == 0) between();
  }
  return pieces;
}

World full() {
  World world = router();
  world.adjacent[{"10.90.3.101", RouteSelection::Advertised}] = {
      {prefix("10.99.8.0/24"), received("10.90.3.9", 65001, 5)},
      {prefix("10.99.9.0/24"), received("10.90.3.9", 65001, 5), false, false, 1},
      {prefix("10.99.9.0/24"), received("10.90.3.9", 65001, 6), false, false, 2},
      {prefix("10.99.9.7/32"), received("10.90.3.9", 65001, 5)}};
  world.known_policies.prefix_lists[wire::Family::Ipv4Unicast]["ALL"].entries[5] = {
      5, rib::Permit::Permit, prefix("0.0.0.0/0"), {}, std::uint8_t{32}};
  return world;
}

}  // namespace

TEST_CASE("an answer in pieces is the answer", "[pieces]") {
  const std::string table =
      GENERATE("show bgp ipv4 unicast", "show bgp ipv4 unicast detail", "show bgp all",
               "show bgp vrf all ipv4 unicast", "show bgp ipv4 unicast version 2",
               "show bgp ipv4 unicast prefix-list ALL", "show bgp ipv4 unicast neighbors 10.90.3.101 routes",
               "show bgp ipv4 unicast neighbors 10.90.3.101 advertised-routes",
               "show bgp ipv4 unicast neighbors 10.90.3.101 advertised-routes detail");
  const std::string form = GENERATE("", " json", " | include 10.99", " json | count routes");
  INFO(table << form);
  World world = full();
  const Reply whole = run(world, table + form);
  CHECK(whole.code == Code::Success);
  CHECK(whole.rest == nullptr);
  CHECK(in_pieces(world, table + form).text == whole.text);
  if (form == " json") CHECK_NOTHROW(json::parse(whole.text));
}

TEST_CASE("a piece is a section of the table", "[pieces]") {
  World world = full();
  std::size_t routes = 0;
  for (const auto& [prefix, route] : world.routes)
    if (prefix.family() == wire::Family::Ipv4Unicast) ++routes;
  REQUIRE(routes > 2);
  CHECK(in_pieces(world, "show bgp ipv4 unicast json").count == routes);
}

TEST_CASE("JSON is whole whatever goes away in between", "[pieces]") {
  const std::string line = GENERATE(
      "show bgp ipv4 unicast json", "show bgp all json", "show bgp vrf all ipv4 unicast detail json",
      "show bgp ipv4 unicast prefix-list ALL json", "show bgp ipv4 unicast neighbors 10.90.3.101 routes json",
      "show bgp ipv4 unicast neighbors 10.90.3.101 advertised-routes json");
  World world = full();
  const std::function<void()> gone =
      GENERATE_REF(std::function<void()>([&] { world.instance_exists = false; }),
                   std::function<void()>([&] { world.routes.clear(); }),
                   std::function<void()>([&] { world.known_policies = {}; }),
                   std::function<void()>([&] { world.adjacent.clear(); }));
  INFO(line);
  const std::string text = in_pieces(world, line, gone).text;
  INFO(text);
  CHECK_NOTHROW(json::parse(text));
}

TEST_CASE("a filter means what it meant when it was asked", "[pieces][filter]") {
  const std::string line =
      GENERATE("show bgp ipv4 unicast prefix-list ALL", "show bgp ipv4 unicast route-map ALL",
               "show bgp ipv4 unicast access-list ALL", "show bgp ipv4 unicast regexp .*");
  World world = full();
  const wire::Family family = wire::Family::Ipv4Unicast;
  world.known_policies.route_maps["ALL"][10] = {10, rib::Permit::Permit, "", {}, {}};
  world.known_policies.access_lists[family]["ALL"].entries[5] = {
      5, rib::Permit::Permit, rib::AccessPrefix{prefix("0.0.0.0/0"), false}};
  const std::string whole = run(world, line).text;
  INFO(line);
  CHECK(in_pieces(world, line, [&] { world.known_policies = {}; }).text == whole);
}

TEST_CASE("what is counted is what has been shown", "[pieces]") {
  World world = full();
  const std::string text = in_pieces(world, "show bgp ipv4 unicast json", [&] { world.routes.clear(); }).text;
  const json::object table = json::parse(text).as_object();
  CHECK(table.at("routes").as_object().size() == 1);
  CHECK(table.at("numRoutes") == 1);
}

TEST_CASE("a filter sees lines, wherever they are cut", "[pieces][filter]") {
  const std::string text = "one\ntwo\n\nthree\nfour";
  for (const FilterKind kind :
       {FilterKind::Include, FilterKind::Exclude, FilterKind::Begin, FilterKind::Count})
    for (const char* expression : {"o", "^$", "t", "r$"}) {
      const Filter filter{kind, expression};
      LineFilter lines(filter);
      std::string out;
      for (const char c : text) lines.feed(std::string_view(&c, 1), out);
      lines.finish(out);
      INFO(expression);
      CHECK(out == run_filter(filter, text).text);
    }
  CHECK(run_filter({FilterKind::Include, "o"}, text).text == "one\ntwo\nfour\n");
}

TEST_CASE("an object that is written member by member looks like one that is there", "[pieces][json]") {
  const json::object inner{{"a", json::array{1, 2}}, {"b", json::object{}}};
  const json::object whole{{"first", 1}, {"inner", inner}, {"empty", json::object{}}, {"last", "x\n"}};
  JsonStream stream;
  std::string out;
  stream.open(out);
  stream.add(out, "first", 1);
  stream.open(out, "inner");
  stream.add_all(out, inner);
  stream.close(out);
  stream.open(out, "empty");
  stream.close(out);
  stream.add(out, "last", "x\n");
  stream.close(out);
  CHECK(out == pretty(whole));
}
