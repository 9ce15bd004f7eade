// SPDX-License-Identifier: Apache-2.0
// What a line may concern follows from its command's scope; that part is kept, and compared.
#include "conf/edit.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "conf/check.hpp"
#include "conf/compile.hpp"

namespace lbgp::conf {
namespace {

// What is looked at before and after a line.
enum class Subject : std::uint8_t { Nothing, Peer, Router, WholeRouter, Pools };

// What a foreign block takes, whatever it is.
bool is_any_line(const Match& match) {
  return match.row->pattern[0].kind == TokenKind::Rest;
}

// Commands that only lead into a block or out of it cannot be undone.
bool only_moves(const Match& match) {
  return is_any_line(match) || (!match.no && match.row->unset == nullptr);
}

Subject subject_of(const Match& match) {
  if (only_moves(match)) return Subject::Nothing;
  switch (match.row->scope) {
    case Scope::Peer:
    case Scope::PeerFamily:
      return Subject::Peer;
    case Scope::Router:
      return Subject::Router;
    case Scope::VipPool:
      return Subject::Pools;
    default:  // nothing can go wrong with what else there is, and no session ends for it but with the router
      return match.no && match.args.has("router") ? Subject::WholeRouter : Subject::Nothing;
  }
}

class Attempt {
 public:
  Attempt(Editor& editor, const Match& match) : editor_(editor), match_(match), subject_(subject_of(match)) {}

  Edited run() {
    keep();
    Edited edited;
    edited.changed = !only_moves(match_);
    edited.passed_over = is_any_line(match_);
    const Diagnostics before = check_subject();
    edited.accepted = editor_.apply(match_);
    edited.diagnostics = std::exchange(editor_.diagnostics(), {});
    if (edited.accepted)
      for (Diagnostic& diagnostic : check_subject())
        if (!contains(before, diagnostic) && !contains(edited.diagnostics, diagnostic))
          edited.diagnostics.push_back(std::move(diagnostic));
    if (has_errors(edited.diagnostics)) {
      edited.accepted = edited.changed = false;
      take_back();
    } else if (begins_an_empty_pool()) {
      edited.changed = false;
      take_back();
    } else {
      compare(edited);
      edited.narrows_pools = narrows_pools();
    }
    return edited;
  }

 private:
  static bool contains(const Diagnostics& diagnostics, const Diagnostic& wanted) {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const Diagnostic& d) {
      return d.severity == wanted.severity && d.message == wanted.message;
    });
  }

  [[nodiscard]] std::string_view peer_name() const { return match_.args.text("PEER"); }

  // The neighbors whose settings the line may change.
  [[nodiscard]] std::vector<fsm::PeerKey> concerned() const {
    std::vector<fsm::PeerKey> keys;
    if (!editor_.config().router || subject_ == Subject::Nothing || subject_ == Subject::Pools) return keys;
    const RouterConfig& router = *editor_.config().router;
    const bool all = subject_ != Subject::Peer;
    const fsm::PeerKey named = fsm::peer_key(peer_name());
    if (!all && router.neighbors.contains(named)) keys.push_back(named);
    if (!all && !router.groups.contains(std::string(peer_name()))) return keys;
    for (const auto& [key, peer] : router.neighbors)
      if (all || (peer.peer_group && peer.peer_group->value == peer_name())) keys.push_back(key);
    return keys;
  }

  void keep() {
    const Config& config = editor_.config();
    block_ = editor_.block();
    for (const fsm::PeerKey& key : concerned()) neighbors_.emplace(key, compile_neighbor(config, key));
    if (subject_ == Subject::Router) router_ = config.router;
    if (subject_ == Subject::Pools)
      if (const auto pool = config.pools.find(block_.name); pool != config.pools.end()) pool_ = pool->second;
    if (subject_ != Subject::Peer) return;
    const auto& router = *config.router;
    if (const auto peer = router.neighbors.find(fsm::peer_key(peer_name())); peer != router.neighbors.end())
      neighbor_ = peer->second;
    if (const auto group = router.groups.find(std::string(peer_name())); group != router.groups.end())
      group_ = group->second;
  }

  void take_back() {
    Config& config = editor_.config();
    editor_.go_back_to(block_);
    if (subject_ == Subject::Router) config.router = std::move(router_);
    if (subject_ == Subject::Pools) put_back(config.pools, block_.name, std::move(pool_));
    if (subject_ != Subject::Peer) return;
    put_back(config.router->neighbors, fsm::peer_key(peer_name()), std::move(neighbor_));
    put_back(config.router->groups, std::string(peer_name()), std::move(group_));
  }
  template <typename Map, typename Key, typename Value>
  static void put_back(Map& map, const Key& key, std::optional<Value> kept) {
    if (kept)
      map[key] = std::move(*kept);
    else
      map.erase(key);
  }

  [[nodiscard]] Diagnostics check_subject() const {
    Diagnostics found;
    if (subject_ == Subject::Peer) check_peer(editor_.config(), peer_name(), found);
    if (subject_ == Subject::Router) check_router(editor_.config(), found);
    if (subject_ == Subject::Pools) check_pools(editor_.config(), found);
    return found;
  }

  // A pool is there from its first line on; taking back what was never said is no such line.
  [[nodiscard]] bool begins_an_empty_pool() const {
    return subject_ == Subject::Pools && !pool_ && match_.no;
  }

  // A pool that is new, that is gone, or that takes less.
  [[nodiscard]] bool narrows_pools() const {
    if (subject_ == Subject::Pools) return !pool_ || match_.no || match_.args.has("operator");
    return match_.no && match_.args.has("vip-pool");
  }

  void compare(Edited& edited) const {
    const fsm::PeerKey named = fsm::peer_key(peer_name());
    if (subject_ == Subject::Peer && !neighbor_ && editor_.config().router->neighbors.contains(named))
      edited.added = named;
    for (const auto& [key, before] : neighbors_) {
      if (!before) continue;
      const std::optional<Neighbor> after = compile_neighbor(editor_.config(), key);
      if (!after) {
        edited.removed.push_back(key);
        continue;
      }
      NeighborDiff changes = diff(*before, *after);
      if (changes.needs(Impact::Reset)) edited.resets.push_back(std::move(changes));
    }
  }

  Editor& editor_;
  const Match& match_;
  const Subject subject_;
  // As it was before the line.
  Block block_;
  std::map<fsm::PeerKey, std::optional<Neighbor>> neighbors_;
  std::optional<RouterConfig> router_;
  std::optional<PeerConfig> neighbor_, group_;
  std::optional<VipPoolConfig> pool_;
};

}  // namespace

Edited edit(Editor& editor, std::string_view text) {
  Edited edited;
  const bool removed = editor.leave_removed_block();
  Line line;
  std::uint32_t bad_column = 0;
  split_words(text, line, bad_column);
  if (bad_column != 0) {
    edited.diagnostics.push_back({Severity::Error, {0, bad_column}, "control character in the text"});
  } else if (line.words.empty()) {
    edited.accepted = true;
  } else {
    const MatchResult result = match(line, editor.context());
    if (const auto* mismatch = std::get_if<Mismatch>(&result))
      edited.mismatch = *mismatch;
    else
      edited = Attempt(editor, std::get<Match>(result)).run();
  }
  edited.block_was_removed = removed;
  return edited;
}

}  // namespace lbgp::conf
