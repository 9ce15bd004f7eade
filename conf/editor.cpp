// SPDX-License-Identifier: Apache-2.0
// The editor: finds a line's command and runs its handler.
#include "conf/editor.hpp"

#include <fmt/format.h>

namespace lbgp::conf {

Editor::Editor(Config& config, Diagnostics& diagnostics, EditMode mode)
    : config_(config), diagnostics_(diagnostics), mode_(mode) {}

bool Editor::apply(const Line& line) {
  if (line.words.empty()) return true;
  for_others_ = ForOthers::No;
  if (is_inside_foreign(line)) {
    foreign_.indented = true;
    swallow(line.number);
    keep_for_others(line, true);
    return true;
  }
  if (ends_foreign(line)) block_.context = parent(context());
  const Context before = context();
  const MatchResult result = match(line, block_.context);
  if (const Mismatch* mismatch = std::get_if<Mismatch>(&result)) {
    error(mismatch->position, mismatch->message);
    return false;
  }
  const Match& found = std::get<Match>(result);
  const bool applied = apply(found);
  if (mode_ == EditMode::File) keep_for_others(line, is_foreign(before) && found.context == before);
  return applied;
}

bool Editor::apply(const Match& found) {
  failed_ = false;
  block_.context = found.context;  // a command of an outer block leaves the inner one
  if (block_.context != Context::AddressFamily) block_.family = wire::Family::Ipv4Unicast;
  (found.no ? found.row->unset : found.row->set)(*this, found.args);
  return !failed_;
}

bool Editor::apply(std::string_view text, std::uint32_t number) {
  Line line;
  line.number = number;
  std::uint32_t bad_column = 0;
  split_words(text, line, bad_column);
  if (bad_column == 0) return apply(line);
  error({number, bad_column}, "control character in the text");
  return false;
}

bool Editor::leave_removed_block() {
  const auto there = [&] {
    switch (block_.context) {
      case Context::Top:
      case Context::LineVty:
      case Context::Foreign:
        return true;
      case Context::Router:
      case Context::AddressFamily:
      case Context::ForeignFamily:
        return config_.router.has_value();
      case Context::RouteMap: {
        const auto map = config_.route_maps.find(block_.name);
        return map != config_.route_maps.end() && map->second.contains(block_.seq);
      }
      case Context::VipPool:
        return block_.not_there_yet || config_.pools.contains(block_.name);
      case Context::Bfd:
        return config_.bfd.has_value();
      case Context::BfdProfile:
        return config_.bfd && config_.bfd->profiles.contains(block_.name);
      case Context::BfdPeer:
        return config_.bfd && config_.bfd->peers.contains(block_.bfd_peer);
    }
    return true;
  };
  if (there()) return false;
  block_.context = Context::Top;
  return true;
}

PeerConfig& Editor::peer(const Args& args, bool may_create) {
  RouterConfig& router = this->router();
  const std::string_view name = args.text("PEER");
  const Place place = args.position("PEER");
  const fsm::PeerKey key = fsm::peer_key(name);
  const bool neighbor = key.address() != nullptr || router.neighbors.contains(key);
  const bool known = neighbor ? router.neighbors.contains(key) : router.groups.contains(std::string(name));
  if (!known && !may_create && mode_ == EditMode::Interactive) {
    error(place,
          key.address() != nullptr
              ? fmt::format("no neighbor {}: give it a remote-as or a peer-group first", name)
              : fmt::format("no peer-group and no neighbor {}: begin with \"neighbor {} peer-group\", or "
                            "\"neighbor {} interface\" for who is on that link",
                            name, name, name));
    return scratch_ = {};
  }
  PeerConfig& peer = neighbor ? router.neighbors[key] : router.groups[std::string(name)];
  if (!known) peer.place = place;
  return peer;
}

void Editor::enter_family(wire::Family family) {
  block_.context = Context::AddressFamily;
  block_.family = family;
}

void Editor::enter_route_map(std::string name, std::uint32_t seq) {
  block_.context = Context::RouteMap;
  block_.name = std::move(name);
  block_.seq = seq;
}

void Editor::enter_pool(std::string name, bool not_there_yet) {
  block_.context = Context::VipPool;
  block_.name = std::move(name);
  block_.not_there_yet = not_there_yet;
}

void Editor::enter_bfd_profile(std::string name) {
  block_.context = Context::BfdProfile;
  block_.name = std::move(name);
}

void Editor::enter_bfd_peer(fsm::BfdKey key) {
  block_.context = Context::BfdPeer;
  block_.bfd_peer = std::move(key);
}

void Editor::enter_foreign(Context context, const Args& args) {
  block_.context = context;
  foreign_ = {args.canonical(), args.position(), diagnostics_.size()};
  for_others_ = ForOthers::Block;
  warn(foreign_.begin, fmt::format("\"{}\" is not for this daemon: it has no effect", foreign_.command));
}

void Editor::pass_over_line(const Args& args) {
  for_others_ = ForOthers::Line;
  warn(args.position(), fmt::format("\"{}\" is not for this daemon: it has no effect", args.canonical()));
}

void Editor::pass_over_block(const Args& args) {
  block_.context = Context::Foreign;
  foreign_ = {args.canonical(), args.position(), std::nullopt};
}

void Editor::swallow(std::uint32_t line) {
  if (mode_ == EditMode::Interactive)
    return warn({line, 1}, "this block is not for this daemon: the line has no effect");
  if (foreign_.diagnostic)
    diagnostics_[*foreign_.diagnostic].message =
        fmt::format("\"{}\" and its block, to line {}, are not for this daemon: they have no effect",
                    foreign_.command, line);
}

void Editor::keep_for_others(const Line& line, bool in_block) {
  if (for_others_ == ForOthers::Line)
    others_.add_line(line);
  else if (for_others_ == ForOthers::Block)
    others_.begin_block(line, context() == Context::ForeignFamily);
  else if (in_block && foreign_.diagnostic)  // else it is an error, and nobody's
    others_.add_to_block(line);
}

// FRR's files indent what is in a block. Where they do, nothing in it needs to be understood.
bool Editor::is_inside_foreign(const Line& line) const {
  return is_foreign(context()) && mode_ == EditMode::File &&
         line.words.front().column > foreign_.begin.column;
}

// What is indented no further than a block inside of `router bgp` stands beside it.
bool Editor::ends_foreign(const Line& line) const {
  return context() == Context::ForeignFamily && mode_ == EditMode::File && foreign_.indented &&
         !line.words.front().text.starts_with("exit");
}

void Editor::error(Position position, std::string message) {
  failed_ = true;
  diagnostics_.push_back({Severity::Error, position, std::move(message)});
}

void Editor::warn(Position position, std::string message) {
  diagnostics_.push_back({Severity::Warning, position, std::move(message)});
}

}  // namespace lbgp::conf
