// SPDX-License-Identifier: Apache-2.0
// The decision process: each step decides when all earlier ones tie, and says so.
#include "rib/decision.hpp"

#include <algorithm>
#include <functional>
#include <random>

#include "tests/rib/support.hpp"

namespace lbgp::rib::test {

namespace {

// An external path that ties with every other such path up to the given things.
Candidate external(std::uint32_t neighbor_as = 65001) {
  Candidate c;
  c.ebgp = true;
  c.key.path_length = 2;
  c.key.neighbor_as = neighbor_as;
  c.router_id = wire::RouterId(5);
  c.neighbor = A("10.0.0.5");
  return c;
}

struct Step {
  const char* reason;
  std::function<void(Candidate&)> improve;
};

// In FRR's order; each row makes a path better in one step only.
const std::vector<Step>& steps() {
  static const std::vector<Step> all{
      {"Weight", [](Candidate& c) { c.key.weight = 1; }},
      {"Local Pref",
       [](Candidate& c) {
         c.key.local_pref = 101;
         c.key.has_local_pref = true;
       }},
      {"AS Path", [](Candidate& c) { c.key.path_length = 1; }},
      {"Router ID", [](Candidate& c) { c.router_id = wire::RouterId(4); }},
      {"Neighbor IP", [](Candidate& c) { c.neighbor = A("10.0.0.4"); }},
      {"Nothing left to compare", [](Candidate& c) { c.path_id = 0; }},
  };
  return all;
}

Decision both_ways(const Candidate& better, const Candidate& worse,
                   const GlobalSettings& settings = global()) {
  const std::array forward{better, worse};
  const std::array backward{worse, better};
  const Decision first = decide(forward, settings);
  const Decision second = decide(backward, settings);
  CHECK(first.best == 0);
  CHECK(second.best == 1);
  CHECK(first.reason == second.reason);
  return first;
}

}  // namespace

TEST_CASE("a lonely path was the first received", "[rfc4271-9.1.2][decision]") {
  const std::array one{external()};
  CHECK(to_string(decide(one, global()).reason) == "First path received");
}

TEST_CASE("each step decides what the earlier ones left open", "[rfc4271-9.1.2.2][decision]") {
  for (const Step& step : steps()) {
    INFO(step.reason);
    Candidate worse = external();
    worse.path_id = 1;
    Candidate better = worse;
    step.improve(better);
    CHECK(to_string(both_ways(better, worse).reason) == step.reason);
  }
}

TEST_CASE("an earlier step outweighs all later ones together", "[rfc4271-9.1.2.2][decision]") {
  for (std::size_t i = 0; i + 1 < steps().size(); ++i) {
    Candidate worse = external();
    worse.path_id = 1;
    Candidate better = worse;
    steps()[i].improve(better);
    for (std::size_t later = i + 1; later < steps().size(); ++later) steps()[later].improve(worse);
    INFO(steps()[i].reason);
    CHECK(to_string(both_ways(better, worse).reason) == steps()[i].reason);
  }
}

TEST_CASE("the length of the AS path can be left out, or count confederation segments",
          "[rfc4271-9.1.2.2][rfc5065-5.3][decision]") {
  Candidate near = external();
  near.router_id = wire::RouterId(9);
  Candidate far = external();
  far.key.path_length = 3;
  CHECK(to_string(both_ways(near, far).reason) == "AS Path");
  CHECK_FALSE(equal_for_multipath(near, far, global()));
  GlobalSettings settings = global();
  settings.count_confederations = true;
  CHECK(to_string(both_ways(near, far, settings).reason) == "Confederation based AS Path");
  settings.ignore_as_path = true;
  CHECK(to_string(both_ways(far, near, settings).reason) == "Router ID");
  CHECK(equal_for_multipath(near, far, settings));
}

TEST_CASE("the nearer next hop goes before all that is arbitrary", "[rfc4271-9.1.2.2][decision]") {
  Candidate near = external();
  near.router_id = wire::RouterId(9);
  Candidate far = external();
  far.igp_metric = 1;
  far.selected = true;
  CHECK(to_string(both_ways(near, far).reason) == "IGP Metric");
  far.ebgp = near.ebgp = false;
  CHECK(to_string(both_ways(near, far).reason) == "IGP Metric");
  CHECK_FALSE(equal_for_multipath(near, far, global()));
  near.key.path_length = 3;
  CHECK(to_string(both_ways(far, near).reason) == "AS Path");
}

TEST_CASE("a missing LOCAL_PREF counts as the default", "[rfc4271-9.1.1][decision]") {
  Candidate explicit_pref = external();
  explicit_pref.key.has_local_pref = true;
  explicit_pref.key.local_pref = 99;
  CHECK(to_string(both_ways(external(), explicit_pref).reason) == "Local Pref");
}

TEST_CASE("our own route beats a received one that is shorter", "[decision]") {
  Candidate own;
  own.local = true;
  own.owner = "app";
  own.key.path_length = 3;
  CHECK(to_string(both_ways(own, external()).reason) == "Local Route");
}

TEST_CASE("AIGP is compared on request, and whoever has it goes first", "[rfc7311-4.1][decision]") {
  Candidate near = external();
  near.aigp = 10;
  Candidate far = external();
  far.aigp = 11;
  far.key.path_length = 1;
  Candidate without = external();
  without.key.path_length = 1;
  CHECK(to_string(both_ways(far, near).reason) == "AS Path");
  GlobalSettings settings = global();
  settings.compare_aigp = true;
  CHECK(to_string(both_ways(near, far, settings).reason) == "AIGP");
  CHECK(to_string(both_ways(near, without, settings).reason) == "AIGP");
  far.aigp = near.aigp;
  CHECK(to_string(both_ways(far, near, settings).reason) == "AS Path");
  // Earlier steps stay earlier; equal cost needs an equal metric.
  without.key.weight = 1;
  CHECK(to_string(both_ways(without, near, settings).reason) == "Weight");
  far = near;
  CHECK(equal_for_multipath(near, far, settings));
  far.aigp = 11;
  CHECK_FALSE(equal_for_multipath(near, far, settings));
  CHECK(equal_for_multipath(near, far, global()));
}

TEST_CASE("among local owners the lowest name decides, whatever its attributes", "[decision]") {
  Candidate a;
  a.local = true;
  a.owner = "a";
  a.key.path_length = 9;
  Candidate b = a;
  b.owner = "b";
  b.key.path_length = 0;
  b.key.weight = 100;
  CHECK(to_string(both_ways(a, b).reason) == "Nothing left to compare");
}

TEST_CASE("origin IGP is better than incomplete", "[rfc4271-9.1.2.2][decision]") {
  Candidate worse = external();
  worse.key.origin = 2;
  CHECK(to_string(both_ways(external(), worse).reason) == "Origin");
}

TEST_CASE("MED is compared within one neighboring AS only, unless always", "[rfc4271-9.1.2.2][decision]") {
  Candidate high = external(65001);
  high.key.has_med = true;
  high.key.med = 50;
  high.router_id = wire::RouterId(1);
  Candidate low = external(65001);
  low.key.has_med = true;
  low.key.med = 10;
  CHECK(to_string(both_ways(low, high).reason) == "MED");
  low.key.neighbor_as = 65002;
  CHECK(to_string(both_ways(high, low).reason) == "Router ID");
  GlobalSettings settings = global();
  settings.always_compare_med = true;
  CHECK(to_string(both_ways(low, high, settings).reason) == "MED");
}

TEST_CASE("a missing MED is best, or worst when configured", "[rfc4271-9.1.2.2][decision]") {
  Candidate with = external();
  with.key.has_med = true;
  with.key.med = 1;
  CHECK(to_string(both_ways(external(), with).reason) == "MED");
  GlobalSettings settings = global();
  settings.med_missing_as_worst = true;
  CHECK(to_string(both_ways(with, external(), settings).reason) == "MED");
}

TEST_CASE("the outcome does not hang on the order of arrival even where MED does not order", "[decision]") {
  // a beats b by MED, b beats c and c beats a by router id: sequential comparison would go in circles.
  Candidate a = external(65001);
  a.key.has_med = true;
  a.key.med = 10;
  a.router_id = wire::RouterId(3);
  Candidate b = external(65001);
  b.key.has_med = true;
  b.key.med = 20;
  b.router_id = wire::RouterId(1);
  Candidate c = external(65002);
  c.router_id = wire::RouterId(2);
  std::vector<Candidate> all{a, b, c};
  std::vector<std::size_t> order{0, 1, 2};
  do {
    const std::vector<Candidate> shuffled{all[order[0]], all[order[1]], all[order[2]]};
    CHECK(order[decide(shuffled, global()).best] == 2);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("external beats internal", "[rfc4271-9.1.2.2][decision]") {
  Candidate internal = external();
  internal.ebgp = false;
  internal.router_id = wire::RouterId(1);
  CHECK(to_string(both_ways(external(), internal).reason) == "Peer Type");
}

TEST_CASE("the present best external path stays unless router ids are to decide", "[rfc5004][decision]") {
  Candidate present = external();
  present.selected = true;
  Candidate lower = external();
  lower.router_id = wire::RouterId(1);
  CHECK(to_string(both_ways(present, lower).reason) == "Older Path");
  GlobalSettings settings = global();
  settings.compare_router_id = true;
  CHECK(to_string(both_ways(lower, present, settings).reason) == "Router ID");
}

TEST_CASE("ORIGINATOR_ID stands in for the router id, then the shorter cluster list wins",
          "[rfc4456-9][decision]") {
  Candidate reflected = external();
  reflected.ebgp = false;
  reflected.key.has_originator_id = true;
  reflected.key.originator_id = 1;
  Candidate direct = external();
  direct.ebgp = false;
  CHECK(to_string(both_ways(reflected, direct).reason) == "Router ID");
  reflected.key.originator_id = 5;
  reflected.key.cluster_length = 2;
  reflected.neighbor = A("10.0.0.1");
  CHECK(to_string(both_ways(direct, reflected).reason) == "Cluster length");
}

TEST_CASE("paths are equal for multipath up to the peer type", "[decision]") {
  Candidate other = external();
  other.router_id = wire::RouterId(9);
  other.neighbor = A("10.0.0.9");
  CHECK(equal_for_multipath(external(), other, global()));
  other.key.path_length = 3;
  CHECK_FALSE(equal_for_multipath(external(), other, global()));
  other = external();
  other.ebgp = false;
  CHECK_FALSE(equal_for_multipath(external(), other, global()));
  GlobalSettings settings = global();
  settings.peer_type_relax = true;
  CHECK(equal_for_multipath(external(), other, settings));
  CHECK(to_string(both_ways(external(), other, settings).reason) == "Peer Type");
  other.local = true;
  CHECK_FALSE(equal_for_multipath(external(), other, settings));
}

// Few values of everything, so that most steps tie now and then.
Candidate anything(std::mt19937& random, std::uint32_t number) {
  const auto below = [&](std::uint32_t limit) { return static_cast<std::uint32_t>(random() % limit); };
  Candidate c;
  c.key.weight = below(8) == 0 ? 1 : 0;
  c.key.has_local_pref = below(4) == 0;
  if (c.key.has_local_pref) c.key.local_pref = 100 + below(2);
  c.key.path_length = static_cast<std::uint16_t>(1 + below(2));
  c.key.origin = static_cast<std::uint8_t>(below(2));
  c.key.has_med = below(3) == 0;
  if (c.key.has_med) c.key.med = below(3);
  c.key.neighbor_as = 65001 + below(2);
  c.key.cluster_length = static_cast<std::uint16_t>(below(2));
  if (below(8) == 0) c.key.long_lived_stale = true;
  c.ebgp = below(2) == 0;
  c.igp_metric = below(2);
  c.router_id = wire::RouterId(1 + below(3));
  c.neighbor = wire::IpAddress::v4(0x0a000001U + number);
  if (below(4) == 0) c.aigp = below(2);
  return c;
}

TEST_CASE("where two paths tell who is best, the others change nothing", "[decision][rfc4271-9.1.2.2]") {
  std::mt19937 random(11);
  std::size_t told = 0;
  constexpr int kRounds = 20'000;
  for (int round = 0; round < kRounds; ++round) {
    GlobalSettings settings = global();
    settings.always_compare_med = random() % 2 == 0;
    settings.med_missing_as_worst = random() % 4 == 0;
    settings.compare_router_id = random() % 2 == 0;
    settings.compare_aigp = random() % 2 == 0;
    settings.ignore_as_path = random() % 4 == 0;
    std::vector<Candidate> paths;
    for (std::uint32_t number = 0; number < 1 + random() % 5; ++number)
      paths.push_back(anything(random, number));
    const std::size_t best = decide(paths, settings).best;
    paths[best].selected = true;
    const Candidate added = anything(random, 9);
    const auto wins = beats_best(added, paths[best], settings);
    if (!wins) continue;
    ++told;
    paths.push_back(added);
    CHECK(decide(paths, settings).best == (*wins ? paths.size() - 1 : best));
  }
  CHECK(told > kRounds / 2);
}

TEST_CASE("a MED leaves it to all paths who is best", "[decision][rfc4271-9.1.2.2]") {
  Candidate best = external();
  Candidate added = external();
  best.selected = true;
  added.neighbor = A("10.0.0.1");
  CHECK(beats_best(added, best, global()) == false);  // RFC 5004: the present one stays
  added.key.has_med = true;
  added.key.med = 1;
  CHECK_FALSE(beats_best(added, best, global()));
  added.key.path_length = 1;  // decided before
  CHECK(beats_best(added, best, global()) == true);
}

}  // namespace lbgp::rib::test
