// SPDX-License-Identifier: Apache-2.0
// The RIB's configuration side: settings, policies, the set of peers.
#include "rib/rib.hpp"

#include <algorithm>
#include <utility>

#include "rib/state.hpp"

namespace lbgp::rib {

Rib::Rib(std::size_t inline_slice) : state_(std::make_unique<State>(inline_slice)) {}
Rib::~Rib() = default;

std::shared_ptr<const Policy> Rib::State::policy_for(wire::Family family, const PolicyNames& names) {
  std::shared_ptr<const Policy>& policy = compiled[{family, names}];
  if (!policy) policy = std::make_shared<const Policy>(policies, family, names);
  return policy;
}

std::shared_ptr<const Policy> Rib::State::route_map(wire::Family family, const std::string& name) {
  return policy_for(family, {{}, {}, {}, name});
}

ExportPolicies Rib::State::export_policies(const ExportKey& key) {
  ExportPolicies found{policy_for(key.family, key.policy)};
  if (!key.unsuppress_map.empty()) found.unsuppress = policy_for(key.family, unsuppress_names(key));
  return found;
}

// Replaces what reads differently now; policies that nobody uses any more go.
void Rib::State::recompile_policies() {
  std::erase_if(compiled, [](const auto& entry) { return entry.second.use_count() == 1; });
  for (auto& [name, policy] : compiled) {
    Policy fresh(policies, name.first, name.second);
    if (!(fresh == *policy)) policy = std::make_shared<const Policy>(std::move(fresh));
  }
}

// The new policy is in place. What is stored as received can be judged again here; for the rest somebody has
// to ask the peer.
void Rib::State::inbound_changed(Peer& peer, wire::Family family) {
  const PeerFamily& in = peer[family];
  if (!peer.up || !in.negotiated) return;
  const std::uint32_t number = in.out.peer();
  if (in.keeps_raw)
    start({Job::Kind::Reapply, family, number, nullptr, 0});
  else
    refresh_requests.push_back({{number}, family});
}

void Rib::configure(GlobalSettings settings, Policies policies, std::vector<VipPool> pools) {
  State& s = *state_;
  const bool pools_changed = pools != s.pools.all();
  if (pools_changed) s.pools = VipPools(std::move(pools));
  const GlobalSettings before = std::exchange(s.settings, std::move(settings));
  GlobalSettings same_networks = before;
  same_networks.networks = s.settings.networks;
  same_networks.aggregates = s.settings.aggregates;
  const bool decision_changed = !(same_networks == s.settings);
  if (!(policies == s.policies)) {
    s.policies = std::move(policies);
    s.recompile_policies();
  }
  s.originate_networks(before.networks);
  s.configure_aggregates(before);
  s.configure_conditions();
  for (const wire::Family family : wire::kFamilies) {
    if (decision_changed) s.start({Job::Kind::Reselect, family, 0, nullptr, 0});
    for (const auto& group : s.table(family).groups) {
      ExportPolicies fresh = s.export_policies(group->key());
      const bool local_pref_changed = before.default_local_pref != s.settings.default_local_pref;
      if (fresh == group->policies() && !local_pref_changed && !pools_changed) continue;
      group->change_policies(std::move(fresh));
      s.start({Job::Kind::BuildGroup, family, 0, group.get(), 0});
    }
    for (const auto& peer : s.peers) {
      if (!peer || !peer->exists) continue;
      auto policy = s.policy_for(family, inbound_names(peer->settings.families[family]));
      const bool policy_changed = policy != std::exchange((*peer)[family].policy_in, policy);
      const bool loops_changed = peer->session.ibgp && before.cluster() != s.settings.cluster();
      if (policy_changed || loops_changed) s.inbound_changed(*peer, family);
      // Reflection (RFC 4456) and pools are part of an export group's key.
      if (decision_changed || pools_changed) s.regroup(*peer, family);
    }
  }
  s.settle();
}

PeerId Rib::add_peer(PeerSettings settings) {
  State& s = *state_;
  const auto reusable = std::find_if(s.peers.begin(), s.peers.end(), [](const auto& peer) {
    return !peer->exists && std::all_of(peer->families.begin(), peer->families.end(),
                                        [](const PeerFamily& family) { return family.received.empty(); });
  });
  const auto number = static_cast<std::uint32_t>(reusable - s.peers.begin());
  if (reusable == s.peers.end())
    s.peers.push_back(nullptr);
  else
    std::erase_if(s.jobs, [&](const Job& job) {
      return (job.kind == Job::Kind::Sweep || job.kind == Job::Kind::LongLived) && job.peer == number;
    });
  std::unique_ptr<Peer>& peer = s.peers[number];
  peer = std::make_unique<Peer>(number, s.store);
  peer->settings = std::move(settings);
  for (const wire::Family family : wire::kFamilies) {
    (*peer)[family].policy_in = s.policy_for(family, inbound_names(peer->settings.families[family]));
  }
  std::erase(s.ready, PeerId{number});
  return {number};
}

void Rib::change_peer(PeerId id, PeerSettings settings) {
  State& s = *state_;
  Peer& peer = s.at(id);
  const PeerSettings before = std::exchange(peer.settings, std::move(settings));
  for (const wire::Family family : wire::kFamilies) {
    const FamilySettings& now = peer.settings.families[family];
    const FamilySettings& old = before.families[family];
    PeerFamily& in = peer[family];
    // What is to be kept has to be said again; what was kept goes as it is.
    const bool keeps_raw = peer.up && now.keeps_raw();
    const bool kept_raw = std::exchange(in.keeps_raw, keeps_raw);
    if (peer.up && keeps_raw && !kept_raw) s.refresh_requests.push_back({id, family});
    auto policy = s.policy_for(family, inbound_names(now));
    const bool inbound = policy != std::exchange(in.policy_in, policy) || now.weight != old.weight ||
                         now.allowas_in != old.allowas_in || now.allowas_in_origin != old.allowas_in_origin ||
                         peer.settings.enforce_first_as != before.enforce_first_as ||
                         peer.settings.graceful_shutdown != before.graceful_shutdown ||
                         peer.settings.local_as != before.local_as ||
                         peer.settings.local_as_no_prepend != before.local_as_no_prepend ||
                         now.site_of_origin != old.site_of_origin ||
                         peer.settings.ebgp_requires_policy != before.ebgp_requires_policy;
    if (inbound && (kept_raw || !keeps_raw)) s.inbound_changed(peer, family);
    s.regroup(peer, family);
    // RFC 4456 §6, RFC 7947 §2.2: whom its routes go to, and how.
    if (peer.session.ibgp ? now.route_reflector_client != old.route_reflector_client
                          : now.route_server_client != old.route_server_client)
      s.start({Job::Kind::Export, family, id.value, nullptr, 0});
  }
}

void Rib::remove_peer(PeerId id) {
  State& s = *state_;
  peer_down(id, {});
  s.at(id).exists = false;
  std::erase(s.ready, id);
  std::erase_if(s.refresh_requests, [&](const RefreshRequest& request) { return request.peer == id; });
  s.at(id).in_ready = false;
}

std::vector<RefreshRequest> Rib::take_refresh_requests() {
  return std::exchange(state_->refresh_requests, {});
}

}  // namespace lbgp::rib
