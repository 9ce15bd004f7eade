// SPDX-License-Identifier: Apache-2.0
// Applies lines of configuration to a Config: a file from its first line to its last, or a person's, one by
// one.
#pragma once

#include <string>
#include <string_view>

#include "conf/config.hpp"
#include "conf/grammar.hpp"

namespace lbgp::conf {

// A file may name things before it defines them, and must not contradict itself; a person may change their
// mind, and must not mistype a neighbor's name.
enum class EditMode : std::uint8_t { File, Interactive };

// Remembers which block it is in. Owned by whoever reads the lines; the Config and the diagnostics must
// outlive it. A line with an error changes nothing.
class Editor {
 public:
  Editor(Config& config, Diagnostics& diagnostics, EditMode mode);

  // False: the line has an error, which is in the diagnostics.
  bool apply(const Line& line);
  // The same for text without line end; its number in diagnostics is `number`.
  bool apply(std::string_view text, std::uint32_t number = 1);
  [[nodiscard]] Context context() const { return context_; }

  // --- for the commands' handlers ---
  [[nodiscard]] Config& config() { return config_; }
  [[nodiscard]] EditMode mode() const { return mode_; }
  [[nodiscard]] wire::Family family() const { return family_; }  // IPv4 unicast outside of any address family
  // What the block we are in describes.
  [[nodiscard]] RouterConfig& router() { return *config_.router; }
  [[nodiscard]] const RouterConfig& router() const { return *config_.router; }
  [[nodiscard]] RouterFamilyConfig& router_family() { return router().families[family_]; }
  [[nodiscard]] RouteMapEntryConfig& route_map_entry() { return config_.route_maps[name_][seq_]; }
  [[nodiscard]] VipPoolConfig& pool() { return config_.pools[name_]; }
  [[nodiscard]] BfdBlockConfig& bfd_block() {
    return context_ == Context::BfdProfile ? config_.bfd->profiles[name_] : config_.bfd->peers[bfd_peer_];
  }
  // The neighbor or group that PEER names, made when it is new.
  [[nodiscard]] PeerConfig& peer(const Args& args, bool may_create = false);
  [[nodiscard]] PeerFamilyConfig& peer_family(const Args& args) { return peer(args).families[family_]; }

  void enter(Context context) { context_ = context; }
  void enter_family(wire::Family family);
  void enter_route_map(std::string name, std::uint32_t seq);
  void enter_pool(std::string name);
  void enter_bfd_profile(std::string name);
  void enter_bfd_peer(fsm::BfdKey key);
  // A block that is none of our business: one warning for all of its lines.
  void enter_foreign(Context context, const Args& args);
  void swallow(std::uint32_t line);

  // The line in hand has an error.
  [[nodiscard]] bool failed() const { return failed_; }
  void error(Position position, std::string message);
  void warn(Position position, std::string message);

 private:
  [[nodiscard]] bool is_inside_foreign(const Line& line) const;

  Config& config_;
  Diagnostics& diagnostics_;
  EditMode mode_;
  bool failed_ = false;
  Context context_ = Context::Top;
  wire::Family family_ = wire::Family::Ipv4Unicast;
  std::string name_;  // of the route map, pool or BFD profile we are in
  fsm::BfdKey bfd_peer_;
  // The foreign block we are in.
  struct Foreign {
    std::string command;
    Position begin;
    std::size_t diagnostic = 0;
  };
  Foreign foreign_;
  std::uint32_t seq_ = 0;
  PeerConfig scratch_;  // takes what is said about a neighbor that does not exist
};

}  // namespace lbgp::conf
