// SPDX-License-Identifier: Apache-2.0
// Google Benchmark over the pure parts that every route passes: where a change of the whole's speed comes
// from. One item is one prefix, or one attribute set, or one decision.
#include <benchmark/benchmark.h>

#include <vector>

#include "rib/attribute_store.hpp"
#include "rib/decision.hpp"
#include "rib/rib.hpp"
#include "tests/bench/tables.hpp"
#include "wire/framer.hpp"

namespace lbgp::bench {
namespace {

constexpr wire::Family kFamily = wire::Family::Ipv4Unicast;
constexpr FullTable kTable{.prefixes = 100'000, .attribute_sets = 10'000, .seed = 1};
const Identity kProvider{wire::IpAddress::v4(10U << 24 | 2U), wire::AsNumber(65101)};

wire::UpdateCodec codec() {
  wire::UpdateCodec result;
  result.four_octet_as = true;
  result.families = {kFamily};
  return result;
}

// Calls visit(body) for each UPDATE of a full table.
template <typename Visit>
void for_each_update(const wire::Bytes& messages, Visit&& visit) {
  wire::Framer framer;
  framer.append(messages);
  for (auto frame = framer.next(); frame && *frame; frame = framer.next()) visit((*frame)->body);
}

std::vector<wire::Update> decoded_table() {
  std::vector<wire::Update> updates;
  for_each_update(full_table(kProvider, kTable).announcements, [&](wire::ByteView body) {
    updates.push_back(wire::decode_update(body, codec(), {}).value());
  });
  return updates;
}

rib::GlobalSettings global() {
  rib::GlobalSettings settings;
  settings.local_as = wire::AsNumber(65000);
  settings.router_id = wire::RouterId(1);
  return settings;
}

// A Rib with one external peer, which is up.
struct House {
  rib::Rib rib;
  rib::PeerId peer;

  House() {
    rib::Policies policies;
    policies.prefix_lists[kFamily]["NONE"].entries[1] = {
        1, rib::Permit::Deny, {wire::IpAddress{}, 0}, {}, 32};
    rib::index(policies);
    rib.configure(global(), policies);
    peer = add({wire::IpAddress::v4(10U << 24 | 3U), wire::AsNumber(65200)}, {});
  }

  rib::PeerId add(const Identity& identity, const std::string& outbound) {
    rib::PeerSettings settings;
    settings.address = identity.address;
    settings.local_as = global().local_as;
    settings.ebgp_requires_policy = false;
    settings.families[kFamily].activated = true;
    settings.families[kFamily].prefix_list_out = outbound;
    const rib::PeerId id = rib.add_peer(settings);
    rib::PeerSession session;
    session.peer_as = identity.as;
    session.peer_id = wire::RouterId(identity.address.v4_value());
    session.codec = codec();
    session.local_next_hop[kFamily] = wire::NextHop{wire::IpAddress::v4(10U << 24 | 1U), {}};
    rib.peer_up(id, session, {});
    return id;
  }

  std::size_t pull_all() {
    wire::Bytes out;
    std::size_t octets = 0;
    for (bool more = true; more; out.clear()) {
      more = rib.pull(peer, out, 65536);
      octets += out.size();
    }
    return octets;
  }
};

rib::LocalRoutes hosts(std::int64_t count) {
  rib::LocalRoutes routes;
  for (std::uint32_t i = 0; i < count; ++i)
    routes.prefixes.push_back(wire::Prefix::host(wire::IpAddress::v4((100U << 24) + i)));
  return routes;
}

void decode_updates(benchmark::State& state) {
  const wire::Bytes table = full_table(kProvider, kTable).announcements;
  for (auto _ : state)
    for_each_update(table, [](wire::ByteView body) {
      auto update = wire::decode_update(body, codec(), {});
      benchmark::DoNotOptimize(update);
    });
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kTable.prefixes));
}
BENCHMARK(decode_updates)->Unit(benchmark::kMillisecond);

void encode_updates(benchmark::State& state) {
  const std::vector<wire::Update> updates = decoded_table();
  for (auto _ : state) {
    for (const wire::Update& update : updates) {
      if (update.reach.empty()) continue;  // End-of-RIB
      const wire::Bytes block = wire::encode_attributes(update.attributes, codec());
      wire::UpdateWriter writer(codec(), kFamily, block, update.reach[0].next_hop);
      for (const wire::Nlri& nlri : update.reach[0].nlri) benchmark::DoNotOptimize(writer.add(nlri));
      wire::Bytes message;
      writer.finish(message);
      benchmark::DoNotOptimize(message.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kTable.prefixes));
}
BENCHMARK(encode_updates)->Unit(benchmark::kMillisecond);

void announce_and_pull(benchmark::State& state) {
  rib::LocalRoutes routes = hosts(state.range(0));
  routes.attributes.communities = {wire::Community{64512U << 16 | 100U}};
  const std::vector<rib::LocalChange> changes{routes};
  for (auto _ : state) {
    House house;
    house.rib.commit("app", changes, {});
    benchmark::DoNotOptimize(house.pull_all());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(announce_and_pull)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

// A full table from each of some sources, by turns, to one peer: decoded, chosen, exported, packed.
void transit(benchmark::State& state) {
  constexpr std::size_t kTurn = 64 * 1024;
  std::vector<wire::Bytes> tables;
  std::vector<Identity> sources;
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    sources.push_back({wire::IpAddress::v4((10U << 24) + 16 + i), wire::AsNumber(65101 + i)});
    tables.push_back(full_table(sources.back(), FullTable{}).announcements);
  }
  for (auto _ : state) {
    House house;
    std::vector<rib::PeerId> peers;
    std::vector<wire::Framer> framers(sources.size());
    for (const Identity& source : sources) peers.push_back(house.add(source, "NONE"));
    for (std::size_t at = 0; at < tables.front().size() + kTurn; at += kTurn)
      for (std::size_t i = 0; i < peers.size(); ++i) {
        const wire::ByteView rest = wire::ByteView(tables[i]).subspan(std::min(at, tables[i].size()));
        framers[i].append(rest.first(std::min(rest.size(), kTurn)));
        for (auto frame = framers[i].next(); frame && *frame; frame = framers[i].next())
          house.rib.on_update(peers[i], wire::decode_update((*frame)->body, codec(), {}).value(), {});
        benchmark::DoNotOptimize(house.pull_all());
      }
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * 1'000'000);
}
BENCHMARK(transit)->Arg(1)->Arg(4)->Unit(benchmark::kMillisecond);

void single_change(benchmark::State& state) {
  House house;
  const std::vector<rib::LocalChange> standing{hosts(state.range(0))};
  house.rib.commit("app", standing, {});
  house.pull_all();
  const wire::Prefix prefix = wire::Prefix::host(wire::IpAddress::v4(99U << 24));
  const std::vector<rib::LocalChange> announce{rib::LocalRoutes{{prefix}, {}, {}}};
  const std::vector<rib::LocalChange> withdraw{std::vector{prefix}};
  for (auto _ : state) {
    house.rib.commit("app", announce, {});
    benchmark::DoNotOptimize(house.pull_all());
    house.rib.commit("app", withdraw, {});
    benchmark::DoNotOptimize(house.pull_all());
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(single_change)->Arg(200)->Arg(100'000)->Arg(1'000'000);

void decide(benchmark::State& state) {
  std::vector<rib::Candidate> candidates(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    candidates[i].ebgp = true;
    candidates[i].router_id =
        wire::RouterId(static_cast<std::uint32_t>(candidates.size() - i));  // the last wins, late
  }
  for (auto _ : state) benchmark::DoNotOptimize(rib::decide(candidates, global()));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(decide)->Arg(2)->Arg(4)->Arg(16);

void intern_attributes(benchmark::State& state) {
  std::vector<rib::RouteAttributes> sets;
  for (wire::Update& update : decoded_table()) sets.push_back({std::move(update.attributes)});
  for (auto _ : state) {
    rib::AttributeStore store;
    for (const rib::RouteAttributes& set : sets) benchmark::DoNotOptimize(store.intern(set));
    for (const rib::RouteAttributes& set : sets)
      benchmark::DoNotOptimize(store.intern(set));  // known by then
  }
  state.SetItemsProcessed(state.iterations() * 2 * static_cast<std::int64_t>(sets.size()));
}
BENCHMARK(intern_attributes)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lbgp::bench

BENCHMARK_MAIN();
