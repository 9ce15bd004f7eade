// SPDX-License-Identifier: Apache-2.0
// Writing a configuration: the table's rows in their order, each asked what there is to say.
#include "conf/render.hpp"

#include "conf/profile.hpp"
#include "conf/writer.hpp"

namespace lbgp::conf {

std::string Writer::command(std::string_view value) const {
  const std::string_view pattern = row->pattern.text();
  const std::size_t open = pattern.find('{');
  const std::size_t close = pattern.find('}');
  std::string filled(pattern.substr(0, open));
  if (open != std::string_view::npos) {
    filled += value;
    filled += pattern.substr(close + 1);
  }
  constexpr std::string_view kPeer = "PEER";
  if (const std::size_t at = filled.find(kPeer); peer != nullptr && at != std::string::npos && at < open)
    filled.replace(at, kPeer.size(), name);
  while (filled.ends_with(' ')) filled.pop_back();
  return filled;
}

void Writer::emit(Scope scope) {
  for (const Row* candidate : commands()) {
    if (candidate->scope != scope || candidate->emit == nullptr) continue;
    row = candidate;
    candidate->emit(*this);
  }
}

std::string render(const Config& config, const RenderOptions& options) {
  Writer writer(config, options);
  writer.emit(Scope::File);
  return std::move(writer.text);
}

namespace {

template <typename T>
void spell_out(Maybe<T>& said, const T& ours, const T& traditional) {
  if (!said && ours != traditional) said = At<T>{ours, {}};
}

}  // namespace

Config spell_out_profile(Config config) {
  if (!config.router) return config;
  const Defaults ours = defaults_of(config.profile());
  const Defaults traditional = defaults_of(Profile::Traditional);
  RouterConfig& router = *config.router;
  spell_out(router.timers, ours.timers, traditional.timers);
  spell_out(router.log_neighbor_changes, ours.log_neighbor_changes, traditional.log_neighbor_changes);
  spell_out(router.ebgp_requires_policy, ours.ebgp_requires_policy, traditional.ebgp_requires_policy);
  spell_out(router.network_import_check, ours.network_import_check, traditional.network_import_check);
  spell_out(router.deterministic_med, ours.deterministic_med, traditional.deterministic_med);
  spell_out(router.graceful_restart, ours.graceful_restart, traditional.graceful_restart);
  spell_out(router.restart_time, ours.restart_time, traditional.restart_time);
  spell_out(router.stalepath_time, ours.stalepath_time, traditional.stalepath_time);
  spell_out(router.preserve_forwarding, ours.preserve_forwarding, traditional.preserve_forwarding);
  spell_out(router.restart_notification, ours.restart_notification, traditional.restart_notification);
  spell_out(router.software_version, ours.software_version, traditional.software_version);
  // FRR knows no connect retry time of the router: it stands with groups and with neighbors in none.
  for (auto& [name, group] : router.groups)
    spell_out(group.connect_retry, ours.connect_retry, traditional.connect_retry);
  for (auto& [address, peer] : router.neighbors)
    if (!peer.peer_group) spell_out(peer.connect_retry, ours.connect_retry, traditional.connect_retry);
  return config;
}

}  // namespace lbgp::conf
