// SPDX-License-Identifier: Apache-2.0
// Commands that begin with `neighbor`.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "conf/fields.hpp"
#include "conf/handlers.hpp"

namespace lbgp::conf {
namespace {

constexpr std::uint32_t kMostHops = 255;        // `ebgp-multihop` without a number
constexpr std::uint32_t kUsualOccurrences = 3;  // `allowas-in` without a number

bool is_address(const Args& args) {
  return wire::parse_address(args.text("PEER")).has_value();
}

std::string show_remote_as(const fsm::RemoteAs& remote_as) {
  switch (remote_as.kind) {
    case fsm::RemoteAs::Kind::Internal:
      return "internal";
    case fsm::RemoteAs::Kind::External:
      return "external";
    case fsm::RemoteAs::Kind::Number:
      break;
  }
  return wire::to_string(remote_as.number);
}

}  // namespace

void set_peer_group(Editor& editor, const Args& args) {
  const bool membership = args.has("group");
  const Position place = args.position("PEER");
  if (membership && !is_address(args)) {
    editor.error(place, fmt::format("{} is not an address: only a neighbor can be in a peer-group",
                                    args.text("PEER")));
    return;
  }
  if (!membership && is_address(args)) {
    editor.error(place, fmt::format("{} is an address: a peer-group needs a name", args.text("PEER")));
    return;
  }
  const std::string group(args.text("group"));
  if (membership && editor.mode() == EditMode::Interactive && !editor.router().groups.contains(group)) {
    editor.error(args.position("group"), fmt::format("no peer-group {}", group));
    return;
  }
  PeerConfig& peer = editor.peer(args, true);
  if (!membership)
    peer.defined = true;
  else if (editor.mode() == EditMode::File && peer.peer_group && peer.peer_group->value != group)
    editor.error(place, fmt::format("neighbor {} is in peer-group {} already (line {})", args.text("PEER"),
                                    peer.peer_group->value, peer.peer_group->place.line));
  else
    peer.peer_group = {group, args.position("group")};
}

void unset_peer_group(Editor& editor, const Args& args) {
  if (is_address(args))
    editor.peer(args).peer_group.reset();
  else
    editor.router().groups.erase(std::string(args.text("PEER")));
}

void emit_group_definition(Writer& writer) {
  if (writer.peer->defined) writer.line("neighbor {} peer-group", writer.name);
}

void set_remote_as(Editor& editor, const Args& args) {
  fsm::RemoteAs remote_as;
  const std::string_view value = args.text("peer-as");
  if (value == "internal")
    remote_as.kind = fsm::RemoteAs::Kind::Internal;
  else if (value == "external")
    remote_as.kind = fsm::RemoteAs::Kind::External;
  else
    remote_as.number = args.as_number("peer-as");
  PeerConfig& peer = editor.peer(args, is_address(args));
  if (editor.mode() == EditMode::File && peer.remote_as && peer.remote_as->value != remote_as) {
    editor.error(args.position("PEER"),
                 fmt::format("duplicate neighbor {}: its remote-as is {} at line {}", args.text("PEER"),
                             show_remote_as(peer.remote_as->value), peer.remote_as->place.line));
    return;
  }
  peer.remote_as = {remote_as, args.position("peer-as")};
}

// Without its AS a neighbor is nothing; FRR deletes it too. A member lives on with its group's.
void unset_remote_as(Editor& editor, const Args& args) {
  PeerConfig& peer = editor.peer(args);
  peer.remote_as.reset();
  const auto address = wire::parse_address(args.text("PEER"));
  if (address && !peer.peer_group) editor.router().neighbors.erase(*address);
}

void emit_remote_as(Writer& writer) {
  if (writer.peer->remote_as)
    writer.line("{}", writer.command(show_remote_as(writer.peer->remote_as->value)));
}

void remove_peer(Editor& editor, const Args& args) {
  if (const auto address = wire::parse_address(args.text("PEER")))
    editor.router().neighbors.erase(*address);
  else
    editor.router().groups.erase(std::string(args.text("PEER")));
}

// Written by the row of `no neighbor X`, which stands behind remote-as as FRR wants it.
void emit_membership(Writer& writer) {
  if (writer.peer->peer_group)
    writer.line("neighbor {} peer-group {}", writer.name, writer.peer->peer_group->value);
}

void set_shutdown(Editor& editor, const Args& args) {
  constexpr std::size_t kLongestMessage = 255;  // RFC 9003 §2
  const std::string_view message = args.has("text") ? args.value() : std::string_view{};
  if (message.size() > kLongestMessage)
    editor.error(args.position("text"),
                 fmt::format("the message has {} octets; 255 are allowed (RFC 9003)", message.size()));
  else
    editor.peer(args).shutdown = {Shutdown{std::string(message)}, args.position()};
}
void emit_shutdown(Writer& writer) {
  const auto& shutdown = writer.peer->shutdown;
  if (!shutdown) return;
  const std::string& message = shutdown->value.message;
  writer.line("{}", writer.command(message.empty() ? "" : "message " + message));
}

void emit_password(Writer& writer) {
  if (!writer.peer->password) return;
  writer.line("{}",
              writer.command(writer.options.mask_passwords ? "********" : writer.peer->password->value));
}

void set_update_source(Editor& editor, const Args& args) {
  constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ - 1
  const std::string_view source = args.text("source");
  UpdateSource value = std::string(source);
  if (const auto address = wire::parse_address(source))
    value = *address;
  else if (source.size() > kLongestInterface) {
    editor.error(args.position("source"), "neither an address nor an interface's name (15 octets at most)");
    return;
  }
  editor.peer(args).update_source = {std::move(value), args.position("source")};
}
void emit_update_source(Writer& writer) {
  const auto& source = writer.peer->update_source;
  if (!source) return;
  const wire::IpAddress* address = std::get_if<wire::IpAddress>(&source->value);
  writer.line("{}",
              writer.command(address ? wire::to_string(*address) : std::get<std::string>(source->value)));
}

void set_ebgp_multihop(Editor& editor, const Args& args) {
  const std::uint32_t hops = args.has("hops") ? args.number("hops") : kMostHops;
  editor.peer(args).ebgp_multihop = {hops, args.position(args.value_name())};
}
void emit_ebgp_multihop(Writer& writer) {
  const auto& hops = writer.peer->ebgp_multihop;
  if (hops) writer.line("{}", writer.command(hops->value == kMostHops ? "" : show_value(hops->value)));
}

void set_peer_restart(Editor& editor, const Args& args) {
  const std::string_view mode = args.text("mode");
  const RestartMode value = mode == "graceful-restart"          ? RestartMode::Restarter
                            : mode == "graceful-restart-helper" ? RestartMode::Helper
                                                                : RestartMode::Disabled;
  editor.peer(args).graceful_restart = {value, args.position("mode")};
}
void unset_peer_restart(Editor& editor, const Args& args) {
  editor.peer(args).graceful_restart.reset();
}
void emit_peer_restart(Writer& writer) {
  const auto& mode = writer.peer->graceful_restart;
  if (!mode) return;
  const std::string_view suffix = mode->value == RestartMode::Restarter ? ""
                                  : mode->value == RestartMode::Helper  ? "-helper"
                                                                        : "-disable";
  writer.line("neighbor {} graceful-restart{}", writer.name, suffix);
}

void set_local_role(Editor& editor, const Args& args) {
  const std::string_view name = args.text("role");
  std::uint8_t role = 0;  // the values are those of the wire
  while (wire::role_name(role) != name) ++role;
  editor.peer(args).local_role = {{static_cast<wire::Role>(role), args.has("strict-mode")},
                                  args.position("role")};
}
void emit_local_role(Writer& writer) {
  const auto& said = writer.peer->local_role;
  if (!said) return;
  const std::string_view role = wire::role_name(static_cast<std::uint8_t>(said->value.role));
  writer.line("{}", writer.command(fmt::format("{}{}", role, said->value.strict_mode ? " strict-mode" : "")));
}

wire::AttributeCodes read_attributes(Editor& editor, const Args& args) {
  // ORIGIN, AS_PATH, NEXT_HOP, MP_REACH_NLRI, MP_UNREACH_NLRI: without them an UPDATE says nothing.
  constexpr std::array<std::uint32_t, 5> kIndispensable{1, 2, 3, 14, 15};
  wire::AttributeCodes attributes;
  for (const Word& word : args.all("attributes")) {
    std::uint32_t code = 0;  // the pattern lets numbers from 1 to 255 through
    std::from_chars(word.text.data(), word.text.data() + word.text.size(), code);
    if (std::find(kIndispensable.begin(), kIndispensable.end(), code) != kIndispensable.end()) {
      editor.error({args.position().line, word.column},
                   fmt::format("no route can be read without attribute {}", code));
      return {};
    }
    attributes.set(code);
  }
  return attributes;
}

void set_next_hop_self(Editor& editor, const Args& args) {
  const NextHopSelf value = args.has("force") || args.has("all") ? NextHopSelf::Force : NextHopSelf::Plain;
  editor.peer_family(args).next_hop_self = {value, args.position()};
}
void emit_next_hop_self(Writer& writer) {
  const auto& value = writer.peer->families[writer.family].next_hop_self;
  if (value) writer.line("{}", writer.command(value->value == NextHopSelf::Force ? "force" : ""));
}

namespace {
void change_send_community(Editor& editor, const Args& args, bool value) {
  const std::string_view kind = args.has("kind") ? args.text("kind") : "standard";
  PeerFamilyConfig& family = editor.peer_family(args);
  const At<bool> said{value, args.position()};
  if (kind == "standard" || kind == "both" || kind == "all") family.send_community = said;
  if (kind == "extended" || kind == "both" || kind == "all") family.send_extended_community = said;
  if (kind == "large" || kind == "all") family.send_large_community = said;
}
}  // namespace

void set_send_community(Editor& editor, const Args& args) {
  change_send_community(editor, args, true);
}
void unset_send_community(Editor& editor, const Args& args) {
  change_send_community(editor, args, false);
}
void emit_send_community(Writer& writer) {
  const PeerFamilyConfig& family = writer.peer->families[writer.family];
  const auto emit = [&](const Maybe<bool>& said, std::string_view kind) {
    if (said) writer.line("{}neighbor {} send-community {}", said->value ? "" : "no ", writer.name, kind);
  };
  emit(family.send_community, "standard");
  emit(family.send_extended_community, "extended");
  emit(family.send_large_community, "large");
}

void set_maximum_prefix(Editor& editor, const Args& args) {
  for (const std::string_view option : {"threshold", "force", "restart"})
    if (args.has(option))
      editor.warn(args.position(option),
                  fmt::format("maximum-prefix's \"{}\" has no effect and is forgotten", args.text(option)));
  editor.peer_family(args).maximum_prefix = {{args.number("limit"), args.has("warning-only")},
                                             args.position("limit")};
}
void emit_maximum_prefix(Writer& writer) {
  const auto& maximum = writer.peer->families[writer.family].maximum_prefix;
  if (!maximum) return;
  const std::string limit = show_value(maximum->value.limit);
  writer.line("{}", writer.command(maximum->value.warning_only ? limit + " warning-only" : limit));
}

void set_allowas_in(Editor& editor, const Args& args) {
  AllowAsIn allowed;
  allowed.origin = args.has("origin");
  if (!allowed.origin) allowed.count = args.has("count") ? args.number("count") : kUsualOccurrences;
  editor.peer_family(args).allowas_in = {allowed, args.position(args.value_name())};
}
void emit_allowas_in(Writer& writer) {
  const auto& said = writer.peer->families[writer.family].allowas_in;
  if (!said) return;
  const std::string count = said->value.count == kUsualOccurrences ? "" : show_value(said->value.count);
  writer.line("{}", writer.command(said->value.origin ? "origin" : count));
}

}  // namespace lbgp::conf
