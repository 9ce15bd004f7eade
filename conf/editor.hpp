// SPDX-License-Identifier: Apache-2.0
// Applies lines of configuration to a Config: a file from its first line to its last, or a person's, one by
// one.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "conf/config.hpp"
#include "conf/foreign.hpp"
#include "conf/grammar.hpp"

namespace lbgp::conf {

// A file may name things before it defines them, and must not contradict itself; a person may change their
// mind, and must not mistype a neighbor's name.
enum class EditMode : std::uint8_t { File, Interactive };

// Which block is being edited.
struct Block {
  Context context = Context::Top;
  wire::Family family = wire::Family::Ipv4Unicast;  // of an address family
  std::string name;                                 // of a route map, pool or BFD profile
  bool not_there_yet = false;                       // a pool that begins with its first line
  std::uint32_t seq = 0;                            // of a route map's entry
  fsm::BfdKey bfd_peer;
};

// Remembers which block it is in. Owned by whoever reads the lines; the Config and the diagnostics must
// outlive it. A line with an error changes nothing.
class Editor {
 public:
  Editor(Config& config, Diagnostics& diagnostics, EditMode mode);

  // False: the line has an error, which is in the diagnostics.
  bool apply(const Line& line);
  // What match() found for a line in our context. `match` refers to that line.
  bool apply(const Match& match);
  // The same for text without line end; its number in diagnostics is `number`.
  bool apply(std::string_view text, std::uint32_t number = 1);
  [[nodiscard]] Context context() const { return block_.context; }
  [[nodiscard]] const Block& block() const { return block_; }
  void go_back_to(Block block) { block_ = std::move(block); }
  // Several people may edit one configuration: steps out of a block that somebody else has removed. False: it
  // is still there.
  bool leave_removed_block();
  [[nodiscard]] Diagnostics& diagnostics() { return diagnostics_; }
  // What a file has said to others; at the prompt nothing is kept for them.
  [[nodiscard]] const Foreign& foreign() const { return others_; }

  // --- for the commands' handlers ---
  [[nodiscard]] Config& config() { return config_; }
  [[nodiscard]] EditMode mode() const { return mode_; }
  [[nodiscard]] wire::Family family() const {
    return block_.family;
  }  // IPv4 unicast outside of any address family
  // What the block we are in describes.
  [[nodiscard]] RouterConfig& router() { return *config_.router; }
  [[nodiscard]] const RouterConfig& router() const { return *config_.router; }
  [[nodiscard]] RouterFamilyConfig& router_family() { return router().families[block_.family]; }
  [[nodiscard]] RouteMapEntryConfig& route_map_entry() { return config_.route_maps[block_.name][block_.seq]; }
  [[nodiscard]] VipPoolConfig& pool() {
    block_.not_there_yet = false;
    return config_.pools[block_.name];
  }
  [[nodiscard]] BfdBlockConfig& bfd_block() {
    return block_.context == Context::BfdProfile ? config_.bfd->profiles[block_.name]
                                                 : config_.bfd->peers[block_.bfd_peer];
  }
  // The neighbor or group that PEER names, made when it is new.
  [[nodiscard]] PeerConfig& peer(const Args& args, bool may_create = false);
  [[nodiscard]] PeerFamilyConfig& peer_family(const Args& args) { return peer(args).families[block_.family]; }

  void enter(Context context) { block_.context = context; }
  void enter_family(wire::Family family);
  void enter_route_map(std::string name, std::uint32_t seq);
  // A pool, even an empty one, bounds what clients may announce: where a person has said no more than its
  // name, there is none yet.
  void enter_pool(std::string name, bool not_there_yet);
  void enter_bfd_profile(std::string name);
  void enter_bfd_peer(fsm::BfdKey key);
  // A block that is none of our business: one warning for all of its lines.
  void enter_foreign(Context context, const Args& args);
  // The same after an error, which speaks for all of them.
  void pass_over_block(const Args& args);
  void swallow(std::uint32_t line);
  // A line that is none of our business.
  void pass_over_line(const Args& args);

  // Whether nothing with that hash has been said to this editor before. A list of a hundred thousand lines
  // must not be searched for each of them. At the prompt others may have said it: always false.
  [[nodiscard]] bool says_first(std::size_t hash) {
    return mode_ == EditMode::File && said_.insert(hash).second;
  }

  // The line in hand has an error.
  [[nodiscard]] bool failed() const { return failed_; }
  void error(Position position, std::string message);
  void warn(Position position, std::string message);

 private:
  [[nodiscard]] bool is_inside_foreign(const Line& line) const;
  void keep_for_others(const Line& line, bool in_block);
  [[nodiscard]] bool ends_foreign(const Line& line) const;

  Config& config_;
  Diagnostics& diagnostics_;
  EditMode mode_;
  bool failed_ = false;
  // The foreign block we are in.
  struct ForeignBlock {
    std::string command;
    Position begin;
    std::optional<std::size_t> diagnostic;  // that tells how far the block goes
    bool indented = false;
  };
  ForeignBlock foreign_;
  enum class ForOthers : std::uint8_t { No, Line, Block };
  ForOthers for_others_ = ForOthers::No;  // what the line in hand begins
  Foreign others_;
  Block block_;
  std::unordered_set<std::size_t> said_;
  PeerConfig scratch_;  // takes what is said about a neighbor that does not exist
};

}  // namespace lbgp::conf
