// SPDX-License-Identifier: Apache-2.0
// What is told about graceful restart while it happens, and about too many prefixes.
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "world.hpp"

using namespace lbgp::daemon::cli;
using namespace lbgp::daemon::cli::test;
namespace wire = lbgp::wire;
namespace fsm = lbgp::fsm;
namespace rib = lbgp::rib;
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr wire::Family k4 = wire::Family::Ipv4Unicast;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

json::object restart_info(World& world, const std::string& name) {
  const json::value all = json::parse(run(world, "show bgp neighbors " + name + " json").text);
  return all.at(name).at("gracefulRestartInfo").as_object();
}

// 10.90.3.101 is away and its two routes wait for it.
World away() {
  World world = router();
  NeighborData& data = world.neighbors.at("10.90.3.101");
  data.negotiated = nullptr;
  data.state = fsm::State::Active;
  data.families[k4].stale_phase = fsm::StalePhase::Restarting;
  data.families[k4].stale_remaining = 17400ms;
  data.families[k4].counters.stale = 2;
  return world;
}

}  // namespace

TEST_CASE("a neighbor that restarts: how long its routes wait", "[cli][neighbors]") {
  World world = away();
  const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
  CHECK(contains(text, "      Restart Time Remaining(sec): 17\n"));
  CHECK(contains(text,
                 "    IPv4 Unicast:\n      Timers:\n        Configured Stale Path Time(sec): 360\n"
                 "        Stale Path Remaining(sec): 17\n      Stale routes: 2\n"));
  CHECK(contains(text, "  2 stale prefixes\n"));
  const json::object info = restart_info(world, "10.90.3.101");
  CHECK(info.at("timers").at("restartTimerRemaining") == 17);
  CHECK(info.at("gracefulRestartTimerMsecs") == 17000);
  CHECK(info.at("gracefulRestartTimerSec") == 17);
  CHECK(info.at("ipv4Unicast") ==
        json::parse(
            R"({"timers":{"stalePathTimer":360,"stalePathTimerRemaining":17},"stalePrefixCounter":2})"));
}

TEST_CASE("long-lived stale routes: both times, and what remains", "[cli][neighbors][rfc9494-4.2]") {
  World world = away();
  world.configs.at("10.90.3.101").session.graceful_restart.long_lived_stale_time = 3600s;
  NeighborFamily& family = world.neighbors.at("10.90.3.101").families[k4];
  SECTION("while they wait") {
    family.stale_phase = fsm::StalePhase::LongLived;
    family.stale_remaining = 3000s;
    const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
    CHECK(contains(text, "      Configured LLGR Stale Path Time(sec): 3600\n"));
    CHECK(contains(text, "        LLGR Stale Path Remaining(sec): 3000\n"));
    CHECK_FALSE(contains(text, "Restart Time Remaining"));
    const json::object info = restart_info(world, "10.90.3.101");
    CHECK(info.at("timers").at("configuredLlgrStaleTime") == 3600);
    CHECK(info.at("ipv4Unicast").at("timers").at("llgrStalePathTimerRemaining") == 3000);
  }
  SECTION("while all is well") {
    fsm::Negotiated agreed = negotiated();
    agreed.received.capabilities.emplace_back(
        wire::LongLivedGracefulRestartCapability{{{wire::afi_safi(k4), true, 3600s}}});
    agreed.peer_families[k4].long_lived_stale_time = 600s;
    family = {};
    world.neighbors.at("10.90.3.101").negotiated = &agreed;
    const std::string text = run(world, "show bgp neighbors 10.90.3.101").text;
    CHECK(contains(text,
                   "    Long-lived Graceful Restart: received\n      Address families by peer:\n"
                   "           IPv4 Unicast\n"));
    CHECK(contains(text, "        LLGR Stale Path Time(sec): 600\n"));
    CHECK(restart_info(world, "10.90.3.101").at("ipv4Unicast").at("timers").at("llgrStaleTime") == 600);
  }
}

TEST_CASE("a stale route tells how long it may stay", "[cli][routes]") {
  wire::PathAttributes attributes;
  PathData path;
  path.path.attributes = &attributes;
  path.path.stale = true;
  path.peer = "10.90.3.101";
  path.stale_remaining = 17400ms;
  RouteData route;
  route.prefix = prefix("10.99.8.201/32");
  route.paths = {&path, 1};
  const auto json_paths = [&] { return route_json(TableHead{}, route).at("paths").as_array(); };
  CHECK(contains(route_text(TableHead{}, route),
                 "      Time until Graceful Restart stale route deleted: 17\n"));
  CHECK(json_paths()[0].at("gracefulRestartSecondsRemaining") == 17);
  path.long_lived_stale = true;
  CHECK(contains(route_text(TableHead{}, route), "      Time until Long-lived stale route deleted: 17\n"));
  CHECK(json_paths()[0].at("llgrSecondsRemaining") == 17);
}

TEST_CASE("what we are to a neighbor is called by FRR's names", "[cli][neighbors]") {
  World world = router();
  fsm::GracefulRestartSettings& settings = world.configs.at("10.90.3.101").session.graceful_restart;
  const auto mode = [&] { return restart_info(world, "10.90.3.101").at("localGrMode"); };
  CHECK(mode() == "Restart*");
  settings.helper_only = true;
  CHECK(mode() == "Helper*");
  settings.enabled = false;
  CHECK(mode() == "Disable*");
}

TEST_CASE("graceful restart alone", "[cli][neighbors]") {
  World world = away();
  const std::string text = run(world, "show bgp neighbors 10.90.3.101 graceful-restart").text;
  // As FRR 8.4.4 prints it of such a neighbor, but for the line about the whole router.
  CHECK(text.starts_with("\nCodes: GR - Graceful Restart, * -  Inheriting Global GR Config,\n"));
  CHECK(contains(
      text, "BGP neighbor is 10.90.3.101\n    Local GR Mode: Restart*\n    Remote GR Mode: NotApplicable\n"));
  CHECK(contains(text, "      Restart Time Remaining(sec): 17\n"));
  CHECK_FALSE(contains(text, "Message statistics"));
  const json::value out =
      json::parse(run(world, "show bgp neighbors 10.90.3.101 graceful-restart json").text);
  const json::object& one = out.at("10.90.3.101").as_object();
  CHECK(one.at("neighborAddr") == "10.90.3.101");
  CHECK(one.at("localGrMode") == "Restart*");
  CHECK(one.at("timers").at("restartTimerRemaining") == 17);
  CHECK_FALSE(one.contains("messageStats"));
  // Of all neighbors: the word is no neighbor's name.
  CHECK(contains(run(world, "show bgp neighbors graceful-restart").text, "BGP neighbor is fd00:90:3::101"));
}

TEST_CASE("a neighbor with too many prefixes: what to do, or how long to wait", "[cli][neighbors]") {
  World world = router();
  rib::FamilySettings& settings = world.configs.at("10.90.3.101").routes.families[k4];
  NeighborData& data = world.neighbors.at("10.90.3.101");
  settings.maximum_prefix = 100;
  settings.maximum_prefix_threshold = 80;
  const auto text = [&] { return run(world, "show bgp neighbors 10.90.3.101").text; };
  const auto out = [&] {
    return json::parse(run(world, "show bgp neighbors 10.90.3.101 json").text).at("10.90.3.101").as_object();
  };
  CHECK(contains(text(), "  Maximum prefixes allowed 100\n  Threshold for warning message 80%\n"));
  CHECK(out().at("addressFamilyInfo").at("ipv4Unicast").at("prefixAllowedWarningThresh") == 80);
  CHECK_FALSE(out().contains("prefixesConfigExceedMax"));
  data.over_maximum_prefix = true;
  CHECK(contains(text(),
                 "  Peer had exceeded the max. no. of prefixes configured.\n"
                 "  Reduce the no. of prefix and clear ip bgp 10.90.3.101 to restore peering\n"));
  CHECK(out().at("prefixesConfigExceedMax") == true);
  settings.maximum_prefix_restart = std::chrono::minutes(5);
  data.prefix_rest_remaining = 61500ms;
  CHECK(contains(text(), "  Threshold for warning message 80%, restart interval 5 min\n"));
  CHECK(contains(text(), "  Reduce the no. of prefix from 10.90.3.101, will restart in 61 seconds\n"));
  CHECK(out().at("addressFamilyInfo").at("ipv4Unicast").at("prefixAllowedRestartIntervalMsecs") == 300000);
  CHECK(out().at("restartInTimerMsec") == 61000);
}
